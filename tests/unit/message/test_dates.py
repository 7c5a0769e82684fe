"""Dates as mail has them, and which instant is believed where Date and delivery disagree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.message.dates import believe, read_date
from watcher.message.model import Role

DAWN, DUSK = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
DELIVERED = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 09 Mar 2026 12:00:00 +0000", "2026-03-09T12:00:00+00:00"),
        ("Mon, 9 Mar 2026 12:00:00 -0400", "2026-03-09T12:00:00-04:00"),
        ("9 Mar 2026 12:00 +0530", "2026-03-09T12:00:00+05:30"),
        ("Mon, 9 Mar 2026 12:00:00 GMT", "2026-03-09T12:00:00+00:00"),
        ("Mon, 9 Mar 2026 12:00:00 EDT", "2026-03-09T12:00:00-04:00"),
        ("Mon, 9 Mar 2026 12:00:00 +0100 (CET)", "2026-03-09T12:00:00+01:00"),
        ("Monday, 9 March 2026 12:00:00 +0000", "2026-03-09T12:00:00+00:00"),
        ("Mon,9 Mar 26 12:00:00 +0000", "2026-03-09T12:00:00+00:00"),
        ("Mon, 9-Mar-2026 12:00:00 +0000", "2026-03-09T12:00:00+00:00"),
        ("Mon, 9 Mar 2026 12:00:00 -0000", "2026-03-09T12:00:00+00:00"),
        ("Mon, 9 Mar 2026 23:59:60 +0000", "2026-03-09T23:59:59+00:00"),
        ("Mon, 9 Mar 2026 12:00:00", "2026-03-09T12:00:00+00:00"),
        ("Mon, 9 Mar 2026 12:00:00 GMT+0200", "2026-03-09T12:00:00+02:00"),
        ("Mon Mar  9 12:00:00 2026", "2026-03-09T12:00:00+00:00"),
        ("2026-03-09T12:00:00+01:00", "2026-03-09T12:00:00+01:00"),
        ("9 Mar 99 12:00 +0000", "1999-03-09T12:00:00+00:00"),
    ],
)
def test_a_date_is_read_with_the_writers_offset(written: str, read: str) -> None:
    at = read_date(written)
    assert at is not None
    assert at.isoformat() == read


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "Mon, 31 Feb 2026 12:00:00 +0000", "Mon, 9 Xyz 2026 12:00 +0000", "1 Jan 0000 0:00 +0000",
     "1 Jan 1 00:00:00 +9999", "9 Mar 2026 25:00 +0000"],
)  # fmt: skip
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written) is None


@given(st.text())
def test_reading_a_date_never_raises(text: str) -> None:
    at = read_date(text)
    assert at is None or at.tzinfo is not None


@given(st.datetimes(DAWN, DUSK), st.integers(-14 * 60, 14 * 60))
def test_a_date_that_was_written_is_read_back(at: datetime, minutes: int) -> None:
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    read = read_date(f"{at.day} {months[at.month - 1]} {at.year} {at:%H:%M:%S} {offset}")
    assert read is not None
    assert read.replace(tzinfo=None) == at.replace(microsecond=0)
    assert read.utcoffset() == timedelta(minutes=minutes)


def believed(
    written: datetime | None,
    delivered: datetime = DELIVERED,
    *relays: datetime,
    role: Role = Role.INBOX,
) -> datetime:
    return believe(written, delivered, role, lambda: relays)


def test_a_date_shortly_before_delivery_is_true() -> None:
    written = DELIVERED - timedelta(minutes=3)
    assert believed(written) is written


def test_a_clock_that_is_some_minutes_fast_is_forgiven() -> None:
    written = DELIVERED + timedelta(minutes=5)
    assert believed(written) is written


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=2), timedelta(days=4000)])
def test_a_date_ahead_of_delivery_is_overruled(ahead: timedelta) -> None:
    assert believed(DELIVERED + ahead) == DELIVERED


def test_a_missing_date_is_the_time_of_delivery() -> None:
    assert believed(None) == DELIVERED


def test_mail_that_lay_queued_for_some_days_keeps_its_date() -> None:
    written = DELIVERED - timedelta(days=5)
    assert believed(written, DELIVERED, DELIVERED, DELIVERED) is written


@pytest.mark.parametrize("before", [timedelta(days=30), timedelta(days=365), timedelta(days=365 * 56)])
def test_a_date_long_before_delivery_is_overruled(before: timedelta) -> None:
    assert believed(DELIVERED - before) == DELIVERED
    assert believed(DELIVERED - before, DELIVERED, DELIVERED - timedelta(seconds=5)) == DELIVERED


def test_a_relay_that_saw_the_message_at_its_date_bears_it_out() -> None:
    written = DELIVERED - timedelta(days=20)
    held_by_a_moderator = believed(written, DELIVERED, DELIVERED, written + timedelta(minutes=1))
    assert held_by_a_moderator is written


def test_a_mailbox_that_was_copied_keeps_true_dates() -> None:
    written = DELIVERED - timedelta(days=400)
    assert believed(written, DELIVERED, written + timedelta(seconds=9)) is written


def test_in_a_copied_mailbox_the_newest_received_overrules_a_wrong_date() -> None:
    arrived = DELIVERED - timedelta(days=400)
    assert believed(datetime(1970, 1, 1, tzinfo=UTC), DELIVERED, arrived) == arrived


def test_the_users_own_mail_without_relays_is_believed_though_it_was_copied() -> None:
    written = DELIVERED - timedelta(days=400)
    assert believed(written, role=Role.SENT) is written


def test_a_file_without_a_time_is_dated_by_the_message() -> None:
    written = DELIVERED - timedelta(days=3)
    assert believed(written, datetime(1970, 1, 1, tzinfo=UTC)) is written


@given(
    st.none() | st.datetimes(DAWN, DUSK, timezones=st.just(UTC)),
    st.datetimes(DAWN, DUSK, timezones=st.just(UTC)),
)
def test_no_message_is_ever_dated_after_its_delivery(written: datetime | None, delivered: datetime) -> None:
    assert believed(written, delivered) <= delivered + timedelta(minutes=10)
