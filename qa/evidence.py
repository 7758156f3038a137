"""What speaks for a sentence as the answer to a question, in features that one can read.

A reader's own scores weigh most. Beside them stands what can be seen without one: how alike
question and text are, whether the question's own names and words occur there, whether the kind of
thing asked for (a name, a date, a number, a place) does, and whether the reader's answer only
repeats the question. `qa/judge.py` weighs them.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.announced import is_only_announced
from qa.exact_words import exact_words, is_no_answer
from qa.kinds import is_of_no_such_kind
from qa.lending import as_shown, lenders_of, question_above
from qa.letters import plain
from qa.library import StoredPassage, Vector
from qa.log_odds import limited
from qa.models import Embedder
from qa.others import of_another, of_others
from qa.proposals import proposal_with
from qa.questions import Question, acronyms_of, any_same, holds, stem, stems_of, words_of
from qa.reading import Reading, SentenceReading
from qa.recency import newest, setback
from qa.records import Article, Sentence, titled
from qa.retractions import is_taken_back
from qa.spans import is_point
from qa.stopwords import STOPWORDS
from qa.tables import is_row

Features = npt.NDArray[np.float64]
EmbedWords = Callable[[Sequence[str]], Vector]

COMMON = (
    "cosine_of_passage",  # question and passage
    "coverage",  # share of the question's word weight in the sentence
    "coverage_with_previous",  # ... in it and the sentence before
    "coverage_of_context",  # ... in the passage and the title
    "coverage_of_heading",  # ... in the heading it stands under
    "names",  # share of the question's names in the sentence
    "names_of_context",  # ... in the passage and the title
    "name_missing",  # 1 when a name is not even there
    "name_unknown",  # 1 when a name is in none of the passages found
    "older",  # what the article loses by its age, see qa/recency.py
    "among",  # natural logarithm of how many passages they were found among
    "kind_held",  # 1 when the kind of thing asked for stands in the sentence
    "kind_missing",  # 1 when it does not
    "pairs",  # share of the question's neighbouring words that are near each other here too
    "lead",  # 1 where the article begins, 1/2 LEAD_CHARS further on, 1/3 twice that
    "length",  # words, up to 40, in fortieths
    "fragment",  # 1 for fewer than FRAGMENT_WORDS words that are no sentence, point or row
)
OF_SIMILARITY = (
    "cosine",  # question and sentence
    "likeness",  # coverage, with words of like meaning counted in part
    "words_missing",  # share of the question's words that nothing in the passage is like
)
OF_READER = (
    "read_span",  # log odds of the sentence's best answer against no answer
    "read_sentence",  # log odds that the sentence answers
    "read_passage",  # log odds that the passage answers
    "answer_kind_held",  # 1 when the answer's own words are of the kind asked for
    "answer_kind_missing",  # 1 when they are not
    "echo",  # share of the answer's words that the question says itself
)
LENT = (
    "coverage", "names", "cosine", "likeness", "read_span", "read_sentence", "read_passage",
    "cosine_of_passage", "lead",
)  # fmt: skip
"""Features that one sentence may lend to another, see `qa/lending.py`."""
FRAGMENT_WORDS = 5
_WHOLE = re.compile(r"^(?!.*\b\d{4}).*\w[.!][\"”’)]*$")
"""A short sentence as people write them ("No dogs."), no date and place before an article."""
LEAD_CHARS = 500
"""News and encyclopedias tell first what matters most."""
CARRIED_OVER = 0.5
UNLIKE = 0.5
"""Below this cosine, two words of the embedding table do not mean the like."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, and what speaks for it, by the feature's name.

    It has a vector where no reader read it, and a reading where one did.
    """

    sentence: Sentence
    passage: StoredPassage
    features: Mapping[str, float]
    vector: Vector | None = None
    reading: SentenceReading | None = None


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
    embedder: Embedder,
    readings: Sequence[Reading] | None,
    among: int,
    age_weight: float,
) -> list[Candidate]:
    """Every sentence of `passages` with its features; `weights` are those of `word_weights`.

    `vector` is the question's. Without `readings`, one a passage, the sentences are embedded.
    `among` is how many passages these were found among, at least 1: the more there are, the more
    of them look like an answer by chance. `age_weight` is how much their articles' age counts.
    """
    if not any(passage.sentences for passage in passages):
        return []
    everything = "\n".join(_dated(passage) for passage in passages)
    of_all = {
        "name_unknown": float(_share_named(question, everything) < 1),
        "among": math.log(among),
    }
    latest = newest(p.article.published for p in passages)
    found = [
        Candidate(sentence, passage, of_all | context | features)
        for passage in passages
        for older in [setback(age_weight, passage.article.published, latest)]
        for context in [_of_context(question, passage, vector, weights) | {"older": older}]
        for sentence, features in _of_sentences(question, passage, weights)
    ]
    if readings is None:
        told = _with_similarity(found, question, vector, weights, embedder)
    else:
        told = _with_readings(found, question, readings)
    pairs = [(c.passage, c.sentence) for c in told]
    has_words = [c.reading is not None and c.reading.answer is not None for c in told]
    back = [is_taken_back(p.article, s.start, s.end) for p, s in pairs]
    another, others = of_another(question, passages), of_others(question, pairs, back)
    apt = {n for n, c in enumerate(told) if c.passage.passage.id not in another}
    kept = {n for n in apt if not others[n]} or apt
    lent = lenders_of(question, pairs, has_words, back)
    return [
        _lent([told[n] for n in lent[row]], replace(told[row], sentence=sentence))
        for row in sorted(kept)
        for sentence in [as_shown(pairs, row, lent[row], back)]
    ]


def _lent(lenders: Sequence[Candidate], candidate: Candidate) -> Candidate:
    """The candidate, with as much speaking for it as for any of `lenders`."""
    if not lenders:
        return candidate
    lent = {
        name: max(other.features[name] for other in (candidate, *lenders))
        for name in LENT
        if name in candidate.features
    }
    return replace(candidate, features={**candidate.features, **lent})


def _of_context(
    question: Question, passage: StoredPassage, vector: Vector, weights: Mapping[str, float]
) -> dict[str, float]:
    """What a passage and its title share with the question."""
    text = _dated(passage)
    names = _share_named(question, text)
    return {
        "cosine_of_passage": float(passage.vector @ vector),
        "coverage_of_context": _coverage(weights, {stem(w) for w in words_of(text)}),
        "names_of_context": names,
        "name_missing": float(names < 1),
    }


def _dated(passage: StoredPassage) -> str:
    """A passage under its title and the day it was published: "in May 2024" may ask for that."""
    published = passage.article.published
    day = f"{published.day} {published:%B %Y}\n" if published else ""
    return day + titled(passage.article.title, passage.passage.text)


def _of_sentences(
    question: Question, passage: StoredPassage, weights: Mapping[str, float]
) -> Iterable[tuple[Sentence, dict[str, float]]]:
    """The sentences of a passage with what each shares with the question."""
    before: frozenset[str] = frozenset()
    for row, sentence in enumerate(passage.sentences):
        words = [w.lower() for w in words_of(sentence.text)]
        stems = frozenset(stem(w) for w in words)
        asked_above = stems_of(question_above(passage, row))
        held = _kind_held(question, sentence.text)
        is_fragment = len(words) < FRAGMENT_WORDS and not (
            _WHOLE.search(sentence.text)
            or is_row(sentence.text)
            or is_point(passage.article.text, sentence.start)
        )
        yield (
            sentence,
            {
                "coverage": _coverage(weights, stems | asked_above),
                "coverage_with_previous": _coverage(weights, stems | before),
                "coverage_of_heading": _coverage(weights, stems_of(sentence.heading)),
                "names": _share_named(question, sentence.text),
                "kind_held": float(held is True),
                "kind_missing": float(held is False),
                "pairs": _shared_pairs(question, words),
                "lead": 1 / (1 + sentence.start / LEAD_CHARS),
                "length": min(len(words), 40) / 40,
                "fragment": float(is_fragment),
            },
        )
        before = stems


def _with_readings(
    found: Sequence[Candidate], question: Question, readings: Sequence[Reading]
) -> list[Candidate]:
    """The candidates with what a reader makes of them."""
    read = [(reading, sentence) for reading in readings for sentence in reading.sentences]
    said = {w.lower() for w in words_of(question.text)}
    return [
        replace(
            candidate,
            reading=sentence,
            features={
                **candidate.features,
                "read_span": limited(sentence.span),
                "read_sentence": limited(sentence.evidence),
                "read_passage": limited(reading.answered),
                **_of_answer(question, said, candidate.passage.article, sentence),
            },
        )
        for candidate, (reading, seen) in zip(found, read, strict=True)
        for sentence in [_told(question, said, candidate, _decided(candidate, seen))]
    ]


def _decided(candidate: Candidate, seen: SentenceReading) -> SentenceReading:
    """What was `seen` in the candidate's sentence, without words that were proposed in vain."""
    if seen.answer is None:
        return seen
    proposal = proposal_with(candidate.passage.sentences, candidate.sentence)
    if proposal is None or proposal.is_in_force:
        return seen
    return seen if seen.answer[0] >= proposal.proposed_until else replace(seen, answer=None)


