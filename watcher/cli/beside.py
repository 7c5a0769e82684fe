"""How a daemon that runs beside this command fares, for `status`, `show` and `doctor`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli.screen import Screen
from watcher.cli.words import when

AILS = ("config_error", "store_error")


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
                f"{account['name']} waits for you: `watcher login {account['name']}`, then "
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
