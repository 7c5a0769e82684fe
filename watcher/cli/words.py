"""Labels, days and spans of time as a person would say them in a table.

The labels of `watcher.explain.sentences` say the same at more length; they are not used here because `watcher status`
must not load the floors they belong to. A test holds the two together.
"""

from __future__ import annotations

from datetime import datetime, timedelta

OVER = frozenset({"accepted", "rejected", "withdrawn"})

STAGES = {
    "lead": "they wrote first",
    "applied": "applied",
    "in_conversation": "in conversation",
    "scheduling": "arranging an interview",
    "interview_booked": "interview booked",
    "awaiting_decision": "awaiting a decision",
    "assessment": "assessment to hand in",
    "offer": "offer on the table",
    "on_hold": "on hold",
    "accepted": "accepted",
    "rejected": "they said no",
    "withdrawn": "you withdrew",
}

MOVES = {"them": "they", "you": "you", "nobody": "nobody"}

KINDS = {
    "thank_you": "thank-you",
    "after_interview": "follow-up after the interview",
    "after_assessment": "follow-up on the assessment",
    "after_reply": "follow-up on your answer",
    "after_scheduling": "follow-up on the time",
    "after_application": "follow-up on the application",
    "after_hold": "word after the pause",
    "reply_owed": "your answer",
    "none": "nothing",
}

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

WEEKDAYS_IN_FULL = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_IN_FULL = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def when(text: str | None, now: datetime) -> str:
    """An instant of the JSON ("2026-03-17T14:00:00-04:00") as "Tue 17 Mar 14:00", with the year where it is another."""
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    return f"{day(at, now)} {at:%H:%M}"


def day(at: datetime, now: datetime) -> str:
    """The day of an instant: "Tue 17 Mar"."""
    year = f" {at.year}" if at.year != now.year else ""
    return f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]}{year}"


def lasting(since: str | None, now: datetime) -> str:
    """How long something has lasted: "5 hours", "3 days", "" where it has not begun."""
    if not since:
        return ""
    spent = now - datetime.fromisoformat(since)
    if spent < timedelta():
        return ""
    if spent < timedelta(hours=1):
        return "under an hour"
    if spent < timedelta(days=2):
        return counted(int(spent.total_seconds() // 3600), "hour")
    return counted(spent.days, "day")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 draft`, `3 drafts`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
