"""Which server keeps the mail of an address, and which country a time zone lies in: guesses to begin with."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

IMAP, MAILDIR = "imap", "maildir"


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to reach mail. `domains` are its own, `mx` the ends of the names of hosts that take mail for others'
    there; `host` is the IMAP server ("" where there is none or it must be asked for), `cost` what choosing it means,
    `page` where the password is made, `hint` what it wants."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    host: str = ""
    cost: str = ""
    page: str = ""
    hint: str = ""
    mx: tuple[str, ...] = ()


def providers() -> tuple[Provider, ...]:
    """All that are known, and the two that are always there: any IMAP server, and mail on this machine."""
    source = resources.files("watcher.knowledge").joinpath("providers.toml").read_text(encoding="utf-8")
    known = [
        Provider(
            entry["id"], entry["name"], tuple(entry["domains"]), entry.get("host", ""), entry.get("cost", ""),
            entry.get("page", ""), entry.get("hint", ""), tuple(entry.get("mx", ())),
        )
        for entry in tomllib.loads(source)["provider"]
    ]  # fmt: skip
    return (
        *known,
        Provider(IMAP, "Another IMAP server"),
        Provider(MAILDIR, "A Maildir on this machine, as mbsync or offlineimap make it"),
    )


def domain_of(address: str) -> str:
    """What stands behind the @ of an address."""
    return address.rpartition("@")[2].lower()


def likely(address: str, hosts: Sequence[str] = ()) -> tuple[Provider, ...]:
    """The providers of an address, the quickest first; any IMAP server where none is known. `hosts` take the mail of
    its domain, as far as is known."""
    domain = domain_of(address)
    found = tuple(provider for provider in providers() if domain in provider.domains)
    if not found:
        named = [f".{host.lower().rstrip('.')}" for host in hosts]
        found = tuple(one for one in providers() if any(name.endswith(f".{end}") for end in one.mx for name in named))
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
