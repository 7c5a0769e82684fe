"""Cuts text into the few words and numbers that can be part of a day or an hour, in one linear pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from watcher.knowledge.model import Table
from watcher.reading.identity import Identity

# Kinds of atom. Numbers that cannot be part of a time are JUNK: they keep their neighbours apart.
WEEKDAY, MONTH, NUMBER, CLOCK, DATE, ISO, WORD, JUNK = (
    "weekday",
    "month",
    "number",
    "clock",
    "date",
    "iso",
    "word",
    "junk",
)
MAX_TEXT = 40_000  # characters looked at; what stands later is never where a time is agreed
MAX_ATOMS = 1_500

_TOKEN = re.compile(
    r"(?P<skip>(?:https?://|www\.)\S{1,2000})"
    r"|(?P<iso>\b\d{4}-[01]\d-[0-3]\d"
    r"(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d)?(?:\.\d{1,6})?(?:Z\b|[+-]\d\d:?\d\d)?)?(?![\d-]))"
    r"|(?P<number>\d+(?:[:.h/–—-]\d+)*)"
    r"|(?P<word>[^\W\d_][\w'’]*)"
)
_SUFFIX = re.compile(
    r"(?:\s{0,2}(?P<meridiem>[ap])(?:\.\s?m\.?|m)(?![^\W_])"
    r"|(?P<short>[ap])(?![^\W_]|\.\w)"
    r"|(?P<ordinal>st|nd|rd|th)(?![^\W_])"
    r"|\s?(?P<hours>h|hrs?|hours|uhr)(?![^\W_])\.?"
    r"|(?P<ish>-?ish)(?![^\W_]))",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[\s-]{1,2}([a-z']+)|([a-z]+|[%+°])", re.IGNORECASE)
_DASHES = re.compile(r"[–—-]")


@dataclass(slots=True)
class Atom:
    """A word or number that may be part of a time.

    `n`, `m`, `y` hold what the kind needs: weekday (0 is Monday), month (1 to 12), number, hour and minute, the two
    numbers of a numeric date and its year (0 where there is none). `flag`: for a clock "am", "pm", "24" (certain)
    or ""; for a number "ordinal", "word", "year", "hours", "quantity" or ""; for a date its separator; for a word its
    part; "weak" for a weekday that may be an ordinary word. `joined` says that a dash joins it to the next as a range.
    """

    kind: str
    start: int
    end: int
    n: int = 0
    m: int = 0
    y: int = 0
    flag: str = ""
    joined: bool = False


class Words:
    """The words of a pack's times table by the part they play."""

    def __init__(self, table: Table) -> None:
        self.half_to = table.get("half_means") == "to"
        self.entries: dict[str, tuple[str, int, str]] = {}
        weak = frozenset(table.get("weak_weekdays", ()))
        for part, words in table.get("words", {}).items():
            self._add(words, WORD, 0, part)
        self._add(table.get("habits", ()), WORD, 0, "habit")
        for word, number in table.get("numbers", {}).items():
            self.entries[word] = (NUMBER, number, "word")
        for index, names in enumerate(table.get("weekdays", ())):
            for name in names:
                self.entries[name] = (WEEKDAY, index, "weak" if name in weak else "")
        for index, names in enumerate(table.get("months", ()), start=1):
            self._add(names, MONTH, index, "")
        glue: Mapping[str, Sequence[str]] = table.get("glue", {})
        self.glue = {name: frozenset(parts) for name, parts in glue.items()}
        self.date_glue: frozenset[str | None] = frozenset(glue.get("date", ("",)))
        self.parts = frozenset({"morning", "afternoon", "evening", "lunch"})
        rejects: Mapping[str, Any] = table.get("not_times", {})
        self.not_before = frozenset(rejects.get("before", ()))
        self.not_after = frozenset(rejects.get("after", ()))
        self.not_after_ordinal = frozenset(rejects.get("after_ordinal", ()))
        self.never = frozenset(rejects.get("never", ()))
        self.phrases = tuple(rejects.get("phrases", ()))
        anchors = sorted((w for w, (kind, _, _) in self.entries.items() if kind != NUMBER), key=len, reverse=True)
        self._any = re.compile(
            r"\d|\b(?:" + "|".join(map(re.escape, [*anchors, *table.get("numbers", {})])) + r")\b", re.IGNORECASE
        )

    def may_hold(self, text: str) -> bool:
        """Whether a text holds any digit or word of time at all."""
        return bool(self._any.search(text))

    def _add(self, words: Sequence[str], kind: str, number: int, flag: str) -> None:
        for word in words:
            self.entries[word] = (kind, number, flag)


@lru_cache(maxsize=8)
def _words(table: Identity) -> Words:
    return Words(table.thing)


def words_of(table: Table) -> Words:
    """The words of a times table, made once for each table."""
    return _words(Identity(table))


def atoms(text: str, words: Words) -> list[Atom]:
    """The atoms of a text in order; linear in its length, capped at MAX_TEXT characters and MAX_ATOMS atoms."""
    found: list[Atom] = []
    entries = words.entries
    before = ""
    barred = _barred(text, words)
    taken = 0
    for match in _TOKEN.finditer(text, 0, MAX_TEXT):
        if match.start() < taken:
            continue  # the suffix of a number
        kind = match.lastgroup
        if kind == "word":
            before = match.group().lower().replace("’", "'")
            entry = entries.get(before) or entries.get(before[:-2] if before.endswith("'s") else "")
            if entry:
                found.append(_word(match, entry))
        elif kind == "number":
            if match.start() in barred:
                found.append(Atom(JUNK, match.start(), match.end()))
            else:
                _number(text, match, before, words, found)
            taken = found[-1].end
            before = ""
        elif kind == "iso":
            found.append(Atom(ISO, match.start(), match.end()))
            before = ""
        if len(found) >= MAX_ATOMS:
            break
    return found


