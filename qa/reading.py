"""The readers: question and passage together, and what in the passage answers.

The shipped one is a small transformer, trained by `training/`; `QA_READER` names another model.
Nothing is imported or loaded before the first passage is read.
"""

import math
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qa.errors import BadRequest
from qa.letters import without_strokes
from qa.library import StoredPassage
from qa.log_odds import limited, probability
from qa.models import bundled_folder, fast_dtype, prepare_torch, release_memory
from qa.records import Article, Passage, Sentence
from qa.settings import Settings

MAX_TOKENS = 256
MAX_QUESTION_TOKENS = 64
MAX_ANSWER_TOKENS = 30
BATCH = 8
"""Passages read at once, those of like length together, so that little of a batch is padding."""
UNLIKELY = -3.0
"""Log odds of an answer below which there hardly is one."""
STEPS = ((6, 6.0, -6.0), (12, 1.0, -6.0))
"""After so many passages, reading ends from the first log odds of an answer on, and below the
second ones: then what follows hardly holds one. See the README for what it costs."""
STEPS_OF_FEW = ((4, 1.0, -6.0), (7, -math.inf, -math.inf))
FEW = 1000
"""Among so few passages, the search brings the right one further up, and less must be read: of 434
questions about the seeds and about invented articles, these steps lose two that 20 answer."""
LENGTHS = 32
UNREAD = -12.0
"""The log odds of a sentence that lies behind the last token that is read."""
SHIPPED = Path(__file__).parent / "reader.safetensors"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What a reader makes of one sentence; both scores are log odds, higher is better.

    `span` speaks for its best answer, `evidence` for the sentence as a whole. `answer` is where
    that answer stands in the article; None from a reader that gives no exact words.
    """

    span: float
    evidence: float
    answer: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a passage: the log odds that it answers, and of its sentences."""

    answered: float
    sentences: tuple[SentenceReading, ...]

    @property
    def likeliest(self) -> int | None:
        """Which sentence is likeliest to answer; None where none is likely at all."""
        spans = [sentence.span for sentence in self.sentences]
        best = max(spans, default=UNREAD)
        return spans.index(best) if best >= UNLIKELY else None

    @property
    def probability(self) -> float:
        """The probability, 0 to 1, that the passage answers."""
        return probability(limited(self.answered))


class Reader(Protocol):
    """Reads passages for a question."""

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[Reading]:
        """One reading a passage, in their order."""


def untitled_passage(sentences: Sequence[str], published: date | None = None) -> StoredPassage:
    """The passage that `sentences` make, of no article in an index, without a title.

    It is for a reader alone: its vector says nothing.
    """
    placed, text = [], ""
    for sentence in sentences:
        words = " ".join(sentence.split())
        placed.append(Sentence("", len(text), len(text) + len(words), words))
        text += f"{words} "
    passage = Passage("", "", 0, len(text), text)
    article = Article("", "", text, "", published=published)
    return StoredPassage(passage, article, np.zeros(1, dtype=np.float32), tuple(placed))


def open_reader(settings: Settings) -> Reader | None:
    """The reader that the settings name, to be loaded at first use; None for `none`."""
    return None if settings.reader == "none" else LocalReader(settings)


def read_enough(
    reader: Reader, question: str, passages: Sequence[StoredPassage], among: int
) -> list[Reading]:
    """Readings of the first passages, in steps, up to where the best answer is sure, or hopeless.

    `among` is how many passages they were found among.

    What other steps give, in right answers and in time, is in the README.
    """
    readings: list[Reading] = []
    steps = STEPS if among > FEW else STEPS_OF_FEW
    for count, sure, hopeless in (*steps, (len(passages), math.inf, -math.inf)):
        readings += reader.read(question, passages[len(readings) : count])
        best = max((s.span for r in readings for s in r.sentences), default=UNREAD)
        if best >= sure or best < hopeless or len(readings) == len(passages):
            break
    return readings


