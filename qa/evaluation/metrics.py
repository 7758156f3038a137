"""Measures: pure functions of plain values, and their bootstrap intervals."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

RESAMPLES = 2000
SEED = 20250428

Rows = NDArray[np.float64]
Statistic = Callable[[Rows], float]
"""From the rows of the cases concerned (one row a case) to a number, NaN when undefined."""


class Estimate(BaseModel):
    """A measured value and its 95 % interval; null where no case could be measured."""

    model_config = ConfigDict(frozen=True)

    value: float | None
    low: float | None
    high: float | None
    n: int = Field(description="How many cases the value was measured on.")


def normalise(text: str) -> str:
    """`text` as it is compared: lower case, punctuation as spaces, no a, an or the.

    After SQuAD's scorer, which deletes punctuation; here it separates words, so that
    "Russia’s" holds "Russia" and "cross–border" equals "cross border".
    """
    words = re.split(r"[\W_]+", unicodedata.normalize("NFKC", text).lower())
    return " ".join(word for word in words if word not in {"", "a", "an", "the"})


def contains(text: str, answers: Iterable[str]) -> bool:
    """Whether any of `answers` stands in `text` as whole words, both normalised."""
    padded = f" {normalise(text)} "
    wanted = (normalise(answer) for answer in answers)
    return any(f" {answer} " in padded for answer in wanted if answer)


def same_article(article_id: str, expected: str) -> bool:
    """Whether `expected` names the article: by its id, its file's name or that name's stem."""
    return (
        article_id == expected or expected in _short_names(article_id)
    ) or article_id in _short_names(expected)


def _short_names(article_id: str) -> tuple[str, str]:
    path = PurePosixPath(article_id)
    return path.name, path.stem


def first_rank(found: Iterable[str], expected: Sequence[str]) -> int | None:
    """The rank, from 1, of the first expected article among the articles found, or None.

    `found` holds one id a passage, best first; an article counts once, where it comes first.
    """
    ranked = enumerate(dict.fromkeys(found), start=1)
    return next((rank for rank, a in ranked if any(same_article(a, e) for e in expected)), None)


def mean(rows: Rows) -> float:
    """The mean of all values."""
    return float(rows.mean())


def quantile(share: float) -> Statistic:
    """The statistic below which `share` of the values lie (linear between neighbours)."""
    return lambda rows: float(np.quantile(rows, share))


def balanced_accuracy(rows: Rows) -> float:
    """The mean of two shares: of the answerable answered, of the unanswerable refused.

    Rows of (refused, answerable), each 0 or 1.
    """
    refused, answerable = rows[:, 0], rows[:, 1] == 1
    if answerable.all() or not answerable.any():
        return float("nan")
    return float((1 - refused[answerable].mean() + refused[~answerable].mean()) / 2)


def auroc(rows: Rows) -> float:
    """The chance that an answerable case has the higher confidence; a tie counts half.

    Rows of (confidence, answerable). Computed by ranks (Mann and Whitney's U).
    """
    confidence, answerable = rows[:, 0], rows[:, 1] == 1
    positives, negatives = int(answerable.sum()), int((~answerable).sum())
    if not positives or not negatives:
        return float("nan")
    _, where, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    wins = ranks[answerable].sum() - positives * (positives + 1) / 2
    return float(wins / (positives * negatives))


def estimate(rows: Sequence[tuple[float, ...]], statistic: Statistic) -> Estimate:
    """`statistic` of `rows`, with its percentile bootstrap interval (whole rows resampled)."""
    values = np.asarray(rows, dtype=np.float64)
    count = len(values)
    if not count:
        return Estimate(value=None, low=None, high=None, n=0)
    # Every resample of equal rows is those rows again.
    resamples = 1 if (values == values[0]).all() else RESAMPLES
    random = np.random.default_rng(SEED)
    drawn = [statistic(values[random.integers(0, count, count)]) for _ in range(resamples)]
    defined = [number for number in drawn if not math.isnan(number)]
    low, high = np.percentile(defined, [2.5, 97.5]) if defined else (math.nan, math.nan)
    value, low, high = map(_number, (statistic(values), low, high))
    return Estimate(value=value, low=low, high=high, n=count)


def _number(value: float) -> float | None:
    """`value`, or None for what JSON has no number for."""
    return None if math.isnan(value) else float(value)
