"""Hands out all mail that was read, slice by slice: what it says, and its text only where that is asked for."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from watcher.errors import StoreDamaged
from watcher.store.codec import decode, encode, scrub
from watcher.store.mail import MailTables
from watcher.store.model import Key, ReadMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from watcher.message.model import Copy, Message
    from watcher.reading.model import Reading
    from watcher.store.sqlite import Row

_SLICE = 500  # messages decoded at a time

_IDS = """
SELECT message FROM readings JOIN messages ON messages.id = message WHERE digest = ?
ORDER BY state <> 'fetched', received_at DESC, message
"""

_READ = """
SELECT messages.id, account, header, readings.record
FROM json_each(?) AS wanted JOIN messages ON messages.id = wanted.value
JOIN readings ON readings.message = messages.id AND digest = ?
ORDER BY wanted.key
"""

_WHOLE = """
SELECT messages.id, account, header, readings.record, bodies.record
FROM json_each(?) AS wanted
JOIN messages ON account = json_extract(wanted.value, '$[0]') AND message_id = json_extract(wanted.value, '$[1]')
JOIN readings ON readings.message = messages.id AND digest = ?
LEFT JOIN bodies ON bodies.message = messages.id
"""

_TEXTS = """
SELECT message, substr(json_extract(record, '$.new'), 1, ?) FROM bodies
WHERE message IN (SELECT value FROM json_each(?))
"""


class GatheringTables(MailTables):
    """All mail that was read under a digest."""

    def each_read(self, digest: str) -> Iterator[Sequence[ReadMessage]]:
        """Slices of the mail that was read under `digest`, its text left out: that of which the text is kept first,
        and the newest first. The reading is None where its record cannot be decoded."""
        ids = [row[0] for row in self._db.rows(_IDS, (digest,))]
        for start in range(0, len(ids), _SLICE):
            some = encode(ids[start : start + _SLICE])
            yield self._read(self._db.rows(_READ, (some, digest)), some)

    def texts(self, serials: Sequence[int], length: int) -> Mapping[int, str]:
        """The beginning of the newest words of some messages, by serial."""
        return {serial: text or "" for serial, text in self._db.rows(_TEXTS, (length, encode(list(serials))))}

    def read_again(self, keys: Sequence[Key], digest: str) -> Mapping[Key, ReadMessage]:
        """Some messages that were read under `digest`, with their text; those that are there no more are left out."""
        wanted = encode([(account, scrub(message_id)) for account, message_id in keys])
        rows = self._db.rows(_WHOLE, (wanted, digest))
        found = self._read(rows, encode([row[0] for row in rows]))
        return {(each.message.account, each.message.id): each for each in found}

    def _read(self, rows: Sequence[Row], ids: str) -> list[ReadMessage]:
        copies = self._copies(ids)
        return [
            ReadMessage(
                row[0], self._message(row, copies.get(row[0], ())), _reading(row[3]), _mark(row, copies.get(row[0], ()))
            )
            for row in rows
        ]

    @staticmethod
    def _message(row: Row, copies: tuple[Copy, ...]) -> Message:
        from watcher.message.model import Body, Header, Message

        body = decode(row[4], Body) if len(row) > 4 and row[4] is not None else None
        return Message(row[1], decode(row[2], Header), body, copies)


def _mark(row: Row, copies: Sequence[Copy]) -> bytes:
    places = "".join(f"\0{copy.folder}\0{copy.role}" for copy in copies)
    told = "\0".join((row[1], row[2], row[3])) + places
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _reading(record: str) -> Reading | None:
    from watcher.reading.model import Reading

    try:
        return decode(record, Reading)
    except StoreDamaged:
        return None
