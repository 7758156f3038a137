import pytest

from qa.questions import analyse
from qa.tables import cell_asked_for, is_header

TABLE = """The group grew.

| Division | Revenue 2025 | Revenue 2024 | Operating margin | Staff |
|---|---|---|---|---|
| Surgical arms | 97.5 | 88.1 | 14.2% | 1,310 |
| Services | 25.8 | 17.6 | 7.0% | 460 |

It will hire.
Unit | Price
Bread | 3 euros"""


def row(first_words: str) -> tuple[int, int]:
    """Where the row stands that begins so, without its leading line."""
    start = TABLE.index(first_words)
    return start, TABLE.index("\n", start) if "\n" in TABLE[start:] else len(TABLE)


@pytest.mark.parametrize(
    ("first_words", "expected"),
    [
        ("Division", True),
        ("Surgical", False),
        ("Services", False),
        ("Unit", True),
        ("Bread", False),
    ],
)
def test_the_first_row_of_a_table_heads_it(first_words, expected):
    assert is_header(TABLE, *row(first_words)) is expected


def test_a_row_alone_heads_nothing():
    assert not is_header("Before.\nA | B\nAfter.", 8, 13)


@pytest.mark.parametrize(
    ("question", "first_words", "cell"),
    [
        ("What was the revenue of surgical arms in 2025?", "Surgical", "97.5"),
        ("And the revenue of the surgical arms division in 2024?", "Surgical", "88.1"),
        ("What is the operating margin of services?", "Services", "7.0%"),
        ("What is the staff of services?", "Services", "460"),
        ("What is the revenue of services?", "Services", None),  # of which year?
        ("How many work in services?", "Services", None),
        ("What is the price of bread?", "Bread", "3 euros"),
        ("What is the operating margin?", "Division", None),
    ],
)
def test_the_cell_that_answers_is_in_the_column_that_the_question_names(
    question, first_words, cell
):
    found = cell_asked_for(analyse(question).stems, TABLE, *row(first_words))
    assert (found and TABLE[slice(*found)]) == cell


def test_a_row_of_another_length_has_no_columns():
    text = "Unit | Price\nBread | 3 euros | fresh"
    assert cell_asked_for(analyse("The price of bread?").stems, text, 13, len(text)) is None
