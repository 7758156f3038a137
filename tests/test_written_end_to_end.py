"""Answers that a language model writes, through every door, by the packages that users have.

Behind `ModelServer`, which speaks the protocols of OpenAI and Ollama, there is no model.
"""

import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import ROOT, WordEmbedder
from mcp import Client
from model_server import CutOff, Malformed, ModelServer, Reply, Stall, Status
from openai import OpenAI
from test_offline import GUARD
from web_fakes import running

from qa import Answer, Comparison, Turn, Usage, Verification
from qa.engine import Engine
from qa.indexing import index_paths
from qa.language_model import Message, open_model
from qa.mcp_server import create_server
from qa.settings import Settings
from qa.wording import REFUSAL

QUESTION = "When did the old bridge in Lemvig reopen?"
TRUE = "The old bridge in Lemvig reopened on May 3, 2024"
FALSE = "The old bridge in Lemvig reopened on May 9, 2024"
FOLLOW_UP = "Who cut the ribbon?"
UNANSWERED = "Which prize did Anna Holm win?"
REWRITTEN = "Who cut the ribbon of the old bridge in Lemvig?"
RIBBON = "Mayor Erik Flyvholm cut the ribbon"
TALE = "Zebras stampeded through Copenhagen and trampled Gustav Eiffel"
BEGINNINGS = ("zebra", "stamp", "copen", "tramp", "gusta", "eiffe")
"""Of the words of the tale, which are in no article."""
LIMIT_S = 1.5

both = pytest.mark.parametrize("provider", ["openai", "ollama"])
at_once = {"Retry-After": "0"}
failures = pytest.mark.parametrize(
    ("steps", "told"),
    [
        pytest.param([Status(500, at_once)] * 3, r"has a server that fails \(500\)", id="500"),
        pytest.param(
            [Status(429, {"Retry-After": "60"})],
            r"is asked too often, or its quota is used up \(429\)",
            id="429",
        ),
        pytest.param([Stall(None)], r"was not done within 1(\.\d)? s", id="silent"),
        pytest.param([Stall("The old bri")], r"was not done within 1(\.\d)? s", id="stalled"),
        pytest.param([CutOff("The old bri")], "broke off in the middle of its reply", id="cut off"),
        pytest.param([Malformed("The old")], "sent a reply that cannot be read", id="malformed"),
    ],
)


@pytest.fixture(scope="module", autouse=True)
def imported():
    """The packages are imported beforehand, so that they don't use up a test's time limit."""
    with ModelServer(answer=Reply("Hello.")) as server:
        for provider in ("openai", "ollama"):
            model = open_model(Settings(**served_by(server, provider)))
            list(model.stream([Message("user", "Hi.")], max_tokens=9, timeout_s=60))


@pytest.fixture
def opened(settings, embedder, articles):
    """A function from a server to an engine over three articles, which writes with its model."""
    index_paths(settings, embedder, [articles])
    engines = []

    def open_one(server, provider="openai", **chosen):
        chosen = {"abstain_threshold": 0.0, "llm_timeout_s": 20.0, "port": 0} | chosen
        served = served_by(server, provider)
        engines.append(Engine(replace(settings, **served, **chosen), embedder))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.close()


def served_by(server, provider="openai"):
    path = "/v1" if provider == "openai" else ""
    return {"llm": f"{provider}:test", "llm_base_url": server.url + path}


def bridge_in(prompt, title="Old bridge"):
    """The number that the passage about the bridge has in a prompt."""
    return re.search(rf"passage (\d+) ---\n{title}", prompt[-1]["content"])[1]


def says(*sentences, step=Reply, title="Old bridge", **how):
    """What gives a step for a prompt: these sentences, each citing the passage of that title."""

    def replying(prompt):
        number = bridge_in(prompt, title)
        return step(" ".join(f"{said} [{number}]." for said in sentences), **how)

    return replying


