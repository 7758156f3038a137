"""Numbers of a text: their values, and what they count."""

import pytest

from qa.amounts import numbers_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("14 million", {14e6}),
        ("14,000,000 and $14m", {14e6}),
        ("Rs 2.5 crore or 1,50,000", {25e6, 150_000}),
        ("1.1 billion", {1.1e9}),
        ("two of twenty, the fourth", {2, 20, 4}),
        ("one of the first, half of it", set()),
        ("3rd, 1990s, 12km, 10:30am", {3, 1990, 12, 10, 30}),
        ("2019-2021", {2019, 2021}),
        ("three million", {3e6}),
        ("twenty-five men, Sixty one ships, fifty million", {25, 61, 50e6}),
        ("-15 degrees, minus 3, 5-10, (-2)", {-15, -3, 5, 10, -2}),
    ],
)
def test_numbers_are_values(text, numbers):
    assert numbers_of(text) == numbers
