"""A Drafts that only records, in front of a real mailbox: what --dry-run and preview work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watcher.errors import DraftRefused
from watcher.mailbox.base import Batch, Cursor, Mailbox, Removal
from watcher.mailbox.memory import id_of
from watcher.message.model import Folder, RawMessage, Ref, Role


class RecordingMailbox:
    """Passes all reading on to `inner`; what would be written is kept and answered for as if it had been done.

    `placed` and `withdrawn` tell it. `now` is the time of delivery of the drafts it records.
    """

    def __init__(self, inner: Mailbox, now: datetime) -> None:
        self.account = inner.account
        self.placed: list[RawMessage] = []
        self.withdrawn: list[Ref] = []
        self._inner = inner
        self._now = now

    def open(self) -> None:
        """See `Mailbox.open`."""
        self._inner.open()

    def close(self) -> None:
        """See `Mailbox.close`."""
        self._inner.close()

    def folders(self) -> Sequence[Folder]:
        """See `Mailbox.folders`."""
        return self._inner.folders()

    def sweep(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """See `Mailbox.sweep`. The recorded drafts are not swept: ours are never read as mail."""
        return self._inner.sweep(folder, cursor, since)

    def fetch(self, refs: Iterable[Ref]) -> Iterator[RawMessage]:
        """See `Mailbox.fetch`."""
        own = {message.ref: message for message in self.placed}
        asked = list(refs)
        yield from (own[ref] for ref in asked if ref in own)
        yield from self._inner.fetch([ref for ref in asked if ref not in own])

    def drafts(self) -> Sequence[RawMessage]:
        """See `Mailbox.drafts`."""
        real = [message for message in self._inner.drafts() if message.ref not in self.withdrawn]
        return [*real, *self.placed]

    def find(self, message_id: str) -> Sequence[tuple[Folder, Ref]]:
        """See `Mailbox.find`."""
        found = [(folder, ref) for folder, ref in self._inner.find(message_id) if ref not in self.withdrawn]
        own = [message.ref for message in self.placed if id_of(message.data) == message_id]
        return [*found, *((self._drafts(), ref) for ref in own)]

    def place(self, message: bytes, message_id: str, thread: str = "") -> Ref:
        """See `Mailbox.place`. Nothing is written."""
        folder = self._drafts()
        ref = Ref(folder.name, f"recorded {len(self.placed) + len(self.withdrawn) + 1}")
        flags = frozenset(("\\Draft", "\\Seen"))
        self.placed.append(RawMessage(self.account, ref, folder.role, self._now, message, thread=thread, flags=flags))
        return ref

    def withdraw(self, ref: Ref, expected: bytes) -> Removal:
        """See `Mailbox.withdraw`. Nothing is removed."""
        if ref.folder != self._drafts().name:
            raise DraftRefused(f"{ref.folder} is not the folder for drafts.", "Only drafts are ever taken back.")
        message = next((message for message in self.drafts() if message.ref == ref), None)
        if message is None:
            return Removal.GONE
        if message.data.replace(b"\r\n", b"\n") != expected.replace(b"\r\n", b"\n"):
            return Removal.CHANGED
        self.placed = [message for message in self.placed if message.ref != ref]
        self.withdrawn.append(ref)
        return Removal.REMOVED

    def _drafts(self) -> Folder:
        for folder in self._inner.folders():
            if folder.role is Role.DRAFTS:
                return folder
        raise DraftRefused("The account has no folder for drafts.", "Make a folder named Drafts in your mail program.")
