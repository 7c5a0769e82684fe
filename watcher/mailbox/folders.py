"""Tells what a folder is for: the server says it (SPECIAL-USE), else the names that servers and programs use do."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from watcher.message.model import Folder, Role

# RFC 6154, and Gmail's older XLIST names. Cyrus sends them in lower case.
USES = {
    "\\drafts": Role.DRAFTS,
    "\\sent": Role.SENT,
    "\\trash": Role.TRASH,
    "\\archive": Role.ARCHIVE,
    "\\junk": Role.JUNK,
    "\\spam": Role.JUNK,
    "\\all": Role.ALL,
    "\\allmail": Role.ALL,
    "\\inbox": Role.INBOX,
}
# A folder with another use has that one, whatever it is called.
OTHER_USES = frozenset({"\\flagged", "\\starred", "\\important", "\\memos", "\\scheduled", "\\snoozed"})
UNREADABLE = frozenset({"\\noselect", "\\nonexistent"})  # RFC 3501 7.2.2, RFC 5258 3

# What is written to must be one place. The others may be several: mail sent from two programs lies in two folders,
# and overlooking one would make an answered message look unanswered.
SINGLE = frozenset({Role.INBOX, Role.DRAFTS, Role.TRASH, Role.ALL})

LAST = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One folder as a server lists it: decoded name, flags as text, hierarchy separator ("" where it is flat)."""

    name: str
    flags: tuple[str, ...] = ()
    separator: str = "/"


@dataclass(frozen=True, slots=True)
class Names:
    """The data file: rank of each name by role, and the folders that only hold others."""

    everywhere: Mapping[str, tuple[Role, int]]
    below_gmail: Mapping[str, tuple[Role, int]]
    containers: frozenset[str]
    gmail: frozenset[str]


def role_of(name: str, flags: Sequence[str] = (), separator: str = "/") -> Role:
    """What the folder `name` (decoded) is for, judged alone.

    `flags` are the server's words about it (`\\Drafts`, `\\Noselect` ...), in any case. A name counts at the top of the
    mailbox, below INBOX and below [Gmail]; below an archive everything is archive. "Work/Sent" is a folder of the
    user's own.
    """
    return _judge(Listed(name, tuple(flags), separator))[0]


def assign(listed: Iterable[Listed]) -> list[Folder]:
    """The folders with their roles, in the order given, with one INBOX, Drafts, Trash and All Mail at the most.

    Where several would do, the server's own word wins, then the name that comes first in the data file, then the
    shorter path; the others become OTHER.
    """
    every = list(listed)
    judged = [_judge(one) for one in every]
    chosen: dict[Role, int] = {}
    for index, (role, rank) in enumerate(judged):
        if role in SINGLE:
            best = chosen.get(role)
            if best is None or (rank, len(every[index].name)) < (judged[best][1], len(every[best].name)):
                chosen[role] = index
    return [
        Folder(one.name, role if role not in SINGLE or chosen[role] == index else Role.OTHER)
        for index, (one, (role, _)) in enumerate(zip(every, judged, strict=True))
    ]


def selectable(flags: Iterable[str]) -> bool:
    """Whether a folder with these flags can be opened at all."""
    return not UNREADABLE.intersection(flag.lower() for flag in flags)


def _judge(one: Listed) -> tuple[Role, int]:
    """The role and how well founded it is: 0 the server's word, else the place in the data file."""
    flags = {flag.lower() for flag in one.flags}
    if flags & UNREADABLE:
        return Role.OTHER, LAST
    if one.name.upper() == "INBOX":
        return Role.INBOX, 0
    said = [USES[flag] for flag in sorted(flags) if flag in USES]
    if said:
        return said[0], 0
    if flags & OTHER_USES:
        return Role.OTHER, LAST
    return _by_name(one)


def _by_name(one: Listed) -> tuple[Role, int]:
    names = _names()
    path = [_fold(part) for part in (one.name.split(one.separator) if one.separator else [one.name])]
    gmail = path[0] in names.gmail
    while len(path) > 1 and path[0] in names.containers:
        path.pop(0)
    found = names.everywhere.get(path[0])
    if gmail:
        found = names.below_gmail.get(path[0], found)
    if found is None:
        return Role.OTHER, LAST
    role, rank = found
    if len(path) > 1:  # Thunderbird files by year below its archive
        return (role, LAST) if role is Role.ARCHIVE else (Role.OTHER, LAST)
    return role, rank


@cache
def _names() -> Names:
    source = resources.files("watcher.knowledge").joinpath("folders.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)
    containers = tables.pop("containers")
    return Names(
        everywhere=_ranked(tables, "names"),
        below_gmail=_ranked(tables, "gmail"),
        containers=frozenset(_fold(name) for name in containers["names"]),
        gmail=frozenset(_fold(name) for name in containers["gmail"]),
    )


def _ranked(tables: Mapping[str, Mapping[str, Sequence[str]]], key: str) -> dict[str, tuple[Role, int]]:
    return {
        _fold(name): (Role(role), rank)
        for role, table in tables.items()
        for rank, name in enumerate(table.get(key, ()), start=1)
    }


def _fold(name: str) -> str:
    """macOS sends decomposed letters; case and outer blanks carry no meaning."""
    return unicodedata.normalize("NFC", name).strip().casefold()
