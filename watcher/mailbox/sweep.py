"""Reads a folder's news over IMAP: what is new since a cursor, what is gone, and the header blocks of the new."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from watcher.errors import MailboxUnavailable
from watcher.mailbox.ahead import Group, read_ahead
from watcher.mailbox.base import Batch, Cursor
from watcher.mailbox.connection import Connection, Items, State
from watcher.mailbox.uids import Uids
from watcher.message.model import DRAFT, Folder, RawMessage, Ref
from watcher.message.parser import TRAITS

CHUNK = 1000
LINE = 2000  # bytes of UIDs in one command; RFC 2683 3.2.1.5 lets servers stop at 8000 in all
# From this many messages to none at once is a fault more often than a wish.
SUDDENLY = 10
# SINCE compares days in the server's own zone, whatever that is.
SLACK = timedelta(days=1)
KEY = re.compile(r"([0-9]{1,10})\.([0-9]{1,10})")

FIELDS = sorted(
    {"from", "sender", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"}
    | set(TRAITS)
)


@dataclass(slots=True)
class Place:
    """What an IMAP cursor remembers of a folder.

    Everything below UID `next` was given, and `known` are the UIDs that were. `messages` is how many the folder held
    then, -1 while a sweep is under way. What has vanished since `modseq` may still be among `known`; it is 0 where the
    server counts no such thing. While the first sweep is under way, UIDs below `until` count only if they were
    delivered since `since`.
    """

    uidvalidity: int
    next: int = 1
    messages: int = -1
    known: Uids = field(default_factory=Uids)
    until: int = 0
    since: datetime | None = None
    modseq: int = 0

    def cursor(self, folder: str) -> Cursor:
        """The place as an opaque cursor."""
        state: dict[str, Any] = {"uidvalidity": self.uidvalidity, "uidnext": self.next, "messages": self.messages}
        state["uids"] = str(self.known)
        if self.modseq:
            state["modseq"] = self.modseq
        if self.next < self.until:
            state |= {"until": self.until, "since": self.since.isoformat() if self.since else None}
        return Cursor(folder, json.dumps(state))


def place_of(cursor: Cursor) -> Place | None:
    """The place that a cursor stands for, None where it makes no sense."""
    try:
        state = json.loads(cursor.state)
        since = state.get("since")
        return Place(
            uidvalidity=int(state["uidvalidity"]),
            next=int(state["uidnext"]),
            messages=int(state["messages"]),
            known=Uids.parse(state["uids"]),
            until=int(state.get("until", 0)),
            since=datetime.fromisoformat(since) if since else None,
            modseq=int(state.get("modseq", 0)),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def sweep(
    connection: Connection, account: str, folder: Folder, cursor: Cursor | None, since: datetime | None
) -> Iterator[Batch]:
    """See `Mailbox.sweep`. Nothing new costs one round trip; the folder is only ever opened by EXAMINE."""
    state = connection.status(folder.name)
    place = place_of(cursor) if cursor else None
    if place and place.messages == state.messages and place.next == state.uidnext and _same(place, state):
        yield Batch(folder, (), (), place.cursor(folder.name))
        return
    if not connection.selected or connection.selected[0] != folder.name:
        state = connection.examine(folder.name)
    reset = cursor is not None and (place is None or not _same(place, state))
    if place is None or reset:
        place = Place(state.uidvalidity, until=state.uidnext, since=since)
    yield from _read_news(connection, account, folder, place, state, reset=reset)


def _same(place: Place, state: State) -> bool:
    """Whether what the cursor remembers still means anything in the folder as it is now."""
    suddenly_empty = state.messages == 0 and place.messages >= SUDDENLY
    return place.uidvalidity == state.uidvalidity and place.next <= state.uidnext and not suddenly_empty


def _read_news(
    connection: Connection, account: str, folder: Folder, place: Place, state: State, *, reset: bool
) -> Iterator[Batch]:
    new = _new(connection, place, state)
    vanished: tuple[str, ...] = ()
    # Where the numbers add up, nothing can have gone.
    if place.known.runs and place.messages + len(new) != state.messages:
        vanished = _drop_vanished(connection, place, new, state)
    place.modseq = state.modseq
    if not new:
        place.next, place.messages = state.uidnext, state.messages
        yield Batch(folder, (), vanished, place.cursor(folder.name), reset=reset)
        return
    done = 0
    groups = _chunks(new, place, min(CHUNK, connection.message_limit() or CHUNK))
    for uids, told in read_ahead(connection, folder.name, place.uidvalidity, groups, _items(connection)):
        messages = []
        for uid in sorted(told):
            message = _message(account, folder, place.uidvalidity, uid, told[uid])
            if message and _wanted(message, uid, place):
                messages.append(message)
                place.known.add(uid)
        place.next = uids[-1] + 1
        done += len(uids)
        if done == len(new):
            place.next, place.messages = state.uidnext, state.messages
        yield Batch(
            folder, tuple(messages), vanished, place.cursor(folder.name), reset=reset, done=done, total=len(new)
        )
        reset, vanished = False, ()
    if done < len(new):
        raise MailboxUnavailable(f"The folder {folder.name} of {account} was made anew while it was being read.")


def _chunks(new: Sequence[int], place: Place, most: int) -> Iterator[Group]:
    """Slices of `new`, each with how to ask for it. Where `new` is all there is, the gaps need not be spelt out."""
    start = 0
    while start < len(new):
        chunk = new[start : start + most]
        if place.since is None or chunk[0] >= place.until:
            yield chunk, Uids([(chunk[0], chunk[-1])])
        else:
            yield from in_lines(chunk)
        start += len(chunk)


def in_lines(uids: Sequence[int]) -> Iterator[Group]:
    """All of some UIDs, ascending, in groups that a command has room for."""
    start = 0
    while start < len(uids):
        chunk = uids[start:]
        while len(str(asked := Uids.of(chunk))) > LINE:
            chunk = chunk[: len(chunk) // 2]
        yield chunk, asked
        start += len(chunk)


def _new(connection: Connection, place: Place, state: State) -> list[int]:
    """The UIDs to read, ascending."""
    until = max(place.next, min(place.until, state.uidnext))
    day = (place.since - SLACK).date() if place.since else None
    if not state.messages:
        return []
    old = connection.search(place.next, until, state.messages, day)
    return old + connection.search(until, state.uidnext, state.messages)


def _wanted(message: RawMessage, uid: int, place: Place) -> bool:
    return place.since is None or uid >= place.until or message.received_at >= place.since


def _drop_vanished(connection: Connection, place: Place, new: list[int], state: State) -> tuple[str, ...]:
    """Take the UIDs that are gone out of the place, and give their keys."""
    gone = _gone(connection, place, state, place.messages + len(new) - state.messages)
    place.known = Uids.of(uid for uid in place.known if uid not in gone)
    return tuple(key(place.uidvalidity, uid) for uid in sorted(gone))


def _gone(connection: Connection, place: Place, state: State, count: int) -> set[int]:
    """What a server with QRESYNC says has gone, where it tells of all the `count` that are missing; else a search."""
    first, last = place.known.runs[0][0], place.known.runs[-1][1]
    told = connection.vanished(first, last, place.modseq) if count > 0 and place.messages >= 0 else None
    gone = {uid for run in told.runs for uid in place.known.between(*run)} if told else set()
    if len(gone) == count:
        return gone
    there = set(connection.search(first, last + 1, state.messages))
    return {uid for uid in place.known if uid not in there}


def _items(connection: Connection) -> list[str]:
    fields = " ".join(FIELDS).upper()
    return [*envelope_items(connection), f"BODY.PEEK[HEADER.FIELDS ({fields})]"]


def envelope_items(connection: Connection) -> list[str]:
    """What is asked about every message besides its text."""
    return ["FLAGS", "INTERNALDATE", *(["X-GM-THRID", "X-GM-LABELS"] if connection.can("X-GM-EXT-1") else [])]


def _message(account: str, folder: Folder, uidvalidity: int, uid: int, items: Items) -> RawMessage | None:
    header = section(items, b"BODY[HEADER")
    return raw_message(account, folder, uidvalidity, uid, items, header, whole=False) if header is not None else None


def raw_message(
    account: str, folder: Folder, uidvalidity: int, uid: int, items: Items, data: bytes, *, whole: bool
) -> RawMessage:
    """What the server told about one message, as ours. Gmail's thread id is written as its API writes it."""
    thread = items.get(b"X-GM-THRID")
    return RawMessage(
        account=account,
        ref=Ref(folder.name, key(uidvalidity, uid)),
        role=folder.role,
        received_at=_instant(items.get(b"INTERNALDATE"), data),
        data=data,
        whole=whole,
        thread=f"{int(thread):x}" if thread else "",
        flags=_flags(tuple(items.get(b"FLAGS") or ()), draft=_is_draft(tuple(items.get(b"X-GM-LABELS") or ()))),
    )


