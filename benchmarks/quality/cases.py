"""The files of the public sets, read into cases."""

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa import Turn
from qa.evaluation import Case, GivenPassage

USER = "|user|: "
Span = tuple[int, int]


class Missing(Exception):
    """A set can't be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A case with its passage's sentences, as offsets, and which of them answer, by number."""

    case: Case
    sentences: tuple[Span, ...]
    right: frozenset[int]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last question of a conversation, what it means alone, and the passages that help."""

    question: str
    history: tuple[Turn, ...]
    rewrite: str
    relevant: frozenset[str]


def data_file(data: Path, name: str) -> Path:
    """The file `name` of the benchmark data; raises Missing."""
    path = data / name
    if not path.is_file():
        raise Missing(f"QA_BENCH_DIR has no {name}.")
    return path


def lines(data: Path, name: str) -> list[dict[str, Any]]:
    """The objects of a file with one a line, which may be packed."""
    path = data_file(data, name)
    content = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    return [json.loads(line) for line in content.split(b"\n") if line.strip()]


def quiz(data: Path, year: int) -> list[Case]:
    """RealTimeQA's free-form questions; `articles` are those that the quiz itself linked."""
    return [
        Case(
            id=item["question_id"],
            question=item["question"],
            answers=tuple(item["answers"]),
            articles=tuple(item["gold_ids"]),
            answerable=True,
        )
        for item in lines(data, f"realtimeqa/questions_{year}.jsonl")
        if item["freeform"]
    ]


def withdrawn(data: Path, year: int) -> list[tuple[Case, Case]]:
    """RealTimeQA's questions twice: with all articles, and without those that answer."""
    pairs = []
    for item in lines(data, f"realtimeqa/withdrawal_{year}.jsonl"):
        asked = {"id": item["question_id"], "question": item["question"]}
        shown = Case(**asked, answers=tuple(item["answers"]), answerable=True)
        pairs.append((shown, Case(**asked, exclude=tuple(item["withhold_ids"]), answerable=False)))
    return pairs


def clapnq(data: Path, *, answerable: bool) -> list[Marked]:
    """ClapNQ's questions with the passage at hand, and the sentences that people selected."""
    found = []
    for item in lines(data, f"clapnq/clapnq_dev_{'' if answerable else 'un'}answerable.jsonl"):
        passage = item["passages"][0]
        selected = {text for output in item["output"] for text in output["selected_sentences"]}
        right = (n for n, text in enumerate(passage["sentences"]) if text in selected)
        case = _at_hand(item["id"], item["input"], passage, answerable=answerable)
        spans = spans_of(passage["sentences"], passage["text"])
        found.append(Marked(case, spans, frozenset(right)))
    return found


def qed(data: Path) -> list[Marked]:
    """QED's questions that one sentence of the paragraph answers."""
    found = []
    for item in lines(data, "qed/qed-dev.jsonlines"):
        if item["annotation"]["explanation_type"] == "single_sentence":
            passage = {"title": item["title_text"], "text": item["paragraph_text"]}
            starts = item["sentence_starts"]
            right = starts.index(item["annotation"]["selected_sentence"]["start"])
            spans = tuple(zip(starts, [*starts[1:], len(passage["text"])]))
            case = _at_hand(str(item["example_id"]), item["question_text"], passage)
            found.append(Marked(case, spans, frozenset({right})))
    return found


def natural_questions(data: Path) -> list[Case]:
    """Natural Questions with short answers, each with its gold passage at hand."""
    pool = {item["_id"]: item for item in lines(data, "wiki_pool/corpus.jsonl.gz")}
    return [
        _at_hand(case.id, case.question, pool[case.articles[0]], answers=case.answers)
        for case in in_pool(data, "nq_oracle")
    ]


def in_pool(data: Path, source: str) -> list[Case]:
    """The questions of one source, to be searched among all passages of the Wikipedia pool."""
    return [
        Case(
            id=item["id"],
            question=item["question"],
            # ClapNQ's answers are whole texts, which no response holds word for word.
            answers=tuple(item["answers"]) if source == "nq_oracle" else (),
            articles=tuple(item["gold"]),
            answerable=item["answerable"],
        )
        for item in lines(data, "wiki_pool/queries.jsonl")
        if item["set"] == source
    ]


def conversations(data: Path, domain: str) -> list[Conversation]:
    """MTRAG's conversations; a relevant passage counts even where the pool lacks it."""
    relevant = defaultdict(set)
    judged = data_file(data, f"mtrag/{domain}_qrels.tsv").read_text("utf-8")
    for line in judged.splitlines()[1:]:
        query, passage, _ = line.split("\t")
        relevant[query].add(passage)
    rewrites = {item["_id"]: item["text"] for item in lines(data, f"mtrag/{domain}_rewrite.jsonl")}
    found = []
    for item in lines(data, f"mtrag/{domain}_questions.jsonl"):
        *earlier, last = (line.removeprefix(USER) for line in item["text"].split("\n"))
        history, alone = tuple(map(Turn, earlier)), rewrites[item["_id"]].removeprefix(USER)
        found.append(Conversation(last, history, alone, frozenset(relevant[item["_id"]])))
    return found


def spans_of(sentences: list[str], text: str) -> tuple[Span, ...]:
    """Where each of the `sentences`, which follow each other, stands in `text`."""
    spans, at = [], 0
    for sentence in sentences:
        start = text.index(sentence.strip(), at)
        at = start + len(sentence.strip())
        spans.append((start, at))
    return tuple(spans)


def _at_hand(
    case_id: str,
    question: str,
    passage: dict[str, Any],
    *,
    answers: tuple[str, ...] = (),
    answerable: bool = True,
) -> Case:
    """A question to be answered from `passage` alone."""
    return Case(
        id=case_id,
        question=question,
        answers=answers,
        articles=("passage-1",) if answerable else (),
        passages=(GivenPassage(title=passage["title"], text=passage["text"]),),
        answerable=answerable,
    )
