"""What the user's own mail does in its context: picks, gives times, answers, hands in, nudges, thanks, ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from watcher.opportunity import events
from watcher.opportunity.appointments import made_whole
from watcher.opportunity.deeds import in_context, sureness
from watcher.opportunity.model import OVER, Entry, Stage, Statement
from watcher.opportunity.picks import Span, resolve
from watcher.opportunity.situation import Situation
from watcher.reading.model import Act, Ask, CalendarEvent, Says, TimeUse

QUIET = timedelta(days=2)  # an own message this long into a silence, that brings nothing, is a nudge
THANKS_WITHIN = timedelta(days=14)
SHORT = 25  # words; a short answer to one proposed time that says nothing else is a yes
BRIEF = 8  # words; who only takes note of a question needs no more
EMPTY = frozenset({Act.ACKNOWLEDGED, Act.THANKED, Act.WILL_HAND_IN})
THANKS = frozenset({Act.THANKED, Act.SPOKE})
BORNE_OUT = 0.9  # how sure an interview is that the user themselves speaks of
YES = frozenset({Act.ACKNOWLEDGED, Act.INTERESTED, Act.ANSWERED})
TIMES = frozenset({Act.GAVE_TIMES, Act.ASKED_TIMES})


def tell_mine(entry: Entry, situation: Situation) -> Statement:
    """Read one message of the user's in its context and apply what it does to the situation."""
    entry = in_context(entry, situation)
    statement = Statement(entry, Says.SENT, min(entry.reading.confidence, sureness(entry)), entry.reading.evidence)
    happened = _calendar_answers(entry, situation)
    if happened is None:
        happened = _spoken(entry, situation)
        happened += next((found for clause in _CLAUSES if (found := clause(entry, situation))), [])
    for event in happened or [events.IReplied(entry.at, entry.id)]:
        situation.apply(event, statement)
    if _bears_out(entry, situation):
        situation.stage_confidence = max(situation.stage_confidence, BORNE_OUT)
    situation.last_mine_at = entry.at
    return statement


def _bears_out(entry: Entry, situation: Situation) -> bool:
    """Whether the user's own mail shows that an interview was read rightly: they say yes to it, or thank for it."""
    acts, diary = entry.reading.acts, situation.diary
    if situation.stage is Stage.AWAITING_DECISION:
        return bool(acts & THANKS and diary.held(entry.at))
    return situation.stage is Stage.INTERVIEW_BOOKED and Act.PICKED_TIME in acts and bool(diary.ahead(entry.at))


def _calendar_answers(entry: Entry, situation: Situation) -> list[events.Event] | None:
    """What an answer to an invitation does (RFC 5546 section 3.2.3); None where it is none."""
    replies = [each for each in entry.reading.events if each.method == "REPLY"]
    if not replies:
        return None
    if any(each.partstat == "DECLINED" for each in replies):
        return _declined_invitation(entry, replies, situation)
    for each in replies:
        if each.partstat == "ACCEPTED" and each.start and situation.diary.by_uid(each.uid) is None:
            situation.diary.invite(each, entry.id)
            return [events.InterviewBooked(entry.at, entry.id, each.start, each.end)]
    return [events.IReplied(entry.at, entry.id)]


def _declined_invitation(entry: Entry, replies: list[CalendarEvent], situation: Situation) -> list[events.Event]:
    for each in replies:
        meeting = situation.diary.by_uid(each.uid)
        if meeting is not None and not meeting.cancelled:
            situation.diary.cancel(meeting)
            situation.unpass(meeting)
            return _off(entry, situation)
    return [events.IReplied(entry.at, entry.id)]


def _off(entry: Entry, situation: Situation) -> list[events.Event]:
    if situation.diary.ahead(entry.at):
        return [events.RoundCancelled(entry.at, entry.id)]
    situation.agreed_by_them = False
    return [events.InterviewCancelled(entry.at, entry.id, by_me=True)]


def _spoken(entry: Entry, situation: Situation) -> list[events.Event]:
    """A talk that the mail knows only because the user writes of it afterwards."""
    reading = entry.reading
    past = [each for each in reading.times if each.use is TimeUse.PAST]
    if not (reading.acts & {Act.SPOKE, Act.THANKED} and (past or Act.SPOKE in reading.acts)):
        return []
    if situation.diary.ahead(entry.at) or situation.stage in OVER:
        return []
    start = next((each.start for each in past if each.start and each.start <= entry.at), None)
    meeting = situation.diary.speak_of(start, entry.id, entry.at)
    if meeting is None:
        return []
    situation.note_passed(meeting)
    return [events.InterviewHeld(meeting.over() or entry.at, entry.id)]


