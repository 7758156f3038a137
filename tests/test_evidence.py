import math
from dataclasses import replace

import pytest
from conftest import found, passage

from qa.evidence import COMMON, OF_READER, OF_SIMILARITY, word_weights
from qa.library import StoredPassage
from qa.questions import analyse
from qa.reading import Reading, SentenceReading
from qa.records import Passage, Sentence


def exact(question: str, text: str, read: str) -> str | None:
    """The exact words of the answer where a reader sees it in the first `read` of `text`."""
    start = text.index(read)
    reading = Reading(1.5, (SentenceReading(1.0, 1.0, (start, start + len(read))),))
    [one] = found(question, passage("a", text), readings=[reading])
    assert one.reading is not None
    return None if one.reading.answer is None else text[slice(*one.reading.answer)]


PROMISED = "people first, and nobody alone"
SOME = "bans, tolls and fines"


def features(question: str, *passages: StoredPassage) -> list[dict[str, float]]:
    return [dict(c.features) for c in found(question, *passages)]


def test_rare_words_weigh_more():
    weights = word_weights(analyse("Lemvig bridges"), {"Lemvig": 1, "bridges": 9}, 9)
    assert weights == {
        "lemvig": pytest.approx(math.log(10 / 1.5) + 0.1),
        "bridg": pytest.approx(math.log(10 / 9.5) + 0.1),
    }


def test_features_of_a_sentence_by_hand():
    first, second = features(
        "When did Anna Holm open the bridge?",
        passage("a", "Holm opened the bridge.", "It was on 3 May 2024.", title="Anna’s day"),
    )
    # The question's words are Anna, Holm, open, bridge: three of four, and its two names.
    assert first["coverage"] == pytest.approx(3 / 4)
    assert first["names"] == 0.5
    assert (first["names_of_context"], first["name_missing"]) == (1.0, 0.0)
    assert (first["kind_held"], first["kind_missing"]) == (0.0, 1.0)
    assert first["pairs"] == pytest.approx(2 / 3)  # Holm-open and open-bridge, not Anna-Holm
    assert first["fragment"] == 0.0  # four words, but a whole sentence
    assert second["coverage"] == 0.0
    assert second["coverage_with_previous"] == pytest.approx(3 / 4)
    assert second["coverage_of_context"] == 1.0
    assert (second["kind_held"], second["kind_missing"]) == (1.0, 0.0)
    assert (second["name_missing"], second["name_unknown"]) == (0.0, 0.0)
    assert second["words_missing"] == 1 / 4  # to this embedder, "opened" is not like "open"


def test_a_sentence_knows_how_near_it_is_to_where_the_article_begins():
    leads = [
        row["lead"] for row in features("Who?", passage("a", "It rained.", "x" * 488, "Late."))
    ]
    assert leads == [1.0, pytest.approx(500 / 511), 0.5]


def test_initials_and_derived_words_are_names_too():
    one, two = features(
        "What did the United Nations say about India?",
        passage("a", "The UN warned Indian ministers of the consequences."),
        passage("b", "Nobody said anything about the consequences."),
    )
    assert (one["names"], two["names"]) == (1.0, 0.0)
    (one,) = features("Who is the CFO?", passage("a", "Chief Financial Officer Ravi Desh left."))
    assert one["names"] == 1.0


def test_a_sentence_knows_how_many_passages_it_was_found_among():
    alone, crowded = (
        found("Who?", passage("a", "Anna Holm opened it."), among=among)[0].features["among"]
        for among in (1, 4213)
    )
    assert (alone, crowded) == (0.0, pytest.approx(8.346, abs=5e-4))


def test_nothing_found_has_no_candidates():
    assert found("Who?") == []


def test_a_name_that_no_passage_has_is_unknown():
    one, two = features(
        "What did Erik Flyvholm open?",
        passage("a", "Flyvholm opened the bridge in May."),
        passage("b", "Nobody opened anything at all."),
    )
    assert (one["name_missing"], one["name_unknown"]) == (1.0, 1.0)  # Erik is nowhere
    assert (two["names_of_context"], two["name_unknown"]) == (0.0, 1.0)


def test_without_a_reader_the_sentences_are_embedded():
    one = found("Who?", passage("a", "Holm opened the bridge."))[0]
    assert set(one.features) == {*COMMON, *OF_SIMILARITY}
    assert one.vector is not None
    assert one.reading is None


