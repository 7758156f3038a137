"""Fit the weights of `qa/support.json`, by which written sentences are checked: `make fit-support`.

Claims are made of the development questions of SQuAD 2.0 and SQuADShifts, which the reader was not
trained on, as a language model would state their answers: "Who cut the ribbon?" and "Erik Flyvholm"
become "Erik Flyvholm cut the ribbon." A claim is supported when the answer is the right one. It is
not when the answer is another number or name of the same text, when the question is one that the
text does not answer (SQuAD 2.0 has plausible wrong answers for those), when a sentence is set
beside another text, or when one word more denies it. Claims that the other checks catch are not
fitted on. Half of the texts are held out; what is printed is measured on those.
"""

import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pairs import MAX_CHARS, is_development, parts_of
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.asking import Ask, evidence_from
from qa.denial import contradicts, reverses
from qa.details import missing_details
from qa.engine import Engine
from qa.library import StoredPassage
from qa.questions import stems_of
from qa.records import titled
from qa.settings import read_settings
from qa.spans import sentence_spans
from qa.stopwords import STOPWORDS
from qa.verification import SUPPORT, SUPPORT_BY_READER, Verifier, Weights

OUT = Path("qa/support.json")
MOST_CLAIMS = 1400
RETOLD = 0.4
"""For this share of the questions, the sentence that answers is retold too."""
_SUBJECT = re.compile(
    r"^(?:who|what|which(?: \w+){1,4}?|what (?:\w+ ){0,2}(?:person|group|team|company|country|city|"
    r"year|king|president|type|kind)) (?=(?:is|are|was|were|has|had|have|can|could|will|would|may|"
    r"might|must|should|\w+(?:ed|s))\b)",
    re.IGNORECASE,
)
_INVERTED = re.compile(r"^(?:when|where|how|why|whom|whose)\b|\b(?:did|does|do)\b", re.IGNORECASE)
_IN_TEXT = re.compile(r"\b(?:[A-Z][\w'-]+(?: (?:of |the )?[A-Z][\w'-]+)*|\d[\d,.]*\d|\d+)\b")


@dataclass(frozen=True)
class Claim:
    """A statement, the text it is said to stand in, and whether it does."""

    question: str
    text: str
    title: str
    context: str
    supported: bool
    kind: str


def statement(question: str, answer: str) -> str | None:
    """The question with the answer in place of its question words, where that is a sentence."""
    if _INVERTED.search(question) or not (asks := _SUBJECT.match(question)):
        return None
    rest = question[asks.end() :].rstrip(" ?.")
    answer = answer.strip(" .,")
    return f"{answer[:1].upper()}{answer[1:]} {rest}." if rest else None


def claims(bench: Path, rng: random.Random) -> Iterator[Claim]:
    """Claims of the development texts."""
    files = [bench / "squad2" / "half-dev-v2.0.json"]
    files += sorted((bench / "squadshifts").glob("*_v1.0.json"))
    for path in files:
        has_title = "squad2" in str(path) or "wiki" in path.name
        for article in json.loads(path.read_text("utf-8"))["data"]:
            title = article["title"].replace("_", " ") if has_title else ""
            for paragraph in article["paragraphs"]:
                for text, _ in parts_of(paragraph["context"]):
                    if is_development(text):
                        for qa in paragraph["qas"]:
                            yield from _claims_of(qa, title, text, rng)
                        other = rng.choice(article["paragraphs"])["context"]
                        yield from _elsewhere(paragraph["qas"][0], title, text, other, rng)


def _claims_of(qa: dict, title: str, text: str, rng: random.Random) -> Iterator[Claim]:
    question = qa["question"].strip()
    impossible = qa.get("is_impossible", False)
    answers = [
        a["text"] for a in (qa.get("plausible_answers") if impossible else qa["answers"]) or ()
    ]
    answers = [answer for answer in answers if answer in text and len(answer.split()) <= 8]
    if not answers:
        return
    if not impossible and rng.random() < RETOLD:
        yield from _retold(qa, title, text, rng)
    if not (told := statement(question, answers[0])):
        return
    if impossible:
        yield Claim(question, told, title, text, False, "not answered by the text")
        return
    yield Claim(question, told, title, text, True, "right")
    others = _others(text, answers[0], [*answers, question])
    if others:
        yield Claim(
            question, statement(question, rng.choice(others)), title, text, False, "another answer"
        )
    denied = re.sub(
        r"\b(is|are|was|were|has|had|have|can|could|will|would)\b", r"\1 not", told, count=1
    )
    if denied != told and " not " not in question and rng.random() < 0.3:
        yield Claim(question, denied, title, text, False, "denied")


def _elsewhere(qa: dict, title: str, text: str, other: str, rng: random.Random) -> Iterator[Claim]:
    """The sentences of another text of the same article, beside this one."""
    for span in sentence_spans(other, MAX_CHARS):
        sentence = other[span.start : span.end]
        if sentence not in text and 5 <= len(sentence.split()) <= 30 and rng.random() < 0.4:
            yield Claim(qa["question"], sentence, title, text, False, "of another text")


