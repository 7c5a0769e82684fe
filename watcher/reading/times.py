"""Times in words: every day, hour and range that a text mentions, as exact instants where that is safe.

Days and hours are found among the atoms of the text, then joined: an hour belongs to the day beside it, else to the
day named last before it. What the words leave open is taken from the message's own date and the writer's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from watcher.knowledge.model import Pack, Table
from watcher.reading.atoms import MAX_TEXT, Atom, Words, atoms, words_of
from watcher.reading.calendar_words import DayWords, gap, read_day, resolve
from watcher.reading.clock import ClockWords, read_clock
from watcher.reading.model import ReadingSettings, TimeMention, TimeUse
from watcher.reading.picks import Pick, picks_of
from watcher.reading.uses import Cues, cues_of, ends_of, sentence_around, use_of
from watcher.reading.zones import ZoneNames, zone_names, zone_of

_CARRY = 400  # characters over which an hour still belongs to the day named before it


@dataclass(slots=True)
class _Scene:
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
    ends: list[int]
    stated_zone: str | None = None


@dataclass(slots=True)
class _Day:
    words: DayWords
    day: date
    past: bool


@dataclass(slots=True)
class _Found:
    """A mention in the making: a day, an hour, or both."""

    start: int
    end: int
    day: _Day | None
    clock: ClockWords | None


def mentions(
    text: str,
    sent: datetime,
    settings: ReadingSettings,
    pack: Pack,
    zones: Table,
    *,
    writer_zone: tzinfo | None = None,
) -> tuple[TimeMention, ...]:
    """The times that `text` mentions, in order of appearance.

    `sent` is aware, with the writer's own offset; `writer_zone` overrules what that offset implies. A mention has a
    `start` where day, hour and zone are known or safely implied, else the parts that are. Text beyond the first
    40,000 characters is not looked at. Never raises on any text.
    """
    table = pack.tables.get("times")
    if not table:
        return ()
    words = words_of(table)
    found: list[_Found] = []
    scene: _Scene | None = None
    text = text[:MAX_TEXT]
    if words.may_hold(text):
        scene = _scene(text, sent, settings, table, zones, writer_zone)
        found = _join(_items(scene), scene)
    picks = picks_of(table).find(text)
    if not found and not picks:
        return ()
    scene = scene or _scene(text, sent, settings, table, zones, writer_zone)
    return _finish(found, picks, scene)


def _scene(
    text: str, sent: datetime, settings: ReadingSettings, table: Table, zones: Table, writer_zone: tzinfo | None
) -> _Scene:
    names = zone_names(zones)
    user = zone_of(settings.timezone) or UTC
    writer = writer_zone or names.implied(sent, user)
    today = sent.astimezone(writer).date()
    return _Scene(
        text, sent, today, user, writer, settings.day_first, words_of(table), names, cues_of(table), ends_of(text)
    )


def _items(scene: _Scene) -> list[_Day | ClockWords]:
    """Days and hours in order of appearance."""
    found_atoms = atoms(scene.text, scene.words)
    day_first = _order_shown(found_atoms, scene.day_first)
    items: list[_Day | ClockWords] = []
    i = 0
    while i < len(found_atoms):
        day = read_day(scene.text, found_atoms, i, scene.words, scene.today)
        if day and not (day.weak and not _backed(scene, found_atoms, day)):
            past = _past_sentence(scene, day)
            if resolved := resolve(day, scene.today, day_first=day_first, past=past):
                items.append(_Day(day, resolved, past))
                i = day.next
                continue
        last = items[-1] if items else None
        beside = isinstance(last, _Day) and _beside(scene, last.words.end, found_atoms[i].start)
        clock = read_clock(scene.text, found_atoms, i, scene.words, scene.zones, beside_day=beside)
        if clock is None and isinstance(last, ClockWords) and _listed(scene, last.end, found_atoms[i].start):
            clock = read_clock(scene.text, found_atoms, i, scene.words, scene.zones, beside_day=True)
        if clock:
            items.append(clock)
            i = clock.next
        else:
            i += 1
    return items


def _order_shown(found: Sequence[Atom], day_first: bool) -> bool:
    """Day before month or after it, as the text's own numeric dates show where one of them can be read one way only."""
    shown = {
        atom.n > 12 for atom in found if atom.kind == "date" and atom.flag in ("/", "-") and max(atom.n, atom.m) > 12
    }
    return shown.pop() if len(shown) == 1 else day_first


