"""Measure the reader on the development pairs: `make evaluate-reader`, after `make dataset`.

For each source: whether the sentence with the best answer is the right one, how much the exact
words agree with an annotator's (F1 over words, Rajpurkar et al., EMNLP 2016), and how well its
scores tell texts that answer from texts that don't (AUROC).
"""

import argparse
import random
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
from pairs import Pair, read_pairs
from rich.progress import track
from sklearn.metrics import roc_auc_score

from qa.engine import Engine
from qa.evaluation.metrics import normalise
from qa.reading import Reading
from qa.settings import read_settings


def words_f1(given: str, accepted: str) -> float:
    """The harmonic mean of precision and recall of the words of `given`."""
    a, b = normalise(given).split(), normalise(accepted).split()
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b)) if a and b else float(a == b)


def main() -> None:
    """Read each pair alone and print a line for each source."""
    parser = argparse.ArgumentParser(description="Measure the reader on the development pairs.")
    parser.add_argument("--limit", type=int, default=0, help="this many pairs only")
    limit = parser.parse_args().limit
    pairs = [pair for pair in read_pairs() if pair.development]
    random.Random(0).shuffle(pairs)
    engine = Engine(replace(read_settings(), passage_chars=4000))
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    for pair in track(pairs[: limit or None], "reading", disable=None):
        given = [{"title": pair.title, "text": pair.text}]
        hit = engine.evidence_of(pair.question, given).hits[0]
        assert hit.reading is not None
        rows[pair.source].append(measure(pair, hit.reading, hit.stored.sentences))
    for source, some in [*sorted(rows.items()), ("all", [r for s in rows.values() for r in s])]:
        answered = np.array([row["answered"] for row in some])
        print(f"{source}: {len(some)} pairs, {int(answered.sum())} answered", end="")
        for name in ("sentence_by_span", "sentence_by_evidence", "f1"):
            print(f", {name} {np.mean([r[name] for r in some if r['answered']]):.3f}", end="")
        for name in ("span", "evidence", "passage"):
            print(f", auroc {name} {roc_auc_score(answered, [r[name] for r in some]):.3f}", end="")
        print()


def measure(pair: Pair, reading: Reading, sentences: tuple) -> dict[str, float]:
    """What is right in the reading of one pair."""
    spans = [sentence.span for sentence in reading.sentences]
    evidence = [sentence.evidence for sentence in reading.sentences]
    row = {
        "answered": float(bool(pair.answers)),
        "span": max(spans), "evidence": max(evidence), "passage": reading.answered,
    }  # fmt: skip
    for name, scores in (("sentence_by_span", spans), ("sentence_by_evidence", evidence)):
        best = sentences[int(np.argmax(scores))]
        row[name] = float(any(best.start <= s < best.end for s, _ in pair.answers))
    answer = reading.sentences[int(np.argmax(spans))].answer
    said = pair.text[slice(*answer)] if answer else ""
    row["f1"] = max((words_f1(said, pair.text[s:e]) for s, e in pair.answers), default=0.0)
    return row


if __name__ == "__main__":
    main()
