"""What the HTTP interface takes and gives, beside the records of the engine."""

import re
from typing import Annotated, Literal, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from werkzeug.exceptions import UnsupportedMediaType

from qa import (
    Answer,
    ArticleSummary,
    BadRequest,
    Day,
    Filters,
    PassageCount,
    SentenceCount,
    Statistics,
    mistake,
    named,
)

MAX_TITLE_CHARS = 200
MAX_NOTE_CHARS = 2000
MAX_PAGE = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _cleaned(text: str) -> str:
    """`text` with control characters, which no article holds, as spaces; offsets stay."""
    return _CONTROL.sub(" ", text)


def _one_line(text: str) -> str:
    line = " ".join(_cleaned(text).split())
    if not line:
        raise ValueError("must not be empty")
    return line


CleanText = Annotated[str, AfterValidator(_cleaned)]
# For the description only: somewhere there is more than white space and control characters.
WRITTEN: JsonDict = {"minLength": 1, "pattern": r"[^\s\u0000-\u001f\u007f-\u009f]"}


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Filtered(_Request):
    """The optional limits of a question or a search."""

    source: CleanText | None = Field(None, description="Only articles of this source.")
    published_from: Day | None = Field(
        None, alias="from", description="Only articles published on this day or later."
    )
    published_to: Day | None = Field(
        None, alias="to", description="Only articles published on this day or earlier."
    )
    k: PassageCount | None = Field(None, description="How many passages to choose from, 1 to 100.")

    def filters(self) -> Filters:
        """The limits as the engine takes them; raises BadRequest for a span of no days."""
        return Filters(
            source=self.source or None,
            published_from=self.published_from,
            published_to=self.published_to,
        )


class AskRequest(_Filtered):
    """A question, on its own or in a conversation."""

    question: CleanText = Field(json_schema_extra=WRITTEN)
    conversation_id: str | None = Field(
        None, description="The conversation to go on with; without it, a new one begins."
    )
    sentences: SentenceCount | None = Field(
        None, description="Most sentences in the answer, 1 to 10."
    )


class SearchRequest(_Filtered):
    """A query for passages, without an answer."""

    query: CleanText = Field(json_schema_extra=WRITTEN)


class CompareRequest(_Request):
    """A kept answer, to be set beside one of the other kind."""

    answer_id: str


class FeedbackRequest(_Request):
    """A judgement on one answer; a second one replaces the first."""

    answer_id: str
    rating: Literal["up", "down"]
    note: Annotated[CleanText, Field(max_length=MAX_NOTE_CHARS)] | None = None


class RenameRequest(_Request):
    """A new title for a conversation."""

    title: Annotated[str, Field(max_length=MAX_TITLE_CHARS), AfterValidator(_one_line)] = Field(
        json_schema_extra=WRITTEN
    )


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(_Reply):
    """What went wrong: a code for programs and one sentence for people."""

    code: str
    message: str


class ErrorReply(_Reply):
    """The one shape of every error."""

    error: Problem


class Health(_Reply):
    """Whether the site can answer, what it holds, and what to do when it can't."""

    status: str = Field(description="`ok`, or the code of what is in the way, like `no_index`.")
    message: str | None = Field(description="Why it can't answer, in one sentence; null when ok.")
    index: Statistics | None
    version: str


class ArticleList(_Reply):
    """One page of the articles, by title, and how many there are in all."""

    articles: tuple[ArticleSummary, ...]
    total: int


class Examples(_Reply):
    """Questions that the articles can answer."""

    examples: tuple[str, ...]


class Feedback(_Reply):
    """A judgement as it was kept."""

    answer_id: str
    rating: Literal["up", "down"]
    note: str | None


class ConversationSummary(_Reply):
    """One conversation without its answers; times are ISO 8601, UTC."""

    id: str
    title: str
    created_at: str
    updated_at: str
    turns: int


class ConversationDetail(ConversationSummary):
    """One conversation with its answers, oldest first, and the judgements on them."""

    answers: tuple[Answer, ...]
    feedback: tuple[Feedback, ...]


class ConversationList(_Reply):
    """One page of the conversations, the latest first, and how many there are in all."""

    conversations: tuple[ConversationSummary, ...]
    total: int


_R = TypeVar("_R", bound=_Request)


def read_body(model: type[_R]) -> _R:
    """The JSON body of the current request as `model`; raises BadRequest in one sentence."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        if problem["type"] == "json_invalid":
            raise BadRequest("The body is not valid JSON in UTF-8.") from None
        if not problem["loc"]:
            raise BadRequest("The body must be a JSON object.") from None
        unknown = "not a field of this request; the fields"
        raise BadRequest(mistake(problem, model, unknown)) from None


def read_paging() -> tuple[int, int]:
    """`offset` and `limit` of the current request's query string."""
    unknown = sorted(set(request.args) - {"offset", "limit"})
    if unknown:
        raise BadRequest(f"{named(unknown[0])} is not a parameter here; use `offset` and `limit`.")
    return _number("offset", 0, 0, 10**9), _number("limit", 50, 1, MAX_PAGE)


def _number(name: str, default: int, least: int, most: int) -> int:
    values = request.args.getlist(name)
    if not values:
        return default
    if len(values) == 1 and re.fullmatch(r"[0-9]{1,10}", values[0]):
        number = int(values[0])
        if least <= number <= most:
            return number
    raise BadRequest(f"`{name}` must be one whole number from {least} to {most}.")
