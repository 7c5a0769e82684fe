"""Threads: mail joined by its headers alone, before anything is known of what it says."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from watcher.opportunity.model import Entry
from watcher.reading.model import Speaker

SAME_SUBJECT_WITHIN = timedelta(days=60)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages that answer one another, oldest first."""

    entries: tuple[Entry, ...]


class Unions:
    """Disjoint sets of things, joined pair by pair."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def root(self, thing: Hashable) -> Hashable:
        """The one member that stands for the set of `thing`."""
        parent = self._parents.setdefault(thing, thing)
        while parent != self._parents[parent]:
            self._parents[parent] = self._parents[self._parents[parent]]
            parent = self._parents[parent]
        self._parents[thing] = parent
        return parent

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make the sets of both one."""
        self._parents[self.root(other)] = self.root(one)


def thread(entries: Sequence[Entry]) -> tuple[Thread, ...]:
    """Join entries by References and In-Reply-To (RFC 5322 section 3.6.4), the provider's thread id, and where a
    message answers none that is known, by a subject that repeats an earlier one between the same people."""
    unions = Unions()
    for entry in entries:
        unions.root(entry.id)
        header = entry.header
        for ancestor in (*header.references, header.in_reply_to):
            if ancestor:
                unions.join(ancestor, entry.id)
        if header.thread and entry.reading.speaker is not Speaker.ROBOT:
            unions.join(("provider", entry.account, header.thread), entry.id)
    _join_by_subject(entries, unions)
    sets: dict[Hashable, list[Entry]] = {}
    for entry in sorted(entries, key=lambda each: (each.at, each.id)):
        sets.setdefault(unions.root(entry.id), []).append(entry)
    return tuple(Thread(tuple(each)) for each in sets.values())


def counterparts(entry: Entry) -> frozenset[str]:
    """The addresses of the others: who wrote it, or to whom the user wrote."""
    header = entry.header
    if entry.reading.speaker is Speaker.ME:
        return frozenset(each.address for each in (*header.to, *header.cc) if each.address)
    return frozenset(each.address for each in (header.sender, *header.reply_to) if each.address)


def subject_tails(subject: str) -> tuple[str, ...]:
    """The subject itself and what follows each of its first colons, so that "Re:", "Automatic reply:", "Accepted:"
    and their like in any language fall off without being known."""
    text = _SPACE.sub(" ", subject).strip().casefold()
    tails = [text]
    for _ in range(4):
        _, colon, text = text.partition(":")
        text = text.strip()
        if not colon or not text:
            break
        tails.append(text)
    return tuple(tails)


def _join_by_subject(entries: Iterable[Entry], unions: Unions) -> None:
    earlier: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, key=lambda each: (each.at, each.id)):
        tails = subject_tails(entry.header.subject)
        people = counterparts(entry)
        if entry.reading.system:  # a machine's subject is the same for every employer
            continue
        if not (entry.header.in_reply_to or entry.header.references):
            for tail in tails[1:]:
                match = next((earlier[tail, who] for who in sorted(people) if (tail, who) in earlier), None)
                if match and entry.at - match.at <= SAME_SUBJECT_WITHIN:
                    unions.join(match.id, entry.id)
                    break
        if tails[0]:
            for who in people:
                for tail in tails:
                    earlier[tail, who] = entry
