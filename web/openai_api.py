"""The articles as a model of OpenAI's interface, for any chat client that speaks it.

The last user message is the question, the user and assistant messages before it are its history.
System and developer messages have no effect: an answer is what the articles say, and no prompt
steers it. Neither have the fields that tune a model. What is asked here is not kept.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from flask import Blueprint, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from qa import Answer, AnswerEvent, AnswerSentence, Citation, Turn, told_in
from web.chat_text import ChatText, plain
from web.conversations import HISTORY_TURNS
from web.errors import BadField, UnknownModel, openai_error
from web.events import work_off
from web.openai_bodies import (
    MODEL,
    AnswerMessage,
    AssistantMessage,
    ChatCompletion,
    ChatRequest,
    Choice,
    Message,
    Model,
    ModelList,
    TokenUsage,
    UserMessage,
)
from web.replies import reply
from web.site import own_address, site

blueprint = Blueprint("openai", __name__, url_prefix="/v1")

Chunk = dict[str, object]
FIELDS = frozenset(
    "model messages role content type text stream stream_options include_usage n".split()
)
RELEASED = 1_795_564_800
"""When there first was such a model, 25 November 2026; clients want to be told."""


@blueprint.post("/chat/completions")
def chat_completions() -> Response:
    """Answer the last question of a conversation, whole or as a stream of chunks."""
    body, root = _read_chat(), own_address()
    _check_model(body.model)
    question, history = conversation(body.messages)
    if not body.stream:
        return reply(_completion(site().ask(question, history=history), root))
    with_usage = bool(body.stream_options and body.stream_options.include_usage)
    events = site().stream(question, history=history)
    response = Response(_frames(_chunks(events, root, with_usage)), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: work_off(events))
    return response


@blueprint.get("/models")
def models() -> Response:
    """The models: one, the articles."""
    return reply(ModelList(data=(Model(created=RELEASED),)))


@blueprint.get("/models/<any_text:model>")
def model(model: str) -> Response:
    """One model; raises UnknownModel."""
    _check_model(model)
    return reply(Model(created=RELEASED))


@blueprint.after_request
def not_stored(response: Response) -> Response:
    """Keep answers out of caches."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def conversation(messages: Sequence[Message]) -> tuple[str, tuple[Turn, ...]]:
    """The question of a conversation and the turns before it; raises BadField without one."""
    turns: list[Turn] = []
    for message in messages:
        if isinstance(message, UserMessage):
            turns.append(Turn(message.text))
        elif isinstance(message, AssistantMessage) and turns:
            turns[-1] = Turn(turns[-1].question, message.text)
    if not turns:
        raise BadField("There is no message of the role `user`, so nothing is asked.", "messages")
    earlier = [turn for turn in turns[:-1] if turn.question.strip()][-HISTORY_TURNS:]
    told = tuple(Turn(turn.question, told_in(plain(turn.answer))) for turn in earlier)
    return turns[-1].question, told


def _read_chat() -> ChatRequest:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return ChatRequest.model_validate_json(request.get_data())
    except ValidationError as error:
        # The deepest of several tells most: a content is a text, or parts of the right kind.
        worst = max(error.errors(include_url=False), key=lambda found: len(found["loc"]))
        field = _path(worst["loc"])
        raise BadField(f"`{field or 'body'}`: {worst['msg']}.", field or None) from None


def _path(places: Iterable[int | str]) -> str:
    """Where a value stands in the body, as in `messages[0].content`."""
    path = ""
    for place in places:
        if isinstance(place, int):
            path += f"[{place}]"
        elif place in FIELDS:  # the others are names of types
            path += f".{place}" if path else place
    return path


def _check_model(name: str) -> None:
    if name != MODEL:
        raise UnknownModel(f"There is no model of this name here; the only one is `{MODEL}`.")


def _completion(answer: Answer, root: str) -> ChatCompletion:
    text = ChatText()
    content = "".join(text.complete(answer, root))
    message = AnswerMessage(content=content, annotations=text.annotations(answer, root))
    return ChatCompletion(
        id=f"chatcmpl-{answer.id}",
        created=int(time.time()),
        choices=(Choice(message=message),),
        usage=_usage(answer),
        article_qa=answer,
    )


def _usage(answer: Answer) -> TokenUsage:
    tokens_in = answer.usage.tokens_in if answer.usage else 0
    tokens_out = answer.usage.tokens_out if answer.usage else 0
    return TokenUsage(
        prompt_tokens=tokens_in, completion_tokens=tokens_out, total_tokens=tokens_in + tokens_out
    )


def _chunks(events: Iterator[AnswerEvent], root: str, with_usage: bool) -> Iterator[Chunk]:
    chunk = _chunk_maker(with_usage)
    yield chunk({"role": "assistant", "content": ""})
    text = ChatText()
    for event in events:
        if event.name == "sentence":
            said = cast(tuple[AnswerSentence, tuple[Citation, ...]], event.record)
            yield chunk({"content": text.add_sentence(*said)})
        elif event.name == "answer":
            answer = cast(Answer, event.record)
            yield from map(chunk, _last_deltas(text, answer, root))
            yield chunk({}, "stop") | {"article_qa": answer.model_dump(mode="json")}
            if with_usage:
                yield chunk({}) | {"choices": [], "usage": _usage(answer).model_dump()}


def _chunk_maker(with_usage: bool) -> Callable[..., Chunk]:
    """What puts a delta into a chunk; the answer's own id is not known before its end."""
    told: Chunk = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": MODEL,
    }
    usage: Chunk = {"usage": None} if with_usage else {}

    def chunk(delta: Chunk, finish_reason: str | None = None) -> Chunk:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return told | {"choices": [choice]} | usage

    return chunk


def _last_deltas(text: ChatText, answer: Answer, root: str) -> Iterator[Chunk]:
    """What is missing, and with the last piece, which holds the sources, the annotations."""
    pieces = list(text.complete(answer, root))
    notes = [note.model_dump() for note in text.annotations(answer, root)]
    for piece in pieces[:-1]:
        yield {"content": piece}
    for piece in pieces[-1:]:
        yield {"content": piece} | ({"annotations": notes} if notes else {})


def _frames(chunks: Iterable[Chunk]) -> Iterator[str]:
    try:
        for chunk in chunks:
            yield _frame(chunk)
        yield "data: [DONE]\n\n"
    except Exception as error:  # the status is out already, so any failure becomes a chunk
        yield _frame(openai_error(error).model_dump())


def _frame(payload: Chunk) -> str:
    return f"data: {json.dumps(payload)}\n\n"
