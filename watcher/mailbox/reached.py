"""How a server is reached: where, how the way to it is kept secret, what it can do, and what time it has."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol, runtime_checkable

from watcher.errors import MailboxUnavailable

SYSTEM = "the system's certificates"


class Untrusted(MailboxUnavailable):
    """The server's certificate is not to be trusted: it may be another that answers in its place."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that answers at `where`. `protocol` is the version of TLS, "" where nothing is encrypted; `until` the
    end of its certificate; `checked_by` whose certificates vouch for it, "" where nobody was asked."""

    where: str
    protocol: str = ""
    until: datetime | None = None
    checked_by: str = ""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an account can do: tell of news by itself, take back a draft, keep one; `extensions` as it names them."""

    tells_of_news: bool
    takes_back: bool
    drafts: bool
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The time that a server told with an answer, and when that was by this machine's steady clock (seconds)."""

    told: datetime
    heard: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The server's time by now."""
        return self.told + timedelta(seconds=time.monotonic() - self.heard)


@runtime_checkable
class Examined(Protocol):
    """A mailbox that can be looked at from outside, for `watcher doctor`."""

    def reach(self) -> Reached | None:
        """Connect, without signing in; None where there is no server. Raises MailboxUnavailable, or Untrusted."""

    def abilities(self) -> Abilities:
        """What it can do, now that it is open."""

    def server_time(self) -> ServerTime | None:
        """The server's time, where it told any since it was opened."""


def trusting(ca: str, account: str) -> ssl.SSLContext:
    """What checks a server's certificate: by the file `ca`, or where that is "" by what the system trusts.

    Raises MailboxUnavailable where the file cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=ca or None)
    except OSError as error:
        raise MailboxUnavailable(
            f"The certificate file {ca} of {account} cannot be read.",
            "Give a PEM file that watcher may read as `ca`, or leave `ca` out to trust the system's certificates.",
        ) from error


def reached(where: str, line: object, ca: str = "") -> Reached:
    """What a connection that is there shows of itself."""
    if not isinstance(line, ssl.SSLSocket):
        return Reached(where)
    told = line.getpeercert() or {}
    end = told.get("notAfter")
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(end)), UTC) if end else None
    checked = line.context.verify_mode is ssl.CERT_REQUIRED and line.context.check_hostname
    return Reached(where, line.version() or "", until, (ca or SYSTEM) if checked else "")


def time_of(date: str) -> ServerTime | None:
    """The time in a Date header (RFC 9110 6.6.1), None where it is none."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return None
    return ServerTime(at) if at.tzinfo else None
