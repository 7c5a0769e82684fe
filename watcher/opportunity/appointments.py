"""What words say about an interview: that it stands, moves or is off, at times made whole by what came before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from watcher.opportunity import events
from watcher.opportunity.diary import Meeting
from watcher.opportunity.model import Entry, Stage
from watcher.opportunity.picks import Span, resolve
from watcher.opportunity.situation import Situation
from watcher.reading.model import Act, Ask, Evidence, Reading, Says, TimeMention, TimeUse


@dataclass(frozen=True, slots=True)
class Telling:
    """What a message says in its context, and what happened by it."""

    says: Says
    events: tuple[events.Event, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def spans_of(entry: Entry, situation: Situation, *uses: TimeUse, standing: Meeting | None = None) -> list[Span]:
    """The times of these uses that the message states, made whole by what is on offer or stands."""
    standing = standing or situation.diary.current(entry.at)
    found = (
        resolve(mention, situation.offers, standing, situation.zone)
        for mention in entry.reading.times
        if mention.use in uses
    )
    return [span for span in found if span is not None]


def coming(spans: list[Span], entry: Entry) -> list[Span]:
    """Those that had not passed when the message was written."""
    return [span for span in spans if span.start >= entry.at - timedelta(hours=1)]


def confirmed(entry: Entry, situation: Situation) -> Telling | None:
    """A message that says an interview stands; None where it says nothing new of it."""
    diary, current = situation.diary, situation.diary.current(entry.at)
    spans = coming(spans_of(entry, situation, TimeUse.STANDS), entry) or _only_time(entry, situation)
    if not spans:
        return _confirmed_without_a_time(entry, situation, current)
    if _is_a_choice(spans, entry, situation):
        return scheduling(entry, situation)
    span = spans[0]
    if current is not None and _is_same(current, span, situation):
        repeated = situation.agreed_by_them and not situation.mine_last
        if repeated and current.source != entry.id:
            return None
        return booked(entry, situation, current, Says.INTERVIEW_CONFIRMED)
    if current is not None and (current.start is None or _continues(entry, situation, current)):
        if current.uid and not current.all_day and _same_day(current, span, situation):
            return None  # the invitation stands
        had_a_time = current.start is not None
        _move(current, span, entry, situation)
        if had_a_time:
            return Telling(Says.INTERVIEW_RESCHEDULED, moved(entry, situation))
        return booked(entry, situation, current, Says.INTERVIEW_CONFIRMED)
    meeting = diary.book(span.start, span.end, entry.id, entry.at)
    for more in spans[1:3]:
        if more.start.astimezone(situation.zone).date() != span.start.astimezone(situation.zone).date():
            diary.book(more.start, more.end, entry.id, entry.at)
    return booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED)


def _is_a_choice(spans: list[Span], entry: Entry, situation: Situation) -> bool:
    """Whether times that seem to stand are there to choose from: on several days, and an answer is asked for."""
    days = {span.start.astimezone(situation.zone).date() for span in spans}
    return len(days) > 1 and (len(spans) > 2 or bool(entry.reading.asks & {Ask.TIMES, Ask.ANSWER}))


def _confirmed_without_a_time(entry: Entry, situation: Situation, current: Meeting | None) -> Telling | None:
    if current is not None:
        if situation.mine_last and not situation.agreed_by_them and current.start:
            return booked(entry, situation, current, Says.INTERVIEW_CONFIRMED)
        return None
    held = situation.diary.held(entry.at)
    if held and situation.stage is Stage.AWAITING_DECISION:
        return None
    meeting = situation.diary.book(None, None, entry.id, entry.at)
    return booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED)


def _only_time(entry: Entry, situation: Situation) -> list[Span]:
    """The only time that a message names, though not as one that stands; else the only one that the user gave."""
    named = coming(spans_of(entry, situation, TimeUse.OFFERED, TimeUse.OTHER), entry)
    whole = [each for each in entry.reading.times if each.start and each.use in {TimeUse.OFFERED, TimeUse.OTHER}]
    if len(named) == 1 and len(whole) == 1:
        return named
    return _only_time_i_gave(situation, entry)


def _only_time_i_gave(situation: Situation, entry: Entry) -> list[Span]:
    """The time to which a bare yes of theirs agrees: the only one that the user gave."""
    if not situation.offers_are_mine or any(each.use is TimeUse.OFFERED for each in entry.reading.times):
        return []
    starts = [Span(each.start, each.end) for each in situation.offers if each.start]
    return coming(starts, entry) if len(starts) == 1 else []


def agreed_to_mine(entry: Entry, situation: Situation) -> Telling | None:
    """A few friendly words on the only time that the user gave make it stand: "perfect, talk then" is applause, "no
    bother, Tuesday so" states the time again."""
    reading = entry.reading
    if not (situation.mine_last and situation.offers_are_mine and Act.PICKED_TIME in reading.acts) or reading.asks:
        return None
    given = coming([span for each in situation.offers if (span := _whole(each, situation, entry))], entry)
    said = [each for each in reading.times if each.use in {TimeUse.STANDS, TimeUse.OTHER}]
    spans = {span.start: span for each in said if (span := resolve(each, situation.offers, None, situation.zone))}
    if len(spans) > 1 or (len(given) != 1 and not spans):
        return None
    span = next(iter(spans.values()), given[0] if given else None)
    if span is None or not coming([span], entry):
        return None
    current = situation.diary.current(entry.at)
    if current is not None:
        _move(current, span, entry, situation)
    meeting = current or situation.diary.book(span.start, span.end, entry.id, entry.at)
    return booked(entry, situation, meeting, Says.INTERVIEW_CONFIRMED if said else Says.UPDATE)


