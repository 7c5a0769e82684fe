"""The commands about accounts: `login`, `logout` and `doctor`, each carried out by a module of its own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from watcher.cli.options import Commands, command, json_option

if TYPE_CHECKING:
    from watcher.cli.screen import Screen


def add_accounts(commands: Commands) -> None:
    """`login`, `logout` and `doctor`."""
    _login(commands)
    _logout(commands)
    _doctor(commands)


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
