"""What the user tells of a hiring beside its mail: a stage, a call, a nudge, what became of an interview."""

from __future__ import annotations

from datetime import datetime

from watcher.opportunity import events
from watcher.opportunity.diary import USUAL_LENGTH, Meeting
from watcher.opportunity.model import Stage, Word
from watcher.opportunity.situation import Situation
from watcher.opportunity.words import SAID, day, instant
from watcher.reading.model import Evidence


def apply_word(word: Word, situation: Situation, at: datetime) -> None:
    """Apply a word that tells of something that happened, or that sets the stage. `at` is its place among the mail."""
    if word.verb in {"stage", "close", "hired"}:
        _set_stage(word, situation, at)
    elif word.verb == "heard":
        situation.apply(events.TheyWrote(at, ""), anchor=_mark(word))
        if by := day(word.extra.get("by", "")):
            situation.apply(events.AnswerPromised(at, "", by, Evidence(SAID, by.isoformat())))
    elif word.verb == "told":
        situation.apply(events.INudged(at, ""))
        situation.last_mine_at = max(at, situation.last_mine_at or at)
    elif word.verb == "interview":
        _settle_interview(word, situation, at)


def _mark(word: Word) -> str:
    """What stands in the place of a Message-ID for an event that the user told of."""
    return f"{SAID}:{word.said_at.isoformat()}"


def _set_stage(word: Word, situation: Situation, at: datetime) -> None:
    default = Stage.ACCEPTED if word.verb == "hired" else Stage.WITHDRAWN
    known = {stage.value for stage in Stage}
    stage = Stage(word.value) if word.value in known else default
    situation.force(stage, "", Evidence(SAID, stage.value))
    situation.settled_at = at


def _settle_interview(word: Word, situation: Situation, at: datetime) -> None:
    """`held`, `off`, `moved` or `at` (it was always then), the time in `extra["start"]` or after the verb."""
    verb, _, rest = word.value.partition(" ")
    start = instant(word.extra.get("start", rest), situation.zone)
    meeting = _meant(word, situation, at)
    if verb == "held":
        meeting = meeting or _enter(word, situation, start or at - USUAL_LENGTH, at)
        _hold(meeting, start, situation, at)
    elif verb == "off" and meeting is not None:
        situation.diary.settle(meeting, held=False)
        situation.unpass(meeting)
        situation.apply(events.InterviewCancelled(at, ""), anchor=_mark(word))
    elif verb in {"moved", "at"} and start:
        meeting = meeting or _enter(word, situation, start, at)
        situation.unpass(meeting)
        situation.diary.move(meeting, start, None, meeting.source)
        meeting.said = True
        situation.apply(events.InterviewMoved(at, "", start), anchor=_mark(word))


def _enter(word: Word, situation: Situation, start: datetime, at: datetime) -> Meeting:
    """An interview that no mail knows of."""
    meeting = situation.diary.book(start, None, _mark(word), at)
    if meeting.source == _mark(word):
        meeting.source = ""
    return meeting


def _hold(meeting: Meeting, start: datetime | None, situation: Situation, at: datetime) -> None:
    """It took place: at `start`, or when it was to."""
    if start and start != meeting.start:
        situation.diary.move(meeting, start, None, meeting.source)
        situation.unpass(meeting)
    situation.diary.settle(meeting, held=True)
    if id(meeting) not in situation.passed:
        situation.note_passed(meeting)
        situation.hold(meeting, at)


def _meant(word: Word, situation: Situation, at: datetime) -> Meeting | None:
    """The interview a word is about: the one named by its key, else the next ahead or the last that was held."""
    key = word.extra.get("key", "")
    if key and (named := situation.diary.by_key(key)):
        return named
    if word.extra.get("new"):
        return None
    ahead, held = situation.diary.ahead(at), situation.diary.held(at)
    if word.value.startswith(("moved", "at")):
        return ahead[0] if ahead else (held[-1] if held else None)
    if held and not ahead:
        return held[-1]
    return ahead[0] if ahead else None


__all__ = ["apply_word"]
