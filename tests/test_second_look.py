import math
from collections.abc import Sequence

import pytest
from conftest import found, passage

from qa.judge import Estimate, Judge
from qa.library import StoredPassage
from qa.reading import Reading, SentenceReading
from qa.second_look import confidence, second_look

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
    answers = Judge({"coverage": 2.0}, Estimate({}, 0.0)).answers(some)
    reader = ReaderThatNotes(1.5, 9.0, 9.0)
    look = second_look(QUESTION, answers, reader)
    ((question, (read,)),) = reader.given
    assert question == QUESTION
    assert read.in_context.strip() == "Holm opened the bridge. Erik saw the bridge. Rain fell."
    assert [read.article.text[s.start : s.end] for s in read.sentences] == [
        "Holm opened the bridge.", "Erik saw the bridge.", "Rain fell.",
    ]  # fmt: skip
    assert look == {"alone_span": 1.5}


def test_no_reader_is_surer_than_counts():
    answers = Judge({"coverage": 1.0}, Estimate({}, 0.0)).answers(
        found(QUESTION, passage("a", "Holm did."))
    )
    assert second_look(QUESTION, answers, ReaderThatNotes(40.0)) == {"alone_span": 12.0}


@pytest.mark.parametrize(
    ("at_first", "looks"), [(0.05, 0), (0.1, 1), (0.4, 1), (0.7, 1), (0.75, 0), (0.95, 0)]
)
def test_it_is_taken_where_the_answer_is_in_doubt(at_first, looks):
    bias = math.log(at_first / (1 - at_first)) + 1e-9 * (0.4 - at_first)
    judge = Judge({"coverage": 1.0}, Estimate({}, bias), Estimate({"alone_span": 0.5}, -1.0))
    answers = judge.answers(found(QUESTION, passage("a", "Holm did.")))
    reader = ReaderThatNotes(3.0)
    given = confidence(QUESTION, answers, judge, reader)
    assert len(reader.given) == looks
    assert given == pytest.approx(1 / (1 + math.exp(1.0 - 0.5 * 3.0)) if looks else at_first)
    assert confidence(QUESTION, answers, judge, None) == pytest.approx(at_first)
    at_once = Judge({"coverage": 1.0}, Estimate({}, bias))
    assert confidence(QUESTION, answers, at_once, reader) == pytest.approx(at_first)


def test_nothing_found_is_not_looked_at():
    judge = Judge({"coverage": 1.0}, Estimate({}, 0.0), Estimate({}, 0.0))
    reader = ReaderThatNotes(3.0)
    assert confidence(QUESTION, (), judge, reader) == 0.0
    assert not reader.given
