"""Decides what a message says where its signals speak for several things: named clauses, tried in order.

The clauses follow the contract's "where two values seem to fit": an invitation stands above prose, a decision above
courtesies, a stated time above a question, a question of times above a question of other things.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.reading.model import CalendarEvent, Says, Speaker, TimeMention, TimeUse
from watcher.reading.sender import Sender

LIKELY = 0.6
STRONG = 0.75
CERTAIN = 0.93


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the clauses look at."""

    scores: Mapping[Says, float]
    sender: Sender
    times: tuple[TimeMention, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    sent_at: datetime | None = None
    reply: bool = False  # it answers an earlier mail
    asks: bool = False  # a sentence of it is a question
    reminder: bool = False  # it repeats what was agreed
    receipt: bool = False  # it confirms that a test came in
    automatic: bool = False  # header or subject say that a mailbox answered by itself
    thanks_for_applying: bool = False
    knows_application: bool = False  # it speaks of what the user sent in

    def score(self, says: Says) -> float:
        return self.scores.get(says, 0.0)

    def is_at_least(self, says: Says, level: float) -> bool:
        return self.score(says) >= level

    @property
    def standing(self) -> bool:
        """Whether a time is stated for a talk that lies ahead."""
        return any(time.use is TimeUse.STANDS and not self._is_over(time) for time in self.times)

    @property
    def offered(self) -> bool:
        return any(time.use is TimeUse.OFFERED for time in self.times)

    def has(self, use: TimeUse) -> bool:
        """Whether a time is named for that use."""
        return any(time.use is use for time in self.times)

    @property
    def only_a_deadline(self) -> bool:
        return bool(self.times) and all(time.use is TimeUse.DEADLINE for time in self.times)

    @property
    def timed(self) -> bool:
        """Whether any time is named that a talk could be at."""
        return any(time.use not in (TimeUse.DEADLINE, TimeUse.PAST, TimeUse.OTHER) for time in self.times)

    def _is_over(self, time: TimeMention) -> bool:
        return bool(time.start and self.sent_at and time.start < self.sent_at - timedelta(hours=2))


Clause = Callable[[Facts], "tuple[Says, float] | None"]


def decide(facts: Facts) -> tuple[Says, float]:
    """What the message says, given that it is hiring mail, and how sure that is (0 to 1)."""
    for clause in CLAUSES:
        found = clause(facts)
        if found is not None:
            return found
    return Says.UPDATE, 0.4


def it_is_the_users_own(facts: Facts) -> tuple[Says, float] | None:
    """What the user wrote is `sent`, whatever it says."""
    return (Says.SENT, 1.0) if facts.sender.speaker is Speaker.ME else None


def a_mailbox_answered_by_itself(facts: Facts) -> tuple[Says, float] | None:
    """Absence notices, receipts and delivery reports."""
    if facts.automatic:
        return Says.AUTO_REPLY, 0.97
    score = facts.score(Says.AUTO_REPLY)
    others = max(
        (value for says, value in facts.scores.items() if says not in (Says.AUTO_REPLY, Says.UPDATE)), default=0
    )
    return (Says.AUTO_REPLY, score) if score >= STRONG and score > others else None


def an_invitation_speaks(facts: Facts) -> tuple[Says, float] | None:
    """A calendar part that asks the user to a time ahead, or takes one back, outweighs the prose around it."""
    for event in facts.events:
        if event.method == "CANCEL" or event.status == "CANCELLED":
            return Says.INTERVIEW_CANCELLED, 0.97
    ahead = [event for event in facts.events if _invites(event, facts.sent_at)]
    if not ahead:
        return None
    moved = any(event.sequence > 0 for event in ahead) or facts.is_at_least(Says.INTERVIEW_RESCHEDULED, LIKELY)
    return (Says.INTERVIEW_RESCHEDULED if moved else Says.INTERVIEW_CONFIRMED), 0.96


def _invites(event: CalendarEvent, sent_at: datetime | None) -> bool:
    if event.method not in ("REQUEST", "PUBLISH", "ADD", ""):
        return False
    if event.start is None or sent_at is None:
        return event.start is not None
    return event.start > sent_at - timedelta(hours=2) or event.all_day


def they_pause_it(facts: Facts) -> tuple[Says, float] | None:
    """A pause outweighs regrets, but not a plain no."""
    score = facts.score(Says.ON_HOLD)
    if score >= STRONG and facts.score(Says.REJECTION) < max(CERTAIN, score):
        return Says.ON_HOLD, score
    return None


def they_offer_the_job(facts: Facts) -> tuple[Says, float] | None:
    """An offer outweighs all but a plain no and a talk that is to be held."""
    score = facts.score(Says.OFFER)
    if score < STRONG or facts.score(Says.REJECTION) >= score:
        return None
    if score < CERTAIN and max(facts.score(Says.OUTREACH), facts.score(Says.INTERVIEW_CONFIRMED)) >= score:
        return None
    return Says.OFFER, score


def they_say_no(facts: Facts) -> tuple[Says, float] | None:
    """A no outweighs thanks, acknowledgements and pitches; a no made of mere courtesies yields to anything plain."""
    score = facts.score(Says.REJECTION)
    if score < LIKELY:
        return None
    if facts.has(TimeUse.CANCELLED) and facts.score(Says.INTERVIEW_CANCELLED) > 0:
        return None
    plain = (
        Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED, Says.SCHEDULING,
        Says.ASSESSMENT, Says.OFFER, Says.OUTREACH, Says.INFO_REQUEST, Says.APPLICATION_RECEIVED,
    )  # fmt: skip
    against = max(facts.score(says) for says in plain)
    if score < CERTAIN and against > max(score, STRONG):
        return None
    if facts.receipt and score < CERTAIN:
        return None
    return Says.REJECTION, score


def a_test_came_in(facts: Facts) -> tuple[Says, float] | None:
    """A receipt for a finished test is an update."""
    return (Says.UPDATE, 0.9) if facts.receipt else None


def a_talk_is_off(facts: Facts) -> tuple[Says, float] | None:
    """Cancelled without a new time, whatever they ask next; with a new time stated it has moved."""
    score = facts.score(Says.INTERVIEW_CANCELLED)
    if facts.has(TimeUse.CANCELLED):
        score = max(score, 0.85)
    if score < STRONG:
        return None
    if facts.is_at_least(Says.INTERVIEW_RESCHEDULED, STRONG) and facts.standing and not facts.asks:
        return Says.INTERVIEW_RESCHEDULED, facts.score(Says.INTERVIEW_RESCHEDULED)
    return Says.INTERVIEW_CANCELLED, score


def a_talk_has_moved(facts: Facts) -> tuple[Says, float] | None:
    """A new time that is stated, not asked."""
    score = facts.score(Says.INTERVIEW_RESCHEDULED)
    if facts.has(TimeUse.MOVED_FROM) and facts.standing:
        score = max(score, 0.85)
    if score < STRONG or not facts.times:
        return None
    if facts.is_at_least(Says.SCHEDULING, CERTAIN) and facts.asks:
        return None
    return Says.INTERVIEW_RESCHEDULED, score


def they_ask_for_a_test(facts: Facts) -> tuple[Says, float] | None:
    """A test, a task or a recorded interview; an assessment day at a stated time is an interview."""
    score = facts.score(Says.ASSESSMENT)
    if facts.sender.kind == "assessment":
        return Says.ASSESSMENT, max(score, 0.85)
    if score < STRONG:
        return None
    if facts.is_at_least(Says.INTERVIEW_CONFIRMED, STRONG) and facts.standing:
        return None
    if score < CERTAIN and facts.is_at_least(Says.SCHEDULING, CERTAIN):
        return None
    if score < CERTAIN and facts.is_at_least(Says.OUTREACH, STRONG) and not facts.reply:
        return None
    return Says.ASSESSMENT, score


def they_write_first(facts: Facts) -> tuple[Says, float] | None:
    """A pitch, though it asks for a time or for particulars; not where it thanks for an application."""
    score = facts.score(Says.OUTREACH)
    if score < STRONG or facts.thanks_for_applying or facts.knows_application or facts.sender.kind in ("ats", "board"):
        return None
    level = CERTAIN if facts.reply else STRONG
    if score < level:
        return None
    others = max(
        facts.score(says) for says in (Says.SCHEDULING, Says.INFO_REQUEST, Says.INTERVIEW_CONFIRMED, Says.UPDATE)
    )
    if facts.standing and facts.is_at_least(Says.INTERVIEW_CONFIRMED, STRONG):
        return None
    if facts.reply and others >= score:
        return None
    return Says.OUTREACH, score


def they_ask_for_a_time(facts: Facts) -> tuple[Says, float] | None:
    """A question or a choice of times, or a link to book."""
    score = facts.score(Says.SCHEDULING)
    if score < LIKELY:
        return None
    confirmed = facts.score(Says.INTERVIEW_CONFIRMED)
    if facts.standing and confirmed >= STRONG and not facts.asks and not facts.offered:
        return None
    if facts.standing and confirmed >= score and not (facts.asks and facts.offered):
        return None
    if (score < STRONG or facts.only_a_deadline) and facts.score(Says.INFO_REQUEST) >= min(score, STRONG):
        return None
    return Says.SCHEDULING, score


def a_talk_stands(facts: Facts) -> tuple[Says, float] | None:
    """A talk at a stated time."""
    score = facts.score(Says.INTERVIEW_CONFIRMED)
    if score < STRONG or (
        score < CERTAIN and (facts.reminder or facts.is_at_least(Says.APPLICATION_RECEIVED, CERTAIN))
    ):
        return None
    if facts.standing or (facts.timed and score >= CERTAIN):
        return Says.INTERVIEW_CONFIRMED, score
    if facts.is_at_least(Says.UPDATE, STRONG) or facts.is_at_least(Says.INFO_REQUEST, STRONG):
        return None
    return Says.INTERVIEW_CONFIRMED, score * 0.8


def they_ask_something_else(facts: Facts) -> tuple[Says, float] | None:
    """Papers, references, figures, an answer; with thanks for the application too."""
    score = facts.score(Says.INFO_REQUEST)
    if score < STRONG:
        return None
    if facts.sender.speaker is Speaker.ROBOT and facts.score(Says.APPLICATION_RECEIVED) >= score:
        return None
    if facts.is_at_least(Says.APPLICATION_RECEIVED, CERTAIN) and not facts.asks and score < CERTAIN:
        return None
    return Says.INFO_REQUEST, score


def they_acknowledge_an_application(facts: Facts) -> tuple[Says, float] | None:
    """An acknowledgement, also one that explains the stages, names a day or regrets in advance."""
    score = facts.score(Says.APPLICATION_RECEIVED)
    if score < STRONG or (score < CERTAIN and facts.score(Says.UPDATE) > score and facts.reply):
        return None
    return Says.APPLICATION_RECEIVED, score


def a_time_is_stated(facts: Facts) -> tuple[Says, float] | None:
    """A bare statement of a time by a person."""
    if not facts.standing or facts.is_at_least(Says.UPDATE, STRONG):
        return None
    if facts.offered and facts.asks:
        return Says.SCHEDULING, 0.55
    return Says.INTERVIEW_CONFIRMED, 0.55


def something_is_asked(facts: Facts) -> tuple[Says, float] | None:
    """A question that fits no frame."""
    if facts.is_at_least(Says.UPDATE, STRONG) or not facts.asks:
        return None
    if facts.offered or facts.timed:
        return Says.SCHEDULING, 0.5
    best = max((Says.INFO_REQUEST, Says.OUTREACH), key=facts.score)
    return (best, 0.5) if facts.score(best) > 0 or facts.score(Says.UPDATE) == 0 else None


def the_strongest_left(facts: Facts) -> tuple[Says, float] | None:
    """Whatever speaks loudest; a mere update where nothing speaks."""
    if not facts.scores:
        return None
    best = max(facts.scores, key=facts.score)
    if best in (Says.AUTO_REPLY, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED) and facts.score(best) < STRONG:
        return Says.UPDATE, 0.4
    if facts.is_at_least(Says.UPDATE, STRONG) or facts.score(best) < 0.5:
        return Says.UPDATE, max(0.45, facts.score(Says.UPDATE))
    return best, facts.score(best) * 0.8


CLAUSES: tuple[Clause, ...] = (
    it_is_the_users_own,
    a_mailbox_answered_by_itself,
    an_invitation_speaks,
    they_pause_it,
    they_offer_the_job,
    they_say_no,
    a_test_came_in,
    a_talk_is_off,
    a_talk_has_moved,
    they_ask_for_a_test,
    they_write_first,
    they_ask_for_a_time,
    a_talk_stands,
    they_ask_something_else,
    they_acknowledge_an_application,
    a_time_is_stated,
    something_is_asked,
    the_strongest_left,
)
