"""The one door to sqlite3: the file with its rights and its version, transactions, and errors in our own words."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING, Any

from watcher.errors import StoreDamaged, StoreLocked, StoreTooNew, StoreUnwritable, WatcherError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Row = tuple[Any, ...]
    Values = Sequence[Any] | Mapping[str, Any]

VERSION = 2
"""The version of schema.sql, kept in the file as `user_version`."""

_APPLICATION = 0x77746368  # "wtch", kept in the file as `application_id`
_HERE = Path(__file__).parent
PATIENCE = 5.0  # seconds to wait for another process's transaction


class Database:
    """An open database. It may be used from several threads: each call, and each transaction, has it alone."""

    def __init__(
        self, connection: sqlite3.Connection, name: str, again: Callable[[], sqlite3.Connection] | None = None
    ) -> None:
        self._name = name
        self._again = again  # opens it once more, where that can be done
        self._take(connection)
        self._lock = RLock()
        self._depth = 0

    def _take(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # One cursor for everything: a connection remembers those it has made, two hundred of them, and each would lie
        # scattered among the mail that is in memory meanwhile, so that none of that memory is given back.
        self._cursor = connection.cursor()

    # --- opening ---

    @classmethod
    def open(cls, path: Path, patience: float = PATIENCE) -> Database:
        """The database at `path`, made (file 0600, folder 0700) or brought to the newest version where needed.

        Raises StoreTooNew, StoreDamaged, StoreLocked (another process wrote for longer than `patience` seconds) and
        StoreUnwritable.
        """
        _make_private(path)
        with _translated(str(path)):
            connection = _connect(_uri(path, "mode=rw"), patience)
        try:
            with _translated(str(path)):
                _check(connection, str(path))
                _keep_a_log(connection, patience)
                _set_up(connection)
                _bring_up(connection)
        except BaseException:
            connection.close()
            raise
        return cls(connection, str(path), lambda: _connect_again(path, patience))

    @classmethod
    def open_for_reading(cls, path: Path) -> Database:
        """The database at `path` as it stands, beside whoever writes to it; no file is made or changed by it.

        Where there is none, or one of an older version, what is read is a copy in memory of the newest version.
        """
        if not path.exists():
            return cls.fresh()
        connection, version = _connect_for_reading(path)
        if version == VERSION:
            return cls(connection, str(path))
        with _closing(connection), _translated(str(path)):
            return cls(_copy(connection), f"a copy of {path}")

    @classmethod
    def open_copy(cls, path: Path) -> Database:
        """A copy in memory of the database at `path`, of the newest version; no file is made or changed by it."""
        if not path.exists():
            return cls.fresh()
        connection, _ = _connect_for_reading(path)
        with _closing(connection), _translated(str(path)):
            return cls(_copy(connection), f"a copy of {path}")

    @classmethod
    def fresh(cls) -> Database:
        """An empty database in memory."""
        connection = _connect(":memory:", PATIENCE)
        connection.execute("PRAGMA foreign_keys = ON")
        _bring_up(connection)
        return cls(connection, "a database in memory")

    def copy(self) -> Database:
        """A copy of this database in memory."""
        with self._lock, _translated(self._name):
            return Database(_copy(self._connection), f"a copy of {self._name}")

    def renew(self) -> None:
        """Open it once more in the place of the connection there is, which goes with everything it keeps to be fast:
        pages, and statements that lie scattered among what was in memory when they were first used. One in memory, or
        one that cannot be opened just now, stays as it is."""
        with self._lock:
            if self._again is None or self._depth:
                return
            try:
                connection = self._again()
            except sqlite3.Error:
                return
            before = self._connection
            self._take(connection)
            before.close()

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        with self._lock, _translated(self._name):
            self._again = None
            self._connection.close()

    # --- using ---

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside. One inside another can fail without taking the outer along."""
        with self._lock:
            inner = f"inner{self._depth}" if self._depth else ""
            self.run(f"SAVEPOINT {inner}" if inner else "BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                self.run(f"RELEASE {inner}" if inner else "COMMIT")
            except BaseException:
                # After some failures (a full disk) SQLite has rolled everything back by itself.
                if self._connection.in_transaction:
                    if inner:
                        self.run(f"ROLLBACK TO {inner}")
                    self.run(f"RELEASE {inner}" if inner else "ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def run(self, statement: str, values: Values = ()) -> int:
        """Execute; gives the number of rows changed."""
        with self._lock, _translated(self._name):
            return self._cursor.execute(statement, values).rowcount

    def run_many(self, statement: str, rows: Iterable[Values]) -> int:
        """Execute once for each row; gives the number of rows changed. While they are made, the rows are not to ask the
        database for anything."""
        with self._lock, _translated(self._name):
            return self._cursor.executemany(statement, rows).rowcount

    def rows(self, query: str, values: Values = ()) -> list[Row]:
        """All rows of a query."""
        with self._lock, _translated(self._name):
            return self._cursor.execute(query, values).fetchall()

    def row(self, query: str, values: Values = ()) -> Row | None:
        """The first row of a query, None where there is none. All are fetched: a query that is left halfway would hold
        the database as it was."""
        with self._lock, _translated(self._name):
            return next(iter(self._cursor.execute(query, values).fetchall()), None)

    def check(self) -> None:
        """Read the whole file and raise StoreDamaged where it does not hold together."""
        found = self.rows("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            raise _damaged(self._name)


# --- the file ---------------------------------------------------------------------------------------------------------


def make_private_folder(folder: Path) -> None:
    """Make `folder`, readable by the user alone, where it is missing. Raises StoreUnwritable."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(
            f"{folder} cannot be made ({error.strerror}).", "Check who owns the folder above it."
        ) from error


def _keep_a_log(connection: sqlite3.Connection, patience: float) -> None:
    """Turn write-ahead logging on. Where another process is about to do the same, SQLite says at once that the database
    is locked, whatever the busy timeout (https://www.sqlite.org/rescode.html#busy_recovery), so that we wait here."""
    until, pause = time.monotonic() + patience, Event()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            pause.wait(0.02)
        else:
            return


def _make_private(path: Path) -> None:
    make_private_folder(path.parent)
    try:
        if not path.exists():
            path.touch(mode=0o600)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StoreUnwritable(
            f"{path} cannot be opened ({error.strerror}).", "Check who owns it and its folder."
        ) from error


def _uri(path: Path, options: str) -> str:
    return f"{path.absolute().as_uri()}?{options}"


def _connect(uri: str, patience: float) -> sqlite3.Connection:
    # One connection for all threads: Database's own lock lets them in one by one.
    connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA temp_store = MEMORY")  # mail never lies in a temporary file
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "secure_delete = FAST"):
        connection.execute(f"PRAGMA {pragma}")


def _connect_again(path: Path, patience: float) -> sqlite3.Connection:
    """A further connection to a database that is open, of the newest version."""
    connection = _connect(_uri(path, "mode=rw"), patience)
    try:
        _set_up(connection)
        if _version(connection) != VERSION:  # somebody has put another file in its place
            raise sqlite3.DatabaseError("another file")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_for_reading(path: Path) -> tuple[sqlite3.Connection, int]:
    """A connection, and the version found. No file changes under it, neither the database nor its `-wal` and `-shm`.

    Without a `-wal` nobody has the file open, and it is read as if it could not change. With one, a writer is at work
    or was killed; `readonly_shm` reads past it all the same (https://sqlite.org/wal.html#read_only_databases).
    """
    wal = path.with_name(path.name + "-wal")
    shm = path.with_name(path.name + "-shm")
    if not wal.exists() or not wal.stat().st_size:
        options = "mode=ro&immutable=1"
    elif shm.exists():
        options = "mode=ro&readonly_shm=1"
    else:
        options = "mode=ro"
    try:
        return _connect_and_check(path, options)
    except StoreUnwritable:
        # A writer has only just begun, and SQLite wants to note a reader's place in the `-shm`.
        return _connect_and_check(path, "mode=ro")


def _connect_and_check(path: Path, options: str) -> tuple[sqlite3.Connection, int]:
    with _translated(str(path)):
        connection = _connect(_uri(path, options), PATIENCE)
        try:
            return connection, _check(connection, str(path))
        except BaseException:
            connection.close()
            raise


def _copy(connection: sqlite3.Connection) -> sqlite3.Connection:
    copy = _connect(":memory:", PATIENCE)
    connection.backup(copy)
    copy.execute("PRAGMA foreign_keys = ON")
    _bring_up(copy)
    return copy


@contextmanager
def _closing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    finally:
        connection.close()


# --- the version ------------------------------------------------------------------------------------------------------


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _check(connection: sqlite3.Connection, name: str) -> int:
    """The version of a file; refuses one that is no database of ours, or of a newer version."""
    connection.execute("BEGIN")  # as one picture: another process may just be making it
    try:
        version = _version(connection)
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    finally:
        connection.execute("ROLLBACK")
    if application != _APPLICATION and (version or application or tables):
        raise StoreDamaged(
            f"{name} is a database, but not one of watcher.", "Move it away, or name another state folder."
        )
    if version > VERSION:
        raise StoreTooNew(
            f"{name} was written by a newer watcher (version {version} of the database, this one knows {VERSION}).",
            "Upgrade watcher, or go back to a copy of the file from before the upgrade.",
        )
    return version


def _bring_up(connection: sqlite3.Connection, version: int = VERSION, here: Path = _HERE) -> None:
    """Make the tables, or migrate them step by step, each step all or nothing."""
    while (found := _version(connection)) < version:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been faster.
            if _version(connection) == found:
                target = found + 1 if found else version
                file = here / "migrations" / f"{target:04}.sql" if found else here / "schema.sql"
                for statement in _statements(file.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {target}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one (`executescript` would commit the transaction first)."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


# --- errors -----------------------------------------------------------------------------------------------------------


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _translation(error, name) from error


def _translation(error: sqlite3.Error, name: str) -> WatcherError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StoreLocked(f"{name} has been closed.", "Open it again.")
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreLocked(f"Another process is writing to {name}.", "Try again in a moment.")
        case sqlite3.SQLITE_FULL:
            return StoreUnwritable(f"There is no room left to write to {name}.", "Free some space on its disk.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return StoreUnwritable(f"{name} cannot be opened or written.", "Check who owns it and its folder.")
        case sqlite3.SQLITE_IOERR:
            return StoreUnwritable(f"The disk failed to read or write {name}.", "Check the disk and its free space.")
        case _:
            return _damaged(name)


def _damaged(name: str) -> StoreDamaged:
    return StoreDamaged(
        f"{name} is damaged.",
        "Move it away (with its -wal and -shm files): the next scan makes a new one from your mailbox. "
        "Corrections, notes and mutes are only in the old one, so go back to a backup of it if you have one.",
    )
