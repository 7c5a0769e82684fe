"""Names of files in a Maildir: keys that outlive a change of flags, and the memory of which were seen."""

from __future__ import annotations

import json
import os
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

INFO = re.compile(r"([:;!])2,([A-Za-z]*)$")
# What programs write into the name and may change: Dovecot's sizes, mbsync's and offlineimap's UIDs.
ATTRIBUTES = re.compile(r"(?:,[A-Z][A-Z0-9]*=[^,]*)+$")
FLAGS = {"S": "\\Seen", "R": "\\Answered", "F": "\\Flagged", "T": "\\Deleted", "D": "\\Draft", "P": "$Forwarded"}
SETTLED = 2.0  # seconds after which a change of a folder surely changes its time too
CHUNKS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One message's file: where it is, the letters of its flags, what stands before them ("" without flags)."""

    path: Path
    flags: str
    delimiter: str


def list_entries(maildir: Path) -> dict[str, Entry]:
    """The messages in `new` and `cur` by key. Raises OSError."""
    entries: dict[str, Entry] = {}
    for part in ("new", "cur"):  # cur last: it wins where a message is being moved
        directory = maildir / part
        with os.scandir(directory) as listing:
            for item in listing:
                name = os.fsencode(item.name).decode("utf-8", "backslashreplace")
                if name.startswith(".") or not item.is_file():
                    continue
                info = INFO.search(name)
                bare = name[: info.start()] if info else name
                key = ATTRIBUTES.sub("", bare)
                if key in entries and entries[key].path.parent == directory:
                    key = bare
                entries[key] = Entry(
                    directory / item.name, info.group(2) if info else "", info.group(1) if info else ""
                )
    return entries


def flags_of(letters: str) -> frozenset[str]:
    """The flags as IMAP calls them."""
    return frozenset(FLAGS[letter] for letter in letters if letter in FLAGS)


def stamp_of(maildir: Path, now: float) -> str:
    """A text that changes whenever a file comes, goes or is renamed; "" where a change just now could be missed."""
    try:
        times = [(maildir / part).stat().st_mtime_ns for part in ("cur", "new")]
    except OSError:
        return ""
    return "" if now - max(times) / 1e9 < SETTLED else "-".join(map(str, times))


@dataclass(frozen=True, slots=True)
class Seen:
    """The keys of a folder that were seen, packed in chunks so that adding to 50,000 of them costs little.

    `stamp` is the folder's at the time when nothing was left to see ("" where not known).
    """

    chunks: tuple[str, ...] = ()
    stamp: str = ""

    @classmethod
    def of(cls, keys: Iterable[str]) -> Seen:
        return cls().with_keys(keys)

    @classmethod
    def read(cls, state: str) -> Seen | None:
        """What `written` gave; None where it makes no sense."""
        try:
            table = json.loads(state)
            seen = cls(tuple(table["chunks"]), str(table["stamp"]))
            seen.keys()
        except (ValueError, TypeError, KeyError, zlib.error):
            return None
        return seen

    def written(self, stamp: str | None = None) -> str:
        return json.dumps({"stamp": self.stamp if stamp is None else stamp, "chunks": self.chunks})

    def keys(self) -> set[str]:
        return {key for chunk in self.chunks for key in zlib.decompress(b64decode(chunk)).decode().split("\n")}

    def with_keys(self, keys: Iterable[str]) -> Seen:
        added = sorted(keys)
        if not added:
            return self
        if len(self.chunks) >= CHUNKS:
            return Seen.of(self.keys() | set(added))
        chunk = b64encode(zlib.compress("\n".join(added).encode(), 6)).decode()
        return Seen((*self.chunks, chunk), self.stamp)