def converses(prompt):
    """Rewrites the follow-up, and answers both questions."""
    asked = prompt[-1]["content"]
    if "Last question:" in asked:
        return Reply(REWRITTEN, tokens_in=90, tokens_out=10)
    said = TRUE if asked.endswith(QUESTION) else RIBBON
    return says(said, tokens_in=300, tokens_out=20)(prompt)


# --- through the engine


@both
def test_a_supported_sentence_is_shown_as_written_with_the_tokens_that_it_cost(opened, provider):
    with ModelServer(answer=says(TRUE, tokens_in=321, tokens_out=45)) as server:
        answer = opened(server, provider).ask(QUESTION)
        [request] = server.requests
    assert answer.answer == f"{TRUE}. [1]"
    assert [sentence.support for sentence in answer.sentences] == ["supported"]
    assert answer.verification == Verification(sentences=1, supported=1, replaced=0, dropped=0)
    assert (answer.answerer, answer.fallback, answer.cached) == (f"{provider}:test", None, False)
    assert answer.usage == Usage(tokens_in=321, tokens_out=45)
    assert [message["role"] for message in request.prompt] == ["system", "user"]
    assert request.prompt[-1]["content"].endswith(f"Question: {QUESTION}")


@both
def test_an_unsupported_sentence_gives_way_to_the_articles_own_words(opened, provider):
    with ModelServer(answer=says(FALSE)) as server:
        engine = opened(server, provider)
        answer = engine.ask(QUESTION)
        [citation] = answer.citations
        text = engine.article(citation.article_id).text
    [sentence] = answer.sentences
    assert (sentence.support, sentence.text) == ("replaced", citation.quote)
    assert text[citation.start : citation.end] == citation.quote
    assert "May 9" not in answer.answer
    assert answer.verification == Verification(sentences=1, supported=0, replaced=1, dropped=0)


@both
def test_a_follow_up_is_put_into_words_of_its_own_and_then_answered(opened, provider):
    with ModelServer(answer=converses) as server:
        history = [Turn(QUESTION, f"{TRUE}. [1]")]
        answer = opened(server, provider).ask(FOLLOW_UP, history=history)
        rewriting, writing = (request.prompt[-1]["content"] for request in server.requests)
    assert (answer.question, answer.query) == (FOLLOW_UP, REWRITTEN)
    assert answer.answer == f"{RIBBON}. [1]"
    assert answer.usage == Usage(tokens_in=390, tokens_out=30)
    assert rewriting.endswith(f"Last question: {FOLLOW_UP}")
    assert writing.endswith(f"Question: {REWRITTEN}")
    assert QUESTION in rewriting
    assert QUESTION not in writing


@both
def test_a_model_that_finds_no_answer_makes_a_refusal(opened, provider):
    with ModelServer(Reply("NOT ANSWERED", tokens_in=300, tokens_out=2)) as server:
        answer = opened(server, provider).ask(UNANSWERED)
    assert (answer.abstained, answer.answer, answer.citations) == (True, REFUSAL, ())
    assert (answer.answerer, answer.fallback) == (f"{provider}:test", None)
    assert answer.usage == Usage(tokens_in=300, tokens_out=2)


def test_against_strong_evidence_a_model_that_finds_no_answer_is_overruled(opened):
    with ModelServer(Reply("NOT ANSWERED", tokens_in=300, tokens_out=2)) as server:
        answer = opened(server).ask(QUESTION)
    assert answer.fallback.startswith("openai:test found no answer")
    assert {sentence.support for sentence in answer.sentences} == {"verbatim"}
    assert answer.usage == Usage(tokens_in=300, tokens_out=2)


@both
def test_what_is_refused_before_never_reaches_the_server(opened, provider):
    with ModelServer(answer=says(TRUE)) as server:
        answer = opened(server, provider, abstain_threshold=1.0).ask(QUESTION)
        assert (answer.abstained, answer.answerer, answer.usage) == (True, "extractive", None)
        assert server.requests == []


