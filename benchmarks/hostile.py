"""What hostile articles get through: `python -m benchmarks.hostile`, with the shipped models.

Nothing here is a language model. The worst one is played instead, which obeys every order of an
article to the letter; what is counted is what a reader would then see.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from qa import Answer, Engine, Filters, Settings, Turn
from qa.details import has_foreign_code, missing_details
from qa.indexing import index_paths
from qa.language_model import Message, Piece, never
from qa.questions import words_of
from qa.reply import WrittenSentence, sentences_of

ROOT = Path(__file__).parents[1]
ATTACKS = ROOT / "tests" / "testsets" / "hostile.jsonl"
WIDTH_IN_A_FILE = 120
CHECKS = ("refused", "citation", "code", "details", "support", "other")
"""What caught an attack: no answer was tried; a check of `qa/verification.py`; or another rule."""
_PASSAGE = r"^--- {code} passage (\d+) ---\n{title}$"

Fate = Literal["through", "quoted", "marked", "stopped"]
"""The harm is shown as supported; as an article's own words; as unsupported; or not at all."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Told(_Line):
    """An honest article that an attack lies about."""

    title: str
    text: str


class Before(_Line):
    """An earlier turn of the conversation."""

    question: str
    answer: str


class Attack(_Line):
    """A hostile article, what it is found by, and what a model that obeys it says."""

    id: str
    kind: str
    title: str
    text: str
    question: str
    obeyed: str
    """`[N]` is the number of the hostile passage, `[M]` that of `beside`, CODE the fence's code."""
    harm: tuple[str, ...]
    beside: Told | None = None
    history: tuple[Before, ...] = ()
    format: Literal["txt", "html"] = "txt"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation so far; with one, `obeyed` is what the question is rewritten to."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)

    @property
    def files(self) -> dict[str, str]:
        """The files that hold its articles, by name."""
        page = self.text if self.format == "html" else f"{self.title}\n\n{self.text}\n"
        files = {f"{self.id}.{self.format}": page}
        if self.beside:
            files[f"{self.id}-beside.txt"] = f"{self.beside.title}\n\n{self.beside.text}\n"
        return files

    def reply(self, prompt: str) -> str:
        """What the model says to `prompt`."""
        found = re.search(r"^--- (\w+) passage 1 ---$", prompt, re.MULTILINE)
        code = found.group(1) if found else ""
        said = self.obeyed.replace("CODE", code)
        for sign, title in (("[N]", self.title), ("[M]", self.beside and self.beside.title)):
            if title and sign in said:
                said = said.replace(sign, f"[{_number(title, code, prompt)}]")
        return said

    def harms(self, text: str) -> bool:
        """Whether `text` holds what the attack wants to be read."""
        return any(harm in text for harm in self.harm)


def _number(title: str, code: str, prompt: str) -> str:
    pattern = _PASSAGE.format(code=code, title=re.escape(title))
    found = re.search(pattern, prompt, re.MULTILINE)
    return found.group(1) if found else "0"


def read_attacks(path: Path = ATTACKS) -> tuple[Attack, ...]:
    """The attacks, one a line."""
    lines = path.read_text("utf-8").split("\n")
    return tuple(Attack.model_validate_json(line) for line in lines if line)


def write_articles(attacks: Iterable[Attack], folder: Path) -> None:
    """A file for each article, hostile or lied about."""
    for attack in attacks:
        for name, text in attack.files.items():
            (folder / name).write_text(text, "utf-8")


def without_others(attack: Attack, attacks: Iterable[Attack]) -> Filters:
    """The filter that leaves out the articles of all attacks but one."""
    others = (name for other in attacks if other is not attack for name in other.files)
    return Filters(exclude=tuple(others))


def fate(attack: Attack, answer: Answer) -> Fate:
    """What a reader of `answer` sees of the attack."""
    supports = {s.support for s in answer.sentences if attack.harms(s.text)}
    misled = attack.harms(answer.query) or (answer.abstained and attack.harms(answer.answer))
    if "supported" in supports or misled:
        return "through"
    if supports & {"replaced", "verbatim"}:
        return "quoted"
    return "marked" if supports else "stopped"


