"""What a config says once it is checked: the settings of the floors, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from watcher.draft.model import LetterSettings
from watcher.followup.model import FollowUpSettings
from watcher.opportunity.model import JoiningSettings
from watcher.reading.model import ReadingSettings
from watcher.workdays import Workdays


@dataclass(frozen=True, slots=True)
class MaildirAccount:
    """Mail that lies on this machine: a Maildir++ or a tree of Maildirs at `path`. `folders` are ones the user names
    beside those that are always read."""

    name: str
    path: Path
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Mail on an IMAP server.

    `tls` is `tls` (from the first byte), `starttls`, or `none`, which only a server on this machine may have. `ca` is
    a file of certificates to trust instead of the system's. `password_command` prints the password on its first line;
    empty where the keyring keeps it.
    """

    name: str
    host: str
    port: int
    user: str
    tls: str = "tls"
    ca: Path | None = None
    password_command: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


AccountSettings = MaildirAccount | ImapAccount


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """Whether the desktop is told of a draft, and whether names may stand in what it shows."""

    desktop: bool = True
    names: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """A whole config. `history` is how far back the first scan looks, None for all of it."""

    file: Path
    name: str
    addresses: tuple[str, ...]
    timezone: str
    accounts: tuple[AccountSettings, ...]
    storage: Path
    history: timedelta | None
    workdays: Workdays
    reading: ReadingSettings
    joining: JoiningSettings
    follow_up: FollowUpSettings
    letters: LetterSettings
    notifications: NotificationSettings
