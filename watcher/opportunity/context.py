"""What a message says once it is known what came before: picks, reminders, moves, and the user's own answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from watcher.opportunity import events
from watcher.opportunity.diary import Meeting
from watcher.opportunity.model import OVER, Entry, Stage, Statement
from watcher.opportunity.picks import Span, resolve
from watcher.opportunity.situation import Situation
from watcher.reading.model import Act, Ask, CalendarEvent, Evidence, Reading, Says, Speaker, TimeMention, TimeUse

CANCELS = frozenset({"CANCEL"})
ABOUT_INTERVIEWS = frozenset({Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED})
NO_PROMISE = frozenset({Says.AUTO_REPLY, Says.REJECTION, Says.OFFER, Says.OUTREACH})
WEIGHTY = frozenset(Says) - {Says.UPDATE, Says.SENT, Says.NOT_HIRING, Says.AUTO_REPLY, Says.INTERVIEW_CONFIRMED}
SMALL_TALK = 30  # words
SURE_ENOUGH = 0.75
COUNTS = 0.3  # a score from here on may well be what is meant
ANSWERS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})


@dataclass(frozen=True, slots=True)
class Telling:
    """What a message says in its context, and what happened by it."""

    says: Says
    events: tuple[events.Event, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def tell(entry: Entry, situation: Situation) -> Statement:
    """Read one message of theirs in its context and apply what it tells to the situation."""
    reading = entry.reading
    if reading.says is Says.AUTO_REPLY:
        telling = Telling(Says.AUTO_REPLY, (events.AutoReplied(entry.at, entry.id, reading.back_on),))
    else:
        telling = _by_calendar(entry, situation) or _TELLERS.get(reading.says, _update)(entry, situation)
    confidence = _confidence(entry, telling.says, situation)
    statement = Statement(entry, telling.says, confidence, (*telling.evidence, *reading.evidence))
    for event in (*telling.events, *_promise(entry, telling)):
        situation.apply(event, statement)
    return statement


def _confidence(entry: Entry, says: Says, situation: Situation) -> float:
    """How sure the meaning is in its context. A line or two in a known exchange that shows nothing else is small talk;
    a longer text of which nothing was understood stays doubtful, since it may be a no in fine words."""
    reading = entry.reading
    if says is not Says.UPDATE or situation.last is None:
        return reading.confidence
    other = max((score for what, score in reading.scores.items() if what in WEIGHTY), default=0.0)
    short = len(entry.new_text.split()) <= SMALL_TALK
    return max(reading.confidence, SURE_ENOUGH) if short and other < COUNTS else reading.confidence


def _promise(entry: Entry, telling: Telling) -> Iterable[events.Event]:
    named = entry.reading.named_day
    if named is not None and telling.says not in NO_PROMISE:
        yield events.AnswerPromised(entry.at, entry.id, named.day, named.evidence)


# --- invitations ------------------------------------------------------------------------------------------------------


def _by_calendar(entry: Entry, situation: Situation) -> Telling | None:
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
        return Telling(Says.INTERVIEW_RESCHEDULED, _moved(entry, situation))
    if Says.INTERVIEW_CONFIRMED in told:
        _hour_of_the_day(entry, situation)
        situation.agreed_by_them, situation.offers = True, ()
        booked = situation.diary.ahead(entry.at)
        start = booked[0].start if booked else invitations[0].start
        return Telling(Says.INTERVIEW_CONFIRMED, (events.InterviewBooked(entry.at, entry.id, start),))
    if Says.INTERVIEW_CANCELLED in told:
        return Telling(Says.INTERVIEW_CANCELLED, _cancelled(entry, situation))
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
            for span in _spans(entry, situation, TimeUse.STANDS, standing=meeting):
                if span.start.astimezone(situation.zone).date() == _local_day(meeting, situation):
                    meeting.start, meeting.end, meeting.all_day = span.start, span.end, False
                    return


def _local_day(meeting: Meeting, situation: Situation) -> object:
    return meeting.start.astimezone(situation.zone).date() if meeting.start else None


# --- words about an interview -----------------------------------------------------------------------------------------


def _spans(entry: Entry, situation: Situation, *uses: TimeUse, standing: Meeting | None = None) -> list[Span]:
    """The times of these uses that the message states, made whole by what is on offer or stands."""
    standing = standing or situation.diary.current(entry.at)
    found = (
        resolve(mention, situation.offers, standing, situation.zone)
        for mention in entry.reading.times
        if mention.use in uses
    )
    return [span for span in found if span is not None]


def _coming(spans: list[Span], entry: Entry) -> list[Span]:
    return [span for span in spans if span.start >= entry.at - timedelta(hours=1)]


def _confirmed(entry: Entry, situation: Situation) -> Telling:
    diary, current = situation.diary, situation.diary.current(entry.at)
    spans = _coming(_spans(entry, situation, TimeUse.STANDS), entry) or _only_time(entry, situation)
    if not spans:
        return _confirmed_without_a_time(entry, situation, current)
    if _is_a_choice(spans, entry, situation):
        return _scheduling(entry, situation)
    span = spans[0]
    if current is not None and _is_same(current, span, situation):
        repeated = situation.agreed_by_them and not situation.mine_last
        if repeated and current.source != entry.id:
            return _update(entry, situation)
        return _booked(entry, situation, current, Says.INTERVIEW_CONFIRMED)
    if current is not None and (current.start is None or _continues(entry, situation, current)):
        if current.uid and not current.all_day and _same_day(current, span, situation):
            return _update(entry, situation)  # the invitation stands
        moved = current.start is not None
        _move(current, span, entry, situation)
        if moved:
            return Telling(Says.INTERVIEW_RESCHEDULED, _moved(entry, situation))
        return _booked(entry, situation, current, Says.INTERVIEW_CONFIRMED)
    meeting = diary.book(span.start, span.end, entry.id, entry.at)
    for more in spans[1:3]:
        if more.start.astimezone(situation.zone).date() != span.start.astimezone(situation.zone).date():
            diary.book(more.start, more.end, entry.id, entry.at)
    return _booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED)


def _is_a_choice(spans: list[Span], entry: Entry, situation: Situation) -> bool:
    """Whether times that seem to stand are there to choose from: on several days, and an answer is asked for."""
    days = {span.start.astimezone(situation.zone).date() for span in spans}
    return len(days) > 1 and (len(spans) > 2 or bool(entry.reading.asks & {Ask.TIMES, Ask.ANSWER}))


def _confirmed_without_a_time(entry: Entry, situation: Situation, current: Meeting | None) -> Telling:
    if current is not None:
        if situation.mine_last and not situation.agreed_by_them and current.start:
            return _booked(entry, situation, current, Says.INTERVIEW_CONFIRMED)
        return _update(entry, situation)
    held = situation.diary.held(entry.at)
    if held and situation.stage is Stage.AWAITING_DECISION:
        return _update(entry, situation)
    meeting = situation.diary.book(None, None, entry.id, entry.at)
    return _booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED)


def _only_time(entry: Entry, situation: Situation) -> list[Span]:
    """The only time that a message names, though not as one that stands; else the only one that the user gave."""
    named = _coming(_spans(entry, situation, TimeUse.OFFERED, TimeUse.OTHER), entry)
    whole = [each for each in entry.reading.times if each.start and each.use in {TimeUse.OFFERED, TimeUse.OTHER}]
    if len(named) == 1 and len(whole) == 1:
        return named
    return _only_time_i_gave(situation, entry)


def _only_time_i_gave(situation: Situation, entry: Entry) -> list[Span]:
    """The time to which a bare yes of theirs agrees: the only one that the user gave."""
    if not situation.offers_are_mine or any(each.use is TimeUse.OFFERED for each in entry.reading.times):
        return []
    starts = [Span(each.start, each.end) for each in situation.offers if each.start]
    return _coming(starts, entry) if len(starts) == 1 else []


def _booked(entry: Entry, situation: Situation, meeting: Meeting, says: Says) -> Telling:
    situation.agreed_by_them, situation.offers = True, ()
    return Telling(says, (events.InterviewBooked(entry.at, entry.id, meeting.start, meeting.end),))


def _is_same(meeting: Meeting, span: Span, situation: Situation) -> bool:
    return meeting.start == span.start or bool(meeting.all_day and _same_day(meeting, span, situation))


def _same_day(meeting: Meeting, span: Span, situation: Situation) -> bool:
    return _local_day(meeting, situation) == span.start.astimezone(situation.zone).date()


def _continues(entry: Entry, situation: Situation, meeting: Meeting) -> bool:
    """Whether a message goes on with the talk in which the meeting was made to stand."""
    header = entry.header
    if _local_day(meeting, situation) is None:
        return True
    related = {header.in_reply_to, *header.references}
    return meeting.source in related or bool(situation.last and situation.last.id in related)


def _rescheduled(entry: Entry, situation: Situation) -> Telling:
    current = situation.diary.current(entry.at)
    spans = _new_times(entry, situation, current)
    if current is None:
        if spans:
            meeting = situation.diary.book(spans[0].start, spans[0].end, entry.id, entry.at)
            return _booked(entry, situation, meeting, Says.INTERVIEW_RESCHEDULED)
        return (
            Telling(Says.INTERVIEW_RESCHEDULED, (events.InterviewBooked(entry.at, entry.id),))
            if (situation.stage is None)
            else _update(entry, situation)
        )
    if not spans:
        situation.diary.cancel(current)
        situation.unpass(current)
        return Telling(Says.INTERVIEW_CANCELLED, _cancelled(entry, situation))
    if current.start != spans[0].start:
        _move(current, spans[0], entry, situation)
    return Telling(Says.INTERVIEW_RESCHEDULED, _moved(entry, situation))


def _new_times(entry: Entry, situation: Situation, current: Meeting | None) -> list[Span]:
    """The times to which an interview may have moved, the plainest first: never the one it has."""
    whole = {each.start for each in entry.reading.times}
    found = _coming(_spans(entry, situation, TimeUse.STANDS), entry)
    found.sort(key=lambda span: span.start not in whole)  # a time stated whole before one pieced together
    found += _coming(_spans(entry, situation, TimeUse.OTHER, TimeUse.OFFERED), entry)
    fresh = [span for span in found if current is None or span.start != current.start]
    if not fresh and found and current is not None:
        return found  # it repeats a move that is known
    return fresh or _only_time_i_gave(situation, entry)


def _move(meeting: Meeting, span: Span, entry: Entry, situation: Situation) -> None:
    situation.unpass(meeting)
    situation.diary.move(meeting, span.start, span.end, entry.id)


def _moved(entry: Entry, situation: Situation) -> tuple[events.Event, ...]:
    situation.agreed_by_them, situation.offers = True, ()
    current = situation.diary.current(entry.at)
    start, end = (current.start, current.end) if current else (None, None)
    return (events.InterviewMoved(entry.at, entry.id, start, end),)


def _called_off(entry: Entry, situation: Situation) -> Telling:
    spans = _coming(_spans(entry, situation, TimeUse.STANDS), entry)
    off = _spans(entry, situation, TimeUse.CANCELLED, TimeUse.MOVED_FROM)
    current = _named_by(off, situation, entry) or situation.diary.current(entry.at)
    if current is not None and spans and spans[0].start != current.start and _states_new_time(entry):
        _move(current, spans[0], entry, situation)
        return Telling(Says.INTERVIEW_RESCHEDULED, _moved(entry, situation))
    if current is not None:
        situation.diary.cancel(current)
        situation.unpass(current)
    return Telling(Says.INTERVIEW_CANCELLED, _cancelled(entry, situation))


def _states_new_time(entry: Entry) -> bool:
    return not entry.reading.asks & {Ask.TIMES, Ask.BOOKING}


def _named_by(spans: list[Span], situation: Situation, entry: Entry) -> Meeting | None:
    for span in spans:
        meeting = situation.diary.on(span.start.astimezone(situation.zone).date(), entry.at)
        if meeting is not None:
            return meeting
    return None


def _cancelled(entry: Entry, situation: Situation) -> tuple[events.Event, ...]:
    situation.agreed_by_them = False
    if situation.diary.ahead(entry.at):
        return (events.RoundCancelled(entry.at, entry.id),)
    asks = entry.reading.asks & {Ask.TIMES, Ask.BOOKING}
    off = events.InterviewCancelled(entry.at, entry.id)
    situation.offers, situation.offers_are_mine = _offered(entry.reading), False
    return (off, events.TimesAsked(entry.at, entry.id, asks)) if asks else (off,)


def _offered(reading: Reading) -> tuple[TimeMention, ...]:
    return tuple(each for each in reading.times if each.use in {TimeUse.OFFERED, TimeUse.STANDS})


# --- the other meanings -----------------------------------------------------------------------------------------------


def _scheduling(entry: Entry, situation: Situation) -> Telling:
    offers = _offered(entry.reading)
    if offers or not situation.offers_are_mine:
        situation.offers, situation.offers_are_mine = offers, False
    asks = entry.reading.asks & {Ask.TIMES, Ask.BOOKING} or frozenset({Ask.TIMES})
    return Telling(Says.SCHEDULING, (events.TimesAsked(entry.at, entry.id, asks),))


def _outreach(entry: Entry, situation: Situation) -> Telling:
    if situation.applied and situation.stage not in OVER:
        return _info_request(entry, situation)  # after an application it is a question, no approach
    return Telling(Says.OUTREACH, (events.Approached(entry.at, entry.id),))


def _info_request(entry: Entry, situation: Situation) -> Telling:
    asks = entry.reading.asks - {Ask.TASK, Ask.DECISION} or frozenset({Ask.ANSWER})
    if entry.reading.speaker is Speaker.ROBOT:
        return Telling(Says.INFO_REQUEST, (events.FormAsked(entry.at, entry.id, asks),))
    return Telling(Says.INFO_REQUEST, (events.SomethingAsked(entry.at, entry.id, asks),))


def _update(entry: Entry, situation: Situation) -> Telling:
    reading, current = entry.reading, situation.diary.current(entry.at)
    spans = _coming(_spans(entry, situation, TimeUse.STANDS), entry)
    if spans and current is None and situation.mine_last and situation.stage is Stage.SCHEDULING:
        meeting = situation.diary.book(spans[0].start, spans[0].end, entry.id, entry.at)
        return _booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED)
    if situation.stage is Stage.LEAD and reading.speaker is Speaker.HUMAN:
        return _outreach(entry, situation)  # they go on pitching to one who has not answered
    happened: list[events.Event] = []
    if spoken := _spoken_of(entry, situation):
        happened.append(spoken)
    if Ask.TASK in situation.debts and _receipt(reading):
        happened.append(events.AssessmentHandedIn(entry.at, entry.id))
    wrote = events.SystemWrote if reading.speaker is Speaker.ROBOT else events.TheyWrote
    return Telling(Says.UPDATE, (*happened, wrote(entry.at, entry.id)))


def _receipt(reading: Reading) -> bool:
    """Whether an update shows that the test was taken: a platform's receipt, or a person who has seen it."""
    if Act.HANDED_IN in reading.acts or any("receipt" in each.rule for each in reading.evidence):
        return True
    if reading.speaker is Speaker.ROBOT:
        return not reading.asks
    return reading.named_day is not None


