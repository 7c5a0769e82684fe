"""Times in words: every day, hour and range that a text mentions, as exact instants where that is safe.

Days and hours are found among the atoms of the text, then joined: an hour belongs to the day beside it, else to the
day named last before it. What the words leave open is taken from the message's own date and the writer's zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from watcher.knowledge.model import Pack, Table
from watcher.reading.atoms import MAX_TEXT, words_of
from watcher.reading.model import ReadingSettings, TimeMention, TimeUse
from watcher.reading.picks import Pick, picks_of
from watcher.reading.slots import Found, Scene, join, read_items
from watcher.reading.uses import cues_of, sentence_around, use_of
from watcher.reading.zones import zone_names, zone_of


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
    found: list[Found] = []
    scene: Scene | None = None
    text = text[:MAX_TEXT]
    if words.may_hold(text):
        scene = _scene(text, sent, settings, table, zones, writer_zone)
        found = join(read_items(scene), scene)
    picks = picks_of(table).find(text)
    if not found and not picks:
        return ()
    scene = scene or _scene(text, sent, settings, table, zones, writer_zone)
    return _finish(found, picks, scene)


def _scene(
    text: str, sent: datetime, settings: ReadingSettings, table: Table, zones: Table, writer_zone: tzinfo | None
) -> Scene:
    names, words = zone_names(zones), words_of(table)
    user = zone_of(settings.timezone) or UTC
    writer = writer_zone or names.implied(sent, user)
    today = sent.astimezone(writer).date()
    return Scene(text, sent, today, user, writer, settings.day_first, words, names, cues_of(table))


def _finish(found: list[Found], picks: list[Pick], scene: Scene) -> tuple[TimeMention, ...]:
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


def _may_state_zone(found: list[Found]) -> bool:
    return any(one.clock and not one.clock.zone for one in found)


def _mention(one: Found, found: list[Found], picks: list[Pick], scene: Scene) -> TimeMention:
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
    if clock and not one.day and (earlier := _earlier_today(clock.first, bounds, zone, scene)):
        past, start = True, earlier
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


def _earlier_today(clock: time, bounds: tuple[int, int], zone: tzinfo, scene: Scene) -> datetime | None:
    """The instant of an hour without a day in a sentence that speaks of what has been ("good talk at 1:30")."""
    sentence = scene.text[bounds[0] : bounds[1]].lower().replace("’", "'")
    if not scene.cues.has("past", sentence) or scene.cues.has("ahead", sentence):
        return None
    moment = _instant(scene.today, clock, zone, scene)
    return moment if moment and moment <= scene.sent else None


def _iso_instant(words: str, zone: tzinfo) -> datetime | None:
    """The instant of an ISO 8601 date with an hour, in `zone` where it names no offset."""
    if len(words) < 16:
        return None
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _zone(one: Found, found: list[Found], bounds: tuple[int, int], scene: Scene) -> tuple[tzinfo, str]:
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


def _instant(day: date, clock: time, zone: tzinfo, scene: Scene) -> datetime | None:
    try:
        moment = datetime.combine(day, clock, zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _picked(pick: Pick, found: list[Found], scene: Scene) -> TimeMention | None:
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
