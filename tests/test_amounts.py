"""Numbers of a text: their values, and what they count."""

import pytest

from qa.amounts import as_figures, missing_amounts, numbers_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("14 million", {14e6}),
        ("14,000,000 and $14m", {14e6}),
        ("Rs 2.5 crore or 1,50,000", {25e6, 150_000}),
        ("1.1 billion", {1.1e9}),
        ("two of twenty, the fourth", {2, 20, 4}),
        ("one of the first, half of it", set()),
        ("3rd, 1990s, 12km, 10:30am", {3, 1990, 12, 10.3}),
        ("2019-2021", {2019, 2021}),
        ("three million", {3e6}),
        ("twenty-five men, Sixty one ships, fifty million", {25, 61, 50e6}),
        ("6.42 m, 6.42m high, 100 m", {6.42, 100}),
        ("$6.42m, € 12m, £3 m, 12m users, 14m euros", {6.42e6, 12e6, 3e6, 14e6}),
        ("-15 degrees, minus 3, 5-10, (-2)", {-15, -3, 5, 10, -2}),
    ],
)
def test_numbers_are_values(text, numbers):
    assert numbers_of(text) == numbers


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("at 5:30 am, 5.30 a.m. and 10 p.m.", "at 5.30 am, 5.30 am and 10 pm"),
        (
            "on Apr. 28, 28 Sept 2025 and 2025-04-28",
            "on April 28, 28 September 2025 and 28 April 2025",
        ),
        ("EUR 14 million, 5 USD, US$3", "€14 million, 5 $, $3"),
        ("A score of 3:10, at 2025-13-45", "A score of 3.10, at 2025-13-45"),
        ("Jan won in May", "Jan won in May"),
    ],
)
def test_one_way_to_write_times_dates_and_money(text, figures):
    assert as_figures(text) == figures


RIVER = (
    "The river rose to 6.42 metres at 3 a.m. on Monday, 38 centimetres above the record of 2007."
)


@pytest.mark.parametrize(
    ("sentence", "text", "missing"),
    [
        ("The river reached 6.42 m.", RIVER, ()),
        ("It reached 6.42m.", RIVER, ()),
        ("It reached 6.42 meters, 38 cm above the record.", RIVER, ()),
        ("It reached 6.42 feet.", RIVER, ("6.42 feet",)),
        ("It was 38 metres above the record.", RIVER, ("38 metres",)),
        ("It was highest at 3am.", RIVER, ()),
        ("It was highest at 3 p.m.", RIVER, ("3 pm",)),
        ("At 3 o'clock it was highest.", RIVER, ()),
        ("The line is 64 miles long.", "The line, 64 kilometres long, is open.", ("64 miles",)),
        ("They got 60 grams.", "They got 60 milligrams.", ("60 grams",)),
        ("She got 41 votes.", "She got 41 percent of the vote.", ("41 votes",)),
        ("She got 41% of the vote.", "She got 41 per cent.", ()),
        ("It rained for two weeks.", "It rained for two days.", ("two weeks",)),
        ("It rained for two weeks.", "It rained for two days, then for two weeks.", ()),
        ("It costs 64 euros.", "It is 64 kilometres long.", ("64 euros",)),
        ("Two women voted.", "Two lawmakers voted.", ()),
        ("It cost 96 million euros more.", "It cost 412 million euros, 96 million more.", ()),
        ("It cost 412 million kroner.", "It cost 412 million euros, 96 million more.", ()),
        ("It told 310 of its 45 employees.", "It told 45 of its 310 employees.", ("45 employees",)),
        ("Trains run from 5:30 am.", "Trains run from 5.30 a.m. to 11 p.m.", ()),
        ("Trains run from 5.30 to 11.", "Trains run from 5:30 a.m. to 11 p.m.", ()),
        ("Trains run to 11 am.", "Trains run from 5.30 a.m. to 11 p.m.", ("11 am",)),
        ("They met on 2025-04-28.", "They met on April 28, 2025.", ()),
        ("They met on 2025-04-29.", "They met on April 28, 2025.", ("29",)),
        ("It lost EUR 14 million.", "It lost 14 million euros.", ()),
        ("It lost USD 14 million.", "It lost 14 million euros.", ("$14 million",)),
        ("It runs twice a day.", "It runs twice a week.", ("a day",)),
        ("It runs every hour.", "It runs each hour from 5 a.m.", ()),
        ("It took a year.", "It runs once every hour.", ("a year",)),
    ],
)
def test_a_number_counts_the_same_thing(sentence, text, missing):
    assert tuple(missing_amounts(as_figures(sentence), as_figures(text))) == missing
