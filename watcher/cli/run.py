"""`watcher run`: the daemon."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.cli import clock

if TYPE_CHECKING:
    from watcher.cli.screen import Screen

PAGES = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "1"}


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Watch until a signal ends it."""
    _take_memory_by_pages()
    from watcher.config import config_path
    from watcher.daemon.service import run as run_daemon

    path = Path(options.config) if options.config else config_path(os.environ)
    return run_daemon(path, os.environ, clock.now)


def _take_memory_by_pages() -> None:
    """Begin once more with memory from the C library. Python's own gives it back in whole megabytes, and after a pass
    over a thousand opportunities some small thing that stays lies in every one of them: 10 MB more at rest. Which of
    them is used can only be chosen before Python starts."""
    if os.environ.get("PYTHONMALLOC") == PAGES["PYTHONMALLOC"]:
        for name in PAGES:  # what we start, a password command perhaps, is not concerned
            os.environ.pop(name, None)
    elif "PYTHONMALLOC" not in os.environ and _is_glibc() and sys.executable and sys.orig_argv:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **PAGES})  # noqa: S606


def _is_glibc() -> bool:
    """Whether the C library can give single pages back (`malloc_trim`)."""
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (AttributeError, ValueError, OSError):
        return False
