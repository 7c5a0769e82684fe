"""What a running daemon tells those beside it (`status`, `show`, `scan`): a small file next to the database.

It lies outside the database, because a full disk or a locked database is among what it has to tell.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from pathlib import Path
from typing import Any

from watcher.errors import WatcherError
from watcher.store.lock import holder

ROOM = 4096  # bytes kept from the beginning, so that writing needs no new space on a full disk


def instance_lock(storage: Path) -> Path:
    """The lock that the daemon holds as long as it lives; another than that of one pass."""
    return storage.with_suffix(".run")


def _file(storage: Path) -> Path:
    return storage.with_suffix(".daemon")


def write(storage: Path, told: dict[str, Any]) -> None:
    """Leave word. It is only for show, so a disk that does not take it is no failure."""
    data = json.dumps(told, ensure_ascii=False).encode()
    with contextlib.suppress(OSError):
        file = os.open(_file(storage), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, data.ljust(ROOM), 0)
            os.ftruncate(file, max(len(data), ROOM))
        finally:
            os.close(file)


def read(storage: Path) -> dict[str, Any] | None:
    """What the daemon that runs now has told last, None where none does."""
    try:
        held = holder(instance_lock(storage))
    except WatcherError:  # what cannot be asked is not running for us
        return None
    if held is None:
        return None
    told: Any = None
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(_file(storage).read_bytes())
    return {"pid": held.pid, **(told if isinstance(told, dict) and told.get("pid") == held.pid else {})}


def nudge(storage: Path, *, forgive: bool = False) -> None:
    """Ask the daemon that runs now, if one does, for a pass of its own; with `forgive` to try parked accounts again."""
    told = read(storage)
    if told is not None and told.get("pid", 0) > 0 and "accounts" in told:
        with contextlib.suppress(OSError):
            os.kill(told["pid"], signal.SIGHUP if forgive else signal.SIGUSR1)
