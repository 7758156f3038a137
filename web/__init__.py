"""The site: the HTTP interface, the chat page and the article pages, over one Engine."""

from typing import TYPE_CHECKING

from flask import Flask

from web import api, conversation_api, errors, metrics, openai_api, openapi, pages, security
from web.conversations import Conversations
from web.site import AnyTextConverter, Site

if TYPE_CHECKING:
    from qa import Engine, Settings


def create_app(engine: "Engine", settings: "Settings | None" = None) -> Flask:
    """The site over `engine`; conversations are kept beside its index."""
    settings = settings or engine.settings
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    # An article id may hold "//", as in a URL; merged slashes would make it another id.
    app.url_map.merge_slashes = False
    app.url_map.converters["any_text"] = AnyTextConverter
    app.extensions["site"] = Site(
        engine, settings, Conversations(settings.index_dir / "conversations.sqlite")
    )
    for module in (api, conversation_api, metrics, openai_api, openapi, pages):
        app.register_blueprint(module.blueprint)
    security.protect(app)
    errors.handle(app)
    return app
