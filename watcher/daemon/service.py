"""The main thread of `watcher run`: signals, systemd, the clock; it starts the work and never does any itself."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from watcher.app import build
from watcher.config import load
from watcher.daemon.desktop import Desktop
from watcher.daemon.engine import Engine, Pace, in_words
from watcher.daemon.holidays_apart import keep_apart
from watcher.daemon.journal import Told, open_log, tell
from watcher.daemon.notify import Notifier
from watcher.daemon.outlook import headline, troubles
from watcher.daemon.pauses import HOPELESS, pause
from watcher.errors import FaultyFile, WatcherError
from watcher.store import Store, beside
from watcher.store.lock import Lock

if TYPE_CHECKING:
    from watcher.config import Config

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
END = 3.0  # seconds for the work to end; systemd and people are promised 5
JUMP = 30.0  # seconds by which the clock must be off to have been set, or stopped in suspend
READY_AT_LATEST = 30.0
PATIENCE = 2.0  # seconds for which a database that another process holds may hold us up
FAILED = 1
CRASHED = 70  # EX_SOFTWARE


def run(path: Path, environ: Mapping[str, str], now: Callable[[], datetime], pace: Pace | None = None) -> int:
    """Run until a signal ends it; the exit status. Raises ConfigError, and StoreLocked where another one runs."""
    return Service(path, environ, now, pace or Pace()).run()


class Service:
    """The process: one config at a time, and the engine that works by it."""

    def __init__(self, path: Path, environ: Mapping[str, str], now: Callable[[], datetime], pace: Pace) -> None:
        self._path, self._environ, self._now, self._pace = path, environ, now, pace
        self._notifier = Notifier(environ)
        self._told = Told()
        self._config: Config = load(path, environ)
        self._lock = Lock(beside.instance_lock(self._config.storage), "run")
        self._store: Store | None = None
        self._engine: Engine | None = None
        self._failures = 0
        self._retry_at = 0.0
        self._config_fault = ""
        self._ready = False
        self._left: dict[str, Any] = {}
        self._rung: deque[str] = deque()
        self._signals: deque[int] = deque()
        self._ear, self._bell = os.pipe()
        for one in (self._ear, self._bell):
            os.set_blocking(one, False)

    def run(self) -> int:
        """See `run`."""
        open_log(self._environ, sys.stderr)
        self._lock.take()
        keep_apart()
        before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        try:
            return self._loop()
        except WatcherError:
            raise
        except Exception as fault:  # of our own: systemd starts us again
            tell(logging.CRITICAL, in_words(fault))
            return CRASHED
        finally:
            self._notifier.stopping()
            ended = self._end()
            self._lock.release()
            for number, handler in before.items():
                signal.signal(number, handler)
            if ended:
                for one in (self._ear, self._bell):
                    os.close(one)
            tell(logging.INFO, "stopped")

    # --- the loop ---

    def _loop(self) -> int:
        tell(logging.INFO, f"started for {', '.join(account.name for account in self._config.accounts)}")
        began = time.monotonic()
        self._set_clock()
        while True:
            if self._engine is None and time.monotonic() >= self._retry_at:
                self._begin()
            if self._hear():
                return 0
            if self._engine is not None and self._engine.hopeless is not None:
                return FAILED
            self._watch_clock()
            self._say(time.monotonic() - began)
            self._sleep()

    def _sleep(self) -> None:
        """Wait for the bell. It may stand still through a suspend, so the clock is looked at soon after."""
        length = self._pace.look
        if self._notifier.watchdog:
            length = min(length, self._notifier.watchdog / 4)
        if self._engine is None:
            length = min(length, max(self._retry_at - time.monotonic(), 0.05))
        elif not self._ready:
            length = min(length, 1.0)
        if not self._rung and not self._signals:
            select.select([self._ear], [], [], length)
        with contextlib.suppress(OSError):
            while os.read(self._ear, 4096):
                pass

    def _hear(self) -> bool:
        """What was rung and signalled since; whether to stop."""
        while self._signals:
            number = self._signals.popleft()
            if number in (signal.SIGTERM, signal.SIGINT):
                return True
            if number == signal.SIGHUP:
                self._reload()
            elif self._engine is not None:
                self._engine.look_everywhere()
        while self._rung:
            name = self._rung.popleft()
            if self._engine is not None and name:
                self._engine.on_tick(name)
        return False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # A handler must not touch a lock: it may run in the middle of what holds it.
        self._signals.append(number)
        with contextlib.suppress(OSError):
            os.write(self._bell, b"!")

    def _ring(self, name: str) -> None:
        self._rung.append(name)
        with contextlib.suppress(OSError):
            os.write(self._bell, b"!")

    # --- beginning and ending ---

    def _begin(self) -> None:
        """Open the store and set the threads to work, or try again later."""
        config = self._config
        try:
            materials = build(config).materials(self._environ)
            self._store = Store.open(config.storage, PATIENCE)
            desktop = Desktop(config.notifications, self._environ)
            engine = Engine(materials, self._store, self._now, self._ring, self._told, self._pace, desktop)
            engine.start()
        except HOPELESS:
            raise
        except FaultyFile:
            raise
        except WatcherError as fault:
            self._close_store()
            self._failures += 1
            length = pause(fault, self._failures, random.random())  # noqa: S311 - not a secret
            self._retry_at = time.monotonic() + (length or 60.0)
            self._told.fault("store", str(fault), logging.ERROR)
            return
        self._failures = 0
        self._engine = engine
        self._told.over("store", "the database can be used again")

    def _end(self) -> bool:
        """Stop the work; whether it all came to its end in time. What did not is safe to be killed."""
        engine, self._engine = self._engine, None
        ended = engine.stop(END) if engine is not None else True
        if ended:
            self._close_store()
        return ended

    def _close_store(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with contextlib.suppress(WatcherError):
                store.close()

    def _reload(self) -> None:
        """Read the config again; a faulty one is refused, and the old one kept."""
        self._notifier.reloading()
        try:
            config = load(self._path, self._environ)
            if config.storage != self._config.storage:
                lock = Lock(beside.instance_lock(config.storage), "run")
                lock.take()
                self._lock.release()
                self._lock = lock
        except WatcherError as fault:
            self._config_fault = str(fault).splitlines()[0]
            for line in str(fault).splitlines():
                tell(logging.ERROR, f"the config was not taken over: {line}")
        else:
            self._config_fault = ""
            if config == self._config and self._engine is not None:
                self._engine.forgive()
            else:
                self._end()
                self._config, self._failures, self._retry_at = config, 0, 0.0
                self._begin()
            tell(logging.INFO, "the config was read again")
        self._notifier.ready()

    # --- the clock ---

    def _set_clock(self) -> None:
        self._clock = (self._now().timestamp(), time.monotonic())

    def _watch_clock(self) -> None:
        """Notice that the clock was set, or that the machine slept: what is due by now is done now."""
        wall, steady = self._clock
        off = (self._now().timestamp() - wall) - (time.monotonic() - steady)
        self._set_clock()
        if abs(off) > JUMP:
            tell(
                logging.INFO,
                f"the clock went {'on' if off > 0 else 'back'} by {abs(off):.0f} seconds; looking at everything",
            )
            if self._engine is not None:
                self._engine.look_everywhere()

    # --- what it says ---

    def _say(self, age: float) -> None:
        engine, watchdog = self._engine, self._notifier.watchdog
        if not self._ready and (engine is None or engine.settled or age > READY_AT_LATEST):
            self._ready = True
            self._notifier.ready()
        stuck = engine.pulse.stuck(watchdog / 2) if engine is not None and watchdog else []
        if stuck:
            self._told.fault("stuck", f"{', '.join(stuck)}: no progress for {(watchdog or 0) / 2:.0f} seconds")
        else:
            self._told.over("stuck", "the work goes on")
            self._notifier.alive()
        told = self._outlook()
        self._notifier.status(headline(told, self._config.workdays.zone, self._now()))
        if told != self._left:
            self._left = told
            beside.write(self._config.storage, told)

    def _outlook(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "config_error": self._config_fault or None,
            "store_error": self._told.standing("store") or None,
            **troubles(self._engine, self._told),
        }
