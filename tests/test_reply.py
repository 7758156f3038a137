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
    ("[1] A is here. [2] B is there.", [("A is here.", (1,)), ("B is there.", (2,))]),
    ("It is [^1]. It was [1†source]. They were (passage 2).",
     [("It is.", (1,)), ("It was.", (1,)), ("They were.", (2,))]),
    ("It is open (1).", [("It is open.", (1,))]),
    ("It is open [1, 2, and 3].", [("It is open.", (1, 2, 3))]),
    ("According to [1], it is open.", [("It is open.", (1,))]),
    ("Based on the passages, it is open [1].", [("It is open.", (1,))]),
    ("According to passage 2, it is open.", [("It is open.", (2,))]),
    ("It is *open* since _May_ **[1]**.", [("It is open since May.", (1,))]),
    ("It is [[1]] open [1]().", [("It is open.", (1,))]),
    ("<think>It may be [1].\nMay it?</think>It is open [2].", [("It is open.", (2,))]),
    ("<think>It may be [1]. It may not", []),
    ("## Answer\nIt is open [1].\n```\n| a | b |", [("It is open.", (1,))]),
    ("1. It is open [1].\n2. It is old [2].", [("It is open.", (1,)), ("It is old.", (2,))]),
    ("It is open [1].\nSources:\n[1] A title", [("It is open.", (1,))]),
    ("大桥于五月重开[1]。市长剪彩[1]。", [("大桥于五月重开。", (1,)), ("市长剪彩。", (1,))]),
    ("Hans Holm (b. 1950) died in May [1].", [("Hans Holm (b. 1950) died in May.", (1,))]),
    ("See https://a.ex/b.Html?c=1.Then [1].", [("See https://a.ex/b.Html?c=1.Then.", (1,))]),
]  # fmt: skip


@pytest.mark.parametrize("read", [whole, letter_by_letter])
@pytest.mark.parametrize(("reply", "sentences"), REPLIES)
def test_sentences_and_their_passages(read, reply, sentences):
    assert read(reply) == [WrittenSentence(*sentence) for sentence in sentences]


def test_a_sentence_comes_once_the_next_one_has_begun():
    pieces = iter(["The bridge reopened [1]", ". ", "It", " cost too much", " [2]."])
    sentences = sentences_of(pieces)
    assert next(sentences).text == "The bridge reopened."
    assert next(pieces) == " [2]."


def test_a_range_of_passages_has_an_end_and_keeps_its_last():
    assert whole("All of it [1-999999999].")[0].cited == (1, 2, 3, 4, 5, 6, 7, 999999999)
