import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT, SEEDS

from qa.cli import main

COMMANDS = ["index", "remove", "ask", "chat", "search", "serve", "mcp", "eval", "doctor"]


def qa(*arguments: object, given: str | None = None, **environ: str):
    runner = CliRunner(env={"COLUMNS": "200", **environ})
    return runner.invoke(main, [str(a) for a in arguments], input=given)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example(command):
    shown = qa(command, "--help")
    assert shown.exit_code == 0
    assert f"qa {command}" in shown.output
    assert "--index-dir" in shown.output


def test_the_package_is_the_command():
    command = [sys.executable, "-m", "qa", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.startswith("Usage: qa [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "--nope", "x"],
        ["ask", "x", "--sentences", "0"],
        ["ask", "x", "--sentences", "11"],
        ["ask", "x", "--sentences", "some"],
        ["chat", "--sentences", "11"],
        ["eval", "no-such-file"],
    ],
)
def test_wrong_usage_is_two(arguments):
    assert qa(*arguments).exit_code == 2


@pytest.mark.parametrize("command", [["ask", "Who?"], ["search", "x"]])
def test_no_index_is_one_sentence_and_one(command, tmp_path):
    shown = qa(*command, "--index-dir", tmp_path, "--json")
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.splitlines()[-1] == (
        f"Error: There is no index in {tmp_path} yet; run `qa index` to build it."
    )


def test_an_unknown_setting_is_told(tmp_path):
    shown = qa("ask", "Who?", QA_COLOUR="red")
    assert shown.exit_code == 1
    assert "QA_COLOUR is not a setting" in shown.stderr


def test_a_bad_date_is_wrong_usage():
    assert qa("ask", "Who?", "--from", "tomorrow").exit_code == 2


def test_a_span_of_no_days_is_told():
    shown = qa("search", "x", "--from", "2025-01-01", "--to", "2024-01-01")
    assert shown.exit_code == 1
    assert "`from` (2025-01-01) must not be later than `to` (2024-01-01)" in shown.stderr


def test_a_report_into_no_folder_is_told_before_anything_is_asked(tmp_path):
    testset = tmp_path / "set.jsonl"
    testset.write_text('{"id": "1", "question": "Who?", "answers": ["x"], "answerable": true}')
    shown = qa("eval", testset, "--json", tmp_path / "nowhere" / "e.json")
    assert (shown.exit_code, "There is no folder" in shown.stderr) == (1, True)


@pytest.mark.model
def test_what_would_steer_the_terminal_is_not_printed(tmp_path):
    (tmp_path / "esc\x1b[31m.txt").write_text("")
    (tmp_path / "a.txt").write_text("Rain\n\nRain fell in Oslo on Monday.")
    shown = qa("index", tmp_path, "--index-dir", tmp_path / "index")
    assert "is empty" in shown.stdout
    assert "\x1b" not in shown.stdout


pytestmark_model = pytest.mark.model


@pytest.fixture
def indexed(seeds_index) -> Path:
    return seeds_index.index_dir


@pytestmark_model
def test_ask_prints_the_record_alone_as_json(indexed):
    shown = qa("ask", "When did Rudenko meet Kumar?", "--json", "--index-dir", indexed)
    assert shown.exit_code == 0
    answer = json.loads(shown.stdout)
    assert "April 28, 2025" in answer["answer"]
    text = (SEEDS / "004_94b85d96ffde9c5a.txt").read_text("utf-8")
    assert answer["citations"][0]["quote"] in text
    assert answer["citations"][0]["article_id"] == "004_94b85d96ffde9c5a.txt"


@pytestmark_model
def test_ask_prints_for_people_with_the_quote_and_its_place(indexed):
    shown = qa("ask", "When did Rudenko meet Kumar?", "--index-dir", indexed)
    assert shown.stdout.splitlines()[0] == "Answer: April 28, 2025"
    assert shown.stdout.count("Vinay Kumar on April 28, 2025") == 1
    assert "(004_94b85d96ffde9c5a.txt, 0 to " in shown.stdout
    assert shown.stderr == ""


@pytestmark_model
def test_a_terminal_is_told_that_the_models_are_loading(indexed):
    terminal, end = os.openpty()
    command = [sys.executable, "-m", "qa", "search", "grey list", "-k", "1"]
    shown = subprocess.run(
        [*command, "--index-dir", indexed],
        stdout=subprocess.PIPE,
        stderr=end,
        cwd=ROOT,
        timeout=100,
    )
    os.close(end)
    # What waits there may end within a letter.
    told = os.read(terminal, 100_000).decode(errors="replace")
    os.close(terminal)
    assert (shown.returncode, "Loading the models…" in told) == (0, True)
    assert b"Loading" not in shown.stdout


