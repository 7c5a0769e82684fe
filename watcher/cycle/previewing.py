"""What would be drafted, now or under other settings, without a look at any mailbox and without a trace."""

from __future__ import annotations

from watcher.cycle.onepass import Pass
from watcher.cycle.report import DraftLine, Preview
from watcher.cycle.weighing import Judged
from watcher.followup.model import Decision, Kind
from watcher.opportunity.model import Opportunity

NO_LETTER = frozenset({Kind.NONE, Kind.REPLY_OWED})


def previews(today: Pass, then: Pass, wanted: str) -> list[Preview]:
    """One opportunity (`wanted`), or every one that is not over: what is done about it today, and what then."""
    for one in (today, then):
        one.keeps = lambda opportunity: not wanted or opportunity.id == wanted
    now, _ = today.judge_only()
    other = now if then is today else then.judge_only()[0]
    found = []
    for opportunity in other.opportunities:
        if opportunity.id == wanted or (not wanted and not opportunity.over):
            found.append(_preview(opportunity, now, other, then, whole=bool(wanted)))
    return found


def _preview(opportunity: Opportunity, now: Judged, other: Judged, then: Pass, *, whole: bool) -> Preview:
    decision = other.decisions[opportunity.id]
    letter = _letter(opportunity, decision, then) if whole or decision.act else None
    return Preview(opportunity.id, now.decisions[opportunity.id], decision, letter)


def _letter(opportunity: Opportunity, decision: Decision, one: Pass) -> DraftLine | None:
    if decision.kind in NO_LETTER:
        return None
    draft = one.compose(opportunity, decision)
    return DraftLine.of(draft) if draft else None
