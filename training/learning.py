"""What the reader learns of a pair: tokens, their marks, and the loss.

It learns four things at once: where an answer starts and ends (any annotator's is right: the
marginal likelihood of Clark and Gardner, "Simple and Effective Multi-Paragraph Reading
Comprehension", ACL 2018), which sentence holds it, and whether there is one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pairs import Pair
from transformers import TrainingArguments

from qa.reader_network import ANSWERED, END, SENTENCE, START, ReaderNetwork
from qa.reading import encode
from qa.records import titled

SENTENCE_SHARE, ANSWERED_SHARE = 0.5, 0.5
"""Weights of the two further losses beside that of the span."""
OUTSIDE = -1.0
"""The mark of a token that is not in the passage's text, where no answer can be."""


def marked(pairs: Sequence[Pair], tokenizer: Any) -> list[dict[str, Any]]:
    """Each pair as token numbers with their marks, as the network and its loss take them."""
    encoded = encode(
        tokenizer, [p.question for p in pairs], [titled(p.title, p.text) for p in pairs]
    )
    return [_marked(pair, encoded, row) for row, pair in enumerate(pairs)]


def _marked(pair: Pair, encoded: Any, row: int) -> dict[str, Any]:
    kinds = np.array(encoded["token_type_ids"][row])
    places = np.array(encoded["offset_mapping"][row]) - (len(pair.title) + 1)
    first, last = places[:, 0], places[:, 1]
    inside = (kinds == 1) & (first >= 0) & (last > first)
    within = _any(first, pair.evidence) & inside
    if pair.whole:
        starts = ends = within
    else:
        starts = np.zeros(len(kinds), dtype=bool)
        ends = np.zeros(len(kinds), dtype=bool)
        for start, end in pair.answers:
            starts |= inside & (first <= start) & (start < last)
            ends |= inside & (first < end) & (end <= last)
    answered = bool(starts.any() and ends.any())  # false too where the answer was cut off
    if not answered:
        starts, ends = np.arange(len(kinds)) == 0, np.arange(len(kinds)) == 0
    return {
        "input_ids": encoded["input_ids"][row],
        "token_type_ids": kinds,
        "starts": starts.astype(np.float32),
        "ends": ends.astype(np.float32),
        "sentence": np.where(inside, within, OUTSIDE).astype(np.float32),
        "answered": float(answered),
    }


def _any(first: np.ndarray, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """Which tokens begin in one of the spans."""
    found = np.zeros(len(first), dtype=bool)
    for start, end in spans:
        found |= (start <= first) & (first < end)
    return found


def collate(items: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Pairs of one batch, padded to the longest."""
    lengths = np.array([len(item["input_ids"]) for item in items])

    def padded(name: str, fill: float, kind: type) -> torch.Tensor:
        rows = np.full((len(items), lengths.max()), fill, dtype=kind)
        for row, item in zip(rows, items):
            row[: len(item[name])] = item[name]
        return torch.from_numpy(rows)

    return {
        "input_ids": padded("input_ids", 0, np.int64),
        "token_type_ids": padded("token_type_ids", 0, np.int64),
        "attention_mask": torch.from_numpy(
            (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
        ),
        "starts": padded("starts", 0.0, np.float32),
        "ends": padded("ends", 0.0, np.float32),
        "sentence": padded("sentence", OUTSIDE, np.float32),
        "answered": torch.tensor([item["answered"] for item in items]),
    }


def arguments(folder: Path, steps: int, rate: float, seed: int, **more: Any) -> TrainingArguments:
    """How all training goes: the rate rises for a twentieth of the steps and falls to 0.

    `folder` is for what the trainer writes; `more` is what differs.
    """
    return TrainingArguments(
        output_dir=str(folder), max_steps=steps, learning_rate=rate, warmup_steps=steps // 20,
        lr_scheduler_type="linear", weight_decay=0.01, bf16=True, seed=seed, report_to="none",
        remove_unused_columns=False, label_names=["answered"],
        use_cpu=not torch.cuda.is_available(), **more,
    )  # fmt: skip


class Learner(torch.nn.Module):
    """The network together with its loss."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network
        network.encoder.embeddings.word_embeddings.weight.requires_grad = False

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor,
        starts: torch.Tensor, ends: torch.Tensor, sentence: torch.Tensor, answered: torch.Tensor,
    ) -> dict[str, torch.Tensor]:  # fmt: skip
        """The loss of a batch."""
        logits = self.network(input_ids, attention_mask, token_type_ids)
        return {"loss": loss_of(logits, starts, ends, sentence, answered)}


def loss_of(
    logits: torch.Tensor, starts: torch.Tensor, ends: torch.Tensor, sentence: torch.Tensor,
    answered: torch.Tensor,
) -> torch.Tensor:  # fmt: skip
    """How far `logits`, shape (pairs, tokens, 4), are from what is marked."""
    allowed = may_answer(sentence)
    span = _marginal(logits[..., START], starts, allowed) + _marginal(
        logits[..., END], ends, allowed
    )
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    inside = sentence >= 0
    held = binary(logits[..., SENTENCE][inside], sentence[inside])
    whether = binary(logits[:, 0, ANSWERED], answered)
    return span / 2 + SENTENCE_SHARE * held + ANSWERED_SHARE * whether


def may_answer(sentence: torch.Tensor) -> torch.Tensor:
    """Where an answer may start or end: in the text, or at the first token, which says none."""
    allowed = sentence >= 0
    allowed[:, 0] = True
    return allowed


def _marginal(logits: torch.Tensor, right: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Minus the log of the probability that falls on any of the right tokens."""
    logits = logits.masked_fill(~allowed, -1e4)
    some = logits.masked_fill(right == 0, -1e4)
    return (logits.logsumexp(1) - some.logsumexp(1)).mean()
