"""What goes wrong with a language model: what an error means, whether and when to try again."""

import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from qa.errors import ModelFailed

FAILURES_IN_A_ROW = 3
"""Calls that fail, each after its tries, before the model is left alone for a while."""

PAUSE_S = 30.0
"""Seconds for which it is left alone."""

# Names of classes, since the providers' packages raise their own and none is imported here.
_UNREACHED = {"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror", "ProxyError"}
_BROKEN = {"TransportError", "APIConnectionError", "ConnectionError", "ModelConnectionError"}
_SLOW = {"TimeoutException", "TimeoutError", "APITimeoutError", "ModelTimeoutError"}
_UNREADABLE = {"ValueError", "LookupError", "TypeError", "AttributeError", "DecodingError"}
_REPORTED = {"APIError", "ResponseError", "ModelError"}

_REFUSED = {
    401: "did not accept the key (401)",
    403: "may not be used with this key (403)",
    404: "is not known to its server (404)",
    429: "is asked too often, or its quota is used up (429)",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, to be read after the model's name; whether it may pass, and when."""

    reason: str
    passes: bool = False
    wait_s: float | None = None


class Cancelled(ModelFailed):
    """The caller didn't want the reply any more, so the model is not to blame."""


def trouble(error: Exception, *, started: bool) -> Trouble:
    """What any provider's error means; `started` says whether some of the reply had come."""
    status, kinds = status_of(error), _kinds(error)
    if status is not None:
        return _refusal(status, error)
    found = next((meant for names, meant in _meanings(started) if kinds & names), None)
    return found or Trouble(f"failed in an unforeseen way ({type(error).__name__})")


def status_of(error: Exception) -> int | None:
    """The HTTP status that an error carries, itself or in its response."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status > 0:
            return status
    return None


def missing_key(error: Exception) -> str | None:
    """The variable of the key that a provider's package asks for before it contacts anyone."""
    named = re.search(r"\b[A-Z][A-Z0-9_]*_API_KEY\b", str(error))
    return named.group() if named and status_of(error) is None else None


def is_of_server(error: Exception) -> bool:
    """Whether an error met while a reply is read may quote a server, which has keys of its own."""
    return bool(_kinds(error) & (_REPORTED | _UNREADABLE))


class Breaker:
    """Leaves a model alone for a while that failed several times in a row, then tries it once."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._alone_until = 0.0
        self._trying = False

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around a call: raises ModelFailed at once while the model is left alone.

        A call that was cancelled or couldn't begin says nothing about the model.
        """
        trial = self._admit()
        try:
            yield
            self._note(failed=False)
        except Cancelled:
            raise
        except ModelFailed:
            self._note(failed=True)
            raise
        finally:
            if trial:
                self._trying = False

    def _admit(self) -> bool:
        """Whether this call is the one that tries a failing model again."""
        with self._lock:
            if self._failures < FAILURES_IN_A_ROW:
                return False
            left = self._alone_until - self._clock()
            if left > 0 or self._trying:
                raise ModelFailed(
                    f"{self._name} failed {self._failures} times in a row; "
                    f"it is tried again in {max(1, math.ceil(left))} s."
                )
            self._trying = True
            return True

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            self._alone_until = self._clock() + PAUSE_S


def _meanings(started: bool) -> tuple[tuple[set[str], Trouble], ...]:
    """What the names of an error's classes mean, the first that fits."""
    broken = Trouble("broke off in the middle of its reply")
    return (
        (_UNREACHED, broken if started else Trouble("cannot be reached", passes=True)),
        (_SLOW, Trouble("did not answer in time", passes=True)),
        (_BROKEN, broken if started else Trouble("broke off without a reply", passes=True)),
        (_UNREADABLE, Trouble("sent a reply that cannot be read")),
        (_REPORTED, Trouble("reported an error instead of a reply")),
    )


def _refusal(status: int, error: Exception) -> Trouble:
    if status == 429:
        return Trouble(_REFUSED[status], passes=True, wait_s=_retry_after(error))
    if status >= 500:
        reason = f"has a server that fails ({status})"
        return Trouble(reason, passes=True, wait_s=_retry_after(error))
    if status < 400:
        return Trouble(f"sends to another address, which is not followed ({status})")
    return Trouble(_REFUSED.get(status, f"refused the request ({status})"))


def _retry_after(error: BaseException) -> float | None:
    """The seconds that the server asks to wait, if it does: a number or a date."""
    # Ollama's package raises its own error without the response, in place of one that has it.
    holder = error if hasattr(error, "response") else error.__context__
    headers = getattr(getattr(holder, "response", None), "headers", None)
    asked = str(headers.get("retry-after", "")) if headers is not None else ""
    if re.fullmatch(r"\d+(\.\d+)?", asked):
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _kinds(error: BaseException | None) -> set[str]:
    """The names of the error's classes and of those of its causes."""
    kinds: set[str] = set()
    while error is not None:
        kinds |= {kind.__name__ for kind in type(error).__mro__}
        error = error.__cause__
    return kinds
