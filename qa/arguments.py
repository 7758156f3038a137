"""What programs send with a question: its numbers, and the first mistake in one sentence."""

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, Field

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_EXPECTED = {
    "missing": "is missing",
    "string_type": "must be a text",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} characters",
    "int_type": "must be a whole number",
    "int_parsing_size": "is far too large",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "date_type": "must be a date like 2024-01-31",
    "literal_error": "must be one of {expected}",
    "value_error": "must not be empty",
}


def _whole(number: object) -> object:
    """In JSON, 5.0 is a whole number."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


SentenceCount = Annotated[int, Field(ge=1, le=10), BeforeValidator(_whole)]
PassageCount = Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)]
Offset = Annotated[int, Field(ge=0), BeforeValidator(_whole)]


def mistake(problem: "ErrorDetails", takes: type[BaseModel], unknown: str) -> str:
    """What is wrong with a value that has a name, or with the name: then that it is `unknown`."""
    name = named(str(problem["loc"][0]))
    if problem["type"] == "extra_forbidden":
        known = ", ".join(field.alias or key for key, field in takes.model_fields.items())
        return f"{name} is {unknown} are {known}."
    expected = _EXPECTED.get(problem["type"], "has a wrong value")
    return f"{name} {expected.format(**problem.get('ctx', {}))}."


def named(name: str) -> str:
    """A name that a stranger chose, short enough and without control characters."""
    shown = "".join(ch if ch.isprintable() else " " for ch in name[:60]).replace("`", "'")
    return f"`{shown}`"
