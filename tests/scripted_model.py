"""A language model that says what a test wrote, and remembers what it was asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from qa.language_model import Message, Piece, never
from qa.model_troubles import Cancelled

Said = str | Exception | Callable[[str], str]


@dataclass
class ScriptedModel:
    """Replies one after the other, in pieces of five letters; each costs 100 tokens in, 7 out.

    A reply may be a function of the last message, or an error; a text followed by an error in a
    tuple breaks off.
    """

    replies: list[Said | tuple[str, Exception]]
    name: str = "scripted:test"
    asked: list[Sequence[Message]] = field(default_factory=list)
    limits: list[tuple[int, float]] = field(default_factory=list)
    closed: int = 0

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        timeout_s: float,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Piece]:
        self.asked.append(messages)
        self.limits.append((max_tokens, timeout_s))
        reply = self.replies.pop(0)
        text, error = reply if isinstance(reply, tuple) else (reply, None)
        if isinstance(text, Exception):
            raise text
        if callable(text):
            text = text(messages[-1].text)
        try:
            for at in range(0, len(text), 5):
                if cancelled():
                    raise Cancelled("It was cancelled.")
                yield Piece(text[at : at + 5])
            if error:
                raise error
            yield Piece("", tokens_in=100, tokens_out=7)
        finally:
            self.closed += 1
