import gzip
import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest
from conftest import ROOT

from qa.evaluation.metrics import mean
from qa.settings import Settings

sys.path.insert(0, str(ROOT))  # benchmarks are run from the repository, and not installed

from benchmarks.quality.__main__ import Run
from benchmarks.quality.bench import Bench, progress_line
from benchmarks.quality.cases import conversations, spans_of
from benchmarks.quality.measures import Row, estimated, nearest_sentence, rank_of_first, recall
from benchmarks.quality.table import as_json, cells

PASSAGE = "The mill in Ribe burned in 1911 . Nobody was hurt . A baker named Ada Krogh rebuilt it ."
SENTENCES = ["The mill in Ribe burned in 1911 .", "Nobody was hurt .", PASSAGE[52:]]


@pytest.mark.parametrize(
    ("start", "end", "number"),
    [
        (0, 10, 0),
        (8, 30, 1),  # 2 characters of the first, 10 of the second, 8 of the third
        (5, 15, 0),  # 5 of the first, 3 of the second
        (5, 17, 0),  # 5 of both: the first
        (10, 12, None),  # between two sentences
        (40, 50, None),
    ],
)
def test_a_citation_is_mapped_to_the_sentence_it_shares_most_with(start, end, number):
    assert nearest_sentence(start, end, [(0, 10), (12, 22), (22, 30)]) == number


def test_sentences_are_placed_one_after_the_other():
    assert spans_of(["Yes . ", "No .", "Yes ."], "Yes .  No . Yes .") == ((0, 5), (7, 11), (12, 17))


def test_the_rank_of_the_first_that_holds():
    assert rank_of_first([False, True, True]) == 2
    assert rank_of_first([False]) == math.inf


def test_recall_counts_different_articles():
    found = ["a", "a", "b", "c", "d"]
    assert recall(found, {"a", "c", "x"}, 2) == pytest.approx(1 / 3)
    assert recall(found, {"a", "c", "x"}, 3) == pytest.approx(2 / 3)


def test_an_estimate_has_its_interval():
    # All of five: 5 / (5 + 3.8415) to 1, by Wilson.
    assert estimated([True] * 5).low == pytest.approx(0.5655, abs=0.0001)
    half = estimated([0, 1] * 50)
    # The standard error of a share of 0.5 in 100 is 0.05, so about 0.4 to 0.6.
    assert (half.value, half.n) == (0.5, 100)
    assert (half.low, half.high) == pytest.approx((0.4, 0.6), abs=0.02)


@pytest.mark.parametrize(
    ("row", "shown", "reached"),
    [
        (
            Row(set="s", measure="m", measured=estimated([1, 1]), floor=0.413, mark=0.55),
            ("100.0 %", "34.2 % to 100.0 %", "2", "41.3 %", "", "≥ 55.0 %", "yes"),
            True,
        ),
        (
            Row(set="s", measure="m", measured=estimated([200.4], mean), unit="ms", mark=150,
                at_most=True),
            ("200 ms", "–", "1", "", "", "≤ 150 ms", "no"),
            False,
        ),
        (
            Row(set="s", measure="m", measured=estimated([]), unit="ratio", published=0.5, by="X"),
            ("–", "–", "0", "", "0.500 X", "", ""),
            None,
        ),
    ],
)  # fmt: skip
def test_a_row_as_it_is_shown(row, shown, reached):
    assert cells(row) == shown
    assert as_json(row)["reached"] is reached
    assert as_json(row)["value"] == row.measured.value


def test_progress_tells_the_rate_and_the_time_left():
    assert progress_line("quiz", 20, 100, 10.0) == "quiz: 20 of 100, 2.0/s, 40 s left"
    assert progress_line("quiz", 100, 100, 50.0) == "quiz: 100 of 100, 2.0/s, 50 s"


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "QA_BENCH_DIR is not set; it names the folder of public benchmark data."),
        ({"QA_BENCH_DIR": "nowhere"}, "QA_BENCH_DIR=nowhere is not a folder."),
    ],
)
def test_without_data_the_command_says_so_and_stops(environ, reason):
    command = [sys.executable, "-m", "benchmarks.quality"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"Error: {reason}\n")


@pytest.fixture
def bench(tmp_path):
    settings = Settings(bench_dir=str(tmp_path / "data"), abstain_threshold=0.0)
    return Bench(settings, indexes=tmp_path / "indexes")


