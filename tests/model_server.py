"""A small real server on loopback that speaks the protocols of OpenAI and of Ollama, by a script.

    with ModelServer(Status(429, {"Retry-After": "0"}), Reply("Hello there.")) as server:
        settings = Settings(llm="openai:test", llm_base_url=server.url + "/v1")
        ...
        assert server.requests[0].prompt[-1]["content"] == "Hi"

For Ollama: `Settings(llm="ollama:test", llm_base_url=server.url)`. Each request to
`POST /v1/chat/completions` or `POST /api/chat`, streamed or not, takes the next step of the script:

    Reply(text)        the text, in pieces of `chunk_words` words, `delay_s` before each piece
    Status(code)       an error with its headers
    Stall(after=text)  some text, and then the line is held without a word until one side closes it
    CutOff(after=text) some text, and then the line is cut
    Malformed()        a reply that isn't JSON

When the script is used up, `answer` decides: a step for all further requests, or a function from
the prompt (a list of `{"role", "content"}`) to a step, so that a test can answer by what was asked:

    ModelServer(answer=lambda prompt: Reply("OK" if "OK" in prompt[-1]["content"] else "No."))

Without `answer`, a request that has no step gets a 400. `add(step, ...)` lengthens the script.
`requests` lists what was asked (also by GET), and `disconnects` counts the clients that went away
before they had their whole reply; `wait_for_disconnects()` waits for that. Tokens that a `Reply`
doesn't name are counted as words: those of the prompt, and those of the text.
"""

import json
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    chunk_words: int = 1
    delay_s: float = 0.0
    finish: str = "stop"  # or "length", for a reply that came to the most tokens allowed


@dataclass(frozen=True, slots=True)
class Status:
    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "refused by the script"


@dataclass(frozen=True, slots=True)
class Stall:
    after: str | None = ""  # None: not even a status line


@dataclass(frozen=True, slots=True)
class CutOff:
    after: str = ""
    politely: bool = False  # the body ends as if it were whole, without a finish reason


@dataclass(frozen=True, slots=True)
class Malformed:
    after: str = ""


Step = Reply | Status | Stall | CutOff | Malformed
Prompt = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: Mapping[str, Any]

    @property
    def prompt(self) -> Prompt:
        return self.body.get("messages", [])


class ModelServer:
    """See the top of this file."""

    def __init__(
        self, *script: Step, answer: Step | Callable[[Prompt], Step] | None = None
    ) -> None:
        self.requests: list[Request] = []
        self.disconnects = 0
        self.closing = threading.Event()
        self._script = list(script)
        self._answer = answer
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False  # so that closing waits for all of them
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "ModelServer":
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, *steps: Step) -> None:
        with self._changed:
            self._script.extend(steps)

    def asked(self) -> list[Request]:
        """The requests that wanted text."""
        return [request for request in self.requests if request.method == "POST"]

    def wait_for_disconnects(self, count: int = 1, timeout_s: float = 5.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.disconnects >= count, timeout_s)

    def wait_for_requests(self, count: int = 1, timeout_s: float = 5.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, timeout_s)

    def note(self, request: Request) -> None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def note_disconnect(self) -> None:
        with self._changed:
            self.disconnects += 1
            self._changed.notify_all()

    def next_step(self, prompt: Prompt) -> Step:
        with self._changed:
            if self._script:
                return self._script.pop(0)
        if self._answer is None:
            return Status(400, message="the script has no further reply")
        return self._answer(prompt) if callable(self._answer) else self._answer


def pieces(text: str, words: int) -> list[str]:
    """The text in pieces of so many words; joined, they are the text again."""
    found = re.findall(r"\s*\S+\s*", text)
    return ["".join(found[at : at + words]) for at in range(0, len(found), words)]


