"""How a daemon that runs beside this command fares, for `status`, `show` and `doctor`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from watcher.cli.screen import Screen
from watcher.cli.words import when
from watcher.errors import StoreLocked

AILS = ("config_error", "store_error")
PATIENCE, PAUSE = 60.0, 0.2  # seconds

Report = TypeVar("Report")


def daemon(storage: Path, zone: ZoneInfo) -> dict[str, Any] | None:
    """What the JSON says of the daemon: null where none runs."""
    from watcher.store.beside import read

    told = read(storage)
    if told is None:
        return None
    accounts = [
        {
            "name": account["name"],
            "state": account["state"],
            "step": account["step"],
            "error": account["error"],
            "retry_at": _local(account["retry_at"], zone),
        }
        for account in told.get("accounts", ())
    ]
    return {
        "pid": told["pid"],
        "last_pass_at": _local(told.get("last_pass_at"), zone),
        "next_look_at": _local(told.get("next_look_at"), zone),
        **{name: told.get(name) for name in AILS},
        "accounts": accounts,
    }


def in_turn(storage: Path, scan: Callable[[], Report]) -> Report:
    """Do a pass beside a daemon that may be running: wait until that is between two of its own, and let it know of what
    came of ours. Raises StoreLocked where it is at work for longer than a minute, or another command is."""
    from watcher.store.beside import nudge, read

    until = time.monotonic() + PATIENCE
    while True:
        try:
            report = scan()
        except StoreLocked:
            if read(storage) is None or time.monotonic() > until:
                raise
            threading.Event().wait(PAUSE)
        else:
            nudge(storage)
            return report


def tell(told: Mapping[str, Any] | None, now: datetime, screen: Screen) -> None:
    """What ails the daemon, or when it last succeeded and what it waits for; nothing where none runs."""
    if told is None:
        return
    if told["config_error"]:
        screen.complain(f"The config was changed and is faulty, so watcher goes by the old one: {told['config_error']}")
    if told["store_error"]:
        screen.complain(f"watcher cannot go on: {told['store_error']}")
    for account in told["accounts"]:
        if account["state"] == "parked":
            screen.complain(
                f"{account['name']} waits for you: `watcher login {account['name']}`, or mend its password_command and "
                "`systemctl --user reload watcher`."
            )
        elif account["retry_at"]:
            screen.complain(f"{account['name']} is tried again {when(account['retry_at'], now)}.")
        elif account["state"] == "reading":
            screen.say(f"{account['name']} is being read{': ' + account['step'] if account['step'] else ''}.")
    last = f"; last pass {when(told['last_pass_at'], now)}" if told["last_pass_at"] else ""
    ahead = f", next look {when(told['next_look_at'], now)}" if told["next_look_at"] else ""
    screen.say(f"watcher is at work (process {told['pid']}){last}{ahead}.")


def _local(written: str | None, zone: ZoneInfo) -> str | None:
    return datetime.fromisoformat(written).astimezone(zone).isoformat(timespec="seconds") if written else None
