"""How the pairs that the reader learns from are told otherwise, and what is marked in them."""

import random
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import ROOT

sys.path.insert(0, str(ROOT / "training"))

from committee import drawn, likeliest
from learning import collate, marked
from pairs import Pair, is_development, write_pairs
from safetensors.torch import load_file, save_file
from train_reader import written_pairs
from transformers import AutoTokenizer
from variation import (
    asked_within,
    cropped,
    headed,
    joined,
    masked,
    told_first,
    varied,
    without_answer,
)
from whether import asked_whether, whether_so

from qa.models import bundled_folder
from qa.reader_network import ANSWERED, END, START, mean_of

SENTENCES = (
    "The old bridge in Lemvig carried trains and carts.",
    "Mayor Erik Flyvholm cut the ribbon of the bridge in Lemvig on 3 May 2024.",
    "The repairs had cost the town 14 million kroner.",
    "Bakers gave rye bread to all who came.",
    "A brass band played until the evening.",
)
TEXT = " ".join(SENTENCES)


def asked(question: str, answer: str, evidence: int) -> Pair:
    at, start = TEXT.index(answer), TEXT.index(SENTENCES[evidence])
    return Pair(
        "news", question, "Bridge reopens", TEXT,
        ((at, at + len(answer)),), ((start, start + len(SENTENCES[evidence])),),
    )  # fmt: skip


RIBBON = asked("Who cut the ribbon of the bridge?", "Erik Flyvholm", 1)


def words(pair: Pair) -> list[str]:
    return [pair.text[start:end] for start, end in (*pair.answers, *pair.evidence)]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_marked_still_reads_the_same_in_another_text(seed):
    rng = random.Random(seed)
    other = "Ferries stopped in winter. Ice lay on the fjord for weeks. Nobody minded much."
    for pair in (cropped(RIBBON, rng), joined(RIBBON, other, rng)):
        assert words(pair) == ["Erik Flyvholm", SENTENCES[1]]
    assert 3 <= sum(s in cropped(RIBBON, rng).text for s in SENTENCES) <= 5


def test_a_text_that_holds_the_answer_too_is_not_joined():
    other = "It rained. Erik Flyvholm had no umbrella."
    assert joined(RIBBON, other, random.Random(0)) == RIBBON


def test_something_is_told_before_the_question_that_does_not_answer_it():
    told = {told_first(RIBBON, random.Random(seed)) for seed in range(20)}
    assert told == {f"{SENTENCES[n]} {RIBBON.question}" for n in (0, 2)}  # the likest two


def test_a_question_is_asked_within_the_sentence_that_answers():
    question = asked_within(RIBBON, random.Random(0))
    assert question.startswith(("Who cut", "Mayor who cut"))
    assert question.endswith("?")
    assert "Flyvholm" not in question


def test_without_its_sentence_a_text_does_not_answer():
    (pair,) = without_answer(RIBBON)
    assert pair.text == " ".join(SENTENCES[:1] + SENTENCES[2:])
    assert (pair.answers, pair.evidence) == ((), ())
    again = replace(RIBBON, text=f"{TEXT} Erik Flyvholm spoke.")
    assert without_answer(again) == []


def test_a_question_is_told_alike_beside_every_text(monkeypatch):
    monkeypatch.setattr("variation.MASKED", 0.0)
    beside = replace(RIBBON, text="Ferries stopped.", answers=(), evidence=())
    for seed in range(30):
        told = varied([RIBBON, beside], random.Random(seed))
        assert len({pair.question for pair in told}) == 1
        assert {p.text[s:e] for p in told for s, e in p.answers} == {"Erik Flyvholm"}


def test_a_headline_is_a_sentence_that_does_not_answer():
    titles = {headed(RIBBON, random.Random(seed)).title for seed in range(40)}
    bridge, repairs = SENTENCES[0][:-1].split(), SENTENCES[2][:-1].split()
    assert titles == {
        " ".join(words[:n]) for words in (bridge, repairs) for n in range(6, len(words) + 1)
    }
    for seed in range(20):
        assert words(headed(RIBBON, random.Random(seed))) == ["Erik Flyvholm", SENTENCES[1]]


def test_at_most_a_third_of_a_question_is_masked_and_never_its_first_word():
    for seed in range(20):
        told = masked(RIBBON.question, random.Random(seed)).split()
        assert told[0] == "Who"
        assert 1 <= told.count("[MASK]") <= 2
        assert len(told) == 7
    assert masked("Who cut it?", random.Random(0)) == "Who cut it?"


def test_all_that_answers_a_question_is_drawn_and_some_of_the_rest():
    pair = replace(RIBBON, source="new_wiki")
    others = [replace(pair, text=f"{n}", answers=(), evidence=()) for n in range(9)]
    counts = set()
    for seed in range(20):
        some = drawn([pair, *others], random.Random(seed))
        assert some[0] == pair
        counts.add(len(some))
    assert counts == {2, 3}  # 1.5 texts that don't answer, on average
    assert drawn(others, random.Random(0)) == others


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The bridge was closed for nine months.", "Was The bridge closed for nine months?"),
        ("Bakers gave rye bread to all.", "Did Bakers give rye bread to all?"),
        (
            "The mayor opened the bridge of Lemvig today, which pleased all.",
            "Did The mayor open the bridge of Lemvig today?",
        ),
        ("Both towns carried the cost of it.", ""),  # which towns?
        ("The bridge that was closed in May has reopened.", ""),
        ("In May the bridge was closed for repairs.", ""),
        ("Rain, then snow.", ""),
        ("Trains stopped.", ""),
        ("A hundred people came to the opening.", "Did A hundred people come to the opening?"),
        (
            "The mayor required tickets of all guests.",
            "Did The mayor require tickets of all guests?",
        ),
    ],
)
def test_a_plain_sentence_becomes_the_question_whether_it_is_so(monkeypatch, sentence, question):
    monkeypatch.setattr("whether.LEFT_OUT", 0.0)
    assert whether_so(sentence, random.Random(0)) == question


