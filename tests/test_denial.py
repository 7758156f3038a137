"""Denials: which of two sentences that share words say the opposite."""

import pytest

from qa.denial import contradicts, denies, reverses

TOLD = "The court did not find Anton Brisk guilty, but he paid a fine."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The court found Anton Brisk guilty.", True),
        ("The court did not find Anton Brisk guilty.", False),
        ("Anton Brisk paid a fine.", False),
        ("Anton Brisk did not pay a fine.", True),
        ("Anton Brisk was not seen.", False),
    ],
)
def test_what_one_denies_and_the_other_says(sentence, expected):
    assert contradicts(sentence, TOLD) is expected
    assert contradicts(TOLD, sentence) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He denied it.", True),
        ("It isn't open.", True),
        ("Nothing happened.", True),
        ("The note is known.", False),
    ],
)
def test_denials(sentence, expected):
    assert denies(sentence) is expected


def test_what_only_looks_like_a_denial_is_none():
    assert not denies("It covers not only trade but also oil.")
    assert not denies("He lives at No. 10.")
    assert denies("There is no. That is all.")


VOTED = "The council voted by 23 to 19 against an inquiry."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The council rejected an inquiry by 23 votes to 19.", False),
        ("The council refused an inquiry.", False),
        ("The council decided against an inquiry.", False),
        ("The council did not vote.", True),
    ],
)
def test_who_is_against_something_does_not_say_it(sentence, expected):
    assert contradicts(sentence, VOTED) is expected


RIVER = "The river rose 38 centimetres above the record, two hours before it burst its banks."


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("The council approved an inquiry.", VOTED, True),
        ("The council voted by 23 to 19 for an inquiry.", VOTED, True),
        ("The council voted for an inquiry by 23 to 19.", VOTED, True),
        ("23 voted against it and 19 in favour.", VOTED, False),
        ("It made a profit of 14 million euros.", "It lost 14 million euros.", True),
        ("It gained 14 million euros.", "It lost €14m.", True),
        ("Labour gained 5 seats.", "The Tories lost 5 seats to Labour.", False),
        ("The loss rose to 14 million.", "It lost 14 million.", False),
        ("The river fell.", RIVER, True),
        ("It stood 38 centimetres below the old record.", RIVER, False),
        ("It stood 38 centimetres below the record.", RIVER, True),
        ("Two hours after it burst its banks, it rose.", RIVER, True),
        ("It burst its banks two hours after.", RIVER, False),
        ("Children over 12 travel free.", "Children under 12 travel free.", True),
        ("It cost 96 million less than planned.", "It cost 96 million more than planned.", True),
        ("It cost 96 million under budget.", "It cost 96 million over budget.", True),
        ("A bus costs more than a train.", "A train costs less than a bus.", False),
        ("The line was opened in 1983.", "The line was closed in 1983.", True),
        ("The line was not open.", "The line was closed.", False),
        ("The line opened close to town.", "The line opened near the town.", False),
        ("Work ended in April.", "Work began in April.", True),
        ("Effects were mostly severe.", "Effects were mostly mild.", True),
        ("Tickets for women cost 310.", "Tickets for men cost 310.", True),
        ("All of the patients got it.", "Half of the patients got it.", True),
        ("It lies north of the river.", "It lies south of the river.", True),
        ("The river is south of it.", "It lies north of the river.", False),
        ("Many are employed.", "Many are unemployed.", True),
        ("Kim visited the North.", "Kim left the south.", False),
    ],
)
def test_the_opposite_in_other_words(sentence, text, expected):
    assert reverses(sentence, text) is expected


def test_no_sentence_is_slow_to_turn_round():
    assert reverses("It was up from 5.", "down by " * 20_000)
