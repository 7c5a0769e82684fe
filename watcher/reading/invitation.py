"""Calendar invitations: the one door to icalendar, which reads text/calendar parts (RFC 5545, RFC 5546)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from watcher.knowledge.model import Rulebook
from watcher.message.model import Address, CalendarPart
from watcher.reading.model import CalendarEvent, ReadingSettings
from watcher.reading.recurrence import next_occurrence
from watcher.reading.zones import fixed, zone_names, zone_of

MAX_TEXT = 300_000  # characters of one part; more is no invitation
MAX_EVENTS = 100
_METHOD = re.compile(r"^METHOD(?:;[^:\r\n]{0,80})?:[ \t]*([A-Za-z-]{1,24})", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}[;:]")
_FOLD = re.compile(r"\r?\n[ \t]")
_ZONE_PATH = re.compile(r"([A-Za-z_]+/[A-Za-z_]+(?:/[A-Za-z_]+)?)$")
_ZONE_OFFSET = re.compile(r"(?:UTC|GMT)\s?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all events of one calendar share."""

    method: str
    user: tzinfo
    addresses: frozenset[str]
    windows: Mapping[str, str]
    defined: Mapping[str, tzinfo]  # zones that the calendar itself defines


def events(parts: Sequence[CalendarPart], settings: ReadingSettings, rulebook: Rulebook) -> tuple[CalendarEvent, ...]:
    """Every event of the calendar parts, in order. What cannot be read is left out; never raises.

    Times with a zone name are read by the IANA zone of that name, by Windows' name for one, else by the VTIMEZONE that
    the calendar brings; floating times and whole days are in the user's zone. Of a recurring event the next occurrence
    from its DTSTAMP is given.
    """
    windows = zone_names(rulebook.tables.get("zones", {})).windows
    user = zone_of(settings.timezone) or UTC
    addresses = frozenset(address.lower() for address in settings.addresses)
    found: list[CalendarEvent] = []
    for part in parts:
        text = part.text[:MAX_TEXT].lstrip("\ufeff \t\r\n")
        if "BEGIN:VEVENT" not in text.upper():
            continue
        said = _METHOD.search(text)
        method = (part.method or (said[1] if said else "")).strip().upper()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of zone names that `_zone` reads by itself
            found_events, zones = _components(text)
            frame = _Frame(method, user, addresses, windows, zones)
            read = (_safely(component, frame) for component in found_events[: MAX_EVENTS - len(found)])
            found.extend(event for event in read if event)
    return tuple(found)


def _components(text: str) -> tuple[list[Any], dict[str, tzinfo]]:
    """The VEVENTs of a calendar and the zones it defines; block by block where the whole cannot be parsed."""
    import icalendar  # heavy: loaded only for a message that brings a calendar

    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
        found = [each for calendar in calendars for each in calendar.walk("VEVENT")]
        if found:
            return found, _zones(each for calendar in calendars for each in calendar.walk("VTIMEZONE"))
        return _salvage(text, icalendar)  # cut short: what was not ended is not among the calendars
    except Exception:  # whatever a broken calendar makes the library raise
        return _salvage(text, icalendar)


