"""The index as one thing: put and delete articles, search by vector and by words, fetch.

Everything above reads and writes through these methods, so that another engine can take
this one's place. Inside, SQLite is the truth and Chroma holds the vectors. Which Chroma
generation belongs to which articles stands in the database itself, so one commit
publishes both, and a reader can't see one without the other.
"""

import os
import random
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import BadRequest, IndexBusy, IndexDamaged, IndexMismatch, NoIndex
from qa.library import PassageVector, Reader, StoredPassage, Vector, snapshot
from qa.library_writer import CutArticle, Writer, connect, create_tables
from qa.records import NO_FILTERS, ArticleDetail, ArticleSummary, Filters, Statistics
from qa.settings import SCHEMA_VERSION, Settings
from qa.vectors import Generation, build_generation, check_generation, is_generation

REBUILD_SHARE = 0.2
"""Above this share of dead vectors a generation is built anew; Chroma never frees them."""
CHECKED_VECTORS = 200


class View:
    """One published state of the index, to read from; it does not change while it is held."""

    def __init__(self, reader: Reader, generation: Generation, manifest: Mapping[str, str]) -> None:
        self._reader = reader
        self._generation = generation
        self._manifest = manifest

    @property
    def generation(self) -> int:
        """The number of this state; every publication counts one up."""
        return int(self._manifest["generation"])

    @property
    def state(self) -> str:
        """The name of this state, which no other one has, not even in an index begun anew."""
        return self._manifest["state"]

    def search_by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages nearest to `vector`, nearest first, filtered before ranking."""
        return [i for i, _ in self._generation.search(vector, filters, limit)]

    def search_by_words(self, query: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages that hold words of `query`, best BM25 first."""
        return self._reader.search_words(query, filters, limit)

    def document_frequency(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each of `words` occurs."""
        return self._reader.document_frequency(words)

    def fetch(self, passage_ids: Sequence[str]) -> dict[str, StoredPassage]:
        """The passages of these ids with their articles, sentences and vectors."""
        return self._reader.fetch(passage_ids)

    def published(self, passage_ids: Sequence[str]) -> dict[str, date]:
        """When the articles of these passages were published, of those that say so."""
        return self._reader.published(passage_ids)

    def article(self, article_id: str) -> ArticleDetail:
        """The article with its text; raises NotFound."""
        return self._reader.article(article_id)

    def articles(self, offset: int = 0, limit: int | None = None) -> tuple[ArticleSummary, ...]:
        """The articles by title, without their texts."""
        return self._reader.articles(offset, limit)

    def passage_count(self, filters: Filters = NO_FILTERS) -> int:
        """How many passages there are, of those that `filters` admit."""
        if filters == NO_FILTERS:
            return int(self._manifest["passages"])
        return self._reader.passage_count(filters)

    def undated(self, filters: Filters = NO_FILTERS) -> tuple[int, str]:
        """How many articles have no date, of those that `filters` admit but for it; and one id."""
        return self._reader.undated(filters)

    def statistics(self) -> Statistics:
        """What the index holds."""
        first, last = self._reader.published_range()
        return Statistics(
            generation=self.generation,
            articles=int(self._manifest["articles"]),
            passages=int(self._manifest["passages"]),
            sentences=int(self._manifest["sentences"]),
            sources=self._reader.sources(),
            first_published=first,
            last_published=last,
            model=self._manifest["model"],
            built_at=self._manifest["built_at"],
        )


class Index:
    """The index in a folder. Any number of readers, one writer; safe to use from threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.index_dir
        self._lock = threading.Lock()
        self._open: dict[str, Generation] = {}
        self._users: dict[str, int] = {}
        self._latest = ""

    @property
    def _database(self) -> Path:
        return self._folder / "library.sqlite"

    @contextmanager
    def reading(self) -> Iterator[View]:
        """The state published last; raises NoIndex or IndexMismatch.

        A state published while it is held is seen by the next call, without a restart.
        """
        if not self._database.exists():
            raise self._no_index()
        with self._told(), snapshot(self._database) as reader:
            manifest = reader.manifest()
            if not manifest:
                raise self._no_index()
            self.require_match(manifest)
            state = manifest["state"]
            generation = self._acquire(state)
            try:
                yield View(reader, generation, manifest)
            finally:
                self._release(state)

    @contextmanager
    def writing(self) -> Iterator["IndexWriter"]:
        """The right to write, for this process alone; raises IndexBusy."""
        with self._locked(), self._told():
            connection = connect(self._database)
            try:
                create_tables(connection)
                yield IndexWriter(Writer(connection), self._settings)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the writer's lock, with a note of which process holds it."""
        lock = FileLock(self._folder / "writer.lock")
        holder = self._folder / "writer.pid"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
            holder.write_text(f"process {os.getpid()}")
        except Timeout:
            process = ""
            with suppress(OSError):  # it may be done just now
                process = holder.read_text()
            raise IndexBusy(
                f"The index in {self._folder} is being written by {process or 'another process'}; "
                "wait until it is done, or stop it and run `qa index` again."
            ) from None
        except OSError as error:
            raise BadRequest(
                f"The index folder {self._folder} can't be written: {error.strerror}."
            ) from error
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in one sentence when the database can't be read or written."""
        try:
            yield
        except sqlite3.Error as error:
            raise IndexDamaged(
                f"The index in {self._folder} can't be used ({error}); if its disk and its "
                "permissions are in order, delete the folder and run `qa index`."
            ) from error

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            for generation in self._open.values():
                generation.close()
            self._open.clear()
            self._users.clear()

    def _no_index(self) -> NoIndex:
        return NoIndex(f"There is no index in {self._folder} yet; run `qa index` to build it.")

    def require_match(self, manifest: Mapping[str, str]) -> None:
        """Raise IndexMismatch when what `manifest` tells of was built with other settings."""
        if manifest["fingerprint"] != self._settings.fingerprint():
            raise IndexMismatch(
                f"The index in {self._folder} was built with the model {manifest['model']}, "
                f"passages of {manifest['passage_chars']} characters and format "
                f"{manifest['schema']}, not with the present settings; "
                "run `qa index --rebuild`, or set them back."
            )

    def _acquire(self, state: str) -> Generation:
        with self._lock:
            if state not in self._open:
                self._open[state] = Generation(generation_folder(self._folder, state))
                self._latest = state
            self._users[state] = self._users.get(state, 0) + 1
            return self._open[state]

    def _release(self, state: str) -> None:
        with self._lock:
            if state not in self._users:  # closed meanwhile
                return
            self._users[state] -= 1
            for old in [s for s, users in self._users.items() if not users and s != self._latest]:
                self._open.pop(old).close()
                del self._users[old]


class IndexWriter:
    """What the one writer can do; `publish` makes it visible, all of it or nothing."""

    def __init__(self, library: Writer, settings: Settings) -> None:
        self.library = library
        self._settings = settings
        self._removed: list[str] = []
        self._added: list[str] = []

    def check_match(self) -> None:
        """Raise IndexMismatch when what is there was built with other settings."""
        manifest = self.library.manifest()
        if manifest and manifest["articles"] != "0":
            Index(self._settings).require_match(manifest)

    def is_of_older_format(self) -> bool:
        """Whether what is there was built with the present settings, but by an earlier version."""
        manifest, settings = self.library.manifest(), self._settings
        return (
            manifest.get("articles", "0") != "0"
            and int(manifest["schema"]) < SCHEMA_VERSION
            and manifest["model"] == settings.embedding_model
            and manifest["passage_chars"] == str(settings.passage_chars)
        )

    def is_whole(self) -> bool:
        """Whether the vectors of the published state are there."""
        manifest = self.library.manifest()
        folder = generation_folder(self._settings.index_dir, manifest.get("state", ""))
        return not manifest or is_generation(folder)

    def begin(self) -> None:
        """Start to change; nothing is visible before `publish`."""
        self._removed, self._added = [], []
        self.library.begin()

    def put(self, cut: CutArticle) -> None:
        """Add an article or replace the one of its id; its vectors must be saved already."""
        self._removed.extend(self.library.delete([cut.article.id]))
        self._added.extend(self.library.put(cut))

    def delete(self, article_ids: Sequence[str]) -> None:
        """Take articles out."""
        self._removed.extend(self.library.delete(article_ids))

    def publish(self, *, model: str, rebuild: bool = False) -> int:
        """Build the next generation, check it, and make everything visible in one commit.

        Returns the generation's number. After a kill at any moment before the commit, readers
        still have the state before, and the next run finds the vectors already made.
        """
        folder = self._settings.index_dir
        manifest = self.library.manifest()
        number = int(manifest.get("generation", 0)) + 1
        state = f"{number:06d}-{secrets.token_hex(4)}"
        built = generation_folder(folder, state)
        self._added = list(dict.fromkeys([*self._added, *self.library.fill_up()]))
        articles, count, sentences = self.library.counts()
        dead = int(manifest.get("dead", 0)) + len(self._removed)
        base = generation_folder(folder, manifest.get("state", ""))
        vectors = self.library.vector_count()
        usable = is_generation(base) and manifest.get("articles", "0") != "0"
        if rebuild or not usable or dead > REBUILD_SHARE * max(vectors, 1):
            build_generation(built, self.library.vectors())
            dead = 0
        else:
            added = self.library.vectors(self._added)
            build_generation(built, added, base=base, removed=self._removed)
        check_generation(built, vectors, self._sample())
        self.library.drop_unused_vectors()
        self.library.write_manifest(
            {
                "generation": str(number),
                "state": state,
                "fingerprint": self._settings.fingerprint(),
                "schema": str(SCHEMA_VERSION),
                "model": model,
                "passage_chars": str(self._settings.passage_chars),
                "articles": str(articles),
                "passages": str(count),
                "sentences": str(sentences),
                "dead": str(dead),
                "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
        self.library.commit()
        _drop_old(folder, {state, manifest.get("state", "")})
        return number

    def _sample(self) -> list[PassageVector]:
        ids = self.library.dense_ids()
        chosen = random.Random(0).sample(ids, min(CHECKED_VECTORS, len(ids)))
        return list(self.library.vectors(chosen))


def generation_folder(folder: Path, state: str) -> Path:
    """Where the vectors of a state live."""
    return folder / "generations" / state


def _drop_old(folder: Path, kept: Container[str]) -> None:
    """Remove all generations but those `kept`: the new one, and the last, which may be read yet."""
    for old in (folder / "generations").iterdir():
        if old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
