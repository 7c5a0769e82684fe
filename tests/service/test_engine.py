"""The daemon's own main loop and threads, by a clock that the test sets, on mailboxes in memory and on Maildirs."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.daemon import Home, eventually, invitation, letter
from tests.support.passes import PLAN, drafts_of, memory, setting, two_accounts
from watcher.app import Materials
from watcher.config import load
from watcher.cycle import judging
from watcher.daemon.engine import JUDGE, Engine, Pace
from watcher.daemon.journal import Told
from watcher.daemon.polling import QUICKEST, SLOWEST, STEADY
from watcher.daemon.service import run
from watcher.errors import MailboxUnavailable
from watcher.mailbox.memory import MemoryMailbox
from watcher.store import Store

TOLD: dict[str, Any] = two_accounts()
NOW = datetime.fromisoformat(TOLD["now"])


class Bench:
    """An engine on two accounts in memory."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.boxes = {name: memory(TOLD, name) for name in ("home", "work")}
        self.setting = setting(TOLD, folder, ("home", "work"))
        self.config = load(folder / "config.toml", {"HOME": str(folder)})
        self.store = Store.in_memory()
        self.lock = folder / "pass.lock"
        self.engine = self.make()

    def make(self) -> Engine:
        materials = Materials(self.config, self.setting, lambda now: PLAN, tuple(self.boxes.values()), self.lock)
        return Engine(materials, self.store, lambda: self.now, self.ring, Told(), Pace(soon=0.2))

    def ring(self, name: str) -> None:
        if name:
            self.engine.on_tick(name)

    def drafts(self) -> dict[str, int]:
        return {name: len(drafts_of(box)) for name, box in self.boxes.items()}

    def passes(self) -> datetime | None:
        return self.engine.last_pass_at

    def reasons(self) -> list[str]:
        views = self.store.views()
        documents: Any = views.documents if views else {}
        return [document["status"]["follow_up"]["reason"] for document in documents.values()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    assert made.engine.stop(10)
    made.store.close()


def test_it_drafts_what_is_due_once_every_account_was_read(bench: Bench) -> None:
    bench.engine.start()
    eventually(lambda: sum(bench.drafts().values()) == 3)
    for _ in range(3):
        before = bench.engine.last_pass_at
        bench.now += timedelta(minutes=1)
        bench.engine.look_everywhere()
        eventually(lambda before=before: bench.engine.last_pass_at != before)
    assert sum(bench.drafts().values()) == 3


def test_what_lies_in_an_account_that_was_not_reached_is_not_decided_on_and_the_rest_is(bench: Bench) -> None:
    bench.boxes["work"].trouble = MailboxUnavailable("away")
    bench.engine.start()
    eventually(lambda: bench.drafts()["home"] == 2)
    assert bench.drafts() == {"home": 2, "work": 0}
    bench.boxes["work"].trouble = None
    bench.engine.look_everywhere()
    eventually(lambda: sum(bench.drafts().values()) == 3)


def test_an_account_that_was_known_and_is_lost_holds_back_all_that_lies_in_it(bench: Bench) -> None:
    bench.now = NOW - timedelta(days=9)  # before the interviews: nothing is due
    bench.engine.start()
    eventually(lambda: len(bench.reasons()) == 3)
    bench.boxes["work"].trouble = MailboxUnavailable("away")
    bench.engine.workers["work"].ask()
    eventually(lambda: bench.engine.workers["work"].health.failures)
    bench.now = NOW
    bench.engine.on_tick("due")
    eventually(lambda: bench.passes() == NOW)
    assert bench.drafts() == {"home": 1, "work": 0}  # the one that lies at home alone
    bench.boxes["work"].trouble = None
    bench.engine.look_everywhere()
    eventually(lambda: sum(bench.drafts().values()) == 3)


def test_a_letter_is_written_when_its_time_comes_by_itself(bench: Bench) -> None:
    bench.now = NOW - timedelta(days=9)
    bench.engine.start()
    eventually(lambda: bench.engine.ticks.due)
    due = bench.engine.ticks.due
    assert due is not None
    assert bench.now < due < NOW
    assert not sum(bench.drafts().values())


class Slow:
    """A mailbox whose server takes a draft and does not answer."""

    def __init__(self, box: MemoryMailbox) -> None:
        self._box, self.begun, self.free = box, threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._box, name)

    def place(self, message: bytes, message_id: str, thread: str = "") -> Any:
        ref = self._box.place(message, message_id, thread)
        self.begun.set()
        self.free.wait(20)
        return ref


def test_it_does_not_wait_for_a_server_that_takes_a_draft_and_says_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    slow: Any = Slow(bench.boxes["home"])
    box, bench.boxes["home"] = bench.boxes["home"], slow
    bench.engine = bench.make()
    bench.engine.start()
    assert slow.begun.wait(10)
    began = time.monotonic()
    assert not bench.engine.stop(2)
    assert time.monotonic() - began < 3
    slow.free.set()
    eventually(lambda: bench.engine.stop(2))
    # The next daemon finds the draft, and what was not done yet.
    bench.boxes["home"] = box
    bench.engine = bench.make()
    bench.engine.start()
    eventually(lambda: sum(bench.drafts().values()) == 3)
    assert bench.engine.stop(10)
    assert {placement.state.value for placement in bench.store.placements()} == {"pending"}
    bench.store.close()


class Clock:
    """The wall clock of a machine, which a test may set."""

    def __init__(self, at: datetime) -> None:
        self._off = at.timestamp() - time.time()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._off, UTC)

    def move(self, **much: float) -> None:
        self._off += timedelta(**much).total_seconds()


