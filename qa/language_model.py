"""Language models: any that LangChain opens, behind one small door that streams text.

Nothing is contacted, and no provider's package imported, before the first call.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, Protocol

from qa.errors import BadRequest, ModelFailed, QAError
from qa.model_providers import (
    SAY_HOW_THEY_END,
    check_installed,
    counts_on,
    host_of,
    most_tokens,
    open_chat_model,
    provider_of,
)
from qa.model_troubles import Breaker, Cancelled, is_of_server, missing_key, status_of, trouble
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

TRIES = 3
"""Tries of one call, as long as nothing has come of the reply."""

_CUT = {"length", "max_tokens", "max_output_tokens"}
"""How providers say, in lower case, that a reply came to the most tokens."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply as it arrives; the token counts of all pieces add up to the reply's.

    `cut`: the reply ended at `max_tokens`, perhaps in the middle of a word; only at the last piece.
    """

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    cut: bool = False


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
        iterator early closes the connection. Raises BadRequest where the model can't be opened:
        its key is missing, or a setting is wrong.
        """


def open_model(
    settings: Settings, *, clock: Callable[[], float] = time.monotonic
) -> LanguageModel | None:
    """The model that the settings name, to be opened at first use; None where they name none.

    `clock` measures, in seconds, for how long a model that keeps failing is left alone. Raises
    BadRequest where the provider isn't known or its package is missing.
    """
    if not settings.llm:
        return None
    check_installed(settings)
    return _ChatModel(settings, clock)


def contacted_hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts that the configured model would contact, as `scheme://host:port`."""
    return (host_of(settings),) if settings.llm else ()


_Arrived = SimpleQueue[Piece | QAError | None]
"""The pieces of a reply, and at its end None or why it failed."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """One call: what is asked, until when (`time.monotonic`), and where the pieces go."""

    messages: Sequence[Message]
    max_tokens: int
    timeout_s: float
    deadline: float
    arrived: _Arrived


class _ChatModel:
    """A LangChain chat model, with time limits, retries and a circuit breaker.

    Replies are read in an event loop, since only there a read that hangs can be stopped at once.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self.name = settings.llm
        self._settings = settings
        self._breaker = Breaker(self.name, clock)
        self._opening = threading.Lock()
        self._opened: BaseChatModel | None = None
        self._with_temperature = True

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        timeout_s: float,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Piece]:
        """See LanguageModel."""
        deadline = time.monotonic() + timeout_s
        ask = _Ask(tuple(messages), max_tokens, timeout_s, deadline, SimpleQueue())
        return self._pieces(ask, cancelled)

    def _pieces(self, ask: _Ask, cancelled: Callable[[], bool]) -> Iterator[Piece]:
        with self._breaker.call():
            # In a context of its own: callbacks of a surrounding chain, such as a tracer that an
            # environment variable switched on, would otherwise be handed the prompt.
            reading = Context().run(asyncio.run_coroutine_threadsafe, self._read(ask), _LOOP.get())
            try:
                while (piece := self._next(ask, cancelled)) is not None:
                    yield piece
            except GeneratorExit:
                return  # what came was enough for the caller, and so the model has not failed
            finally:
                reading.cancel()  # closes the connection, if it is still open

    def _next(self, ask: _Ask, cancelled: Callable[[], bool]) -> Piece | None:
        """The next piece, None at the end."""
        while True:
            if cancelled():
                raise Cancelled(f"{self.name} was cancelled.")
            left = ask.deadline - time.monotonic()
            try:
                item = ask.arrived.get(timeout=min(0.1, max(0.0, left)))
            except Empty:
                if left <= 0:
                    raise self._late(ask) from None
                continue
            if isinstance(item, QAError):
                raise item
            return item

    async def _read(self, ask: _Ask) -> None:
        """Everything that arrives by the deadline, then None or the error."""
        trying = asyncio.create_task(self._try(ask))
        try:
            await asyncio.wait([trying], timeout=ask.deadline - time.monotonic())
        finally:
            late = not trying.done()
            _stop(trying)
        error = self._late(ask) if late else trying.exception()
        if error is None or isinstance(error, QAError):
            ask.arrived.put(error)
        else:
            kind = type(error).__name__
            ask.arrived.put(ModelFailed(f"{self.name} failed in an unforeseen way ({kind})."))

    async def _try(self, ask: _Ask) -> None:
        for tried in range(1, TRIES + 1):
            reply = _Reply()
            try:
                await self._once(ask, reply)
            except QAError:
                raise
            except Exception as error:
                wait_s = self._wait_after(error, ask, tried, started=reply.started)
                await asyncio.sleep(wait_s)
            else:
                return

    async def _once(self, ask: _Ask, reply: "_Reply") -> None:
        # The first time, packages are imported, for seconds; that mustn't hold up the loop.
        model = await asyncio.to_thread(self._open)
        await reply.read(model, ask)
        if not reply.ended and provider_of(self._settings) in SAY_HOW_THEY_END:
            raise ConnectionResetError("the reply has no end")
        if not reply.has_text:
            raise ModelFailed(
                f"{self.name} used up {ask.max_tokens} tokens before it wrote a word."
                if reply.is_cut
                else f"{self.name} sent an empty reply."
            )

    def _open(self) -> "BaseChatModel":
        with self._opening:
            if self._opened is None:
                with_temperature = self._with_temperature
                self._opened = open_chat_model(self._settings, with_temperature=with_temperature)
            return self._opened

    def _wait_after(self, error: Exception, ask: _Ask, tried: int, *, started: bool) -> float:
        """Seconds to wait until the next try; raises where there is to be none."""
        is_ours = not started and not is_of_server(error)
        if is_ours and (variable := missing_key(error)):
            raise BadRequest(f"{self.name} needs a key; set {variable}.") from error
        another = tried < TRIES and not started
        if another and self._gives_up_temperature(error):
            return 0.0
        found = trouble(error, started=started)
        # Exponential backoff with full jitter, so that many who wait don't come back together.
        jittered_s = random.uniform(0.0, 0.5 * 2 ** (tried - 1))
        wait_s = jittered_s if found.wait_s is None else found.wait_s
        if another and found.passes and time.monotonic() + wait_s < ask.deadline:
            return wait_s
        raise ModelFailed(f"{self.name} {found.reason}.") from error

    def _gives_up_temperature(self, error: Exception) -> bool:
        """Whether the model takes no temperature; it is then opened again without."""
        if status_of(error) not in {None, 400} or "temperature" not in str(error).lower():
            return False
        with self._opening:
            given_up = self._with_temperature
            if given_up:
                self._opened, self._with_temperature = None, False
            return given_up

    def _late(self, ask: _Ask) -> ModelFailed:
        return ModelFailed(f"{self.name} was not done within {round(ask.timeout_s, 1):g} s.")


