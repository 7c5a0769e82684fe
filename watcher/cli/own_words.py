"""The commands by which the user says something about their job hunt, and those that ask before a letter is made."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from watcher.cli.options import Commands, command, json_option, now_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from watcher.cli.screen import Screen

ID = "its id in `watcher status`, or enough of its beginning"
DAY = 'as you would write it: friday, "3 April", "in two weeks"'


def add_own_words(commands: Commands) -> None:
    """Add them all."""
    _letters(commands)
    _tellings(commands)
    _wishes(commands)
    _corrections(commands)


def _run(module: str, name: str) -> Callable[[argparse.Namespace, Screen], int]:
    """The command's function, whose module is loaded when it is called."""

    def run(options: argparse.Namespace, screen: Screen) -> int:
        found: int = getattr(import_module(f"watcher.cli.{module}"), name)(options, screen)
        return found

    return run


def _add(commands: Commands, name: str, help_: str, *, module: str = "saying", one: bool = True) -> Commands:
    made = command(commands, name, help_, _run(module, name))
    if one:
        made.add_argument("id", metavar="ID", help=ID)
    now_option(made, "as if it were then")
    json_option(made)
    return made


def _letters(commands: Commands) -> None:
    made = _add(
        commands, "preview", "the letter as it would stand now, or what other settings would change", module="preview",
        one=False,
    )  # fmt: skip
    made.add_argument("id", metavar="ID", nargs="?", default="", help="the letter of one opportunity, due or not")
    made.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], dest="changes",
        help="another value for a key of the config, like follow_up.after_interview=3; several times if need be",
    )  # fmt: skip
    _add(commands, "approve", "write the letter that waits for your yes")


def _tellings(commands: Commands) -> None:
    made = _add(commands, "note", "a key point for the next letter")
    made.add_argument(
        "text",
        metavar="TEXT",
        nargs="*",
        help='what completes "I especially enjoyed hearing about"; asked for if left out',
    )
    made = _add(commands, "heard", "they spoke, by phone or elsewhere: a new silence begins")
    made.add_argument("when", metavar="DATE", nargs="*", help="when that was (default: now)")
    made.add_argument(
        "--by", metavar="DAY", nargs="+", default=[], help="the day by which they said they would be back"
    )
    made = _add(commands, "told", "you followed up elsewhere: it counts as an attempt")
    made.add_argument("when", metavar="DATE", nargs="*", help="when that was (default: now)")
    made = _add(commands, "interview", "what became of an interview that the mailbox knows nothing about")
    made.add_argument("outcome", choices=("held", "off", "moved"), help="it took place, is off, or has another time")
    made.add_argument("when", metavar="WHEN", nargs="*", help='when it was or is to be: "friday 3pm"')


def _wishes(commands: Commands) -> None:
    _add(commands, "mute", "no letters here any more")
    made = _add(commands, "snooze", "no letter here before a day")
    made.add_argument("until", metavar="DATE", nargs="+", help=DAY)
    made = _add(commands, "resume", "letters again: here, or everywhere after a pause", one=False)
    made.add_argument("id", metavar="ID", nargs="?", default="", help="one that was muted or snoozed")
    made = _add(commands, "pause", "no drafts at all, perhaps until a day", one=False)
    made.add_argument("until", metavar="until DATE", nargs="*", help=DAY)
    made = _add(commands, "close", "it is over")
    made.add_argument(
        "--as", metavar="STAGE", dest="stage", default="withdrawn", help="withdrawn (the default), rejected or accepted"
    )
    _add(commands, "hired", "you found work: drafts are taken back, and no more are made")


def _corrections(commands: Commands) -> None:
    made = _add(commands, "correct", "set right what was read wrongly", one=False)
    made.add_argument("what", metavar="ID", help="an opportunity or a Message-ID (`watcher show` has them)")
    made.add_argument(
        "field", metavar="WHAT",
        help="stage STAGE, interview WHEN, contact ADDRESS, role NAME, company NAME, says LABEL (of a message), "
        "join ID (the two are one), or split MESSAGE-ID... (these are one of their own)",
    )  # fmt: skip
    made.add_argument("values", metavar="VALUE", nargs="*", help="what it is to be")
    made = _add(commands, "undo", "take back something you said", one=False)
    made.add_argument(
        "which",
        metavar="NUMBER",
        nargs="?",
        default="",
        help="its number, or an ID for the newest (default: the newest)",
    )
    made.add_argument("--list", action="store_true", help="list what you said and have not taken back")
