"""The nouns of the product: articles and passages inside, the answer record outside.

Records that stay inside are frozen dataclasses. Records that cross a border (JSON,
command line, report) are frozen pydantic models, and their JSON is the contract.
Offsets are positions in `Article.text`, in Unicode code points, end exclusive.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from qa.errors import BadRequest


def _day(value: object) -> object:
    """The day that a text names; pydantic would take seconds since 1970 and times for one too."""
    if not isinstance(value, str):
        return value
    with suppress(ValueError):
        day = date.fromisoformat(value)
        if day.isoformat() == value:  # it takes weeks too
            return day
    raise PydanticCustomError("date_type", "must be a date like 2024-01-31")


Day = Annotated[date, BeforeValidator(_day)]
"""A day as a request names it, as in 2024-01-31."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its metadata, and the cleaned text that every offset points into.

    What could not be found is None; nothing is guessed from a file's time.
    `origin` is the absolute path of the file it came from.
    """

    id: str
    title: str
    text: str
    origin: str
    source: str | None = None
    url: str | None = None
    author: str | None = None
    published: date | None = None


def titled(title: str, text: str) -> str:
    """Words of an article under its title: what is embedded, read and looked at of a passage."""
    return f"{title}\n{text}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a row of one, that could not be read, with the reason in one sentence."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article, word for word, and the heading it stands under."""

    article_id: str
    start: int
    end: int
    text: str
    heading: str = ""

    def reaching(self, article: str, start: int, end: int) -> "Sentence":
        """What stands from `start` to `end` of the `article`'s text, in place of this sentence."""
        return replace(self, start=start, end=end, text=article[start:end])


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring sentences of an article, the unit of retrieval."""

    id: str
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question may be answered from; dates are inclusive.

    With a date limit, articles without a date are left out: they can't be shown to comply.
    """

    source: str | None = None
    published_from: date | None = None
    published_to: date | None = None
    exclude: tuple[str, ...] = ()

    @property
    def by_date(self) -> bool:
        """Whether there is a limit by date."""
        return self.published_from is not None or self.published_to is not None

    def __post_init__(self) -> None:
        """Refuse a span of no days."""
        first, last = self.published_from, self.published_to
        if first and last and first > last:
            raise BadRequest(f"`from` ({first}) must not be later than `to` ({last}).")


NO_FILTERS = Filters()
"""Everything may be answered from."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation and the text of its answer ("" if unknown).

    `query` is what was searched for it ("" if unknown).
    """

    question: str
    answer: str = ""
    query: str = ""
    is_refused: bool = False


class _Border(BaseModel):
    """A record that leaves the program as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Support = Literal["verbatim", "supported", "replaced", "unsupported"]


class AnswerSentence(_Border):
    """One sentence of an answer, and its citations."""

    text: str
    citations: tuple[int, ...] = Field(
        description="Numbers of the citations, the first one best; none if unsupported."
    )
    support: Support = Field(
        default="verbatim",
        description="Word for word from an article; or written by a language model and found "
        "supported by what it cites; or an article's words in place of a written sentence that was "
        "not; or written, not supported, and to be shown as such.",
    )
    left_out: int = Field(
        default=0,
        ge=0,
        description="How many further points of the list, or rows of the table, follow in the "
        "article.",
    )


class Place(_Border):
    """Characters of an article, from `start` to before `end`."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Words(Place):
    """Words of an article: `article.text[start:end] == text`."""

    text: str


class Cell(_Border):
    """A cell of a table's row, and the name of its column, from the first row of the table."""

    column: Words
    value: Words


class Citation(_Border):
    """Where a sentence stands: `article.text[start:end] == quote`."""

    n: int = Field(ge=1, description="The number that `[n]` in the answer refers to.")
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: date | None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str
    score: float = Field(
        ge=0,
        le=1,
        description="The confidence for the best sentence, less for the others.",
    )
    cells: tuple[Cell, ...] = Field(
        default=(),
        description="Where the quote is a row of a table that names its columns: its cells, in "
        "order, to be shown with these names. None in answers that a language model wrote.",
    )


