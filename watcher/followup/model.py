"""What may be done about a silence: kinds, thresholds, and the decision with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of follow-up, and `reply_owed`, a reminder that the user has to move."""

    THANK_YOU = "thank_you"
    AFTER_INTERVIEW = "after_interview"
    AFTER_ASSESSMENT = "after_assessment"
    AFTER_REPLY = "after_reply"
    AFTER_SCHEDULING = "after_scheduling"
    AFTER_APPLICATION = "after_application"
    AFTER_HOLD = "after_hold"
    REPLY_OWED = "reply_owed"
    NONE = "none"


class Status(StrEnum):
    """Where a follow-up stands (PRODUCT.md, `follow_up.status`)."""

    NONE = "none"
    SCHEDULED = "scheduled"
    DUE = "due"
    DRAFTED = "drafted"
    SENT = "sent"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    REMINDER = "reminder"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Threshold:
    """How long a silence may last: working days, or a plain span of time (never both); off where neither."""

    working_days: int | None = None
    span: timedelta | None = None

    @property
    def off(self) -> bool:
        return self.working_days is None and self.span is None


def _days(number: int) -> Threshold:
    return Threshold(working_days=number)


DEFAULT_THRESHOLDS: Mapping[Kind, Threshold] = {
    Kind.THANK_YOU: Threshold(span=timedelta(hours=2)),
    Kind.AFTER_INTERVIEW: _days(5),
    Kind.AFTER_ASSESSMENT: _days(5),
    Kind.AFTER_REPLY: _days(4),
    Kind.AFTER_SCHEDULING: _days(3),
    Kind.AFTER_APPLICATION: _days(7),
    Kind.AFTER_HOLD: _days(20),
    Kind.REPLY_OWED: _days(2),
}


@dataclass(frozen=True, slots=True)
class Override:
    """Thresholds for one company or one opportunity (matched by id or by company name, case folded)."""

    thresholds: Mapping[Kind, Threshold] = field(default_factory=dict)
    attempts: Mapping[Kind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowUpSettings:
    """Everything of the config that decides when a follow-up is due and whether it may be drafted."""

    thresholds: Mapping[Kind, Threshold] = field(default_factory=lambda: dict(DEFAULT_THRESHOLDS))
    attempts: Mapping[Kind, int] = field(default_factory=dict)  # 2 where not set, thank_you 1
    spacing: Mapping[Kind, Threshold] = field(default_factory=dict)  # 5 working days where not set
    thank_you_lapses: Threshold = field(default_factory=lambda: _days(2))
    lapse: timedelta = timedelta(days=30)
    not_before: datetime | None = None
    drafting: str = "auto"  # auto, ask, off
    drafting_set: bool = False  # whether the config says so; if not, an unchecked language asks
    max_a_day: int = 5
    same_person: int = 3  # working days between drafts to one person
    from_hour: int = 7
    to_hour: int = 21
    least_confidence: float = 0.6
    overrides: Mapping[str, Override] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One clause of the policy that spoke (or was passed over): its name and a sentence for the user."""

    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one opportunity now.

    `kind` is what is due or comes next; `due_at` when its threshold passes; `not_before` the instant before which it
    may not be drafted although due (hours, return date, cap, same person). `act` is true where a draft is to be written
    in this pass. `anchor` names the event the silence began with. `reasons` are in the order in which the clauses
    spoke; the first is the one to show.
    """

    kind: Kind
    status: Status
    attempt: int = 0
    due_at: datetime | None = None
    not_before: datetime | None = None
    act: bool = False
    anchor: str = ""
    reasons: tuple[Reason, ...] = ()
    passed_over: tuple[Reason, ...] = ()

    @property
    def reason(self) -> str:
        return self.reasons[0].words if self.reasons else ""


@dataclass(frozen=True, slots=True)
class PastDraft:
    """A draft that was made before, as far as the policy must know it.

    `state` is a value of the draft floor's PlacementState. `at` is when it was made, `answers` are the Message-IDs of
    the opportunity that were known then.
    """

    opportunity: str
    kind: Kind
    attempt: int
    anchor: str
    state: str
    to: str
    at: datetime
    answers: tuple[str, ...] = ()


LetterName = tuple[Kind, int, str]
"""Which letter to an opportunity: kind, attempt and anchor."""


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """What a decision must know beyond the opportunity itself.

    `paused_until` is the user's pause (`datetime.max` for one without an end). `made_today` counts the new drafts of
    the user's day. `to_same_person` is when the last draft to the contact was made, for whatever opportunity.
    `native` says whether a native reader has checked the letters of the opportunity's language; `languages` are those
    with letters. `fetched` is false where an account that holds mail of the opportunity was not fetched.
    """

    paused_until: datetime | None = None
    made_today: int = 0
    to_same_person: datetime | None = None
    languages: frozenset[str] = frozenset({"en"})
    unchecked_languages: frozenset[str] = frozenset({"de"})
    fetched: bool = True
    approved: frozenset[str] = frozenset()  # ids of opportunities whose letter the user has approved
    approvals: frozenset[LetterName] = frozenset()  # the single letters of this opportunity that the user has approved
    hired: bool = False  # the user has found work, which is why drafting is paused
