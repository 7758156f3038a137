"""Make the reader's training set: `make dataset`, with QA_BENCH_DIR set.

Sources: SQuADShifts (CC BY 4.0), half of SQuAD 2.0 dev (CC BY-SA 4.0), SelQA (Apache-2.0) and
QAMR (MIT), and what was written for this project (`training/written/`). Each question is paired
with the text that answers it, and with texts near it that don't: those that BM25 and the bundled
embedder find, without an accepted answer in them. What shares thirteen words in a row, or a
question, with a set that is reported on is left out. Which texts are for development is decided by
a hash of the text. Writes build/training/pairs.jsonl.gz; pairs-2.jsonl.gz: the same questions,
beside other texts that don't answer; pairs-many.jsonl.gz: beside several times as many of them; and
pairs-written.jsonl.gz: what was written for this project.
"""

import gzip
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import written
from pairs import (
    MANY,
    MAX_CHARS,
    OWN,
    PAIRS,
    SECOND,
    WRITTEN,
    Pair,
    holding,
    is_development,
    long_words,
    parts_of,
    sentences_in,
    write_pairs,
)
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from qa.letters import plain
from qa.models import Embedder, LocalEmbedder
from qa.questions import names_of
from qa.records import titled
from qa.settings import read_settings

SHARED_WORDS = 13
NEAR = 8
"""Negatives are drawn from this many texts found by each of the two searches."""
NEGATIVES = {
    "squad2": 1.0,
    "new_wiki": 1.5,
    "selqa": 1.5,
    "qamr": 0.5,
    "reddit": 0.6,
    "amazon": 0.4,
    OWN: 1.0,
}
"""Negatives for each answerable question, by source."""
TIMES = 4
"""So many times as many of them stand in MANY."""
EXCHANGED = 0.08
"""For this share of the answerable questions, another with one name or number exchanged."""
QAMR_QUESTIONS = 8
QAMR_WORDS = 90
K1, B = 1.2, 0.75

T = TypeVar("T")
Near = dict[tuple[str, str], list[tuple[str, str]]]


def squad(path: Path, source: str) -> Iterator[Pair]:
    """The pairs of a file in SQuAD's format."""
    for article in json.loads(path.read_text("utf-8"))["data"]:
        has_title = source in ("squad2", "new_wiki")
        title = article["title"].replace("_", " ") if has_title else ""
        for paragraph in article["paragraphs"]:
            for text, first in parts_of(paragraph["context"]):
                sentences = sentences_in(text)
                for qa in paragraph["qas"]:
                    given = [] if qa.get("is_impossible") else qa["answers"]
                    spans = [
                        (a["answer_start"] - first, a["answer_start"] - first + len(a["text"]))
                        for a in given
                    ]
                    inside = tuple(s for s in spans if s[0] >= 0 and s[1] <= len(text))
                    if given and not inside:
                        continue  # answered in another part of a long text
                    yield Pair(
                        source, qa["question"].strip(), title, text, inside,
                        holding(sentences, inside),
                    )  # fmt: skip


def selqa(path: Path) -> Iterator[Pair]:
    """The pairs of SelQA: a section of Wikipedia in sentences, and which of them answer."""
    for item in json.loads(path.read_text("utf-8")):
        text, answers = "", []
        for position, sentence in enumerate(item["candidates"]):
            if len(text) + len(sentence) > MAX_CHARS and (
                answers or max(item["answers"]) >= position
            ):
                if answers:
                    break
                text = ""  # the answer is further on: begin there
            if position in item["answers"]:
                answers.append((len(text), len(text) + len(sentence)))
            text += sentence + " "
        spans = tuple(answers)
        yield Pair("selqa", item["question"], item["article"], text, spans, spans, whole=True)


def qamr(path: Path, rng: random.Random) -> Iterator[Pair]:
    """The pairs of QAMR's readable form, from sentences joined to texts.

    Of each sentence, those questions that hold most of its words: they stand on their own.
    """
    told: list[tuple[str, str, list[tuple[str, tuple[str, ...]]]]] = []
    lines = iter(path.read_text("utf-8").split("\n"))
    for line in lines:
        if line.startswith("#"):
            told.append((line.rsplit(":", 2)[0], next(lines), []))
        elif len(line) > 50:
            told[-1][2].append((line[:50].strip(), tuple(line[50:].split("\t"))))
    group: list[tuple[str, str, list[tuple[str, tuple[str, ...]]]]] = []
    for item in told:
        if sum(len(sentence.split()) for _, sentence, _ in group) > QAMR_WORDS:
            yield from _qamr_pairs(group, rng)
            group = []
        group.append(item)
    yield from _qamr_pairs(group, rng)


