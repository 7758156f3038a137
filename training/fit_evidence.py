"""Fit the weights of `qa/evidence.json`: `make fit`, with QA_BENCH_DIR set.

Data: SQuAD 2.0 (CC BY-SA 4.0), SQuADShifts (CC BY 4.0) and SelQA (Apache-2.0), see SOURCES.
Forty neighbouring paragraphs are a small collection: a question is searched in all of them,
the sentences of the best ten passages become rows, and a row is positive when the answer
stands in it. A question also can't be answered when it is marked so, and here a third of the
others are asked with their own paragraph hidden, and a tenth with a name exchanged. A fifth
of the collections is held out; what is printed is measured on those.
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.cutting import cut_article, passage_text
from qa.evidence import (
    ANSWER_FEATURES,
    FEATURES,
    answer_features,
    candidates,
    word_weights,
)
from qa.library import StoredPassage, StoredSentence
from qa.models import Embedder, LocalEmbedder
from qa.questions import analyse, names_of, stems_of
from qa.records import Article, Passage, Sentence
from qa.settings import read_settings

PASSAGES = 10
PARAGRAPHS = 40
QUESTIONS_PER_COLLECTION = 60
HIDDEN, EXCHANGED = 1 / 3, 1 / 10
SOURCES = {"squad2": 99, "new_wiki": 12, "reddit": 5, "amazon_reviews": 3, "selqa": 10}
"""How many collections are taken of each set at most."""
RIDGE = 1e-4
OUT = Path(__file__).parent.parent / "qa" / "evidence.json"


@dataclass(frozen=True)
class Asked:
    """A question, the paragraph that answers it, and where in it; no spans: it doesn't."""

    question: str
    paragraph: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Collection:
    """Paragraphs and what is asked about them."""

    source: str
    paragraphs: tuple[Article, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Rows:
    """The sentences found for one question: features, which answer, and if any could."""

    source: str
    features: np.ndarray
    answers: np.ndarray
    answerable: bool

    def best(self, ranking: np.ndarray) -> np.ndarray:
        """The features of the sentence that scores best."""
        return self.features[int((self.features @ ranking).argmax())]


def squad_collections(path: Path, source: str) -> Iterator[Collection]:
    """Collections of a file in SQuAD's format."""
    data = json.loads(path.read_text("utf-8"))["data"]
    together = len(data) > 100  # one short text an article: reviews
    articles = [{"title": "", "paragraphs": [p for a in data for p in a["paragraphs"]]}]
    for article in articles if together else data:
        for first in range(0, len(article["paragraphs"]), PARAGRAPHS):
            part = article["paragraphs"][first : first + PARAGRAPHS]
            title = article["title"].replace("_", " ") if source in ("squad2", "new_wiki") else ""
            yield Collection(
                source,
                tuple(Article(f"p{i}", title, p["context"], "") for i, p in enumerate(part)),
                tuple(
                    Asked(
                        qa["question"],
                        i,
                        ()
                        if qa.get("is_impossible")
                        else tuple(
                            (a["answer_start"], a["answer_start"] + len(a["text"]))
                            for a in qa["answers"]
                        ),
                    )
                    for i, p in enumerate(part)
                    for qa in p["qas"]
                ),
            )


def selqa_collections(path: Path) -> Iterator[Collection]:
    """Collections of SelQA: sections of Wikipedia in sentences, and which of them answer."""
    items = json.loads(path.read_text("utf-8"))
    for first in range(0, len(items), PARAGRAPHS):
        articles, asked = [], []
        for number, item in enumerate(items[first : first + PARAGRAPHS]):
            text, spans = "", []
            for position, sentence in enumerate(item["candidates"]):
                if position in item["answers"]:
                    spans.append((len(text), len(text) + len(sentence)))
                text += sentence + "\n"
            articles.append(Article(f"p{number}", item["article"], text, ""))
            asked.append(Asked(item["question"], number, tuple(spans)))
        yield Collection("selqa", tuple(articles), tuple(asked))


def stored_passages(article: Article, embedder: Embedder, chars: int) -> list[StoredPassage]:
    """The passages of an article, as the index would give them."""
    cut = cut_article(article, embedder.name, chars)
    texts = [passage_text(article, span.start, span.end) for _, span, _ in cut.passages]
    for _, _, sentences in cut.passages:
        texts.extend(article.text[s.start : s.end] for s in sentences)
    vectors = iter(embedder.embed(texts))
    heads = [next(vectors) for _ in cut.passages]
    return [
        StoredPassage(
            Passage(
                passage_id, article.id, span.start, span.end, article.text[span.start : span.end]
            ),
            article,
            head,
            tuple(
                StoredSentence(
                    Sentence(article.id, s.start, s.end, article.text[s.start : s.end], s.heading),
                    next(vectors),
                )
                for s in sentences
            ),
        )
        for (passage_id, span, sentences), head in zip(cut.passages, heads, strict=True)
    ]


def rows_of(
    collection: Collection, embedder: Embedder, chars: int, rng: random.Random
) -> Iterator[Rows]:
    """The rows of each question of a collection."""
    pool = [
        p for article in collection.paragraphs for p in stored_passages(article, embedder, chars)
    ]
    if not pool:
        return
    matrix = np.stack([p.vector for p in pool])
    stems = [stems_of(f"{p.article.title} {p.passage.text}") for p in pool]
    asked = list(collection.asked)
    rng.shuffle(asked)
    names = sorted({n for a in asked for n in _names(a.question)})
    for one in asked[:QUESTIONS_PER_COLLECTION]:
        text, hidden, answerable = one.question, None, bool(one.spans)
        chance = rng.random()
        if answerable and chance < HIDDEN:
            hidden, answerable = f"p{one.paragraph}", False
        elif answerable and chance < HIDDEN + EXCHANGED and _names(text) and len(names) > 1:
            old = rng.choice(_names(text))
            new = rng.choice([n for n in names if n.lower() != old.lower()])
            text, answerable = text.replace(old, new), False
        vector = embedder.embed([text])[0]
        question = analyse(text)
        frequency = {s: sum(s in have for have in stems) for s in question.stems}
        weights = word_weights(question, frequency, len(pool))
        lexical = np.array([sum(weights[s] for s in question.stems & have) for have in stems])
        fused = 1 / (60 + _ranks(matrix @ vector)) + 1 / (60 + _ranks(lexical))
        order = [i for i in np.argsort(-fused, kind="stable") if pool[i].article.id != hidden]
        found = candidates(
            question, vector, [pool[i] for i in order[:PASSAGES]], weights, embedder.embed_words
        )
        if found:
            answers = np.array([answerable and _answers(one, row) for row in found])
            yield Rows(
                collection.source, np.stack([c.features for c in found]), answers, answerable
            )


def _answers(asked: Asked, candidate) -> bool:
    sentence = candidate.found.sentence
    return sentence.article_id == f"p{asked.paragraph}" and any(
        sentence.start <= start and end <= sentence.end + 1 for start, end in asked.spans
    )


def _names(question: str) -> list[str]:
    """Names of a question as they are written."""
    lower = set(names_of(question))
    return [w for w in re.findall(r"\w+", question) if w.lower() in lower and w[0].isupper()]


def _ranks(scores: np.ndarray) -> np.ndarray:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def read_collections(bench: Path) -> Iterator[Collection]:
    """All collections that are used, in a fixed order."""
    for source, most in SOURCES.items():
        if source == "selqa":
            found = selqa_collections(bench / "selqa" / "selqa-ass-dev.json")
        elif source == "squad2":
            found = squad_collections(bench / "squad2" / "half-dev-v2.0.json", source)
        else:
            found = squad_collections(bench / "squadshifts" / f"{source}_v1.0.json", source)
        yield from (collection for _, collection in zip(range(most), found))


def fit_ranking(rows: list[Rows]) -> np.ndarray:
    """Weights under which a sentence that answers is likeliest among those of its question.

    The loss is the negative log of the softmax share of the right sentences (the conditional
    logit model of McFadden, 1974), with a little ridge; questions without an answer have none.
    """
    right = [r for r in rows if r.answers.any()]
    scale = np.concatenate([r.features for r in right]).std(axis=0) + 1e-9
    features = np.concatenate([r.features for r in right]) / scale
    answers = np.concatenate([r.answers for r in right])
    sizes = [len(r.features) for r in right]
    question = np.repeat(np.arange(len(right)), sizes)
    first = np.cumsum([0, *sizes[:-1]])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = features @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, first)[question])
        all_odds, right_odds = np.add.reduceat(odds, first), np.add.reduceat(odds * answers, first)
        slope = (odds * answers / right_odds[question] - odds / all_odds[question]) @ features
        value = np.log(all_odds / right_odds).mean() + RIDGE * weights @ weights
        return value, 2 * RIDGE * weights - slope / len(right)

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return found.x / scale


