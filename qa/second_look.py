"""A second look at an answer in doubt: its sentence is read again, together with the next best two.

A reader that goes through ten passages finds something likely in one of them by chance, and a title
that names what is asked for makes any text under it look like an answer. So these sentences are
read once more as a text of their own, without a title and what stood around them. Only the
confidence depends on it, not the order of the answers. What it gave is in the README.
"""

from collections.abc import Sequence

from qa.judge import Judge, Judged, features_of
from qa.log_odds import limited
from qa.questions import Question
from qa.reading import Reader, untitled_passage

FEATURE = "read_again"
"""The log odds of the best sentence's exact answer against none, where it is read again."""
DOUBT = (0.1, 0.7)
"""From the lower to the higher of these first estimates the look is taken: on the development sets
it changed no refusal outside."""
TOGETHER = 3
"""So many answers are read together, a sentence each: as many as are given where no more are asked
for."""


def confidence(
    question: Question, answers: Sequence[Judged], judge: Judge, reader: Reader | None
) -> float:
    """The estimated probability, 0 to 1, that the best of `answers` is right.

    Without a reader no second look is taken.
    """
    # A question without a word of its own ("What is it?") can't be known to be answered.
    if not answers or not question.stems:
        return 0.0
    features = features_of(answers[0])
    at_first = judge.at_first.probability(features)
    if reader is None or judge.looked is None or not DOUBT[0] <= at_first <= DOUBT[1]:
        return at_first
    again = read_again(question.text, answers, reader)
    return judge.looked.probability({**features, FEATURE: again})


def read_again(question: str, answers: Sequence[Judged], reader: Reader) -> float:
    """FEATURE of the best of `answers`, of which there is at least one; -12 to 12."""
    heads = [answer.members[0].candidate for answer in answers[:TOGETHER]]
    sentences = [head.sentence.text for head in heads]
    again = untitled_passage(sentences, heads[0].passage.article.published)
    reading = reader.read(question, [again])[0]
    return limited(reading.sentences[0].span)