@both
def test_a_busy_server_is_asked_again(opened, provider):
    with ModelServer(Status(429, {"Retry-After": "0.2"}), answer=says(TRUE)) as server:
        answer = opened(server, provider).ask(QUESTION)
        assert (answer.answer, answer.fallback) == (f"{TRUE}. [1]", None)
        assert len(server.requests) == 2


@both
@failures
def test_when_the_model_fails_the_articles_own_words_come_in_time(opened, provider, steps, told):
    with ModelServer(*steps, answer=says(TRUE)) as server:
        engine = opened(server, provider, llm_timeout_s=LIMIT_S)
        began = time.monotonic()
        answer = engine.ask(QUESTION)
        assert time.monotonic() - began < LIMIT_S + 1
        assert re.fullmatch(rf"{provider}:test {told}\.", answer.fallback)
        assert answer.sentences == engine.ask(QUESTION, answerer="extractive").sentences
        assert (answer.answerer, answer.abstained) == ("extractive", False)
        assert engine.ask(QUESTION).answer == f"{TRUE}. [1]"


@both
def test_a_server_that_is_not_there_costs_nothing(opened, provider):
    with ModelServer() as server:
        engine = opened(server, provider, llm_timeout_s=LIMIT_S)
    answer = engine.ask(QUESTION)
    assert answer.fallback == f"{provider}:test cannot be reached."
    assert answer.sentences == engine.ask(QUESTION, answerer="extractive").sentences


@both
def test_a_model_that_keeps_failing_is_no_longer_asked(opened, provider):
    with ModelServer(answer=Status(404)) as server:
        engine = opened(server, provider)
        answers = [engine.ask(QUESTION) for _ in range(5)]
        assert len(server.requests) == 3
    again = f"{provider}:test failed 3 times in a row; it is tried again in 30 s."
    assert [answer.fallback for answer in answers[3:]] == [again] * 2
    assert len({answer.answer for answer in answers}) == 1


class Slow(WordEmbedder):
    """Takes longer over its first texts than a language model has, as if it were being loaded."""

    loaded = False

    def embed(self, texts):
        if not self.loaded:
            time.sleep(1.5)
        self.loaded = True
        return super().embed(texts)


def test_loading_the_other_models_takes_nothing_of_the_language_model_s_time(opened):
    with ModelServer(answer=says(TRUE)) as server:
        settings = opened(server, llm_timeout_s=1.0).settings
        engine = Engine(settings, Slow())
        answer = engine.ask(QUESTION)
        engine.close()
    assert (answer.fallback, answer.answer) == (None, f"{TRUE}. [1]")


# --- through the site


def send(url, path, body=None):
    """What the site replies, as JSON."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, content, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def ask(url, question=QUESTION, **more):
    return send(url, "/api/ask", {"question": question, **more})


def stop(url, conversation_id):
    """The status of the site's reply."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    with closing(connection):
        connection.request("POST", f"/api/conversations/{conversation_id}/stop")
        return connection.getresponse().status


def kept_in(url, conversation_id):
    return send(url, f"/api/conversations/{conversation_id}")["answers"]


