"""How a thread learns in the middle of its work that the daemon ends."""

from __future__ import annotations

import threading
import time


class Stopping(BaseException):
    """The daemon ends; what is under way is left as it is, whole up to the last transaction."""


class Pulse:
    """The progress of the threads: it tells whether one of them has been at one thing for too long."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._beats: dict[str, float] = {}

    def beat(self, who: str) -> None:
        """A step was made. Raises Stopping where the daemon ends."""
        self._beats[who] = time.monotonic()
        if self._stopping.is_set():
            raise Stopping

    def rest(self, who: str) -> None:
        """The thread waits for something to happen, and may do so for ever."""
        self._beats.pop(who, None)

    def stuck(self, seconds: float) -> list[str]:
        """Who has made no step for so long."""
        now = time.monotonic()
        return [who for who, at in list(self._beats.items()) if now - at > seconds]
