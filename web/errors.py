"""One error shape for API clients, `{"error": {"code", "message"}}`, and a page for people.

Under /v1, where clients of OpenAI's interface ask, errors have the shape that these know.
"""

import logging

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from qa import BadRequest, IndexBusy, IndexDamaged, IndexMismatch, NoIndex, NotFound, QAError
from web.bodies import ErrorReply, Problem
from web.openai_bodies import OpenAIErrorReply, OpenAIProblem

log = logging.getLogger(__name__)


class UntrustedHost(QAError):
    """The request names a host that this site does not answer for."""

    code = "untrusted_host"


class ForeignOrigin(QAError):
    """A page of another site tries to change something here."""

    code = "foreign_origin"


class BadField(BadRequest):
    """A field of a request in OpenAI's shape is not usable."""

    def __init__(self, message: str, field: str | None) -> None:
        super().__init__(message)
        self.field = field


class UnknownModel(NotFound):
    """A request names a model that is not here."""

    code = "model_not_found"
    field = "model"


STATUS: tuple[tuple[type[QAError], int], ...] = (
    (BadRequest, 400),
    (UntrustedHost, 400),
    (ForeignOrigin, 403),
    (NotFound, 404),
    (NoIndex, 503),
    (IndexMismatch, 503),
    (IndexBusy, 503),
    (IndexDamaged, 503),
)
UNFORESEEN = Problem(
    code="internal",
    message="Something went wrong on the server; the details are in its log.",
)
HTTP_PROBLEMS = {
    400: Problem(code="bad_request", message="The request can't be understood."),
    404: Problem(code="not_found", message="There is nothing at this address."),
    405: Problem(code="method_not_allowed", message="This address takes another method."),
    413: Problem(code="too_large", message="The request is larger than this site accepts."),
    415: Problem(
        code="unsupported_media_type",
        message="Send JSON, with the header Content-Type: application/json.",
    ),
}


def status_of(error: QAError) -> int:
    """The HTTP status that tells `error`."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def problem_of(error: Exception) -> Problem:
    """What a client is told about `error`; the unforeseen is logged and not shown."""
    if isinstance(error, QAError):
        return Problem(code=error.code, message=str(error))
    if isinstance(error, HTTPException) and not isinstance(error, InternalServerError):
        status = error.code or 500
        return HTTP_PROBLEMS.get(status) or Problem(
            code=error.name.lower().replace(" ", "_"), message=error.description or error.name
        )
    log.error("unforeseen error", exc_info=error)
    return UNFORESEEN


def openai_error(error: Exception) -> OpenAIErrorReply:
    """What a client of OpenAI's interface is told about `error`."""
    problem = problem_of(error)
    return OpenAIErrorReply(
        error=OpenAIProblem(
            message=problem.message,
            type="server_error" if _status(error) >= 500 else "invalid_request_error",
            param=error.field if isinstance(error, (BadField, UnknownModel)) else None,
            code=problem.code,
        )
    )


def _status(error: Exception) -> int:
    if isinstance(error, QAError):
        return status_of(error)
    return (isinstance(error, HTTPException) and error.code) or 500


def handle(app: Flask) -> None:
    """Answer every error of `app` in the shape of its address, or as a page on the page routes."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _reply)


def _http_error(error: HTTPException) -> Response:
    response = _reply(error)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _reply(error: Exception) -> Response:
    status = _status(error)
    if request.path == "/v1" or request.path.startswith("/v1/"):
        response = jsonify(openai_error(error).model_dump())
    elif _is_for_a_program(request.path) or isinstance(error, UntrustedHost):
        response = jsonify(ErrorReply(error=problem_of(error)).model_dump())
    else:
        page = render_template("error.html", problem=problem_of(error), status=status)
        response = Response(page)
    response.status_code = status
    return response


def _is_for_a_program(path: str) -> bool:
    return path.startswith("/api/") or path in {"/api", "/openapi.json", "/metrics"}
