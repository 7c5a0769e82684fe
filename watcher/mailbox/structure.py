"""Chooses from a BODYSTRUCTURE what is worth reading and puts a message together again without its attachments.

Sections and their numbers: RFC 3501 6.4.5. The message that comes out has every part and every part's header, in order;
parts that were not asked for are empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MESSAGE = "message/rfc822"
TEXTS = frozenset({"text/plain", "text/html", "text/calendar"})
CALENDARS = frozenset({"text/calendar", "application/ics"})
MAX_PARTS = 100
MAX_DEPTH = 8
MAX_PART = 256 * 1024  # bytes as they lie on the server, so of base64 too
MAX_TEXT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message. `number` is its section ("" for the message itself); an attached message has one child,
    the body of that message, whose header is `number.HEADER`."""

    number: str
    kind: str  # "text/plain" ..., lower case
    size: int = 0
    name: str = ""
    boundary: str = ""
    attached: bool = False
    parts: tuple[Part, ...] = field(default=())

    @property
    def multipart(self) -> bool:
        return self.kind.startswith("multipart/")

    @property
    def message(self) -> bool:
        return self.kind == MESSAGE

    @property
    def readable(self) -> bool:
        """Text a person reads here and now, or a calendar in whatever wrapping."""
        if self.kind in CALENDARS or self.name.lower().endswith(".ics"):
            return True
        return self.kind in TEXTS and not self.attached

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()


def understand(structure: Sequence[Any]) -> Part:
    """The tree of a BODYSTRUCTURE as IMAPClient parsed it. Raises ValueError where it makes no sense."""
    try:
        root = _part(structure, "", 0)
    except (TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("not a BODYSTRUCTURE") from error
    if sum(1 for _ in root.walk()) > MAX_PARTS:
        raise ValueError("too many parts")
    return root


def sections(root: Part) -> list[str]:
    """The sections to ask for (`1.2`, `1.MIME` ..., a partial one as `1.2<0.262144>`), besides HEADER."""
    asked: list[str] = []
    left = MAX_TEXT
    for part in root.walk():
        if part.multipart:
            asked += [f"{child.number}.MIME" for child in part.parts]
        elif part.message:
            asked.append(f"{_section(part)}.HEADER")
        elif part.readable:
            share = min(part.size, MAX_PART, left)
            if share > 0:
                asked.append(f"{_section(part)}<0.{share}>" if share < part.size else _section(part))
                left -= share
    return asked


def rebuild(root: Part, header: bytes, got: Mapping[str, bytes]) -> bytes:
    """The message from its header block and the sections that came, by number without the partial mark."""
    return header.rstrip(b"\r\n") + b"\r\n\r\n" + _body(root, got)


def _part(data: Sequence[Any], number: str, depth: int) -> Part:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(data[0], (list, tuple)):
        return _multipart(data, number, depth)
    kind = f"{_text(data[0])}/{_text(data[1])}".lower()
    parameters = _pairs(data[2])
    at = 11 if kind == MESSAGE else 9 if kind.startswith("text/") else 8  # RFC 3501 7.4.2, after the MD5
    disposition, named = _disposition(data[at] if len(data) > at else None)
    name = named.get("filename", parameters.get("name", ""))
    inner: tuple[Part, ...] = ()
    if kind == MESSAGE:
        body = data[8]
        number = number or "1"
        multipart = isinstance(body[0], (list, tuple))
        inner = (_part(body, number if multipart else f"{number}.1", depth + 1),)
    return Part(number, kind, int(data[6] or 0), name, attached=disposition == "attachment", parts=inner)


def _multipart(data: Sequence[Any], number: str, depth: int) -> Part:
    children: Sequence[Any]
    if isinstance(data[0], list):
        children, rest = data[0], data[1:]
    else:
        split = next((i for i, item in enumerate(data) if not isinstance(item, (list, tuple))), len(data))
        children, rest = data[:split], data[split:]
    subtype = _text(rest[0]).lower() if rest else "mixed"
    boundary = _pairs(rest[1]).get("boundary", "") if len(rest) > 1 else ""
    if not boundary:
        raise ValueError("a multipart without a boundary")
    prefix = f"{number}." if number else ""
    parts = tuple(_part(child, f"{prefix}{index}", depth + 1) for index, child in enumerate(children, start=1))
    return Part(number, f"multipart/{subtype}", boundary=boundary, parts=parts)


def _section(part: Part) -> str:
    return part.number or "1"


def _body(part: Part, got: Mapping[str, bytes]) -> bytes:
    if part.multipart:
        return _delimited(part, got)
    if part.message:
        header = got.get(f"{_section(part)}.HEADER", b"")
        return header.rstrip(b"\r\n") + b"\r\n\r\n" + _body(part.parts[0], got)
    content = got.get(_section(part), b"")
    if 0 < len(content) < part.size:  # cut off: end with a whole line, so that the encoding stays readable
        content = content[: content.rfind(b"\n") + 1] or content
    return content


def _delimited(part: Part, got: Mapping[str, bytes]) -> bytes:
    mark = b"--" + part.boundary.encode("utf-8", "surrogateescape")
    pieces: list[bytes] = []
    for child in part.parts:
        head = got.get(f"{child.number}.MIME", b"").rstrip(b"\r\n")
        pieces.append(mark + b"\r\n" + (head + b"\r\n" if head else b"") + b"\r\n" + _body(child, got) + b"\r\n")
    return b"".join(pieces) + mark + b"--\r\n"


def _pairs(data: Any) -> dict[str, str]:
    if not isinstance(data, (list, tuple)):
        return {}
    return {_text(name).lower(): _text(value) for name, value in zip(data[::2], data[1::2], strict=False)}


def _disposition(data: Any) -> tuple[str, dict[str, str]]:
    if not isinstance(data, (list, tuple)) or not data:
        return "", {}
    return _text(data[0]).lower(), _pairs(data[1]) if len(data) > 1 else {}


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return "" if value is None else str(value)
