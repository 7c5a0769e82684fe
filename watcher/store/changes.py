"""Counts the changes of what is judged (mail, texts, drafts), so that a pass can tell whether there was any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watcher.store.sqlite import Database

_COUNT = """
INSERT INTO meta (name, value) VALUES ('changes', '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value + 1 AS TEXT)
"""


def note(database: Database) -> None:
    """Count one more, in the transaction of the change itself."""
    database.run(_COUNT)


def count(database: Database) -> int:
    """How many there have been."""
    row = database.row("SELECT value FROM meta WHERE name = 'changes'")
    return int(row[0]) if row else 0
