"""Newer articles come first, by how much a question asks about the present."""

import json
import math
from dataclasses import replace
from datetime import date

import pytest
from conftest import found, passage

from qa.asking import Ask
from qa.engine import Engine
from qa.indexing import index_paths
from qa.recency import newest, setback, weight_of_age
from qa.records import Filters
from qa.retrieval import newer_first


@pytest.mark.parametrize(
    ("question", "weight"),
    [
        ("Which country was hit by an earthquake this week?", 0.6),
        ("Who is now the richest man?", 2.0),
        ("What did the court decide recently?", 0.6),
        ("Who leads the party CURRENTLY?", 2.0),
        ("What is the latest price of oil?", 2.0),
        ("Who cut the ribbon?", 0.2),
        ("What is known about snow?", 0.2),
        ("Who won in 2017?", 0.0),
        ("What was new in the 1990s?", 0.0),
        ("What did it cost this year, compared with 2019?", 0.0),
        ("How are 2,017 people housed?", 0.2),
    ],
)
def test_how_much_age_counts(question, weight):
    assert weight_of_age(question) == weight


def test_what_is_lost_by_age_begins_after_half_a_year():
    latest = date(2024, 5, 1)
    assert setback(0.6, date(2023, 11, 1), latest) == 0
    four_years_before = date(2020, 5, 1)  # 1,461 days
    assert setback(0.6, four_years_before, latest) == pytest.approx(0.6 * math.log(4.5))
    assert setback(0.0, four_years_before, latest) == 0
    assert setback(0.6, None, latest) == setback(0.6, four_years_before, None) == 0


def test_the_newest_date_is_the_latest_known():
    assert newest([None, date(2020, 1, 1), date(2021, 1, 1)]) == date(2021, 1, 1)
    assert newest([None]) is None


def test_a_mistyped_year_makes_no_other_article_old():
    mistyped, right = date(2204, 5, 1), date(2020, 1, 1)
    latest = newest([mistyped, right])
    assert setback(1.0, right, latest) == setback(1.0, mistyped, latest) == 0
    assert newest([mistyped]) is None


def test_a_score_is_divided_by_the_power_of_the_years():
    dates = {"old": date(2020, 5, 1), "new": date(2024, 5, 1)}
    ranked = newer_first([("old", 0.04), ("new", 0.03), ("undated", 0.01)], dates, 0.2)
    assert [i for i, _ in ranked] == ["new", "old", "undated"]
    assert dict(ranked) == {"old": pytest.approx(0.04 / 4.5**0.2), "new": 0.03, "undated": 0.01}
    assert newer_first([("old", 0.04), ("new", 0.03)], dates, 0.0)[0] == ("old", 0.04)


@pytest.fixture
def over_years(settings, embedder, tmp_path):
    """An engine over news of two years, the older told in more of a question's words."""
    rows = [
        {"id": "old", "published": "2015-06-01", "text": "The river flooded the town of Skive."},
        {"id": "new", "published": "2024-06-01", "text": "The river flooded Holstebro."},
        {"id": "undated", "text": "Rye bread won a prize."},
    ]
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    index_paths(settings, embedder, [file])
    engine = Engine(replace(settings, abstain_threshold=0.0), embedder)
    yield engine
    engine.close()


def found_first(engine, query):
    return engine.search(query, k=3).passages[0].article_id


def test_search_brings_newer_articles_first_unless_a_year_is_named(over_years):
    assert found_first(over_years, "Which town Skive river flooded recently?") == "new"
    assert found_first(over_years, "Which town Skive river flooded in 2015?") == "old"


def test_age_can_be_left_out_of_account(over_years):
    settings = replace(over_years.settings, age_weight=0.0)
    indifferent = Engine(settings, over_years.embedder)
    assert found_first(indifferent, "Which town Skive river flooded recently?") == "old"
    lost = indifferent.candidates(indifferent.retrieve(Ask("Which town flooded recently?")))
    assert {c.features["older"] for c in lost} == {0.0}
    indifferent.close()


def test_an_undated_article_loses_nothing(over_years):
    assert found_first(over_years, "Which rye bread won a prize this week?") == "undated"


def test_a_filter_by_date_leaves_the_old_ones_as_they_are(over_years):
    filters = Filters(published_to=date(2016, 1, 1))
    only = over_years.search("Which town flooded this week?", filters=filters).passages
    assert [(p.article_id, p.score) for p in only] == [("old", pytest.approx(2 / 61))]


def test_sentences_of_older_articles_say_by_how_much():
    old, new = passage("old", "It rained."), passage("new", "It snowed.")
    dated = [
        replace(p, article=replace(p.article, published=day))
        for p, day in ((old, date(2020, 5, 1)), (new, date(2024, 5, 1)))
    ]
    lost = [c.features["older"] for c in found("What fell this week?", *dated)]
    assert lost == [pytest.approx(0.6 * math.log(4.5)), 0]
    assert [c.features["older"] for c in found("What fell this week?", old, new)] == [0, 0]
