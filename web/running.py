"""The answers in the making, by their conversations, so that they can be stopped."""

import threading
from collections.abc import Callable
from weakref import WeakValueDictionary

from qa import NotFound


class Running:
    """In which conversations something is being answered. Safe to use from many threads."""

    def __init__(self) -> None:
        # Whoever makes an answer holds on to what tells whether it is stopped, and nobody else
        # does: so a conversation is gone from here once its answer is made, or failed.
        self._stops: WeakValueDictionary[str, threading.Event] = WeakValueDictionary()
        self._lock = threading.Lock()

    def __contains__(self, conversation_id: str) -> bool:
        """Whether something is being answered in this conversation."""
        return conversation_id in self._stops

    def begin(self, conversation_id: str) -> Callable[[], bool]:
        """What tells, at any later time, whether what is asked now was stopped."""
        with self._lock:
            stop = self._stops.get(conversation_id)
            if stop is None or stop.is_set():
                stop = self._stops[conversation_id] = threading.Event()
        return stop.is_set

    def stop(self, conversation_id: str) -> None:
        """Stop what is being written in this conversation; raises NotFound if nothing is."""
        stop = self._stops.get(conversation_id)
        if stop is None:
            raise NotFound("Nothing is being answered in this conversation.")
        stop.set()
