"""Answers in the making, each under an id of its client's own, so that it can be stopped."""

import threading
from collections.abc import Callable
from weakref import WeakValueDictionary

from qa import NotFound


class Running:
    """What is being answered. Safe to use from many threads."""

    def __init__(self) -> None:
        # Whoever makes an answer holds on to what tells whether it is stopped, and nobody else
        # does: so an answer that is made, or failed, is not in here.
        self._stops: WeakValueDictionary[str, threading.Event] = WeakValueDictionary()

    def begin(self, ask_id: str) -> Callable[[], bool]:
        """What tells, at any later time, whether the answer of this id was stopped."""
        stop = threading.Event()
        self._stops[ask_id] = stop
        return stop.is_set

    def stop(self, ask_id: str) -> None:
        """Stop what is written for the answer of this id; raises NotFound when none is made."""
        stop = self._stops.get(ask_id)
        if stop is None:
            raise NotFound("Nothing of this id is being answered.")
        stop.set()