class _Reply:
    """One reply as it is read."""

    def __init__(self) -> None:
        self.started = False
        self.has_text = False
        self.ended = ""  # why, in the provider's word
        self._counted = (0, 0)  # the latest counts of a server that counts on

    @property
    def is_cut(self) -> bool:
        """Whether the reply ended at the most tokens."""
        return self.ended.lower() in _CUT

    async def read(self, model: "BaseChatModel", ask: _Ask) -> None:
        """Hand on piece by piece; LangSmith's tracing is off, whatever the environment says."""
        from langsmith import tracing_context

        prompt = [(message.role, message.text) for message in ask.messages]
        adds_up = not counts_on(model)
        try:
            with tracing_context(enabled=False):
                async for chunk in model.astream(prompt, **most_tokens(model, ask.max_tokens)):
                    self._take(chunk, ask.arrived, adds_up=adds_up)
        finally:  # what is known of the cost is told of a reply that fails, too
            self._hand_on(Piece("", *self._counted, cut=self.is_cut), ask.arrived)

    def _take(self, chunk: "AIMessageChunk", arrived: _Arrived, *, adds_up: bool) -> None:
        self.ended = self.ended or _end_of(chunk.response_metadata)
        usage = chunk.usage_metadata
        tokens = (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
        if usage and not adds_up:
            self._counted, tokens = tokens, (0, 0)
        self._hand_on(Piece(str(chunk.text), *tokens), arrived)

    def _hand_on(self, piece: Piece, arrived: _Arrived) -> None:
        if piece != Piece(""):
            self.started = True
            self.has_text = self.has_text or bool(piece.text.strip())
            arrived.put(piece)


def _end_of(metadata: dict[str, Any]) -> str:
    """Why the reply ended, "" before it does."""
    # The last two are of OpenAI's Responses interface, where some of its models are to be had only.
    names = ("finish_reason", "done_reason", "stop_reason", "done", "incomplete_details", "status")
    found = next((metadata[name] for name in names if metadata.get(name)), "")
    return str(found.get("reason") if isinstance(found, dict) else found)


def _stop(task: asyncio.Task[None]) -> None:
    """Cancel a task until it is over, with time between to close its connection undisturbed.

    Once isn't enough: before Python 3.12, `asyncio.wait_for` in a provider's package loses a
    cancellation that meets a result.
    """
    if not task.done():
        task.cancel()
        task.get_loop().call_later(1.0, _stop, task)
    elif not task.cancelled():
        task.exception()  # otherwise it is logged that nobody asked for it


class _Loop:
    """An event loop in a thread of its own, begun at first use.

    One for the process, though we keep no other global state: the providers' packages keep one
    pool of connections for all models of an address, and a connection belongs to its loop.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        """The running loop."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                run = self._loop.run_forever
                threading.Thread(target=run, name="language models", daemon=True).start()
            return self._loop


_LOOP = _Loop()
