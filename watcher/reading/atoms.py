"""Cuts text into the few words and numbers that can be part of a day or an hour, in one linear pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, compress
from typing import Any

from watcher.knowledge.model import Table
from watcher.knowledge.remembered import Remembered
from watcher.reading.atom import CLOCK, DATE, ISO, JUNK, MONTH, NUMBER, WEEKDAY, WORD, Atom
from watcher.reading.figures import pieces_of
from watcher.reading.identity import Identity

MAX_TEXT = 40_000  # characters looked at; what stands later is never where a time is agreed
MAX_ATOMS = 1_500
REMEMBERED = 8192  # tokens of which it is remembered whether they tell of a time

_ISO_DAY = (
    r"\b\d{4}-[01]\d-[0-3]\d"
    r"(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d)?(?:\.\d{1,6})?(?:Z\b|[+-]\d\d:?\d\d)?)?(?![\d-])"
)
# A link, a day as ISO 8601 writes it, a run of digits, or a word.
_TOKEN = re.compile(rf"((?:https?://|www\.)\S{{1,2000}}|{_ISO_DAY}|\d+(?:[:.h/–—-]\d+)*|[^\W\d_][\w'’]*)")
_ISO = re.compile(_ISO_DAY)
_SUFFIX = re.compile(
    r"(?:\s{0,2}(?P<meridiem>[ap])(?:\.\s?m\.?|m)(?![^\W_])"
    r"|(?P<short>[ap])(?![^\W_]|\.\w)"
    r"|(?P<ordinal>st|nd|rd|th|te[nr]?|sten)(?![^\W_])"
    r"|\s?(?P<hours>h|hrs?|hours|uhr)(?![^\W_])\.?"
    r"|(?P<ish>-?ish)(?![^\W_]))",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[\s-]{1,2}([a-zäöüß']+)|([a-zäöüß]+|[%+°])", re.IGNORECASE)


_DIGIT, _WORD = re.compile(r"\d"), re.compile(r"\w+")


class _Telling(Remembered[bool]):
    """Of each token (lower case) whether it may be part of a time, remembered: mail is written in few words."""

    def __init__(self, entries: Mapping[str, tuple[str, int, str]]) -> None:
        super().__init__(REMEMBERED)
        self._entries = entries

    def __missing__(self, word: str) -> bool:
        entries = self._entries
        return self.keep(word, word in entries or word[:1].isdecimal() or word.removesuffix("'s") in entries)


class Words:
    """The words of a pack's times table by the part they play."""

    def __init__(self, table: Table) -> None:
        self.half_to = table.get("half_means") == "to"
        self.dotted = bool(table.get("dotted_dates"))  # "12.03." and "am 24." are days
        self.months = (
            frozenset(name for names in table.get("months", ()) for name in names) if self.dotted else frozenset()
        )
        self.no_meridiem = bool(table.get("no_meridiem"))  # "12 am Freitag" is no midnight
        self.first_hour: int = table.get("first_hour", 7)  # bare hours before it are in the afternoon
        self.weeks_on: Mapping[str, int] = table.get("weeks_on", {})  # "in einer woche" after a day: weeks further on
        self.morning_after = frozenset(table.get("morning_after", ()))  # before a "tomorrow" that means the morning
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
        self.telling = _Telling(self.entries)
        known = {*self.entries, *table.get("numbers", {})}
        self._single = frozenset(word for word in known if word.isalnum())
        several = sorted(known - self._single, key=len, reverse=True)
        self._several = re.compile(rf"\b(?:{'|'.join(map(re.escape, several))})\b" if several else r"(?!)")

    def is_weekday(self, word: str) -> bool:
        """Whether a word (lower case) names a day of the week."""
        return self.entries.get(word, ("", 0, ""))[0] == WEEKDAY

    def may_hold(self, text: str) -> bool:
        """Whether a text holds any digit or word of time at all."""
        if _DIGIT.search(text):
            return True
        lowered = text.lower()
        return not self._single.isdisjoint(_WORD.findall(lowered)) or bool(self._several.search(lowered))

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
    text = text[:MAX_TEXT]
    pieces = _TOKEN.split(text)
    tokens = pieces[1::2]
    lowered = "\n".join(tokens).lower().replace("’", "'").split("\n")  # no token holds a line break
    entries = words.entries
    telling = list(compress(range(len(lowered)), map(words.telling.__getitem__, lowered)))
    if not telling:
        return []
    ends = list(accumulate(map(len, pieces)))
    found: list[Atom] = []
    barred: set[int] | None = None
    taken = 0  # where the last number ends, its suffix included
    number = -1  # which token that was
    for at in telling:
        start, end, word = ends[2 * at], ends[2 * at + 1], lowered[at]
        if start < taken:
            continue  # the suffix of a number
        if not word[:1].isdecimal():
            entry = entries.get(word) or entries[word.removesuffix("'s")]
            if not _is_a_small_word(text, start, end, entry):
                last = _word_before(at, number, taken, lowered, ends) if words.morning_after else ""
                found.append(_word(tokens[at], start, _in_place(entry, last, words)))
        elif word[4:5] == "-" and (iso := _ISO.match(text, start)) and iso.end() == end:
            found.append(Atom(ISO, start, end))
            number = at
        else:
            barred = _barred(text, words) if barred is None else barred
            if start in barred:
                found.append(Atom(JUNK, start, end))
            else:
                _number(text, start, end, _word_before(at, number, taken, lowered, ends), words, found)
            taken = found[-1].end
            number = at
        if len(found) >= MAX_ATOMS:
            break
    return found


