"""Sentences that tell of something else than is asked: another row of a table, another year."""

import re
from collections.abc import Sequence

from qa.questions import MONTHS, YEAR, Question
from qa.records import Sentence
from qa.tables import first_cell, is_header, is_named, is_row

_YEAR = re.compile(rf"\b{YEAR}\b")
_WITH_YEAR = re.compile(
    rf"\b({MONTHS}|quarter|half|season|spring|summer|autumn|fall|winter) (?:of )?({YEAR})\b", re.I
)


def of_others(question: Question, told: Sequence[tuple[str, Sentence]]) -> list[bool]:
    """For each sentence, with the text of its article, whether it tells of something else.

    A row of column names tells of nothing, and where a question names a row, other rows don't
    answer it.
    """
    named = [is_row(s.text) and is_named(question.stems, s.text) for _, s in told]
    names_a_row = any(named)
    return [
        (names_a_row and is_row(sentence.text) and not is_asked)
        or _is_of_other(question.text, article, sentence)
        for (article, sentence), is_asked in zip(told, named, strict=True)
    ]


def _is_of_other(question: str, article: str, sentence: Sentence) -> bool:
    """Whether it is a table's row of column names, or one of another year than is asked about."""
    if not is_row(sentence.text):
        return _is_of_other_year(question, sentence.text)
    if is_header(article, sentence.start, sentence.end):
        return True
    asked, told = (set(_YEAR.findall(some)) for some in (question, first_cell(sentence.text)))
    return bool(asked and told) and asked.isdisjoint(told)


def _is_of_other_year(question: str, text: str) -> bool:
    """Whether running text tells of the same month or quarter of another year than the question.

    "The second quarter of 2023" is not that of 2025, but a firm founded in 1990 may do something
    in 2023.
    """
    asked = _dates_of(question)
    if not asked:  # nearly always, so that nothing more is looked for
        return False
    told = {word for word, _ in _dates_of(text)}
    years = {year for word, year in asked if word in told}
    return bool(years) and years.isdisjoint(_YEAR.findall(text))


def _dates_of(text: str) -> frozenset[tuple[str, str]]:
    """The years in `text`, each with the part of it that is meant: ("quarter", "2023")."""
    return frozenset((part.lower(), year) for part, year in _WITH_YEAR.findall(text))
