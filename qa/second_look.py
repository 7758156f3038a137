"""A second look at the best answer: its sentence read again, beside the next best ones alone.

A reader that goes through ten passages finds something likely in one of them by chance, and a title
that names what is asked for makes any text under it look like an answer. So the sentences that may
be given are read once more by themselves, without title and context. Only the confidence depends
on it, not the order of the answers, and it is taken where the answer is in doubt only. What it gave
is in the README.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa.evidence import cut_log_odds
from qa.judge import Judge, Judged, features_of
from qa.library import StoredPassage
from qa.reading import Reader
from qa.records import Article, Passage, Sentence

FEATURES = ("alone_span",)
"""Log odds of the best sentence's exact answer, among the best sentences alone."""
DOUBT = (0.1, 0.7)
"""Between these first estimates it is taken: what is surer stays refused, or strong, anyway."""
READ_TOGETHER = 3
"""So many of the best answers are read together, a sentence each: as many as are given."""


def confidence(
    question: str, answers: Sequence[Judged], judge: Judge, reader: Reader | None
) -> float:
    """The estimated probability, 0 to 1, that the best of `answers` is right.

    Where that is in doubt at first, and there is a reader, a second look is taken.
    """
    at_first = judge.confidence(answers)
    if reader is None or judge.looked is None or not DOUBT[0] <= at_first <= DOUBT[1]:
        return at_first
    look = second_look(question, answers, reader)
    return judge.looked.probability({**features_of(answers[0]), **look})


def second_look(question: str, answers: Sequence[Judged], reader: Reader) -> dict[str, float]:
    """FEATURES of the best of `answers`, of which there is at least one."""
    heads = [answer.members[0].candidate for answer in answers[:READ_TOGETHER]]
    together = _one_text([head.sentence for head in heads], heads[0].passage)
    reading = reader.read(question, [together])[0]
    return {"alone_span": cut_log_odds(reading.sentences[0].span)}


def _one_text(sentences: Sequence[Sentence], like: StoredPassage) -> StoredPassage:
    """`sentences` as the one passage of an article without a title; else as `like`."""
    placed, text = [], ""
    for sentence in sentences:
        words = " ".join(sentence.text.split())
        placed.append(Sentence("", len(text), len(text) + len(words), words))
        text += f"{words} "
    return replace(
        like,
        passage=Passage("", "", 0, len(text), text),
        article=Article("", "", text, ""),
        sentences=tuple(placed),
    )
