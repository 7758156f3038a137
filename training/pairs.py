"""The pairs that the reader learns from: a question, a text, and where it answers."""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from qa.spans import sentence_spans

PAIRS = Path("build/training/pairs.jsonl.gz")
SECOND = Path("build/training/pairs-2.jsonl.gz")
MANY = Path("build/training/pairs-many.jsonl.gz")
WRITTEN = Path("build/training/pairs-written.jsonl.gz")
MAX_CHARS = 1_000
"""Longer texts are cut at a sentence's end, as passages of an index are."""
DEVELOPMENT_SHARE = 0.05
OWN = "written"
"""The source of what was written for this project."""
DEVELOPMENT_SHARES = {OWN: 0.08}
"""The same where it is another one: of few texts, enough to measure on."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question beside a text: where the text answers it, or no spans where it does not.

    Offsets are characters in `text`. `answers` are the spans any of which is right; `evidence`
    is the sentence that holds the answer. `whole` says that only the sentence is known.
    """

    source: str
    question: str
    title: str
    text: str
    answers: tuple[Span, ...]
    evidence: tuple[Span, ...]
    whole: bool = False
    development: bool = False


def sentences_in(text: str) -> list[Span]:
    """Where the sentences of `text` stand, none longer than MAX_CHARS."""
    return [(span.start, span.end) for span in sentence_spans(text, MAX_CHARS)]


def long_words(text: str) -> set[str]:
    """The words of four letters and more, lower case."""
    return set(re.findall(r"\w{4,}", text.lower()))


def parts_of(text: str) -> Iterator[tuple[str, int]]:
    """`text` in parts of at most MAX_CHARS, each with where it begins, cut after a sentence."""
    start = end = 0
    for sentence in sentence_spans(text, MAX_CHARS):
        if sentence.end - start > MAX_CHARS and end > start:
            yield text[start:end], start
            start = sentence.start
        end = sentence.end
    if end > start:
        yield text[start:end], start


def holding(sentences: Iterable[Span], spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Of `sentences`, the one in which most of the answers begin."""
    votes = Counter(
        (start, end) for start, end in sentences for at, _ in spans if start <= at < end
    )
    return tuple(span for span, _ in votes.most_common(1))


def is_development(text: str, source: str = "") -> bool:
    """Whether a text is kept out of training, by a hash of it."""
    share = DEVELOPMENT_SHARES.get(source, DEVELOPMENT_SHARE)
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32 < share


def read_pairs(path: Path = PAIRS) -> Iterator[Pair]:
    """The pairs that were made, in their order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            for name in ("answers", "evidence"):
                fields[name] = tuple((start, end) for start, end in fields[name])
            yield Pair(**fields)


def write_pairs(pairs: Iterable[Pair], path: Path) -> None:
    """Write `pairs` to `path`, each in the part that its text belongs to, and count them."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with gzip.open(partial, "wt", encoding="utf-8") as out:
        for pair in pairs:
            pair = replace(pair, development=is_development(pair.text, pair.source))
            counts[pair.source, bool(pair.answers), pair.development] += 1
            out.write(json.dumps(asdict(pair), ensure_ascii=False) + "\n")
    partial.rename(path)
    for (source, answered, development), count in sorted(counts.items()):
        print(source, "answered" if answered else "not answered",
              "development" if development else "training", count)  # fmt: skip
