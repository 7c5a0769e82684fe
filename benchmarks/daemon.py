"""What the daemon takes: from new mail to a changed status, and at rest."""

from __future__ import annotations

import queue
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.soak import Measure
from tests.support.daemon import Home, invitation, letter, running
from tests.support.dovecot import Dovecot, OtherClient
from tests.support.dovecot import running as dovecot_running

USER = "bench"
INBOX = "INBOX"
LONGEST = 30.0  # seconds that a push or a status may take


def rows(rounds: int, rest: float) -> list[str]:
    """What was measured, in lines; `rest` are the seconds for which it is watched at rest."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, dovecot_running("standard") as server:
        other = OtherClient(server, USER)
        other.append(INBOX, invitation())
        home = Home(Path(name)).imap("personal", server.imaps_port, USER, server.ca)
        with running(home, watchdog=60) as daemon, listening(server, USER) as pushed:
            daemon.wait_for("STATUS=Watching personal.")
            times = [until_seen(home, other, pushed, number) for number in range(rounds)]
            threading.Event().wait(min(rest, 10.0))
            before = Measure.of(daemon.process.pid)
            threading.Event().wait(rest)
            after = Measure.of(daemon.process.pid)
    share = 100 * (after.used - before.used) / rest
    push, status = (statistics.median(each) for each in zip(*times, strict=True))
    return [
        "the daemon",
        f"  server's own push     {push * 1000:8.0f} ms",
        f"  status in the store   {status * 1000:8.0f} ms  {(status - push) * 1000:+.0f} ms (at most 300)",
        f"  at rest               {after.memory:8.1f} MB  (at most 70)",
        f"  at rest               {share:8.3f} %   of one core over {rest:.0f} s (less than 0.1)",
    ]


@contextmanager
def listening(server: Dovecot, user: str) -> Iterator[queue.Queue[float]]:
    """The instants at which the server tells a client that does nothing but wait of new mail."""
    told: queue.Queue[float] = queue.Queue()
    client = OtherClient(server, user)
    client.imap.select(INBOX, readonly=True)
    client.imap.send(b"z IDLE\r\n")

    def hear() -> None:
        try:
            while line := client.imap.readline():
                if b"EXISTS" in line:
                    told.put(time.perf_counter())
        except (OSError, ValueError):
            return

    threading.Thread(target=hear, daemon=True).start()
    try:
        yield told
    finally:
        client.imap.shutdown()


def until_seen(home: Home, other: OtherClient, pushed: queue.Queue[float], number: int) -> tuple[float, float]:
    """Seconds from another client's APPEND to the push, and to one more opportunity in the store."""
    threading.Event().wait(2.0)  # both wait in IDLE again
    firm = f"Firm{number} Works"
    text = (
        f"Hi Alex,\r\n\r\nUnfortunately {firm} has decided to move forward with other candidates for the role of "
        f"Data Engineer {number}. Thank you for your application.\r\n\r\nBest,\r\nDana Reyes\r\nRecruiter, {firm}"
    )
    data = letter(100 + number, text, subject=f"Your application to {firm}")
    data = data.replace(b"dana.reyes@acme.example", f"dana@firm{number}works.example".encode())
    before = _views(home)
    started = time.perf_counter()
    other.append(INBOX, data)
    push = pushed.get(timeout=LONGEST)
    while _views(home) == before:
        if time.perf_counter() - started > LONGEST:
            raise SystemExit("The daemon does not see new mail.")
        threading.Event().wait(0.005)
    return push - started, time.perf_counter() - started


def _views(home: Home) -> int:
    connection = sqlite3.connect(f"file:{home.folder / 'state' / 'state.db'}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM views").fetchone()[0])
    finally:
        connection.close()
