"""Fit the weights of `qa/evidence.json`: `make fit`, after `make dataset` and `make reader`.

The texts of SQuAD 2.0, SQuADShifts (Wikipedia) and SelQA become one collection, indexed as users'
articles are, and the development questions on them, which the reader was not trained on, are asked
as users ask. A third of the answerable ones are asked with their own text hidden, so that nothing
answers them; and each is asked of its own text alone, as is what its text does not answer, and of
another text of the same article alone. A fifth of the questions is held out; what is printed is
measured on those.
"""

import gzip
import hashlib
import json
import math
import pickle
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from pairs import Pair, read_pairs
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.asking import Ask
from qa.engine import Engine
from qa.evaluation.metrics import contains
from qa.evidence import Candidate
from qa.indexing import index_paths, is_of_older_format, rebuild
from qa.judge import Judge, Judged, features_of
from qa.log_odds import Estimate
from qa.questions import analyse
from qa.reading import SHIPPED, Reader
from qa.records import Filters
from qa.second_look import FEATURE, confidence, read_again
from qa.settings import read_settings

SOURCES = ("new_wiki", "squad2", "selqa")
FOLDER = Path("build/training")
OUT = Path("qa/evidence.json")
HIDDEN = 1 / 3
HELD_OUT = 5
RIDGE = 1e-3
RANKING = {
    "reader": (
        "read_span", "read_sentence", "read_passage", "answer_kind_held", "answer_kind_missing",
        "cosine_of_passage", "coverage", "coverage_of_context", "names", "name_missing",
        "kind_held", "kind_missing", "lead", "fragment",
    ),
    "similarity": (
        "cosine", "cosine_of_passage", "coverage", "coverage_with_previous", "coverage_of_context",
        "coverage_of_heading", "likeness", "words_missing", "names", "names_of_context",
        "name_missing", "name_unknown", "kind_held", "kind_missing", "pairs", "length", "fragment",
    ),
}  # fmt: skip
ANSWERING = {
    "reader": (
        "read_span", "read_sentence", "read_passage", "cosine_of_passage", "name_missing",
        "answer_kind_missing", "echo", "among",
    ),
    "similarity": (
        "cosine", "coverage_of_heading", "likeness", "name_missing", "name_unknown", "kind_missing",
    ),
}  # fmt: skip
"""What of the best answer says whether it is right: little, so that it carries over."""
BY_HAND = {"older": -3.0}
"""Weights in the ranking that can't be fitted here: these texts have no dates."""
AMONG, EVEN = -0.21, 80
"""What the number of passages weighs in an answer's confidence, and for which number that changes
nothing. The collection of the fit is of one size: chosen on questions about 2 to 58,000 passages.
"""
CARRIED_OVER = {"read_span": 0.75}
"""Of what is fitted in the ranking, so much is taken: these questions are like those that the
reader learnt from, where it is right more often than elsewhere. See the README for what it gives.
"""


@dataclass(frozen=True)
class Asked:
    """The sentences found for one question, which of them answer, and whether any text does."""

    question: str
    found: list[Candidate]
    right: np.ndarray
    answerable: bool
    alone: bool
    held_out: bool


def collection(pairs: Iterable[Pair]) -> dict[tuple[str, str], str]:
    """An id for each text, by title and text."""
    texts = {(p.title, p.text) for p in pairs if p.source in SOURCES}
    return {t: hashlib.sha256("\n".join(t).encode()).hexdigest()[:16] for t in sorted(texts)}


def write_articles(texts: dict[tuple[str, str], str], path: Path) -> None:
    """The texts as articles that can be indexed."""
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for (title, text), key in texts.items():
            out.write(json.dumps({"id": key, "title": title, "text": text}) + "\n")