def _spoken_of(entry: Entry, situation: Situation) -> events.Event | None:
    """An interview that the mail knows only from what is said of it afterwards."""
    past = [each for each in entry.reading.times if each.use is TimeUse.PAST]
    if not past and Act.SPOKE not in entry.reading.acts:
        return None
    if situation.diary.ahead(entry.at) or situation.stage in OVER:
        return None
    if Ask.TASK in situation.debts or situation.handed_in_at is not None:
        return None  # the day they speak of is the test's
    start = next((each.start for each in past if each.start and each.start <= entry.at), None)
    meeting = situation.diary.speak_of(start, entry.id, entry.at)
    if meeting is None:
        return None
    situation.passed.append(meeting)
    return events.InterviewHeld(meeting.over() or entry.at, entry.id)


def _acknowledged(entry: Entry, situation: Situation) -> Telling:
    return Telling(Says.APPLICATION_RECEIVED, (events.Acknowledged(entry.at, entry.id),))


def _assessment(entry: Entry, situation: Situation) -> Telling:
    return Telling(Says.ASSESSMENT, (events.AssessmentAsked(entry.at, entry.id),))


def _offer(entry: Entry, situation: Situation) -> Telling:
    spoken = _spoken_of(entry, situation)
    made = events.OfferMade(entry.at, entry.id)
    return Telling(Says.OFFER, (spoken, made) if spoken else (made,))


def _rejection(entry: Entry, situation: Situation) -> Telling:
    return Telling(Says.REJECTION, (events.Rejected(entry.at, entry.id),))


def _hold(entry: Entry, situation: Situation) -> Telling:
    return Telling(Says.ON_HOLD, (events.PutOnHold(entry.at, entry.id),))


_TELLERS: dict[Says, Callable[[Entry, Situation], Telling]] = {
    Says.APPLICATION_RECEIVED: _acknowledged,
    Says.OUTREACH: _outreach,
    Says.SCHEDULING: _scheduling,
    Says.INTERVIEW_CONFIRMED: _confirmed,
    Says.INTERVIEW_RESCHEDULED: _rescheduled,
    Says.INTERVIEW_CANCELLED: _called_off,
    Says.ASSESSMENT: _assessment,
    Says.INFO_REQUEST: _info_request,
    Says.OFFER: _offer,
    Says.REJECTION: _rejection,
    Says.ON_HOLD: _hold,
    Says.UPDATE: _update,
}
