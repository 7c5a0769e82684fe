"""Spans of time as a person writes them: "3 working days", "2 hours", "a week", "off"."""

from __future__ import annotations

import re
from datetime import timedelta

from watcher.followup.model import Kind, Threshold

EXAMPLES = '"3 working days", "2 hours", "1 week" or "off"'
LONGEST_DAYS = 366

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_UNITS = {
    "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days",
    "w": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip
_WRITTEN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?|[a-z]+)[ -]*((?:working|business|work|week)?[ -]?[a-z]+)\Z")
_WORKING = re.compile(r"(?:working|business|work|week)[ -]?days?\Z")


class Unclear(ValueError):
    """A duration that cannot be understood or cannot be meant; its text says why, in words for the user."""


def threshold(value: object, kind: Kind) -> Threshold:
    """The waiting time that `value` names for `kind`.

    A bare number is in the kind's own unit: hours for a thank-you, working days for every other. Raises Unclear.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if kind is Kind.THANK_YOU:
            return Threshold(span=_span(value, "hours"))
        return Threshold(working_days=_whole(value, "working days"))
    if not isinstance(value, str):
        raise Unclear("is not a waiting time")
    text = " ".join(value.lower().split())
    if text in ("off", "never", "no"):
        return Threshold()
    if re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", text):
        return threshold(float(text), kind)
    number, unit = _parts(text)
    if _WORKING.match(unit):
        return Threshold(working_days=_whole(number, "working days"))
    return Threshold(span=_span(number, unit))


def span(value: object) -> timedelta:
    """The plain span of time that `value` names; a bare number is in days. Raises Unclear."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _span(value, "days", longest=100 * LONGEST_DAYS)
    if not isinstance(value, str):
        raise Unclear("is not a span of time")
    number, unit = _parts(" ".join(value.lower().split()))
    if _WORKING.match(unit):
        raise Unclear("counts working days, where plain days are needed")
    return _span(number, unit, longest=100 * LONGEST_DAYS)


def written(waiting: Threshold) -> str:
    """A threshold as it would be written in a config."""
    if waiting.working_days is not None:
        return _counted(waiting.working_days, "working day")
    if waiting.span is None:
        return "off"
    minutes = int(waiting.span.total_seconds() // 60)
    for size, unit in ((7 * 1440, "week"), (1440, "day"), (60, "hour")):
        if minutes and minutes % size == 0:
            return _counted(minutes // size, unit)
    return _counted(minutes, "minute")


def _parts(text: str) -> tuple[float, str]:
    if text.startswith("-"):
        raise Unclear("is negative")
    found = _WRITTEN.match(text)
    if found is None:
        raise Unclear("is not a waiting time")
    number, unit = found[1], found[2].strip()
    if number[0].isdigit():
        count = float(number)
    elif number in _WORDS:
        count = float(_WORDS[number])
    else:
        raise Unclear("is not a waiting time")
    if unit not in _UNITS and not _WORKING.match(unit):
        raise Unclear(f'has "{unit}" where minutes, hours, days, working days or weeks are understood')
    return count, _UNITS.get(unit, unit)


def _span(number: float, unit: str, longest: int = LONGEST_DAYS) -> timedelta:
    _positive(number)
    if number > longest * 1440:  # before timedelta overflows
        raise Unclear(f"is longer than {longest} days")
    found = timedelta(**{unit: number})
    if found > timedelta(days=longest):
        raise Unclear(f"is longer than {longest} days")
    return found


def _whole(number: float, unit: str) -> int:
    _positive(number)
    if number > LONGEST_DAYS:
        raise Unclear(f"is longer than {LONGEST_DAYS} {unit}")
    if number != int(number):
        raise Unclear(f"is not a whole number of {unit}")
    return int(number)


def _positive(number: float) -> None:
    if not number < float("inf"):
        raise Unclear("is not a number that can be counted")
    if number < 0:
        raise Unclear("is negative")
    if number == 0:
        raise Unclear('is no time at all; write "off" to switch it off')


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
