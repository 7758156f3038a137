"""Details of a sentence: what counts as a number or a name, and when a text has it."""

import pytest

from qa.details import has_foreign_code, is_order, missing_details

TEXT = (
    "The old bridge in Lemvig reopened on 3 May 2024 after two years of repairs. Mayor Erik "
    "Flyvholm of the United Nations cut the ribbon. The repairs cost 14 million kroner, 5.5% more "
    "than in the 1990s, they told us. UNESCO's head said: “We are glad, at last.” A 12km road "
    "opened at 10:30am."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge reopened on May 3, 2024.",
        "It cost 14,000,000 kroner.",
        "Repairs took 2 years.",
        "It reopened on 3 May 2024, and May 2024 was warm.",
        "Flyvholm's bridge was Lemvig's.",
        "The UN mayor spoke.",
        "Officials said so.",
        "Recently, nobody came.",
        'They were "glad at last".',
        "It rose 5.5 percent from 1990.",
    ],
)
def test_what_the_text_has_is_not_missing(sentence):
    assert missing_details(sentence, TEXT, {"officials"}) == ()


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Sweden reopened the bridge.", ("Sweden",)),
        ("It cost 14 kroner.", ("14",)),
        ("It reopened on 4 May 2025.", ("4", "2025")),
        ("Mayor Erik Holm cut the ribbon.", ("Holm",)),
        ("The World Health Organization came.", ("World", "Health", "Organization")),
        ("They said “we are sad”.", ("we are sad",)),
        ("It reopened on 2 May 2024.", ("2 May",)),
        ("It reopened on May 12, 2024.", ("May 12",)),
        ("Repairs took three years.", ("three years",)),
        ("The United States came.", ("States",)),
        ("It cost one hundred million.", ("hundred",)),
        ("Italy came.", ("Italy",)),
    ],
)
def test_what_the_text_lacks_is_named_as_it_stands(sentence, missing):
    assert missing_details(sentence, TEXT) == missing


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("See https://evil.example/?q=secret.", True),
        ("![x](//evil.example/x.png)", True),
        ("[click](evil)", True),
        ("<img src=x>", True),
        ("javascript:alert(1)", True),
        ("Write to x@evil.example.", True),
        ("Pay at evil.example/pay.", True),
        ("ht\u200btps://evil.example", True),
        ("The data: five of nine.", False),
        ("The price fell by < 5 and rose again [1].", False),
        ("A (short) note.", False),
    ],
)
def test_addresses_and_markup_are_seen(sentence, found):
    assert has_foreign_code(sentence) is found


def test_a_number_without_end_is_compared_in_part():
    long = "9" * 400
    assert missing_details(f"It cost {long}.", f"It cost {long} kroner.") == ()
    assert missing_details(f"It cost {long}.", TEXT) == (long,)


def test_no_sentence_is_slow_to_look_at():
    assert not is_order("Note " * 200 + "x")
    assert missing_details("Kumar met 5 men.", "1 " * 20_000 + "A" * 50_000) == ("5", "Kumar")


@pytest.mark.parametrize(
    ("sentence", "text", "missing"),
    [
        ("It cost €5 million.", "It cost $5 million.", ("€5 million",)),
        ("It cost 5 million euros.", "It cost $5 million.", ("5 million euros",)),
        ("It cost 5 million dollars.", "It cost $5 million.", ()),
        ("It cost $5 million.", "It cost 5 million US dollars, or €5 million.", ()),
        ("It fell to 15 degrees.", "It fell to -15 degrees.", ("15",)),
        ("It fell to -15 degrees.", "It fell to minus 15 degrees.", ()),
        ("It fell by 5 percent.", "GDP: -5 percent", ()),
        ("Turkey left on May 3.", "TURKEY LEFT ON 3 MAY.", ()),
        ("He lives in Lodz.", "He lives in Łódź.", ()),
        ("The war ended in May.", "The war may end.", ("May",)),
        ("Twenty-five soldiers died.", "25 soldiers died.", ()),
        ("25 soldiers died.", "Twenty-five soldiers died.", ()),
        ("They met on Apr. 28, 2025.", "They met on 28 April 2025.", ()),
        ("They met on 2025-05-28.", "They met on 28 April 2025.", ("May",)),
        ("Mr Reid and Dr. Holm died.", "Callum Reid and Astrid Holm died.", ()),
        ("It lost USD 14 million.", "It lost 14 million US dollars.", ()),
        ("It lost 14 million US dollars.", "It lost $14 million.", ()),
    ],
)
def test_money_signs_and_months_must_be_the_same(sentence, text, missing):
    assert missing_details(sentence, text) == missing


def test_what_a_sentence_is_about_may_stand_in_the_title_but_no_number():
    title, text = "Harwick Rovers win 3 cups", "The team won the final in Lemvig."
    assert missing_details("Harwick Rovers won.", text) == ("Harwick", "Rovers")
    assert missing_details("Harwick Rovers won.", text, titles=title) == ()
    assert missing_details("Harwick won 3 cups.", text, titles=title) == ("3",)
    exchanged = "The team won the final in Harwick."
    assert missing_details(exchanged, text, titles=title) == ("Harwick",)
