"""Measures: pure functions of plain values, and their intervals."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from qa.stopwords import STOPWORDS

RESAMPLES = 2000
SEED = 20250428
Z = 1.959964
"""Within so many standard deviations lie 95 % of a normal distribution."""

Rows = NDArray[np.float64]
Statistic = Callable[[Rows], float]
"""From the rows of the cases concerned (one row a case) to a number, NaN when undefined."""


class Estimate(BaseModel):
    """A measured value and its 95 % interval; null where the cases can't tell."""

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


def answers_exactly(words: str, answers: Iterable[str]) -> bool:
    """Whether `words` hold any of `answers`, or are a telling part of one: 3.50 of NOK 3.50."""
    answers = tuple(answers)
    tells = not STOPWORDS.issuperset(normalise(words).split())
    return contains(words, answers) or (tells and any(contains(a, [words]) for a in answers))


def same_article(article_id: str, expected: str) -> bool:
    """Whether `expected` names the article: by its id, its file's name or that name's stem."""
    return expected in names_of(article_id) or article_id in names_of(expected)


def names_of(article_id: str) -> tuple[str, str, str]:
    """What an article may be called: its id, its file's name and that name's stem."""
    path = PurePosixPath(article_id)
    return article_id, path.name, path.stem


def first_rank(found: Iterable[str], expected: Sequence[str]) -> int | None:
    """The rank, from 1, of the first expected article among the articles found, or None.

    `found` holds one id a passage, best first; an article counts once, where it comes first.
    """
    ranked = enumerate(dict.fromkeys(found), start=1)
    return next((rank for rank, a in ranked if any(same_article(a, e) for e in expected)), None)


def mean(rows: Rows) -> float:
    """The mean of all values."""
    return float(rows.mean())


def mean_share(rows: Rows) -> float:
    """The mean of values from 0 to 1, as of a yes (1) and a no (0): `estimate` knows more of it."""
    return mean(rows)


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
    """`statistic` of `rows`, with its percentile bootstrap interval (whole rows resampled).

    Cases that all agree can't be told apart by resampling: a share of all or of none has
    Wilson's score interval instead, and otherwise there is no interval.
    """
    values = np.asarray(rows, dtype=np.float64)
    count = len(values)
    if not count:
        return Estimate(value=None, low=None, high=None, n=0)
    value = statistic(values)
    agree = statistic is mean_share and value in (0, 1)
    low, high = _wilson(value, count) if agree else _bootstrap(values, statistic)
    return Estimate(value=None if math.isnan(value) else value, low=low, high=high, n=count)


def _wilson(share: float, count: int) -> tuple[float, float]:
    """The interval of a share that is 0 or 1; too wide, if anything, for more than yes and no.

    E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", J. Am. Stat. Assoc. 22, 209-212, where its formula comes down to this.
    """
    room = Z**2 / (count + Z**2)
    return (0.0, room) if share == 0 else (1 - room, 1.0)


def _bootstrap(values: Rows, statistic: Statistic) -> tuple[float, float] | tuple[None, None]:
    """The middle 95 % of what resamples give; nothing where they all give the same."""
    count = len(values)
    random = np.random.default_rng(SEED)
    drawn = [statistic(values[random.integers(0, count, count)]) for _ in range(RESAMPLES)]
    defined = [number for number in drawn if not math.isnan(number)]
    if not defined or min(defined) == max(defined):
        return None, None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
