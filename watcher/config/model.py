"""What a config says once it is checked: the settings of the floors, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from watcher.config.places import day_first
from watcher.followup.model import FollowUpSettings

if TYPE_CHECKING:
    from watcher.draft.model import LetterSettings
    from watcher.opportunity.model import JoiningSettings
    from watcher.reading.model import ReadingSettings
    from watcher.workdays import Workdays

GMAIL = "https://gmail.googleapis.com"


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

    `tls` is `tls` (from the first byte) or `starttls`; there is no way without. `ca` is a file of certificates to trust
    instead of the system's. `password_command` prints the password on its first line; empty where the keyring keeps it.
    `sign_in` is `password` or `microsoft`, the latter with the user's own `client_id` there, in a `tenant`.
    """

    name: str
    host: str
    port: int
    user: str
    tls: Literal["tls", "starttls"] = "tls"
    ca: Path | None = None
    password_command: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    sign_in: str = "password"
    client_id: str = ""
    tenant: str = "common"


@dataclass(frozen=True, slots=True)
class GmailAccount:
    """Mail at Gmail, by Google's own interface.

    `user` is the address to sign in with. `folders` are labels to read beside inbox, sent and archive. `endpoint` is
    where the interface is; another than Google's is for tests on this machine. `password_command` prints the sign-in.
    """

    name: str
    user: str
    password_command: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    endpoint: str = GMAIL


AccountSettings = MaildirAccount | ImapAccount | GmailAccount


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """Whether the desktop is told of a draft, and whether names may stand in what it shows."""

    desktop: bool = True
    names: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """A whole config. `history` is how far back the first scan looks, None for all of it.

    `date_order` is auto, day-first or month-first; `templates` are the user's own letters by file name. The settings of
    the floors are made when they are asked for, so that `watcher status` loads none of them.
    """

    file: Path
    name: str
    addresses: tuple[str, ...]
    timezone: str
    date_order: str
    holidays: str
    days_off: frozenset[date]
    accounts: tuple[AccountSettings, ...]
    storage: Path
    history: timedelta | None
    follow_up: FollowUpSettings
    signature: str
    highlights: tuple[str, ...]
    templates: Mapping[str, str]
    notifications: NotificationSettings

    @property
    def workdays(self) -> Workdays:
        """The user's working days."""
        from watcher.workdays import Workdays

        return Workdays(self.timezone, self.holidays, self.days_off)

    @property
    def reading(self) -> ReadingSettings:
        """What reading must know."""
        from watcher.reading.model import ReadingSettings

        first = day_first(self.timezone) if self.date_order == "auto" else self.date_order == "day-first"
        return ReadingSettings(self.name, self.addresses, self.timezone, self.holidays, first)

    @property
    def joining(self) -> JoiningSettings:
        """What joining and folding must know."""
        from watcher.opportunity.model import JoiningSettings

        return JoiningSettings(self.name, self.addresses, self.timezone)

    @property
    def letters(self) -> LetterSettings:
        """What a letter must know."""
        from watcher.draft.model import LetterSettings

        return LetterSettings(
            self.name, self.addresses, self.timezone, self.signature, self.highlights, dict(self.templates)
        )
