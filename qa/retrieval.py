"""Hybrid search: vectors and words, filtered before ranking, fused by reciprocal rank and age.

What a reader makes of the passages then moves those up that seem to answer. `ArticleRetriever` is
the search alone as a LangChain retriever.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from qa.evidence import LEAD_CHARS
from qa.index import Index, View
from qa.letters import plain
from qa.library import StoredPassage, Vector
from qa.models import Embedder
from qa.questions import names_of, words_of
from qa.reading import Reader, Reading, read_enough
from qa.recency import newest, setback, weight_of_age
from qa.records import Article, Filters, FoundPassage, Place

RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and where it stood in either ranking (from 1, None if absent)."""

    stored: StoredPassage
    score: float
    rank_dense: int | None
    rank_lexical: int | None
    reading: Reading | None = None
    """What a reader makes of it, if one has read it."""

    def record(self) -> FoundPassage:
        """The hit as it is shown."""
        passage, article = self.stored.passage, self.stored.article
        row = self.reading.likeliest if self.reading else None
        sentence = None if row is None else self.stored.sentences[row]
        return FoundPassage(
            article_id=article.id,
            title=article.title,
            start=passage.start,
            end=passage.end,
            text=passage.text,
            score=self.score,
            rank_dense=self.rank_dense,
            rank_lexical=self.rank_lexical,
            likeliest=None if sentence is None else Place(start=sentence.start, end=sentence.end),
        )


def hybrid_search(
    view: View,
    query: str,
    vector: Vector,
    filters: Filters,
    k: int,
    candidates: int,
    age_weight: float,
    dense_weight: float = 1.0,
) -> tuple[Hit, ...]:
    """The `k` best passages for `query` of `candidates` from either search, best first.

    The ranking by vector weighs `dense_weight`, that by words 1. The age of articles counts by
    `age_weight`, see `qa.recency`.
    """
    depth = max(k, candidates)
    dense = view.search_by_vector(vector, filters, depth)
    lexical = view.search_by_words(query, filters, depth)
    fused = fuse(dense, lexical, weights=(dense_weight, 1.0))
    published = view.published([passage_id for passage_id, _ in fused])
    ranked = newer_first(fused, published, age_weight)[:k]
    stored = view.fetch([passage_id for passage_id, _ in ranked])
    dense_rank = {passage_id: rank for rank, passage_id in enumerate(dense, 1)}
    lexical_rank = {passage_id: rank for rank, passage_id in enumerate(lexical, 1)}
    return tuple(
        Hit(stored[i], score, dense_rank.get(i), lexical_rank.get(i)) for i, score in ranked
    )


def fuse(
    *rankings: Sequence[str], weights: Sequence[float] | None = None
) -> list[tuple[str, float]]:
    """Ids by their summed reciprocal ranks, `sum(weight / (RRF_K + rank))`, best first.

    Each ranking weighs 1 unless `weights` says otherwise. Equal sums keep the order of the first
    ranking that has them.
    """
    scores: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, passage_id in enumerate(ranking, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + weight / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def newer_first(
    ranked: Sequence[tuple[str, float]], published: Mapping[str, date], weight: float
) -> list[tuple[str, float]]:
    """`ranked` by its scores after what each loses by its age, which counts by `weight`."""
    latest = newest(published.values())
    lost = {i: setback(weight, published.get(i), latest) for i, _ in ranked}
    scores = {i: score * math.exp(-lost[i]) for i, score in ranked}
    return sorted(scores.items(), key=lambda item: -item[1])


def query_vectors(
    embedder: Embedder, query: str, parts: Sequence[tuple[str, float]]
) -> tuple[Vector, Vector]:
    """The vector of `query`, and that of the weighted `parts`, which passages are near to."""
    texts = list(dict.fromkeys([query, *(text for text, _ in parts)]))
    rows = dict(zip(texts, embedder.embed(texts), strict=True))
    mixed = np.sum([weight * rows[text] for text, weight in parts], axis=0)
    return rows[query], np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)


def by_name(query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """`hits`, each with those names of `query` that only its article has, of all that were found.

    An article names what it is about where it begins, and speaks of "the trial" from then on. A
    name that stands in several articles may mean any of them, and one further on is told of aside.
    """
    asked = {plain(w).lower(): w for w in words_of(query) if w[0].isupper()}
    names = [asked[name] for name in names_of(query) if name in asked]
    articles = {hit.stored.article.id: hit.stored.article for hit in hits}
    holders = {
        name: [i for i, article in articles.items() if _names(article, name)] for name in names
    }
    named: dict[str, list[str]] = {}
    for name, ids in holders.items():
        if len(ids) == 1 and _names(articles[ids[0]], name, LEAD_CHARS):
            named.setdefault(ids[0], []).append(name)
    return tuple(_with_names(hit, named.get(hit.stored.article.id, [])) for hit in hits)


def _names(article: Article, name: str, chars: int | None = None) -> bool:
    """Whether an article, in its first `chars` characters, its author or source has that word."""
    texts = (article.title, article.author, article.source, article.text[:chars])
    return any(text and re.search(rf"\b{re.escape(name)}\b", text, re.I) for text in texts)


def _with_names(hit: Hit, names: Sequence[str]) -> Hit:
    said = {w.lower() for w in words_of(hit.stored.in_context)}
    missing = tuple(name for name in names if name.lower() not in said)
    return replace(hit, stored=replace(hit.stored, names=missing)) if missing else hit


def answering_first(hits: Sequence[Hit], readings: Sequence[Reading]) -> tuple[Hit, ...]:
    """`hits` with the readings of the first of them, those that seem to answer further up.

    A score is multiplied by one plus the probability that its passage answers: what the reader
    finds moves up, and a query that asks nothing keeps the order of the search.
    """
    read = [
        replace(hit, score=hit.score * (1 + reading.probability), reading=reading)
        for hit, reading in zip(hits, readings, strict=False)
    ]
    return (*sorted(read, key=lambda hit: -hit.score), *hits[len(read) :])


def read_best(
    reader: Reader, query: str, hits: Sequence[Hit], among: int, at_most: int | None
) -> tuple[Hit, ...]:
    """`hits` with as many read as pay, those that seem to answer further up.

    `among` is how many passages they were found among. The best by meaning and the best by words
    are read first, however old they are: their age must not keep them from being seen.
    """
    hits = sorted(hits, key=lambda hit: 1 not in (hit.rank_dense, hit.rank_lexical))
    readings = read_enough(reader, query, [hit.stored for hit in hits[:at_most]], among)
    return answering_first(hits, readings)


class ArticleRetriever(BaseRetriever):
    """The hybrid search as a LangChain retriever; a document's metadata says where it stands."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    embedder: Embedder
    filters: Filters = Field(default_factory=Filters)
    k: int = 10
    candidates: int = 50
    age_weight: float = 1.0
    """Times what the question makes of the age of articles."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        vector = self.embedder.embed([query])[0]
        age_weight = self.age_weight * weight_of_age(query)
        with self.index.reading() as view:
            hits = hybrid_search(
                view, query, vector, self.filters, self.k, self.candidates, age_weight
            )
        return [
            Document(
                id=hit.stored.passage.id,
                page_content=hit.stored.passage.text,
                metadata=hit.record().model_dump(mode="json", exclude={"text"}),
            )
            for hit in hits
        ]
