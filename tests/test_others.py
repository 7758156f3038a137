"""Sentences that fit a question and yet tell of something else, or only repeat what is wrong."""

from dataclasses import replace

import pytest
from conftest import found, passage

from qa.reading import Reading, SentenceReading
from qa.records import Sentence

LEAST = -20.0
"""How likely what can't answer is taken to, in log odds."""


def left(question: str, *sentences: str, title: str = "") -> list[str]:
    """The sentences of an article that may answer."""
    return [c.sentence.text for c in found(question, passage("a", *sentences, title=title))]


def test_a_correction_is_quoted_with_what_it_puts_right():
    told = ("We said that Mara Holm was born in Lima.", "She was born in Arequipa.", "It rained.")
    question = "Where was Mara Holm born?"
    assert left(question, *told, title="Corrections") == [" ".join(told[:2]), "It rained."]
    assert left(question, *told, title="A life") == list(told)  # there "we said" is a statement
    [corrected, _] = found(question, passage("a", *told, title="Corrections"))
    assert corrected.features["coverage"] == 1.0  # "Mara Holm" and "born" stand in the claim


@pytest.mark.parametrize(
    ("sentence", "is_statement"),
    [
        ("An earlier version of this article wrongly gave the price as 42 crowns.", False),
        ("A report on the fire misstated the number of the dead.", False),
        ("The minister was wrongly accused of theft.", True),
        ("The report found that 40 patients were wrongly diagnosed.", True),
    ],
)
def test_what_an_article_says_that_it_got_wrong_is_no_answer(sentence, is_statement):
    next_one = "Parents pay 29 crowns."
    expected = [sentence, next_one] if is_statement else [f"{sentence} {next_one}"]
    assert left("What is the price?", sentence, next_one) == expected


@pytest.mark.parametrize(
    ("sentence", "following", "is_statement"),
    [
        ("A recipe asked for 200 g of salt.", "It should have asked for 20 g.", False),
        ("An article misquoted the head, Beat Frei.", "He said that one in five skips it.", False),
        ("We confused two towns in a map.", "The wolves live in Uri.", False),
        ("We misstated the price; it is 30 francs.", "It had been 40.", True),
        ("The obituary omitted his wife, Lotte Amsel.", "They had a son.", True),
    ],
)
def test_what_a_correction_got_wrong_is_quoted_with_what_is_right(
    sentence, following, is_statement
):
    both = [sentence, following]
    expected = both if is_statement else [" ".join(both)]
    assert left("How much salt?", *both, title="Corrections") == expected
    assert left("How much salt?", *both, title="A life") == both


