"""Which kind of follow-up is due or comes next, and when: the part of the policy that only counts days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from watcher.followup.model import FollowUpSettings, Kind, Override, PastDraft, Reason, Threshold
from watcher.opportunity.model import Interview, InterviewStatus, Opportunity, Stage, WaitingOn
from watcher.opportunity.words import SAID
from watcher.workdays import Workdays

USUAL_LENGTH = timedelta(hours=1)
SPACING = Threshold(working_days=5)
ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One opportunity at one instant, with everything that its follow-up is decided by."""

    opportunity: Opportunity
    now: datetime
    settings: FollowUpSettings
    workdays: Workdays
    past: Sequence[PastDraft] = ()

    def overrides(self) -> Iterator[Override]:
        """The user's own settings for this opportunity, then those for its company."""
        company = (self.opportunity.company or "").casefold()
        for name in (self.opportunity.id, *self.opportunity.aliases, company):
            for key, override in self.settings.overrides.items():
                if name and key.casefold() == name:
                    yield override

    def threshold(self, kind: Kind) -> Threshold:
        """How long a silence of this kind may last here."""
        own = (override.thresholds[kind] for override in self.overrides() if kind in override.thresholds)
        return next(own, self.settings.thresholds.get(kind, Threshold()))

    def attempts(self, kind: Kind) -> int:
        """How many letters of this kind one silence may get."""
        own = (override.attempts[kind] for override in self.overrides() if kind in override.attempts)
        return next(own, self.settings.attempts.get(kind, 1 if kind is Kind.THANK_YOU else ATTEMPTS))

    def is_off(self, kind: Kind) -> bool:
        """Whether the user wants no letters of this kind here."""
        return self.threshold(kind).off or self.attempts(kind) < 1

    def later(self, start: datetime, threshold: Threshold) -> datetime:
        """`start` and the threshold's length."""
        if threshold.working_days is not None:
            return self.workdays.after(start, threshold.working_days)
        return start + (threshold.span or timedelta())

    def last_held(self) -> Interview | None:
        """The latest interview that took place, as far as its time is known."""
        held = [each for each in self.opportunity.interviews if each.status is InterviewStatus.HELD and each.start]
        return held[-1] if held else None

    def next_ahead(self) -> Interview | None:
        """The last of the interviews that are booked."""
        ahead = [each for each in self.opportunity.interviews if each.status is InterviewStatus.BOOKED and each.start]
        return ahead[0] if ahead else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A kind of follow-up with the instant at which it is due."""

    kind: Kind
    due_at: datetime | None = None
    attempt: int = 0
    anchor: str = ""
    reasons: tuple[Reason, ...] = ()
    passed_over: tuple[Reason, ...] = ()


def plan(case: Case) -> Plan:
    """The follow-up that is due or comes next if nobody writes; the first clause that speaks decides."""
    passed: list[Reason] = []
    for clause in _CLAUSES:
        found = clause(case)
        if isinstance(found, Plan):
            return replace(found, passed_over=(*passed, *found.passed_over))
        if found is not None:
            passed.append(found)
    return _none("nothing_is_to_be_done", "There is nothing to follow up.")


def _none(clause: str, words: str) -> Plan:
    return Plan(Kind.NONE, reasons=(Reason(clause, words),))


Clause = Callable[[Case], Plan | Reason | None]


def it_is_over(case: Case) -> Plan | None:
    """Nothing follows the end."""
    if case.opportunity.over:
        return _none("it_is_over", f"It is over: {case.opportunity.stage.value}.")
    return None


def you_have_to_move(case: Case) -> Plan | None:
    """They asked something of the user: a reminder, no letter."""
    opportunity = case.opportunity
    if opportunity.waiting_on is not WaitingOn.YOU:
        return None
    threshold = case.threshold(Kind.REPLY_OWED)
    if threshold.off:
        return _none("the_kind_is_off", "Reminders of what you owe are switched off.")
    since = opportunity.owed_since or (
        opportunity.silence.since if opportunity.silence else opportunity.last_message_at
    )
    due = case.later(since, threshold)
    if case.now - due > case.settings.lapse:
        return _none("it_has_lapsed", "They asked something of you so long ago that it has lapsed.")
    what = opportunity.owed or "an answer"
    anchor = opportunity.silence.anchor if opportunity.silence else ""
    reason = Reason("you_have_to_move", f"It is your move: you owe {what}.")
    return Plan(Kind.REPLY_OWED, due, 1, anchor, (reason,))


def nobody_could_answer(case: Case) -> Plan | None:
    """There is no human to write to."""
    if case.opportunity.contact is None or not case.opportunity.contact.address:
        return _none("nobody_could_answer", "There is nobody to write to: only machines have written.")
    return None


def an_interview_lies_ahead(case: Case) -> Plan | None:
    """The thank-you comes next."""
    ahead = case.next_ahead()
    if case.opportunity.stage is not Stage.INTERVIEW_BOOKED:
        return None
    if ahead is None or ahead.start is None:
        return Plan(Kind.THANK_YOU, None, 1, "", (Reason("an_interview_lies_ahead", "An interview lies ahead."),))
    threshold = case.threshold(Kind.THANK_YOU)
    if case.is_off(Kind.THANK_YOU):
        return _after_the_interview_ahead(case, ahead)
    due = case.later(_end(ahead), threshold)
    reason = Reason("an_interview_lies_ahead", f"The interview is on {_in_words(_local(case, ahead.start))}.")
    return Plan(Kind.THANK_YOU, due, 1, ahead.key, (reason,))


def _after_the_interview_ahead(case: Case, ahead: Interview) -> Plan:
    threshold = case.threshold(Kind.AFTER_INTERVIEW)
    if case.is_off(Kind.AFTER_INTERVIEW):
        return _none("the_kind_is_off", "Letters after an interview are switched off.")
    reason = Reason("an_interview_lies_ahead", "An interview lies ahead, and thank-yous are switched off.")
    return Plan(Kind.AFTER_INTERVIEW, case.later(_end(ahead), threshold), 1, ahead.key, (reason,))


def the_interview_deserves_thanks(case: Case) -> Plan | Reason | None:
    """It has just taken place and the user has not written since."""
    held = case.last_held()
    if case.opportunity.stage is not Stage.AWAITING_DECISION or held is None or _handed_in_since(case, held):
        return None
    if case.opportunity.thanked:
        return Reason("you_have_written_since", "You have written since the interview.")
    threshold = case.threshold(Kind.THANK_YOU)
    if case.is_off(Kind.THANK_YOU):
        return Reason("thank_yous_are_off", "Thank-yous are switched off.")
    lapses = case.later(_end(held), case.settings.thank_you_lapses)
    if case.now >= lapses:
        return Reason("the_thank_you_has_lapsed", "It is too late for a thank-you.")
    if case.settings.not_before is not None and _end(held) < case.settings.not_before:
        return None
    due = case.later(_end(held), threshold)
    words = (
        f"The interview was on {_in_words(_local(case, held.start or held.end or case.now))}; no thanks were written."
    )
    return Plan(Kind.THANK_YOU, due, 1, held.key, (Reason("the_interview_deserves_thanks", words),))


def a_silence_lasts(case: Case) -> Plan | None:
    """They have to move: due when the threshold, or the day they named, has passed."""
    opportunity, silence = case.opportunity, case.opportunity.silence
    kind = _kind_of_silence(case)
    if silence is None or kind is None:
        return None
    if case.is_off(kind):
        return _none("the_kind_is_off", f"Letters of the kind {kind.value} are switched off.")
    if case.settings.not_before is not None and silence.since < case.settings.not_before:
        return _none("it_began_before_you_asked", "The silence is older than the day from which you asked for letters.")
    made = sorted((*(each.at for each in opportunity.nudges if not each.thank_you), *_sent(case, kind)))
    attempts = len(made)
    if attempts >= case.attempts(kind):
        return _none("the_attempts_are_spent", f"You have written {_times(attempts)} and they have not answered.")
    due, reasons, passed = _due(case, kind, made)
    if case.now - due > case.settings.lapse:
        return _none("it_has_lapsed", f"It fell due on {_in_words(_local(case, due))}, too long ago to write now.")
    return Plan(kind, due, attempts + 1, silence.anchor, reasons, passed)


def _due(case: Case, kind: Kind, made: Sequence[datetime]) -> tuple[datetime, tuple[Reason, ...], tuple[Reason, ...]]:
    """When the next letter of a silence is due, why, and what was passed over for it."""
    opportunity, silence = case.opportunity, case.opportunity.silence
    since = silence.since if silence else case.now
    if made:
        plain = case.later(made[-1], case.settings.spacing.get(kind, SPACING))
        spoke = Reason(
            "you_have_nudged", f"You wrote on {_in_words(_local(case, made[-1]))} and they have not answered."
        )
    else:
        plain = case.later(since, case.threshold(kind))
        spoke = Reason("the_silence_has_its_length", f"Nothing has come since {_in_words(_local(case, since))}.")
    named = opportunity.promised_by
    if named is None or named < _local(case, since):
        return plain, (spoke,), ()
    after = case.workdays.next_morning(named, case.settings.from_hour)
    if made and plain > after:
        return plain, (spoke,), ()
    reason = Reason("they_named_a_day", f"They said they would be back by {_in_words(named)}.")
    return after, (reason,), (spoke,)


def _kind_of_silence(case: Case) -> Kind | None:
    stage, held = case.opportunity.stage, case.last_held()
    if stage is Stage.AWAITING_DECISION:
        any_held = held or any(each.status is InterviewStatus.HELD for each in case.opportunity.interviews)
        told = case.opportunity.handed_in_at is None and any(e.rule == SAID for e in case.opportunity.stage_evidence)
        if (not any_held and not told) or (held and _handed_in_since(case, held)):
            return Kind.AFTER_ASSESSMENT
        return Kind.AFTER_INTERVIEW
    return {
        Stage.APPLIED: Kind.AFTER_APPLICATION,
        Stage.IN_CONVERSATION: Kind.AFTER_REPLY,
        Stage.SCHEDULING: Kind.AFTER_SCHEDULING,
        Stage.OFFER: Kind.AFTER_REPLY,
        Stage.ON_HOLD: Kind.AFTER_HOLD,
    }.get(stage)


def _handed_in_since(case: Case, held: Interview) -> bool:
    handed_in = case.opportunity.handed_in_at
    return handed_in is not None and handed_in > _end(held)


def _sent(case: Case, kind: Kind) -> list[datetime]:
    """Letters of ours that the user sent in this silence and that no message in Sent stands for."""
    silence = case.opportunity.silence
    seen = len([each for each in case.opportunity.nudges if not each.thank_you])
    sent = [each.at for each in case.past if each.state == "sent" and each.kind is kind]
    fresh = sorted(at for at in sent if silence is None or at > silence.since)
    return fresh[seen:]


def _end(interview: Interview) -> datetime:
    if interview.end is not None and interview.start is not None and interview.end > interview.start:
        return interview.end
    assert interview.start is not None
    return interview.start + USUAL_LENGTH


def _local(case: Case, instant: datetime) -> date:
    return instant.astimezone(case.workdays.zone).date()


def _in_words(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"


def _times(number: int) -> str:
    return {0: "not at all", 1: "once", 2: "twice"}.get(number, f"{number} times")


_CLAUSES: tuple[Clause, ...] = (
    it_is_over,
    you_have_to_move,
    nobody_could_answer,
    an_interview_lies_ahead,
    the_interview_deserves_thanks,
    a_silence_lasts,
)
