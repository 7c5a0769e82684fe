"""The commands about accounts: `setup`, `login`, `logout` and `doctor`, each carried out by a module of its own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from watcher.cli.options import Commands, command, json_option

if TYPE_CHECKING:
    from watcher.cli.screen import Screen


def add_accounts(commands: Commands) -> None:
    """`setup`, `login`, `logout` and `doctor`."""
    _setup(commands)
    _login(commands)
    _logout(commands)
    _doctor(commands)


def _setup(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.setup import run

        return run(options, screen)

    made = command(commands, "setup", "a conversation that writes the config, signs in, and has a first look", run)
    for option, meta, help_ in (
        ("--name", "NAME", "your name, as you sign letters"),
        ("--timezone", "ZONE", "your time zone, like Europe/London"),
        (
            "--kind",
            "KIND",
            "where your mail is: gmail-password, gmail, outlook, fastmail, icloud, yahoo, gmx, webde, imap, maildir",
        ),
        ("--user", "USER", "the name you sign in with"),
        ("--host", "HOST", "the IMAP server"),
        ("--ca", "FILE", "certificates to trust instead of the system's"),
        ("--path", "FOLDER", "the Maildir"),
        ("--client", "FILE", "your client id for signing in with Google"),
        ("--client-id", "ID", "your client id for signing in with Microsoft"),
        ("--endpoint", "URL", "for tests on this machine: where Google's interface is"),
        ("--password-command", "COMMAND", "a command that prints the secret, instead of the keyring"),
        ("--holidays", "PLACE", "the country for holidays, with a region where they differ: US, DE-BY"),
        ("--pace", "PACE", "how long a silence may last: patient, standard, brisk"),
        ("--start", "HOW", "what the first look finds: today (left alone) or write (put into Drafts)"),
    ):
        made.add_argument(option, metavar=meta, help=help_)
    made.add_argument("--account", metavar="NAME", default="personal", help="what the account is called in the config")
    made.add_argument("--address", metavar="ADDRESS", action="append", help="an address of yours (again for more)")
    made.add_argument(
        "--highlight", metavar="TEXT", action="append", help="what letters recall of you (again for more)"
    )
    made.add_argument("--port", metavar="PORT", type=int, help="the port of the IMAP server")
    made.add_argument("--paste", action="store_true", help="the browser is on another machine")
    made.add_argument("--replace", action="store_true", help="a config that is there gives way, and is kept beside it")
    for option, help_ in (
        ("--thank-yous", "write a thank-you after each interview"),
        ("--notify", "tell the desktop when a draft is ready"),
        ("--look", "have a first look at the mail, which writes nothing"),
        ("--service", "run in the background from now on"),
    ):
        made.add_argument(option, action=argparse.BooleanOptionalAction, default=None, help=help_)


def _login(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.login import login

        return login(options, screen)

    made = command(commands, "login", "sign in to an account: its password, or in the browser with Google", run)
    _account(made)
    made.add_argument(
        "--client", metavar="FILE", help="your client id, as Google offers it for download (the first time)"
    )
    made.add_argument(
        "--paste", action="store_true", help="the browser is on another machine: paste what its address bar shows"
    )
    made.add_argument(
        "--print", action="store_true", help="print the secret for a program to keep, instead of the keyring"
    )


def _logout(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.login import logout

        return logout(options, screen)

    made = command(commands, "logout", "remove what is stored for signing in to an account", run)
    _account(made)


def _doctor(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.doctor import run

        return run(options, screen)

    made = command(commands, "doctor", "what works and what does not, and what to do about it", run)
    json_option(made)


def _account(made: argparse.ArgumentParser) -> None:
    made.add_argument("account", metavar="ACCOUNT", help="its name in the config")
