import time

import pytest

from qa.questions import analyse
from qa.tables import cell_asked_for, is_header, named_cells

TABLE = """The group grew.

| Division | Revenue Q2 2025 | Revenue Q2 2024 | Operating margin | Staff |
| Surgical arms | 97.5 | 88.1 | 14.2% | 1,310 |
| Services | 25.8 | | 7.0% | 460 |

|  | 2023 | 2024 | Change |
| Bread | 3 euros | 4 euros | |

| Unit | Price |
|---|---|
| Milk | 2 euros |

| Votes of 5 May 2024 |  |  |
| Party | Votes | Seats |
| Greens | 7.2 | 14 |
| Hill Party | | |
| Others | 2.6 | 0 |

Population | 12,345
Mayor | Anna Holm
Founded | 1870"""


def row(first_words: str) -> tuple[int, int]:
    """Where the row stands that begins so, without its leading pipe."""
    start = TABLE.index(first_words)
    end = TABLE.find("\n", start)
    return start, len(TABLE) if end < 0 else end


@pytest.mark.parametrize(
    ("first_words", "expected"),
    [
        ("Division", True),  # without numbers, above some
        ("Surgical", False),
        ("Services", False),
        (" | 2023", True),  # years are no numbers
        ("Bread", False),
        ("Unit", True),  # by the rule beneath
        ("Milk", False),
        ("Votes of", False),
        ("Party", True),  # beneath a caption
        ("Greens", False),
        ("Others", False),
        ("Population", False),  # nothing says so
        ("Mayor", False),
    ],
)
def test_the_first_row_of_a_table_may_head_it(first_words, expected):
    assert is_header(TABLE, *row(first_words)) is expected


def test_a_long_line_that_is_no_rule_is_soon_told():
    """It took minutes."""
    started = time.process_time()
    assert not is_header("Unit | Price\n|" + "-" * 100_000 + "x | \n", 0, 12)
    assert time.process_time() - started < 1


def test_a_row_alone_heads_nothing():
    assert not is_header("Before.\nA | B | C\nAfter 9.", 8, 17)


@pytest.mark.parametrize(
    ("question", "first_words", "cell"),
    [
        ("What was the revenue of surgical arms in 2025?", "Surgical", "97.5"),
        ("And the revenue of the surgical arms division in 2024?", "Surgical", "88.1"),
        ("What is the operating margin of services?", "Services", "7.0%"),
        ("What is the staff of services?", "Services", "460"),
        ("What was the revenue of services in Q2 2024?", "Services", None),  # an empty cell
        ("How many people work in services?", "Services", "460"),  # staff
        ("How many employees does the services division have?", "Services", "460"),
        ("How expensive is milk?", "Milk", "2 euros"),  # the price
        ("How heavy is milk?", "Milk", None),
        ("What is the revenue of surgical arms?", "Surgical", None),  # of which year?
        ("How many work in services?", "Services", None),
        ("What did bread cost in 2024?", "Bread", "4 euros"),
        ("What is the price of milk?", "Milk", "2 euros"),
        ("What is the operating margin?", "Division", None),
        ("How many seats did the Greens get?", "Greens", "14"),
    ],
)
def test_the_cell_that_answers_is_in_the_column_that_the_question_names(
    question, first_words, cell
):
    start, end = row(first_words)
    found = cell_asked_for(analyse(question).stems, TABLE, start, end, (start, start + 4))
    assert (found and TABLE[slice(*found)]) == cell


def test_where_no_columns_are_named_what_was_read_in_one_cell_is_the_answer():
    start, end = row("Population")
    asked = analyse("What is the population?").stems
    assert cell_asked_for(asked, TABLE, start, end, (end - 6, end)) == (end - 6, end)
    assert cell_asked_for(asked, TABLE, start, end, (start, end)) is None


def test_a_row_of_another_length_has_no_columns():
    text = "Unit | Price\n---|---\nBread | 3 euros | fresh"
    asked = analyse("The price of bread?").stems
    start = text.index("Bread")
    assert cell_asked_for(asked, text, start, len(text), (start, start + 5)) is None


def test_a_long_way_up_no_names_are_looked_for():
    text = "Unit | Price\n---|---\n" + "\n".join(f"Bread {n} | {n} euros" for n in range(400))
    asked = analyse("What is the price of bread?").stems
    for number, cell in ((100, "100 euros"), (399, None)):
        start = text.index(f"Bread {number} ")
        found = cell_asked_for(asked, text, start, text.find("euros", start) + 5, (0, 15))
        assert (found and text[slice(*found)]) == cell


@pytest.mark.parametrize(
    ("first_words", "expected"),
    [
        ("Bread", [("", "Bread"), ("2023", "3 euros"), ("2024", "4 euros"), ("Change", "")]),
        ("3 euros", [("", "Bread"), ("2023", "3 euros"), ("2024", "4 euros"), ("Change", "")]),
        ("Milk", [("Unit", "Milk"), ("Price", "2 euros")]),
        ("Unit", []),  # the names themselves
        ("Greens", [("Party", "Greens"), ("Votes", "7.2"), ("Seats", "14")]),
        ("Votes of", []),
        ("Population", []),
        ("The group grew.", []),
    ],
)
def test_each_cell_of_a_row_has_the_name_above_it(first_words, expected):
    found = named_cells(TABLE, *row(first_words))
    assert [tuple(TABLE[slice(*place)] for place in pair) for pair in found] == expected


def test_a_row_that_is_shown_has_names_a_long_way_up():
    text = "Unit | Price\n---|---\n" + "\n".join(f"Bread {n} | {n} euros" for n in range(5000))
    start = text.index("Bread 4999")
    assert [text[slice(*name)] for name, _ in named_cells(text, start, len(text))] == [
        "Unit",
        "Price",
    ]


def test_an_escaped_pipe_ends_no_cell():
    text = "| Port | Ships | Berths |\n|---|---|---|\n| Rome \\| Ostia | 55 | 6 \\||"
    start = text.index("Rome")
    cells = [text[slice(*cell)] for _, cell in named_cells(text, start, len(text))]
    assert cells == ["Rome \\| Ostia", "55", "6 \\|"]
