"""`watcher drafts`: every draft that was ever made, and what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from watcher.cli import clock
from watcher.cli.opening import open_watcher
from watcher.cli.screen import Cell, Screen
from watcher.cli.words import KINDS, when

COLUMNS = ("Made", "Opportunity", "Letter", "To", "What became of it")
STATES = {
    "intended": "being written",
    "placed": "being written",
    "pending": "in your Drafts",
    "edited": "in your Drafts, edited by you",
    "sent": "you sent it",
    "discarded": "you threw it away",
    "withdrawn": "taken back",
    "stale": "out of date, and left as you edited it",
}
TONES = {"pending": "good", "edited": "good", "stale": "warm"}


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Print the drafts, or with --text the letters."""
    _, watcher = open_watcher(options)
    found = watcher.drafts(options.id)
    now = clock.now()
    if options.json:
        screen.json(found)
    elif not found:
        screen.say("No draft has been made yet.")
    elif options.text:
        for draft in found:
            _letter(draft, now, screen)
    else:
        screen.table(COLUMNS, _rows(found, now))
    return 0


def _rows(found: Sequence[Mapping[str, Any]], now: datetime) -> list[list[Cell]]:
    rows = []
    for draft in found:
        why = f": {draft['why']}" if draft.get("why") else ""
        rows.append(
            [
                Cell(when(draft["made_at"], now)),
                Cell(draft["opportunity"]),
                Cell(_kind(draft)),
                Cell(draft["to"]),
                Cell(STATES.get(draft["state"], draft["state"]) + why, TONES.get(draft["state"], "quiet")),
            ]
        )
    return rows


def _letter(draft: Mapping[str, Any], now: datetime, screen: Screen) -> None:
    state = STATES.get(draft["state"], draft["state"])
    screen.heading(f"{draft['opportunity']}: {_kind(draft)}, {when(draft['made_at'], now)}; {state}")
    screen.letter(draft["to"], draft["subject"], draft.get("text") or "(The text is kept for 30 days.)")


def _kind(draft: Mapping[str, Any]) -> str:
    again = f" (no. {draft['attempt']})" if (draft["attempt"] or 0) > 1 else ""
    return KINDS.get(draft["kind"], str(draft["kind"])) + again
