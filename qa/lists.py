"""Lists in articles: points one below the other, or a table's rows, under what says of what.

A reader finds one point. Who asks for the measures of a plan wants all of them, as they stand.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise, takewhile

from qa.evidence import Candidate
from qa.judge import Judged, exact_answer
from qa.questions import Question, stems_of
from qa.records import Sentence
from qa.spans import begins_point, segments
from qa.tables import is_named, is_row, table_at

Line = tuple[int, int]
LEAST_POINTS = 2
LIST_WORDS = 100
"""A list has at most so many words for each sentence that may be given: it is soon looked through,
and whoever asks for it wants all of it."""
FURTHER = 10
"""So many answers are looked at for one that is of a list."""
ROWS = 5
"""So many rows of a table are given for each sentence that may be."""
OF_SEVERAL = 0.5
"""The share of the words of a question for several things that stand over a list of them; of any
other question, all must: "What does the plan contain?" asks for a list, "Who built it?" for one
point."""
MOST_CHARS = 20_000
"""Further up than so many characters no point of the same list is looked for."""
WRAPPED_COLUMNS = 60
"""A line of so many columns that ends no sentence may go on in the next one."""
LONGEST_BULLET = 10
_OF_ONE = frozenset(
    ("yes_no", "number", "amount", "duration", "age", "frequency", "date", "day", "year")
)
_CONTAINING = stems_of(
    "contain include comprise consist cover entail involve provide list name each every per"
)
"""What a question asks for a list with, and the line above it may say in another word."""
_OF_EACH = re.compile(r"\b(?:each|every|per)\b", re.I)
_ANNOUNCES = re.compile(r":$|\b(?:following|follows?|these|below)\b", re.I)
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_ENDS = tuple('.!?…:;"”’)')


@dataclass(frozen=True, slots=True)
class Listed:
    """Answers, and for a list how many sentences they may take and how much of it is left out."""

    answers: Sequence[Judged]
    sentences: int
    left_out: int = 0
    """How many of its last points or rows don't fit."""
    are_whole: bool = False
    """Whether they are all that is to be shown, in this order."""


def with_whole_list(question: Question, answers: Sequence[Judged], sentences: int) -> Listed:
    """`answers`, or, where the best is of a list or table that is asked for, that alone.

    Further ones count, too, where all that a question for several things says stands over the list.
    What does not fit where `sentences` may be given is left out at the end.
    """
    is_of_all = question.is_of_several or _OF_EACH.search(question.text) is not None
    for n, answer in enumerate(answers[: FURTHER if is_of_all else 1]):
        share = OF_SEVERAL if n == 0 and question.is_of_several else 1.0
        listed = _list_around(question, answer, sentences, share)
        if listed is None and is_of_all:
            listed = _rows_around(question, answer, sentences, share)
        if listed is not None:
            return listed
    return Listed(answers, sentences)


def _list_around(question: Question, answer: Judged, sentences: int, share: float) -> Listed | None:
    """The list that a sentence is in, with the line that leads to it, if that is asked for."""
    candidate = answer.members[0].candidate
    text = candidate.passage.article.text
    (first, last), points = _list_at(text, candidate.sentence)
    above = text[first:last]
    if question.wanted in _OF_ONE or is_row(candidate.sentence.text) or not points:
        return None
    if candidate.sentence.start < points[0][0] and not _asks_beyond(question, candidate):
        return None
    if not _is_asked_for(question, candidate, above, share):
        return None
    start = first if _ANNOUNCES.search(above) else points[0][0]
    ends = [end for _, end in points]  # a point ends with its line
    fitting = _how_many_fit((text[slice(*part)] for part in pairwise([start, *ends])), sentences)
    if fitting < LEAST_POINTS:
        return None
    whole = [_shown(answer, start, ends[fitting - 1])]
    return Listed(whole, sentences, len(points) - fitting, are_whole=True)


