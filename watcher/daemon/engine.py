"""The daemon's work: each account's news is stored by its own thread, and all are judged in one step by another."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from watcher.cycle import Pass, ScanReport, syncing
from watcher.daemon.desktop import Desktop
from watcher.daemon.gate import Gate
from watcher.daemon.journal import Told, tell
from watcher.daemon.memory import give_back, load_ahead
from watcher.daemon.pauses import HOPELESS, STORE, pause
from watcher.daemon.polling import until_next_look
from watcher.daemon.stopping import Pulse, Stopping
from watcher.daemon.ticks import DUE, HOUSEKEEPING, MINUTE, POLL, Ticks
from watcher.daemon.worker import Worker
from watcher.errors import WatcherError
from watcher.mailbox.base import Mailbox
from watcher.message.model import Role
from watcher.reading.sieve import Sieve

if TYPE_CHECKING:
    from watcher.app import Materials
    from watcher.store import Store

JUDGE = "the judging"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long, in seconds. `poll` is how often an account is thought of until its first look tells more
    (see `polling`); `quiet` is for those whose server tells of new mail; `fresh` is how new an account's mail must be
    for a letter to be written (law 8), `look` the time between two looks at the clock."""

    poll: float = 120.0
    quiet: float = 290.0
    fresh: float = 600.0
    housekeeping: float = 3600.0
    lending: float = 2.0
    soon: float = 30.0
    look: float = 20.0


