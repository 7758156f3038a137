"""Train the reader further on a GPU: several readers, and the mean of them.

`train_reader.py` calls it where there is a GPU; it takes minutes. Each member of the committee goes
on from the same weights with its own rate, by its own way through the questions: beside other texts
at every pass, much of it told otherwise (`variation.py`), some asked whether what a text says is so
(`whether.py`), and with dropout. What ships is the mean of their weights and those that they began
from: members that differ make a mean that carries over to other questions (Wortsman et al., "Model
soups", ICML 2022; Rame et al., "Diverse weight averaging", NeurIPS 2022).
"""

import argparse
import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from dataset import EXCHANGED, NEGATIVES, exchanged, names_asked_about, some_of
from learning import Learner, arguments, collate, marked
from pairs import MANY, Pair, read_pairs
from sklearn.metrics import roc_auc_score
from torch.utils.data import Dataset
from transformers import Trainer
from variation import NO_QUESTION_MARK, headed, masked, texts_of, varied, without_mark
from whether import asked_whether

from qa.models import bundled_folder, prepare_torch
from qa.reader_network import ANSWERED, END, START, LoadedReader, mean_of, ship, shipped
from qa.reading import UNREAD, best_span

MEMBERS = ((0.4, 1.5e-4), (0.6, 2e-4), (0.8, 2e-4), (0.6, 3e-4))
"""Of each member, the share of questions that is told otherwise, and the highest learning rate."""
STEPS = 3_600
QUESTIONS = 24
"""Questions of a batch, each with about two and a half texts."""
DROPOUT = 0.1
HEADED, MASKED = 0.25, 0.2
"""For these shares of what is told otherwise, the title is a headline, and the question lacks
words."""
KEPT = {"reddit": 0.6, "amazon": 0.4}
"""Of the questions least like those about articles, this share is asked in each pass: another one
each time, so that more of the reviews can be used than in the rounds."""
WORKERS = 3
MEASURED, READ_AT_ONCE = 700, 128
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

Group = list[Pair]


def groups(pairs: Sequence[Pair]) -> list[Group]:
    """The pairs of each question of a source together."""
    found: dict[tuple[str, str], Group] = defaultdict(list)
    for pair in pairs:
        found[pair.source, pair.question].append(pair)
    return list(found.values())


class Draws(Dataset[list[dict[str, Any]]]):
    """Questions in as many passes as are wanted, each time drawn and told anew.

    What is drawn depends on the seed and the number of the item alone.
    """

    def __init__(
        self, some: Sequence[Group], count: int, seed: int, otherwise: float, tokenizer: Any
    ) -> None:
        self._groups, self._seed, self._tokenizer = some, seed, tokenizer
        self._otherwise = otherwise
        self._texts = texts_of(pair for group in some for pair in group)
        self._strangers = names_asked_about(group[0] for group in some)
        self._order = list(islice(_passes(some, random.Random(seed)), count))

    def __len__(self) -> int:
        """How many questions are asked in all."""
        return len(self._order)

    def __getitem__(self, row: int) -> list[dict[str, Any]]:
        """The pairs of one question, as they are learnt from."""
        rng = random.Random(f"{self._seed} {row}")
        told = self._told(drawn(self._groups[self._order[row]], rng), rng)
        return marked(told, self._tokenizer)

    def _told(self, given: Group, rng: random.Random) -> Group:
        told = given
        if rng.random() < self._otherwise:
            if rng.random() < MASKED:
                question = masked(given[0].question, rng)  # one, beside all of its texts
                told = [replace(pair, question=question) for pair in given]
            told = [
                headed(pair, rng) if rng.random() < HEADED else pair
                for pair in varied(told, rng, self._texts)
            ]
        others = (
            exchanged(pair, self._strangers, rng)
            for pair in given
            if pair.answers and rng.random() < EXCHANGED
        )
        told = [
            *told,
            *(pair for pair in others if pair),
            *asked_whether(given, self._strangers, rng),
        ]
        if rng.random() < NO_QUESTION_MARK:
            told = [without_mark(pair) for pair in told]
        return told


def _passes(some: Sequence[Group], rng: random.Random) -> Iterator[int]:
    while True:
        rows = [n for n, g in enumerate(some) if rng.random() < KEPT.get(g[0].source, 1.0)]
        rng.shuffle(rows)
        yield from rows


def drawn(group: Group, rng: random.Random) -> Group:
    """The pairs of a question that answer it, and some of those that don't."""
    answered = [pair for pair in group if pair.answers]
    others = [pair for pair in group if not pair.answers]
    if answered:
        others = some_of(others, NEGATIVES[group[0].source], rng)
    return answered + others


def collate_groups(items: Sequence[list[dict[str, Any]]]) -> dict[str, torch.Tensor]:
    """The pairs of several questions as one batch."""
    return collate([item for group in items for item in group])


