"""What mail is to watcher: untouched bytes with their place, and the parsed message with its newest words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a folder is for (RFC 6154 SPECIAL-USE, with INBOX and OTHER added)."""

    INBOX = "inbox"
    SENT = "sent"
    ARCHIVE = "archive"
    ALL = "all"
    DRAFTS = "drafts"
    TRASH = "trash"
    JUNK = "junk"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as a person reads its name (decoded, with `/` or `.` as the server has it), and what it is for."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox of the user. `addresses` are all of the user's own, lower case, in every account."""

    name: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """Where one copy of a message lies. `key` is the backend's own id in that folder (UID, file name, Gmail id)."""

    folder: str
    key: str


DRAFT = "\\Draft"
"""The flag of what is not finished yet (RFC 3501 2.3.2)."""


@dataclass(frozen=True, slots=True)
class RawMessage:
    """Untouched bytes with the provider's ids.

    `data` is the header block alone where `whole` is false. `received_at` is the time of delivery (INTERNALDATE, the
    file's mtime, internalDate), aware. `thread` is the provider's thread id (X-GM-THRID, threadId) or "".
    """

    account: str
    ref: Ref
    role: Role
    received_at: datetime
    data: bytes
    whole: bool = True
    thread: str = ""
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in one folder's history. `state` is opaque: only the backend that made it can read it."""

    folder: str
    state: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A slice of one folder's news.

    `messages` hold header blocks alone (`whole` false). `vanished` are keys that are no longer in the folder. `cursor`
    covers everything up to and including this batch; storing it together with the batch makes the sweep resumable.
    `reset` is true on the first batch where the old cursor no longer held (UIDVALIDITY changed, history expired, or the
    folder suddenly looks empty): earlier keys of the folder mean nothing any more, and nothing may be decided in a
    pass that saw it. `done` and `total` count the folder's messages for a progress bar (`total` 0 where not known).
    """

    folder: Folder
    messages: tuple[RawMessage, ...]
    vanished: tuple[str, ...]
    cursor: Cursor
    reset: bool = False
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox address (RFC 5322 section 3.4): display name as written, address in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def local(self) -> str:
        return self.address.rpartition("@")[0]


NOBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class Header:
    """The header fields watcher reads.

    `message_id`, `in_reply_to` and `references` carry their angle brackets; a message without an id gets one made from
    its bytes (`<watcher.DIGEST@missing>`). `date` is the Date field as an aware instant, overruled by `received_at`
    where it cannot be true (missing, unreadable, in the future of delivery, or years before it). `traits` holds other
    fields of interest by lower-case name (see `message.header.TRAITS`), values unfolded and decoded.
    """

    message_id: str
    date: datetime
    received_at: datetime
    sender: Address
    subject: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A text/calendar part: its text and the `method` parameter of its Content-Type ("" where there is none)."""

    text: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink of an HTML part: where it leads and the words it stands on."""

    href: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """The readable content, split by who speaks.

    `new` is what the writer of this message wrote now; `signature` and `footer` (legal text, unsubscribe lines) are
    taken off it; `quoted` is earlier mail below or between it; `forwarded` is mail passed on (inline or attached).
    `plain` is the whole text as a person would see it, for quoting. Lines end in "\\n". `attachments` are file names.
    """

    new: str = ""
    quoted: str = ""
    forwarded: str = ""
    signature: str = ""
    footer: str = ""
    plain: str = ""
    calendars: tuple[CalendarPart, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """One place where a message lies."""

    folder: str
    role: Role
    ref: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message, however many folders hold a copy. `body` is None where only the header was fetched."""

    account: str
    header: Header
    body: Body | None = None
    copies: tuple[Copy, ...] = ()

    @property
    def id(self) -> str:
        return self.header.message_id

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(copy.role for copy in self.copies)
