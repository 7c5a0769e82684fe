"""Where a hiring stands: threads, the events they tell of, and the opportunity folded from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from watcher.message.model import Address, Header, Role
from watcher.reading.model import Evidence, Person, Reading, Says


class Stage(StrEnum):
    """Where an opportunity stands (scenarios: the same words)."""

    LEAD = "lead"
    APPLIED = "applied"
    IN_CONVERSATION = "in_conversation"
    SCHEDULING = "scheduling"
    INTERVIEW_BOOKED = "interview_booked"
    AWAITING_DECISION = "awaiting_decision"
    ASSESSMENT = "assessment"
    OFFER = "offer"
    ON_HOLD = "on_hold"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OVER = frozenset({Stage.ACCEPTED, Stage.REJECTED, Stage.WITHDRAWN})


class WaitingOn(StrEnum):
    """Whose move it is."""

    THEM = "them"
    YOU = "you"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the mailbox as joining and folding see it: its header, where it lies, and what it says.

    `link` is a stable key for the message (account and Message-ID).
    """

    account: str
    header: Header
    roles: frozenset[Role]
    reading: Reading
    new_text: str = ""  # the newest words, for context that needs them; never logged

    @property
    def id(self) -> str:
        return self.header.message_id

    @property
    def at(self) -> datetime:
        return self.header.date

    @property
    def binned(self) -> bool:
        """Whether the only copies lie in Trash."""
        return bool(self.roles) and self.roles <= {Role.TRASH}


@dataclass(frozen=True, slots=True)
class Group:
    """The entries that belong to one application, oldest first, and why that is doubtful ("" where it is not)."""

    entries: tuple[Entry, ...]
    unsure: str = ""

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a message says once its context is known. `says` and `confidence` may differ from the reading's own."""

    entry: Entry
    says: Says
    confidence: float
    evidence: tuple[Evidence, ...] = ()


class InterviewStatus(StrEnum):
    """What became of an interview: it lies ahead, took place, or is off."""

    BOOKED = "booked"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview or call. `start` is None for one only spoken of. `end` is None where none is known.

    `basis` is assumed (its time has passed), mentioned (somebody wrote that it took place) or said (the user told us);
    `key` is the calendar UID, or the Message-ID of the mail that made it stand.
    """

    key: str
    start: datetime | None
    end: datetime | None = None
    where: str = ""
    people: tuple[str, ...] = ()
    status: InterviewStatus = InterviewStatus.BOOKED
    basis: str = "assumed"
    source: str = ""  # Message-ID


@dataclass(frozen=True, slots=True)
class Surprise:
    """An event that the table did not expect; the stage was left as it was."""

    message_id: str
    stage: Stage
    event: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The silence that a follow-up would end: since when, and with which event it began.

    `anchor` is the Message-ID of that event, or the calendar UID of the interview that began it.
    """

    since: datetime
    anchor: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """A follow-up that the user made (a message in Sent, or told): its kind is that of the silence it fell in."""

    at: datetime
    message_id: str
    thank_you: bool = False


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One application, folded from its statements at an instant."""

    id: str
    accounts: tuple[str, ...]
    company: str | None
    role: str | None
    agency: str
    contact: Person | None
    stage: Stage
    waiting_on: WaitingOn
    confidence: float
    statements: tuple[Statement, ...]
    interviews: tuple[Interview, ...] = ()
    promised_by: date | None = None
    promise_evidence: Evidence | None = None
    promise_source: str = ""  # Message-ID
    silence: Silence | None = None
    nudges: tuple[Nudge, ...] = ()  # those made in the current silence, oldest first
    thanked: bool = False  # the user has written since the latest held interview ended
    owed_since: datetime | None = None  # when they asked the user for something still open
    handed_in_at: datetime | None = None  # when the latest assessment was delivered
    owed: str = ""  # what they asked for, in words for the user ("times", "documents")
    back_on: date | None = None  # the return day that the contact's out-of-office names
    suspicious: str = ""
    misaddressed: bool = False
    unsure: str = ""  # why the reading or joining is doubtful, "" where it is not
    own_draft: bool = False  # the user has a draft of their own in one of its threads
    surprises: tuple[Surprise, ...] = ()
    language: str = "en"
    stage_evidence: tuple[Evidence, ...] = ()
    stage_source: str = ""  # Message-ID that the stage rests on
    reopened: bool = False
    notes: tuple[str, ...] = ()
    muted: bool = False
    snoozed_until: datetime | None = None
    aliases: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()  # what the user said about it, oldest first

    @property
    def over(self) -> bool:
        return self.stage in OVER

    @property
    def last_message_at(self) -> datetime:
        return max(statement.entry.at for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Identity:
    """An id as it was minted, with the messages it stood for when last seen (a fact: ids are never re-made)."""

    id: str
    minted_at: datetime
    messages: frozenset[str]
    alias_of: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """Something the human told us, anchored to Message-IDs (or an opportunity id, resolved through its messages).

    `verb` is stage, company, role, contact, says, interview, join, split, note, mute, resume, snooze, heard, told,
    close, hired, approve; pause and resume without anchors concern everything. `value` depends on the verb. `number`
    is the store's, 0 for a word that it does not hold.
    """

    verb: str
    value: str
    said_at: datetime
    anchors: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class JoiningSettings:
    """What joining and folding must know of the user."""

    name: str
    addresses: tuple[str, ...]
    timezone: str
    nobody: Address | None = None
    free_domains: frozenset[str] = frozenset()  # domains of mail providers, whose users have no employer in common