def _word(match: re.Match[str], entry: tuple[str, int, str]) -> Atom:
    kind, number, flag = entry
    text = match.group()
    if flag == "weak" and text[0].isupper() and text.rstrip("'s").isalpha() and len(text) > 2:
        flag = "capital"
    return Atom(kind, match.start(), match.end(), n=number, flag=flag)


def _barred(text: str, words: Words) -> set[int]:
    """Where numbers stand in phrases that are no times ("9 to 5")."""
    barred: set[int] = set()
    lowered = text[:MAX_TEXT].lower()
    for phrase in words.phrases:
        at = lowered.find(phrase)
        while at >= 0 and len(barred) < MAX_ATOMS:
            after = lowered[at + len(phrase) : at + len(phrase) + 1]
            before = lowered[at - 1 : at]
            if not (after.isalnum() or (after == ":" or before.isalnum())) and not _is_hour(lowered, at, phrase):
                barred.update(i for i in range(at, at + len(phrase)) if lowered[i].isdigit())
            at = lowered.find(phrase, at + len(phrase))
    return barred


def _is_hour(text: str, at: int, phrase: str) -> bool:
    """Whether "9-5" follows a date or an hour's word, or has a suffix: then it is a range of hours after all."""
    return bool(re.match(r"\s?[ap]\.?m", text[at + len(phrase) : at + len(phrase) + 4])) or text[at - 3 : at] in (
        "at ",
        "om ",
    )


def _number(text: str, match: re.Match[str], before: str, words: Words, found: list[Atom]) -> None:
    start, end, raw = match.start(), match.end(), match.group()
    junk = Atom(JUNK, start, end)
    left = text[start - 1] if start else ""
    if left and (left.isalpha() or left in "$€£₹¥#+*_=~&" or (left == "/" and text[start - 2 : start - 1].isalnum())):
        found.append(junk)
        return
    tied = left in ".,-" and start > 1 and text[start - 2].isalnum() and not (left == "-" and before)
    if tied and not (left == "," and len(raw) == 4):
        found.append(junk)
        return
    if raw in words.never or len(raw) > 40:
        found.append(junk)
        return
    suffix = _SUFFIX.match(text, end)
    pieces = _pieces(raw, start)
    if pieces is None or text[end : end + 1] in ("%", "_") or re.match(r",\d{3}(?!\d)|\.\d", text[end : end + 5]):
        found.append(junk)
        return
    last = pieces[-1]
    if suffix:
        _apply(suffix, last, at=before in words.glue.get("hour_before_alone", ()))
    elif not _fits(text, end, before, start, pieces, words):
        if last.kind == NUMBER and len(pieces) == 1 and _quantity(text, end):
            last.flag = "quantity"
            found.append(last)
        else:
            found.append(junk)
        return
    if (
        last.flag == "ordinal"
        and (unit := _UNIT.match(text, last.end))
        and (unit[1] or "").lower() in words.not_after_ordinal
    ):
        last.flag = "rank"
    if suffix is not None and last.flag in ("am", "pm", "24") and len(pieces) == 2 and pieces[0].kind == NUMBER:
        pieces[0].kind, pieces[0].m = CLOCK, 0
    found.extend(pieces)


def _quantity(text: str, end: int) -> bool:
    return bool(re.match(r"[\s-]{1,2}[a-zA-Z]", text[end : end + 3]))


def _fits(text: str, end: int, before: str, start: int, pieces: list[Atom], words: Words) -> bool:
    """Whether the words right before and after allow a bare number to be part of a time."""
    if pieces[0].kind == DATE or (pieces[0].kind == CLOCK and ":" in text[start:end]):
        return True
    if before in words.not_before and text[start - 2 : start].strip(" #") in ("", before[-1:], "."):
        return False
    unit = _UNIT.match(text, end)
    if not unit:
        return True
    word = (unit[1] or unit[2] or "").lower()
    if unit[2] and word not in ("x",):  # letters or a sign joined to the number
        return False
    return word not in words.not_after


def _apply(suffix: re.Match[str], last: Atom, *, at: bool) -> None:
    """Gives the last piece what its suffix says; `at` says that a word such as "at" stands before it."""
    mark = (suffix["meridiem"] or suffix["short"] or "").lower()
    if mark and last.kind in (NUMBER, CLOCK) and last.n <= 24 and last.flag != "year":
        if last.kind == NUMBER:
            last.kind, last.m = CLOCK, 0
        last.flag = ("am" if mark == "a" else "pm") if last.n <= 12 else "24"
    elif suffix["ordinal"] and last.kind == NUMBER:
        last.flag = "ordinal"
        if not 1 <= last.n <= 31:
            last.kind = JUNK
    elif suffix["hours"]:
        if last.kind == NUMBER and last.flag == "year":
            last.kind, last.n, last.m, last.flag = CLOCK, last.n // 100, last.n % 100, "24"
            if last.m > 59 or last.n > 24:
                last.kind = JUNK
        elif last.kind == CLOCK:
            last.flag = "24"
        elif last.kind == NUMBER:
            last.flag = "hours" if at or suffix["hours"].lower() in ("uhr", "h") else "quantity"
    elif suffix["ish"]:
        last.flag = "hours" if last.kind == NUMBER else last.flag
    if last.kind != JUNK and not (last.kind == NUMBER and last.flag == "quantity"):
        last.end = suffix.end()


def _pieces(raw: str, start: int) -> list[Atom] | None:
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
