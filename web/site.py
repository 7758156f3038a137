"""What every view needs: the engine, the settings and the conversations of this site."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack, cast

from flask import current_app, request
from werkzeug.routing import PathConverter

from qa import Answer, AnswerEvent, Filters, Turn
from web.conversations import Conversations
from web.running import Running
from web.totals import Totals

if TYPE_CHECKING:
    from qa import Engine, Settings


class Asking(TypedDict, total=False):
    """How a question is asked; what is left out is as the engine has it."""

    history: Sequence[Turn]
    filters: Filters
    k: int | None
    sentences: int | None
    conversation_id: str | None
    answerer: Literal["default", "extractive", "generated"]


@dataclass(frozen=True, slots=True)
class Site:
    """The collaborators of one running site."""

    engine: "Engine"
    settings: "Settings"
    conversations: Conversations
    totals: Totals = field(default_factory=Totals)
    running: Running = field(default_factory=Running)

    def ask(self, question: str, **how: Unpack[Asking]) -> Answer:
        """The engine's answer, counted; one that was stopped, or left, is written no further."""
        cancelled = self._cancelled(how.get("conversation_id"))
        answer = self.engine.ask(question, **how, cancelled=cancelled)
        self.totals.count(answer)
        return answer

    def stream(self, question: str, **how: Unpack[Asking]) -> Iterator[AnswerEvent]:
        """The same in steps; what is wrong with the question raises here, before the first."""
        cancelled = self._cancelled(how.get("conversation_id"))
        return self._counted(self.engine.stream(question, **how, cancelled=cancelled))

    def _cancelled(self, conversation_id: str | None) -> Callable[[], bool]:
        gone = _client_gone()
        if conversation_id is None:
            return gone
        stopped = self.running.begin(conversation_id)
        return lambda: stopped() or gone()

    def _counted(self, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        for event in events:
            if event.name == "answer":
                self.totals.count(cast(Answer, event.record))
            yield event


class AnyTextConverter(PathConverter):
    """Matches an article id, which may start with a slash or hold several in a row."""

    regex = "(?s:.+?)"
    part_isolating = False


def site() -> Site:
    """The collaborators of the site that answers the current request."""
    return cast(Site, current_app.extensions["site"])


def own_address() -> str:
    """The address of this site as the client of the current request calls it, without a slash."""
    return request.host_url.rstrip("/")


def _client_gone() -> Callable[[], bool]:
    """What tells, at any later time, whether the client of the current request has gone away."""
    told = request.environ.get("waitress.client_disconnected", lambda: False)
    return cast(Callable[[], bool], told)
