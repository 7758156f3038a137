"""The readers, with tiny networks made here, and the one that ships."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import passage

from qa.errors import BadRequest
from qa.reading import (
    MAX_ANSWER_TOKENS,
    UNREAD,
    LocalReader,
    Reading,
    SentenceReading,
    open_reader,
    read_enough,
)
from qa.settings import Settings

BRIDGE = passage(
    "bridge",
    "Mayor Erik Flyvholm cut the ribbon.",
    "The old bridge in Lemvig reopened on 3 May 2024 after two years of repairs.",
    "The repairs cost 14 million kroner.",
    title="Old bridge reopens in Lemvig",
)
FERRY = passage(
    "ferry", "The ferry to Thyborøn stopped in winter because of ice.", title="Ferry stops"
)


@pytest.fixture(scope="session")
def shipped_reader() -> LocalReader:
    return LocalReader(Settings())


def test_no_reader_is_none():
    assert open_reader(Settings(reader="none")) is None


class CountingReader:
    """Finds the best answers as told, passage by passage; remembers how many it was given."""

    def __init__(self, *spans: float) -> None:
        self.spans = list(spans)
        self.given: list[int] = []

    def read(self, question, passages):
        self.given.append(len(passages))
        spans = [self.spans.pop(0) for _ in passages]
        return [Reading(0.0, (SentenceReading(span, 0.0, None),)) for span in spans]


@pytest.mark.parametrize(
    ("spans", "given"),
    [
        pytest.param([6.0, *[-1] * 13], [6], id="sure at once"),
        pytest.param([5.9, *[-1] * 13], [6, 6], id="sure enough in the second step"),
        pytest.param([0.9, *[-1] * 13], [6, 6, 2], id="in doubt"),
        pytest.param([-6.1] * 14, [6], id="hopeless"),
        pytest.param([-6.0] * 14, [6, 6, 2], id="nearly hopeless"),
        pytest.param([*[-6.1] * 5, -6.0, *[-7] * 5, 1.0, -1, -1], [6, 6], id="later"),
        pytest.param([*[-1] * 13, 5.0], [6, 6, 2], id="late"),
        pytest.param([-9.0] * 3, [3], id="few passages"),
    ],
)
def test_reading_ends_early_where_an_answer_is_sure_or_hopeless(spans, given):
    reader = CountingReader(*spans)
    assert len(read_enough(reader, "Who?", [FERRY] * len(spans), among=50_000)) == sum(given)
    assert reader.given == given


@pytest.mark.parametrize(
    ("spans", "given"),
    [
        pytest.param([1.0, *[-1] * 11], [4], id="sure"),
        pytest.param([0.9, *[-1] * 11], [4, 3], id="in doubt"),
        pytest.param([-6.0] * 12, [4, 3], id="nearly hopeless"),
        pytest.param([-6.1] * 12, [4], id="hopeless"),
        pytest.param([-1.0] * 5, [4, 1], id="few passages"),
    ],
)
def test_among_few_passages_fewer_are_read(spans, given):
    reader = CountingReader(*spans)
    read_enough(reader, "Who?", [FERRY] * len(spans), among=46)
    assert reader.given == given


@pytest.mark.parametrize(
    ("spans", "likeliest"),
    [((-2.0, 1.0, 0.5), 1), ((-3.0, UNREAD), 0), ((-3.1, -4.0), None), ((), None)],
)
def test_the_likeliest_sentence_is_the_one_with_the_best_span_unless_none_is_likely(
    spans, likeliest
):
    sentences = tuple(SentenceReading(span, 9.0, None) for span in spans)
    assert Reading(0.0, sentences).likeliest == likeliest


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When did the bridge reopen?", "3 May 2024"),
        ("who cut the ribbon", "Erik Flyvholm"),
        ("How much did the repairs cost?", "14 million"),
    ],
)
def test_the_shipped_reader_gives_the_exact_words(shipped_reader, question, answer):
    reading = shipped_reader.read(question, [BRIDGE])[0]
    best = max(reading.sentences, key=lambda sentence: sentence.span)
    assert best.answer is not None
    assert answer in BRIDGE.article.text[slice(*best.answer)]
    assert best.answer[1] - best.answer[0] <= len(answer) + 15


@pytest.mark.model
def test_a_text_that_does_not_answer_is_less_likely_to(shipped_reader):
    bridge, ferry = shipped_reader.read("When did the bridge reopen?", [BRIDGE, FERRY])
    assert bridge.answered > ferry.answered
    assert max(s.span for s in bridge.sentences) > max(s.span for s in ferry.sentences)


@pytest.mark.model
def test_a_passage_reads_the_same_alone_and_beside_others(shipped_reader):
    alone = shipped_reader.read("When did the bridge reopen?", [FERRY])[0]
    _, beside = shipped_reader.read("When did the bridge reopen?", [BRIDGE, FERRY])
    assert beside.answered == pytest.approx(alone.answered, abs=0.3)  # bfloat16 rounds
    assert len(beside.sentences) == 1


@pytest.mark.model
def test_every_answer_stands_inside_its_sentence(shipped_reader):
    long = passage("long", *[f"Sentence number {n} tells of day {n} in May." for n in range(60)])
    reading = shipped_reader.read("What happened on day 3?", [long])[0]
    assert len(reading.sentences) == 60
    assert (reading.sentences[-1].span, reading.sentences[-1].answer) == (UNREAD, None)
    for sentence, read in zip(long.sentences, reading.sentences, strict=True):
        if read.answer:
            start, end = read.answer
            assert sentence.start <= start < end <= sentence.end
            assert len(long.article.text[start:end].split()) <= MAX_ANSWER_TOKENS


@pytest.mark.model
def test_a_very_long_question_is_cut_and_read(shipped_reader):
    reading = shipped_reader.read("When did the bridge reopen? " * 60, [BRIDGE])[0]
    assert len(reading.sentences) == 3


@pytest.mark.model
def test_no_passages_give_no_readings(shipped_reader):
    assert shipped_reader.read("Who?", []) == []


@pytest.fixture(scope="session")
def other_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question-answering model and a cross-encoder, tiny and untrained, as folders."""
    from transformers import (
        AutoTokenizer,
        BertConfig,
        BertForQuestionAnswering,
        BertForSequenceClassification,
    )

    from qa.models import bundled_folder

    folder = tmp_path_factory.mktemp("models")
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_labels=1,
    )  # fmt: skip
    for name, kind in (("qa", BertForQuestionAnswering), ("cross", BertForSequenceClassification)):
        kind(
            BertConfig.from_dict(config.to_dict() | {"num_labels": 2 if name == "qa" else 1})
        ).save_pretrained(folder / name)
        AutoTokenizer.from_pretrained(bundled_folder()).save_pretrained(folder / name)
    return folder


