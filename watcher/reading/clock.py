"""Hours in words: finds them among the atoms of a text ("half two", "10-10.45am", "between 2 and 4")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from watcher.reading.atom import CLOCK, NUMBER, WORD, Atom
from watcher.reading.atoms import Words
from watcher.reading.calendar_words import gap
from watcher.reading.zones import ZoneNames

_OCLOCK = re.compile(r"\s?o\s?['’´`]?\s?clock\b", re.IGNORECASE)
_LAST_WORDS = re.compile(r"(?:([\w'’]+)[^\w@]{1,3})?([\w'’]+|@)[^\w@\n]{0,3}$")
_NEXT_WORDS = re.compile(r"[\s,)]{0,3}([\w']+(?:[ ][\w']+){0,2})")
_NAME = re.compile(r" ([A-Z][a-z]+)(?= (?:[A-Z][a-z]+|[a-z]+ (?:street|road))\b)")


@dataclass(slots=True)
class Point:
    """One hour as written. `half` is "am", "pm", "24" (certain) or "" (to be guessed); `strength` 2 is surely an hour,
    1 an hour beside a day or after "at", 0 a bare number."""

    hour: int
    minute: int
    half: str
    strength: int
    end: int
    next: int


@dataclass(slots=True)
class ClockWords:
    """An hour or a range of hours as written. `next` is the atom after it, `zone` the zone's words ("" for none)."""

    start: int
    end: int
    next: int
    first: time
    last: time | None
    zone: str = ""
    strength: int = 2
    guessed: bool = False  # morning or afternoon is a guess


def read_clock(
    text: str, atoms: list[Atom], i: int, words: Words, zones: ZoneNames, *, beside_day: bool
) -> ClockWords | None:
    """The hour or range that begins at atom `i`, or None. `beside_day` says that a day stands right before it."""
    one = _point(text, atoms, i, words)
    if one is None:
        return None
    start = atoms[i].start
    before = _before(text, start)
    zone = zones.after(text, one.end) if one.strength > 0 or beside_day else None
    two = _range_end(text, atoms, one, zone, words, before)
    strength = max(one.strength, two.strength if two else 0)
    end, following = (two.end, two.next) if two else (one.end, one.next)
    if strength < 2 and not _is_hour(text, atoms[i], end, words, before, beside_day, two, zone is not None):
        return None
    if two:
        zone = zones.after(text, two.end) or zone
    part = _part_of_day(text, atoms, i, one, following, words)
    if part and part[1] > end and not (zone and zone[1] > end):
        end = part[1]
    first, last = _times(one, two, part[0] if part else "", words.first_hour)
    if zone and zone[1] > end:
        end = zone[1]
    elif zone is None and part and (late := zones.after(text, end)):
        zone, end = late, late[1]
    while following < len(atoms) and atoms[following].start < end:
        following += 1
    guessed = not one.half and not part
    return ClockWords(start, end, following, first, last, zone[0] if zone else "", max(strength, 1), guessed)


def _before(text: str, start: int) -> tuple[str, str]:
    found = _LAST_WORDS.search(text[max(0, start - 28) : start].lower())
    return (found[1] or "", found[2]) if found else ("", "")


def _is_hour(
    text: str,
    atom: Atom,
    end: int,
    words: Words,
    before: tuple[str, str],
    beside_day: bool,
    two: Point | None,
    zoned: bool,
) -> bool:
    """Whether a number without a mark of its own is an hour, by the words around it."""
    alone = words.glue["hour_before_alone"]
    if atom.kind == NUMBER and (name := _NAME.match(text, end)) and name[1].lower() not in words.entries and not zoned:
        return False  # a house number: "at 2 Harbour Street"
    unsure = atom.kind == NUMBER and not two and (atom.n > 12 or (atom.flag == "word" and atom.n == 1))
    if (beside_day and not unsure) or zoned:
        return True
    pair = " ".join(before).strip()
    counted = _NEXT_WORDS.match(text, end) if atom.flag == "word" else None
    if counted and counted[1].lower().split()[0] in words.not_after:
        return False  # "um zwei Wochen"
    if before[1] in alone or pair in words.glue["hour_moved"] or (two and before[1] in words.glue["hour_before"]):
        return True
    following = _NEXT_WORDS.match(text, end)
    if not following or unsure:
        return False
    first, *rest = following[1].lower().split()
    told = words.glue["hour_after"]
    fits = first in told or " ".join([first, *rest[:1]]) in told or " ".join([first, *rest]) in told
    return fits and not text[atom.start - 1 : atom.start].isalnum()


