"""Days known by name: when Easter, Thanksgiving or the next bank holiday is."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from watcher.workdays import Workdays


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian calendar (the anonymous algorithm, Meeus 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def feast_days(rule: str, today: date, country: str) -> tuple[date, date] | None:
    """First and last day of the feast that comes next, by a rule of the days table ("easter+1", "12-25..12-26",
    "4 thursday 11", "bank_holiday"); None where the rule cannot be read."""
    if rule == "bank_holiday":
        day = _next_holiday(today, country)
        return (day, day) if day else None
    first, _, last = rule.partition("..")
    for year in (today.year - 1, today.year, today.year + 1):
        start = _day(first, year)
        end = _day(last, year) if last else start
        if start and end:
            if end < start:
                end = _day(last, year + 1) or start
            if end >= today:
                return start, end
    return None


def _day(rule: str, year: int) -> date | None:
    try:
        if rule.startswith("easter"):
            return easter(year) + timedelta(days=int(rule.removeprefix("easter") or 0))
        if " " in rule:
            number, weekday, month = rule.split(" ")
            return _nth_weekday(year, int(month), list(calendar.day_name).index(weekday.title()), int(number))
        month, day = rule.split("-")
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    if number > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-number - 1))


def _next_holiday(today: date, country: str) -> date | None:
    """The next public holiday from `today` on; where no country is set, the next Monday stands for it."""
    if country:
        workdays = Workdays("UTC", country)
        for ahead in range(60):
            day = today + timedelta(days=ahead)
            if day.weekday() < 5 and workdays.is_holiday(day):
                return day
    return today + timedelta(days=-today.weekday() % 7 or 7)
