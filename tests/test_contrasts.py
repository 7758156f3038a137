"""Of several quarters, rounds or symphonies, a text tells of the one that it names."""

from dataclasses import replace

import pytest
from conftest import found, passage


def left(question: str, *sentences: str, title: str = "", heading: str = "") -> list[str]:
    """The sentences of an article that may answer."""
    told = passage("a", *sentences, title=title, heading=heading)
    return [c.sentence.text for c in found(question, told)]


def test_a_sentence_without_a_quarter_is_of_the_one_in_the_title():
    told = ("Our first caller is Bo.", "Revenue was 8 million.", "A charge of the second quarter.")
    stored = passage("a", *told, title="Norda in Q3")
    lines = replace(stored, article=replace(stored.article, text="\n".join(told)))
    asked = {
        word: [
            c.sentence.text for c in found(f"What was the revenue in the {word} quarter?", lines)
        ]
        for word in ("third", "second", "first")
    }
    assert asked == {"third": [*told[:2]], "second": [told[2]], "first": [told[0]]}


@pytest.mark.parametrize(
    ("question", "sentence", "is_left"),
    [
        ("When was the Second Symphony first played?", "Her First Symphony was played.", False),
        ("When was the Second Symphony first played?", "Her Second Symphony was played.", True),
        ("When was the Second Symphony first played?", "The Symphony No. 2 was played.", True),
        ("When was the Second Symphony first played?", "The Symphony No. 3 was played.", False),
        ("How strong is the second turbine?", "The first of four turbines has 9 kW.", False),
        ("How strong is the second turbine?", "A third of the turbines has 9 kW.", True),
        ("What was the profit in Q4?", "Profit was 3 in the third quarter.", False),
        ("What was the profit in Q4?", "Profit was 3, less than in the third quarter.", True),
        ("What was the profit in Q4?", "Profit rose in the third and fourth quarter.", True),
        ("Where was the 5th round?", "The 6th round was in Oslo.", False),
        ("What opened on the 2nd of May?", "On the 3rd of May the shop opened.", True),
        ("When did she win for the first time?", "She won a second time in May.", True),
    ],
)
def test_a_sentence_is_of_the_one_that_it_names(question, sentence, is_left):
    other = "First the second, the fourth and the fifth are next."  # all of them are spoken of
    assert left(question, sentence, other) == ([sentence] if is_left else []) + [other]


def test_what_a_paragraph_named_before_counts_more_than_the_title():
    told = ("For the fourth quarter we are hopeful.", "Revenue may reach 9 million.")
    question, title = "Which revenue is expected in the fourth quarter?", "Third quarter"
    assert left(question, *told, title=title) == list(told)
    stored = passage("a", *told, title=title)
    apart = replace(stored.article, text="\n".join(told))
    assert [c.sentence.text for c in found(question, replace(stored, article=apart))] == [told[0]]


def test_a_heading_counts_more_than_the_title():
    question, told = "What was the profit in the second quarter?", "Profit was 3 million."
    assert left(question, told, "Q2, Q3.", title="Q3", heading="Second quarter") == [
        told,
        "Q2, Q3.",
    ]
    assert left(question, told, "Q2, Q3.", title="Q2", heading="Third quarter") == ["Q2, Q3."]
