"""What stands above an article's first sentence: title, byline, date, the site's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, islice, pairwise

from qa.loaders.chrome import MAX_WORDS_OF_A_NOTICE, is_prose
from qa.loaders.cleaning import tidy
from qa.loaders.dates import parse_date
from qa.loaders.header_line import (
    BYLINE,
    CREDIT,
    DATELINE,
    DAY_ALONE,
    EARLIEST_DATELINE,
    HEADER_CHARS,
    MARKERS,
    SITE_NAME,
    bare,
    dateline_fields,
    fields_of,
    is_genre,
    place_and_day,
)
from qa.loaders.labels import LABELLED, labelled

HEADER_LINES = 10
SHORTENED_CHARS = 90
WRAPPED_COLUMNS = 100
TITLE_WORDS, TITLE_CHARS = 30, 200
LINES_BEFORE_PROSE = 5
HEADER_LINE_WORDS, REPEATED_TITLE_WORDS = 6, 3
MUCH_LONGER = 1.4
"""So many times as long as all lines below it is a headline, and no line that was full."""

_DATE_OF_ANYTHING = re.compile(r"[*_]*date[*_]*\s*:", re.IGNORECASE)
MOST_GENRES = 3
"""So many lines may say one after the other what kind of text it is."""
_BULLET = re.compile(r"(?:[-–—•*▪◦·+]|\(?\d{1,3}[.)])\s|\|")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r".{20,}?[.!?][\"'”’)]*(?=\s+[\"'“‘(]?[A-Z0-9]|\s*$)")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)*_]*$")


@dataclass(frozen=True, slots=True)
class Header:
    """What a text says about itself, "" where it doesn't, and the text without it."""

    text: str
    title: str = ""
    source: str = ""
    author: str = ""
    url: str = ""
    published: date | None = None


def read_header(text: str, title: str = "") -> Header:
    """The header of a cleaned `text`, whose title may be known already.

    Lines near the top that only repeat the title are left out, unless nothing else is there.
    """
    lines = text.split("\n")
    found: dict[str, str] = {}
    lines = _without_genre(_without_labels(lines, found), found)
    first = next((line for line in lines if line), "")
    known = title or found.get("title", "")
    repeated = _repeated_title(lines)
    if repeated is not None and (not known or same_line(lines[repeated], known)):
        known = known or bare(lines[repeated])
        if not same_line(first, known) and SITE_NAME.fullmatch(first):
            found.setdefault("source", bare(first))
        lines = lines[repeated:]
    elif not known and _is_headline(lines):
        known = bare(lines[0])
    elif known and not same_line(first, known) and _is_headline(lines):
        # Another headline than the title that is known: it stays, what is below it is read.
        lines = [lines[0], "", *_without_labels(lines[1:], found, placed=True)]
    if known:
        body = _without_labels(_below_title(lines, known), found, placed=True)
        lines = _without_copies(body, known)
    text = tidy("\n".join(lines)) or first
    if "dateline" in found:  # where it was written stands nowhere else
        text = f"{found['dateline']}\n\n{text}"
    if "published" not in found and (dateline := DATELINE.match(text)):
        day = parse_date(dateline[1])
        if day and day.year >= EARLIEST_DATELINE:
            found["published"] = dateline[1]
    return Header(
        text=text,
        title=known,
        source=found.get("source", ""),
        author=found.get("author", ""),
        url=found.get("url", ""),
        published=parse_date(found.get("published")) or parse_date(found.get("updated")),
    )


def shortened(text: str) -> str:
    """The first sentence of `text` below a dateline, cut at a word where it is long."""
    lines = [line.strip(MARKERS) for line in text.split("\n") if line.strip(MARKERS)]
    first = next((line for line in lines if not line.endswith(("—", "–"))), "".join(lines[:1]))
    sentence = _SENTENCE.match(first)
    first = sentence.group() if sentence else first
    if len(first) <= SHORTENED_CHARS:
        return first
    head, blank, _ = first[:SHORTENED_CHARS].rpartition(" ")
    return (head if blank else first[: SHORTENED_CHARS - 1]).rstrip(" ,;:-–—") + "…"


