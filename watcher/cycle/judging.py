"""What the stored mail amounts to: readings, opportunities, decisions. Pure verbs over what the store hands out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.knowledge.model import Rulebook
from watcher.message.model import Header, Message, Role
from watcher.opportunity import assign, fold, join
from watcher.opportunity.model import Entry, Group, Identity, JoiningSettings, Opportunity, Word
from watcher.opportunity.words import sort_out
from watcher.reading import read
from watcher.reading.model import Reading, ReadingSettings, Speaker
from watcher.reading.sieve import Known
from watcher.store import Store
from watcher.store.model import Key
from watcher.workdays import Workdays

READ_AT_ONCE = 200  # readings kept in one transaction
_NO_TRAITS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Mail:
    """All mail that was read, as joining sees it, and in which folder each message lies."""

    entries: tuple[Entry, ...]
    folders: Mapping[str, str]
    read: frozenset[Key]


def read_mail(store: Store, rulebook: Rulebook, settings: ReadingSettings, digest: str, until: datetime | None) -> Mail:
    """Read what has not been read under this digest, and gather everything delivered by `until` (all where None).

    All is read before anything is gathered: what the reader loads and keeps on the way would else lie scattered among
    the mail, and memory that is scattered is not given back.
    """
    _read_new(store, rulebook, settings, digest)
    known = store.readings(digest)
    entries: list[Entry] = []
    folders: dict[str, str] = {}
    for message in store.messages(only_fetched=True):
        key = (message.account, message.id)
        if key not in known:  # its record could not be decoded
            known[key] = read(message, rulebook, settings)
        if until is None or message.header.received_at <= until:
            entries.append(_entry(message, known[key]))
            folders.setdefault(message.id, message.copies[0].folder if message.copies else "")
    entries += _without_text(store, known, {(entry.account, entry.id) for entry in entries}, until)
    return Mail(tuple(entries), folders, frozenset(known))


def _read_new(store: Store, rulebook: Rulebook, settings: ReadingSettings, digest: str) -> None:
    """Read what has not been read under this digest, and keep the readings."""
    fresh: dict[Key, Reading] = {}
    for message in store.unread(digest):
        fresh[message.account, message.id] = read(message, rulebook, settings)
        if len(fresh) >= READ_AT_ONCE:
            store.put_readings(digest, fresh)
            fresh = {}
    store.put_readings(digest, fresh)


def _entry(message: Message, reading: Reading) -> Entry:
    roles = message.roles or frozenset({Role.OTHER})
    return Entry(message.account, _lean(message.header), roles, reading, message.body.new if message.body else "")


def _lean(header: Header) -> Header:
    """A header without the fields that only reading looks at: half of what a mailbox would take in memory."""
    return replace(header, traits=_NO_TRAITS)


def _without_text(
    store: Store, known: Mapping[Key, Reading], seen: Collection[Key], until: datetime | None
) -> list[Entry]:
    """Entries of mail that was read and whose text has been thrown away since."""
    lacking = {key for key in known if key not in seen}
    entries = []
    for header in store.headers(of=[message_id for _, message_id in lacking]) if lacking else ():
        if header.key in lacking and (until is None or header.header.received_at <= until):
            roles = frozenset(copy.role for copy in header.copies) or frozenset({Role.OTHER})
            entries.append(Entry(header.account, _lean(header.header), roles, known[header.key]))
    return entries


def known_of(groups: Sequence[Group], settings: JoiningSettings) -> Known:
    """What the groups make known: their messages, threads, people, companies and the domains of these."""
    entries = [entry for group in groups for entry in group.entries]
    people = {
        entry.header.sender.address
        for entry in entries
        if entry.reading.speaker is Speaker.HUMAN or entry.reading.system
    }
    named = [claim.name for entry in entries for claim in entry.reading.companies[:1]]
    theirs = (e.header.sender.domain for e in entries if e.reading.speaker is not Speaker.ME and not e.reading.system)
    shared = settings.free_domains | {address.rpartition("@")[2] for address in settings.addresses}
    return Known(
        messages=frozenset(entry.id for entry in entries),
        threads=frozenset(entry.header.thread for entry in entries if entry.header.thread),
        addresses=frozenset(people),
        companies=frozenset(name.casefold() for name in named if len(name) > 3),
        domains=frozenset(theirs) - shared - {""},
    )


def opportunities(
    groups: Sequence[Group],
    store: Store,
    now: datetime,
    settings: JoiningSettings,
    workdays: Workdays,
    words: Sequence[Word],
) -> tuple[Opportunity, ...]:
    """Fold each group under the id that was minted for it, once and for good."""
    minted = store.identities()
    assigned = assign(groups, minted, now)
    _keep_ids(store, assigned.changed, {identity.id for identity in minted})
    said = sort_out(words, groups, assigned.ids, assigned.aliases)
    folded = []
    for group, name in zip(groups, assigned.ids, strict=True):
        opportunity = fold(group, name, now, settings, workdays, said[name])
        folded.append(replace(opportunity, aliases=tuple(sorted(assigned.aliases.get(name, ())))))
    return tuple(folded)


def _keep_ids(store: Store, changed: Sequence[Identity], minted: Collection[str]) -> None:
    for identity in changed:
        if identity.id in minted:
            store.update_identity(identity.id, messages=identity.messages, alias_of=identity.alias_of)
        else:
            store.mint(identity)


__all__ = ["Mail", "join", "known_of", "opportunities", "read_mail"]
