"""The command line: the only place that prints, exits or asks the time."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from watcher.errors import FaultyFile, WatcherError

if TYPE_CHECKING:
    from watcher.cli.screen import Screen

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130  # as a shell has it: 128 and the number of SIGINT
PIPE_CLOSED = 141  # and of SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the answer is the exit status.

    0 done, 1 failed, 2 wrong use or a faulty config, 3 partly done. No exception leaves it.
    """
    try:
        status = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go(sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _run(argv: Sequence[str] | None) -> int:
    from watcher.cli.arguments import parser
    from watcher.cli.screen import Screen

    try:
        options = parser().parse_args(argv)
    except SystemExit as done:  # argparse has printed what there is to say
        return done.code if isinstance(done.code, int) else WRONG_USE
    screen = Screen(os.environ)
    try:
        status: int = options.run(options, screen)
    except WatcherError as error:
        _tell(error, screen)
        return error.exit_status
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        _own_up(error, screen)
        return FAILED
    return status


def _tell(error: WatcherError, screen: Screen) -> None:
    """An error of ours: what is wrong, where, and what to do."""
    if isinstance(error, FaultyFile):
        for problem in error.problems:
            screen.complain(str(problem))
        return
    screen.complain(f"watcher: {error.message}")
    if error.remedy:
        screen.complain(error.remedy)
    if os.environ.get("WATCHER_DEBUG") == "1":
        _trace(error)


def _own_up(error: Exception, screen: Screen) -> None:
    """A fault of watcher's. Its text may hold words of a mail, so it is shown only when asked for."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = next((f"{f.filename}:{f.lineno}" for f in reversed(frames) if "watcher" in f.filename), "")
    screen.complain(
        f"watcher: a fault of its own, {type(error).__name__} at {where}. Nothing was sent. "
        "Run it again with WATCHER_DEBUG=1 to see all of it, and please report it."
    )
    if os.environ.get("WATCHER_DEBUG") == "1":
        _trace(error)


def _trace(error: Exception) -> None:
    import traceback

    traceback.print_exception(error)


def _let_go(descriptor: int) -> None:
    """Whoever read our output has left: let the interpreter's last flush go nowhere instead of failing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
