"""What the daemon says: to systemd, to the journal and to those beside it."""

from __future__ import annotations

import io
import logging
import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from watcher.daemon.journal import Told, open_log, tell
from watcher.daemon.notify import Notifier
from watcher.daemon.outlook import headline
from watcher.store import beside
from watcher.store.lock import Lock

NOW = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SIGNALS = (signal.SIGUSR1, signal.SIGHUP)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


def test_it_speaks_to_the_manager_that_listens(tmp_path: Path, manager: socket.socket) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3000000"})
    assert notifier.watchdog == 3.0
    notifier.ready()
    notifier.status("Watching\npersonal.")
    notifier.status("Watching\npersonal.")
    notifier.reloading()
    assert manager.recv(1000) == b"READY=1"
    assert manager.recv(1000) == b"STATUS=Watching personal."
    assert manager.recv(1000).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_it_says_nothing_and_does_not_fail_where_nobody_listens(tmp_path: Path) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}):
        notifier = Notifier(environ)
        notifier.ready()
        notifier.stopping()
        assert notifier.watchdog is None


def test_a_watchdog_for_another_process_is_not_ours() -> None:
    assert Notifier({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}).watchdog is None
    assert Notifier({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}).watchdog == 3.0


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    ours = logging.getLogger("watcher")
    before = ours.handlers[:], ours.level, ours.propagate
    open_log({"JOURNAL_STREAM": "8:1"}, stream)
    yield stream
    ours.handlers[:], ours.level, ours.propagate = before


def test_a_line_has_a_level_for_the_journal_and_its_fields(log: io.StringIO) -> None:
    tell(logging.INFO, "drafted:\nthank_you", account="personal", opportunity="acme")
    tell(logging.ERROR, "no room left")
    tell(logging.DEBUG, "not shown")
    assert log.getvalue() == "<6>drafted: thank_you account=personal opportunity=acme\n<3>no room left\n"


def test_a_fault_is_told_once_and_once_more_when_it_ends(log: io.StringIO) -> None:
    told = Told()
    for _ in range(5):
        told.fault("personal", "away", account="personal")
    told.over("personal", "reached again", account="personal")
    told.over("personal", "reached again", account="personal")
    assert log.getvalue() == "<4>away account=personal\n<6>reached again account=personal\n"


def test_no_library_may_log_what_it_reads(log: io.StringIO) -> None:
    for name in ("imapclient", "mailparser", "apscheduler"):
        logging.getLogger(name).info("a line of somebody's mail")
        logging.getLogger(name).warning("a warning")
    assert not log.getvalue()


def account(**changes: Any) -> dict[str, Any]:
    return {"name": "personal", "state": "watching", "step": None, "error": None, "retry_at": None} | changes


def told(*accounts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    found = {"config_error": None, "store_error": None, "accounts": list(accounts)}
    return found | {"last_pass_at": NOW.isoformat(), "next_look_at": "2026-03-20T10:00:00+00:00"} | changes


def test_the_status_line_says_what_it_waits_for() -> None:
    line = headline(told(account()), BERLIN, NOW)
    assert line == "Watching personal. Last pass at 15:00. Next look on Fri 20 Mar at 11:00."


def test_the_status_line_says_what_ails_it_first() -> None:
    failing = account(state="failing", error="It does not answer.", retry_at="2026-03-18T14:05:00+00:00")
    assert headline(told(failing, account(name="work")), BERLIN, NOW) == (
        "personal: It does not answer. Next try at 15:05."
    )
    assert headline(told(account(state="parked", error="Wrong password.")), BERLIN, NOW).endswith("Waits for you.")
    assert "No room" in headline(told(account(), store_error="No room."), BERLIN, NOW)
    assert "the old one goes on" in headline(told(account(), config_error="line 3"), BERLIN, NOW)


def test_a_long_first_scan_shows_its_progress() -> None:
    reading = account(state="reading", step="INBOX 500 of 50,000")
    assert headline(told(reading), BERLIN, NOW) == "Reading personal (INBOX 500 of 50,000)."


def test_those_beside_it_read_what_it_told_last_and_only_while_it_runs(tmp_path: Path) -> None:
    storage = tmp_path / "state.db"
    assert beside.read(storage) is None
    with Lock(beside.instance_lock(storage), "run"):
        assert beside.read(storage) == {"pid": os.getpid()}
        beside.write(storage, {"pid": os.getpid(), "note": "x" * 5000})
        beside.write(storage, {"pid": os.getpid(), "accounts": []})
        assert beside.read(storage) == {"pid": os.getpid(), "accounts": []}
        beside.write(storage, {"pid": 1, "accounts": []})  # left by one before us
        assert beside.read(storage) == {"pid": os.getpid()}
    assert beside.read(storage) is None


def test_a_nudge_reaches_the_daemon_that_runs_and_nobody_else(tmp_path: Path) -> None:
    storage, heard = tmp_path / "state.db", []
    before = {number: signal.signal(number, lambda got, _: heard.append(got)) for number in SIGNALS}
    try:
        beside.nudge(storage)
        with Lock(beside.instance_lock(storage), "run"):
            beside.nudge(storage)  # one that has only just begun does not hear yet
            beside.write(storage, {"pid": os.getpid(), "accounts": []})
            assert not heard
            beside.nudge(storage)
            beside.nudge(storage, forgive=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert heard == [signal.SIGUSR1, signal.SIGHUP]
