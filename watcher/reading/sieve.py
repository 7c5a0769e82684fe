"""Which swept headers are worth fetching the text of: what may be hiring mail, judged by the header alone.

The sieve errs towards reading. Only mail sent in bulk by nobody we know, under a subject that has nothing to do with
hiring, is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field

from watcher.knowledge.model import Rulebook
from watcher.message.model import Header, Role

BULK_FIELDS = ("list-unsubscribe", "list-id", "list-post")
_BULK_PRECEDENCE = frozenset({"bulk", "list", "junk"})


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier passes know to be hiring mail: Message-IDs, provider thread ids, and the addresses of people."""

    messages: Set[str] = field(default_factory=frozenset)
    threads: Set[str] = field(default_factory=frozenset)
    addresses: Set[str] = field(default_factory=frozenset)
    companies: Set[str] = field(default_factory=frozenset)  # names, case folded

    def speaks_of(self, header: Header) -> bool:
        """Whether the header belongs to a known thread, or to a known person."""
        if header.thread and header.thread in self.threads:
            return True
        if header.in_reply_to in self.messages or not self.messages.isdisjoint(header.references):
            return True
        return header.sender.address in self.addresses


class Sieve:
    """The rulebook's view of headers, compiled once per pass."""

    def __init__(self, rulebook: Rulebook, addresses: Set[str]) -> None:
        self._mine = addresses
        self._domains = {domain for rule in rulebook.senders for domain in rule.domains}
        tables = [pack.tables["sieve"] for pack in rulebook.packs.values() if "sieve" in pack.tables]
        self._subjects = [re.compile(table["subject"], re.IGNORECASE) for table in tables]
        self._senders = [re.compile(table["senders"], re.IGNORECASE) for table in tables]

    def keeps(self, header: Header, roles: Set[Role], known: Known) -> bool:
        """Whether the message's text is to be read.

        Mail that lies only in Trash is kept only where its sender, its thread or a company in its subject or display
        name is known; its text is then used for a decision alone (opportunity floor).
        """
        if roles and roles <= {Role.TRASH}:
            return known.speaks_of(header) or self._names_known(header, known)
        if header.sender.address in self._mine or known.speaks_of(header):
            return True
        if self._known_system(header.sender.domain) or not self.bulk(header):
            return True
        return any(pattern.search(header.subject) for pattern in self._subjects) or any(
            pattern.search(header.sender.local) for pattern in self._senders
        )

    def keeps_known(self, header: Header, roles: Set[Role], known: Known) -> bool:
        """Whether a message that was passed over before is to be read after all, for what is known by now."""
        return known.speaks_of(header) or (bool(roles) and roles <= {Role.TRASH} and self._names_known(header, known))

    @staticmethod
    def bulk(header: Header) -> bool:
        """Whether the header says that the mail went to many (RFC 2369, RFC 2919, Precedence)."""
        traits = header.traits
        return (
            any(name in traits for name in BULK_FIELDS)
            or traits.get("precedence", "").strip().lower() in _BULK_PRECEDENCE
        )

    def _known_system(self, domain: str) -> bool:
        labels = domain.split(".")
        return any(".".join(labels[start:]) in self._domains for start in range(len(labels) - 1))

    @staticmethod
    def _names_known(header: Header, known: Known) -> bool:
        text = f"{header.sender.name} {header.subject}".casefold()
        return any(company in text for company in known.companies)