class LocalReader:
    """A reader on this machine's processor, loaded at first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # One thread reads for all: reading uses every core, and each thread that calls torch
        # would get workers and memory of its own.
        self._thread = ThreadPoolExecutor(1, "reader")

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[Reading]:
        """One reading a passage, in their order; raises BadRequest when the model can't be had."""
        if not passages:
            return []
        dated = [_dated(question, passage) for passage in passages]
        return self._thread.submit(lambda: self._loaded.read(question, dated)).result()

    @cached_property
    def _loaded(self) -> Reader:
        prepare_torch()
        shipped = self._settings.reader == "bundled"
        reader = _shipped_reader(self._settings) if shipped else _other_reader(self._settings)
        release_memory()
        return reader


def _dated(question: str, passage: StoredPassage) -> StoredPassage:
    """The passage with its day in the title, where the question names the month or year of it.

    "What did the bank do in August 2024?" asks for what an article of that day tells of "Thursday".
    """
    day = passage.article.published
    if day is None or not re.search(rf"\b(?:{day.year}|{day:%B})\b", question):
        return passage
    title = f"{passage.article.title} ({day.day} {day:%B %Y})"
    return replace(passage, article=replace(passage.article, title=title))


class _TokenReader:
    """Reads with a model that gives numbers for each token."""

    def __init__(self, logits: Any, tokenizer: Any) -> None:
        """`logits` makes of a batch of inputs an array (pairs, tokens, 2 or 4); see `_reading`."""
        self._logits = logits
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[Reading]:
        """One reading a passage, in their order."""
        texts = [passage.in_context for passage in passages]
        encoded = encode(self._tokenizer, [question] * len(passages), texts)
        readings: dict[int, Reading] = {}
        by_length = sorted(range(len(passages)), key=lambda row: len(encoded["input_ids"][row]))
        for first in range(0, len(by_length), BATCH):
            rows = by_length[first : first + BATCH]
            batch = {
                name: [encoded[name][row] for row in rows]
                for name in ("input_ids", "attention_mask", "token_type_ids")
            }
            # Few different lengths: torch prepares, and keeps, something for each.
            padded = self._tokenizer.pad(batch, return_tensors="pt", pad_to_multiple_of=LENGTHS)
            tokens = self._logits(padded)
            for row, numbers in zip(rows, tokens, strict=True):
                places = _places(encoded, row, passages[row])
                readings[row] = _reading(numbers, places, passages[row])
        return [readings[row] for row in range(len(passages))]


def _shipped_reader(settings: Settings) -> Reader:
    import torch

    from qa.reader_network import shipped

    loaded = shipped(bundled_folder(), SHIPPED)
    network = loaded.network.eval()
    network.encoder.to(fast_dtype(settings.precision))

    def logits(inputs: Any) -> Floats:
        with torch.inference_mode():
            return np.asarray(network(**inputs))

    return _TokenReader(logits, loaded.tokenizer)


def _other_reader(settings: Settings) -> Reader:
    """A question-answering model or a cross-encoder, from a folder or the hub's local cache."""
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

    name = settings.reader
    try:
        kinds = AutoConfig.from_pretrained(name).architectures or []
        if any(kind.endswith("ForSequenceClassification") for kind in kinds):
            return _CrossEncoderReader(name)
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModelForQuestionAnswering.from_pretrained(
            name, dtype=fast_dtype(settings.precision)
        ).eval()
    except (OSError, ValueError) as error:
        raise BadRequest(
            f"QA_READER={name} can't be loaded: it must be `bundled`, `none`, or the folder or the "
            f"hub name (downloaded before, with `hf download {name}`) of a question-answering "
            "model or a cross-encoder."
        ) from error
    taken = set(tokenizer.model_input_names)

    def logits(inputs: Any) -> Floats:
        with torch.inference_mode():
            given = model(**{key: value for key, value in inputs.items() if key in taken})
        return np.stack([given.start_logits.float(), given.end_logits.float()], axis=-1)

    return _TokenReader(logits, tokenizer)