def learn(learner: Learner, data: Draws, steps: int, rate: float, seed: int, folder: Path) -> None:
    """Train the network of `learner`; `folder` is for what the trainer may write."""
    how = arguments(
        folder, steps, rate, seed, per_device_train_batch_size=QUESTIONS,
        optim="adamw_torch_fused", save_strategy="no", logging_steps=max(1, steps // 10),
        disable_tqdm=True, dataloader_num_workers=WORKERS, dataloader_prefetch_factor=8,
        train_sampling_strategy="sequential",
    )  # fmt: skip
    Trainer(model=learner, args=how, train_dataset=data, data_collator=collate_groups).train()


def member(start: Path, out: Path, number: int, steps: int) -> None:
    """Train one member of the committee from the weights of `start`."""
    otherwise, rate = MEMBERS[number]
    loaded = shipped(bundled_folder(), start, DROPOUT, "sdpa")
    some = groups([pair for pair in read_pairs(MANY) if not pair.development])
    data = Draws(some, steps * QUESTIONS, number, otherwise, loaded.tokenizer)
    learn(Learner(loaded.network), data, steps, rate, number, out.parent)
    ship(loaded.network, out)


def development_questions(tokenizer: Any) -> dict[str, list[list[dict[str, Any]]]]:
    """Development questions beside the texts that answer them and texts near those.

    As they are, and told otherwise (`told`).
    """
    some = groups([pair for pair in read_pairs(MANY) if pair.development])
    random.Random(0).shuffle(some)
    some = [group for group in some if group[0].source != "qamr"][:MEASURED]
    texts, rng = texts_of(pair for group in some for pair in group), random.Random(1)
    return {
        "as_written": [marked(group, tokenizer) for group in some],
        "told": [marked(varied(group, rng, texts), tokenizer) for group in some],
    }


def measure(
    networks: Sequence[Path], asked: dict[str, list[list[dict[str, Any]]]]
) -> dict[str, float]:
    """How well the mean answer of some readers does on development questions.

    How often the likeliest answer beside all texts of a question is in the right sentence (`first`)
    and begins and ends as marked (`exact`); of all texts, how well the likeliest answer and the
    whole passage tell those that answer (AUROC).
    """
    readers = [shipped(bundled_folder(), path, 0.0, "sdpa") for path in networks]
    for reader in readers:
        reader.network.to(DEVICE).eval()
    values = {}
    for name, questions in asked.items():
        flat = [item for question in questions for item in question]
        found = [
            likeliest(item, said) for item, said in zip(flat, _read(flat, readers), strict=True)
        ]
        rows, best = iter(zip(flat, found)), []
        for question in questions:
            own = list(islice(rows, len(question)))
            if any(item["answered"] for item, _ in own):
                best.append(max(own, key=lambda row: row[1][0]))
        truth = [item["answered"] for item in flat]
        values |= {
            f"{name}_first": np.mean([item["sentence"][at] > 0 for item, (_, at, _, _) in best]),
            f"{name}_exact": np.mean(
                [
                    item["answered"] * item["starts"][a] * item["ends"][b]
                    for item, (_, a, b, _) in best
                ]
            ),
            f"{name}_auroc_span": roc_auc_score(truth, [row[0] for row in found]),
            f"{name}_auroc_answered": roc_auc_score(truth, [row[3] for row in found]),
        }
    return {key: round(float(value), 4) for key, value in values.items()}


def _read(items: Sequence[dict[str, Any]], readers: Sequence[LoadedReader]) -> Iterator[np.ndarray]:
    """The mean logits of some readers for each of the pairs."""
    for first in range(0, len(items), READ_AT_ONCE):
        batch = {k: v.to(DEVICE) for k, v in collate(items[first : first + READ_AT_ONCE]).items()}
        inputs = batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]
        with torch.inference_mode(), torch.autocast(DEVICE, torch.bfloat16):
            said = torch.stack([reader.network(*inputs) for reader in readers]).mean(0)
        yield from said.float().cpu().numpy()


def likeliest(item: dict[str, Any], said: np.ndarray) -> tuple[float, int, int, float]:
    """The log odds of the likeliest answer, its first and last token, and those of any answer."""
    rows = np.flatnonzero(item["sentence"] >= 0)
    if not len(rows):  # nothing of the text fitted behind the question and the title
        return UNREAD, 0, 0, float(said[0, ANSWERED])
    span, first, last = best_span(said[rows])
    none = float(said[0, START] + said[0, END])
    return span - none, int(rows[first]), int(rows[last]), float(said[0, ANSWERED])


def train(start: Path, folder: Path, steps: int = STEPS) -> Path:
    """Train the members from the weights of `start`, side by side; gives the file of the mean.

    A member that stands finished in `folder`, begun from the same weights, is not trained again.
    """
    asked = development_questions(shipped(bundled_folder(), start).tokenizer)

    def report(*some: Path) -> None:
        print([path.stem for path in some], measure(some, asked), flush=True)

    report(start)
    version = sha256(start.read_bytes() + f"{MEMBERS} {steps}".encode()).hexdigest()[:8]
    members = [folder / f"member-{n}-{version}.safetensors" for n in range(len(MEMBERS))]
    _all_trained(start, members, steps)
    mean, out = folder / "mean-of-members.safetensors", folder / "committee.safetensors"
    mean_of(members, mean)
    mean_of([start, mean], out)
    for some in (*([path] for path in members), members, [mean], [out]):
        report(*some)
    return out


def _all_trained(start: Path, members: Sequence[Path], steps: int) -> None:
    """Train those of `members` that are missing, each in a process of its own, on the first GPU."""
    environment = {"CUDA_VISIBLE_DEVICES": "0", **os.environ}
    running = [
        subprocess.Popen(
            [sys.executable, __file__, *map(str, (start, path, number, steps))], env=environment
        )
        for number, path in enumerate(members)
        if not path.exists()
    ]
    try:
        failed = [process.wait() for process in running]  # all, not up to the first that did
    finally:
        for process in running:
            process.terminate()
    if any(failed):
        sys.exit("A part of the training failed; what it said stands above.")


def main() -> None:
    """Train one member."""
    parser = argparse.ArgumentParser(description="Train one reader of the committee.")
    parser.add_argument("start", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("number", type=int)
    parser.add_argument("steps", type=int)
    given = parser.parse_args()
    prepare_torch()
    torch.manual_seed(given.number)
    partial = given.out.with_suffix(".partial")  # cut off, it must not pass for finished
    member(given.start, partial, given.number, given.steps)
    partial.rename(given.out)


if __name__ == "__main__":
    main()
