from dataclasses import replace

import pytest

from qa.engine import Engine
from web.bodies import ConversationDetail
from web.chat_text import ChatText
from web.export import as_markdown

PLAN = """The city council of Larkhaven adopted a flood protection plan on Tuesday.

The plan contains three measures:

- a new dike of 3.2 km along the Aln
- pumps for the old town, which
  Mira Lund builds
- a retention basin in Wesley Park

The measures will cost 84 million euros in all. Work begins in May 2026.

## How to apply for a subsidy

1. Register on the city's website.
2. Send in two quotes from builders.
3. Hand in the bills within six months.

Nobody has applied so far."""
MEASURES = PLAN[PLAN.index("The plan contains") : PLAN.index("\n\nThe measures will")]
STEPS = PLAN[PLAN.index("1. Register") : PLAN.index("\n\nNobody")]


@pytest.fixture(scope="module")
def told(seeds_engine):
    """The sentences of the answer, without a model, from the plan alone, however unsure it is."""
    engine = Engine(replace(seeds_engine.settings, abstain_threshold=0.0))

    def told(question: str, text: str = PLAN) -> list[str]:
        answer = engine.answer_from(question, [{"title": "Flood plan", "text": text}])
        assert [text[c.start : c.end] for c in answer.citations] == [
            c.quote for c in answer.citations
        ]
        return [sentence.text for sentence in answer.sentences]

    return told


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Which measures does the flood plan contain?", MEASURES),
        ("What does the plan contain?", MEASURES),
        ("List the measures of the flood plan", MEASURES),
        ("How do I apply for a subsidy?", STEPS),
        ("What are the steps to apply for a subsidy?", STEPS),
    ],
)
def test_who_asks_for_a_list_gets_it_with_the_line_above(told, question, whole):
    assert told(question) == [whole]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How long is the new dike?", "a new dike of 3.2 km along the Aln"),
        ("What is the first step to apply for a subsidy?", "Register on the city's website."),
        ("Where is the retention basin?", "a retention basin in Wesley Park"),
    ],
)
def test_who_asks_for_one_point_gets_that(told, question, first):
    assert told(question)[0] == first


def long_list(points: int) -> list[str]:
    said = [f"- dike number {n} of the plan, " + "long " * 20 + "indeed" for n in range(points)]
    return ["The plan contains these dikes:", *said]


@pytest.mark.parametrize(("points", "left_out"), [(10, 0), (12, 2), (180, 170)])
def test_a_long_list_says_that_it_goes_on(seeds_engine, points, left_out):
    text = "\n".join(long_list(points))
    answer = seeds_engine.answer_from("Which dikes does the plan contain?", [{"text": text}])
    [listed] = answer.sentences
    assert (listed.text, listed.left_out) == ("\n".join(long_list(10)), left_out)
    assert answer.citations[0].quote == listed.text
    told = f"{listed.text} [1]" + f"\n… and {left_out} more in the article" * bool(left_out)
    assert answer.answer == told


def test_a_list_keeps_its_lines_in_markdown_and_says_at_its_end_that_it_goes_on(seeds_engine):
    text = MEASURES.replace("a retention basin", "a <b>basin</b>")
    answer = seeds_engine.answer_from("Which measures does the plan contain?", [{"text": text}])
    sentence = answer.sentences[0].model_copy(update={"left_out": 2})
    lines = [
        "The plan contains three measures:",
        "\\- a new dike of 3.2 km along the Aln",
        "\\- pumps for the old town, which Mira Lund builds",
        "\\- a \\<b\\>basin\\</b\\> in Wesley Park",
        "… and 2 more in the article ",
    ]
    shown = "  \n".join(lines)
    assert ChatText().add_sentence(sentence, answer.citations) == shown + "[1]"
    answer = answer.model_copy(update={"sentences": (sentence,)})
    kept = ConversationDetail(
        id="1", title="Plan", created_at="", updated_at="", turns=1, answers=(answer,), feedback=()
    )
    assert f"\n\n{shown}\\[1\\]\n" in as_markdown(kept, "")


BULLETS = [
    "- ",
    "* ",
    "• ",
    "– ",
    "● ",
    "+ ",
    "→ ",
    "{}. ",
    "{}) ",
    "({}) ",
    "1{}0. ",
    "a) ",
    "b. ",
]


