"""That a letter was written is known though the database is lost, older, or only just learns to keep it."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.store.makings import NOON, placement
from watcher.draft.model import PlacementState
from watcher.errors import StoreUnwritable
from watcher.store import Store
from watcher.store.ledger import Ledger

ONE, OTHER = "<one@example.net>", "<other@example.net>"


def place(store: Store, name: str = "one") -> None:
    store.intend(placement(name))
    store.advance(f"<{name}@example.net>", PlacementState.PLACED, now=NOON)


def lose(path: Path) -> None:
    for file in path.parent.glob("state.db*"):
        file.unlink()


def test_a_letter_is_known_after_the_database_is_lost_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(path) as store:
        place(store)
        assert not store.is_forgotten(ONE)
    lose(path)
    for opened in (Store.open, Store.open_copy, Store.open_for_reading):
        with opened(path) as store:
            assert store.is_forgotten(ONE)
            assert not store.is_forgotten(OTHER)


def test_what_is_recorded_once_more_is_forgotten_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(path) as store:
        place(store)
    lose(path)
    with Store.open(path) as store:
        place(store)
        store.advance(ONE, PlacementState.DISCARDED, now=NOON + timedelta(days=1))
        assert not store.is_forgotten(ONE)


def test_letters_from_before_it_was_kept_are_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(path) as store:
        place(store)
    path.with_suffix(".letters").unlink()
    with Store.open(path):
        pass
    assert Ledger.beside(path).holds(ONE)


def test_a_copy_for_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(path) as store:
        place(store)
    before = path.with_suffix(".letters").read_bytes()
    with Store.open_copy(path) as copy, copy.copy_in_memory() as again:
        again.intend(placement("other", opportunity="another"))
        again.advance(OTHER, PlacementState.PLACED, now=NOON)
        assert not copy.is_forgotten(OTHER)
    assert path.with_suffix(".letters").read_bytes() == before


def test_it_is_private_and_a_line_cut_short_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    ledger = Ledger.beside(path)
    ledger.note(ONE)
    file = path.with_suffix(".letters")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open("ab") as cut:
        cut.write(b"\n<cut-sho")
    ledger.note(OTHER)
    assert ledger.holds(ONE)
    assert ledger.holds(OTHER)


def test_what_was_intended_and_never_placed_is_due_yet_after_the_database_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(path) as store:
        store.intend(placement("one"))
    lose(path)
    with Store.open(path) as store:
        assert not store.is_forgotten(ONE)


def test_where_it_cannot_be_read_the_user_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.with_suffix(".letters").mkdir()
    with pytest.raises(StoreUnwritable), Store.open(path) as store:
        place(store)
