"""A reply in pieces becomes sentences with the passages that they cite."""

import pytest

from qa.reply import WrittenSentence, sentences_of


def whole(text):
    return list(sentences_of([text]))


def letter_by_letter(text):
    return list(sentences_of(text))


REPLIES = [
    (
        "It reopened on 3 May 2024 [1]. It cost $3.5 million.[2][3] Dr. Holm cut ribbons [1, 4].",
        [
            ("It reopened on 3 May 2024.", (1,)),
            ("It cost $3.5 million.", (2, 3)),
            ("Dr. Holm cut ribbons.", (1, 4)),
        ],
    ),
    (
        "- **The bridge** reopened [1].\n- It cost 14 million [2-3]\n\nDone",
        [("The bridge reopened.", (1,)), ("It cost 14 million", (2, 3)), ("Done", ())],
    ),
    ("It is. [1] World is here. 【2】", [("It is.", (1,)), ("World is here.", (2,))]),
    ("NOT ANSWERED", [("NOT ANSWERED", ())]),
    ("One (2 men) went [passage 3].", [("One (2 men) went.", (3,))]),
    ("The [sic] text [12]", [("The [sic] text", (12,))]),
    ("Twice [1][1].", [("Twice.", (1,))]),
    ("", []),
    ("[1]", []),
]


@pytest.mark.parametrize("read", [whole, letter_by_letter])
@pytest.mark.parametrize(("reply", "sentences"), REPLIES)
def test_sentences_and_their_passages(read, reply, sentences):
    assert read(reply) == [WrittenSentence(*sentence) for sentence in sentences]


def test_a_sentence_comes_as_soon_as_the_next_one_has_begun():
    pieces = iter(["The bridge reopened [1]", ". ", "It", " cost much [2]."])
    sentences = sentences_of(pieces)
    assert next(sentences).text == "The bridge reopened."
    assert next(pieces) == " cost much [2]."


def test_a_range_of_passages_has_an_end_and_keeps_its_last():
    assert whole("All of it [1-999999999].")[0].cited == (1, 2, 3, 4, 5, 6, 7, 999999)
