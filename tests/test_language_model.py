"""The door to language models, against a real server on loopback that misbehaves by a script."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import ROOT
from model_server import CutOff, Malformed, ModelServer, Reply, Stall, Status
from test_offline import GUARD

from qa.doctor import Check, contacts
from qa.errors import BadRequest, ModelFailed
from qa.language_model import Message, Piece, contacted_hosts, never, open_model
from qa.settings import Settings

HELLO = [Message("system", "Be brief."), Message("user", "Say hello.")]


@pytest.fixture(scope="module", autouse=True)
def imported():
    """The packages are imported beforehand, so that they don't use up a test's time limit."""
    with ModelServer(answer=Reply("Hello.")) as server:
        for provider in ("openai", "ollama"):
            written(opened(server, provider))


def settings_for(server, provider, **more):
    path = "/v1" if provider == "openai" else ""
    return Settings(llm=f"{provider}:test", llm_base_url=server.url + path, **more)


def opened(server, provider="openai", **more):
    return open_model(settings_for(server, provider), **more)


def stream(model, timeout_s=5.0, cancelled=never):
    return model.stream(HELLO, max_tokens=50, timeout_s=timeout_s, cancelled=cancelled)


def written(model, timeout_s=5.0):
    return "".join(piece.text for piece in stream(model, timeout_s))


def reason(model, timeout_s=5.0):
    with pytest.raises(ModelFailed) as failed:
        written(model, timeout_s)
    return str(failed.value)


class Events(BaseHTTPRequestHandler):
    """Replies with the server's `events`, whatever is asked."""

    def log_message(self, *_):
        """Silent."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for event in self.server.events:
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")


class EventServer(ThreadingHTTPServer):
    """What `ModelServer` has no step for: event by event what a server of OpenAI's kind sends."""

    def __init__(self, *events):
        super().__init__(("127.0.0.1", 0), Events)
        self.events = events
        self.paths = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.shutdown()
        self.server_close()
        self.thread.join()


def chunk(text="", tokens=None, finish=None):
    """One event of a chat completion; with `tokens`, it says what was used so far."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    usage = {}
    if tokens:
        counts = (*tokens, sum(tokens))
        names = ("prompt_tokens", "completion_tokens", "total_tokens")
        usage = {"usage": dict(zip(names, counts, strict=True))}
    return {"id": "x", "model": "test", "choices": [choice], **usage}


both = pytest.mark.parametrize("provider", ["openai", "ollama"])


def test_without_a_setting_there_is_no_model_and_no_host():
    assert open_model(Settings()) is None
    assert contacted_hosts(Settings()) == ()


@both
def test_a_reply_comes_in_pieces_with_its_tokens(provider):
    with ModelServer(Reply("Hello there, you.", tokens_in=12, tokens_out=7)) as server:
        model = opened(server, provider)
        assert list(stream(model)) == [
            Piece("Hello "),
            Piece("there, "),
            Piece("you."),
            Piece("", tokens_in=12, tokens_out=7),
        ]
        assert model.name == f"{provider}:test"


@both
def test_a_piece_is_there_before_the_next_is_written(provider):
    with ModelServer(Stall(after="Hello ")) as server:
        pieces = stream(opened(server, provider))
        assert next(pieces) == Piece("Hello ")
        pieces.close()


def test_openai_is_asked_in_its_own_words():
    with ModelServer(Reply("Hello.")) as server:
        written(opened(server))
        body = server.requests[0].body
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Say hello."},
    ]
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("test", 0, 50)
    assert body["stream_options"] == {"include_usage": True}


def test_ollama_is_asked_in_its_own_words():
    with ModelServer(Reply("Hello.")) as server:
        written(opened(server, "ollama"))
        body = server.requests[0].body
    assert [message["content"] for message in body["messages"]] == ["Be brief.", "Say hello."]
    assert body["options"] == {"temperature": 0, "num_ctx": 6000, "num_predict": 50}


def test_a_model_name_may_hold_colons():
    with ModelServer(Reply("Hello.")) as server:
        written(open_model(Settings(llm="ollama:llama3.2:1b", llm_base_url=server.url)))
        assert server.requests[0].body["model"] == "llama3.2:1b"


def test_a_model_that_takes_no_temperature_is_asked_without():
    refusal = Status(400, message="Unsupported value: 'temperature' does not support 0")
    with ModelServer(refusal, Reply("Hello."), Reply("Hello again.")) as server:
        model = opened(server)
        assert written(model) == "Hello."
        assert written(model) == "Hello again."
        assert ["temperature" in r.body for r in server.requests] == [True, False, False]


@both
def test_a_reply_that_came_to_the_most_tokens_is_a_reply_and_says_so(provider):
    with ModelServer(Reply("Hello the", finish="length"), Reply("Hello.")) as server:
        model = opened(server, provider)
        *others, last = stream(model)
        assert [piece.text for piece in others if not piece.tokens_in] == ["Hello ", "the"]
        assert (last.text, last.cut) == ("", True)
        assert not any(piece.cut for piece in [*others, *stream(model)])


def test_a_server_that_counts_on_in_each_chunk_is_counted_once():
    events = [
        chunk("Hello ", (100, 1)),
        chunk("there, ", (100, 2)),
        chunk("you.", (100, 3)),
        chunk(finish="length"),
        {"id": "x", "choices": [], "usage": chunk("", (100, 3))["usage"]},
    ]
    with EventServer(*events) as server:
        assert list(stream(opened(server))) == [
            Piece("Hello "),
            Piece("there, "),
            Piece("you."),
            Piece("", tokens_in=100, tokens_out=3, cut=True),
        ]


def test_what_a_reply_cost_is_told_before_it_fails():
    with EventServer(chunk("Hello ", (100, 1)), chunk("there, ", (100, 2))) as server:
        pieces = stream(opened(server))
        assert [next(pieces) for _ in range(3)] == [
            Piece("Hello "),
            Piece("there, "),
            Piece("", tokens_in=100, tokens_out=2),
        ]
        with pytest.raises(ModelFailed, match="broke off in the middle"):
            next(pieces)


@pytest.mark.parametrize("before", [[], [chunk("The old ")]], ids=["at once", "in the middle"])
def test_what_a_server_says_of_its_own_key_is_no_wrong_setting_here(before):
    error = {"error": {"message": "upstream: set ANTHROPIC_API_KEY", "type": "script"}}
    with EventServer(*before, error) as server:
        told = reason(opened(server))
    assert told == "openai:test reported an error instead of a reply."


def of_responses(*events):
    """Events of OpenAI's other interface, about one reply."""
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def state(name, **more):
    shape = {"id": "resp_1", "object": "response", "created_at": 1, "model": "m", "output": []}
    return {"type": f"response.{name}", "response": shape | {"status": name} | more}