@pytest.mark.model
def test_another_question_answering_model_gives_words(other_models):
    readings = LocalReader(Settings(reader=str(other_models / "qa"))).read("Who?", [BRIDGE, FERRY])
    assert [len(r.sentences) for r in readings] == [3, 1]
    assert readings[0].answered == max(s.span for s in readings[0].sentences)
    assert all(s.answer for s in readings[0].sentences)


@pytest.mark.model
def test_a_cross_encoder_gives_scores_and_no_words(other_models):
    reader = LocalReader(Settings(reader=str(other_models / "cross")))
    readings = reader.read("Who?", [BRIDGE, FERRY])
    assert [len(r.sentences) for r in readings] == [3, 1]
    assert all(s.answer is None and s.span == s.evidence for s in readings[0].sentences)
    assert np.isfinite(readings[1].answered)


@pytest.mark.model
def test_a_model_that_is_not_there_is_told_in_one_sentence():
    with pytest.raises(BadRequest, match="QA_READER=no/such can't be loaded: it must be"):
        LocalReader(Settings(reader="no/such")).read("Who?", [BRIDGE])


def test_the_day_of_an_article_is_read_where_a_question_names_its_month_or_year(shipped_reader):
    plain = passage(
        "bank",
        "The central bank of Norland left its key rate at 4.5 percent on Thursday.",
        title="Norland's bank waits",
    )
    dated = replace(plain, article=replace(plain.article, published=date(2023, 12, 14)))
    question = "What did the central bank of Norland do in December 2023?"
    (without,), (read,) = (shipped_reader.read(question, [p]) for p in (plain, dated))
    assert read.answered > 0 > without.answered
    start, end = read.sentences[0].answer
    assert plain.article.text[start:end].startswith("left its key rate")
    other = "What did the central bank of Norland do in March 2022?"
    assert shipped_reader.read(other, [plain]) == shipped_reader.read(other, [dated])


def test_a_name_is_read_as_people_type_it(shipped_reader):
    ferry = passage("ferry", "The captain of the ferry was Lars Øberg of Bergen.")
    (reading,) = shipped_reader.read("Who is Lars Oberg?", [ferry])
    assert reading == shipped_reader.read("Who is Lars Øberg?", [ferry])[0]
