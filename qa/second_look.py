"""A second look at the best answer: its words by themselves, without title and context.

A title that names what is asked for makes any text under it look like an answer, and a reader that
goes through ten passages finds something likely in one of them by chance. So before the best answer
may be given, its passage is compared with the question again without the title, and its sentence is
read again beside those of the next best answers alone. Only the confidence depends on it, not the
order of the answers. What it gave is in the README.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa.evidence import cut_log_odds
from qa.judge import Judged
from qa.library import StoredPassage, Vector
from qa.models import Embedder
from qa.reading import Reader
from qa.records import Article, Passage, Sentence

FEATURES = (
    "alone_cosine",  # question and passage without its title, -1 to 1
    "alone_span",  # log odds of the sentence's exact answer, among the best sentences alone
)
READ_TOGETHER = 3
"""So many of the best answers are read together, a sentence each: as many as are given."""


def second_look(
    question: str,
    vector: Vector,
    answers: Sequence[Judged],
    embedder: Embedder,
    reader: Reader | None,
) -> dict[str, float]:
    """FEATURES of the best of `answers`; none without an answer, or without a reader.

    `vector` is the question's.
    """
    if not answers or reader is None:
        return {}
    heads = [answer.members[0].candidate for answer in answers[:READ_TOGETHER]]
    words = embedder.embed([heads[0].passage.passage.text])[0]
    together = _one_text([head.sentence for head in heads], heads[0].passage)
    reading = reader.read(question, [together])[0]
    return {
        "alone_cosine": float(words @ vector),
        "alone_span": cut_log_odds(reading.sentences[0].span),
    }


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
