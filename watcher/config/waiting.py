"""The [follow_up] and [drafts] tables: how long a silence may last, and what may be drafted when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from watcher.config import durations
from watcher.config.section import Section
from watcher.followup.model import DEFAULT_THRESHOLDS, FollowUpSettings, Kind, Override, Threshold

KINDS = tuple(kind for kind in Kind if kind is not Kind.NONE)
NUDGING = tuple(kind for kind in KINDS if kind is not Kind.REPLY_OWED)
DRAFTING = ("auto", "ask", "off")
PACES = ("patient", "standard", "brisk")

# How long each pace waits, where the config does not say otherwise. Standard is the floor's own default.
_HOURS = {"patient": 4, "brisk": 1}
_WORKING_DAYS: Mapping[str, Mapping[Kind, int]] = {
    "patient": {
        Kind.AFTER_INTERVIEW: 7,
        Kind.AFTER_ASSESSMENT: 7,
        Kind.AFTER_REPLY: 6,
        Kind.AFTER_SCHEDULING: 5,
        Kind.AFTER_APPLICATION: 10,
        Kind.AFTER_HOLD: 30,
        Kind.REPLY_OWED: 3,
    },
    "brisk": {
        Kind.AFTER_INTERVIEW: 3,
        Kind.AFTER_ASSESSMENT: 3,
        Kind.AFTER_REPLY: 3,
        Kind.AFTER_SCHEDULING: 2,
        Kind.AFTER_APPLICATION: 5,
        Kind.AFTER_HOLD: 15,
        Kind.REPLY_OWED: 1,
    },
}


def defaults(pace: str) -> dict[Kind, Threshold]:
    """The thresholds of a pace (patient, standard, brisk)."""
    found = dict(DEFAULT_THRESHOLDS)
    if pace in _WORKING_DAYS:
        found.update({kind: Threshold(working_days=days) for kind, days in _WORKING_DAYS[pace].items()})
        found[Kind.THANK_YOU] = Threshold(span=timedelta(hours=_HOURS[pace]))
    return found


def follow_up(root: Section, timezone: str) -> FollowUpSettings:
    """Everything that decides when a follow-up is due, from `pace`, `drafting`, [follow_up] and [drafts]."""
    plain = FollowUpSettings()
    pace = root.choice("pace", "standard", PACES)
    drafting_set = "drafting" in root
    drafting = root.choice("drafting", plain.drafting, DRAFTING)
    table = root.section("follow_up")
    settings = replace(
        plain,
        thresholds={**defaults(pace), **_thresholds(table)},
        attempts=_attempts(table.section("attempts")),
        spacing=_spacing(table.section("spacing")),
        thank_you_lapses=_lapse(table, plain.thank_you_lapses),
        lapse=table.parsed("lapse", durations.span, plain.lapse, 'Write it like "30 days".'),
        not_before=_not_before(table, timezone),
        overrides={
            **_overrides(table.section("companies")),
            **_overrides(table.section("opportunities")),
        },
        drafting=drafting,
        drafting_set=drafting_set,
    )
    table.close()
    return _drafts(root.section("drafts"), settings)


def _drafts(table: Section, settings: FollowUpSettings) -> FollowUpSettings:
    hours = table.parsed(
        "hours", _hours, (settings.from_hour, settings.to_hour), 'Write whole hours of the day, like "7-21".'
    )
    settings = replace(
        settings,
        max_a_day=table.number("max_a_day", settings.max_a_day, 0, 1000),
        same_person=table.number("same_person", settings.same_person, 0, 366),
        from_hour=hours[0],
        to_hour=hours[1],
        least_confidence=table.share("least_confidence", settings.least_confidence),
    )
    table.close()
    return settings


def _thresholds(table: Section) -> dict[Kind, Threshold]:
    """The waiting times that a table sets; kinds it does not name are left out."""
    found: dict[Kind, Threshold] = {}
    for kind in KINDS:
        waiting = table.parsed(kind.value, partial(_threshold, kind), None, f"Write {_example(kind)}.")
        if waiting is not None:
            found[kind] = waiting
    return found


def _spacing(table: Section) -> dict[Kind, Threshold]:
    found: dict[Kind, Threshold] = {}
    for kind in NUDGING:
        # Between two attempts a bare number is in working days for every kind, a thank-you's too.
        read = partial(_threshold, Kind.AFTER_REPLY)
        waiting = table.parsed(kind.value, read, None, f"Write {durations.EXAMPLES}.")
        if waiting is not None:
            found[kind] = waiting
    table.close()
    return found


def _threshold(kind: Kind, value: object) -> Threshold | None:
    return durations.threshold(value, kind)


def _attempts(table: Section) -> dict[Kind, int]:
    found: dict[Kind, int] = {}
    for kind in NUDGING:
        if table.raw(kind.value) is not None:
            found[kind] = table.number(kind.value, 2, 0, 5)
    table.close()
    return found


def _overrides(tables: Section) -> dict[str, Override]:
    found: dict[str, Override] = {}
    for name, table in tables.tables():
        found[name.casefold()] = Override(_thresholds(table), _attempts(table.section("attempts")))
        table.close()
    return found


def _lapse(table: Section, default: Threshold) -> Threshold:
    def read(value: object) -> Threshold:
        waiting = durations.threshold(value, Kind.AFTER_INTERVIEW)
        if waiting.off:
            raise ValueError("would keep a thank-you for good")
        return waiting

    return table.parsed("thank_you_lapses", read, default, 'Write it like "2 working days".')


def _not_before(table: Section, timezone: str) -> datetime | None:
    def read(value: object) -> datetime | None:
        if value == "":
            return None
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value.strip())
            except ValueError:
                raise ValueError("is not a day") from None
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(timezone))
        if isinstance(value, date):
            return datetime.combine(value, time(), ZoneInfo(timezone))
        raise ValueError("is not a day")

    return table.parsed("not_before", read, None, "Write a day, like 2026-03-01.")


def _hours(value: object) -> tuple[int, int]:
    found = re.fullmatch(
        r"\s*(\d{1,2})(?::00)?\s*(?:-|–|to)\s*(\d{1,2})(?::00)?\s*", value if isinstance(value, str) else ""
    )
    if found is None:
        raise ValueError("is not a span of hours")
    first, last = int(found[1]), int(found[2])
    if not 0 <= first < last <= 24:
        raise ValueError("does not run from an earlier to a later hour of one day")
    return first, last


def _example(kind: Kind) -> str:
    if kind is Kind.THANK_YOU:
        return '"2 hours", a number of hours, or "off"'
    return '"3 working days", "1 week", a number of working days, or "off"'