def _qamr_pairs(
    group: list[tuple[str, str, list[tuple[str, tuple[str, ...]]]]], rng: random.Random
) -> Iterator[Pair]:
    rng.shuffle(group)
    text = " ".join(sentence for _, sentence, _ in group)
    start = 0
    for _, sentence, asked in group:
        chosen: dict[str, tuple[str, ...]] = {}
        for question, answers in sorted(asked, key=lambda qa: -_content(qa[0], sentence)):
            key = " ".join(re.findall(r"\w+", question.lower()))
            if len(chosen) < QAMR_QUESTIONS and key not in chosen:
                chosen[key] = (question, *answers)
        for question, *answers in chosen.values():
            found = [
                (a.strip(" ."), sentence.find(a.strip(" ."))) for a in answers if a.strip(" .")
            ]
            spans = tuple((start + at, start + at + len(a)) for a, at in found if at >= 0)
            if spans and _content(question, sentence) >= 2:
                evidence = ((start, start + len(sentence)),)
                yield Pair("qamr", question, "", text, spans, evidence)
        start += len(sentence) + 1


def _content(question: str, sentence: str) -> int:
    """How many longer words of the sentence a question holds."""
    return len(long_words(sentence) & long_words(question))


def near_texts(pairs: list[Pair], embedder: Embedder) -> Near:
    """For each source and answerable question, the texts near it that do not answer it."""
    near: Near = {}
    by_source = defaultdict(list)
    for pair in pairs:
        by_source[pair.source].append(pair)
    for source, some in by_source.items():
        texts = list(dict.fromkeys((p.title, p.text) for p in some))
        questions = list(dict.fromkeys(p.question for p in some))
        print(f"{source}: {len(questions)} questions, {len(texts)} texts", flush=True)
        found = _nearest(questions, [titled(title, text) for title, text in texts], embedder)
        answered = defaultdict(set)
        for pair in some:
            if pair.answers:
                answered[pair.question].add(pair.text)
        for question, rows in zip(questions, found, strict=True):
            near[source, question] = [
                texts[n] for n in rows if texts[n][1] not in answered[question]
            ]
    return near


def with_negatives(
    pairs: Iterable[Pair], near: Near, rng: random.Random, times: int = 1
) -> Iterator[Pair]:
    """`pairs`, and after each answerable one some texts near it that do not answer it."""
    for pair in pairs:
        yield pair
        if not pair.answers:
            continue
        said = [_plain(pair.text[s:e]) for s, e in pair.answers]
        others = [
            (title, text)
            for title, text in near[pair.source, pair.question]
            if is_development(text, pair.source) == is_development(pair.text, pair.source)
            and not any(answer in _plain(text) for answer in said)
        ]
        for title, text in some_of(others, NEGATIVES[pair.source] * times, rng):
            yield replace(pair, title=title, text=text, answers=(), evidence=())


def some_of(others: Sequence[T], wanted: float, rng: random.Random) -> list[T]:
    """As many of `others`, drawn at random, as are wanted on average, if there are so many."""
    count = int(wanted) + (rng.random() < wanted % 1)
    return rng.sample(others, min(count, len(others)))


def with_exchanged_names(pairs: list[Pair], rng: random.Random) -> list[Pair]:
    """Questions about something else: a name or number of some exchanged for a stranger's."""
    strangers = names_asked_about(pairs)
    made = (exchanged(p, strangers, rng) for p in pairs if p.answers and rng.random() < EXCHANGED)
    return [pair for pair in made if pair]


