"""`watcher scan`: one pass over all accounts, and what it did."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from watcher.cli import beside, clock
from watcher.cli.opening import asked_about, hush_libraries, open_watcher
from watcher.cli.screen import Progress, Screen
from watcher.cli.words import KINDS, counted

if TYPE_CHECKING:
    from watcher.cycle import DraftLine, ScanReport

PARTLY = 3


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Do one pass; 3 where an account could not be reached."""
    config, watcher = open_watcher(options)
    asked = asked_about(options, config)
    hush_libraries()
    with Progress(screen) as progress:

        def scan() -> ScanReport:
            return watcher.scan(
                asked or clock.now(),
                hide_later=asked is not None,
                dry_run=options.dry_run,
                progress=progress,
                environ=os.environ,
            )

        report = scan() if options.dry_run else beside.in_turn(config.storage, scan)
    if options.json:
        screen.json(as_json(report, dry_run=options.dry_run))
    else:
        tell(report, screen, dry_run=options.dry_run)
    return PARTLY if report.partly else 0


def as_json(report: ScanReport, *, dry_run: bool) -> dict[str, Any]:
    """A pass as `scan --json` prints it (schemas/scan.json)."""
    return {
        "dry_run": dry_run,
        "partly": report.partly,
        "accounts": [
            {"name": account.name, "swept": account.swept, "fetched": account.fetched, "error": account.error}
            for account in report.accounts
        ],
        "opportunities": report.opportunities,
        "drafted": [
            {
                "opportunity": line.opportunity,
                "account": line.account,
                "kind": line.kind,
                "attempt": line.attempt,
                "to": line.to,
                "subject": line.subject,
                "text": line.text,
                "message_id": line.message_id,
            }
            for line in report.drafted
        ],
        "withdrawn": [
            {"opportunity": line.opportunity, "kind": line.kind, "to": line.to, "why": line.why}
            for line in report.withdrawn
        ],
        "waiting": list(report.waiting),
        "notes": list(report.notes),
    }


def tell(report: ScanReport, screen: Screen, *, dry_run: bool) -> None:
    """A pass in words."""
    for account in report.accounts:
        if account.error:
            screen.complain(f"{account.name}: {account.error}")
        else:
            read = f", {counted(account.fetched, 'text')} read" if account.fetched else ""
            screen.say(f"{account.name}: {counted(account.swept, 'new message')}{read}")
    screen.say(f"{counted(report.opportunities, 'opportunity', 'opportunities')} in all.")
    if report.drafted:
        screen.say()
        screen.heading(_headline(len(report.drafted), dry_run=dry_run))
        for line in report.drafted:
            if dry_run:
                letter(line, screen)
            else:
                screen.say(f"  {line.opportunity}: {KINDS.get(line.kind, line.kind)} to {line.to}")
    else:
        screen.say("Nothing is due that could be drafted.")
    for back in report.withdrawn:
        verb = "would be taken back" if dry_run else "was taken back"
        screen.say(f"  {back.opportunity}: the {KINDS.get(back.kind, back.kind)} {verb}: {back.why}")
    for name in report.waiting:
        screen.say(f"  {name}: a letter waits for your yes.")
    for note in report.notes:
        screen.say(note)


def letter(line: DraftLine, screen: Screen) -> None:
    """A letter as it lies in Drafts."""
    screen.say()
    screen.heading(f"{line.opportunity}: {KINDS.get(line.kind, line.kind)}")
    screen.letter(line.to, line.subject, line.text)


def _headline(number: int, *, dry_run: bool) -> str:
    if dry_run:
        return f"{counted(number, 'letter')} would be written (a dry run: nothing was):"
    return f"{counted(number, 'letter')} in your Drafts, to read, change and send as you like:"