@pytestmark_model
def test_an_answer_has_at_most_the_sentences_asked_for(indexed):
    question, given = "What did Rudenko and Kumar talk about?", ["--index-dir", indexed]
    environ = {"QA_ABSTAIN_THRESHOLD": "0"}
    shown = qa("ask", question, "--json", "--sentences", 1, *given, **environ)
    assert len(json.loads(shown.stdout)["sentences"]) == 1
    chat = qa("chat", "--sentences", 1, *given, given=f"{question}\n", **environ)
    assert json.loads(shown.stdout)["answer"] in chat.stdout.splitlines()[:2]


@pytestmark_model
def test_chat_carries_on_and_ends_with_the_input(indexed):
    given = "When did Rudenko meet Kumar?\n\nAnd who announced it?\n"
    shown = qa("chat", "--index-dir", indexed, given=given)
    assert shown.exit_code == 0
    assert "Searched for: And who announced it? Rudenko meet Kumar" in shown.stdout


@pytestmark_model
def test_search_shows_passages(indexed):
    shown = qa("search", "grey list", "-k", "1", "--index-dir", indexed)
    assert "Financial Action Task Force (FATF) “grey list”" in " ".join(shown.stdout.split())
    found = json.loads(qa("search", "grey list", "-k", 2, "--json", "--index-dir", indexed).stdout)
    assert len(found["passages"]) == 2


@pytestmark_model
def test_filters_that_leave_nothing_are_refused_politely(indexed):
    shown = qa("ask", "Who?", "--source", "Nobody", "--json", "--index-dir", indexed)
    answer = json.loads(shown.stdout)
    assert (answer["abstained"], answer["passages"]) == (True, [])


@pytestmark_model
def test_index_again_changes_nothing_and_says_so(tmp_path):
    place = ["--index-dir", tmp_path / "index"]
    (tmp_path / "a.txt").write_text("Rain\n\nRain fell in Oslo on Monday.")
    first = qa("index", tmp_path / "a.txt", *place)
    assert first.stdout == (
        "1 added, 0 changed, 0 removed, 0 unchanged, 0 failed; published as generation 1.\n"
        "  1 article has no date (a.txt); a limit by date leaves it out.\n"
    )
    (tmp_path / "b.txt").write_text("Snow\n3 May 2024\n\nSnow fell in Oslo on Monday.")
    (tmp_path / "c.txt").write_text("Hail\n\nHail fell in Oslo on Monday.")
    more = qa("index", tmp_path / "b.txt", tmp_path / "c.txt", *place)
    assert more.stdout.splitlines()[1] == (
        "  2 articles have no date (a.txt, …); a limit by date leaves them out."
    )
    again = qa("index", tmp_path / "b.txt", *place)
    assert again.stdout.splitlines()[0] == (
        "0 added, 0 changed, 0 removed, 1 unchanged, 0 failed; nothing to publish."
    )
    gone = qa("remove", "a.txt", *place)
    assert gone.stdout.startswith("0 added, 0 changed, 1 removed")


@pytestmark_model
def test_eval_writes_json_and_a_report_and_is_a_gate(indexed, tmp_path):
    testset = tmp_path / "set.jsonl"
    testset.write_text(
        json.dumps(
            {
                "id": "1",
                "question": "When did Rudenko meet Kumar?",
                "answers": ["April 28, 2025"],
                "articles": ["004_94b85d96ffde9c5a"],
                "answerable": True,
            }
        )
    )
    files = ["--json", tmp_path / "e.json", "--report", tmp_path / "e.html"]
    shown = qa("eval", testset, *files, "--min", "contained=1", "--index-dir", indexed)
    assert shown.exit_code == 0, shown.output
    measured = json.loads((tmp_path / "e.json").read_text("utf-8"))
    assert measured["metrics"]["contained"]["value"] == 1.0
    assert measured["cases"][0]["supported"] is True
    assert "April 28, 2025" in (tmp_path / "e.html").read_text("utf-8")
    gate = qa("eval", testset, "--max", "latency_p50=0.001", "--index-dir", indexed)
    assert gate.exit_code == 1


@pytestmark_model
def test_doctor_finds_nothing_wrong(indexed):
    shown = qa("doctor", "--index-dir", indexed)
    assert shown.exit_code == 0
    assert "hosts contacted: none" in shown.stdout
    assert "5 articles" in shown.stdout


def test_a_pipe_that_closes_is_no_error(tmp_path):
    command = f"{sys.executable} -m qa.cli --help | head -1"
    shown = subprocess.run(
        command, shell=True, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ)
    )
    assert "Traceback" not in shown.stderr
