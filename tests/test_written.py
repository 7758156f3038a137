"""Articles with questions, written for the training: what a file says, and its faults."""

import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "training"))

from written import FOLDER, NotWrittenRight, all_of, written

ARTICLE = """\
# Bridge opens
The bridge cost 12 million crowns, said Ada Olk. She cut the ribbon.

It carries 12 million cars a year.
"""


def pairs(tmp_path, asked, article=ARTICLE):
    path = tmp_path / "01.txt"
    path.write_text(f"{article}\n{asked}\n", "utf-8")
    return list(written(path))


def test_the_words_that_answer_are_found_in_the_text(tmp_path):
    (pair,) = pairs(tmp_path, "? Who opened it?\n= Ada Olk")
    assert (pair.title, pair.question, pair.whole) == ("Bridge opens", "Who opened it?", False)
    assert [pair.text[a:b] for a, b in pair.answers] == ["Ada Olk"]
    assert [pair.text[a:b] for a, b in pair.evidence] == [
        "The bridge cost 12 million crowns, said Ada Olk."
    ]


def test_words_that_stand_there_twice_are_told_apart_by_what_is_around_them(tmp_path):
    (pair,) = pairs(tmp_path, "? How many cars?\n= 12 million :: carries 12 million")
    assert pair.answers == ((pair.text.rindex("12 million"), pair.text.rindex(" cars")),)


def test_several_words_may_be_right(tmp_path):
    (pair,) = pairs(tmp_path, "? cost\n= 12 million crowns\n= The bridge cost 12 million crowns")
    assert [pair.text[a:b] for a, b in pair.answers] == [
        "12 million crowns",
        "The bridge cost 12 million crowns",
    ]


def test_a_sentence_may_answer_by_itself_and_a_text_may_not_answer(tmp_path):
    whole, none = pairs(tmp_path, "? Was it she who cut it?\n~ She cut\n? How long is it?\n-")
    assert [whole.text[a:b] for a, b in whole.answers] == ["She cut the ribbon."]
    assert whole.whole
    assert whole.evidence == whole.answers
    assert (none.answers, none.evidence) == ((), ())


def test_articles_follow_each_other(tmp_path):
    both = pairs(tmp_path, f"? Who?\n= Ada Olk\n\n{ARTICLE}? How long?\n-")
    assert [(p.question, bool(p.answers)) for p in both] == [("Who?", True), ("How long?", False)]


@pytest.mark.parametrize(
    ("asked", "article", "said"),
    [
        ("? Who?\n= Ada Olsen", ARTICLE, "“Ada Olsen” does not stand in the text"),
        ("? How many?\n= 12 million", ARTICLE, "“12 million” stands there 2 times as whole words"),
        ("? Who?\n= Ada Ol", ARTICLE, "stands there 0 times as whole words"),
        ("? Who?\n~ The bridge was", ARTICLE, "0 sentences begin with “The bridge was”"),
        ("? Who?\n= Ada Olk\n-", ARTICLE, "must begin with “=”"),
        ("? Who?", ARTICLE, "must begin with “=”"),
        ("", ARTICLE, "at least one question must follow"),
        ("? Who?\n-", "# Bridge opens\n" + "So it is. " * 120, "1199 characters of text; at most"),
    ],
)
def test_what_is_not_in_this_form_is_told_with_where_it_stands(tmp_path, asked, article, said):
    with pytest.raises(NotWrittenRight, match=r"01\.txt, “Bridge opens”") as error:
        pairs(tmp_path, asked, article)
    assert said in str(error.value)


def test_what_was_written_is_in_this_form():
    some = list(all_of(FOLDER))
    assert len({pair.title for pair in some}) > 100
    assert sum(bool(pair.answers) for pair in some) > sum(not pair.answers for pair in some)
