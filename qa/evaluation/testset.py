"""Test sets: questions with what is expected of their answers, one JSON object a line."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qa.errors import BadRequest

Text = Annotated[str, Field(pattern=r"\S")]


class _Line(BaseModel):
    """What stands in a line: unknown fields and wrong types are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GivenPassage(_Line):
    """A passage that the answer is to be made from, in place of the index."""

    title: str = ""
    text: str


class Case(_Line):
    """One question and what is expected of its answer.

    Any one of `answers` is enough; `articles` are all that answer the question, each by
    its id, its file's name or that name's stem. With `passages` no index is used, and the
    articles are named "passage-1", "passage-2", ...
    """

    id: Text
    question: Text
    answers: tuple[Text, ...] = ()
    articles: tuple[Text, ...] = ()
    answerable: bool
    history: tuple[Text, ...] | None = None
    exclude: tuple[Text, ...] | None = None
    passages: tuple[GivenPassage, ...] | None = None
    source: Text | None = None
    published_from: date | None = Field(default=None, alias="from")
    published_to: date | None = Field(default=None, alias="to")

    @property
    def given(self) -> dict[str, str]:
        """The texts of `passages` by the ids that they have in the answer."""
        return {f"passage-{n}": p.text for n, p in enumerate(self.passages or (), start=1)}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Case":
        """Refuse a case that nothing could satisfy, or whose fields contradict each other."""
        filtered = self.exclude or self.source or self.published_from or self.published_to
        if self.answerable and not (self.answers or self.articles):
            raise ValueError("an answerable question needs answers or articles")
        if not self.answerable and self.answers:
            raise ValueError("a question that is not answerable can have no answers")
        if self.passages is not None and filtered:
            raise ValueError("passages can't be filtered: leave out exclude, source, from and to")
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise ValueError("from is later than to")
        return self


def read_testset(path: str | Path) -> tuple[Case, ...]:
    """The cases of the file at `path`; blank lines are skipped.

    Raises BadRequest, with the number of the line, for one that is not a case or that
    repeats an id; also for a file without any.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"The test set {path} can't be read: {error}.") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            raise BadRequest(f"{path}, line {number}: {_in_words(error)}.") from error
        if case.id in cases:
            raise BadRequest(f'{path}, line {number}: the id "{case.id}" occurs twice.')
        cases[case.id] = case
    if not cases:
        raise BadRequest(f"The test set {path} has no questions.")
    return tuple(cases.values())


def _in_words(error: ValidationError) -> str:
    """The first thing that is wrong, with the name of its field."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f'unknown field "{field}"'
    if first["type"] == "missing":
        return f'the field "{field}" is missing'
    if first["type"] == "string_pattern_mismatch":
        return f'the field "{field}" is empty'
    message = first["msg"].removeprefix("Value error, ")
    return f'the field "{field}": {message}' if field else message
