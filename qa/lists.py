"""Lists in articles: points one below the other, under a line that says of what.

A reader finds one point. Who asks for the measures of a plan wants all of them, as they stand.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from qa.evidence import Candidate
from qa.judge import Judged
from qa.questions import Question, stems_of
from qa.records import Sentence
from qa.spans import begins_point, is_point
from qa.tables import is_row

Line = tuple[int, int]
LEAST_POINTS = 2
OF_SEVERAL = 0.5
"""The share of the words of a question for several things that stand over a list of them; of any
other question, all must: "What does the plan contain?" asks for a list, "Who built it?" for one
point."""
_OF_ONE = frozenset(
    ("yes_no", "number", "amount", "duration", "age", "frequency", "date", "day", "year")
)
_LINE = re.compile(r"\S(?:[^\n]*\S)?")


def with_whole_list(question: Question, answers: Sequence[Judged], room: int) -> Sequence[Judged]:
    """`answers`, or, where the best is a point of a list that is asked for, that list alone.

    It has at most `room` words; the points that don't fit are left out.
    """
    if not answers or question.wanted in _OF_ONE:
        return answers
    best = answers[0].members[0]
    whole = _list_around(question, best.candidate, room)
    if whole is None:
        return answers
    listed = replace(best, candidate=replace(best.candidate, sentence=whole, reading=None))
    return [replace(answers[0], members=(listed,))]


def _list_around(question: Question, candidate: Candidate, room: int) -> Sentence | None:
    """The list that a sentence is in, with the line that leads to it, if that is asked for."""
    text, sentence = candidate.passage.article.text, candidate.sentence
    if is_row(sentence.text) or not is_point(text, sentence.start):
        return None
    lead, points = _list_at(text, sentence.start)
    over = stems_of(sentence.heading) | stems_of(text[slice(*lead)])
    said = over | stems_of(candidate.passage.article.title)
    share = OF_SEVERAL if question.is_of_several else 1.0
    if not question.stems & over or len(question.stems & said) < share * len(question.stems):
        return None
    start = lead[0] if text[slice(*lead)].endswith(":") else points[0][0]
    fitting = [end for _, end in points if len(text[start:end].split()) <= room]
    if len(fitting) < LEAST_POINTS:
        return None
    return replace(sentence, start=start, end=fitting[-1], text=text[start : fitting[-1]])


def _list_at(text: str, place: int) -> tuple[Line, list[Line]]:
    """The line above the list that `place` is in, perhaps none, and where each point stands."""
    lines = [found.span() for found in _LINE.finditer(text)]
    here = next(n for n, (_, end) in enumerate(lines) if place < end)
    above = list(takewhile(lambda line: _is_listed(text, line), reversed(lines[:here])))
    below = takewhile(lambda line: _is_listed(text, line), lines[here + 1 :])
    points: list[Line] = []
    for start, end in [*reversed(above), lines[here], *below]:
        if not points or begins_point(text[start:end]):
            points.append((start, end))
        else:  # a point goes on
            points[-1] = (points[-1][0], end)
    first = here - len(above)
    return lines[first - 1] if first else (0, 0), points


def _is_listed(text: str, line: Line) -> bool:
    """Whether a line begins a point, or is set in because it goes on with one."""
    return begins_point(text[slice(*line)]) or text[max(line[0] - 1, 0) : line[0]] in (" ", "\t")