def _told(
    question: Question, said: set[str], candidate: Candidate, seen: SentenceReading
) -> SentenceReading:
    """What was `seen` in the candidate's sentence, with exact words that can answer, or none."""
    text = candidate.passage.article.text
    if (
        is_of_no_such_kind(question, candidate.passage, candidate.sentence)
        or is_only_announced(question, candidate.sentence.text)
        or (seen.answer is not None and is_no_answer(question, text, seen.answer))
    ):
        return replace(seen, span=-math.inf, answer=None)
    words = exact_words(question, said, candidate.passage, candidate.sentence, seen)
    return replace(seen, answer=words)


def _of_answer(
    question: Question, said: set[str], article: Article, reading: SentenceReading
) -> dict[str, float]:
    """What can be seen in the answer's own words."""
    if reading.answer is None:
        return {"answer_kind_held": 0.0, "answer_kind_missing": 0.0, "echo": 0.0}
    start, end = reading.answer
    text = article.text[start:end]
    words = [w.lower() for w in words_of(text) if w.lower() not in STOPWORDS]
    # Where a capital may only begin a sentence it counts here, as a bare number and month do: an
    # answer is short.
    held = _kind_held(question, f"in {text}")
    if held is False and question.wanted in ("age", "amount"):
        held = holds("number", text, frozenset())
    return {
        "answer_kind_held": float(held is True),
        "answer_kind_missing": float(held is False),
        "echo": sum(w in said for w in words) / len(words) if words else 1.0,
    }


