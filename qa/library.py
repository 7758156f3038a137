"""The truth: articles, passages, sentences, words, vectors and manifest in one SQLite database.

Readers see one consistent state for as long as they hold it (WAL snapshots); one writer
changes everything in a single transaction. Vectors are kept by the hash of what was
embedded and saved as they are made, so that an interrupted run goes on where it stopped.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from qa.errors import NotFound
from qa.records import Article, ArticleDetail, ArticleSummary, Filters, Passage, Sentence

Vector = npt.NDArray[np.float32]
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, hash TEXT NOT NULL, articles INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, origin TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT, url TEXT, author TEXT, published TEXT, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS articles_by_origin ON articles (origin);
CREATE TABLE IF NOT EXISTS passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article_id TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, key BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article_id);
CREATE TABLE IF NOT EXISTS sentences (
    passage_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    heading TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (passage_id, start)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    title, text, tokenize = 'porter unicode61 remove_diacritics 2');
"""

_MAX_VARIABLES = 500
"""Ids in one statement; SQLite's own limit is 32,766, and short statements stay cached."""

# Words of a question that say nothing about its subject; BM25 over them costs time only.
STOPWORDS = frozenset(
    "a about all also am an and any are as at be been being but by can could did do does doing "
    "for from had has have he her hers him his how i if in into is it its just me more most my "
    "no not of on or our ours say says said she should so some such tell than that the their "
    "them then there these they this those to too us was we were what when where which who whom "
    "whose why will with would you your".split()
)


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence and its vector."""

    sentence: Sentence
    vector: Vector


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage, the article it is from (with its whole text), and its sentences in order."""

    passage: Passage
    article: Article
    vector: Vector
    sentences: tuple[StoredSentence, ...]


@dataclass(frozen=True, slots=True)
class KeyedSpan:
    """Where a passage or sentence stands, and the key of its vector."""

    start: int
    end: int
    key: bytes
    heading: str = ""


@dataclass(frozen=True, slots=True)
class CutArticle:
    """An article with its passages, each with its id and its sentences, ready to be put."""

    article: Article
    hash: str
    passages: tuple[tuple[str, KeyedSpan, tuple[KeyedSpan, ...]], ...]


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the database at `path`, made if missing, with explicit transactions."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing."""
    connection.executescript(_SCHEMA)


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
        try:
            return dict(self._db.execute("SELECT key, value FROM manifest"))
        except sqlite3.OperationalError:  # the first writer has not made the tables yet
            return {}

    def counts(self) -> tuple[int, int, int]:
        """How many articles, passages and sentences there are."""
        articles, passages, sentences = (
            self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("articles", "passages", "sentences")
        )
        return articles, passages, sentences

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
        words = [w for w in re.findall(r"\w+", query.lower()) if w not in STOPWORDS]
        if not words:
            return []
        condition, values = _condition(filters)
        rows = self._db.execute(
            "SELECT p.id FROM words JOIN passages p ON p.number = words.rowid "
            f"JOIN articles a ON a.id = p.article_id WHERE words MATCH ? {condition} "
            "ORDER BY bm25(words), p.number LIMIT ?",
            (" OR ".join(f'"{word}"' for word in dict.fromkeys(words)), *values, limit),
        )
        return [passage_id for (passage_id,) in rows]

    def document_frequency(self, words: Iterable[str]) -> dict[str, int]:
        """In how many passages each of `words` occurs, in any inflection that stems alike."""
        count = "SELECT count(*) FROM words WHERE words MATCH ?"
        return {word: self._db.execute(count, (f'"{word}"',)).fetchone()[0] for word in set(words)}

    def fetch(self, passage_ids: Sequence[str]) -> dict[str, StoredPassage]:
        """The passages of these ids with their articles, sentences and vectors."""
        found: dict[str, StoredPassage] = {}
        articles: dict[str, Article] = {}
        for ids in _chunks(passage_ids):
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
                    StoredSentence(
                        Sentence(article_id, s, e, article.text[s:e], heading), _unpack(vector)
                    )
                    for s, e, heading, vector in sentences.get(passage_id, [])
                )
                found[passage_id] = StoredPassage(passage, article, _unpack(blob), stored)
        return found

    def _sentences(self, ids: Sequence[str]) -> dict[str, list[tuple[int, int, str, bytes]]]:
        rows = self._db.execute(
            "SELECT s.passage_id, s.start, s.end, s.heading, v.vector FROM sentences s "
            f"JOIN vectors v ON v.key = s.key WHERE s.passage_id IN ({','.join('?' * len(ids))}) "
            "ORDER BY s.passage_id, s.start",
            ids,
        )
        sentences: dict[str, list[tuple[int, int, str, bytes]]] = {}
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
                articles[article_id] = _article(row)

    # For building a generation: everything, in a fixed order.

    def vectors(self, passage_ids: Sequence[str] | None = None) -> Iterator["PassageVector"]:
        """Vector and filterable fields of the passages of these ids, or of all of them."""
        query = (
            "SELECT p.id, v.vector, a.id, a.source, a.published FROM passages p "
            "JOIN articles a ON a.id = p.article_id JOIN vectors v ON v.key = p.key"
        )
        if passage_ids is None:
            rows = iter(self._db.execute(f"{query} ORDER BY p.number"))
            yield from (_passage_vector(row) for row in rows)
            return
        for ids in _chunks(passage_ids):
            marks = ",".join("?" * len(ids))
            for row in self._db.execute(f"{query} WHERE p.id IN ({marks})", ids):
                yield _passage_vector(row)


@dataclass(frozen=True, slots=True)
class PassageVector:
    """A passage's id and vector, and the fields that filters look at."""

    passage_id: str
    vector: Vector
    article_id: str
    source: str | None
    published: date | None