def test_with_a_reader_its_scores_and_its_answer_are_looked_at():
    text = "Holm opened the bridge on 3 May 2024."
    reading = Reading(1.5, (SentenceReading(30.0, -2.0, (26, 36)),))
    one = found("When did Holm open the bridge?", passage("a", text), readings=[reading])[0]
    assert set(one.features) == {*COMMON, *OF_READER}
    assert one.vector is None
    assert text[26:36] == "3 May 2024"
    assert (one.features["read_span"], one.features["read_sentence"]) == (20.0, -2.0)  # cut off
    assert one.features["read_passage"] == 1.5
    assert (one.features["answer_kind_held"], one.features["echo"]) == (1.0, 0.0)


def test_an_answer_that_repeats_the_question_is_an_echo():
    reading = Reading(1.5, (SentenceReading(1.0, 1.0, (0, 15)),))  # "Holm opened the"
    some = passage("a", "Holm opened the bridge.")
    one = found("When was the bridge opened?", some, readings=[reading])[0]
    assert one.features["echo"] == 0.5  # of "holm" and "opened"
    assert one.features["answer_kind_missing"] == 1.0


def test_whether_something_is_so_a_whole_sentence_tells():
    reading = Reading(1.5, (SentenceReading(1.0, 1.0, (0, 15)),))
    some = passage("a", "Holm opened the bridge.")
    one = found("Did Holm open the bridge?", some, readings=[reading])[0]
    assert one.reading == SentenceReading(1.0, 1.0, None)
    assert one.features["echo"] == 0.0


@pytest.mark.parametrize(
    ("question", "exact"),
    [
        ("Who opened the bridge?", (0, 4)),
        ("Tell me about the bridge", None),
        ("Please summarise what Holm opened.", None),
        ("List all who opened it", None),
        ("Did Holm or Lind open the bridge?", (0, 4)),
        ("Did Berg or Lind open the bridge?", None),  # it says neither
    ],
)
def test_exact_words_are_given_where_some_can_be_the_answer(question, exact):
    reading = Reading(1.5, (SentenceReading(1.0, 1.0, (0, 4)),))
    one = found(question, passage("a", "Holm opened the bridge."), readings=[reading])[0]
    assert one.reading == SentenceReading(1.0, 1.0, exact)


def test_of_a_row_the_column_that_is_asked_for_is_the_answer():
    text = "Town | Mayor | People\nAsh | Anna Holm | 1,200"  # a header: no number, then some
    sentence = Sentence("t", 22, len(text), text[22:])
    table = replace(
        passage("t", text),
        passage=Passage("t-1", "t", 0, len(text), text),
        sentences=(Sentence("t", 0, 21, text[:21]), sentence),
    )
    read = SentenceReading(1.0, 1.0, (22, 25))
    for question, cell in (("Who is the mayor of Ash?", "Anna Holm"), ("Who leads Ash?", None)):
        some = found(question, table, readings=[Reading(1.0, (read, read))])
        [row] = some  # that of the column names is no answer
        assert row.sentence == sentence
        assert row.reading is not None
        assert (row.reading.answer and text[slice(*row.reading.answer)]) == cell


def test_a_short_point_of_a_list_is_no_fragment():
    text = "You need:\n- 11 grams of salt\n3 eggs"
    salt, eggs = Sentence("a", 12, 28, text[12:28]), Sentence("a", 29, 35, text[29:])
    listed = replace(passage("a", text), sentences=(salt, eggs))
    assert [row["fragment"] for row in features("How much salt?", listed)] == [0.0, 1.0]


def test_a_reader_without_exact_words_says_nothing_of_them():
    reading = Reading(1.5, (SentenceReading(1.0, 1.0, None),))
    one = found("When?", passage("a", "Holm opened the bridge."), readings=[reading])[0]
    assert (one.features["answer_kind_held"], one.features["echo"]) == (0.0, 0.0)


def test_the_row_of_another_year_is_no_answer():
    rows = passage("t", "2021 | 3 |", "2022 | 5 |", "2023 | 8 |", "Ships ran aground.")
    some = found("How many groundings were there in 2023?", rows)
    assert [c.sentence.text for c in some] == ["2023 | 8 |", "Ships ran aground."]
    assert len(found("How many groundings were there?", rows)) == 4


