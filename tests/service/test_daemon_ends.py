"""The daemon is told to end, or killed, in the worst moments: in an APPEND, in a fetch, in IDLE. Nothing is half done."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.daemon import ZONE, Daemon, Home, WallClock, eventually, letter, now, running
from tests.support.dovecot import Dovecot, OtherClient
from tests.support.faults import Relay

USERS = (f"ender{number}" for number in itertools.count())
IN_TIME = 5.0
BERLIN = ZoneInfo(ZONE)
LARGE = 900  # bytes; what a client says in one piece is less, but for a draft


@pytest.fixture
def other(server: Dovecot) -> Iterator[OtherClient]:
    client = OtherClient(server, next(USERS))
    yield client
    client.close()


def wednesday() -> datetime:
    """Noon of a Wednesday that is still to come."""
    today = now().astimezone(BERLIN)
    day = today + timedelta(days=(2 - today.weekday()) % 7 or 7)
    return day.replace(hour=12, minute=0, second=0, microsecond=0)


def interview(at: datetime, said: datetime) -> bytes:
    return letter(
        1,
        f"Hi Alex,\r\n\r\nYour interview for the Backend Engineer role at Acme is confirmed for {at:%A %d %B} at "
        f"{at:%H:%M}.\r\n\r\nBest,\r\nDana Reyes\r\nRecruiter, Acme",
        at=said,
    )


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock.at(tmp_path, wednesday())


@pytest.fixture
def home(tmp_path: Path, server: Dovecot, between: Relay, other: OtherClient, clock: WallClock) -> Home:
    """An interview was yesterday afternoon, so that a thank-you is due."""
    yesterday = clock.now().astimezone(BERLIN) - timedelta(days=1)
    said = yesterday - timedelta(days=2)
    other.append("INBOX", interview(yesterday.replace(hour=14), said), said)
    return Home(tmp_path).imap("personal", between.port, other.user, server.ca)


def once_more(home: Home, daemon: Daemon) -> None:
    """Ask for passes until one has ended."""
    before = home.status()["daemon"]["last_pass_at"]

    def passed() -> bool:
        daemon.signal(signal.SIGUSR1)
        return bool(home.status()["daemon"]["last_pass_at"] != before)

    eventually(passed)


def drafts(other: OtherClient) -> int:
    return len(other.snapshot("Drafts")[2])


@pytest.mark.parametrize("arrived", [False, True], ids=["half-arrived", "unanswered"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ended_within_an_append_there_is_exactly_one_draft_after_the_next_start(
    home: Home, other: OtherClient, between: Relay, clock: WallClock, arrived: bool, number: int
) -> None:
    between.upload, between.unanswered = LARGE, arrived
    with running(home, clock=clock) as daemon:
        assert between.held.wait(30), daemon.log
        if number == signal.SIGTERM:
            assert daemon.stop() < IN_TIME
            assert daemon.log[-1] == "<6>stopped"
        else:
            daemon.process.kill()
            daemon.process.wait(10)
    assert drafts(other) == arrived  # half a draft is none
    between.unanswered = False
    with running(home, clock=clock) as daemon:
        eventually(lambda: drafts(other) == 1)
        eventually(lambda: [made["state"] for made in home.drafts()] == ["pending"])
        once_more(home, daemon)
        assert daemon.stop() < IN_TIME
    assert drafts(other) == 1


def test_told_to_end_within_a_fetch_it_ends_in_time_and_reads_the_mail_after_the_next_start(
    home: Home, other: OtherClient, between: Relay, clock: WallClock
) -> None:
    said = clock.now() - timedelta(days=1)
    for number in range(2, 62):
        far = interview(clock.now() + timedelta(days=1), said) + b"Our office lies at the river.\r\n" * 150
        far = far.replace(b"<m1@", b"<m%d@" % number).replace(b"Acme", b"Globex").replace(b"acme", b"globex")
        other.append("INBOX", far, said)
    between.after, between.how = 120_000, "silence"  # all headers are less
    with running(home, clock=clock) as daemon:
        eventually(lambda: between.received >= 110_000)
        assert daemon.stop() < IN_TIME
    between.after = None
    with running(home, clock=clock) as daemon:
        eventually(lambda: len(home.stages()) >= 2)
        assert daemon.stop() < IN_TIME


def test_after_a_suspend_what_came_due_meanwhile_is_done_at_once(
    home: Home, other: OtherClient, clock: WallClock
) -> None:
    """In suspend the wall clock goes on and the steady one does not; so it is for a daemon whose wall clock jumps."""
    clock.set(clock.now() - timedelta(days=1) + timedelta(hours=1))  # an hour before the interview
    with running(home, clock=clock, watchdog=4) as daemon:
        daemon.wait_for("STATUS=Watching personal. Last pass")
        assert home.stages() == ["interview_booked"]
        assert not drafts(other)
        clock.set(clock.now() + timedelta(hours=6))
        daemon.wait_for_line("the clock went on by 21600 seconds")
        eventually(lambda: drafts(other) == 1)
        assert daemon.stop() < IN_TIME
    assert len([line for line in daemon.log if "clock" in line]) == 1


@pytest.mark.parametrize("day", ["2027-03-28T01:59:40+01:00", "2027-10-31T02:59:40+02:00"], ids=["skipped", "doubled"])
def test_the_hour_that_is_skipped_or_comes_twice_is_no_jump_of_the_clock(tmp_path: Path, day: str) -> None:
    home = Home(tmp_path).maildir()
    clock = WallClock.at(tmp_path, datetime.fromisoformat(day))
    with running(home, clock=clock, watchdog=2) as daemon:
        daemon.wait_for("STATUS=Watching local. Last pass at 0")
        clock.set(datetime.fromisoformat(day) + timedelta(seconds=18))
        began = clock.now().astimezone(BERLIN).utcoffset()
        eventually(lambda: clock.now().astimezone(BERLIN).utcoffset() != began)
        once_more(home, daemon)
        assert daemon.stop() < IN_TIME
    assert not [line for line in daemon.log if "clock" in line]
