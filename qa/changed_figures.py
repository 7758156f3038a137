"""Figures that have changed: of those that articles give for the same thing, the newest one first.

A toll rises and an offer is raised within days, and the article with the old figure may put it
clearest: "The number of the dead rose to 31" of one day, "The storm killed 58" of the next month.
So it is with the day of what is still to come, which may have been put off.
"""

import re
from datetime import date

from qa.amounts import Figure, figure_in
from qa.judge import Judged, exact_answer
from qa.questions import Question, holds
from qa.reading import UNLIKELY

NEAR = 0.4
"""A figure that has changed needs at least this share of the best one's weight."""
LOOKED_AT = 6
"""So many of the best answers are looked at."""
_FIGURES = ("number", "amount", "other")
_DAYS = ("date", "day", "year")
_ASKS_WHAT_WILL_BE = re.compile(r"\bwill\b", re.IGNORECASE)
_ASKS_WHAT_WAS = re.compile(
    r"\b(?:first|initial(?:ly)?|original(?:ly)?|early|earlier|earliest|previous(?:ly)?|before|until|"
    r"old)\b",
    re.IGNORECASE,
)
_TELLS_WHAT_WAS = re.compile(
    r"\b(?:at first|first (?:bid|offer(?:ed)?|report(?:ed)?|estimate[ds]?|figures?|count|put|said|"
    r"thought|planned|announced)|initial(?:ly)?|original(?:ly)?|earlier|previous(?:ly)?|"
    r"had (?:been )?(?:planned|hoped|expected|thought|offered|put))\b",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"[ -][^\W\d_]+")


def newest_figure_first(
    question: Question, answers: tuple[Judged, ...], age_weight: float
) -> tuple[Judged, ...]:
    """`answers`, the newest of those figures first, or days to come, that may be the best one.

    Nothing changes where age does not count (`age_weight` is 0), or a question asks for what was
    said at first.
    """
    asks_for_day = question.wanted in _DAYS and _ASKS_WHAT_WILL_BE.search(question.text)
    if not answers or not age_weight or not (asks_for_day or question.wanted in _FIGURES):
        return answers
    if _ASKS_WHAT_WAS.search(question.text):
        return answers
    best = answers[0]
    is_of_same = _is_other_day if asks_for_day else _is_other_figure
    changed = [
        other
        for other in answers[1:LOOKED_AT]
        if other.share >= NEAR * best.share
        and _day_of(other) > _day_of(best)
        and is_of_same(best, other)
    ]
    newest = max([best, *changed], key=_day_of)
    return (newest, *(answer for answer in answers if answer is not newest))


def _is_other_figure(best: Judged, other: Judged) -> bool:
    """Whether `other` gives another figure of the same kind than the best answer."""
    old, new = _figure_of(best), _figure_of(other)
    if old is None or new is None or old.value == new.value:
        return False
    return old.unit == new.unit or not (old.unit and new.unit)


def _is_other_day(best: Judged, other: Judged) -> bool:
    """Whether both give a day, and not the same."""
    old, new = _words_of(best), _words_of(other)
    return old != new and all(holds("date", f"in {words}", frozenset()) for words in (old, new))


def _figure_of(answer: Judged) -> Figure | None:
    """The number that an answer gives, and what it counts, be it told behind the exact words."""
    words, candidate = _words_of(answer), answer.members[0].candidate
    if candidate.reading is None or candidate.reading.answer is None:
        return None
    sentence, end = candidate.sentence, candidate.reading.answer[1]
    behind = _NEXT_WORD.match(sentence.text, end - sentence.start)
    return figure_in(words) and figure_in(words + (behind.group() if behind else ""))


def _words_of(answer: Judged) -> str:
    """The exact words of an answer; "" where a reader finds it unlikely that they answer."""
    candidate = answer.members[0].candidate
    is_likely = candidate.reading is not None and candidate.reading.span >= UNLIKELY
    return exact_answer(candidate) if is_likely else ""


def _day_of(answer: Judged) -> date:
    """The day of an answer's article; long ago if it has none or tells what was so before."""
    candidate = answer.members[0].candidate
    is_past = _TELLS_WHAT_WAS.search(candidate.sentence.text) is not None
    return date.min if is_past else candidate.passage.article.published or date.min