@lru_cache(maxsize=256)
def _flags(told: tuple[object, ...], *, draft: bool) -> frozenset[str]:
    flags = frozenset(flag.decode("ascii", "replace") for flag in told if isinstance(flag, bytes))
    return flags | {DRAFT} if draft else flags


def _is_draft(labels: tuple[object, ...]) -> bool:
    """Gmail shows drafts in All Mail, too, and does not flag those that were begun in a browser; it labels them."""
    return any(isinstance(label, bytes) and label.lower() in (b"\\draft", b"\\drafts") for label in labels)


def section(items: Items, start: bytes) -> bytes | None:
    """The body section whose name (in capitals) starts so; servers differ in how they repeat what was asked."""
    for name in reversed(list(items)):  # most servers write the section last
        if name.startswith(start):
            value = items[name]
            if value is None or isinstance(value, bytes):
                return value or b""
    return None


def key(uidvalidity: int, uid: int) -> str:
    """A UID alone means nothing once UIDVALIDITY has changed, so a key carries both."""
    return f"{uidvalidity}.{uid}"


def uid_of(ref: Ref) -> int:
    """The UID in a key; 0, which no message has, where the key is not ours."""
    ours = KEY.fullmatch(ref.key)
    return int(ours[2]) if ours else 0


def uidvalidity_of(ref: Ref) -> int:
    """The UIDVALIDITY in a key, 0 where it is not ours."""
    ours = KEY.fullmatch(ref.key)
    return int(ours[1]) if ours else 0


def _instant(told: object, data: bytes) -> datetime:
    """INTERNALDATE, else (no server should) the Date field, else the beginning of time."""
    if isinstance(told, datetime) and told.tzinfo is not None:
        return told if told.tzinfo is UTC else told.astimezone(UTC)
    for line in data.split(b"\n\r\n", 1)[0].splitlines():
        if line.lower().startswith(b"date:"):
            try:
                return parsedate_to_datetime(line[5:].decode("ascii", "replace").strip()).astimezone(UTC)
            except ValueError:
                break
    return datetime.fromtimestamp(0, UTC)
