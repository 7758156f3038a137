"""Sentences that can't answer, however likely a reader finds their words."""

from dataclasses import replace

import pytest
from conftest import found, passage

from qa.reading import Reading, SentenceReading
from qa.records import Sentence

LIKELY = 6.0
LEAST = -20.0
"""How likely a sentence that can't answer is taken to, in log odds."""


def can_answer(question: str, text: str, heading: str = "", line: str = "") -> bool:
    """Whether a sentence that a reader finds likely to answer still is; `line` stands before it."""
    place = len(line), len(line) + len(text)
    stored = replace(passage("a", line + text), sentences=(Sentence("a", *place, text, heading),))
    [one] = found(question, stored, readings=[Reading(2.0, (SentenceReading(LIKELY, 1.0, place),))])
    assert one.features["read_span"] in (LIKELY, LEAST)
    if one.features["read_span"] == LEAST:
        assert one.reading is not None
        assert one.reading.answer is None
    return one.features["read_span"] == LIKELY


@pytest.mark.parametrize(
    ("question", "text", "is_so"),
    [
        ("How many people died?", "The storm reached the village on foot.", False),
        ("How many people died?", "Nobody died.", True),
        ("How many people died?", "Eleven died.", True),
        ("How long did the strike last?", "The strike was about pay.", False),
        ("How long did the strike last?", "It went on until the spring.", True),
        ("What is the best height for a keeper?", "Keepers tend to be tall.", True),
        ("What share of the keepers is tall?", "Keepers tend to be tall.", False),
        ("How much did sales grow?", "Sales grew in the north.", False),
        ("How much did sales grow?", "Sales doubled: twice as many boats were sold.", True),
    ],
)
def test_who_asks_how_many_wants_a_number(question, text, is_so):
    assert can_answer(question, text) is is_so


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("The ship is 83 centimetres long and weighs 14 kilograms.", False),
        ("Lee, who is 41, saw the ship in 1998.", False),
        ("The ship stood there for eighteen months.", False),
        ("The ship was built for 1,800 workers.", False),
        ("The ship cost 500 guilders.", True),
        ("The ship cost €4.2m.", True),
        ("The ship cost one pound.", True),
        ("The ship is worth CHF 900.", True),
        ("The museum had the ship for free.", True),
        ("The ship went for 1,250 at the auction.", True),
        ("The ship sold for 12.50.", True),
    ],
)
def test_who_asks_for_a_sum_wants_money(text, is_so):
    assert can_answer("How much is the ship worth?", text) is is_so
    assert can_answer("What price did the ship fetch?", text) is is_so
    assert can_answer("What did the museum buy?", text)  # no sum is asked for


@pytest.mark.parametrize(
    ("text", "heading", "line", "is_so"),
    [
        ("Sabine Oort becomes managing director.", "", "", False),
        ("Sabine Oort becomes managing director.", "Work", "In short. ", False),
        ("Oort called it a good day.", "", "", True),
        ("“Not this year.”", "", "", True),
        ("Not this year.", "Sabine Oort", "", True),  # a transcript
        ("Not this year.", "Sabine Oort, CEO", "", True),
        ("Not this year.", "", "Sabine Oort: We thought about it. ", True),
        ("Not this year.", "What comes next", "", False),
    ],
)
def test_who_asks_what_was_said_wants_what_is_told_or_spoken(text, heading, line, is_so):
    question = "What did Sabine Oort say about her job?"
    assert can_answer(question, text, heading, line) is is_so
    assert can_answer("What did Sabine Oort do?", text, heading, line)


@pytest.mark.parametrize(
    ("question", "text", "is_so"),
    [
        ("When did Emil Rosta die?", "His map came out in 1968.", False),
        ("When did Emil Rosta die?", "The death of Rosta in 1968 ended it.", True),
        ("When did Emil Rosta die?", "Emil Rosta (1920–1968), painter", True),
        ("When was Emil Rosta born?", "He married in 1944.", False),
        ("When was Emil Rosta born?", "He came into the world in 1920.", True),
        ("Rosta died in May. When did he paint the map?", "His map came out in 1968.", True),
        ("Who scored for Corby?", "Corby 2-1 Vale", False),
        ("Who won in Corby?", "Corby 2-1 Vale", True),
        ("What was the score at Corby?", "Corby 2-1 Vale", True),
        ("How much has Rosta, who died in May, painted?", "He left 40 maps.", True),
        ("Why did Emil Rosta die?", "The cause was a weak heart.", True),
        ("Who stole the ship?", "Jarle Moen doubts its age.", False),
        ("Who stole the ship?", "Jarle Moen took it at night.", True),
        ("Who is the heir after Rosta dies?", "Jarle Moen is next.", True),
        ("Who is Jarle Moen's wife?", "Anna Holm spoke to Jarle Moen.", False),
        ("Who is the wife of Jarle Moen?", "Anna Holm spoke to Jarle Moen.", False),
        ("Who is the first wife on Sister Wives?", "Anna Holm spoke to him.", True),
        ("Who did Jarle Moen marry?", "He went to Anna Holm.", False),
        ("Who did Jarle Moen marry?", "His wife is Anna Holm.", True),
    ],
)
def test_who_asks_for_an_event_wants_a_word_of_it(question, text, is_so):
    assert can_answer(question, text) is is_so


@pytest.mark.parametrize(
    ("question", "text", "is_so"),
    [
        ("How did the council vote on it?", "The council votes on March 6.", False),
        ("How did the council vote on it?", "The council will vote on it.", False),
        ("How did the council vote on it?", "The council is due to vote soon.", False),
        ("When did the council discuss it?", "The council will discuss it in May.", False),
        ("How did the council vote on it?", "The council voted no, and will vote again.", True),
        ("How did the council vote on it?", "Before the vote on March 6 all agreed.", True),
        ("How did the council vote on it?", "Seven members were for it.", True),
        ("How will the council vote on it?", "The council votes on March 6.", True),
        ("What did the council decide to build?", "It will build a library.", True),
        ("How did Rovers play at Corby?", "Rovers, who are last, play at Corby on May 2.", False),
        ("How did Rovers play at Corby?", "Rovers play the ball well on May days.", True),
        ("What did India celebrate?", "Indians celebrate freedom on August 15, 1947.", True),
    ],
)
def test_what_is_only_announced_does_not_tell_how_it_went(question, text, is_so):
    assert can_answer(question, text) is is_so
