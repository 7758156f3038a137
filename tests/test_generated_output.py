"""What a language model wrote, as a terminal and a Markdown file show it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import WordEmbedder
from scripted_model import ScriptedModel
from web_fakes import ARTICLES
from writing_fakes import (
    CACHED,
    FELL_BACK,
    HOSTILE,
    MARKED,
    MODEL,
    QUOTE,
    REPLACED,
    STOPPED,
    SUPPORTED,
    TOO_LATE,
    UNSUPPORTED,
    WritingEngine,
)

from qa import Answer, AnswerSentence, Comparison, Settings, Verification, provenance
from qa.cli import main
from qa.engine import Engine
from qa.indexing import index_paths
from qa.output import show_answer
from web import create_app

VERBATIM = "The work cost 310 million crowns, twice what the council had planned."
APPLES = "The old orchard above Velm gave 42 tonnes of apples this autumn."


@pytest.fixture
def engine(tmp_path: Path) -> WritingEngine:
    return WritingEngine(Settings(index_dir=tmp_path, llm=MODEL))


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def place(quote: str, article: int = 0) -> str:
    start = ARTICLES[article].text.index(quote)
    return f"({ARTICLES[article].id}, {start} to {start + len(quote)})"


def qa(engine: WritingEngine | Engine, *arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, list(arguments), obj=engine)


# --- who wrote it


@pytest.mark.parametrize(
    ("counts", "changes", "told"),
    [
        ((1, 1, 0, 0), {}, "Written by m · 1 of 1 sentence supported"),
        (
            (4, 3, 1, 0),
            {},
            "Written by m · 3 of 4 sentences supported, 1 replaced by the articles’ own words",
        ),
        ((3, 2, 0, 1), {}, "Written by m · 2 of 3 sentences supported, 1 left out"),
        ((3, 1, 0, 0), {}, "Written by m · 1 of 3 sentences supported, 2 not supported"),
        (
            (9, 4, 1, 2),
            {},
            "Written by m · 4 of 9 sentences supported, 1 replaced by the articles’ own words,"
            " 2 left out, 2 not supported",
        ),
        (
            (2, 2, 0, 0),
            {"cached": True},
            "Written by m · 2 of 2 sentences supported · from an earlier answer",
        ),
        (
            (1, 1, 0, 0),
            {"stopped": True},
            "Written by m · 1 of 1 sentence supported · stopped before it was finished",
        ),
        # What is not supported is not shown in a refusal, even where it would be marked.
        (
            (2, 0, 0, 0),
            {"abstained": True},
            "Written by m · 0 of 2 sentences supported, 2 left out",
        ),
        ((0, 0, 0, 0), {"abstained": True}, "Refused by m"),
        (None, {}, ""),
        (None, {"fallback": "It broke off."}, "The articles’ own words: It broke off."),
        (
            None,
            {"fallback": "It broke off.", "abstained": True},
            "Without the language model: It broke off.",
        ),
    ],
)
def test_the_provenance_is_told_in_words(
    engine: WritingEngine, counts: tuple[int, int, int, int] | None, changes: dict, told: str
) -> None:
    names = ("sentences", "supported", "replaced", "dropped")
    verification = counts and Verification(**dict(zip(names, counts, strict=True)))
    values = {"answerer": "m", "verification": verification, **changes}
    assert provenance(engine.ask("Who?").model_copy(update={"abstained": False, **values})) == told


# --- in a terminal


@pytest.mark.usefixtures("plain")
def test_a_quote_in_place_of_a_sentence_is_in_quotation_marks(
    engine: WritingEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    show_answer(engine.ask(REPLACED))
    assert capsys.readouterr().out.splitlines() == [
        f"{SUPPORTED} [1] “{QUOTE}” [2][1]",
        "Strong evidence (confidence 0.60)",
        f"Written by {MODEL} · 1 of 3 sentences supported,"
        " 1 replaced by the articles’ own words, 1 left out",
        f"[1] {ARTICLES[0].title}, Coastal Times, 2024-05-03  {place(VERBATIM)}",
        f"    “{VERBATIM}”",
        f"[2] {ARTICLES[0].title}, Coastal Times, 2024-05-03  {place(QUOTE)}",
    ]


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("question", "lines"),
    [
        (
            MARKED,
            [
                f"{QUOTE} [1] {UNSUPPORTED} (not supported by the articles)",
                "Strong evidence (confidence 0.75)",
                f"Written by {MODEL} · 1 of 2 sentences supported, 1 not supported",
            ],
        ),
        (
            FELL_BACK,
            [
                f"{APPLES} [1]",
                "Strong evidence (confidence 0.75)",
                f"The articles’ own words: {TOO_LATE}",
            ],
        ),
        (
            CACHED,
            [
                f"{SUPPORTED} [1]",
                "Strong evidence (confidence 0.67)",
                f"Written by {MODEL} · 1 of 1 sentence supported · from an earlier answer",
            ],
        ),
    ],
    ids=["marked", "fallback", "cached"],
)
def test_what_a_model_did_is_told(
    engine: WritingEngine, capsys: pytest.CaptureFixture[str], question: str, lines: list[str]
) -> None:
    show_answer(engine.ask(question))
    assert capsys.readouterr().out.splitlines()[:3] == lines


@pytest.mark.usefixtures("plain")
def test_a_model_can_not_steer_the_terminal_nor_invent_markers(
    engine: WritingEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    written = AnswerSentence(text="Rain\x1b[31m fell [7].", citations=(1,), support="supported")
    changes = {"sentences": (written,), "fallback": "It said \x1b[31mno."}
    show_answer(engine.ask(REPLACED).model_copy(update=changes))
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == "Rain\ufffd[31m fell [\u20607]. [1]"
    assert "The articles’ own words: It said \ufffd[31mno." in shown


# --- qa ask --compare


def test_both_answers_are_printed_one_after_the_other(engine: WritingEngine) -> None:
    shown = qa(engine, "ask", REPLACED, "--compare", "--source", "Coastal Times")
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0] == "In the articles’ own words"
    assert lines[1:3] == ["Answer: 310 million crowns", f"{VERBATIM} [1] {QUOTE} [2]"]
    second = lines.index(f"Written by {MODEL}")
    assert lines[second - 1] == ""
    assert lines[second + 1] == f"{SUPPORTED} [1] “{QUOTE}” [2][1]"
    assert engine.answerers == ["extractive", "generated"]
    assert [filters.source for filters, *_ in engine.asked] == ["Coastal Times"] * 2


def test_one_search_serves_both_answers(
    settings: Settings, embedder: WordEmbedder, articles: Path
) -> None:
    index_paths(settings, embedder, [articles])
    model = ScriptedModel(["In the old bridge's place sails a ferry."])
    settings = replace(settings, abstain_threshold=0.0, unsupported="mark", llm=model.name)
    engine = Engine(settings, embedder, model=model)
    lines = qa(engine, "ask", "When did the old bridge reopen?", "--compare").stdout.splitlines()
    engine.close()
    assert lines[0] == "In the articles’ own words"
    assert lines[1].startswith("The old bridge in Lemvig reopened on 3 May 2024")
    second = lines.index("With scripted:test")
    assert lines[second + 1 : second + 4 : 2] == [
        "The articles do not answer this question.",
        "Written by scripted:test · 0 of 1 sentence supported, 1 left out",
    ]
    assert len(model.asked) == 1


def test_a_model_that_failed_is_told_in_place_of_its_answer(engine: WritingEngine) -> None:
    lines = qa(engine, "ask", FELL_BACK, "--compare").stdout.splitlines()
    assert lines[1] == f"{APPLES} [1]"
    assert lines[-2:] == [f"With {MODEL}", f"It wrote no answer: {TOO_LATE}"]


def test_the_comparison_as_json_is_one_record(engine: WritingEngine) -> None:
    shown = qa(engine, "ask", REPLACED, "--compare", "--json")
    both = Comparison.model_validate_json(shown.stdout)
    assert both.extractive.sentences[0].text == VERBATIM
    assert both.generated.sentences[0].text == SUPPORTED
    assert list(json.loads(shown.stdout)) == ["extractive", "generated"]


def test_without_a_model_the_comparison_is_refused_in_one_sentence(tmp_path: Path) -> None:
    shown = qa(WritingEngine(Settings(index_dir=tmp_path)), "ask", REPLACED, "--compare")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "Error: No language model is set; name one in QA_LLM." in shown.stderr


def test_an_answer_alone_is_what_is_asked_for_otherwise(engine: WritingEngine) -> None:
    answer = Answer.model_validate_json(qa(engine, "ask", REPLACED, "--json").stdout)
    assert answer.answerer == MODEL


# --- in a Markdown file


def exported(engine: WritingEngine, question: str) -> list[str]:
    client = create_app(engine).test_client()
    conversation = client.post("/api/ask", json={"question": question}).get_json()
    address = f"/api/conversations/{conversation['conversation_id']}/export.md"
    return client.get(address).text.split("\n\n")


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        (
            REPLACED,
            f"{SUPPORTED} \\[1\\] “{QUOTE}” \\[2\\]\\[1\\]",
            f"*Written by {MODEL} · 1 of 3 sentences supported, 1 replaced by the articles’ own"
            " words, 1 left out*",
        ),
        (
            MARKED,
            f"{QUOTE} \\[1\\] {UNSUPPORTED} (not supported by the articles)",
            f"*Written by {MODEL} · 1 of 2 sentences supported, 1 not supported*",
        ),
        (FELL_BACK, f"{APPLES} \\[1\\]", f"*The articles’ own words: {TOO_LATE}*"),
        (
            STOPPED,
            f"{SUPPORTED} \\[1\\]",
            f"*Written by {MODEL} · 1 of 1 sentence supported · stopped before it was finished*",
        ),
    ],
    ids=["replaced", "marked", "fallback", "stopped"],
)
def test_an_export_says_who_wrote_an_answer(
    engine: WritingEngine, question: str, answer: str, told: str
) -> None:
    lines = exported(engine, question)
    assert (lines[2], lines[4]) == (answer, told)


def test_markup_that_a_model_wrote_stays_text(engine: WritingEngine) -> None:
    assert exported(engine, HOSTILE)[2] == (
        "\\*\\*The parrot\\*\\* \\[left\\](javascript:window.ran=1)"
        " \\<img src=x onerror='window.ran=1'\\> \\`now\\`. \\[1\\]"
    )