def fit_answering(rows: list[Rows], ranking: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of the log odds that a question is answerable, from its best sentence."""
    features = np.stack([answer_features(r.best(ranking)) for r in rows])
    scale = features.std(axis=0) + 1e-9
    answerable = [r.answerable for r in rows]
    model = LogisticRegression(C=0.01, max_iter=5000).fit(features / scale, answerable)
    return model.coef_[0] / scale, float(model.intercept_[0])


def main() -> None:
    """Fit, print how well it does on what is held out, and write the weights."""
    settings = read_settings()
    if not settings.bench_dir:
        sys.exit("Set QA_BENCH_DIR to the folder that holds squad2, squadshifts and selqa.")
    embedder = LocalEmbedder(settings)
    rng = random.Random(0)
    train: list[Rows] = []
    held_out: list[Rows] = []
    for number, collection in enumerate(read_collections(Path(settings.bench_dir))):
        rows = list(rows_of(collection, embedder, settings.passage_chars, rng))
        (held_out if number % 5 == 4 else train).extend(rows)
        print(f"{number}: {collection.source}, {len(rows)} questions", flush=True)
    ranking = fit_ranking(train)
    answering, bias = fit_answering(train, ranking)
    report = measure(held_out, ranking, answering, bias)
    print(json.dumps(report, indent=2))
    fitted = {
        "fitted_on": "SQuAD 2.0 half dev (CC BY-SA 4.0), SQuADShifts (CC BY 4.0), "
        "SelQA dev (Apache-2.0); four fifths of the collections",
        "held_out": report,
        "ranking": {n: round(float(w), 4) for n, w in zip(FEATURES, ranking)},
        "answering": {n: round(float(w), 4) for n, w in zip(ANSWER_FEATURES, answering)},
        "bias": round(bias, 4),
    }
    OUT.write_text(json.dumps(fitted, indent=2) + "\n")


def measure(
    rows: list[Rows], ranking: np.ndarray, answering: np.ndarray, bias: float
) -> dict[str, float]:
    """How well the weights do on `rows`, beside cosine alone."""
    best = np.stack([answer_features(r.best(ranking)) for r in rows])
    confidence = 1 / (1 + np.exp(-(best @ answering + bias)))
    can = np.array([r.answerable for r in rows])
    right = np.array([r.answers[int((r.features @ ranking).argmax())] for r in rows])
    right_by_cosine = np.array([r.answers[int(r.features[:, 0].argmax())] for r in rows])
    cosine = np.array([r.features[:, 0].max() for r in rows])
    values = {
        "questions": len(rows),
        "answerable": int(can.sum()),
        "first_sentence_right": right[can].mean(),
        "first_sentence_right_by_cosine": right_by_cosine[can].mean(),
        "auroc_answerable": roc_auc_score(can, confidence),
        "auroc_answerable_by_cosine": roc_auc_score(can, cosine),
    }
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (confidence >= low) & (confidence < low + 0.2)
        if inside.any():
            values[f"answerable_at_{low:.1f}_to_{low + 0.2:.1f}"] = can[inside].mean()
    return {n: v if isinstance(v, int) else round(float(v), 3) for n, v in values.items()}


if __name__ == "__main__":
    main()