def _retold(qa: dict, title: str, text: str, rng: random.Random) -> Iterator[Claim]:
    """The sentence that answers, cut short; and one with a name or number of it exchanged."""
    for span in sentence_spans(text, MAX_CHARS):
        sentence = text[span.start : span.end]
        if qa["answers"][0]["text"] not in sentence or not 8 <= len(sentence.split()) <= 45:
            continue
        short = re.sub(r"\s*\([^)]*\)", "", sentence)
        clauses = short.split(", ")
        short = ", ".join(clauses[: max(1, len(clauses) - 1)]).rstrip(" .,") + "."
        if len(short.split()) >= 6:
            yield Claim(qa["question"], short, title, text, True, "cut short")
        own = [w for w in _IN_TEXT.findall(sentence[1:]) if w.lower() not in STOPWORDS]
        if own:
            old = rng.choice(own)
            if others := _others(text, old, [sentence]):
                told = sentence.replace(old, rng.choice(others))
                yield Claim(qa["question"], told, title, text, False, "exchanged")
        return


def _others(text: str, like: str, known: Sequence[str]) -> list[str]:
    """The numbers, or else the names, of `text` that stand in none of `known`."""
    return [
        word
        for word in dict.fromkeys(_IN_TEXT.findall(text))
        if word[0].isdigit() == like[0].isdigit()
        and word.lower() not in STOPWORDS
        and (len(word.split()) > 1 or not re.search(rf"(?:^|[.!?]\s+){re.escape(word)}\b", text))
        and not any(word.lower() in k.lower() or k.lower() in word.lower() for k in known)
    ]


def fitted(names: Sequence[str], rows: np.ndarray, right: np.ndarray) -> Weights:
    """Weights by logistic regression, both kinds of claims weighing the same."""
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000)
    spread = rows.std(axis=0) + 1e-9
    model.fit(rows / spread, right)
    weights = {n: round(float(w / s), 4) for n, w, s in zip(names, model.coef_[0], spread)}
    return Weights(weights, round(float(model.intercept_[0]), 4), 0.5)


def threshold_of(scores: np.ndarray, right: np.ndarray) -> float:
    """The threshold of the best balanced accuracy."""
    grid = np.round(np.arange(0.2, 0.86, 0.02), 2)
    balanced = [((scores[right] >= t).mean() + (scores[~right] < t).mean()) / 2 for t in grid]
    return float(grid[int(np.argmax(balanced))])


def main() -> None:
    """Make the claims, compute their features, fit, print what holds on texts held out, write."""
    settings = read_settings()
    if not settings.bench_dir:
        sys.exit("Set QA_BENCH_DIR to the folder that holds squad2 and squadshifts.")
    rng = random.Random(0)
    made = [c for c in claims(Path(settings.bench_dir), rng) if _has_details(c)]
    rng.shuffle(made)
    made = made[:MOST_CLAIMS]
    engine = Engine(settings)
    verifier = Verifier(engine.embedder, engine.reader, Weights({}, 0.0, 0.5))
    found = [verifier.features(c.question, c.text, _stored(engine, c))[0] for c in track(made)]
    right = np.array([c.supported for c in made])
    kinds = np.array([c.kind for c in made])
    held_out = np.array([_half(c.context) for c in made])
    # What the other checks catch is no question for this one.
    open_ = np.array([_passes_rules(c) for c in made])
    print("pass the rules, of those held out:")
    for name in sorted(set(kinds)):
        print(f"  {name}: {open_[held_out & (kinds == name)].mean():.3f}")
    written: dict[str, object] = {
        "fitted_on": f"{(open_ & ~held_out).sum()} claims made of development texts of SQuAD 2.0 "
        "(CC BY-SA 4.0) and SQuADShifts (CC BY 4.0)"
    }
    for kind, names in (("reader", SUPPORT + SUPPORT_BY_READER), ("similarity", SUPPORT)):
        rows = np.array([[features[name] for name in names] for features in found])
        ours = open_ & ~held_out
        weights = fitted(names, rows[ours], right[ours])
        scores = 1 / (1 + np.exp(-(rows @ np.array(list(weights.weights.values())) + weights.bias)))
        threshold = threshold_of(scores[ours], right[ours])
        written[kind] = {"weights": weights.weights, "bias": weights.bias, "threshold": threshold}
        passed = open_ & (scores >= threshold)
        auroc = roc_auc_score(right[held_out], (scores * open_)[held_out])
        print(f"{kind}: threshold {threshold}, AUROC {auroc:.3f} on {held_out.sum()} held out")
        for name in sorted(set(kinds)):
            some = held_out & (kinds == name)
            print(f"  {name}: {passed[some].mean():.3f} of {some.sum()} pass")
    OUT.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


def _has_details(claim: Claim) -> bool:
    return not missing_details(claim.text, titled(claim.title, claim.context))


def _passes_rules(claim: Claim) -> bool:
    """Whether the likest sentence has the claim's details, and contradicts it in no word."""
    sentences = [claim.context[s.start : s.end] for s in sentence_spans(claim.context, MAX_CHARS)]
    said = stems_of(claim.text)
    likest = max(sentences, key=lambda sentence: len(said & stems_of(sentence)), default="")
    missing = missing_details(claim.text, likest, titles=claim.title)
    return not (missing or contradicts(claim.text, likest) or reverses(claim.text, likest))


def _stored(engine: Engine, claim: Claim) -> list[StoredPassage]:
    given = [{"title": claim.title, "text": claim.context}]
    chars = engine.settings.passage_chars
    evidence = evidence_from(Ask(claim.question), given, engine.embedder, chars)
    return [hit.stored for hit in evidence.hits]


def _half(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[-1] % 2 == 0


if __name__ == "__main__":
    main()
