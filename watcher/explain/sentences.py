"""Labels, stages and follow-ups as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.followup.model import Kind
from watcher.opportunity.model import Stage, WaitingOn
from watcher.reading.model import Says

SAYS: Mapping[Says, str] = {
    Says.APPLICATION_RECEIVED: "they have your application",
    Says.OUTREACH: "they write about a job",
    Says.SCHEDULING: "a time for an interview is being found",
    Says.INTERVIEW_CONFIRMED: "an interview stands",
    Says.INTERVIEW_RESCHEDULED: "the interview has moved",
    Says.INTERVIEW_CANCELLED: "the interview is off",
    Says.ASSESSMENT: "they ask for a task or test",
    Says.INFO_REQUEST: "they ask you for something",
    Says.OFFER: "they offer you the job",
    Says.REJECTION: "they say no",
    Says.ON_HOLD: "the process is paused",
    Says.UPDATE: "other news from their side",
    Says.AUTO_REPLY: "an automatic answer",
    Says.SENT: "you wrote",
    Says.NOT_HIRING: "not about a job of yours",
}

STAGES: Mapping[Stage, str] = {
    Stage.LEAD: "they wrote first",
    Stage.APPLIED: "applied",
    Stage.IN_CONVERSATION: "in conversation",
    Stage.SCHEDULING: "arranging an interview",
    Stage.INTERVIEW_BOOKED: "interview booked",
    Stage.AWAITING_DECISION: "awaiting a decision",
    Stage.ASSESSMENT: "assessment to hand in",
    Stage.OFFER: "offer on the table",
    Stage.ON_HOLD: "on hold",
    Stage.ACCEPTED: "accepted",
    Stage.REJECTED: "they said no",
    Stage.WITHDRAWN: "you withdrew",
}

WAITING: Mapping[WaitingOn, str] = {WaitingOn.THEM: "them", WaitingOn.YOU: "you", WaitingOn.NOBODY: "nobody"}

KINDS: Mapping[Kind, str] = {
    Kind.THANK_YOU: "a thank-you",
    Kind.AFTER_INTERVIEW: "a follow-up after the interview",
    Kind.AFTER_ASSESSMENT: "a follow-up on the assessment",
    Kind.AFTER_REPLY: "a follow-up on your answer",
    Kind.AFTER_SCHEDULING: "a follow-up on the time",
    Kind.AFTER_APPLICATION: "a follow-up on the application",
    Kind.AFTER_HOLD: "a word after the pause",
    Kind.REPLY_OWED: "an answer from you",
    Kind.NONE: "nothing",
}


def count(number: int, one: str, many: str = "") -> str:
    """`1 draft`, `3 drafts`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
