"""Reads what a header sweep is answered, many times faster than a parser for everything that IMAP can say.

It understands only what a sweep asks for, written as servers write it; on anything else it has a Doubt, and the general
parser is asked about the same bytes. Framing (lines and literals) is RFC 3501 4.3, FETCH answers are its 7.4.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from imaplib import IMAP4
from typing import Any, Protocol

# Neither header fields nor a message asked for as a whole are this long, but a server may claim so; the rest is read
# and thrown away.
MAX_LITERAL = 2 * 1024 * 1024
SLICE = 64 * 1024
MAX_LINE = 1_000_000  # as imaplib

LITERAL = re.compile(rb"\{(\d+)\}\Z")
FETCH = re.compile(rb"\* [1-9]\d{0,9} FETCH \(", re.I)
NUMBER = rb"(?:0|[1-9]\d{0,19})"
LABEL = rb'(?:"(?:[^"\\\x00-\x1f\x7f-\xff]|\\["\\])*"|\\?[A-Za-z][A-Za-z0-9&+,./_-]*)'
ITEM = re.compile(
    rb" ?(?:UID (?P<uid>[1-9]\d{0,9})"
    rb'|FLAGS \((?P<flags>[^()"%\[\]{}\x00-\x1f]*)\)'
    rb'|INTERNALDATE "(?P<at>[^"\\\x00-\x1f]*)"'
    rb"|(?P<section>BODY\[[^\]\x00-\x1f]*\](?:<\d+>)?) "
    rb'(?:\{(?P<literal>\d+)\}\Z|"(?P<quoted>[^"\\\x00-\x1f]*)"|(?P<nil>(?-i:NIL)))'
    rb"|(?P<name>X-GM-THRID|X-GM-MSGID|RFC822\.SIZE) (?P<number>" + NUMBER + rb")"
    rb"|MODSEQ \((?P<modseq>" + NUMBER + rb")\)"
    rb"|X-GM-LABELS \((?P<labels>(?:" + LABEL + rb"(?: " + LABEL + rb")*)?)\)"
    rb")(?=[ )]|\Z)",
    re.I,
)
# What nearly every server writes before the section.
USUAL = re.compile(
    rb"\* [1-9]\d{0,9} FETCH \(UID ([1-9]\d{0,9}) "
    rb'FLAGS \(([^()"%\[\]{}\x00-\x1f]*)\) '
    rb'INTERNALDATE "([^"\\\x00-\x1f]*)"'
)
SECTION = re.compile(rb"BODY\[[^\]\x00-\x1f]*\]", re.I)
MOMENT = re.compile(rb"[ \d]\d-[A-Z][a-z][a-z]-[1-9]\d\d\d \d\d:\d\d:\d\d [+-]\d\d\d\d")
MONTHS = {
    name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}


class Source(Protocol):
    """Where the bytes come from; the file in imaplib's connection is one."""

    def readline(self, limit: int, /) -> bytes: ...

    def read(self, size: int, /) -> bytes: ...


class Doubt(ValueError):
    """The answer is not written as expected; it may be right all the same."""


def read(source: Source) -> list[bytes]:
    """One answer of the server: a line, and where it goes on with literals, literal and line in turns.

    Lines come without their end, the marks of literals (`{12}`) stay. Raises imaplib's abort where the connection ends.
    """
    line = source.readline(MAX_LINE)
    pieces = [line[:-2]]
    while line[-3:] == b"}\r\n" and (mark := LITERAL.search(pieces[-1])):
        pieces.append(_literal(source, int(mark[1])))
        line = source.readline(MAX_LINE)
        pieces.append(line[:-2])
    if line[-2:] != b"\r\n":
        raise IMAP4.abort("the connection ended in the middle of an answer")
    return pieces


