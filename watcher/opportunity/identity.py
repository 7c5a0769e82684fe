"""Ids that people can type: minted once, kept when names become clearer, the older one kept in a merge."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.opportunity.model import Group, Identity, Statement
from watcher.opportunity.names import plain
from watcher.opportunity.parties import parties_of

LONGEST = 60
_GAPS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Assigned:
    """The id of each group, in the order of the groups; the records that are new or have changed; and the aliases that
    lead to an id."""

    ids: tuple[str, ...]
    changed: tuple[Identity, ...] = ()
    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)


def assign(groups: Sequence[Group], identities: Sequence[Identity], now: datetime) -> Assigned:
    """Give each group the id it had, and mint one for each that is new.

    A group keeps the id with which it shares most messages (the older one where that is a tie). Where several ids fall
    to one group the oldest stays and the others become its aliases; where that group falls apart again, the part that
    had an alias for its id has it back.
    """
    known = {identity.id: identity for identity in identities}
    asleep = [identity for identity in identities if identity.alias_of]
    claims = _claims(groups, [_as_itself(each, asleep) for each in identities if not each.alias_of])
    taken = set(known)
    changed: list[Identity] = []
    ids: list[str] = []
    for index, group in enumerate(groups):
        mine = sorted(claims.get(index, ()), key=lambda identity: (identity.minted_at, identity.id))
        if not mine and (woken := _woken(group, asleep)):
            asleep.remove(woken)
            changed.append(replace(woken, messages=group.ids, alias_of=""))
            ids.append(woken.id)
            continue
        if not mine:
            fresh = Identity(_free(slug(group), taken), now, group.ids)
            taken.add(fresh.id)
            changed.append(fresh)
            known[fresh.id] = fresh
            ids.append(fresh.id)
            continue
        kept, *merged = mine
        ids.append(kept.id)
        if known[kept.id].messages != group.ids:
            changed.append(replace(kept, messages=group.ids))
        changed += [replace(known[other.id], alias_of=kept.id) for other in merged]
    for identity in changed:
        known[identity.id] = identity
    return Assigned(tuple(ids), tuple(changed), _aliases(known))


def _as_itself(identity: Identity, asleep: Sequence[Identity]) -> Identity:
    """An identity with the messages that were its own before others became aliases of it, where there are such."""
    taken_in = frozenset(message for each in asleep if each.alias_of == identity.id for message in each.messages)
    own = identity.messages - taken_in
    return replace(identity, messages=own) if own else identity


def _woken(group: Group, asleep: Sequence[Identity]) -> Identity | None:
    """The alias that stood for a group before it became a part of another."""
    fitting = [identity for identity in asleep if len(identity.messages & group.ids) * 2 > len(identity.messages)]
    return min(fitting, key=lambda identity: (identity.minted_at, identity.id), default=None)


def _claims(groups: Sequence[Group], identities: Sequence[Identity]) -> dict[int, list[Identity]]:
    """Which ids fall to which group: each id goes to the group that holds most of its messages."""
    claims: dict[int, list[Identity]] = {}
    where = {message: index for index, group in enumerate(groups) for message in group.ids}
    for identity in identities:
        votes: dict[int, int] = {}
        for message in identity.messages:
            if message in where:
                votes[where[message]] = votes.get(where[message], 0) + 1
        if votes:
            best = min(votes, key=lambda index: (-votes[index], index))
            claims.setdefault(best, []).append(identity)
    return claims


def _aliases(known: Mapping[str, Identity]) -> dict[str, frozenset[str]]:
    aliases: dict[str, set[str]] = {}
    for identity in known.values():
        if identity.alias_of:
            target, seen = identity.alias_of, {identity.id}
            while target in known and known[target].alias_of and target not in seen:
                seen.add(target)
                target = known[target].alias_of
            aliases.setdefault(target, set()).add(identity.id)
    return {target: frozenset(names) for target, names in aliases.items()}


def slug(group: Group) -> str:
    """A readable id: company and role, else who wrote."""
    statements = tuple(Statement(entry, entry.reading.says, entry.reading.confidence) for entry in group.entries)
    parties = parties_of(statements)
    words = [parties.company or "", parties.role or ""]
    if not any(words):
        header = group.entries[0].header
        words = [parties.contact.name or parties.contact.address if parties.contact else header.sender.domain]
    text = _GAPS.sub("-", plain(" ".join(words))).strip("-")
    if len(text) > LONGEST:
        text = text[:LONGEST].rpartition("-")[0] or text[:LONGEST]
    return text or "opportunity"


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
