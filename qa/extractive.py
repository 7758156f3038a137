"""Answers without a language model: sentences word for word, each with its citations, or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.evidence import Candidate, Judge
from qa.questions import stems_of
from qa.records import AnswerSentence, Citation

NAME = "extractive"
REFUSAL = "The articles do not answer this question."
NOTHING_LEFT = (
    "No article passes the filters; a limit by date also leaves out articles without a date."
)

SAME_COSINE = 0.9
SAME_WORDS = 0.75
"""Two sentences say the same when their vectors or their stems are at least this alike."""
FURTHER_SHARE = 0.15
"""A further sentence needs at least this share of the best one's probability."""
MAX_CITATIONS = 4

_MARKER = re.compile(r"\[(?=\d+\])")


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answerer found: an answer in sentences, or a refusal with none."""

    answer: str
    abstained: bool
    confidence: float
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    score: float


def draft(
    found: Sequence[Candidate], confidence: float, judge: Judge, *, threshold: float, sentences: int
) -> Draft:
    """The best of `found` as an answer of at most `sentences`.

    A refusal when `confidence`, the probability that the articles answer, is below `threshold`,
    or when there is nothing to choose from.
    """
    if not found or confidence < threshold:
        return Draft(REFUSAL, True, confidence, (), ())
    scores = judge.scores(found)
    # A sentence's own score: the confidence, times how much likelier the best one is.
    shares = confidence * np.exp(scores - scores.max())
    ranked = [_Scored(found[i], float(shares[i])) for i in np.argsort(-scores, kind="stable")]
    groups = _choose(ranked, sentences)
    citations: list[Citation] = []
    answered: list[AnswerSentence] = []
    for group in groups:
        first = len(citations) + 1
        citations.extend(_citation(n, scored) for n, scored in enumerate(group, first))
        numbers = tuple(range(first, len(citations) + 1))
        answered.append(AnswerSentence(text=citations[first - 1].quote, citations=numbers))
    answer = " ".join(_with_markers(sentence) for sentence in answered)
    return Draft(answer, False, confidence, tuple(answered), tuple(citations))


def _choose(ranked: Sequence[_Scored], sentences: int) -> list[list[_Scored]]:
    """The sentences to show, best first, each with others that say the same behind it."""
    groups: list[list[_Scored]] = []
    floor = ranked[0].score * FURTHER_SHARE
    for scored in ranked:
        if scored.score < floor:
            break
        twin = next((g for g in groups if _same(g[0].candidate, scored.candidate)), None)
        if twin is None and len(groups) < sentences:
            groups.append([scored])
        elif twin is not None and len(twin) < MAX_CITATIONS and _adds_article(twin, scored):
            twin.append(scored)
    return groups


def _adds_article(group: Sequence[_Scored], scored: _Scored) -> bool:
    article = scored.candidate.passage.article.id
    return all(other.candidate.passage.article.id != article for other in group)


def _same(left: Candidate, right: Candidate) -> bool:
    """Whether two sentences say the same."""
    if float(left.found.vector @ right.found.vector) >= SAME_COSINE:
        return True
    a, b = stems_of(left.found.sentence.text), stems_of(right.found.sentence.text)
    return len(a & b) >= SAME_WORDS * max(len(a | b), 1)


def _citation(number: int, scored: _Scored) -> Citation:
    sentence, article = scored.candidate.found.sentence, scored.candidate.passage.article
    return Citation(
        n=number,
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        score=round(scored.score, 4),
    )


def _with_markers(sentence: AnswerSentence) -> str:
    """The sentence with the numbers of its citations.

    A number in brackets that the article itself prints gets an invisible joiner inside, so
    that every marker in an answer is one of ours.
    """
    text = _MARKER.sub("[\u2060", sentence.text)
    return text + " " + "".join(f"[{n}]" for n in sentence.citations)