def understand(pieces: list[bytes]) -> tuple[int, dict[bytes, Any]]:
    """The UID (0 where it is not told) and the items of a FETCH answer, named and typed as IMAPClient does.

    Raises Doubt.
    """
    if len(pieces) == 3 and pieces[2] == b")":
        head, _, rest = pieces[0].partition(b" BODY[")
        if rest and (usual := USUAL.fullmatch(head)):
            section = _section(b"BODY[" + rest[: rest.rfind(b" {")])
            told, flags, moment = usual.groups()
            return int(told), {b"FLAGS": _flags(flags), b"INTERNALDATE": _moment(moment), section: pieces[1]}
    line, at = pieces[0], 0
    opened = FETCH.match(line)
    if not opened:
        raise Doubt("not a FETCH answer")
    pos, uid = opened.end(), 0
    items: dict[bytes, Any] = {}
    while found := ITEM.match(line, pos):
        kind, pos = found.lastgroup or "", found.end()
        if kind == "uid":
            uid = int(found[1])
        elif kind == "literal":
            items[found["section"].upper()] = pieces[at + 1]
            at += 2
            line, pos = pieces[at], 0
        elif kind == "number":
            items[found["name"].upper()] = int(found["number"])
        elif kind in _TYPED:
            name, typed = _TYPED[kind]
            items[name] = typed(found[kind])
        else:
            items[found["section"].upper()] = found["quoted"]
    if line[pos:] != b")" or at + 1 != len(pieces):
        raise Doubt("not an item that was asked for")
    return uid, items


def _literal(source: Source, size: int) -> bytes:
    kept = source.read(size if size < MAX_LITERAL else MAX_LITERAL)
    if len(kept) == size:
        return kept
    left = size - len(kept)
    while len(kept) == MAX_LITERAL and left > 0:
        skipped = len(source.read(min(left, SLICE)))
        left -= skipped
        if not skipped:
            break
    if left:
        raise IMAP4.abort("the connection ended in the middle of an answer")
    return kept


@lru_cache(maxsize=64)
def _section(name: bytes) -> bytes:
    if not SECTION.fullmatch(name):
        raise Doubt("an odd section")
    return name.upper()


@lru_cache(maxsize=256)
def _flags(text: bytes) -> tuple[bytes, ...]:
    flags = tuple(text.split(b" ")) if text else ()
    if any(not flag or flag.isdigit() or flag.upper() == b"NIL" for flag in flags):
        raise Doubt("odd flags")
    return flags


@lru_cache(maxsize=256)
def _labels(text: bytes) -> tuple[bytes, ...]:
    """Gmail's labels, those of its own with a backslash before them."""
    labels = re.findall(LABEL, text)
    if any(label.upper() == b"NIL" for label in labels):
        raise Doubt("odd labels")
    return tuple(re.sub(rb"\\(.)", rb"\1", label[1:-1]) if label[:1] == b'"' else label for label in labels)


def _moment(text: bytes) -> datetime:
    if not MOMENT.fullmatch(text):
        raise Doubt("an odd date")
    try:
        year, month, day = _day(text[-26:-15])
        return datetime(
            year, month, day, int(text[-14:-12]), int(text[-11:-9]), int(text[-8:-6]), tzinfo=_zone(text[-5:])
        )
    except (ValueError, KeyError) as error:
        raise Doubt("an impossible date") from error


@lru_cache(maxsize=1024)
def _day(text: bytes) -> tuple[int, int, int]:
    """Most mail came on the day of the mail before it."""
    return int(text[7:]), MONTHS[text[3:6]], int(text[:2])


@lru_cache(maxsize=64)
def _zone(text: bytes) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return timezone(timedelta(minutes=-minutes if text.startswith(b"-") else minutes)) if minutes else UTC


_TYPED: Mapping[str, tuple[bytes, Callable[[bytes], Any]]] = {
    "flags": (b"FLAGS", _flags),
    "labels": (b"X-GM-LABELS", _labels),
    "at": (b"INTERNALDATE", _moment),
    "modseq": (b"MODSEQ", lambda text: (int(text),)),
}
