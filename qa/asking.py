"""What goes along the chain: the question asked, the evidence found, the record that comes out."""

import math
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.cutting import cut_article, passage_text
from qa.evidence import word_weights
from qa.followups import standalone
from qa.library import StoredPassage, Vector
from qa.models import Embedder
from qa.questions import Question, analyse, stem, words_of
from qa.records import (
    NO_FILTERS,
    Answer,
    Article,
    Filters,
    Limits,
    Passage,
    Sentence,
    Timings,
    Turn,
    Usage,
)
from qa.retrieval import Hit
from qa.rewriting import Rewrite
from qa.wording import NOTHING_LEFT, leaving_out
from qa.writer import Made

Answerer = Literal["default", "extractive", "generated"]
"""Who answers: the language model where one is set, or the one of the two that is named."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What goes into the chain."""

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    k: int | None = None
    sentences: int | None = None
    conversation_id: str | None = None
    answerer: Answerer = "default"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What retrieval hands to the answerer."""

    asked: Ask
    query: str
    question: Question
    vector: Vector
    hits: tuple[Hit, ...]
    word_weights: Mapping[str, float]
    state: str | None
    """The state of the index that was searched, by its name; None for passages that were given."""
    generation: int | None
    started: float
    retrieved: float
    among: int
    """How many passages `hits` were found among."""
    age_weight: float
    """How much the age of their articles counts."""
    rewrite: Rewrite | None = None
    """What it took a language model to put the question into words that stand on their own."""
    undated: int = 0
    """How many articles a limit by date has left out, as they have no date."""

    @property
    def likelihood(self) -> float:
        """The log odds of the likeliest answer that a reader sees in any of its passages."""
        readings = (hit.reading for hit in self.hits if hit.reading)
        return max((s.span for reading in readings for s in reading.sentences), default=-math.inf)


def evidence_from(
    asked: Ask, passages: Sequence[Mapping[str, str]], embedder: Embedder, passage_chars: int
) -> Evidence:
    """`passages` (each with "title" and "text") as if they had been found, in no index.

    Long ones are cut to passages of at most `passage_chars` characters.
    """
    started = time.perf_counter()
    query = standalone(asked.question, asked.history)
    articles = [
        Article(f"passage-{n}", p.get("title", ""), p["text"], "")
        for n, p in enumerate(passages, 1)
    ]
    stored = [part for article in articles for part in _stored(article, embedder, passage_chars)]
    analysed = analyse(query)
    stems = [{stem(w) for w in words_of(p.in_context)} for p in stored]
    frequency = {w: sum(stem(w) in have for have in stems) for w in words_of(query)}
    own = analyse(asked.question) if query.startswith(asked.question) else None
    return Evidence(
        asked,
        query,
        analysed,
        embedder.embed([query])[0],
        tuple(Hit(p, 0.0, None, None) for p in stored),
        word_weights(analysed, frequency, len(stored), own),
        None,
        None,
        started,
        time.perf_counter(),
        len(stored),
        age_weight=0.0,
    )


def _stored(article: Article, embedder: Embedder, passage_chars: int) -> Iterator[StoredPassage]:
    """The passages of an article that is in no index."""
    cut = cut_article(article, embedder.name, passage_chars)
    texts = [passage_text(article, p.span.start, p.span.end) for p in cut.passages]
    vectors = embedder.embed(texts)
    for part, vector in zip(cut.passages, vectors, strict=True):
        start, end = part.span.start, part.span.end
        yield StoredPassage(
            Passage(part.id, article.id, start, end, article.text[start:end]),
            article,
            vector,
            tuple(
                Sentence(article.id, s.start, s.end, article.text[s.start : s.end], s.heading)
                for s in part.span.sentences
            ),
        )


def record_of(evidence: Evidence, made: Made) -> Answer:
    """The answer record: what was made of the evidence, and how long it took until now."""
    now = time.perf_counter()
    drafted, filters = made.draft, evidence.asked.filters
    all_filtered_out = not evidence.hits and filters != NO_FILTERS
    told = NOTHING_LEFT if all_filtered_out else drafted.answer
    return Answer(
        id=uuid.uuid4().hex,
        question=evidence.asked.question.strip(),
        answer=leaving_out(told, evidence.undated) if drafted.abstained else told,
        abstained=drafted.abstained,
        confidence=round(drafted.confidence, 4),
        query=evidence.query,
        sentences=drafted.sentences,
        short_answer=drafted.short_answer,
        citations=drafted.citations,
        passages=tuple(hit.record() for hit in evidence.hits),
        answerer=made.answerer,
        verification=drafted.verification,
        fallback=made.fallback,
        usage=_sum(evidence.rewrite.usage if evidence.rewrite else None, made.usage),
        cached=made.cached,
        stopped=made.stopped,
        limits=Limits(
            source=filters.source,
            published_from=filters.published_from,
            published_to=filters.published_to,
        ),
        index_generation=evidence.generation,
        conversation_id=evidence.asked.conversation_id,
        timings_ms=Timings(
            retrieve=round((evidence.retrieved - evidence.started) * 1000, 1),
            answer=round((now - evidence.retrieved) * 1000, 1),
            total=round((now - evidence.started) * 1000, 1),
        ),
    )


def _sum(*parts: Usage | None) -> Usage | None:
    """The usages added up; None where no language model was called."""
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return Usage(
        tokens_in=sum(part.tokens_in for part in known),
        tokens_out=sum(part.tokens_out for part in known),
    )
