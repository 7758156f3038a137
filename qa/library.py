"""The truth: articles, passages, sentences, words, vectors and manifest in one SQLite database.

Readers see one consistent state for as long as they hold it (WAL snapshots); one writer
changes everything in a single transaction. Vectors are kept by the hash of what was
embedded and saved as they are made, so that an interrupted run goes on where it stopped.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from qa.errors import NotFound
from qa.letters import plain
from qa.records import Article, ArticleDetail, ArticleSummary, Filters, Passage, Sentence, titled
from qa.stopwords import telling

Vector = npt.NDArray[np.float32]
T = TypeVar("T")

_MAX_VARIABLES = 500
"""Ids in one statement; SQLite's own limit is 32,766, and short statements stay cached."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage, the article it is from (with its whole text), and its sentences in order."""

    passage: Passage
    article: Article
    vector: Vector
    sentences: tuple[Sentence, ...]
    names: tuple[str, ...] = ()
    """Names that a question means the article by, and neither its title nor the text has."""

    @property
    def in_context(self) -> str:
        """Its text under the title of the article, with the names that are meant by it."""
        names = f" ({' '.join(self.names)})" if self.names else ""
        return titled(f"{self.article.title}{names}", self.passage.text)


@contextmanager
def snapshot(path: Path) -> Iterator["Reader"]:
    """Read one consistent state of the database at `path`, which must exist."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30
    )
    try:
        connection.execute("BEGIN")
        yield Reader(connection)
    finally:
        connection.close()


class Reader:
    """What can be asked of one consistent state."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def manifest(self) -> dict[str, str]:
        """What the published index was built with; empty before the first publication."""
        made = "SELECT 1 FROM sqlite_master WHERE name = 'manifest'"
        if self._db.execute(made).fetchone() is None:  # the first writer is not that far yet
            return {}
        return dict(self._db.execute("SELECT key, value FROM manifest"))

    def sources(self) -> tuple[str, ...]:
        """The sources of the articles, sorted."""
        rows = self._db.execute(
            "SELECT DISTINCT source FROM articles WHERE source IS NOT NULL ORDER BY source"
        )
        return tuple(source for (source,) in rows)

    def published_range(self) -> tuple[date | None, date | None]:
        """The first and the last published date."""
        first, last = self._db.execute(
            "SELECT min(published), max(published) FROM articles"
        ).fetchone()
        return _date(first), _date(last)

    def undated(self, filters: Filters) -> tuple[int, str]:
        """How many articles have no date, of those that `filters` admit but for it; and one id."""
        condition, values = _condition(replace(filters, published_from=None, published_to=None))
        count, first = self._db.execute(
            f"SELECT count(*), min(a.id) FROM articles a WHERE a.published IS NULL {condition}",
            values,
        ).fetchone()
        return count, first or ""

    def article(self, article_id: str) -> ArticleDetail:
        """The article with its text; raises NotFound."""
        row = self._db.execute(
            "SELECT id, title, source, url, author, published, text FROM articles WHERE id = ?",
            (article_id,),
        ).fetchone()
        if row is None:
            raise NotFound(f"There is no article with the id {article_id!r}.")
        return ArticleDetail(
            id=row[0], title=row[1], source=row[2], url=row[3], author=row[4],
            published=_date(row[5]), text=row[6], characters=len(row[6]),
        )  # fmt: skip

    def articles(self, offset: int, limit: int | None) -> tuple[ArticleSummary, ...]:
        """The articles by title, without their texts."""
        rows = self._db.execute(
            "SELECT id, title, source, url, author, published, length(text) FROM articles "
            "ORDER BY title, id LIMIT ? OFFSET ?",
            (-1 if limit is None else limit, offset),
        )
        return tuple(
            ArticleSummary(
                id=row[0], title=row[1], source=row[2], url=row[3], author=row[4],
                published=_date(row[5]), characters=row[6],
            )
            for row in rows
        )  # fmt: skip

    def search_words(self, query: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages that hold words of `query`, best BM25 first.

        The title counts as much as the text. Filters apply before ranking.
        """
        words = [word.lower() for word in telling(re.findall(r"\w+", plain(query)))]
        if not words:
            return []
        any_word = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        condition, values = _condition(filters)
        if not condition:  # the best are known before anything is looked up of the others
            rows = self._db.execute(
                "SELECT p.id FROM (SELECT rowid AS number, rank FROM words WHERE words MATCH ? "
                "ORDER BY rank, rowid LIMIT ?) best JOIN passages p USING (number) "
                "ORDER BY best.rank, number",
                (any_word, limit),
            )
        else:
            rows = self._db.execute(
                "SELECT p.id FROM words JOIN passages p ON p.number = words.rowid "
                f"JOIN articles a ON a.id = p.article_id WHERE words MATCH ? {condition} "
                "ORDER BY rank, p.number LIMIT ?",
                (any_word, *values, limit),
            )
        return [passage_id for (passage_id,) in rows]

    def passage_count(self, filters: Filters) -> int:
        """How many passages `filters` admit."""
        condition, values = _condition(filters)
        row = self._db.execute(
            "SELECT count(*) FROM passages p JOIN articles a ON a.id = p.article_id "
            f"WHERE 1 {condition}",
            values,
        ).fetchone()
        return int(row[0])

    def document_frequency(self, words: Iterable[str]) -> dict[str, int]:
        """In how many passages each of `words` occurs, in any inflection that stems alike."""
        count = "SELECT count(*) FROM words WHERE words MATCH ?"
        return {
            word: self._db.execute(count, (f'"{plain(word)}"',)).fetchone()[0]
            for word in set(words)
        }

    def fetch(self, passage_ids: Sequence[str]) -> dict[str, StoredPassage]:
        """The passages of these ids with their articles, sentences and vectors."""
        found: dict[str, StoredPassage] = {}
        articles: dict[str, Article] = {}
        for ids in chunks(passage_ids):
            marks = ",".join("?" * len(ids))
            rows = self._db.execute(
                "SELECT p.id, p.article_id, p.start, p.end, v.vector FROM passages p "
                f"JOIN vectors v ON v.key = p.key WHERE p.id IN ({marks})",
                ids,
            ).fetchall()
            self._add_articles(articles, {row[1] for row in rows})
            sentences = self._sentences(ids)
            for passage_id, article_id, start, end, blob in rows:
                article = articles[article_id]
                text = article.text[start:end]
                passage = Passage(passage_id, article_id, start, end, text)
                stored = tuple(
                    Sentence(article_id, s, e, article.text[s:e], heading)
                    for s, e, heading in sentences.get(passage_id, [])
                )
                found[passage_id] = StoredPassage(passage, article, _unpack(blob), stored)
        return found

    def published(self, passage_ids: Sequence[str]) -> dict[str, date]:
        """When the articles of these passages were published, of those that say so."""
        return {
            passage_id: date.fromisoformat(published)
            for ids in chunks(passage_ids)
            for passage_id, published in self._db.execute(
                "SELECT p.id, a.published FROM passages p JOIN articles a ON a.id = p.article_id "
                f"WHERE a.published IS NOT NULL AND p.id IN ({','.join('?' * len(ids))})",
                ids,
            )
        }

    def _sentences(self, ids: Sequence[str]) -> dict[str, list[tuple[int, int, str]]]:
        rows = self._db.execute(
            "SELECT passage_id, start, end, heading FROM sentences "
            f"WHERE passage_id IN ({','.join('?' * len(ids))}) ORDER BY passage_id, start",
            ids,
        )
        sentences: dict[str, list[tuple[int, int, str]]] = {}
        for passage_id, *rest in rows:
            sentences.setdefault(passage_id, []).append(tuple(rest))
        return sentences

    def _add_articles(self, articles: dict[str, Article], ids: Iterable[str]) -> None:
        for article_id in ids:
            if article_id not in articles:
                row = self._db.execute(
                    "SELECT id, title, text, origin, source, url, author, published "
                    "FROM articles WHERE id = ?",
                    (article_id,),
                ).fetchone()
                articles[article_id] = article_of(row)

    # For building a generation: everything, in a fixed order.

    def vectors(self, passage_ids: Sequence[str] | None = None) -> Iterator["PassageVector"]:
        """Vectors and filterable fields of those of these passages, or of all, that are indexed."""
        query = (
            "SELECT p.id, v.vector, a.id, a.source, a.published FROM passages p "
            "JOIN articles a ON a.id = p.article_id JOIN vectors v ON v.key = p.key"
        )
        if passage_ids is None:
            rows = self._db.execute(f"{query} WHERE p.dense ORDER BY p.number")
            yield from (_passage_vector(row) for row in rows)
            return
        for ids in chunks(passage_ids):
            marks = ",".join("?" * len(ids))
            for row in self._db.execute(f"{query} WHERE p.dense AND p.id IN ({marks})", ids):
                yield _passage_vector(row)


@dataclass(frozen=True, slots=True)
class PassageVector:
    """A passage's id and vector, and the fields that filters look at."""

    passage_id: str
    vector: Vector
    article_id: str
    source: str | None
    published: date | None


def _condition(filters: Filters) -> tuple[str, list[str]]:
    """SQL that admits what `filters` admit, and its values."""
    parts: list[str] = []
    values: list[str] = []
    if filters.source is not None:
        parts.append("a.source = ?")
        values.append(filters.source)
    if filters.published_from is not None:
        parts.append("a.published >= ?")
        values.append(filters.published_from.isoformat())
    if filters.published_to is not None:
        parts.append("a.published <= ?")
        values.append(filters.published_to.isoformat())
    if filters.exclude:
        parts.append(f"a.id NOT IN ({','.join('?' * len(filters.exclude))})")
        values.extend(filters.exclude)
    return "".join(f" AND {part}" for part in parts), values


def article_of(row: tuple[str, str, str, str, str | None, str | None, str | None, str]) -> Article:
    """The article of a row: id, title, text, origin, source, url, author, published."""
    return Article(*row[:7], published=_date(row[7]))


def _passage_vector(row: tuple[str, bytes, str, str | None, str | None]) -> PassageVector:
    return PassageVector(row[0], _unpack(row[1]), row[2], row[3], _date(row[4]))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _unpack(blob: bytes) -> Vector:
    return np.frombuffer(blob, dtype=np.float16).astype(np.float32)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """`items` in parts that fit into one statement."""
    for first in range(0, len(items), _MAX_VARIABLES):
        yield items[first : first + _MAX_VARIABLES]
