"""How the daemon fares, in one line for `systemctl status` and in values for those beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from watcher.daemon.engine import Engine
    from watcher.daemon.journal import Told


def troubles(engine: Engine | None, told: Told) -> dict[str, Any]:
    """The accounts, the last pass and the next; nothing while the work has not begun."""
    if engine is None:
        return {"accounts": [], "last_pass_at": None, "next_look_at": None}
    accounts = []
    for name, worker in engine.workers.items():
        retry = engine.retries.get(name)
        accounts.append(
            {
                "name": name,
                "state": _state(worker.health),
                "step": engine.steps.get(name),
                "synced_at": _written(engine.synced_at.get(name)),
                "error": told.standing(name) or None,
                "retry_at": _written(retry),
            }
        )
    return {
        "accounts": accounts,
        "last_pass_at": _written(engine.last_pass_at),
        "next_look_at": _written(engine.ticks.due),
    }


def _state(health: Any) -> str:
    if health.parked:
        return "parked"
    if health.failures:
        return "failing"
    if not health.settled:
        return "reading"
    return "watching" if health.waiting else "polling"


def headline(told: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> str:
    """One line that a person can read: what ails it first, then what it waits for."""
    if told["config_error"]:
        return f"The new config is faulty, the old one goes on: {told['config_error']}"
    if told["store_error"]:
        return str(told["store_error"])
    ailing = [_ailing(account, zone, now) for account in told["accounts"] if account["error"]]
    if ailing:
        return " ".join(ailing)
    reading = [account for account in told["accounts"] if account["state"] == "reading"]
    if reading or not told["accounts"]:
        steps = ", ".join(f"{each['name']} ({each['step'] or 'connecting'})" for each in reading)
        return f"Reading {steps}." if steps else "Starting."
    names = ", ".join(account["name"] for account in told["accounts"])
    last = f" Last pass {_when(told['last_pass_at'], zone, now)}." if told["last_pass_at"] else ""
    ahead = f" Next look {_when(told['next_look_at'], zone, now)}." if told["next_look_at"] else ""
    return f"Watching {names}.{last}{ahead}"


def _ailing(account: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> str:
    ahead = "Waits for you." if account["state"] == "parked" else ""
    if account["retry_at"]:
        ahead = f"Next try {_when(account['retry_at'], zone, now)}."
    return f"{account['name']}: {account['error']} {ahead}".strip()


def _when(written: str, zone: ZoneInfo, now: datetime) -> str:
    at = datetime.fromisoformat(written).astimezone(zone)
    return f"at {at:%H:%M}" if at.date() == now.astimezone(zone).date() else f"on {at:%a %d %b at %H:%M}"


def _written(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
