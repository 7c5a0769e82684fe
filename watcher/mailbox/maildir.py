"""A mailbox that lies on this machine: a Maildir++ or a tree of Maildirs, as mbsync and offlineimap make them.

Reading never moves a file from `new` to `cur` and never touches a name, a flag or a time: that is the mail program's
work. The format: https://cr.yp.to/proto/maildir.html; Maildir++ folders: .Folder.Sub beside cur, new and tmp.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from watcher.errors import DraftRefused, MailboxUnavailable
from watcher.mailbox.base import Batch, Cursor, Removal
from watcher.mailbox.maildir_folders import Place, find_places
from watcher.mailbox.maildir_names import Entry, Seen, flags_of, list_entries, stamp_of
from watcher.mailbox.reached import Abilities
from watcher.message import fields
from watcher.message.model import Account, Folder, RawMessage, Ref, Role
from watcher.message.structure import without_attachments

BATCH = 500
MESSAGE_ID = fields.names("message-id")
HEADER_READ = 8 * 1024
FILE_LIMIT = 64 * 1024 * 1024  # bytes of one message that are looked at
SEARCHED = (Role.DRAFTS, Role.SENT, Role.TRASH)
NO_DRAFTS = "Make a folder named Drafts in your mail program, or a Maildir named .Drafts."
CHECK_PATH = "Check `path` of this account in the config, and that the folder may be read."


class MaildirMailbox:
    """One account's Maildir at `path`. `clock` gives the time of day in seconds, as the file system sees it."""

    def __init__(self, account: Account, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.account = account.name
        self._path = path
        self._clock = clock
        self._places: dict[str, Place] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._ids: dict[tuple[str, str], str] = {}

    def open(self) -> None:
        """See `Mailbox.open`. Raises MailboxUnavailable where no Maildir is found."""
        if not self._places:
            self.folders()

    def close(self) -> None:
        """See `Mailbox.close`."""
        self._places, self._entries = {}, {}

    # --- looked at from outside (see `Examined`) ----------------------------------------------------------------

    def reach(self) -> None:
        """See `Examined.reach`."""

    def server_time(self) -> None:
        """See `Examined.server_time`."""

    def abilities(self) -> Abilities:
        """See `Examined.abilities`."""
        try:
            inside = [self._drafts().path / part for part in ("tmp", "cur", "new")]
        except DraftRefused:
            inside = []
        writable = bool(inside) and all(os.access(part, os.W_OK | os.X_OK) for part in inside)
        return Abilities(tells_of_news=False, takes_back=writable, drafts=writable)

    # --- reading ------------------------------------------------------------------------------------------------

    def folders(self) -> Sequence[Folder]:
        """See `Mailbox.folders`."""
        try:
            places = find_places(self._path)
        except OSError as error:
            raise MailboxUnavailable(
                f"The Maildir at {self._path} cannot be read: {error.strerror}.", CHECK_PATH
            ) from error
        if not places:
            raise MailboxUnavailable(f"There is no Maildir at {self._path}.", CHECK_PATH)
        self._places = {place.folder.name: place for place in places}
        return [place.folder for place in places]

    def sweep(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """See `Mailbox.sweep`. The cursor names what was seen, so that mail delivered late under an old name counts."""
        place = self._place(folder.name)
        seen = Seen.read(cursor.state) if cursor else Seen()
        reset = seen is None
        seen = seen or Seen()
        stamp = stamp_of(place.path, self._clock())
        if stamp and stamp == seen.stamp:
            yield Batch(folder, (), (), Cursor(folder.name, seen.written()))
            return
        entries = self._list(folder.name)
        known = seen.keys()
        if known and not entries:
            yield Batch(folder, (), (), Cursor(folder.name, Seen().written()), reset=True)
            return
        vanished = tuple(sorted(known - entries.keys()))
        if vanished:
            seen = Seen.of(known - set(vanished))
        yield from self._news(folder, seen, [key for key in entries if key not in known], vanished, since, stamp, reset)

    def _news(
        self,
        folder: Folder,
        seen: Seen,
        fresh: Sequence[str],
        vanished: tuple[str, ...],
        since: datetime | None,
        stamp: str,
        reset: bool,
    ) -> Iterator[Batch]:
        """The batches of a sweep: what has gone with the first, what is new a slice each, oldest first."""
        dated = sorted((self._delivered(folder.name, key), key) for key in fresh)
        earliest = since.timestamp() if since else float("-inf")
        old = [key for at, key in dated if at < earliest]
        wanted = [key for at, key in dated if at >= earliest]
        seen = seen.with_keys(old)
        start = 0
        while True:
            slice_ = wanted[start : start + BATCH]
            start += len(slice_)
            last = start >= len(wanted)
            messages = [message for key in slice_ if (message := self._read(folder, key, whole=False))]
            seen = seen.with_keys([message.ref.key for message in messages])
            state = seen.written(stamp if last else "")
            cursor = Cursor(folder.name, state)
            yield Batch(folder, tuple(messages), vanished, cursor, reset, done=start, total=len(wanted))
            if last:
                return
            vanished, reset = (), False

    def fetch(self, refs: Iterable[Ref]) -> Iterator[RawMessage]:
        """See `Mailbox.fetch`."""
        for ref in refs:
            place = self._places.get(ref.folder) or self._find_place(ref.folder)
            message = self._read(place.folder, ref.key, whole=True) if place else None
            if message is not None:
                yield message

    def drafts(self) -> Sequence[RawMessage]:
        """See `Mailbox.drafts`. What another program has marked as deleted is not there any more."""
        folder = self._drafts().folder
        keys = [key for key, entry in self._list(folder.name).items() if "T" not in entry.flags]
        return [message for key in keys if (message := self._read(folder, key, whole=True, bare=False))]

    def find(self, message_id: str) -> Sequence[tuple[Folder, Ref]]:
        """See `Mailbox.find`. It looks into every file of those folders, once each."""
        found = []
        for place in (self._places or self._all_places()).values():
            if place.folder.role not in SEARCHED:
                continue
            for key, entry in self._list(place.folder.name).items():
                if "T" not in entry.flags and self._id(place.folder, key) == message_id:
                    found.append((place.folder, Ref(place.folder.name, key)))
        return found

    def _id(self, folder: Folder, key: str) -> str:
        known = self._ids.get((folder.name, key))
        if known is None:
            message = self._read(folder, key, whole=False)
            ids = fields.split(message.data, MESSAGE_ID).get("message-id") if message else None
            known = (fields.ids_of(ids[0]) or ("",))[0] if ids else ""
            self._ids[folder.name, key] = known
        return known

    # --- drafts -------------------------------------------------------------------------------------------------

    def place(self, message: bytes, message_id: str, thread: str = "") -> Ref:
        """See `Mailbox.place`. Written to tmp first, so that no program ever sees half a draft."""
        place = self._drafts()
        entries = self._list(place.folder.name)
        unique = f"{int(self._clock())}.M{token_hex(6)}P{os.getpid()}.{_host()}"
        name = f"{unique}{_delimiter(entries.values())}2,DS"
        temporary, final = place.path / "tmp" / unique, place.path / "cur" / name
        try:
            temporary.parent.mkdir(mode=0o700, exist_ok=True)
            _write(temporary, message)
            _move(temporary, final)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise DraftRefused(
                f"The draft could not be written to {place.path}: {error.strerror}.",
                "Check that the folder may be written and the disk has room.",
            ) from error
        self._list(place.folder.name)
        return Ref(place.folder.name, unique)

    def withdraw(self, ref: Ref, expected: bytes) -> Removal:
        """See `Mailbox.withdraw`. A Maildir has a file for each message, so one unlink takes one message."""
        place = self._drafts()
        if ref.folder != place.folder.name:
            raise DraftRefused(f"{ref.folder} is not the folder for drafts.", "Only drafts are ever taken back.")
        for _ in range(3):  # another program may rename the file (flags) between our reading and our removing
            entry = self._list(ref.folder).get(ref.key)
            if entry is None or "T" in entry.flags:
                return Removal.GONE
            try:
                if _unix(entry.path.read_bytes()) != _unix(expected):
                    return Removal.CHANGED
                entry.path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise DraftRefused(
                    f"The draft could not be removed from {place.path}: {error.strerror}.",
                    "Check that the folder may be written.",
                ) from error
            self._ids.pop((ref.folder, ref.key), None)
            self._list(ref.folder)
            return Removal.REMOVED
        return Removal.CHANGED

    # --- files --------------------------------------------------------------------------------------------------

    def _all_places(self) -> dict[str, Place]:
        self.folders()
        return self._places

    def _find_place(self, name: str) -> Place | None:
        return (self._places or self._all_places()).get(name) or self._all_places().get(name)

    def _place(self, name: str) -> Place:
        place = self._find_place(name)
        if place is None:
            raise MailboxUnavailable(f"The folder {name} is not in the Maildir at {self._path} any more.", CHECK_PATH)
        return place

    def _drafts(self) -> Place:
        for place in (self._places or self._all_places()).values():
            if place.folder.role is Role.DRAFTS:
                return place
        raise DraftRefused(f"The Maildir at {self._path} has no folder for drafts.", NO_DRAFTS)

    def _list(self, name: str) -> dict[str, Entry]:
        path = self._place(name).path
        try:
            self._entries[name] = list_entries(path)
        except OSError as error:
            raise MailboxUnavailable(f"The Maildir at {path} cannot be read: {error.strerror}.", CHECK_PATH) from error
        return self._entries[name]

    def _delivered(self, name: str, key: str) -> float:
        try:
            return self._entries[name][key].path.stat().st_mtime
        except OSError:
            return float("inf")  # renamed or gone since: reading it will tell

    def _read(self, folder: Folder, key: str, *, whole: bool, bare: bool = True) -> RawMessage | None:
        """The message with this key, None where it has gone; a file that was renamed meanwhile is looked for again."""
        entries = self._entries.get(folder.name) or self._list(folder.name)
        for again in (False, True):
            if again:
                entries = self._list(folder.name)
            entry = entries.get(key)
            if entry is None:
                continue
            try:
                with entry.path.open("rb", buffering=0) as file:
                    delivered = os.fstat(file.fileno()).st_mtime
                    data = file.read(FILE_LIMIT) if whole else _read_header(file.read)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise MailboxUnavailable(f"{entry.path} cannot be read: {error.strerror}.", CHECK_PATH) from error
            if whole and bare:
                data = without_attachments(data)
            at = datetime.fromtimestamp(delivered, UTC)
            ref = Ref(folder.name, key)
            return RawMessage(self.account, ref, folder.role, at, data, whole, flags=flags_of(entry.flags))
        return None


def _read_header(read: Callable[[int], bytes]) -> bytes:
    """The bytes up to the blank line, as little of the file as that takes."""
    data = b""
    while len(data) < fields.BLOCK_LIMIT:
        more = read(HEADER_READ)
        data += more
        _, start = fields.blank_line(data)
        if start < len(data) or not more:
            break
    return data[: fields.blank_line(data)[1]]


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _move(temporary: Path, final: Path) -> None:
    """Into its place for good; a link never overwrites, but not every file system has links."""
    try:
        os.link(temporary, final)
    except OSError:
        temporary.rename(final)
    else:
        temporary.unlink()
    directory = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _host() -> str:
    return socket.gethostname().replace("/", "\\057").replace(":", "\\072") or "localhost"


def _delimiter(entries: Iterable[Entry]) -> str:
    """What stands between name and flags in this folder; some file systems have no colon."""
    return next((entry.delimiter for entry in entries if entry.delimiter), ":")


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")
