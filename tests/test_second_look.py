from collections.abc import Sequence

import pytest
from conftest import WordEmbedder, found, passage

from qa.judge import Judge
from qa.library import StoredPassage
from qa.reading import Reading, SentenceReading
from qa.second_look import second_look

QUESTION = "Who opened the bridge?"


class ReaderThatNotes:
    """Finds each sentence as likely as it is told, and keeps what it was given to read."""

    def __init__(self, *spans: float) -> None:
        self._spans = spans
        self.given: list[tuple[str, list[StoredPassage]]] = []

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[Reading]:
        self.given.append((question, list(passages)))
        spans = tuple(SentenceReading(span, 0.0, None) for span in self._spans)
        return [Reading(0.0, spans) for _ in passages]


def test_the_best_sentences_are_read_again_by_themselves():
    some = found(
        QUESTION,
        passage("a", "Rain fell.", "Holm opened\nthe bridge.", title="The bridge of Holm"),
        passage("b", "Erik saw the bridge."),
    )
    answers = Judge({"coverage": 2.0}, {}, 0.0).answers(some)
    reader, embedder = ReaderThatNotes(1.5, 9.0, 9.0), WordEmbedder()
    look = second_look(QUESTION, embedder.embed([QUESTION])[0], answers, embedder, reader)
    ((question, (read,)),) = reader.given
    assert question == QUESTION
    assert read.in_context.strip() == "Holm opened the bridge. Erik saw the bridge. Rain fell."
    assert [read.article.text[s.start : s.end] for s in read.sentences] == [
        "Holm opened the bridge.", "Erik saw the bridge.", "Rain fell.",
    ]  # fmt: skip
    assert look["alone_span"] == 1.5


def test_a_title_makes_no_text_more_like_the_question():
    answers = [
        Judge({"coverage": 1.0}, {}, 0.0).answers(
            found(QUESTION, passage("a", "Rain fell on the bridge.", title=title))
        )
        for title in ("", QUESTION)
    ]
    embedder = WordEmbedder()
    vector = embedder.embed([QUESTION])[0]
    looks = [second_look(QUESTION, vector, a, embedder, ReaderThatNotes(0.0)) for a in answers]
    expected = float(embedder.embed(["Rain fell on the bridge."])[0] @ vector)
    assert [look["alone_cosine"] for look in looks] == [pytest.approx(expected)] * 2


def test_no_reader_is_surer_than_counts():
    answers = Judge({"coverage": 1.0}, {}, 0.0).answers(found(QUESTION, passage("a", "Holm did.")))
    embedder = WordEmbedder()
    vector = embedder.embed([QUESTION])[0]
    look = second_look(QUESTION, vector, answers, embedder, ReaderThatNotes(40.0))
    assert look["alone_span"] == 12.0