def write(bench, name, *objects):
    path = bench.data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(item) + "\n" for item in objects)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())


def values(run):
    return {row.measure: row.measured.value for row in run.rows}


def test_a_set_whose_files_are_missing_is_skipped_with_a_reason(bench):
    run = Run(bench)
    run.measure("qed")
    assert (run.rows, run.failed) == ([], {})
    assert run.skipped == {"qed": "QA_BENCH_DIR has no qed/qed-dev.jsonlines."}


def test_a_conversation_is_its_last_question_after_the_earlier_ones(bench):
    text = "|user|: Who rebuilt the mill?\n|user|: When?"
    write(bench, "mtrag/own_questions.jsonl", {"_id": "a<::>2", "text": text})
    write(bench, "mtrag/own_rewrite.jsonl", {"_id": "a<::>2", "text": "|user|: When was it?"})
    judged = "query-id\tcorpus-id\tscore\na<::>2\tp1\t1\na<::>2\tp2\t1\n"
    (bench.data / "mtrag" / "own_qrels.tsv").write_text(judged)
    (talk,) = conversations(bench.data, "own")
    assert (talk.question, [turn.question for turn in talk.history], talk.rewrite) == (
        "When?",
        ["Who rebuilt the mill?"],
        "When was it?",
    )
    assert talk.relevant == {"p1", "p2"}


@pytest.mark.model
def test_passages_at_hand_are_asked_through_the_engine(bench):
    def clapnq(question, selected):
        passage = {"title": "Mill", "text": PASSAGE, "sentences": SENTENCES}
        output = [{"answer": "", "selected_sentences": selected}]
        return {"id": question, "input": question, "passages": [passage], "output": output}

    starts = [PASSAGE.index(sentence) for sentence in SENTENCES]
    entails = {"explanation_type": "single_sentence", "selected_sentence": {"start": starts[0]}}
    qed = {
        "example_id": 1,
        "title_text": "Mill",
        "question_text": "when did the mill in ribe burn",
        "paragraph_text": PASSAGE,
        "sentence_starts": starts,
    }
    write(
        bench,
        "clapnq/clapnq_dev_answerable.jsonl",
        clapnq("who rebuilt the mill", SENTENCES[2:]),
        clapnq("when did the mill burn", SENTENCES[1:2]),  # wrong on purpose
    )
    write(bench, "clapnq/clapnq_dev_unanswerable.jsonl", clapnq("who owns the castle", []))
    write(
        bench,
        "qed/qed-dev.jsonlines",
        qed | {"annotation": entails},
        qed | {"annotation": {"explanation_type": "none"}},  # not asked
    )
    run = Run(bench)
    run.measure("clapnq")
    assert values(run) == {
        "refused, unanswerable": 0.0,  # with a threshold of 0, nothing is
        "refused, answerable": 0.0,
        "balanced accuracy of refusing": 0.5,
        "AUROC of confidence": 1.0,
        "first sentence is right": 0.5,
    }
    run = Run(bench)
    run.measure("qed")
    assert values(run) == {"first sentence is right": 1.0}
    assert run.rows[0].measured.n == 1


@pytest.mark.model
def test_the_quiz_is_asked_over_its_own_articles(bench):
    articles = {"d0": PASSAGE, "d1": "The ferry to Fanø sails at noon . It takes 12 minutes ."}
    write(
        bench,
        "realtimeqa/docs_2022.jsonl.gz",
        *(
            {"doc_id": i, "title": "", "url": "", "publish_date": "2022/06/16", "text": text}
            for i, text in articles.items()
        ),
    )
    quiz = {"question_id": "q", "question": "Who rebuilt the mill in Ribe?", "freeform": True}
    answers = {"answers": ["Ada Krogh"], "gold_ids": ["d0"]}
    write(
        bench,
        "realtimeqa/questions_2022.jsonl",
        quiz | answers,
        quiz | answers | {"freeform": False},  # not asked
    )
    run = Run(replace(bench, limit=1))
    run.measure("realtimeqa_2022")
    assert run.failed == {}
    assert {row.measured.n for row in run.rows} == {1}
    assert values(run)["contains, at most 3 sentences"] == 1.0
    assert values(run)["contains, first sentence"] == 1.0
    assert values(run)["hit@10, quiz's article"] == 1.0
    assert values(run)["answer in first 1 passages"] == 1.0