def same_line(line: str, title: str) -> bool:
    """Whether `line` says nothing but `title`."""
    return _words(line) == _words(title) != []


def _words(line: str) -> list[str]:
    return bare(line).rstrip(".:").casefold().split()


def _without_genre(lines: list[str], found: dict[str, str]) -> list[str]:
    """`lines` from the headline on, where nothing but the kind of text and metadata is above it."""
    told, below = dict(found), lines
    for _ in range(MOST_GENRES):
        if not below or not is_genre(below[0]):
            break
        below = _without_labels(below[1:], told, placed=True)
    if below is lines or not below or not _is_headline(below):
        return lines
    found.update(told)
    return below


def _without_labels(
    lines: Sequence[str], found: dict[str, str], *, placed: bool = False
) -> list[str]:
    """`lines` from the first that is no metadata; fills `found`, where the first word holds.

    With `placed`, "Aalvik, 24 October 2024" is metadata too. None is in a chronicle of such lines.
    Metadata right below other labels ("Status: resolved") is found as well, and these stay.
    """
    kept: list[str] = []
    told = 0
    for at, line in enumerate(lines):
        if not line and not kept:
            continue
        if not line or told == HEADER_LINES or len(line) > HEADER_CHARS or is_prose(line):
            return [*kept, *lines[at:]]
        told += 1
        parts = _parts_at(lines, at, placed=placed and not kept)
        if not parts and not _is_beside(line):
            return [*kept, *lines[at:]]
        given, rest = _given(line, parts, beside_others=bool(kept))
        for field, value in given:
            if field:
                found.setdefault(field, value)
        if rest:
            kept.append(rest)
    return kept


def _is_beside(line: str) -> bool:
    """Whether metadata may stand below a line, though it is none, or not all of it."""
    return bool(LABELLED.fullmatch(line) or CREDIT.match(line))


def _given(
    line: str, parts: list[tuple[str, str]], *, beside_others: bool
) -> tuple[list[tuple[str, str]], str]:
    """The fields that a line of a header gives, and what of it stays in the text.

    Beside labels of other things "Date: 3 May 2024" may be the day of a fair, and "Author: ..." be
    of a book: only the day of publication goes.
    """
    if credit := CREDIT.match(line):
        return [("author", credit[1])], line[credit.end() :]
    if not parts:
        return [], line
    label = labelled(line) if beside_others else None
    is_date = label is not None and label[0] in ("published", "updated")
    if label is None or (is_date and not _DATE_OF_ANYTHING.match(line)):
        return parts, ""
    return [label] if label[0] == "author" else [], line


def _parts_at(lines: Sequence[str], at: int, *, placed: bool) -> list[tuple[str, str]]:
    """The fields and values of a header line, unless it is one of several in a text."""
    parts = [] if _is_content(lines, at) else fields_of(lines[at])
    if parts or not placed or not place_and_day(lines[at]):
        return parts
    return [] if any(map(place_and_day, lines[at + 1 :])) else dateline_fields(lines[at])


def _is_content(lines: Sequence[str], at: int) -> bool:
    """Whether a day or a "By ..." alone on its line is one of several in a text, or of a poem."""
    line, below = bare(lines[at]), lines[at + 1 :]
    form = next((form for form in (DAY_ALONE, BYLINE) if form.fullmatch(line)), None)
    if form is None:
        return False
    others = dropwhile(lambda each: not each or form.fullmatch(bare(each)), below)
    if any(bare(each) != line and form.fullmatch(bare(each)) for each in others):
        return True
    return form is BYLINE and any(below[:1]) and not _leads_to_prose(below)


def _leads_to_prose(lines: Sequence[str]) -> bool:
    filled = islice(filter(None, lines), LINES_BEFORE_PROSE)
    return any(len(line.split()) > MAX_WORDS_OF_A_NOTICE for line in filled)


