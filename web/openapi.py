"""The description of the HTTP interface, put together from the records it takes and gives."""

import copy
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from qa import Answer, ArticleDetail, Comparison, SearchResult
from web.bodies import (
    MAX_PAGE,
    ArticleList,
    AskRequest,
    CompareRequest,
    ConversationDetail,
    ConversationList,
    ConversationSummary,
    ErrorReply,
    Examples,
    Feedback,
    FeedbackRequest,
    Health,
    RenameRequest,
    SearchRequest,
)
from web.openai_bodies import ChatCompletion, ChatRequest, Model, ModelList, OpenAIErrorReply
from web.site import site

blueprint = Blueprint("openapi", __name__)

Schema = dict[str, Any]  # Any: JSON schema is recursive

REQUESTS: tuple[type[BaseModel], ...] = (
    AskRequest,
    CompareRequest,
    SearchRequest,
    FeedbackRequest,
    RenameRequest,
    ChatRequest,
)
REPLIES: tuple[type[BaseModel], ...] = (
    Answer,
    Comparison,
    SearchResult,
    ArticleDetail,
    ArticleList,
    Examples,
    Feedback,
    Health,
    ConversationDetail,
    ConversationList,
    ConversationSummary,
    ErrorReply,
    ChatCompletion,
    Model,
    ModelList,
    OpenAIErrorReply,
)
ERRORS = {
    400: "The request is not usable; the message names what is wrong.",
    403: "The request comes from a page of another site.",
    404: "There is nothing of this id.",
    413: "The body is larger than this site accepts.",
    415: "The body is not sent as application/json.",
    500: "An error that nobody foresaw; the details are in the server's log.",
    503: "Nothing is indexed yet, or the index was built with other settings.",
}
BODY_ERRORS = (403, 413, 415)
EVENTS = (
    "Events in this order: `passages` with `{passages, conversation_id}`; `sentence` with "
    "`{sentence, citations}` for each sentence; `answer` with the full record. A failure on the "
    "way is an `error` event."
)
CHUNKS = {
    "description": "OpenAI's chunks: a delta for each sentence, then the sources with their "
    "annotations; the last choice brings `article_qa`, the full record. Where that holds other "
    "sentences than those before it, its answer follows as a correction. `[DONE]` ends it, or an "
    "error."
}
EVENT_STREAM = "text/event-stream"
METRICS = "Prometheus' text format, version 0.0.4."


@blueprint.get("/openapi.json")
def description() -> Response:
    """The OpenAPI document of this site."""
    return jsonify(document(site().settings.max_question_chars))


def document(max_question_chars: int) -> Schema:
    """The OpenAPI 3.1 document, for a site that takes questions of this length."""
    schemas = _schemas()
    for name, field in (("AskRequest", "question"), ("SearchRequest", "query")):
        schemas[name]["properties"][field]["maxLength"] = max_question_chars
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ask the articles",
            "version": "1",
            "description": "Short answers from a collection of articles, every sentence cited.",
        },
        "paths": _paths(),
        "components": {"schemas": schemas},
    }


def _schemas() -> dict[str, Schema]:
    template = "#/components/schemas/{model}"
    inputs = models_json_schema([(m, "validation") for m in REQUESTS], ref_template=template)[1]
    outputs = models_json_schema([(m, "serialization") for m in REPLIES], ref_template=template)[1]
    # A copy, for the caller completes it.
    return copy.deepcopy({**inputs["$defs"], **outputs["$defs"]})