class Writer(Reader):
    """The one writer; nothing it changes is seen by readers before `commit`."""

    def known(self) -> dict[str, tuple[str, str]]:
        """The hash and the origin of every article, by id."""
        rows = self._db.execute("SELECT id, hash, origin FROM articles")
        return {article_id: (digest, origin) for article_id, digest, origin in rows}

    def files(self) -> dict[str, tuple[str, int]]:
        """The hash and the number of articles of every file that was read, by path."""
        rows = self._db.execute("SELECT path, hash, articles FROM files")
        return {path: (digest, articles) for path, digest, articles in rows}

    def passage_ids(self) -> list[str]:
        """The ids of all passages, in a fixed order."""
        return [row[0] for row in self._db.execute("SELECT id FROM passages ORDER BY number")]

    def stored_articles(self) -> Iterator[Article]:
        """All articles with their texts."""
        ids = [row[0] for row in self._db.execute("SELECT id FROM articles ORDER BY id")]
        for article_id in ids:
            one: dict[str, Article] = {}
            self._add_articles(one, [article_id])
            yield one[article_id]

    def stage(self, article: Article) -> None:
        """Set an article aside, on disk, until its vectors are made; gone when the run ends."""
        self._db.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged "
            "(id PRIMARY KEY, title, text, origin, source, url, author, published)"
        )
        self._db.execute(
            "INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.id, article.title, article.text, article.origin, article.source,
                article.url, article.author,
                article.published and article.published.isoformat(),
            ),
        )  # fmt: skip

    def staged(self) -> Iterator[Article]:
        """The articles set aside, in order of their ids."""
        ids = [row[0] for row in self._db.execute("SELECT id FROM staged ORDER BY id")]
        for article_id in ids:
            row = self._db.execute("SELECT * FROM staged WHERE id = ?", (article_id,)).fetchone()
            yield _article(row)

    def missing_vectors(self, keys: Iterable[bytes]) -> list[bytes]:
        """Those of `keys` that have no vector yet, in order, without repetition."""
        wanted = list(dict.fromkeys(keys))
        have: set[bytes] = set()
        for chunk in _chunks(wanted):
            marks = ",".join("?" * len(chunk))
            rows = self._db.execute(f"SELECT key FROM vectors WHERE key IN ({marks})", chunk)
            have.update(row[0] for row in rows)
        return [key for key in wanted if key not in have]

    def save_vectors(self, vectors: Mapping[bytes, Vector]) -> None:
        """Keep these vectors for good, also if the run is killed right after."""
        self.begin()
        self._db.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
            [(key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()],
        )
        self.commit()

    def begin(self) -> None:
        """Start the transaction."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make everything since `begin` visible at once."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Forget everything since `begin`."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def put(self, cut: CutArticle) -> tuple[str, ...]:
        """Add an article; returns the ids of its passages. One of its id must be deleted before."""
        article = cut.article
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.id, article.origin, cut.hash, article.title, article.source, article.url,
                article.author, article.published and article.published.isoformat(), article.text,
            ),
        )  # fmt: skip
        for passage_id, span, sentences in cut.passages:
            number = self._db.execute(
                "INSERT INTO passages (id, article_id, start, end, key) VALUES (?, ?, ?, ?, ?)",
                (passage_id, article.id, span.start, span.end, span.key),
            ).lastrowid
            self._db.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                (number, article.title, article.text[span.start : span.end]),
            )
            self._db.executemany(
                "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
                [(passage_id, s.start, s.end, s.heading, s.key) for s in sentences],
            )
        return tuple(passage_id for passage_id, _, _ in cut.passages)

    def delete(self, article_ids: Iterable[str]) -> tuple[str, ...]:
        """Take articles out; returns the ids of the passages that went with them."""
        gone: list[str] = []
        for article_id in article_ids:
            rows = self._db.execute(
                "SELECT number, id FROM passages WHERE article_id = ?", (article_id,)
            ).fetchall()
            self._db.executemany("DELETE FROM words WHERE rowid = ?", [(n,) for n, _ in rows])
            self._db.executemany(
                "DELETE FROM sentences WHERE passage_id = ?", [(i,) for _, i in rows]
            )
            self._db.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
            self._db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            gone.extend(passage_id for _, passage_id in rows)
        return tuple(gone)

    def put_file(self, path: str, digest: str, articles: int) -> None:
        """Remember what was read of a file."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (path, digest, articles))

    def delete_files(self, paths: Iterable[str]) -> None:
        """Forget files."""
        self._db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def write_manifest(self, values: Mapping[str, str]) -> None:
        """Replace the manifest; readers of the next state go by it."""
        self._db.execute("DELETE FROM manifest")
        self._db.executemany("INSERT INTO manifest VALUES (?, ?)", list(values.items()))

    def drop_unused_vectors(self) -> None:
        """Forget the vectors that no passage or sentence has any more."""
        self._db.execute(
            "DELETE FROM vectors WHERE key NOT IN "
            "(SELECT key FROM passages UNION SELECT key FROM sentences)"
        )


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


def _article(row: tuple[str, str, str, str, str | None, str | None, str | None, str]) -> Article:
    return Article(*row[:7], published=_date(row[7]))


def _passage_vector(row: tuple[str, bytes, str, str | None, str | None]) -> PassageVector:
    return PassageVector(row[0], _unpack(row[1]), row[2], row[3], _date(row[4]))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _unpack(blob: bytes) -> Vector:
    return np.frombuffer(blob, dtype=np.float16).astype(np.float32)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(items), _MAX_VARIABLES):
        yield items[first : first + _MAX_VARIABLES]
