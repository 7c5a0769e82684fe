"""`watcher status`: where every opportunity stands, who has to move, and what comes next."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli import beside, clock
from watcher.cli.opening import asked_about, open_watcher
from watcher.cli.screen import Cell, Screen
from watcher.cli.words import KINDS, MOVES, OVER, STAGES, counted, day, lasting, when

COLUMNS = ("Company", "Role", "Stage", "To move", "Silent for", "Next", "ID")
STACKS = ((0, 1, 6), (2,), (3, 4), (5,))  # on a narrow terminal: company, role and id under each other
NOBODY_KNOWS = "?"
MANY = 200  # opportunities


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Print the opportunities; those that are over only with --all."""
    config, watcher = open_watcher(options)
    status = watcher.status(clock.now(), as_of=asked_about(options, config))
    status["daemon"] = beside.daemon(config.storage, ZoneInfo(config.timezone))
    over = sum(1 for opportunity in status["opportunities"] if opportunity["stage"] in OVER)
    if not options.all:
        kept = [opportunity for opportunity in status["opportunities"] if opportunity["stage"] not in OVER]
        status = {**status, "opportunities": kept}
    if options.json:
        screen.json(status, long=len(status["opportunities"]) > MANY)
        return 0
    tell(status, screen)
    if over and not options.all:
        screen.say(f"{counted(over, 'more that is over', 'more that are over')}: `watcher status --all`.")
    return 0


def tell(status: Mapping[str, Any], screen: Screen) -> None:
    """The status as a table, and what is wrong with an account under it."""
    now = datetime.fromisoformat(status["generated_at"])
    found = sorted(status["opportunities"], key=_urgency)
    if found:
        screen.table(COLUMNS, [_row(opportunity, now) for opportunity in found], STACKS)
    elif any(account["last_scan_at"] for account in status["accounts"]):
        screen.say("No opportunities.")
    if paused := status.get("paused"):
        until = f" until {when(paused['until'], now)}" if paused["until"] else ""
        why = "You found work, so nothing is drafted" if paused["hired"] else f"You paused all drafting{until}"
        screen.say(f"{why}. `watcher resume` ends that.")
    for account in status["accounts"]:
        if account["error"]:
            since = f" (last read {when(account['last_scan_at'], now)})" if account["last_scan_at"] else ""
            screen.complain(f"{account['name']}: {account['error']}{since}")
        elif not account["last_scan_at"]:
            screen.say(f"{account['name']} has not been read yet{'' if status.get('daemon') else ': `watcher scan`'}.")
    beside.tell(status.get("daemon"), now, screen)


def _urgency(opportunity: Mapping[str, Any]) -> tuple[int, str]:
    """Letters to look at first, then what the user owes, then by the day on which something is due, then the rest."""
    follow_up = opportunity["follow_up"]
    if opportunity["stage"] in OVER:
        place = 4
    elif follow_up["status"] in ("drafted", "due"):
        place = 0
    elif opportunity["waiting_on"] == "you":
        place = 1
    elif follow_up["status"] == "scheduled":
        place = 2
    else:
        place = 3
    return place, follow_up["due_at"] or opportunity["last_message_at"] or ""


def _row(opportunity: Mapping[str, Any], now: datetime) -> list[Cell]:
    over = opportunity["stage"] in OVER
    tone = "quiet" if over else ""
    move = opportunity["waiting_on"]
    silence = "" if over or move == "nobody" else lasting(opportunity["silent_since"], now)
    return [
        Cell(opportunity["company"] or NOBODY_KNOWS, tone or "bold"),
        Cell(opportunity["role"] or NOBODY_KNOWS, tone),
        Cell(_stage(opportunity, now), tone),
        Cell(MOVES.get(move, move), tone or ("warm" if move == "you" else "")),
        Cell(silence, tone),
        Cell(*_next(opportunity, now)),
        Cell(opportunity["id"], "quiet"),
    ]


def _stage(opportunity: Mapping[str, Any], now: datetime) -> str:
    words = STAGES.get(opportunity["stage"], str(opportunity["stage"]))
    if opportunity["stage"] == "interview_booked":
        booked = [i["start"] for i in opportunity["interviews"] if i["status"] == "booked" and i["start"]]
        if booked:
            return f"{words}, {when(min(booked, key=datetime.fromisoformat), now)}"
    if opportunity["promised_by"] and opportunity["stage"] not in OVER:
        named = datetime.fromisoformat(opportunity["promised_by"])
        return f"{words}; they named {day(named, now)}"
    return words


def _next(opportunity: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    """What comes next and when, in words, and its tone."""
    follow_up = opportunity["follow_up"]
    kind = KINDS.get(follow_up["kind"], follow_up["kind"])
    again = f" (no. {follow_up['attempt']})" if (follow_up["attempt"] or 0) > 1 else ""
    status = follow_up["status"]
    due, held = when(follow_up["due_at"], now), when(follow_up["not_before"], now)
    told = {
        "drafted": (f"{kind}{again} lies in your Drafts", "good"),
        "scheduled": (f"{kind}{again}, {due}" if due else f"{kind}{again}", ""),
        "due": (f"{kind}{again} is due" + (f", from {held}" if held else ""), "warm"),
        "reminder": (f"{kind} is owed", "warm"),
        "sent": (f"you sent the {kind}{again}", ""),
        "discarded": (f"you threw the {kind}{again} away", "quiet"),
        "withdrawn": (f"the {kind}{again} was taken back", "quiet"),
        "blocked": (f"nothing: {follow_up['reason']}", "warm"),
    }
    if status == "scheduled" and follow_up["kind"] == "reply_owed":
        return f"{kind}; a reminder on {due}", "warm"
    if status == "drafted" and follow_up["draft_state"] == "edited":
        return f"{kind}{again} in your Drafts, edited by you", "good"
    return told.get(status, (str(follow_up["reason"] or "nothing"), "quiet"))
