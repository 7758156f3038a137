"""A heading that asks speaks for the first sentence below it."""

from dataclasses import replace

import pytest
from conftest import found, passage

from qa.library import StoredPassage
from qa.records import Sentence


def under(heading: str, *sentences: str, is_passage_of_heading: bool = True) -> StoredPassage:
    """A passage of these sentences under a heading, which it begins with, or does not."""
    text = "\n".join([heading, *sentences])
    stored = passage("a", text)
    places = [text.index(sentence) for sentence in sentences]
    start = 0 if is_passage_of_heading else places[0]
    return replace(
        stored,
        passage=replace(stored.passage, start=start, text=text[start:]),
        sentences=tuple(
            Sentence("a", place, place + len(sentence), sentence, heading)
            for place, sentence in zip(places, sentences, strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("heading", "is_passage_of_heading", "expected"),
    [
        ("How many people are ill?", True, [1.0, 0.0]),
        ("People who are ill", True, [0.0, 0.0]),
        ("How many people are ill?", False, [0.0, 0.0]),
    ],
)
def test_a_heading_lends_its_words(heading, is_passage_of_heading, expected):
    told = under(heading, "63.", "Two died.", is_passage_of_heading=is_passage_of_heading)
    candidates = found("How many ill people?", told)
    coverage = [c.features["coverage"] for c in candidates]
    assert coverage == pytest.approx(expected)


def test_a_heading_inside_a_passage_lends_too():
    stored = passage("a", "It rained.", "63.", "Two died.")
    first, *others = stored.sentences
    below = [replace(sentence, heading="Are people ill?") for sentence in others]
    stored = replace(stored, sentences=(first, *below))
    assert [c.features["coverage"] for c in found("Ill people?", stored)] == [0.0, 1.0, 0.0]
