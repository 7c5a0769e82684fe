"""Times that only make sense in context: "10 works", "the second slot", "same time next week"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watcher.opportunity.diary import Meeting
from watcher.reading.model import TimeMention


@dataclass(frozen=True, slots=True)
class Span:
    """A time that a message states, made whole."""

    start: datetime
    end: datetime | None = None


def resolve(
    mention: TimeMention, offers: Sequence[TimeMention], standing: Meeting | None, zone: ZoneInfo
) -> Span | None:
    """The time that a mention means, given the times on offer and the interview that stands; None where it cannot be
    told. `zone` is the user's, for a clock and a day that name none."""
    if mention.start is not None:
        return Span(mention.start, mention.end)
    if mention.ordinal is not None:
        return _by_number(mention.ordinal, offers)
    if mention.shift is not None:
        return _shifted(mention.shift, standing, zone)
    if mention.clock is not None:
        return _by_clock(mention, mention.clock, offers, standing, zone)
    if mention.day is not None:
        return _by_day(mention.day, offers, standing, zone)
    return None


def _by_number(ordinal: int, offers: Sequence[TimeMention]) -> Span | None:
    index = ordinal - 1 if ordinal > 0 else ordinal
    if not -len(offers) <= index < len(offers):
        return None
    offer = offers[index]
    return Span(offer.start, offer.end) if offer.start else None


def _shifted(shift: timedelta, standing: Meeting | None, zone: ZoneInfo) -> Span | None:
    if standing is None or standing.start is None:
        return None

    def later(instant: datetime) -> datetime:
        # whole days keep the hour on the wall, whatever the clocks do between
        if shift % timedelta(days=1):
            return instant + shift
        return (instant.astimezone(zone).replace(tzinfo=None) + shift).replace(tzinfo=zone)

    return Span(later(standing.start), later(standing.end) if standing.end else None)


def _by_clock(
    mention: TimeMention, clock: time, offers: Sequence[TimeMention], standing: Meeting | None, zone: ZoneInfo
) -> Span | None:
    if mention.day is not None:
        tz = _zone_of(mention, offers, standing, zone)
        return Span(datetime.combine(mention.day, clock, tz), None)
    for same in (_same_clock, _same_hand):
        for offer in offers:
            if offer.start and same(offer.start, clock):
                return Span(offer.start, None if _is_window(offer) else offer.end)
    for offer in offers:
        if offer.start and offer.end and _is_window(offer):
            moment = datetime.combine(offer.start.date(), clock, offer.start.tzinfo)
            if offer.start <= moment < offer.end:
                return Span(moment)
    days = {offer.start.date() if offer.start else offer.day for offer in offers if offer.start or offer.day}
    if len(days) == 1 and (day := days.pop()):
        return Span(datetime.combine(day, clock, _zone_of(mention, offers, standing, zone)))
    if standing is not None and standing.start is not None:
        local = standing.start.astimezone(_named(mention.zone) or zone)
        return Span(datetime.combine(local.date(), clock, local.tzinfo))
    return None


def _by_day(day: date, offers: Sequence[TimeMention], standing: Meeting | None, zone: ZoneInfo) -> Span | None:
    on_day = [offer for offer in offers if offer.start and offer.start.date() == day]
    if on_day:
        only = on_day[0]
        return Span(only.start, only.end) if len(on_day) == 1 and only.start and not _is_window(only) else None
    clocked = [offer for offer in offers if offer.day == day and offer.clock]
    if len(clocked) == 1 and clocked[0].clock:
        return Span(datetime.combine(day, clocked[0].clock, _named(clocked[0].zone) or zone))
    if standing is not None and standing.start is not None and not standing.all_day:
        local = standing.start.astimezone(zone)
        return Span(datetime.combine(day, local.timetz()))
    return None


def _same_clock(start: datetime, clock: time) -> bool:
    return (start.hour, start.minute) == (clock.hour, clock.minute)


def _same_hand(start: datetime, clock: time) -> bool:
    """Whether the hands of a clock face stand alike: "2 works" picks 14:00."""
    return (start.hour % 12, start.minute) == (clock.hour % 12, clock.minute)


def _is_window(offer: TimeMention) -> bool:
    """Whether an offer is a stretch of time to choose from rather than one appointment."""
    return bool(offer.start and offer.end and offer.end - offer.start > timedelta(hours=2))


def _zone_of(mention: TimeMention, offers: Sequence[TimeMention], standing: Meeting | None, zone: ZoneInfo) -> ZoneInfo:
    for name in (mention.zone, *(offer.zone for offer in offers)):
        if named := _named(name):
            return named
    return zone


def _named(name: str) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