def _with_similarity(
    found: Sequence[Candidate],
    question: Question,
    vector: Vector,
    weights: Mapping[str, float],
    embedder: Embedder,
) -> list[Candidate]:
    """The candidates with how alike they and the question are."""
    texts = [candidate.sentence.text for candidate in found]
    vectors = embedder.embed(texts)
    likeness = _Likeness(question, weights, embedder.embed_words)
    missing = {
        passage.passage.id: float(np.mean(likeness.best([passage.in_context])[0] < UNLIKE))
        if question.stems
        else 0.0
        for passage in {id(c.passage): c.passage for c in found}.values()
    }
    return [
        replace(
            candidate,
            vector=row,
            features={
                **candidate.features,
                "cosine": float(row @ vector),
                "likeness": likeness.mean(alike),
                "words_missing": missing[candidate.passage.passage.id],
            },
        )
        for candidate, row, alike in zip(found, vectors, likeness.best(texts), strict=True)
    ]


def _kind_held(question: Question, text: str) -> bool | None:
    """Whether `text` offers the kind of thing asked for; None if that can't be seen."""
    return holds(question.wanted, text, frozenset(w.lower() for w in words_of(question.text)))


def _coverage(weights: Mapping[str, float], stems: Set[str]) -> float:
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

    A name also occurs in the words formed from it, and a long one in its initials: "GDP" in "gross
    domestic product".
    """
    if not question.names:
        return 1.0
    words = [w.lower() for w in words_of(plain(text))]
    have = frozenset(words) | acronyms_of(text)
    initials = "".join(word[0] for word in words) if question.spelled else ""
    found = sum(
        name in have
        or question.acronyms.get(name) in have
        or any_same(name, have)
        or (name in question.spelled and name in initials)
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