@contextmanager
def streamed(url, path="/api/ask", body=None) -> Iterator[http.client.HTTPResponse]:
    """The response to a question as it arrives; afterwards the browser is gone."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body or {"question": QUESTION}), headers)
    response = connection.getresponse()
    try:
        yield response
    finally:
        response.close()
        connection.close()


def read_until(response, words):
    """What arrives up to the line that holds `words`."""
    received = b""
    while words not in received:
        line = response.readline()
        assert line, received
        received += line
    return received


def begun_in(received):
    """The conversation that a stream names at its beginning."""
    return re.search(rb'"conversation_id": "([^"]+)"', received)[1].decode()


def events_of(received):
    """The names and records of the events that were received."""
    frames = received.decode().strip().split("\n\n")
    found = [re.fullmatch(r"event: (\w+)\ndata: (.*)", frame) for frame in frames]
    return [(event[1], json.loads(event[2])) for event in found]


@both
def test_over_http_an_answer_is_written_and_kept(opened, provider):
    server = ModelServer(Status(429, at_once), answer=converses)
    with server, running(opened(server, provider)) as url:
        first = ask(url)
        second = ask(url, FOLLOW_UP, conversation_id=first["conversation_id"])
        kept = kept_in(url, first["conversation_id"])
    assert kept == [first, second]
    assert [answer["answer"] for answer in kept] == [f"{TRUE}. [1]", f"{RIBBON}. [1]"]
    assert [answer["query"] for answer in kept] == [QUESTION, REWRITTEN]
    assert [answer["fallback"] for answer in kept] == [None, None]


@failures
def test_over_http_a_failure_is_kept_and_the_next_question_is_answered(opened, steps, told):
    server = ModelServer(*steps, answer=converses)
    with server, running(opened(server, llm_timeout_s=LIMIT_S)) as url:
        began = time.monotonic()
        first = ask(url)
        assert time.monotonic() - began < LIMIT_S + 1
        second = ask(url, FOLLOW_UP, conversation_id=first["conversation_id"])
        kept = kept_in(url, first["conversation_id"])
    assert kept == [first, second]
    assert re.fullmatch(rf"openai:test {told}\.", first["fallback"])
    assert {sentence["support"] for sentence in first["sentences"]} == {"verbatim"}
    assert (second["answer"], second["fallback"]) == (f"{RIBBON}. [1]", None)


def test_over_http_a_server_that_is_not_there_costs_nothing(opened):
    with ModelServer() as server:
        engine = opened(server, llm_timeout_s=LIMIT_S)
    with running(engine) as url:
        first = ask(url)
        second = ask(url, FOLLOW_UP, conversation_id=first["conversation_id"])
        assert kept_in(url, first["conversation_id"]) == [first, second]
    assert {answer["fallback"] for answer in (first, second)} == {"openai:test cannot be reached."}
    assert RIBBON in second["answer"]


@failures
def test_a_stream_that_fails_ends_with_the_articles_own_words(opened, steps, told):
    server = ModelServer(*steps)
    with server, running(opened(server, "ollama", llm_timeout_s=LIMIT_S)) as url:
        with streamed(url) as response:
            events = events_of(response.read())
        (_, passages), *sentences, (last, answer) = events
        assert kept_in(url, answer["conversation_id"]) == [answer]
    assert (len(passages["passages"]), last) == (3, "answer")
    assert {name for name, _ in sentences} == {"sentence"}
    assert [record["sentence"] for _, record in sentences] == answer["sentences"]
    assert re.fullmatch(rf"ollama:test {told}\.", answer["fallback"])


class Letters(BaseHTTPRequestHandler):
    """Streams the server's `text` letter by letter; `|` waits for its `gate`, `#` hangs up."""

    def log_message(self, *_):
        """Silent."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for letter in self.server.text.replace("[n]", f"[{bridge_in(body['messages'])}]"):
            if letter == "|":
                self.server.gate.wait(20)
            elif letter == "#":
                return
            else:
                self.send_piece({"content": letter})
                time.sleep(0.002)
        self.send_piece({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def send_piece(self, delta, end=None):
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        self.wfile.write(f"data: {json.dumps({'id': 'x', 'choices': [choice]})}\n\n".encode())


class LetterServer(ThreadingHTTPServer):
    def __init__(self, text):
        super().__init__(("127.0.0.1", 0), Letters)
        self.text = text
        self.gate = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.gate.set()
        self.shutdown()
        self.server_close()
        self.thread.join()


PATHS = [
    pytest.param("/api/ask", {"question": QUESTION}, id="events"),
    pytest.param(
        "/v1/chat/completions",
        {
            "model": "articles",
            "stream": True,
            "messages": [{"role": "user", "content": QUESTION}],
        },
        id="chunks",
    ),
]


@pytest.mark.parametrize(("path", "body"), PATHS)
@pytest.mark.parametrize("unsupported", ["quote", "drop"])
@pytest.mark.parametrize("end", ["led Gustav Eiffel [n]. Gustav Eiffel ran", "#"])
def test_no_letter_of_what_is_not_verified_is_ever_sent(opened, path, body, unsupported, end):
    text = f"{TALE} [n]. {TRUE} [n]. Zebras stampeded through |tramp{end}"
    with (
        LetterServer(text) as server,
        running(opened(server, unsupported=unsupported)) as url,
        streamed(url, path, body) as response,
    ):
        received = read_until(response, TRUE.encode())
        assert not server.gate.is_set()  # so the rest of the reply isn't written yet
        server.gate.set()
        received += response.read()
    told = received.decode().lower()
    assert [word for word in BEGINNINGS if word in told] == []
    assert ("broke off in the middle" in told) is (end == "#")


def test_what_stands_in_the_place_of_an_unverified_sentence_is_sent_as_it_is_made(opened):
    text = f"{TALE} [n]. The old bridge in Lemvig |reopened in May 2024 [n]."
    with LetterServer(text) as server, running(opened(server)) as url, streamed(url) as response:
        received = read_until(response, b'"replaced"')
        assert not server.gate.is_set()
        server.gate.set()
        events = events_of(received + response.read())
    assert [name for name, _ in events] == ["passages", "sentence", "sentence", "answer"]
    answer = events[-1][1]
    assert [record["sentence"] for _, record in events[1:3]] == answer["sentences"]
    assert [sentence["support"] for sentence in answer["sentences"]] == ["replaced", "supported"]
    assert answer["fallback"] is None


# --- the browser goes away


def all_kept(url, count):
    """The answers of so many conversations, once they are kept, the latest first."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        listed = send(url, "/api/conversations")["conversations"]
        if len(listed) == count:
            return [answer for one in listed for answer in kept_in(url, one["id"])]
        time.sleep(0.02)
    raise AssertionError(f"{len(listed)} conversations are kept")


