import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from web_fakes import (
    ARTICLES,
    EXAMPLES,
    HOSTILE_ID,
    HOSTILE_TITLE,
    REFUSAL,
    FakeEngine,
)
from werkzeug.test import TestResponse

from qa import Answer, AnswerSentence, Filters, IndexMismatch, QAError, Settings, ShortAnswer, Turn
from web import create_app
from web.links import fingerprint

QUESTION = "How much did the work cost?"
UNANSWERED = "Who won the chess tournament in Lisbon?"
SENTENCE = "The work cost 310 million crowns, twice what the council had planned."
SHORT = "310 million crowns"


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Settings(index_dir=tmp_path / "index"))


@pytest.fixture
def client(engine: FakeEngine) -> FlaskClient:
    return create_app(engine).test_client()


def ask(client: FlaskClient, question: str = QUESTION, **fields: object) -> dict:
    response = client.post("/api/ask", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    return response.get_json()


def stream(client: FlaskClient, question: str = QUESTION, **fields: object) -> TestResponse:
    body = {"question": question, **fields}
    return client.post("/api/ask", json=body, headers={"Accept": "text/event-stream"})


def events(response: TestResponse) -> list[tuple[str, dict]]:
    frames = response.text.removesuffix("\n\n").split("\n\n")
    pairs = (frame.removeprefix("event: ").split("\ndata: ") for frame in frames)
    return [(name, json.loads(data)) for name, data in pairs]


def assert_error(response: TestResponse, status: int, code: str, *words: str) -> None:
    """The one error shape, with each of `words` in its one sentence."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert list(body) == ["error"]
    assert sorted(body["error"]) == ["code", "message"]
    assert body["error"]["code"] == code
    assert body["error"]["message"].endswith(".")
    for word in words:
        assert word in body["error"]["message"]


# --- asking


def test_an_answer_is_the_full_record(client: FlaskClient) -> None:
    reply = ask(client)
    answer = Answer.model_validate_json(json.dumps(reply))
    assert answer.sentences[0].text == SENTENCE
    assert answer.citations[0].quote == SENTENCE
    assert reply["citations"][0]["published"] == "2024-05-03"
    start = ARTICLES[0].text.index(SHORT)
    assert reply["short_answer"] == {
        "text": SHORT,
        "citation": 1,
        "start": start,
        "end": start + len(SHORT),
    }


def test_an_answer_may_have_no_exact_words(client: FlaskClient) -> None:
    reply = ask(client, "When did the harbour bridge open?")
    assert (reply["abstained"], reply["short_answer"]) == (False, None)


def test_optional_fields_may_be_null(client: FlaskClient) -> None:
    fields = dict.fromkeys(["conversation_id", "source", "from", "to", "k", "sentences"])
    assert ask(client, **fields)["abstained"] is False


@pytest.mark.parametrize("send", [ask, stream])
def test_what_limits_an_answer_reaches_the_engine(
    client: FlaskClient, engine: FakeEngine, send: Callable[..., object]
) -> None:
    dates = {"from": "2023-01-01", "to": "2023-12-31"}
    send(client, source="Valley Post", k=2, sentences=10, **dates)
    assert engine.asked == [
        (Filters("Valley Post", date(2023, 1, 1), date(2023, 12, 31)), 2, 10),
    ]


def test_an_answer_has_at_most_the_sentences_asked_for(client: FlaskClient) -> None:
    question = "How much did the work on the harbour bridge cost the council?"
    assert len(ask(client, question)["sentences"]) == 2
    assert len(ask(client, question, sentences=1)["sentences"]) == 1


def test_a_refusal_is_an_answer(client: FlaskClient) -> None:
    reply = ask(client, UNANSWERED)
    assert reply["abstained"] is True
    assert reply["answer"] == REFUSAL
    assert reply["sentences"] == reply["citations"] == []
    assert len(reply["passages"]) == 4


def test_control_characters_are_read_as_spaces(client: FlaskClient) -> None:
    assert ask(client, "How much\u0000did the\u000bwork cost?")["question"] == QUESTION


def test_the_earlier_turns_are_passed_as_history(client: FlaskClient, engine: FakeEngine) -> None:
    first = ask(client)
    ask(client, UNANSWERED, conversation_id=first["conversation_id"])
    reply = ask(client, "And until when?", conversation_id=first["conversation_id"])
    answered = Turn(QUESTION, SENTENCE, QUESTION)
    assert engine.histories == [
        (),
        (answered,),
        (answered, Turn(UNANSWERED, "", UNANSWERED, is_refused=True)),
    ]
    assert reply["query"] == f"{UNANSWERED} And until when?"


def test_history_ends_after_ten_turns(client: FlaskClient, engine: FakeEngine) -> None:
    conversation = ask(client, "Question 0?")["conversation_id"]
    for number in range(1, 12):
        ask(client, f"Question {number}?", conversation_id=conversation)
    assert [turn.question for turn in engine.histories[-1]] == [
        f"Question {number}?" for number in range(1, 11)
    ]


def test_a_failed_question_leaves_no_conversation(client: FlaskClient) -> None:
    client.post("/api/ask", json={"question": " "})
    assert client.get("/api/conversations").get_json() == {"conversations": [], "total": 0}


# --- the stream


def test_a_stream_sends_passages_then_sentences_then_the_answer(client: FlaskClient) -> None:
    response = stream(client)
    assert response.mimetype == "text/event-stream"
    sent = events(response)
    assert [name for name, _ in sent] == ["passages", "sentence", "answer"]
    (_, passages), (_, sentence), (_, answer) = sent
    assert passages["passages"] == answer["passages"]
    assert passages["conversation_id"] == answer["conversation_id"]
    assert sentence == {"sentence": answer["sentences"][0], "citations": answer["citations"]}
    kept = client.get(f"/api/conversations/{answer['conversation_id']}").get_json()
    assert kept["answers"] == [answer]


def test_a_stream_has_its_status_before_the_first_byte(
    client: FlaskClient, engine: FakeEngine
) -> None:
    assert_error(stream(client, "  "), 400, "bad_request", "empty")
    engine.has_index = False
    assert_error(stream(client), 503, "no_index", "qa index")


@pytest.mark.parametrize(
    ("failure", "code"), [(RuntimeError("secret"), "internal"), (QAError("Told."), "error")]
)
def test_a_failure_in_a_stream_is_an_error_event(
    client: FlaskClient, engine: FakeEngine, failure: Exception, code: str
) -> None:
    engine.failure = failure
    (_, _), (name, body) = events(stream(client))
    assert name == "error"
    assert body["error"]["code"] == code
    assert "secret" not in body["error"]["message"]
    assert client.get("/api/conversations").get_json()["total"] == 0


@pytest.mark.parametrize("frames_read", [0, 1, 2])
def test_an_answer_is_kept_when_the_browser_goes_away(
    client: FlaskClient, frames_read: int
) -> None:
    response = stream(client)
    frames = response.iter_encoded()
    for _ in range(frames_read):
        next(frames)
    response.close()
    assert client.get("/api/conversations").get_json()["total"] == 1


# --- stopping


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_being_answered_in_a_conversation_is_stopped(
    client: FlaskClient, engine: FakeEngine, whole: bool
) -> None:
    conversation, other = (ask(client)["conversation_id"] for _ in range(2))
    told = []

    def stop_it() -> None:
        for asked_in in (other, conversation):
            told.append(engine.cancelled())
            told.append(client.post(f"/api/conversations/{asked_in}/stop").status_code)
        told.append(engine.cancelled())

    engine.before_sentence = stop_it
    headers = {} if whole else {"Accept": "text/event-stream"}
    asked = {"question": QUESTION, "conversation_id": conversation}
    assert client.post("/api/ask", json=asked, headers=headers).get_data()
    assert told == [False, 404, False, 204, True]


def test_an_answer_that_is_made_can_not_be_stopped(client: FlaskClient, engine: FakeEngine) -> None:
    conversation = ask(client)["conversation_id"]
    engine.cancelled = lambda: False  # as the real engine, it forgets what it has answered
    stopped = client.post(f"/api/conversations/{conversation}/stop")
    assert_error(stopped, 404, "not_found", "Nothing is being answered in this conversation")


def test_what_is_asked_after_a_stop_is_not_stopped(client: FlaskClient, engine: FakeEngine) -> None:
    conversation = ask(client)["conversation_id"]
    stop = f"/api/conversations/{conversation}/stop"
    engine.before_sentence = lambda: client.post(stop)
    ask(client, conversation_id=conversation)
    first = engine.cancelled
    engine.before_sentence = lambda: None
    ask(client, conversation_id=conversation)
    assert (first(), engine.cancelled()) == (True, False)


def test_a_conversation_has_its_page_while_its_first_answer_is_made(client: FlaskClient) -> None:
    response = stream(client)
    frames = response.iter_encoded()
    passages = json.loads(next(frames).decode().partition("data: ")[2])
    address = f"/c/{passages['conversation_id']}"
    assert client.get(address).status_code == 200
    assert client.get("/c/another").status_code == 404
    response.close()
    assert client.get(address).status_code == 200


# --- other endpoints


def test_search_gives_passages(client: FlaskClient) -> None:
    found = client.post("/api/search", json={"query": "apples", "k": 1}).get_json()
    assert found["query"] == "apples"
    assert [passage["article_id"] for passage in found["passages"]] == ["orchard"]


def test_articles_come_in_pages_by_title(client: FlaskClient) -> None:
    page = client.get("/api/articles?offset=1&limit=1").get_json()
    assert page["total"] == 3
    assert [article["id"] for article in page["articles"]] == ["harbour"]
    assert "text" not in page["articles"][0]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_has_its_text_whatever_its_id(client: FlaskClient, article: object) -> None:
    response = client.get(f"/api/articles/{quote(article.id, safe='')}")
    assert response.get_json() == article.model_dump(mode="json")


@pytest.mark.parametrize("path", ["/x//y/", "a\nb", "ünï", "%2F"])
def test_odd_ids_reach_the_engine_as_they_are(engine: FakeEngine, path: str) -> None:
    odd = ARTICLES[0].model_copy(update={"id": path})
    engine.all_articles = (odd,)
    response = create_app(engine).test_client().get(f"/api/articles/{quote(path, safe='')}")
    assert response.status_code == 200, response.text


def test_examples_are_the_engines(client: FlaskClient) -> None:
    assert client.get("/api/examples").get_json() == {"examples": list(EXAMPLES)}


def test_health_describes_the_index(client: FlaskClient) -> None:
    health = client.get("/api/health").get_json()
    assert (health["status"], health["message"]) == ("ok", None)
    assert health["index"]["articles"] == 3


def test_health_is_200_without_an_index(client: FlaskClient, engine: FakeEngine) -> None:
    engine.has_index = False
    response = client.get("/api/health")
    assert response.status_code == 200
    health = response.get_json()
    assert (health["status"], health["index"]) == ("no_index", None)
    assert "qa index" in health["message"]


def test_health_is_200_when_the_index_is_broken(tmp_path: Path) -> None:
    class Broken(FakeEngine):
        def statistics(self) -> None:
            raise OSError("disk")

    client = create_app(Broken(Settings(index_dir=tmp_path))).test_client()
    assert client.get("/api/health").get_json()["status"] == "internal"


def test_feedback_is_kept_and_replaced(client: FlaskClient) -> None:
    answer = ask(client)
    given = {"answer_id": answer["id"], "rating": "up"}
    first = client.post("/api/feedback", json=given)
    assert (first.status_code, first.get_json()) == (201, {**given, "note": None})
    changed = {**given, "rating": "down", "note": "Wrong bridge."}
    second = client.post("/api/feedback", json=changed)
    assert (second.status_code, second.get_json()) == (200, changed)
    detail = client.get(f"/api/conversations/{answer['conversation_id']}").get_json()
    assert detail["feedback"] == [changed]


def test_feedback_is_taken_back(client: FlaskClient) -> None:
    answer = ask(client)
    client.post("/api/feedback", json={"answer_id": answer["id"], "rating": "up"})
    taken_back = client.delete(f"/api/feedback/{answer['id']}")
    assert (taken_back.status_code, taken_back.data) == (204, b"")
    detail = client.get(f"/api/conversations/{answer['conversation_id']}").get_json()
    assert detail["feedback"] == []
    again = client.delete(f"/api/feedback/{answer['id']}")
    assert_error(again, 404, "not_found", "judgement")


def test_feedback_needs_a_known_answer(client: FlaskClient) -> None:
    response = client.post("/api/feedback", json={"answer_id": "nobody's", "rating": "up"})
    assert_error(response, 404, "not_found", "answer")


# --- errors


BAD_BODIES = {
    "not JSON": (b"{", "JSON"),
    "empty": (b"", "JSON"),
    "not UTF-8": (b'{"question": "\xff"}', "JSON"),
    "a lone surrogate": (b'{"question": "\\ud800"}', "JSON"),
    "deeply nested": (b"[" * 60_000, "JSON"),
    "a list": (b"[]", "object"),
    "a number": (b"1", "object"),
    "an empty question": (b'{"question": ""}', "empty"),
    "a blank question": (b'{"question": " \\n\\t "}', "empty"),
    "only control characters": (b'{"question": "\\u0000"}', "empty"),
    "an overlong question": (json.dumps({"question": "x" * 1001}).encode(), "long"),
    "no question": (b"{}", "`question` is missing"),
    "a number as question": (b'{"question": 1}', "`question`"),
    "a null question": (b'{"question": null}', "`question`"),
    "an unknown field": (b'{"question": "a", "kk": 1}', "`kk`"),
    "an unknown field with braces": (b'{"question": "a", "{x}": 1}', "`{x}`"),
    "true as k": (b'{"question": "a", "k": true}', "`k` must be a whole number"),
    "NaN as k": (b'{"question": "a", "k": NaN}', "`k` must be a whole number"),
    "a text as k": (b'{"question": "a", "k": "5"}', "`k` must be a whole number"),
    "k too small": (b'{"question": "a", "k": 0}', "`k` must be at least 1"),
    "k too large": (b'{"question": "a", "k": 101}', "`k` must be at most 100"),
    "k enormous": (b'{"question": "a", "k": 1' + b"0" * 400 + b"}", "`k`"),
    "true as sentences": (b'{"question": "a", "sentences": true}', "`sentences` must be a whole"),
    "a text as sentences": (b'{"question": "a", "sentences": "3"}', "`sentences` must be a whole"),
    "a half sentence": (b'{"question": "a", "sentences": 1.5}', "`sentences` must be a whole"),
    "no sentences": (b'{"question": "a", "sentences": 0}', "`sentences` must be at least 1"),
    "too many sentences": (b'{"question": "a", "sentences": 11}', "`sentences` must be at most 10"),
    "countless sentences": (
        b'{"question": "a", "sentences": 1' + b"0" * 400 + b"}",
        "`sentences` must",
    ),
    "no date": (b'{"question": "a", "from": "yesterday"}', "`from` must be a date"),
    "no such day": (b'{"question": "a", "to": "2024-02-30"}', "`to` must be a date"),
    "a short date": (b'{"question": "a", "from": "2024-1-5"}', "`from` must be a date"),
    "a week": (b'{"question": "a", "from": "2024-W05-3"}', "`from` must be a date"),
    "other digits": ('{"question": "a", "to": "٢٠٢٤-01-05"}'.encode(), "`to` must be a date"),
    "a number as date": (b'{"question": "a", "to": 20240101}', "`to` must be a date"),
    "dates reversed": (
        b'{"question": "a", "from": "2024-02-01", "to": "2024-01-01"}',
        "must not be later",
    ),
}


@pytest.mark.parametrize(("body", "words"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_is_400(client: FlaskClient, body: bytes, words: str) -> None:
    response = client.post("/api/ask", data=body, content_type="application/json")
    assert_error(response, 400, "bad_request", words)


@pytest.mark.parametrize(
    "query",
    [
        "offset=-1",
        "limit=0",
        "limit=201",
        "limit=1_0",
        "offset=",
        "offset=1&offset=2",
        "limit=%C2%B2",
        "page=2",
    ],
)
def test_bad_paging_is_400(client: FlaskClient, query: str) -> None:
    assert_error(client.get(f"/api/articles?{query}"), 400, "bad_request", query.split("=")[0])


def test_a_wrong_method_is_405_and_names_the_right_one(client: FlaskClient) -> None:
    response = client.get("/api/ask")
    assert_error(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("content_type", [None, "text/plain", "multipart/form-data"])
def test_another_content_type_is_415(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/api/ask", data=b'{"question": "a"}', content_type=content_type)
    assert_error(response, 415, "unsupported_media_type", "application/json")


def test_too_large_a_body_is_413(client: FlaskClient) -> None:
    response = client.post("/api/ask", json={"question": "x" * 65536})
    assert_error(response, 413, "too_large")


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/articles/",
        "/api/articles/nobody's",
        "/api/conversations/nobody's",
        "/api/conversations/nobody's/export.md",
        "/api/conversations/%ED%A0%80",
        "/api/articles/%FF%00",
        "/api//health",
    ],
)
def test_an_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    assert_error(client.get(path), 404, "not_found")


def test_an_unknown_conversation_is_404(client: FlaskClient) -> None:
    response = client.post("/api/ask", json={"question": "a", "conversation_id": "nobody's"})
    assert_error(response, 404, "not_found", "conversation")


@pytest.mark.parametrize("path", ["/api/articles", "/api/articles/harbour", "/api/examples"])
def test_no_index_is_503(client: FlaskClient, engine: FakeEngine, path: str) -> None:
    engine.has_index = False
    assert_error(client.get(path), 503, "no_index", "qa index")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (IndexMismatch("Built with another model; run `qa index`."), 503, "index_mismatch"),
        (RuntimeError("secret"), 500, "internal"),
        (RecursionError("secret"), 500, "internal"),
    ],
)
def test_failures_of_the_engine_are_told_in_a_sentence(
    tmp_path: Path, failure: Exception, status: int, code: str
) -> None:
    class Failing(FakeEngine):
        def stream(self, *_: object, **__: object) -> Iterator:
            raise failure

    client = create_app(Failing(Settings(index_dir=tmp_path))).test_client()
    for response in (client.post("/api/ask", json={"question": "a"}), stream(client)):
        assert_error(response, status, code)
        assert "secret" not in response.text
        assert "Traceback" not in response.text


def test_an_unusable_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    client = create_app(FakeEngine(Settings(index_dir=tmp_path / "file"))).test_client()
    assert_error(client.get("/api/conversations"), 500, "error", "conversations.sqlite")


# --- conversations


def test_conversations_are_listed_latest_first(client: FlaskClient) -> None:
    first, second = ask(client, "First  question?"), ask(client, "x" * 100)
    ask(client, "Again?", conversation_id=first["conversation_id"])
    reply = client.get("/api/conversations").get_json()
    assert [(c["title"], c["turns"]) for c in reply["conversations"]] == [
        ("First question?", 2),
        ("x" * 79 + "…", 1),
    ]
    assert reply["total"] == 2
    page = client.get("/api/conversations?offset=1&limit=1").get_json()
    assert [c["id"] for c in page["conversations"]] == [second["conversation_id"]]


def test_a_conversation_has_its_full_answers(client: FlaskClient) -> None:
    first = ask(client)
    second = ask(client, "And who paid?", conversation_id=first["conversation_id"])
    detail = client.get(f"/api/conversations/{first['conversation_id']}").get_json()
    assert detail["answers"] == [first, second]
    assert len(detail["id"]) == 22


def test_a_conversation_is_renamed(client: FlaskClient) -> None:
    path = f"/api/conversations/{ask(client)['conversation_id']}"
    reply = client.patch(path, json={"title": "  The\nbridge "})
    assert (reply.status_code, reply.get_json()["title"]) == (200, "The bridge")
    assert client.get(path).get_json()["title"] == "The bridge"


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, 5, None])
def test_a_bad_title_is_400(client: FlaskClient, title: object) -> None:
    path = f"/api/conversations/{ask(client)['conversation_id']}"
    assert_error(client.patch(path, json={"title": title}), 400, "bad_request", "`title`")


def test_a_deleted_conversation_is_gone_with_all_that_belongs_to_it(client: FlaskClient) -> None:
    answer, other = ask(client), ask(client)
    path = f"/api/conversations/{answer['conversation_id']}"
    given = {"answer_id": answer["id"], "rating": "up"}
    client.post("/api/feedback", json=given)
    assert client.delete(path).status_code == 204
    for response in (
        client.get(path),
        client.delete(path),
        client.patch(path, json={"title": "a"}),
    ):
        assert_error(response, 404, "not_found")
    assert_error(client.post("/api/feedback", json=given), 404, "not_found")
    kept = client.get("/api/conversations").get_json()["conversations"]
    assert [c["id"] for c in kept] == [other["conversation_id"]]


def test_a_conversation_deleted_during_an_answer_stays_deleted(
    client: FlaskClient, engine: FakeEngine
) -> None:
    path = f"/api/conversations/{ask(client)['conversation_id']}"
    engine.before_sentence = lambda: client.application.test_client().delete(path)
    assert events(stream(client, conversation_id=path.rpartition("/")[2]))[-1][0] == "answer"
    assert client.get("/api/conversations").get_json()["total"] == 0


def test_conversations_outlive_the_process(engine: FakeEngine) -> None:
    ask(create_app(engine).test_client())
    engine.has_index = False
    assert create_app(engine).test_client().get("/api/conversations").get_json()["total"] == 1


# --- export


def test_a_conversation_is_exported_as_markdown(client: FlaskClient) -> None:
    conversation = ask(client)["conversation_id"]
    ask(client, UNANSWERED, conversation_id=conversation)
    response = client.get(
        f"/api/conversations/{conversation}/export.md", base_url="http://127.0.0.1:8137"
    )
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="how-much-did-the-work-cost.md"'
    )
    start = ARTICLES[0].text.index(SENTENCE)
    answer = ARTICLES[0].text.index(SHORT)
    assert response.text == (
        "# How much did the work cost?\n\n"
        "## How much did the work cost?\n\n"
        "The work cost **310 million crowns**, twice what the council had planned. \\[1\\]\n\n"
        "*Strong evidence, 100 % likely right*\n\n"
        "1. [Harbour bridge opens after ten years of building]"
        f"(<http://127.0.0.1:8137/articles/harbour?start={start}&end={start + len(SENTENCE)}"
        f"&answer={answer}-{answer + len(SHORT)}&words={fingerprint(SENTENCE):x}#cited>),"
        " Coastal Times, 2024-05-03\n"
        f"   > {SENTENCE}\n\n"
        f"## {UNANSWERED}\n\n"
        f"*{REFUSAL}*\n"
    )


def test_an_export_says_where_alone_was_searched(client: FlaskClient) -> None:
    limits = {"source": "Coastal *Times*", "from": "2024-01-01", "to": "2024-12-31"}
    conversation = ask(client, **limits)["conversation_id"]
    text = client.get(f"/api/conversations/{conversation}/export.md").text
    assert (
        "\n*Only searched: Coastal \\*Times\\*, from 2024-01-01, to 2024-12-31*\n" in text
    )  # fmt: skip


def test_export_keeps_strangers_words_as_text(client: FlaskClient) -> None:
    conversation = ask(client, "- [x](a) <b> parrot escaped on Monday")["conversation_id"]
    text = client.get(f"/api/conversations/{conversation}/export.md").text
    assert "\n## \\- \\[x\\](a) \\<b\\> parrot escaped on Monday\n" in text
    assert "<script" not in text.replace("\\<script", "")
    assert "<img" not in text.replace("\\<img", "")
    assert "[\\<script\\>window.ran=1" in text
    assert f"/articles/{quote(HOSTILE_ID, safe='')}?start=" in text
    assert HOSTILE_TITLE not in text
    assert "The parrot 🦜 **\\<img src=x onerror='window.ran=1'\\>**\\<script\\>" in text


@pytest.mark.parametrize(
    ("sentence", "short", "shown"),
    [
        ("In 1911.", "1911", "In **1911**."),
        ("It cost $5 in all.", "$5", "It cost **\\$5** in all."),
        ("Rain *and*\n snow fell.", "*and*\n snow", "Rain **\\*and\\* snow** fell."),
        ("1. Paris won.", "1. Paris", "**1. Paris** won."),
        # Between a letter and a sign, two asterisks would be shown as they are.
        ("It cost US$5 in all.", "$5", "It cost US\\$5 in all."),
        ("The “Lusitania”s end.", "“Lusitania”", "The “Lusitania”s end."),
    ],
)
def test_exact_words_are_bold_in_an_export(
    tmp_path: Path, sentence: str, short: str, shown: str
) -> None:
    class Answering(FakeEngine):
        def ask(self, *args: object, **options: object) -> Answer:
            answer = super().ask(*args, **options)
            start = answer.citations[0].start + sentence.index(short)
            return answer.model_copy(
                update={
                    "sentences": (AnswerSentence(text=sentence, citations=(1,)),),
                    "short_answer": ShortAnswer(
                        text=short, citation=1, start=start, end=start + len(short)
                    ),
                }
            )

    client = create_app(Answering(Settings(index_dir=tmp_path))).test_client()
    conversation = ask(client)["conversation_id"]
    exported = client.get(f"/api/conversations/{conversation}/export.md").text
    assert f"\n{shown} \\[1\\]\n" in exported


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# a", "\\# a"),
        ("1. a", "1\\. a"),
        ("12) a", "12\\) a"),
        ("- a - b", "\\- a - b"),
        ("=== a", "\\=== a"),
        ("> a\n> b", "\\> a \\> b"),
        ("![a](b)", "!\\[a\\](b)"),
        ("*a* _b_ `c` ~d~", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~"),
        ("a|b &lt; $x$ \\ {y}", "a\\|b \\&lt; \\$x\\$ \\\\ \\{y\\}"),
        ("see https://a.example or www.b.example", "see https\\://a.example or www\\.b.example"),
        ("me@a.example", "me\\@a.example"),
    ],
)
def test_markdown_is_escaped(text: str, escaped: str) -> None:
    from web.export import escaped as escape

    assert escape(text) == escaped
