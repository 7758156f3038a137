import math
from collections.abc import Sequence

import pytest
from conftest import found, passage

from qa.judge import Judge
from qa.library import StoredPassage
from qa.log_odds import Estimate
from qa.questions import analyse
from qa.reading import Reading, SentenceReading
from qa.second_look import FEATURE, confidence, read_again

QUESTION = "Who opened the bridge?"
ANALYSED = analyse(QUESTION)


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
    assert read_again(QUESTION, answers, reader) == 1.5
    ((question, (read,)),) = reader.given
    assert question == QUESTION
    assert read.in_context.strip() == "Holm opened the bridge. Erik saw the bridge. Rain fell."
    assert [read.article.text[s.start : s.end] for s in read.sentences] == [
        "Holm opened the bridge.", "Erik saw the bridge.", "Rain fell.",
    ]  # fmt: skip


def test_no_reader_is_surer_than_counts():
    answers = Judge({"coverage": 1.0}, Estimate({}, 0.0)).answers(
        found(QUESTION, passage("a", "Holm did."))
    )
    assert read_again(QUESTION, answers, ReaderThatNotes(40.0)) == 20.0


def in_doubt(at_first: float) -> Estimate:
    return Estimate({}, math.log(at_first / (1 - at_first)))


@pytest.mark.parametrize(
    ("at_first", "looks"), [(0.05, 0), (0.09, 0), (0.11, 1), (0.4, 1), (0.69, 1), (0.71, 0)]
)
def test_the_look_is_taken_where_the_answer_is_in_doubt(at_first, looks):
    judge = Judge({"coverage": 1.0}, in_doubt(at_first), Estimate({FEATURE: 0.5}, -1.0))
    answers = judge.answers(found(QUESTION, passage("a", "Holm did.")))
    reader = ReaderThatNotes(3.0)
    given = confidence(ANALYSED, answers, judge, reader)
    assert len(reader.given) == looks
    assert given == pytest.approx(1 / (1 + math.exp(1.0 - 0.5 * 3.0)) if looks else at_first)


def test_without_a_reader_or_weights_for_the_look_the_first_estimate_stands():
    answers = Judge({"coverage": 1.0}, in_doubt(0.4)).answers(
        found(QUESTION, passage("a", "Holm did."))
    )
    looking = Judge({}, in_doubt(0.4), Estimate({}, 0.0))
    assert confidence(ANALYSED, answers, looking, None) == pytest.approx(0.4)
    reader = ReaderThatNotes(3.0)
    assert confidence(ANALYSED, answers, Judge({}, in_doubt(0.4)), reader) == pytest.approx(0.4)
    assert not reader.given


def test_nothing_found_is_not_looked_at():
    reader = ReaderThatNotes(3.0)
    judge = Judge({"coverage": 1.0}, in_doubt(0.4), Estimate({}, 0.0))
    assert confidence(ANALYSED, (), judge, reader) == 0.0
    assert not reader.given
