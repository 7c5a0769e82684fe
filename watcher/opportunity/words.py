"""The user's own words about an opportunity, each applied once, above all that was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from watcher.opportunity import events
from watcher.opportunity.diary import Meeting
from watcher.opportunity.model import Entry, Stage, Word
from watcher.opportunity.situation import Situation
from watcher.reading.model import Evidence, Person, Says

SAID = "said"
TIMED = frozenset({"stage", "close", "hired", "heard", "told", "interview"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user's words set for good, as they stand at `now`."""

    company: str = ""
    role: str = ""
    contact: Person | None = None
    notes: tuple[str, ...] = ()
    muted: bool = False
    snoozed_until: datetime | None = None


def about(words: Iterable[Word], ids: frozenset[str], names: Iterable[str] = ()) -> tuple[Word, ...]:
    """The words that are anchored to one of these messages or to the opportunity by name, oldest first."""
    known = ids | frozenset(names)
    return tuple(sorted((word for word in words if known & set(word.anchors)), key=lambda word: word.said_at))


def reread(entry: Entry, words: Sequence[Word]) -> Entry:
    """The entry as the user says it is to be understood."""
    for word in words:
        if word.verb == "says" and entry.id in word.anchors and word.value in set(Says):
            says = Says(word.value)
            evidence = (Evidence(SAID, word.value),)
            hiring = 0.0 if says is Says.NOT_HIRING else 1.0
            kept = entry.reading.says if says is Says.NOT_HIRING else says
            reading = replace(entry.reading, says=kept, hiring=hiring, confidence=1.0, evidence=evidence)
            entry = replace(entry, reading=reading)
    return entry


def wishes(words: Sequence[Word], zone: ZoneInfo) -> Wishes:
    """Names, notes, mutes and snoozes, the latest word standing."""
    wish = Wishes()
    for word in words:
        if word.verb == "company":
            wish = replace(wish, company=word.value)
        elif word.verb == "role":
            wish = replace(wish, role=word.value)
        elif word.verb == "contact":
            wish = replace(wish, contact=Person(word.extra.get("name", ""), word.value.strip().lower()))
        elif word.verb == "note" and word.value:
            wish = replace(wish, notes=(*wish.notes, word.value))
        elif word.verb in {"mute", "resume"}:
            wish = replace(wish, muted=word.verb == "mute", snoozed_until=None)
        elif word.verb == "snooze":
            wish = replace(wish, snoozed_until=instant(word.value, zone))
    return wish


def apply_word(word: Word, situation: Situation) -> None:
    """Apply a word that tells of something that happened, or that sets the stage."""
    when = instant(word.value, situation.zone) or word.said_at
    source = word.anchors[0] if word.anchors else ""
    if word.verb in {"stage", "close", "hired"}:
        _set_stage(word, situation, source)
    elif word.verb == "heard":
        when = min(when, word.said_at)
        situation.apply(events.TheyWrote(when, source))
        if by := day(word.extra.get("by", "")):
            situation.apply(events.AnswerPromised(when, source, by, Evidence(SAID, by.isoformat())))
    elif word.verb == "told":
        situation.apply(events.INudged(min(when, word.said_at), source))
    elif word.verb == "interview":
        _settle_interview(word, situation, source)


def _set_stage(word: Word, situation: Situation, source: str) -> None:
    default = Stage.ACCEPTED if word.verb == "hired" else Stage.WITHDRAWN
    known = {stage.value for stage in Stage}
    stage = Stage(word.value) if word.value in known else default
    situation.force(stage, source, Evidence(SAID, stage.value))


def _settle_interview(word: Word, situation: Situation, source: str) -> None:
    """`held`, `off` or `moved`, the new time in `extra["start"]` or after the verb."""
    verb, _, rest = word.value.partition(" ")
    meeting = _meant(word, situation)
    if verb == "held":
        start = instant(word.extra.get("start", rest), situation.zone)
        if meeting is None:
            meeting = situation.diary.book(start, None, source, word.said_at)
        situation.diary.settle(meeting, held=True)
        if not any(meeting is each for each in situation.passed):
            situation.passed.append(meeting)
            situation.hold(meeting, word.said_at)
    elif verb == "off" and meeting is not None:
        situation.diary.settle(meeting, held=False)
        situation.unpass(meeting)
        situation.apply(events.InterviewCancelled(word.said_at, source))
    elif verb == "moved" and (start := instant(word.extra.get("start", rest), situation.zone)):
        if meeting is None:
            meeting = situation.diary.book(start, None, source, word.said_at)
        situation.unpass(meeting)
        situation.diary.move(meeting, start, None, source)
        meeting.said = True
        situation.apply(events.InterviewMoved(word.said_at, source, start))


def _meant(word: Word, situation: Situation) -> Meeting | None:
    ahead = situation.diary.ahead(word.said_at)
    held = situation.diary.held(word.said_at)
    if word.value.startswith("moved"):
        return ahead[0] if ahead else (held[-1] if held else None)
    if held and not ahead:
        return held[-1]
    return ahead[0] if ahead else None


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """An ISO instant or day (its midnight in the user's zone); None where it is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def day(text: str) -> date | None:
    """An ISO day; None where it is none."""
    moment = instant(text, ZoneInfo("UTC"))
    return moment.date() if moment else None


__all__ = ["TIMED", "Wishes", "about", "apply_word", "instant", "reread", "wishes"]
