"""What one message says, standing alone: labels, facts, and the words each rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from watcher.message.model import Address


class Says(StrEnum):
    """The main meaning of a message."""

    APPLICATION_RECEIVED = "application_received"
    OUTREACH = "outreach"
    SCHEDULING = "scheduling"
    INTERVIEW_CONFIRMED = "interview_confirmed"
    INTERVIEW_RESCHEDULED = "interview_rescheduled"
    INTERVIEW_CANCELLED = "interview_cancelled"
    ASSESSMENT = "assessment"
    INFO_REQUEST = "info_request"
    OFFER = "offer"
    REJECTION = "rejection"
    ON_HOLD = "on_hold"
    UPDATE = "update"
    AUTO_REPLY = "auto_reply"
    SENT = "sent"
    NOT_HIRING = "not_hiring"


class Speaker(StrEnum):
    """Who wrote a message: the user, a person over there, or a machine."""

    ME = "me"
    HUMAN = "human"
    ROBOT = "robot"


class Act(StrEnum):
    """What the user does in a message of their own (several at once are common). Of theirs only two are known: that
    they agree to a time the user gave (`PICKED_TIME`) and speak of a talk that took place (`SPOKE`)."""

    APPLIED = "applied"  # puts themselves forward for a job
    PICKED_TIME = "picked_time"  # agrees to a time, by stating it or picking one offered
    GAVE_TIMES = "gave_times"  # offers times of their own
    ASKED_TIMES = "asked_times"  # asks for times, another time or another day
    CANCELLED = "cancelled"  # takes an agreed interview off
    ANSWERED = "answered"  # supplies information or documents
    HANDED_IN = "handed_in"  # delivers an assessment
    WILL_HAND_IN = "will_hand_in"  # acknowledges an assessment, to be delivered later
    THANKED = "thanked"  # thanks for an interview or a talk
    NUDGED = "nudged"  # asks where things stand
    ASKED = "asked"  # asks a question of their own
    ACCEPTED = "accepted"  # accepts an offer of employment
    DECLINED = "declined"  # turns down an offer, a pitch, or withdraws
    ACKNOWLEDGED = "acknowledged"  # takes note ("thanks, noted", "see you then")
    INTERESTED = "interested"  # says yes to a pitch
    SPOKE = "spoke"  # says that a talk or interview has taken place


class Ask(StrEnum):
    """What they ask of the user."""

    TIMES = "times"  # to say or pick a time
    BOOKING = "booking"  # to book through a link
    ANSWER = "answer"  # to answer a question, interest included
    DOCUMENTS = "documents"
    REFERENCES = "references"
    FORM = "form"  # to fill in something on a site
    TASK = "task"  # an assessment
    DECISION = "decision"  # to take or leave an offer


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is believed: the rule's id (or `model`) and the words it matched, as they stand in the mail."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing a message seems to say. `weight` is 0 to 1; several signals of one meaning add up in the reader."""

    says: Says
    weight: float
    evidence: Evidence


class TimeUse(StrEnum):
    """What a time is mentioned for."""

    STANDS = "stands"  # an interview is to take place then
    OFFERED = "offered"  # one of the times to choose from
    CANCELLED = "cancelled"  # an interview that is off
    MOVED_FROM = "moved_from"  # the old time of one that has moved
    PAST = "past"  # an interview that has taken place
    DEADLINE = "deadline"  # a day by which the user is to do something
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time in words, as far as the message alone tells it.

    `start` (aware) is set where day, hour and zone are known or safely implied; else the parts that are: `day`,
    `clock`, `ordinal` ("the second slot" is 2, "the last" is -1), `shift` ("same time next week" is 7 days from the
    standing interview; "an hour later" is one hour). `zone` is the IANA name where the words name one, else "".
    """

    use: TimeUse
    words: str
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    clock: time | None = None
    ordinal: int | None = None
    shift: timedelta | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One VEVENT that stands (RFC 5545), instants aware. `start` is midnight in the user's zone where `all_day`."""

    uid: str
    sequence: int
    method: str  # REQUEST, PUBLISH, CANCEL, REPLY, COUNTER, or "" where not said
    status: str  # CONFIRMED, TENTATIVE, CANCELLED, or ""
    start: datetime | None
    end: datetime | None
    all_day: bool = False
    summary: str = ""
    description: str = ""
    location: str = ""
    organizer: Address | None = None
    attendees: tuple[Address, ...] = ()
    partstat: str = ""  # of the user, or of the single attendee of a REPLY
    recurrence_id: str = ""
    stamped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day by which they said they would be back."""

    day: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Person:
    """A human on their side. `greeting` is how to greet them ("Dana", "Dr. Bhatt"), "" where unsure."""

    name: str
    address: str = ""
    greeting: str = ""
    title: str = ""  # job title where a signature gives it
    signs: str = ""  # how they sign ("P.", "Mx", "Dana"), "" where they don't


@dataclass(frozen=True, slots=True)
class Claim:
    """A name found for a company or a role, with how far it can be trusted (0 to 1)."""

    name: str
    weight: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one message tells, standing alone; the opportunity floor reads it in its context.

    `hiring` (0 to 1) is how likely the message alone is about the user's own job hunt. `says` is its meaning *given
    that it is*, with `confidence` (0 to 1) in that meaning; it is never NOT_HIRING. `verdict` joins the two.
    """

    message_id: str
    speaker: Speaker
    hiring: float
    says: Says
    confidence: float
    scores: Mapping[Says, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    hiring_evidence: tuple[Evidence, ...] = ()
    language: str = "en"  # ISO 639-1, "" where it cannot be told
    system: str = ""  # the sender-knowledge id of a machine or relay ("greenhouse"), else ""
    answerable: bool = True  # an answer to Reply-To or From would reach a person
    bulk: bool = False
    acts: frozenset[Act] = frozenset()
    leanings: Mapping[Act, float] = field(default_factory=dict)  # log-odds of further acts that it may do
    asks: frozenset[Ask] = frozenset()
    voice: float = 0.0  # log-odds that its text is a candidate's and no employer's; 0 where it is no hiring mail
    times: tuple[TimeMention, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    named_day: NamedDay | None = None
    back_on: date | None = None  # the return day an out-of-office names
    companies: tuple[Claim, ...] = ()  # best first
    agency: str = ""
    roles: tuple[Claim, ...] = ()  # best first
    requisitions: tuple[str, ...] = ()
    author: Person | None = None  # the human who wrote it, where one did
    contact: Address | None = None  # whom an answer should go to (Reply-To over From), None where nobody reads it
    people: tuple[Person, ...] = ()  # others: interviewers, colleagues who take over
    successor: Person | None = None  # "my colleague X will take over from here"
    addressed_to: str = ""  # the name it greets, "" where none or a general one
    addressed_to_me: bool = True  # false where it greets someone who is not the user
    booking_links: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    suspicious: str = ""  # why it looks forged or a fraud, "" where it does not

    @property
    def verdict(self) -> Says:
        """What the message says, judged alone."""
        return self.says if self.hiring >= 0.5 else Says.NOT_HIRING


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """What reading must know of the user: names, addresses (lower case), IANA time zone, holidays' country code
    ("GB", "US-CA" or ""), and the least confidence on which anything is drafted."""

    name: str
    addresses: tuple[str, ...]
    timezone: str
    country: str = ""
    day_first: bool = True
