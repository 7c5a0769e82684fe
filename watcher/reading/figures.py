"""Runs of digits and separators as hours, dates and numbers: "14.30", "3/17", "2026-03-12", "10-11"."""

from __future__ import annotations

import re

from watcher.reading.atom import CLOCK, DATE, NUMBER, Atom

_DASHES = re.compile(r"[–—-]")


def pieces_of(raw: str, start: int) -> list[Atom] | None:
    """A run of digits and separators as one or two atoms, None where it is neither an hour nor a date."""
    parts = _DASHES.split(raw)
    if len(parts) == 1:
        atom = _single(raw, start)
        return [atom] if atom else None
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return _dashed_date(parts, start, len(raw))
    if len(parts) == 2:
        one, two = _single(parts[0], start), _single(parts[1], start + len(parts[0]) + 1)
        if one and two and one.flag != "year" and two.flag != "year":
            one.joined = True
            return [one, two]
        if one and two and len(parts[0]) == 4 and len(parts[1]) == 4 and max(one.n, two.n) < 2400:
            for atom in (one, two):
                atom.kind, atom.n, atom.m, atom.flag = CLOCK, atom.n // 100, atom.n % 100, "24"
            one.joined = True
            return (
                [one, two] if max(one.m, two.m) < 60 and raw[0] in "012" and not raw.startswith(("19", "20")) else None
            )
    return None


def _dashed_date(parts: list[str], start: int, length: int) -> list[Atom] | None:
    sizes = tuple(map(len, parts))
    if sizes[0] == 4 and max(sizes[1:]) <= 2:
        return [Atom(DATE, start, start + length, n=int(parts[2]), m=int(parts[1]), y=int(parts[0]), flag="ymd")]
    if max(sizes[:2]) <= 2 and sizes[2] in (2, 4):
        return [Atom(DATE, start, start + length, n=int(parts[0]), m=int(parts[1]), y=_year(parts[2]), flag="-")]
    return None


def _single(raw: str, start: int) -> Atom | None:
    end = start + len(raw)
    if raw.isdigit():
        if len(raw) <= 2:
            return Atom(NUMBER, start, end, n=int(raw))
        return Atom(NUMBER, start, end, n=int(raw), flag="year") if len(raw) == 4 else None
    separators = [char for char in raw if not char.isdigit()]
    numbers = re.split(r"[:.h/]", raw)
    if len(set(separators)) != 1 or any(len(number) > 4 for number in numbers):
        return None
    if len(numbers) == 2:
        return _pair(numbers, separators[0], start, end)
    if len(numbers) == 3 and separators[0] == ":" and len(numbers[0]) <= 2:
        return _pair(numbers[:2], ":", start, end)
    if len(numbers) == 3 and separators[0] in "./":
        if len(numbers[0]) == 4:
            return Atom(DATE, start, end, n=int(numbers[2]), m=int(numbers[1]), y=int(numbers[0]), flag="ymd")
        if max(len(numbers[0]), len(numbers[1])) <= 2 and len(numbers[2]) in (2, 4):
            return Atom(DATE, start, end, n=int(numbers[0]), m=int(numbers[1]), y=_year(numbers[2]), flag=separators[0])
    return None


def _pair(numbers: list[str], separator: str, start: int, end: int) -> Atom | None:
    one, two = numbers
    first, second = int(one), int(two)
    if separator == "/":
        fits = len(one) <= 2 and len(two) <= 2 and min(first, second) >= 1 and max(first, second) <= 31
        return Atom(DATE, start, end, n=first, m=second, flag="/") if fits else None
    if len(two) == 2 and len(one) <= 2 and first <= 24 and second <= 59:
        certain = first >= 13 or first == 0 or (one.startswith("0") and len(one) == 2)
        atom = Atom(CLOCK, start, end, n=first, m=second, flag="24" if certain else "")
        atom.y = 1 if separator == "." else 0  # a dotted pair may be a date too ("12.06.")
        return atom
    if separator == "." and len(one) <= 2 and len(two) <= 2 and 1 <= first <= 31 and 1 <= second <= 12:
        return Atom(DATE, start, end, n=first, m=second, flag="..")
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
