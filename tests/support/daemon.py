"""`watcher run` as a process of its own, with a manager that listens, on an account of a real server or a Maildir."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.dovecot import PASSWORD

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
ZONE = "Europe/Berlin"


# Runs watcher with a wall clock that is off by what a file says; the steady clock goes on as it is.
MOVED = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from watcher.cli import clock, main
off = Path(sys.argv[1])
clock.now = lambda: datetime.now(UTC) + timedelta(seconds=float(off.read_text()))
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class WallClock:
    """A wall clock for a daemon, which a test may set while it runs. It is not to be set back before the real one:
    APScheduler has that."""

    file: Path

    @classmethod
    def at(cls, folder: Path, at: datetime) -> WallClock:
        made = cls(folder / "clock")
        made.set(at)
        return made

    def set(self, at: datetime) -> None:
        """From now on it is `at`."""
        new = self.file.with_suffix(".new")
        new.write_text(str(at.timestamp() - time.time()))
        new.replace(self.file)

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + float(self.file.read_text()), UTC)


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def letter(number: int, text: str, *, subject: str = "Backend Engineer at Acme", at: datetime | None = None) -> bytes:
    """A message of a recruiter's."""
    when = at or now()
    return (
        f"From: Dana Reyes <dana.reyes@acme.example>\r\nTo: Alex Morgan <alex@example.net>\r\nSubject: {subject}\r\n"
        f"Date: {when:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <m{number}@acme.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


def invitation(number: int = 1) -> bytes:
    """An interview that was confirmed yesterday for the day after tomorrow."""
    day = (now() + timedelta(days=2)).strftime("%A %d %B")
    return letter(
        number,
        f"Hi Alex,\r\n\r\nYour interview for the Backend Engineer role at Acme is confirmed for {day} at 2pm.\r\n\r\n"
        "Best,\r\nDana Reyes\r\nRecruiter, Acme",
        at=now() - timedelta(days=1),
    )


def rejection(number: int = 2) -> bytes:
    return letter(
        number,
        "Hi Alex,\r\n\r\nUnfortunately we have decided to move forward with other candidates for the Backend Engineer "
        "role at Acme.\r\n\r\nBest,\r\nDana Reyes",
        subject="Re: Backend Engineer at Acme",
    )


@dataclass
class Home:
    """A folder with a config, a password that a command prints, and what watcher keeps."""

    folder: Path
    accounts: str = ""

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def password(self) -> Path:
        return self.folder / "password"

    def imap(self, name: str, port: int, user: str, ca: str) -> Home:
        """Add an account."""
        self.password.write_text(PASSWORD + "\n")
        self.accounts += (
            f'[[accounts]]\nname = "{name}"\nkind = "imap"\nhost = "127.0.0.1"\nport = {port}\nuser = "{user}"\n'
            f'ca = "{ca}"\npassword_command = ["cat", "{self.password}"]\n'
        )
        return self.write()

    def maildir(self, name: str = "local") -> Home:
        """Add an account."""
        for part in ("cur", "new", "tmp"):
            (self.folder / name / part).mkdir(parents=True)
            (self.folder / name / ".Drafts" / part).mkdir(parents=True)
        self.accounts += f'[[accounts]]\nname = "{name}"\nkind = "maildir"\npath = "{self.folder / name}"\n'
        return self.write()

    def write(self, more: str = "") -> Home:
        """Write the config, with `more` at its end."""
        self.config.write_text(
            f'[you]\nname = "Alex Morgan"\naddresses = ["alex@example.net"]\ntimezone = "{ZONE}"\n'
            f'[storage]\npath = "state/state.db"\n{self.accounts}{more}'
        )
        return self

    def status(self) -> dict[str, Any]:
        """What `watcher status --all --json` prints."""
        words = [sys.executable, "-m", "watcher", "--config", str(self.config), "status", "--all", "--json"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def say(self, *words: str, check: bool = True) -> str:
        """What a command prints, complaints too."""
        given = [sys.executable, "-m", "watcher", "--config", str(self.config), *words]
        done = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=check)
        return done.stdout + done.stderr

    def drafts(self) -> list[dict[str, Any]]:
        """What `watcher drafts --json` prints."""
        found: list[dict[str, Any]] = json.loads(self.say("drafts", "--json"))
        return found

    def stages(self) -> list[str]:
        return [opportunity["stage"] for opportunity in self.status()["opportunities"]]


@dataclass
class Daemon:
    """A running daemon. `said` is what it told the manager, `log` its lines."""

    process: subprocess.Popen[str]
    said: queue.Queue[str] = field(default_factory=queue.Queue)
    log: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    written: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, word: str, seconds: float = PATIENCE) -> str:
        """The next datagram to the manager that has `word` in it."""
        until = time.monotonic() + seconds
        while True:
            try:
                said = self.said.get(timeout=max(until - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"not said: {word}\n{self.heard}\n{self.log}") from None
            self.heard.append(said)
            if word in said:
                return said

    def wait_for_line(self, word: str, times: int = 1, seconds: float = PATIENCE) -> str:
        """The line of the log that has `word` in it, the `times`-th."""

        def found() -> list[str]:
            return [line for line in self.log if word in line][times - 1 :]

        with self.written:
            assert self.written.wait_for(found, seconds), f"not logged: {word}\n{self.log}"
        return found()[0]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> float:
        """SIGTERM; how long it took to end with status 0."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        assert self.process.wait(10) == 0, self.log
        return time.monotonic() - began

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self.written:
                self.log.append(line.rstrip("\n"))
                self.written.notify_all()

    def _listen(self, listening: socket.socket) -> None:
        while True:
            try:
                data = listening.recv(8192)
            except OSError:
                return
            if data == b"the end":
                return
            for line in data.decode().splitlines():
                self.said.put(line)


@contextmanager
def running(home: Home, *, watchdog: float = 0, clock: WallClock | None = None, **environ: str) -> Iterator[Daemon]:
    """The daemon of a home. It is killed at the end where it still runs."""
    program = ["-c", MOVED, str(clock.file)] if clock else ["-m", "watcher"]
    address = str(home.folder / f"notify{time.monotonic_ns()}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        env = os.environ | {"NOTIFY_SOCKET": address, "JOURNAL_STREAM": "8:1", "HOME": str(home.folder)} | environ
        if watchdog:
            env["WATCHDOG_USEC"] = str(int(watchdog * 1e6))
        process = subprocess.Popen(
            [sys.executable, *program, "--config", str(home.config), "run"],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        daemon = Daemon(process)
        threads = [
            threading.Thread(target=daemon._read, daemon=True),
            threading.Thread(target=daemon._listen, args=(listening,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield daemon
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
                to.sendto(b"the end", address)
            for thread in threads:
                thread.join(5)
            assert process.stderr is not None
            process.stderr.close()


def eventually(true: Callable[[], object], seconds: float = PATIENCE) -> float:
    """How long it took until it was true."""
    began, pause = time.monotonic(), threading.Event()
    while not true():
        assert time.monotonic() - began < seconds, "it never came true"
        pause.wait(0.02)
    return time.monotonic() - began
