"""Denials: which of two sentences that share words say the opposite."""

import pytest

from qa.denial import contradicts, denies

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