@both
def test_when_the_browser_goes_away_the_model_s_server_is_let_go_and_the_turn_is_kept(
    opened, provider
):
    holding = says(TRUE, "And then the mayor", step=Stall)
    server = ModelServer(answer=holding)
    with server, running(opened(server, provider, llm_cache=0)) as url:
        for gone in range(1, 5):  # more than the failures after which a model is left alone
            with streamed(url) as response:
                read_until(response, TRUE.encode())
            assert server.wait_for_disconnects(gone, timeout_s=5)
        answers = all_kept(url, 4)
        assert len(server.requests) == 4
    for answer in answers:  # what was seen is what is kept
        [sentence] = answer["sentences"]
        assert (sentence["text"], sentence["support"]) == (f"{TRUE}.", "supported")
        assert answer["answerer"] == f"{provider}:test"
        assert answer["fallback"] is None


# --- stopping


@both
def test_what_was_shown_when_the_model_is_stopped_stays(opened, provider):
    holding = says(TRUE, "And then the mayor", step=Stall)
    server = ModelServer(answer=holding)
    with server, running(opened(server, provider)) as url:
        with streamed(url) as response:
            received = read_until(response, TRUE.encode())
            conversation = begun_in(received)
            assert stop(url, conversation) == 204
            received += response.read()
        assert server.wait_for_disconnects()
        (_, _), (_, shown), (_, answer) = events_of(received)
        assert answer["sentences"] == [shown["sentence"]]
        assert answer["verification"] == {
            "sentences": 1, "supported": 1, "replaced": 0, "dropped": 0,
        }  # fmt: skip
        assert answer["stopped"]
        assert kept_in(url, conversation) == [answer]
        assert stop(url, conversation) == 404
        server.add(says(TRUE, RIBBON)(server.requests[0].prompt))
        again = ask(url)  # what was stopped is not taken for the whole next time
    assert (len(again["sentences"]), again["stopped"]) == (2, False)


