"""Days and hours as people type them: "friday", "tomorrow 3pm", "in two weeks", "3 April", "2 days ago", ISO 8601."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watcher.errors import UsageError
from watcher.knowledge.model import Rulebook
from watcher.reading.model import ReadingSettings
from watcher.reading.spans import span_words
from watcher.reading.times import mentions

REMEDY = 'Write it like "friday", "3 April", "in two weeks" or 2026-04-03.'
REMEDY_HOUR = 'Write it like "tuesday 3pm", "3 April 14:30" or 2026-04-03T14:30.'
NOON = time(12)
_COUNTED = re.compile(
    r"(?P<lead>in )?(?P<n>\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten) "
    r"?(?P<unit>minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?)(?P<ago> ago)?"
)
_AFTER = re.compile(r"\b(?:after|past|over) (?:the )?$")
_AFTER_NEXT = re.compile(r"(?:the )?(?P<what>[a-z]+) after next")
_FOR = re.compile(r"^for (?=\w+ \w)", re.IGNORECASE)
_TILL = re.compile(r"^till?(?= )", re.IGNORECASE)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed: a day, and the instant where they named an hour."""

    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The words for days, and where and when the user types them."""

    rulebook: Rulebook
    settings: ReadingSettings
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def ahead(self, text: str) -> Typed:
        """A day that is still to come. Raises UsageError."""
        found = self._read(text)
        if found is None:
            raise UsageError(f'"{text}" is no day that could be understood.', REMEDY)
        if found.day <= self.today and (found.at is None or found.at <= self.now):
            raise UsageError(f'"{text}" is {_written(found.day)}, which does not lie ahead.', REMEDY)
        return found

    def behind(self, text: str) -> datetime:
        """An instant that has passed; "" is now, a day without an hour its noon. Raises UsageError."""
        if not text or text.lower() == "now":
            return self.now
        found = self._read(text)
        if found is None:
            raise UsageError(f'"{text}" is no day that could be understood.', 'Write it like "yesterday", "monday".')
        found = self._latest(text, found)
        if found.at is None and found.day == self.today:
            return self.now
        at = found.at or datetime.combine(found.day, NOON, self.zone)
        if at > self.now:
            raise UsageError(f'"{text}" is {_written(found.day)}, which has not come yet.', REMEDY)
        return at

    def hour(self, text: str, like: datetime | None = None) -> datetime:
        """An instant, passed or to come, with its hour: that of `like` where the text names none. Raises UsageError."""
        found = self._read(text, like)
        if found is None or (found.at is None and like is None):
            raise UsageError(f'"{text}" names no day and hour that could be understood.', REMEDY_HOUR)
        if found.at is not None:
            return found.at
        local = like.astimezone(self.zone) if like else self.now
        return datetime.combine(found.day, local.time(), self.zone)

    def _latest(self, text: str, found: Typed) -> Typed:
        """The last such weekday that has passed, where the words fit one that is to come as well."""
        weekdays = {name for names in self.rulebook.packs["en"].tables["times"]["weekdays"] for name in names}
        day = found.day
        if not weekdays.isdisjoint(re.findall(r"[a-z]+", text.lower())):
            while day > self.today:
                day -= _WEEK
        at = found.at and datetime.combine(day, found.at.astimezone(self.zone).time(), self.zone)
        return Typed(day, at)

    def _read(self, text: str, like: datetime | None = None) -> Typed | None:
        text = _TILL.sub("until", _FOR.sub("", " ".join(text.split())))
        return self._iso(text) or self._counted(text.lower()) or self._in_words(text, like)

    def _iso(self, text: str) -> Typed | None:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None
        if len(text) <= len("2026-04-03"):
            return Typed(at.date())
        at = at if at.tzinfo else at.replace(tzinfo=self.zone)
        return Typed(at.astimezone(self.zone).date(), at)

    def _counted(self, text: str) -> Typed | None:
        """ "in 3 days", "2 hours ago", "two weeks"."""
        found = _COUNTED.fullmatch(text)
        if found is None:
            return None
        number = int(found["n"]) if found["n"].isdecimal() else _NUMBERS[found["n"]]
        if found["unit"].startswith("mo"):
            return Typed(_months_from(self.today, -number if found["ago"] else number))
        length = timedelta(**{_UNITS[found["unit"][0]]: number})
        at = self.now - length if found["ago"] else self.now + length
        local = at.astimezone(self.zone)
        return Typed(local.date(), local if found["unit"][0] in "mh" else None)

    def _in_words(self, text: str, like: datetime | None) -> Typed | None:
        pack, low = self.rulebook.packs["en"], text.lower().replace("’", "'")
        if low in {"next week", "next month"}:
            return Typed(self._first_of(low))
        if day := self._after_next(low) or self._by_name(low):
            return Typed(day)
        if re.fullmatch(r"\d{1,2}", low):
            text = low = f"the {low}th"
        local = self.now.astimezone(self.zone)
        found = mentions(text, local, self.settings, pack, self.rulebook.tables["zones"])
        dated = next((each for each in found if each.day), None)
        if dated and dated.day:
            return Typed(dated.day, dated.start)
        if found and found[0].clock:
            day = (like or local).astimezone(self.zone).date()
            return Typed(day, datetime.combine(day, found[0].clock, self.zone))
        words = span_words(pack.tables["days"], pack.tables["times"])
        spans = words.find(low, local, self.settings.day_first, self.settings.country)
        return Typed(spans[0].day) if spans else None

    def _by_name(self, text: str) -> date | None:
        """A feast ("easter monday", "christmas"), or the first day after it ("after easter")."""
        pack = self.rulebook.packs["en"]
        words = span_words(pack.tables["days"], pack.tables["times"])
        local = self.now.astimezone(self.zone)
        for span in words.find(text, local, self.settings.day_first, self.settings.country):
            if text[span.start : span.end] in words.feasts:
                return span.last + timedelta(days=1) if _AFTER.search(text[: span.start]) else span.day
        return None

    def _after_next(self, text: str) -> date | None:
        """ "the week after next" (its Monday), "monday after next"."""
        found = _AFTER_NEXT.fullmatch(text)
        monday = self._first_of("next week")
        if found is None or found["what"] == "week":
            return monday + _WEEK if found else None
        weekdays = self.rulebook.packs["en"].tables["times"]["weekdays"]
        number = next((index for index, names in enumerate(weekdays) if found["what"] in names), None)
        if number is None:
            return None
        coming = self.today + timedelta(days=(number - self.today.weekday() - 1) % 7 + 1)
        return coming + _WEEK

    def _first_of(self, stretch: str) -> date:
        """Whoever waits until next week or month waits for its first day."""
        if stretch == "next week":
            return self.today + timedelta(days=7 - self.today.weekday())
        return (self.today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months_from(day: date, count: int) -> date:
    """The same day of the month so many months on, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _written(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"
