"""An account's thread: requests become one pass, failures wait, and its mailbox is used by one at a time."""

from __future__ import annotations

import select
import threading
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from watcher.daemon.stopping import Pulse
from watcher.daemon.worker import Worker
from watcher.errors import CredentialsRejected, MailboxUnavailable
from watcher.mailbox.memory import MemoryMailbox
from watcher.message.model import Account, Role


class Boss:
    """Counts what the worker does; a test may hold it up or let it fail."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.synced: list[frozenset[Role]] = []
        self.faults: list[tuple[str, float | None]] = []
        self.again: list[bool] = []
        self.trouble: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def sync(self, mailbox: Any, roles: Collection[Role]) -> None:
        with self.changed:
            self.synced.append(frozenset(roles))
            self.changed.notify_all()
        assert self.go.wait(10)
        if self.trouble is not None:
            raise self.trouble

    def failed(self, account: str, fault: Exception, pause: float | None) -> None:
        with self.changed:
            self.faults.append((type(fault).__name__, pause))
            self.changed.notify_all()

    def succeeded(self, account: str, *, again: bool) -> None:
        with self.changed:
            self.again.append(again)
            self.changed.notify_all()

    def wait_for(self, true: Any) -> None:
        with self.changed:
            assert self.changed.wait_for(true, 10)


@pytest.fixture
def boss() -> Boss:
    return Boss()


@pytest.fixture
def worker(boss: Boss) -> Iterator[Worker]:
    made = Worker(MemoryMailbox(Account("personal")), boss, Pulse(threading.Event()), lambda: 0.5)
    yield made
    boss.go.set()
    made.stop()
    assert made.join(10)
    made.release()


def test_it_begins_with_the_whole_account_and_then_waits_to_be_asked(worker: Worker, boss: Boss) -> None:
    worker.start()
    boss.wait_for(lambda: boss.again == [True])
    assert Role.SENT in boss.synced[0]
    worker.ask([Role.INBOX])
    boss.wait_for(lambda: boss.again == [True, False])
    assert boss.synced[1:] == [{Role.INBOX}]


def test_a_burst_of_requests_during_a_pass_becomes_one(worker: Worker, boss: Boss) -> None:
    boss.go.clear()
    worker.start()
    boss.wait_for(lambda: boss.synced)
    for _ in range(50):
        worker.ask([Role.INBOX])
    boss.go.set()
    boss.wait_for(lambda: len(boss.again) == 2)
    worker.ask([Role.SENT])
    boss.wait_for(lambda: len(boss.again) == 3)
    assert boss.synced[1:] == [{Role.INBOX}, {Role.SENT}]


def test_after_a_failure_requests_wait_for_the_pause_but_those_that_must_be_at_once(worker: Worker, boss: Boss) -> None:
    boss.trouble = MailboxUnavailable("away")
    worker.start()
    boss.wait_for(lambda: boss.faults)
    worker.ask()
    assert boss.faults == [("MailboxUnavailable", 5)]
    boss.trouble = None
    worker.ask(at_once=True)
    boss.wait_for(lambda: boss.again == [True])


def test_three_refused_sign_ins_park_the_account_until_the_user_has_done_something(worker: Worker, boss: Boss) -> None:
    boss.trouble = CredentialsRejected("wrong")
    worker.start()
    for tries in (1, 2, 3):
        boss.wait_for(lambda tries=tries: len(boss.faults) == tries)
        worker.ask(at_once=True)
    assert [pause for _, pause in boss.faults] == [60, 300, None]
    worker.ask(at_once=True)
    with worker.lend(0.2, 600) as lent:
        assert lent is None
    assert len(boss.synced) == 3
    boss.trouble = None
    worker.forgive()
    boss.wait_for(lambda: boss.again == [True])


def test_a_fault_of_our_own_is_a_failure_like_another_and_ends_nothing(worker: Worker, boss: Boss) -> None:
    boss.trouble = KeyError("oh")
    worker.start()
    boss.wait_for(lambda: boss.faults == [("KeyError", 5)])
    boss.trouble = None
    worker.ask(at_once=True)
    boss.wait_for(lambda: boss.again == [True])


def test_its_mailbox_is_lent_only_while_it_rests_and_is_fresh(worker: Worker, boss: Boss) -> None:
    with worker.lend(0.1, 600) as lent:
        assert lent is None  # nothing was read yet
    boss.go.clear()
    worker.start()
    boss.wait_for(lambda: boss.synced)
    with worker.lend(0.1, 600) as lent:
        assert lent is None  # at work
    boss.go.set()
    boss.wait_for(lambda: boss.again)
    with worker.lend(5, 600) as lent:
        assert lent is not None
        worker.ask()
        with boss.changed:
            assert not boss.changed.wait_for(lambda: len(boss.synced) > 1, 0.3)
    boss.wait_for(lambda: len(boss.again) == 2)
    with worker.lend(5, 0) as lent:
        assert lent is None  # too long ago


def test_an_account_that_failed_is_not_lent(worker: Worker, boss: Boss) -> None:
    worker.start()
    boss.wait_for(lambda: boss.again)
    boss.trouble = MailboxUnavailable("away")
    worker.ask()
    boss.wait_for(lambda: boss.faults)
    with worker.lend(0.1, 600) as lent:
        assert lent is None


class Waiter(MemoryMailbox):
    """A mailbox whose server tells of new mail, and drops the connection when the test wants it to."""

    def __init__(self) -> None:
        super().__init__(Account("personal"))
        self.drop = threading.Event()
        self.waited = 0

    def can_wait(self) -> bool:
        return True

    def wait(self, wake: int, seconds: float) -> bool:
        self.waited += 1
        if self.drop.is_set():
            self.drop.clear()
            raise MailboxUnavailable("dropped")
        return not select.select([wake], [], [], 10)[0]

    def cut(self) -> None:
        pass


@pytest.mark.parametrize("steady", [0.0, 60.0])
def test_a_connection_that_held_for_a_while_and_is_dropped_in_the_wait_is_made_anew_without_a_word(
    boss: Boss, monkeypatch: pytest.MonkeyPatch, steady: float
) -> None:
    monkeypatch.setattr("watcher.daemon.worker.STEADY", steady)
    box = Waiter()
    worker = Worker(box, boss, Pulse(threading.Event()), lambda: 0.5)
    worker.start()
    boss.wait_for(lambda: boss.again == [True])
    box.drop.set()
    worker.ask([Role.INBOX])
    if steady:
        boss.wait_for(lambda: boss.faults == [("MailboxUnavailable", 5)])
    else:
        boss.wait_for(lambda: len(boss.again) >= 3)
        assert Role.SENT in boss.synced[-1]
        assert not boss.faults
    worker.stop()
    assert worker.join(10)
    worker.release()


def test_who_borrowed_the_mailbox_and_lost_its_connection_is_served_before_the_next_wait(
    boss: Boss, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, sync = Waiter(), boss.sync

    def connect_and_sync(mailbox: Any, roles: Collection[Role]) -> None:
        box.drop.clear()
        sync(mailbox, roles)

    monkeypatch.setattr(boss, "sync", connect_and_sync)
    worker = Worker(box, boss, Pulse(threading.Event()), lambda: 0.5)
    worker.start()
    boss.wait_for(lambda: boss.again == [True])
    with worker.lend(5, 600) as lent:
        assert lent is box
        box.drop.set()  # a wait would find the connection gone
        worker.ask(at_once=True)
    boss.wait_for(lambda: len(boss.again) == 2)
    assert not boss.faults
    worker.stop()
    assert worker.join(10)
    worker.release()
