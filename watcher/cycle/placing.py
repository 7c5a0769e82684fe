"""Drafts as they lie in the mailboxes: what became of ours, which are the user's own, and putting and taking back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.draft.fate import DraftSeen, SentSeen, fates, fingerprint, own_drafts, seen, sent
from watcher.draft.model import OPEN_STATES, Draft, Placement, PlacementState
from watcher.errors import DraftRefused, WatcherError
from watcher.mailbox.base import LOST, Mailbox, Removal
from watcher.message.model import Role
from watcher.opportunity.model import Entry, Opportunity
from watcher.reading.model import Speaker
from watcher.store import Store

Mailboxes = Mapping[str, Mailbox]
"""The mailboxes that were reached in this pass, by account."""

EARLIER = "It was found from an earlier time."
WAS_HERE = "It was written before, which the database has forgotten, and is gone from Drafts."


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies in Drafts now: the draft of each placement that was found, and those that are the user's own. `lost`
    are the accounts that could not be asked."""

    found: Mapping[str, DraftSeen]
    own: tuple[DraftSeen, ...]
    lost: Mapping[str, WatcherError] = field(default_factory=dict)

    def has_own(self, opportunity: Opportunity) -> bool:
        """Whether the user has begun a letter of their own in a thread of the opportunity, or to its contact."""
        entries = [statement.entry for statement in opportunity.statements]
        ids = {entry.id for entry in entries}
        threads = {(entry.account, entry.header.thread) for entry in entries if entry.header.thread}
        contact = opportunity.contact.address if opportunity.contact else ""
        return any(
            draft.in_reply_to in ids
            or not ids.isdisjoint(draft.references)
            or (draft.account, draft.thread) in threads
            or contact in draft.recipients
            for draft in self.own
        )


def look(mailboxes: Mailboxes, store: Store, entries: Iterable[Entry], now: datetime) -> Desk:
    """See what became of every placement, write it down, and tell which drafts are the user's own.

    Placements of accounts that were not reached keep their state: what cannot be seen is not gone.
    """
    drafts: list[DraftSeen] = []
    trashed: set[str] = set()
    reached, lost = set(), {}
    for account, mailbox in mailboxes.items():
        try:
            lying = [seen(raw) for raw in mailbox.drafts()]
            trashed |= _binned(mailbox, store.placements(), {draft.message_id for draft in lying})
        except DraftRefused:
            continue  # an account without a Drafts folder has no drafts of ours
        except LOST as fault:
            lost[account] = fault
            continue
        drafts += lying
        reached.add(account)
    placements = [placement for placement in store.placements() if placement.account in reached]
    verdicts = fates(placements, drafts, _sent_since(placements, entries), trashed=trashed)
    found = {}
    for placement in placements:
        verdict = verdicts[placement.message_id]
        if verdict.draft:
            found[placement.message_id] = verdict.draft
        if verdict.state is not placement.state:
            if verdict.state is PlacementState.WITHDRAWN:
                _sweep_up(mailboxes[placement.account], placement)
            mark = verdict.draft.fingerprint if verdict.draft and not placement.fingerprint else None
            here = "" if placement.state is PlacementState.INTENDED and verdict.draft else None
            store.advance(placement.message_id, verdict.state, now=now, fingerprint=mark, why=verdict.why, leaving=here)
    return Desk(found, own_drafts(drafts, store.placements()), lost)


def _sweep_up(mailbox: Mailbox, placement: Placement) -> None:
    """Remove what is left of a draft whose withdrawal was cut short: still in Drafts, and only marked as deleted."""
    with suppress(DraftRefused, *LOST):
        for folder, ref in mailbox.find(placement.message_id):
            for raw in mailbox.fetch([ref]) if folder.role is Role.DRAFTS else ():
                if fingerprint(raw.data) == placement.fingerprint:
                    mailbox.withdraw(ref, raw.data)


def _sent_since(placements: Sequence[Placement], entries: Iterable[Entry]) -> list[SentSeen]:
    if not placements:
        return []
    first = min(placement.intended_at for placement in placements)
    return [
        sent(entry.account, entry.header)
        for entry in entries
        if entry.reading.speaker is Speaker.ME and Role.DRAFTS not in entry.roles and entry.header.received_at >= first
    ]


