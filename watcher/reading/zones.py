"""Time zones as people name them: which clock a written hour is read from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from watcher.knowledge.model import Table
from watcher.reading.identity import Identity

_LOWER_TOO = frozenset(
    {
        *("est", "edt", "pst", "pdt", "cst", "cdt", "pt", "ct", "mt", "gmt", "utc", "bst", "cet", "cest", "gst", "sgt"),
        *("sast", "aest", "aedt", "nzdt", "nzst"),
    }
)
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s?([+\-−])\s?(\d{1,2})(?::?([0-5]\d))?(?![\d/.-])", re.IGNORECASE)
_IANA = re.compile(r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/[A-Za-z_/+\-0-9]+")
_GOOGLE_CITY = re.compile(r"\s*[-–(]\s*([A-Z][A-Za-z. ]{2,24})")


def zone_of(name: str) -> tzinfo | None:
    """The zone of an IANA name, or None where there is none of that name (any text is safe)."""
    if not name or len(name) > 64:
        return None
    try:
        return _zone(name)
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    return UTC if name in ("UTC", "Etc/UTC") else ZoneInfo(name)


class ZoneNames:
    """The names of zones.toml, ready to be found in text."""

    def __init__(self, table: Table) -> None:
        self.abbreviations: Mapping[str, Sequence[str]] = table.get("abbreviations", {})
        self.regions: Mapping[str, str] = table.get("regions", {})
        self.places: Mapping[str, str] = table.get("places", {})
        self.likely: Sequence[str] = table.get("likely", ())
        self.windows: Mapping[str, str] = {k.casefold(): v for k, v in table.get("windows", {}).items()}
        self._yours = frozenset(table.get("yours", ()))
        self._ours = frozenset(table.get("ours", ()))
        spoken = sorted({*self.regions, *self.places, *self._yours, *self._ours}, key=len, reverse=True)
        names = "|".join(re.escape(name) for name in spoken)
        regions = "|".join(re.escape(name) for name in sorted(self.regions, key=len, reverse=True))
        abbreviations = "|".join(sorted({*self.abbreviations, *(a.lower() for a in self.abbreviations)}, reverse=True))
        self._names = names
        self._after = re.compile(
            r"[ \t]{0,2}(?:,[ \t])?(?:o'clock[ \t])?[(\[|–-]?[ \t]?(?:in[ \t]|at[ \t]|sharp[ \t])?(?:the[ \t])?(?:"
            rf"(?P<iana>{_IANA.pattern})"
            r"|(?P<offset>(?:UTC|GMT)\s?[+\-−]\s?\d{1,2}(?::?[0-5]\d)?)"
            rf"|(?P<spoken>(?:(?i:{names}))\s+(?i:standard |daylight |summer )?(?i:time)\b)"
            rf"|(?P<region>(?i:{regions})\b)"
            rf"|(?P<abbreviation>{abbreviations})\b(?!['’]))"
        )

    @cached_property
    def _spoken(self) -> re.Pattern[str]:
        """ "Warsaw time", wherever it stands."""
        return re.compile(rf"\b({self._names})\s+(?:standard |daylight |summer )?time\b", re.IGNORECASE)

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        """ "(all times in CET)"."""
        return re.compile(rf"\((?:all )?(?:times? )?(?:in )?({self._abbreviated})\)")

    @cached_property
    def _all(self) -> re.Pattern[str]:
        """ "times below are in CET"."""
        return re.compile(
            r"\btimes?(?: slots)?(?: below| above| shown| given| listed| are| is| all){0,3} (?:in )?"
            rf"({self._abbreviated}|(?i:{self._names}))\b"
        )

    @property
    def _abbreviated(self) -> str:
        return "|".join(sorted(self.abbreviations, key=len, reverse=True))

    def after(self, text: str, end: int) -> tuple[str, int] | None:
        """The zone named right after an hour that ends at `end`: its key (for `resolve`) and where the words end."""
        found = self._after.match(text, end)
        if not found:
            return None
        kind, words = found.lastgroup or "", found.group(found.lastgroup or 0)
        if kind == "abbreviation" and words.islower() and words not in _LOWER_TOO:
            return None
        stop = found.end()
        if kind == "spoken" and (city := _GOOGLE_CITY.match(text, stop)) and city[1].strip().casefold() in self.places:
            stop, words = city.end(), city[1].strip()
        if kind == "spoken" and text[stop : stop + 24] == " (US and Canada)":
            stop += 16
        return words, stop

    def elsewhere(self, text: str) -> str | None:
        """The zone that a text states for all its hours ("Agenda (PT):", "Warsaw time please"), where just one is."""
        keys = {found[1] for found in self._alone.finditer(text)} if "(" in text else set()
        if "time" in text.casefold():
            keys |= {found[1] for found in self._all.finditer(text)}
            keys |= {found[1].casefold() for found in self._spoken.finditer(text)}
        return keys.pop() if len(keys) == 1 else None

    def resolve(self, key: str, user: tzinfo, writer: tzinfo, sent: datetime) -> tuple[tzinfo, str] | None:
        """The zone that a name means here, and its IANA name ("" for a bare offset)."""
        words = re.sub(r"\s+(?:(?:standard|daylight|summer) )?time$", "", key.strip(), flags=re.IGNORECASE)
        folded = words.casefold()
        if folded in self._yours:
            return user, key_of(user)
        if folded in self._ours:
            return writer, key_of(writer)
        if found := self.regions.get(folded) or self.places.get(folded):
            return _named(self._local(found, user, writer, sent))
        if candidates := self.abbreviations.get(words.upper()):
            return _named(self._candidate(words.upper(), candidates, user, writer, sent))
        if _IANA.fullmatch(words):
            return _named(words)
        if offset := _OFFSET.fullmatch(words):
            return fixed(offset[1], offset[2], offset[3] or "0"), ""
        return None

    def implied(self, sent: datetime, user: tzinfo) -> tzinfo:
        """The zone a writer's words are in, judged by the offset of the Date field. UTC tells little (many servers
        write it), so the user's own zone is the better guess; an offset that fits the user's zone is the user's zone,
        any other the likeliest zone that has it on that day, so that a clock change ahead keeps the local hour."""
        offset = sent.utcoffset()
        if not offset or sent.astimezone(user).utcoffset() == offset:
            return user
        for name in self.likely:
            zone = zone_of(name)
            if zone and sent.astimezone(zone).utcoffset() == offset:
                return zone
        return sent.tzinfo or user

    def _candidate(
        self, abbreviation: str, candidates: Sequence[str], user: tzinfo, writer: tzinfo, sent: datetime
    ) -> str:
        for zone in (writer, user):
            if key_of(zone) and abbreviation in _names_of(zone, sent.year):
                return key_of(zone)
        if len(candidates) > 1:
            for zone in (writer, user):
                for name in candidates:
                    candidate = zone_of(name)
                    if candidate and sent.astimezone(candidate).utcoffset() == sent.astimezone(zone).utcoffset():
                        return name
        return candidates[0]

    def _local(self, name: str, user: tzinfo, writer: tzinfo, sent: datetime) -> str:
        """The user's or writer's own zone where it shows the same clock as the one named, else that one."""
        named = zone_of(name)
        for zone in (user, writer):
            if named and key_of(zone) and _same_clock(zone, named, sent.year):
                return key_of(zone)
        return name


@lru_cache(maxsize=8)
def _zone_names(table: Identity) -> ZoneNames:
    return ZoneNames(table.thing)


def zone_names(table: Table) -> ZoneNames:
    """The names of a zones table, made once for each table."""
    return _zone_names(Identity(table))


def key_of(zone: tzinfo) -> str:
    """The IANA name of a zone, "" where it is a bare offset."""
    if zone is UTC:
        return "UTC"
    return str(getattr(zone, "key", "") or "")


def fixed(sign: str, hours: str, minutes: str) -> tzinfo:
    """A bare offset, capped at a day."""
    delta = timedelta(hours=min(int(hours), 23), minutes=min(int(minutes), 59))
    return timezone(delta if sign == "+" else -delta)


def _named(name: str) -> tuple[tzinfo, str] | None:
    zone = zone_of(name)
    return (zone, name) if zone else None


@lru_cache(maxsize=64)
def _names_of(zone: tzinfo, year: int) -> frozenset[str]:
    return frozenset(datetime(year, month, 15, tzinfo=zone).tzname() or "" for month in (1, 7))


@lru_cache(maxsize=64)
def _same_clock(one: tzinfo, other: tzinfo, year: int) -> bool:
    return all(
        datetime(year, month, 15, tzinfo=one).utcoffset() == datetime(year, month, 15, tzinfo=other).utcoffset()
        for month in range(1, 13)
    )