def test_of_a_claim_that_is_checked_the_verdict_answers():
    told = (
        'The claim: "Wind farms take rain.',
        'A study proved it."',
        "A video says so.",
        "Verdict: false.",
    )
    question = "Do wind farms take rain?"
    assert left(question, *told) == ["A video says so.", "Verdict: false."]
    video, verdict = found(question, passage("a", *told))
    assert (video.features["coverage"], verdict.features["coverage"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("question", "sentence", "title"),
    [
        ("What was the profit in the fourth quarter?", "Profit fell in the third quarter.", ""),
        ("What was the turnout in the presidential election?", "Turnout was 71 %.",
         "Parliamentary election: turnout rises"),
        ("Who won the women's final?", "Anna Holm saw the men’s final.", ""),
    ],
)  # fmt: skip
def test_another_of_what_is_asked_for_is_no_answer(question, sentence, title):
    assert left(question, sentence, title=title) == []
    asked = next(w for w in ("fourth", "presidential", "women's") if w in question)
    both = f"{sentence} The {asked} one is next."
    assert left(question, both, title=title) == [both]


@pytest.mark.parametrize(
    "question",
    [
        "What was the profit in the fourth quarter?",  # no other quarter is spoken of
        "Who was the first to arrive?",
        "Was it the third time or the fourth time?",  # either will do
        "What is the profit?",
    ],
)
def test_a_text_that_speaks_of_no_other_one_is_left(question):
    sentence = "Profit rose to 3 million, for the third time."
    assert left(question, sentence) == [sentence]


@pytest.mark.parametrize(
    ("question", "goes_is_left"),
    [
        ("Who is the new managing director?", False),
        ("Who has been appointed as the company's next director?", False),
        ("Who takes over from Ruud?", False),
        ("Who is the managing director?", True),
        ("Who was replaced as director, and who took over?", True),
        ("Who was it that stepped down in New York?", True),
        ("Why is the new director in Oslo?", True),
    ],
)
def test_who_goes_is_not_who_comes(question, goes_is_left):
    goes, comes = "Torben Ruud resigned as director.", "After he resigned, Ane Holm took over."
    assert left(question, goes, comes) == ([goes, comes] if goes_is_left else [comes])


@pytest.mark.parametrize(
    ("question", "read", "span", "words"),
    [
        ("Who founded the firm?", "1952", LEAST, None),
        ("When was the firm founded?", "1952", 3.0, "1952"),
        ("What sentence did Lee get?", "47", LEAST, None),
        ("How old is Lee?", "47", 3.0, "47"),
        ("Who sold it?", "He", 3.0, None),
        ("Who sold it?", "Lee", 3.0, "Lee"),
        ("Who sold it?", "Mr", 3.0, None),
    ],
)
def test_a_number_is_not_who_an_age_no_sentence_and_a_pronoun_no_exact_answer(
    question, read, span, words
):
    text = "He bought the firm, founded in 1952, from Mr Lee, 47, of Bath."
    start = text.index(read)
    reading = Reading(3.0, (SentenceReading(3.0, 1.0, (start, start + len(read))),))
    [one] = found(question, passage("a", text), readings=[reading])
    assert one.features["read_span"] == span
    assert one.reading is not None
    answer = one.reading.answer
    assert (answer and text[slice(*answer)]) == words


@pytest.mark.parametrize(
    ("question", "sentence", "is_left"),
    [
        ("Why are shopkeepers against the new street?", "Most shopkeepers are against it.", False),
        ("Why did shopkeepers reject the street?", "The shopkeepers rejected the street.", False),
        ("Why are shopkeepers against it?", "Shopkeepers are against it because of noise.", True),
        ("Why are shopkeepers against it?", "The shopkeepers are against it, to save jobs.", True),
        ("Why are shopkeepers against it?", "Old shopkeepers by the harbour are against it.", True),
        ("Who is against the new street?", "Most shopkeepers are against the street.", True),
    ],
)
def test_where_a_reason_is_asked_for_what_restates_the_question_speaks_for_the_next_sentence(
    question, sentence, is_left
):
    reason = "They fear for their turnover."
    assert left(question, sentence, reason) == [sentence, reason][not is_left :]
    *_, last = found(question, passage("a", sentence, reason))
    assert (last.features["coverage"] > 0) is not is_left
    assert left(question, sentence) == [sentence]  # nothing else may tell the reason
    apart = passage("a", sentence, reason)
    lines = replace(apart.article, text=f"{sentence}\n{reason}")
    assert len(found(question, replace(apart, article=lines))) == 2  # not of the same paragraph


@pytest.mark.parametrize(
    ("question", "read", "words"),
    [
        ("Who succeeds Maller as coach?", "Ingrid Maller", None),
        ("Who succeeded Mrs Maller?", "coach Ingrid Maller", None),
        ("Who succeeds Maller as coach?", "Bo Lind", "Bo Lind"),
        ("Who succeeds Ingrid as coach?", "Ingrid Maller", "Ingrid Maller"),
        ("Who was Maller?", "Ingrid Maller", "Ingrid Maller"),
        ("Who's Maller?", "Ingrid Maller", "Ingrid Maller"),
        ("Who is the sister of Maller?", "Ingrid Maller", "Ingrid Maller"),
        ("Who is Maller's daughter-in-law?", "Ingrid Maller", "Ingrid Maller"),
        ("Which of Maller's teams won?", "Ingrid Maller", "Ingrid Maller"),
        ("Who runs the Holm Bank?", "Eastway Bank", "Eastway Bank"),
    ],
)
def test_who_is_named_in_a_question_is_not_who_is_asked_for(question, read, words):
    text = "Eastway Bank said coach Ingrid Maller is followed by Bo Lind."
    start = text.index(read)
    reading = Reading(3.0, (SentenceReading(3.0, 1.0, (start, start + len(read))),))
    [one] = found(question, passage("a", text), readings=[reading])
    assert one.reading is not None
    answer = one.reading.answer
    assert (answer and text[slice(*answer)]) == words


def test_the_names_of_columns_answer_only_where_all_of_a_table_is_asked_for():
    rows = ("Party | Votes | Seats |", "Greens | 7.2 | 14 |", "Hill Party | 5.1 | 10 |")
    text = "\n".join(rows)
    stored = passage("t", text)
    sentences = [Sentence("t", text.index(row), text.index(row) + len(row), row) for row in rows]
    stored = replace(stored, sentences=tuple(sentences))
    asked = {q: [c.sentence.text for c in found(q, stored)] for q in ("List parties", "How many?")}
    assert asked == {"List parties": list(rows), "How many?": list(rows[1:])}


def test_a_place_in_a_race_is_no_other_thing():
    told = ["Kiptum won the marathon.", "Legese came second in 2:04."]
    assert left("Who finished first in the marathon?", *told) == told