def _rows_around(question: Question, answer: Judged, sentences: int, share: float) -> Listed | None:
    """The rows of the table that a row is in, if they are asked for and none of them by name.

    A table beside a sentence counts where all that the question says stands over it.
    """
    candidate = answer.members[0].candidate
    text, passage = candidate.passage.article.text, candidate.passage.passage
    place = candidate.sentence.start
    if not is_row(candidate.sentence.text):
        place, share = text.find(" | ", passage.start, passage.end), 1.0
    over, rows = table_at(text, place) if place >= 0 else ((0, 0), [])
    if any(is_named(question.stems, text[slice(*row)]) for row in rows):
        return None
    if len(rows) < LEAST_POINTS or not _is_asked_for(
        question, candidate, text[slice(*over)], share
    ):
        return None
    fitting = _how_many_fit((text[slice(*row)] for row in rows), sentences)
    shown = [_shown(answer, *row) for row in rows[: min(fitting, ROWS * sentences)]]
    if len(shown) < LEAST_POINTS:
        return None
    return Listed(shown, len(shown), len(rows) - len(shown), are_whole=True)


def _how_many_fit(parts: Iterable[str], sentences: int) -> int:
    """How many of `parts`, from the first on, find room where `sentences` may be given."""
    words = accumulate(len(part.split()) for part in parts)
    return sum(count <= LIST_WORDS * sentences for count in words)


def _is_asked_for(question: Question, candidate: Candidate, above: str, share: float) -> bool:
    """Whether so much of a question stands in the words `above` a list, its heading and title."""
    over = stems_of(candidate.sentence.heading) | stems_of(above)
    said = over | stems_of(candidate.passage.article.title) | _CONTAINING
    is_over = not question.stems.isdisjoint(over)
    return is_over and len(question.stems & said) >= share * len(question.stems)


def _asks_beyond(question: Question, candidate: Candidate) -> bool:
    """Whether a question is for more than the line above a list tells: "the following places"."""
    read = exact_answer(candidate)
    return question.is_of_several or question.wanted == "other" or bool(_ANNOUNCES.search(read))


def _shown(answer: Judged, start: int, end: int) -> Judged:
    """The same answer with these words of the article in place of its sentence."""
    best = answer.members[0]
    article = best.candidate.passage.article
    whole = best.candidate.sentence.reaching(article.text, start, end)
    listed = replace(best, candidate=replace(best.candidate, sentence=whole, reading=None))
    return replace(answer, members=(listed,))


def _list_at(text: str, sentence: Sentence) -> tuple[Line, list[Line]]:
    """What stands above the list that a sentence is in or leads to, and where each point stands.

    There are no points where it does neither, and nothing above where the article begins with them.
    """
    blocks = _blocks(text, sentence.start)
    before: list[Line] = []
    here = next(blocks)
    while here[1] <= sentence.start:
        before.append(here)
        here = next(blocks)
    if _ANNOUNCES.search(sentence.text) and not _is_point(text, here):
        before.append(here)
    else:
        blocks = chain([here], blocks)
    above = list(takewhile(lambda block: _is_point(text, block), reversed(before)))
    points = [*reversed(above), *takewhile(lambda block: _is_point(text, block), blocks)]
    over = before[: len(before) - len(above)]
    if not over or not points:
        return (0, 0), points
    start, end = over[-1]
    *others, _ = segments(text[start:end])
    return (start + sum(map(len, others)), end), points


def _blocks(text: str, place: int) -> Iterator[Line]:
    """The lines from a little before a place on, those that go on with the one above as one."""
    first = text.rfind("\n", 0, max(place - MOST_CHARS, 0)) + 1
    lines = (found.span() for found in _LINE.finditer(text, first))
    block = above = next(lines)
    for line in lines:
        if _goes_on(text, block, above, line):
            block = block[0], line[1]
        else:
            yield block
            block = line
        above = line
    yield block


def _goes_on(text: str, block: Line, above: Line, line: Line) -> bool:
    """Whether a line goes on with the block whose last line is `above`: set in, or not ended."""
    if _is_point(text, line):
        return False
    if text[line[0] - 1] in " \t" and _is_point(text, block):
        return True
    is_next = text.count("\n", above[1], line[0]) == 1
    is_full = text[line[0]].islower() or above[1] - above[0] >= WRAPPED_COLUMNS
    return is_next and is_full and not text.endswith(_ENDS, *above)


def _is_point(text: str, block: Line) -> bool:
    return begins_point(text[block[0] : min(block[0] + LONGEST_BULLET, block[1])])
