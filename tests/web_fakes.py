"""A small engine with the contract of the real one, that answers from three short articles."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from waitress import wasyncore

from qa import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    ArticleDetail,
    ArticleSummary,
    BadRequest,
    Citation,
    Comparison,
    Filters,
    FoundPassage,
    Limits,
    NoIndex,
    NotFound,
    Place,
    SearchResult,
    Settings,
    ShortAnswer,
    Statistics,
    Timings,
    Turn,
)
from web import create_app
from web.serving import listen

if TYPE_CHECKING:
    from qa import Engine

NO_FILTERS = Filters()
REFUSAL = "The articles don't answer this."
HOSTILE_ID = "feeds//evil & co?.html#1"
HOSTILE_TITLE = '<script>window.ran=1</script><img src=x onerror="window.ran=1"> Parrots'
HOSTILE_WORDS = "<img src=x onerror='window.ran=1'>"
HOSTILE_SENTENCE = f"The parrot 🦜 {HOSTILE_WORDS}<script>window.ran=1</script> escaped on Monday."
SHORT_ANSWERS = ("310 million crowns", "planted in 1911", HOSTILE_WORDS)
"""The exact words of the answers whose first sentence holds them; other answers have none."""

ARTICLES = tuple(
    ArticleDetail(**values, characters=len(values["text"]))
    for values in (
        {
            "id": "harbour",
            "title": "Harbour bridge opens after ten years of building",
            "source": "Coastal Times",
            "url": "https://example.org/harbour",
            "author": "Ida Holm",
            "published": date(2024, 5, 3),
            "text": "Ten years in the making 🌉\n\n"
            "The harbour bridge opened on Friday morning. A crowd of about four thousand people"
            " waited in the rain for the ribbon to be cut.\n\n"
            + "\n\n".join(
                f"Residents of quarter {n} had asked for a crossing since the ferry was given up."
                " They spoke of long ways to school, of shops that closed, and of neighbours whom"
                " they saw once a year."
                for n in range(1, 13)
            )
            + "\n\nThe work cost 310 million crowns, twice what the council had planned."
            " The council will pay the debt until 2041. Mayor Runa Lind called the bridge a"
            " promise kept.\n\nThe ferry makes its last trip on Sunday.",
        },
        {
            "id": "orchard",
            "title": "Old orchard yields a record harvest",
            "source": "Valley Post",
            "url": None,
            "author": None,
            "published": date(2023, 10, 12),
            "text": "The old orchard above Velm gave 42 tonnes of apples this autumn. Its trees"
            " were planted in 1911.\n\nA mild spring and patient bees explain the record harvest,"
            " says the grower Tomas Arne.",
        },
        {
            "id": HOSTILE_ID,
            "title": HOSTILE_TITLE,
            "source": None,
            "url": "javascript:window.ran=1",
            "author": "<b>Nobody</b>",
            "published": None,
            "text": f"# Parrots & others\n\n{HOSTILE_SENTENCE} It is green.",
        },
    )
)
STOP_WORDS = frozenset(
    "a an the of on in it is was did do does and or to for what when who how why where much many"
    " which about by were are be that this its will has had".split()
)
EXAMPLES = (
    "When did the harbour bridge open?",
    "How much did the work cost?",
    "How many tonnes of apples did the orchard give?",
)


@dataclass
class FakeEngine:
    """Answers with up to two sentences that share most words with the question."""

    settings: Settings
    all_articles: tuple[ArticleDetail, ...] = ARTICLES
    has_index: bool = True
    failure: Exception | None = None  # raised in the middle of a stream
    before_sentence: Callable[[], object] = lambda: None
    histories: list[tuple[Turn, ...]] = field(default_factory=list)
    asked: list[tuple[Filters, int | None, int | None]] = field(default_factory=list)
    answerers: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: int = 0
    cancelled: Callable[[], bool] = lambda: False  # of the question that was asked last

    def warm_up(self) -> None:
        pass

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int | None = None,
        sentences: int | None = None,
        conversation_id: str | None = None,
        answerer: str = "default",
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Answer:
        *_, last = self.stream(
            question,
            history=history,
            filters=filters,
            k=k,
            sentences=sentences,
            conversation_id=conversation_id,
            answerer=answerer,
            cancelled=cancelled,
        )
        assert isinstance(last.record, Answer)
        return last.record

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int | None = None,
        sentences: int | None = None,
        conversation_id: str | None = None,
        answerer: str = "default",
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[AnswerEvent]:
        self._check(question)
        if answerer == "generated" and not self.settings.llm:
            raise BadRequest("No language model is set; name one in QA_LLM.")
        with self.lock:
            self.answers += 1
            number = self.answers
            self.histories.append(tuple(history))
            self.asked.append((filters, k, sentences))
            self.answerers.append(answerer)
            self.cancelled = cancelled
        query = question
        if history and len(question.split()) < 6:
            query = f"{history[-1].question} {question}"
        found = self._find(query, filters, k)
        most = min(sentences or 2, 2)
        limits = Limits(
            source=filters.source,
            published_from=filters.published_from,
            published_to=filters.published_to,
        )
        answer_id = f"answer-{number}"
        return self._events(answer_id, question, query, found, most, conversation_id, limits)

    def compare(self, question: str, **options: Any) -> Comparison:
        return Comparison(
            extractive=self.ask(question, answerer="extractive", **options),
            generated=self.ask(question, answerer="generated", **options),
        )

    def _events(
        self,
        answer_id: str,
        question: str,
        query: str,
        found: SearchResult,
        most: int,
        conversation_id: str | None,
        limits: Limits,
    ) -> Iterator[AnswerEvent]:
        yield AnswerEvent("passages", found.passages)
        chosen = [passage for passage in found.passages if passage.score >= 0.4][:most]
        sentences, citations = [], []
        for number, passage in enumerate(chosen, start=1):
            self.before_sentence()
            if self.failure:
                raise self.failure
            citation = self._citation(number, passage)
            sentence = AnswerSentence(text=passage.text, citations=(number,))
            sentences.append(sentence)
            citations.append(citation)
            yield AnswerEvent("sentence", (sentence, (citation,)))
        text = " ".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences)
        yield AnswerEvent(
            "answer",
            Answer(
                id=answer_id,
                question=question,
                answer=text or REFUSAL,
                abstained=not sentences,
                confidence=max([passage.score for passage in found.passages], default=0.0),
                query=query,
                sentences=tuple(sentences),
                short_answer=_short_answer(citations[0]) if citations else None,
                citations=tuple(citations),
                passages=found.passages,
                answerer="fake",
                limits=limits,
                index_generation=1,
                conversation_id=conversation_id,
                timings_ms=Timings(retrieve=1.0, answer=2.0, total=3.0),
            ),
        )

    def _citation(self, number: int, passage: FoundPassage) -> Citation:
        article = self.article(passage.article_id)
        return Citation(
            n=number,
            article_id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published=article.published,
            start=passage.start,
            end=passage.end,
            quote=article.text[passage.start : passage.end],
            score=passage.score,
        )

    def search(
        self, query: str, *, filters: Filters = NO_FILTERS, k: int | None = None
    ) -> SearchResult:
        self._check(query)
        return self._find(query, filters, k)

    def _find(self, query: str, filters: Filters, k: int | None) -> SearchResult:
        wanted = _words(query)
        scored = sorted(
            (
                (len(wanted & _words(match.group())) / max(len(wanted), 1), match, article)
                for article in self.all_articles
                if _admits(filters, article)
                for match in re.finditer(r"[^\n🌉]{12,}?\.(?=\s|$)", article.text)
            ),
            key=lambda item: -item[0],
        )
        return SearchResult(
            query=query,
            index_generation=1,
            passages=tuple(
                FoundPassage(
                    article_id=article.id,
                    title=article.title,
                    start=match.start() + _leading(match),
                    end=match.end(),
                    text=match.group().strip(),
                    score=round(score, 3),
                    rank_dense=rank,
                    rank_lexical=rank if score else None,
                    likeliest=Place(start=match.end() - 12, end=match.end()) if rank == 1 else None,
                )
                for rank, (score, match, article) in enumerate(scored[: k or 4], start=1)
            ),
        )

    def articles(self, *, offset: int = 0, limit: int | None = None) -> tuple[ArticleSummary, ...]:
        self._need_index()
        by_title = sorted(self.all_articles, key=lambda article: article.title)
        stop = None if limit is None else offset + limit
        return tuple(
            ArticleSummary(**article.model_dump(exclude={"text"}))
            for article in by_title[offset:stop]
        )

    def article(self, article_id: str) -> ArticleDetail:
        self._need_index()
        for article in self.all_articles:
            if article.id == article_id:
                return article
        raise NotFound("There is no article of this id.")

    def statistics(self) -> Statistics:
        self._need_index()
        dates = sorted(article.published for article in self.all_articles if article.published)
        return Statistics(
            generation=1,
            articles=len(self.all_articles),
            passages=20,
            sentences=60,
            sources=tuple(sorted({a.source for a in self.all_articles if a.source})),
            first_published=dates[0] if dates else None,
            last_published=dates[-1] if dates else None,
            model="fake",
            built_at="2024-06-01T12:00:00+00:00",
        )

    def examples(self, limit: int = 4) -> tuple[str, ...]:
        self._need_index()
        return EXAMPLES[:limit]

    def _check(self, question: str) -> None:
        if not question.strip():
            raise BadRequest("The question is empty.")
        if len(question) > self.settings.max_question_chars:
            raise BadRequest("The question is too long.")
        self._need_index()

    def _need_index(self) -> None:
        if not self.has_index:
            raise NoIndex("Nothing is indexed yet; run `qa index` first.")


def _short_answer(citation: Citation) -> ShortAnswer | None:
    for words in SHORT_ANSWERS:
        if words in citation.quote:
            start = citation.start + citation.quote.index(words)
            return ShortAnswer(text=words, citation=citation.n, start=start, end=start + len(words))
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower())) - STOP_WORDS


def _leading(match: re.Match[str]) -> int:
    return len(match.group()) - len(match.group().lstrip())


def _admits(filters: Filters, article: ArticleDetail) -> bool:
    if filters.source is not None and article.source != filters.source:
        return False
    if filters.published_from is None and filters.published_to is None:
        return True
    if article.published is None:
        return False
    return (
        (filters.published_from or date.min)
        <= article.published
        <= (filters.published_to or date.max)
    )


@contextmanager
def running(engine: "FakeEngine | Engine", settings: Settings | None = None) -> Iterator[str]:
    """A live site over `engine`, at the address that is yielded."""
    settings = settings or engine.settings
    server, url = listen(create_app(engine, settings), settings)  # type: ignore[arg-type]  # a fake
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        # The server's sockets may be closed by its own thread only. It may do so before the
        # trigger is pulled, when it was awake anyway, and the trigger is closed by then.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(timeout=5)
        server.task_dispatcher.shutdown()
