"""Where to refuse: what other thresholds of confidence would have done to a run's questions."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from qa.evaluation.metrics import Rows, balanced_accuracy

THRESHOLDS = tuple(n / 20 for n in range(1, 20))
"""0.05, 0.1, and so on, below 1: few questions tell no more apart."""
ROUNDING = 1e-9


class Refusing(BaseModel):
    """What a threshold does: questions whose confidence lies below it are refused."""

    model_config = ConfigDict(frozen=True)

    threshold: float = Field(description="Refuse below this confidence, 0 to 1.")
    abstention_recall: float = Field(description="Share of the unanswerable questions refused.")
    wrongly_refused: float = Field(description="Share of the answerable questions refused.")
    balanced_accuracy: float = Field(
        description="Mean of: answerable questions answered, unanswerable ones refused."
    )


def refusing_at(
    rows: Sequence[tuple[float, bool]], thresholds: Sequence[float] = THRESHOLDS
) -> tuple[Refusing, ...]:
    """What each threshold does to questions of (confidence, answerable), in their order.

    Empty where the questions are all answerable, or none is: nothing can be traded then.
    """
    values = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
    answerable = values[:, 1] == 1
    if answerable.all() or not answerable.any():
        return ()
    return tuple(_refusing(threshold, values) for threshold in thresholds)


def best_of(thresholds: Sequence[Refusing], own: float) -> Refusing | None:
    """The one with the best balanced accuracy: `own`, where no other is better.

    Else the middle of the longest run of neighbours that are as good: far from where it ends.
    """
    highest = max((t.balanced_accuracy for t in thresholds), default=0.0)

    def is_best(at: Refusing) -> bool:
        return at.balanced_accuracy > highest - ROUNDING

    kept = [[at] for at in thresholds if at.threshold == own and is_best(at)]
    runs = kept or [list(run) for best, run in groupby(thresholds, is_best) if best]
    longest = max(runs, key=len, default=[])
    return longest[(len(longest) - 1) // 2] if longest else None


def _refusing(threshold: float, rows: Rows) -> Refusing:
    answerable = rows[:, 1] == 1
    refused = rows[:, 0] < threshold
    return Refusing(
        threshold=threshold,
        abstention_recall=float(refused[~answerable].mean()),
        wrongly_refused=float(refused[answerable].mean()),
        balanced_accuracy=balanced_accuracy(np.column_stack([refused, answerable])),
    )
