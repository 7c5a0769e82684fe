"""One account's thread: it waits for mail on its connection, brings the account up to date, and lends its mailbox."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from watcher.cycle.syncing import SWEPT
from watcher.daemon.pauses import pause
from watcher.daemon.stopping import Pulse, Stopping
from watcher.errors import WatcherError
from watcher.mailbox.base import Mailbox, Waiting
from watcher.message.model import Role

RENEWAL = 9 * 60.0  # seconds in IDLE at most; a poll comes sooner, and servers hang up after 29 minutes (RFC 2177)
STEADY = 60.0  # seconds after which a connection that is lost was none that never worked
INBOX = frozenset({Role.INBOX})


class Boss(Protocol):
    """Whom a worker works for."""

    def sync(self, mailbox: Mailbox, roles: Collection[Role]) -> None:
        """Bring the account up to date in these folders. Raises our errors."""

    def failed(self, account: str, fault: Exception, pause: float | None) -> None:
        """The account could not be brought up to date and is tried again after `pause` (None: when the user says)."""

    def succeeded(self, account: str, *, again: bool) -> None:
        """It was; `again` after a failure, or for the first time."""


@dataclass(slots=True)
class Health:
    """How the account fares. Times are of the monotonic clock."""

    synced_at: float | None = None
    whole_at: float | None = None  # when all folders were looked at
    failures: int = 0
    ailing: bool = True  # until it is brought up to date, for the first time or after a failure
    retry_at: float = 0.0
    parked: bool = False
    waiting: bool = False  # the server tells of new mail by itself
    settled: bool = False  # it has once been brought up to date, or could not be


class Worker:
    """The thread of one account, and its mailbox, which nobody else may use without `lend`."""

    def __init__(self, mailbox: Mailbox, boss: Boss, pulse: Pulse, chance: Callable[[], float] = random.random) -> None:
        self.name = mailbox.account
        self.health = Health()
        self._mailbox = mailbox
        self._boss = boss
        self._pulse = pulse
        self._chance = chance
        self._changed = threading.Condition()
        self._asked: frozenset[Role] = SWEPT
        self._busy = False
        self._borrowers = 0
        self._stopping = False
        self._ear, self._bell = os.pipe()
        os.set_blocking(self._ear, False)
        os.set_blocking(self._bell, False)
        self._thread = threading.Thread(target=self._work, name=f"account {self.name}", daemon=True)

    # --- from other threads ---

    def start(self) -> None:
        """Begin; the first thing it does is to bring the account up to date."""
        self._thread.start()

    def ask(self, roles: Collection[Role] = SWEPT, *, at_once: bool = False) -> None:
        """Bring the account up to date soon; requests that come meanwhile become one. An account that has failed keeps
        its pause, unless `at_once`."""
        with self._changed:
            self._asked |= frozenset(roles)
            if at_once:
                self.health.retry_at = 0.0
            self._ring()

    def forgive(self) -> None:
        """Try again to sign in: the user may have stored another password."""
        with self._changed:
            self.health.parked, self.health.failures = False, 0
        self.ask(at_once=True)

    @contextmanager
    def lend(self, patience: float, fresh: float) -> Iterator[Mailbox | None]:
        """The mailbox for as long as the block lasts, None where the account was not brought up to date in the last
        `fresh` seconds, or is at work for longer than `patience`."""
        with self._changed:
            self._borrowers += 1
            self._ring()
            free = self._changed.wait_for(lambda: not self._busy or self._stopping, patience)
            mine = free and not self._stopping and self.is_fresh(fresh)
            if not mine:
                self._borrowers -= 1
                self._changed.notify_all()
        if not mine:
            yield None
            return
        try:
            yield self._mailbox
        finally:
            with self._changed:
                self._borrowers -= 1
                self._changed.notify_all()

    def is_fresh(self, seconds: float) -> bool:
        """Whether all its folders were looked at in the last `seconds`, and nothing has failed since."""
        health = self.health
        return not health.failures and health.whole_at is not None and time.monotonic() - health.whole_at <= seconds

    def stop(self) -> None:
        """Let it come to its end by itself."""
        with self._changed:
            self._stopping = True
            self._ring()

    def cut(self) -> None:
        """End what it does on its connection."""
        if isinstance(self._mailbox, Waiting):
            self._mailbox.cut()

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it has come."""
        if self._thread.is_alive():
            self._thread.join(max(seconds, 0))
        return not self._thread.is_alive()

    def release(self) -> None:
        """Give back the descriptors, once it has ended."""
        for one in (self._ear, self._bell):
            with contextlib.suppress(OSError):
                os.close(one)

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # a full pipe wakes as well
            os.write(self._bell, b"!")
        self._changed.notify_all()

    # --- its own thread ---

    def _work(self) -> None:
        try:
            while not self._stopping:
                roles = self._next()
                if roles:
                    self._sync(roles)
                elif not self._stopping:
                    self._wait()
        except Stopping:
            pass
        finally:
            self._pulse.rest(self.name)
            self._mailbox.close()

    def _next(self) -> frozenset[Role]:
        """What is to be looked at now; nothing where that is to wait."""
        with self._changed:
            if self.health.parked or time.monotonic() < self.health.retry_at:
                return frozenset()
            roles, self._asked = self._asked, frozenset()
            return roles

    def _sync(self, roles: frozenset[Role]) -> None:
        health = self.health
        try:
            with self._at_work():
                self._boss.sync(self._mailbox, roles)
                health.waiting = isinstance(self._mailbox, Waiting) and self._mailbox.can_wait()
        except Exception as fault:
            self._fail(fault, roles)
            return
        again, health.ailing = health.ailing, False
        health.synced_at = time.monotonic()
        if roles >= SWEPT:
            health.whole_at = health.synced_at
        health.failures, health.settled = 0, True
        self._boss.succeeded(self.name, again=again)

    def _wait(self) -> None:
        """Wait for mail, for a request, or for the time of the next try."""
        if self.health.waiting and not self.health.failures:
            try:
                if self._wait_for_mail():
                    self.ask(INBOX)
            except WatcherError as fault:
                if not self._is_let_go():
                    self._fail(fault, SWEPT)
        else:
            self._pulse.rest(self.name)
            with self._changed:
                self._changed.wait_for(self._is_called, self._until_retry())
        self._hear()

    def _wait_for_mail(self) -> bool:
        if not isinstance(self._mailbox, Waiting):
            return False
        with self._at_work():
            self._pulse.rest(self.name)
            if self._asked:  # by whoever had borrowed it, and may have lost the connection
                return False
            return self._mailbox.wait(self._ear, RENEWAL)

    def _is_let_go(self) -> bool:
        """A connection that held for a while and is lost in the wait is no fault yet: servers and routers drop what is
        silent. It is made anew at once; where that fails, it is told."""
        health = self.health
        if self._stopping or health.synced_at is None or time.monotonic() - health.synced_at < STEADY:
            return False
        health.synced_at = health.whole_at = None
        self.ask()
        return True

    def _is_called(self) -> bool:
        ready = not self.health.parked and time.monotonic() >= self.health.retry_at
        return self._stopping or (bool(self._asked) and ready)

    def _until_retry(self) -> float | None:
        if self.health.parked or not self.health.retry_at:
            return None
        return max(self.health.retry_at - time.monotonic(), 0.0) if self._asked else None

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Have the mailbox alone; those who want to borrow it go first."""
        with self._changed:
            self._changed.wait_for(lambda: not self._borrowers or self._stopping)
            if self._stopping:
                raise Stopping
            self._busy = True
        try:
            self._pulse.beat(self.name)
            yield
        finally:
            self._pulse.rest(self.name)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _fail(self, fault: Exception, roles: frozenset[Role]) -> None:
        if self._stopping:
            raise Stopping
        health = self.health
        health.failures += 1
        health.ailing = True
        health.settled = True
        length = pause(fault, health.failures, self._chance())
        with self._changed:
            health.parked = length is None
            health.retry_at = time.monotonic() + (length or 0.0)
            self._asked |= roles | SWEPT
        if not isinstance(fault, WatcherError):
            self._mailbox.close()
        self._boss.failed(self.name, fault, length)

    def _hear(self) -> None:
        """Empty the pipe that woke us."""
        with contextlib.suppress(OSError):
            while os.read(self._ear, 4096):
                pass
