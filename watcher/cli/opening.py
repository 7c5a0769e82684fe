"""From the options to a Watcher: which config is meant, and the instant that is asked about."""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.cli import clock

if TYPE_CHECKING:
    from watcher.app import Watcher
    from watcher.config import Config


def open_watcher(options: argparse.Namespace) -> tuple[Config, Watcher]:
    """The config that is meant and the watcher that it describes. Raises ConfigError."""
    from watcher.app import build
    from watcher.config import config_path, load

    path = Path(options.config) if options.config else config_path(os.environ)
    config = load(path, os.environ)
    return config, build(config)


def asked_about(options: argparse.Namespace, config: Config) -> datetime | None:
    """The instant of --now, None where it is not given. Raises UsageError."""
    return clock.instant(options.now, config.timezone) if options.now is not None else None


def hush_libraries() -> None:
    """Keep libraries' loggers off the error output: what matters of theirs comes as our own errors."""
    import logging

    logging.getLogger().addHandler(logging.NullHandler())
    for name in ("imapclient", "mailparser", "icalendar", "keyring", "googleapiclient", "urllib3", "msal"):
        logging.getLogger(name).setLevel(logging.WARNING)
