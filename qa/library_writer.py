"""Changing the library: the tables, and what the one writer can do to them."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.letters import plain
from qa.library import Reader, Vector, article_of, chunks
from qa.records import Article
from qa.spans import PassageSpan

MAX_TWINS = 5
"""Passages of the same words that get a vector in the index. Hundreds of equal vectors (a notice
under every article) would cut parts of the graph off, and the rest are found by their words."""

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
    start INTEGER NOT NULL, end INTEGER NOT NULL, key BLOB NOT NULL, dense INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article_id);
CREATE INDEX IF NOT EXISTS passages_by_key ON passages (key);
CREATE TABLE IF NOT EXISTS sentences (
    passage_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    heading TEXT NOT NULL, PRIMARY KEY (passage_id, start)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    title, text, tokenize = 'porter unicode61 remove_diacritics 2');
"""


@dataclass(frozen=True, slots=True)
class CutPassage:
    """A passage of an article: its id, the key of its vector, where it and its sentences stand."""

    id: str
    key: bytes
    span: PassageSpan


@dataclass(frozen=True, slots=True)
class CutArticle:
    """An article with its passages, ready to be put."""

    article: Article
    hash: str
    passages: tuple[CutPassage, ...]


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the database at `path`, made if missing, with explicit transactions."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing, and bring those of an older format to the present one."""
    connection.executescript(_SCHEMA)
    columns = {row[1] for row in connection.execute("PRAGMA table_info(sentences)")}
    if "key" in columns:  # format 1 kept a vector for each sentence
        connection.execute("ALTER TABLE sentences DROP COLUMN key")


class Writer(Reader):
    """The one writer; nothing it changes is seen by readers before `commit`."""

    def vector_count(self) -> int:
        """How many passages have a vector in the index."""
        row = self._db.execute("SELECT count(*) FROM passages WHERE dense").fetchone()
        return int(row[0])

    def counts(self) -> tuple[int, int, int]:
        """How many articles, passages and sentences there are."""
        articles, passages, sentences = (
            self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("articles", "passages", "sentences")
        )
        return articles, passages, sentences

    def known(self) -> dict[str, tuple[str, str]]:
        """The hash and the origin of every article, by id."""
        rows = self._db.execute("SELECT id, hash, origin FROM articles")
        return {article_id: (digest, origin) for article_id, digest, origin in rows}

    def files(self) -> dict[str, tuple[str, int]]:
        """The hash and the number of articles of every file that was read, by path."""
        rows = self._db.execute("SELECT path, hash, articles FROM files")
        return {path: (digest, articles) for path, digest, articles in rows}

    def dense_ids(self) -> list[str]:
        """The ids of all passages with a vector in the index, in a fixed order."""
        rows = self._db.execute("SELECT id FROM passages WHERE dense ORDER BY number")
        return [row[0] for row in rows]

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
            yield article_of(row)

    def missing_vectors(self, keys: Iterable[bytes]) -> list[bytes]:
        """Those of `keys` that have no vector yet, in order, without repetition."""
        wanted = list(dict.fromkeys(keys))
        have: set[bytes] = set()
        for chunk in chunks(wanted):
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
        for passage in cut.passages:
            span, key = passage.span, passage.key
            number = self._db.execute(
                "INSERT INTO passages (id, article_id, start, end, key, dense) "
                "SELECT ?, ?, ?, ?, ?, count(*) < ? FROM passages WHERE key = ? AND dense",
                (passage.id, article.id, span.start, span.end, key, MAX_TWINS, key),
            ).lastrowid
            self._db.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                (number, plain(article.title), plain(article.text[span.start : span.end])),
            )
            self._db.executemany(
                "INSERT INTO sentences (passage_id, start, end, heading) VALUES (?, ?, ?, ?)",
                [(passage.id, s.start, s.end, s.heading) for s in span.sentences],
            )
        return tuple(passage.id for passage in cut.passages)

    def fill_up(self) -> tuple[str, ...]:
        """Give passages a vector in the index that had none only for twins that are gone."""
        rows = self._db.execute(
            "UPDATE passages SET dense = 1 WHERE number IN (SELECT number FROM ("
            "SELECT number, dense, row_number() OVER (PARTITION BY key ORDER BY dense DESC, number)"
            " AS place FROM passages WHERE key IN (SELECT key FROM passages WHERE NOT dense)) "
            "WHERE NOT dense AND place <= ?) RETURNING id",
            (MAX_TWINS,),
        )
        return tuple(row[0] for row in rows.fetchall())

    def delete(self, article_ids: Iterable[str]) -> tuple[str, ...]:
        """Take articles out; returns the ids of the vectors that went with them."""
        gone: list[str] = []
        for article_id in article_ids:
            rows = self._db.execute(
                "SELECT number, id, dense FROM passages WHERE article_id = ?", (article_id,)
            ).fetchall()
            self._db.executemany("DELETE FROM words WHERE rowid = ?", [(n,) for n, _, _ in rows])
            self._db.executemany(
                "DELETE FROM sentences WHERE passage_id = ?", [(i,) for _, i, _ in rows]
            )
            self._db.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
            self._db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            gone.extend(passage_id for _, passage_id, dense in rows if dense)
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
        """Forget the vectors that no passage has any more."""
        self._db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM passages)")
