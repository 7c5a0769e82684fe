"""Housekeeping leaves the database as it was, in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from watcher.store import Store


def test_what_was_logged_goes_into_the_file_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    log = tmp_path / "state.db-wal"
    at = datetime(2026, 3, 9, tzinfo=UTC)
    with Store.open(file) as store:
        store.note_scan("personal", at, None)
        assert log.stat().st_size
        store.tidy()
        assert not log.stat().st_size
        assert store.scans()["personal"].scanned_at == at


def test_a_connection_that_is_renewed_has_what_was_written_and_goes_on_writing(tmp_path: Path) -> None:
    at = datetime(2026, 3, 9, tzinfo=UTC)
    with Store.open(tmp_path / "state.db") as store:
        store.note_scan("personal", at, None)
        store.shrink()
        assert store.scans()["personal"].scanned_at == at
        store.note_scan("work", at, None)
        assert set(store.scans()) == {"personal", "work"}
        with store.transaction():
            store.note_scan("other", at, None)
            store.shrink()  # in the middle of a transaction it is left as it is
            assert "other" in store.scans()
    with Store.open(tmp_path / "state.db") as store:
        assert set(store.scans()) == {"personal", "work", "other"}


def test_what_is_only_in_memory_survives_a_renewal() -> None:
    with Store.in_memory() as store:
        store.note_scan("personal", datetime(2026, 3, 9, tzinfo=UTC), None)
        store.shrink()
        assert set(store.scans()) == {"personal"}


def test_a_file_that_is_gone_or_another_one_is_not_taken_for_the_one_that_was_open(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with Store.open(file) as store:
        store.note_scan("personal", datetime(2026, 3, 9, tzinfo=UTC), None)
        file.rename(tmp_path / "elsewhere.db")
        store.shrink()
        assert set(store.scans()) == {"personal"}
        file.write_bytes(b"")
        store.shrink()
        assert set(store.scans()) == {"personal"}
