"""Over HTTP, a kept answer is set beside one of the other kind to the same question."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEmbedder
from flask.testing import FlaskClient
from scripted_model import ScriptedModel
from werkzeug.test import TestResponse
from writing_fakes import FELL_BACK, MODEL, QUOTE, REPLACED, SUPPORTED, TOO_LATE, WritingEngine

from qa import Comparison, Engine, Filters, NoIndex, Settings
from qa.indexing import index_paths
from web import create_app

VERBATIM = "The work cost 310 million crowns, twice what the council had planned."


@pytest.fixture
def engine(tmp_path: Path) -> WritingEngine:
    return WritingEngine(Settings(index_dir=tmp_path / "index", llm=MODEL))


@pytest.fixture
def client(engine: WritingEngine) -> FlaskClient:
    return create_app(engine).test_client()


def ask(client: FlaskClient, question: str = REPLACED, **fields: object) -> dict:
    response = client.post("/api/ask", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    return response.get_json()


def compare(client: FlaskClient, answer_id: object) -> TestResponse:
    return client.post("/api/compare", json={"answer_id": answer_id})


def texts(answer: dict) -> list[str]:
    return [sentence["text"] for sentence in answer["sentences"]]


def test_a_written_answer_is_set_beside_the_articles_own_words(
    client: FlaskClient, engine: WritingEngine
) -> None:
    kept = ask(client)
    response = compare(client, kept["id"])
    assert response.status_code == 200, response.text
    both = response.get_json()
    assert both["generated"] == kept
    assert texts(kept) == [SUPPORTED, QUOTE]
    assert texts(both["extractive"]) == [VERBATIM, QUOTE]
    assert both["extractive"]["verification"] is None
    assert engine.answerers == ["default", "extractive"]
    Comparison.model_validate_json(response.text)


def test_an_extractive_answer_is_set_beside_a_written_one(
    client: FlaskClient, engine: WritingEngine
) -> None:
    kept = ask(client, FELL_BACK)
    assert kept["fallback"] == TOO_LATE
    both = compare(client, kept["id"]).get_json()
    assert both["extractive"] == kept
    assert engine.answerers == ["default", "generated"]


def test_a_follow_up_is_compared_by_what_was_searched_under_its_filters(
    client: FlaskClient, engine: WritingEngine
) -> None:
    conversation = ask(client, "When were the trees planted?")["conversation_id"]
    limits = {"source": "Coastal Times", "from": "2024-01-01", "to": "2024-12-31"}
    second = ask(client, "Who was the mayor?", conversation_id=conversation, **limits)
    assert second["query"] == "When were the trees planted? Who was the mayor?"
    other = compare(client, second["id"]).get_json()["generated"]
    # Not put into other words again: a language model may rewrite it, but for one side only.
    assert engine.histories[2] == ()
    assert (other["query"], other["question"]) == (second["query"], second["question"])
    assert other["passages"] == second["passages"]
    assert engine.asked[2][0] == engine.asked[1][0]
    assert engine.asked[2][0] != Filters()


def test_what_was_searched_may_be_longer_than_a_question(tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path, llm=MODEL, max_question_chars=100)
    client = create_app(WritingEngine(settings)).test_client()
    first = "When were the trees planted?" + " " * 60 + "When?"
    conversation = ask(client, first)["conversation_id"]
    second = ask(client, "Who was the mayor?", conversation_id=conversation)
    other = compare(client, second["id"]).get_json()["generated"]
    assert other["query"] == f"{first} Who wa"


def test_a_comparison_is_not_kept(client: FlaskClient) -> None:
    kept = ask(client)
    other = compare(client, kept["id"]).get_json()["extractive"]
    detail = client.get(f"/api/conversations/{kept['conversation_id']}").get_json()
    assert [answer["id"] for answer in detail["answers"]] == [kept["id"]]
    assert compare(client, other["id"]).status_code == 404


def test_the_engine_itself_gives_both_answers(
    settings: Settings, embedder: WordEmbedder, articles: Path
) -> None:
    index_paths(settings, embedder, [articles])
    settings = replace(settings, abstain_threshold=0.0, llm="scripted:test")
    engine = Engine(settings, embedder, model=ScriptedModel(["It sailed away [1]."]))
    client = create_app(engine).test_client()
    kept = ask(client, "When did the old bridge reopen?")
    assert [s["support"] for s in kept["sentences"]] == ["replaced"]
    both = compare(client, kept["id"]).get_json()
    engine.close()
    assert both["generated"] == kept
    assert both["extractive"]["answerer"] == "extractive"
    assert {s["support"] for s in both["extractive"]["sentences"]} == {"verbatim"}


def test_an_unknown_answer_is_404(client: FlaskClient, engine: WritingEngine) -> None:
    response = compare(client, "nobody's")
    assert response.status_code == 404
    assert response.get_json()["error"] == {
        "code": "not_found",
        "message": "There is no answer of this id.",
    }
    assert engine.answers == 0


def test_without_a_model_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    client = create_app(WritingEngine(Settings(index_dir=tmp_path))).test_client()
    response = compare(client, ask(client)["id"])
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "bad_request"


def test_an_answer_of_a_model_that_is_no_longer_set_still_compares(
    client: FlaskClient, engine: WritingEngine, tmp_path: Path
) -> None:
    kept = ask(client)
    without = WritingEngine(Settings(index_dir=tmp_path / "index"))
    both = compare(create_app(without).test_client(), kept["id"]).get_json()
    assert (texts(both["extractive"]), both["generated"]) == ([VERBATIM, QUOTE], kept)


def test_an_index_that_is_gone_is_told(client: FlaskClient, engine: WritingEngine) -> None:
    kept = ask(client)
    engine.has_index = False
    response = compare(client, kept["id"])
    assert response.status_code == 503
    assert response.get_json()["error"]["code"] == NoIndex.code


@pytest.mark.parametrize("body", [{}, {"answer_id": 1}, {"answer_id": "a", "k": 3}])
def test_a_wrong_body_is_told(client: FlaskClient, body: dict) -> None:
    response = client.post("/api/compare", json=body)
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "bad_request"
