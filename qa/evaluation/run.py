"""Runs a test set through an engine and judges each answer record."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from qa.errors import IndexMismatch, NoIndex, NotFound
from qa.evaluation.metrics import answers_exactly, contains, first_rank, same_article
from qa.evaluation.mistakes import mistakes
from qa.evaluation.results import CaseResult, CheckedCitation, Report
from qa.evaluation.testset import Case
from qa.evaluation.totals import totals
from qa.records import Answer, ArticleDetail, ArticleSummary, Citation, Filters, Place, Turn
from qa.settings import Settings
from qa.wording import around_exact_words, without_markers

MARKER = re.compile(r"\s*\[\d+\]")
SHOWN_SETTINGS = ("abstain_threshold", "sentences", "passages", "candidates", "embedding_model")


class AskedEngine(Protocol):
    """What an evaluation needs of an engine."""

    @property
    def settings(self) -> Settings:
        """The settings it answers with."""

    def warm_up(self) -> None:
        """Load what the first question would otherwise wait for."""

    def ask(self, question: str, *, history: Sequence[Turn], filters: Filters) -> Answer:
        """The answer from the index."""

    def answer_from(
        self, question: str, passages: Sequence[Mapping[str, str]], *, history: Sequence[Turn]
    ) -> Answer:
        """The answer from the passages alone."""

    def articles(self) -> Sequence[ArticleSummary]:
        """What is in the index."""

    def article(self, article_id: str) -> ArticleDetail:
        """The article of that id; raises NotFound."""


def evaluate(
    engine: AskedEngine,
    cases: Sequence[Case],
    progress: Callable[[int, int], None] | None = None,
    *,
    testset: str = "",
) -> Report:
    """The report on `cases`, after a warm-up that is not timed.

    A question that fails is recorded as failed, and counts as answered wrongly; only an
    index that is missing or doesn't fit ends the run. `progress` is told (done, of how many).
    """
    engine.warm_up()
    is_asked = any(case.passages is None for case in cases)  # else there need not be an index
    indexed = engine.articles() if is_asked else ()
    warnings = mistakes(cases, indexed, partial(_text_of, engine))
    results: list[CaseResult] = []
    answerers: dict[str, None] = {}
    generations: list[int] = []
    texts: dict[str, str] = {}
    for number, case in enumerate(cases, start=1):
        started = time.perf_counter()
        try:
            answer = _ask(engine, case)
        except (NoIndex, IndexMismatch):
            raise
        except Exception as error:  # one question's bug must not cost the other answers
            results.append(_failed(case, error, _ms_since(started)))
        else:
            ms = _ms_since(started)
            results.append(_judge(case, answer, ms, _texts_of(engine, case, answer, texts)))
            answerers[answer.answerer] = None
            generations += [] if answer.index_generation is None else [answer.index_generation]
        if progress is not None:
            progress(number, len(cases))
    return Report(
        testset=testset,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        answerer=", ".join(answerers),
        index_generation=generations[-1] if generations else None,
        settings={name: getattr(engine.settings, name) for name in SHOWN_SETTINGS},
        warnings=warnings,
        metrics=totals(results),
        cases=tuple(results),
    )


def _ask(engine: AskedEngine, case: Case) -> Answer:
    history = tuple(Turn(question) for question in case.history or ())
    if case.passages is not None:
        given = [passage.model_dump() for passage in case.passages]
        return engine.answer_from(case.question, given, history=history)
    filters = Filters(
        source=case.source,
        published_from=case.published_from,
        published_to=case.published_to,
        exclude=case.exclude or (),
    )
    return engine.ask(case.question, history=history, filters=filters)


def _texts_of(
    engine: AskedEngine, case: Case, answer: Answer, texts: dict[str, str]
) -> Mapping[str, str]:
    """The texts of the cited articles by id; `texts` keeps those fetched before."""
    if case.passages is not None:
        return case.given
    for article_id in {citation.article_id for citation in answer.citations} - texts.keys():
        texts[article_id] = _text_of(engine, article_id)
    return texts


def _text_of(engine: AskedEngine, article_id: str) -> str:
    """The text of the article; of one that isn't there, none: a citation of it finds nothing."""
    try:
        return engine.article(article_id).text
    except NotFound:
        return ""


def _judge(case: Case, answer: Answer, ms: float, texts: Mapping[str, str]) -> CaseResult:
    shown = "" if answer.abstained else MARKER.sub("", answer.answer)
    citations = tuple(_check(case, citation, texts) for citation in answer.citations)
    judged = case.answerable and bool(case.answers)
    first = " ".join(sentence.text for sentence in answer.sentences[:1])
    short = answer.short_answer
    return CaseResult(
        **_expected(case),
        abstained=answer.abstained,
        contained=contains(shown, case.answers) if judged else None,
        first_contained=contains(first, case.answers) if judged else None,
        exact_words=answers_exactly(short.text, case.answers) if judged and short else None,
        supported=any(c.supports for c in citations) if case.answerable else None,
        hit_rank=first_rank((p.article_id for p in answer.passages), case.articles),
        citation_precision=_share([c.supports for c in citations]) if case.answerable else None,
        citations_exact=_share([c.exact for c in citations]),
        words=len(shown.split()),
        ms=ms,
        confidence=answer.confidence,
        query=answer.query,
        answer=answer.answer,
        exact_words_at=_place_of_exact_words(answer),
        citations=citations,
    )


def _place_of_exact_words(answer: Answer) -> Place | None:
    """Where the exact words stand in the text of `answer`, if they are known and stand there."""
    for sentence in answer.sentences:
        if parts := around_exact_words(answer, sentence):
            before, words, _ = map(without_markers, parts)
            start = answer.answer.find(before + words) + len(before)
            if start >= len(before):
                return Place(start=start, end=start + len(words))
    return None


def _check(case: Case, citation: Citation, texts: Mapping[str, str]) -> CheckedCitation:
    """The citation with its checks; without accepted answers or articles, those checks pass."""
    text = texts.get(citation.article_id, "")
    exact = bool(citation.quote) and text[citation.start : citation.end] == citation.quote
    expected = not case.articles or any(
        same_article(citation.article_id, article) for article in case.articles
    )
    holds = not case.answers or contains(citation.quote, case.answers)
    return CheckedCitation(
        n=citation.n,
        article_id=citation.article_id,
        title=citation.title,
        quote=citation.quote,
        exact=exact,
        supports=case.answerable and exact and expected and holds,
    )


def _failed(case: Case, error: Exception, ms: float) -> CaseResult:
    contained = False if case.answerable and case.answers else None
    return CaseResult(
        **_expected(case),
        abstained=False,
        contained=contained,
        first_contained=contained,
        supported=False if case.answerable else None,
        hit_rank=None,
        words=0,
        ms=ms,
        error=f"{type(error).__name__}: {error}",
    )


def _expected(case: Case) -> dict[str, Any]:  # Any: each field has its own type
    """What the result repeats of its case."""
    return {
        "id": case.id,
        "question": case.question,
        "history": case.history or (),
        "limits": _limits(case),
        "answerable": case.answerable,
        "answers": case.answers,
        "articles": case.articles,
    }


def _limits(case: Case) -> str:
    """What the question may be answered from, in words."""
    if case.passages is not None:
        return f"from the {len(case.passages)} passages given"
    words = {
        "without": ", ".join(case.exclude or ()),
        "source": case.source,
        "from": case.published_from,
        "to": case.published_to,
    }
    return " ".join(f"{word} {value}" for word, value in words.items() if value)


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