def _accepts(entry: Entry, situation: Situation) -> list[events.Event]:
    if Act.ACCEPTED in entry.reading.acts and situation.offered:
        return [events.OfferAccepted(entry.at, entry.id)]
    return []


def _declines(entry: Entry, situation: Situation) -> list[events.Event]:
    acts = entry.reading.acts
    if Act.DECLINED not in acts or acts & (TIMES | {Act.PICKED_TIME, Act.INTERESTED, Act.APPLIED}):
        return []
    return [events.Withdrew(entry.at, entry.id)]


def _cancels(entry: Entry, situation: Situation) -> list[events.Event]:
    current = situation.diary.current(entry.at)
    if Act.CANCELLED not in entry.reading.acts or current is None:
        return []
    situation.diary.cancel(current)
    situation.unpass(current)
    happened = _off(entry, situation)
    if entry.reading.acts & TIMES:
        happened += _gives_times(entry, situation)
    return happened


def _hands_in(entry: Entry, situation: Situation) -> list[events.Event]:
    acts, owed = entry.reading.acts, situation.debts.keys()
    if owed == {Ask.TASK} and Act.ANSWERED in acts and not acts & {Act.WILL_HAND_IN, Act.ASKED}:
        return [events.AssessmentHandedIn(entry.at, entry.id)]  # nothing else was to be sent
    if Act.HANDED_IN in acts and (Ask.TASK in owed or situation.stage is Stage.ASSESSMENT):
        return [events.AssessmentHandedIn(entry.at, entry.id)]
    return []


def _picks(entry: Entry, situation: Situation) -> list[events.Event]:
    if Act.PICKED_TIME not in entry.reading.acts and not _agrees(entry, situation):
        return []
    if _counters(entry, situation):
        return []
    current = situation.diary.current(entry.at)
    if Act.GAVE_TIMES in entry.reading.acts and _gives_a_choice(entry, situation):
        return []
    span = _picked(entry, situation)
    if span is None and Act.ASKED_TIMES in entry.reading.acts:
        return []  # they would rather have another time
    if span is None:
        if current is not None and not situation.debts.keys() - {Ask.TIMES, Ask.BOOKING}:
            return [events.IReplied(entry.at, entry.id)]
        return [] if Ask.TIMES not in situation.debts else [events.TimesGiven(entry.at, entry.id)]
    if current is not None and current.start == span.start:
        return [events.InterviewBooked(entry.at, entry.id, current.start, current.end)]
    if current is not None and current.start is not None and not situation.offers:
        return [events.IReplied(entry.at, entry.id)]  # repeats in their own words what stands
    meeting = current
    if meeting is not None and (meeting.start is None or not meeting.uid):
        situation.unpass(meeting)
        situation.diary.move(meeting, span.start, span.end, entry.id)
    else:
        meeting = situation.diary.book(span.start, span.end, entry.id, entry.at)
    situation.agreed_by_them, situation.offers = False, ()
    return [events.InterviewBooked(entry.at, entry.id, meeting.start, meeting.end)]


def _counters(entry: Entry, situation: Situation) -> bool:
    """Whether the user asks for a time that nobody offered and that does not stand ("would Tuesday at three do?")."""
    current = situation.diary.current(entry.at)
    theirs = () if situation.offers_are_mine else situation.offers
    if current is None and not theirs:
        return False
    known = {span.start for each in theirs if (span := resolve(each, (), current, situation.zone))}
    known |= {current.start} if current and current.start else set()
    asked = [each for each in entry.reading.times if each.use is TimeUse.OFFERED and (each.clock or each.start)]
    spans = [span for each in asked if (span := resolve(each, theirs, current, situation.zone))]
    return bool(spans) and all(span.start > entry.at and span.start not in known for span in spans)


def _agrees(entry: Entry, situation: Situation) -> bool:
    """Whether the user, in words that no rule knows for a yes, says just one of the times that they offered, or answers
    the only one with a plain yes."""
    acts = entry.reading.acts
    if not situation.offers or situation.offers_are_mine or acts & {Act.ASKED_TIMES, Act.DECLINED}:
        return False
    times = [each for each in entry.reading.times if each.use is not TimeUse.DEADLINE]
    if not times:
        short = len(entry.new_text.split()) <= SHORT and Act.ASKED not in acts
        return (short or bool(acts & YES)) and not acts & {Act.CANCELLED, Act.GAVE_TIMES}
    current = situation.diary.current(entry.at)
    offered = {span.start for each in situation.offers if (span := resolve(each, (), current, situation.zone))}
    said = [each for each in times if each.use in {TimeUse.STANDS, TimeUse.OTHER}]
    spans = {span.start for each in said if (span := resolve(each, situation.offers, current, situation.zone))}
    return len(spans) == 1 and spans <= offered


