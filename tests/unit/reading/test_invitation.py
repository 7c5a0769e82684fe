from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.knowledge.loader import load
from watcher.message.model import Address, CalendarPart
from watcher.reading.invitation import events
from watcher.reading.model import CalendarEvent, ReadingSettings

RULES = load()
ME = ReadingSettings("Alex", ("alex@example.net",), "Europe/London")


def calendar(*lines: str, method: str = "REQUEST", before: str = "") -> str:
    body = "\r\n".join(("BEGIN:VEVENT", "UID:one@acme.example", "DTSTAMP:20260301T090000Z", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\n{before}{body}\r\nEND:VCALENDAR\r\n"


def read(text: str, method: str = "") -> tuple[CalendarEvent, ...]:
    return events([CalendarPart(text, method)], ME, RULES)


def one(*lines: str, **kwargs: str) -> CalendarEvent:
    (event,) = read(calendar(*lines, **kwargs))
    return event


def utc(hour: int, day: int = 17, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("DTSTART:20260317T140000Z", utc(14)),
        ("DTSTART:20260317T140000", utc(14)),
        ("DTSTART;TZID=America/New_York:20260317T140000", utc(18)),
        ('DTSTART;TZID="Eastern Standard Time":20260317T140000', utc(18)),
        ("DTSTART;TZID=W. Europe Standard Time:20260317T140000", utc(13)),
        ("DTSTART;TZID=/vendor.example/Europe/Berlin:20260317T140000", utc(13)),
        ('DTSTART;TZID="(UTC+03:00) Somewhere":20260317T140000', utc(11)),
        ("DTSTART;TZID=Nowhere at all:20260317T140000", utc(14)),
    ],
)
def test_a_start_is_read_in_the_zone_it_names(line: str, expected: datetime) -> None:
    assert one(line).start == expected


def test_a_zone_that_the_calendar_defines_counts_where_nobody_knows_its_name() -> None:
    rules = "BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0500|TZOFFSETTO:+0500|END:STANDARD"
    zone = f"BEGIN:VTIMEZONE|TZID:Plant Clock|{rules}|END:VTIMEZONE|".replace("|", "\r\n")
    assert one("DTSTART;TZID=Plant Clock:20260317T140000", before=zone).start == utc(9)


def test_a_whole_day_begins_at_midnight_in_the_users_zone() -> None:
    event = one("DTSTART;VALUE=DATE:20260717", "DTEND;VALUE=DATE:20260718")
    assert event.all_day
    assert event.start == utc(23, 16, 7)


def test_a_duration_gives_the_end() -> None:
    assert one("DTSTART:20260317T140000Z", "DURATION:PT45M").end == utc(14).replace(minute=45)


def test_an_unreadable_duration_leaves_the_event() -> None:
    event = one("DTSTART:20260317T140000Z", "DURATION:PT1W")
    assert (event.start, event.end) == (utc(14), None)


def test_method_status_and_sequence_are_told() -> None:
    event = one("DTSTART:20260317T140000Z", "STATUS:CANCELLED", "SEQUENCE:3", method="CANCEL")
    assert (event.uid, event.method, event.status, event.sequence) == ("one@acme.example", "CANCEL", "CANCELLED", 3)


def test_the_method_of_the_part_stands_above_that_of_the_text() -> None:
    (event,) = read(calendar("DTSTART:20260317T140000Z"), method="cancel")
    assert event.method == "CANCEL"


def test_people_have_names_and_plain_addresses() -> None:
    event = one(
        "DTSTART:20260317T140000Z",
        'ORGANIZER;CN="Dana Reyes":MAILTO:Dana@acme.example',
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:alex@example.net",
        "ATTENDEE;CN=Kofi:mailto:kofi@acme.example",
    )
    assert event.organizer == Address("Dana Reyes", "dana@acme.example")
    assert [attendee.address for attendee in event.attendees] == ["alex@example.net", "kofi@acme.example"]
    assert event.partstat == "ACCEPTED"


def test_a_reply_tells_how_its_attendee_answered() -> None:
    event = one("DTSTART:20260317T140000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:kofi@acme.example", method="REPLY")
    assert event.partstat == "DECLINED"


def test_folded_lines_are_joined() -> None:
    assert one("DTSTART:20260317T140000Z", "SUMMARY:Interview with\r\n  Alex").summary == "Interview with Alex"


def test_a_recurring_event_stands_at_its_next_occurrence() -> None:
    event = one(
        "DTSTART;TZID=Europe/London:20260203T140000",
        "DTEND;TZID=Europe/London:20260203T143000",
        "RRULE:FREQ=WEEKLY;BYDAY=TU",
    )
    assert event.start == utc(14, 3)
    assert event.end == utc(14, 3).replace(minute=30)


def test_an_occurrence_of_a_series_names_which_one_it_is() -> None:
    assert (
        one("DTSTART:20260317T140000Z", "RECURRENCE-ID:20260316T140000Z").recurrence_id == "2026-03-16T14:00:00+00:00"
    )


def test_several_events_come_in_order() -> None:
    text = calendar("DTSTART:20260317T140000Z").replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\r\nUID:two@acme.example\r\nDTSTART:20260317T150000Z\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )
    assert [event.uid for event in read(text)] == ["one@acme.example", "two@acme.example"]


@pytest.mark.parametrize(
    "text", ["", "no calendar", "BEGIN:VEVENT", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR"]
)
def test_what_is_no_calendar_gives_no_event(text: str) -> None:
    assert read(text) == ()


def test_a_calendar_cut_short_still_gives_its_whole_events() -> None:
    text = calendar("DTSTART:20260317T140000Z").replace("END:VCALENDAR\r\n", "BEGIN:VEVENT\r\nUID:half")
    assert [event.start for event in read(text)] == [utc(14)]


def test_lines_that_are_none_do_not_hide_the_event() -> None:
    assert [e.start for e in read(calendar("DTSTART:20260317T140000Z", "!! broken line"))] == [utc(14)]


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_calendar_makes_it_raise(text: str) -> None:
    read(calendar(text))
    read(calendar("DTSTART:" + text, "RRULE:" + text))