def test_where_a_row_is_named_the_others_are_no_answer():
    rows = passage("t", "Farm machines | 3 |", "Services | 5 |", "Services grew.")
    some = found("What is the margin of services?", rows)
    assert [c.sentence.text for c in some] == ["Services | 5 |", "Services grew."]
    assert len(found("What is the margin of arms?", rows)) == 3


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What was the revenue in the second quarter of 2023?", ["Ships ran aground in 2021."]),
        (
            "What was the revenue in the second quarter of 2025?",
            ["Q", "Ships ran aground in 2021."],
        ),
        ("What happened in 2023?", ["Q", "Ships ran aground in 2021."]),  # "in" says nothing
        ("What happened until 2023?", ["Q", "Ships ran aground in 2021."]),
        ("What did ships do in May 2022?", ["Q", "Ships ran aground in 2021."]),
    ],
)
def test_the_same_quarter_of_another_year_is_no_answer(question, left):
    quarter = "Revenue grew to 9 million in the second quarter of 2025."
    some = found(question, passage("a", quarter, "Ships ran aground in 2021."))
    assert [c.sentence.text.replace(quarter, "Q") for c in some] == left


def test_a_reason_is_told_by_the_clause_that_gives_it():
    text = "It was chained in order to stop thefts, and the bank closed due to fraud."
    for question, read, words in (
        ("Why was it chained?", "stop thefts", "in order to stop thefts"),
        ("Why did the bank close?", "fraud", "due to fraud"),
        ("Why?", "the bank closed", "the bank closed"),
        ("What did it stop?", "thefts", "thefts"),
    ):
        assert exact(question, text, read) == words


@pytest.mark.parametrize(
    ("read", "words"),
    [
        ("The alert", None),  # it is what the question asks about
        ("reached", None),
        ("reached nobody", "reached nobody"),
        ("The alert reached nobody", "The alert reached nobody"),
        ("nobody", "nobody"),
    ],
)
def test_what_is_spoken_of_is_no_reason(read, words):
    assert exact("Why was the failure not seen?", "The alert reached nobody.", read) == words
    assert exact("What reached nobody?", "The alert reached nobody.", "The alert") == "The alert"
    caused = "The storm caused the failure."
    assert exact("Why was there a failure?", caused, "The storm") == "The storm"


def test_measures_are_those_that_it_includes():
    for text, read, words in (
        (f"It took sweeping steps, including {SOME}.", "sweeping", SOME),
        ("Sweeping steps, including tolls and fines, begin in May.", "Sweeping", "Sweeping"),
    ):
        assert exact("Which steps did it take?", text, read) == words


@pytest.mark.parametrize(
    ("question", "read", "words"),
    [
        ("Which principles does it rest on?", "three principles", "people first, and nobody alone"),
        ("What does it rest on?", "three principles", "three principles"),
        ("What did Holm tell?", "rests on the following", "people first, and nobody alone"),
        ("Which principles come first?", "people first", "people first"),
    ],
)
def test_what_a_colon_promises_is_the_answer_to_a_question_for_several(question, read, words):
    is_short = "following" not in read
    text = f"Holm: it rests on {'three principles' if is_short else 'the following'}: {PROMISED}."
    assert exact(question, text, read) == words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("No dogs.", 0.0),
        ("He refused!", 0.0),
        ("“She was 94.”", 0.0),
        ("Read more", 1.0),
        ("Photo: Reuters", 1.0),
        ("OSLO, 20 February 2025.", 1.0),  # what stands before an article
        ("One two three four five", 0.0),
    ],
)
def test_few_words_are_a_fragment_unless_they_are_a_sentence(sentence, expected):
    [one] = features("Are dogs allowed?", passage("a", sentence))
    assert one["fragment"] == expected


def test_a_question_in_an_article_is_no_answer_but_speaks_for_the_next_sentence():
    text = ("Can I use dried yeast?", "Yes, but it will taste flat.", "Nothing else will do.")
    some = found("can i use yeast", passage("a", *text))
    assert [c.sentence.text for c in some] == list(text[1:])
    assert [c.features["coverage"] for c in some] == [1.0, 0.0]
    quoted = "She asked: “Can I use yeast?”"
    assert [c.sentence.text for c in found("What did she ask?", passage("a", quoted))] == [quoted]