@dataclass(frozen=True, slots=True)
class _OpenAI:
    """How a reply is put into OpenAI's chat completions."""

    model: str
    usage_in_stream: bool
    content_type = "text/event-stream"

    def piece(self, text: str) -> str:
        return self._event({"content": text}, None)

    def end(self, reply: Reply, tokens: tuple[int, int]) -> str:
        end = self._event({}, reply.finish)
        if self.usage_in_stream:
            end += f"data: {json.dumps(self._chunk([]) | {'usage': self._usage(tokens)})}\n\n"
        return end + "data: [DONE]\n\n"

    def whole(self, reply: Reply, tokens: tuple[int, int]) -> dict[str, Any]:
        message = {"role": "assistant", "content": reply.text}
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        shape = self._chunk([choice]) | {"object": "chat.completion"}
        return shape | {"usage": self._usage(tokens)}

    def malformed(self) -> str:
        return 'data: {"choices": [{"delta": {"content": \n\n'

    def refusal(self, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": "script", "code": None, "param": None}}

    def _event(self, delta: dict[str, str], finish: str | None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f"data: {json.dumps(self._chunk([choice]))}\n\n"

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        shape = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
        return shape | {"model": self.model, "choices": choices}

    def _usage(self, tokens: tuple[int, int]) -> dict[str, int]:
        return {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }


@dataclass(frozen=True, slots=True)
class _Ollama:
    """How a reply is put into Ollama's chat."""

    model: str
    content_type = "application/x-ndjson"

    def piece(self, text: str) -> str:
        return json.dumps(self._line(text, done=False)) + "\n"

    def end(self, reply: Reply, tokens: tuple[int, int]) -> str:
        return json.dumps(self._last("", reply, tokens)) + "\n"

    def whole(self, reply: Reply, tokens: tuple[int, int]) -> dict[str, Any]:
        return self._last(reply.text, reply, tokens)

    def malformed(self) -> str:
        return '{"message": {"content": \n'

    def refusal(self, message: str) -> dict[str, Any]:
        return {"error": message}

    def _line(self, text: str, *, done: bool) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        stamp = "2026-01-01T00:00:00.000000Z"
        return {"model": self.model, "created_at": stamp, "message": message, "done": done}

    def _last(self, text: str, reply: Reply, tokens: tuple[int, int]) -> dict[str, Any]:
        return self._line(text, done=True) | {
            "done_reason": reply.finish,
            "total_duration": 1_000_000,
            "prompt_eval_count": tokens[0],
            "eval_count": tokens[1],
        }


class _Gone(Exception):
    """The client closed the line."""


def _handler(owner: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        server_of_models = owner

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of_models: ModelServer

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._note({})
        known: dict[str, dict[str, Any]] = {
            "/api/tags": {"models": [{"name": "test", "model": "test"}]},
            "/v1/models": {"object": "list", "data": [{"id": "test", "object": "model"}]},
        }
        found = known.get(self.path)
        self._send(200 if found else 404, found or {"error": "no such page"})

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_json = "json" in (self.headers.get("Content-Type") or "")
        body = json.loads(content) if is_json else {}
        request = self._note(body)
        protocol = self._protocol(body)
        if protocol is None:
            self._send(404, {"error": "no such page"})
            return
        # Ollama streams unless it is told not to; OpenAI the other way round.
        streamed = body.get("stream", isinstance(protocol, _Ollama))
        step = self.server_of_models.next_step(request.prompt)
        try:
            self._take(step, protocol, request.prompt, streamed)
        except (_Gone, ConnectionError):
            self.server_of_models.note_disconnect()
        finally:
            self.close_connection = True

    def _note(self, body: dict[str, Any]) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.server_of_models.note(request)
        return request

    def _protocol(self, body: dict[str, Any]) -> _OpenAI | _Ollama | None:
        if self.path == "/v1/chat/completions":
            usage = (body.get("stream_options") or {}).get("include_usage", False)
            return _OpenAI(body["model"], usage)
        return _Ollama(body["model"]) if self.path == "/api/chat" else None

    def _take(
        self, step: Step, protocol: _OpenAI | _Ollama, prompt: Prompt, streamed: bool
    ) -> None:
        if isinstance(step, Status):
            self._send(step.code, protocol.refusal(step.message), step.headers)
        elif isinstance(step, Reply) and not streamed:
            self._wait(step.delay_s)
            self._send(200, protocol.whole(step, _tokens(step, prompt)))
        elif isinstance(step, Stall) and (step.after is None or not streamed):
            self._wait(None)
        else:
            self._begin(protocol.content_type)
            self._stream(step, protocol, prompt)

    def _stream(
        self,
        step: Reply | Stall | CutOff | Malformed,
        protocol: _OpenAI | _Ollama,
        prompt: Prompt,
    ) -> None:
        if isinstance(step, Reply):
            for piece in pieces(step.text, step.chunk_words):
                self._wait(step.delay_s)
                self._chunk(protocol.piece(piece))
            self._chunk(protocol.end(step, _tokens(step, prompt)))
            self._finish()
            return
        if step.after:
            self._chunk(protocol.piece(step.after))
        if isinstance(step, Stall):
            self._wait(None)
        elif isinstance(step, Malformed):
            self._chunk(protocol.malformed())
            self._finish()
        elif step.politely:
            self._finish()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    def _wait(self, seconds: float | None) -> None:
        """Wait so long, or for good, while the client is there and the server isn't closed."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self.server_of_models.closing.is_set():
            left = 0.02 if end is None else min(0.02, end - time.monotonic())
            if left <= 0:
                return
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise _Gone

    def _send(
        self, code: int, shape: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        content = json.dumps(shape).encode()
        self._begin("application/json", code, {"Content-Length": str(len(content))}, headers or {})
        self.wfile.write(content)

    def _begin(self, content_type: str, code: int = 200, *more: Mapping[str, str]) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        if not more:
            self.send_header("Transfer-Encoding", "chunked")
        for name, value in [item for headers in more for item in headers.items()]:
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, text: str) -> None:
        content = text.encode()
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")

    def _finish(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


def _tokens(reply: Reply, prompt: Prompt) -> tuple[int, int]:
    asked = sum(len(message["content"].split()) for message in prompt)
    said = len(reply.text.split())
    return (
        asked if reply.tokens_in is None else reply.tokens_in,
        said if reply.tokens_out is None else reply.tokens_out,
    )
