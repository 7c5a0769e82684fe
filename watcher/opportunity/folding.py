"""Folds the mail of one application, message by message, to where it stands at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from watcher.opportunity.answers import tell_mine
from watcher.opportunity.context import tell
from watcher.opportunity.diary import Diary
from watcher.opportunity.model import (
    OVER,
    Entry,
    Group,
    Interview,
    InterviewStatus,
    JoiningSettings,
    Opportunity,
    Stage,
    Statement,
    WaitingOn,
    Word,
)
from watcher.opportunity.parties import parties_of
from watcher.opportunity.sayings import apply_word
from watcher.opportunity.situation import Situation
from watcher.opportunity.words import TIMED, about, moment, reread, wishes
from watcher.reading.model import Ask, Says, Speaker
from watcher.workdays import Workdays

ANSWERED = 0.75  # how sure the newest mail of theirs is at least, once the user has written after it

OWED = (
    (Ask.DECISION, "an answer to the offer"),
    (Ask.TASK, "the assessment"),
    (Ask.TIMES, "times"),
    (Ask.BOOKING, "a booking through their link"),
    (Ask.DOCUMENTS, "documents"),
    (Ask.REFERENCES, "references"),
    (Ask.FORM, "a form"),
    (Ask.ANSWER, "an answer"),
)


def fold(
    group: Group,
    identity_id: str,
    now: datetime,
    settings: JoiningSettings,
    workdays: Workdays,
    words: Sequence[Word] = (),
) -> Opportunity:
    """Where the application of `group` stands at `now`. Total: whatever the mail holds, it never raises.

    Of `words`, those count that name the opportunity or one of its messages.
    """
    own_words = about(words, group.ids, (identity_id,))
    entries = sorted((reread(each, own_words) for each in group.entries), key=lambda each: (each.at, each.id))
    situation = Situation(workdays.zone, Diary(workdays.zone))
    _replay(entries, [word for word in own_words if word.verb in TIMED], situation, now)
    return _sum_up(situation, group, identity_id, now, own_words, workdays.zone)


def _replay(entries: Sequence[Entry], words: Sequence[Word], situation: Situation, now: datetime) -> None:
    """Let everything happen once more in its order: mail, the user's words, and interviews whose hour comes."""
    happenings: list[tuple[datetime, Entry | Word]] = [(entry.at, entry) for entry in entries]
    happenings += [(moment(word, entries, situation.zone), word) for word in words]
    for at, happening in sorted(happenings, key=lambda pair: pair[0]):
        situation.pass_time(min(at, now))
        if isinstance(happening, Word):
            apply_word(happening, situation, min(at, now))
        else:
            situation.statements.append(_tell(happening, situation))
    situation.pass_time(now)


def _tell(entry: Entry, situation: Situation) -> Statement:
    mine = entry.reading.speaker is Speaker.ME
    statement = tell_mine(entry, situation) if mine else tell(entry, situation)
    if statement.says is not Says.AUTO_REPLY:
        situation.mine_last, situation.last = mine, entry
    return statement


def _sum_up(
    situation: Situation, group: Group, identity_id: str, now: datetime, words: Sequence[Word], zone: ZoneInfo
) -> Opportunity:
    statements = tuple(situation.statements)
    stage = situation.stage or Stage.IN_CONVERSATION
    wish = wishes(words, zone)
    parties = parties_of(statements)
    contact = wish.contact or (None if wish.nobody else parties.contact)
    ended = (situation.stage_since or now) if stage in OVER or stage is Stage.ON_HOLD else None
    interviews = situation.diary.page(now, ended=ended)
    waiting = waiting_on(situation, stage, now)
    promise = situation.promise if stage not in OVER else None
    owed = [(ask, words_) for ask, words_ in OWED if ask in situation.debts] if waiting is WaitingOn.YOU else []
    language = _language(statements)
    return Opportunity(
        id=identity_id,
        accounts=tuple(dict.fromkeys(each.entry.account for each in statements)),
        company=wish.company or parties.company,
        role=wish.role or parties.role,
        agency=parties.agency,
        contact=contact,
        stage=stage,
        waiting_on=waiting,
        confidence=_confidence(situation, statements, group),
        statements=statements,
        interviews=interviews,
        promised_by=promise.day if promise else None,
        promise_evidence=promise.evidence if promise else None,
        promise_source=promise.source if promise else "",
        silence=situation.silence,
        nudges=tuple(situation.nudges),
        thanked=_thanked(situation, interviews),
        owed_since=min((situation.debts[ask] for ask, _ in owed), default=None),
        handed_in_at=situation.handed_in_at,
        owed=owed[0][1] if owed else "",
        back_on=_back_on(statements, now, zone, contact.address if contact else ""),
        suspicious=_suspicious(statements),
        misaddressed=_misaddressed(statements),
        unsure=_unsure(situation, group, interviews),
        surprises=tuple(situation.surprises),
        language=language,
        stage_evidence=situation.stage_evidence,
        stage_source=situation.stage_source,
        reopened=situation.reopened,
        notes=wish.notes,
        muted=wish.muted,
        snoozed_until=wish.snoozed_until,
        words=tuple(words),
    )


