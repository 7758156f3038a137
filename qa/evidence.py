"""How well a sentence answers a question: a logistic regression over features one can read.

Similarity alone says that a sentence is about the same things, not that it answers. So the
features also look at what the question asks for (a name, a date, a number, a place), at
whether its own names and words occur in the evidence, and at the words around. The weights
are fitted by `training/fit_evidence.py` and kept in `evidence.json`, with what they were
fitted on.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.library import StoredPassage, StoredSentence, Vector
from qa.questions import Question, any_same, holds, stem, stems_of, words_of

FEATURES = (
    "cosine",
    "cosine_below_best",
    "cosine_of_passage",
    "coverage",
    "coverage_of_context",
    "coverage_of_heading",
    "names",
    "names_of_context",
    "name_missing",
    "unknown_words",
    "kind_held",
    "kind_missing",
    "pairs",
    "length",
    "fragment",
)
FRAGMENT_WORDS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, the passage it stands in, and its features."""

    found: StoredSentence
    passage: StoredPassage
    features: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a passage shares with the question, worked out once for all its sentences."""

    words: frozenset[str]
    coverage: float
    names: float
    cosine: float


class Weights:
    """A fitted logistic regression."""

    def __init__(self, weights: Mapping[str, float], bias: float) -> None:
        self._weights = np.array([weights[name] for name in FEATURES])
        self._bias = bias

    def probability(self, features: npt.NDArray[np.float64]) -> float:
        """The estimated probability, 0 to 1, that a sentence with these features answers."""
        return 1 / (1 + math.exp(-float(features @ self._weights + self._bias)))


@cache
def shipped_weights() -> Weights:
    """The weights that come with the project."""
    fitted = json.loads(files("qa").joinpath("evidence.json").read_text("utf-8"))
    return Weights(fitted["weights"], fitted["bias"])


def word_weights(question: Question, frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """The weight of each stem of the question: the rarer in `total` passages, the heavier."""
    by_stem = {stem(word): count for word, count in frequency.items()}
    return {
        s: math.log((total + 1) / (min(by_stem.get(s, 0), total) + 0.5)) + 0.1
        for s in question.stems
    }


def candidates(
    question: Question,
    vector: Vector,
    passages: Sequence[StoredPassage],
    weights: Mapping[str, float],
) -> list[Candidate]:
    """Every sentence of `passages` with its features; `weights` are those of `word_weights`."""
    known = frozenset(w.lower() for w in words_of(question.text))
    contexts = [_context(question, passage, vector, weights) for passage in passages]
    everywhere = frozenset().union(*(context.words for context in contexts))
    unknown = 1 - _coverage(weights, frozenset(stem(w) for w in everywhere))
    cosines = [float(s.vector @ vector) for p in passages for s in p.sentences]
    best = max(cosines, default=0.0)
    found: list[Candidate] = []
    for passage, context in zip(passages, contexts, strict=True):
        for stored in passage.sentences:
            features = _features(question, stored, context, weights, known, vector)
            features["cosine_below_best"] = features["cosine"] - best
            features["unknown_words"] = unknown
            row = np.array([features[name] for name in FEATURES])
            found.append(Candidate(stored, passage, row))
    return found


def _context(
    question: Question, passage: StoredPassage, vector: Vector, weights: Mapping[str, float]
) -> _Context:
    text = f"{passage.article.title}\n{passage.passage.text}"
    words = frozenset(w.lower() for w in words_of(text))
    return _Context(
        words=words,
        coverage=_coverage(weights, frozenset(stem(w) for w in words)),
        names=_share_named(question.names, words),
        cosine=float(passage.vector @ vector),
    )


def _features(
    question: Question,
    stored: StoredSentence,
    context: _Context,
    weights: Mapping[str, float],
    known: frozenset[str],
    vector: Vector,
) -> dict[str, float]:
    text = stored.sentence.text
    words = [w.lower() for w in words_of(text)]
    held = holds(question.wanted, text, known)
    return {
        "cosine": float(stored.vector @ vector),
        "cosine_of_passage": context.cosine,
        "coverage": _coverage(weights, frozenset(stem(w) for w in words)),
        "coverage_of_context": context.coverage,
        "coverage_of_heading": _coverage(weights, stems_of(stored.sentence.heading)),
        "names": _share_named(question.names, words),
        "names_of_context": context.names,
        "name_missing": float(context.names < 1),
        "kind_held": float(held is True),
        "kind_missing": float(held is False),
        "pairs": _shared_pairs(question, words),
        "length": min(len(words), 40) / 40,
        "fragment": float(len(words) < FRAGMENT_WORDS),
    }


def _coverage(weights: Mapping[str, float], stems: frozenset[str]) -> float:
    """The share of the question's word weight that `stems` hold; 0 for a question without words."""
    total = sum(weights.values())
    return sum(w for s, w in weights.items() if s in stems) / total if total else 0.0


def _share_named(names: Sequence[str], words: Sequence[str] | frozenset[str]) -> float:
    """The share of `names` that occur in `words`; 1 when the question names nothing."""
    if not names:
        return 1.0
    have = frozenset(words)
    return sum(name in have or any_same(name, have) for name in names) / len(names)


def _shared_pairs(question: Question, words: Sequence[str]) -> float:
    """The share of the question's neighbouring content words that are near in the sentence too."""
    asked = [s for s in (stem(w) for w in words_of(question.text)) if s in question.stems]
    pairs = set(pairwise(asked))
    if not pairs:
        return 0.0
    stems = [stem(w) for w in words]
    near = {
        (first, second) for i, first in enumerate(stems) for second in stems[max(0, i - 3) : i + 4]
    }
    return len(pairs & near) / len(pairs)
