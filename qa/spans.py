"""Where sentences and passages begin and end, as offsets that are exact by construction.

Nothing is ever searched for again in the text: every boundary is computed from the
boundary before it, so repeated words can't lead an offset astray.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_HEADING_WORDS, MAX_HEADING_CHARS = 14, 300
MAX_NUMBERED_WORDS = 9
MIN_COLUMNS, HARD_WRAP_COLUMNS = 25, 100
MAX_SEGMENTED = 5_000
"""Characters of a line that are cut into sentences at once."""

_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"(?:[-–—•*▪◦·+→]|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)])\s+|\|[|\s]*")
"""What begins a point of a list, or a row of a table."""
_POINT = re.compile(rf"(?!\|)(?:{_BULLET.pattern}|\(?[A-Z]\)\s+|[●○■□‣⁃➢✓✔]\s*)")
_ROW = " | "
"""What stands between the cells of a table's row."""
_ENDS_SENTENCE = re.compile(r"[.!?…:;]['\"”’»)\]]*$")
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_TELLS = re.compile(
    r"(?!(?i:read|more|related|watch|see|listen|follow|interactive|contributing|sign up)\b)"
    r"[^\W\d_][^:\n]{1,40}: +\S|.*(?<=[^\W\d_] )\d{1,3} ?[-–:] ?\d{1,3} [^\W\d_a-z]"
    r"|.*\((?:postponed|abandoned|cancelled)\)$"
)
"""A line that says what something is, as in "Verdict: False", or how a match ended; none that leads
to another page ("Read more: ...")."""
_HAS_WORD = re.compile(r"\w")
_MARKED = re.compile(r"#+\s")
_QUOTE_AFTER_TIME = re.compile(r"(?:(?<=[ap]\.m\.)|(?<=\bMay\.))\s+(?=[\"“][A-Z])")
"""Somebody is quoted after a time of day, or after May: a sentence ended there, though it looks
shortened."""
_OTHER_BLANK = re.compile(r"[^\S\n\r\t ]")


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """`text[start:end]` is a sentence; `heading` is the line it stands under, or ""."""

    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """`text[start:end]` is a passage and holds all of `sentences`."""

    start: int
    end: int
    sentences: tuple[SentenceSpan, ...]


def sentence_spans(text: str, max_chars: int) -> Iterator[SentenceSpan]:
    """The sentences of `text` in order, without headings; none longer than `max_chars`.

    A heading is a line marked with `#`, a short line without sentence punctuation that
    something follows, or a question that stands alone: it says what comes, and answers nothing.
    Of several short lines one after the other (a list without bullets) only the last may be one.
    One that tells something itself ("Verdict: False") is a sentence, too.
    """
    blocks = [(s, e) for s, e in _blocks(text) if _HAS_WORD.search(text, s, e)]
    heading = ""
    for at, (start, end) in enumerate(blocks):
        over = heading
        if _is_heading(text, blocks, at):
            line = text[start:end].strip()
            heading = line.strip("#* \t")
            if line.endswith(("?", ":")) or not _TELLS.match(line):
                continue
        yield from (
            SentenceSpan(s, e, over)
            for first, last in _split(text, start, end)
            for s, e in _at_most(text, first, last, max_chars)
        )


def passage_spans(text: str, max_chars: int) -> tuple[PassageSpan, ...]:
    """Neighbouring sentences of `text`, together at most about `max_chars` characters.

    A passage rather ends before a new heading than in the middle of what stands under it,
    and begins with the heading of its first sentence where that is next to it.
    """
    passages: list[PassageSpan] = []
    group: list[SentenceSpan] = []
    for sentence in sentence_spans(text, max_chars):
        if group and _is_full(group, sentence, max_chars):
            passages.append(_close(text, group, passages))
            group = []
        group.append(sentence)
    if group:
        passages.append(_close(text, group, passages))
    return tuple(passages)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """The lines of `text`; in hard-wrapped text, the paragraphs between blank lines."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip()]
    if not _is_hard_wrapped(text, lines):
        yield from lines
        return
    paragraph = lines[:1]
    for following in lines[1:]:
        if _is_apart(text, paragraph[-1], following):
            yield from _joined(text, paragraph)
            paragraph = []
        paragraph.append(following)
    yield from _joined(text, paragraph)


def _joined(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines of a paragraph as one; as they are where they are a list.

    In a paragraph, the next word would not have fitted into most lines.
    """
    width = max([MIN_COLUMNS, *(end - start for start, end in lines)])
    room = [
        width - (line[1] - line[0]) - len(text[slice(*following)].split()[0])
        for line, following in pairwise(lines)
    ]
    is_list = sum(left <= 0 for left in room) * 2 <= len(room)
    return lines if room and is_list else [(lines[0][0], lines[-1][1])]


