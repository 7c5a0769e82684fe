"""Decides on a follow-up: named clauses in their order, each saying what holds a due letter back, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from watcher.followup.model import (
    Decision,
    FollowUpSettings,
    Kind,
    PastDraft,
    PolicyContext,
    Reason,
    Status,
)
from watcher.followup.timing import Case, Plan, plan
from watcher.opportunity.model import Opportunity
from watcher.opportunity.words import SAID
from watcher.reading.model import Speaker
from watcher.workdays import Workdays

OPEN = frozenset({"intended", "placed", "pending", "edited"})
SETS_RIGHT = frozenset({"stage", "says", "interview", "join", "split"})
STATUS_OF = {"sent": Status.SENT, "discarded": Status.DISCARDED, "withdrawn": Status.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Held:
    """What a clause says: the letter stays unwritten, in this status, perhaps only until an instant."""

    status: Status
    words: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A plan whose letter may be written now, with all that may hold it back."""

    case: Case
    plan: Plan
    context: PolicyContext


def decide(
    opportunity: Opportunity,
    now: datetime,
    settings: FollowUpSettings,
    workdays: Workdays,
    past: Sequence[PastDraft] = (),
    context: PolicyContext | None = None,
) -> Decision:
    """What is to be done about `opportunity` at `now`. `past` are the drafts already made for it."""
    case = Case(opportunity, now, settings, workdays, past)
    found = plan(case)
    if found.kind is Kind.NONE:
        return _decision(found, Status.NONE, found.reasons)
    question = Question(case, found, context or PolicyContext())
    for clause in _ALWAYS:
        if held := clause(question):
            return _held(found, clause.__name__, held)
    waits = found.due_at is None or now < found.due_at
    if found.kind is Kind.REPLY_OWED:
        return _decision(found, Status.SCHEDULED if waits else Status.REMINDER, found.reasons)
    if held := it_was_made_before(question):
        return _held(found, "it_was_made_before", held)
    if waits:
        return _decision(found, Status.SCHEDULED, found.reasons)
    for clause in _WHEN_DUE:
        if held := clause(question):
            return _held(found, clause.__name__, held)
    return _hold_until_working_hours(question)


def _decision(
    found: Plan,
    status: Status,
    reasons: tuple[Reason, ...],
    not_before: datetime | None = None,
    *,
    act: bool = False,
) -> Decision:
    return Decision(
        kind=found.kind,
        status=status,
        attempt=found.attempt,
        due_at=found.due_at,
        not_before=not_before,
        act=act,
        anchor=found.anchor,
        reasons=reasons,
        passed_over=found.passed_over,
    )


def _held(found: Plan, clause: str, held: Held) -> Decision:
    reasons = (Reason(clause, held.words), *found.reasons)
    return _decision(found, held.status, reasons, held.until)


# --- what blocks whether due or not -----------------------------------------------------------------------------------


def it_is_muted(question: Question) -> Held | None:
    """The user wants no letters here."""
    return Held(Status.BLOCKED, "You muted it.") if question.case.opportunity.muted else None


def it_looks_forged(question: Question) -> Held | None:
    """Never write to a fraud."""
    why = question.case.opportunity.suspicious
    return Held(Status.BLOCKED, f"It looks forged: {why}.") if why else None


def it_is_meant_for_someone_else(question: Question) -> Held | None:
    """Their mail greets someone who is not the user."""
    if question.case.opportunity.misaddressed:
        return Held(Status.BLOCKED, "Their mail is addressed to someone else.")
    return None


_ALWAYS: tuple[Callable[[Question], Held | None], ...] = (
    it_is_muted,
    it_looks_forged,
    it_is_meant_for_someone_else,
)


# --- what was made before ---------------------------------------------------------------------------------------------


def it_was_made_before(question: Question) -> Held | None:
    """One letter for one silence, kind and attempt, whatever became of it; and none where an earlier one answers the
    same mail and nothing has come from them since, unless this one is later in kind or attempt."""
    for past in sorted(question.case.past, key=lambda each: each.at, reverse=True):
        if _same_letter(past, question) or _answers_the_same(past, question):
            return _as_it_stands(past)
        if past.state == "discarded" and past.kind is question.plan.kind and past.anchor == question.plan.anchor:
            return _as_it_stands(past)  # that kind has ended for this silence
    return None


