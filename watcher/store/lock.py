"""One writer at a time: a lock on a file, which the kernel lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from watcher.errors import StoreLocked, StoreUnwritable
from watcher.store.sqlite import make_private_folder

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class Holder(NamedTuple):
    """Who holds a lock: process id (0 where it could not be read) and what it is doing ("run", "scan")."""

    pid: int
    what: str


class Lock:
    """The lock on the file at `path`, for an instance of the daemon or for one pass. A context manager that takes it.

    The file stays where it is when the lock is let go: removing it would let two processes lock two files of one name.
    """

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        self._what = what
        self._file: int | None = None

    def take(self, *, wait: bool = False) -> None:
        """Take the lock; waits for it, for as long as it may take, only where `wait`. A second time does nothing.

        Raises StoreLocked, which names the holder, and StoreUnwritable.
        """
        if self._file is not None:
            return
        make_private_folder(self._path.parent)
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        try:
            _lock(file, wait)
            os.truncate(file, 0)
            os.pwrite(file, f"{os.getpid()} {self._what}\n".encode(), 0)
        except BlockingIOError as error:
            other = _read(file)
            os.close(file)
            raise StoreLocked(
                f"watcher {other.what} is at work (process {other.pid}).", "Wait until it is done, or stop it."
            ) from error
        except OSError as error:
            os.close(file)
            raise _unwritable(self._path, error) from error
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def release(self) -> None:
        """Let go of the lock; never raises."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(path: Path) -> Holder | None:
    """Who holds the lock on the file at `path` now, None where nobody does. Makes and changes no file."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(file)
    finally:
        os.close(file)
    return None


def _lock(file: int, wait: bool) -> None:
    """Lock an open file. Somebody who merely asks for the holder has it for an instant, so one refusal is none."""
    for _ in range(3):
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            Event().wait(0.02)
    return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read(file: int) -> Holder:
    pid, _, what = os.pread(file, 200, 0).decode(errors="replace").strip().partition(" ")
    return Holder(int(pid) if pid.isdigit() else 0, what)


def _unwritable(path: Path, error: OSError) -> StoreUnwritable:
    return StoreUnwritable(f"{path} cannot be locked ({error.strerror}).", "Check who owns it and its folder.")
