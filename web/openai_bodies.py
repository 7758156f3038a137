"""What the interface in OpenAI's shape takes and gives.

Fields that are not named here (temperature, tools, user, ...) are accepted and have no effect.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa import Answer
from web.bodies import CleanText

MODEL: Literal["articles"] = "articles"


class _Taken(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class TextPart(_Taken):
    """A part of a message; there is no other kind, for articles are searched by text."""

    type: Literal["text"]
    text: CleanText


class RefusalPart(_Taken):
    """A part of an earlier answer in which another model gave none."""

    type: Literal["refusal"]


Parts = tuple[Annotated[TextPart | RefusalPart, Field(discriminator="type")], ...]


class _Said(_Taken):
    content: CleanText | Parts | None = None

    @property
    def text(self) -> str:
        """All that the message says."""
        if isinstance(self.content, tuple):
            return "\n".join(part.text for part in self.content if isinstance(part, TextPart))
        return self.content or ""


class UserMessage(_Said):
    """A question; the last one is answered."""

    role: Literal["user"]
    content: CleanText | tuple[TextPart, ...]


class AssistantMessage(_Said):
    """An earlier answer."""

    role: Literal["assistant"]


class OtherMessage(_Taken):
    """A message without effect: no prompt steers what the articles say."""

    role: Literal["system", "developer", "tool", "function"]


Message = Annotated[UserMessage | AssistantMessage | OtherMessage, Field(discriminator="role")]


class StreamOptions(_Taken):
    """What a stream brings beside the answer."""

    include_usage: bool | None = None


class ChatRequest(_Taken):
    """A conversation whose last question is to be answered."""

    model: str = Field(json_schema_extra={"enum": [MODEL]})
    messages: tuple[Message, ...] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UrlCitation(_Given):
    """The article that a marker stands for; `content[start_index:end_index]` is the marker."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(_Given):
    """A note on a part of a message."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(_Given):
    """An answer in Markdown, with its sources."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: tuple[Annotation, ...]


class Choice(_Given):
    """The one answer of a reply."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class TokenUsage(_Given):
    """Tokens of the language model; zeros where none was called."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(_Given):
    """An answer in OpenAI's shape; `article_qa` is the site's own record of it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: Literal["articles"] = MODEL
    choices: tuple[Choice]
    usage: TokenUsage
    article_qa: Answer


class Model(_Given):
    """What can be asked."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "article-qa"


class ModelList(_Given):
    """All that can be asked: the articles."""

    object: Literal["list"] = "list"
    data: tuple[Model, ...]


class OpenAIProblem(_Given):
    """What went wrong, and in which field, if it was one."""

    message: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None
    code: str


class OpenAIErrorReply(_Given):
    """OpenAI's shape of an error."""

    error: OpenAIProblem
