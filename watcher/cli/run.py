"""`watcher run`: the daemon."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.cli import clock

if TYPE_CHECKING:
    from watcher.cli.screen import Screen


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Watch until a signal ends it."""
    from watcher.config import config_path
    from watcher.daemon.service import run as run_daemon

    path = Path(options.config) if options.config else config_path(os.environ)
    return run_daemon(path, os.environ, clock.now)
