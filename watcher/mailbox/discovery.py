"""The door to dnspython: asks the name server where a domain keeps its mail, before anybody is asked to know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dns.resolver import Resolver

RESOLVERS = Path("/etc/resolv.conf")
PORT = 53
PATIENCE = 3.0  # seconds for one question: a person waits, and can answer it as well


@dataclass(frozen=True, slots=True)
class Server:
    """A host that speaks IMAP, its port, and how it begins to encrypt."""

    host: str
    port: int
    tls: Literal["tls", "starttls"] = "tls"


def imap_server(domain: str) -> Server | None:
    """The IMAP server of a domain by its SRV records (RFC 6186), None where its owner names none or nobody answers.

    One that is encrypted from the first byte is preferred to one with STARTTLS; there is no way without either.
    """
    resolver = _resolver()
    services: tuple[tuple[str, Literal["tls", "starttls"]], ...] = (("_imaps", "tls"), ("_imap", "starttls"))
    for service, tls in services:
        found = _ask(resolver, f"{service}._tcp.{domain}", "SRV")
        named = [record for record in found if _name(record.target)]  # "." says that there is none
        if named:
            best = min(named, key=lambda record: (record.priority, -record.weight))
            return Server(_name(best.target), best.port, tls)
    return None


def mail_hosts(domain: str) -> tuple[str, ...]:
    """The hosts that take mail for a domain, the first choice first: they tell with whom a domain of one's own is."""
    found = sorted(_ask(_resolver(), domain, "MX"), key=lambda record: int(record.preference))
    return tuple(name for record in found if (name := _name(record.exchange)))


def _resolver() -> Resolver | None:
    import dns.exception
    from dns.resolver import Resolver

    try:
        resolver = Resolver(filename=str(RESOLVERS))
    except (dns.exception.DNSException, OSError, ValueError):  # there is no such file, or it makes no sense
        return None
    resolver.lifetime, resolver.port = PATIENCE, PORT
    return resolver


def _ask(resolver: Resolver | None, name: str, kind: str) -> Sequence[Any]:
    """The records of a name, none where there are none, where it is no name, and where nobody answers."""
    import dns.exception
    import dns.name

    if resolver is None:
        return ()
    try:
        asked = dns.name.from_text(name, idna_codec=dns.name.IDNA_2008_Practical)
        return list(resolver.resolve(asked, kind, search=False))
    except (dns.exception.DNSException, UnicodeError, OSError, ValueError):
        return ()


def _name(target: Any) -> str:
    """A name as it stands in a config; "" for the root and for what could be no host."""
    name = target.to_text(omit_final_dot=True)
    return "" if name in ("", ".", "@") or not all(char.isalnum() or char in ".-_" for char in name) else str(name)
