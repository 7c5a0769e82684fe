"""What the store hands out besides the nouns of the floors.

Named tuples and no dataclasses, because `status` opens the store and must start fast.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from watcher.draft.model import PlacementState
    from watcher.message.model import Copy, Header, Message
    from watcher.reading.model import Reading

Key = tuple[str, str]
"""Which message: the account's name and the Message-ID. The same Message-ID in two accounts is two messages."""


class State(StrEnum):
    """How far a message has come."""

    SWEPT = "swept"  # only its header is known
    WANTED = "wanted"  # the sieve asks for its text
    FETCHED = "fetched"  # its text is kept
    UNREADABLE = "unreadable"  # no sense could be made of it


class SweptHeader(NamedTuple):
    """A message as the sieve sees it. `serial` grows with every message stored, so that a sieve can go on where it
    stopped; `copies` is empty once it lies in no folder any more."""

    account: str
    header: Header
    copies: tuple[Copy, ...]
    state: State
    serial: int

    @property
    def key(self) -> Key:
        return self.account, self.header.message_id


class ReadMessage(NamedTuple):
    """A message and what it says; None where the record of that cannot be decoded. `mark` tells it, as it is stored and
    was read, from all that it has been or may become."""

    serial: int
    message: Message
    reading: Reading | None
    mark: bytes = b""


class Unread(NamedTuple):
    """A message of which no sense could be made: its Message-ID, or "" where not even the header could be read (then
    `folder` and `key` say where it lies), and why."""

    account: str
    message_id: str
    folder: str
    key: str
    reason: str


class Change(NamedTuple):
    """One step in the life of a draft."""

    state: PlacementState
    at: datetime
    why: str


class Scan(NamedTuple):
    """How the scans of an account went: the last try, the last that went through, and the last try's error."""

    tried_at: datetime
    scanned_at: datetime | None
    error: str | None


class Views(NamedTuple):
    """What the last pass left for `status` and `show`: what it says of itself, and a document for each opportunity,
    in its order. Plain JSON values."""

    meta: Mapping[str, object]
    documents: Mapping[str, Mapping[str, object]]


class Pruned(NamedTuple):
    """How much a housekeeping dropped."""

    draft_texts: int
    bodies: int
    messages: int
