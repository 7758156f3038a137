"""How well a sentence answers a question: two logistic regressions over features one can read.

Similarity alone says that a sentence is about the same things, not that it answers. So the
features also look at what the question asks for (a name, a date, a number, a place), at
whether its own names and words occur in the evidence, and at the words around. The first
regression ranks sentences; the second looks at the best one and says how likely it is right.
Both are fitted by `training/fit_evidence.py` and kept in `evidence.json`, which also says
on what.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.library import STOPWORDS, StoredPassage, StoredSentence, Vector
from qa.questions import Question, acronyms_of, any_same, holds, stem, stems_of, words_of

Features = npt.NDArray[np.float64]
EmbedWords = Callable[[Sequence[str]], Vector]

SENTENCE_FEATURES = (
    "cosine",  # question and sentence
    "cosine_below_best",  # the same, less the best of all sentences found
    "cosine_of_passage",  # question and passage
    "coverage",  # share of the question's word weight in the sentence
    "coverage_with_previous",  # ... in it and the sentence before
    "coverage_of_context",  # ... in the passage and the title
    "coverage_of_heading",  # ... in the heading it stands under
    "likeness",  # the same share with words of like meaning counted in part
    "words_missing",  # share of the question's words that nothing in the passage is like
    "names",  # share of the question's names in the sentence
    "names_of_context",  # ... in the passage and the title
    "name_missing",  # 1 when a name is not even there
    "unknown_words",  # share of the question's word weight in none of the passages
    "kind_held",  # 1 when the kind of thing asked for stands in the sentence
    "kind_missing",  # 1 when it does not
    "pairs",  # share of the question's neighbouring words that are near each other here too
    "length",  # words, up to 40, in fortieths
    "fragment",  # 1 for fewer than FRAGMENT_WORDS words
)
ANSWER_FEATURES = (
    "score",  # of the best sentence, as the first regression gives it (log odds)
    "lead",  # over the next one
    *(f"best_{name}" for name in SENTENCE_FEATURES),
)
FRAGMENT_WORDS = 5
UNLIKE = 0.5
"""Below this cosine, two words of the embedding table do not mean the like."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, the passage it stands in, and its features."""

    found: StoredSentence
    passage: StoredPassage
    features: Features


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted logistic regression."""

    weights: Features
    bias: float

    def log_odds(self, features: Features) -> Features:
        """One number a row of `features`, shape (rows, features)."""
        return np.asarray(features @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class Judge:
    """Ranks sentences, and says how likely the best one answers."""

    sentence: Regression
    answer: Regression

    def score(self, found: Sequence[Candidate]) -> Features:
        """How likely each sentence answers, 0 to 1; comparable within one question."""
        return _probability(self.sentence.log_odds(np.stack([c.features for c in found])))

    def confidence(self, found: Sequence[Candidate]) -> float:
        """The estimated probability, 0 to 1, that the best sentence answers the question."""
        rows = np.stack([c.features for c in found])
        features = answer_features(rows, self.sentence.log_odds(rows))
        return float(_probability(self.answer.log_odds(features)))


@cache
def shipped_judge() -> Judge:
    """The judge that comes with the project."""
    fitted = json.loads(files("qa").joinpath("evidence.json").read_text("utf-8"))
    return Judge(
        _regression(fitted["sentence"], SENTENCE_FEATURES),
        _regression(fitted["answer"], ANSWER_FEATURES),
    )


def answer_features(rows: Features, scores: Features) -> Features:
    """What the second regression looks at: `ANSWER_FEATURES` of all sentences of a question."""
    order = np.argsort(-scores, kind="stable")
    best = order[0]
    lead = scores[best] - scores[order[1]] if len(order) > 1 else 0.0
    return np.concatenate([[scores[best], lead], rows[best]])


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
    embed_words: EmbedWords,
) -> list[Candidate]:
    """Every sentence of `passages` with its features; `weights` are those of `word_weights`."""
    sentences = [(passage, s) for passage in passages for s in passage.sentences]
    if not sentences:
        return []
    likeness = _Likeness(question, weights, embed_words)
    alike = likeness.best([s.sentence.text for _, s in sentences])
    cosines = np.stack([s.vector for _, s in sentences]) @ vector
    rows = iter(range(len(sentences)))
    contexts = [_context(question, passage, vector, weights, likeness) for passage in passages]
    everywhere = frozenset().union(*(context.stems for context in contexts))
    shared = {"unknown_words": 1 - _coverage(weights, everywhere)}
    found: list[Candidate] = []
    for passage, context in zip(passages, contexts, strict=True):
        before: frozenset[str] = frozenset()
        for stored in passage.sentences:
            row = next(rows)
            words = [w.lower() for w in words_of(stored.sentence.text)]
            stems = frozenset(stem(w) for w in words)
            values = shared | {
                "cosine": float(cosines[row]),
                "cosine_below_best": float(cosines[row] - cosines.max()),
                "cosine_of_passage": context.cosine,
                "coverage": _coverage(weights, stems),
                "coverage_with_previous": _coverage(weights, stems | before),
                "coverage_of_context": context.coverage,
                "coverage_of_heading": _coverage(weights, stems_of(stored.sentence.heading)),
                "likeness": likeness.mean(alike[row]),
                "words_missing": context.words_missing,
                "names": _share_named(question, stored.sentence.text),
                "names_of_context": context.names,
                "name_missing": float(context.names < 1),
                "pairs": _shared_pairs(question, words),
                "length": min(len(words), 40) / 40,
                "fragment": float(len(words) < FRAGMENT_WORDS),
            }
            values |= _kind(question, stored.sentence.text)
            features = np.array([values[name] for name in SENTENCE_FEATURES])
            found.append(Candidate(stored, passage, features))
            before = stems
    return found


@dataclass(frozen=True, slots=True)
class _Context:
    """What a passage shares with the question, worked out once for all its sentences."""

    stems: frozenset[str]
    coverage: float
    names: float
    cosine: float
    words_missing: float


def _context(
    question: Question,
    passage: StoredPassage,
    vector: Vector,
    weights: Mapping[str, float],
    likeness: "_Likeness",
) -> _Context:
    text = f"{passage.article.title}\n{passage.passage.text}"
    stems = frozenset(stem(w) for w in words_of(text))
    return _Context(
        stems=stems,
        coverage=_coverage(weights, stems),
        names=_share_named(question, text),
        cosine=float(passage.vector @ vector),
        words_missing=float(np.mean(likeness.best([text])[0] < UNLIKE)) if question.stems else 0.0,
    )


def _kind(question: Question, text: str) -> dict[str, float]:
    known = frozenset(w.lower() for w in words_of(question.text))
    held = holds(question.wanted, text, known)
    return {"kind_held": float(held is True), "kind_missing": float(held is False)}


def _coverage(weights: Mapping[str, float], stems: frozenset[str]) -> float:
    """The share of the question's word weight that `stems` hold; 0 for a question without words."""
    total = sum(weights.values())
    return sum(w for s, w in weights.items() if s in stems) / total if total else 0.0