def _backed(scene: _Scene, found: Sequence[Atom], day: DayWords) -> bool:
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


def _past_sentence(scene: _Scene, day: DayWords) -> bool:
    """Whether the sentence speaks of what has been, so that "Thursday" is the last one."""
    if day.offset is not None or day.relation in ("this", "next", "week", "next week"):
        return False
    left, right = sentence_around(scene.text, scene.ends, day.start, day.end)
    sentence = scene.text[left:right].lower().replace("’", "'")
    return day.relation == "last" or (scene.cues.has("past", sentence) and not scene.cues.has("ahead", sentence))


def _beside(scene: _Scene, end: int, start: int) -> bool:
    between = gap(scene.text, end, start)
    if between is None:
        return False
    return (
        between in scene.words.glue["day_clock"] or _without_part(between, scene.words) in scene.words.glue["day_clock"]
    )


def _without_part(between: str, words: Words) -> str:
    """The words between day and hour without a part of the day ("Tuesday morning at 9")."""
    return " ".join(word for word in between.split() if words.entries.get(word, ("", 0, ""))[2] not in words.parts)


def _listed(scene: _Scene, end: int, start: int) -> bool:
    raw = scene.text[end:start]
    between = gap(scene.text, end, start)
    return between in scene.words.glue["list"] or raw.strip() in (",", "/", "&")


def _same_sentence(scene: _Scene, start: int, end: int) -> bool:
    return not any(start <= at <= end for at in scene.ends if at <= end)


def _join(items: list[_Day | ClockWords], scene: _Scene) -> list[_Found]:
    """Gives each hour its day or days."""
    out: list[_Found] = []
    pending: list[_Day] = []  # days not yet given an hour
    current: list[_Day] = []  # the days that the hours now belong to
    i = 0
    while i < len(items):
        item = items[i]
        if isinstance(item, _Day):
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
        elif isinstance(follower, _Day) and _leads(scene, item, follower):
            out.extend(_alone(pending))
            pending, current = [], [follower]
            i += 1
            out.append(_pair(follower, item))
            i = _also_led(scene, items, i, current, out)
        else:
            days = pending or current
            if days and _carries(scene, days[-1], item, items):
                out.extend(_pair(day, item) for day in days)
                current, pending = days, []
            else:
                out.append(_Found(item.start, item.end, None, item))
        i += 1
    out.extend(_alone(pending))
    return sorted(out, key=lambda one: (one.start, one.end))


def _also_led(scene: _Scene, items: list[_Day | ClockWords], i: int, current: list[_Day], out: list[_Found]) -> int:
    """Gives the hour before a list of days to the rest of the list too ("10am Tuesday or Wednesday"); returns the
    index of the last item used."""
    clock = out[-1].clock
    while i + 1 < len(items):
        more, beyond = items[i + 1], items[i + 2] if i + 2 < len(items) else None
        if not isinstance(more, _Day) or not clock or not _listed(scene, current[-1].words.end, more.words.start):
            break
        if isinstance(beyond, ClockWords) and _beside(scene, more.words.end, beyond.start):
            break
        current.append(more)
        out.append(_pair(more, clock))
        i += 1
    return i


def _alone(days: list[_Day]) -> list[_Found]:
    return [_Found(day.words.start, day.words.end, day, None) for day in days]


def _pair(day: _Day, clock: ClockWords) -> _Found:
    return _Found(min(day.words.start, clock.start), max(day.words.end, clock.end), day, clock)


def _belongs(scene: _Scene, day: _Day, clock: ClockWords, follower: _Day | ClockWords | None) -> bool:
    """Whether an hour belongs to the day that stands before it without an hour."""
    if _beside(scene, day.words.end, clock.start):
        return True
    if isinstance(follower, _Day) and _leads(scene, clock, follower):
        return False
    return clock.start - day.words.end < 160 and _same_sentence(scene, day.words.end, clock.start)


def _leads(scene: _Scene, clock: ClockWords, day: _Day) -> bool:
    """Whether an hour stands right before its day ("10am on Thursday")."""
    between = gap(scene.text, clock.end, day.words.start)
    raw = scene.text[clock.end : day.words.start]
    return (
        between is not None
        and "\n" not in raw
        and _without_part(between, scene.words) in scene.words.glue["clock_day"]
        and ";" not in raw
    )


