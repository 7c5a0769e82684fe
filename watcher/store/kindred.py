"""What was known when the swept headers were last looked at, and in which of them something new stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from watcher.store.codec import encode, scrub

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from watcher.store.sqlite import Database


def lower(database: Database, serial: int) -> None:
    """Have the headers from a serial on looked at again, in the transaction of what makes that needful."""
    database.run(
        "UPDATE meta SET value = json_set(value, '$.serial', min(json_extract(value, '$.serial'), ?))"
        " WHERE name = 'known'",
        (serial - 1,),
    )


class KindredTables:
    """The swept headers by what stands in them."""

    _db: Database

    def known(self) -> Mapping[str, Any] | None:
        """What was noted of the last look, None where nothing was."""
        import json

        row = self._db.row("SELECT value FROM meta WHERE name = 'known'")
        return json.loads(row[0]) if row else None

    def note_known(self, known: Mapping[str, object]) -> None:
        """Note what was known at a look, and how far that went."""
        self._db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('known', ?)", (encode(known),))

    def holding(self, words: Sequence[str], upto: int) -> list[int]:
        """The serials, up to one, of swept headers in which one of some words stands, whatever for."""
        sought = " OR ".join(["instr(header, ?)"] * len(words))
        asked = [encode(scrub(word))[1:-1] for word in words]
        query = f"SELECT id FROM messages WHERE state = 'swept' AND id <= ? AND ({sought}) ORDER BY id"  # noqa: S608
        return [row[0] for row in self._db.rows(query, (upto, *asked))]

    def lying_in_trash(self, upto: int) -> list[int]:
        """The serials, up to one, of mail of which a copy lies in Trash."""
        rows = self._db.rows("SELECT DISTINCT message FROM copies WHERE role = 'trash' AND message <= ?", (upto,))
        return sorted(row[0] for row in rows)

    def binned(self) -> str:
        """What changes whenever a message comes to lie in Trash, or does so no longer."""
        row = self._db.row(
            "SELECT count(*), coalesce(sum(message), 0), coalesce(sum(message * message % 1000003), 0) FROM copies"
            " WHERE role = 'trash'"
        )
        return ".".join(map(str, row or ()))
