"""Train the reader: `make reader`, after `make dataset`.

It starts from the transformer of the bundled model, with its word table frozen; what it learns of a
pair is in `learning.py`. Stopped at any moment, the same command goes on from the last checkpoint.
It learns in rounds: each begins from the weights of the one before, with a learning rate that rises
and falls anew ("warm restarts": Loshchilov and Hutter, "SGDR", ICLR 2017). Where there is a GPU,
two more follow the first one, the later of them on pairs told otherwise (`variation.py`), and what
they give is the mean of the weights of both: that keeps what its pairs don't ask for (Wortsman et
al., "Robust fine-tuning of zero-shot models", CVPR 2022); and a committee (`committee.py`). The
last round learns from what was written for this project (`training/written/`), as it is and some
told otherwise, beside some of the other pairs, so that these are not forgotten, and again a mean of
its weights and those before it ships; `--from` learns that alone, from weights that are there.
What is finished is not trained again: to begin anew, after a change of the training set say, delete
build/training/round-* and build/training/member-*. Writes qa/reader.safetensors, to which the
weights of the signals are then to be fitted (`make fit fit-support`).
"""

import argparse
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import committee
import torch
from learning import Learner, arguments, collate, marked
from pairs import PAIRS, SECOND, WRITTEN, Pair, read_pairs
from torch.utils.data import Dataset
from transformers import Trainer
from transformers.trainer_utils import get_last_checkpoint
from variation import NO_QUESTION_MARK, varied, without_mark

from qa.models import bundled_folder, prepare_torch
from qa.reader_network import ReaderNetwork, mean_of, ship, shipped, untrained

ROUNDS = ((1.0, 2e-4), (0.7, 1e-4))
"""For the first rounds, how often each passes over the pairs, and its highest learning rate."""
TOLD_PAIRS, TOLD_RATE = 33_000, 1e-4
"""The third round: how many pairs are told otherwise, and its highest learning rate."""
BATCH = 32
KEPT = {"reddit": 0.6, "amazon": 0.3}
"""Of the sources least like articles, this share is used."""
KEPT_TOLD = {"reddit": (0.8, 0.25), "amazon": (0.35, 0.05)}
"""The same for the third round: of what earlier rounds did not learn from, and of what they did."""
WRITTEN_RATE = 1e-4
"""The highest learning rate of the round on what was written for this project."""
WRITTEN_SHARE = 0.75
"""So much its weights count in the mean with those before it."""
TOLD, BESIDE = 0.5, 0.25
"""For each of its pairs, so many are told otherwise, and so many others stand beside it."""
FOLDER = Path("build/training")
OUT = Path("qa/reader.safetensors")


class Pairs(Dataset[dict[str, Any]]):
    """Pairs as token numbers, with their marks."""

    def __init__(self, pairs: list[Pair], tokenizer: Any) -> None:
        rng = random.Random(0)
        self._items = []
        for first in range(0, len(pairs), 1000):
            some = [
                without_mark(p) if rng.random() < NO_QUESTION_MARK else p
                for p in pairs[first : first + 1000]
            ]
            self._items += marked(some, tokenizer)

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self._items)

    def __getitem__(self, row: int) -> dict[str, Any]:
        """One pair."""
        return self._items[row]


def train(
    learner: Learner, data: Pairs, checkpoints: Path, seed: int, passes: float, rate: float
) -> None:
    """One round, or what is left of it."""
    steps = int(passes * len(data) / BATCH)
    how = arguments(
        checkpoints, steps, rate, seed, per_device_train_batch_size=BATCH, save_steps=200,
        save_total_limit=2, logging_steps=50, train_sampling_strategy="group_by_length",
        dataloader_pin_memory=torch.cuda.is_available(),
    )  # fmt: skip
    trainer = Trainer(model=learner, args=how, train_dataset=data, data_collator=collate)
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.exists() else None
    trainer.train(resume_from_checkpoint=last)


def training_pairs() -> list[Pair]:
    """The pairs to learn from, shuffled."""
    rng = random.Random(0)
    pairs = _kept(PAIRS, rng)
    rng.shuffle(pairs)
    return pairs


def _kept(path: Path, rng: random.Random) -> list[Pair]:
    """Those of `path` that are to be learnt from, of some sources a share, drawn anew."""
    return [
        pair
        for pair in read_pairs(path)
        if not pair.development and rng.random() < KEPT.get(pair.source, 1.0)
    ]


