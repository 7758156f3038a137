"""A language model's reply as it streams in: its sentences, each with the passages it cites."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.details import visible
from qa.spans import segments

_LIST = r"(\d{1,9}(?:\s?(?:,\s?and|[,;–-]|and|&)\s?\d{1,9}){0,30})"
_CITED = re.compile(
    r"\s{0,9}(?:[\[【]\W{0,3}(?:(?:passages?|sources?|p)\b)?[\s#^]{0,3}"
    rf"{_LIST}(?:[:†][^\]】]{{0,40}})?\s?[\]】]{{1,2}}(?:\(\s?\))?"
    rf"|\((?:passages?|sources?)\s+{_LIST}\)"
    r"|\((\d{1,2})\)(?=[.!?]?\s{0,9}$))",
    re.IGNORECASE,
)
"""[1], [1][2], [1, 3-5], 【1】, [passage 1], [^1], [1†source], (passage 1), and (1) at the end."""
_LEAD = re.compile(
    r"^\W*(?:based on|according to|as stated in|as per)(?:\s+(?:the|these|this))?"
    r"(?:\s+(?:provided|given|above))?(?:\s+(?:passages?|articles?|sources?|texts?)\b\s*(\d{1,9})?)?"
    r"\s*,\s*",
    re.IGNORECASE,
)
_ANNOUNCEMENT = re.compile(
    r"^\W*(?:here(?:['’]s| is| are)\b[^:.]{0,40}|answer)\s?:\s?", re.IGNORECASE
)
_BRACKETED = re.compile(r"[\[【][^\]】]*[\]】]?")
_MARK = r"\s{0,9}[\[【][^\[\]【】]{0,40}[\]】]"
_MARKS = re.compile(rf"^(?=[^\]】]*\d)(?:{_MARK})+[.\s]*")
_MARKED_AHEAD = re.compile(r"(?<=[.!?]\s)(?:[\[【][^\[\]【】]{0,40}[\]】]\s{0,9}){1,20}$")
_LIST_SIGN = re.compile(r"^\s*(?:[-–—•*]|>|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1|(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\3(?!\w)")
_EMPTY = re.compile(r"\s*(?:\[\s*\]|\(\s*\)|\*{2,}|`+)")
_NO_SENTENCE = re.compile(r"^\s*(?:```|~~~|#{1,6}\s|\|)")
_LIST_OF_SOURCES = re.compile(r"^\W*(?:sources?|references|citations)\W*(?:$|:)", re.IGNORECASE)
_ENDS_ANYWAY = re.compile(r"(?:[\]】]\s*|[。！？｡])$")
_THOUGHT = re.compile(r"<(think(?:ing)?)>.*?(?:</\1>|$)|<[a-z/]{0,9}$", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHT = re.compile(
    r"<think(?:ing)?>(?!.*</think(?:ing)?>)|<[a-z/]{0,9}$", re.DOTALL | re.IGNORECASE
)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_HAS_WORD = re.compile(r"\w")
MOST_CITED = 8
MAX_SENTENCE_CHARS = 2000
LOOK_AHEAD = 12
"""So many characters must follow a sentence before it is taken for one: "(b. 1950)" is not two."""


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence without its markers, and the numbers of the passages that it cites, in order."""

    text: str
    cited: tuple[int, ...]


def sentences_of(pieces: Iterable[str]) -> Iterator[WrittenSentence]:
    """The sentences of a reply that comes in `pieces`, each once the next one has begun.

    Markers after a full stop belong to the sentence before them, except in a reply that begins
    with one. What a model thinks aloud, headings, code, tables and lists of sources are no
    sentences, and the signs of lists and emphasis are left out.
    """
    for sentence in _told(pieces):
        if _LIST_OF_SOURCES.search(sentence):
            return
        yield from _written(sentence)


def _told(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences as they are told, with their markers."""
    text, marked_before = "", None
    for piece in pieces:
        text += piece
        if _OPEN_THOUGHT.search(text):
            continue
        text = without_thoughts(text)
        if marked_before is None and len(text.strip()) >= LOOK_AHEAD:
            marked_before = _begins_with_marker(text)
        *complete, rest = _split(text, marked_before is True)
        if len(rest.strip()) < LOOK_AHEAD and len(text) < MAX_SENTENCE_CHARS:
            continue
        text = rest
        yield from complete
    text = without_thoughts(text)
    if marked_before is None:
        marked_before = _begins_with_marker(text)
    yield from _split(text, marked_before)


def without_thoughts(reply: str) -> str:
    """`reply` without what a model thinks aloud between tags; what has no end goes to the end."""
    return _THOUGHT.sub("", reply)


def _begins_with_marker(reply: str) -> bool:
    return _MARKS.match(reply.lstrip()) is not None


def _split(text: str, marked_before: bool) -> list[str]:
    """The sentences of `text`, with their markers; the last one may be incomplete."""
    parts: list[str] = []
    for line in text.splitlines(keepends=True):
        for part in segments(line) if line.strip() else [line]:
            before = parts[-1] if parts else "\n"
            marks = None if marked_before or before.endswith("\n") else _MARKS.match(part)
            if marks:
                parts[-1] += marks.group()
                part = part[marks.end() :]
            elif marked_before and (ahead := _MARKED_AHEAD.search(before)):
                parts[-1] = before[: ahead.start()]
                part = ahead.group() + part
                before = parts[-1]
            # What has no word, and the half of a marker, go with the part before; and an address,
            # which has no blank, is not two sentences.
            is_loose = not _HAS_WORD.search(_BRACKETED.sub("", part)) and not marked_before
            is_joined = not marks and not before[-1:].isspace() and not _ENDS_ANYWAY.search(before)
            if parts and (is_loose or is_joined):
                parts[-1] += part
            elif part:
                parts.append(part)
    if parts and len(parts[-1]) > MAX_SENTENCE_CHARS:
        return [*parts, ""]
    return parts or [""]


def _written(sentence: str) -> Iterator[WrittenSentence]:
    if _NO_SENTENCE.match(sentence):
        return
    text, cited = visible(sentence), []
    while found := _CITED.search(text):  # what is left when a marker goes may be another one
        cited += _numbers(next(filter(None, found.groups())))
        text = text[: found.start()] + text[found.end() :]
    text = _EMPTY.sub("", _LIST_SIGN.sub("", " ".join(text.split())))
    text = _ANNOUNCEMENT.sub("", text)
    if lead := _LEAD.match(text):
        cited += [int(lead[1])] if lead[1] else []
        text = text[lead.end() :]
    if _HAS_LETTER.search(text):
        text = _EMPHASIS.sub(lambda m: m[2] or m[4], text)
        text = text[:1].upper() + text[1:] if lead else text
        yield WrittenSentence(text, tuple(dict.fromkeys(cited))[:MOST_CITED])


def _numbers(listed: str) -> list[int]:
    """The numbers of "1, 3-5"."""
    found: list[int] = []
    for part in re.split(r"[,;&]|and", listed):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        if not numbers:
            continue
        first, *last = numbers
        # The last one counts, however far away it is: a passage that does not exist must be seen.
        near = range(first, min(last[0], first + MOST_CITED - 2) + 1) if last else [first]
        found += [*near, *last]
    return found
