"""Checks an installation: the packages, the model, the index, and who would be contacted."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from qa.errors import NoIndex, QAError
from qa.index import Index
from qa.language_model import Message, contacted_hosts, open_model
from qa.models import LocalEmbedder
from qa.reading import open_reader, untitled_passage
from qa.settings import Settings

PACKAGES = ("chromadb", "flask", "langchain", "sentence-transformers", "torch", "trafilatura")

TRIAL_TOKENS = 256
"""Enough for a word, and for a model that thinks before it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding."""

    what: str
    found: str
    ok: bool


def examine(settings: Settings) -> list[Check]:
    """Look at everything that an answer needs; nothing is changed."""
    checks = [Check("python", platform.python_version(), True)]
    checks += [_tried(name, lambda name=name: version(name)) for name in PACKAGES]  # type: ignore[misc]  # mypy can't type a default in a lambda
    checks.append(_tried("model", lambda: _model(settings)))
    checks.append(_tried("reader", lambda: _reader(settings)))
    checks.append(_tried("index", lambda: _index(settings)))
    checks += contacts(settings)
    return checks


def contacts(settings: Settings) -> list[Check]:
    """Who is contacted: nobody, or the language model's server, which is then tried."""
    if not settings.llm:
        return [Check("hosts contacted", "none; everything runs on this machine", True)]

    def asked() -> str:
        began = time.monotonic()
        model = open_model(settings)
        assert model is not None
        prompt = [Message("user", "Answer with the one word OK.")]
        for _ in model.stream(prompt, max_tokens=TRIAL_TOKENS, timeout_s=settings.llm_timeout_s):
            pass
        return f"{model.name} answers in {(time.monotonic() - began) * 1000:.0f} ms"

    hosts = ", ".join(contacted_hosts(settings))
    return [
        _tried("language model", asked),
        Check("hosts contacted", f"{hosts}, with questions and passages", True),
    ]


def _tried(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what, look(), True)
    except PackageNotFoundError:
        return Check(what, "is not installed; run `make install`", False)
    except QAError as error:
        return Check(what, str(error), isinstance(error, NoIndex))


def _model(settings: Settings) -> str:
    embedder = LocalEmbedder(settings)
    vector = embedder.embed(["Is anybody there?"])[0]
    return f"{embedder.name}, {len(vector)} dimensions, {embedder.precision}"


def _reader(settings: Settings) -> str:
    reader = open_reader(settings)
    if reader is None:
        return "none; answers are chosen by similarity alone"
    passage = untitled_passage(["The bridge reopened in May."])
    answer = reader.read("When did the bridge reopen?", [passage])[0].sentences[0].answer
    return f"{settings.reader}, {'gives exact words' if answer else 'gives scores, no exact words'}"


def _index(settings: Settings) -> str:
    index = Index(settings)
    try:
        with index.reading() as view:
            found = view.statistics()
    finally:
        index.close()
    return (
        f"generation {found.generation} of {found.built_at}, {found.articles} articles, "
        f"{found.passages} passages, {found.sentences} sentences"
    )
