"""The daemon where the machine fails it: a full disk, a locked keyring, a password that comes late."""

from __future__ import annotations

import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import Home, eventually, invitation, running
from tests.support.dovecot import PASSWORD, Dovecot, OtherClient
from tests.support.dovecot import running as dovecot_running
from tests.support.keyring import run_in_session


def test_a_full_disk_is_told_once_and_the_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    home = Home(tmp_path).maildir()
    with running(home) as daemon:
        daemon.wait_for("STATUS=Watching local.")
        eventually(lambda: home.status()["daemon"]["last_pass_at"])
        unlimited = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        (tmp_path / "local" / "new" / "1.invitation").write_bytes(invitation())
        daemon.signal(signal.SIGUSR1)
        line = daemon.wait_for_line("<3>")
        assert "room" in line or "disk" in line
        told = home.status()["daemon"]  # what it has to say needs no new room
        assert told["store_error"]
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, unlimited)
        daemon.wait_for_line("the database can be used again")
        eventually(lambda: home.stages() == ["interview_booked"])
        assert len([line for line in daemon.log if line.startswith("<3>")]) <= 2
        assert daemon.stop() < 5


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot_running("standard") as dovecot:
        yield dovecot


def test_a_password_that_is_not_there_yet_at_login_is_asked_for_again(tmp_path: Path, server: Dovecot) -> None:
    other = OtherClient(server, "late")
    other.append("INBOX", invitation())
    other.close()
    home = Home(tmp_path).imap("personal", server.imaps_port, "late", server.ca)
    home.password.unlink()
    with running(home) as daemon:
        daemon.wait_for("READY=1")
        daemon.wait_for("STATUS=personal: The password_command of personal failed")
        home.password.write_text(PASSWORD + "\n")
        daemon.signal(signal.SIGHUP)  # else it is asked for again within seconds
        daemon.wait_for("STATUS=Watching personal.")
        assert daemon.stop() < 5


LOCKED = """
import signal, subprocess, sys
daemon = subprocess.Popen([sys.executable, "-m", "watcher", "--config", {config!r}, "run"], stderr=subprocess.PIPE, text=True)
for line in daemon.stderr:
    if "keyring" in line:
        break
daemon.send_signal(signal.SIGTERM)
daemon.stderr.read()
print(line.strip(), daemon.wait())
"""


def test_a_keyring_that_is_locked_at_login_is_told_and_waited_for(server: Dovecot) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kr-"))  # sockets need a short path
    try:
        home = Home(folder).imap("personal", server.imaps_port, "locked", server.ca)
        config = home.config.read_text()
        home.config.write_text("".join(line for line in config.splitlines(True) if "password_command" not in line))
        store = "import os; from watcher.mailbox.credentials import *; store_secret('personal', 'sesame', os.environ)"
        run_in_session(folder, store)
        said = run_in_session(folder, LOCKED.format(config=str(home.config)), locked=True)
        assert "The keyring is locked." in said
        assert said.endswith("account=personal 0")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