def ask_all(engine: Engine, pairs: Sequence[Pair], ids: dict[tuple[str, str], str]) -> list[Asked]:
    """Every question, asked of the collection and of its own text."""
    rng = random.Random(0)
    by_question: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.development and pair.source in SOURCES:
            by_question[pair.question].append(pair)
    by_title: dict[str, list[str]] = defaultdict(list)
    for title, text in ids:
        by_title[title].append(text)
    asked = []
    for question, some in track(sorted(by_question.items()), "asking", disable=None):
        hidden = rng.random() < HIDDEN
        answered = [p for p in some if p.answers]
        mine = [ids[p.title, p.text] for p in answered]
        held_out = int(hashlib.sha256(question.encode()).hexdigest(), 16) % HELD_OUT == 0
        filters = Filters(exclude=tuple(mine) if hidden else ())
        evidence = engine.retrieve(Ask(question, filters=filters))
        found = engine.candidates(evidence)
        answerable = bool(answered) and not hidden
        right = np.array([answerable and _answers(c, answered, ids) for c in found], dtype=bool)
        asked.append(Asked(question, found, right, answerable, False, held_out))
        alone = (answered or some)[:1] + [p for p in some if answered and not p.answers][:1]
        for pair in [*alone, *_elsewhere(answered[:1], by_title, rng)]:
            evidence = engine.evidence_of(question, [{"title": pair.title, "text": pair.text}])
            found = engine.candidates(evidence)
            right = np.array([_in_span(c, pair) for c in found], dtype=bool)
            asked.append(Asked(question, found, right, bool(pair.answers), True, held_out))
    return [a for a in asked if a.found]


def _elsewhere(
    answered: list[Pair], by_title: dict[str, list[str]], rng: random.Random
) -> Iterator[Pair]:
    """Each question beside another text of its article, any one that holds no accepted answer."""
    for pair in answered:
        words = [pair.text[s:e] for s, e in pair.answers]
        others = [t for t in by_title[pair.title] if t != pair.text and not contains(t, words)]
        if pair.title and others:
            yield replace(pair, text=rng.choice(others), answers=(), evidence=())


def _answers(candidate: Candidate, answered: list[Pair], ids: dict[tuple[str, str], str]) -> bool:
    """Whether a sentence is the marked one, or another that holds an accepted answer."""
    for pair in answered:
        if candidate.passage.article.id == ids[pair.title, pair.text]:
            return _in_span(candidate, pair)
    words = [p.text[s:e] for p in answered if not p.whole for s, e in p.answers]
    return contains(candidate.sentence.text, words)


def _in_span(candidate: Candidate, pair: Pair) -> bool:
    sentence = candidate.sentence
    return any(sentence.start <= s and e <= sentence.end + 1 for s, e in pair.answers)


def matrix(asked: Asked, names: Sequence[str]) -> np.ndarray:
    """The features of a question's sentences, a row each."""
    return np.array([[c.features[n] for n in names] for c in asked.found])


def fit_ranking(some: Sequence[Asked], names: Sequence[str]) -> dict[str, float]:
    """Weights under which a sentence that answers is likeliest among those of its question.

    The loss is the negative log of the softmax share of the right sentences (the conditional
    logit model of McFadden, 1974), with a little ridge; questions without an answer have none.
    """
    right = [a for a in some if a.right.any()]
    rows = [matrix(a, names) for a in right]
    scale = np.concatenate(rows).std(axis=0) + 1e-9
    features = np.concatenate(rows) / scale
    answers = np.concatenate([a.right for a in right])
    sizes = [len(r) for r in rows]
    question = np.repeat(np.arange(len(right)), sizes)
    first = np.cumsum([0, *sizes[:-1]])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = features @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, first)[question])
        all_odds, right_odds = np.add.reduceat(odds, first), np.add.reduceat(odds * answers, first)
        slope = (odds * answers / right_odds[question] - odds / all_odds[question]) @ features
        value = np.log(all_odds / right_odds).mean() + RIDGE * weights @ weights
        return value, 2 * RIDGE * weights - slope / len(right)

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return {n: round(float(w), 4) for n, w in zip(names, found.x / scale)}


def is_right(asked: Asked, answers: Sequence[Judged]) -> bool:
    """Whether the sentence of the best of `answers` is a right one."""
    best = answers[0].members[0].candidate
    return bool(asked.right[next(i for i, c in enumerate(asked.found) if c is best)])