def _whole(offer: TimeMention, situation: Situation, entry: Entry) -> Span | None:
    return resolve(offer, (), situation.diary.current(entry.at), situation.zone)


def booked(entry: Entry, situation: Situation, meeting: Meeting, says: Says) -> Telling:
    """The telling that `meeting` stands from their side."""
    situation.agreed_by_them, situation.offers = True, ()
    return Telling(says, (events.InterviewBooked(entry.at, entry.id, meeting.start, meeting.end),))


def _is_same(meeting: Meeting, span: Span, situation: Situation) -> bool:
    return meeting.start == span.start or bool(meeting.all_day and _same_day(meeting, span, situation))


def _same_day(meeting: Meeting, span: Span, situation: Situation) -> bool:
    return local_day(meeting, situation) == span.start.astimezone(situation.zone).date()


def _continues(entry: Entry, situation: Situation, meeting: Meeting) -> bool:
    """Whether a message goes on with the talk in which the meeting was made to stand."""
    header = entry.header
    if local_day(meeting, situation) is None:
        return True
    related = {header.in_reply_to, *header.references}
    return meeting.source in related or bool(situation.last and situation.last.id in related)


def rescheduled(entry: Entry, situation: Situation) -> Telling | None:
    """A message that says an interview has moved; None where it is not known what moved, and to when."""
    current = situation.diary.current(entry.at)
    spans = _new_times(entry, situation, current)
    if current is None:
        if spans:
            meeting = situation.diary.book(spans[0].start, spans[0].end, entry.id, entry.at)
            return booked(entry, situation, meeting, Says.INTERVIEW_RESCHEDULED)
        return (
            Telling(Says.INTERVIEW_RESCHEDULED, (events.InterviewBooked(entry.at, entry.id),))
            if (situation.stage is None)
            else None
        )
    if not spans:
        situation.diary.cancel(current)
        situation.unpass(current)
        return Telling(Says.INTERVIEW_CANCELLED, cancelled(entry, situation))
    if current.start != spans[0].start:
        _move(current, spans[0], entry, situation)
    return Telling(Says.INTERVIEW_RESCHEDULED, moved(entry, situation))


def _new_times(entry: Entry, situation: Situation, current: Meeting | None) -> list[Span]:
    """The times to which an interview may have moved, the plainest first: never the one it has."""
    whole = {each.start for each in entry.reading.times}
    found = coming(spans_of(entry, situation, TimeUse.STANDS), entry)
    found.sort(key=lambda span: span.start not in whole)  # a time stated whole before one pieced together
    found += coming(spans_of(entry, situation, TimeUse.OTHER, TimeUse.OFFERED), entry)
    fresh = [span for span in found if current is None or span.start != current.start]
    if not fresh and found and current is not None:
        return found  # it repeats a move that is known
    return fresh or _only_time_i_gave(situation, entry)


