import math

import numpy as np
import pytest

from qa.evaluation.metrics import (
    Estimate,
    answers_exactly,
    auroc,
    balanced_accuracy,
    contains,
    estimate,
    first_rank,
    mean,
    mean_share,
    normalise,
    quantile,
    same_article,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The “heinous” attack", "heinous attack"),
        ("India–Russia, cross-border", "india russia cross border"),
        ("India’s and India's", "india s and india s"),
        ("China and the U.S.", "china and u s"),
        ("  a\tMOST\nFavoured\u00a0Nation ", "most favoured nation"),
        ("know\u2011your\u2014customer_norms", "know your customer norms"),
        ("the", ""),
        ("…", ""),
    ],
)
def test_normalised_text(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("26 civilians were killed.", ["26 people", "26 civilians"], True),
        ("2600 civilians", ["26"], False),  # whole words only
        ("Russia’s Sergey Lavrov", ["russia"], True),
        ("limit the latter’s access", ["limit the latter's access"], True),
        ("anything", ["", "the", "?"], False),
        ("anything", [], False),
        ("", ["x"], False),
    ],
)
def test_an_answer_is_contained_as_whole_words(text, answers, expected):
    assert contains(text, answers) is expected


@pytest.mark.parametrize(
    ("words", "answers", "expected"),
    [
        ("739 colonies", ["739"], True),
        ("3.50", ["NOK 3.50"], True),  # a telling part
        ("Edwards", ["Kane", "Jamal Edwards"], True),
        ("the", ["the Bellweather Foundation"], False),  # a part that tells nothing
        ("to be", ["to be announced"], False),
        ("Jamal Smith", ["Jamal Edwards"], False),
        ("", ["x"], False),
    ],
)
def test_exact_words_hold_an_answer_or_tell_a_part_of_it(words, answers, expected):
    assert answers_exactly(words, answers) is expected


@pytest.mark.parametrize(
    ("article_id", "expected", "same"),
    [
        ("000_x.txt", "000_x.txt", True),
        ("000_x.txt", "000_x", True),
        ("000_x", "000_x.txt", True),
        ("news/000_x.txt", "000_x", True),
        ("000_x.txt", "001_x.txt", False),
        ("doc_1.5", "doc_1.7", False),  # two stems that are equal name two articles
        ("a/x.txt", "b/x.txt", False),
    ],
)
def test_an_article_is_named_by_id_name_or_stem(article_id, expected, same):
    assert same_article(article_id, expected) is same


def test_an_article_counts_once_in_the_rank():
    assert first_rank(["a", "a", "b", "a", "c"], ["c", "x"]) == 3
    assert first_rank(["a", "b"], ["b", "a"]) == 1
    assert first_rank(["a", "b"], ["c"]) is None
    assert first_rank([], ["c"]) is None


def test_auroc_by_hand():
    # Answerable 0.9, 0.5; not 0.5, 0.1. Pairs won: 1 + 1 + 0.5 + 1 of 4.
    rows = np.array([(0.9, 1), (0.5, 1), (0.5, 0), (0.1, 0)])
    assert auroc(rows) == 0.875
    assert auroc(np.array([(0.2, 1), (0.8, 0)])) == 0.0
    assert auroc(np.array([(0.5, 1), (0.5, 0), (0.5, 0)])) == 0.5
    assert math.isnan(auroc(np.array([(0.2, 1), (0.8, 1)])))


def test_balanced_accuracy_by_hand():
    # Three answerable, one refused (2/3 answered); two unanswerable, one refused (1/2).
    rows = np.array([(0, 1), (0, 1), (1, 1), (1, 0), (0, 0)])
    assert balanced_accuracy(rows) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert math.isnan(balanced_accuracy(np.array([(0, 1), (1, 1)])))


def test_quantiles_lie_between_neighbours():
    rows = np.array([[10.0], [20.0], [30.0], [40.0]])
    assert quantile(0.5)(rows) == 25
    assert quantile(0.95)(rows) == pytest.approx(38.5)


def test_the_interval_is_the_same_each_time():
    rows = [(1.0,)] * 6 + [(0.0,)] * 4
    first = estimate(rows, mean)
    assert first == estimate(rows, mean)
    assert (first.value, first.n) == (0.6, 10)
    # Binomial(10, 0.6): 2.5 % lie below 3 and above 9 successes.
    assert (first.low, first.high) == (0.3, 0.9)


@pytest.mark.parametrize(
    ("value", "n", "low", "high"),
    [
        # Wilson's interval for n of n is n / (n + z²) to 1, with z² = 3.8415.
        (1.0, 15, 0.7961, 1.0),
        (1.0, 1, 0.2065, 1.0),
        (0.0, 15, 0.0, 0.2039),
    ],
)
def test_cases_that_all_agree_leave_room_for_others(value, n, low, high):
    measured = estimate([(value,)] * n, mean_share)
    assert (measured.value, measured.n) == (value, n)
    assert (measured.low, measured.high) == pytest.approx((low, high), abs=0.0001)


def test_where_no_resample_differs_there_is_no_interval():
    assert estimate([(7.0,)] * 5, mean) == Estimate(value=7.0, low=None, high=None, n=5)
    half = Estimate(value=0.5, low=None, high=None, n=2)
    assert estimate([(0.5,)] * 2, mean_share) == half
    apart = estimate([(0, 1), (0, 1), (1, 0), (1, 0)], balanced_accuracy)
    assert apart == Estimate(value=1.0, low=None, high=None, n=4)


def test_nothing_measured_is_null():
    nothing = Estimate(value=None, low=None, high=None, n=0)
    assert estimate([], mean) == nothing
    assert estimate([], auroc) == nothing
    one_class = estimate([(0.5, 1.0), (0.7, 1.0)], auroc)
    assert one_class == Estimate(value=None, low=None, high=None, n=2)


def test_resamples_without_one_class_are_left_out():
    measured = estimate([(0.9, 1.0), (0.1, 0.0)], auroc)
    assert measured == Estimate(value=1.0, low=None, high=None, n=2)
