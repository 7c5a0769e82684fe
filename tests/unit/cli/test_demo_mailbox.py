"""The sample mailbox is true on every weekday and in every zone: valid mail, dated around the day it plays."""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
from datetime import date, datetime, time, timedelta
from email.utils import getaddresses
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.cli.demo.mailbox import ADDRESS, FOLDERS, lay_out, messages, play_time, stories, working_day
from watcher.config import load

ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "Europe/London", "Pacific/Kiritimati")
WEEK = [datetime.fromisoformat(f"2026-11-{day}T13:00:00+00:00") for day in range(20, 27)]
DATED = re.compile(r"(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday) (\d{1,2}) (\w+)")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("now", WEEK, ids=lambda now: f"{now:%a}")
def test_it_plays_at_ten_of_the_latest_working_day(now: datetime, zone: str) -> None:
    play = play_time(now, zone)
    assert (play.hour, play.minute, str(play.tzinfo)) == (10, 0, zone)
    assert play.weekday() < 5
    assert timedelta(days=-1) < now - play < timedelta(days=3)


def test_a_sunday_in_one_zone_is_a_monday_in_another() -> None:
    late_sunday = datetime.fromisoformat("2026-11-22T13:00:00+00:00")
    assert play_time(late_sunday, "America/Los_Angeles").day == 20
    assert play_time(late_sunday, "Pacific/Auckland").day == 23


@given(st.dates(date(2020, 1, 6), date(2035, 1, 1)), st.integers(-30, 30))
def test_working_days_are_counted_there_and_back(day: date, offset: int) -> None:
    start = play_time(datetime.combine(day, time(12), ZoneInfo("UTC")), "UTC").date()
    there = working_day(start, offset)
    assert there.weekday() < 5
    assert working_day(there, -offset) == start


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("now", WEEK, ids=lambda now: f"{now:%a}")
def test_every_message_is_valid_and_consistent_in_its_dates(now: datetime, zone: str) -> None:
    play = play_time(now, zone)
    seen: dict[str, datetime] = {}
    for folder, at, data in messages(play):
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert not message.defects
        assert folder in ("INBOX", *FOLDERS)
        assert message["Date"].datetime == at <= play
        assert at.weekday() < 5
        people = [address for name in ("From", "To") for _, address in getaddresses([str(message[name])])]
        assert all(address.endswith((".example", "@example.net")) for address in people)
        assert ADDRESS in people or "List-Id" in message
        assert (people[0] == ADDRESS) is (folder == "Sent")
        identity = str(message["Message-ID"])
        assert identity not in seen
        seen[identity] = at
        for reference in str(message["References"] or "").split():
            assert seen[reference] < at
        text = message.get_body(("plain",)).get_content() + str(message["Subject"])  # type: ignore[union-attr]
        assert "{" not in text
        assert "  " not in text
        for weekday, day, month in DATED.findall(text):
            meant = [datetime.strptime(f"{day} {month} {year}", "%d %B %Y") for year in (at.year, at.year + 1)]  # noqa: DTZ007
            nearest = min(meant, key=lambda found: abs(found.date() - at.date()))
            assert f"{nearest:%A}" == weekday
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                _check_invitation(part, play)
    assert len(seen) >= 25
    for name in ("harbour-4", "merrow-4", "northwold-5"):
        assert any(name in identity for identity in seen)


def _check_invitation(part: email.message.EmailMessage, play: datetime) -> None:  # type: ignore[name-defined]
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    start = event["DTSTART"].dt.astimezone(play.tzinfo)
    assert part["Content-Type"].params["method"] == calendar["METHOD"]
    assert (start.date(), start.hour) == (working_day(play.date(), -1), 14)


def test_it_tells_of_seven_opportunities_and_of_ordinary_life() -> None:
    told = list(stories())
    assert sum(1 for story in told if story[0]["id"].split("-")[0] not in ("alert",)) >= 7
    assert sum(len(story) for story in told) >= 25
    for story in told:
        ids = [mail["id"] for mail in story]
        assert len(ids) == len(set(ids))


def test_the_maildir_is_one_that_others_can_read(tmp_path: Path) -> None:
    play = play_time(WEEK[2], "Europe/London")
    count = lay_out(tmp_path, play, "Europe/London")
    box = mailbox.Maildir(tmp_path / "mail", create=False)
    assert set(box.list_folders()) == set(FOLDERS)
    assert len(box) + sum(len(box.get_folder(name)) for name in FOLDERS) == count
    assert not len(box.get_folder("Drafts"))
    config = load(tmp_path / "config.toml", {})
    assert config.timezone == "Europe/London"
    assert config.storage == tmp_path / "state.db"


def test_a_file_was_delivered_when_its_message_says(tmp_path: Path) -> None:
    lay_out(tmp_path, play_time(WEEK[0], "Asia/Kolkata"), "Asia/Kolkata")
    for file in (tmp_path / "mail").rglob("cur/*"):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert message["Date"].datetime.timestamp() == file.stat().st_mtime
