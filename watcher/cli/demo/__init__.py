"""`watcher demo`: the main job, done on a sample mailbox in a temporary folder."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from watcher.cli import clock
from watcher.cli.opening import hush_libraries
from watcher.cli.screen import Screen
from watcher.cli.words import MONTHS_IN_FULL, WEEKDAYS_IN_FULL, counted
from watcher.errors import UsageError


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Lay the mailbox out, scan it, and print the status table and the letters."""
    from watcher.app import build
    from watcher.cli import scan, status
    from watcher.cli.demo.mailbox import USER, lay_out, play_time
    from watcher.config import load
    from watcher.config.places import local_zone

    hush_libraries()
    zone = local_zone()
    play = play_time(clock.instant(options.now, zone) if options.now is not None else clock.now(), zone)
    with _folder(options.keep) as folder:
        count = lay_out(folder, play, zone)
        day = f"{WEEKDAYS_IN_FULL[play.weekday()]} {play.day} {MONTHS_IN_FULL[play.month - 1]} {play.year}"
        screen.heading(f"The mailbox of {USER}, who is looking for work, on {day} at 10:00.")
        screen.say(
            f"{counted(count, 'message')} made up for this demo, in a temporary folder. No account is needed, nothing "
            "leaves\nthis machine, and nothing is sent: letters are put into Drafts, for you to read first."
        )
        watcher = build(load(folder / "config.toml", os.environ))
        report = watcher.scan(play, hide_later=True)
        screen.say()
        screen.heading("What `watcher status --all` says")
        status.tell(watcher.status(play, as_of=play), screen)
        screen.say()
        screen.heading(f"What now lies in Drafts: {counted(len(report.drafted), 'letter')}")
        for line in report.drafted:
            scan.letter(line, screen)
        for account in report.accounts:
            if account.error:
                screen.complain(f"{account.name}: {account.error}")
        _farewell(folder, play.isoformat(timespec="minutes"), screen, kept=bool(options.keep))
    return scan.PARTLY if report.partly else 0


def _farewell(folder: Path, at: str, screen: Screen, *, kept: bool) -> None:
    if kept:
        screen.say(f"The mailbox is still in {folder}. To see what a conclusion rests on:")
        screen.say(f"  watcher --config {folder / 'config.toml'} show harbour --now {at}")
    else:
        screen.say("Nothing was sent, and the sample mailbox is gone again (`watcher demo --keep FOLDER` leaves it).")
    screen.say("For your own mailbox, run `watcher setup`.")


@contextlib.contextmanager
def _folder(keep: str | None) -> Iterator[Path]:
    """An empty folder: a temporary one, or the one to keep. Raises UsageError where that holds anything."""
    if keep is None:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="watcher-demo-") as name:
            yield Path(name)
        return
    folder = Path(keep).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        filled = any(folder.iterdir())
    except OSError as error:
        raise UsageError(f"--keep: {folder} cannot be used: {error.strerror}.", "Name a folder to be made.") from error
    if filled:
        raise UsageError(f"--keep: {folder} is not empty.", "Name a folder that is empty or not there yet.")
    yield folder
