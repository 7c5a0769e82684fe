"""Decides on every opportunity, alone and then beside the others: a day and a person take only so many letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.draft.model import Placement, PlacementState
from watcher.followup import decide
from watcher.followup.consent import approvals, pause_of
from watcher.followup.model import Decision, FollowUpSettings, Kind, PastDraft, PolicyContext
from watcher.knowledge.model import Rulebook
from watcher.opportunity.model import Opportunity, Word
from watcher.workdays import Workdays

NEVER_REACHED_THEM = frozenset({PlacementState.WITHDRAWN, PlacementState.DISCARDED})


@dataclass(frozen=True, slots=True)
class Decider:
    """Everything that decisions are made from at one instant. `fetched` tells whether every account that holds mail of
    an opportunity was fetched."""

    settings: FollowUpSettings
    workdays: Workdays
    rulebook: Rulebook
    now: datetime
    placements: Sequence[Placement]
    words: Sequence[Word]
    fetched: Callable[[Opportunity], bool]

    def all(self, opportunities: Sequence[Opportunity]) -> dict[str, Decision]:
        """A decision on each by its id; of those that want a letter, the most urgent come first."""
        alone = {opportunity.id: self.one(opportunity) for opportunity in opportunities}
        eager = sorted((o for o in opportunities if alone[o.id].act), key=lambda o: urgency(o, alone[o.id]))
        chosen: list[tuple[str, datetime]] = []
        for opportunity in eager:
            decision = self.one(opportunity, chosen)
            alone[opportunity.id] = decision
            if decision.act and opportunity.contact:
                chosen.append((opportunity.contact.address, self.now))
        return alone

    def one(self, opportunity: Opportunity, chosen: Sequence[tuple[str, datetime]] = ()) -> Decision:
        """The decision on one; `chosen` are the letters (to whom, and when) that this pass will write before it."""
        placed = self._placed()
        names = {opportunity.id, *opportunity.aliases}
        past = [past_draft(placement) for placement in placed if placement.opportunity in names]
        context = self._context(opportunity, placed, chosen)
        return decide(opportunity, self.now, self.settings, self.workdays, past, context)

    def _placed(self) -> list[Placement]:
        # What is only intended never came to lie in Drafts: a crash or a refusal came between, and it is due yet.
        return [placement for placement in self.placements if placement.state is not PlacementState.INTENDED]

    def _context(
        self, opportunity: Opportunity, placed: Sequence[Placement], chosen: Sequence[tuple[str, datetime]]
    ) -> PolicyContext:
        zone = self.workdays.zone
        today = self.now.astimezone(zone).date()
        contact = opportunity.contact.address if opportunity.contact else ""
        names = {opportunity.id, *opportunity.aliases}
        to_them = [
            placement.intended_at
            for placement in placed
            if placement.to == contact
            and (placement.opportunity not in names or placement.state not in NEVER_REACHED_THEM)
        ]
        to_them += [at for to, at in chosen if to == contact]
        pause = pause_of(self.words, zone)
        packs = self.rulebook.packs
        return PolicyContext(
            paused_until=pause.until if pause else None,
            hired=pause.hired if pause else False,
            made_today=sum(p.intended_at.astimezone(zone).date() == today for p in placed) + len(chosen),
            to_same_person=max(to_them, default=None),
            languages=frozenset(packs),
            unchecked_languages=frozenset(
                name for name, pack in packs.items() if not pack.tables.get("letter", {}).get("checked", False)
            ),
            fetched=self.fetched(opportunity),
            approvals=approvals(opportunity.words),
        )


def urgency(opportunity: Opportunity, decision: Decision) -> tuple[bool, bool, str, str]:
    """Thank-yous first, then named days, then what fell due earliest."""
    due = decision.due_at.isoformat() if decision.due_at else ""
    return decision.kind is not Kind.THANK_YOU, opportunity.promised_by is None, due, opportunity.id


def past_draft(placement: Placement) -> PastDraft:
    """A placement as the policy knows it."""
    return PastDraft(
        opportunity=placement.opportunity,
        kind=placement.kind,
        attempt=placement.attempt,
        anchor=placement.anchor,
        state=placement.state.value,
        to=placement.to,
        at=placement.intended_at,
        answers=placement.answers,
    )
