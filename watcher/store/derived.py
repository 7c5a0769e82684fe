"""What was concluded from the facts and may be concluded again: readings, views, the sieve's place. Housekeeping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from watcher.store import changes
from watcher.store.codec import encode, scrub
from watcher.store.model import Key, Pruned, Scan, Views

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from watcher.reading.model import Reading
    from watcher.store.sqlite import Database

_SLICE = 200  # documents decoded at once
KEEP_DRAFT_TEXT = timedelta(days=30)  # PRODUCT.md, `drafts`

_DROP_BODIES = """
DELETE FROM bodies WHERE message IN (
    SELECT id FROM messages
    WHERE state = 'fetched' AND state <> 'swept'
    AND NOT EXISTS (SELECT 1 FROM kept WHERE kept.account = messages.account AND kept.message_id = messages.message_id)
)
"""

_DROP_MESSAGES = """
DELETE FROM messages
WHERE NOT EXISTS (SELECT 1 FROM copies WHERE copies.message = messages.id)
AND NOT EXISTS (SELECT 1 FROM bodies WHERE bodies.message = messages.id)
AND NOT EXISTS (SELECT 1 FROM kept WHERE kept.account = messages.account AND kept.message_id = messages.message_id)
"""

_FORGET_ACCOUNTS = (
    "DELETE FROM messages WHERE account NOT IN (SELECT value FROM json_each(?))",  # its copies and text go along
    "DELETE FROM set_aside WHERE account NOT IN (SELECT value FROM json_each(?))",
    "DELETE FROM cursors WHERE account NOT IN (SELECT value FROM json_each(?))",
    "DELETE FROM scans WHERE account NOT IN (SELECT value FROM json_each(?))",
)


class DerivedTables:
    """Readings, views, scans and the sieve's place, and the dropping of what is no longer needed."""

    _db: Database

    # --- readings ---

    def put_readings(self, digest: str, items: Mapping[Key, Reading]) -> None:
        """Keep readings made under `digest` in place of older ones; those of unknown messages are passed over."""
        with self._db.transaction():
            self._db.run_many(
                "INSERT OR REPLACE INTO readings (message, digest, record)"
                " SELECT id, ?, ? FROM messages WHERE account = ? AND message_id = ?",
                (
                    (digest, encode(reading), account, scrub(message_id))
                    for (account, message_id), reading in items.items()
                ),
            )

    # --- the sieve ---

    def sieved(self, digest: str) -> int:
        """The serial up to which headers were sieved under `digest`, 0 where none were."""
        found = self._recall("sieved")
        return int(found["serial"]) if found and found["digest"] == digest else 0

    def note_sieved(self, digest: str, serial: int) -> None:
        """Note that the headers up to `serial` were sieved under `digest`."""
        if serial != self.sieved(digest):
            self._remember("sieved", {"digest": digest, "serial": serial})

    # --- views ---

    def put_views(
        self,
        pass_meta: Mapping[str, object],
        views: Iterable[tuple[str, object]],
        lasting: Mapping[str, object] | None = None,
    ) -> None:
        """Replace what `status` and `show` print: the pass's own words (with the digest it was made under) and one
        document for each opportunity id, in order; None where the one that is there stands. Documents may hold models,
        or be JSON text; they are read back as plain JSON. It is forgotten how long the last views would have stood;
        `lasting` tells that of each of these."""
        ids: list[str] = []
        stay: list[tuple[int, str, int]] = []

        def rows() -> Iterator[tuple[str, int, str]]:
            for place, (name, document) in enumerate(views):
                ids.append(name)
                if document is None:
                    stay.append((place, name, place))
                else:
                    yield name, place, document if isinstance(document, str) else encode(document)

        with self._db.transaction():
            self._remember("pass", pass_meta)
            self._db.run("DELETE FROM meta WHERE name IN ('standing', 'lasting')")
            if lasting is not None:
                self._remember("lasting", lasting)
            self._db.run_many(
                "INSERT INTO views (opportunity, place, document) VALUES (?, ?, ?)"
                " ON CONFLICT (opportunity) DO UPDATE SET place = excluded.place, document = excluded.document"
                " WHERE place <> excluded.place OR document <> excluded.document",
                rows(),
            )
            self._db.run_many("UPDATE views SET place = ? WHERE opportunity = ? AND place <> ?", stay)
            self._db.run("DELETE FROM views WHERE opportunity NOT IN (SELECT value FROM json_each(?))", (encode(ids),))

    def last_pass(self) -> Mapping[str, object] | None:
        """What the last pass said of itself, None where none has ended yet."""
        found: Mapping[str, object] | None = self._recall("pass")
        return found

    def lasting(self) -> Mapping[str, Any] | None:
        """What was noted of each of the views that were put last, None where nothing was."""
        found: Mapping[str, Any] | None = self._recall("lasting")
        return found

    def note_standing(self, standing: Mapping[str, object]) -> None:
        """Note for how long, and beside what, the views stand that were put last."""
        self._remember("standing", standing)

    def standing(self) -> Mapping[str, Any] | None:
        """What was noted of that, None where nothing was."""
        found: Mapping[str, Any] | None = self._recall("standing")
        return found

    def changes(self) -> int:
        """A number that grows with every change of mail, its text or a draft's record."""
        return changes.count(self._db)

    def each_view(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The documents that the last pass left, with their ids and in their order, decoded slice by slice."""
        import json  # msgspec takes 20 ms to load, which `status` does not have

        start, some = 0, [("", "")]
        while some:
            some = self._db.rows(
                "SELECT opportunity, document FROM views ORDER BY place LIMIT ? OFFSET ?", (_SLICE, start)
            )
            start += len(some)
            for name, document in some:
                yield name, json.loads(document)

    def views(self, part: str = "") -> Views | None:
        """What the last pass left, None where none has ended yet; of documents one `part` alone where it is named."""
        import json

        meta = self.last_pass()
        if meta is None:
            return None
        what = "json_object(:part, json_extract(document, '$.' || :part))" if part else "document"
        rows = self._db.rows(
            f"SELECT opportunity, {what} FROM views ORDER BY place",  # noqa: S608 - one of the two above
            {"part": part},
        )  # at once: a pass may end meanwhile
        return Views(meta, {name: json.loads(document) for name, document in rows})

    # --- scans ---

    def note_scan(self, account: str, at: datetime, error: str | None) -> None:
        """Note that the account was scanned at `at`, or why that failed."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO scans (account, tried_at, scanned_at, error) VALUES (:account, :at, :done, :error)"
                " ON CONFLICT (account) DO UPDATE SET tried_at = :at, error = :error,"
                " scanned_at = coalesce(:done, scanned_at)",
                {"account": account, "at": _utc(at), "done": None if error else _utc(at), "error": error or None},
            )

    def scans(self) -> dict[str, Scan]:
        """How the scans of each account went, by its name."""
        rows = self._db.rows("SELECT account, tried_at, scanned_at, error FROM scans ORDER BY account")
        return {
            account: Scan(datetime.fromisoformat(tried), datetime.fromisoformat(scanned) if scanned else None, error)
            for account, tried, scanned, error in rows
        }

    def forget_accounts(self, known: Iterable[str]) -> None:
        """Drop the mail, cursors and scans of accounts that are no longer in the config (`known` are those that are).

        Placements, words and ids stay.
        """
        names = encode(list(known))
        with self._db.transaction():
            if sum(self._db.run(statement, (names,)) for statement in _FORGET_ACCOUNTS):
                changes.note(self._db)

    # --- housekeeping ---

    def shrink(self) -> None:
        """Give back the memory in which pages and statements of the database are kept for the next use of them."""
        self._db.renew()

    def prune(self, now: datetime, keep_text_of: Collection[Key]) -> Pruned:
        """Drop the text of drafts made more than 30 days ago, the text of all mail but `keep_text_of` (that of
        opportunities which are open or ended in the last 90 days), and messages that lie in no folder any more and
        belong to none of those."""
        with self._db.transaction():
            draft_texts = self._db.run(
                "UPDATE placements SET text = '' WHERE text <> '' AND intended_at < ?", (_utc(now - KEEP_DRAFT_TEXT),)
            )
            self._db.run("CREATE TEMP TABLE kept (account TEXT, message_id TEXT, PRIMARY KEY (account, message_id))")
            self._db.run_many(
                "INSERT OR IGNORE INTO kept VALUES (?, ?)",
                [(account, scrub(message_id)) for account, message_id in keep_text_of],
            )
            bodies = self._db.run(_DROP_BODIES)
            self._db.run(
                "UPDATE messages SET state = 'swept' WHERE state = 'fetched' AND state <> 'swept'"
                " AND NOT EXISTS (SELECT 1 FROM bodies WHERE bodies.message = messages.id)"
            )
            messages = self._db.run(_DROP_MESSAGES)
            self._db.run("DROP TABLE kept")
        return Pruned(draft_texts, bodies, messages)

    def _remember(self, name: str, value: object) -> None:
        with self._db.transaction():
            self._db.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, encode(value)))

    def _recall(self, name: str) -> Any:
        import json

        row = self._db.row("SELECT value FROM meta WHERE name = ?", (name,))
        return json.loads(row[0]) if row else None


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
