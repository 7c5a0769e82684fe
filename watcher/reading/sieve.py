"""Which swept headers are worth fetching the text of: what may be hiring mail, judged by the header alone.

The sieve errs towards reading. Only mail sent in bulk by nobody we know, under a subject that has nothing to do with
hiring, is passed over. Where a machine that we don't know wrote to the user alone, its words are glanced at before it
is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field

from watcher.knowledge.model import Rulebook
from watcher.message.model import Header, Role
from watcher.reading.glance import Glance
from watcher.reading.sender import is_unread

BULK_FIELDS = ("list-unsubscribe", "list-id", "list-post")
_REPORTS = frozenset({"mailer-daemon", "postmaster"})  # on what became of the user's own mail
_BULK_PRECEDENCE = frozenset({"bulk", "list", "junk"})


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier passes know to be hiring mail: Message-IDs, provider thread ids, the addresses of people, and the
    domains of employers."""

    messages: Set[str] = field(default_factory=frozenset)
    threads: Set[str] = field(default_factory=frozenset)
    addresses: Set[str] = field(default_factory=frozenset)
    companies: Set[str] = field(default_factory=frozenset)  # names, case folded
    domains: Set[str] = field(default_factory=frozenset)

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
        self._agencies = [re.compile(table["agencies"], re.IGNORECASE) for table in tables]
        self._unread = rulebook.tables.get("mailboxes", {})
        self._glance = Glance(rulebook)

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
        return any(pattern.search(header.subject) for pattern in self._subjects) or self._is_desk(header)

    def doubts(self, header: Header) -> bool:
        """Whether a glance at its words (`tells`) is to show if a message is worth reading: a machine wrote it that we
        don't know, and it answers nothing."""
        if header.in_reply_to or header.references or header.sender.address in self._mine:
            return False
        automatic = header.traits.get("auto-submitted", "no").strip().lower().startswith("auto-generated")
        if not automatic and not is_unread(header.sender.local, self._unread):
            return False
        if header.sender.local in _REPORTS:
            return False
        return not self._known_system(header.sender.domain) and not self._is_desk(header)

    def tells(self, header: Header, words: str) -> bool:
        """Whether a message says anything that is said of hiring, in its subject, its sender's name or its `words`."""
        return self._glance.tells(f"{header.sender.name} . {header.subject} . {words}")

    def _is_desk(self, header: Header) -> bool:
        """Whether the sender is one whose trade or office it is to find people for jobs."""
        sender = header.sender
        agency = any(pattern.search(f"{sender.name} {sender.domain}") for pattern in self._agencies)
        return agency or any(pattern.search(sender.local) for pattern in self._senders)

    def keeps_known(self, header: Header, roles: Set[Role], known: Known) -> bool:
        """Whether a message that was passed over before is to be read after all, for what is known by now."""
        if known.speaks_of(header):
            return True
        if roles and roles <= {Role.TRASH}:
            return self._names_known(header, known)
        return header.sender.domain in known.domains and not self.bulk(header)

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
