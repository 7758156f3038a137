"""The only module that touches Chroma: build, check, open and search a generation.

A generation is a folder that is written once, by one process, and closed before anyone
opens it: Chroma's files must never be open in one process while another writes them.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from qa.errors import IndexDamaged, QAError
from qa.library import PassageVector, Vector
from qa.records import Filters

COLLECTION = "passages"
BATCH = 5_000
"""Vectors in one add; Chroma takes at most 5,461."""

UNREADABLE = "can't be read; run `qa index --rebuild`"
TOLERATED = 50
TWIN_COSINE = 0.999

_CONFIGURATION = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}
}


def is_generation(folder: Path) -> bool:
    """Whether a generation was ever written into `folder`."""
    return (folder / "chroma.sqlite3").exists()


def build_generation(
    folder: Path,
    added: Iterable[PassageVector],
    *,
    base: Path | None = None,
    removed: Sequence[str] = (),
) -> int:
    """Write a generation into `folder` and close it; returns how many vectors it holds.

    With `base`, a closed generation, its copy is changed: `removed` leave, `added` come.
    Raises IndexDamaged when that fails, for want of room, say.
    """
    if folder.exists():
        shutil.rmtree(folder)  # left by a run that was killed; never published
    with _told("could not be written, and nothing was published; see that the disk has room"):
        if base is not None:
            shutil.copytree(base, folder)
        client = _client(folder)
        try:
            if base is None:
                collection = client.create_collection(
                    COLLECTION, embedding_function=None, configuration=_CONFIGURATION
                )
            else:
                collection = client.get_collection(COLLECTION, embedding_function=None)
            for first in range(0, len(removed), BATCH):
                collection.delete(ids=list(removed[first : first + BATCH]))
            for batch in _batches(added):
                collection.add(
                    ids=[v.passage_id for v in batch],
                    embeddings=[v.vector for v in batch],
                    metadatas=[_metadata(v) for v in batch],
                )
            return int(collection.count())
        finally:
            client.close()


def check_generation(folder: Path, count: int, sample: Sequence[PassageVector]) -> None:
    """Raise IndexDamaged unless `folder` holds `count` vectors and the `sample` finds itself.

    A vector may find a twin of the same words, and one in TOLERATED may find another: the
    search is approximate. An index written by two processes at once misses one in ten.
    """
    generation = Generation(folder)
    try:
        if generation.count() != count:
            raise IndexDamaged(
                f"The new index holds {generation.count()} of {count} vectors and was not "
                "published; run the same command again."
            )
        missed = sum(not _finds_itself(generation, passage) for passage in sample)
        if missed > len(sample) // TOLERATED:
            raise IndexDamaged(
                f"{missed} of {len(sample)} vectors of the new index can't be found, so it was "
                "not published; run the same command again."
            )
    finally:
        generation.close()


def _finds_itself(generation: "Generation", passage: PassageVector) -> bool:
    nearest = generation.search(passage.vector, Filters(), 1)
    return bool(nearest) and (nearest[0][0] == passage.passage_id or nearest[0][1] > TWIN_COSINE)


class Generation:
    """A published generation, open for search."""

    def __init__(self, folder: Path) -> None:
        if not is_generation(folder):  # Chroma would make an empty one
            raise IndexDamaged(
                f"The vectors in {folder} are missing; run `qa index` to build them again."
            )
        with _told(UNREADABLE):
            self._client = _client(folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)

    def count(self) -> int:
        """How many vectors there are."""
        with _told(UNREADABLE):
            return int(self._collection.count())

    def search(self, vector: Vector, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines of the passages nearest to `vector`, nearest first."""
        with _told(UNREADABLE):
            found = self._collection.query(
                query_embeddings=[vector],
                n_results=limit,
                where=_where(filters),
                include=["distances"],
            )
        distances = found["distances"] or [[]]
        return [
            (passage_id, 1.0 - float(distance))
            for passage_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Tell Chroma's and the disk's errors in one sentence.

    A damaged file can make any of Chroma's parts fail, with any kind of error.
    """
    try:
        yield
    except QAError:
        raise
    except Exception as error:
        raise IndexDamaged(f"The vectors of the index {what} ({error}).") from error


def _client(folder: Path) -> Any:  # Any: Chroma's client type hides `close`
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )


def _batches(vectors: Iterable[PassageVector]) -> Iterator[list[PassageVector]]:
    source = iter(vectors)
    while batch := list(islice(source, BATCH)):
        yield batch


def _metadata(vector: PassageVector) -> dict[str, str | int]:
    fields: dict[str, str | int] = {"article_id": vector.article_id}
    if vector.source is not None:
        fields["source"] = vector.source
    if vector.published is not None:
        fields["published"] = _day(vector.published)
    return fields


def _where(filters: Filters) -> dict[str, Any] | None:  # Any: Chroma's filters nest
    parts: list[dict[str, Any]] = []
    if filters.source is not None:
        parts.append({"source": filters.source})
    if filters.published_from is not None:
        parts.append({"published": {"$gte": _day(filters.published_from)}})
    if filters.published_to is not None:
        parts.append({"published": {"$lte": _day(filters.published_to)}})
    if filters.exclude:
        parts.append({"article_id": {"$nin": list(filters.exclude)}})
    if len(parts) < 2:
        return parts[0] if parts else None
    return {"$and": parts}


def _day(day: date) -> int:
    """A date as a number that sorts like it: Chroma compares numbers only."""
    return day.toordinal()