def names_asked_about(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """The names and numbers in the questions of each source."""
    names = defaultdict(set)
    for pair in pairs:
        names[pair.source].update(_names(pair.question))
    return {source: sorted(some) for source, some in names.items()}


def exchanged(pair: Pair, strangers: dict[str, list[str]], rng: random.Random) -> Pair | None:
    """The pair with a name or number of its question exchanged for one of another question.

    None where there is none, or the stranger's stands in the text too.
    """
    own = _names(pair.question)
    if not own:
        return None
    old = rng.choice(own)
    alike = [n for n in strangers[pair.source] if n[0].isdigit() == old[0].isdigit()]
    new = rng.choice(alike)
    if new.lower() in pair.text.lower() or new in pair.question:
        return None
    question = re.sub(rf"\b{re.escape(old)}\b", new, pair.question)
    return replace(pair, question=question, answers=(), evidence=())


def _names(question: str) -> list[str]:
    """Names and numbers of a question as they are written."""
    lower = set(names_of(question))
    return [w for w in re.findall(r"\w+", question) if plain(w).lower() in lower]


def _nearest(
    questions: list[str], texts: list[str], embedder: Embedder
) -> list[npt.NDArray[np.int64]]:
    """For each question the texts that BM25 or the embedder find for it, as rows of `texts`."""
    counter = CountVectorizer(stop_words="english")
    counts = counter.fit_transform(texts).tocsr().astype(np.float32)
    length = np.asarray(counts.sum(axis=1)).ravel()
    inverse = np.log(1 + len(texts) / (1 + np.asarray((counts > 0).sum(axis=0)).ravel()))
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    norm = K1 * (1 - B + B * length[rows] / length.mean())
    weights = csr_matrix(
        (counts.data * (K1 + 1) / (counts.data + norm) * inverse[counts.indices],
         counts.indices, counts.indptr), shape=counts.shape,
    )  # fmt: skip
    asked = (counter.transform(questions) > 0).astype(np.float32)
    dense, vectors = embedder.embed(texts), embedder.embed(questions)
    found = []
    for first in range(0, len(questions), 500):
        lexical = (asked[first : first + 500] @ weights.T).toarray()
        alike = vectors[first : first + 500] @ dense.T
        best = [np.argsort(-scores, axis=1)[:, : NEAR + 2] for scores in (lexical, alike)]
        found.extend(np.unique(row) for row in np.concatenate(best, axis=1))
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def reported_texts(bench: Path) -> Iterator[str]:
    """Every question and text of the sets that are reported on, and of the seed articles."""
    for path in sorted(Path("seeds").glob("*.txt")):
        yield path.read_text("utf-8")
    for path in sorted(Path("tests/testsets").glob("*.jsonl")):
        yield from (json.loads(line)["question"] for line in path.open(encoding="utf-8"))
    for name in ("clapnq", "qed", "realtimeqa", "wiki_pool", "mtrag"):
        for path in sorted((bench / name).glob("*.jsonl*")):
            data = path.read_bytes()
            text = gzip.decompress(data) if path.suffix == ".gz" else data
            for line in text.splitlines():
                yield from _strings(json.loads(line))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def without_reported(pairs: list[Pair], bench: Path) -> list[Pair]:
    """Those of `pairs` whose text and question stand in no set that is reported on."""
    owners: dict[int, set[str]] = defaultdict(set)
    for text in {p.text for p in pairs}:
        for gram in _grams(text):
            owners[gram].add(text)
    questions = {_plain(p.question) for p in pairs}
    seen_texts: set[str] = set()
    seen_questions: set[str] = set()
    for reported in reported_texts(bench):
        if len(reported) < 400 and _plain(reported) in questions:
            seen_questions.add(_plain(reported))
        for gram in _grams(reported):
            if gram in owners:
                seen_texts |= owners[gram]
    kept = [
        p for p in pairs if p.text not in seen_texts and _plain(p.question) not in seen_questions
    ]
    print(f"{len(pairs) - len(kept)} of {len(pairs)} pairs left out: reported elsewhere")
    return kept


def _grams(text: str) -> Iterator[int]:
    words = re.findall(r"\w+", text.lower())
    for first in range(len(words) - SHARED_WORDS + 1):
        yield hash(tuple(words[first : first + SHARED_WORDS]))


def main() -> None:
    """Read the sources, leave out what is reported on, add negatives, split, and write."""
    settings = read_settings()
    if not settings.bench_dir:
        sys.exit("Set QA_BENCH_DIR to the folder that holds squad2, squadshifts, selqa and qamr.")
    bench, rng = Path(settings.bench_dir), random.Random(0)
    pairs = [
        *squad(bench / "squadshifts" / "new_wiki_v1.0.json", "new_wiki"),
        *squad(bench / "squadshifts" / "reddit_v1.0.json", "reddit"),
        *squad(bench / "squadshifts" / "amazon_reviews_v1.0.json", "amazon"),
        *squad(bench / "squad2" / "half-dev-v2.0.json", "squad2"),
        *selqa(bench / "selqa" / "selqa-ass-dev.json"),
        *selqa(bench / "selqa" / "selqa-ass-test.json"),
        *qamr(bench / "qamr" / "readable_dev.tsv", rng),
        *qamr(bench / "qamr" / "readable_test.tsv", rng),
    ]
    embedder = LocalEmbedder(settings)
    pairs = without_reported(pairs, bench)
    near = near_texts(pairs, embedder)
    for draw, path in ((rng, PAIRS), (random.Random(1), SECOND)):
        others = with_exchanged_names(pairs, draw)
        write_pairs(with_negatives(pairs + others, near, draw), path)
    write_pairs(with_negatives(pairs, near, random.Random(2), TIMES), MANY)
    own = without_reported(list(written.all_of(written.FOLDER)), bench)
    write_pairs(with_negatives(own, near_texts(own, embedder), random.Random(3)), WRITTEN)


if __name__ == "__main__":
    main()
