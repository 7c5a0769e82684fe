"""Entries of a made-up hiring, as reading would hand them on: the smallest that a test of context needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.message.model import Address, Header, Role
from watcher.opportunity import fold, join
from watcher.opportunity.model import Entry, Group, JoiningSettings, Opportunity, Word
from watcher.reading.model import (
    Act,
    CalendarEvent,
    Claim,
    Evidence,
    NamedDay,
    Person,
    Reading,
    Says,
    Speaker,
    TimeMention,
    TimeUse,
)
from watcher.workdays import Workdays

ZONE = ZoneInfo("America/New_York")
ME = Address("Alex Morgan", "alex.morgan@example.net")
DANA = Address("Dana Reyes", "dana.reyes@acme.example")
SETTINGS = JoiningSettings("Alex Morgan", (ME.address,), "America/New_York")
WORKDAYS = Workdays("America/New_York", "US")
SHOWN = Evidence("a.rule", "the words")


def at(text: str) -> datetime:
    """An instant on the user's clock: "03-09 15:00" is in March 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def claim(name: str, weight: float = 0.9) -> Claim:
    return Claim(name, weight, SHOWN)


def they(
    name: str,
    when: str,
    says: Says,
    *,
    sender: Address = DANA,
    reply_to: str = "",
    subject: str = "Backend Engineer",
    company: str = "Acme",
    role: str = "Backend Engineer",
    roles: frozenset[Role] = frozenset({Role.INBOX}),
    text: str = "",
    named_day: NamedDay | None = None,
    **more: Any,
) -> Entry:
    """A message of theirs, by a person where `system` and `speaker` say nothing else."""
    speaker = more.pop("speaker", Speaker.ROBOT if more.get("system") else Speaker.HUMAN)
    reading = Reading(
        message_id=f"<{name}@acme.example>",
        speaker=speaker,
        hiring=more.pop("hiring", 0.95),
        says=says,
        confidence=more.pop("confidence", 0.9),
        evidence=(Evidence(f"en.{says.value}.a_rule", "the words"),),
        companies=(claim(company),) if company else (),
        roles=(claim(role),) if role else (),
        author=Person(sender.name, sender.address, sender.name.partition(" ")[0]) if speaker is Speaker.HUMAN else None,
        contact=more.pop("contact", sender if speaker is Speaker.HUMAN else None),
        named_day=named_day,
        **more,
    )
    return Entry("personal", _header(name, "acme.example", when, sender, ME, subject, reply_to), roles, reading, text)


def mine(
    name: str,
    when: str,
    *acts: Act,
    to: Address = DANA,
    reply_to: str = "",
    subject: str = "Re: Backend Engineer",
    text: str = "",
    **more: Any,
) -> Entry:
    """A message of the user's."""
    reading = Reading(
        message_id=f"<{name}@example.net>",
        speaker=Speaker.ME,
        hiring=more.pop("hiring", 0.9),
        says=Says.SENT,
        confidence=1.0,
        acts=frozenset(acts),
        **more,
    )
    header = _header(name, "example.net", when, ME, to, subject, reply_to)
    return Entry("personal", header, frozenset({Role.SENT}), reading, text)


def _header(name: str, domain: str, when: str, sender: Address, to: Address, subject: str, reply_to: str) -> Header:
    return Header(
        message_id=f"<{name}@{domain}>",
        date=at(when),
        received_at=at(when),
        sender=sender,
        subject=subject,
        to=(to,),
        in_reply_to=reply_to,
        references=(reply_to,) if reply_to else (),
    )


def stands(when: str, words: str = "then") -> TimeMention:
    return TimeMention(TimeUse.STANDS, words, start=at(when), day=at(when).date(), clock=at(when).time())


def offered(when: str) -> TimeMention:
    return TimeMention(TimeUse.OFFERED, "or then", start=at(when), day=at(when).date(), clock=at(when).time())


def invitation(uid: str, when: str, *, sequence: int = 0, hours: float = 1.0, **more: Any) -> CalendarEvent:
    method = more.pop("method", "REQUEST")
    organizer = more.pop("organizer", DANA)
    end = at(when) + timedelta(hours=hours)
    return CalendarEvent(uid, sequence, method, "CONFIRMED", at(when), end, organizer=organizer, **more)


def folded(*entries: Entry, now: str, words: tuple[Word, ...] = ()) -> Opportunity:
    """The opportunity that these entries alone make, without a look at how they are joined."""
    return fold(Group(tuple(entries)), "acme-backend-engineer", at(now), SETTINGS, WORKDAYS, words)


def joined(*entries: Entry, words: tuple[Word, ...] = ()) -> list[set[str]]:
    """The names of the messages of each group."""
    return [{each.strip("<>").partition("@")[0] for each in group.ids} for group in join(entries, SETTINGS, words)]


def said(opportunity: Opportunity) -> list[str]:
    """What each message says in its context."""
    return [statement.says.value for statement in opportunity.statements]
