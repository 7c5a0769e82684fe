"""A letter ready for the Drafts folder, and the record of what became of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watcher.followup.model import Kind
from watcher.message.model import Address


@dataclass(frozen=True, slots=True)
class DraftKey:
    """What a draft is for: one per account, kind, attempt and event that the silence began with."""

    account: str
    kind: Kind
    attempt: int
    anchor: str

    def message_id(self, sender: str) -> str:
        """The draft's Message-ID, the same for the same key whatever the database says (law 4).

        `<hex of HMAC(salt, key)@domain of the From address>`, the salt made from account and address; the hex is
        written as mail clients write theirs, in the groups of a UUID (RFC 9562, version 4).
        """
        salt = hashlib.sha256(f"{self.account}\0{sender.lower()}".encode()).digest()
        text = "\0".join((self.account, self.kind.value, str(self.attempt), self.anchor))
        mark = hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()
        variant = "89ab"[int(mark[16], 16) % 4]
        mark = f"{mark[:8]}-{mark[8:12]}-4{mark[13:16]}-{variant}{mark[17:20]}-{mark[20:32]}"
        return f"<{mark}@{sender.rpartition('@')[2].lower() or 'localhost'}>"


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as it will lie in Drafts. `data` is the whole message as bytes (RFC 5322, CRLF)."""

    key: DraftKey
    message_id: str
    opportunity: str
    sender: Address
    to: Address
    subject: str
    text: str
    in_reply_to: str
    references: tuple[str, ...]
    thread: str  # the provider's thread id, "" where there is none
    data: bytes
    highlights: tuple[str, ...] = ()  # key points it used, so that the next letter brings another
    marks: tuple[str, ...] = ()  # of its sentences (see `repeats`), so that the next letter has others


class PlacementState(StrEnum):
    """The life of a draft. INTENDED and PLACED are steps within a pass; the rest is what `drafts` shows."""

    INTENDED = "intended"
    PLACED = "placed"
    PENDING = "pending"  # read back and confirmed
    EDITED = "edited"
    SENT = "sent"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


OPEN_STATES = frozenset({PlacementState.INTENDED, PlacementState.PLACED, PlacementState.PENDING, PlacementState.EDITED})


@dataclass(frozen=True, slots=True)
class Placement:
    """The record that a draft was intended, then put, then confirmed, then seen edited, sent or gone.

    `fingerprint` is a digest of recipients, subject and text as read back after placing ("untouched" compares to it).
    `answers` are the Message-IDs of the opportunity when the draft was made. `text` is kept for 30 days, the `marks` of
    its sentences for good.
    """

    message_id: str
    account: str
    opportunity: str
    kind: Kind
    attempt: int
    anchor: str
    state: PlacementState
    to: str
    subject: str
    in_reply_to: str
    intended_at: datetime
    changed_at: datetime
    text: str = ""
    fingerprint: str = ""
    why: str = ""  # why it was withdrawn, or how it was found edited
    answers: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    thread: str = ""  # the provider's thread id, "" where there is none
    leaving: str = ""  # why it is being taken back, noted before it is touched: gone then means withdrawn


@dataclass(frozen=True, slots=True)
class LetterSettings:
    """What a letter must know of the user.

    `name` and `addresses` as in the config; `signature` overrides how letters close; `highlights` are phrases that
    complete "my experience with ..."; `overrides` are the user's own templates by file name.
    """

    name: str
    addresses: tuple[str, ...]
    timezone: str
    signature: str = ""
    highlights: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
