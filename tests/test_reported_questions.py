"""Who is told to have asked has not told."""

from dataclasses import replace

import pytest
from conftest import found, passage

from qa.records import Sentence


def left(question: str, *sentences: str) -> list[str]:
    """The sentences of an article that may answer."""
    return [c.sentence.text for c in found(question, passage("a", *sentences))]


@pytest.mark.parametrize(
    ("question", "sentence", "is_left"),
    [
        ("Why was the flag taken down?", "Members asked why the flag had been taken down.", False),
        ("Will the slide reopen?", "Mr Stint asked whether the slide would reopen.", False),
        ("When will the slide reopen?", "Mr Stint wanted to know if the slide would open.", False),
        ("Who paid?", "The Chair wondered who had paid.", False),
        ("Since when is it shut?", "Mrs Lamb asked why it had been shut since June.", True),
        ("Is the slide shut?", "Mr Stint asked why the slide was shut.", True),
        ("Who is for the slide?", "Mr Stint asked whether the slide would reopen.", True),
        ("What did Mr Stint ask?", "Mr Stint asked what the slide cost.", True),
        ("Will the slide reopen?", "Stint asked whether it would, and was told in May.", True),
        ("Why did he go?", "When asked why he went he smiled.", True),
        ("Why did he go?", "Asked why he went, Holm said that he was tired.", True),
    ],
)
def test_a_reported_question_speaks_for_the_next_sentence(question, sentence, is_left):
    assert left(question, sentence, "It rained.") == [sentence, "It rained."][not is_left :]
    *_, last = found(question, passage("a", sentence, "It rained."))
    assert (last.features["coverage"] > 0) is not is_left


@pytest.mark.parametrize(
    ("question", "point", "is_left"),
    [
        ("Who will be charged?", "whether anybody will be charged", False),
        ("How did it burn?", "how it burned", False),
        ("What is not known?", "whether anybody will be charged", True),
        ("Which facts are certain?", "whether anybody will be charged", True),
        ("How do I pay?", "how to pay", True),
        ("Who will be charged?", "who drives will be charged.", True),
    ],
)
def test_a_point_that_asks_is_no_answer(question, point, is_left):
    text = f"Open:\n- {point}\nIt rained."
    sentences = [
        Sentence("a", text.index(part), text.index(part) + len(part), part)
        for part in (point, "It rained.")
    ]
    stored = replace(passage("a", text), sentences=tuple(sentences))
    candidates = found(question, stored)
    assert [c.sentence.text for c in candidates] == [point, "It rained."][not is_left :]
    assert (
        candidates[-1].features["coverage"] == 0.0
    )  # a list of questions is followed by no answer


def test_what_an_interviewer_says_before_a_question_speaks_for_the_answer():
    asked, told = "Q: You were a lawyer. Why did you stop?", "A: I coughed."
    text = f"{asked}\n{told}"
    parts = ("Q: You were a lawyer.", "Why did you stop?", told)
    sentences = [Sentence("a", text.index(p), text.index(p) + len(p), p) for p in parts]
    stored = replace(passage("a", text), sentences=tuple(sentences))
    lawyer, answer = found("Why is she no lawyer?", stored)
    assert (lawyer.sentence.text, answer.sentence.text) == (parts[0], told)
    assert answer.features["coverage"] == lawyer.features["coverage"] == 1.0
