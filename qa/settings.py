"""The settings: one frozen record, each field with its default and its help.

The environment is read here and nowhere else; unknown `QA_*` names and impossible
values are refused at start.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qa.errors import BadRequest

SCHEMA_VERSION = 5
"""Raised when the shape of the database or of what is embedded changes."""


def _setting(default: Any, help_text: str) -> Any:  # Any: dataclasses.field does the same
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, by `QA_<NAME>` in the environment or by keyword."""

    index_dir: Path = _setting(Path("vectorstore"), "Folder of the built index.")
    abstain_threshold: float = _setting(
        0.28, "Refuse below this confidence, 0 to 1; 0 never refuses, higher refuses more."
    )
    sentences: int = _setting(3, "Most sentences in an answer, 1 to 10.")
    passages: int = _setting(16, "Most passages that are read for an answer, 1 to 100.")
    candidates: int = _setting(50, "Passages fetched from each search before fusion, 1 to 500.")
    age_weight: float = _setting(
        1.0,
        "How much newer articles come before older ones, 0 to 5: 0 not at all, 1 as measured.",
    )
    embedding_model: str = _setting(
        "bundled", "`bundled`, or a local folder of a sentence-transformers model."
    )
    reader: str = _setting(
        "bundled",
        "`bundled`, `none` (similarity alone), or the folder or hub name of a question-answering "
        "model or cross-encoder.",
    )
    llm: str = _setting(
        "",
        "Language model that writes the answers, as `provider:model` (`ollama:llama3.2`, "
        "`openai:gpt-4.1-mini`); empty: none, the articles' own words.",
    )
    llm_base_url: str = _setting(
        "", "Address of the model's server, where it is not the provider's own."
    )
    llm_api_key: str = _setting(
        "", "Key for QA_LLM_BASE_URL; the provider's own variable is used for its own host alone."
    )
    llm_timeout_s: float = _setting(
        30.0,
        "Seconds for the model, after search and reading, from which on the extractive answer is "
        "given instead, 0.1 to 600.",
    )
    llm_budget_tokens: int = _setting(
        6000, "Most tokens, in and out, that one answer may cost, 1500 to 1000000."
    )
    llm_cache: int = _setting(
        256, "Written answers kept for the same question on the same index; 0 keeps none."
    )
    unsupported: str = _setting(
        "quote",
        "What becomes of a written sentence that is not supported: `quote` puts the article's "
        "words in its place, `drop` leaves it out, `mark` shows it as unsupported.",
    )
    precision: str = _setting(
        "auto", "`auto` measures what this processor is fast in; or `float32`, `bfloat16`."
    )
    passage_chars: int = _setting(900, "Most characters in a passage, 200 to 4000.")
    batch_passages: int = _setting(256, "Passages embedded between two checkpoints, 8 to 4096.")
    max_question_chars: int = _setting(
        1000, "Longest question accepted, in characters, 100 or more."
    )
    max_body_bytes: int = _setting(65536, "Largest request body accepted, in bytes.")
    max_file_mb: int = _setting(200, "Largest article file read, in megabytes, up to 100000.")
    host: str = _setting("127.0.0.1", "Address that `qa serve` listens on.")
    port: int = _setting(8000, "Port that `qa serve` listens on; 0 takes a free one.")
    trusted_hosts: str = _setting(
        "", "Host names the site answers to, by commas; empty: its own address only, `*`: any."
    )
    bench_dir: str = _setting("", "Folder of public benchmark data, for benchmarks and tests.")

    def __post_init__(self) -> None:
        """Refuse impossible values in one sentence that names the variable."""
        checks = {
            "abstain_threshold": 0 <= self.abstain_threshold <= 1,
            "sentences": 1 <= self.sentences <= 10,
            "passages": 1 <= self.passages <= 100,
            "candidates": 1 <= self.candidates <= 500,
            "age_weight": 0 <= self.age_weight <= 5,
            "llm": not self.llm or all(self.llm.partition(":")),
            "llm_base_url": not self.llm_base_url or _is_address(self.llm_base_url),
            "llm_timeout_s": 0.1 <= self.llm_timeout_s <= 600,
            "llm_budget_tokens": 1500 <= self.llm_budget_tokens <= 1_000_000,
            "llm_cache": self.llm_cache >= 0,
            "unsupported": self.unsupported in {"quote", "drop", "mark"},
            "precision": self.precision in {"auto", "float32", "bfloat16"},
            "passage_chars": 200 <= self.passage_chars <= 4000,
            "batch_passages": 8 <= self.batch_passages <= 4096,
            "max_question_chars": self.max_question_chars >= 100,
            "max_body_bytes": self.max_body_bytes >= 1024,
            "max_file_mb": 1 <= self.max_file_mb <= 100_000,
            "port": 0 <= self.port <= 65535,
        }
        for name, holds in checks.items():
            if not holds:
                raise BadRequest(
                    f"QA_{name.upper()}={getattr(self, name)} is out of range: {help_for(name)}"
                )

    def fingerprint(self) -> str:
        """A short hash of what shapes an index; two indexes of one fingerprint are alike."""
        shape = {
            "schema": SCHEMA_VERSION,
            "model": self.embedding_model,
            "passage_chars": self.passage_chars,
        }
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]


def _is_address(text: str) -> bool:
    """Whether `text` is the address of a server."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half a bracket, or a port that is none
        return False


def help_for(name: str) -> str:
    """The help sentence of the setting `name`."""
    return next(str(f.metadata["help"]) for f in fields(Settings) if f.name == name)


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings from `environ` (the process's own by default), then from `overrides`.

    An override of None is as if it were not given. Raises BadRequest for an unknown
    `QA_*` name or a value of the wrong type or range.
    """
    environ = os.environ if environ is None else environ
    types = {f"QA_{f.name.upper()}": (f.name, f.type) for f in fields(Settings)}
    defaults = Settings()
    values: dict[str, Any] = {}  # Any: each field has its own type
    for key in sorted(k for k in environ if k.startswith("QA_")):
        if key not in types:
            known = ", ".join(sorted(types))
            raise BadRequest(f"{key} is not a setting; the settings are {known}.")
        name, kind = types[key]
        if not environ[key].strip() and getattr(defaults, name) != "":
            raise BadRequest(f"{key} is empty; leave it out, or set it: {help_for(name)}")
        try:
            values[name] = kind(environ[key])  # type: ignore[operator]  # field types are classes
        except ValueError as error:
            raise BadRequest(f"{key}={environ[key]!r} is not usable: {help_for(name)}") from error
    values.update({k: v for k, v in overrides.items() if v is not None})
    return replace(defaults, **values)
