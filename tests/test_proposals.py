"""What was proposed is shown with what became of it."""

import pytest
from conftest import found, passage

from qa.reading import Reading, SentenceReading

DOGS = ("Motion A (pets): Dogs shall be allowed in all houses.", "Proposed by Leni Hartog.")


def left(question: str, *sentences: str, heading: str = "") -> list[str]:
    """The sentences of an article that may answer."""
    return [c.sentence.text for c in found(question, passage("a", *sentences, heading=heading))]


@pytest.mark.parametrize(
    "outcome",
    [
        "Rejected by 58 votes to 41.",
        "Carried unanimously.",
        "DEFEATED, 3 to 6.",
        "Not carried: 41 in favour.",
        "The motion was withdrawn.",
        "Result: lost.",
    ],
)
def test_a_proposal_is_shown_with_its_outcome(outcome):
    whole = f"{DOGS[0]} {DOGS[1]} {outcome}"
    assert left("Are dogs allowed?", *DOGS, outcome, "It rained.") == [whole] * 3 + ["It rained."]


@pytest.mark.parametrize(
    "sentences",
    [
        (*DOGS, "Rejected offers lie in the office."),
        (*DOGS, "Motion B (rent): The rent rises.", "It is low."),
        ("Leni Hartog proposed that dogs be allowed.", "Rejected by 58 votes to 41."),
        ("The dog sensed motion: it barked.", "Defeated, they went home."),
    ],
)
def test_without_a_name_or_an_outcome_sentences_stand_alone(sentences):
    assert left("Are dogs allowed?", *sentences) == list(sentences)


def test_each_proposal_has_its_own_outcome():
    a, b = ("Proposal 4: The pool closes.", "Lost, 3 to 6."), ("Proposal 5: It opens.", "Carried.")
    assert left("Is the pool closed?", *a, *b) == [" ".join(a)] * 2 + [" ".join(b)] * 2


@pytest.mark.parametrize("heading", ["Motion A (pets)", "2. Amendment 3", "Proposal"])
def test_a_proposal_may_stand_under_its_name(heading):
    told = ("Dogs shall be allowed.", "Rejected by 58 votes to 41.")
    assert left("Are dogs allowed?", *told, heading=heading) == [" ".join(told)] * 2
    assert left("Are dogs allowed?", *told, heading="Proposals of the board") == list(told)


@pytest.mark.parametrize(
    ("read", "outcome", "answer"),
    [
        ("Mondays", "Defeated, 3 to 6.", None),
        ("Mondays", "Carried, 6 to 3.", "Mondays"),
        ("Bo Lind", "Defeated, 3 to 6.", "Bo Lind"),
        ("3", "Defeated, 3 to 6.", "3"),
    ],
)
def test_what_was_proposed_in_vain_is_no_exact_answer(read, outcome, answer):
    told = ("Motion: The pool closes on Mondays.", "Moved by Bo Lind.", outcome)
    text = " ".join(told)
    start = text.index(read)
    place = (start, start + len(read))
    readings = [SentenceReading(3.0, 1.0, place if read in one else None) for one in told]
    candidates = found(
        "Which pool is it?", passage("a", *told), readings=[Reading(3.0, tuple(readings))]
    )
    words = [c.reading.answer for c in candidates if c.reading]
    assert [w and text[slice(*w)] for w in words] == [
        answer if read in one else None for one in told
    ]
    assert [c.features["read_span"] for c in candidates] == [3.0] * 3
