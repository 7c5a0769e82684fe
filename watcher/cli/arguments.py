"""The words a user can type: every command with its options, each command's own module called when it is run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from watcher.cli.accounts import add_accounts
from watcher.cli.options import Commands, command, config_option, json_option, now_option
from watcher.cli.own_words import add_own_words

if TYPE_CHECKING:
    from watcher.cli.screen import Screen

AFTER = """\
exit status: 0 done, 1 failed, 2 wrong use or a faulty config, 3 partly done (an account could not be reached)

`watcher demo` shows all of it on a sample mailbox, without config or account. It never sends mail."""


def parser() -> argparse.ArgumentParser:
    """The whole command line; `run` of the parsed options is the command to call with them and a Screen."""
    top = Parser(
        prog="watcher",
        description="Puts the follow-up you would forget into your Drafts folder, at the right time.",
        epilog=AFTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action=Version, nargs=0, help="print the version and leave")
    config_option(top, None)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    _scan(commands)
    _run(commands)
    _service(commands)
    _status(commands)
    _show(commands)
    _drafts(commands)
    add_own_words(commands)
    add_accounts(commands)
    _read(commands)
    _demo(commands)
    return top


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose complaints end with where help is."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with status 2."""
        self.exit(2, f"watcher: {message}\nTry `{self.prog} --help`.\n")


class Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("watcher")
        except PackageNotFoundError:
            found = "(not installed)"
        print(f"watcher {found}")
        parser.exit()


def _scan(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.scan import run

        return run(options, screen)

    made = command(commands, "scan", "one pass over all accounts: read what is new, and draft what is due", run)
    made.add_argument("--dry-run", action="store_true", help="write nothing anywhere; print the letters instead")
    now_option(made, "as if it were then; mail delivered later is not seen")
    json_option(made)


def _run(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.run import run

        return run(options, screen)

    command(commands, "run", "the same pass, forever: told by mail, by the clock and by signals", run)


def _service(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.service import run

        return run(options, screen)

    made = command(commands, "service", "`watcher run` as a systemd service of yours", run)
    made.add_argument(
        "action", choices=("install", "uninstall", "status", "logs"), help="set it up, take it away, or ask about it"
    )
    made.add_argument(
        "--unconfined", action="store_true", help="with install: where the system does not let it be confined"
    )
    made.add_argument("--follow", action="store_true", help="with logs: go on printing")
    made.add_argument("--lines", metavar="N", type=int, default=50, help="with logs: how many (default: 50)")
    json_option(made)


def _status(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.status import run

        return run(options, screen)

    made = command(commands, "status", "where every opportunity stands, who has to move, and what comes next", run)
    made.add_argument("--all", action="store_true", help="those that are over, too")
    now_option(made, "as if it were then")
    json_option(made)


def _show(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.show import run

        return run(options, screen)

    made = command(
        commands, "show", "one opportunity as a time line, with the words that each conclusion rests on", run
    )
    made.add_argument("id", metavar="ID", help="its id in `watcher status`, or enough of its beginning")
    now_option(made, "as if it were then")
    json_option(made)


def _drafts(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.drafts import run

        return run(options, screen)

    made = command(commands, "drafts", "every draft that was ever made, and what became of it", run)
    made.add_argument("id", metavar="ID", nargs="?", help="those of one opportunity")
    made.add_argument("--text", action="store_true", help="the letters themselves (kept for 30 days)")
    json_option(made)


def _read(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.read import run

        return run(options, screen)

    made = command(commands, "read", "what single messages say and why, without config or account", run, config=False)
    made.add_argument("files", metavar="FILE", nargs="+", help="an .eml file, an mbox, or - for standard input")
    json_option(made)


def _demo(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.demo import run

        return run(options, screen)

    made = command(
        commands, "demo", "the main job on a sample mailbox; needs no config and no account", run, config=False
    )
    made.add_argument("--keep", metavar="FOLDER", help="leave the sample mailbox there, to look around in")
    made.add_argument("--now", metavar="T", help=argparse.SUPPRESS)
