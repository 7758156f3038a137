"""Whom a sentence means that only says "he": who asks for that person is shown the name as well.

To "Who replaces Reiss?", "She takes the place of Ottokar Reiss." says all but what is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.judge import Judged
from qa.questions import Question, words_of
from qa.records import Sentence
from qa.stopwords import STOPWORDS

MOST_BACK = 2
"""So many sentences before it may say who is meant."""
_PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)


def with_antecedent(question: Question, answers: Sequence[Judged]) -> Sequence[Judged]:
    """`answers`, the best of which begins where a person is named that it only points back to.

    Nothing changes where it is not asked who somebody is, or its sentence has exact words or names
    somebody that the question does not.
    """
    if question.wanted != "person" or not answers:
        return answers
    best, *others = answers
    head, *more = best.members
    candidate = head.candidate
    if candidate.reading is None or candidate.reading.answer is not None:
        return answers
    asked = {word.lower() for word in words_of(question.text)}
    if not _PRONOUN.search(candidate.sentence.text) or _names_any(candidate.sentence, asked):
        return answers
    before = [s for s in candidate.passage.sentences if s.start < candidate.sentence.start]
    naming = (s for s in reversed(before[-MOST_BACK:]) if _names_any(s, asked))
    start = next((sentence.start for sentence in naming), candidate.sentence.start)
    reached = candidate.sentence.reaching(
        candidate.passage.article.text, start, candidate.sentence.end
    )
    shown = replace(head, candidate=replace(candidate, sentence=reached))
    return [replace(best, members=(shown, *more)), *others]


def _names_any(sentence: Sentence, asked: set[str]) -> bool:
    """Whether a sentence has a word with a capital that is not `asked` with."""
    words = (word for word in words_of(sentence.text) if word[0].isupper())
    return any(word.lower() not in STOPWORDS | asked for word in words)
