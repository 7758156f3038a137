"""How the pairs of the reader's last round of training are told otherwise."""

import random
import sys
from dataclasses import replace

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "training"))

from dataset import Pair
from variation import asked_within, cropped, joined, told_first, varied, without_answer

SENTENCES = (
    "The old bridge in Lemvig carried trains and carts.",
    "Mayor Erik Flyvholm cut the ribbon of the bridge in Lemvig on 3 May 2024.",
    "The repairs had cost the town 14 million kroner.",
    "Bakers gave rye bread to all who came.",
    "A brass band played until the evening.",
)
TEXT = " ".join(SENTENCES)


def marked(question: str, answer: str, evidence: int) -> Pair:
    at, start = TEXT.index(answer), TEXT.index(SENTENCES[evidence])
    return Pair(
        "news", question, "Bridge reopens", TEXT,
        ((at, at + len(answer)),), ((start, start + len(SENTENCES[evidence])),),
    )  # fmt: skip


RIBBON = marked("Who cut the ribbon of the bridge?", "Erik Flyvholm", 1)


def words(pair: Pair) -> list[str]:
    return [pair.text[start:end] for start, end in (*pair.answers, *pair.evidence)]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_marked_still_reads_the_same_in_another_text(seed):
    rng = random.Random(seed)
    other = "Ferries stopped in winter. Ice lay on the fjord for weeks. Nobody minded much."
    for pair in (cropped(RIBBON, rng), joined(RIBBON, other, rng)):
        assert words(pair) == ["Erik Flyvholm", SENTENCES[1]]
    assert 3 <= sum(s in cropped(RIBBON, rng).text for s in SENTENCES) <= 5


def test_a_text_that_holds_the_answer_too_is_not_joined():
    other = "It rained. Erik Flyvholm had no umbrella."
    assert joined(RIBBON, other, random.Random(0)) == RIBBON


def test_something_is_told_before_the_question_that_does_not_answer_it():
    told = {told_first(RIBBON, random.Random(seed)) for seed in range(20)}
    assert told == {f"{SENTENCES[n]} {RIBBON.question}" for n in (0, 2)}  # the likest two


def test_a_question_is_asked_within_the_sentence_that_answers():
    question = asked_within(RIBBON, random.Random(0))
    assert question.startswith(("Who cut", "Mayor who cut"))
    assert question.endswith("?")
    assert "Flyvholm" not in question


def test_without_its_sentence_a_text_does_not_answer():
    (pair,) = without_answer(RIBBON)
    assert pair.text == " ".join(SENTENCES[:1] + SENTENCES[2:])
    assert (pair.answers, pair.evidence) == ((), ())
    again = replace(RIBBON, text=f"{TEXT} Erik Flyvholm spoke.")
    assert without_answer(again) == []


def test_a_question_is_told_alike_beside_every_text(monkeypatch):
    monkeypatch.setattr("variation.MASKED", 0.0)
    beside = replace(RIBBON, text="Ferries stopped.", answers=(), evidence=())
    for seed in range(30):
        told = varied([RIBBON, beside], random.Random(seed))
        assert len({pair.question for pair in told}) == 1
        assert {p.text[s:e] for p in told for s, e in p.answers} == {"Erik Flyvholm"}