def _repeated_title(lines: Sequence[str]) -> int | None:
    """Where a title stands that the next line repeats, with only short lines above it."""
    filled = [at for at, line in enumerate(lines) if line][:HEADER_LINES]
    for at, following in pairwise(filled):
        is_long_enough = len(lines[at].split()) >= REPEATED_TITLE_WORDS
        if is_long_enough and same_line(lines[at], lines[following]) and _may_be_title(lines[at]):
            return at if _is_apart(lines, at, following) else None
        if _BULLET.match(lines[at]) or _is_of_text(lines[at]):
            return None
    return None


def _is_apart(lines: Sequence[str], at: int, following: int) -> bool:
    """Whether a line and the next that repeats it stand over a text, and not in it as in a song."""
    below = lines[following + 1 :]
    has_gap = not any(below[:1]) or bool(fields_of(below[0])) or "" not in lines[:at]
    return has_gap and _leads_to_prose(_without_labels(below, {}, placed=True))


def _without_copies(lines: Sequence[str], title: str) -> list[str]:
    """`lines` without those near their top that repeat the title.

    Below where the text begins, a question may be asked again, and the name of what it is about
    said again: a copy is marked as a heading, or longer than a name and below a whole sentence.
    """
    is_long_enough = len(title.split()) >= REPEATED_TITLE_WORDS and not title.endswith("?")
    copies: set[int] = set()
    has_begun, above = False, ""
    for at in islice((at for at, line in enumerate(lines) if line), HEADER_LINES):
        is_over = not has_begun or (is_long_enough and _SENTENCE_END.search(above))
        if same_line(lines[at], title) and (is_over or lines[at].startswith("#")):
            copies.add(at)
        else:
            has_begun, above = has_begun or _is_of_text(lines[at]), lines[at]
    return [line for at, line in enumerate(lines) if at not in copies]


def _is_of_text(line: str) -> bool:
    """Whether `line` is longer than what stands in a header, or ends like a text."""
    return len(line.split()) > HEADER_LINE_WORDS or _ends_like_text(line)


def _below_title(lines: Sequence[str], title: str) -> list[str]:
    at = 0
    while at < len(lines) and (not lines[at] or same_line(lines[at], title)):
        at += 1
    return list(lines[at:])


def _is_headline(lines: Sequence[str]) -> bool:
    """Whether the first line stands above the text rather than beginning it."""
    if len([line for line in lines if line]) < 2 or not _may_be_title(lines[0]):
        return False
    if lines[0].startswith("#"):
        return True
    return not _ends_like_text(lines[0]) and not _is_wrapped(lines)


def _may_be_title(line: str) -> bool:
    return (
        len(line.split()) <= TITLE_WORDS
        and len(line) <= TITLE_CHARS
        and bool(_LETTER.search(line))
        and not _BULLET.match(line)
        and not DAY_ALONE.fullmatch(bare(line))
    )


def _ends_like_text(line: str) -> bool:
    # A dash ends a dateline: "LONDON (Agency) —".
    return line.rstrip("\"'”’)*_ ").endswith((".", ",", ";", ":", "…", "—", "–", "-"))


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether the first line goes on in the second: it was full, or a small letter follows."""
    paragraph = list(lines[: lines.index("")] if "" in lines else lines)
    if len(paragraph) < 2 or fields_of(paragraph[1]) or dateline_fields(paragraph[1]):
        return False
    if paragraph[1][:1].islower():
        return True
    longest = max(len(line) for line in paragraph[1:])
    if len(paragraph[0]) > MUCH_LONGER * longest and not _SENTENCE_END.search(paragraph[-1]):
        return False
    width = max(len(line) for line in paragraph)
    next_word = paragraph[1].split()[0]
    return width <= WRAPPED_COLUMNS and len(paragraph[0]) + 1 + len(next_word) > width
