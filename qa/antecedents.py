"""Whom a sentence means that only says "he": who asks for that person is shown the name as well.

To "Who replaces Reiss?", "She takes the place of Ottokar Reiss." says all but what is asked.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from qa.evidence import Candidate
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
    whole = _with_name(head.candidate, {word.lower() for word in words_of(question.text)})
    return [replace(best, members=(replace(head, candidate=whole), *more)), *others]


def _with_name(candidate: Candidate, asked: Set[str]) -> Candidate:
    """The candidate with its sentence from where the one is named that it only points back to."""
    sentence, passage = candidate.sentence, candidate.passage
    has_words = candidate.reading is None or candidate.reading.answer is not None
    if has_words or not _PRONOUN.search(sentence.text) or _names_any(sentence, asked):
        return candidate
    before = [s for s in passage.sentences if s.start < sentence.start]
    naming = (s.start for s in reversed(before[-MOST_BACK:]) if _names_any(s, asked))
    start = next(naming, sentence.start)
    reached = sentence.reaching(passage.article.text, start, sentence.end)
    return replace(candidate, sentence=reached)


def _names_any(sentence: Sentence, asked: Set[str]) -> bool:
    """Whether a sentence has a word with a capital that is not `asked` with."""
    words = (word for word in words_of(sentence.text) if word[0].isupper())
    return any(word.lower() not in STOPWORDS | asked for word in words)