def told_pairs(learnt: Sequence[Pair]) -> list[Pair]:
    """The pairs of the third round: another draw than those `learnt` before, told otherwise."""
    rng = random.Random(3)
    known = {(pair.question, pair.text) for pair in learnt}
    kept = []
    for pair in read_pairs(SECOND):
        new, again = KEPT_TOLD.get(pair.source, (1.0, 1.0))
        share = again if (pair.question, pair.text) in known else new
        if not pair.development and rng.random() < share:
            kept.append(pair)
    rng.shuffle(kept)
    return varied(kept[:TOLD_PAIRS], rng)


def written_pairs() -> list[Pair]:
    """What was written for this project, some of it told otherwise, and some other pairs."""
    rng = random.Random(4)
    own = [pair for pair in read_pairs(WRITTEN) if not pair.development]
    told = varied(own, rng)[: int(TOLD * len(own))]
    others = _kept(SECOND, rng)
    others = rng.sample(others, min(len(others), int(BESIDE * len(own))))
    pairs = [*own, *told, *varied(others, rng)]
    rng.shuffle(pairs)
    return pairs


def trained(
    network: ReaderNetwork, data: Callable[[], Pairs], folder: Path, number: int, passes: float,
    rate: float,
) -> Path:  # fmt: skip
    """Where in `folder` the weights of a round are that begins from those of `network`.

    Where they are already, `data` is not called: to prepare the pairs takes minutes.
    """
    checkpoints = folder / f"round-{number}"
    weights = checkpoints.with_suffix(".safetensors")
    if not weights.exists():
        train(Learner(network), data(), checkpoints, number - 1, passes, rate)
        partial = weights.with_suffix(".partial")  # cut off, it must not pass for a round
        ship(network, partial)
        partial.rename(weights)
        shutil.rmtree(
            checkpoints, ignore_errors=True
        )  # of a round that is begun anew, none may be gone on from
    return weights


def before_written(folder: Path, limit: int | None) -> Path:
    """The weights that the rounds give, and the committee where there is a GPU."""
    loaded = untrained(bundled_folder())
    tokenizer = loaded.tokenizer
    pairs = cache(training_pairs)
    first = cache(lambda: Pairs(pairs()[:limit], tokenizer))
    has_gpu = torch.cuda.is_available()
    for number, (passes, rate) in enumerate(ROUNDS if has_gpu else ROUNDS[:1], 1):
        before = trained(loaded.network, first, folder, number, passes, rate)
        loaded = shipped(bundled_folder(), before)
    if not has_gpu:
        print("There is no GPU: the next two rounds and the committee are left out.")
        return before
    last = trained(
        loaded.network, lambda: Pairs(told_pairs(pairs())[:limit], tokenizer), folder,
        len(ROUNDS) + 1, 1.0, TOLD_RATE,
    )  # fmt: skip
    reader = folder / "after-rounds.safetensors"
    mean_of([before, last], reader)
    steps = committee.STEPS if limit is None else 1 + limit // committee.QUESTIONS
    return committee.train(reader, folder, steps)


def main() -> None:
    """Train, or go on, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument(
        "--limit", type=int, default=0, help="to try it out: use this many pairs, ship nothing"
    )
    parser.add_argument(
        "--from", dest="start", type=Path, help="learn what was written from these weights, no more"
    )
    given = parser.parse_args()
    limit = given.limit or None
    folder = FOLDER / f"first-{limit}" if limit else FOLDER
    prepare_torch()
    torch.manual_seed(0)
    before = given.start or before_written(folder, limit)
    loaded = shipped(bundled_folder(), before)
    after = trained(
        loaded.network, lambda: Pairs(written_pairs()[:limit], loaded.tokenizer), folder,
        len(ROUNDS) + 2, 1.0, WRITTEN_RATE,
    )  # fmt: skip
    reader = folder / "trained.safetensors"
    mean_of([before, after], reader, [1 - WRITTEN_SHARE, WRITTEN_SHARE])
    if limit:
        sys.exit(f"Tried out: {reader} is not shipped.")
    partial = OUT.with_suffix(".partial")
    shutil.copyfile(reader, partial)
    partial.rename(OUT)
    print(f"wrote {OUT}, {OUT.stat().st_size / 1e6:.1f} MB; now `make fit fit-support`")


if __name__ == "__main__":
    main()
