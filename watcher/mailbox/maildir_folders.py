"""Finds the folders of a Maildir, in the layouts that mail programs make."""

from __future__ import annotations

import os
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from watcher.mailbox.folders import Listed, assign
from watcher.message.model import Folder

DEPTH = 6
OWN = frozenset(("cur", "new", "tmp"))
DOTTED = ("INBOX.", "[Gmail].", "[Google Mail].")  # offlineimap flattens the tree with dots


@dataclass(frozen=True, slots=True)
class Place:
    """A folder and the directory that holds its cur, new and tmp."""

    folder: Folder
    path: Path


def find_places(root: Path) -> list[Place]:
    """The folders at `root`, INBOX first, the others by name. Raises OSError where `root` cannot be listed.

    INBOX is `root` itself or a directory of that name. Below lie `.Folder.Sub` (Maildir++) or directories within
    directories (mbsync with SubFolders Verbatim, offlineimap, Dovecot's fs layout), or both.
    """
    found: dict[str, tuple[Listed, Path]] = {}
    for listed, path in _walk(root, "", 0):
        found.setdefault(listed.name, (listed, path))
    if _is_maildir(root):
        name = "." if any(name.upper() == "INBOX" for name in found) else "INBOX"
        found = {name: (Listed(name), root), **found}
    order = sorted(found, key=lambda name: (name.upper() != "INBOX", name))
    folders = assign([found[name][0] for name in order])
    return [Place(folder, found[folder.name][1]) for folder in folders]


def _walk(directory: Path, prefix: str, depth: int) -> Iterator[tuple[Listed, Path]]:
    with os.scandir(directory) as listing:
        names = sorted(item.name for item in listing if item.is_dir() and item.name not in OWN)
    for raw in names:
        path = directory / raw
        hidden = raw.startswith(".")
        if hidden and not _is_maildir(path):
            continue  # .git, .notmuch, .cache
        name = prefix + decode_name(raw.lstrip("."))
        if _is_maildir(path) and name:
            dotted = (hidden and not prefix) or name.startswith(DOTTED)
            yield Listed(name, separator="." if dotted else "/"), path
        if depth < DEPTH and not hidden:
            try:
                yield from _walk(path, f"{name}/", depth + 1)
            except OSError:
                continue  # a directory that is none of ours to read


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def decode_name(raw: str) -> str:
    """A folder's name as a person reads it: modified UTF-7 (RFC 3501 section 5.1.3) is decoded, UTF-8 left alone."""
    raw = os.fsencode(raw).decode("utf-8", "backslashreplace")
    if "&" not in raw:
        return raw
    out = []
    for index, piece in enumerate(raw.split("&")):
        if index == 0:
            out.append(piece)
            continue
        shifted, dash, rest = piece.partition("-")
        if not dash:
            return raw
        if not shifted:
            out.append("&" + rest)
            continue
        try:
            packed = b64decode(shifted.replace(",", "/") + "=" * (-len(shifted) % 4), validate=True)
            out.append(packed.decode("utf-16-be") + rest)
        except (Base64Error, ValueError):
            return raw
    return "".join(out)
