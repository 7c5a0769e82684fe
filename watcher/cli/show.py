"""`watcher show ID`: one opportunity as a time line, and what every conclusion rests on."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli import beside, clock
from watcher.cli.opening import asked_about, open_watcher
from watcher.cli.screen import Screen
from watcher.cli.words import KINDS, MOVES, STAGES, day, lasting, when

LONGEST_QUOTE = 160


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Print one opportunity."""
    config, watcher = open_watcher(options)
    asked = asked_about(options, config)
    now = clock.now()
    found = watcher.show(options.id, now, as_of=asked)
    if options.json:
        screen.json(found)
    else:
        tell(found, asked or now, screen)
        beside.tell(beside.daemon(config.storage, ZoneInfo(config.timezone)), now, screen)
    return 0


def tell(found: Mapping[str, Any], now: datetime, screen: Screen) -> None:
    """One opportunity in words."""
    screen.heading(f"{found['company'] or 'A company not named'}: {found['role'] or 'a role not named'}")
    for words, value in _facts(found, now):
        if value:
            screen.say(f"  {words:<10} {value}")
    screen.say()
    for item in found["timeline"]:
        _moment(item, now, screen)
    _next(found["follow_up"], now, screen)


def _facts(found: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    contact = found.get("contact") or {}
    who = f"{contact.get('name') or ''} <{contact['address']}>".strip() if contact.get("address") else ""
    named = found.get("promised_by")
    stage = found.get("stage_text") or STAGES.get(found["stage"], found["stage"])
    rests_on = _quotes((found.get("stage_evidence") or {}).get("words") or ())
    return [
        ("id", ", also ".join([found["id"], *found.get("aliases", [])])),
        ("stage", stage + (f": {rests_on}" if rests_on else "")),
        ("to move", MOVES.get(found["waiting_on"], found["waiting_on"])),
        ("silent", lasting(found.get("silent_since"), now)),
        ("they named", day(datetime.fromisoformat(named), now) if named else ""),
        ("contact", who),
        ("agency", found.get("agency") or ""),
        ("unsure", found.get("unsure") or ""),
    ]


def _moment(item: Mapping[str, Any], now: datetime, screen: Screen) -> None:
    at = when(item["at"], now) or "some day"
    who = (item.get("from") or "").partition(" <")[0]
    own = item.get("says") == "sent"
    text = f"{who}: {item['text']}" if who and not own else item["text"]
    screen.say(f"  {at:<17} {text}")
    if item["what"] in ("message", "draft") and item.get("subject"):
        screen.say(f"  {'':<17} {item['subject']}")
    if item["what"] == "message" and item.get("message_id"):
        screen.say(f"  {'':<17} {item['message_id']}")
    if item["what"] == "word" and item.get("number"):
        screen.say(f"  {'':<17} (`watcher undo {item['number']}` takes it back.)")
    for piece in item.get("evidence") or ():
        words = _cut(piece["words"])
        why = f": {piece['why']}" if piece.get("why") else ""
        if words:
            screen.say(f'  {"":<17} "{words}"{why}')


def _next(follow_up: Mapping[str, Any], now: datetime, screen: Screen) -> None:
    kind, status = follow_up["kind"], follow_up["status"]
    due = when(follow_up.get("due_at"), now)
    what = "nothing" if kind == "none" else KINDS.get(kind, kind)
    screen.say()
    screen.heading(f"Next: {what}" + (f", {status}" if kind != "none" else "") + (f" ({due})" if due else ""))
    for reason in follow_up.get("reasons") or ():
        screen.say(f"  - {reason['words']}")


def _quotes(evidence: Sequence[Mapping[str, str]]) -> str:
    return "; ".join(f'"{_cut(piece["words"])}"' for piece in evidence[:2] if piece["words"])


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}..."
