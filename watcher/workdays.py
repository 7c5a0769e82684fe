"""Working days and holidays: the one calendar that reading and follow-up share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Workdays:
    """Monday to Friday less the holidays of a place, in the user's zone.

    `place` is COUNTRY or COUNTRY-REGION as ISO 3166 codes; bare GB means England; "" means no holidays.
    """

    timezone: str
    place: str = ""
    extra: frozenset[date] = field(default_factory=frozenset)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is a public holiday of the place, or one the user named."""
        return day in self.extra or day in _holidays(self.place, day.year)

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day.weekday() < 5 and not self.is_holiday(day)

    def after(self, start: datetime, days: int) -> datetime:
        """The same time of day on the `days`th working day after `start` (from a weekend or holiday, day 1 is the
        next working day). `start` is aware; the answer is in the user's zone."""
        local = start.astimezone(self.zone)
        day = local.date()
        for _ in range(days):
            day += timedelta(days=1)
            while not self.is_working(day):
                day += timedelta(days=1)
        return datetime.combine(day, local.time(), self.zone)

    def next_morning(self, day: date, hour: int = 7) -> datetime:
        """The start (`hour` o'clock) of the first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(hour), self.zone)

    def between(self, start: datetime, end: datetime) -> int:
        """How many whole working days have passed from `start` to `end` (0 where `end` is earlier)."""
        count = 0
        while count < 4000 and self.after(start, count + 1) <= end:
            count += 1
        return count


Source = Callable[[str, int], Mapping[int, frozenset[date]]]
"""Tells the holidays of a place in a year, perhaps those of further years too."""

_SOURCES: list[Source] = []
_KNOWN: dict[tuple[str, int], frozenset[date]] = {}


def ask_for_holidays(source: Source) -> None:
    """From now on, take holidays from `source`: for a process that does not want to load the library, which takes 12 MB
    for good. Where it raises LookupError, the library is loaded after all."""
    _SOURCES[:] = [source]


def _holidays(place: str, year: int) -> frozenset[date]:
    if not place:
        return frozenset()
    found = _KNOWN.get((place, year))
    if found is None:
        told = _told(place, year)
        _KNOWN.update({(place, each): days for each, days in told.items()})
        found = told[year]
    return found


def _told(place: str, year: int) -> Mapping[int, frozenset[date]]:
    for source in _SOURCES:
        try:
            return source(place, year)
        except LookupError:
            continue
    return holidays_of(place, (year,))


def holidays_of(place: str, years: Iterable[int]) -> dict[int, frozenset[date]]:
    """The public holidays of a place, year by year, as the library knows them."""
    import holidays  # heavy: loaded only where a pass needs it

    country, _, region = place.partition("-")
    if country == "GB" and not region:
        region = "ENG"
    return {year: frozenset(holidays.country_holidays(country, subdiv=region or None, years=year)) for year in years}
