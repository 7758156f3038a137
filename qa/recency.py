"""Newer articles come first: most where a question asks what is so now, else a little.

An article loses by how much older it is than the newest of those found for the question, beyond
half a year; one without a date loses nothing. A question that names a year asks about that year,
and there age does not count.
"""

import math
import re
from collections.abc import Iterable
from datetime import date

from qa.questions import YEAR

FREE_YEARS = 0.5
OF_NOW, OF_THE_PRESENT, OF_ANY_TIME = 2.0, 0.6, 0.2
"""How much age counts: chosen on news questions, see the README for what each gave. What is so
now, the newest article tells, however well an older one puts it."""
_NAMED_YEAR = re.compile(rf"\b{YEAR}s?\b")
_NOW = re.compile(r"\b(?:now|current(?:ly)?|latest|newest|at present)\b", re.IGNORECASE)
_PRESENT = re.compile(
    r"\b(?:today|tonight|yesterday|tomorrow|recent(?:ly)?|newly|upcoming|"
    r"this (?:past )?(?:week|weekend|month|year|season|spring|summer|autumn|fall|winter)|"
    r"(?:last|next) (?:week|weekend|month)|next year)\b",
    re.IGNORECASE,
)
_DAYS = 365.25


def weight_of_age(question: str) -> float:
    """How much the age of an article counts for a question, 0 to OF_NOW."""
    if _NAMED_YEAR.search(question):
        return 0.0
    if _NOW.search(question):
        return OF_NOW
    return OF_THE_PRESENT if _PRESENT.search(question) else OF_ANY_TIME


def newest(dates: Iterable[date | None]) -> date | None:
    """The latest of the dates that are known, up to today; None where none is.

    A date to come does not count: a mistyped year must not make all other articles old.
    """
    today = date.today()
    return max((d for d in dates if d and d <= today), default=None)


def setback(weight: float, published: date | None, latest: date | None) -> float:
    """What an article loses by its age: `weight` times ln(1 + years beyond FREE_YEARS), from 0 up.

    Search divides its score by e to this power, that is by (1 + years) to the power of `weight`.
    """
    if published is None or latest is None:
        return 0.0
    years = (latest - published).days / _DAYS
    return weight * math.log1p(max(years - FREE_YEARS, 0.0))
