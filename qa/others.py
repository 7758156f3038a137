"""Sentences that don't tell what is asked: other rows of a table, other years, questions."""

import re
from collections.abc import Sequence, Set

from qa.contrasts import is_of_another, is_of_one_before, tells_of_another, told_apart
from qa.days import day_past, is_before
from qa.library import StoredPassage
from qa.questions import A_YEAR, MONTHS, YEAR, Question, stem, stems_of, words_of
from qa.records import Sentence, titled
from qa.reported_questions import is_left_open, only_asks
from qa.tables import first_cell, is_header, is_named, is_row

LEAST_SHARED, MOST_ADDED = 2, 1
"""What only restates a question shares at least so many content words, and adds at most so many."""
_REASON = re.compile(
    r":|\b(?:because|since|due to|owing to|thanks to|so (?:that|as)|as|after|for|over|"
    r"to (?!the\b|an?\b|be\b))\b",
    re.IGNORECASE,
)
_BELOW = re.compile(r"\b(?:vice|deputy|assistant)\b", re.IGNORECASE)
_QUESTION = re.compile(r"[^\"“”„«»]*\?")
_WITH_YEAR = re.compile(
    rf"\b({MONTHS}|quarter|half|season|spring|summer|autumn|fall|winter) (?:of )?({YEAR})\b", re.I
)


def of_others(
    question: Question,
    told: Sequence[tuple[StoredPassage, Sentence]],
    taken_back: Sequence[bool],
) -> list[bool]:
    """For each sentence, with its passage, whether it tells of something else.

    A row of column names tells of nothing but what a table lists, nor does a sentence that asks
    itself or that the article takes back (`taken_back`), and where a question names a row, other
    rows don't answer it.
    """
    apart, day = told_apart(question), day_past(question.text)
    years, dates = set(A_YEAR.findall(question.text)), _dates_of(question.text)
    headers = [is_row(s.text) and is_header(p.article.text, s.start, s.end) for p, s in told]
    named = [
        is_row(sentence.text) and not heads and is_named(question.stems, sentence.text)
        for (_, sentence), heads in zip(told, headers, strict=True)
    ]
    names_a_row = any(named)
    return [
        (names_a_row and not is_asked)
        or (heads and not question.is_of_several)
        or _is_for_other_year(years, sentence.text)
        or _is_of_one_above(question, sentence.text)
        if is_row(sentence.text)
        else is_question(sentence.text)
        or is_back
        or only_asks(question, sentence.text)
        or (day is not None and is_before(day, passage.article, sentence))
        or is_left_open(question, passage.article, sentence)
        or is_of_one_before(question, sentence.text)
        or tells_of_another(apart, passage.article, sentence)
        or _is_of_other_year(dates, sentence.text)
        or only_restates(question, told, row)
        for row, ((passage, sentence), heads, is_asked, is_back) in enumerate(
            zip(told, headers, named, taken_back, strict=True)
        )
    ]


def of_another(question: Question, passages: Sequence[StoredPassage]) -> frozenset[str]:
    """The ids of `passages` that, or whose articles, speak of another one of what is asked for."""
    asked = told_apart(question)
    if not asked:  # nearly always, so that nothing more is looked for
        return frozenset()
    articles = {passage.article.id: passage.article for passage in passages}
    whole = {
        key
        for key, article in articles.items()
        if is_of_another(asked, titled(article.title, article.text))
    }
    return frozenset(
        passage.passage.id
        for passage in passages
        if passage.article.id in whole or is_of_another(asked, passage.in_context)
    )


def is_question(text: str) -> bool:
    """Whether a sentence asks itself, rather than to tell what somebody asks."""
    return _QUESTION.fullmatch(text) is not None


def only_restates(
    question: Question, told: Sequence[tuple[StoredPassage, Sentence]], row: int
) -> bool:
    """Whether a sentence says only what a question for a reason does, and the next one says more.

    "Why are shopkeepers against it? Most of the shopkeepers are against the plan. They fear for
    their turnover.": where a reason is told, it is in the next sentence of the paragraph.
    """
    if question.wanted != "reason" or row + 1 == len(told) or told[row][0] is not told[row + 1][0]:
        return False
    (passage, sentence), (_, following) = told[row : row + 2]
    is_next = "\n" not in passage.article.text[sentence.end : following.start]
    return (
        is_next and _restates(question, sentence.text) and not _restates(question, following.text)
    )


def _restates(question: Question, sentence: str) -> bool:
    """Whether a sentence has hardly a word that the question does not have, and no reason."""
    stems = stems_of(sentence)
    return (
        len(stems & question.stems) >= LEAST_SHARED
        and len(stems - question.stems) <= MOST_ADDED
        and _REASON.search(sentence) is None
    )


def _is_of_one_above(question: Question, row: str) -> bool:
    """Whether a table's row is that of the chair, where it is asked for the vice chair."""
    asked = {
        stem(word)
        for found in _BELOW.finditer(question.text)
        for word in words_of(question.text[found.end() :])[:1]
    }
    name = first_cell(row)
    return not asked.isdisjoint(stems_of(name)) and not _BELOW.search(name)


def _is_for_other_year(asked: Set[str], row: str) -> bool:
    """Whether a table's row is for a year that is not among those `asked`."""
    told = A_YEAR.findall(first_cell(row)) if asked else []
    return bool(told) and asked.isdisjoint(told)


def _is_of_other_year(asked: Set[tuple[str, str]], text: str) -> bool:
    """Whether running text tells of a month or quarter that is `asked` about, of another year.

    "The second quarter of 2023" is not that of 2025, but a firm founded in 1990 may do something
    in 2023.
    """
    if not asked:  # nearly always, so that nothing more is looked for
        return False
    told = {part for part, _ in _dates_of(text)}
    years = {year for part, year in asked if part in told}
    return bool(years) and years.isdisjoint(A_YEAR.findall(text))


def _dates_of(text: str) -> frozenset[tuple[str, str]]:
    """The years in `text`, each with the part of it that is meant: ("quarter", "2023")."""
    return frozenset((part.lower(), year) for part, year in _WITH_YEAR.findall(text))
