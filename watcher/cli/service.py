"""`watcher service`: the systemd user service is set up, taken away, and asked how it fares."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.errors import WatcherError

if TYPE_CHECKING:
    from watcher.cli.screen import Screen

FAILED = 1
UNIT = "watcher.service"
CANNOT_CONFINE = ("217", "218", "226")  # USER, CAPABILITIES, NAMESPACE in systemd.exec(5)
ASKED = ("LoadState", "UnitFileState", "ActiveState", "SubState", "Result", "StatusText", "MainPID", "NRestarts")
NO_MANAGER = "Where there is no systemd, let your session or your init start `watcher run`."


class NoManager(WatcherError):
    """There is no systemd user manager to speak to."""


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Do what was asked of the service."""
    actions: Mapping[str, Callable[[argparse.Namespace, Screen], int]] = {
        "install": _install,
        "uninstall": _uninstall,
        "status": _status,
        "logs": _logs,
    }
    return actions[options.action](options, screen)


def _install(options: argparse.Namespace, screen: Screen) -> int:
    """Write the unit for this installation and this config, and start it; an older one is replaced."""
    from watcher.config import config_path, load
    from watcher.daemon.unit import command, unit
    from watcher.store.sqlite import make_private_folder

    usual = config_path(os.environ)
    path = Path(options.config) if options.config else usual
    config = load(path, os.environ)
    _manager("show-environment")
    make_private_folder(config.storage.parent)  # what does not exist cannot be made writable for the service
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = unit(
            command(sys.argv[0], sys.executable),
            config,
            os.environ.get("PATH", ""),
            named=path.absolute() != usual,
            confined=not options.unconfined,
        )
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WatcherError(f"{file} cannot be written ({error.strerror}).", "Check who owns it.") from error
    _manager("daemon-reload")
    _manager("enable", UNIT)
    _restart()
    screen.say(f"watcher runs now, and whenever you log in ({file}).")
    screen.say("`watcher service status` tells how it fares, `watcher service logs` what it did.")
    if not _lingers():
        screen.say("It ends when you log out. To have it run from boot on, without you: loginctl enable-linger")
    return 0


def _restart() -> None:
    try:
        _manager("restart", UNIT)
    except WatcherError as fault:
        status = _manager("show", UNIT, "--property=ExecMainStatus", "--value").strip()
        if status not in CANNOT_CONFINE:
            raise
        raise WatcherError(
            f"This system does not let a service of yours be confined (status {status}).",
            "`watcher service install --unconfined` does without.",
        ) from fault


def _uninstall(options: argparse.Namespace, screen: Screen) -> int:
    """Stop it and take the unit away."""
    file = _file()
    if not file.exists():
        screen.say("The service is not installed.")
        return 0
    _manager("disable", "--now", UNIT)
    file.unlink(missing_ok=True)
    _manager("daemon-reload")
    screen.say("The service is gone. Your config, what watcher remembers, and your drafts are still there.")
    return 0


def _status(options: argparse.Namespace, screen: Screen) -> int:
    """How the service fares; 1 where it does not run."""
    told = dict(
        line.split("=", 1)
        for line in _manager("show", UNIT, f"--property={','.join(ASKED)}").splitlines()
        if "=" in line
    )
    active = told.get("ActiveState") in ("active", "reloading")
    if options.json:
        screen.json(
            {
                "installed": told.get("LoadState") == "loaded",
                "enabled": told.get("UnitFileState") == "enabled",
                "active": active,
                "state": told.get("ActiveState") or None,
                "result": told.get("Result") or None,
                "says": told.get("StatusText") or None,
                "pid": int(told.get("MainPID") or 0) or None,
                "restarts": int(told.get("NRestarts") or 0),
            }
        )
        return 0 if active else FAILED
    if told.get("LoadState") != "loaded":
        screen.say("The service is not installed: `watcher service install`.")
        return FAILED
    if active:
        restarts = f", restarted {told['NRestarts']} times" if told.get("NRestarts", "0") != "0" else ""
        screen.say(f"It runs (process {told.get('MainPID')}{restarts}).")
        screen.say(told.get("StatusText") or "It has not said yet how it fares.")
        return 0
    why = f" ({told['Result']})" if told.get("Result") not in ("success", "", None) else ""
    screen.say(f"It does not run: {told.get('ActiveState')}{why}. `watcher service logs` may tell why.")
    return FAILED


def _logs(options: argparse.Namespace, screen: Screen) -> int:
    """Hand over to journalctl."""
    program = shutil.which("journalctl")
    if program is None:
        raise NoManager("There is no journalctl here.", "The service's log is where your system keeps its logs.")
    # Not `--user --unit`: root has a user manager too, but no journal of a user's own, and would be told of no entries.
    words = [program, f"--user-unit={UNIT}", f"--lines={options.lines}", "--no-pager", "--quiet"]
    if options.json:
        words.append("--output=json")
    if options.follow:
        words.append("--follow")
    return subprocess.run(words, check=False).returncode  # noqa: S603


def _file() -> Path:
    from watcher.daemon.unit import unit_path

    return unit_path(os.environ, Path.home())


def _manager(*words: str) -> str:
    """What `systemctl --user` answers. Raises NoManager and WatcherError, in its own words."""
    program = shutil.which("systemctl")
    if program is None:
        raise NoManager("There is no systemd here (no systemctl).", NO_MANAGER)
    done = subprocess.run([program, "--user", *words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"status {done.returncode}"
        if "connect to bus" in said.lower() or "not been booted" in said.lower():
            raise NoManager(f"There is no systemd user manager in this session: {said}", NO_MANAGER)
        raise WatcherError(f"systemctl --user {' '.join(words)} failed: {said}", "`watcher service logs` may tell why.")
    return done.stdout


def _lingers() -> bool:
    """Whether the user's services run without a session."""
    program = shutil.which("loginctl")
    if program is None:
        return False
    words = [program, "show-user", str(os.getuid()), "--property=Linger", "--value"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip() == "yes"  # noqa: S603
