"""Which day of the calendar a day in words means, seen from the day it was said."""

from __future__ import annotations

from datetime import date, timedelta

from watcher.reading.calendar_words import DayWords
from watcher.reading.stretches import in_week


def resolve(found: DayWords, today: date, *, day_first: bool, past: bool = False) -> date | None:
    """The day of the calendar that words mean when said on `today`; None where there is no such day.

    Without a year the nearest sensible one is taken: ahead rather than behind, unless the sentence speaks of the past;
    a weekday beside the number decides between candidates.
    """
    try:
        day = _resolve(found, today, day_first, past)
        return day + timedelta(weeks=found.weeks) if day else None
    except (ValueError, OverflowError):
        return None


def _resolve(found: DayWords, today: date, day_first: bool, past: bool) -> date | None:
    if found.pair:
        one, two = found.pair
        orders = [(one, two), (two, one)] if day_first else [(two, one), (one, two)]
        days = [_nearest(today, dom, month, found.year, found.weekday, past) for dom, month in orders]
        fits = [day for day in days if day and (found.weekday < 0 or day.weekday() == found.weekday)]
        return fits[0] if fits else next((day for day in days if day), None)
    if found.dom and found.month:
        return _nearest(today, found.dom, found.month, found.year, found.weekday, past)
    if found.dom:
        return _day_of_month(found, today, past)
    if found.offset is not None and found.weekday < 0:
        return today + timedelta(days=found.offset + (7 if found.relation == "week" else 0))
    return _weekday(found, today, past)


def _nearest(today: date, dom: int, month: int, year: int, weekday: int, past: bool) -> date | None:
    if not 1 <= month <= 12:
        return None
    years = [year] if year else [today.year - 1, today.year, today.year + 1]
    candidates = [day for y in years if (day := _date(y, month, dom))]
    if not candidates:
        return None

    def cost(day: date) -> tuple[int, int]:
        ahead = (day - today).days
        distance = -3 * ahead if ahead < 0 else ahead
        if past:
            distance = 3 * ahead if ahead > 0 else -ahead
        return (weekday >= 0 and day.weekday() != weekday, distance)

    return min(candidates, key=cost)


def _date(year: int, month: int, dom: int) -> date | None:
    try:
        return date(year, month, dom)
    except ValueError:
        return None


def _day_of_month(found: DayWords, today: date, past: bool) -> date | None:
    candidates = []
    for months in range(-4, 13):
        index = today.year * 12 + today.month - 1 + months
        day = _date(index // 12, index % 12 + 1, found.dom)
        if day and (found.weekday < 0 or day.weekday() == found.weekday):
            candidates.append(day)
    if not candidates and found.weekday >= 0:
        return _day_of_month(DayWords(0, 0, 0, dom=found.dom), today, past)

    def cost(day: date) -> int:
        ahead = (day - today).days
        if past:
            return 40 * ahead if ahead > 0 else -ahead
        return -8 * ahead if ahead < 0 else ahead

    return min(candidates, key=cost, default=None)


def _weekday(found: DayWords, today: date, past: bool) -> date:
    ahead = (found.weekday - today.weekday()) % 7
    monday = today - timedelta(days=today.weekday())
    if found.calendar_week:
        return in_week(found.calendar_week, found.weekday, today)
    if found.offset is not None:  # "tomorrow, Friday"
        base = today + timedelta(days=found.offset)
        return base if base.weekday() == found.weekday else today + timedelta(days=ahead or 7)
    if found.relation == "last":
        return today - timedelta(days=(today.weekday() - found.weekday) % 7 or 7)
    if found.relation == "week":
        return today + timedelta(days=(ahead or 7) + 7)
    if found.relation in ("next", "next week"):
        return monday + timedelta(days=7 + found.weekday)
    if found.relation == "after_next week":
        return monday + timedelta(days=14 + found.weekday)
    if found.relation == "after_next":
        return today + timedelta(days=(ahead or 7) + 7)
    if found.relation in ("this", "this week"):
        day = monday + timedelta(days=found.weekday)
        return day if day >= today or past else day + timedelta(days=7)
    if past:
        return today - timedelta(days=(today.weekday() - found.weekday) % 7 or 7)
    return today + timedelta(days=ahead or 7)
