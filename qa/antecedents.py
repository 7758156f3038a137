"""Whom a sentence means that only says "he": who asks is shown the name and what is told of it.

To "Who replaces Reiss?", "She takes the place of Ottokar Reiss." says all but what is asked, and
"Franziska Ohm starts in May.", the sentence before, only that.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from qa.evidence import Candidate
from qa.judge import Judged
from qa.lending import tells_the_rest
from qa.questions import Question, words_of
from qa.records import Sentence
from qa.retractions import is_taken_back
from qa.stopwords import STOPWORDS

MOST_BACK = 2
"""So many sentences before it may say who is meant."""
_PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)


def with_antecedent(question: Question, answers: Sequence[Judged]) -> Sequence[Judged]:
    """`answers`, the best of which reaches over both, the name and what is told of it.

    That is, to the next sentence, where that points back and has more of the question's words. And
    where it is asked who somebody is, it begins where the one is named that it only points back to,
    unless it has exact words or names somebody that the question does not.
    """
    if not answers:
        return answers
    best, *others = answers
    head, *more = best.members
    whole = _with_what_is_told(question, head.candidate)
    if question.wanted == "person":
        whole = _with_name(whole, {word.lower() for word in words_of(question.text)})
    return [replace(best, members=(replace(head, candidate=whole), *more)), *others]


def _with_what_is_told(question: Question, candidate: Candidate) -> Candidate:
    """The candidate with its sentence up to the end of the next one, where that tells the rest."""
    sentence, passage = candidate.sentence, candidate.passage
    if candidate.reading is None or candidate.reading.answer is None:
        return candidate
    following = next((s for s in passage.sentences if s.start >= sentence.end), None)
    if following is None or not tells_the_rest(question, sentence, following):
        return candidate
    if is_taken_back(passage.article, following.start, following.end):
        return candidate
    reached = sentence.reaching(passage.article.text, sentence.start, following.end)
    return replace(candidate, sentence=reached)


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
