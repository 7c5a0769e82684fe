"""Times told only by their place or distance: "the second slot", "same time next week", "an hour later"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from watcher.knowledge.model import Table
from watcher.reading.filtering import holds
from watcher.reading.identity import Identity
from watcher.reading.namebook import lowered

_WINDOW = 20_000
_ALONE = 120  # characters in which a bare pick stands


@dataclass(frozen=True, slots=True)
class Pick:
    """A place in a list of offered times, or a distance from the standing time."""

    start: int
    end: int
    ordinal: int | None = None
    shift: timedelta | None = None
    same_time: bool = False  # "same time": the clock of the standing interview on another day


class PickWords:
    """The picks and shifts of a times table as patterns."""

    def __init__(self, table: Table) -> None:
        picks, shifts = table.get("picks", {}), table.get("shifts", {})
        self.ordinals: Mapping[str, int] = table.get("ordinals", {})
        self.numbers: Mapping[str, int] = table.get("numbers", {})
        self.units: Mapping[str, int] = shifts.get("units", {})
        self.letters: list[str] = list(picks.get("letters", ()))
        self.counts: Mapping[str, float] = {**self.numbers, **shifts.get("counts", {})}
        self.whens: Mapping[str, int] = shifts.get("whens", {})
        ordinal = _any(self.ordinals)
        nouns, after = _any(picks.get("nouns", ())), _any(picks.get("after_bare", ()))
        article, adjective = _any(picks.get("articles", ())), _any(picks.get("adjectives", ()))
        number, unit = _any(self.numbers), _any(self.units)
        self._place = re.compile(
            rf"\b(?:(?:{article}) )?(?P<ordinal>{ordinal}) (?:(?:{adjective}) )?(?:{nouns})\b"
            rf"|\b(?:{article}) (?P<bare>{ordinal})(?= (?:{after})\b|[.!,]|\s*$)"
            rf"|(?:\b(?:{_any(picks.get('before_number', ()))})|#)[ #]{{0,2}}(?P<number>\d|{number})\b(?![:./-]?\d)"
            rf"|\b(?:{_any(picks.get('before_letter', ()))}) (?P<letter>[{''.join(self.letters) or 'a'}])\b"
        )
        # "B please", "2 works for me": nothing but the place, at the beginning of a text
        lead, tail = "|".join(picks.get("alone_before", ())), _any(picks.get("alone_after", ()))
        self._only = re.compile(
            rf"\s*(?:(?:{lead or '(?!)'})[,:!]?\s+)*(?P<only>(?-i:[{''.join(self.letters).upper() or 'A'}])|[1-6])"
            rf"\)?(?=[,:]? (?:{tail})\b|[.!]?\s*(?:/|\n|$))",
            re.IGNORECASE,
        )
        half, and_half = _any(shifts.get("halves", ())), _any(shifts.get("and_half", ()))
        amount = rf"(?:(?P<half>{half})|(?P<count>\d{{1,2}}|{_any(self.counts)})(?P<and_half> (?:{and_half}))?)"
        size = rf"{amount}[ -](?P<unit>{unit})"
        self._same = re.compile(
            rf"\b(?:(?:{article}) )?(?:{_any(shifts.get('same', ()))})\b(?:,? (?P<when>{_any(self.whens)}))?"
        )
        ways = f"{_any(shifts.get('later', ()))}|{_any(shifts.get('earlier', ()))}"
        by = _any(shifts.get("by", ()))
        directions = f"{_any(shifts.get('back', ()))}|{_any(shifts.get('forward', ()))}"
        self._size = re.compile(
            rf"\b{size} (?P<way>{ways})\b"
            rf"|\b(?:{_any(shifts.get('moves', ()))})\b[\w' ]{{0,24}}? (?P<direction>{directions}) (?:(?:{by}) )?"
            rf"{_renamed(size)}\b"
            rf"|\b(?:{by}) {_renamed(_renamed(size))} (?P<side>{directions})\b"
        )
        # What must be in a text for a pattern to be worth trying.
        self._of_place = ("#", *(f"{word} " for word in picks.get("before_number", ())), *self.ordinals)
        self._of_repeat = tuple({word.split()[0] for word in shifts.get("same", ())})
        self._of_shift = (*shifts.get("moves", ()), *shifts.get("later", ()), *shifts.get("earlier", ()))
        self._earlier = frozenset((*shifts.get("earlier", ()), *shifts.get("forward", ())))

    def find(self, text: str) -> list[Pick]:
        """All picks and shifts in order of appearance."""
        low = lowered(text[:_WINDOW])
        found: list[Pick] = []
        if holds(low, self._of_place):
            found += [self._ordinal(match) for match in self._place.finditer(low)]
        if only := self._only.match(text[:_ALONE]):
            found.append(self._alone(only))
        if holds(low, self._of_repeat):
            found += [self._repeat(match) for match in self._same.finditer(low)]
        if holds(low, self._of_shift):
            found += [pick for match in self._size.finditer(low) if (pick := self._shift(match))]
        return sorted(found, key=lambda pick: pick.start)

    def _ordinal(self, match: re.Match[str]) -> Pick:
        words = match["ordinal"] or match["bare"]
        if words:
            value = self.ordinals[words]
        elif match["letter"]:
            value = self.letters.index(match["letter"]) + 1
        else:
            number = match["number"]
            value = int(number) if number.isdigit() else self.numbers[number]
        return Pick(match.start(), match.end(), ordinal=value)

    def _alone(self, match: re.Match[str]) -> Pick:
        word = match["only"].lower()
        value = int(word) if word.isdigit() else self.letters.index(word) + 1
        return Pick(match.start("only"), match.end("only"), ordinal=value)

    def _repeat(self, match: re.Match[str]) -> Pick:
        when = match["when"] or ""
        weeks = self.whens.get(when, 0)
        return Pick(match.start(), match.end(), shift=timedelta(weeks=weeks) if weeks else None, same_time=True)

    def _shift(self, match: re.Match[str]) -> Pick | None:
        side = next(side for side in ("", "_", "__") if match[f"unit{side}"])
        count = match[f"count{side}"] or ""
        value = 0.5 if match[f"half{side}"] else float(count) if count.isdigit() else float(self.counts.get(count, 1))
        value += 0.5 if match[f"and_half{side}"] else 0.0
        minutes = value * self.units[match[f"unit{side}"]]
        way = match["way"] or match["direction"] or match["side"]
        return Pick(match.start(), match.end(), shift=timedelta(minutes=-minutes if way in self._earlier else minutes))


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def _renamed(pattern: str) -> str:
    return re.sub(r"\(\?P<(\w+)>", r"(?P<\1_>", pattern)


@lru_cache(maxsize=8)
def _picks(table: Identity) -> PickWords:
    return PickWords(table.thing)


def picks_of(table: Table) -> PickWords:
    """The picks of a times table, made once for each table."""
    return _picks(Identity(table))
