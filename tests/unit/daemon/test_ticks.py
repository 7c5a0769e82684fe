"""What APScheduler does to those who trust it, and what the daemon makes of that."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from watcher.daemon.ticks import DUE, HOUSEKEEPING, MINUTE, Ticks


@pytest.fixture
def rung() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture
def ticks(rung: queue.Queue[str]) -> Iterator[Ticks]:
    made = Ticks(rung.put, ["personal"], poll=0.2)
    made.start()
    yield made
    made.stop()


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def wait_for(rung: queue.Queue[str], name: str) -> None:
    while rung.get(timeout=5) != name:
        pass


def test_each_account_is_polled_again_and_again(ticks: Ticks, rung: queue.Queue[str]) -> None:
    for _ in range(3):
        wait_for(rung, "poll:personal")


def test_it_rings_when_something_is_due(ticks: Ticks, rung: queue.Queue[str]) -> None:
    ticks.look_at(now() + timedelta(seconds=0.3), now())
    wait_for(rung, DUE)


def test_what_was_due_while_the_machine_slept_still_rings(ticks: Ticks, rung: queue.Queue[str]) -> None:
    ticks.look_at(now() - timedelta(hours=5), now())
    wait_for(rung, DUE)


def test_what_has_rung_rings_again_where_the_clock_was_set_back_before_it(ticks: Ticks, rung: queue.Queue[str]) -> None:
    at = now() + timedelta(seconds=0.2)
    for _ in range(2):
        ticks.look_at(at, at - timedelta(hours=1))
        wait_for(rung, DUE)


def test_another_due_time_takes_the_place_of_the_last(ticks: Ticks, rung: queue.Queue[str]) -> None:
    ticks.look_at(now() + timedelta(seconds=0.2), now())
    ticks.look_at(now() + timedelta(hours=1), now())
    for _ in range(4):
        assert rung.get(timeout=5) != DUE
    for _ in range(2):
        ticks.look_at(None, now())
        assert ticks.due is None


def test_no_job_is_dropped_for_being_late_and_what_was_missed_rings_once(ticks: Ticks) -> None:
    ticks.look_at(now() + timedelta(hours=1), now())
    assert ticks._scheduler is not None
    jobs = {job.id: job for job in ticks._scheduler.get_jobs()}
    assert set(jobs) == {DUE, MINUTE, HOUSEKEEPING, "poll:personal"}
    for job in jobs.values():
        assert job.misfire_grace_time is None
        assert job.coalesce
        assert job.next_run_time.utcoffset() == timedelta(0)


def test_after_a_jump_of_the_clock_all_intervals_begin_anew(ticks: Ticks) -> None:
    assert ticks._scheduler is not None
    ticks._scheduler.modify_job(MINUTE, next_run_time=now() + timedelta(days=30))  # as a clock set back leaves it
    ticks.again()
    assert ticks._scheduler.get_job(MINUTE).next_run_time < now() + timedelta(seconds=61)


def test_it_ends_at_once_even_while_a_ring_hangs() -> None:
    hung, free = threading.Event(), threading.Event()

    def ring(name: str) -> None:
        hung.set()
        free.wait(10)

    ticks = Ticks(ring, ["personal"], poll=0.1)
    ticks.start()
    assert hung.wait(5)
    began = time.monotonic()
    ticks.stop()
    assert time.monotonic() - began < 2
    free.set()


def test_its_end_is_quiet_in_the_very_moment_when_something_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    for number in range(60):
        ticks = Ticks(lambda name: None, [], poll=100)
        ticks.start()
        ticks.look_at(now(), now())
        threading.Event().wait(0.009 + number / 30_000)
        ticks.stop()
    assert not failures


def test_an_account_can_be_polled_at_another_pace_which_a_jump_of_the_clock_does_not_change(ticks: Ticks) -> None:
    assert ticks._scheduler is not None
    for _ in range(2):
        ticks.poll_every("personal", 300)
        assert timedelta(seconds=295) < ticks._scheduler.get_job("poll:personal").next_run_time - now()
        ticks.again()


def test_a_pace_that_is_told_at_the_very_end_does_no_harm(ticks: Ticks) -> None:
    scheduler = ticks._scheduler
    ticks.stop()
    ticks._scheduler = scheduler
    ticks.poll_every("personal", 300)
    ticks._scheduler = None
