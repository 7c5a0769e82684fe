"""The daemon as a process of its own on a real server: it starts, hears of mail, bears faults, and ends in time."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import ROOT, Home, eventually, invitation, rejection, running
from tests.support.dovecot import Dovecot, OtherClient
from tests.support.faults import Relay
from watcher.cli.run import _is_glibc
from watcher.store.lock import Lock

USERS = (f"seeker{number}" for number in itertools.count())
IN_TIME = 5.0


@pytest.fixture
def user() -> str:
    return next(USERS)


@pytest.fixture
def other(server: Dovecot, user: str) -> Iterator[OtherClient]:
    client = OtherClient(server, user)
    client.append("INBOX", invitation())
    yield client
    client.close()


@pytest.fixture
def home(tmp_path: Path, server: Dovecot, between: Relay, user: str, other: OtherClient) -> Home:
    return Home(tmp_path).imap("personal", between.port, user, server.ca)


def test_it_is_ready_after_the_first_connection_and_mail_shows_in_status_soon_after_its_arrival(
    home: Home, other: OtherClient
) -> None:
    with running(home) as daemon:
        daemon.wait_for("READY=1")
        daemon.wait_for("STATUS=Watching personal.")
        eventually(lambda: home.stages() == ["interview_booked"])
        other.append("INBOX", rejection())
        eventually(lambda: home.stages() == ["rejected"], 5)
        assert daemon.stop() < IN_TIME
        assert "STOPPING=1" in list(daemon.said.queue)
    assert daemon.log[-1] == "<6>stopped"
    assert "dana" not in "".join(daemon.log).lower()


def test_a_connection_that_is_lost_is_told_once_and_taken_up_again(
    home: Home, other: OtherClient, between: Relay
) -> None:
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching personal.")
        eventually(lambda: home.status()["daemon"]["last_pass_at"])
        told = "The connection to 127.0.0.1 of personal failed"

        def lost() -> bool:  # what breaks between two commands is healed without a word
            between.break_now()
            return any(told in line for line in daemon.log)

        eventually(lost)
        line = daemon.wait_for_line(told)
        assert line.startswith("<4>")
        assert line.endswith("account=personal")
        daemon.wait_for_line("reached again")
        other.append("INBOX", rejection())
        eventually(lambda: home.stages() == ["rejected"], 5)
        assert daemon.stop() < IN_TIME


def test_without_network_at_boot_it_is_ready_all_the_same_and_says_what_ails_it(
    tmp_path: Path, server: Dovecot
) -> None:
    home = Home(tmp_path).imap("personal", 1, "nobody", server.ca)
    with running(home) as daemon:
        daemon.wait_for("READY=1")
        said = daemon.wait_for("STATUS=personal: The connection to 127.0.0.1")
        assert "Next try at" in said
        (account,) = home.status()["accounts"]
        assert "failed" in account["error"]
        assert daemon.stop() < IN_TIME


def test_a_wrong_password_does_not_hold_up_the_other_account(home: Home, server: Dovecot, tmp_path: Path) -> None:
    home.accounts += (
        f'[[accounts]]\nname = "work"\nkind = "imap"\nhost = "127.0.0.1"\nport = {server.imaps_port}\nuser = "{next(USERS)}"\n'
        f'ca = "{server.ca}"\npassword_command = ["echo", "wrong"]\n'
    )
    home.write()
    with running(home) as daemon:
        daemon.wait_for_line("refused to let work in")
        eventually(lambda: home.stages() == ["interview_booked"])
        accounts = {account["name"]: account["error"] for account in home.status()["accounts"]}
        assert accounts["personal"] is None
        assert "refused" in accounts["work"]
        assert daemon.stop() < IN_TIME


def test_it_ends_in_time_while_the_server_is_silent_in_the_middle_of_a_pass(home: Home, between: Relay) -> None:
    between.after, between.how = 3000, "silence"
    with running(home) as daemon:
        daemon.wait_for_line("started")
        eventually(lambda: between.received >= 2500)
        assert daemon.stop() < IN_TIME


def test_it_ends_in_time_while_a_password_is_being_asked_for(home: Home) -> None:
    home.write().config.write_text(home.config.read_text().replace('["cat", ', '["sleep", "20", '))
    with running(home) as daemon:
        daemon.wait_for_line("started")
        assert daemon.stop() < IN_TIME


def test_a_pass_that_is_stuck_gives_no_sign_of_life(home: Home, between: Relay) -> None:
    with running(home, watchdog=2) as daemon:
        daemon.wait_for("STATUS=Watching personal.")
        daemon.wait_for("WATCHDOG=1")
        home.password.unlink()
        os.mkfifo(home.password)  # reading it waits for ever
        between.break_now()
        daemon.wait_for_line("no progress for 1 seconds")
        while not daemon.said.empty():
            daemon.said.get()
        with pytest.raises(AssertionError, match="not said"):
            daemon.wait_for("WATCHDOG=1", 2.5)
        assert daemon.stop() < IN_TIME


def test_a_good_config_is_taken_over_and_a_faulty_one_refused(home: Home) -> None:
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching personal.")
        good = home.config.read_text()
        home.config.write_text(good + "\n[follow_up]\nafter_intreview = 3\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for("RELOADING=1")
        daemon.wait_for("READY=1")
        daemon.wait_for("STATUS=The new config is faulty")
        assert "after_intreview" in daemon.wait_for_line("the config was not taken over")
        home.config.write_text(good)
        home.maildir().write()
        daemon.signal(signal.SIGHUP)
        daemon.wait_for("READY=1")
        daemon.wait_for("STATUS=Watching personal, local.")
        assert daemon.stop() < IN_TIME


def test_there_is_one_daemon_at_a_time_and_one_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching local.")
        with running(home) as second:
            assert second.process.wait(20) == 1
            assert f"watcher run is at work (process {daemon.process.pid})" in "".join(second.log)
        daemon.process.kill()
        daemon.process.wait(10)
    with running(home) as third:
        third.wait_for("STATUS=Watching local.")
        assert third.stop() < IN_TIME


def test_a_faulty_config_ends_it_with_status_2_at_once(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir().write("[follow_up]\nthank_yuo = 2\n")
    with running(home) as daemon:
        assert daemon.process.wait(20) == 2
        assert "thank_yuo" in "".join(daemon.log)


def test_a_scan_beside_it_and_a_database_that_another_holds_do_not_end_it(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching local.")
        words = [sys.executable, "-m", "watcher", "--config", str(home.config), "scan"]
        assert subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode == 0
        held = sqlite3.connect(tmp_path / "state" / "state.db", isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        daemon.signal(signal.SIGUSR1)
        daemon.wait_for_line("Another process is writing")
        daemon.wait_for("STATUS=Another process is writing")
        held.execute("ROLLBACK")
        held.close()
        daemon.wait_for_line("the database can be used again")
        assert daemon.stop() < IN_TIME


def test_a_file_that_is_not_our_database_ends_it_with_status_1(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "state.db").write_bytes(b"not a database" * 100)
    with running(home) as daemon:
        assert daemon.process.wait(20) == 1
        assert "damaged" in "".join(daemon.log)


def test_status_and_show_say_how_it_fares(home: Home, between: Relay) -> None:
    assert home.status()["daemon"] is None
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching personal.")
        eventually(lambda: home.status()["daemon"]["last_pass_at"])
        told = home.status()["daemon"]
        assert told["pid"] == daemon.process.pid
        assert [account["state"] for account in told["accounts"]] == ["watching"]
        assert "watcher is at work" in home.say("status")
        assert "watcher is at work" in home.say("show", home.status()["opportunities"][0]["id"])
        home.password.write_text("wrong\n")
        between.break_now()
        eventually(lambda: "refused" in (home.status()["daemon"]["accounts"][0]["error"] or ""))
        assert "personal is tried again" in home.say("status")
        assert "service: It runs" in home.say("doctor", check=False)
        home.write("nonsense = 1\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_line("not taken over")
        home.write()
        eventually(lambda: home.status()["daemon"]["config_error"])
        assert daemon.stop() < IN_TIME
    assert home.status()["daemon"] is None


def test_a_scan_waits_for_the_pass_of_the_daemon_and_lets_it_know(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching local.")
        eventually(lambda: home.status()["daemon"]["last_pass_at"])
        before = home.status()["daemon"]["last_pass_at"]
        with Lock(tmp_path / "state" / "state.lock", "run"):
            words = [sys.executable, "-m", "watcher", "--config", str(home.config), "scan"]
            scan = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
            with pytest.raises(subprocess.TimeoutExpired):
                scan.wait(2)
        assert scan.wait(20) == 0
        eventually(lambda: home.status()["daemon"]["last_pass_at"] > before)
        assert daemon.stop() < IN_TIME


def test_a_database_that_another_holds_at_the_start_is_waited_for_and_holds_up_no_end(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    assert "has not been read yet" in home.say("status")
    assert home.say("scan")
    held = sqlite3.connect(tmp_path / "state" / "state.db", isolation_level=None)
    held.execute("PRAGMA locking_mode = EXCLUSIVE")
    held.execute("BEGIN EXCLUSIVE")
    with running(home) as daemon:
        daemon.wait_for("READY=1")
        daemon.wait_for("STATUS=Another process is writing")
        held.execute("ROLLBACK")
        held.close()
        daemon.wait_for("STATUS=Watching local.")
        assert daemon.stop() < IN_TIME


@pytest.mark.skipif(not _is_glibc(), reason="another C library")
def test_memory_is_taken_by_pages_and_what_it_starts_takes_it_as_usual(home: Home, tmp_path: Path) -> None:
    told = tmp_path / "environment"
    written = home.config.read_text()
    command = f'password_command = ["sh", "-c", "env > {told}; cat {home.password}"]\n'
    lines = [command if line.startswith("password_command") else line for line in written.splitlines(keepends=True)]
    home.config.write_text("".join(lines))
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching personal.")
        own = Path(f"/proc/{daemon.process.pid}/environ").read_text()
        assert "PYTHONMALLOC=malloc" in own
        assert "MALLOC_ARENA_MAX=1" in own
    assert "NOTIFY_SOCKET" in told.read_text()
    assert "MALLOC" not in told.read_text()
