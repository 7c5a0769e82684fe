"""Days and hours of a text, joined: an hour belongs to the day beside it, else to the day named last before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from watcher.reading.atom import Atom
from watcher.reading.atoms import Words, atoms
from watcher.reading.calendar_days import resolve
from watcher.reading.calendar_words import DayWords, gap, read_day
from watcher.reading.clock import ClockWords, read_clock
from watcher.reading.uses import Cues, ends_of, sentence_around
from watcher.reading.zones import ZoneNames

_CARRY = 400  # characters over which an hour still belongs to the day named before it


@dataclass(slots=True)
class Scene:
    """All that is the same for every time of one text."""

    text: str
    sent: datetime
    today: date
    user: tzinfo
    writer: tzinfo
    day_first: bool
    words: Words
    zones: ZoneNames
    cues: Cues
    stated_zone: str | None = None
    _ends: list[int] | None = None

    @property
    def ends(self) -> list[int]:
        """Where its sentences end."""
        if self._ends is None:
            self._ends = ends_of(self.text, self.words.months)
        return self._ends


@dataclass(slots=True)
class Day:
    """A day of the text, in words and on the calendar; `past` where its sentence speaks of what has been."""

    words: DayWords
    day: date
    past: bool


@dataclass(slots=True)
class Found:
    """A mention in the making: a day, an hour, or both."""

    start: int
    end: int
    day: Day | None
    clock: ClockWords | None


def read_items(scene: Scene) -> list[Day | ClockWords]:
    """Days and hours in order of appearance."""
    found_atoms = atoms(scene.text, scene.words)
    day_first = _order_shown(found_atoms, scene.day_first)
    items: list[Day | ClockWords] = []
    i = 0
    while i < len(found_atoms):
        day = read_day(scene.text, found_atoms, i, scene.words, scene.today)
        if day and not (day.weak and not _backed(scene, found_atoms, day)):
            past = _past_sentence(scene, day)
            if resolved := resolve(day, scene.today, day_first=day_first, past=past):
                items.append(Day(day, resolved, past))
                i = day.next
                continue
        last = items[-1] if items else None
        beside = isinstance(last, Day) and _beside(scene, last.words.end, found_atoms[i].start)
        clock = read_clock(scene.text, found_atoms, i, scene.words, scene.zones, beside_day=beside)
        if clock is None and isinstance(last, ClockWords) and _listed(scene, last.end, found_atoms[i].start):
            clock = read_clock(scene.text, found_atoms, i, scene.words, scene.zones, beside_day=True)
        if clock is None and _before_day(scene, found_atoms, i):
            clock = read_clock(scene.text, found_atoms, i, scene.words, scene.zones, beside_day=True)
        if clock:
            items.append(clock)
            i = clock.next
        else:
            i += 1
    return items


def _before_day(scene: Scene, found: list[Atom], i: int) -> bool:
    """Whether a bare number stands right before "on" and a day ("10 on Tuesday"), or a dotted hour right before the day
    ("3.30 Wednesday")."""
    if i + 1 >= len(found) or found[i].flag or found[i].joined or found[i].kind not in ("number", "clock"):
        return False
    between = scene.text[found[i].end : found[i + 1].start].strip()
    if between not in scene.words.glue["hour_on"] and (between or found[i].kind == "number"):
        return False
    return read_day(scene.text, found, i + 1, scene.words, scene.today) is not None


def _order_shown(found: Sequence[Atom], day_first: bool) -> bool:
    """Day before month or after it, as the text's own numeric dates show where one of them can be read one way only."""
    shown = {
        atom.n > 12 for atom in found if atom.kind == "date" and atom.flag in ("/", "-") and max(atom.n, atom.m) > 12
    }
    return shown.pop() if len(shown) == 1 else day_first


def _backed(scene: Scene, found: Sequence[Atom], day: DayWords) -> bool:
    """Whether a short weekday that could be another word ("sat", "sun", "wed") is one, by what is beside it."""
    if day.dated or day.relation or day.offset is not None:
        return True
    if scene.text[day.start].isupper() and len(scene.text[day.start : day.end].rstrip(".")) >= 3:
        return (
            scene.text[day.start : day.end] not in ("Mon", "Sun")
            or not scene.text[day.end : day.end + 2].strip(" ").isalpha()
        )
    neighbours = [found[i] for i in (day.next - 2, day.next) if 0 <= i < len(found)]
    return any(atom.kind in ("number", "clock", "weekday") and abs(atom.start - day.end) < 16 for atom in neighbours)


def _past_sentence(scene: Scene, day: DayWords) -> bool:
    """Whether the sentence speaks of what has been, so that "Thursday" is the last one."""
    if day.offset is not None or day.relation in ("this", "coming", "next", "week", "next week", "after_next"):
        return False
    left, right = sentence_around(scene.text, scene.ends, day.start, day.end)
    sentence = scene.text[left:right].lower().replace("’", "'")
    return day.relation == "last" or (scene.cues.has("past", sentence) and not scene.cues.has("ahead", sentence))


