"""Every older shape of the database opens, and nothing that only a human or a mailbox of long ago could tell is lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.unit.store.makings import HOUR, NOON, message, placement
from watcher.draft.model import PlacementState
from watcher.opportunity.model import Identity, Word
from watcher.store import Store
from watcher.store.sqlite import VERSION, Database

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
OLDER = [f"{number:04}" for number in range(1, VERSION)]

NOTE = Word("note", "how the team plans its week", NOON, ("<m1@acme.example>",))
HEARD = Word("heard", "2026-03-17", NOON + HOUR, ("acme-backend-engineer",), {"by": "2026-03-27"})


@pytest.fixture(params=SCHEMAS, ids=lambda file: file.stem)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database of an older version, as its own watcher left it."""
    made = tmp_path / "state.db"
    connection = sqlite3.connect(made)
    connection.executescript(request.param.read_text("utf-8"))
    connection.close()
    return made


def shape(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """The tables, their columns and the indexes, whatever the order in which they were made."""
    names = [name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
    return {name: sorted(row[1:] for row in database.rows(f"PRAGMA table_info({name})")) for name in sorted(names)}


def test_there_is_a_database_of_each_older_version() -> None:
    assert [file.stem for file in SCHEMAS] == OLDER


@pytest.mark.parametrize("way", [Store.open, Store.open_for_reading, Store.open_copy])
def test_every_fact_is_there_after_the_upgrade(path: Path, way: object) -> None:
    with way(path) as store:  # type: ignore[operator]
        assert store.words() == (NOTE, HEARD)
        assert [word.number for word in store.words()] == [1, 2]
        assert [(each.id, each.alias_of) for each in store.identities()] == [
            ("acme-backend-engineer", ""),
            ("acme", "acme-backend-engineer"),
        ]
        assert store.identities()[0] == Identity(
            "acme-backend-engineer", NOON, frozenset({"<m1@acme.example>", "<m2@acme.example>"})
        )
        (made,) = store.placements()
        assert (made.state, made.fingerprint, made.text) == (PlacementState.PENDING, "abc", placement().text)
        assert [change.state.value for change in store.history(made.message_id)] == ["intended", "placed", "pending"]
        assert store.cursors("home")["INBOX"].state == "1"
        assert store.message(("home", "<m1@acme.example>")) == message("m1")
        assert store.scans()["home"].scanned_at == NOON


def test_what_is_new_in_the_newest_version_works_on_an_upgraded_one(path: Path) -> None:
    with Store.open(path) as store:
        assert store.undo_word(1, NOON)
        added = store.add_word(NOTE)
        assert added.number == 3
        assert store.words() == (HEARD, NOTE)


def test_an_upgraded_database_has_the_shape_of_a_new_one(path: Path) -> None:
    upgraded, new = Database.open(path), Database.fresh()
    assert shape(upgraded) == shape(new)
    assert upgraded.row("PRAGMA user_version") == (VERSION,)
    upgraded.close()
