"""Time zones and countries: which exist, how they write dates in figures, and which have holidays that are known."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from watcher import knowledge


def zone_name(value: object) -> str:
    """The IANA time zone that `value` names. Raises ValueError with the reason in words for the user."""
    if not isinstance(value, str):
        raise ValueError("is not a time zone")
    from zoneinfo import ZoneInfo

    name = value.strip()
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder's name gives an OSError
        raise ValueError(f"is not a time zone{_similar(name)}") from None
    return name


def local_zone() -> str:
    """The IANA name of this machine's time zone, "UTC" where it has none that is known."""
    import tzlocal

    try:
        return zone_name(tzlocal.get_localzone_name() or "UTC")
    except (ValueError, LookupError, OSError):  # what tzlocal raises for a TZ or a link that makes no sense
        return "UTC"


def day_first(timezone: str) -> bool:
    """Whether people in `timezone` read 3/4 as the third of April."""
    return not any(timezone in zones for zones in _countries()["month_first"].values())


def holiday_place(value: object) -> str:
    """The holiday code that `value` names (COUNTRY or COUNTRY-REGION), in capitals. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("is not a country's code")
    code = value.strip().upper()
    if not code:
        return ""
    code = "GB" + code[2:] if code.partition("-")[0] == "UK" else code  # as people write it, and not ISO 3166
    country, hyphen, region = code.partition("-")
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code):
        raise ValueError("is not the code of a country whose holidays are known")
    regions = _countries()["holidays"].get(country)
    if regions is not None and (not hyphen or region in regions.split()):
        return code
    if _holidays_know(code):
        return code
    if regions is None:
        raise ValueError("is not the code of a country whose holidays are known")
    known = f"one of {', '.join(regions.split())}" if regions else "not given: its holidays are the same everywhere"
    raise ValueError(f"names a region of {country} that is not known; it can be {known}")


def _holidays_know(code: str) -> bool:
    from watcher.workdays import Workdays

    try:
        Workdays("UTC", code).is_holiday(date(2025, 1, 1))
    except (NotImplementedError, ValueError, TypeError, KeyError):  # how the holidays package says no
        return False
    return True


def _countries() -> Any:
    # Not by importlib.resources, which takes longer to load than this file.
    return tomllib.loads(Path(str(knowledge.__file__)).with_name("countries.toml").read_text(encoding="utf-8"))


def _similar(name: str) -> str:
    import difflib
    from zoneinfo import available_timezones

    word = name.replace(" ", "_")
    zones = sorted(available_timezones())
    cities = {zone.rpartition("/")[2].lower(): zone for zone in zones if "/" in zone}
    if word.lower() in cities:
        return f'; did you mean "{cities[word.lower()]}"?'
    close = difflib.get_close_matches(word, zones, n=1, cutoff=0.75)
    return f'; did you mean "{close[0]}"?' if close else ""
