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