def live(home: Home, clock: Clock, act: Callable[[], None]) -> None:
    """Run the daemon in this very process, do something beside it, and end it."""
    failures: list[BaseException] = []

    def beside() -> None:
        try:
            act()
        except BaseException as failure:
            failures.append(failure)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=beside)
    thread.start()
    assert run(home.config, {"HOME": str(home.folder)}, clock, Pace(look=0.1)) == 0
    thread.join()
    if failures:
        raise failures[0]


def drafts(home: Home) -> list[Path]:
    return [path for path in (home.folder / "local" / ".Drafts").rglob("*") if path.is_file()]


def test_a_clock_that_jumps_on_as_after_suspend_brings_what_is_due_by_then(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    (tmp_path / "local" / "new" / "1.invitation").write_bytes(invitation())
    clock = Clock(datetime.fromtimestamp(time.time(), UTC))

    def act() -> None:
        eventually(lambda: home.stages() == ["interview_booked"])
        assert not drafts(home)
        clock.move(days=2)
        while not 14 < clock().hour < 17:  # past the interview and the two hours after it, in the daytime
            clock.move(hours=1)
        for _ in range(4):  # a weekend may lie between
            with contextlib.suppress(AssertionError):
                eventually(lambda: drafts(home), 2)
                return
            clock.move(days=1)
        raise AssertionError("nothing was drafted")

    live(home, clock, act)


def test_a_clock_that_jumps_back_ends_neither_the_polls_nor_the_daemon(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    clock = Clock(datetime.fromtimestamp(time.time(), UTC))
    clock.move(days=30)

    def act() -> None:
        eventually(lambda: home.status()["daemon"] is not None and home.status()["daemon"]["last_pass_at"])
        before = home.status()["daemon"]["last_pass_at"]
        clock.move(days=-30)
        (tmp_path / "local" / "new" / "1.invitation").write_bytes(invitation())
        eventually(lambda: home.status()["daemon"]["last_pass_at"] < before)
        eventually(home.stages)

    live(home, clock, act)


def test_housekeeping_judges_and_tidies_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    tidied = threading.Event()
    monkeypatch.setattr(bench.store, "tidy", tidied.set)
    bench.engine.start()
    eventually(lambda: sum(bench.drafts().values()) == 3)
    assert not tidied.is_set()
    bench.engine.on_tick("housekeeping")
    assert tidied.wait(10)


def test_a_fault_of_our_own_in_the_main_loop_ends_it_with_a_status_that_systemd_starts_again(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    clock = Clock(datetime.fromtimestamp(time.time(), UTC))

    def broken() -> datetime:
        if threading.current_thread() is threading.main_thread() and home.status()["daemon"].get("last_pass_at"):
            raise KeyError("the words of a mail")
        return clock()

    assert run(home.config, {"HOME": str(home.folder)}, broken, Pace(look=0.1)) == 70


def test_a_tick_for_an_account_that_is_gone_is_for_nobody(bench: Bench) -> None:
    bench.engine.start()
    bench.engine.on_tick("poll:another")
    eventually(lambda: sum(bench.drafts().values()) == 3)


class Held:
    """A mailbox whose server takes its time."""

    def __init__(self, box: MemoryMailbox) -> None:
        self._box, self.free = box, threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._box, name)

    def folders(self) -> Any:
        self.free.wait(20)
        return self._box.folders()


def test_no_text_is_thrown_away_while_an_account_may_be_storing_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    held: Any = Held(bench.boxes["work"])
    bench.boxes["work"] = held
    bench.engine = bench.make()
    pruned = threading.Event()
    prune = bench.store.prune
    monkeypatch.setattr(bench.store, "prune", lambda *given: (pruned.set(), prune(*given)))
    bench.engine.start()
    eventually(bench.passes)
    assert not pruned.is_set()
    held.free.set()
    eventually(lambda: len(bench.store.placements()) == 3)
    assert pruned.wait(10)
    assert bench.engine.stop(10)
    bench.store.close()


def test_an_account_whose_server_does_not_tell_of_news_is_polled_at_the_pace_of_its_mail(bench: Bench) -> None:
    bench.now = datetime.fromisoformat("2026-03-15T03:00:00-04:00")  # a Sunday night
    bench.engine.start()
    every = bench.engine.ticks._every
    eventually(lambda: every["poll:home"] == QUICKEST)  # it has just been read for the first time
    bench.now += timedelta(hours=5)
    bench.engine.workers["home"].ask()
    eventually(lambda: every["poll:home"] == STEADY)
    bench.now += timedelta(hours=19)
    bench.engine.workers["home"].ask()
    eventually(lambda: every["poll:home"] == SLOWEST)
    bench.boxes["home"].deliver("INBOX", letter(9, "Hello."), bench.now)
    bench.engine.workers["home"].ask()
    eventually(lambda: every["poll:home"] == QUICKEST)


def test_each_message_that_is_read_is_a_sign_of_life_and_a_place_to_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    begun, ended = threading.Event(), threading.Event()
    read, beat = judging.read, bench.engine.pulse.beat

    def slowly(*mail: Any) -> Any:
        steps.append("read")
        if steps.count("read") == 2:
            begun.set()
            assert ended.wait(10)
        return read(*mail)

    def told(who: str) -> None:
        if who == JUDGE:
            steps.append("alive")
        beat(who)

    monkeypatch.setattr(judging, "read", slowly)
    monkeypatch.setattr(bench.engine.pulse, "beat", told)
    bench.engine.start()
    assert begun.wait(10)
    threading.Timer(0.2, ended.set).start()
    assert bench.engine.stop(5)
    reading = steps[steps.index("read") - 1 :]
    assert reading == ["alive", "read", "alive", "read", "alive"]  # and there it ended, though there was more to read
