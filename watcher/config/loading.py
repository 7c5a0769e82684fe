"""From the file to a Config: the text is parsed, every table read, and all faults raised together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from watcher.config import durations
from watcher.config.lines import locate
from watcher.config.mail import accounts
from watcher.config.model import Config, NotificationSettings
from watcher.config.paths import resolve, state_path
from watcher.config.places import holiday_place, local_zone, zone_name
from watcher.config.section import Faults, Section
from watcher.config.waiting import follow_up
from watcher.errors import ConfigError, Problem

HISTORY = "180 days"
DATE_ORDERS = ("auto", "day-first", "month-first")
_ADDRESS = re.compile(r"""[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\]+\Z""")
_AT = re.compile(r"\(at line (\d+)")


def load(path: Path, environ: Mapping[str, str], changes: Mapping[str, object] | None = None) -> Config:
    """The config in `path`. `environ` gives HOME and the XDG folders; `changes` are other values by their dotted key.

    Raises ConfigError with every fault at once.
    """
    return load_text(_text(path), path, environ, changes)


def load_text(text: str, path: Path, environ: Mapping[str, str], changes: Mapping[str, object] | None = None) -> Config:
    """The config in `text`, as if it stood in `path`, with `changes` to it. Raises ConfigError."""
    config, faults = examine(text, path, environ, changes)
    if faults.problems:
        raise ConfigError(sorted(faults.problems, key=lambda problem: problem.line or 0))
    return config


def examine(
    text: str, path: Path, environ: Mapping[str, str], changes: Mapping[str, object] | None = None
) -> tuple[Config, Faults]:
    """The config in `text` with defaults in place of what is faulty, and the faults with the keys that were asked for.

    Raises ConfigError where the text is not TOML at all.
    """
    text = text.removeprefix("\ufeff")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        at = _AT.search(str(fault))
        reason = str(fault).partition(" (at ")[0] if str(fault) else "too deeply nested"
        problem = Problem(
            str(path), int(at[1]) if at else None, "", f"This is not TOML: {reason}.", _syntax_hint(reason)
        )
        raise ConfigError([problem]) from fault
    for key, value in (changes or {}).items():
        _change(table, key.split("."), value)
    faults = Faults(path, locate(text))
    root = Section(table, (), faults)
    config = _config(root, path, environ)
    root.close()
    return config, faults


def _change(table: dict[str, object], keys: list[str], value: object) -> None:
    """Put another value under a dotted key. What stands in the way of a table gives way to it."""
    for key in keys[:-1]:
        inner = table.get(key)
        if not isinstance(inner, dict):
            inner = table[key] = {}
        table = inner
    table[keys[-1]] = value


def _config(root: Section, path: Path, environ: Mapping[str, str]) -> Config:
    folder = path.absolute().parent
    you = root.section("you")
    name = you.text("name", required="Write the name that you sign with.")
    addresses = _addresses(you)
    timezone = _timezone(you)
    order = you.choice("dates", "auto", DATE_ORDERS)
    you.close()
    calendar = root.section("calendar")
    place = calendar.parsed("holidays", holiday_place, "", 'Write a country such as "GB", or "DE-BY" with its region.')
    none: frozenset[date] = frozenset()
    extra = calendar.parsed("days_off", _days, none, "Write days such as [2026-12-24, 2026-12-31].")
    calendar.close()
    letters = root.section("letters")
    config = Config(
        file=path,
        name=name,
        addresses=addresses,
        timezone=timezone,
        date_order=order,
        holidays=place,
        days_off=extra,
        accounts=accounts(root, folder, environ, addresses),
        storage=_storage(root.section("storage"), folder, environ),
        history=_history(root),
        follow_up=follow_up(root, timezone),
        signature=letters.text("signature"),
        highlights=letters.texts("highlights"),
        templates=_templates(letters, folder, environ),
        notifications=_notifications(root.section("notifications")),
    )
    letters.close()
    return config


def _addresses(you: Section) -> tuple[str, ...]:
    given = you.texts("addresses")
    if not given:
        if you.raw("addresses") is None or you.raw("addresses") == []:
            you.fault("addresses", "is missing.", "List every address that you write from.")
        return ()
    for address in given:
        if not _ADDRESS.match(address):
            you.fault("addresses", f'"{address}" is not a mail address.', 'Write it bare, such as "alex@example.net".')
    return tuple(dict.fromkeys(address.lower() for address in given))


def _timezone(you: Section) -> str:
    remedy = 'Write a name from the tz database, such as "Europe/London".'
    if you.raw("timezone") is None:
        return local_zone()
    return you.parsed("timezone", zone_name, "UTC", remedy)


def _storage(table: Section, folder: Path, environ: Mapping[str, str]) -> Path:
    written = table.text("path")
    table.close()
    path = resolve(written, folder, environ) if written else state_path(environ)
    if path.is_dir():
        table.fault("path", f"leads to {path}, which is a folder.", f'Name a file in it, such as "{path}/state.db".')
    return path


def _history(root: Section) -> timedelta | None:
    def read(value: object) -> timedelta | None:
        if isinstance(value, str) and value.strip().lower() == "all":
            return None
        return durations.span(value)

    default: timedelta | None = durations.span(HISTORY)
    return root.parsed("history", read, default, 'Write it like "180 days", or "all".')


def _days(value: object) -> frozenset[date]:
    if not isinstance(value, list) or not all(type(day) is date for day in value):
        raise ValueError("is not a list of days")
    return frozenset(value)


def _templates(table: Section, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The user's own letters, by file name."""
    written = table.text("templates")
    if not written:
        return {}
    found: dict[str, str] = {}
    place = resolve(written, folder, environ)
    if not place.is_dir():
        table.fault("templates", f"leads to {place}, which is no folder.", "Name the folder of your own templates.")
    for file in sorted(place.glob("*.j2")):
        try:
            found[file.name] = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as fault:
            table.fault("templates", f"{file.name} cannot be read: {fault}.", "It must be a file of UTF-8 text.")
    return found


def _notifications(table: Section) -> NotificationSettings:
    settings = NotificationSettings(
        desktop=table.flag("desktop", default=True),
        names=table.flag("names", default=False),
    )
    table.close()
    return settings


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        message, remedy = (
            "There is no config here.",
            "Run `watcher setup`, or copy config.example.toml to it and fill in [you] and [[accounts]].",
        )
    except UnicodeDecodeError as fault:
        message, remedy = f"The file is not UTF-8 text (byte {fault.start}).", "Save it as UTF-8."
    except OSError as fault:
        message, remedy = f"The file cannot be read: {fault.strerror}.", "Check its permissions."
    raise ConfigError([Problem(str(path), None, "", message, f"{remedy} `watcher demo` needs no config.")])


def _syntax_hint(reason: str) -> str:
    if "Invalid value" in reason:
        return "Texts stand in quotation marks; true, false and numbers do not."
    if "overwrite" in reason or "twice" in reason:
        return "A key or table may stand only once."
    return "Check that line, and the one before it."
