"""The facts about mail: which messages were seen, where they lie, what they say, and how far each folder was read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from watcher.store import changes, kindred
from watcher.store.codec import decode, encode, scrub
from watcher.store.model import Key, State, SweptHeader, Unread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from watcher.message.model import Batch, Copy, Cursor, Header, Message, RawMessage
    from watcher.store.sqlite import Database

_SLICE = 500  # messages decoded at a time

_INSERT_MESSAGE = """
INSERT INTO messages (account, message_id, received_at, size, state, header) VALUES (?, ?, ?, ?, 'swept', ?)
ON CONFLICT (account, message_id) DO UPDATE
SET received_at = excluded.received_at, size = excluded.size, header = excluded.header
WHERE state = 'swept' AND NOT EXISTS (SELECT 1 FROM copies WHERE copies.message = messages.id)
"""  # The first header stands while a copy of it lies somewhere: a later mail cannot take over a Message-ID.

_INSERT_COPY = """
INSERT OR REPLACE INTO copies (account, folder, key, role, message)
SELECT ?, ?, ?, ?, id FROM messages WHERE account = ? AND message_id = ?
"""

_DELETE_ASIDE = "DELETE FROM set_aside WHERE account = ? AND folder = ? AND key = ?"

_IDS = """
SELECT id FROM messages
WHERE id > :after AND (:accounts IS NULL OR account IN (SELECT value FROM json_each(:accounts)))
AND (:of IS NULL OR message_id IN (SELECT value FROM json_each(:of)))
ORDER BY id
"""

_IDS_IN_STATE = """
SELECT id FROM messages
WHERE state = :state AND state <> 'swept'
AND id > :after AND (:accounts IS NULL OR account IN (SELECT value FROM json_each(:accounts)))
AND (:of IS NULL OR message_id IN (SELECT value FROM json_each(:of)))
ORDER BY received_at DESC, id
"""  # `state <> 'swept'` lets SQLite use the partial index.

_UNREAD = """
SELECT id FROM messages
WHERE state = 'fetched' AND state <> 'swept'
AND NOT EXISTS (SELECT 1 FROM readings WHERE readings.message = messages.id AND readings.digest = ?)
ORDER BY received_at DESC, id
"""

_MESSAGES = """
SELECT messages.id, account, state, header, bodies.record
FROM json_each(?) AS wanted JOIN messages ON messages.id = wanted.value LEFT JOIN bodies ON message = messages.id
ORDER BY wanted.key
"""

_HEADERS = """
SELECT messages.id, account, state, header
FROM json_each(?) AS wanted JOIN messages ON messages.id = wanted.value
ORDER BY wanted.key
"""

_COPIES = """
SELECT message, folder, role, copies.key FROM copies WHERE message IN (SELECT value FROM json_each(?))
ORDER BY folder, copies.key
"""


class MailTables:
    """Messages, copies, cursors and texts."""

    _db: Database

    # --- writing ---

    def apply_batch(
        self,
        account: str,
        batch: Batch,
        headers: Sequence[tuple[RawMessage, Header]],
        unreadable: Mapping[str, str] | None = None,
    ) -> None:
        """Store what a sweep brought, and its cursor, in one transaction (law 3).

        `headers` are the messages of the batch whose header could be read; the others are set aside, for the reason
        that `unreadable` gives by key. Copies that have vanished are forgotten, the messages are not; after a reset
        all copies of the folder are forgotten first.
        """
        folder = _place(batch.folder.name)
        first: dict[str, tuple[RawMessage, Header]] = {}
        for raw, header in headers:
            first.setdefault(scrub(header.message_id), (raw, header))
        with self._db.transaction():
            if self._forget_copies(account, folder, None if batch.reset else batch.vanished) or headers:
                changes.note(self._db)
            self._db.run_many(
                _INSERT_MESSAGE,
                [
                    (account, message_id, _utc(header.received_at), len(raw.data), encode(header))
                    for message_id, (raw, header) in first.items()
                ],
            )
            self._db.run_many(
                _INSERT_COPY,
                [
                    (account, folder, _place(raw.ref.key), raw.role.value, account, scrub(header.message_id))
                    for raw, header in headers
                ],
            )
            self._set_aside(account, batch, {raw.ref.key for raw, _ in headers}, unreadable or {})
            self._db.run(
                "INSERT OR REPLACE INTO cursors (account, folder, state) VALUES (?, ?, ?)",
                (account, _place(batch.cursor.folder), batch.cursor.state),
            )

    def _forget_copies(self, account: str, folder: str | bytes, keys: Sequence[str] | None) -> int:
        """Forget these copies, or all of the folder; how many there were."""
        if keys is None:
            gone = self._db.run("DELETE FROM copies WHERE account = ? AND folder = ?", (account, folder))
            self._db.run("DELETE FROM set_aside WHERE account = ? AND folder = ?", (account, folder))
            return gone
        if not keys:
            return 0
        places = [(account, folder, _place(key)) for key in keys]
        gone = self._db.run_many("DELETE FROM copies WHERE account = ? AND folder = ? AND key = ?", places)
        self._db.run_many(_DELETE_ASIDE, places)
        return gone

    def _set_aside(self, account: str, batch: Batch, read: set[str], reasons: Mapping[str, str]) -> None:
        folder = _place(batch.folder.name)
        if read and self._db.row("SELECT 1 FROM set_aside WHERE account = ? AND folder = ?", (account, folder)):
            self._db.run_many(_DELETE_ASIDE, [(account, folder, _place(key)) for key in read])
        self._db.run_many(
            "INSERT OR REPLACE INTO set_aside (account, folder, key, reason) VALUES (?, ?, ?, ?)",
            [
                (account, folder, _place(raw.ref.key), scrub(reasons.get(raw.ref.key, "its header could not be read")))
                for raw in batch.messages
                if raw.ref.key not in read
            ],
        )

    def want(self, keys: Iterable[Key]) -> None:
        """Ask for the text of messages of which only the header is known."""
        with self._db.transaction():
            self._db.run_many(
                "UPDATE messages SET state = 'wanted' WHERE account = ? AND message_id = ? AND state = 'swept'",
                [(account, scrub(message_id)) for account, message_id in keys],
            )

    def put_bodies(self, messages: Iterable[Message], passed_over: Collection[Key] = ()) -> None:
        """Keep the text of fetched messages; one without a body is left out. Those `passed_over` are not asked for any
        more.

        A message is known by its Message-ID, else (where that was made from other bytes) by one of its copies, and
        then keeps the header it was swept with.
        """
        with self._db.transaction():
            for message in messages:
                if message.body is None:
                    continue
                changes.note(self._db)
                serial = self._serial_for(message)
                self._db.run("UPDATE messages SET state = 'fetched', reason = '' WHERE id = ?", (serial,))
                self._db.run(
                    "INSERT OR REPLACE INTO bodies (message, record) VALUES (?, ?)", (serial, encode(message.body))
                )
                self._db.run("DELETE FROM readings WHERE message = ?", (serial,))
            self._db.run_many(
                "UPDATE messages SET state = 'swept' WHERE account = ? AND message_id = ? AND state = 'wanted'",
                [(account, scrub(message_id)) for account, message_id in passed_over],
            )
            serials = [serial for serial in map(self._serial, passed_over) if serial is not None]
            if serials:
                kindred.lower(self._db, min(serials))

    def _serial_for(self, message: Message) -> int:
        serial = self._serial((message.account, message.id))
        if serial is not None:
            self._db.run("UPDATE messages SET header = ? WHERE id = ?", (encode(message.header), serial))
            return serial
        for copy in message.copies:
            row = self._db.row(
                "SELECT message FROM copies WHERE account = ? AND folder = ? AND key = ?",
                (message.account, _place(copy.folder), _place(copy.ref)),
            )
            if row:
                return int(row[0])
        message_id, received_at = scrub(message.id), _utc(message.header.received_at)
        self._db.run(_INSERT_MESSAGE, (message.account, message_id, received_at, 0, encode(message.header)))
        self._db.run_many(
            _INSERT_COPY,
            [
                (message.account, _place(copy.folder), _place(copy.ref), copy.role.value, message.account, message_id)
                for copy in message.copies
            ],
        )
        return self._serial((message.account, message_id)) or 0

    def _serial(self, key: Key) -> int | None:
        row = self._db.row("SELECT id FROM messages WHERE account = ? AND message_id = ?", (key[0], scrub(key[1])))
        return int(row[0]) if row else None

    def set_unreadable(self, account: str, message_id: str, reason: str) -> None:
        """Set a message aside, of whose text no sense could be made; its header stays."""
        with self._db.transaction():
            changes.note(self._db)
            changed = self._db.run(
                "UPDATE messages SET state = 'unreadable', reason = ? WHERE account = ? AND message_id = ?",
                (scrub(reason), account, scrub(message_id)),
            )
            if not changed:
                self._db.run(
                    "INSERT OR REPLACE INTO set_aside (account, folder, key, reason) VALUES (?, '', ?, ?)",
                    (account, scrub(message_id), scrub(reason)),
                )

    # --- reading ---

    def cursors(self, account: str) -> dict[str, Cursor]:
        """How far each folder of the account was read, by folder name."""
        from watcher.message.model import Cursor

        rows = self._db.rows("SELECT folder, state FROM cursors WHERE account = ?", (account,))
        return {_name(folder): Cursor(_name(folder), state) for folder, state in rows}

    def messages(self, accounts: Iterable[str] | None = None, *, only_fetched: bool = False) -> Iterator[Message]:
        """The messages of these accounts (all where None), those with text newest first where `only_fetched`.

        They are decoded slice by slice; what is stored meanwhile may or may not be seen.
        """
        ids = self._ids(accounts, state=State.FETCHED if only_fetched else None)
        for start in range(0, len(ids), _SLICE):
            yield from self._messages(ids[start : start + _SLICE])

    def unread(self, digest: str) -> Iterator[Message]:
        """The messages with text of which there is no reading under `digest`, newest first; decoded slice by slice."""
        ids = [row[0] for row in self._db.rows(_UNREAD, (digest,))]
        for start in range(0, len(ids), _SLICE):
            yield from self._messages(ids[start : start + _SLICE])

    def message(self, key: Key) -> Message | None:
        """One message, None where it is not known."""
        serial = self._serial(key)
        return None if serial is None else next(iter(self._messages([serial])), None)

    def headers(
        self,
        accounts: Iterable[str] | None = None,
        *,
        after: int = 0,
        state: State | None = None,
        of: Iterable[str] | None = None,
        among: Sequence[int] | None = None,
    ) -> Iterator[SweptHeader]:
        """The headers of these accounts (all where None), in the order in which they were stored.

        `after` leaves out serials up to it; `state` (other than SWEPT) gives those in that state, newest first; `of`
        gives those with these Message-IDs, `among` those with these serials.
        """
        from watcher.message.model import Header

        if state is State.SWEPT:
            raise ValueError("nearly all messages are swept: walk them all")
        ids = self._ids(accounts, after=after, state=state, of=of) if among is None else list(among)
        for start in range(0, len(ids), _SLICE):
            some = encode(ids[start : start + _SLICE])
            copies = self._copies(some)
            for serial, account, how_far, header in self._db.rows(_HEADERS, (some,)):
                yield SweptHeader(account, decode(header, Header), copies.get(serial, ()), State(how_far), serial)

    def last_serial(self) -> int:
        """The serial of the message that was stored last."""
        row = self._db.row("SELECT max(id) FROM messages")
        return int(row[0] or 0) if row else 0

    def unreadable(self) -> tuple[Unread, ...]:
        """The messages that were set aside, with the reason of each."""
        rows = self._db.rows(
            "SELECT account, message_id, '', '', reason FROM messages WHERE state = 'unreadable' AND state <> 'swept'"
            " UNION ALL SELECT account, '', folder, key, reason FROM set_aside"
        )
        return tuple(
            Unread(account, message_id, _name(folder), _name(key), reason)
            for account, message_id, folder, key, reason in rows
        )

    def _ids(
        self,
        accounts: Iterable[str] | None,
        after: int = 0,
        state: State | None = None,
        of: Iterable[str] | None = None,
    ) -> list[int]:
        values = {
            "accounts": None if accounts is None else encode(list(accounts)),
            "after": after,
            "of": None if of is None else encode([scrub(message_id) for message_id in of]),
            "state": state,
        }
        return [row[0] for row in self._db.rows(_IDS if state is None else _IDS_IN_STATE, values)]

    def _messages(self, ids: list[int]) -> Iterator[Message]:
        from watcher.message.model import Body, Header, Message

        some = encode(ids)
        copies = self._copies(some)
        for serial, account, _, header, body in self._db.rows(_MESSAGES, (some,)):
            yield Message(
                account=account,
                header=decode(header, Header),
                body=None if body is None else decode(body, Body),
                copies=copies.get(serial, ()),
            )

    def newest(self, account: str) -> datetime | None:
        """When the mail of an account that came last was delivered, by its server's clock."""
        row = self._db.row("SELECT max(received_at) FROM messages WHERE account = ?", (account,))
        return datetime.fromisoformat(str(row[0])) if row and row[0] else None

    def _copies(self, ids: str) -> dict[int, tuple[Copy, ...]]:
        from watcher.message.model import Copy, Role

        copies: dict[int, tuple[Copy, ...]] = {}
        for serial, folder, role, key in self._db.rows(_COPIES, (ids,)):
            copies[serial] = (*copies.get(serial, ()), Copy(_name(folder), Role(role), _name(key)))
        return copies


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _place(name: str) -> str | bytes:
    """A folder's name or a key as it is stored. File names may hold undecodable bytes (as lone surrogates), which must
    come back as they were: those are stored as bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape")
    return name


def _name(stored: str | bytes) -> str:
    return stored if isinstance(stored, str) else stored.decode("utf-8", "surrogateescape")
