"""Reads one message whole: who speaks, what it says, and every fact it carries, standing alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.knowledge.model import Rulebook
from watcher.message.model import Body, Message
from watcher.reading import days
from watcher.reading.agreement import agree
from watcher.reading.doing import deeds_of
from watcher.reading.examining import LONGEST_TEXT, Examined, examine
from watcher.reading.model import Ask, Evidence, Reading, ReadingSettings, Says, Speaker
from watcher.reading.phrases import Hit, by_signal
from watcher.reading.sender import why_suspicious
from watcher.reading.verdict import Facts

_DIGIT = re.compile(r"\d")
HEARD_FROM = 0.2  # the probability of hiring mail from which on it matters who speaks
_PHONE = re.compile(r"(?<![\w./-])(?:\+|\(|00)?\d[\d\s().-]{6,16}\d(?![\w/-])")


def read(message: Message, rulebook: Rulebook, settings: ReadingSettings) -> Reading:
    """All that `message` tells, standing alone. Never raises on what a message holds; a message without a body (only
    its header was fetched) is read by its header."""
    body = message.body or Body()
    header = message.header
    seen = examine(message, rulebook, settings)
    judged = agree(seen)
    sender, names, facts = seen.sender, seen.names, seen.facts
    mine = sender.speaker is Speaker.ME
    acts, leanings = deeds_of(seen)
    return Reading(
        message_id=message.id,
        speaker=sender.speaker,
        hiring=judged.hiring,
        says=judged.says,
        confidence=round(judged.confidence, 3),
        scores=facts.scores,
        evidence=(_evidence(judged.says, seen) + judged.words)[:6],
        hiring_evidence=seen.hiring_evidence,
        language=seen.language,
        system=sender.system,
        answerable=sender.answerable,
        bulk=sender.bulk,
        acts=acts,
        leanings=leanings,
        asks=frozenset() if mine else _asks(seen.hits, judged.says, facts),
        voice=_voice(seen, judged.hiring),
        times=facts.times,
        events=facts.events,
        named_day=seen.named_day,
        back_on=days.return_day(seen.text, header.date, settings, seen.pack)
        if judged.says is Says.AUTO_REPLY
        else None,
        companies=names.companies,
        agency=names.agency,
        roles=names.roles,
        requisitions=names.requisitions,
        author=names.author,
        contact=names.contact,
        people=names.people,
        successor=names.successor,
        addressed_to=names.addressed_to,
        addressed_to_me=names.addressed_to_me,
        booking_links=seen.booking_links,
        phones=_phones(f"{seen.text}\n{body.signature}"),
        suspicious=why_suspicious(header, message.body, rulebook, sender),
    )


def _voice(seen: Examined, hiring: float) -> float:
    """Who speaks in it, a candidate or an employer, as far as its words tell."""
    if seen.words is None or hiring < HEARD_FROM or not seen.text.strip():
        return 0.0
    return round(seen.words.voice(seen.terms), 2)


def _asks(hits: Sequence[Hit], says: Says, facts: Facts) -> frozenset[Ask]:
    """What they ask of the user: by the sentences that ask, and by the meaning of the whole."""
    found = {Ask(hit.rule.signal[4:]) for hit in hits if hit.rule.signal.startswith("ask.")}
    if facts.asks:
        found.add(Ask.ANSWER)
    by_meaning = {
        Says.SCHEDULING: {Ask.TIMES, Ask.BOOKING},
        Says.INTERVIEW_CANCELLED: {Ask.TIMES, Ask.BOOKING},
        Says.ASSESSMENT: {Ask.TASK},
        Says.INFO_REQUEST: {Ask.DOCUMENTS, Ask.REFERENCES, Ask.FORM, Ask.ANSWER},
        Says.OFFER: {Ask.DECISION, Ask.ANSWER},
        Says.OUTREACH: {Ask.ANSWER, Ask.TIMES, Ask.DOCUMENTS, Ask.BOOKING},
        Says.UPDATE: {Ask.ANSWER},
        Says.INTERVIEW_CONFIRMED: {Ask.DOCUMENTS},
    }
    asked = found & by_meaning.get(says, set())
    default = {
        Says.SCHEDULING: Ask.TIMES, Says.ASSESSMENT: Ask.TASK, Says.INFO_REQUEST: Ask.ANSWER, Says.OFFER: Ask.DECISION,
        Says.OUTREACH: Ask.ANSWER,
    }  # fmt: skip
    if not asked and says in default:
        asked = {default[says]}
    return frozenset(asked)


def _evidence(says: Says, seen: Examined) -> tuple[Evidence, ...]:
    """The words for what it says, strongest first; times and invitations where they decide."""
    found = [hit.evidence for hit in by_signal(seen.hits).get(says, [])]
    if says is Says.SENT:
        found = [hit.evidence for hit in seen.hits if hit.rule.signal.startswith("act.")]
    if says in (Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED):
        found = [
            Evidence(f"calendar.{event.method.lower() or 'event'}", event.summary) for event in seen.facts.events
        ] + found
        found += [Evidence(f"time.{time.use.value}", time.words) for time in seen.facts.times]
    return tuple(found)


def _phones(text: str) -> tuple[str, ...]:
    if not _DIGIT.search(text):
        return ()
    found = (" ".join(match.group().split()) for match in _PHONE.finditer(text[:LONGEST_TEXT]))
    return tuple(dict.fromkeys(one for one in found if sum(char.isdigit() for char in one) >= 9))[:5]
