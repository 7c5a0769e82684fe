"""When an untouched draft has outlived its silence and is to be taken back."""

from __future__ import annotations

from datetime import datetime

from watcher.draft.model import Placement
from watcher.followup.model import Decision, Kind
from watcher.opportunity.model import Opportunity, Stage
from watcher.reading.model import Says, Speaker
from watcher.workdays import Workdays

LIVES = 10  # working days after which a letter that lies in Drafts no longer says the right thing


def why_withdraw(
    placement: Placement, opportunity: Opportunity, decision: Decision, now: datetime, workdays: Workdays
) -> str:
    """Why the draft is to be taken back, in words for the user; "" where it is to stay."""
    if opportunity.stage is Stage.REJECTED:
        return "they said no"
    if opportunity.over:
        return "it is over"
    if opportunity.muted:
        return "you muted it"
    new = [s for s in opportunity.statements if s.entry.id not in placement.answers and not s.entry.binned]
    if any(s.entry.reading.speaker is not Speaker.ME and s.says is not Says.AUTO_REPLY for s in new):
        return "they wrote"
    if any(s.entry.reading.speaker is Speaker.ME and s.entry.id != placement.message_id for s in new):
        return "you wrote yourself"
    if (decision.kind, decision.attempt) != (placement.kind, placement.attempt) and decision.act:
        return "another letter is due by now"
    if placement.kind is Kind.THANK_YOU and decision.kind is not Kind.THANK_YOU:
        return "its time has passed"
    if workdays.between(placement.intended_at, now) >= LIVES:
        return "its time has passed"
    return ""
