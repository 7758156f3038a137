"""How well a sentence answers a question, from features that one can read.

Similarity alone says that a sentence is about the same things, not that it answers. So the
features also look at what the question asks for (a name, a date, a number, a place), at
whether its own names and words occur in the evidence, and at the words around. One linear
score over them ranks the sentences; a logistic regression over some of them, for the best
sentence, says how likely it is that the articles answer at all. Both are fitted by
`training/fit_evidence.py` and kept in `evidence.json`, which also says on what.
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

FEATURES = (
    "cosine",  # question and sentence
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
    "name_unknown",  # 1 when a name is in none of the passages found
    "kind_held",  # 1 when the kind of thing asked for stands in the sentence
    "kind_missing",  # 1 when it does not
    "pairs",  # share of the question's neighbouring words that are near each other here too
    "length",  # words, up to 40, in fortieths
    "fragment",  # 1 for fewer than FRAGMENT_WORDS words
)
ANSWER_FEATURES = (
    "cosine",
    "coverage_of_heading",
    "likeness",
    "name_missing",
    "name_unknown",
    "kind_missing",
)
"""What of the best sentence says whether the articles answer: few, so that it carries over."""
FRAGMENT_WORDS = 5
CARRIED_OVER = 0.5
UNLIKE = 0.5
"""Below this cosine, two words of the embedding table do not mean the like."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, the passage it stands in, and its features."""

    found: StoredSentence
    passage: StoredPassage
    features: Features


@dataclass(frozen=True, slots=True)
class Judge:
    """Ranks sentences, and says how likely the best one answers."""

    ranking: Features
    """The weight of each of `FEATURES` in a sentence's score."""
    answering: Features
    """The weight of each of `ANSWER_FEATURES` in the log odds that the articles answer."""
    bias: float

    def scores(self, found: Sequence[Candidate]) -> Features:
        """How well each sentence answers; differences are log odds within one question."""
        return np.asarray(np.stack([c.features for c in found]) @ self.ranking)

    def confidence(self, found: Sequence[Candidate]) -> float:
        """The estimated probability, 0 to 1, that the articles answer the question."""
        best = found[int(self.scores(found).argmax())]
        log_odds = float(answer_features(best.features) @ self.answering) + self.bias
        return 1 / (1 + math.exp(-log_odds))


@cache
def shipped_judge() -> Judge:
    """The judge that comes with the project."""
    fitted = json.loads(files("qa").joinpath("evidence.json").read_text("utf-8"))
    return Judge(
        np.array([fitted["ranking"][name] for name in FEATURES]),
        np.array([fitted["answering"][name] for name in ANSWER_FEATURES]),
        fitted["bias"],
    )


def answer_features(features: Features) -> Features:
    """The `ANSWER_FEATURES` of a sentence's `FEATURES`."""
    return features[[FEATURES.index(name) for name in ANSWER_FEATURES]]


def word_weights(
    question: Question, frequency: Mapping[str, int], total: int, own: Question | None = None
) -> dict[str, float]:
    """The weight of each stem of the question: the rarer in `total` passages, the heavier.

    With `own`, the question as it was typed, words carried over from earlier turns weigh half.
    """
    by_stem = {stem(word): count for word, count in frequency.items()}
    return {
        s: (math.log((total + 1) / (min(by_stem.get(s, 0), total) + 0.5)) + 0.1)
        * (1.0 if own is None or s in own.stems else CARRIED_OVER)
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
    everything = "\n".join(p.article.title + "\n" + p.passage.text for p in passages)
    unknown = float(_share_named(question, everything) < 1)
    found: list[Candidate] = []
    for passage, context in zip(passages, contexts, strict=True):
        before: frozenset[str] = frozenset()
        for stored in passage.sentences:
            row = next(rows)
            words = [w.lower() for w in words_of(stored.sentence.text)]
            stems = frozenset(stem(w) for w in words)
            values = {
                "name_unknown": unknown,
                "cosine": float(cosines[row]),
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
            features = np.array([values[name] for name in FEATURES])
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
