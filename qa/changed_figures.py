"""Figures that have changed: of those that articles give for the same thing, the newest one first.

A toll rises and an offer is raised within days, and the article with the old figure may put it
clearest: "The number of the dead rose to 31" of one day, "The storm killed 58" of the next month.
"""

import re
from datetime import date

from qa.amounts import Figure, figure_in
from qa.judge import Judged, exact_answer
from qa.questions import Question
from qa.reading import UNLIKELY

NEAR = 0.4
"""A figure that has changed needs at least this share of the best one's weight."""
LOOKED_AT = 6
"""So many of the best answers are looked at."""
_FIGURES = ("number", "amount", "other")
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
    """`answers`, the newest of those figures first that may be the best one at another time.

    Nothing changes where age does not count (`age_weight` is 0), or a question asks for what was
    said at first.
    """
    if not answers or not age_weight or question.wanted not in _FIGURES:
        return answers
    if _ASKS_WHAT_WAS.search(question.text):
        return answers
    best = answers[0]
    changed = [other for other in answers[1:LOOKED_AT] if _is_of_same(best, other)]
    newest = max([best, *changed], key=_day_of)
    return (newest, *(answer for answer in answers if answer is not newest))


def _is_of_same(best: Judged, other: Judged) -> bool:
    """Whether `other` gives another figure of the same kind than the best answer, from later on."""
    if other.share < NEAR * best.share or _day_of(other) <= _day_of(best):
        return False
    old, new = _figure_of(best), _figure_of(other)
    if old is None or new is None or old.value == new.value:
        return False
    return old.unit == new.unit or not (old.unit and new.unit)


def _figure_of(answer: Judged) -> Figure | None:
    """The number that an answer gives, and what it counts, be it told behind the exact words.

    None where a reader finds it unlikely that this answers.
    """
    candidate = answer.members[0].candidate
    reading = candidate.reading
    if reading is None or reading.answer is None or reading.span < UNLIKELY:
        return None
    end, sentence = reading.answer[1], candidate.sentence
    behind = _NEXT_WORD.match(sentence.text, end - sentence.start)
    words = exact_answer(candidate)
    return figure_in(words) and figure_in(words + (behind.group() if behind else ""))


def _day_of(answer: Judged) -> date:
    """The day of an answer's article; long ago if it has none or tells what was so before."""
    candidate = answer.members[0].candidate
    is_past = _TELLS_WHAT_WAS.search(candidate.sentence.text) is not None
    return date.min if is_past else candidate.passage.article.published or date.min