def _paths() -> dict[str, Schema]:
    article, conversation = _path_parameter("article_id"), _path_parameter("conversation_id")
    answers = {200: _content({**_json(Answer), EVENT_STREAM: {"schema": _text(EVENTS)}})}
    return {
        "/api/ask": {
            "post": _operation("ask", "Answer a question", answers, (404, 503), body=AskRequest)
        },
        "/api/compare": {
            "post": _operation(
                "compare",
                "An answer in the articles' own words and as the language model writes it",
                _ok(Comparison),
                (404, 503),
                body=CompareRequest,
            )
        },
        "/api/search": {
            "post": _operation(
                "search", "Find passages", _ok(SearchResult), (503,), body=SearchRequest
            )
        },
        "/api/articles": {
            "get": _operation("articles", "List the articles", _ok(ArticleList), (503,), paged=True)
        },
        "/api/articles/{article_id}": {
            "parameters": [article],
            "get": _operation("article", "Read an article", _ok(ArticleDetail), (404, 503)),
        },
        "/api/feedback": {
            "post": _operation(
                "feedback",
                "Judge an answer",
                _ok(Feedback) | _ok(Feedback, 201),
                (404,),
                body=FeedbackRequest,
            )
        },
        "/api/feedback/{answer_id}": {
            "parameters": [_path_parameter("answer_id")],
            "delete": _operation(
                "take_back",
                "Take a judgement back",
                {204: {"description": "Taken back."}},
                (403, 404),
            ),
        },
        "/api/examples": {
            "get": _operation("examples", "Questions to begin with", _ok(Examples), (503,))
        },
        "/api/health": {
            "get": _operation("health", "Whether questions can be answered", _ok(Health), ())
        },
        "/api/conversations": {
            "get": _operation(
                "conversations", "List the conversations", _ok(ConversationList), (), paged=True
            )
        },
        "/api/conversations/{conversation_id}": {
            "parameters": [conversation],
            "get": _operation(
                "conversation", "Read a conversation", _ok(ConversationDetail), (404,)
            ),
            "patch": _operation(
                "rename",
                "Rename a conversation",
                _ok(ConversationSummary),
                (404,),
                body=RenameRequest,
            ),
            "delete": _operation(
                "delete", "Delete a conversation", {204: {"description": "Deleted."}}, (403, 404)
            ),
        },
        "/api/conversations/{conversation_id}/stop": {
            "parameters": [conversation],
            "post": _operation(
                "stop",
                "End the answer that is being written in a conversation",
                {204: {"description": "It ends with what was shown, or the articles' own words."}},
                (403, 404),
            ),
        },
        "/api/conversations/{conversation_id}/export.md": {
            "parameters": [conversation],
            "get": _operation(
                "export",
                "A conversation as Markdown",
                {200: _content({"text/markdown": {"schema": _text("Markdown.")}})},
                (404,),
            ),
        },
        "/v1/chat/completions": {
            "post": _operation(
                "chat",
                "Answer the last question of a conversation, in OpenAI's shape",
                {
                    # No type: some take the whole stream for the instance, others each event.
                    200: _content({**_json(ChatCompletion), EVENT_STREAM: {"schema": CHUNKS}})
                },
                (404, 503),
                body=ChatRequest,
                error=OpenAIErrorReply,
            )
        },
        "/v1/models": {
            "get": _operation(
                "models", "What can be asked", _ok(ModelList), (), error=OpenAIErrorReply
            )
        },
        "/v1/models/{model}": {
            "parameters": [_path_parameter("model")],
            "get": _operation(
                "model", "One that can be asked", _ok(Model), (404,), error=OpenAIErrorReply
            ),
        },
        "/metrics": {
            "get": _operation(
                "metrics",
                "What was answered since the site started, for a monitor",
                {200: _content({"text/plain": {"schema": _text(METRICS)}})},
                (),
            )
        },
    }


def _operation(
    name: str,
    summary: str,
    replies: Mapping[int, Schema],
    errors: tuple[int, ...],
    *,
    body: type[BaseModel] | None = None,
    error: type[BaseModel] = ErrorReply,
    paged: bool = False,
) -> Schema:
    told = sorted({400, 500, *errors, *(BODY_ERRORS if body else ())})
    responses = dict(replies) | {
        status: {"description": ERRORS[status], "content": _json(error)} for status in told
    }
    operation: Schema = {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): response for status, response in responses.items()},
    }
    if body:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    if paged:
        operation["parameters"] = [
            _number_parameter("offset", 0, 0, 10**9),
            _number_parameter("limit", 50, 1, MAX_PAGE),
        ]
    return operation


def _ok(record: type[BaseModel], status: int = 200) -> dict[int, Schema]:
    return {status: _content(_json(record))}


def _content(content: Schema) -> Schema:
    return {"description": "Done.", "content": content}


def _json(record: type[BaseModel]) -> Schema:
    reference = {"$ref": f"#/components/schemas/{record.__name__}"}
    return {"application/json": {"schema": reference}}


def _text(meaning: str) -> Schema:
    return {"type": "string", "description": meaning}


def _path_parameter(name: str) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }


def _number_parameter(name: str, default: int, least: int, most: int) -> Schema:
    schema = {"type": "integer", "default": default, "minimum": least, "maximum": most}
    return {"name": name, "in": "query", "schema": schema}
