"""Days in words: finds them among the atoms of a text. Which day each means is for calendar_days to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from watcher.reading.atom import CLOCK, DATE, ISO, MONTH, NUMBER, WEEKDAY, WORD, Atom
from watcher.reading.atoms import Words

OFFSETS = {"today": 0, "tomorrow": 1, "overmorrow": 2, "yesterday": -1, "ereyesterday": -2}
_RELATIONS = frozenset({"this", "coming", "next", "after_next", "last", "week", "calendar_week"})
_PUNCTUATION = re.compile(r"[\s,.;:|()\[\]*_•·–—-]+")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_DAY_AFTER = re.compile(r"\bday after $", re.IGNORECASE)


@dataclass(slots=True)
class DayWords:
    """A day as it is written; -1, 0 or "" where a part is not said. `next` is the atom after it.

    `relation`: this, next, last, week ("Monday week"). `pair` is a numeric date whose order is open.
    """

    start: int
    end: int
    next: int
    weekday: int = -1
    dom: int = 0
    month: int = 0
    year: int = 0
    offset: int | None = None
    relation: str = ""
    pair: tuple[int, int] | None = None
    weak: bool = False
    iso: bool = False
    weeks: int = 0  # said to be so many weeks further on ("Donnerstag in einer Woche")
    calendar_week: int = 0  # the week by its number (ISO 8601)

    @property
    def dated(self) -> bool:
        """Whether the words hold a number of the calendar, not only a weekday or a relation to today."""
        return bool(self.dom or self.pair)


def gap(text: str, start: int, end: int) -> str | None:
    """What stands between two atoms, without punctuation, lower case; None where it is long or a new paragraph."""
    if end - start > 48:
        return None
    between = text[start:end]
    if "\n" in between and _PARAGRAPH.search(between):
        return None
    if between == " ":
        return ""
    return _PUNCTUATION.sub(" ", between).strip().lower()


def read_day(text: str, atoms: list[Atom], i: int, words: Words, today: date) -> DayWords | None:
    """The day that begins at atom `i`, or None."""
    first = atoms[i]
    found = DayWords(first.start, first.start, i)
    if first.kind not in (WEEKDAY, MONTH, NUMBER, DATE, ISO, WORD):
        return None
    if first.kind == WORD and first.flag not in OFFSETS and first.flag not in _RELATIONS:
        return None
    j = i
    while j < len(atoms) and j - i < 8:
        if j > i and not _near(text, atoms[j - 1], atoms[j], words, found):
            break
        taken = _take(text, atoms, j, words, today, found)
        if not taken:
            break
        j += taken
        found.end, found.next = atoms[j - 1].end, j
    if found.next == i or not _whole(found):
        return None
    _take_weeks_on(text, atoms, words, found)
    return found


def _take_weeks_on(text: str, atoms: list[Atom], words: Words, found: DayWords) -> None:
    """Adds the weeks said behind a day ("Donnerstag in einer Woche", "heute in 14 Tagen")."""
    if found.dated or found.end == found.start:
        return
    behind = text[found.end : found.end + 24].lower()
    for phrase, weeks in words.weeks_on.items():
        if behind.startswith(f" {phrase}"):
            found.weeks = weeks
            found.end += len(phrase) + 1
            while found.next < len(atoms) and atoms[found.next].start < found.end:
                found.next += 1
            return


def _near(text: str, one: Atom, two: Atom, words: Words, found: DayWords) -> bool:
    between = gap(text, one.end, two.start)
    if between is None:
        return False
    if between in words.date_glue:
        return True
    related = found.relation or found.calendar_week or one.flag == "week" or two.flag in _RELATIONS - {"this", "last"}
    return bool(related) and between in words.glue["relation"]


def _whole(found: DayWords) -> bool:
    if found.dom:
        return True
    return found.weekday >= 0 or found.pair is not None or found.offset is not None


def _take(text: str, atoms: list[Atom], j: int, words: Words, today: date, found: DayWords) -> int:
    """Adds atom `j` (and what belongs to it) to the day; how many atoms that took, 0 where it does not fit."""
    atom = atoms[j]
    if atom.kind == WEEKDAY:
        return _take_weekday(text, atoms, j, words, found)
    if atom.kind == WORD:
        return _take_word(text, atoms, j, words, found)
    if found.pair or (found.dom and atom.kind != MONTH and atom.flag != "year"):
        return 0
    if atom.kind == ISO:
        found.year, found.month, found.dom = _iso(text[atom.start : atom.end])
        found.iso = True
        return 1
    if atom.kind == DATE:
        return _take_date(text, atom, found)
    if atom.kind == MONTH:
        return _take_month(text, atoms, j, words, found)
    return _take_number(text, atoms, j, words, today, found)


def _take_weekday(text: str, atoms: list[Atom], j: int, words: Words, found: DayWords) -> int:
    atom = atoms[j]
    if found.weekday >= 0:
        return 0
    follower = atoms[j + 1] if j + 1 < len(atoms) else None
    if found.dom or found.pair:
        bracketed = text[atom.start - 1 : atom.start] == "("
        dated = follower and (
            follower.kind in (DATE, MONTH) or (follower.kind == NUMBER and follower.flag == "ordinal")
        )
        if dated and follower and not bracketed and gap(text, atom.end, follower.start) in words.date_glue:
            return 0
        if "\n" in text[atoms[j - 1].end : atom.start]:
            return 0
    found.weekday = atom.n
    found.weak = atom.flag in ("weak", "capital")
    return 1


def _take_word(text: str, atoms: list[Atom], j: int, words: Words, found: DayWords) -> int:
    atom = atoms[j]
    follower = atoms[j + 1] if j + 1 < len(atoms) else None
    close = gap(text, atom.end, follower.start) if follower else None
    empty = found.end == found.start
    if atom.flag in OFFSETS:
        if not empty and found.relation != "week":
            return 0
        found.offset = OFFSETS[atom.flag]
        if atom.flag == "tomorrow" and _DAY_AFTER.search(text, max(0, atom.start - 12), atom.start):
            found.offset = 2
        return 1
    if follower is None or close is None:
        return 1 if atom.flag == "week" and _week_after(text, atoms, j, found) else 0
    if atom.flag == "calendar_week":
        numbered = follower.kind == NUMBER and 1 <= follower.n <= 53 and close == "" and not found.dated
        found.calendar_week = follower.n if numbered else 0
        return 2 if numbered else 0
    spaced = not text[atom.end : follower.start].strip()
    if atom.flag in ("this", "coming", "next", "after_next", "last") and empty and spaced and follower.kind == WEEKDAY:
        found.relation = atom.flag
        return 1
    if atom.flag in ("next", "this", "coming", "after_next") and follower.flag == "week" and close == "":
        relation = "next week" if atom.flag == "coming" else f"{atom.flag} week"
        if found.weekday >= 0 and not found.relation:
            found.relation = relation
            return 2
        beyond = atoms[j + 2] if j + 2 < len(atoms) else None
        if (
            empty
            and beyond
            and beyond.kind == WEEKDAY
            and gap(text, follower.end, beyond.start) in words.glue["in_week"]
        ):
            found.relation = relation
            return 2
    if atom.flag == "week":
        if (
            empty
            and close in ("", "on", "from")
            and (follower.kind == WEEKDAY or follower.flag in ("today", "tomorrow"))
        ):
            found.relation = "week"
            return 1
        return 1 if _week_after(text, atoms, j, found) else 0
    return 0


def _week_after(text: str, atoms: list[Atom], j: int, found: DayWords) -> bool:
    """Whether "week" stands right after a day ("Monday week", "today week"); the day is then a week on."""
    if j == 0 or found.end == found.start or found.relation or text[atoms[j - 1].end : atoms[j].start].strip():
        return False
    if (found.weekday < 0 and found.offset is None) or found.dom or found.pair:
        return False
    if re.match(r"\s+(?:of|commencing|beginning|starting)\b", text[atoms[j].end : atoms[j].end + 16]):
        return False
    found.relation = "week"
    return True


def _take_date(text: str, atom: Atom, found: DayWords) -> int:
    if found.month:
        return 0
    if atom.flag == "ymd":
        found.year, found.month, found.dom = atom.y, atom.m, atom.n
    elif atom.flag == "..":
        if text[atom.end : atom.end + 1] != "." and found.weekday < 0:
            return 0
        found.dom, found.month = atom.n, atom.m
    elif atom.flag == ".":
        found.dom, found.month, found.year = atom.n, atom.m, atom.y
    else:
        found.pair, found.year = (atom.n, atom.m), atom.y
    return 1 if _possible(found) else 0


def _possible(found: DayWords) -> bool:
    if found.pair:
        one, two = found.pair
        return (1 <= one <= 12 and 1 <= two <= 31) or (1 <= one <= 31 and 1 <= two <= 12)
    return 1 <= found.dom <= 31 and 1 <= found.month <= 12


def _take_month(text: str, atoms: list[Atom], j: int, words: Words, found: DayWords) -> int:
    atom = atoms[j]
    if found.month:
        return 0
    if found.dom:
        found.month = atom.n
        return 1
    follower = atoms[j + 1] if j + 1 < len(atoms) else None
    if follower is None or follower.kind != NUMBER or gap(text, atom.end, follower.start) not in ("", "the"):
        return 0
    if follower.flag in ("year", "hours", "quantity", "word") or not 1 <= follower.n <= 31:
        return 0
    found.month, found.dom = atom.n, follower.n
    return 2


def _take_number(text: str, atoms: list[Atom], j: int, words: Words, today: date, found: DayWords) -> int:
    atom = atoms[j]
    if atom.kind != NUMBER:
        return 0
    if atom.flag == "year":
        if found.dom and found.month and not found.year and 1990 < atom.n < 2100:
            found.year = atom.n
            return 1
        return 0
    with_month = _month_follows(text, atoms, j, words)
    relative = found.offset is not None and not atom.flag
    if atom.flag == "word" or (not with_month and (not 1 <= atom.n <= 31 or atom.flag == "hours" or relative)):
        return 0
    if with_month or atom.flag == "ordinal":
        found.dom = atom.n
        return 1
    if found.weekday < 0 or atom.joined or atom.flag or _leads_range(text, atoms, j, words):
        return 0
    if not re.match(r"\s?(?:o['’]?clock|[ap]\.?m)", text[atom.end : atom.end + 9]):
        hour_follows = j + 1 < len(atoms) and atoms[j + 1].kind in (NUMBER, CLOCK) and atoms[j + 1].start - atom.end < 8
        ahead = 75 if atom.n > 12 or hour_follows else 21  # "Friday 10" is an hour rather than a day next month
        if _bare_day_fits(today, atom.n, found.weekday, ahead):
            found.dom = atom.n
            return 1
    return 0


def _leads_range(text: str, atoms: list[Atom], j: int, words: Words) -> bool:
    """Whether a number begins a range of hours ("10 to 1", "10 - 11")."""
    follower = atoms[j + 1] if j + 1 < len(atoms) else None
    if follower is None or follower.kind not in (NUMBER, CLOCK) or follower.start - atoms[j].end > 12:
        return False
    raw = text[atoms[j].end : follower.start]
    return raw.strip() in ("-", "–", "—") or gap(text, atoms[j].end, follower.start) in words.glue["range"]


def _month_follows(text: str, atoms: list[Atom], j: int, words: Words) -> bool:
    follower = atoms[j + 1] if j + 1 < len(atoms) else None
    if (
        follower is None
        or follower.kind != MONTH
        or gap(text, atoms[j].end, follower.start) not in ("", "of", "day of")
    ):
        return False
    if not 1 <= atoms[j].n <= 31 or (not words.dotted and _list_mark(text, atoms, j)):
        return False
    beyond = atoms[j + 2] if j + 2 < len(atoms) else None  # "at 10 March 4th": the number after is the month's
    return not (
        beyond and beyond.kind == NUMBER and beyond.flag == "ordinal" and gap(text, follower.end, beyond.start) == ""
    )


def _list_mark(text: str, atoms: list[Atom], j: int) -> bool:
    """Whether a number begins a line as the mark of a list ("1. Feb 9", "2) March 3")."""
    beyond = atoms[j + 2] if j + 2 < len(atoms) else None
    left = text[max(0, atoms[j].start - 3) : atoms[j].start].rpartition("\n")[2].strip(" ")
    marked = (
        text[atoms[j].end : atoms[j].end + 1] in (".", ")") and not left and "\n" in "\n" + text[: atoms[j].start][-3:]
    )
    return bool(marked and beyond and beyond.kind == NUMBER and beyond.flag in ("", "ordinal") and beyond.n <= 31)


def _bare_day_fits(today: date, dom: int, weekday: int, most: int) -> bool:
    for ahead in range(-14, most):
        day = today + timedelta(days=ahead)
        if day.day == dom and day.weekday() == weekday:
            return True
    return False


def _iso(words: str) -> tuple[int, int, int]:
    return int(words[:4]), int(words[5:7]), int(words[8:10])