def _point(text: str, atoms: list[Atom], i: int, words: Words) -> Point | None:
    atom = atoms[i]
    if atom.kind == CLOCK:
        dotted = atom.y == 1 and not atom.flag
        if found := _uhr_minutes(text, atoms, i):
            return found
        return Point(atom.n, atom.m, atom.flag, 1 if dotted else 2, atom.end, i + 1)
    if atom.kind == WORD:
        return _spoken(text, atoms, i, words)
    if atom.kind != NUMBER or atom.flag in ("ordinal", "rank", "quantity"):
        return None
    if atom.flag == "year":
        hour, minute = divmod(atom.n, 100)
        if hour > 23 or minute > 59 or minute % 5 or 1890 <= atom.n < 2100 or text[atom.start] not in "012":
            return None
        return Point(hour, minute, "24", 1, atom.end, i + 1)
    if found := _three_quarters(text, atoms, i, words) or _minutes_past(text, atoms, i, words):
        return found
    if atom.n > 24 or (atom.n == 0 and not atom.joined):
        return None
    if clock := _OCLOCK.match(text, atom.end):
        return Point(atom.n, 0, "24" if atom.n > 12 else "", 2, clock.end(), i + 1)
    if atom.flag == "word" and (spoken := _word_minutes(text, atoms, i)):
        return spoken
    strength = 1 if atom.flag == "hours" else 0
    return Point(atom.n, 0, "24" if atom.n > 12 else "", strength, atom.end, i + 1)


def _spoken(text: str, atoms: list[Atom], i: int, words: Words) -> Point | None:
    atom = atoms[i]
    if atom.flag == "noon":
        return Point(12, 0, "24", 2, atom.end, i + 1)
    if atom.flag == "midnight":
        return Point(0, 0, "24", 2, atom.end, i + 1)
    follower = atoms[i + 1] if i + 1 < len(atoms) else None
    if (
        atom.flag not in ("half", "quarter", "three_quarters")
        or follower is None
        or follower.kind not in (NUMBER, CLOCK)
    ):
        return None
    if not 1 <= follower.n <= 12 or follower.flag not in ("", "word", "am", "pm") or follower.m:
        return None
    between = gap(text, atom.end, follower.start)
    half = follower.flag if follower.flag in ("am", "pm") else ""
    past, to = words.glue["past"], words.glue["to"]
    bare = between == "" and "-" not in text[atom.end : follower.start]
    if atom.flag == "three_quarters" and bare:
        return Point(follower.n - 1 or 12, 45, half, 2, follower.end, i + 2)
    if atom.flag == "quarter" and bare and words.half_to:  # "Viertel zehn"
        return Point(follower.n - 1 or 12, 15, half, 2, follower.end, i + 2)
    if atom.flag == "half" and (between in past or bare):
        hour = follower.n - 1 if words.half_to and between == "" else follower.n
        return Point(hour or 12, 30, half, 2, follower.end, i + 2)
    if atom.flag == "quarter" and between in past:
        return Point(follower.n, 15, half, 2, follower.end, i + 2)
    if atom.flag == "quarter" and between in to:
        return Point(follower.n - 1 or 12, 45, half, 2, follower.end, i + 2)
    return None


def _uhr_minutes(text: str, atoms: list[Atom], i: int) -> Point | None:
    """ "9 Uhr 30": the minutes behind the word."""
    follower = atoms[i + 1] if i + 1 < len(atoms) else None
    if follower is None or atoms[i].m or atoms[i].flag in ("am", "pm") or text[atoms[i].end - 1] not in "rR":
        return None
    if follower.kind != NUMBER or follower.flag or not 1 <= follower.n <= 59:
        return None
    if text[atoms[i].end : follower.start] != " " or follower.end - follower.start < 2:
        return None
    return Point(atoms[i].n, follower.n, atoms[i].flag, 2, follower.end, i + 2)


def _three_quarters(text: str, atoms: list[Atom], i: int, words: Words) -> Point | None:
    """ "drei viertel zehn" is 9:45."""
    if not (words.half_to and atoms[i].n == 3 and i + 2 < len(atoms) and atoms[i + 1].flag == "quarter"):
        return None
    hour = atoms[i + 2]
    bare = gap(text, atoms[i].end, atoms[i + 1].start) == gap(text, atoms[i + 1].end, hour.start) == ""
    if hour.kind != NUMBER or not 1 <= hour.n <= 12 or not bare:
        return None
    return Point(hour.n - 1 or 12, 45, "", 2, hour.end, i + 3)


