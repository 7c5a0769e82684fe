"""The store as the rest of the house sees it: one object over all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from watcher.store.derived import DerivedTables
from watcher.store.gathering import GatheringTables
from watcher.store.kindred import KindredTables
from watcher.store.ledger import Ledger
from watcher.store.record import RecordTables
from watcher.store.sqlite import PATIENCE, Database

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class Store(GatheringTables, RecordTables, DerivedTables, KindredTables):
    """What watcher remembers. A context manager; it may be used from several threads.

    Every method may raise StoreLocked (another process is writing), StoreUnwritable and StoreDamaged. Each method that
    writes does so in one transaction; `transaction` joins several.
    """

    def __init__(self, database: Database, ledger: Ledger | None = None) -> None:
        self._db = database
        self._ledger = ledger or Ledger(None)
        if self._ledger.is_new():
            self._ledger.note(*self.placed_ids())

    @classmethod
    def open(cls, path: Path, patience: float = PATIENCE) -> Self:
        """The store in the file at `path`, made or migrated where needed; `patience` is how many seconds it waits for
        another process's transaction. Raises StoreTooNew for a newer one."""
        return cls(Database.open(path, patience), Ledger.beside(path))

    @classmethod
    def open_for_reading(cls, path: Path) -> Self:
        """The store at `path` for `status` and `show`, beside a running daemon: it cannot be written to, and makes and
        changes no file. An empty one where there is none."""
        return cls(Database.open_for_reading(path), Ledger.copy_beside(path))

    @classmethod
    def open_copy(cls, path: Path) -> Self:
        """A copy in memory of the store at `path`, for a dry run (law 11): nothing on disk is made or changed. An empty
        one where there is none."""
        return cls(Database.open_copy(path), Ledger.copy_beside(path))

    @classmethod
    def in_memory(cls) -> Self:
        """An empty store that no file holds."""
        return cls(Database.fresh())

    def copy_in_memory(self) -> Self:
        """A copy of this store that no file holds."""
        return type(self)(self._db.copy(), self._ledger.copy())

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what is written inside; other threads and processes wait meanwhile.

        One inside another may fail alone, where its error is caught in between.
        """
        return self._db.transaction()

    def check(self) -> None:
        """Read the whole file (which may take seconds) and raise StoreDamaged where it does not hold together."""
        self._db.check()

    def tidy(self) -> None:
        """Keep the file in good order, now and then: what was logged goes into it, and SQLite looks at its indexes."""
        self._db.rows("PRAGMA optimize")
        self._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