@pytest.mark.parametrize("bullet", BULLETS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_points_begin_in_many_ways(told, bullet, gap):
    measures = [
        "Raise the dyke at Osterwick by 80 centimetres",
        "Build a basin in the Hollow Meadows",
        "Move the two camping sites out of the flood plain",
    ]
    points = [bullet.format(n) + measure for n, measure in enumerate(measures, 1)]
    listed = "The plan contains the following measures:\n\n" + gap.join(points)
    text = f"The council met on Monday.\n\n{listed}\n\nThe work will cost 14 million."
    assert told("Which measures does the flood plan contain?", text) == [listed]


@pytest.mark.parametrize(
    "lead",
    [
        "The following measures are part of the flood plan.",
        "The flood plan, on which the council of Larkhaven voted on Tuesday, contains the "
        "following measures:",
        "The flood plan, which was drawn up by engineers from the capital,\n"
        "contains the following measures:",
    ],
    ids=["a sentence", "a long line", "two lines"],
)
@pytest.mark.parametrize(
    "question", ["Which measures does the flood plan contain?", "What does the flood plan contain?"]
)
def test_the_line_that_announces_a_list_comes_with_it(told, lead, question):
    listed = f"{lead}\n\n- Raise the dyke at Osterwick\n- Build a basin in the Hollow Meadows"
    text = f"The council met. {listed}\n\nThe work will cost 14 million."
    assert told(question, text) == [listed]


def test_a_point_goes_on_in_lines_that_are_not_set_in(told):
    listed = """The flood plan contains the following measures:

- Raise the dyke at Osterwick by 80 centimetres, as had been asked for
since the flood of 2013.
- Build a basin for 200,000 cubic metres in the Hollow Meadows, where
today the camping site is."""
    question = "Which measures does the flood plan contain?"
    assert told(question, f"{listed}\n\nThe work will cost 14 million.") == [listed]


def test_a_question_for_something_else_in_the_line_above_is_answered_by_that(told):
    lead = "Mira Lund proposed these measures for the flood plan on Monday."
    text = PLAN.replace("The plan contains three measures:", lead)
    assert told("Who proposed the measures?", text)[0] == lead
    assert told("Which measures does the plan contain?", text)[0].startswith(f"{lead}\n\n- a new")


PORT = """The port authority of Kolding has counted its ships.

| Ships in 2024 | | |
| Quay | Ships | Opened |
|---|---|---|
| North quay | 14 | 1931 |
| Ferry quay | 41 | 1974 |
| Coal quay | 3 | 1902 |

The authority plans a new harbour for 2027."""
ROWS = ["North quay | 14 | 1931 |", "Ferry quay | 41 | 1974 |", "Coal quay | 3 | 1902 |"]


@pytest.mark.parametrize("question", ["List the ships by quay", "List the quays of Kolding"])
def test_who_asks_for_what_a_table_lists_gets_its_rows(seeds_engine, question):
    answer = seeds_engine.answer_from(question, [{"title": "Port of Kolding", "text": PORT}])
    assert [sentence.text for sentence in answer.sentences] == ROWS
    assert [cell.column.text for cell in answer.citations[2].cells] == ["Quay", "Ships", "Opened"]


def test_of_a_long_table_the_first_rows_are_given(seeds_engine):
    rows = [f"| Quay {n} | {n * 7} | 19{n + 10} |" for n in range(1, 21)]
    text = PORT.replace("| " + "\n| ".join(ROWS), "\n".join(rows))
    answer = seeds_engine.answer_from(
        "List the ships by quay", [{"title": "Port of Kolding", "text": text}]
    )
    assert [s.text for s in answer.sentences] == [row[2:] for row in rows[:15]]
    assert [s.left_out for s in answer.sentences] == [0] * 14 + [5]


def test_rows_of_a_table_stay_together_whatever_they_say(seeds_engine):
    long = "All those, " + "and those, " * 30
    rows = [f"| Those of {port} | {n} | {long}|" for n, port in enumerate("ABCDEF", 11)]
    table = PORT.replace("| " + "\n| ".join(ROWS), "\n".join(rows))
    answer = seeds_engine.answer_from("List the ships by quay", [{"title": "Port", "text": table}])
    assert [s.text for s in answer.sentences] == [row[2:] for row in rows[:4]]  # 4 of 70 words
    assert answer.sentences[-1].left_out == 2


def test_who_names_a_row_gets_no_others(told):
    assert told("List the ships of the north quay", PORT)[0] == ROWS[0]
    assert told("List the ships of the ferry quay", PORT)[0] == ROWS[1]
    assert told("Which ships lie at the ferry quay?", PORT)[0] == ROWS[1]
