"""Days and hours as people type them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from watcher.app import knowledge
from watcher.cycle.typed import Calendar
from watcher.errors import UsageError
from watcher.knowledge.model import Rulebook
from watcher.reading.model import ReadingSettings

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 18, 10, 0, tzinfo=ZONE)  # a Wednesday


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return knowledge()


@pytest.fixture
def calendar(rulebook: Rulebook) -> Calendar:
    return Calendar(rulebook, ReadingSettings("Alex", ("alex@example.net",), "Europe/London", "GB"), NOW)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("friday", "2026-03-20"),
        ("Fri", "2026-03-20"),
        ("wednesday", "2026-03-25"),
        ("next friday", "2026-03-27"),
        ("tomorrow", "2026-03-19"),
        ("in two weeks", "2026-04-01"),
        ("2 weeks", "2026-04-01"),
        ("in 3 days", "2026-03-21"),
        ("a week", "2026-03-25"),
        ("next week", "2026-03-23"),
        ("next month", "2026-04-01"),
        ("3 April", "2026-04-03"),
        ("April 3rd", "2026-04-03"),
        ("3/4", "2026-04-03"),
        ("the 25th", "2026-03-25"),
        ("25", "2026-03-25"),
        ("2026-04-03", "2026-04-03"),
        ("monday week", "2026-03-30"),
        ("end of the month", "2026-03-31"),
        ("after Easter", "2026-04-07"),
        ("Easter Monday", "2026-04-06"),
        ("until good friday", "2026-04-03"),
        ("after the bank holiday", "2026-04-04"),
        ("christmas", "2026-12-25"),
        ("for two weeks", "2026-04-01"),
        ("in a month", "2026-04-18"),
        ("3 months", "2026-06-18"),
        ("till april", "2026-04-01"),
        ("the week after next", "2026-03-30"),
        ("monday after next", "2026-03-30"),
        ("wed after next", "2026-04-01"),
    ],
)
def test_a_day_ahead_is_understood(calendar: Calendar, text: str, day: str) -> None:
    found = calendar.ahead(text)
    assert (found.day, found.at) == (date.fromisoformat(day), None)


def test_numbers_follow_the_users_own_order(rulebook: Rulebook) -> None:
    american = ReadingSettings("Alex", ("alex@example.net",), "America/New_York", "US", day_first=False)
    assert Calendar(rulebook, american, NOW).ahead("4/3").day == date(2026, 4, 3)


@pytest.mark.parametrize(
    "text", ["today", "yesterday", "last friday", "2026-03-17", "soon", "", "9pm yesterday", "x" * 5000]
)
def test_what_does_not_lie_ahead_or_is_no_day_is_refused(calendar: Calendar, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        calendar.ahead(text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", "2026-03-18T10:00"),
        ("now", "2026-03-18T10:00"),
        ("today", "2026-03-18T10:00"),
        ("yesterday", "2026-03-17T12:00"),
        ("yesterday 3pm", "2026-03-17T15:00"),
        ("monday", "2026-03-16T12:00"),
        ("friday", "2026-03-13T12:00"),
        ("tuesday at 4pm", "2026-03-17T16:00"),
        ("2 days ago", "2026-03-16T12:00"),
        ("3 hours ago", "2026-03-18T07:00"),
        ("12 March", "2026-03-12T12:00"),
        ("2026-03-12T09:30", "2026-03-12T09:30"),
    ],
)
def test_an_instant_that_has_passed_is_understood(calendar: Calendar, text: str, at: str) -> None:
    assert calendar.behind(text) == datetime.fromisoformat(at).replace(tzinfo=ZONE)


@pytest.mark.parametrize("text", ["tomorrow", "20 March", "in 2 days", "11am", "sometime"])
def test_what_has_not_come_yet_is_refused(calendar: Calendar, text: str) -> None:
    with pytest.raises(UsageError):
        calendar.behind(text)


def test_an_hour_is_needed_unless_another_gives_it(calendar: Calendar) -> None:
    assert calendar.hour("friday 3pm") == datetime(2026, 3, 20, 15, tzinfo=ZONE)
    like = datetime(2026, 3, 19, 11, 30, tzinfo=ZONE)
    assert calendar.hour("friday", like) == datetime(2026, 3, 20, 11, 30, tzinfo=ZONE)
    assert calendar.hour("3pm", like) == datetime(2026, 3, 19, 15, tzinfo=ZONE)
    with pytest.raises(UsageError):
        calendar.hour("friday")