def _binned(mailbox: Mailbox, placements: Iterable[Placement], present: Collection[str]) -> set[str]:
    """Those open drafts of the account that are not in Drafts but in Trash."""
    return {
        placement.message_id
        for placement in placements
        if placement.account == mailbox.account
        and placement.state in OPEN_STATES
        and placement.message_id not in present
        and any(folder.role is Role.TRASH for folder, _ in mailbox.find(placement.message_id))
    }


def put(mailbox: Mailbox, store: Store, draft: Draft, opportunity: Opportunity, now: datetime) -> bool:
    """Place a draft once and for all: intended, then placed (law 4); `confirm` reads it back. Whether it is new there.

    Raises DraftRefused where the mailbox does not take it; the record then says that it was intended.
    """
    places = {folder.role for folder, _ in mailbox.find(draft.message_id)}
    forgotten = store.is_forgotten(draft.message_id)
    before = store.placement(draft.message_id)
    leaving = before.leaving if before is not None else ""
    if not store.intend(replace(_placement(draft, opportunity, now), leaving=leaving)):
        return False
    if leaving:
        places -= {Role.TRASH}  # we put it there, and it has come to be due once more
    if places and Role.DRAFTS not in places:
        gone = PlacementState.SENT if Role.SENT in places else PlacementState.DISCARDED
        store.advance(draft.message_id, gone, now=now, why=EARLIER)
    if forgotten and not places:
        store.advance(draft.message_id, PlacementState.DISCARDED, now=now, why=WAS_HERE)
    if places or forgotten:
        return False
    mailbox.place(draft.data, draft.message_id, draft.thread)
    store.advance(draft.message_id, PlacementState.PLACED, now=now, leaving="")
    return True


def confirm(mailbox: Mailbox, store: Store, message_id: str, now: datetime) -> None:
    """Read back what was placed just now. It is untouched from here on while it reads as it does now, because servers
    encode anew."""
    for raw in mailbox.drafts():
        lying = seen(raw)
        if lying.message_id == message_id:
            store.advance(message_id, PlacementState.PENDING, now=now, fingerprint=lying.fingerprint)
            return


def adopt(store: Store, draft: Draft, opportunity: Opportunity, written_at: datetime) -> None:
    """Record a draft of ours that lies in Drafts and of which the record knows nothing, being lost or older. The next
    look calls it untouched only where it reads as we would have written it then."""
    store.intend(_placement(draft, opportunity, written_at))


def _placement(draft: Draft, opportunity: Opportunity, now: datetime) -> Placement:
    key = draft.key
    return Placement(
        message_id=draft.message_id,
        account=key.account,
        opportunity=opportunity.id,
        kind=key.kind,
        attempt=key.attempt,
        anchor=key.anchor,
        state=PlacementState.INTENDED,
        to=draft.to.address,
        subject=draft.subject,
        in_reply_to=draft.in_reply_to,
        intended_at=now,
        changed_at=now,
        text=draft.text,
        fingerprint=fingerprint(draft.data),
        answers=tuple(statement.entry.id for statement in opportunity.statements),
        highlights=draft.highlights,
        marks=draft.marks,
        thread=draft.thread,
    )


def take_back(mailbox: Mailbox, store: Store, placement: Placement, desk: Desk, why: str, now: datetime) -> bool:
    """Withdraw an untouched draft; whether it is out of Drafts now. That it is leaving is noted before it is touched,
    so that a crash in between does not look like the user's doing.

    One that cannot be removed safely is called stale; one that has changed under our eyes, or is not where it was, is
    left for the next pass to see. Raises DraftRefused.
    """
    lying = desk.found.get(placement.message_id)
    if lying is None or lying.raw is None:
        return False
    store.advance(placement.message_id, placement.state, now=now, leaving=why)
    match mailbox.withdraw(lying.raw.ref, lying.raw.data):
        case Removal.REMOVED | Removal.TRASHED:
            store.advance(placement.message_id, PlacementState.WITHDRAWN, now=now, why=why)
            return True
        case Removal.IMPOSSIBLE:
            store.advance(placement.message_id, PlacementState.STALE, now=now, why=why, leaving="")
        case Removal.CHANGED:
            store.advance(placement.message_id, placement.state, now=now, leaving="")
    return False
