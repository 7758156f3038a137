"""Measures: pure functions of plain values, and the row of the table that each becomes."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from qa.evaluation.metrics import Estimate, Statistic, estimate, mean_share

Unit = Literal["percent", "ratio", "words", "ms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: what was measured, and what it stands beside.

    Shares are kept from 0 to 1 whatever their unit. `published` is by the system `by`.
    """

    set: str
    measure: str
    measured: Estimate
    unit: Unit = "percent"
    floor: float | None = None
    published: float | None = None
    by: str = ""
    mark: float | None = None
    at_most: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the value reaches the mark; None without either."""
        value = self.measured.value
        if value is None or self.mark is None:
            return None
        return value <= self.mark if self.at_most else value >= self.mark


def estimated(values: Iterable[float], statistic: Statistic = mean_share) -> Estimate:
    """The mean share, or another statistic, of one value a question, with its interval."""
    return estimate([(float(value),) for value in values], statistic)


def nearest_sentence(start: int, end: int, sentences: Sequence[tuple[int, int]]) -> int | None:
    """The number of the sentence that shares most characters with `start` to `end`, if any does.

    The first one, where several share as many.
    """
    shared = [min(end, last) - max(start, first) for first, last in sentences]
    best = max(shared, default=0)
    return shared.index(best) if best > 0 else None


def rank_of_first(flags: Iterable[bool]) -> float:
    """The rank, from 1, of the first that holds; infinite where none does."""
    return next((rank for rank, holds in enumerate(flags, 1) if holds), float("inf"))


def recall(found: Iterable[str], relevant: Set[str], depth: int) -> float:
    """The share of `relevant` among the first `depth` different ids of `found`."""
    first = list(dict.fromkeys(found))[:depth]
    return len(relevant & set(first)) / len(relevant)
