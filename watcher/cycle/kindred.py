"""Which of the mail that was passed over may belong to what has become known since it was last looked at.

To go through all headers of a large mailbox takes a second, and a new mail makes little more known: a thread, a person,
a company. So it is remembered what was known when all were looked at, and only those are looked at again in whose
header something stands that is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import chain

from watcher.reading.sieve import Known
from watcher.store import Store
from watcher.store.model import SweptHeader

MOST = 40  # new words that are worth looking for; with more, all headers are gone through


@dataclass(frozen=True, slots=True)
class Kindred:
    """All headers up to a serial were looked at with what was `known`, by rules and settings that `basis` names, while
    in Trash lay what `binned` tells."""

    serial: int
    basis: str
    binned: str
    known: Known

    def written(self) -> Mapping[str, object]:
        """As the store keeps it."""
        known = {name: getattr(self.known, name) for name in _PARTS}
        return {"serial": self.serial, "basis": self.basis, "binned": self.binned, "known": known}


_PARTS = ("messages", "threads", "addresses", "companies", "domains")


def to_look_at(store: Store, known: Known, basis: str) -> Iterator[SweptHeader]:
    """The headers that may belong to what is known, and were not found to do so before: all of them, or those that have
    come since, and those that say something that is known only now."""
    before, binned = _recall(store), store.binned()
    if before is None or (before.basis, before.binned) != (basis, binned):
        return store.headers()
    grown = [word for name in _PARTS for word in _new(getattr(known, name), getattr(before.known, name))]
    if len(grown) > MOST:
        return store.headers()
    older = store.holding(grown, before.serial) if grown else []
    if _new(known.companies, before.known.companies):  # spelled in any way, and sought in Trash alone
        older = sorted({*older, *store.lying_in_trash(before.serial)})
    return chain(store.headers(among=older), store.headers(after=before.serial))


def note(store: Store, known: Known, basis: str, serial: int) -> None:
    """Note that all headers up to `serial` were looked at with what is known now."""
    store.note_known(Kindred(serial, basis, store.binned(), known).written())


def _recall(store: Store) -> Kindred | None:
    told = store.known()
    if told is None:
        return None
    known = Known(**{name: frozenset(told["known"][name]) for name in _PARTS})
    return Kindred(told["serial"], told["basis"], told["binned"], known)


def _new(now: Set[str], before: Set[str]) -> Set[str]:
    return now - before