class _CrossEncoderReader:
    """Reads with a sentence-transformers cross-encoder: a score for each text, no exact words."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        self._model = CrossEncoder(name, device="cpu")

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[Reading]:
        """One reading a passage, in their order."""
        import torch

        texts = [
            text for p in passages for text in (p.passage.text, *(s.text for s in p.sentences))
        ]
        scores = iter(
            self._model.predict(
                [(question, text) for text in texts], activation_fn=torch.nn.Identity()
            ).tolist()
        )
        return [
            Reading(
                next(scores),
                tuple(SentenceReading(s, s, None) for s in islice(scores, len(p.sentences))),
            )
            for p in passages
        ]


def encode(tokenizer: Any, questions: Sequence[str], texts: Sequence[str]) -> Any:
    """Each question with a text, as token numbers; what does not fit is cut off at the end."""
    questions, texts = [[without_strokes(t) for t in some] for some in (questions, texts)]
    distinct = list(dict.fromkeys(questions))  # one, when it is asked of many passages
    heads = tokenizer(distinct, truncation=True, max_length=MAX_QUESTION_TOKENS)["input_ids"]
    asked = {
        question: tokenizer.decode(head, skip_special_tokens=True)
        if len(head) == MAX_QUESTION_TOKENS
        else question
        for question, head in zip(distinct, heads, strict=True)
    }
    return tokenizer(
        [asked[question] for question in questions],
        texts,
        truncation="only_second",
        max_length=MAX_TOKENS,
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )


def _places(encoded: Any, row: int, passage: StoredPassage) -> npt.NDArray[np.int64]:
    """Where the word of each token stands in the article, shape (tokens, 2).

    Both are negative for what is not of the passage.
    """
    places = np.array(encoded["offset_mapping"][row], dtype=np.int64)
    words = encoded.word_ids(row)
    same = [n for n in range(1, len(words)) if words[n] is not None and words[n] == words[n - 1]]
    for n in same:
        places[n, 0] = places[n - 1, 0]
    for n in reversed(same):
        places[n - 1, 1] = places[n, 1]
    inside = np.array([part == 1 for part in encoded.sequence_ids(row)])
    lead = len(passage.in_context) - len(passage.passage.text)
    inside &= places[:, 0] >= lead
    return np.where(inside[:, None], places - lead + passage.passage.start, -1)


def _reading(tokens: Floats, places: npt.NDArray[np.int64], passage: StoredPassage) -> Reading:
    """The reading of a passage from the logits of its tokens, shape (tokens, 2 or 4).

    They are start and end, and, where there are four, that the token's sentence answers, and, at
    the first token, that the passage does.
    """
    none = float(tokens[0, 0] + tokens[0, 1])
    sentences = []
    for sentence in passage.sentences:
        rows = np.flatnonzero((places[:, 0] >= sentence.start) & (places[:, 1] <= sentence.end))
        if not len(rows):
            sentences.append(SentenceReading(UNREAD, UNREAD, None))
            continue
        span, first, last = best_span(tokens[rows])
        evidence = float(tokens[rows, 2].mean()) if tokens.shape[1] == 4 else span - none
        answer = (int(places[rows[first], 0]), int(places[rows[last], 1]))
        sentences.append(SentenceReading(span - none, evidence, answer))
    best = max((s.span for s in sentences), default=UNREAD)
    return Reading(float(tokens[0, 3]) if tokens.shape[1] == 4 else best, tuple(sentences))


def best_span(tokens: Floats) -> tuple[float, int, int]:
    """The best sum of a start and an end at or after it, and their rows."""
    sums = tokens[:, 0, None] + tokens[None, :, 1]
    rows = np.arange(len(tokens))
    length = rows[None, :] - rows[:, None]
    sums = np.where((length >= 0) & (length < MAX_ANSWER_TOKENS), sums, -np.inf)
    first, last = divmod(int(sums.argmax()), len(tokens))
    return float(sums[first, last]), first, last
