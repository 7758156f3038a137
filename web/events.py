"""Server-sent events: an answer on its way to the browser, step by step."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from flask import Response

from qa import Answer, AnswerEvent, AnswerSentence, Citation, FoundPassage
from web.bodies import ErrorReply
from web.errors import problem_of

log = logging.getLogger(__name__)


def event_stream(
    events: Iterable[AnswerEvent], keep: Callable[[Answer], None], conversation_id: str
) -> Response:
    """The response that sends `events` and calls `keep` with the full answer.

    If the browser goes away, the rest is still worked off, so that the answer is kept.
    """
    kept = _kept(events, keep)
    response = Response(_frames(kept, conversation_id), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: work_off(kept))
    return response


def _kept(events: Iterable[AnswerEvent], keep: Callable[[Answer], None]) -> Iterator[AnswerEvent]:
    for event in events:
        if event.name == "answer":
            keep(cast(Answer, event.record))
        yield event


def _frames(events: Iterable[AnswerEvent], conversation_id: str) -> Iterator[str]:
    try:
        for event in events:
            yield _frame(event.name, _payload(event, conversation_id))
    except Exception as error:  # the status is out already, so any failure becomes an event
        yield _frame("error", ErrorReply(error=problem_of(error)).model_dump())


def work_off(events: Iterable[AnswerEvent]) -> None:
    """Take what is left of an answer whose reader has gone, so that it is kept and counted."""
    try:
        for _ in events:
            pass
    except Exception:  # nobody is left to tell
        log.exception("an answer failed after its reader had gone")


def _payload(event: AnswerEvent, conversation_id: str) -> dict[str, object]:
    record = event.record
    if event.name == "answer":
        return cast(Answer, record).model_dump(mode="json")
    if event.name == "passages":
        passages = cast(tuple[FoundPassage, ...], record)
        return {
            "passages": [passage.model_dump(mode="json") for passage in passages],
            "conversation_id": conversation_id,
        }
    sentence, citations = cast(tuple[AnswerSentence, tuple[Citation, ...]], record)
    return {
        "sentence": sentence.model_dump(mode="json"),
        "citations": [citation.model_dump(mode="json") for citation in citations],
    }


def _frame(name: str, payload: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(payload)}\n\n"
