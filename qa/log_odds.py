"""Log odds: what weighed features add up to, and the probability that they mean."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

LIMIT = 20.0
"""A reader's log odds are cut off here. At 12, the clearest answers would be alike: README, what
was tried."""


def limited(log_odds: float, limit: float = LIMIT) -> float:
    """`log_odds`, at most `limit` to either side of 0."""
    return max(-limit, min(limit, log_odds))


def probability(log_odds: float) -> float:
    """The probability, 0 to 1, of these log odds."""
    return 1 / (1 + math.exp(-log_odds))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What features weigh in the log odds of something, and its log odds without any."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, features: Mapping[str, float]) -> float:
        """The probability, 0 to 1, of something that has these features, and perhaps others."""
        return probability(sum(features[n] * w for n, w in self.weights.items()) + self.bias)
