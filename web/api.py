"""The HTTP interface: each view checks its input, asks the engine once, and returns."""

import logging

from flask import Blueprint, Response, request

from qa import Comparison, Filters, QAError, Statistics, __version__
from web.bodies import (
    ArticleList,
    AskRequest,
    CompareRequest,
    Examples,
    Feedback,
    FeedbackRequest,
    Health,
    SearchRequest,
    read_body,
    read_paging,
)
from web.events import event_stream
from web.replies import reply
from web.site import Asking, site

blueprint = Blueprint("api", __name__, url_prefix="/api")
log = logging.getLogger(__name__)


@blueprint.post("/ask")
def ask() -> Response:
    """Answer a question, whole or as a stream of events, and keep the turn."""
    body, here = read_body(AskRequest), site()
    conversations, asked_in = here.conversations, body.conversation_id
    history = () if asked_in is None else conversations.history(asked_in)
    keep = conversations.begin if asked_in is None else conversations.go_on
    in_conversation = asked_in or conversations.new_id()
    how = Asking(
        history=history,
        filters=body.filters(),
        k=body.k,
        sentences=body.sentences,
        conversation_id=in_conversation,
    )
    if _wants_events():
        return event_stream(here.stream(body.question, **how), keep, in_conversation)
    answer = here.ask(body.question, **how)
    keep(answer)
    return reply(answer)


@blueprint.post("/compare")
def compare() -> Response:
    """A kept answer beside one of the other kind to the same query, which is not kept."""
    here = site()
    kept = here.conversations.answer(read_body(CompareRequest).answer_id)
    is_written = kept.verification is not None
    # The query, since a follow-up that is put into other words again may come to mean another one;
    # with what the turns before it lend, it can be longer than a question may be.
    asked_again = here.ask(
        kept.query[: here.settings.max_question_chars],
        filters=Filters(**kept.limits.model_dump()),
        answerer="extractive" if is_written else "generated",
    )
    other = asked_again.model_copy(update={"question": kept.question})
    extractive, generated = (other, kept) if is_written else (kept, other)
    return reply(Comparison(extractive=extractive, generated=generated))


@blueprint.post("/search")
def search() -> Response:
    """The passages that fit a query."""
    body = read_body(SearchRequest)
    return reply(site().engine.search(body.query, filters=body.filters(), k=body.k))


@blueprint.get("/articles")
def articles() -> Response:
    """One page of the articles."""
    offset, limit = read_paging()
    engine = site().engine
    return reply(
        ArticleList(
            articles=engine.articles(offset=offset, limit=limit),
            total=engine.statistics().articles,
        )
    )


@blueprint.get("/articles/<any_text:article_id>")
def article(article_id: str) -> Response:
    """One article with its text."""
    return reply(site().engine.article(article_id))


@blueprint.post("/feedback")
def feedback() -> Response:
    """Keep a judgement on an answer."""
    body = read_body(FeedbackRequest)
    is_first = site().conversations.judge(body)
    kept = Feedback(answer_id=body.answer_id, rating=body.rating, note=body.note or None)
    return reply(kept, 201 if is_first else 200)


@blueprint.delete("/feedback/<answer_id>")
def take_back(answer_id: str) -> Response:
    """Forget the judgement on an answer."""
    site().conversations.take_back(answer_id)
    return Response(status=204)


@blueprint.get("/examples")
def examples() -> Response:
    """Questions to begin with."""
    return reply(Examples(examples=site().engine.examples()))


@blueprint.get("/health")
def health() -> Response:
    """Whether the site can answer questions; 200 whenever the server lives."""
    index: Statistics | None = None
    status, message = "ok", None
    try:
        index = site().engine.statistics()
    except QAError as error:
        status, message = error.code, str(error)
    except Exception:  # a monitor must learn of any damage, not meet it
        log.exception("the index can't be read")
        status, message = "internal", "The index can't be read; the details are in the log."
    return reply(Health(status=status, message=message, index=index, version=__version__))


def _wants_events() -> bool:
    offered = ["application/json", "text/event-stream"]
    return request.accept_mimetypes.best_match(offered) == "text/event-stream"
