"""When an untouched draft has outlived its silence and is to be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from watcher.draft.model import Placement, PlacementState
from watcher.followup.model import Decision, Kind
from watcher.opportunity.model import Opportunity, Stage, Statement, Word
from watcher.reading.model import Says, Speaker
from watcher.workdays import Workdays

LIVES = 10  # working days after which a letter that lies in Drafts no longer says the right thing
UNSEEN = timedelta(days=1)  # mail this much older than the draft may not have been there yet when it was written
DECISIONS = frozenset({Says.REJECTION, Says.ON_HOLD, Says.OFFER})

FOUND_WORK = "you found work"
ANOTHER_LIES = "another letter to them lies in Drafts"
DISOWNED = "you said that it is about no job of yours"

SAID_SINCE = {
    "heard": "you heard from them",
    "told": "you followed up yourself",
    "interview": "you said what became of the interview",
    "contact": "you named somebody else to write to",
}
"""What the user may say that makes another letter the right one; the rest of their words is "you said otherwise"."""


def why_withdraw(
    placement: Placement,
    opportunity: Opportunity,
    decision: Decision,
    now: datetime,
    workdays: Workdays,
    *,
    hired: bool = False,
) -> str:
    """Why the draft is to be taken back, in words for the user; "" where it is to stay. `hired`: they found work."""
    if hired:
        return FOUND_WORK
    if opportunity.stage is Stage.REJECTED:
        return "they said no"
    if opportunity.over:
        return "it is over"
    if opportunity.muted:
        return "you muted it"
    new = [statement for statement in opportunity.statements if _is_new(statement, placement)]
    if any(_is_theirs(statement) for statement in new):
        return "they wrote"
    if any(s.entry.reading.speaker is Speaker.ME and s.entry.id != placement.message_id for s in new):
        return "you wrote yourself"
    if opportunity.stage is Stage.INTERVIEW_BOOKED and placement.kind is not Kind.THANK_YOU:
        return "an interview lies ahead"
    if said := _said_otherwise(placement, opportunity, decision):
        return said
    return _out_of_time(placement, decision, now, workdays)


def surplus(placements: Iterable[Placement], decision: Decision) -> frozenset[str]:
    """The Message-IDs of untouched drafts to one opportunity that are more than one, as where two opportunities have
    turned out to be one. The one that stays is that of the decision, else the newest."""
    untouched = [placement for placement in placements if placement.state is PlacementState.PENDING]
    letter = (decision.kind, decision.attempt, decision.anchor)
    kept = max(untouched, key=lambda p: ((p.kind, p.attempt, p.anchor) == letter, p.intended_at), default=None)
    return frozenset(placement.message_id for placement in untouched if placement is not kept)


def is_disowned(placement: Placement, words: Iterable[Word]) -> bool:
    """Whether the user says that a message which the draft rests on is about no job of theirs."""
    rests_on = {placement.in_reply_to, *placement.answers}
    return any(
        word.verb == "says" and word.value == Says.NOT_HIRING and not rests_on.isdisjoint(word.anchors)
        for word in words
    )


def _is_new(statement: Statement, placement: Placement) -> bool:
    """Whether a message has come since the draft was written. One of long ago that is only now read as part of the
    opportunity is not new."""
    entry = statement.entry
    if entry.id in placement.answers or entry.header.received_at < placement.intended_at - UNSEEN:
        return False
    return not entry.binned or statement.says in DECISIONS


def _is_theirs(statement: Statement) -> bool:
    return statement.entry.reading.speaker is not Speaker.ME and statement.says is not Says.AUTO_REPLY


def _said_otherwise(placement: Placement, opportunity: Opportunity, decision: Decision) -> str:
    """What the user has said since the draft was written, where it is not the letter to write any more."""
    since = [word.verb for word in opportunity.words if word.said_at >= placement.intended_at]
    if not since or is_the_one(placement, opportunity, decision):
        return ""
    return next(_reasons(reversed(since)), "you said otherwise")


def _reasons(verbs: Iterable[str]) -> Iterator[str]:
    return (SAID_SINCE[verb] for verb in verbs if verb in SAID_SINCE)


def is_the_one(placement: Placement, opportunity: Opportunity, decision: Decision) -> bool:
    """Whether a draft is the letter of a decision, to the person who is written to now."""
    letter = (placement.kind, placement.attempt, placement.anchor)
    to = opportunity.contact.address if opportunity.contact else ""
    return letter == (decision.kind, decision.attempt, decision.anchor) and placement.to == to


def _out_of_time(placement: Placement, decision: Decision, now: datetime, workdays: Workdays) -> str:
    if (decision.kind, decision.attempt) != (placement.kind, placement.attempt) and decision.act:
        return "another letter is due by now"
    if placement.kind is Kind.THANK_YOU and decision.kind is not Kind.THANK_YOU:
        return "its time has passed"
    if workdays.between(placement.intended_at, now) >= LIVES:
        return "its time has passed"
    return ""
