"""The HTTP interface to the conversations: list, read, rename, delete, stop, export."""

import re

from flask import Blueprint, Response

from web.bodies import RenameRequest, read_body, read_paging
from web.export import as_markdown
from web.replies import reply
from web.site import own_address, site

blueprint = Blueprint("conversation_api", __name__, url_prefix="/api/conversations")


@blueprint.get("")
def conversations() -> Response:
    """One page of the conversations, the latest first."""
    return reply(site().conversations.list(*read_paging()))


@blueprint.get("/<conversation_id>")
def conversation(conversation_id: str) -> Response:
    """One conversation with its answers."""
    return reply(site().conversations.detail(conversation_id))


@blueprint.patch("/<conversation_id>")
def rename(conversation_id: str) -> Response:
    """Give a conversation another title."""
    return reply(site().conversations.rename(conversation_id, read_body(RenameRequest).title))


@blueprint.delete("/<conversation_id>")
def delete(conversation_id: str) -> Response:
    """Delete a conversation with all that belongs to it."""
    site().conversations.delete(conversation_id)
    return Response(status=204)


@blueprint.post("/<conversation_id>/stop")
def stop(conversation_id: str) -> Response:
    """End what a model writes: what was shown stays, or else the articles' own words come."""
    site().running.stop(conversation_id)
    return Response(status=204)


@blueprint.get("/<conversation_id>/export.md")
def export(conversation_id: str) -> Response:
    """One conversation as a Markdown file."""
    detail = site().conversations.detail(conversation_id)
    name = re.sub(r"[^a-z0-9]+", "-", detail.title.lower()).strip("-")[:60] or "conversation"
    response = Response(as_markdown(detail, own_address()), mimetype="text/markdown")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.md"'
    return response
