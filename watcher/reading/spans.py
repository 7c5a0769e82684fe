"""Stretches of the calendar in words, each as its last sensible day: "end of next week", "5 to 7 working days", "after
Easter". Days by number or name come from calendar_words."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from watcher.knowledge.model import Table
from watcher.reading.atoms import atoms, words_of
from watcher.reading.calendar_days import resolve
from watcher.reading.calendar_words import read_day
from watcher.reading.feasts import feast_days
from watcher.reading.filtering import Sought, holds
from watcher.reading.identity import Identity
from watcher.reading.stretches import stretches_of

FRIDAY = 4
_ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """A day in words. `last` is the last day the words cover (that of a feast's days off); `part` says that the words
    name a stretch ("end of the week"), so that "before" does not move it."""

    start: int
    end: int
    day: date
    last: date
    part: bool = False


class SpanWords:
    """The phrases of a days table as patterns."""

    def __init__(self, days: Table, times: Table) -> None:
        self.times = words_of(times)
        self.counts: Mapping[str, int] = days.get("counts", {})
        self.units: Mapping[str, str] = days.get("units", {})
        self.feasts: Mapping[str, str] = days.get("feasts", {})
        self.feasts_in: Mapping[str, Mapping[str, str]] = days.get("feasts_in", {})
        parts: Mapping[str, Sequence[str]] = days.get("parts", {})
        self._part_of = {phrase: name for name in ("early", "middle", "late") for phrase in parts.get(name, ())}
        self.months = {name: i for i, names in enumerate(times.get("months", ()), start=1) for name in names}
        count = rf"(?:\d{{1,3}}|{_any(self.counts)})"
        part = rf"(?P<part>{_any(self._part_of)})"
        unit = _any(self.units)
        business = _any(parts.get("business", ()))
        quantity: Mapping[str, str] = days.get("quantity", {})
        self.quantity = Sought(
            rf"\b(?:(?P<lead>{quantity.get('leads', '(?!)')}|(?P<bare>{quantity.get('bare', '(?!)')})) ?)?"
            rf"(?:(?:{quantity.get('fillers', '(?!)')}) ){{0,3}}"
            rf"(?P<a>{count})(?: of)?(?: ?(?:{quantity.get('joins', '-')}) ?(?P<b>{count}))?(?: ?\(\d{{1,3}}\))?"
            rf"(?:{quantity.get('whole', '(?!)')})?[ -]?(?P<business>(?:{business})[ -])?(?P<unit>{unit})\b"
            rf"(?P<tail>{quantity.get('behind', '(?!)')})?(?!{quantity.get('never', '(?!)')})"
        )
        self.range_end = re.compile(days.get("range_end", "(?!)"))
        self.week = _pattern(days, "week", part)
        self.month = _pattern(days, "month", part)
        self.named_month = _pattern(days, "named_month", part, month=_any(self.months))
        self.commencing = _pattern(days, "commencing", part)
        self.new_year = _pattern(days, "new_year", part)
        self.feast = Sought(rf"\b(?:{_any([*self.feasts])})\b(?!')", self.feasts)
        self.stretches = stretches_of(days, part, self.months)
        self._known = (*self.feasts, *(unit for unit in self.units if len(unit) > 3))

    def may_hold(self, text: str) -> bool:
        """Whether a text (lower case) holds any word of the calendar at all."""
        return self.times.may_hold(text) or holds(text, self._known)

    def find(self, text: str, sent: datetime, day_first: bool, country: str) -> list[Span]:
        """The days in a text (lower case, straight apostrophes), in order; overlapping ones give way to the longer."""
        today = sent.date()
        found = [*self._quantities(text, sent), *self._weeks(text, today), *self._months(text, today)]
        found += [*self._feasts(text, today, country), *self._commencing(text, today, day_first)]
        found += self._days(text, today, day_first)
        found += (Span(start, end, day, day, part=True) for start, end, day in self.stretches.find(text, today))
        found.sort(key=lambda span: (span.start - span.end, span.start))
        kept: list[Span] = []
        for span in found[:200]:
            if all(span.end <= other.start or span.start >= other.end for other in kept):
                kept.append(span)
        return sorted(kept, key=lambda span: span.start)

    def _days(self, text: str, today: date, day_first: bool) -> Iterable[Span]:
        found_atoms = atoms(text, self.times)
        i = 0
        while i < len(found_atoms):
            words = read_day(text, found_atoms, i, self.times, today)
            if words is None or (words.weak and not (words.dated or words.relation or words.start)):
                i += 1
                continue
            i = words.next
            day = resolve(words, today, day_first=day_first)
            if not day:
                continue
            end = words.end
            if words.dated and (more := self.range_end.match(text, end)):
                later = _with_day(day, int(more[1]))
                if later and later > day:
                    day, end = later, more.end()
            yield Span(words.start, end, day, day)

    def _quantities(self, text: str, sent: datetime) -> Iterable[Span]:
        for match in self.quantity.finditer(text):
            unit = self.units[match["unit"]]
            lead, tail = match["lead"], match["tail"] or ""
            led = lead and (not match["bare"] or match["bare"] == "em")
            if not (led or tail or match["business"] or unit == "fortnight"):
                continue
            number = self._count(match["b"] or match["a"])
            if tail in (" or two", " or three"):
                number = 2 if tail == " or two" else 3
            if number <= 0 or number > 400:
                continue
            day = _later(sent, number, unit, bool(match["business"]))
            start = match.start() if lead else match.start("a")
            yield Span(start, match.end(), day, day, part=True)

    def _count(self, words: str) -> int:
        return int(words) if words.isdigit() else self.counts.get(words, 0)

    def _weeks(self, text: str, today: date) -> Iterable[Span]:
        monday = today - timedelta(days=today.weekday())
        for match in self.week.finditer(text):
            which = (match["which"] or "this").removeprefix("the ") or "the"
            weeks = 1 if which in ("next", "following") else 0
            if which == "coming":
                weeks = 1 if today.weekday() >= FRIDAY else 0
            if match["beyond"]:
                weeks = 2 if "next" in match["beyond"] or which == "following" else 1
                if which == "the" and match["beyond"] == " after" and "next" not in match["beyond"]:
                    weeks = 2
            part = self._part_of.get(match["part"] or match["part_"] or "", "")
            if which == "the" and not (part or match["beyond"]):
                continue  # "the week" alone names nothing
            if not weeks and today.weekday() > FRIDAY:
                weeks = 1  # said at a weekend, "this week" is the one that begins
            weekday = {"early": 1, "middle": 2}.get(part, FRIDAY)
            day = monday + timedelta(days=weekday, weeks=weeks)
            if match["weekend"] and re.search(
                r"\b(?:over|at|during) $", text[max(0, match.start() - 8) : match.start()]
            ):
                day += timedelta(days=2)
            yield Span(match.start(), match.end(), max(day, today), max(day, today), part=True)

    def _months(self, text: str, today: date) -> Iterable[Span]:
        for match in self.month.finditer(text):
            part = self._part_of.get(match["part"] or "", "")
            ahead = 1 if (match["which"] or "").endswith(("next", "following")) else 0
            if match["which"] == "the" and not part:
                continue
            year, month = _shift_month(today.year, today.month, ahead)
            day = _part_of_month(year, month, part)
            yield Span(match.start(), match.end(), max(day, today), max(day, today), part=True)
        for match in self.named_month.finditer(text):
            month = self.months[match["month"]]
            year = int(match["year"]) if match["year"] else today.year + (month < today.month)
            if match["week"]:
                day = _week_of_month(year, month, match["week"])
            elif match["bare"]:
                early = match["bare"] in ("by", "before", "until")
                day = date(year, month, 1) if early else _part_of_month(year, month, "late")
            else:
                day = _part_of_month(year, month, self._part_of.get(match["part"], ""))
            yield Span(match.start(), match.end(), day, day, part=match["bare"] not in ("by", "before", "until"))

    def _feasts(self, text: str, today: date, country: str) -> Iterable[Span]:
        local = self.feasts_in.get(country.partition("-")[0], {})
        for match in self.new_year.finditer(text):
            day = _week_of_month(today.year + 1, 1, "first")
            yield Span(match.start(), match.end(), day, day, part=True)
        for match in self.feast.finditer(text):
            days = feast_days(local.get(match.group()) or self.feasts[match.group()], today, country)
            if days:
                yield Span(match.start(), match.end(), days[0], days[1])

    def _commencing(self, text: str, today: date, day_first: bool) -> Iterable[Span]:
        for match in self.commencing.finditer(text):
            head = text[match.end() : match.end() + 40]
            found_atoms = atoms(head, self.times)
            if not found_atoms or found_atoms[0].start > 4:
                continue
            words = read_day(head, found_atoms, 0, self.times, today)
            day = resolve(words, today, day_first=day_first) if words else None
            if words and day:
                friday = day + timedelta(days=(FRIDAY - day.weekday()) % 7)
                yield Span(match.start(), match.end() + words.end, friday, friday, part=True)


def business_days_after(day: date, count: int) -> date:
    """The `count`th Monday-to-Friday day after `day`; holidays are not left out."""
    weeks, rest = divmod(count, 5)
    day = day - timedelta(days=max(0, day.weekday() - FRIDAY)) + weeks * _ONE_WEEK
    while rest:
        day += timedelta(days=1)
        rest -= day.weekday() <= FRIDAY
    return day


def _later(sent: datetime, number: int, unit: str, business: bool) -> date:
    if unit == "hour":
        return (sent + timedelta(hours=number)).date()
    today = sent.date()
    if unit == "fortnight":
        return today + 2 * number * _ONE_WEEK
    if unit == "week":
        return today + number * _ONE_WEEK
    if unit == "month":
        year, month = _shift_month(today.year, today.month, number)
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return business_days_after(today, number) if business or unit == "workday" else today + timedelta(days=number)


def _shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1


def _with_day(day: date, dom: int) -> date | None:
    try:
        return day.replace(day=dom)
    except ValueError:
        return None


def _part_of_month(year: int, month: int, part: str) -> date:
    if part == "early":
        return _week_of_month(year, month, "first")
    if part == "middle":
        return date(year, month, 15)
    return date(year, month, calendar.monthrange(year, month)[1])


def _week_of_month(year: int, month: int, which: str) -> date:
    """The Friday of a month's first, second ... or last week; a week belongs to the month that holds most of it."""
    first = date(year, month, 1)
    friday = first + timedelta(days=(FRIDAY - first.weekday()) % 7)
    if friday.day < 3:
        friday += _ONE_WEEK
    if which == "last":
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - FRIDAY) % 7)
    number = {"f": 0, "1": 0, "s": 1, "2": 1, "t": 2, "3": 2, "4": 3}.get(which[0], 0)
    return friday + (3 if which == "fourth" else number) * _ONE_WEEK


def _any(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) or "(?!)"


def _pattern(days: Table, name: str, part: str, month: str = "") -> Sought:
    """A pattern of the table with its words for a part of a week or month ({part}, {part_}) and {month} filled in."""
    written = str(days.get("patterns", {}).get(name, "(?!)"))
    filled = written.replace("{part}", part).replace("{part_}", _renamed(part)).replace("{month}", month)
    return Sought(filled)


def _renamed(pattern: str) -> str:
    return re.sub(r"\(\?P<(\w+)>", r"(?P<\1_>", pattern)


@lru_cache(maxsize=8)
def _span_words(days: Identity, times: Identity) -> SpanWords:
    return SpanWords(days.thing, times.thing)


def span_words(days: Table, times: Table) -> SpanWords:
    """The phrases of a pack, made once for each pair of tables."""
    return _span_words(Identity(days), Identity(times))