@both
def test_a_model_that_is_stopped_before_its_first_sentence_leaves_the_articles_words(
    opened, provider
):
    server = ModelServer(answer=Stall("The old"))
    with server, running(opened(server, provider)) as url, streamed(url) as response:
        received = read_until(response, b"data: ")
        assert server.wait_for_requests()
        assert stop(url, begun_in(received)) == 204
        *_, (_, answer) = events_of(received + response.read())
    assert answer["fallback"] == f"{provider}:test was stopped before its first sentence."
    assert answer["answerer"] == "extractive"
    assert "3 May 2024" in answer["answer"]


def test_when_nobody_waits_for_a_whole_answer_it_is_not_written_on(opened):
    with ModelServer(answer=Stall("The old")) as server, running(opened(server)) as url:
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/ask", json.dumps({"question": QUESTION}), headers)
        assert server.wait_for_requests()
        connection.close()
        assert server.wait_for_disconnects()
        [answer] = all_kept(url, 1)
    assert answer["fallback"] == "openai:test was stopped before its first sentence."


def test_when_a_chat_client_goes_away_the_model_s_server_is_let_go(opened):
    path, body = PATHS[1].values
    server = ModelServer(answer=says(TRUE, "And then the mayor", step=Stall))
    with server, running(opened(server)) as url:
        with streamed(url, path, body) as response:
            read_until(response, TRUE.encode())
        assert server.wait_for_disconnects()


# --- comparing, chat clients, figures


@both
def test_a_written_answer_is_set_beside_the_articles_own_words(opened, provider):
    server = ModelServer(answer=converses)
    with server, running(opened(server, provider)) as url:
        kept = ask(url)
        both_ways = send(url, "/api/compare", {"answer_id": kept["id"]})
        assert len(server.requests) == 1
    assert both_ways["generated"] == kept
    assert both_ways["extractive"]["answerer"] == "extractive"
    assert both_ways["extractive"]["usage"] is None
    assert "3 May 2024" in both_ways["extractive"]["answer"]


def test_after_a_failure_comparing_has_the_answer_written(opened):
    server = ModelServer(Malformed(), answer=converses)
    with server, running(opened(server)) as url:
        kept = ask(url)
        both_ways = send(url, "/api/compare", {"answer_id": kept["id"]})
    assert both_ways["extractive"] == kept
    assert both_ways["generated"]["answer"] == f"{TRUE}. [1]"
    assert both_ways["generated"]["usage"] == {"tokens_in": 300, "tokens_out": 20}


