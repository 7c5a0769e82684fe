"""What `watcher run` holds when it has read everything and waits: on a mailbox of a size that you name, on a Dovecot.

    .venv/bin/python -m benchmarks.rest [--opportunities 1200] [--others 1200] [--minutes 3]

Prints memory, descriptors and threads after the first pass, after each further minute, after a mail that arrived and was
judged, how much of a core it took in the minutes in which nothing happened, and how soon a new mail shows in the status.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.daemon import listening, until_seen
from benchmarks.soak import Measure, measured
from tests.support.daemon import Daemon, Home, eventually, letter, now, running
from tests.support.dovecot import OtherClient
from tests.support.dovecot import running as dovecot_running

ROUNDS = 7
SYLLABLES = ("Bran", "Cor", "Del", "Fen", "Gal", "Hol", "Kes", "Lor", "Mer", "Nor", "Pel", "Quin")
TRADES = ("Systems", "Foods", "Labs", "Energy", "Logistics", "Health", "Media")
FIRST = ("Dana", "Priya", "Tom", "Ines", "Kofi", "Mei", "Lars", "Aisha", "Noah", "Vera", "Sam")
LAST = (
    "Reyes",
    "Patel",
    "Olsen",
    "Costa",
    "Mensah",
    "Chen",
    "Berg",
    "Khan",
    "Fischer",
    "Novak",
    "Adler",
    "Quist",
    "Moreau",
)
ROLES = ("Backend Engineer", "Data Analyst", "Product Designer", "Site Reliability Engineer", "Accountant")
APPLIED = "Thank you for applying for the {role} position at {company}. We have received your application."
SAYINGS = (
    APPLIED,
    "Thank you for your time on the phone. We will get back to you about the {role} role at {company} next week.",
    "Your interview for the {role} role at {company} is confirmed for {day} at 2pm.",
    "Unfortunately we have decided to move forward with other candidates for the {role} role at {company}.",
)


def hiring(number: int) -> bytes:
    """A mail about a job at a company of its own, from a person or, one in four, from the system that took it in."""
    count = len(SYLLABLES)
    start = SYLLABLES[number % count] + SYLLABLES[number // count % count].lower()
    start += SYLLABLES[number // count // count % count].lower()
    company = f"{start} {TRADES[number % len(TRADES)]}"
    role = ROLES[number % len(ROLES)]
    at = now() - timedelta(days=1 + number % 60, minutes=number)
    day = (at + timedelta(days=2)).strftime("%A %d %B")
    said = SAYINGS[number % len(SAYINGS)]
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    address = f"{name.split()[0].lower()}@{start.lower()}.example"
    if said == APPLIED:
        name, address = f"{company} Careers", f"no-reply@{start.lower()}.example"
    text = said.format(role=role, company=company, day=day)
    sender = f"{name} <{address}>"
    return letter(
        number, f"Hi Alex,\r\n\r\n{text}\r\n\r\nBest,\r\n{name}\r\n{company}", subject=f"{role} at {company}", at=at
    ).replace(b"Dana Reyes <dana.reyes@acme.example>", sender.encode(), 1)


def other(number: int) -> bytes:
    """A newsletter."""
    whole = letter(100_000 + number, "The newsletter of the week.\r\n" * 20, subject=f"News {number}")
    return whole.replace(b"Dana Reyes <dana.reyes@acme.example>", b"The Weekly <news@weekly.example>").replace(
        b"\r\nDate:", b"\r\nList-Unsubscribe: <https://weekly.example/off>\r\nPrecedence: bulk\r\nDate:", 1
    )


def rest(opportunities: int, others: int, minutes: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="rest-"))
    with dovecot_running("standard") as server:
        client = OtherClient(server, "rest")
        for number in range(opportunities):
            client.append("INBOX", hiring(number))
        for number in range(others):
            client.append("INBOX", other(number))
        home = Home(folder).imap("personal", server.imaps_port, "rest", server.ca)
        with running(home, watchdog=360) as daemon:
            began = time.monotonic()
            daemon.wait_for("STATUS=Watching personal. Last pass", 600)
            print(f"read after {time.monotonic() - began:.1f} s, {len(home.stages())} opportunities")
            show("after the first pass", daemon)
            quiet(daemon, minutes)
            before = home.status()["daemon"]["last_pass_at"]
            client.append("INBOX", hiring(opportunities + 7))
            eventually(lambda: home.status()["daemon"]["last_pass_at"] != before, 60)
            show("after one more mail", daemon)
            with listening(server, "rest") as pushed:
                times = [until_seen(home, client, pushed, 10_000 + number) for number in range(ROUNDS)]
            beyond = [(status - push) * 1000 for push, status in times]
            print(
                f"{statistics.median(beyond):.0f} ms from the server's push to the status (at most {max(beyond):.0f})"
            )
            show("after these", daemon)
            quiet(daemon, 1)
            print(f"ended in {daemon.stop():.2f} s", *daemon.log[-2:], sep="\n  ")


def quiet(daemon: Daemon, minutes: float) -> None:
    """Wait, and tell what it took and what is held then."""
    threading.Event().wait(15)  # what the pass left to be done is done
    first, began = measured(daemon), time.monotonic()
    for minute in range(max(round(minutes), 1)):
        threading.Event().wait(60 * min(minutes, 1))
        show(f"{minute + 1} min later", daemon)
    used = measured(daemon).used - first.used
    print(f"{100 * used / (time.monotonic() - began):.3f}% of a core over {time.monotonic() - began:.0f} s")


def show(when: str, daemon: Daemon) -> None:
    print(f"{when:22}", Measure.of(daemon.process.pid), flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--opportunities", type=int, default=1200)
    options.add_argument("--others", type=int, default=1200)
    options.add_argument("--minutes", type=float, default=3)
    given = options.parse_args()
    rest(given.opportunities, given.others, given.minutes)
