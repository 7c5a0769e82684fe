"""The words a user can type: every command with its options, each command's own module called when it is run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from watcher.cli.screen import Screen

Commands = Any  # argparse keeps the type of its subparsers to itself

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
    _config(top, None)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    _scan(commands)
    _status(commands)
    _show(commands)
    _drafts(commands)
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


def _config(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--config", metavar="FILE", default=default, help="the config (default: watcher/config.toml in ~/.config)"
    )


def _command(
    commands: Commands, name: str, help_: str, run: Callable[[argparse.Namespace, Screen], int], *, config: bool = True
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=help_[0].upper() + help_[1:] + ".", allow_abbrev=False
    )
    made.set_defaults(run=run)
    if config:
        _config(made, argparse.SUPPRESS)  # `watcher status --config F` is `watcher --config F status`
    return made


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON (its schema lies in watcher/cli/schemas)")


def _now(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument(
        "--now", metavar="T", help=f"{meaning} (like 2026-03-18T10:00; in your zone, or with an offset)"
    )


def _scan(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.scan import run

        return run(options, screen)

    made = _command(commands, "scan", "one pass over all accounts: read what is new, and draft what is due", run)
    made.add_argument("--dry-run", action="store_true", help="write nothing anywhere; print the letters instead")
    _now(made, "as if it were then; mail delivered later is not seen")
    _json(made)


def _status(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.status import run

        return run(options, screen)

    made = _command(commands, "status", "where every opportunity stands, who has to move, and what comes next", run)
    made.add_argument("--all", action="store_true", help="those that are over, too")
    _now(made, "as if it were then")
    _json(made)


def _show(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.show import run

        return run(options, screen)

    made = _command(
        commands, "show", "one opportunity as a time line, with the words that each conclusion rests on", run
    )
    made.add_argument("id", metavar="ID", help="its id in `watcher status`, or enough of its beginning")
    _now(made, "as if it were then")
    _json(made)


def _drafts(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.drafts import run

        return run(options, screen)

    made = _command(commands, "drafts", "every draft that was ever made, and what became of it", run)
    made.add_argument("id", metavar="ID", nargs="?", help="those of one opportunity")
    made.add_argument("--text", action="store_true", help="the letters themselves (kept for 30 days)")
    _json(made)


def _read(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.read import run

        return run(options, screen)

    made = _command(commands, "read", "what single messages say and why, without config or account", run, config=False)
    made.add_argument("files", metavar="FILE", nargs="+", help="an .eml file, an mbox, or - for standard input")
    _json(made)


def _demo(commands: Commands) -> None:
    def run(options: argparse.Namespace, screen: Screen) -> int:
        from watcher.cli.demo import run

        return run(options, screen)

    made = _command(
        commands, "demo", "the main job on a sample mailbox; needs no config and no account", run, config=False
    )
    made.add_argument("--keep", metavar="FOLDER", help="leave the sample mailbox there, to look around in")
    made.add_argument("--now", metavar="T", help=argparse.SUPPRESS)
