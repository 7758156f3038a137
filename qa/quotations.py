"""Where quotations and brackets stand in a sentence, and words that hold them whole."""

import re

MOST_ADDED = 60
"""So many characters further on a quotation may end, for words that hold its beginning."""
LEAST_WORDS = 2
"""Where a quotation is cut away, at least so many words must be left."""
_MARK = re.compile(r"[\"“”„«»]")
_CLOSING = re.compile(r"(?<=[^\s(\[])\"(?!\w)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WORD = re.compile(r"\w+")
_LOOSE = " ,;:–—-"


def quotations(sentence: str) -> list[tuple[int, int]]:
    """The quotations in a sentence, marks included, in order.

    One that began in an earlier sentence begins at -1, one that goes on ends behind the last place.
    """
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for mark in _MARK.finditer(sentence):
        closes = mark[0] in "”»" or _CLOSING.match(sentence, mark.start()) is not None
        if closes or (opened is not None and mark[0] in '"“'):
            found.append((-1 if opened is None else opened, mark.end()))
            opened = None
        elif opened is None:
            opened = mark.start()
    return found if opened is None else [*found, (opened, len(sentence) + 1)]


def with_whole_quotations(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Where the words at `start` to `end` stand, with no half of a quotation or of brackets.

    A mark without its fellow is left out at an edge; else the words reach to the fellow where that
    is near, or stop before the mark.
    """
    brackets = (found.span() for found in _BRACKETS.finditer(sentence))
    for first, last in (*quotations(sentence), *brackets):
        if start <= first < end < last:
            start, end = _up_to(sentence, start, end, first, last)
        elif first < start < last <= end:
            start, end = _from(sentence, start, end, first, last)
    return start, end


def _up_to(sentence: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The same for words in which a quotation begins, at `first`, that ends behind them."""
    if start == first:
        return start + 1, end
    before = sentence[start:first].rstrip(_LOOSE)
    if end == first + 1:
        return start, start + len(before)
    if last - end <= MOST_ADDED and last <= len(sentence):
        return start, last
    return start, (start + len(before) if len(_WORD.findall(before)) >= LEAST_WORDS else end)


def _from(sentence: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The same for words in which a quotation ends, before `last`, that begins before them."""
    if end == last:
        return start, end - 1
    after = sentence[last:end].lstrip(_LOOSE)
    if start == last - 1:
        return end - len(after), end
    if start - first <= MOST_ADDED and first >= 0:
        return first, end
    return (end - len(after) if len(_WORD.findall(after)) >= LEAST_WORDS else start), end
