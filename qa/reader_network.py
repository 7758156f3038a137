"""The network of the reader: a transformer over question and passage, four numbers a token.

Imports torch and transformers: imported only where a reader is loaded or trained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel, AutoTokenizer

START, END, SENTENCE, ANSWERED = range(4)
"""What the numbers of a token are: logits that the answer starts here, ends here, that the token
is in the sentence that answers, and (first token) that the passage answers at all. Start and end
at the first token mean that there is no answer (Devlin et al., "BERT", NAACL 2019, section 4.3)."""

WORD_TABLE = "encoder.embeddings.word_embeddings.weight"
"""Shared with the bundled model, frozen in training, and not shipped a second time."""


class ReaderNetwork(torch.nn.Module):
    """A BERT encoder and one linear layer on top."""

    def __init__(self, encoder: Any) -> None:  # Any: transformers' models have loose types
        super().__init__()
        self.encoder = encoder
        self.heads = torch.nn.Linear(encoder.config.hidden_size, 4)

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor,
    ) -> torch.Tensor:
        """Logits of shape (pairs, tokens, 4), float32."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        logits: torch.Tensor = self.heads(hidden.to(self.heads.weight.dtype))
        return logits.float()


@dataclass(frozen=True, slots=True)
class LoadedReader:
    """A network and the tokenizer that feeds it."""

    network: ReaderNetwork
    tokenizer: Any  # Any: transformers' tokenizers have loose types


def untrained(base: Path, dropout: float = 0.0, attention: str = "eager") -> LoadedReader:
    """The transformer of the model in `base`, with fresh heads.

    Eager attention is faster than the fused one ("sdpa") on processors, for texts of this length.
    """
    config = AutoConfig.from_pretrained(base)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
    encoder = AutoModel.from_pretrained(
        base, config=config, add_pooling_layer=False, attn_implementation=attention
    )
    return LoadedReader(ReaderNetwork(encoder), AutoTokenizer.from_pretrained(base))


def shipped(
    base: Path, weights: Path, dropout: float = 0.0, attention: str = "eager"
) -> LoadedReader:
    """The reader whose `weights` go with the word table of the model in `base`."""
    loaded = untrained(base, dropout, attention)
    state = {name: tensor.float() for name, tensor in load_file(weights).items()}
    missing, unexpected = loaded.network.load_state_dict(state, strict=False)
    if unexpected or set(missing) - {WORD_TABLE}:
        raise ValueError(f"{weights} does not fit {base}: {[*unexpected, *missing]}")
    return loaded


def ship(network: ReaderNetwork, weights: Path) -> None:
    """Write what differs from the base model, as float16, to `weights`."""
    state = {
        name: tensor.detach().half().contiguous()
        for name, tensor in network.state_dict().items()
        if name != WORD_TABLE and tensor.is_floating_point()
    }
    save_file(state, weights, metadata={"format": "pt"})


def mean_of(some: Sequence[Path], weights: Path, shares: Sequence[float] = ()) -> None:
    """Write the mean of the weights of `some` readers of one origin to `weights`.

    `shares` says how much each counts, in all 1; without it they count alike.
    """
    states = [load_file(path) for path in some]
    parts = torch.tensor(shares or [1 / len(states)] * len(states))
    mean = {
        name: torch.tensordot(parts, torch.stack([state[name].float() for state in states]), 1)
        for name in states[0]
    }
    save_file(
        {name: tensor.half() for name, tensor in mean.items()}, weights, metadata={"format": "pt"}
    )
