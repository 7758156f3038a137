"""What every set needs: the data's folder, an engine over a corpus, and a sign of life."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.quality.cases import data_file
from qa import Engine, Settings, open_engine
from qa.indexing import index_paths

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SECONDS_BETWEEN_SIGNS = 15
NEWS_COLUMNS = {"id": "doc_id", "published": "publish_date"}
WIKI_COLUMNS = {"id": "_id"}
CORPORA = {
    "realtimeqa_2022": ("realtimeqa/docs_2022.jsonl.gz", NEWS_COLUMNS),
    "realtimeqa_2023": ("realtimeqa/docs_2023.jsonl.gz", NEWS_COLUMNS),
    "wiki_pool": ("wiki_pool/corpus.jsonl.gz", WIKI_COLUMNS),
    "mtrag_clapnq": ("mtrag/corpus_pool_clapnq.jsonl.gz", WIKI_COLUMNS),
}
"""The table of articles of each corpus, and its names for our columns."""


@dataclass
class Bench:
    """The data and the engines of one run."""

    settings: Settings
    indexes: Path = ROOT / "build" / "quality"
    limit: int | None = None

    @property
    def data(self) -> Path:
        """The folder of the benchmark data."""
        return Path(self.settings.bench_dir)

    @cached_property
    def _shared(self) -> Engine:
        """The engine whose models all others use, so that they are loaded once."""
        return open_engine(self.settings)

    @contextmanager
    def engine(self, corpus: str = "", **settings: Any) -> Iterator[Engine]:
        """A warm engine over `corpus`, brought up to date first, with some settings of its own.

        Without a corpus it has no index, and answers from given passages alone.
        """
        # Settings that shape an index differently get another folder, not a rebuild.
        folder = self.indexes / f"{corpus or 'none'}-{self.settings.fingerprint()}"
        chosen = replace(self.settings, index_dir=folder, **settings)
        if corpus:
            self._index(corpus, chosen)
        engine = Engine(chosen, embedder=self._shared.embedder, reader=self._shared.reader)
        try:
            engine.warm_up()
            yield engine
        finally:
            engine.close()

    def first(self, items: Sequence[T]) -> Sequence[T]:
        """The items to measure: all, or the first `limit` of them."""
        return items[: self.limit]

    def _index(self, corpus: str, settings: Settings) -> None:
        name, columns = CORPORA.get(corpus, ("", {}))
        path = data_file(self.data, name) if name else ROOT / corpus
        signs: dict[str, Callable[[int, int], None]] = {}

        def report(stage: str, done: int, total: int) -> None:
            signs.setdefault(stage, progress(f"{corpus}: {stage}"))(done, total)

        embedder = self._shared.embedder
        summary = index_paths(settings, embedder, [path], columns=columns, progress=report)
        if failures := summary.failures:
            say(f"{corpus}: {len(failures)} articles left out; the first {failures[0].reason}")


def each(what: str, items: Sequence[T]) -> Iterator[T]:
    """The items one after the other, telling how far it is."""
    report = progress(what)
    for number, item in enumerate(items, 1):
        yield item
        report(number, len(items))


def progress(what: str) -> Callable[[int, int], None]:
    """A function to call with (done, of how many): it tells so now and then, and at the end."""
    started = told = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if done and (done == total or now - told > SECONDS_BETWEEN_SIGNS):
            told = now
            say(progress_line(what, done, total, now - started))

    return report


def progress_line(what: str, done: int, total: int, seconds: float) -> str:
    """How far it is, how fast, and the time left or taken."""
    rate = done / max(seconds, 1e-6)
    time_left = f"{(total - done) / rate:.0f} s left" if done < total else f"{seconds:.0f} s"
    return f"{what}: {done} of {total}, {rate:.1f}/s, {time_left}"


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)
