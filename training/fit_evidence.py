"""Fit the weights of `qa/evidence.json` on SQuAD 2.0 (CC BY-SA 4.0): `make fit`.

Each SQuAD article is a small collection: a question is searched in all its paragraphs, the
sentences of the best ten become rows, and a row is positive when the answer stands in it.
Questions marked impossible give only negative rows. A quarter of the articles is held out;
what is printed about fit is measured on those.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.evidence import FEATURES, candidates, word_weights
from qa.cutting import cut_article
from qa.library import StoredPassage, StoredSentence
from qa.models import Embedder, LocalEmbedder
from qa.questions import analyse, stems_of
from qa.records import Article, Passage, Sentence
from qa.settings import read_settings

PASSAGES = 10
OUT = Path(__file__).parent.parent / "qa" / "evidence.json"


def stored_passages(article: Article, embedder: Embedder, chars: int) -> list[StoredPassage]:
    """The passages of an article, as the index would give them."""
    cut = cut_article(article, embedder.name, chars)
    texts = [f"{article.title}\n{article.text[s.start : s.end]}" for _, s, _ in cut.passages]
    vectors = embedder.embed(texts)
    found = []
    for (passage_id, span, sentences), vector in zip(cut.passages, vectors, strict=True):
        rows = embedder.embed([article.text[s.start : s.end] for s in sentences])
        found.append(
            StoredPassage(
                Passage(passage_id, article.id, span.start, span.end,
                        article.text[span.start : span.end]),
                article, vector,
                tuple(
                    StoredSentence(Sentence(article.id, s.start, s.end,
                                            article.text[s.start : s.end], s.heading), row)
                    for s, row in zip(sentences, rows, strict=True)
                ),
            )
        )  # fmt: skip
    return found


def rows_of(data: dict, embedder: Embedder, chars: int) -> Iterator[tuple[np.ndarray, list[bool], bool]]:
    """For each question of a SQuAD article: features, which rows answer, and if it can be."""
    paragraphs = [
        stored_passages(
            Article(f"p{i}", data["title"].replace("_", " "), p["context"], ""), embedder, chars
        )
        for i, p in enumerate(data["paragraphs"])
    ]
    pool = [passage for paragraph in paragraphs for passage in paragraph]
    matrix = np.stack([p.vector for p in pool])
    stems = [stems_of(f"{p.article.title} {p.passage.text}") for p in pool]
    for number, paragraph in enumerate(data["paragraphs"]):
        vectors = embedder.embed([qa["question"] for qa in paragraph["qas"]])
        for qa, vector in zip(paragraph["qas"], vectors, strict=True):
            question = analyse(qa["question"])
            frequency = {s: sum(s in have for have in stems) for s in question.stems}
            weights = word_weights(question, frequency, len(pool))
            lexical = np.array([sum(weights[s] for s in question.stems & h) for h in stems])
            rank = _ranks(matrix @ vector) + 60, _ranks(lexical) + 60
            order = np.argsort(-(1 / rank[0] + 1 / rank[1]), kind="stable")[:PASSAGES]
            rows = candidates(question, vector, [pool[i] for i in order], weights)
            if not rows:
                continue
            spans = [(a["answer_start"], a["text"]) for a in qa["answers"]]
            labels = [
                not qa["is_impossible"]
                and row.passage.article.id == f"p{number}"
                and any(
                    row.found.sentence.start <= at and at + len(text) <= row.found.sentence.end
                    for at, text in spans
                )
                for row in rows
            ]
            yield np.stack([row.features for row in rows]), labels, not qa["is_impossible"]


def _ranks(scores: np.ndarray) -> np.ndarray:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def main() -> None:
    """Fit, print how well it does on the articles held out, and write the weights."""
    settings = read_settings()
    if not settings.bench_dir:
        sys.exit("Set QA_BENCH_DIR to the folder that holds squad2/half-dev-v2.0.json.")
    path = Path(settings.bench_dir) / "squad2" / "half-dev-v2.0.json"
    embedder = LocalEmbedder(settings)
    train, held_out = [], []
    for number, data in enumerate(json.loads(path.read_text("utf-8"))["data"]):
        rows = list(rows_of(data, embedder, settings.passage_chars))
        (held_out if number % 4 == 3 else train).extend(rows)
        print(f"{data['title']}: {len(rows)} questions", flush=True)
    features = np.concatenate([rows for rows, _, _ in train])
    labels = np.concatenate([marks for _, marks, _ in train])
    scale = features.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=2000).fit(features / scale, labels)
    weights = model.coef_[0] / scale
    bias = float(model.intercept_[0])
    best, right, can = [], [], []
    for rows, marks, answerable in held_out:
        scores = rows @ weights + bias
        top = int(scores.argmax())
        best.append(scores[top]); right.append(marks[top]); can.append(answerable)  # noqa: E702
    cosine_top = [marks[int(rows[:, 0].argmax())] for rows, marks, ok in held_out if ok]
    cosine_best = [rows[:, 0].max() for rows, _, _ in held_out]
    report = {
        "questions": len(held_out),
        "first_sentence_right": float(np.mean([r for r, ok in zip(right, can) if ok])),
        "first_sentence_right_cosine": float(np.mean(cosine_top)),
        "refusing_auroc": float(roc_auc_score(can, best)),
        "refusing_auroc_cosine": float(roc_auc_score(can, cosine_best)),
    }
    print(json.dumps(report, indent=2))
    OUT.write_text(
        json.dumps(
            {
                "fitted_on": "SQuAD 2.0, half of dev (CC BY-SA 4.0), three quarters of its articles",
                "held_out": {k: round(v, 4) for k, v in report.items()},
                "weights": {n: round(float(w), 4) for n, w in zip(FEATURES, weights)},
                "bias": round(bias, 4),
            },
            indent=2,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