DELTA = {
    "type": "response.output_text.delta",
    "item_id": "msg_1",
    "output_index": 0,
    "content_index": 0,
    "delta": "Hello.",
    "logprobs": [],
}
USED = {
    "input_tokens": 12,
    "output_tokens": 7,
    "total_tokens": 19,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
TOO_LONG = {"incomplete_details": {"reason": "max_output_tokens"}}


@pytest.fixture
def of_openai(monkeypatch):
    """A function from a server to a model that OpenAI offers in its other interface alone."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret-123")

    def open_one(server):
        monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/v1")
        return open_model(Settings(llm="openai:gpt-5-pro"))

    return open_one


@pytest.mark.parametrize(
    ("end", "cut"),
    [(state("completed", usage=USED), False), (state("incomplete", usage=USED, **TOO_LONG), True)],
)
def test_a_model_of_openai_s_other_interface_ends_as_it_says(of_openai, end, cut):
    with EventServer(*of_responses(state("created"), DELTA, end)) as server:
        pieces = list(stream(of_openai(server)))
        assert server.paths == ["/v1/responses"]
    assert pieces == [Piece("Hello."), Piece("", tokens_in=12, tokens_out=7, cut=cut)]


def test_a_reply_of_openai_s_other_interface_that_breaks_off_is_no_reply(of_openai):
    with EventServer(*of_responses(state("created"), DELTA)) as server:
        told = reason(of_openai(server))
    assert told == "openai:gpt-5-pro broke off in the middle of its reply."


def test_a_failure_of_openai_s_other_interface_is_no_wrong_setting_here(of_openai):
    error = {"code": "server_error", "message": "upstream: set ANTHROPIC_API_KEY"}
    with EventServer(*of_responses(state("created"), state("failed", error=error))) as server:
        told = reason(of_openai(server))
    assert told == "openai:gpt-5-pro sent a reply that cannot be read."


def test_another_server_is_asked_for_chat_completions_whatever_the_model_is_called():
    for name in ("openai:gpt-5-pro", "openai:my-codex"):
        with ModelServer(Reply("Hello.")) as server:
            model = open_model(Settings(llm=name, llm_base_url=server.url + "/v1"))
            assert written(model) == "Hello."
            assert server.requests[0].path == "/v1/chat/completions"


@both
def test_a_busy_server_is_asked_again_when_it_says(provider):
    with ModelServer(Status(429, {"Retry-After": "0.3"}), Reply("Hello.")) as server:
        began = time.monotonic()
        assert written(opened(server, provider)) == "Hello."
        assert time.monotonic() - began >= 0.3


def test_a_server_that_asks_for_more_time_than_is_left_is_not_waited_for():
    with ModelServer(Status(429, {"Retry-After": "60"})) as server:
        told = reason(opened(server))
        assert told == "openai:test is asked too often, or its quota is used up (429)."
        assert len(server.requests) == 1


@both
def test_a_failing_server_is_asked_three_times(provider):
    with ModelServer(answer=Status(500)) as server:
        told = reason(opened(server, provider))
        assert told == f"{provider}:test has a server that fails (500)."
        assert len(server.requests) == 3


@both
@pytest.mark.parametrize(
    ("code", "told"),
    [
        (400, "refused the request (400)"),
        (401, "did not accept the key (401)"),
        (403, "may not be used with this key (403)"),
        (404, "is not known to its server (404)"),
    ],
)
def test_a_refusal_is_told_and_not_tried_again(provider, code, told):
    with ModelServer(Status(code, message="Incorrect API key provided: secret-123")) as server:
        assert reason(opened(server, provider)) == f"{provider}:test {told}."
        assert len(server.requests) == 1


@both
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Stall(after=None), id="silent"),
        pytest.param(Stall(after="Hello "), id="stalled"),
        pytest.param(Reply("drip " * 200, delay_s=0.05), id="slow drip"),
    ],
)
def test_a_reply_that_takes_too_long_is_given_up_in_time(provider, step):
    with ModelServer(step) as server:
        model = opened(server, provider)
        began = time.monotonic()
        assert reason(model, timeout_s=0.4) == f"{provider}:test was not done within 0.4 s."
        assert time.monotonic() - began < 1.0
        assert server.wait_for_disconnects(timeout_s=2.0)


@both
@pytest.mark.parametrize("politely", [False, True])
def test_a_reply_that_breaks_off_in_a_word_is_no_reply(provider, politely):
    with ModelServer(CutOff(after="Some wo", politely=politely)) as server:
        pieces = stream(opened(server, provider))
        assert next(pieces).text == "Some wo"
        with pytest.raises(ModelFailed) as failed:
            list(pieces)
        assert str(failed.value) == f"{provider}:test broke off in the middle of its reply."
        assert len(server.requests) == 1


@both
def test_a_line_that_breaks_before_the_reply_is_tried_again(provider):
    with ModelServer(CutOff(), Reply("Hello.")) as server:
        assert written(opened(server, provider)) == "Hello."


@both
@pytest.mark.parametrize("after", ["", "Hello "])
def test_a_malformed_reply_is_no_reply(provider, after):
    with ModelServer(Malformed(after)) as server:
        told = reason(opened(server, provider))
        assert told == f"{provider}:test sent a reply that cannot be read."


@both
@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Reply(" \n"), "sent an empty reply"),
        (Reply("", finish="length"), "used up 50 tokens before it wrote a word"),
    ],
)
def test_an_empty_reply_is_no_reply(provider, step, told):
    with ModelServer(step) as server:
        assert reason(opened(server, provider)) == f"{provider}:test {told}."


@both
def test_a_server_that_is_not_there_is_told(provider):
    with ModelServer() as server:
        model = opened(server, provider)
    assert reason(model) == f"{provider}:test cannot be reached."


@both
def test_a_server_that_sends_elsewhere_is_not_followed(provider):
    with ModelServer(answer=Reply("Give me your questions.")) as elsewhere:
        path = "/v1/chat/completions" if provider == "openai" else "/api/chat"
        with ModelServer(Status(307, {"Location": elsewhere.url + path})) as server:
            told = reason(opened(server, provider))
        assert elsewhere.requests == []
    assert told == f"{provider}:test sends to another address, which is not followed (307)."


@both
def test_cancelling_closes_the_connection(provider):
    with ModelServer(Stall(after="Hello ")) as server:
        stop = threading.Event()
        pieces = stream(opened(server, provider), cancelled=stop.is_set)
        assert next(pieces).text == "Hello "
        stop.set()
        with pytest.raises(ModelFailed, match=f"^{provider}:test was cancelled.$"):
            next(pieces)
        assert server.wait_for_disconnects(timeout_s=2.0)


@both
def test_closing_early_closes_the_connection(provider):
    with ModelServer(Stall(after="Hello ")) as server:
        pieces = stream(opened(server, provider))
        next(pieces)
        pieces.close()
        assert server.wait_for_disconnects(timeout_s=2.0)


def test_several_ask_at_the_same_time():
    with ModelServer(answer=Reply("Hello to you all.", delay_s=0.1)) as server:
        model = opened(server)
        replies = []
        threads = [
            threading.Thread(target=lambda: replies.append(written(model))) for _ in range(8)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert replies == ["Hello to you all."] * 8
        assert time.monotonic() - began < 2.5  # one after the other: 3.2


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_model_that_keeps_failing_is_left_alone_and_then_tried_once():
    clock = Clock()
    with ModelServer(*[Status(404)] * 4, Reply("Hello."), Reply("Hello.")) as server:
        model = opened(server, clock=clock)
        told = [reason(model) for _ in range(4)]
        assert told[:3] == ["openai:test is not known to its server (404)."] * 3
        assert told[3] == "openai:test failed 3 times in a row; it is tried again in 30 s."
        clock.now += 29.5
        assert reason(model).endswith("it is tried again in 1 s.")
        assert len(server.requests) == 3
        clock.now += 0.5
        assert reason(model) == "openai:test is not known to its server (404)."
        assert reason(model) == "openai:test failed 4 times in a row; it is tried again in 30 s."
        clock.now += 30
        assert written(model) == written(model) == "Hello."


def test_while_one_call_tries_a_failing_model_the_others_do_not():
    clock = Clock()
    with ModelServer(*[Status(404)] * 3, Stall(after="Hello "), Reply("Hello.")) as server:
        model = opened(server, clock=clock)
        for _ in range(3):
            reason(model)
        clock.now += 30
        trial = stream(model)
        next(trial)
        assert "failed 3 times in a row" in reason(model)
        trial.close()
        assert written(model) == "Hello."


def test_what_the_caller_gives_up_is_no_failure_of_the_model():
    with ModelServer(*[Stall(after="Hello ")] * 4, Reply("Hello.")) as server:
        model = opened(server)
        for _ in range(2):
            pieces = stream(model)
            next(pieces)
            pieces.close()
        for _ in range(2):
            stop = threading.Event()
            pieces = stream(model, cancelled=stop.is_set)
            next(pieces)
            stop.set()
            with pytest.raises(ModelFailed, match="was cancelled"):
                next(pieces)
        assert written(model) == "Hello."


def test_a_reply_that_was_read_as_far_as_it_was_needed_is_a_success():
    steps = [Status(404)] * 2 + [Reply("Hello you.")] * 5 + [Status(404)] * 2
    with ModelServer(*steps, Reply("Hello.")) as server:
        model = opened(server)
        for _ in range(2):
            reason(model)
        for _ in range(5):
            pieces = stream(model)
            next(pieces)
            pieces.close()
        for _ in range(2):
            assert reason(model) == "openai:test is not known to its server (404)."
        assert written(model) == "Hello."


def test_a_model_that_always_breaks_off_is_left_alone():
    with ModelServer(answer=CutOff("Some wo")) as server:
        model = opened(server)
        told = [reason(model) for _ in range(4)]
        assert len(server.requests) == 3
    assert told[3] == "openai:test failed 3 times in a row; it is tried again in 30 s."


@pytest.mark.parametrize(
    ("llm", "told"),
    [
        (
            "groq:llama",
            "The package for groq models is not installed; run: pip install langchain-groq",
        ),
        (
            "bedrock:claude",
            "The package for bedrock models is not installed; run: pip install langchain-aws",
        ),
        ("openai:gpt-4.1-mini", "openai:gpt-4.1-mini needs a key; set OPENAI_API_KEY."),
        ("anthropic:claude", "anthropic:claude needs a key; set ANTHROPIC_API_KEY."),
    ],
)
def test_what_keeps_a_model_from_being_opened_is_told(monkeypatch, llm, told):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BadRequest) as refused:
        written(open_model(Settings(llm=llm)), timeout_s=60)
    assert str(refused.value) == told


def test_an_unknown_provider_is_told_with_what_to_take_instead():
    with pytest.raises(BadRequest) as refused:
        written(open_model(Settings(llm="nonsense:x")))
    assert str(refused.value).startswith(
        "QA_LLM=nonsense:x names the provider 'nonsense', which is not known; take `ollama`,"
    )


def test_an_extra_of_this_project_is_named_where_its_package_is_missing():
    # Without its package is what an installation without the extra looks like.
    code = (
        "import sys; sys.modules['langchain_ollama'] = None\n"
        "from qa.errors import BadRequest\n"
        "from qa.language_model import *\n"
        "from qa.settings import Settings\n"
        "try: list(open_model(Settings(llm='ollama:x')).stream([], max_tokens=1, timeout_s=60))\n"
        "except BadRequest as error: print(error)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    told = "The package for ollama models is not installed; run: pip install '.[ollama]'"
    assert shown.stdout.strip() == told, shown.stderr


@both
@pytest.mark.parametrize(("key", "sent"), [("", "Bearer none"), ("mine", "Bearer mine")])
def test_another_server_gets_our_key_and_nothing_of_the_provider_s(
    monkeypatch, provider, key, sent
):
    names = ["OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"]
    for name in [*names, "OLLAMA_API_KEY", "LANGSMITH_API_KEY"]:
        monkeypatch.setenv(name, "secret-123")
    with ModelServer(Reply("Hello.")) as server:
        written(open_model(settings_for(server, provider, llm_api_key=key)))
        headers = server.requests[0].headers
    assert headers["authorization"] == sent
    assert "secret-123" not in str(headers)


@pytest.mark.parametrize(
    ("settings", "environ", "hosts"),
    [
        (Settings(llm="openai:x", llm_base_url="http://u:p@10.0.0.7:8080/v1"), {}, "10.0.0.7:8080"),
        (Settings(llm="ollama:x"), {}, "127.0.0.1:11434"),
        (Settings(llm="ollama:x"), {"OLLAMA_HOST": "10.0.0.8:5"}, "10.0.0.8:5"),
    ],
)
def test_the_host_is_the_one_that_is_really_contacted(monkeypatch, settings, environ, hosts):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert contacted_hosts(settings) == (f"http://{hosts}",)


def test_a_provider_s_own_host_is_named(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_BASE", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "secret-123")
    assert contacted_hosts(Settings(llm="openai:x")) == ("https://api.openai.com",)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://10.0.0.9/v1")
    assert contacted_hosts(Settings(llm="openai:x")) == ("https://10.0.0.9",)
    assert contacted_hosts(Settings(llm="groq:x")) == ("the default host of groq",)


def test_tracing_by_environment_variables_sends_nothing_anywhere(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    with ModelServer(answer=Reply("Hello.")) as server, ModelServer() as langsmith:
        environ = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
            "REFUSED": str(tmp_path / "refused"),
            "LANGSMITH_TRACING": "true",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_API_KEY": "secret-123",
            "LANGSMITH_ENDPOINT": langsmith.url,
        }
        code = (
            "from langchain_core.tracers.langchain import wait_for_all_tracers\n"
            "from qa.language_model import *\n"
            "from qa.settings import Settings\n"
            "def ask(name, url):\n"
            "    model = open_model(Settings(llm=name, llm_base_url=url))\n"
            "    ask = model.stream([Message('user', 'Hi')], max_tokens=9, timeout_s=60)\n"
            "    return ''.join(piece.text for piece in ask)\n"
            f"print(ask('openai:test', '{server.url}/v1'), ask('ollama:test', '{server.url}'))\n"
            "wait_for_all_tracers()\n"
        )
        shown = subprocess.run(
            [sys.executable, "-c", code], env=environ, cwd=ROOT, capture_output=True, text=True
        )
        assert shown.stdout.strip() == "Hello. Hello.", shown.stderr
        assert langsmith.requests == []
    assert not (tmp_path / "refused").exists()


def test_the_doctor_tries_the_language_model_and_names_its_host():
    with ModelServer(Reply("OK")) as server:
        tried, hosts = contacts(settings_for(server, "ollama"))
        assert server.requests[0].prompt[0]["content"] == "Answer with the one word OK."
    assert re.fullmatch(r"ollama:test answers in \d+ ms", tried.found)
    assert (tried.what, tried.ok) == ("language model", True)
    told = f"{server.url}, with questions and passages"
    assert hosts == Check("hosts contacted", told, True)


def test_the_doctor_says_why_the_language_model_fails():
    with ModelServer(Status(404)) as server:
        tried, _ = contacts(settings_for(server, "openai"))
    told = "openai:test is not known to its server (404)."
    assert tried == Check("language model", told, False)


def test_the_doctor_contacts_nobody_without_a_language_model():
    told = "none; everything runs on this machine"
    assert contacts(Settings()) == [Check("hosts contacted", told, True)]
