"""What every view needs: the engine, the settings and the conversations of this site."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app
from werkzeug.routing import PathConverter

from web.conversations import Conversations

if TYPE_CHECKING:
    from qa import Engine, Settings


@dataclass(frozen=True, slots=True)
class Site:
    """The collaborators of one running site."""

    engine: "Engine"
    settings: "Settings"
    conversations: Conversations


class AnyTextConverter(PathConverter):
    """Matches an article id, which may start with a slash or hold several in a row."""

    regex = "(?s:.+?)"
    part_isolating = False


def site() -> Site:
    """The collaborators of the site that answers the current request."""
    return cast(Site, current_app.extensions["site"])
