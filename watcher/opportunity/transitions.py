"""THE table: which event leads from which stage to which. All of a hiring's life is in its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from watcher.opportunity import events
from watcher.opportunity.model import Stage

EVENTS: tuple[type[events.Happened], ...] = get_args(events.Event)

NEW = None  # nothing is known of the hiring yet
LEAD, APPLIED, TALKING, SCHEDULING = Stage.LEAD, Stage.APPLIED, Stage.IN_CONVERSATION, Stage.SCHEDULING
BOOKED, AWAITING, TASK = Stage.INTERVIEW_BOOKED, Stage.AWAITING_DECISION, Stage.ASSESSMENT
OFFER, HOLD = Stage.OFFER, Stage.ON_HOLD
ACCEPTED, REJECTED, WITHDRAWN = Stage.ACCEPTED, Stage.REJECTED, Stage.WITHDRAWN

EARLY = (NEW, LEAD, APPLIED, TALKING)
UNDER_WAY = (SCHEDULING, BOOKED, AWAITING, TASK)
OVER = (ACCEPTED, REJECTED, WITHDRAWN)
ALL = (*EARLY, *UNDER_WAY, OFFER, HOLD, *OVER)


@dataclass(frozen=True, slots=True)
class Row:
    """On `event`, each stage of `before` becomes `after`; STAY leaves it as it is. What no row names is a surprise."""

    event: type[events.Happened]
    before: tuple[Stage | None, ...]
    after: Stage | None


STAY = None

ROWS: tuple[Row, ...] = (
    Row(events.Applied, (NEW, APPLIED), APPLIED),
    Row(events.Applied, (LEAD, TALKING), TALKING),
    Row(events.Applied, (*UNDER_WAY, OFFER, HOLD), STAY),
    Row(events.Acknowledged, (NEW, LEAD, APPLIED), APPLIED),
    Row(events.Acknowledged, (TALKING, *UNDER_WAY, OFFER, HOLD), STAY),
    Row(events.Approached, (NEW, LEAD, REJECTED), LEAD),
    Row(events.Approached, (APPLIED, TALKING, HOLD), TALKING),
    Row(events.Approached, (*UNDER_WAY, OFFER, ACCEPTED, WITHDRAWN), STAY),
    Row(events.TimesAsked, (*EARLY, SCHEDULING, AWAITING, TASK, HOLD, REJECTED), SCHEDULING),
    Row(events.TimesAsked, (BOOKED, OFFER, ACCEPTED, WITHDRAWN), STAY),
    Row(events.TimesGiven, (*EARLY, SCHEDULING, AWAITING, TASK, HOLD, REJECTED), SCHEDULING),
    Row(events.TimesGiven, (BOOKED, OFFER), STAY),
    Row(events.InterviewBooked, (*EARLY, *UNDER_WAY, HOLD, REJECTED, WITHDRAWN), BOOKED),
    Row(events.InterviewBooked, (OFFER, ACCEPTED), STAY),
    Row(events.InterviewMoved, (*EARLY, *UNDER_WAY, HOLD, REJECTED), BOOKED),
    Row(events.InterviewMoved, (OFFER, ACCEPTED), STAY),
    Row(events.InterviewCancelled, (*EARLY, *UNDER_WAY), SCHEDULING),
    Row(events.InterviewCancelled, (OFFER, HOLD, *OVER), STAY),
    Row(events.RoundCancelled, (BOOKED, OFFER, HOLD, *OVER), STAY),
    Row(events.InterviewHeld, (*EARLY, SCHEDULING, BOOKED, AWAITING), AWAITING),
    Row(events.InterviewHeld, (TASK, OFFER, HOLD, *OVER), STAY),
    Row(events.RoundHeld, (*EARLY, SCHEDULING, BOOKED, AWAITING), BOOKED),
    Row(events.RoundHeld, (TASK, OFFER, HOLD, *OVER), STAY),
    Row(events.AssessmentAsked, (*EARLY, SCHEDULING, AWAITING, TASK, HOLD, REJECTED), TASK),
    Row(events.AssessmentAsked, (BOOKED, OFFER), STAY),
    Row(events.AssessmentHandedIn, (*EARLY, TASK, SCHEDULING, AWAITING), AWAITING),
    Row(events.AssessmentHandedIn, (BOOKED, OFFER, HOLD, *OVER), STAY),
    Row(events.AnswerPromised, ALL, STAY),
    Row(events.SomethingAsked, (NEW, LEAD, APPLIED, TALKING, HOLD, REJECTED), TALKING),
    Row(events.SomethingAsked, (*UNDER_WAY, OFFER, ACCEPTED, WITHDRAWN), STAY),
    Row(events.FormAsked, (NEW, APPLIED), APPLIED),
    Row(events.FormAsked, (LEAD, TALKING, *UNDER_WAY, OFFER, HOLD, *OVER), STAY),
    Row(events.Supplied, (NEW, LEAD, TALKING, WITHDRAWN), TALKING),
    Row(events.Supplied, (APPLIED, *UNDER_WAY, OFFER, HOLD, ACCEPTED, REJECTED), STAY),
    Row(events.OfferMade, (*EARLY, *UNDER_WAY, OFFER, HOLD, REJECTED), OFFER),
    Row(events.OfferMade, (ACCEPTED,), STAY),
    Row(events.OfferAccepted, (*EARLY, *UNDER_WAY, OFFER, HOLD, ACCEPTED), ACCEPTED),
    Row(events.OfferQuestioned, (OFFER,), STAY),
    Row(events.Rejected, ALL, REJECTED),
    Row(events.PutOnHold, (*EARLY, *UNDER_WAY, OFFER, HOLD, REJECTED), HOLD),
    Row(events.Withdrew, (*EARLY, *UNDER_WAY, OFFER, HOLD, ACCEPTED, WITHDRAWN), WITHDRAWN),
    Row(events.Withdrew, (REJECTED,), STAY),
    Row(events.TheyWrote, (NEW, LEAD, APPLIED, TALKING), TALKING),
    Row(events.TheyWrote, (*UNDER_WAY, OFFER, HOLD, *OVER), STAY),
    Row(events.SystemWrote, (NEW, APPLIED), APPLIED),
    Row(events.SystemWrote, (LEAD, TALKING, *UNDER_WAY, OFFER, HOLD, *OVER), STAY),
    Row(events.IReplied, (NEW, LEAD, TALKING), TALKING),
    Row(events.IReplied, (APPLIED, *UNDER_WAY, OFFER, HOLD, *OVER), STAY),
    Row(events.INudged, (NEW,), APPLIED),
    Row(events.INudged, (LEAD,), TALKING),
    Row(events.INudged, (APPLIED, TALKING, *UNDER_WAY, OFFER, HOLD, REJECTED), STAY),
    Row(events.IThanked, (NEW, LEAD), TALKING),
    Row(events.IThanked, (APPLIED, TALKING, *UNDER_WAY, OFFER, HOLD, *OVER), STAY),
    Row(events.AutoReplied, ALL, STAY),
)


def _tabulate(rows: tuple[Row, ...]) -> Mapping[tuple[Stage | None, type[events.Happened]], Stage | None]:
    table: dict[tuple[Stage | None, type[events.Happened]], Stage | None] = {}
    for row in rows:
        for before in row.before:
            if (before, row.event) in table:
                raise ValueError(f"two rows for {row.event.__name__} in {before}")
            table[before, row.event] = row.after or before
    return MappingProxyType(table)


TABLE = _tabulate(ROWS)


def expects(stage: Stage | None, event: events.Event) -> bool:
    """Whether the table has a row for the event in that stage."""
    return (stage, type(event)) in TABLE


def follow(stage: Stage | None, event: events.Event) -> Stage | None:
    """The stage after the event; the same stage where the table does not expect it."""
    return TABLE.get((stage, type(event)), stage)


def draw() -> str:
    """The table as the page docs/states.md: a diagram of the moves and the rows in full."""
    return "\n".join((*_opening(), *_diagram(), *_full_table(), ""))


def _opening() -> list[str]:
    return [
        "# The life of an opportunity",
        "",
        "Drawn from the table in `watcher/opportunity/transitions.py` by `draw()`; a test checks that this page is",
        "current. An event that no row expects leaves the stage as it was and is noted as a surprise.",
        "",
    ]


def _diagram() -> list[str]:
    moves: dict[tuple[str, str], list[str]] = {}
    for (before, event), after in TABLE.items():
        if after and after is not before:
            moves.setdefault((_name(before), after.value), []).append(event.__name__)
    lines = [f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in sorted(moves.items())]
    return ["```mermaid", "stateDiagram-v2", *lines, "```", ""]


def _full_table() -> list[str]:
    lines = ["| event | what happened | in these stages | leads to |", "| --- | --- | --- | --- |"]
    for row in ROWS:
        story = " ".join((row.event.__doc__ or "").split())
        before = "any" if row.before == ALL else ", ".join(_name(stage) for stage in row.before)
        lines.append(f"| {row.event.__name__} | {story} | {before} | {row.after.value if row.after else 'the same'} |")
    return lines


def _name(stage: Stage | None) -> str:
    return stage.value if stage else "[*]"