def _same_letter(past: PastDraft, question: Question) -> bool:
    found = question.plan
    return (past.kind, past.attempt, past.anchor) == (found.kind, found.attempt, found.anchor)


def _answers_the_same(past: PastDraft, question: Question) -> bool:
    if question.plan.anchor.startswith(SAID) and past.anchor != question.plan.anchor:
        return False  # the user told of what ended the silence that this one was for
    if past.kind is not question.plan.kind and _was_set_right_since(past, question):
        return False
    known = set(past.answers)
    theirs = (
        statement.entry.id
        for statement in question.case.opportunity.statements
        if statement.entry.reading.speaker is not Speaker.ME and not statement.entry.binned
    )
    if not known or any(message_id not in known for message_id in theirs):
        return False
    return _order(past.kind, past.attempt) >= _order(question.plan.kind, question.plan.attempt)


def _was_set_right_since(past: PastDraft, question: Question) -> bool:
    """Whether the user has said since that things stand otherwise, so that another kind of letter is no second one."""
    words = question.case.opportunity.words
    return any(word.verb in SETS_RIGHT and word.said_at >= past.at for word in words)


def _order(kind: Kind, attempt: int) -> tuple[bool, int]:
    return kind is not Kind.THANK_YOU, attempt


def _as_it_stands(past: PastDraft) -> Held:
    day = f"{past.at:%A}, {past.at.day} {past.at:%B}"
    if past.state in OPEN:
        return Held(Status.DRAFTED, f"The letter has been in Drafts since {day}.")
    if past.state == "stale":
        return Held(Status.DRAFTED, f"The letter made on {day} is out of date, and still lies in Drafts.")
    if past.state == "sent":
        return Held(Status.SENT, f"The letter made on {day} was sent.")
    if past.state == "discarded":
        return Held(Status.DISCARDED, f"You threw away the letter made on {day}.")
    return Held(STATUS_OF.get(past.state, Status.WITHDRAWN), f"The letter made on {day} was taken back.")


# --- what holds a due letter back -------------------------------------------------------------------------------------


def it_is_snoozed(question: Question) -> Held | None:
    """The user wants none before a day."""
    until = question.case.opportunity.snoozed_until
    if until is not None and question.case.now < until:
        return Held(Status.BLOCKED, "You snoozed it.", _opening(question, until))
    return None


def drafting_is_paused(question: Question) -> Held | None:
    """The user wants no letters at all for a while."""
    until = question.context.paused_until
    if until is None or question.case.now >= until:
        return None
    endless = until.year >= 9999
    words = "You found work, so nothing is drafted any more." if question.context.hired else "You paused all drafting."
    return Held(Status.BLOCKED, words, None if endless else _opening(question, until))


def a_draft_of_your_own_is_there(question: Question) -> Held | None:
    """The user has begun a letter themselves."""
    if question.case.opportunity.own_draft:
        return Held(Status.BLOCKED, "A draft of your own lies in the thread.")
    return None


def an_edited_draft_is_there(question: Question) -> Held | None:
    """A letter of ours that the user has edited blocks the next kind."""
    if any(past.state == "edited" for past in question.case.past):
        return Held(Status.BLOCKED, "An earlier letter, which you edited, still lies in Drafts.")
    return None


def the_reading_is_unsure(question: Question) -> Held | None:
    """A wrong letter is worse than a missing one."""
    opportunity = question.case.opportunity
    if opportunity.unsure:
        return Held(Status.BLOCKED, f"Unsure: {opportunity.unsure}.")
    if opportunity.confidence < question.case.settings.least_confidence:
        return Held(Status.BLOCKED, "Unsure: the mail could be read in more than one way.")
    return None


def the_language_is_not_read(question: Question) -> Held | None:
    """There are no letters in that language."""
    language = question.case.opportunity.language
    if language not in question.context.languages:
        return Held(Status.BLOCKED, f'There are no letters in the language "{language}" yet.')
    return None


def an_account_was_not_fetched(question: Question) -> Held | None:
    """Their answer may lie where we could not look."""
    if not question.context.fetched:
        return Held(Status.BLOCKED, "An account that holds mail of it could not be fetched.")
    return None


