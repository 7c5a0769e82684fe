"""Which server keeps the mail of an address, and which country a time zone lies in: guesses to begin with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources

IMAP, MAILDIR = "imap", "maildir"


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to reach mail. `host` is the IMAP server ("" where there is none or it must be asked for), `cost` what
    choosing it means, `page` where the password is made, `hint` what it wants."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    host: str = ""
    cost: str = ""
    page: str = ""
    hint: str = ""


def providers() -> tuple[Provider, ...]:
    """All that are known, and the two that are always there: any IMAP server, and mail on this machine."""
    source = resources.files("watcher.knowledge").joinpath("providers.toml").read_text(encoding="utf-8")
    known = [
        Provider(
            entry["id"], entry["name"], tuple(entry["domains"]), entry.get("host", ""), entry.get("cost", ""),
            entry.get("page", ""), entry.get("hint", ""),
        )
        for entry in tomllib.loads(source)["provider"]
    ]  # fmt: skip
    return (
        *known,
        Provider(IMAP, "Another IMAP server"),
        Provider(MAILDIR, "A Maildir on this machine, as mbsync or offlineimap make it"),
    )


def likely(address: str) -> tuple[Provider, ...]:
    """The providers of an address, the quickest first; any IMAP server where none is known."""
    domain = address.rpartition("@")[2].lower()
    found = tuple(provider for provider in providers() if domain in provider.domains)
    return found or tuple(provider for provider in providers() if provider.id == IMAP)


def country_of(timezone: str) -> str:
    """The country (ISO 3166) that a time zone lies in, "" where that is not known."""
    try:
        text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (OSError, ModuleNotFoundError):
        return ""
    for line in text.splitlines():
        parts = line.split("\t")
        if len(parts) > 2 and parts[2] == timezone:
            return parts[0]
    return ""