def test_it_is_answered_by_its_sentence_and_by_no_other_text(monkeypatch):
    for name in ("WHETHER", "FAR", "WITHOUT", "OF_STRANGERS"):
        monkeypatch.setattr(f"whether.{name}", 1.0)
    pair = replace(RIBBON, source="qamr")
    far = replace(pair, text="Ferries stopped.", answers=(), evidence=())
    so, *others = asked_whether([pair, far], {"qamr": ["Aarhus", "7"]}, random.Random(0))
    ((start, end),) = so.answers
    assert so.whole
    assert so.evidence == so.answers
    assert so.text[start:end] in SENTENCES
    assert [p.answers for p in others[:2]] == [(), ()]
    assert others[0].text == far.text
    assert so.text[start:end] not in others[1].text
    assert [p.answers for p in others[2:]] in ([], [()])  # a stranger's name, where it has one


def test_what_is_left_out_of_a_question_is_never_that_something_is_not_so(monkeypatch):
    monkeypatch.setattr("whether.LEFT_OUT", 1.0)
    said = "The bridge was closed without any notice and never again."
    assert whether_so(said, random.Random(0)) == "Was The bridge closed without never?"


def test_a_text_is_not_emptied_for_its_headline():
    pair = replace(RIBBON, text=SENTENCES[0], answers=(), evidence=())
    for seed in range(20):
        assert headed(pair, random.Random(seed)).text == SENTENCES[0]


def test_readers_of_one_origin_are_averaged(tmp_path):
    for name, value in (("a", 1.0), ("b", 4.0)):
        save_file({"weight": torch.full((2,), value).half()}, tmp_path / name)
    mean_of([tmp_path / "a", tmp_path / "b"], tmp_path / "mean")
    assert load_file(tmp_path / "mean")["weight"].tolist() == [2.5, 2.5]
    mean_of([tmp_path / "a", tmp_path / "b"], tmp_path / "mean", [0.75, 0.25])
    assert load_file(tmp_path / "mean")["weight"].tolist() == [1.75, 1.75]


def test_the_best_span_lies_in_the_text_and_ends_where_it_begins_or_later():
    said = np.zeros((5, 4), dtype=np.float32)
    said[:, START] = [1, 9, 2, 5, 0]  # the second token is no text: it is the question's
    said[:, END] = [2, 9, 7, 3, 1]
    said[0, ANSWERED] = 0.5
    item = {"sentence": np.array([-1, -1, 0, 1, 1])}
    # 2 + 7 at the third token, not 5 + 7 from behind; less 1 + 2 for no answer
    assert likeliest(item, said) == (6.0, 2, 2, 0.5)


def test_tokens_are_marked_where_answer_and_sentence_stand():
    tokenizer = AutoTokenizer.from_pretrained(bundled_folder())
    far = replace(RIBBON, text="Ferries stopped.", answers=(), evidence=())
    batch = collate(marked([RIBBON, far], tokenizer))
    tokens = tokenizer.convert_ids_to_tokens(batch["input_ids"][0])

    def at(name: str, row: int) -> list[str]:
        return [token for token, value in zip(tokens, batch[name][row], strict=True) if value == 1]

    first, *_, last = tokenizer.tokenize("Erik Flyvholm")
    assert (at("starts", 0), at("ends", 0)) == ([first], [last])
    assert at("sentence", 0) == tokenizer.tokenize(SENTENCES[1])
    assert batch["answered"].tolist() == [1, 0]
    assert batch["starts"][1].nonzero().tolist() == [[0]]  # none: the first token
    assert at("sentence", 1) == []
    assert (batch["sentence"] >= 0).sum(1).tolist() == [
        len(tokenizer.tokenize(TEXT)), len(tokenizer.tokenize(far.text))
    ]  # fmt: skip


def test_half_of_what_was_written_is_learnt_twice_beside_others(tmp_path, monkeypatch):
    def asked_of(source: str, count: int, *, development: bool = False) -> list[Pair]:
        some = (replace(RIBBON, source=source, text=f"{TEXT} {n}") for n in range(1000))
        return [p for p in some if is_development(p.text, source) == development][:count]

    for name, source in (("WRITTEN", "written"), ("SECOND", "squad2")):
        path = tmp_path / name
        write_pairs([*asked_of(source, 30), *asked_of(source, 5, development=True)], path)
        monkeypatch.setattr(f"train_reader.{name}", path)
    pairs = written_pairs()
    as_it_is = [p for p in pairs if p.source == "written" and p in asked_of("written", 30)]
    assert len(as_it_is) >= 30
    assert sum(p.source == "written" for p in pairs) == 30 + 15
    assert sum(p.source == "squad2" and bool(p.answers) for p in pairs) == 7
    assert not any(is_development(p.text, p.source) for p in as_it_is)