def drafting_is_off(question: Question) -> Held | None:
    """The user only wants to be shown what is due."""
    if question.case.settings.drafting == "off":
        return Held(Status.DUE, "Drafting is switched off.")
    return None


def it_waits_for_your_word(question: Question) -> Held | None:
    """The user wants to be asked first, or no native reader has checked the letters."""
    settings, context, opportunity = question.case.settings, question.context, question.case.opportunity
    if _is_approved(question):
        return None
    how = f"`watcher preview {opportunity.id}` shows it, `watcher approve {opportunity.id}` writes it."
    if settings.drafting == "ask":
        return Held(Status.DUE, f"It waits for your yes. {how}")
    if not settings.drafting_set and opportunity.language in context.unchecked_languages:
        return Held(Status.DUE, f"Letters in this language wait for your yes. {how}")
    return None


def _is_approved(question: Question) -> bool:
    found, context = question.plan, question.context
    letter = (found.kind, found.attempt, found.anchor)
    return letter in context.approvals or question.case.opportunity.id in context.approved


_WHEN_DUE: tuple[Callable[[Question], Held | None], ...] = (
    drafting_is_paused,
    it_is_snoozed,
    a_draft_of_your_own_is_there,
    an_edited_draft_is_there,
    the_reading_is_unsure,
    the_language_is_not_read,
    an_account_was_not_fetched,
    drafting_is_off,
    it_waits_for_your_word,
)


# --- what puts it off for a while -------------------------------------------------------------------------------------


def _hold_until_working_hours(question: Question) -> Decision:
    """Write now, or say from when on: the latest of all that puts it off, moved into working hours."""
    found, now = question.plan, question.case.now
    delays = [(clause.__name__, delay) for clause in _DELAYS if (delay := clause(question))]
    if not delays:
        return _decision(found, Status.DUE, found.reasons, act=True)
    earliest = max(delay.until or now for _, delay in delays)
    reasons = tuple(Reason(clause, delay.words) for clause, delay in delays)
    return _decision(found, Status.DUE, (*reasons, *found.reasons), _opening(question, max(earliest, now)))


def they_are_away(question: Question) -> Held | None:
    """Their automatic answer names the day of their return."""
    back = question.case.opportunity.back_on
    zone = question.case.workdays.zone
    if back is None or question.case.now.astimezone(zone).date() >= back:
        return None
    morning = datetime.combine(back, time(question.case.settings.from_hour), zone)
    return Held(Status.DUE, f"They are away until {back:%A}, {back.day} {back:%B}.", morning)


def the_day_has_had_enough(question: Question) -> Held | None:
    """At most so many new letters a day."""
    case = question.case
    if question.context.made_today < case.settings.max_a_day:
        return None
    today = case.now.astimezone(case.workdays.zone).date()
    morning = case.workdays.next_morning(today, case.settings.from_hour)
    return Held(Status.DUE, f"{question.context.made_today} letters were made today already.", morning)


def the_same_person_has_one(question: Question) -> Held | None:
    """At most one letter to the same person in some working days."""
    last, case = question.context.to_same_person, question.case
    if last is None:
        return None
    until = case.workdays.after(last, case.settings.same_person)
    return Held(Status.DUE, "The same person has had a letter of yours lately.", until) if until > case.now else None


def it_is_outside_working_hours(question: Question) -> Held | None:
    """Nothing is written at night, at the weekend or on a holiday, but what the user has said yes to just then."""
    opening = _opening(question, question.case.now)
    if opening <= question.case.now or _is_approved(question):
        return None
    return Held(Status.DUE, "It is outside working hours.", opening)


_DELAYS: tuple[Callable[[Question], Held | None], ...] = (
    they_are_away,
    the_day_has_had_enough,
    the_same_person_has_one,
    it_is_outside_working_hours,
)


def _opening(question: Question, instant: datetime) -> datetime:
    """`instant`, or the next opening of working hours after it."""
    case = question.case
    local = instant.astimezone(case.workdays.zone)
    start, end = case.settings.from_hour, case.settings.to_hour
    today = local.date()
    if case.workdays.is_working(today):
        if start <= local.hour < end:
            return instant
        if local.hour < start:
            return datetime.combine(today, time(start), case.workdays.zone)
    return case.workdays.next_morning(today, start)
