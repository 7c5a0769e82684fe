"""A mailbox in memory that keeps to the whole contract: for tests, and wherever no real mail should be near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from watcher.errors import DraftRefused, MailboxUnavailable, WatcherError
from watcher.mailbox.base import Batch, Cursor, Removal
from watcher.message import fields
from watcher.message.model import Account, Folder, RawMessage, Ref, Role
from watcher.message.structure import without_attachments

BATCH = 5
MESSAGE_ID = fields.names("message-id")
STANDARD = (
    Folder("INBOX", Role.INBOX),
    Folder("Archive", Role.ARCHIVE),
    Folder("Drafts", Role.DRAFTS),
    Folder("Sent", Role.SENT),
    Folder("Trash", Role.TRASH),
)


@dataclass(slots=True)
class Shelf:
    """One folder: its messages by key, and what came and went, numbered."""

    folder: Folder
    messages: dict[str, RawMessage] = field(default_factory=dict)
    log: list[tuple[str, bool]] = field(default_factory=list)  # key, and whether it came (or went)


class MemoryMailbox:
    """A mailbox whose mail is what `deliver` was given.

    `trouble` is raised by every verb of the protocol while it is set, as a lost connection would be. `now` is the time
    of delivery of the drafts it is given.
    """

    def __init__(
        self,
        account: Account,
        folders: Iterable[Folder] = STANDARD,
        now: datetime = datetime(2026, 1, 1, tzinfo=UTC),
    ) -> None:
        self.account = account.name
        self.trouble: WatcherError | None = None
        self.now = now
        self._shelves = {folder.name: Shelf(folder) for folder in folders}
        self._count = 0

    # --- the world outside ---------------------------------------------------------------------------------------

    def deliver(
        self, folder: str, data: bytes, received_at: datetime, flags: Iterable[str] = (), thread: str = ""
    ) -> Ref:
        """A message arrives."""
        shelf = self._shelf(folder)
        self._count += 1
        ref = Ref(folder, str(self._count))
        shelf.messages[ref.key] = RawMessage(
            self.account, ref, shelf.folder.role, received_at, data, thread=thread, flags=frozenset(flags)
        )
        shelf.log.append((ref.key, True))
        return ref

    def remove(self, ref: Ref) -> None:
        """Another client deletes a message for good."""
        shelf = self._shelf(ref.folder)
        if shelf.messages.pop(ref.key, None) is not None:
            shelf.log.append((ref.key, False))

    def mark(self, ref: Ref, *flags: str) -> None:
        """Another client sets flags."""
        shelf = self._shelf(ref.folder)
        message = shelf.messages[ref.key]
        shelf.messages[ref.key] = replace(message, flags=message.flags | set(flags))

    def everything(self) -> list[RawMessage]:
        """Every message of every folder, whole."""
        return [message for shelf in self._shelves.values() for message in shelf.messages.values()]

    # --- the contract --------------------------------------------------------------------------------------------

    def open(self) -> None:
        """See `Mailbox.open`."""
        self._check()

    def close(self) -> None:
        """See `Mailbox.close`."""

    def folders(self) -> Sequence[Folder]:
        """See `Mailbox.folders`."""
        self._check()
        return [shelf.folder for shelf in self._shelves.values()]

    def sweep(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """See `Mailbox.sweep`. The cursor is the number of comings and goings that were seen."""
        self._check()
        shelf = self._shelf(folder.name)
        place = _place_in(cursor, len(shelf.log))
        reset = place is None
        place = place or 0
        known = _alive(shelf.log[:place])
        if known and not shelf.messages:
            yield Batch(folder, (), (), Cursor(folder.name, str(len(shelf.log))), reset=True)
            return
        vanished = tuple(key for key in known if key not in shelf.messages)
        fresh = [
            number for number, (key, came) in enumerate(shelf.log[place:], start=place + 1)
            if came and key in shelf.messages
        ]  # fmt: skip
        for start in range(0, max(len(fresh), 1), BATCH):
            slice_ = fresh[start : start + BATCH]
            last = start + BATCH >= len(fresh)
            messages = [self._header(shelf.messages[shelf.log[number - 1][0]]) for number in slice_]
            state = len(shelf.log) if last else slice_[-1]
            if not last:
                state = max(state, place)
            wanted = tuple(message for message in messages if since is None or message.received_at >= since)
            yield Batch(
                folder, wanted, vanished, Cursor(folder.name, str(state)), reset, start + len(slice_), len(fresh)
            )
            vanished, reset = (), False

    def fetch(self, refs: Iterable[Ref]) -> Iterator[RawMessage]:
        """See `Mailbox.fetch`."""
        self._check()
        for ref in refs:
            message = self._shelf(ref.folder).messages.get(ref.key)
            if message is not None:
                yield replace(message, data=without_attachments(message.data))

    def drafts(self) -> Sequence[RawMessage]:
        """See `Mailbox.drafts`."""
        self._check()
        return list(self._drafts().messages.values())

    def find(self, message_id: str) -> Sequence[tuple[Folder, Ref]]:
        """See `Mailbox.find`."""
        self._check()
        return [
            (shelf.folder, message.ref)
            for shelf in self._shelves.values()
            if shelf.folder.role in (Role.DRAFTS, Role.SENT, Role.TRASH)
            for message in shelf.messages.values()
            if id_of(message.data) == message_id
        ]

    def place(self, message: bytes, message_id: str, thread: str = "") -> Ref:
        """See `Mailbox.place`."""
        self._check()
        return self.deliver(self._drafts().folder.name, message, self.now, ("\\Draft", "\\Seen"), thread)

    def withdraw(self, ref: Ref, expected: bytes) -> Removal:
        """See `Mailbox.withdraw`."""
        self._check()
        shelf = self._drafts()
        if ref.folder != shelf.folder.name:
            raise DraftRefused(f"{ref.folder} is not the folder for drafts.", "Only drafts are ever taken back.")
        message = shelf.messages.get(ref.key)
        if message is None:
            return Removal.GONE
        if message.data.replace(b"\r\n", b"\n") != expected.replace(b"\r\n", b"\n"):
            return Removal.CHANGED
        self.remove(ref)
        return Removal.REMOVED

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def _shelf(self, name: str) -> Shelf:
        if name not in self._shelves:
            raise MailboxUnavailable(f"There is no folder {name}.")
        return self._shelves[name]

    def _drafts(self) -> Shelf:
        for shelf in self._shelves.values():
            if shelf.folder.role is Role.DRAFTS:
                return shelf
        raise DraftRefused("The account has no folder for drafts.", "Make a folder named Drafts in your mail program.")

    def _header(self, message: RawMessage) -> RawMessage:
        return replace(message, data=message.data[: fields.blank_line(message.data)[1]], whole=False)


def _place_in(cursor: Cursor | None, length: int) -> int | None:
    """The place a cursor stands for; None where it makes no sense."""
    if cursor is None:
        return 0
    return int(cursor.state) if cursor.state.isdecimal() and int(cursor.state) <= length else None


def _alive(log: Sequence[tuple[str, bool]]) -> list[str]:
    alive: dict[str, None] = {}
    for key, came in log:
        if came:
            alive[key] = None
        else:
            alive.pop(key, None)
    return list(alive)


def id_of(data: bytes) -> str:
    """The Message-ID of a message's bytes, "" where it has none."""
    end, _ = fields.header_end(data)
    found = fields.split(data[:end], MESSAGE_ID).get("message-id")
    ids = fields.ids_of(found[0]) if found else ()
    return ids[0] if ids else ""
