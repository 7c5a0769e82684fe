"""The daemon's log: one line an event, with the level that the journal understands, and never a word of a mail."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from typing import TextIO

LEVELS = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
SOCKET = "/run/systemd/journal/socket"
LIBRARIES = (
    "imapclient",
    "mailparser",
    "icalendar",
    "keyring",
    "googleapiclient",
    "urllib3",
    "apscheduler",
    "tzlocal",
    "msal",
)


class Line(logging.Formatter):
    """`<6>drafted a thank_you account=personal opportunity=acme`: the level as sd-daemon(3) has it where the journal
    reads along, else the time in front."""

    def __init__(self, *, for_journal: bool) -> None:
        super().__init__("%(message)s" if for_journal else "%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
        self._for_journal = for_journal

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        fields = getattr(record, "fields", {})
        text = " ".join(super().format(record).split())
        text += "".join(f" {name}={value}" for name, value in fields.items() if value)
        return f"<{LEVELS.get(record.levelno, 6)}>{text}" if self._for_journal else text


class Native(logging.StreamHandler[TextIO]):
    """Speaks to the journal itself (https://systemd.io/JOURNAL_NATIVE_PROTOCOL), so that `journalctl
    WATCHER_ACCOUNT=personal` finds an account's lines. Where it does not listen, the stream it reads does as well."""

    def emit(self, record: logging.LogRecord) -> None:
        """One datagram an event."""
        fields = {name: value for name, value in getattr(record, "fields", {}).items() if value}
        text = self.format(record).partition(">")[2]
        lines = [f"MESSAGE={text}", f"PRIORITY={LEVELS.get(record.levelno, 6)}", "SYSLOG_IDENTIFIER=watcher"]
        lines += [f"WATCHER_{name.upper()}={' '.join(value.split())}" for name, value in fields.items()]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
                to.settimeout(1.0)
                to.sendto("".join(f"{line}\n" for line in lines).encode(), SOCKET)
        except OSError:
            super().emit(record)


def open_log(environ: Mapping[str, str], stream: TextIO) -> None:
    """Send our lines to `stream`, and hush the libraries: what matters of theirs comes as our own errors."""
    handler = (Native if _is_journal(environ, stream) else logging.StreamHandler)(stream)
    handler.setFormatter(Line(for_journal="JOURNAL_STREAM" in environ))
    ours = logging.getLogger("watcher")
    ours.handlers[:] = [handler]
    ours.setLevel(logging.DEBUG if environ.get("WATCHER_DEBUG") == "1" else logging.INFO)
    ours.propagate = False
    logging.getLogger().addHandler(logging.NullHandler())
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def tell(level: int, text: str, **fields: str) -> None:
    """Log one event. `fields` are names such as account and opportunity; never an address, never a mail's text."""
    logging.getLogger("watcher").log(level, text, extra={"fields": fields})


def _is_journal(environ: Mapping[str, str], stream: TextIO) -> bool:
    """Whether the stream leads to the journal: JOURNAL_STREAM names its device and inode (systemd.exec(5))."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):  # no file at all
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


class Told:
    """Faults that were told: each once, and once more when it is over."""

    def __init__(self) -> None:
        self._standing: dict[str, str] = {}

    def fault(self, key: str, words: str, level: int = logging.WARNING, **fields: str) -> None:
        """Tell a fault unless it stands already in the same words."""
        if self._standing.get(key) != words:
            self._standing[key] = words
            tell(level, words, **fields)

    def over(self, key: str, words: str, **fields: str) -> None:
        """Tell that a fault has ended, where one stood."""
        if self._standing.pop(key, None) is not None:
            tell(logging.INFO, words, **fields)

    def standing(self, key: str) -> str:
        """The words of a fault that stands, "" where none does."""
        return self._standing.get(key, "")
