"""Checks a sentence that a language model wrote against the passages that it cites.

Sentences of articles that give orders to a model are no evidence. Of the others, four things must
hold: the numbers, names and quoted words of the written sentence stand in the sentences quoted for
it; it brings in no address or markup; it denies nothing that they say, and says the opposite of
nothing; and it is supported, by a probability that weighs shared words, likeness, and what the
reader makes of the cited text with the sentence in the place of a question. The weights and the
threshold are fitted by `training/fit_support.py` and kept in `support.json`, which says on what.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from qa.denial import contradicts, denies, reverses
from qa.details import has_foreign_code, is_order, missing_details
from qa.library import StoredPassage
from qa.log_odds import Estimate, limited
from qa.models import Embedder
from qa.questions import stems_of
from qa.reading import UNREAD, Reader
from qa.records import Sentence

SUPPORT = (
    "said",  # share of the sentence's content words in the likest cited sentence
    "said_around",  # ... in it, its neighbours and the title
    "cosine",  # the sentence and the likest cited one
    "negation",  # 1 when only one of the two denies
)
SUPPORT_BY_READER = (
    "read_span",  # with the sentence as a question: log odds of an answer against none
    "read_sentence",  # ... that the likest cited sentence answers
    "answer_said",  # share of the words that answer the user's question which the sentence says
)
SURE = 12.0
"""The log odds that a reader had at most in the fit of the weights."""
ALSO_FITS = 0.6
"""A further passage is cited when its likest sentence fits this well, beside the best one."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a cited passage, and how well it fits a written one, 0 to 1."""

    passage: StoredPassage
    sentence: Sentence
    fit: float


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a written sentence may be shown, and why not."""

    supported: bool
    score: float
    """The estimated probability, 0 to 1, that the cited text supports it."""
    missing: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    """The words that support it, best first, at most one sentence a passage."""


NOT_SUPPORTED = Check(False, 0.0)


@dataclass(frozen=True, slots=True)
class Weights(Estimate):
    """What the features weigh in the log odds of support, and from where on it is support."""

    threshold: float


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks written sentences; without a reader, by words and likeness alone."""

    embedder: Embedder
    reader: Reader | None
    weights: Weights

    def check(
        self,
        question: str,
        written: str,
        cited: Sequence[StoredPassage],
        ordinary: Collection[str] = (),
    ) -> Check:
        """Whether `cited`, the passages that it cites, support the sentence `written`.

        `ordinary` are lower-case words that may open a sentence without being a name.
        """
        cited = [_without_orders(p) for p in cited]
        if not any(p.sentences for p in cited) or has_foreign_code(written):
            return NOT_SUPPORTED
        features, quotes = self.features(question, written, cited)
        # In the very words that the citations open, not somewhere in the passage; the title is
        # shown beside them.
        shown = "\n".join(quote.sentence.text for quote in quotes)
        titles = "\n".join(quote.passage.article.title for quote in quotes)
        missing = missing_details(written, shown, ordinary, titles)
        if contradicts(written, quotes[0].sentence.text) or reverses(written, shown):
            missing = (*missing, "not")
        score = self.weights.probability(features)
        return Check(not missing and score >= self.weights.threshold, score, missing, quotes)

    def features(
        self, question: str, written: str, cited: Sequence[StoredPassage]
    ) -> tuple[dict[str, float], tuple[Quote, ...]]:
        """The features by name, and the quotes that fit, best first."""
        sentences = [(p, n) for p in cited for n in range(len(p.sentences))]
        texts = [p.sentences[n].text for p, n in sentences]
        said = stems_of(written)
        vectors = self.embedder.embed([written, *texts])
        cosines = vectors[1:] @ vectors[0]
        shares = [_share(said, text) for text in texts]
        fits = [(share + max(float(c), 0.0)) / 2 for share, c in zip(shares, cosines, strict=True)]
        best = max(range(len(fits)), key=fits.__getitem__)
        passage, number = sentences[best]
        near = passage.sentences[max(number - 1, 0) : number + 2]
        around = " ".join([passage.article.title, *(s.text for s in near)])
        features = {
            "said": shares[best],
            "said_around": _share(said, around),
            "cosine": float(cosines[best]),
            "negation": float(denies(written) != denies(texts[best])),
        }
        if self.reader:
            features |= _read(self.reader, question, written, passage, number)
        return features, _quotes(sentences, fits)


def _read(
    reader: Reader, question: str, written: str, passage: StoredPassage, number: int
) -> dict[str, float]:
    as_question = reader.read(written, [passage])[0]
    asked = reader.read(question, [passage])[0].sentences
    span = max((s.span for s in as_question.sentences), default=UNREAD)
    best = max(asked, key=lambda s: s.span)
    answer = passage.article.text[slice(*best.answer)] if best.answer else ""
    words = stems_of(answer)
    return {
        "read_span": limited(span, SURE),
        "read_sentence": limited(as_question.sentences[number].evidence, SURE),
        "answer_said": len(words & stems_of(written)) / len(words) if words else 0.0,
    }


def _quotes(
    sentences: Sequence[tuple[StoredPassage, int]], fits: Sequence[float]
) -> tuple[Quote, ...]:
    best: dict[str, Quote] = {}
    for (passage, number), fit in zip(sentences, fits, strict=True):
        quote = Quote(passage, passage.sentences[number], fit)
        if passage.passage.id not in best or fit > best[passage.passage.id].fit:
            best[passage.passage.id] = quote
    found = sorted(best.values(), key=lambda quote: -quote.fit)
    return tuple(quote for quote in found if quote.fit >= ALSO_FITS or quote is found[0])


@cache
def shipped_weights(with_reader: bool) -> Weights:
    """The weights that come with the project, for checks with or without a reader."""
    fitted = json.loads(files("qa").joinpath("support.json").read_text("utf-8"))
    chosen = fitted["reader" if with_reader else "similarity"]
    return Weights(chosen["weights"], chosen["bias"], chosen["threshold"])


def _without_orders(passage: StoredPassage) -> StoredPassage:
    """`passage` with blanks in place of the sentences that speak to a language model."""
    text, kept = passage.passage.text, []
    for sentence in passage.sentences:
        if is_order(sentence.text):
            first, last = (at - passage.passage.start for at in (sentence.start, sentence.end))
            text = text[:first] + " " * (last - first) + text[last:]
        else:
            kept.append(sentence)
    if len(kept) == len(passage.sentences):
        return passage
    return replace(passage, sentences=tuple(kept), passage=replace(passage.passage, text=text))


def _share(said: frozenset[str], text: str) -> float:
    return len(said & stems_of(text)) / len(said) if said else 0.0
