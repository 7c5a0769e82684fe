"""`watcher service` in a live user manager: installed, started, restarted, reloaded, stopped, taken away."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.daemon import Home, eventually
from tests.support.dovecot import running as dovecot_running
from tests.support.manager import Manager, user_manager

WATCHER = (sys.executable, "-P", "-m", "watcher")


@pytest.fixture(scope="module")
def manager() -> Iterator[Manager]:
    with user_manager() as made:
        yield made


@pytest.fixture
def home(manager: Manager) -> Iterator[Home]:
    folder = manager.home / ".config" / "watcher"
    folder.mkdir(parents=True)
    yield Home(folder).maildir()
    manager.run("systemctl", "--user", "stop", "watcher.service", check=False)
    manager.run(*WATCHER, "service", "uninstall")
    manager.run("systemctl", "--user", "reset-failed", check=False)
    shutil.rmtree(manager.home, ignore_errors=True)
    manager.home.mkdir(exist_ok=True)


def change(manager: Manager, *lines: str) -> None:
    """A drop-in of the user's. The kernels of some containers lack the files that two of the confinements hide, so these
    are left out here."""
    folder = manager.home / ".config/systemd/user/watcher.service.d"
    folder.mkdir(parents=True, exist_ok=True)
    here = ["ProtectKernelTunables=no", "ProtectKernelLogs=no"]
    (folder / "change.conf").write_text("\n".join(["[Service]", *here, *lines]) + "\n")


def installed(manager: Manager, *options: str) -> str:
    return manager.run(*WATCHER, "service", "install", *options).stdout


def status(manager: Manager) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(manager.run(*WATCHER, "service", "status", "--json", check=False).stdout)
    return found


def test_it_is_installed_started_asked_and_taken_away(manager: Manager, home: Home) -> None:
    change(manager)
    assert not status(manager)["installed"]
    said = installed(manager)
    assert "loginctl enable-linger" in said
    eventually(lambda: status(manager)["says"].startswith("Watching local."))
    found = status(manager)
    assert (found["installed"], found["enabled"], found["active"], found["restarts"]) == (True, True, True, 0)
    assert "It runs" in manager.run(*WATCHER, "service", "status").stdout
    assert "started for local" in manager.run(*WATCHER, "service", "logs").stdout
    assert "started for local" in manager.run(*WATCHER, "service", "logs", "--json").stdout
    began = time.monotonic()
    manager.run("systemctl", "--user", "stop", "watcher.service")
    assert time.monotonic() - began < 5
    assert manager.show("Result") == "success"
    assert manager.run(*WATCHER, "service", "status", check=False).returncode == 1
    manager.run(*WATCHER, "service", "uninstall")
    assert not status(manager)["installed"]
    assert home.config.exists()
    assert (home.folder / "state" / "state.db").exists()


def test_confined_it_may_write_to_its_state_and_the_maildir_and_nowhere_else(manager: Manager, home: Home) -> None:
    change(manager)
    installed(manager)
    pid = manager.show("MainPID")
    mounts = manager.run("cat", f"/proc/{pid}/mountinfo").stdout.splitlines()
    last = {line.split()[4]: line.split()[5] for line in mounts}
    assert last["/"].startswith("ro")
    assert last[str(home.folder / "state")].startswith("rw")
    assert last[str(home.folder / "local")].startswith("rw")
    told = manager.run("cat", f"/proc/{pid}/status").stdout
    assert "NoNewPrivs:\t1" in told
    assert "Seccomp:\t2" in told


def test_killed_it_is_started_again(manager: Manager, home: Home) -> None:
    change(manager, "RestartSec=0.2")
    installed(manager)
    first = manager.show("MainPID")
    manager.run("systemctl", "--user", "kill", "--signal=KILL", "watcher.service")
    eventually(lambda: manager.show("MainPID") not in ("0", first))
    eventually(lambda: manager.show("ActiveState") == "active")
    assert manager.show("NRestarts") == "1"


def eventually_opened(pipe: Path) -> int:
    """A descriptor that writes to `pipe`, once somebody reads from it (until then opening fails with ENXIO)."""
    found: list[int] = []

    def opened() -> bool:
        with contextlib.suppress(OSError):
            found.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(found)

    eventually(opened)
    return found[0]


def test_a_pass_that_is_stuck_is_ended_and_begun_anew(manager: Manager, home: Home) -> None:
    change(manager, "WatchdogSec=2", "RestartSec=0.2")
    with dovecot_running("standard") as server:
        ca = shutil.copy(server.ca, home.folder)  # the service does not see our /tmp
        home.imap("far", server.imaps_port, "stuck", str(ca))
        installed(manager)
        eventually(lambda: manager.show("StatusText").startswith("Watching local, far."))
        good = home.config.read_text()
        os.mkfifo(home.folder / "never")
        home.config.write_text(good.replace(str(home.password), str(home.folder / "never")))
        manager.run("systemctl", "--user", "reload", "watcher.service")  # now it asks for a password that never comes
        asked = eventually_opened(home.folder / "never")
        home.config.write_text(good)
        eventually(lambda: manager.show("NRestarts") == "1")
        eventually(lambda: manager.show("StatusText").startswith("Watching local, far."))
    os.close(asked)
    assert "no progress for 1 seconds" in manager.journal()
    assert "Watchdog timeout" in manager.journal()


def test_a_good_config_is_taken_over_and_a_faulty_one_refused(manager: Manager, home: Home) -> None:
    change(manager)
    installed(manager)
    pid = manager.show("MainPID")
    good = home.config.read_text()
    home.config.write_text(good.replace("timezone", "timezoon"))
    manager.run("systemctl", "--user", "reload", "watcher.service")
    eventually(lambda: "The new config is faulty" in manager.show("StatusText"))
    home.config.write_text(good)
    home.maildir("second")
    unit = manager.home / ".config/systemd/user/watcher.service"
    assert str(home.folder / "second") not in unit.read_text()
    manager.run("systemctl", "--user", "reload", "watcher.service")
    eventually(lambda: manager.show("StatusText").startswith("Watching local, second."))
    assert manager.show("MainPID") == pid


def test_a_faulty_config_is_no_restart_loop(manager: Manager, home: Home) -> None:
    change(manager, "RestartSec=0.1")
    installed(manager)
    home.config.write_text(home.config.read_text().replace("timezone", "timezoon"))
    manager.run("systemctl", "--user", "restart", "watcher.service", check=False)
    eventually(lambda: manager.show("ActiveState") == "failed")
    assert manager.show("ExecMainStatus") == "2"
    assert manager.show("NRestarts") == "0"
    assert "timezoon" in manager.journal()


def test_unconfined_it_runs_where_nothing_can_be_confined_and_the_journal_knows_the_account_of_a_line(
    manager: Manager, home: Home
) -> None:
    installed(manager, "--unconfined")
    found = ("journalctl", "-q", "-o", "cat", "WATCHER_ACCOUNT=local", "PRIORITY=6")
    eventually(lambda: "watched by polling account=local" in manager.run(*found, check=False).stdout)
    assert "Seccomp:\t0" in manager.run("cat", f"/proc/{manager.show('MainPID')}/status").stdout