def test_words_that_only_repeat_the_question_are_no_exact_answer():
    text = "The company accepted all recommendations but one."
    for question, words in (
        ("Which recommendation did it reject?", None),
        ("What did the company accept?", "recommendations"),
    ):
        assert exact(question, text, "recommendations") == words


@pytest.mark.parametrize(
    ("text", "read", "words"),
    [
        ("Who added the woman is unknown.", "Who", None),
        ("It is unknown who she was.", "who she was", None),
        ("Will sold it.", "Will", "Will"),
        ("US was sold by US.", "US", "US"),
        ("It was sold by IT.", "IT", "IT"),
        ("They sold it in May.", "May", "May"),
        ("They sold all.", "all", "all"),
    ],
)
def test_words_that_every_question_has_are_no_exact_answer(text, read, words):
    assert exact("What is it about?", text, read) == words


@pytest.mark.parametrize(
    ("text", "read", "words"),
    [
        ('It was losing "its best teacher".', '"its best teacher', "its best teacher"),
        ('It was losing "its best teacher".', 'losing "its best', 'losing "its best teacher"'),
        ("It was “its best teacher” who left.", "best teacher” who", "“its best teacher” who"),
        ("It was «its best teacher» who left.", "best teacher»", "best teacher"),
        (f'It called him "its best{" very" * 20} best teacher".', 'called him "its', "called him"),
        (f'Holm: "its best{" very" * 20} teacher".', 'Holm: "its', 'Holm: "its'),
        ('A good teacher," said Holm of Lind.', 'teacher," said Holm of', "said Holm of"),
        ('Holm told Lind: "I am gone.', 'told Lind: "I am gone', "told Lind"),
        ("It is 12.4 per cent (10.5).", "12.4 per cent (10.5", "12.4 per cent (10.5)"),
        ("It is 12.4 per cent (10.5).", "(10.5", "10.5"),
        ('He said "yes" and "no".', '"yes" and "no"', '"yes" and "no"'),
    ],
)
def test_exact_words_hold_no_half_of_a_quotation(text, read, words):
    assert exact("What was said?", text, read) == words


@pytest.mark.parametrize(
    ("question", "read", "words"),
    [
        ("Who closed the bank?", "PORT ALMERA - Police", "Police"),
        ("Who closed the bank?", "PORT ALMERA", None),
        ("Where was it?", "PORT ALMERA", "PORT ALMERA"),
        ("Who closed the bank?", "Police", "Police"),
    ],
)
def test_where_an_article_was_written_is_not_who_did_something(question, read, words):
    assert exact(question, "PORT ALMERA - Police shut it.", read) == words
    assert exact("Who did it?", "NATO - the alliance - did.", "NATO") == "NATO"


def test_initials_stand_for_words_in_small_letters():
    text = "The bank expects gross domestic product to grow."
    for question, missing in (("How much will GDP grow?", 0.0), ("How much will CPI grow?", 1.0)):
        [one] = features(question, passage("a", text))
        assert one["name_missing"] == missing


def test_a_cell_that_a_question_names_by_row_and_column_answers_as_well_as_any_sentence():
    table = "Team | Played | Points\nAshby United | 14 | 27\nEastwick City | 14 | 31"
    rows = table.split("\n")
    text = f"Ashby won 2-0.\n{table}"
    starts = [text.index(line) for line in ("Ashby won 2-0.", *rows)]
    sentences = tuple(
        Sentence("t", start, start + len(line), line)
        for start, line in zip(starts, ("Ashby won 2-0.", *rows), strict=True)
    )
    stored = passage("t", text)
    stored = replace(stored, sentences=sentences)
    spans = (4.0, -8.0, -5.0, -5.0)
    read = [SentenceReading(s, s, (at, at + 5)) for s, at in zip(spans, starts, strict=True)]
    question = "How many points does Ashby United have?"
    some = found(question, stored, readings=[Reading(4.0, tuple(read))])
    assert [c.sentence.text for c in some] == ["Ashby won 2-0.", "Ashby United | 14 | 27"]
    assert [c.features["read_span"] for c in some] == [4.0, 4.0]
    assert some[1].reading is not None
    assert some[1].reading.answer is not None
    assert text[slice(*some[1].reading.answer)] == "27"