def _carries(scene: _Scene, day: _Day, clock: ClockWords, items: list[_Day | ClockWords]) -> bool:
    """Whether an hour in a later sentence belongs to a day named earlier."""
    distance = clock.start - day.words.end
    if not 0 <= distance <= _CARRY:
        return False
    if distance <= 120 or _same_sentence(scene, day.words.end, clock.start):
        return True
    return len({item.day for item in items if isinstance(item, _Day)}) == 1


def _finish(found: list[_Found], picks: list[Pick], scene: _Scene) -> tuple[TimeMention, ...]:
    if any(one.clock for one in found):
        scene.stated_zone = scene.zones.elsewhere(scene.text) if _may_state_zone(found) else None
    placed: list[tuple[int, TimeMention]] = []
    for one in found:
        if one.day is None and any(pick.start <= one.start < pick.end for pick in picks):
            continue
        mention = _mention(one, found, picks, scene)
        previous = placed[-1][1] if placed else None
        if previous and mention.start and mention.start == previous.start:
            continue  # the same instant said again, in another zone
        placed.append((one.start, mention))
    for pick in picks:
        if picked := _picked(pick, found, scene):
            placed.append((pick.start, picked))
    placed.sort(key=lambda entry: entry[0])
    return tuple(mention for _, mention in placed)


def _may_state_zone(found: list[_Found]) -> bool:
    return any(one.clock and not one.clock.zone for one in found)


def _mention(one: _Found, found: list[_Found], picks: list[Pick], scene: _Scene) -> TimeMention:
    bounds = sentence_around(scene.text, scene.ends, one.start, one.end)
    zone, name = _zone(one, found, bounds, scene)
    start = end = None
    clock = one.clock
    if one.day and one.day.words.iso and clock is None:
        start = _iso_instant(scene.text[one.start : one.end], zone)
    if one.day and clock:
        start = _instant(one.day.day, clock.first, zone, scene)
        end = _instant(one.day.day, clock.last, zone, scene) if clock.last else None
        if start and end and end <= start:
            end += timedelta(days=1)
    past = bool(one.day and (one.day.past or one.day.day < scene.today or (start and start < scene.sent)))
    choices = sum(1 for other in found if bounds[0] <= other.start < bounds[1])
    use = use_of(
        scene.text, bounds, one.start, one.end, scene.cues, timed=clock is not None, past=past, choices=choices
    )
    return TimeMention(
        use=use,
        words=scene.text[one.start : one.end],
        start=start,
        end=end,
        day=one.day.day if one.day else None,
        clock=clock.first if clock else start.timetz().replace(tzinfo=None) if start else None,
        zone=name,
    )


def _iso_instant(words: str, zone: tzinfo) -> datetime | None:
    """The instant of an ISO 8601 date with an hour, in `zone` where it names no offset."""
    if len(words) < 16:
        return None
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _zone(one: _Found, found: list[_Found], bounds: tuple[int, int], scene: _Scene) -> tuple[tzinfo, str]:
    """The zone an hour is read in: the one beside it, else in its sentence, else stated for the whole text, else the
    writer's."""
    key = one.clock.zone if one.clock else ""
    if one.clock and not key:
        spoken = [o.clock.zone for o in found if o.clock and o.clock.zone]
        near = [o.clock.zone for o in found if o.clock and o.clock.zone and bounds[0] <= o.start < bounds[1]]
        if near:
            key = near[0]
        elif scene.stated_zone:
            key = scene.stated_zone
        elif len(set(spoken)) == 1:
            key = spoken[0]
    if key and (named := scene.zones.resolve(key, scene.user, scene.writer, scene.sent)):
        return named
    return scene.writer, ""


def _instant(day: date, clock: time, zone: tzinfo, scene: _Scene) -> datetime | None:
    try:
        moment = datetime.combine(day, clock, zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _picked(pick: Pick, found: list[_Found], scene: _Scene) -> TimeMention | None:
    words = scene.text[pick.start : pick.end]
    bounds = sentence_around(scene.text, scene.ends, pick.start, pick.end)
    sentence = scene.text[bounds[0] : bounds[1]].lower()
    offered = "?" in sentence
    if pick.ordinal is not None and any(o.start <= pick.start < o.end for o in found):
        return None
    if pick.same_time and pick.shift is None:
        if any(one.day and not one.clock and bounds[0] <= one.start < bounds[1] for one in found):
            return TimeMention(TimeUse.OFFERED if offered else TimeUse.STANDS, words, shift=timedelta(0))
        return None
    use = TimeUse.OFFERED if offered else TimeUse.STANDS
    return TimeMention(use, words, ordinal=pick.ordinal, shift=pick.shift)