def _salvage(text: str, icalendar: Any) -> tuple[list[Any], dict[str, tzinfo]]:
    """Each VEVENT and VTIMEZONE parsed by itself, without the lines that are none."""
    found: list[Any] = []
    zones: list[Any] = []
    for name, lines in _blocks(_FOLD.sub("", text).splitlines()):
        kind = icalendar.Event if name == "VEVENT" else icalendar.Timezone
        try:
            component = kind.from_ical("\r\n".join(lines))
        except Exception:  # noqa: S112 - a broken block is skipped, the others may be whole
            continue
        (found if name == "VEVENT" else zones).append(component)
        if len(found) >= MAX_EVENTS:
            break
    return found, _zones(zones)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The outermost VEVENT and VTIMEZONE blocks by name, each from BEGIN to END."""
    name, block = "", []
    for line in lines:
        mark = line.strip().upper()
        if not name and mark in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
            name, block = mark[6:], [mark]
        elif name and mark == f"END:{name}":
            yield name, [*block, mark]
            name, block = "", []
        elif name and mark == f"BEGIN:{name}":
            block = [mark]  # the one before was never ended
        elif name and len(block) < 2_000 and _readable(line):
            block.append(line)


def _readable(line: str) -> bool:
    return bool(_LINE.match(line))


def _zones(components: Iterable[Any]) -> dict[str, tzinfo]:
    zones: dict[str, tzinfo] = {}
    for component in components:
        try:
            zones[str(component["TZID"])] = component.to_tz()
        except Exception:  # noqa: S112 - a zone that cannot be built is no worse than one that is missing
            continue
    return zones


def _safely(component: Any, frame: _Frame) -> CalendarEvent | None:
    try:
        return _event(component, frame)
    except Exception:  # values the library keeps but cannot read
        return None


def _event(component: Any, frame: _Frame) -> CalendarEvent | None:
    start, all_day = _instant(component, "DTSTART", frame)
    end = _end(component, start, all_day, frame)
    stamped, _ = _instant(component, "DTSTAMP", frame)
    if not all_day and start and stamped and _first(component, "RRULE") is not None:
        moved = next_occurrence(_first(component, "RRULE"), start, stamped)
        end = end + (moved - start) if end else None
        start = moved
    attendees = tuple(_people(component, "ATTENDEE"))
    return CalendarEvent(
        uid=_text(component, "UID"),
        sequence=_number(_text(component, "SEQUENCE")),
        method=frame.method,
        status=_text(component, "STATUS").upper(),
        start=start,
        end=end,
        all_day=all_day,
        summary=_text(component, "SUMMARY"),
        description=_text(component, "DESCRIPTION"),
        location=_text(component, "LOCATION"),
        organizer=next(iter(_people(component, "ORGANIZER")), None),
        attendees=attendees,
        partstat=_partstat(component, frame),
        recurrence_id=_text_of_time(component, "RECURRENCE-ID", frame),
        stamped_at=stamped,
    )


def _first(component: Any, name: str) -> Any:
    value = component.get(name)
    return value[0] if isinstance(value, list) and value else value


def _all(component: Any, name: str) -> list[Any]:
    value = component.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(component: Any, name: str) -> str:
    value = _first(component, name)
    return str(value).strip() if value is not None else ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _dt(value: Any) -> Any:
    """The Python value of a property, None where the library kept it but could not read it."""
    try:
        return getattr(value, "dt", None)
    except Exception:  # a broken property raises on access
        return None


def _instant(component: Any, name: str, frame: _Frame) -> tuple[datetime | None, bool]:
    """A DATE or DATE-TIME as an aware instant, and whether it is a whole day."""
    value = _first(component, name)
    moment = _dt(value)
    if isinstance(moment, datetime):
        return _aware(moment, value.params, frame), False
    if isinstance(moment, date):
        return datetime.combine(moment, time(), frame.user), True
    return None, False


def _aware(moment: datetime, params: Mapping[str, Any], frame: _Frame) -> datetime:
    name = str(params.get("TZID", "")).strip().strip('"')
    if not name:
        if moment.tzinfo is None:
            return moment.replace(tzinfo=frame.user)
        return moment.astimezone(UTC)
    if name.upper() in ("UTC", "Z", "GMT", "ETC/UTC", "ETC/GMT"):
        return moment.replace(tzinfo=UTC)
    return moment.replace(tzinfo=_zone(name, frame) or moment.tzinfo or frame.user)


def _zone(name: str, frame: _Frame) -> tzinfo | None:
    """The zone of a TZID: its IANA name, bare or at the end of a path, Windows' name, the calendar's own definition, or
    an offset in the name."""
    for candidate in (name, path[1] if (path := _ZONE_PATH.search(name)) else ""):
        if "/" in candidate and (zone := zone_of(candidate)):
            return zone
    if windows := frame.windows.get(name.casefold()):
        return zone_of(windows)
    if name in frame.defined:
        return frame.defined[name]
    if offset := _ZONE_OFFSET.search(name):
        return fixed(offset[1], offset[2], offset[3] or "0")
    return zone_of(name)


def _end(component: Any, start: datetime | None, all_day: bool, frame: _Frame) -> datetime | None:
    end, _ = _instant(component, "DTEND", frame)
    if end is None and start is not None:
        length = _dt(_first(component, "DURATION"))
        if isinstance(length, timedelta):
            end = start + length
        elif all_day:
            end = datetime.combine(start.date() + timedelta(days=1), time(), frame.user)
    return end if end and start and end >= start else None


def _text_of_time(component: Any, name: str, frame: _Frame) -> str:
    moment, _ = _instant(component, name, frame)
    return moment.isoformat() if moment else _text(component, name)


def _people(component: Any, name: str) -> Iterator[Address]:
    for value in _all(component, name)[:200]:
        address = re.sub(r"^(?:mailto|MAILTO):\s*", "", str(value).strip(), flags=re.IGNORECASE).strip("<> ")
        params = getattr(value, "params", {})
        if "@" not in address and "@" in str(params.get("EMAIL", "")):
            address = str(params["EMAIL"])
        if address:
            yield Address(str(params.get("CN", "")).strip().strip('"'), address.lower())


def _partstat(component: Any, frame: _Frame) -> str:
    """How the user answered; in a REPLY, how its one attendee did."""
    answers = _all(component, "ATTENDEE")
    for value in answers:
        if re.sub(r"^mailto:\s*", "", str(value).strip(), flags=re.IGNORECASE).lower() in frame.addresses:
            return str(value.params.get("PARTSTAT", "")).upper()
    if frame.method in ("REPLY", "COUNTER") and len(answers) == 1:
        return str(answers[0].params.get("PARTSTAT", "")).upper()
    return ""
