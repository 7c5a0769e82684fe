"""A letter that a word has taken back comes back with it, when the user takes that word back."""

from __future__ import annotations

from datetime import datetime

from watcher.cycle.onepass import Pass, Setting
from watcher.draft.model import Placement, PlacementState
from watcher.draft.withdrawal import is_the_one, why_withdraw
from watcher.opportunity.model import Word
from watcher.store import Store

TAKEN_BACK = "You took back what you had said."


def bring_back(store: Store, word: Word, setting: Setting, now: datetime, until: datetime | None) -> frozenset[str]:
    """Let the letters that were taken back after `word`, which has been undone, be due once more, where they are still
    the ones to write; the opportunities to which they are. What was withdrawn for another reason as well stays so."""
    taken = [each for each in store.placements() if _may_come_back(each, word)]
    if not taken:
        return frozenset()
    found = set()
    names = {placement.opportunity for placement in taken}
    with store.copy_in_memory() as trial:
        for placement in taken:
            trial.advance(placement.message_id, PlacementState.INTENDED, now=now)
        one = Pass(setting, trial, now, until, keeps=lambda each: not names.isdisjoint({each.id, *each.aliases}))
        judged, _ = one.judge_only()
    for placement in taken:
        opportunity = next((o for o in judged.opportunities if placement.opportunity in {o.id, *o.aliases}), None)
        if opportunity is None:
            continue
        decision = judged.decisions[opportunity.id]
        outlived = why_withdraw(placement, opportunity, decision, now, setting.workdays)
        if not outlived and is_the_one(placement, opportunity, decision):
            store.advance(placement.message_id, PlacementState.INTENDED, now=now, why=TAKEN_BACK)
            found.add(opportunity.id)
    return frozenset(found)


def _may_come_back(placement: Placement, word: Word) -> bool:
    return placement.state is PlacementState.WITHDRAWN and placement.changed_at >= word.said_at
