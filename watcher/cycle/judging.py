"""What the stored mail amounts to: readings, and the applications they are joined to, folded one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sys import intern
from typing import NamedTuple

from watcher.cycle.forgetting import forget
from watcher.cycle.lasting import Stand, mark_of
from watcher.knowledge.model import Rulebook
from watcher.message.model import Message, Role
from watcher.opportunity import assign, fold, join
from watcher.opportunity.belonging import TEXT_READ
from watcher.opportunity.gist import Gists, needs_text
from watcher.opportunity.model import Entry, Group, Identity, JoiningSettings, Opportunity, Word
from watcher.opportunity.words import sort_out
from watcher.reading import read
from watcher.reading.model import Reading, ReadingSettings, Speaker
from watcher.reading.sieve import Known
from watcher.store import Store
from watcher.store.model import Key, ReadMessage
from watcher.workdays import Workdays

READ_AT_ONCE = 200  # readings kept in one transaction
FOLDED_AT_ONCE = 200  # messages of which the whole text is in memory, but for one application that has more
_NO_TRAITS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Mail:
    """The gist of all mail that was read."""

    entries: tuple[Entry, ...]
    read: Mapping[Key, bytes]  # with what tells each from all that it may become


@dataclass(frozen=True, slots=True)
class Reader:
    """What the mail in a store says, as it is read under one digest. `alive` is told of each step: a message that was
    read, or some that were gathered."""

    store: Store
    rulebook: Rulebook
    settings: ReadingSettings
    digest: str
    alive: Callable[[], None] = lambda: None

    def gather(self, until: datetime | None) -> Mail:
        """Read what has not been read yet, and gather the gist of everything delivered by `until` (all where None).

        All is read before anything is gathered: what the reader loads and keeps on the way would else lie scattered
        among the mail, and memory that is scattered is not given back.
        """
        self._read_new()
        entries: list[Entry] = []
        keys: dict[Key, bytes] = {}
        gists = Gists()
        for some in self.store.each_read(self.digest):
            self.alive()
            readings = {each.serial: self._reading(each) for each in some}
            wanted = [each.serial for each in some if needs_text(each.message.header, readings[each.serial])]
            texts = self.store.texts(wanted, TEXT_READ)
            for each in some:
                header = each.message.header
                keys[intern(each.message.account), intern(each.message.id)] = each.mark
                if until is None or header.received_at <= until:
                    text = texts.get(each.serial, "")
                    entries.append(
                        gists.of(Entry(each.message.account, header, _roles(each.message), readings[each.serial], text))
                    )
        return Mail(tuple(entries), keys)

    def whole(self, groups: Sequence[Group]) -> Iterator[tuple[Group, Mapping[str, str]]]:
        """Groups of gists as groups of whole messages, and in which folder each message lies."""
        for some in _slices(groups):
            self.alive()
            keys = [(entry.account, entry.id) for group in some for entry in group.entries]
            found = self.store.read_again(keys, self.digest)
            for group in some:
                entries = [self._whole(entry, found.get((entry.account, entry.id))) for entry in group.entries]
                yield (
                    replace(group, entries=tuple(entries)),
                    {entry.id: _folder(found.get((entry.account, entry.id))) for entry in group.entries},
                )

    def _read_new(self) -> None:
        fresh: dict[Key, Reading] = {}
        many = False
        for message in self.store.unread(self.digest):
            self.alive()
            fresh[message.account, message.id] = read(message, self.rulebook, self.settings)
            if len(fresh) >= READ_AT_ONCE:
                self.store.put_readings(self.digest, fresh)
                fresh, many = {}, True
        self.store.put_readings(self.digest, fresh)
        if many:  # then most is read, and what is gathered takes its place
            forget()

    def _reading(self, found: ReadMessage) -> Reading:
        """A reading; made anew where its record could not be decoded."""
        if found.reading is not None:
            return found.reading
        message = found.message
        return read(self.store.message((message.account, message.id)) or message, self.rulebook, self.settings)

    def _whole(self, entry: Entry, found: ReadMessage | None) -> Entry:
        if found is None:
            return entry
        message = found.message
        text = message.body.new if message.body else ""
        return replace(_entry(message, self._reading(found), text), roles=entry.roles)


def _slices(groups: Sequence[Group]) -> Iterator[list[Group]]:
    some: list[Group] = []
    for group in groups:
        if some and sum(len(each.entries) for each in (*some, group)) > FOLDED_AT_ONCE:
            yield some
            some = []
        some.append(group)
    if some:
        yield some


def _entry(message: Message, reading: Reading, text: str) -> Entry:
    """A message as joining and folding see it; of the fields that only reading looks at, none."""
    return Entry(message.account, replace(message.header, traits=_NO_TRAITS), _roles(message), reading, text)


def _roles(message: Message) -> frozenset[Role]:
    return message.roles or frozenset({Role.OTHER})


def _folder(found: ReadMessage | None) -> str:
    return found.message.copies[0].folder if found is not None and found.message.copies else ""


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


class Folded(NamedTuple):
    """An opportunity with the folders in which its messages lie, and the `mark` of what it was folded from."""

    mark: str
    opportunity: Opportunity
    folders: Mapping[str, str]


def opportunities(
    mail: Mail,
    groups: Sequence[Group],
    reader: Reader,
    now: datetime,
    settings: JoiningSettings,
    workdays: Workdays,
    words: Sequence[Word],
    stands: Callable[[str, str], Stand | None],
) -> Iterator[tuple[str, Folded | Stand]]:
    """Fold each group under the id that was minted for it, once and for good, one after the other. Where the page of an
    id `stands` that was made of mail with the same mark: how it does."""
    minted = reader.store.identities()
    assigned = assign(groups, minted, now)
    _keep_ids(reader.store, assigned.changed, {identity.id for identity in minted})
    said = sort_out(words, groups, assigned.ids, assigned.aliases)
    aliases = [assigned.aliases.get(name, frozenset()) for name in assigned.ids]
    marks = [mark_of(group, mail.read, known) for group, known in zip(groups, aliases, strict=True)]
    stay = [stands(name, mark) for name, mark in zip(assigned.ids, marks, strict=True)]
    whole = reader.whole([group for group, stand in zip(groups, stay, strict=True) if not stand])
    for name, mark, known, stand in zip(assigned.ids, marks, aliases, stay, strict=True):
        if stand:
            yield name, stand
            continue
        group, folders = next(whole)
        opportunity = fold(group, name, now, settings, workdays, said[name])
        if known:
            opportunity = replace(opportunity, aliases=tuple(sorted(known)))
        yield name, Folded(mark, opportunity, folders)


def _keep_ids(store: Store, changed: Sequence[Identity], minted: Collection[str]) -> None:
    for identity in changed:
        if identity.id in minted:
            store.update_identity(identity.id, messages=identity.messages, alias_of=identity.alias_of)
        else:
            store.mint(identity)


__all__ = ["Mail", "Reader", "join", "known_of", "opportunities"]
