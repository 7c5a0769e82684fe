"""`watcher preview`: the letter as it would stand now, or what other settings would change. It writes nothing."""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watcher.cli import clock
from watcher.cli.opening import asked_about, open_watcher
from watcher.cli.screen import Screen
from watcher.cli.words import KINDS, when
from watcher.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from watcher.cycle.report import Preview
    from watcher.followup.model import Decision

SHORT = "follow_up."


def preview(options: argparse.Namespace, screen: Screen) -> int:
    """Print it."""
    config, watcher = open_watcher(options)
    asked = asked_about(options, config)
    now = asked or clock.now()
    changes = dict(_change(each) for each in options.changes)
    found = watcher.preview(options.id, now, changes, as_of=asked, environ=os.environ)
    told = as_json(found, changes, now, config.workdays.zone)
    if options.json:
        screen.json(told)
    else:
        tell(told, now, screen)
    return 0


def _change(text: str) -> tuple[str, object]:
    """A key and its value, as TOML or as plain text; a kind of letter alone is one of [follow_up]."""
    key, sign, value = text.partition("=")
    key = key.strip()
    if not sign or not key or not all(part for part in key.split(".")):
        raise UsageError(f'--set: "{text}" is not KEY=VALUE.', "Write it like --set follow_up.after_interview=3.")
    if key in KINDS and key != "none":
        key = SHORT + key
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key, value.strip()


def as_json(found: Sequence[Preview], changes: dict[str, object], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A preview (schemas/preview.json)."""
    return {
        "generated_at": now.astimezone(zone).isoformat(timespec="seconds"),
        "settings": {key: str(value) for key, value in changes.items()},
        "opportunities": [
            {
                "id": each.opportunity,
                "today": _decision(each.today, zone),
                "then": _decision(each.then, zone),
                "letter": {"to": each.letter.to, "subject": each.letter.subject, "text": each.letter.text}
                if each.letter
                else None,
            }
            for each in found
        ],
    }


def _decision(decision: Decision, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "kind": decision.kind.value,
        "attempt": decision.attempt,
        "status": decision.status.value,
        "due_at": _iso(decision.due_at, zone),
        "not_before": _iso(decision.not_before, zone),
        "reason": decision.reason,
        "drafted": decision.act,
    }


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def tell(told: dict[str, Any], now: datetime, screen: Screen) -> None:
    """A preview in words."""
    changed = bool(told["settings"])
    shown = [each for each in told["opportunities"] if not changed or each["today"] != each["then"]]
    if not told["opportunities"]:
        screen.say("No opportunities.")
    elif not shown:
        screen.say("With these settings nothing would change.")
    for each in shown:
        screen.heading(each["id"])
        screen.say(f"  {'today' if changed else 'next':<6} {_line(each['today'], now)}")
        if changed:
            screen.say(f"  {'then':<6} {_line(each['then'], now)}")
        if each["letter"]:
            screen.say()
            screen.letter(each["letter"]["to"], each["letter"]["subject"], each["letter"]["text"])


def _line(decision: dict[str, Any], now: datetime) -> str:
    kind = KINDS.get(decision["kind"], decision["kind"])
    again = f" (no. {decision['attempt']})" if decision["attempt"] > 1 else ""
    due = f", {when(decision['due_at'], now)}" if decision["due_at"] else ""
    state = "would be written now" if decision["drafted"] else decision["status"]
    return f"{kind}{again}: {state}{due}. {decision['reason']}" if decision["kind"] != "none" else decision["reason"]