def _beside(scene: Scene, end: int, start: int) -> bool:
    between = gap(scene.text, end, start)
    if between is None:
        return False
    return (
        between in scene.words.glue["day_clock"] or _without_part(between, scene.words) in scene.words.glue["day_clock"]
    )


def _without_part(between: str, words: Words) -> str:
    """The words between day and hour without a part of the day ("Tuesday morning at 9")."""
    return " ".join(word for word in between.split() if words.entries.get(word, ("", 0, ""))[2] not in words.parts)


def _listed(scene: Scene, end: int, start: int) -> bool:
    raw = scene.text[end:start]
    between = gap(scene.text, end, start)
    return between in scene.words.glue["list"] or raw.strip() in (",", "/", "&")


def _same_sentence(scene: Scene, start: int, end: int) -> bool:
    return not any(start <= at <= end for at in scene.ends if at <= end)


def join(items: list[Day | ClockWords], scene: Scene) -> list[Found]:
    """Gives each hour its day or days."""
    out: list[Found] = []
    pending: list[Day] = []  # days not yet given an hour
    current: list[Day] = []  # the days that the hours now belong to
    i = 0
    while i < len(items):
        item = items[i]
        if isinstance(item, Day):
            if pending and not _listed(scene, pending[-1].words.end, item.words.start):
                out.extend(_alone(pending))
                pending = []
            pending.append(item)
            i += 1
            continue
        follower = items[i + 1] if i + 1 < len(items) else None
        if pending and _belongs(scene, pending[-1], item, follower):
            current, pending = pending, []
            out.extend(_pair(day, item) for day in current)
        elif isinstance(follower, Day) and _leads(scene, item, follower):
            out.extend(_alone(pending))
            pending, current = [], [follower]
            i += 1
            _lead_back(scene, out, item, follower)
            out.append(_pair(follower, item))
            i = _also_led(scene, items, i, current, out)
        else:
            days = pending or current
            if days and _carries(scene, days[-1], item, items):
                out.extend(_pair(day, item) for day in days)
                current, pending = days, []
            else:
                out.append(Found(item.start, item.end, None, item))
        i += 1
    out.extend(_alone(pending))
    return sorted(out, key=lambda one: (one.start, one.end))


def _lead_back(scene: Scene, out: list[Found], clock: ClockWords, day: Day) -> None:
    """Gives the day after a list of hours to the hours before the last too ("10am, 11am or 2pm on Tuesday")."""
    start = clock.start
    for index in range(len(out) - 1, -1, -1):
        earlier = out[index]
        if earlier.day or not earlier.clock or not _listed(scene, earlier.end, start):
            return
        out[index] = _pair(day, earlier.clock)
        start = earlier.clock.start


def _also_led(scene: Scene, items: list[Day | ClockWords], i: int, current: list[Day], out: list[Found]) -> int:
    """Gives the hour before a list of days to the rest of the list too ("10am Tuesday or Wednesday"); returns the
    index of the last item used."""
    clock = out[-1].clock
    while i + 1 < len(items):
        more, beyond = items[i + 1], items[i + 2] if i + 2 < len(items) else None
        if not isinstance(more, Day) or not clock or not _listed(scene, current[-1].words.end, more.words.start):
            break
        if isinstance(beyond, ClockWords) and _beside(scene, more.words.end, beyond.start):
            break
        current.append(more)
        out.append(_pair(more, clock))
        i += 1
    return i


def _alone(days: list[Day]) -> list[Found]:
    return [Found(day.words.start, day.words.end, day, None) for day in days]


def _pair(day: Day, clock: ClockWords) -> Found:
    return Found(min(day.words.start, clock.start), max(day.words.end, clock.end), day, clock)


def _belongs(scene: Scene, day: Day, clock: ClockWords, follower: Day | ClockWords | None) -> bool:
    """Whether an hour belongs to the day that stands before it without an hour."""
    leads = isinstance(follower, Day) and _leads(scene, clock, follower)
    if leads and not _same_sentence(scene, day.words.end, clock.start):
        return False  # "we spoke on Friday. Half five on Thursday is grand"
    if _beside(scene, day.words.end, clock.start):
        return True
    if leads:
        return False
    return clock.start - day.words.end < 160 and _same_sentence(scene, day.words.end, clock.start)


def _leads(scene: Scene, clock: ClockWords, day: Day) -> bool:
    """Whether an hour stands right before its day ("10am on Thursday")."""
    between = gap(scene.text, clock.end, day.words.start)
    raw = scene.text[clock.end : day.words.start]
    return (
        between is not None
        and "\n" not in raw
        and _without_part(between, scene.words) in scene.words.glue["clock_day"]
        and ";" not in raw
    )


def _carries(scene: Scene, day: Day, clock: ClockWords, items: list[Day | ClockWords]) -> bool:
    """Whether an hour in a later sentence belongs to a day named earlier."""
    distance = clock.start - day.words.end
    if not 0 <= distance <= _CARRY:
        return False
    if distance <= 120 or _same_sentence(scene, day.words.end, clock.start):
        return True
    return len({item.day for item in items if isinstance(item, Day)}) == 1
