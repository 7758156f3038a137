"""Train the reader: `make reader`, after `make dataset`.

It starts from the transformer of the bundled model, with its word table frozen, and learns four
things at once: where an answer starts and ends (any annotator's is right: the marginal likelihood
of Clark and Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension", ACL 2018),
which sentence holds it, and whether there is one. Stopped at any moment, the same command goes on
from the last checkpoint. It learns in rounds: each begins from the weights of the one before, with
a learning rate that rises and falls anew ("warm restarts": Loshchilov and Hutter, "SGDR", ICLR
2017). The last round learns from pairs told otherwise (`variation.py`), and what ships is the mean
of its weights and those before it: that keeps what the last round's pairs don't ask for (Wortsman
et al., "Robust fine-tuning of zero-shot models", CVPR 2022). A finished round is not trained again:
to begin anew, after a change of the training set say, delete build/training/round-*. Writes
qa/reader.safetensors.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from dataset import SECOND, Pair, read_pairs
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint
from variation import varied

from qa.models import bundled_folder, prepare_torch
from qa.reader_network import (
    ANSWERED,
    END,
    SENTENCE,
    START,
    ReaderNetwork,
    ship,
    shipped,
    untrained,
)
from qa.reading import encode
from qa.records import titled

ROUNDS = ((1.0, 2e-4), (0.85, 1e-4))
"""For each round, how often it passes over the pairs, and its highest learning rate."""
LAST_PAIRS, LAST_RATE = 33_000, 1e-4
"""The last round: how many pairs are told otherwise, and its highest learning rate."""
LAST_SHARE = 0.5
"""The share of the last round's weights in what ships."""
BATCH = 32
SENTENCE_SHARE, ANSWERED_SHARE = 0.5, 0.5
"""Weights of the two further losses beside that of the span."""
NO_QUESTION_MARK = 0.3
"""This share of questions loses its question mark: people leave it out."""
KEPT = {"reddit": 0.6, "amazon": 0.3}
"""Of the sources least like articles, this share is used."""
KEPT_LAST = {"reddit": (0.8, 0.25), "amazon": (0.35, 0.05)}
"""The same for the last round: of what earlier rounds did not learn from, and of what they did."""
FOLDER = Path("build/training")
OUT = Path("qa/reader.safetensors")


class Pairs(Dataset[dict[str, Any]]):
    """Pairs as token numbers, with their marks."""

    def __init__(self, pairs: list[Pair], tokenizer: Any) -> None:
        rng = random.Random(0)
        self._items = []
        for first in range(0, len(pairs), 1000):
            some = pairs[first : first + 1000]
            questions = [
                p.question.rstrip("?") if rng.random() < NO_QUESTION_MARK else p.question
                for p in some
            ]
            encoded = encode(tokenizer, questions, [titled(p.title, p.text) for p in some])
            for row, pair in enumerate(some):
                self._items.append(_marked(pair, encoded, row))

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self._items)

    def __getitem__(self, row: int) -> dict[str, Any]:
        """One pair."""
        return self._items[row]


def _marked(pair: Pair, encoded: Any, row: int) -> dict[str, Any]:
    ids, kinds = encoded["input_ids"][row], encoded["token_type_ids"][row]
    lead = len(pair.title) + 1
    starts, ends, sentence = [0.0] * len(ids), [0.0] * len(ids), [-1.0] * len(ids)
    for at, ((first, last), kind) in enumerate(zip(encoded["offset_mapping"][row], kinds)):
        if not kind or last == 0 or first < lead:
            continue
        first, last = first - lead, last - lead
        sentence[at] = float(any(s <= first < e for s, e in pair.evidence))
        if pair.whole:
            starts[at] = ends[at] = sentence[at]
        else:
            starts[at] = float(any(first <= s < last for s, _ in pair.answers))
            ends[at] = float(any(first < e <= last for _, e in pair.answers))
    answered = any(starts) and any(ends)  # false too where the answer was cut off
    if not answered:
        starts, ends = [1.0] + [0.0] * (len(ids) - 1), [1.0] + [0.0] * (len(ids) - 1)
    return {
        "input_ids": ids, "token_type_ids": kinds, "starts": starts, "ends": ends,
        "sentence": sentence, "answered": float(answered),
    }  # fmt: skip


def collate(items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Pairs of one batch, padded to the longest."""
    longest = max(len(item["input_ids"]) for item in items)

    def padded(name: str, fill: float) -> torch.Tensor:
        rows = [item[name] + [fill] * (longest - len(item[name])) for item in items]
        return torch.tensor(rows)

    lengths = torch.tensor([len(item["input_ids"]) for item in items])
    return {
        "input_ids": padded("input_ids", 0),
        "token_type_ids": padded("token_type_ids", 0),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
        "starts": padded("starts", 0.0),
        "ends": padded("ends", 0.0),
        "sentence": padded("sentence", -1.0),
        "answered": torch.tensor([item["answered"] for item in items]),
    }


class Learner(torch.nn.Module):
    """The network together with its loss."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor,
        starts: torch.Tensor, ends: torch.Tensor, sentence: torch.Tensor, answered: torch.Tensor,
    ) -> dict[str, torch.Tensor]:  # fmt: skip
        """The loss of a batch."""
        logits = self.network(input_ids, attention_mask, token_type_ids)
        span = _marginal(logits[..., START], starts, sentence) + _marginal(
            logits[..., END], ends, sentence
        )
        binary = torch.nn.functional.binary_cross_entropy_with_logits
        inside = sentence >= 0
        held = binary(logits[..., SENTENCE][inside], sentence[inside])
        whether = binary(logits[:, 0, ANSWERED], answered)
        return {"loss": span / 2 + SENTENCE_SHARE * held + ANSWERED_SHARE * whether}


