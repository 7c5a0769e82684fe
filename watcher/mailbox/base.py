"""What every mailbox can do: be swept, fetched from, and keep drafts. It has no verb for sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from watcher.errors import CredentialsMissing, CredentialsRejected, CursorExpired, MailboxUnavailable
from watcher.message.model import Batch, Cursor, Folder, RawMessage, Ref

__all__ = ["LOST", "Batch", "Cursor", "Mailbox", "Removal", "Waiting"]

LOST = (MailboxUnavailable, CredentialsRejected, CredentialsMissing, CursorExpired)
"""What any method may raise: this account is out of reach for now, and the others are not."""


class Removal(StrEnum):
    """What became of a draft that was to be withdrawn."""

    REMOVED = "removed"  # gone for good, and nothing else with it
    TRASHED = "trashed"  # moved to Trash
    GONE = "gone"  # it was not there any more
    CHANGED = "changed"  # it is there but no longer as given; left alone
    IMPOSSIBLE = "impossible"  # the server offers no safe way; left alone


class Mailbox(Protocol):
    """One account's mail. Every folder but Drafts is opened read-only; nothing but drafts is ever written.

    Errors raised by every method: MailboxUnavailable, CredentialsRejected, CredentialsMissing; no library's exception
    leaves a backend. A mailbox is used by one thread at a time.
    """

    account: str

    def open(self) -> None:
        """Connect and sign in. Calling it on an open mailbox does nothing."""

    def close(self) -> None:
        """Let go of the connection; never raises."""

    def folders(self) -> Sequence[Folder]:
        """The folders with their roles, those of no interest (role OTHER and not named by the user) included."""

    def sweep(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """What is new in `folder` since `cursor` (everything delivered since `since` where there is no cursor).

        Yields at least one batch, empty where nothing is new, so that the cursor is always known.
        """

    def fetch(self, refs: Iterable[Ref]) -> Iterator[RawMessage]:
        """The messages at `refs`, header and text and calendar parts, without the content of attachments.

        One that has gone since is left out. The order is the backend's.
        """

    def drafts(self) -> Sequence[RawMessage]:
        """Every message in Drafts, whole. Raises DraftRefused where the account has no Drafts folder."""

    def find(self, message_id: str) -> Sequence[tuple[Folder, Ref]]:
        """Where a message with this Message-ID lies among Drafts, Sent and Trash."""

    def place(self, message: bytes, message_id: str, thread: str = "") -> Ref:
        """Put a draft into Drafts, marked as a draft and as seen. Raises DraftRefused where the server says no."""

    def withdraw(self, ref: Ref, expected: bytes) -> Removal:
        """Take back the draft at `ref` if it still reads as `expected` (bytes as read back from Drafts).

        Removes that message and nothing else (UID EXPUNGE, or a move to Trash, or unlinking one file).
        """


@runtime_checkable
class Waiting(Protocol):
    """A mailbox whose server tells of new mail by itself, and that can be cut off in the middle of anything."""

    def can_wait(self) -> bool:
        """Whether this server does, now that we are signed in."""

    def wait(self, wake: int, seconds: float) -> bool:
        """Wait for new mail in INBOX (True), until the file descriptor `wake` is readable or the time is over (False).

        Raises MailboxUnavailable where the server is gone.
        """

    def cut(self) -> None:
        """End what another thread is doing with this mailbox: it gets MailboxUnavailable. Never raises."""
