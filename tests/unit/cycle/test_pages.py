"""Pages know when the next thing happens by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from watcher.cycle.pages import Pages

NOW = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)


def page(due: str | None, start: str | None, end: str | None) -> dict[str, Any]:
    follow_up = {"due_at": due, "not_before": None}
    return {"status": {"follow_up": follow_up, "interviews": [{"start": start, "end": end}]}}


PAST = page("2026-03-01T10:00:00+00:00", "2026-03-02T10:00:00+00:00", None)
AHEAD = page("2026-03-25T10:00:00+00:00", "2026-03-20T10:00:00+00:00", "2026-03-20T11:00:00+00:00")


def test_the_next_thing_happens_at_the_first_instant_that_changes_something() -> None:
    pages = Pages(NOW)
    pages.put("past", PAST)
    assert pages.next_at is None
    pages.put("ahead", AHEAD)
    assert pages.next_at == datetime(2026, 3, 20, 10, tzinfo=UTC)


def test_a_page_that_stands_counts_too() -> None:
    pages = Pages(NOW)
    pages.put("ahead", AHEAD)
    pages.stay("soon", datetime(2026, 3, 19, tzinfo=UTC))
    pages.stay("never", None)
    assert pages.next_at == datetime(2026, 3, 19, tzinfo=UTC)
    assert dict(pages.each())["soon"] is None
    assert len(pages) == 3
