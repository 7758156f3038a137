"""What the site has answered since it started, in the text format that Prometheus reads."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from qa import Answer, Statistics


@dataclass(frozen=True, slots=True)
class Family:
    """What figures of one name say, and the label that tells them apart, with its known values."""

    name: str
    kind: str
    help: str
    label: str = ""
    known: tuple[str, ...] = ("",)


COUNTERS = (
    Family(
        "qa_questions_total", "counter", "Questions answered or refused.",
        "answerer", ("extractive",),
    ),
    Family("qa_refusals_total", "counter", "Questions that the articles don't answer."),
    Family("qa_fallbacks_total", "counter", "Answers that a language model should have written."),
    Family("qa_cached_total", "counter", "Answers that had been written before."),
    Family("qa_tokens_total", "counter", "Tokens that answers cost.", "direction", ("in", "out")),
    Family(
        "qa_sentences_total", "counter", "Sentences, by what became of them.",
        "support", ("verbatim", "supported", "replaced", "unsupported", "dropped"),
    ),
)  # fmt: skip
SECONDS = Family("qa_answer_seconds", "summary", "Seconds spent on answers.")
GAUGES = (
    Family("qa_index_generation", "gauge", "Generation of the index; 0 without one."),
    Family("qa_index_articles", "gauge", "Articles that can be asked; 0 without an index."),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts every answer that it is given. Safe to use from many threads."""

    numbers: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, answer: Answer) -> None:
        """Add one answer."""
        with self.lock:
            for name, label, number in _samples(answer):
                self.numbers[name, label] += number

    def exposition(self, index: Statistics | None) -> str:
        """The totals and what the index holds, in Prometheus' text format, version 0.0.4."""
        numbers: dict[tuple[str, str], float] = {
            # A counter starts at 0, so that its first step is seen as one.
            **{(family.name, label): 0 for family in COUNTERS for label in family.known},
            ("qa_answer_seconds_sum", ""): 0,
            ("qa_answer_seconds_count", ""): 0,
            ("qa_index_generation", ""): index.generation if index else 0,
            ("qa_index_articles", ""): index.articles if index else 0,
        }
        with self.lock:
            numbers |= self.numbers
        return "".join(
            line for family in (*COUNTERS, SECONDS, *GAUGES) for line in _lines(family, numbers)
        )


def _samples(answer: Answer) -> Iterator[tuple[str, str, float]]:
    """What one answer adds."""
    yield "qa_questions_total", answer.answerer, 1
    yield "qa_refusals_total", "", answer.abstained
    yield "qa_fallbacks_total", "", answer.fallback is not None
    yield "qa_cached_total", "", answer.cached
    yield "qa_answer_seconds_sum", "", answer.timings_ms.total / 1000
    yield "qa_answer_seconds_count", "", 1
    for sentence in answer.sentences:
        if sentence.support in {"verbatim", "unsupported"}:
            yield "qa_sentences_total", sentence.support, 1
    # What was written is counted here, for a sentence that was dropped is not in the answer.
    if checked := answer.verification:
        yield "qa_sentences_total", "supported", checked.supported
        yield "qa_sentences_total", "replaced", checked.replaced
        yield "qa_sentences_total", "dropped", checked.dropped
    if answer.usage:
        yield "qa_tokens_total", "in", answer.usage.tokens_in
        yield "qa_tokens_total", "out", answer.usage.tokens_out


def _lines(family: Family, numbers: dict[tuple[str, str], float]) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
    names = {family.name, f"{family.name}_sum", f"{family.name}_count"}
    for (name, label), number in numbers.items():
        if name in names:
            labels = f'{{{family.label}="{_escaped(label)}"}}' if family.label else ""
            yield f"{name}{labels} {round(number, 6):.15g}\n"


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