def _move(meeting: Meeting, span: Span, entry: Entry, situation: Situation) -> None:
    situation.unpass(meeting)
    situation.diary.move(meeting, span.start, span.end, entry.id)


def moved(entry: Entry, situation: Situation) -> tuple[events.Event, ...]:
    """The event of a move, made after the diary was changed."""
    situation.agreed_by_them, situation.offers = True, ()
    current = situation.diary.current(entry.at)
    start, end = (current.start, current.end) if current else (None, None)
    return (events.InterviewMoved(entry.at, entry.id, start, end),)


def called_off(entry: Entry, situation: Situation) -> Telling | None:
    """A message that says an interview is off, or in the same breath when it is instead."""
    spans = coming(spans_of(entry, situation, TimeUse.STANDS), entry)
    off = spans_of(entry, situation, TimeUse.CANCELLED, TimeUse.MOVED_FROM)
    current = _named_by(off, situation, entry) or situation.diary.current(entry.at)
    if current is not None and spans and spans[0].start != current.start and _states_new_time(entry):
        _move(current, spans[0], entry, situation)
        return Telling(Says.INTERVIEW_RESCHEDULED, moved(entry, situation))
    instead = tuple(made_whole(each, situation, entry) for each in _offered(entry.reading))
    if current is not None:
        situation.diary.cancel(current)
        situation.unpass(current)
    return Telling(Says.INTERVIEW_CANCELLED, cancelled(entry, situation, instead))


def _states_new_time(entry: Entry) -> bool:
    return not entry.reading.asks & {Ask.TIMES, Ask.BOOKING}


def _named_by(spans: list[Span], situation: Situation, entry: Entry) -> Meeting | None:
    for span in spans:
        meeting = situation.diary.on(span.start.astimezone(situation.zone).date(), entry.at)
        if meeting is not None:
            return meeting
    return None


def cancelled(entry: Entry, situation: Situation, instead: tuple[TimeMention, ...] = ()) -> tuple[events.Event, ...]:
    """The events of a cancellation, made after the diary was changed. `instead` are the times that they offer now."""
    situation.agreed_by_them = False
    if situation.diary.ahead(entry.at):
        return (events.RoundCancelled(entry.at, entry.id),)
    asks = entry.reading.asks & {Ask.TIMES, Ask.BOOKING}
    off = events.InterviewCancelled(entry.at, entry.id)
    situation.offers, situation.offers_are_mine = instead, False
    return (off, events.TimesAsked(entry.at, entry.id, asks)) if asks else (off,)


def _offered(reading: Reading) -> tuple[TimeMention, ...]:
    return tuple(each for each in reading.times if each.use in {TimeUse.OFFERED, TimeUse.STANDS})


def _only_day(entry: Entry) -> tuple[TimeMention, ...]:
    """The day on which they want to talk, where they name one and no hour ("what does your Friday look like?")."""
    days = {each.day: each for each in entry.reading.times if each.day and not each.clock and each.use is TimeUse.OTHER}
    ahead = [each for day, each in days.items() if day >= entry.at.date()]
    return (ahead[0],) if len(ahead) == 1 else ()


def made_whole(mention: TimeMention, situation: Situation, entry: Entry) -> TimeMention:
    """A time of which the rest is told by what is on offer or stands ("could I take the quarter to eleven one?")."""
    if mention.start is not None:
        return mention
    span = resolve(mention, situation.offers, situation.diary.current(entry.at), situation.zone)
    return replace(mention, start=span.start, end=span.end) if span else mention


def scheduling(entry: Entry, situation: Situation) -> Telling:
    """A message that asks for times or offers some."""
    offers = _offered(entry.reading) or _only_day(entry)
    if offers or not situation.offers_are_mine:
        situation.offers, situation.offers_are_mine = offers, False
    asks = entry.reading.asks & {Ask.TIMES, Ask.BOOKING} or frozenset({Ask.TIMES})
    return Telling(Says.SCHEDULING, (events.TimesAsked(entry.at, entry.id, asks),))


def local_day(meeting: Meeting, situation: Situation) -> object:
    """The day of a meeting in the user's zone."""
    return meeting.start.astimezone(situation.zone).date() if meeting.start else None