def _minutes_past(text: str, atoms: list[Atom], i: int, words: Words) -> Point | None:
    """ "ten past nine", "twenty to three", "5 past 2"; digits with "to" are a range instead ("10 to 1")."""
    atom = atoms[i]
    follower = atoms[i + 1] if i + 1 < len(atoms) else None
    if follower is None or atom.n not in (5, 10, 20, 25):
        return None
    between = gap(text, atom.end, follower.start)
    if words.half_to and follower.flag == "half" and between in words.glue["past"] | words.glue["to"]:
        return _by_the_half(text, atoms, i, words, -atom.n if between in words.glue["to"] else atom.n)
    if follower.kind != NUMBER or not 1 <= follower.n <= 12:
        return None
    if between in words.glue["minutes_past"]:
        return Point(follower.n, atom.n, "", 2, follower.end, i + 2)
    if (
        between in words.glue["to"]
        and atom.flag == follower.flag == "word"
        and _before(text, atom.start)[1] not in words.glue["opens_range"]
    ):
        return Point(follower.n - 1 or 12, 60 - atom.n, "", 2, follower.end, i + 2)
    return None


def _by_the_half(text: str, atoms: list[Atom], i: int, words: Words, minutes: int) -> Point | None:
    """ "fünf vor halb drei" is 14:25."""
    half = _spoken(text, atoms, i + 1, words)
    if half is None:
        return None
    return Point(half.hour, half.minute + minutes, half.half, 2, half.end, half.next)


def _word_minutes(text: str, atoms: list[Atom], i: int) -> Point | None:
    """ "two thirty", "nine fifteen"."""
    follower = atoms[i + 1] if i + 1 < len(atoms) else None
    if not (follower and follower.kind == NUMBER and follower.flag == "word" and follower.n in (15, 20, 30, 45)):
        return None
    if text[atoms[i].end : follower.start] in (" ", "-") and atoms[i].n <= 12:
        return Point(atoms[i].n, follower.n, "", 2, follower.end, i + 2)
    return None


def _range_end(
    text: str, atoms: list[Atom], one: Point, zone: tuple[str, int] | None, words: Words, before: tuple[str, str]
) -> Point | None:
    """The later end of a range whose earlier end is `one`, or None."""
    if one.next >= len(atoms):
        return None
    follower, last = atoms[one.next], atoms[one.next - 1]
    if last.joined:
        return _point(text, atoms, one.next, words)
    start = max(one.end, zone[1] if zone else 0)
    if follower.start < start or follower.start - start > 20:
        return None
    raw = text[start : follower.start]
    between = gap(text, start, follower.start)
    dashed = raw.strip(" )") in ("-", "–", "—", "--")
    paired = not words.glue["opens_pair"].isdisjoint(before) and between in words.glue["between"]
    if not (dashed or paired or between in words.glue["range"]):
        return None
    two = _point(text, atoms, one.next, words)
    if two is None or (one.strength == 0 and two.strength == 0 and dashed and " " in raw and not raw.strip()):
        return None
    return two


def _part_of_day(
    text: str, atoms: list[Atom], i: int, one: Point, following: int, words: Words
) -> tuple[str, int] | None:
    """ "am" or "pm" from a part of the day named beside the hour, and where its words end."""
    if following < len(atoms) and (found := _part(atoms[following])):
        between = gap(text, atoms[following - 1].end, atoms[following].start)
        if between in words.glue["part"]:
            return found, atoms[following].end
    if i > 0 and (found := _part(atoms[i - 1])):
        between = gap(text, atoms[i - 1].end, atoms[i].start)
        if between in words.glue["day_clock"]:
            return found, 0
    return None


def _part(atom: Atom) -> str:
    if atom.kind != WORD:
        return ""
    return {"morning": "am", "afternoon": "pm", "evening": "pm", "lunch": "pm"}.get(atom.flag, "")


def _times(one: Point, two: Point | None, part: str, first_hour: int) -> tuple[time, time | None]:
    if two is None:
        return _time(one, part, first_hour), None
    second_half = two.half or part
    if one.half or not two.half:
        first = _time(one, part if not one.half and one.hour < 12 else "", first_hour)
    else:  # "2-3pm": both; "11-1pm": the first is in the morning
        shared = two.half if two.half in ("am", "pm") else ""
        first = _time(one, shared, first_hour)
        if first > _time(two, "", first_hour):
            first = _time(one, "am", first_hour)
    last = _time(two, second_half, first_hour)
    if last <= first and not two.half:
        later = Point(two.hour % 12 + 12, two.minute, "24", two.strength, two.end, two.next)
        last = _time(later, "", first_hour)
    return first, last


def _time(point: Point, part: str, first_hour: int) -> time:
    """The hour of the day; a bare hour is taken to lie in the office's day, from `first_hour` on."""
    hour, half = point.hour, point.half or part
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    elif not half and 1 <= hour < first_hour:
        hour += 12
    return time(hour % 24, point.minute % 60)