def _is_apart(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether two neighbouring lines of hard-wrapped text belong to no common paragraph."""
    above, below = text[slice(*line)].lstrip(), text[slice(*following)].lstrip()
    has_blank_line = "\n" in text[line[1] + 1 : following[0]]
    is_row = _ROW in above or _ROW in below
    is_marked = bool(_MARKED.match(above) or _MARKED.match(below) or _BULLET.match(below))
    # A number at the end of a sentence may begin a line too.
    goes_on = below[:1].isdigit() and not (_ENDS_SENTENCE.search(above) or _BULLET.match(above))
    return has_blank_line or is_row or (is_marked and not goes_on)


def _is_hard_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether lines break at a column rather than at a paragraph's end."""
    if len(lines) < 4 or max(end - start for start, end in lines) > HARD_WRAP_COLUMNS:
        return False
    unfinished = sum(not _ENDS_SENTENCE.search(text[start:end].rstrip()) for start, end in lines)
    return unfinished > len(lines) / 2


def _is_heading(text: str, blocks: Sequence[tuple[int, int]], at: int) -> bool:
    line, following = (_block(text, blocks, place) for place in (at, at + 1))
    if len(line) > MAX_HEADING_CHARS:
        return False
    if _MARKED.match(line):
        return True
    if _BULLET.match(line):
        return _heads_section(text, blocks, at)
    if line.endswith("?"):
        return len(line.split()) <= MAX_HEADING_WORDS and not re.search(r"[.!?]\s", line)
    if line.endswith(":"):  # unless there is a whole sentence before
        is_short = len(line.split()) <= MAX_HEADING_WORDS
        return is_short and bool(following) and len(list(segments(line))) == 1
    is_over_text = bool(following) and not _is_bare(following)
    return _is_bare(line) and is_over_text and not _ends_list(text, blocks, at)


def _heads_section(text: str, blocks: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a numbered line stands over a text, as in "5. Skate park", and is no list's point.

    A name with a gap below is one: "5. Anna Berg" in a list that says something of each.
    """
    above, line, following = (_block(text, blocks, place) for place in (at - 1, at, at + 1))
    _, *words = line.split()
    is_name = any(word[0].isupper() for word in words[1:]) and _has_gap(text, blocks, at + 1)
    is_short = len(words) <= MAX_NUMBERED_WORDS and not _ENDS_SENTENCE.search(line)
    if not _NUMBERED.match(line) or not is_short or is_name:
        return False
    is_of_list = above.endswith(":") or _NUMBERED.match(above) or _BULLET.match(following)
    is_over_text = bool(following) and not _is_bare(following)
    return is_over_text and not is_of_list and _has_gap(text, blocks, at)


def _ends_list(text: str, blocks: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a short line is the last of several, with a blank line below them."""
    is_below_other = _is_bare(_block(text, blocks, at - 1)) and not _has_gap(text, blocks, at)
    return is_below_other and _has_gap(text, blocks, at + 1)


def _block(text: str, blocks: Sequence[tuple[int, int]], at: int) -> str:
    return text[slice(*blocks[at])].strip() if 0 <= at < len(blocks) else ""


def _has_gap(text: str, blocks: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether there is a blank line above a block, or nothing."""
    return not 0 < at < len(blocks) or text.count("\n", blocks[at - 1][1], blocks[at][0]) > 1


def _is_bare(line: str) -> bool:
    """Whether a line is short, and nothing says that it is a sentence, a point, a row or marked."""
    is_short = len(line) <= MAX_HEADING_CHARS and len(line.split()) <= MAX_HEADING_WORDS
    return is_short and not (
        _ROW in line or _MARKED.match(line) or _BULLET.match(line) or _ENDS_SENTENCE.search(line)
    )


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of the block `text[start:end]`, without the blanks and bullets around."""
    bullet = _BULLET.match(text[start:end].lstrip())
    if bullet:
        start = end - len(text[start:end].lstrip()) + bullet.end()
    for piece in segments(text[start:end]):
        body = piece.strip()
        if _HAS_WORD.search(body):
            first = start + len(piece) - len(piece.lstrip())
            yield first, first + len(body)
        start += len(piece)


def is_point(text: str, start: int) -> bool:
    """Whether what begins at `start` is a point of a list, with its bullet or number before it."""
    before = text[text.rfind("\n", 0, start) + 1 : start].lstrip()
    return _BULLET.fullmatch(before) is not None


def begins_point(line: str) -> bool:
    """Whether a line begins with the bullet, number or letter of a point of a list."""
    return _POINT.match(line) is not None


def segments(text: str) -> Iterator[str]:
    """`text` in sentences, each with the blanks behind it; together they are `text` again."""
    from sentencex import segment  # a compiled library: loaded when first needed

    position = 0
    while position < len(text):
        part = text[position : position + MAX_SEGMENTED]  # its time is quadratic
        pieces = list(segment("en", _OTHER_BLANK.sub(" ", part)))  # it panics at other blanks
        if position + len(part) < len(text) and len(pieces) > 1:
            pieces.pop()  # it may go on
        for piece in pieces:
            cuts = [found.end() for found in _QUOTE_AFTER_TIME.finditer(piece)]
            for first, last in pairwise([0, *cuts, len(piece)]):
                yield text[position + first : position + last]
            position += len(piece)


def _at_most(text: str, start: int, end: int, max_chars: int) -> Iterator[tuple[int, int]]:
    """`text[start:end]` whole, or cut at blanks where it is longer than `max_chars`."""
    while end - start > max_chars:
        blank = text.rfind(" ", start + max_chars // 2, start + max_chars)
        cut = blank if blank > 0 else start + max_chars
        yield start, cut
        start = cut + (blank > 0)
    yield start, end


def _is_full(group: list[SentenceSpan], following: SentenceSpan, max_chars: int) -> bool:
    length = following.end - group[0].start
    new_heading = following.heading != group[-1].heading
    return length > max_chars or (new_heading and length > max_chars * 2 // 3)


def _close(text: str, group: list[SentenceSpan], before: list[PassageSpan]) -> PassageSpan:
    start = group[0].start
    if group[0].heading:
        floor = before[-1].end if before else 0
        between = text[floor:start]
        at = between.rfind(group[0].heading)
        # Only the heading directly above belongs to the passage.
        if at >= 0 and not between[at + len(group[0].heading) :].strip("#* \n\t-–•"):
            start = floor + at
    return PassageSpan(start, group[-1].end, tuple(group))
