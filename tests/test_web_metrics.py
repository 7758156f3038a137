"""The figures for a monitor add up to what was answered, in the format that Prometheus reads."""

import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from web_fakes import FakeEngine

from qa import Answer, AnswerSentence, Settings, Usage, Verification
from web import create_app

BEFORE = """\
# HELP qa_questions_total Questions answered or refused.
# TYPE qa_questions_total counter
qa_questions_total{answerer="extractive"} 0
# HELP qa_refusals_total Questions that the articles don't answer.
# TYPE qa_refusals_total counter
qa_refusals_total 0
# HELP qa_fallbacks_total Answers that a language model should have written.
# TYPE qa_fallbacks_total counter
qa_fallbacks_total 0
# HELP qa_cached_total Answers that had been written before.
# TYPE qa_cached_total counter
qa_cached_total 0
# HELP qa_tokens_total Tokens that answers cost.
# TYPE qa_tokens_total counter
qa_tokens_total{direction="in"} 0
qa_tokens_total{direction="out"} 0
# HELP qa_sentences_total Sentences, by what became of them.
# TYPE qa_sentences_total counter
qa_sentences_total{support="verbatim"} 0
qa_sentences_total{support="supported"} 0
qa_sentences_total{support="replaced"} 0
qa_sentences_total{support="unsupported"} 0
qa_sentences_total{support="dropped"} 0
# HELP qa_answer_seconds Seconds spent on answers.
# TYPE qa_answer_seconds summary
qa_answer_seconds_sum 0
qa_answer_seconds_count 0
# HELP qa_index_generation Generation of the index; 0 without one.
# TYPE qa_index_generation gauge
qa_index_generation 1
# HELP qa_index_articles Articles that can be asked; 0 without an index.
# TYPE qa_index_articles gauge
qa_index_articles 3
"""
QUESTION = {"question": "How much did the work cost?"}


class Writing(FakeEngine):
    """Answers as a language model of an odd name that wrote six sentences."""

    def ask(self, *args: object, **options: object) -> Answer:
        answer = super().ask(*args, **options)
        return answer.model_copy(
            update={
                "answerer": 'local:a"b\\c\nd',
                "sentences": (
                    AnswerSentence(text="A.", citations=(1,), support="supported"),
                    AnswerSentence(text="B.", citations=(1,), support="replaced"),
                    AnswerSentence(text="C.", citations=(), support="unsupported"),
                ),
                "verification": Verification(sentences=6, supported=1, replaced=1, dropped=3),
                "usage": Usage(tokens_in=900, tokens_out=70),
                "cached": True,
            }
        )


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Settings(index_dir=tmp_path))


@pytest.fixture
def client(engine: FakeEngine) -> FlaskClient:
    return create_app(engine).test_client()


def samples(client: FlaskClient) -> dict[str, str]:
    lines = client.get("/metrics").text.splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_every_figure_is_there_before_the_first_question(client: FlaskClient) -> None:
    response = client.get("/metrics")
    assert response.text == BEFORE
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_answer_counts_once_whole_or_in_events(client: FlaskClient, accept: str) -> None:
    client.post("/api/ask", json=QUESTION, headers={"Accept": accept}).get_data()
    found = samples(client)
    assert found['qa_questions_total{answerer="fake"}'] == "1"
    assert found["qa_refusals_total"] == "0"
    assert found['qa_sentences_total{support="verbatim"}'] == "1"
    assert found["qa_answer_seconds_sum"] == "0.003"
    assert found["qa_answer_seconds_count"] == "1"


def test_a_refusal_counts_and_an_error_does_not(client: FlaskClient) -> None:
    client.post("/api/ask", json={"question": "Who painted the moon?"})
    client.post("/api/ask", json={"question": " x" * 2000})
    found = samples(client)
    assert found['qa_questions_total{answerer="fake"}'] == "1"
    assert found["qa_refusals_total"] == "1"


def test_what_a_language_model_wrote_is_told_apart(tmp_path: Path) -> None:
    client = create_app(Writing(Settings(index_dir=tmp_path))).test_client()
    for _ in range(2):
        client.post("/api/ask", json=QUESTION)
    found = samples(client)
    assert found['qa_questions_total{answerer="local:a\\"b\\\\c\\nd"}'] == "2"
    assert found["qa_cached_total"] == "2"
    assert found["qa_fallbacks_total"] == "0"
    assert found['qa_tokens_total{direction="in"}'] == "1800"
    assert found['qa_tokens_total{direction="out"}'] == "140"
    kinds = ("verbatim", "supported", "replaced", "unsupported", "dropped")
    counted = [found[f'qa_sentences_total{{support="{kind}"}}'] for kind in kinds]
    assert counted == ["0", "2", "2", "2", "6"]


def test_a_fallback_counts(tmp_path: Path) -> None:
    class Late(FakeEngine):
        def ask(self, *args: object, **options: object) -> Answer:
            late = {"fallback": "The model took too long."}
            return super().ask(*args, **options).model_copy(update=late)

    client = create_app(Late(Settings(index_dir=tmp_path))).test_client()
    client.post("/api/ask", json=QUESTION)
    assert samples(client)["qa_fallbacks_total"] == "1"


def test_without_an_index_the_figures_are_still_given(
    client: FlaskClient, engine: FakeEngine
) -> None:
    engine.has_index = False
    assert client.get("/metrics").status_code == 200
    found = samples(client)
    assert (found["qa_index_generation"], found["qa_index_articles"]) == ("0", "0")


def test_a_broken_index_does_not_break_the_figures(tmp_path: Path) -> None:
    class Broken(FakeEngine):
        def statistics(self) -> None:
            raise OSError("disk")

    client = create_app(Broken(Settings(index_dir=tmp_path))).test_client()
    assert samples(client)["qa_index_articles"] == "0"


def test_each_site_counts_for_itself(client: FlaskClient, engine: FakeEngine) -> None:
    client.post("/api/ask", json=QUESTION)
    assert create_app(engine).test_client().get("/metrics").text == BEFORE


def test_nothing_is_lost_when_many_ask_at_once(client: FlaskClient) -> None:
    def ask() -> None:
        for _ in range(20):
            client.application.test_client().post("/api/ask", json=QUESTION).close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert samples(client)['qa_questions_total{answerer="fake"}'] == "160"
