"""Which letters were ever written, in a small file beside the database: it outlives one that is lost or restored.

A letter that the user deletes for good leaves no trace in the mailbox, and a database that is deleted or older knows
nothing of it; it would be written once more. The file holds the Message-IDs of our drafts, a line each, and nothing
else (docs/adr/0017).
"""

from __future__ import annotations

import os
from pathlib import Path

from watcher.errors import StoreUnwritable


class Ledger:
    """The Message-IDs in the file at `path`; without one they are kept in memory alone. `known` are in it from the
    beginning."""

    def __init__(self, path: Path | None, known: frozenset[str] = frozenset()) -> None:
        self._path = path
        self._known = known

    @classmethod
    def beside(cls, storage: Path) -> Ledger:
        """That of the database at `storage`."""
        return cls(_file(storage))

    @classmethod
    def copy_beside(cls, storage: Path) -> Ledger:
        """A copy of it in memory."""
        return cls(None, _read(_file(storage)))

    def copy(self) -> Ledger:
        """A copy in memory."""
        return Ledger(None, self._all())

    def is_new(self) -> bool:
        """Whether nothing was ever written to it."""
        return not self._all()

    def holds(self, message_id: str) -> bool:
        """Whether a letter of this Message-ID was ever written. Raises StoreUnwritable."""
        return message_id in self._all()

    def note(self, *message_ids: str) -> None:
        """Add letters, for good. Raises StoreUnwritable."""
        fresh = [each for each in message_ids if not self.holds(each)]
        if self._path is None:
            self._known |= frozenset(fresh)
        elif fresh:
            _append(self._path, fresh)

    def _all(self) -> frozenset[str]:
        return self._known if self._path is None else self._known | _read(self._path)


def _file(storage: Path) -> Path:
    return storage.with_suffix(".letters")


def _read(path: Path) -> frozenset[str]:
    try:
        return frozenset(path.read_text(encoding="utf-8", errors="replace").split())
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise _unwritable(path, error) from error


def _append(path: Path, lines: list[str]) -> None:
    # The line end before each line keeps it whole where the last one was cut short by a crash or a full disk.
    data = "".join(f"\n{line}\n" for line in lines).encode("utf-8", "replace")
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(file, data) < len(data):
                raise OSError("it was written in part")
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> StoreUnwritable:
    return StoreUnwritable(
        f"{path} cannot be read or written ({error.strerror or error}).",
        "Check who owns it, and the free space on its disk.",
    )
