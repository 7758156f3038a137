"""Text as it comes, made text to answer from: clean characters, and no site chrome."""

import re
import unicodedata
from itertools import groupby, islice

from qa.loaders.chrome import REVIEW_AUTHOR, review_boxes, without_chrome, without_reviews

_NEWLINE = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\n\t ]")  # no-break space and its kin
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffc\ud800-\udfff\u034f\u115f\u1160\u180b-\u180f\u3164\uffa0"
    "\U000e0000-\U000e0fff]"
)
# Joiners shape Persian, Hindi and emoji; after a Latin letter they are only in the way.
_USELESS_JOINER = re.compile("(?<![^\x00-\u036f\u1e00-\u1eff])[\u200c\u200d]+")
_TRAILING_BLANKS = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
MOST_MARKS = 9
"""Hundreds of accents on one letter are no writing, and slow to put in order."""
# The marks of all scripts are among these signs, and articles have few runs of so many.
_MANY_SIGNS = re.compile(f"[^\x00-\u02ff\\w\\s]{{{MOST_MARKS + 1},}}")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """`text` with clean characters and without site chrome; cleaning twice changes nothing."""
    return drop_chrome(normalise(text))


def normalise(text: str) -> str:
    r"""`text` in NFC, with `\n` alone as line end and nothing invisible in it."""
    text = _NEWLINE.sub("\n", text)
    text = _INVISIBLE.sub("", _BLANK.sub(" ", text))
    for _ in range(2):  # what is put together, or taken apart, may have too many marks only then
        text = _MANY_SIGNS.sub(_without_piles, _USELESS_JOINER.sub("", text))
        text = unicodedata.normalize("NFC", text)
    return text


def _without_piles(signs: re.Match[str]) -> str:
    """The signs without those marks that are too many on one letter."""
    kept: list[str] = []
    for is_mark, run in groupby(signs.group(), _is_mark):
        kept += islice(run, MOST_MARKS if is_mark else None)
    return "".join(kept)


def _is_mark(sign: str) -> bool:
    # A few signs of Tibetan are two marks in one.
    return unicodedata.combining(unicodedata.normalize("NFD", sign)[0]) > 0


def drop_chrome(text: str) -> str:
    """Normalised `text` without the lines that belong to the site, tidy at its ends."""
    return tidy(without_reviews(tidy(without_chrome(text))))


def tidy(text: str) -> str:
    """`text` without blanks at the ends of lines, and never two blank lines together."""
    return _BLANK_LINES.sub("\n\n", _TRAILING_BLANKS.sub("", text)).strip()


def one_line(text: str | None, max_chars: int) -> str:
    """`text` as a single line of at most `max_chars` characters; "" for None."""
    return " ".join(normalise(text or "").split())[:max_chars].strip()


def reviewer(text: str) -> str:
    """The author that a review box in `text` names, or ""."""
    found = next(filter(None, map(REVIEW_AUTHOR.search, review_boxes(text))), None)
    return found.group(1) if found else ""
