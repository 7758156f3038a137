"""Rows of tables, whole: a cell may hold several sentences, and one alone tells too little."""

from collections.abc import Sequence
from dataclasses import replace

from qa.judge import Judged, Weighed
from qa.records import Sentence
from qa.tables import filled, named_cells


def with_whole_rows(answers: Sequence[Judged], most: int, room: int) -> list[Judged]:
    """The first of `answers`, of which each part of a row with named columns is that row.

    At most so many, each row once. Rows of more than `room` words stay as they are.
    """
    whole: dict[tuple[str, int], Judged] = {}
    for answer in answers:
        if len(whole) == most:
            break
        members = tuple(_whole(weighed, room) for weighed in answer.members)
        head = members[0].candidate.sentence
        whole.setdefault((head.article_id, head.start), replace(answer, members=members))
    return list(whole.values())


def _whole(weighed: Weighed, room: int) -> Weighed:
    """The same with the row that its sentence is in, if it is in one."""
    candidate = weighed.candidate
    row = _row_around(candidate.passage.article.text, candidate.sentence)
    fits = len(row.text.split()) <= room
    return replace(weighed, candidate=replace(candidate, sentence=row)) if fits else weighed


def _row_around(text: str, sentence: Sentence) -> Sentence:
    """The row that a sentence is in, or itself."""
    cells = filled(cell for _, cell in named_cells(text, sentence.start, sentence.end))
    start = min([sentence.start, *(first for first, _ in cells)])
    end = max([sentence.end, *(last for _, last in cells)])
    return sentence.reaching(text, start, end)