def fit_answering(
    some: Sequence[Asked], names: Sequence[str], ranking: dict[str, float], reader: Reader | None
) -> Estimate:
    """Weights and bias of the log odds that the best answer is right, looked at by `reader`."""
    judge, values, right = Judge(ranking, Estimate({}, 0.0)), [], []
    for asked in track(some, "looking again" if reader else "looking", disable=None):
        answers = judge.answers(asked.found)
        right.append(is_right(asked, answers))
        look = {FEATURE: read_again(asked.question, answers, reader)} if reader else {}
        values.append({**features_of(answers[0]), **look})
    features = np.array([[v[n] for n in names] for v in values])
    scale = features.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.1, max_iter=5000).fit(features / scale, right)
    weights = {n: round(float(w), 4) for n, w in zip(names, model.coef_[0] / scale)}
    bias = float(model.intercept_[0])
    if "among" in weights:
        bias += (weights["among"] - AMONG) * math.log(EVEN)
        weights["among"] = AMONG
    return Estimate(weights, round(bias, 4))


def measure(some: Sequence[Asked], judge: Judge, reader: Reader | None) -> dict[str, float]:
    """How well the weights do on questions that they were not fitted on."""
    values: dict[str, float] = {"questions": len(some)}
    answers = [judge.answers(a.found) for a in some]
    sure = np.array(
        [confidence(analyse(a.question), found, judge, reader) for a, found in zip(some, answers)]
    )
    right = np.array([is_right(a, found) for a, found in zip(some, answers)])
    for name, alone in (("collection", False), ("own_text", True)):
        part = np.array([a.alone == alone for a in some])
        can = np.array([a.answerable for a in some])
        values[f"{name}_first_sentence_right"] = right[part & can].mean()
        values[f"{name}_auroc_answerable"] = roc_auc_score(can[part], sure[part])
        values[f"{name}_auroc_right"] = roc_auc_score(right[part], sure[part])
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (sure >= low) & (sure < low + 0.2)
        if inside.any():
            values[f"right_at_{low:.1f}_to_{low + 0.2:.1f}"] = right[inside].mean()
    return {n: v if isinstance(v, int) else round(float(v), 3) for n, v in values.items()}


def _asking_version() -> str:
    """Changes with the reader and the engine's code, so that old answers are not fitted to."""
    files = (SHIPPED, *sorted(SHIPPED.parent.glob("*.py")))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def main() -> None:
    """Ask, fit, print how well it does on what is held out, and write the weights."""
    settings = read_settings(index_dir=FOLDER / "index")
    pairs = list(read_pairs())
    ids = collection(pairs)
    articles = FOLDER / "articles.jsonl.gz"
    if not articles.exists():
        write_articles(ids, articles)
    fitted = json.loads(OUT.read_text())
    for kind in sys.argv[1:] or RANKING:
        engine = Engine(replace(settings, reader="bundled" if kind == "reader" else "none"))
        if is_of_older_format(settings):
            rebuild(settings, engine.embedder)
        index_paths(settings, engine.embedder, [articles])
        rows = FOLDER / f"asked_{kind}-{_asking_version()}.pickle"
        if not rows.exists():
            rows.write_bytes(pickle.dumps(ask_all(engine, pairs, ids)))
        asked: list[Asked] = pickle.loads(rows.read_bytes())
        some = [a for a in asked if not a.held_out]
        ranking = {
            name: round(weight * CARRIED_OVER.get(name, 1.0), 4)
            for name, weight in fit_ranking(some, RANKING[kind]).items()
        }
        at_first, looked = fit_answering(some, ANSWERING[kind], ranking, None), None
        if engine.reader:
            # On all questions: fitted to those in doubt alone, the look gained nothing.
            looked = fit_answering(some, (*ANSWERING[kind], FEATURE), ranking, engine.reader)
        judge = Judge(ranking, at_first, looked)
        report = measure([a for a in asked if a.held_out], judge, engine.reader)
        print(kind, json.dumps(report, indent=2))
        fitted[kind] = {
            "fitted_on": "development questions of SQuAD 2.0 half dev (CC BY-SA 4.0), "
            "SQuADShifts new_wiki (CC BY 4.0) and SelQA (Apache-2.0), four fifths of them",
            "held_out": report,
            "ranking": ranking | BY_HAND,
            "at_first": asdict(at_first),
            "looked": looked and asdict(looked),
        }
    OUT.write_text(json.dumps(fitted, indent=2) + "\n")


if __name__ == "__main__":
    main()
