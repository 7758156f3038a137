"""Who asks is shown the name that a sentence only points back to, and what is told of it."""

import pytest

pytestmark = pytest.mark.model

ZOO = (
    "The zoo has a new head. Franziska Ohm, 44, a vet, starts on 1 February. She takes the place "
    "of Ottokar Reiss, who is retiring. The zoo was founded in 1874."
)
OHM = (
    "Franziska Ohm, 44, a vet, starts on 1 February. She takes the place of Ottokar Reiss, who is "
    "retiring."
)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Who replaces Ottokar Reiss?", OHM),
        ("Who takes the place of Ottokar Reiss?", OHM),
        ("When was the zoo founded?", "The zoo was founded in 1874."),
    ],
)
def test_a_person_is_shown_with_the_name(seeds_engine, question: str, first: str) -> None:
    answer = seeds_engine.answer_from(question, [{"title": "The zoo", "text": ZOO}])
    assert answer.sentences[0].text == first
    cited = answer.citations[0]
    assert ZOO[cited.start : cited.end] == cited.quote == first


BRIDGE = (
    "The Corran bridge is 412 metres long. It was opened in 1968 by the queen. Engineers found "
    "cracks in it last week."
)


@pytest.mark.parametrize(
    ("question", "first", "words"),
    [
        (
            "Which bridge was opened in 1968?",
            "The Corran bridge is 412 metres long. It was opened in 1968 by the queen.",
            "The Corran bridge",
        ),
        ("How long is the bridge?", "The Corran bridge is 412 metres long.", "412 metres"),
        ("Who opened the bridge?", "It was opened in 1968 by the queen.", "the queen"),
    ],
)
def test_what_is_told_of_a_thing_in_the_next_sentence_is_shown_with_its_name(
    seeds_engine, question: str, first: str, words: str
) -> None:
    answer = seeds_engine.answer_from(question, [{"title": "Bridge", "text": BRIDGE}])
    assert answer.sentences[0].text == first
    assert answer.short_answer.text == words


def test_what_is_shown_with_the_first_sentence_is_not_shown_again(seeds_engine) -> None:
    text = "Rovers signed Tomas Vale on Friday. He cost two million. Their coach praised him."
    answer = seeds_engine.answer_from("Who cost two million?", [{"title": "Team", "text": text}])
    assert answer.sentences[0].text == "Rovers signed Tomas Vale on Friday. He cost two million."
    assert all("Vale" not in sentence.text for sentence in answer.sentences[1:])
    assert all("million" not in sentence.text for sentence in answer.sentences[1:])