@both
def test_the_official_client_gets_the_written_answer_of_the_articles(opened, provider):
    server = ModelServer(answer=converses)
    turns = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": f"{TRUE}. [1]"},
        {"role": "user", "content": FOLLOW_UP},
    ]
    with (
        server,
        running(opened(server, provider)) as url,
        OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        asked = client.chat.completions.create(model="articles", messages=turns[:1])
        with client.chat.completions.create(
            model="articles", messages=turns, stream=True, stream_options={"include_usage": True}
        ) as stream:
            chunks = list(stream)
    [first, *_] = asked.choices[0].message.content.split("\n\n")
    assert first == f"{TRUE}. [1]"
    assert (asked.usage.prompt_tokens, asked.usage.completion_tokens) == (300, 20)
    answers = [chunk.article_qa for chunk in chunks if "article_qa" in chunk.model_extra]
    assert [answer["query"] for answer in answers] == [REWRITTEN]
    said = "".join(c.delta.content or "" for chunk in chunks for c in chunk.choices)
    assert said.startswith(f"{RIBBON}. [1]\n\n[1] Old bridge reopens in Lemvig")
    assert chunks[-1].usage.total_tokens == 390 + 30


def test_a_monitor_learns_what_was_written_and_what_it_cost(opened):
    server = ModelServer(answer=converses)
    with server, running(opened(server)) as url:
        first = ask(url)  # 300 and 20 tokens
        ask(url)  # the same, from the cache
        send(url, "/api/compare", {"answer_id": first["id"]})  # in the articles' own words
        ask(url, FOLLOW_UP, conversation_id=first["conversation_id"])  # 390 and 30 tokens
        with urllib.request.urlopen(f"{url}/metrics", timeout=30) as response:
            figures = dict(line.rsplit(" ", 1) for line in response.read().decode().splitlines())
    counted = ("qa_questions", "qa_fallbacks", "qa_cached", "qa_tokens")
    assert {name: figures[name] for name in figures if name.startswith(counted)} == {
        'qa_questions_total{answerer="extractive"}': "1",
        'qa_questions_total{answerer="openai:test"}': "3",
        "qa_fallbacks_total": "0",
        "qa_cached_total": "1",
        'qa_tokens_total{direction="in"}': "690",
        'qa_tokens_total{direction="out"}': "50",
    }
    assert figures['qa_sentences_total{support="supported"}'] == "3"


# --- as a tool of other programs


def call_ask(engine):
    async def run():
        async with Client(create_server(engine)) as client:
            return await client.call_tool("ask", {"question": QUESTION})

    return asyncio.run(run())


@both
def test_the_tool_of_other_programs_gives_the_written_answer(opened, provider):
    with ModelServer(answer=says(TRUE, FALSE)) as server:
        result = call_ask(opened(server, provider))
    answer = Answer.model_validate_json(json.dumps(result.structured_content))
    assert (answer.answerer, answer.fallback) == (f"{provider}:test", None)
    assert answer.verification == Verification(sentences=2, supported=1, replaced=0, dropped=1)
    [text] = [block.text for block in result.content]
    assert text.startswith(f"{TRUE}. [1]\n")
    assert "May 9" not in text


def test_the_tool_of_other_programs_says_why_nothing_was_written(opened):
    with ModelServer(Status(404)) as server:
        result = call_ask(opened(server))
    [text] = [block.text for block in result.content]
    assert result.is_error is False
    assert "openai:test is not known to its server (404)." in text
    assert "3 May 2024" in text


# --- on the command line


SEEDS_QUESTION = "When did Rudenko meet Kumar?"
SEEDS_TRUE = "Andrey Rudenko met with Indian Ambassador Vinay Kumar on April 28, 2025"
SEEDS_FALSE = "Andrey Rudenko met with Indian Ambassador Vinay Kumar on April 29, 2025"
ELSEWHERE = "http://192.0.2.1:9"


@pytest.fixture
def qa(tmp_path):
    """A function that runs a command in a process that is kept from all hosts but this one.

    Its environment does its best to have things sent elsewhere.
    """
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    refused = tmp_path / "refused"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "HF_"))}
    names = ["LANGSMITH_ENDPOINT", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OLLAMA_HOST"]
    kept |= dict.fromkeys(names, ELSEWHERE) | {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_API_KEY": "secret-123",
        "OPENAI_API_KEY": "secret-123",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "REFUSED": str(refused),
    }

    def run(*arguments, program=("-m", "qa.cli"), **environ):
        command = [sys.executable, *program, *arguments]
        return subprocess.run(
            command, env=kept | environ, cwd=ROOT, capture_output=True, text=True, timeout=300
        )

    yield run
    assert not refused.exists(), refused.read_text()


def seeds_environ(seeds_index, server, provider):
    served = served_by(server, provider)
    return {
        "QA_INDEX_DIR": str(seeds_index.index_dir),
        "QA_LLM": served["llm"],
        "QA_LLM_BASE_URL": served["llm_base_url"],
    }


def says_of_seeds(*sentences):
    """What gives a reply of these sentences, each citing the passage about the meeting."""

    def replying(prompt):
        before, _, _ = prompt[-1]["content"].partition("Kumar on April 28, 2025")
        number = re.findall(r"passage (\d+) ---\n", before)[-1]
        said = " ".join(f"{sentence} [{number}]." for sentence in sentences)
        return Reply(said, tokens_in=700, tokens_out=40)

    return replying


@pytest.mark.model
def test_the_command_line_gives_the_written_answer_as_json(qa, seeds_index):
    with ModelServer(answer=says_of_seeds(SEEDS_TRUE, SEEDS_FALSE)) as server:
        ran = qa("ask", SEEDS_QUESTION, "--json", **seeds_environ(seeds_index, server, "openai"))
        assert [request.path for request in server.requests] == ["/v1/chat/completions"]
        assert "secret-123" not in str(server.requests)
    assert ran.returncode == 0, ran.stderr
    answer = Answer.model_validate_json(ran.stdout)
    assert (answer.answerer, answer.fallback) == ("openai:test", None)
    assert answer.sentences[0].text == f"{SEEDS_TRUE}."
    assert answer.sentences[0].support == "supported"
    assert "April 29" not in answer.answer
    assert answer.usage == Usage(tokens_in=700, tokens_out=40)


@pytest.mark.model
def test_the_command_line_compares_both_answers(qa, seeds_index):
    with ModelServer(answer=says_of_seeds(SEEDS_TRUE)) as server:
        environ = seeds_environ(seeds_index, server, "ollama")
        ran = qa("ask", SEEDS_QUESTION, "--compare", "--json", **environ)
        assert [request.path for request in server.requests] == ["/api/chat"]
    assert ran.returncode == 0, ran.stderr
    compared = Comparison.model_validate_json(ran.stdout)
    assert compared.generated.answer == f"{SEEDS_TRUE}. [1]"
    assert compared.extractive.answerer == "extractive"
    assert "April 28, 2025" in compared.extractive.answer


@pytest.mark.model
def test_the_doctor_tries_the_model_and_names_its_host(qa, seeds_index):
    with ModelServer(Reply("OK")) as server:
        ran = qa("doctor", **seeds_environ(seeds_index, server, "openai"))
        [request] = server.requests
    assert ran.returncode == 0, ran.stdout + ran.stderr
    tried, hosts = ran.stdout.splitlines()[-2:]
    assert re.fullmatch(r"ok +language model: openai:test answers in \d+ ms", tried)
    assert re.fullmatch(rf"ok +hosts contacted: {server.url}, with questions and passages", hosts)
    assert request.prompt == [{"content": "Answer with the one word OK.", "role": "user"}]


WITHOUT_MODELS = """
import sys
for name in ("torch", "sentence_transformers", "chromadb", "langchain_ollama"):
    sys.modules[name] = None
from qa.cli import main
main(sys.argv[1:])
"""
INSTALL = "The package for {0} models is not installed; run: pip install {1}"
NOT_KNOWN = "QA_LLM={0}:x names the provider '{0}', which is not known; take `ollama`, `openai`, "
OUT_OF_RANGE = "QA_LLM={} is out of range: Language model that writes the answers, as `provider:mo"


@pytest.mark.parametrize(
    ("llm", "told"),
    [
        ("groq:llama", INSTALL.format("groq", "langchain-groq")),
        ("ollama:llama3.2", INSTALL.format("ollama", "'.[ollama]'")),
        ("nonsense:x", NOT_KNOWN.format("nonsense")),
        ("../a.b:x", NOT_KNOWN.format("../a.b")),
        ("gpt-4.1-mini", OUT_OF_RANGE.format("gpt-4.1-mini")),
    ],
)
def test_a_model_that_cannot_be_had_is_told_before_anything_is_loaded(qa, tmp_path, llm, told):
    index = str(tmp_path / "index")
    ran = qa("ask", "Who?", program=("-c", WITHOUT_MODELS), QA_LLM=llm, QA_INDEX_DIR=index)
    assert (ran.returncode, ran.stdout) == (1, "")
    [line] = ran.stderr.splitlines()
    assert line.startswith(f"Error: {told}")


def test_no_site_is_served_with_a_model_that_cannot_be_had(qa):
    ran = qa("serve", program=("-c", WITHOUT_MODELS), QA_LLM="groq:llama")
    told = INSTALL.format("groq", "langchain-groq")
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"Error: {told}\n")
