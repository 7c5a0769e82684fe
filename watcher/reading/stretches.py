"""Weeks and months by name where the language inflects them: "Ende nächster Woche", "Mitte April", "bis KW 12".

The tables list every form (days.toml, `weeks`, `months_ahead`, `month_ends`, `calendar_week`), code only counts.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from watcher.knowledge.model import Table
from watcher.reading.filtering import NEVER, Sought

TUESDAY, WEDNESDAY, FRIDAY = 1, 2, 4
_WEEKDAY_OF = {"early": TUESDAY, "middle": WEDNESDAY}
_LONGEST_AGO = 60  # days that a week by its number may have passed and still be this year's


class Stretches:
    """The stretches of a days table as patterns; empty where the table lists none."""

    def __init__(self, days: Table, part: str, months: Mapping[str, int]) -> None:
        parts = days.get("parts", {})
        self._part_of = {phrase: name for name in ("early", "middle", "late") for phrase in parts.get(name, ())}
        self._weeks: Mapping[str, int] = days.get("weeks", {})
        self._ahead: Mapping[str, int] = days.get("months_ahead", {})
        self._months = months
        self._early = frozenset(days.get("month_early", ()))
        nth: Mapping[str, int] = days.get("nth", {})
        self._nth = nth
        between = days.get("part_joins", "(?!)")
        self._week = _any_of(rf"(?:{part} (?:{between})?)?(?P<week>{_either(self._weeks)})", self._weeks)
        numbered = days.get("calendar_week", ())
        self._numbered = _any_of(
            rf"(?:{part} (?:{between})?)?(?:{'|'.join(numbered)}) ?(?P<number>\d{{1,2}})", numbered
        )
        self._month = _any_of(rf"(?:{part} (?:{between})?)?(?P<month>{_either(self._ahead)})", self._ahead)
        names = _either(months)
        inside = _either(days.get("month_inside", ()))
        self._named = _any_of(
            rf"(?:{part} (?:{between})?|(?P<inside>{inside}) )(?P<month>{names})(?! \d{{1,2}}\.)(?: (?P<year>20\d\d))?",
            self._ahead,
        )
        self._nth_week = _any_of(rf"(?P<nth>{_either(nth)}) (?P<month>{names})woche", nth)

    def find(self, text: str, today: date) -> Iterator[tuple[int, int, date]]:
        """Where each stretch of a text (lower case) begins and ends, and its last sensible day."""
        monday = today - timedelta(days=today.weekday())
        for match in self._week.finditer(text):
            part = self._part_of.get(match["part"] or "", "")
            weeks = self._weeks[match["week"]]
            if weeks < 0:  # "der Woche" names one only with a part
                if not part:
                    continue
                weeks = 0
            if not weeks and today.weekday() > FRIDAY:
                weeks = 1  # said at a weekend, this week is the one that begins
            day = monday + timedelta(days=_WEEKDAY_OF.get(part, FRIDAY), weeks=weeks)
            yield match.start(), match.end(), max(day, today)
        for match in self._numbered.finditer(text):
            part = self._part_of.get(match["part"] or "", "")
            number = int(match["number"])
            if 1 <= number <= 53:
                yield match.start(), match.end(), in_week(number, _WEEKDAY_OF.get(part, FRIDAY), today)
        yield from self._in_months(text, today)

    def _in_months(self, text: str, today: date) -> Iterator[tuple[int, int, date]]:
        for match in self._month.finditer(text):
            index = today.year * 12 + today.month - 1 + self._ahead[match["month"]]
            part = self._part_of.get(match["part"] or "", "late")
            yield match.start(), match.end(), max(_part_of_month(index // 12, index % 12 + 1, part), today)
        for match in self._named.finditer(text):
            month = self._months[match["month"]]
            year = int(match["year"]) if match["year"] else today.year + (month < today.month)
            if match["inside"] in self._early:
                yield match.start(), match.end(), date(year, month, 1)
            else:
                part = self._part_of.get(match["part"] or "", "late")
                yield match.start(), match.end(), _part_of_month(year, month, part)
        for match in self._nth_week.finditer(text):
            month = self._months[match["month"]]
            year = today.year + (month < today.month)
            yield match.start(), match.end(), _nth_friday(year, month, self._nth[match["nth"]])


def in_week(number: int, weekday: int, today: date) -> date:
    """A weekday of the week of that number (ISO 8601), this year's or the one that comes next."""
    number = min(number, date(today.year, 12, 28).isocalendar().week)
    day = date.fromisocalendar(today.year, number, weekday + 1)
    if (today - day).days > _LONGEST_AGO:
        return date.fromisocalendar(today.year + 1, min(number, 52), weekday + 1)
    return day


def stretches_of(days: Table, part: str, months: Mapping[str, int]) -> Stretches:
    """The stretches of a days table; `part` is the pattern of its words for a part, with the group `part`."""
    return Stretches(days, part, months)


def _part_of_month(year: int, month: int, part: str) -> date:
    if part == "early":
        return _nth_friday(year, month, 1)
    if part == "middle":
        return date(year, month, 15)
    return date(year, month, calendar.monthrange(year, month)[1])


def _nth_friday(year: int, month: int, number: int) -> date:
    """The Friday of a month's first, second ... or last (-1) week; a week is of the month that holds most of it."""
    if number < 0:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - FRIDAY) % 7)
    first = date(year, month, 1)
    friday = first + timedelta(days=(FRIDAY - first.weekday()) % 7)
    if friday.day < 3:
        friday += timedelta(days=7)
    return friday + timedelta(weeks=number - 1)


def _either(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) or "(?!)"


def _any_of(pattern: str, needed: object) -> Sought:
    """The pattern at the start of a word; one that never matches where the table lists nothing for it."""
    return Sought(rf"\b(?:{pattern})\b" if needed else NEVER)
