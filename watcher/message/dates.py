"""Reads a Date field, and says which instant to believe when Date and delivery disagree."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone

from watcher.message.model import Role

# RFC 5322 section 3.3 and its obsolete forms (section 4.3): two-digit years, zone names, no seconds.
DATE = re.compile(
    r"\s*(?:[A-Za-z]{3,9}\.?\s*,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]{0,6}[\s.-]+(\d{2,4})"
    r"\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d{1,9})?\s*(?:(?:GMT|UTC)?([+-])(\d{2}):?(\d{2})|([A-Za-z]{1,5}))?"
)
# asctime, as old programs write it: Mon Mar  9 12:00:00 2026
ASCTIME = re.compile(
    r"\s*[A-Za-z]{3}\s+([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:[A-Z]{3,4}\s+)?(\d{4})"
)
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}
# RFC 5322 section 4.3; any other name counts as UTC.
ZONES = {"EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}

SKEW = timedelta(minutes=10)  # clocks of sender and server may differ by this much
QUEUED = timedelta(days=8)  # servers try for up to five days (RFC 5321 section 4.5.4.1); a weekend on top
NEAR = timedelta(days=1)  # a relay that saw the message so near its Date bears the Date out
COPIED = timedelta(days=3650)  # how far before its copy's time a message without any Received may be dated
FIRST_MAIL = 1990  # a time of delivery before this year is no time at all


def read_date(text: str) -> datetime | None:
    """The instant of a Date field with the writer's own offset, or None where it cannot be read."""
    found = DATE.match(text)
    if found is None:
        return _read_other(text)
    day, month, year, hour, minute, second, sign, zone_hour, zone_minute, zone = found.groups()
    number = MONTHS.get(month.lower())
    if number is None:
        return None
    if sign:
        minutes = int(zone_hour) * 60 + int(zone_minute)
        offset = -minutes if sign == "-" else minutes
    else:
        offset = ZONES.get((zone or "").upper(), 0) * 60
    return _instant(_full_year(year), number, int(day), int(hour), int(minute), int(second or 0), offset)


def _read_other(text: str) -> datetime | None:
    found = ASCTIME.match(text)
    if found is not None:
        month, day, hour, minute, second, year = found.groups()
        return _instant(int(year), MONTHS.get(month.lower(), 0), int(day), int(hour), int(minute), int(second), 0)
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _full_year(year: str) -> int:
    value = int(year)
    if len(year) == 2:
        return value + (2000 if value < 50 else 1900)
    return value + 1900 if len(year) == 3 else value


def _instant(year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int) -> datetime | None:
    try:
        zone = timezone(timedelta(minutes=offset)) if offset else UTC
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        at.astimezone(UTC)  # the first and last hours of the calendar have no UTC
    except (ValueError, OverflowError):
        return None
    return at


def believe(
    written: datetime | None, delivered: datetime, role: Role, relays: Callable[[], Sequence[datetime]]
) -> datetime:
    """When a message was written: its Date, unless that cannot be true; then the time of delivery.

    A Date cannot be true when it is missing or unreadable, later than delivery by more than a skew of clocks, or so
    long before it that no queue explains it. `relays` gives the instants of the Received fields, topmost (newest)
    first; they are asked only when Date and delivery are apart. They tell a wrong Date from a copy: a mailbox that was
    moved has fresh times of delivery and true Dates, and there the newest Received is the true delivery. Without any
    Received, mail in Sent is believed (only the user's own program dated it), other mail is not.
    """
    if written is not None and delivered - NEAR <= written <= delivered + SKEW:
        return written
    hops = list(relays())
    arrived = delivered
    if hops and (hops[0] < delivered - SKEW or delivered.year < FIRST_MAIL):
        arrived = hops[0]
    elif delivered.year < FIRST_MAIL and written is not None:
        return written
    if written is None or written > arrived + SKEW:
        return arrived
    if arrived - written <= QUEUED or any(abs(hop - written) <= NEAR for hop in hops):
        return written
    if not hops and role in (Role.SENT, Role.DRAFTS) and arrived - written <= COPIED:
        return written
    return arrived
