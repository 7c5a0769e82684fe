"""The time, asked in one place, and instants as a user types them."""

from __future__ import annotations

from datetime import UTC, datetime

from watcher.errors import UsageError


def now() -> datetime:
    """This instant, aware."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that asks


def instant(text: str, zone: str) -> datetime:
    """The instant that `text` names: ISO 8601, with an offset or else in `zone` (an IANA name).

    Raises UsageError.
    """
    remedy = "Write it like 2026-03-18T10:00, or 2026-03-18T10:00-04:00 with an offset."
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f'--now: "{text}" is not a date and time.', remedy) from None
    if not 1970 <= found.year <= 2999:
        raise UsageError(f'--now: the year of "{text}" is out of range.', remedy)
    if found.tzinfo is None:
        from zoneinfo import ZoneInfo

        found = found.replace(tzinfo=ZoneInfo(zone))
    return found
