"""Who asks for a person is shown where the one is named that a sentence only points back to."""

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
