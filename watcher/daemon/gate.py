"""Lets the threads of the daemon work together while no other process does: the lock of one pass, held by counting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watcher.daemon.stopping import Stopping
from watcher.errors import StoreLocked
from watcher.store.lock import Lock

RETRY = 0.1  # seconds


class Gate:
    """Open to all our threads as soon as one of them has the lock; given back when the last has left, so that `scan`
    and the user's words find it free while the daemon waits."""

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self._lock = Lock(path, "run")
        self._stopping = stopping
        self._mutex = threading.Lock()
        self._inside = 0

    @contextmanager
    def passed(self, alive: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Wait for the other process, if there is one, and keep it out meanwhile. `alive` is told while it waits.

        Raises StoreUnwritable, and Stopping where the daemon ends meanwhile.
        """
        while not self._enter():
            alive()
            if self._stopping.wait(RETRY):
                raise Stopping
        try:
            yield
        finally:
            with self._mutex:
                self._inside -= 1
                if not self._inside:
                    self._lock.release()

    def _enter(self) -> bool:
        with self._mutex:
            if not self._inside:
                try:
                    self._lock.take()
                except StoreLocked:
                    return False
            self._inside += 1
            return True
