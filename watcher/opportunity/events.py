"""What happened in a hiring: a closed union of frozen events, from which every stage is folded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from watcher.reading.model import Ask, Evidence


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that took place at `at`, told by the message `source` (a Message-ID, or "" for the user's own word)."""

    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Applied(Happened):
    """The user put themselves forward."""


@dataclass(frozen=True, slots=True)
class Acknowledged(Happened):
    """They confirmed that the application has arrived."""


@dataclass(frozen=True, slots=True)
class Approached(Happened):
    """They wrote first about a job."""


@dataclass(frozen=True, slots=True)
class TimesAsked(Happened):
    """They asked for times, offered some, or gave a link to book."""

    asks: frozenset[Ask] = frozenset({Ask.TIMES})


@dataclass(frozen=True, slots=True)
class TimesGiven(Happened):
    """The user gave times or asked for some."""


@dataclass(frozen=True, slots=True)
class InterviewBooked(Happened):
    """An interview stands. `start` is None where its time is not known."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class InterviewMoved(Happened):
    """An agreed interview has another time."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class InterviewCancelled(Happened):
    """The only interview ahead is off. `by_me` where the user called it off."""

    by_me: bool = False


@dataclass(frozen=True, slots=True)
class RoundCancelled(Happened):
    """One interview is off, another still lies ahead."""


@dataclass(frozen=True, slots=True)
class InterviewHeld(Happened):
    """An interview took place and none lies ahead."""


@dataclass(frozen=True, slots=True)
class RoundHeld(Happened):
    """An interview took place, another lies ahead."""


@dataclass(frozen=True, slots=True)
class AssessmentAsked(Happened):
    """They asked for a task, a test or a recorded interview."""


@dataclass(frozen=True, slots=True)
class AssessmentHandedIn(Happened):
    """The user delivered it."""


@dataclass(frozen=True, slots=True)
class AnswerPromised(Happened):
    """They named a day by which they would be back."""

    day: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SomethingAsked(Happened):
    """A person asked for documents, a form or an answer."""

    asks: frozenset[Ask] = frozenset({Ask.ANSWER})


@dataclass(frozen=True, slots=True)
class FormAsked(Happened):
    """A system asked for a form or documents; nobody has moved the application on by it."""

    asks: frozenset[Ask] = frozenset({Ask.FORM})


@dataclass(frozen=True, slots=True)
class Supplied(Happened):
    """The user answered what was asked, or took up an approach."""


@dataclass(frozen=True, slots=True)
class OfferMade(Happened):
    """They offered the job."""


@dataclass(frozen=True, slots=True)
class OfferAccepted(Happened):
    """The user took it."""


@dataclass(frozen=True, slots=True)
class OfferQuestioned(Happened):
    """The user asked a question back before deciding."""


@dataclass(frozen=True, slots=True)
class Rejected(Happened):
    """They said no."""


@dataclass(frozen=True, slots=True)
class PutOnHold(Happened):
    """They paused the process."""


@dataclass(frozen=True, slots=True)
class Withdrew(Happened):
    """The user said no: to the approach, the process or the offer."""


@dataclass(frozen=True, slots=True)
class TheyWrote(Happened):
    """A person over there wrote something that asks and decides nothing."""


@dataclass(frozen=True, slots=True)
class SystemWrote(Happened):
    """A machine of theirs wrote something that asks and decides nothing."""


@dataclass(frozen=True, slots=True)
class IReplied(Happened):
    """The user wrote something that moves nothing."""


@dataclass(frozen=True, slots=True)
class INudged(Happened):
    """The user asked where things stand."""


@dataclass(frozen=True, slots=True)
class IThanked(Happened):
    """The user thanked them for an interview."""


@dataclass(frozen=True, slots=True)
class AutoReplied(Happened):
    """A mailbox answered by itself."""

    back_on: date | None = None


Event: TypeAlias = (
    Applied
    | Acknowledged
    | Approached
    | TimesAsked
    | TimesGiven
    | InterviewBooked
    | InterviewMoved
    | InterviewCancelled
    | RoundCancelled
    | InterviewHeld
    | RoundHeld
    | AssessmentAsked
    | AssessmentHandedIn
    | AnswerPromised
    | SomethingAsked
    | FormAsked
    | Supplied
    | OfferMade
    | OfferAccepted
    | OfferQuestioned
    | Rejected
    | PutOnHold
    | Withdrew
    | TheyWrote
    | SystemWrote
    | IReplied
    | INudged
    | IThanked
    | AutoReplied
)
