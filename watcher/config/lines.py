"""Where each key of a TOML text stands, because the parser does not say and a person wants to be shown the line."""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

# A key: bare, or quoted, or several joined by dots (TOML 1.0, "Keys").
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_PAIR = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_TABLE = re.compile(rf"[ \t]*\[[ \t]*({_DOTTED})[ \t]*\]")
_ARRAY = re.compile(rf"[ \t]*\[\[[ \t]*({_DOTTED})[ \t]*\]\]")
_TOKEN = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[\[\]{}]|\n''', re.DOTALL
)


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of each key of `text`, which must be valid TOML, by its path.

    A path names tables and keys from the outside in; an entry of an array of tables is its number (`("accounts", 0,
    "name")`). Keys of inline tables are not in it: the key that holds the table is.
    """
    text = text.replace("\r\n", "\n")
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    position, line = 0, 1
    while position < len(text):
        if array := _ARRAY.match(text, position):
            path = _under(counts, _split(array[1]))
            counts[path] = counts.get(path, -1) + 1
            table = (*path, counts[path])
            places.setdefault(path, line)
            places[table] = line
        elif header := _TABLE.match(text, position):
            table = _under(counts, _split(header[1]))
            places[table] = line
        elif pair := _PAIR.match(text, position):
            path = (*table, *_split(pair[1]))
            for depth in range(len(table) + 1, len(path) + 1):
                places.setdefault(path[:depth], line)
        end = _end_of_entry(text, position)
        line += text.count("\n", position, end)
        position = end
    return places


def nearest(places: dict[Path, int], path: Path) -> int | None:
    """The line of `path`, else of what holds it, else None."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in places:
            return places[path[:depth]]
    return None


def _end_of_entry(text: str, position: int) -> int:
    """Where the next line begins that is not inside a string or a bracket opened before it."""
    depth = 0
    for token in _TOKEN.finditer(text, position):
        word = token[0]
        if word in "[{":
            depth += 1
        elif word in "]}":
            depth -= 1
        elif word == "\n" and depth <= 0:
            return token.end()
    return len(text)


def _split(dotted: str) -> Path:
    """The parts of a dotted key, unquoted by the parser itself."""
    table = tomllib.loads(f"{dotted} = 0")
    parts: list[str] = []
    while isinstance(table, dict):
        ((part, table),) = table.items()
        parts.append(part)
    return tuple(parts)


def _under(counts: dict[Path, int], path: Path) -> Path:
    """`path` with the number of the newest entry after each array of tables it goes through."""
    full: Path = ()
    for part in path[:-1]:
        full = (*full, part)
        if full in counts:
            full = (*full, counts[full])
    return (*full, path[-1])
