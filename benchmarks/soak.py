"""Lets the daemon run for a while on a Dovecot into which mail trickles, over a relay that breaks, and measures it.

    .venv/bin/python -m benchmarks.soak [--minutes 30] [--mails 2000]

Prints memory, processor time, descriptors and threads, at the start, each minute, and after a rest at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.daemon import Daemon, Home, eventually, invitation, letter, running
from tests.support.dovecot import OtherClient
from tests.support.dovecot import running as dovecot_running
from tests.support.faults import Relay, relay

TICKS = os.sysconf("SC_CLK_TCK")
REST = 120.0  # seconds


@dataclass(frozen=True)
class Measure:
    """What a process holds (memory in MB: all that is resident, and what is its own alone), and the processor time it has
    used (seconds)."""

    memory: float
    own: float
    descriptors: int
    threads: int
    used: float

    @classmethod
    def of(cls, pid: int) -> Measure:
        status = Path(f"/proc/{pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return cls(
            int(fields["VmRSS"].split()[0]) / 1024,
            int(fields["RssAnon"].split()[0]) / 1024,
            len(list(Path(f"/proc/{pid}/fd").iterdir())),
            int(fields["Threads"]),
            (int(times[11]) + int(times[12])) / TICKS,
        )

    def __str__(self) -> str:
        return f"{self.memory:6.1f} MB ({self.own:.1f} its own) {self.descriptors:4} descriptors {self.threads:3} threads {self.used:7.2f} s used"


def mail(number: int) -> bytes:
    """One in twelve is from a recruiter; the rest is what lies in a mailbox."""
    if number % 12 == 0:
        return letter(
            number,
            f"Hi Alex,\r\n\r\nThank you for your time. We will get back to you about role {number} next week.\r\n\r\n"
            "Best,\r\nDana Reyes\r\nRecruiter, Acme",
            subject=f"Engineer {number} at Acme",
        )
    return letter(number, "The newsletter of the week.\r\n" * 20, subject=f"News {number}")


def trickle(other: OtherClient, between: Relay, mails: int, seconds: float, ended: threading.Event) -> None:
    """Mail at uneven times, and a fault about every half minute: a cut, or a silence."""
    chance = random.Random(7)
    for number in range(10, 10 + mails):
        other.append("INBOX", mail(number))
        if chance.random() < 30.0 / seconds:
            between.break_now()
        if chance.random() < 6.0 / seconds:
            between.after, between.how = 20_000, "silence"
        elif chance.random() < 0.1:
            between.after = None
        if ended.wait(chance.expovariate(mails / seconds)):
            break
    between.after = None


def soak(minutes: float, mails: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    with dovecot_running("standard") as server, relay(server.host, server.imaps_port) as between:
        other = OtherClient(server, "soak")
        other.append("INBOX", invitation())
        home = Home(folder).imap("personal", between.port, "soak", server.ca)
        with running(home, watchdog=60) as daemon:
            daemon.wait_for("STATUS=Watching personal.")
            print("start   ", measured(daemon))
            ended = threading.Event()
            seconds = minutes * 60
            thread = threading.Thread(target=trickle, args=(other, between, mails, seconds, ended))
            began = time.monotonic()
            thread.start()
            minute = 0
            while time.monotonic() - began < seconds:
                ended.wait(min(60.0, max(seconds - (time.monotonic() - began), 0)))
                minute += 1
                print(f"{minute:3} min  ", measured(daemon), flush=True)
            ended.set()
            thread.join()
            eventually(lambda: home.status()["daemon"]["accounts"][0]["state"] == "watching", 900)
            before = Measure.of(daemon.process.pid)
            threading.Event().wait(REST)
            after = measured(daemon)
            print("at rest ", after, f"  {100 * (after.used - before.used) / REST:.3f}% of a core")
            print(f"ended in {daemon.stop():.2f} s;", *(f"{n} x {what};" for what, n in counted(daemon.log).items()))


def measured(daemon: Daemon) -> Measure:
    return Measure.of(daemon.process.pid)


def counted(log: list[str]) -> dict[str, int]:
    """How often each kind of line was logged."""
    kinds: dict[str, int] = {}
    for line in log:
        kind = " ".join(line.partition(" account=")[0].split()[:6])
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--mails", type=int, default=2000)
    given = options.parse_args()
    soak(given.minutes, given.mails)