class _Likeness:
    """How like the words of texts are to those of the question, in the model's word vectors."""

    def __init__(
        self, question: Question, weights: Mapping[str, float], embed_words: EmbedWords
    ) -> None:
        self._asked = _content(question.text)
        self._embed = embed_words
        heavy = np.array([weights.get(stem(w), 0.1) for w in self._asked])
        self._share = heavy / heavy.sum() if len(heavy) else heavy

    def best(self, texts: Sequence[str]) -> list[Features]:
        """For each text and each word of the question, the cosine of the likest word, 0 to 1."""
        words = [_content(text) for text in texts]
        everything = list(dict.fromkeys([*self._asked, *(w for some in words for w in some)]))
        if not self._asked:
            return [np.zeros(0) for _ in texts]
        place = {word: row for row, word in enumerate(everything)}
        vectors = self._embed(everything)
        alike = np.clip(vectors[: len(dict.fromkeys(self._asked))] @ vectors.T, 0.0, 1.0)
        rows = [place[w] for w in self._asked]
        return [
            alike[rows][:, [place[w] for w in some]].max(axis=1) if some else np.zeros(len(rows))
            for some in words
        ]

    def mean(self, best: Features) -> float:
        """The weighted mean over the question's words."""
        return float(self._share @ best) if len(best) else 0.0


def _content(text: str) -> list[str]:
    return [w for w in (w.lower() for w in words_of(text)) if w not in STOPWORDS]


def _share_named(question: Question, text: str) -> float:
    """The share of the question's names that occur in `text`; 1 when it names nothing.

    A name also occurs in the words formed from it, and a long one in its initials.
    """
    if not question.names:
        return 1.0
    have = frozenset(w.lower() for w in words_of(text)) | acronyms_of(text)
    found = sum(
        name in have or question.acronyms.get(name) in have or any_same(name, have)
        for name in question.names
    )
    return found / len(question.names)


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


def _probability(log_odds: Features) -> Features:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def _regression(fitted: Mapping[str, float], names: Sequence[str]) -> Regression:
    return Regression(np.array([fitted[name] for name in names]), fitted["bias"])
