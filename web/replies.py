"""Records as JSON responses."""

from flask import Response
from pydantic import BaseModel


def reply(record: BaseModel, status: int = 200) -> Response:
    """`record` as a JSON response."""
    return Response(record.model_dump_json(), status, mimetype="application/json")
