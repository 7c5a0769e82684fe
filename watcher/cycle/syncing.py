"""Bring one account's news into the store: headers first, then the text of what may be hiring mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.cycle import kindred
from watcher.errors import MessageUnreadable
from watcher.mailbox.base import Cursor, Mailbox
from watcher.message import parse, parse_header, skim
from watcher.message.model import DRAFT, Batch, Folder, Header, Message, RawMessage, Ref, Role
from watcher.reading.sieve import Known, Sieve
from watcher.store import Store
from watcher.store.model import Key, State, SweptHeader

SWEPT = frozenset({Role.INBOX, Role.SENT, Role.ARCHIVE, Role.ALL, Role.TRASH})
ASKED = 2000  # texts asked for at a time, the newest first
SLICE = 200  # texts stored at a time, so that a scan that is killed goes on where it was

Progress = Callable[[str, str, int, int], None]
"""Told of each step of a long scan: account, folder (or "text"), how many of how many."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read: mail delivered since `since` (all where None), and the folders the user named."""

    since: datetime | None
    folders: frozenset[str] = frozenset()

    def sweeps(self, folder: Folder) -> bool:
        return folder.role in SWEPT or (folder.name in self.folders and folder.role not in {Role.DRAFTS, Role.JUNK})


@dataclass(frozen=True, slots=True)
class Swept:
    """How a sweep went, and the folders there are. `reset` is true where a folder had to be read anew: then nothing is
    to be decided."""

    fresh: int
    reset: bool
    folders: tuple[Folder, ...] = ()


def sweep(
    mailbox: Mailbox, store: Store, plan: Plan, progress: Progress | None = None, *, roles: Collection[Role] = SWEPT
) -> Swept:
    """Store the header of everything new in the folders that the plan names (those of `roles` and the user's own)."""
    account = mailbox.account
    mailbox.open()
    cursors = store.cursors(account)
    fresh, reset = 0, False
    folders = mailbox.folders()
    _forget_gone(store, account, cursors, {folder.name for folder in folders})
    for folder in folders:
        if not plan.sweeps(folder) or (folder.role in SWEPT and folder.role not in roles):
            continue
        for batch in mailbox.sweep(folder, cursors.get(folder.name), plan.since):
            batch = replace(batch, messages=tuple(raw for raw in batch.messages if not _is_unfinished(raw)))
            _keep(store, account, batch)
            fresh += len(batch.messages)
            reset = reset or batch.reset
            if progress and batch.total:
                progress(account, folder.name, batch.done, batch.total)
    return Swept(fresh, reset, tuple(folders))


def _forget_gone(store: Store, account: str, cursors: Mapping[str, Cursor], there: Collection[str]) -> None:
    """In a folder that was renamed or deleted nothing is to be fetched from any more."""
    if there:
        for name in cursors.keys() - there:
            store.apply_batch(account, Batch(Folder(name, Role.OTHER), (), (), cursors[name], reset=True), [])


def _keep(store: Store, account: str, batch: Batch) -> None:
    headers: list[tuple[RawMessage, Header]] = []
    reasons: dict[str, str] = {}
    for raw in batch.messages:
        try:
            headers.append((raw, parse_header(raw)))
        except MessageUnreadable as fault:
            reasons[raw.ref.key] = fault.message
    store.apply_batch(account, batch, headers, reasons)


def _is_unfinished(raw: RawMessage) -> bool:
    """Whether it is a draft, which some servers show outside Drafts, too: nobody has written that yet. What lies in
    Sent was sent, though a program that moved it there may have left the flag on it."""
    return raw.role is not Role.SENT and any(flag.lower() == DRAFT.lower() for flag in raw.flags)


def want(store: Store, sieve: Sieve, digest: str) -> None:
    """Ask for the text of everything that was swept since the last sieving and may be hiring mail."""
    last = done = store.sieved(digest)
    wanted: list[Key] = []
    for header in store.headers(after=done):
        last = max(last, header.serial)
        if header.state is State.SWEPT and sieve.keeps(header.header, _roles(header), Known()):
            wanted.append(header.key)
    store.want(wanted)
    store.note_sieved(digest, last)


def want_known(store: Store, sieve: Sieve, known: Known, read: Collection[Key], basis: str) -> int:
    """Ask for the text of older mail that turns out to belong to a known thread or person; how many were asked for.

    `read` are the messages that have been read already; `basis` names what besides decides it.
    """
    last = store.last_serial()
    wanted = [
        header.key
        for header in kindred.to_look_at(store, known, basis)
        if header.state is State.SWEPT
        and header.key not in read
        and sieve.keeps_known(header.header, _roles(header), known)
    ]
    with store.transaction():
        store.want(wanted)
        kindred.note(store, known, basis, last)
    return len(wanted)


def _roles(header: SweptHeader) -> frozenset[Role]:
    return frozenset(copy.role for copy in header.copies)


def fetch(mailbox: Mailbox, store: Store, progress: Progress | None = None, sieve: Sieve | None = None) -> int:
    """Fetch and keep the text of every wanted message of the account; how many there were.

    With a `sieve`, mail whose words at a glance say nothing of hiring is passed over: it stays as it was swept.
    """
    wanted = [header for header in store.headers([mailbox.account], state=State.WANTED) if header.copies]
    for start in range(0, len(wanted), ASKED):
        headers = {_place(header): header for header in wanted[start : start + ASKED]}
        texts = _Texts(mailbox.account, store, headers, sieve)
        for done, raw in enumerate(mailbox.fetch(list(headers)), start=start + 1):
            texts.take(raw)
            if progress and done % SLICE == 0:
                progress(mailbox.account, "text", done, len(wanted))
        texts.keep()
        if progress:
            progress(mailbox.account, "text", start + len(headers), len(wanted))
    return len(wanted)


def _place(header: SweptHeader) -> Ref:
    return Ref(header.copies[0].folder, header.copies[0].ref)


@dataclass(slots=True)
class _Texts:
    """What has come of the messages in `headers` and is not stored yet."""

    account: str
    store: Store
    headers: Mapping[Ref, SweptHeader]
    sieve: Sieve | None
    read: list[Message] = field(default_factory=list)
    passed_over: list[Key] = field(default_factory=list)

    def take(self, raw: RawMessage) -> None:
        """Read one message, or see at a glance that it need not be read."""
        header = self.headers.get(raw.ref)
        if header and self.sieve and _says_nothing(raw, header.header, self.sieve):
            self.passed_over.append(header.key)
        else:
            try:
                self.read.append(parse(raw))
            except MessageUnreadable as fault:
                if header:
                    self.store.set_unreadable(self.account, header.header.message_id, fault.message)
        if len(self.read) + len(self.passed_over) >= SLICE:
            self.keep()

    def keep(self) -> None:
        """Store it."""
        self.store.put_bodies(self.read, self.passed_over)
        self.read, self.passed_over = [], []


def _says_nothing(raw: RawMessage, header: Header, sieve: Sieve) -> bool:
    if not sieve.doubts(header):
        return False
    words = skim(raw.data)
    return words is not None and not sieve.tells(header, words)