def _marginal(logits: torch.Tensor, right: torch.Tensor, sentence: torch.Tensor) -> torch.Tensor:
    """Minus the log of the probability that falls on any of the right tokens."""
    allowed = sentence >= 0
    allowed[:, 0] = True
    logits = logits.masked_fill(~allowed, -1e4)
    some = logits.masked_fill(right == 0, -1e4)
    return (logits.logsumexp(1) - some.logsumexp(1)).mean()


def train(learner: Learner, data: Pairs, number: int, passes: float, rate: float) -> None:
    """One round, or what is left of it."""
    checkpoints = FOLDER / f"round-{number}"
    steps = int(passes * len(data) / BATCH)
    on_gpu = torch.cuda.is_available()
    arguments = TrainingArguments(
        output_dir=str(checkpoints), per_device_train_batch_size=BATCH, max_steps=steps,
        learning_rate=rate, warmup_steps=steps // 20, lr_scheduler_type="linear",
        weight_decay=0.01, bf16=True, use_cpu=not on_gpu, seed=number - 1, report_to="none",
        train_sampling_strategy="group_by_length", save_steps=200, save_total_limit=2,
        logging_steps=50, remove_unused_columns=False, label_names=["answered"],
        dataloader_pin_memory=on_gpu,
    )  # fmt: skip
    trainer = Trainer(model=learner, args=arguments, train_dataset=data, data_collator=collate)
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.exists() else None
    trainer.train(resume_from_checkpoint=last)


def training_pairs() -> list[Pair]:
    """The pairs to learn from, shuffled."""
    rng = random.Random(0)
    pairs = [
        pair
        for pair in read_pairs()
        if not pair.development and rng.random() < KEPT.get(pair.source, 1.0)
    ]
    rng.shuffle(pairs)
    return pairs


def last_pairs(learnt: Sequence[Pair]) -> list[Pair]:
    """The pairs of the last round: another draw than those `learnt` before, told otherwise."""
    rng = random.Random(3)
    known = {(pair.question, pair.text) for pair in learnt}
    kept = []
    for pair in read_pairs(SECOND):
        new, again = KEPT_LAST.get(pair.source, (1.0, 1.0))
        share = again if (pair.question, pair.text) in known else new
        if not pair.development and rng.random() < share:
            kept.append(pair)
    rng.shuffle(kept)
    return varied(kept[:LAST_PAIRS], rng)


def trained(
    network: ReaderNetwork, data: Callable[[], Pairs], number: int, passes: float, rate: float
) -> Path:
    """Where the weights of a round are that begins from those of `network`.

    Where they are already, `data` is not called: to prepare the pairs takes minutes.
    """
    weights = FOLDER / f"round-{number}.safetensors"
    if not weights.exists():
        network.encoder.embeddings.word_embeddings.weight.requires_grad = False
        train(Learner(network), data(), number, passes, rate)
        partial = weights.with_suffix(".partial")  # cut off, it must not pass for a round
        ship(network, partial)
        partial.rename(weights)
    return weights


def ship_mean(before: Path, last: Path) -> None:
    """Write the mean of the weights of two rounds as the reader that ships."""
    network = shipped(bundled_folder(), before).network
    with torch.no_grad():
        for one, other in zip(
            network.parameters(), shipped(bundled_folder(), last).network.parameters()
        ):
            one.lerp_(other, LAST_SHARE)
    ship(network, OUT)


def main() -> None:
    """Train, or go on, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("--limit", type=int, default=0, help="use this many pairs only")
    limit = parser.parse_args().limit or None
    prepare_torch()
    torch.manual_seed(0)
    loaded = untrained(bundled_folder())
    tokenizer = loaded.tokenizer
    pairs = cache(training_pairs)
    first = cache(lambda: Pairs(pairs()[:limit], tokenizer))
    for number, (passes, rate) in enumerate(ROUNDS, 1):
        before = trained(loaded.network, first, number, passes, rate)
        loaded = shipped(bundled_folder(), before)
    ship_mean(
        before,
        trained(
            loaded.network, lambda: Pairs(last_pairs(pairs())[:limit], tokenizer),
            len(ROUNDS) + 1, 1.0, LAST_RATE,
        ),
    )  # fmt: skip
    print(f"wrote {OUT}, {OUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
