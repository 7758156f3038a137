"""Dates as people write them; a date that could be read in two ways is no date."""

import re
from datetime import UTC, date, datetime

from qa.loaders.cleaning import one_line

MAX_CHARS = 60
FIRST_EPOCH_YEAR, LAST_EPOCH_YEAR = 1990, 2100

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?=$|[T\s])")
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_NUMBER = re.compile(r"(\d{8,14})(?:\.\d+)?")
_SHORT_NUMERIC = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")


def parse_date(text: str | None) -> date | None:
    """The day that `text` names, or None; what is missing is never filled in.

    Understands ISO 8601, seconds and milliseconds since 1970, all-number dates that can be
    read in one way only, and English dates with a month's name.
    """
    text = one_line(text, MAX_CHARS + 1)
    if not text or len(text) > MAX_CHARS:
        return None
    if match := _NUMBER.fullmatch(text):
        return _from_number(match.group(1))
    if match := _ISO.match(text) or _YEAR_FIRST.match(text):
        year, month, day = (int(part) for part in match.groups() if part.isdigit())
        return _day(year, month, day)
    if match := _YEAR_LAST.match(text):
        return _from_parts(int(match.group(1)), int(match.group(3)), int(match.group(4)))
    # Two-digit years leave the order of the parts open.
    if _SHORT_NUMERIC.match(text) or not _FOUR_DIGITS.search(text):
        return None
    return _from_words(text)


def _from_number(digits: str) -> date | None:
    if len(digits) == 8:
        return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    seconds = int(digits) / (1000 if len(digits) >= 12 else 1)
    day = datetime.fromtimestamp(seconds, UTC).date()
    return day if FIRST_EPOCH_YEAR <= day.year < LAST_EPOCH_YEAR else None


def _from_parts(first: int, second: int, year: int) -> date | None:
    """Day and month in either order, where only one order makes a date."""
    readings = {_day(year, first, second), _day(year, second, first)} - {None}
    return readings.pop() if len(readings) == 1 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_words(text: str) -> date | None:
    import dateparser  # type: ignore[import-untyped]  # ships no types; loaded when first needed

    settings = {
        "REQUIRE_PARTS": ["year", "month", "day"],
        "PARSERS": ["absolute-time"],  # "yesterday" would be counted from today
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    try:
        found: datetime | None = dateparser.parse(text, languages=["en"], settings=settings)
    except (ValueError, OverflowError):
        return None
    return found.date() if found else None
