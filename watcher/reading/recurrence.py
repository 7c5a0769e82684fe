"""When a recurring event comes round next (RFC 5545 section 3.3.10), as far as interviews need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST = 4_000  # occurrences looked at


def next_occurrence(rule: Mapping[str, Sequence[Any]], start: datetime, after: datetime) -> datetime:
    """The first occurrence at or after `after`; the last there is where all are over, `start` where the rule is not
    understood (daily, weekly with BYDAY, monthly and yearly on the same date are). Keeps the local hour."""
    if start >= after:
        return start
    until = _first(rule, "UNTIL")
    last_day = until.date() if isinstance(until, datetime) else until if isinstance(until, date) else None
    count = _number(_first(rule, "COUNT"), _MOST)
    found = start
    for number, day in enumerate(_days(rule, start.date())):
        if number >= min(count, _MOST) or (last_day and day > last_day):
            break
        found = start.replace(year=day.year, month=day.month, day=day.day)
        if found >= after:
            break
    return found


def _days(rule: Mapping[str, Sequence[Any]], first: date) -> Iterator[date]:
    frequency, interval = str(_first(rule, "FREQ") or "").upper(), max(1, _number(_first(rule, "INTERVAL"), 1))
    if frequency == "DAILY":
        for step in range(_MOST):
            yield first + timedelta(days=step * interval)
    elif frequency == "WEEKLY":
        weekdays = sorted(_DAYS.index(str(day).upper()) for day in rule.get("BYDAY", ()) if str(day).upper() in _DAYS)
        monday = first - timedelta(days=first.weekday())
        for step in range(_MOST):
            for weekday in weekdays or [first.weekday()]:
                day = monday + timedelta(weeks=step * interval, days=weekday)
                if day >= first:
                    yield day
    elif frequency in ("MONTHLY", "YEARLY") and not rule.get("BYDAY"):
        for step in range(_MOST // 4):
            month = first.month - 1 + step * interval * (12 if frequency == "YEARLY" else 1)
            try:
                yield first.replace(year=first.year + month // 12, month=month % 12 + 1)
            except ValueError:
                continue
    else:
        yield first


def _first(rule: Mapping[str, Sequence[Any]], name: str) -> Any:
    value = rule.get(name)
    if isinstance(value, (list, tuple)):
        return value[0] if value else None
    return value


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