def _gives_a_choice(entry: Entry, situation: Situation) -> bool:
    """Whether the user states several times of which none alone is one that they offered."""
    stated = {each.start for each in entry.reading.times if each.start and each.start > entry.at}
    theirs = {each.start for each in situation.offers if each.start} if not situation.offers_are_mine else set()
    return len(stated) > 1 and len(stated & theirs) != 1


def _picked(entry: Entry, situation: Situation) -> Span | None:
    """The time that the user agrees to: the one they state, else the only one on offer."""
    offers = () if situation.offers_are_mine else situation.offers
    current = situation.diary.current(entry.at)
    mentions = [each for each in entry.reading.times if each.use in {TimeUse.STANDS, TimeUse.OFFERED, TimeUse.OTHER}]
    for mention in mentions:
        span = resolve(mention, offers, current, situation.zone)
        if span is not None and span.start > entry.at:
            return span
    if len(offers) == 1 and not mentions:
        only = resolve(offers[0], (), current, situation.zone)
        return only if only is not None and only.start > entry.at else None
    return None


def _gives_times(entry: Entry, situation: Situation) -> list[events.Event]:
    acts = entry.reading.acts | ({Act.ASKED_TIMES} if _counters(entry, situation) else set())
    if not acts & TIMES:
        return []
    given = [each for each in entry.reading.times if each.use in {TimeUse.OFFERED, TimeUse.STANDS}]
    offered = tuple(made_whole(each, situation, entry) for each in given)
    wanted = situation.debts.keys() & {Ask.TIMES, Ask.BOOKING} or situation.stage is Stage.SCHEDULING
    asks = Act.ASKED_TIMES in acts and Act.NUDGED not in acts  # who asks whether there is news asks for no time
    if not (offered or wanted or asks):
        return []  # "available from May" answers no question about times
    if offered or not (situation.offers and all(each.clock is None for each in situation.offers)):
        situation.offers, situation.offers_are_mine = offered, True
    return [events.TimesGiven(entry.at, entry.id)]


def _questions_the_offer(entry: Entry, situation: Situation) -> list[events.Event]:
    asks = entry.reading.acts & {Act.ASKED, Act.ANSWERED, Act.NUDGED}
    if asks and situation.stage is Stage.OFFER and Ask.DECISION in situation.debts:
        return [events.OfferQuestioned(entry.at, entry.id)]
    return []


def _applies(entry: Entry, situation: Situation) -> list[events.Event]:
    early = situation.stage is None or situation.stage in {Stage.APPLIED, Stage.LEAD}
    if early and Act.APPLIED in entry.reading.acts and not situation.debts.keys() - {Ask.ANSWER, Ask.FORM}:
        settles = [events.Supplied(entry.at, entry.id)] if situation.stage is Stage.LEAD else []
        return [*settles, events.Applied(entry.at, entry.id)]
    return []


def _thanks(entry: Entry, situation: Situation) -> list[events.Event]:
    acts = entry.reading.acts
    held = [each for each in situation.diary.held(entry.at) if each.over() or each.mentioned]
    if Act.THANKED not in acts or not held or situation.debts.keys() - {Ask.TASK, Ask.DECISION}:
        return []
    last = max((over for each in held if (over := each.over())), default=entry.at)
    if entry.at - last > THANKS_WITHIN or (Act.NUDGED in acts and entry.at - last > 2 * QUIET):
        return []
    return [events.IThanked(entry.at, entry.id)]


def _supplies(entry: Entry, situation: Situation) -> list[events.Event]:
    owed, acts = situation.debts.keys() - {Ask.TASK, Ask.DECISION}, entry.reading.acts
    says_more = Act.WILL_HAND_IN not in acts and len(entry.new_text.split()) >= BRIEF
    if owed and (not acts or acts - EMPTY or says_more):
        return [events.Supplied(entry.at, entry.id)]
    return []


def _nudges(entry: Entry, situation: Situation) -> list[events.Event]:
    acts, silence = entry.reading.acts, situation.silence
    if situation.debts or situation.stage in OVER or situation.diary.ahead(entry.at):
        return []
    brings = acts - {Act.ASKED, Act.ACKNOWLEDGED, Act.NUDGED, Act.SPOKE, Act.INTERESTED}
    quiet = silence is not None and entry.at - silence.since >= QUIET
    if Act.NUDGED in acts or (quiet and not brings):
        return [events.INudged(entry.at, entry.id)]
    return []


_CLAUSES: tuple[Callable[[Entry, Situation], list[events.Event]], ...] = (
    _accepts,
    _declines,
    _cancels,
    _hands_in,
    _picks,
    _gives_times,
    _questions_the_offer,
    _applies,
    _thanks,
    _supplies,
    _nudges,
)
