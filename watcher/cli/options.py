"""Options that many commands share, each in the same words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.cli.screen import Screen

Commands = Any  # argparse keeps the type of its subparsers to itself


def config_option(parser: argparse.ArgumentParser, default: Any) -> None:
    """`--config`."""
    parser.add_argument(
        "--config", metavar="FILE", default=default, help="the config (default: watcher/config.toml in ~/.config)"
    )


def command(
    commands: Commands, name: str, help_: str, run: Callable[[argparse.Namespace, Screen], int], *, config: bool = True
) -> argparse.ArgumentParser:
    """A command that takes `--config` where it has one."""
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=help_[0].upper() + help_[1:] + ".", allow_abbrev=False
    )
    made.set_defaults(run=run)
    if config:
        config_option(made, argparse.SUPPRESS)  # `watcher status --config F` is `watcher --config F status`
    return made


def json_option(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON (its schema lies in watcher/cli/schemas)")


def now_option(parser: argparse.ArgumentParser, meaning: str) -> None:
    """`--now`, with what it means for the command."""
    parser.add_argument(
        "--now", metavar="T", help=f"{meaning} (like 2026-03-18T10:00; in your zone, or with an offset)"
    )