class FoundPassage(_Border):
    """A passage that the search found, best first, and its rank in either list."""

    article_id: str
    title: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    score: float = Field(
        description="Reciprocal rank fusion, less what age loses, times one plus the probability "
        "that it answers, where it was read; comparable in one answer only."
    )
    rank_dense: int | None = Field(description="Rank among the vectors, from 1, or null.")
    rank_lexical: int | None = Field(description="Rank by words (BM25), from 1, or null.")
    likeliest: Place | None = Field(
        default=None,
        description="Where its sentence stands that the reader finds likeliest to answer; null "
        "where it finds none likely at all, or has not read the passage.",
    )


class ShortAnswer(_Border):
    """The exact words that answer, inside a citation: `article.text[start:end] == text`."""

    text: str
    citation: int
    start: int
    end: int


class Verification(_Border):
    """What became of the sentences that a language model wrote; the rest are shown, marked."""

    sentences: int = Field(ge=0, description="Sentences that the model wrote.")
    supported: int = Field(ge=0, description="Shown as written: what they cite supports them.")
    replaced: int = Field(ge=0, description="Replaced by an article's own words.")
    dropped: int = Field(ge=0, description="Left out.")


class Usage(_Border):
    """Tokens that an answer cost, as the language model's server counted them."""

    tokens_in: int = Field(ge=0)
    tokens_out: int = Field(ge=0)


class Limits(_Border):
    """The filters that an answer was made under."""

    source: str | None = None
    published_from: date | None = None
    published_to: date | None = None


class Timings(_Border):
    """Milliseconds spent."""

    retrieve: float = Field(
        description="To put a follow-up into words, to search, and to read what was found."
    )
    answer: float = Field(description="To choose the sentences, or to write and check them.")
    total: float


class Answer(_Border):
    """The one answer record of the command line, the HTTP interface and the reports."""

    id: str
    question: str
    answer: str = Field(description="The sentences with their markers, or why there are none.")
    abstained: bool
    confidence: float = Field(
        ge=0,
        le=1,
        description="Estimated probability that the answer is right; below the threshold: refused.",
    )
    query: str = Field(description="What was searched for, after what earlier turns carry over.")
    sentences: tuple[AnswerSentence, ...]
    short_answer: ShortAnswer | None = None
    citations: tuple[Citation, ...]
    passages: tuple[FoundPassage, ...]
    answerer: str = Field(description="`extractive`, or the language model that wrote the answer.")
    verification: Verification | None = Field(
        default=None, description="Null when nothing was written."
    )
    fallback: str | None = Field(
        default=None,
        description="Why a language model that is set did not write this answer, if so.",
    )
    usage: Usage | None = Field(
        default=None,
        description="Null when no language model was called, zeros for an answer written earlier.",
    )
    cached: bool = Field(
        default=False, description="Written earlier, for the same question and index."
    )
    stopped: bool = Field(
        default=False,
        description="Whoever asked stopped the language model, or went away, before it had "
        "finished: more might follow.",
    )
    limits: Limits = Limits()
    index_generation: int | None = Field(description="Null when no index was used.")
    conversation_id: str | None = None
    timings_ms: Timings


class Comparison(_Border):
    """One question, answered in the articles' own words and by the language model."""

    extractive: Answer
    generated: Answer


class SearchResult(_Border):
    """The passages that a query finds, best first."""

    query: str
    passages: tuple[FoundPassage, ...]
    index_generation: int


class ArticleSummary(_Border):
    """One article of the collection, without its text."""

    id: str
    title: str
    source: str | None
    url: str | None
    author: str | None
    published: date | None
    characters: int = Field(ge=0)


class ArticleDetail(ArticleSummary):
    """One article with its text, the text that all offsets point into."""

    text: str


class Statistics(_Border):
    """What the index holds."""

    generation: int
    articles: int
    passages: int
    sentences: int
    sources: tuple[str, ...] = Field(description="The sources that can be filtered by, sorted.")
    first_published: date | None
    last_published: date | None
    model: str
    built_at: str = Field(description="When this generation was published, ISO 8601, UTC.")


EventName = Literal["passages", "sentence", "answer"]


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One step of a streamed answer: passages first, then each sentence, then the full record."""

    name: EventName
    record: tuple[FoundPassage, ...] | tuple[AnswerSentence, tuple[Citation, ...]] | Answer
