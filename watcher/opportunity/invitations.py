"""What calendar parts say in context (RFC 5546): the highest sequence stands, only the organiser changes it."""

from __future__ import annotations

from watcher.opportunity import events
from watcher.opportunity.appointments import Telling, cancelled, local_day, moved, spans_of
from watcher.opportunity.diary import Meeting
from watcher.opportunity.model import Entry
from watcher.opportunity.situation import Situation
from watcher.reading.model import CalendarEvent, Says, TimeUse

CANCELS = frozenset({"CANCEL"})
ABOUT_INTERVIEWS = frozenset({Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED})
ANSWERS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})


def by_calendar(entry: Entry, situation: Situation) -> Telling | None:
    """What the calendar parts say; None where there are none, or where the words decide more than they do."""
    reading = entry.reading
    invitations = [each for each in reading.events if each.method not in ANSWERS]
    if not invitations or reading.says in {Says.REJECTION, Says.ON_HOLD, Says.OFFER}:
        for each in invitations:
            if _cancels(each):
                situation.diary.uninvite(each)
        return None
    before = situation.diary.current(entry.at)
    changes = [_enter(each, entry, situation) for each in invitations]
    told = [change for change in changes if change is not None]
    if not told:  # out of date, or not theirs to change
        wrote = events.TheyWrote(entry.at, entry.id)
        return Telling(reading.says if reading.says in ABOUT_INTERVIEWS else Says.UPDATE, (wrote,))
    if Says.INTERVIEW_RESCHEDULED in told or (reading.says is Says.INTERVIEW_RESCHEDULED and _replaces(before, told)):
        _drop_replaced(before, invitations, entry, situation)
        return Telling(Says.INTERVIEW_RESCHEDULED, moved(entry, situation))
    if Says.INTERVIEW_CONFIRMED in told:
        _hour_of_the_day(entry, situation)
        situation.agreed_by_them, situation.offers = True, ()
        booked = situation.diary.ahead(entry.at)
        start = booked[0].start if booked else invitations[0].start
        return Telling(Says.INTERVIEW_CONFIRMED, (events.InterviewBooked(entry.at, entry.id, start),))
    if Says.INTERVIEW_CANCELLED in told:
        return Telling(Says.INTERVIEW_CANCELLED, cancelled(entry, situation))
    return Telling(Says.UPDATE if reading.says is not Says.INTERVIEW_CONFIRMED else reading.says)


def _cancels(event: CalendarEvent) -> bool:
    return event.method in CANCELS or event.status == "CANCELLED"


def _enter(event: CalendarEvent, entry: Entry, situation: Situation) -> Says | None:
    """Enter one calendar event and say what that was; None where it counts for nothing."""
    diary = situation.diary
    if _cancels(event):
        meeting = diary.uninvite(event)
        if meeting is not None:
            situation.unpass(meeting)
            return Says.INTERVIEW_CANCELLED
        return None
    known = diary.by_uid(event.uid)
    old = (known.start, known.cancelled) if known else None
    names = tuple(each.name for each in event.attendees if each.name)
    meeting = diary.invite(event, entry.id, names)
    if meeting is None:
        return None
    if old is None:
        return Says.INTERVIEW_CONFIRMED
    if old[0] != meeting.start:
        situation.unpass(meeting)
        return Says.INTERVIEW_CONFIRMED if old[1] else Says.INTERVIEW_RESCHEDULED
    return Says.UPDATE if not old[1] else Says.INTERVIEW_CONFIRMED


def _replaces(before: Meeting | None, told: list[Says]) -> bool:
    return before is not None and Says.INTERVIEW_CONFIRMED in told


def _drop_replaced(before: Meeting | None, new: list[CalendarEvent], entry: Entry, situation: Situation) -> None:
    """Where words say "moved" and a new invitation carries the new time, the old entry is the same interview."""
    if before is None or entry.reading.says is not Says.INTERVIEW_RESCHEDULED:
        return
    if before.uid not in {event.uid for event in new} and before.source != entry.id:
        situation.unpass(before)
        situation.diary.forget(before)


def _hour_of_the_day(entry: Entry, situation: Situation) -> None:
    """An all-day event whose hour stands in the words of the same message."""
    for meeting in situation.diary.ahead(entry.at):
        if meeting.all_day and meeting.source == entry.id:
            for span in spans_of(entry, situation, TimeUse.STANDS, standing=meeting):
                if span.start.astimezone(situation.zone).date() == local_day(meeting, situation):
                    meeting.start, meeting.end, meeting.all_day = span.start, span.end, False
                    return
