"""The gist of a message: what joining looks at, a fraction of what a whole reading takes in memory.

All mail of a mailbox is joined at once, but only the mail of one application is folded at a time. So joining is given
gists, and whoever folds gets the whole message. `join` makes of gists what it makes of the messages themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import lru_cache
from sys import intern
from typing import Any, TypeVar

from watcher.message.model import Header
from watcher.opportunity.belonging import KNOWN_PERSON, TEXT_READ, is_receipt
from watcher.opportunity.model import Entry
from watcher.opportunity.words import SAID
from watcher.reading.model import Ask, CalendarEvent, Claim, Evidence, Reading, Speaker, TimeMention, TimeUse

T = TypeVar("T", bound=Hashable)

_NONE: Mapping[Any, Any] = {}
_NO_ASKS: frozenset[Ask] = frozenset()


def needs_text(header: Header, reading: Reading) -> bool:
    """Whether joining looks into the text: where a machine may name an employer in running words."""
    by_machine = reading.speaker is Speaker.ROBOT or bool(reading.system)
    answers = bool(header.in_reply_to or header.references)
    return by_machine and (answers or reading.hiring >= KNOWN_PERSON or is_receipt(reading))


class Gists:
    """Makes gists of the mail of one mailbox. What many of them have in common is in memory once."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def of(self, entry: Entry) -> Entry:
        """What joining needs of an entry."""
        text = entry.new_text[:TEXT_READ] if entry.new_text and needs_text(entry.header, entry.reading) else ""
        header, reading = self._header(entry.header), self._reading(entry.reading)
        return Entry(intern(entry.account), header, self._once(entry.roles), reading, text)

    def _header(self, header: Header) -> Header:
        return replace(
            header,
            message_id=intern(header.message_id),
            sender=self._once(header.sender),
            to=self._once(header.to),
            cc=self._once(header.cc),
            reply_to=self._once(header.reply_to),
            in_reply_to=intern(header.in_reply_to),
            references=tuple(intern(each) for each in header.references),
            traits=_NONE,
        )

    def _reading(self, reading: Reading) -> Reading:
        return replace(
            reading,
            message_id=intern(reading.message_id),
            scores=_NONE,
            leanings=_NONE,
            evidence=tuple(_rule(each.rule) for each in reading.evidence if tells(each.rule)),
            hiring_evidence=(),
            asks=_NO_ASKS,
            acts=self._once(reading.acts),
            times=tuple(_time(each) for each in reading.times if each.start and each.use is TimeUse.STANDS),
            events=tuple(_event(each) for each in reading.events),
            named_day=None,
            companies=tuple(_claim(each) for each in reading.companies),
            roles=tuple(_claim(each) for each in reading.roles),
            author=self._once(reading.author),
            contact=self._once(reading.contact),
            people=self._once(reading.people),
            successor=self._once(reading.successor),
            booking_links=(),
            phones=(),
            language=intern(reading.language),
            system=intern(reading.system),
            agency=intern(reading.agency),
            addressed_to=intern(reading.addressed_to),
            suspicious=intern(reading.suspicious),
        )

    def _once(self, value: T) -> T:
        """The same value, as it was met first."""
        kept: T = self._kept.setdefault(value, value)
        return kept


def tells(rule: str) -> bool:
    """Whether joining asks for a rule by its name."""
    return rule == SAID or "receipt" in rule


def _claim(claim: Claim) -> Claim:
    return Claim(intern(claim.name), claim.weight, _rule(claim.evidence.rule))


def _time(mention: TimeMention) -> TimeMention:
    return TimeMention(mention.use, "", mention.start)


def _event(event: CalendarEvent) -> CalendarEvent:
    return replace(event, summary="", description="", location="")


@lru_cache(maxsize=512)
def _rule(name: str) -> Evidence:
    return Evidence(name, "")
