"""What a message says once it is known what came before: picks, reminders, moves, and the user's own answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from watcher.opportunity import events
from watcher.opportunity.appointments import (
    Telling,
    agreed_to_mine,
    booked,
    called_off,
    coming,
    confirmed,
    rescheduled,
    scheduling,
    spans_of,
)
from watcher.opportunity.invitations import by_calendar
from watcher.opportunity.model import OVER, Entry, Stage, Statement
from watcher.opportunity.situation import Situation
from watcher.opportunity.words import is_said
from watcher.reading.model import Act, Ask, Reading, Says, Speaker, TimeUse

NO_PROMISE = frozenset({Says.AUTO_REPLY, Says.REJECTION, Says.OFFER, Says.OUTREACH})
WEIGHTY = frozenset(Says) - {Says.UPDATE, Says.SENT, Says.NOT_HIRING, Says.AUTO_REPLY, Says.INTERVIEW_CONFIRMED}
WEIGHTY -= {Says.APPLICATION_RECEIVED, Says.OUTREACH}
UNDER_WAY = frozenset({Stage.IN_CONVERSATION, Stage.SCHEDULING, Stage.AWAITING_DECISION, Stage.ASSESSMENT})
SMALL_TALK = 40  # words
FEW_WORDS = 14  # of a text in which nothing at all was understood
SURE_ENOUGH = 0.75
CLOSE_TO = 0.9  # of the other score
COUNTS = 0.3  # a score from here on may well be what is meant


def tell(entry: Entry, situation: Situation) -> Statement:
    """Read one message of theirs in its context and apply what it tells to the situation."""
    reading = entry.reading
    if reading.says is Says.AUTO_REPLY:
        telling = Telling(Says.AUTO_REPLY, (events.AutoReplied(entry.at, entry.id, reading.back_on),))
    else:
        telling = by_calendar(entry, situation) or _by_words(entry, situation)
    if is_said(entry) and telling.says is not reading.says:
        telling = Telling(reading.says, _as_said(entry, reading.says))
    confidence = _confidence(entry, telling.says, situation)
    statement = Statement(entry, telling.says, confidence, (*telling.evidence, *reading.evidence))
    for event in (*telling.events, *_promise(entry, telling)):
        situation.apply(event, statement)
    return statement


def _as_said(entry: Entry, says: Says) -> tuple[events.Event, ...]:
    """What happened by a message of which the user says what it says, though its words tell something else."""
    kinds: Mapping[Says, Callable[[datetime, str], events.Event]] = {
        Says.APPLICATION_RECEIVED: events.Acknowledged,
        Says.OUTREACH: events.Approached,
        Says.SCHEDULING: events.TimesAsked,
        Says.INTERVIEW_CONFIRMED: events.InterviewBooked,
        Says.INTERVIEW_RESCHEDULED: events.InterviewMoved,
        Says.INTERVIEW_CANCELLED: events.InterviewCancelled,
        Says.AUTO_REPLY: events.AutoReplied,
    }
    return (kinds.get(says, events.TheyWrote)(entry.at, entry.id),)


def _by_words(entry: Entry, situation: Situation) -> Telling:
    teller = _TELLERS.get(_rather(entry, situation))
    return (teller(entry, situation) if teller else None) or _update(entry, situation)


def _rather(entry: Entry, situation: Situation) -> Says:
    """The meaning, or one that is as well supported and fits better: a first letter is rather an approach than a no,
    and a letter that states an interview to come rather an invitation."""
    reading = entry.reading
    if reading.says is Says.SCHEDULING and _states_one_time(entry, situation):
        return Says.INTERVIEW_CONFIRMED
    if reading.says is Says.INTERVIEW_CONFIRMED and _leaves_a_choice(entry):
        return Says.SCHEDULING
    if reading.says is not Says.REJECTION:
        return reading.says
    if situation.stage is Stage.WITHDRAWN:
        return Says.UPDATE  # they answer the user's own no with regret
    no = reading.scores.get(Says.REJECTION, 0.0)
    stated = reading.scores.get(Says.INTERVIEW_CONFIRMED, 0.0)
    if stated >= no > 0.0 and coming(spans_of(entry, situation, TimeUse.STANDS), entry):
        return Says.INTERVIEW_CONFIRMED
    if situation.stage is None and reading.scores.get(Says.OUTREACH, 0.0) >= CLOSE_TO * no > 0.0:
        return Says.OUTREACH
    return reading.says


def _leaves_a_choice(entry: Entry) -> bool:
    """Whether several times are offered and none stands: "for the interview I can offer Thursday or Friday"."""
    uses = [each.use for each in entry.reading.times if each.start]
    return uses.count(TimeUse.OFFERED) > 1 and TimeUse.STANDS not in uses and not entry.reading.events


def _states_one_time(entry: Entry, situation: Situation) -> bool:
    """Whether what sounds like an invitation to find a time states one ("we invite you to an interview on Monday the
    22nd at ten")."""
    reading = entry.reading
    stated = reading.scores.get(Says.INTERVIEW_CONFIRMED, 0.0) >= reading.scores.get(Says.SCHEDULING, 0.0) > 0.0
    if not stated or reading.booking_links or any(each.use is TimeUse.OFFERED for each in reading.times):
        return False
    return len(coming(spans_of(entry, situation, TimeUse.STANDS), entry)) == 1


def _confidence(entry: Entry, says: Says, situation: Situation) -> float:
    """How sure the meaning is in its context. A line or two in a known exchange that shows nothing else is small talk;
    a longer text of which nothing was understood stays doubtful, since it may be a no in fine words."""
    reading = entry.reading
    if says is not Says.UPDATE or situation.last is None:
        return reading.confidence
    other = max((score for what, score in reading.scores.items() if what in WEIGHTY), default=0.0)
    short = len(entry.new_text.split()) <= (SMALL_TALK if reading.scores else FEW_WORDS)
    return max(reading.confidence, SURE_ENOUGH) if short and other < COUNTS else reading.confidence


def _promise(entry: Entry, telling: Telling) -> Iterable[events.Event]:
    named = entry.reading.named_day
    if named is not None and telling.says not in NO_PROMISE:
        yield events.AnswerPromised(entry.at, entry.id, named.day, named.evidence)


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
    spans = coming(spans_of(entry, situation, TimeUse.STANDS), entry)
    if spans and current is None and situation.mine_last and situation.stage is Stage.SCHEDULING:
        meeting = situation.diary.book(spans[0].start, spans[0].end, entry.id, entry.at)
        return booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED)
    if agreed := agreed_to_mine(entry, situation):
        return agreed
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
    situation.note_passed(meeting)
    return events.InterviewHeld(meeting.over() or entry.at, entry.id)


def _acknowledged(entry: Entry, situation: Situation) -> Telling:
    if entry.reading.speaker is Speaker.HUMAN and situation.stage in UNDER_WAY and situation.mine_last:
        return _update(entry, situation)  # what they have received there is no application
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


_TELLERS: dict[Says, Callable[[Entry, Situation], Telling | None]] = {
    Says.APPLICATION_RECEIVED: _acknowledged,
    Says.OUTREACH: _outreach,
    Says.SCHEDULING: scheduling,
    Says.INTERVIEW_CONFIRMED: confirmed,
    Says.INTERVIEW_RESCHEDULED: rescheduled,
    Says.INTERVIEW_CANCELLED: called_off,
    Says.ASSESSMENT: _assessment,
    Says.INFO_REQUEST: _info_request,
    Says.OFFER: _offer,
    Says.REJECTION: _rejection,
    Says.ON_HOLD: _hold,
}
