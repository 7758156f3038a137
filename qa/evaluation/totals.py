"""The table of metrics: what each means, which cases it concerns, and how it is totalled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.evaluation.metrics import (
    Estimate,
    Statistic,
    auroc,
    balanced_accuracy,
    estimate,
    mean,
    mean_share,
    quantile,
)
from qa.evaluation.results import CaseResult


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of the totals; `row` gives a case's values, or None if it is not concerned."""

    name: str
    meaning: str
    row: Callable[[CaseResult], tuple[float, ...] | None]
    statistic: Statistic = mean_share
    unit: Literal["share", "words", "ms"] = "share"
    lower_is_better: bool = False


# Citation shares are means of each answer's own share, so that a long answer weighs no more
# than a short one. A refusal is not contained and not supported; citations, exact words
# and length are measured on answers alone. A question that failed counts as answered wrongly.
METRICS = (
    Metric(
        "contained",
        "answerable questions answered with an accepted answer",
        lambda case: _one(case.contained),
    ),
    Metric(
        "first_contained",
        "the same, in the first sentence of the answer",
        lambda case: _one(case.first_contained),
    ),
    Metric(
        "exact_words",
        "exact words (in bold) that hold an accepted answer or are a telling part of one",
        lambda case: _one(case.exact_words),
    ),
    Metric(
        "supported",
        "answerable questions with an accepted answer cited from a right article",
        lambda case: _one(case.supported),
    ),
    Metric(
        "hit@1",
        "answerable questions with a right article first among those found",
        lambda case: _hit(case, 1),
    ),
    Metric(
        "hit@5",
        "the same among the first five articles",
        lambda case: _hit(case, 5),
    ),
    Metric(
        "hit@10",
        "the same among the first ten articles",
        lambda case: _hit(case, 10),
    ),
    Metric(
        "mrr",
        "mean of 1 / rank of the first right article, 0 when none is found",
        lambda case: _one(1 / case.hit_rank if case.hit_rank else 0) if _placed(case) else None,
    ),
    Metric(
        "citation_precision",
        "citations exact, from a right article and holding an accepted answer",
        lambda case: _one(case.citation_precision),
    ),
    Metric(
        "citations_exact",
        "citations whose quote is the article's text at the offsets",
        lambda case: _one(case.citations_exact),
    ),
    Metric(
        "abstention_precision",
        "refusals that were right to refuse",
        lambda case: _one(not case.answerable) if case.abstained else None,
    ),
    Metric(
        "abstention_recall",
        "unanswerable questions that were refused",
        lambda case: None if case.answerable else _one(case.abstained),
    ),
    Metric(
        "wrongly_refused",
        "answerable questions that were refused",
        lambda case: _one(case.abstained) if case.answerable else None,
        lower_is_better=True,
    ),
    Metric(
        "balanced_accuracy",
        "mean of: answerable questions answered, unanswerable ones refused",
        lambda case: (case.abstained, case.answerable),
        statistic=balanced_accuracy,
    ),
    Metric(
        "auroc",
        "chance that confidence ranks an answerable over an unanswerable question",
        lambda case: None if case.confidence is None else (case.confidence, case.answerable),
        statistic=auroc,
    ),
    Metric(
        "words",
        "mean words of an answer",
        lambda case: None if case.abstained or case.error else _one(case.words),
        statistic=mean,
        unit="words",
        lower_is_better=True,
    ),
    Metric(
        "latency_p50",
        "half of the questions took no longer",
        lambda case: None if case.error else _one(case.ms),
        statistic=quantile(0.5),
        unit="ms",
        lower_is_better=True,
    ),
    Metric(
        "latency_p95",
        "95 in 100 of the questions took no longer",
        lambda case: None if case.error else _one(case.ms),
        statistic=quantile(0.95),
        unit="ms",
        lower_is_better=True,
    ),
)


def totals(cases: Sequence[CaseResult]) -> dict[str, Estimate]:
    """Every metric of `cases` by its name."""
    return {
        metric.name: estimate(
            [row for row in map(metric.row, cases) if row is not None], metric.statistic
        )
        for metric in METRICS
    }


def _one(value: float | None) -> tuple[float, ...] | None:
    return None if value is None else (float(value),)


def _placed(case: CaseResult) -> bool:
    """Whether the case says which articles should be found."""
    return case.answerable and bool(case.articles)


def _hit(case: CaseResult, depth: int) -> tuple[float, ...] | None:
    if not _placed(case):
        return None
    return _one(case.hit_rank is not None and case.hit_rank <= depth)
