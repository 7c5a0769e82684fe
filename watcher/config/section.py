"""A table of the config being read: typed values out, faults noted with their line, unknown keys found at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from watcher.config.lines import Path as KeyPath
from watcher.config.lines import nearest
from watcher.errors import Problem

T = TypeVar("T")

SECRETS = frozenset({"password", "passwd", "pass", "secret", "app_password", "token"})
STORE_IT = (
    "Secrets never stand in the config: take it out, and store it with `watcher login ACCOUNT` "
    "or name a `password_command`."
)


class Faults:
    """The faults found so far in one file, and the keys that were asked for."""

    def __init__(self, file: Path, places: Mapping[KeyPath, int]) -> None:
        self.file = file
        self.places = dict(places)
        self.problems: list[Problem] = []
        self.asked: set[KeyPath] = set()

    def note(self, path: KeyPath, message: str, remedy: str = "") -> None:
        """Add a fault at `path`."""
        line = nearest(self.places, path)
        self.problems.append(Problem(str(self.file), line, dotted(path), message, remedy))


class Section:
    """One table of the file. Every key asked of it counts as known; `close` reports the others."""

    def __init__(self, table: Mapping[str, Any], path: KeyPath, faults: Faults) -> None:
        self._table = table
        self._faults = faults
        self._known: set[str] = set()
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def fault(self, key: str, message: str, remedy: str = "") -> None:
        """Note a fault of `key`."""
        self._faults.note((*self.path, key), message, remedy)

    def raw(self, key: str) -> object:
        """The value as the parser gave it, None where the key is not there."""
        self._known.add(key)
        self._faults.asked.add((*self.path, key))
        return self._table.get(key)

    def section(self, key: str) -> Section:
        """The table under `key`, empty where it is not there."""
        value = self.raw(key)
        self._faults.asked.discard((*self.path, key))
        if value is not None and not isinstance(value, dict):
            self.fault(key, f"must be a table, not {kind_of(value)}.", f"Write it as [{dotted((*self.path, key))}].")
            value = None
        return Section(value or {}, (*self.path, key), self._faults)

    def tables(self) -> Iterator[tuple[str, Section]]:
        """Every table in this one by its name, where the names are the user's own."""
        for key in self._table:
            yield key, self.section(key)

    def entries(self, key: str) -> list[Section]:
        """The tables of an array of tables ([[key]])."""
        value = self.raw(key)
        self._faults.asked.discard((*self.path, key))
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.fault(key, f"must be written as [[{key}]], once for each.")
            return []
        return [Section(entry, (*self.path, key, number), self._faults) for number, entry in enumerate(value)]

    def text(self, key: str, default: str = "", *, required: str = "") -> str:
        """A text. `required` is the remedy shown where it is missing or empty; without it, `default` stands."""
        value = self._typed(key, str, "a text in quotation marks")
        if value is not None and not value.strip() and required:
            self.fault(key, "is empty.", required)
            return default
        if value is None:
            if required and self._table.get(key) is None:
                self.fault(key, "is missing.", required)
            return default
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is not there."""
        value = self._typed(key, list, 'a list such as ["one", "two"]')
        if value is None:
            return ()
        for number, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                self.fault(key, f"entry {number + 1} must be a text in quotation marks.")
                return ()
        return tuple(item.strip() for item in value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._typed(key, bool, "true or false")
        return default if value is None else value

    def number(self, key: str, default: int, lowest: int, highest: int) -> int:
        """A whole number from `lowest` to `highest`."""
        value = self._typed(key, int, "a whole number")
        if value is not None and not lowest <= value <= highest:
            self.fault(key, f"is {value}; it must be from {lowest} to {highest}.")
            return default
        return default if value is None else value

    def share(self, key: str, default: float) -> float:
        """A number from 0 to 1."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fault(key, f"must be a number from 0 to 1, not {kind_of(value)}.")
            return default
        if not 0 <= value <= 1:
            self.fault(key, f"is {value}; it must be from 0 to 1.")
            return default
        return float(value)

    def choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        """One of `choices`."""
        value = self.text(key, default)
        if value not in choices:
            self.fault(key, f'is "{value}".', did_you_mean(value.lower(), choices) or f"It can be {_listed(choices)}.")
            return default
        return value

    def parsed(self, key: str, read: Callable[[object], T], default: T, remedy: str) -> T:
        """What `read` makes of the value; a ValueError's text is the fault, and `remedy` the way out."""
        value = self.raw(key)
        if value is None:
            return default
        try:
            return read(value)
        except ValueError as fault:
            self.fault(key, f"{shown(value)} {fault}.", remedy)
            return default

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for key in self._table:
            if key in self._known:
                continue
            if key.lower() in SECRETS:
                self.fault(key, "is a secret.", STORE_IT)
                continue
            remedy = did_you_mean(key, sorted(self._known)) or f"Known here: {', '.join(sorted(self._known))}."
            self.fault(key, "is not a key that watcher knows.", remedy)

    def _typed(self, key: str, kind: type[T], meant: str) -> T | None:
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, f"must be {meant}, not {kind_of(value)}.")
            return None
        return value


def dotted(path: KeyPath) -> str:
    """A path as a person would write it: `accounts[2].host`, counted from one."""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part + 1}]"
        else:
            bare = part and all(c.isalnum() or c in "_-" for c in part)
            words += ("." if words else "") + (part if bare else f'"{part}"')
    return words


def kind_of(value: object) -> str:
    """What a value is, in words for the user."""
    names: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (str, "a text"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "a table"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "a date or time")


def shown(value: object) -> str:
    """A value as it would stand in the file, cut where it is long."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def did_you_mean(word: str, choices: Sequence[str]) -> str:
    """A question that offers the choice nearest to `word`, "" where none is near."""
    import difflib

    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"?' if close else ""


def _listed(choices: tuple[str, ...]) -> str:
    quoted = [f'"{choice}"' for choice in choices]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else quoted[0]
