"""Weighs what speaks for each sentence: which answers best, and how likely it is right.

One linear score ranks the sentences of all passages together; sentences of several articles that
give the same answer add up. A logistic regression over the best answer says how likely it is to be
right. Both are fitted by `training/fit_evidence.py` and kept in `evidence.json`, which also says
on what; there is one set of weights for the shipped reader and one for no reader.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from qa.amounts import numbers_of
from qa.evidence import Candidate, Features
from qa.letters import plain
from qa.log_odds import Estimate
from qa.questions import stem, stems_of
from qa.stopwords import STOPWORDS

SAME_COSINE = 0.9
SAME_WORDS = 0.75
"""Two sentences say the same when their vectors or their stems are at least this alike."""
TEMPERATURE = 2.5
"""The scores' differences are divided by this before shares are made of them ("temperature": Guo
et al., "On Calibration of Modern Neural Networks", ICML 2017): so what several articles say counts
for more beside what one says clearest. Chosen on news questions and on those of the fit, see the
README."""
SHARED_STEMS = 2
"""Sentences that answer with the same bare number, or that are cited together, share at least so
many other stems."""
CONSIDERED = 5.0
"""Sentences further than this behind the best one, in log odds, are no answers."""
MOST_CONSIDERED = 250
"""So many sentences are compared with each other; those after them weigh nothing."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence and its share of the weight of all, 0 to 1."""

    candidate: Candidate
    share: float


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer: its sentence first, then those of other articles that say the same."""

    members: tuple[Weighed, ...]
    share: float
    """Its share of the weight of all answers, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Ranks answers, and says how likely the best one is right."""

    ranking: Mapping[str, float]
    """The weight of each feature in a sentence's score."""
    at_first: Estimate
    """Of features of the best answer: whether it is right."""
    looked: Estimate | None = None
    """The same after a second look (`qa/second_look.py`), where there is a reader to take it."""

    def scores(self, found: Sequence[Candidate]) -> Features:
        """How well each sentence answers; differences are log odds within one question."""
        weights = np.array(list(self.ranking.values()))
        rows = [[candidate.features[name] for name in self.ranking] for candidate in found]
        return np.asarray(np.array(rows) @ weights)

    def answers(self, found: Sequence[Candidate]) -> tuple[Judged, ...]:
        """What the sentences answer, best first; those that say the same are one answer."""
        if not found:
            return ()
        scores = self.scores(found)
        odds = np.exp((scores - scores.max()) / TEMPERATURE)
        shares = odds / odds.sum()
        groups: list[list[Weighed]] = []
        for row in np.argsort(-scores, kind="stable")[:MOST_CONSIDERED]:
            if scores[row] < scores.max() - CONSIDERED:
                break
            weighed = Weighed(found[row], float(shares[row]))
            twins = next((g for g in groups if _same(g[0].candidate, weighed.candidate)), None)
            if twins is None:
                groups.append([weighed])
            elif _adds_article(twins, weighed):
                twins.append(weighed)
        judged = [Judged(tuple(g), sum(w.share for w in g)) for g in groups]
        return tuple(sorted(judged, key=lambda answer: -answer.share))


@cache
def shipped_judge(with_reader: bool) -> Judge:
    """The judge that comes with the project, for answers with or without a reader."""
    fitted = json.loads(files("qa").joinpath("evidence.json").read_text("utf-8"))
    weights = fitted["reader" if with_reader else "similarity"]
    looked = weights["looked"]
    return Judge(weights["ranking"], Estimate(**weights["at_first"]), looked and Estimate(**looked))


def features_of(answer: Judged) -> dict[str, float]:
    """The features of the best answer: those of its sentence, and its share."""
    return {**answer.members[0].candidate.features, "share": answer.share}


def _adds_article(group: Sequence[Weighed], weighed: Weighed) -> bool:
    """Whether its article is another one than those of the group, and no copy of one."""
    article = weighed.candidate.passage.article
    others = [other.candidate.passage.article for other in group]
    return all(other.id != article.id and other.text != article.text for other in others)


def _same(left: Candidate, right: Candidate) -> bool:
    """Whether two sentences give the same answer, or say the same."""
    if left.sentence.text == right.sentence.text or _answer_alike(left, right):
        return True
    if left.vector is not None and right.vector is not None:
        alike = float(left.vector @ right.vector)
        if alike >= SAME_COSINE:
            return True
    a_stems, b_stems = stems_of(left.sentence.text), stems_of(right.sentence.text)
    return len(a_stems & b_stems) >= SAME_WORDS * max(len(a_stems | b_stems), 1)


def _answer_alike(left: Candidate, right: Candidate) -> bool:
    """Whether the exact answers are alike: most words of one, or its last ones, are the other.

    Where they are numbers and nothing else, the sentences must have something else in common:
    two sailors are not two years.
    """
    texts = exact_answer(left), exact_answer(right)
    shorter, longer = sorted(map(_content, texts), key=len)
    is_most = len(shorter) * 2 >= len(longer) or longer[-len(shorter) :] == shorter
    if not shorter or not is_most or not _holds_words(longer, shorter):
        return False
    if numbers_of(texts[0]) != numbers_of(texts[1]):
        return False
    if not all(numbers_of(word) for word in shorter):
        return True
    around = stems_of(left.sentence.text) & stems_of(right.sentence.text)
    return len(around - {stem(word) for word in shorter}) >= SHARED_STEMS


def exact_answer(candidate: Candidate) -> str:
    """The exact words that a reader gives as the answer, or ""."""
    if candidate.reading is None or candidate.reading.answer is None:
        return ""
    return candidate.passage.article.text[slice(*candidate.reading.answer)]


def _content(text: str) -> tuple[str, ...]:
    """The content words of `text`, lower case."""
    return tuple(word for word in _WORD.findall(plain(text).lower()) if word not in STOPWORDS)


def _holds_words(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """Whether the words of `shorter` stand in `longer` one after the other."""
    size = len(shorter)
    return any(longer[at : at + size] == shorter for at in range(len(longer) - size + 1))
