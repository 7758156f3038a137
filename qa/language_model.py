"""Language models: any that LangChain opens, behind one small door that streams text.

Nothing is imported or contacted before the first call.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply as it arrives; the token counts of all pieces add up to the reply's."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0


def never() -> bool:
    """Nobody cancels."""
    return False


class LanguageModel(Protocol):
    """Writes text for a prompt."""

    @property
    def name(self) -> str:
        """What the answer record calls it, as in `openai:gpt-4.1-mini`."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        timeout_s: float,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Piece]:
        """The reply in pieces, complete within `timeout_s` seconds of the call.

        Raises ModelFailed, whose message is the reason in one sentence: not complete in time,
        unreachable, rate-limited, cut off, malformed, or `cancelled()` turned true. Closing the
        iterator early closes the connection.
        """


def open_model(settings: Settings) -> LanguageModel | None:
    """The model that the settings name, to be opened at first use; None where they name none."""
    raise NotImplementedError
