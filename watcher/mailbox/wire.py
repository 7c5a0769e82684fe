"""Reads what a header sweep is answered, many times faster than a parser for everything that IMAP can say.

It understands only what a sweep asks for, written as servers write it; on anything else it has a Doubt, and the general
parser is asked about the same bytes. Framing (lines and literals) is RFC 3501 4.3, FETCH answers are its 7.4.2.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from imaplib import IMAP4
from typing import Any, Protocol

# No message's header fields are this long, but a server may claim so; the rest is read and thrown away.
MAX_LITERAL = 512 * 1024
SLICE = 64 * 1024

LITERAL = re.compile(rb"\{(\d+)\}\Z")
FETCH = re.compile(rb"\* [1-9]\d{0,9} FETCH \(", re.I)
NUMBER = rb"(?:0|[1-9]\d{0,19})"
ITEM = re.compile(
    rb" ?(?:UID (?P<uid>[1-9]\d{0,9})"
    rb'|FLAGS \((?P<flags>[^()"%\[\]{}\x00-\x1f]*)\)'
    rb'|INTERNALDATE "(?P<at>[^"\\\x00-\x1f]*)"'
    rb"|(?P<section>BODY\[[^\]\x00-\x1f]*\](?:<\d+>)?) "
    rb'(?:\{(?P<literal>\d+)\}\Z|"(?P<quoted>[^"\\\x00-\x1f]*)"|(?P<nil>(?-i:NIL)))'
    rb"|(?P<name>X-GM-THRID|X-GM-MSGID|RFC822\.SIZE) (?P<number>" + NUMBER + rb")"
    rb"|MODSEQ \((?P<modseq>" + NUMBER + rb")\)"
    rb")(?=[ )]|\Z)",
    re.I,
)
MOMENT = re.compile(rb"[ \d]?(\d)-([A-Z][a-z]{2})-([1-9]\d{3}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})")
MONTHS = {
    name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}


class Source(Protocol):
    """Where the bytes come from; imaplib's connection is one."""

    def readline(self) -> bytes: ...

    def read(self, size: int, /) -> bytes: ...


class Doubt(ValueError):
    """The answer is not written as expected; it may be right all the same."""


def read(source: Source) -> list[bytes]:
    """One answer of the server: a line, and where it goes on with literals, literal and line in turns.

    Lines come without their end, the marks of literals (`{12}`) stay. Raises imaplib's abort where the connection ends.
    """
    line = _line(source)
    pieces = [line]
    while line.endswith(b"}") and (mark := LITERAL.search(line)):
        pieces.append(_literal(source, int(mark[1])))
        line = _line(source)
        pieces.append(line)
    return pieces


def understand(pieces: list[bytes]) -> tuple[int, dict[bytes, Any]]:
    """The UID (0 where it is not told) and the items of a FETCH answer, named and typed as IMAPClient does.

    Raises Doubt.
    """
    line, at = pieces[0], 0
    opened = FETCH.match(line)
    if not opened:
        raise Doubt("not a FETCH answer")
    pos, uid = opened.end(), 0
    items: dict[bytes, Any] = {}
    while found := ITEM.match(line, pos):
        kind, pos = found.lastgroup, found.end()
        if kind == "uid":
            uid = int(found[1])
        elif kind == "literal":
            literal = pieces[at + 1]
            if len(literal) != min(int(found["literal"]), MAX_LITERAL):
                raise Doubt("a literal of another length")
            items[found["section"].upper()] = literal
            at += 2
            line, pos = pieces[at], 0
        elif kind == "flags":
            items[b"FLAGS"] = _flags(found["flags"])
        elif kind == "at":
            items[b"INTERNALDATE"] = _moment(found["at"])
        elif kind == "number":
            items[found["name"].upper()] = int(found["number"])
        elif kind == "modseq":
            items[b"MODSEQ"] = (int(found["modseq"]),)
        else:
            items[found["section"].upper()] = found["quoted"]
    if line[pos:] != b")" or at + 1 != len(pieces):
        raise Doubt("not an item that was asked for")
    return uid, items


def _line(source: Source) -> bytes:
    line = source.readline()
    if not line.endswith(b"\r\n"):
        raise IMAP4.abort("the connection ended in the middle of an answer")
    return line[:-2]


def _literal(source: Source, size: int) -> bytes:
    kept = source.read(min(size, MAX_LITERAL))
    left = size - len(kept)
    while len(kept) == MAX_LITERAL and left > 0:
        skipped = len(source.read(min(left, SLICE)))
        left -= skipped
        if not skipped:
            break
    if left:
        raise IMAP4.abort("the connection ended in the middle of an answer")
    return kept


@lru_cache(maxsize=256)
def _flags(text: bytes) -> tuple[bytes, ...]:
    flags = tuple(text.split(b" ")) if text else ()
    if any(not flag or flag.isdigit() or flag.upper() == b"NIL" for flag in flags):
        raise Doubt("odd flags")
    return flags


def _moment(text: bytes) -> datetime:
    found = MOMENT.fullmatch(text)
    month = MONTHS.get(found[2]) if found else None
    if not found or not month:
        raise Doubt("an odd date")
    try:
        day = int(text[: text.index(b"-")])
        clock = (int(found[4]), int(found[5]), int(found[6]))
        return datetime(int(found[3]), month, day, *clock, tzinfo=_zone(found[7]))
    except ValueError as error:
        raise Doubt("an impossible date") from error


@lru_cache(maxsize=64)
def _zone(text: bytes) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return timezone(timedelta(minutes=-minutes if text.startswith(b"-") else minutes)) if minutes else UTC