def waiting_on(situation: Situation, stage: Stage, now: datetime) -> WaitingOn:
    """Whose move it is."""
    if stage in OVER:
        return WaitingOn.NOBODY
    if stage is Stage.LEAD or (situation.debts and stage is not Stage.ON_HOLD):
        return WaitingOn.YOU
    if stage is Stage.ASSESSMENT and not situation.diary.ahead(now):
        return WaitingOn.YOU
    if stage is Stage.INTERVIEW_BOOKED:
        return WaitingOn.NOBODY
    return WaitingOn.THEM


def _thanked(situation: Situation, interviews: Sequence[Interview]) -> bool:
    held = [each for each in interviews if each.status is InterviewStatus.HELD and each.start]
    if not held or situation.last_mine_at is None:
        return False
    start = held[-1].start
    return start is not None and situation.last_mine_at > start


def _back_on(statements: Sequence[Statement], now: datetime, zone: ZoneInfo, contact: str) -> date | None:
    """The return day of the contact's newest automatic answer, where it is still ahead and they have not written."""
    back = None
    for statement in statements:
        if statement.says is Says.AUTO_REPLY:
            day = statement.entry.reading.back_on
            if day is not None and statement.entry.header.sender.address == contact:
                back = day
        elif statement.says is not Says.SENT and statement.entry.reading.speaker is Speaker.HUMAN:
            back = None
    return back if back is not None and back > now.astimezone(zone).date() else None


def _suspicious(statements: Sequence[Statement]) -> str:
    return next((each.entry.reading.suspicious for each in statements if each.entry.reading.suspicious), "")


def _misaddressed(statements: Sequence[Statement]) -> bool:
    theirs = [each for each in statements if each.says not in {Says.SENT, Says.AUTO_REPLY}]
    return bool(theirs) and not theirs[-1].entry.reading.addressed_to_me


def _language(statements: Sequence[Statement]) -> str:
    for statement in reversed(statements):
        if statement.entry.reading.speaker is Speaker.HUMAN and statement.entry.reading.language:
            return statement.entry.reading.language
    return next((each.entry.reading.language for each in reversed(statements) if each.entry.reading.language), "en")


def _unsure(situation: Situation, group: Group, interviews: Sequence[Interview]) -> str:
    if group.unsure:
        return group.unsure
    timeless = [each for each in interviews if each.start is None and each.status is InterviewStatus.BOOKED]
    if timeless and situation.stage is Stage.INTERVIEW_BOOKED:
        return "an interview seems to stand, but its time could not be read"
    return ""


def _confidence(situation: Situation, statements: Sequence[Statement], group: Group) -> float:
    """What the conclusion rests on, multiplied: the message that set the stage, the newest of theirs, that the
    user's newest does not end it, that it is hiring mail at all."""
    theirs = [each for each in statements if each.says not in {Says.SENT, Says.AUTO_REPLY}]
    mine = [each for each in statements if each.says is Says.SENT]
    newest = theirs[-1].confidence if theirs else 1.0
    if theirs and situation.last_mine_at and situation.last_mine_at > theirs[-1].entry.at:
        newest = max(newest, ANSWERED)  # the user has read it and gone on
    if theirs and situation.settled_at and situation.settled_at >= theirs[-1].entry.at:
        newest = 1.0  # the user has said where it stands
    if mine and statements[-1] is mine[-1]:
        newest = min(newest, mine[-1].confidence)
    hiring = max((each.entry.reading.hiring for each in statements), default=0.0)
    product = min(situation.stage_confidence, newest) * min(1.0, hiring)
    return round(product * (0.8 if group.unsure else 1.0), 3)