def _word_before(at: int, number: int, taken: int, lowered: Sequence[str], ends: Sequence[int]) -> str:
    """The word before a token, links left out; "" where a number stands nearer or none does."""
    for before in range(at - 1, number, -1):
        word = lowered[before]
        if ends[2 * before] >= taken and ":" not in word and "." not in word:
            return word
    return ""


def _is_a_small_word(text: str, start: int, end: int, entry: tuple[str, int, str]) -> bool:
    """Whether a weekday of two letters ("so", "do") is another word: none that begins small or stands before a word."""
    if entry[2] != "weak" or end - start > 2:
        return False
    after = text[end : end + 2].lstrip(" ")[:1]
    return text[start].islower() or not (after in (".", ",", "-", "–", "/") or after.isdigit())


def _in_place(entry: tuple[str, int, str], last: str, words: Words) -> tuple[str, int, str]:
    """The entry of a word after `last`: "morgen" is the morning after "guten" or a weekday, else tomorrow."""
    if entry[2] != "tomorrow" or not words.morning_after:
        return entry
    morning = last in words.morning_after or words.is_weekday(last)
    return (WORD, 0, "morning") if morning else entry


def _word(text: str, start: int, entry: tuple[str, int, str]) -> Atom:
    kind, number, flag = entry
    if flag == "weak" and text[0].isupper() and text.rstrip("'s").isalpha() and len(text) > 2:
        flag = "capital"
    return Atom(kind, start, start + len(text), n=number, flag=flag)


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


def _number(text: str, start: int, end: int, before: str, words: Words, found: list[Atom]) -> None:
    raw = text[start:end]
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
    if suffix and words.no_meridiem and (suffix["meridiem"] or suffix["short"]):
        suffix = None
    pieces = pieces_of(raw, start)
    if pieces is None or text[end : end + 1] in ("%", "_") or re.match(r",\d{3}(?!\d)|\.\d", text[end : end + 5]):
        found.append(junk)
        return
    last = pieces[-1]
    if words.dotted and suffix is None and text[end : end + 1] == ".":
        _read_stop(text, end, before, pieces, words)
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
    marked = last.flag in ("am", "pm", "24") or (suffix is not None and last.kind == CLOCK)
    if suffix is not None and marked and len(pieces) == 2 and pieces[0].kind == NUMBER:
        pieces[0].kind, pieces[0].m = CLOCK, 0
    found.extend(pieces)


def _read_stop(text: str, end: int, before: str, pieces: list[Atom], words: Words) -> None:
    """What a full stop right behind a number makes of it: "12.03." a date, "am 24." a day of the month."""
    last = pieces[-1]
    if len(pieces) > 1 or text[end + 1 : end + 2].isdigit():
        return
    if last.kind == CLOCK and last.y == 1 and 1 <= last.n <= 31 and 1 <= last.m <= 12:
        if before not in words.glue["hour_before_alone"]:
            last.kind, last.flag, last.y = DATE, "..", 0
        return
    told = before in words.glue["ordinal_before"] or words.is_weekday(before)
    if last.kind == NUMBER and not last.flag and 1 <= last.n <= 31 and told:
        last.flag, last.end = "ordinal", end + 1


def _apply_hours(word: str, last: Atom, *, at: bool) -> None:
    if last.kind == NUMBER and last.flag == "year":
        last.kind, last.n, last.m, last.flag = CLOCK, last.n // 100, last.n % 100, "24"
        if last.m > 59 or last.n > 24:
            last.kind = JUNK
    elif last.kind == CLOCK:
        last.flag = "24"
    elif last.kind == NUMBER and last.n <= 24 and word == "uhr":
        last.kind, last.m, last.flag = CLOCK, 0, "24" if last.n > 12 or last.n in (0, 5, 6) else ""
    elif last.kind == NUMBER:
        last.flag = "hours" if at or word in ("uhr", "h") else "quantity"


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
        _apply_hours(suffix["hours"].lower(), last, at=at)
    elif suffix["ish"]:
        last.flag = "hours" if last.kind == NUMBER else last.flag
    if last.kind != JUNK and not (last.kind == NUMBER and last.flag == "quantity"):
        last.end = suffix.end()