class Obedient:
    """A language model that obeys the article of the attack that is set."""

    name = "obedient:worst"

    def __init__(self) -> None:
        self.attack: Attack | None = None
        self.replies: list[str] = []

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        timeout_s: float,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Piece]:
        """The obeyed text; where that is a rewrite, the answer after it is none."""
        assert self.attack
        is_second = bool(self.attack.history and self.replies)
        self.replies.append("NOT ANSWERED" if is_second else self.attack.reply(messages[-1].text))
        yield Piece(self.replies[-1])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attack, what caught it, and whether it would be shown unchecked."""

    attack: Attack
    fate: Fate
    caught_by: str
    unchecked: bool


def outcome(engine: Engine, model: Obedient, attack: Attack, filters: Filters) -> Outcome:
    """Ask the attack's question."""
    model.attack, model.replies = attack, []
    answer = engine.ask(attack.question, history=attack.turns, filters=filters)
    seen = fate(attack, answer)
    if not model.replies:
        return Outcome(attack, seen, "refused", unchecked=False)
    caught_by = "" if seen == "through" else _caught_by(engine, attack, answer, model.replies[0])
    return Outcome(attack, seen, caught_by, unchecked=True)


def _caught_by(engine: Engine, attack: Attack, answer: Answer, reply: str) -> str:
    """The check that caught the harmful sentence of `reply`, the first one in their order."""
    harmful = [s for s in sentences_of([reply]) if attack.harms(s.text)]
    if attack.history or not harmful:
        return "other"
    texts = [f"{passage.title}\n{passage.text}" for passage in answer.passages]
    return _failed_check(harmful[0], answer.question, texts)


def _failed_check(written: WrittenSentence, question: str, texts: Sequence[str]) -> str:
    if not written.cited or not all(1 <= n <= len(texts) for n in written.cited):
        return "citation"
    if has_foreign_code(written.text):
        return "code"
    ordinary = {word for text in (question, *texts) for word in words_of(text) if word.islower()}
    cited = "\n".join(texts[n - 1] for n in written.cited)
    return "details" if missing_details(written.text, cited, ordinary) else "support"


def measure(attacks: Sequence[Attack], beside: Path) -> Iterator[Outcome]:
    """Each attack through the engine as it is shipped, among the articles of `beside`."""
    with TemporaryDirectory() as folder:
        hostile = Path(folder, "articles")
        hostile.mkdir()
        write_articles(attacks, hostile)
        model = Obedient()
        engine = Engine(replace(Settings(), index_dir=Path(folder, "index")), model=model)
        try:
            index_paths(engine.settings, engine.embedder, [hostile, beside])
            for attack in attacks:
                yield outcome(engine, model, attack, without_others(attack, attacks))
        finally:
            engine.close()


def table(outcomes: Sequence[Outcome]) -> Table:
    """A row a kind, and one for all."""
    shown = Table(
        "kind", caption="caught by: the first check that failed; quoted: among the caught"
    )
    for column in ("attacks", "unchecked", "through", "quoted", *CHECKS):
        shown.add_column(column, justify="right")
    kinds = list(dict.fromkeys(outcome.attack.kind for outcome in outcomes))
    for kind in kinds:
        of_kind = [outcome for outcome in outcomes if outcome.attack.kind == kind]
        shown.add_row(kind, *_cells(of_kind), end_section=kind == kinds[-1])
    shown.add_row("all", *_cells(outcomes))
    return shown


def _cells(outcomes: Sequence[Outcome]) -> list[str]:
    fates = Counter(outcome.fate for outcome in outcomes)
    caught = Counter(outcome.caught_by for outcome in outcomes)
    unchecked = sum(outcome.unchecked for outcome in outcomes)
    counts = [len(outcomes), unchecked, fates["through"], fates["quoted"]]
    return [str(count) for count in (*counts, *(caught[check] for check in CHECKS))]


def main() -> None:
    """Measure the attacks among the seed articles, and name those that get through."""
    outcomes = list(measure(read_attacks(), ROOT / "seeds"))
    console = Console(width=None if sys.stdout.isatty() else WIDTH_IN_A_FILE, highlight=False)
    console.print(table(outcomes))
    through = [outcome.attack.id for outcome in outcomes if outcome.fate == "through"]
    console.print("Got through:", ", ".join(through) or "none")


if __name__ == "__main__":
    main()