class Engine:
    """All threads of a running daemon but the main one, for one config. `ring` wakes the main thread."""

    def __init__(
        self,
        materials: Materials,
        store: Store,
        now: Callable[[], datetime],
        ring: Callable[[str], None],
        told: Told,
        pace: Pace | None = None,
        desktop: Desktop | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.hopeless: WatcherError | None = None
        self.last_pass_at: datetime | None = None
        self.synced_at: dict[str, datetime] = {}
        self.news_at: dict[str, datetime] = {}
        self.steps: dict[str, str] = {}
        self.retries: dict[str, datetime | None] = {}
        self._materials, self._store, self._now, self._ring, self._told = materials, store, now, ring, told
        self._desktop = desktop
        self._stopping = threading.Event()
        self.pulse = Pulse(self._stopping)
        self._gate = Gate(materials.lock, self._stopping)
        self.workers = {box.account: Worker(box, self, self.pulse) for box in materials.mailboxes}
        self.ticks = Ticks(ring, self.workers, self.pace.poll, self.pace.housekeeping)
        self._wanted = threading.Event()
        self._sieving = threading.Lock()
        self._unsieved = True
        self._reset = False
        self._untidy = False
        self._missed: frozenset[str] = frozenset()
        self._mark = ""
        self._judge_thread = threading.Thread(target=self._judge_for_ever, name=JUDGE, daemon=True)

    # --- from the main thread ---

    def start(self) -> None:
        """Begin to work."""
        self.ticks.start()
        self._judge_thread.start()
        for worker in self.workers.values():
            worker.start()

    def on_tick(self, name: str) -> None:
        """Something is due by the clock."""
        if name.startswith(POLL):
            worker = self.workers.get(name.removeprefix(POLL))
            if worker and not (worker.health.waiting and worker.is_fresh(self.pace.quiet - self.pace.poll / 2)):
                worker.ask()
        elif name in (DUE, HOUSEKEEPING):
            self._untidy = self._untidy or name == HOUSEKEEPING
            self._wanted.set()
        elif name == MINUTE:
            self._minute()

    def look_everywhere(self) -> None:
        """Do a whole pass now: the clock jumped, the machine woke, or somebody asks for it."""
        self.ticks.again()
        for worker in self.workers.values():
            worker.ask(at_once=True)
        self._wanted.set()

    def forgive(self) -> None:
        """Try parked accounts again."""
        for worker in self.workers.values():
            worker.forgive()

    @property
    def settled(self) -> bool:
        """Whether one account at least was reached, or clearly could not be."""
        return any(worker.health.settled for worker in self.workers.values())

    def stop(self, seconds: float) -> bool:
        """Come to an end within `seconds`; whether every thread has. What is under way may finish in the first part of
        them, then its connection is cut."""
        self._stopping.set()
        self._wanted.set()
        self.ticks.stop()
        for worker in self.workers.values():
            worker.stop()
        ended = self._join(seconds * 0.6)
        if not ended:
            for worker in self.workers.values():
                worker.cut()
            ended = self._join(seconds * 0.4)
        if ended:
            for worker in self.workers.values():
                worker.release()
        return ended

    def _join(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        ended = [worker.join(until - time.monotonic()) for worker in self.workers.values()]
        if self._judge_thread.is_alive():
            self._judge_thread.join(max(until - time.monotonic(), 0))
        return all(ended) and not self._judge_thread.is_alive()

    def _minute(self) -> None:
        """The user may have spoken meanwhile; reading the mark waits for nobody."""
        with contextlib.suppress(WatcherError):
            if self._mark and self._store.words_mark() != self._mark:
                self._wanted.set()

    # --- from the accounts' threads (see Boss) ---

    def sync(self, mailbox: Mailbox, roles: Collection[Role]) -> None:
        """Sweep, sieve, fetch; slice by slice, so that an hour of it shows its progress and can be broken off."""
        name = mailbox.account
        self.pulse.beat(name)
        mailbox.open()
        with self._gate.passed(lambda: self.pulse.beat(name)):
            plan = self._materials.plan(self._now())
            swept = syncing.sweep(mailbox, self._store, plan, self._progress, roles=roles)
            self.pulse.beat(name)
            sieve = self._sieve(swept.fresh)
            fetched = syncing.fetch(mailbox, self._store, self._progress, sieve)
            now = self._now()
            self._store.note_scan(name, now, None)
        self.steps.pop(name, None)
        self.synced_at[name] = now
        if swept.fresh:
            self.news_at[name] = now
        self._reset = self._reset or swept.reset
        if swept.fresh:
            tell(logging.DEBUG, f"{swept.fresh} new, {fetched} read", account=name)
        if swept.fresh or fetched or swept.reset or name in self._missed:
            self._wanted.set()

    def _sieve(self, fresh: int) -> Sieve | None:
        """Ask for the text of what may be hiring mail; the sieve, where it was needed."""
        setting = self._materials.setting
        with self._sieving:
            if not fresh and not self._unsieved:
                return None
            sieve = Sieve(setting.rulebook, frozenset(setting.reading.addresses))
            syncing.want(self._store, sieve, setting.digest)
            self._unsieved = False
            return sieve

    def failed(self, account: str, fault: Exception, pause: float | None) -> None:
        """See `Boss.failed`."""
        self.steps.pop(account, None)
        self.retries[account] = self._now() + timedelta(seconds=pause) if pause is not None else None
        self._note(account, fault)
        if not isinstance(fault, STORE):
            with contextlib.suppress(WatcherError):
                self._store.note_scan(account, self._now(), in_words(fault))
        if pause is None:
            tell(logging.WARNING, "not tried again before you reload or restart", account=account)
            if self._desktop is not None:
                self._desktop.account(account, in_words(fault))
        if pause is None or self.workers[account].health.failures == 1:
            self._wanted.set()
        self._ring("")

    def succeeded(self, account: str, *, again: bool) -> None:
        """See `Boss.succeeded`."""
        self.retries.pop(account, None)
        if not self.workers[account].health.waiting:
            now = self._now().astimezone(self._materials.config.workdays.zone)
            self.ticks.poll_every(account, until_next_look(now, self.news_at.get(account)))
        self._told.over(account, "reached again", account=account)
        self._told.over("store", "the database can be used again")
        if again:
            waits = self.workers[account].health.waiting
            tell(
                logging.INFO,
                "watched: its server tells of new mail" if waits else "watched by polling",
                account=account,
            )
            self._wanted.set()
        self._ring("")

    def _note(self, who: str, fault: Exception) -> None:
        """Tell a fault, once."""
        if isinstance(fault, HOPELESS):
            self.hopeless = fault
        if isinstance(fault, STORE):
            self._told.fault("store", in_words(fault), logging.ERROR)
        else:
            level = logging.WARNING if isinstance(fault, WatcherError) else logging.ERROR
            self._told.fault(who, in_words(fault), level, account=who if who in self.workers else "")

    def _progress(self, account: str, what: str, done: int, total: int) -> None:
        self.pulse.beat(account)
        self.steps[account] = f"{what} {done:,} of {total:,}"

    # --- judging ---

    def _judge_for_ever(self) -> None:
        failures = 0
        load_ahead()
        while True:
            self._wanted.wait()
            if self._stopping.is_set():
                return
            self._wanted.clear()
            try:
                self._judge()
                self._store.shrink()
                give_back()
                failures = 0
                self._told.over(JUDGE, "the pass works again")
                self._told.over("store", "the database can be used again")
            except Stopping:
                return
            except Exception as fault:  # the one catch-all: a cycle that fails is told, and tried again
                if self._stopping.is_set():
                    return
                failures += 1
                self._note(JUDGE, fault)
                self._ring("")
                self._stopping.wait(pause(fault, min(failures, 2), random.random()) or self.pace.soon)  # noqa: S311
                self._wanted.set()
            finally:
                self.pulse.rest(JUDGE)

    def _judge(self) -> None:
        beat = self._beat
        beat()
        with self._gate.passed(beat), ExitStack() as stack:
            reset, settled = self._reset, all(worker.health.settled for worker in self.workers.values())
            lent = [
                stack.enter_context(worker.lend(self.pace.lending, self.pace.fresh)) for worker in self.workers.values()
            ]
            mailboxes = [mailbox for mailbox in lent if mailbox is not None]
            self._missed = frozenset(self.workers) - {mailbox.account for mailbox in mailboxes}
            now = self._now()
            mark = self._store.words_mark()
            one = Pass(self._materials.setting, self._store, now, None, lambda *step: beat(), beat)
            one.prunes = len(mailboxes) == len(self.workers)  # else an account may be storing mail just now
            report = one.conclude(mailboxes, self._materials.plan(now), may_decide=settled and not reset)
            for account in report.accounts:  # before its thread has the mailbox back
                if account.error:
                    self.workers[account.name].ask(at_once=True)
            self._look_ahead(one.next_at, now, settled=settled)
            if self._untidy:
                self._untidy = False
                self._store.tidy()
        if reset:
            self._reset = False
        self._mark, self.last_pass_at = mark, now
        self._log(report)
        if self._desktop is not None:
            self._desktop.drafts(report.drafted, report.withdrawn)
        self._ring("")

    def _beat(self) -> None:
        self.pulse.beat(JUDGE)

    def _look_ahead(self, at: datetime | None, now: datetime, *, settled: bool) -> None:
        """Be called at the next instant that changes a conclusion; soon, where nothing could be decided just now."""
        last = self._store.last_pass()
        if settled and last is not None and not last.get("decided", True):
            soon = now + timedelta(seconds=self.pace.soon)
            at = min(at, soon) if at else soon
        self.ticks.look_at(at, now)

    def _log(self, report: ScanReport) -> None:
        for made in report.drafted:
            tell(logging.INFO, f"drafted: {made.kind}", account=made.account, opportunity=made.opportunity)
        for back in report.withdrawn:
            tell(logging.INFO, f"taken back: {back.kind}: {back.why}", opportunity=back.opportunity)
        for note in report.notes:
            self._told.fault(f"note {note}", note)


def in_words(fault: Exception) -> str:
    """A fault in one line. The text of one that is not ours may hold words of a mail, so only its kind is told."""
    if isinstance(fault, WatcherError):
        return str(fault)
    frames: Sequence[Any] = traceback.extract_tb(fault.__traceback__)
    where = next((f"{f.filename}:{f.lineno}" for f in reversed(frames) if "watcher" in f.filename), "")
    return f"A fault of watcher's own, {type(fault).__name__} at {where}; tried again later. Please report it."
