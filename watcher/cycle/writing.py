"""The letter for a decision, with what the mailbox and the record know of earlier letters to the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from watcher.draft import answering, compose
from watcher.draft.facts import is_own
from watcher.draft.model import Draft
from watcher.draft.repeats import Earlier
from watcher.errors import KnowledgeError
from watcher.followup.model import Decision
from watcher.message.model import Role
from watcher.opportunity.model import Entry, Opportunity
from watcher.store import Store

if TYPE_CHECKING:
    from watcher.cycle.onepass import Setting

OWN_HAS_A_FAULT = "your own letter has a fault, so ours was used."


def write(
    opportunity: Opportunity,
    decision: Decision,
    setting: Setting,
    store: Store,
    sent: Iterable[Entry],
    now: datetime,
) -> tuple[Draft | None, str]:
    """The letter, and what the user must know of it. None where there is no message to answer any more.

    `sent` is mail of the user's own, be it the gist alone. Raises KnowledgeError where a letter of ours has a fault.
    """
    entry = answering(opportunity)
    packs, letters = setting.rulebook.packs, setting.letters
    pack = packs.get(opportunity.language) or packs["en"]
    answered = store.message((entry.account, entry.id)) if entry and opportunity.contact else None
    if answered is None:
        return None, ""
    before = earlier(opportunity, decision, store, sent, now)
    try:
        return compose(opportunity, decision, answered, letters, pack, now, before), ""
    except KnowledgeError as fault:
        if not letters.overrides:
            raise
        ours = replace(letters, overrides={})
        note = f"{opportunity.id}: {OWN_HAS_A_FAULT} {fault}"
        return compose(opportunity, decision, answered, ours, pack, now, before), note


def earlier(
    opportunity: Opportunity,
    decision: Decision,
    store: Store,
    sent: Iterable[Entry],
    now: datetime,
) -> Earlier:
    """What letters before this one held: key points of those to the opportunity, sentences of those to its contact,
    drafted or sent about whatever opportunity. The letter itself, where it lies in Drafts, is none of them."""
    names = {opportunity.id, *opportunity.aliases}
    contact = opportunity.contact.address if opportunity.contact else ""
    before = [
        placement
        for placement in store.placements()
        if placement.intended_at <= now
        and not (
            placement.opportunity in names
            and (placement.kind, placement.attempt, placement.anchor)
            == (decision.kind, decision.attempt, decision.anchor)
        )
    ]
    to_them = [placement for placement in before if placement.to == contact]
    return Earlier(
        points=tuple(point for placement in before if placement.opportunity in names for point in placement.highlights),
        texts=(*(placement.text for placement in to_them if not placement.marks), *_sent_to(contact, store, sent, now)),
        marks=frozenset(mark for placement in to_them for mark in placement.marks),
    )


def _sent_to(contact: str, store: Store, sent: Iterable[Entry], now: datetime) -> tuple[str, ...]:
    messages = (
        store.message((entry.account, entry.id))
        for entry in sent
        if is_own(entry)
        and Role.DRAFTS not in entry.roles
        and entry.header.received_at <= now
        and contact in {address.address for address in (*entry.header.to, *entry.header.cc)}
    )
    return tuple(message.body.new if message and message.body else "" for message in messages)
