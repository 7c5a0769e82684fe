"""The situation between two messages: what is known so far, and how each event changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.opportunity import events
from watcher.opportunity.diary import Diary, Meeting
from watcher.opportunity.model import OVER, Entry, Nudge, Silence, Stage, Statement, Surprise
from watcher.opportunity.transitions import expects, follow
from watcher.reading.model import Ask, Evidence, TimeMention

SUBSTANCE = (
    events.TimesAsked,
    events.InterviewBooked,
    events.InterviewMoved,
    events.InterviewCancelled,
    events.AssessmentAsked,
    events.OfferMade,
    events.OfferAccepted,
    events.Rejected,
    events.PutOnHold,
    events.Withdrew,
)
"""Events that answer a named day, and settle what was asked before."""

BEGINS_SILENCE = (
    events.Applied,
    events.Acknowledged,
    events.Approached,
    events.TimesAsked,
    events.TimesGiven,
    events.InterviewBooked,
    events.InterviewMoved,
    events.InterviewCancelled,
    events.InterviewHeld,
    events.AssessmentAsked,
    events.AssessmentHandedIn,
    events.SomethingAsked,
    events.FormAsked,
    events.Supplied,
    events.OfferMade,
    events.OfferQuestioned,
    events.PutOnHold,
    events.TheyWrote,
    events.SystemWrote,
)

SETTLED_BY: dict[type[events.Happened], frozenset[Ask]] = {
    events.TimesGiven: frozenset({Ask.TIMES, Ask.BOOKING, Ask.ANSWER}),
    events.Supplied: frozenset(set(Ask) - {Ask.TASK, Ask.DECISION}),
    events.AssessmentHandedIn: frozenset(set(Ask) - {Ask.DECISION}),
    events.OfferQuestioned: frozenset(Ask),
}
"""What the user owes no more after an event of theirs."""

ALWAYS_OWED: dict[type[events.Happened], frozenset[Ask]] = {
    events.Approached: frozenset({Ask.ANSWER}),
    events.AssessmentAsked: frozenset({Ask.TASK}),
    events.OfferMade: frozenset({Ask.DECISION}),
}


@dataclass(slots=True)
class Situation:
    """All that is known of one hiring at some point of its mail. The diary keeps the interviews; the rest is here."""

    zone: ZoneInfo
    diary: Diary
    stage: Stage | None = None
    stage_since: datetime | None = None
    stage_source: str = ""
    stage_evidence: tuple[Evidence, ...] = ()
    stage_confidence: float = 1.0
    debts: dict[Ask, datetime] = field(default_factory=dict)
    offers: Sequence[TimeMention] = ()
    offers_are_mine: bool = False
    agreed_by_them: bool = False
    applied: bool = False
    offered: bool = False  # an offer was made and not taken back
    mine_last: bool = False  # the newest message that is no automatic answer is the user's
    promise: events.AnswerPromised | None = None
    silence: Silence | None = None
    nudges: list[Nudge] = field(default_factory=list)
    last_mine_at: datetime | None = None
    handed_in_at: datetime | None = None
    surprises: list[Surprise] = field(default_factory=list)
    reopened: bool = False
    settled_at: datetime | None = None  # when the user last said where it stands
    passed: dict[int, Meeting] = field(default_factory=dict)  # by identity: two of one day are two
    statements: list[Statement] = field(default_factory=list)
    last: Entry | None = None

    def pass_time(self, until: datetime) -> None:
        """Let the interviews whose hour has come by `until` take place."""
        for meeting in self.diary.held(until):
            if id(meeting) in self.passed or meeting.start is None:
                continue
            self.note_passed(meeting)
            self.hold(meeting, until)

    def hold(self, meeting: Meeting, at: datetime) -> None:
        """Enter that a meeting took place."""
        when = meeting.over() or at
        if self.diary.ahead(at):
            self.apply(events.RoundHeld(when, meeting.source))
            return
        self.apply(events.InterviewHeld(when, meeting.source), anchor=meeting.key)
        if self.stage is Stage.AWAITING_DECISION and (self.debts.keys() & {Ask.TIMES, Ask.BOOKING}):
            self.stage = Stage.SCHEDULING  # the next round was being arranged already

    def note_passed(self, meeting: Meeting) -> None:
        """Enter that its taking place is accounted for."""
        self.passed[id(meeting)] = meeting

    def unpass(self, meeting: Meeting) -> None:
        """Forget that a meeting took place: it was moved or called off after its hour."""
        self.passed.pop(id(meeting), None)

    def apply(self, event: events.Event, statement: Statement | None = None, anchor: str = "") -> None:
        """Change what the event changes. Total: an event that the table does not expect is kept as a surprise."""
        if not expects(self.stage, event):
            if self.stage is not None:
                self.surprises.append(Surprise(event.source, self.stage, type(event).__name__))
        else:
            self._step(event, statement)
        self._settle(event)
        self._begin_silence(event, anchor)
        if isinstance(event, events.Applied):
            self.applied = True
        if isinstance(event, events.AssessmentHandedIn):
            self.handed_in_at = event.at
        if isinstance(event, events.OfferMade):
            self.offered = True
        if isinstance(event, events.Rejected | events.Withdrew):
            self.offered = False

    def force(self, stage: Stage, source: str, evidence: Evidence) -> None:
        """Set the stage by the user's own word; newer mail moves it on."""
        self.stage, self.stage_source, self.stage_evidence, self.stage_confidence = stage, source, (evidence,), 1.0
        self.debts.clear()
        if stage in OVER:
            self.promise = None

    def _step(self, event: events.Event, statement: Statement | None) -> None:
        after = follow(self.stage, event)
        if after is self.stage and not self._asserts(event):
            return
        if self.stage in OVER and after not in OVER:
            self.reopened = True
        if after is not self.stage:
            self.stage_since = event.at
        self.stage = after
        if statement is not None:
            self.stage_source = event.source
            self.stage_evidence = statement.evidence
            self.stage_confidence = statement.confidence

    def _asserts(self, event: events.Event) -> bool:
        """Whether the event says again what the stage is, so that the stage rests on it from now."""
        return isinstance(event, (*SUBSTANCE, events.Approached, events.AssessmentHandedIn))

    def _settle(self, event: events.Event) -> None:
        if isinstance(event, SUBSTANCE):
            self.promise = None
            self.debts.clear()
        for ask in SETTLED_BY.get(type(event), frozenset()):
            self.debts.pop(ask, None)
        owed = ALWAYS_OWED.get(type(event), frozenset())
        if isinstance(event, events.TimesAsked | events.SomethingAsked | events.FormAsked):
            owed = event.asks
        for ask in owed:
            self.debts.setdefault(ask, event.at)
        if isinstance(event, events.AnswerPromised):
            self.promise = event
            self.debts = {ask: at for ask, at in self.debts.items() if ask in {Ask.DECISION, Ask.TIMES, Ask.BOOKING}}

    def _begin_silence(self, event: events.Event, anchor: str) -> None:
        if isinstance(event, events.INudged | events.IThanked):
            thanks = isinstance(event, events.IThanked)
            self.nudges.append(Nudge(event.at, event.source, thank_you=thanks))
            return
        begins = isinstance(event, BEGINS_SILENCE)
        if isinstance(event, events.IReplied):
            begins = self.stage in {Stage.LEAD, Stage.IN_CONVERSATION}
        if begins and (self.silence is None or event.at >= self.silence.since):
            self.silence = Silence(event.at, anchor or event.source)
            self.nudges = [each for each in self.nudges if each.at > event.at]
