"""What a run of a test set gives: one result a case, and the totals."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from qa.evaluation.metrics import Estimate
from qa.evaluation.thresholds import THRESHOLDS, Refusing, best_of, refusing_at
from qa.records import Place

Verdict = Literal[
    "failed", "should have refused", "wrongly refused", "wrong", "right", "rightly refused"
]


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class CheckedCitation(_Result):
    """A citation of an answer, and what the check of it found."""

    n: int
    article_id: str
    title: str
    quote: str
    exact: bool = Field(description="The article's text at the offsets is the quote.")
    supports: bool = Field(
        description="Exact, from an expected article, and the quote holds an accepted answer."
    )


class CaseResult(_Result):
    """One question, what was expected and what came; null where a measure does not apply."""

    id: str
    question: str
    history: tuple[str, ...] = ()
    limits: str = Field("", description="What it was to be answered from, when not from all.")
    answerable: bool
    answers: tuple[str, ...] = Field((), description="The accepted answers.")
    articles: tuple[str, ...] = Field((), description="The expected articles.")
    abstained: bool
    contained: bool | None = Field(description="An accepted answer stands in the answer.")
    first_contained: bool | None = Field(None, description="... in its first sentence.")
    exact_words: bool | None = Field(
        None, description="Its exact words hold an accepted answer, or are a telling part of one."
    )
    supported: bool | None = Field(description="A citation supports an accepted answer.")
    hit_rank: int | None = Field(description="Rank of the first expected article, from 1.")
    citation_precision: float | None = Field(None, description="Share of citations that support.")
    citations_exact: float | None = Field(None, description="Share of citations that are exact.")
    words: int = Field(description="Words of the answer without its markers; 0 for a refusal.")
    ms: float = Field(description="Milliseconds that the question took.")
    confidence: float | None = None
    query: str = Field("", description="What was searched for.")
    answer: str = ""
    exact_words_at: Place | None = Field(
        None, description="Where the exact words stand in `answer`; null where they don't."
    )
    citations: tuple[CheckedCitation, ...] = ()
    error: str | None = Field(None, description="Why the question failed, when it did.")

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented way
    @property
    def verdict(self) -> Verdict:
        """The outcome in a word or three."""
        if self.error is not None:
            return "failed"
        if self.abstained:
            return "wrongly refused" if self.answerable else "rightly refused"
        if not self.answerable:
            return "should have refused"
        # A case without accepted answers is judged by its articles alone.
        good = self.contained if self.contained is not None else self.supported
        return "right" if good else "wrong"


class Report(_Result):
    """The totals of a run and its cases."""

    testset: str
    generated_at: str = Field(description="ISO 8601, UTC.")
    answerer: str
    index_generation: int | None
    settings: dict[str, str | float | int] = Field(description="The settings that shape answers.")
    warnings: tuple[str, ...] = Field((), description="Likely mistakes of the test set.")
    metrics: dict[str, Estimate]
    cases: tuple[CaseResult, ...]

    @computed_field(  # type: ignore[prop-decorator]  # pydantic's documented way
        description="What thresholds of confidence refuse, the run's own among them, before any "
        "language model; empty where the questions are all answerable, or none is."
    )
    @property
    def thresholds(self) -> tuple[Refusing, ...]:
        """What thresholds of confidence refuse, the lowest first."""
        # A question that failed was not refused, and would not be by any threshold.
        rows = [(1.0 if c.confidence is None else c.confidence, c.answerable) for c in self.cases]
        return refusing_at(rows, sorted({*THRESHOLDS, self.own_threshold}))

    @property
    def own_threshold(self) -> float:
        """The run's own threshold of confidence."""
        return float(self.settings.get("abstain_threshold", THRESHOLDS[0]))

    @property
    def best(self) -> Refusing | None:
        """The threshold that refuses best on these questions, if they can tell."""
        return best_of(self.thresholds, self.own_threshold)
