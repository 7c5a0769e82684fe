"""Takes a message apart at its boundaries, on bytes: attachments are never decoded, hostile MIME stays cheap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import unquote_to_bytes

from watcher.message import fields

PARTS_LIMIT = 1_000
DEPTH_LIMIT = 20
TEXT_LIMIT = 1024 * 1024  # raw bytes of one text part
MIME_FIELDS = fields.names("content-type", "content-transfer-encoding", "content-disposition")
TEXT_TYPES = frozenset({"text/plain", "text/html", "text/calendar", "application/ics", "text/rfc822-headers"})
MACHINE_TYPES = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report"})
MESSAGE_TYPES = frozenset({"message/rfc822", "message/global"})

TYPE = re.compile(r"\s*([\w.+-]{1,80})\s*/\s*([\w.+-]{1,120})")
PARAMETER = re.compile(r';\s*([\w.-]{1,40})(\*\d{0,3}\*?)?\s*=\s*("(?:[^"\\]|\\.)*"?|[^;\s]+)')
PARAMETERS_LIMIT = 50
NEWLINE = ord("\n")
BOUNDARY = b"=_between_the_parts"  # always the same, since parsers compile a pattern for each one they meet


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message. `body` is as it travels; `children` are those of a multipart or an attached message.

    `header` is the attached message's own header block, where it is one.
    """

    type: str
    charset: str = ""
    encoding: str = ""
    method: str = ""
    filename: str = ""
    attached: bool = False
    flowed: bool = False
    delsp: bool = False
    body: bytes = b""
    header: bytes = b""
    children: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the order of the message."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


@dataclass(slots=True)
class _Budget:
    parts: int = PARTS_LIMIT


@dataclass(frozen=True, slots=True)
class _Field:
    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def take_apart(data: bytes) -> Part:
    """The parts of a whole message. Never raises; what is beyond 1,000 parts or 20 levels is left out."""
    end, start = fields.header_end(data)
    return _part(data[:end], data[start:], _Budget(), 0, "text/plain")


def _part(block: bytes, body: bytes, budget: _Budget, depth: int, default: str) -> Part:
    budget.parts -= 1
    found = fields.split(block, MIME_FIELDS)
    content = _read_field(found, "content-type")
    disposition = _read_field(found, "content-disposition")
    encoding = _first(found, "content-transfer-encoding").strip().lower()
    kind = _type(content.value, default)
    filename = disposition.parameters.get("filename") or content.parameters.get("name", "")
    if kind.startswith("multipart/"):
        children = _children(kind, content.parameters.get("boundary", ""), body, budget, depth)
        if children or depth:
            return Part(kind, children=children)
        kind = "text/plain"  # boundaries that never come: better read as it stands than not at all
    attached = disposition.value.strip().lower() == "attachment"
    if kind in MESSAGE_TYPES and encoding in ("", "7bit", "8bit", "binary"):
        return _attached_message(kind, filename, body, budget, depth)
    if kind == "application/ics" or (kind == "application/octet-stream" and filename.lower().endswith(".ics")):
        kind = "text/calendar"
    readable = (kind in TEXT_TYPES and not (attached and kind != "text/calendar")) or kind in MACHINE_TYPES
    return Part(
        kind,
        charset=content.parameters.get("charset", ""),
        encoding=encoding,
        method=content.parameters.get("method", "").upper(),
        filename=filename,
        attached=attached,
        flowed=content.parameters.get("format", "").lower() == "flowed",
        delsp=content.parameters.get("delsp", "").lower() == "yes",
        body=body[:TEXT_LIMIT] if readable else b"",
    )


def _attached_message(kind: str, filename: str, body: bytes, budget: _Budget, depth: int) -> Part:
    body = body.lstrip(b"\r\n")
    end, start = fields.header_end(body)
    children: tuple[Part, ...] = ()
    if depth < DEPTH_LIMIT and budget.parts > 0:
        children = (_part(body[:end], body[start:], budget, depth + 1, "text/plain"),)
    return Part(kind, filename=filename, attached=True, header=body[:end], children=children)


def _children(kind: str, boundary: str, body: bytes, budget: _Budget, depth: int) -> tuple[Part, ...]:
    if depth >= DEPTH_LIMIT:
        return ()
    default = "message/rfc822" if kind == "multipart/digest" else "text/plain"  # RFC 2046 section 5.1.5
    children = []
    for piece in _pieces(body, boundary):
        if budget.parts <= 0:
            break
        end, start = fields.header_end(piece)
        children.append(_part(piece[:end], piece[start:], budget, depth + 1, default))
    return tuple(children)


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """What stands between the boundary lines (RFC 2046 section 5.1.1); the last may be unclosed."""
    mark = b"--" + boundary.encode("utf-8", "replace").rstrip()
    if not boundary:
        sniffed = re.match(rb"\s*(--[^\s]{4,100})[ \t]*\r?$", body[:4096], re.MULTILINE)
        if sniffed is None:
            return
        mark = sniffed.group(1)
    start = -1
    for begins, ends, last in _delimiters(body, mark):
        if start >= 0:
            yield _without_last_line_end(body[start:begins])
        start = ends
        if last:
            return
    if start >= 0:
        yield body[start:]


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each boundary line begins and ends, and whether it is the closing one. (A pattern would have to be compiled
    for every boundary, and no two messages have the same.)"""
    at = body.find(mark)
    while at >= 0:
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end + 1
        rest = body[at + len(mark) : end].rstrip(b"\n").removesuffix(b"\r").rstrip(b" \t")
        if (at == 0 or body[at - 1] == NEWLINE) and rest in (b"", b"--"):
            yield at, end, rest == b"--"
            at = body.find(mark, end)
        else:
            at = body.find(mark, at + 1)


def _without_last_line_end(piece: bytes) -> bytes:
    if piece.endswith(b"\r\n"):
        return piece[:-2]
    return piece[:-1] if piece.endswith(b"\n") else piece


def _first(found: fields.Fields, name: str) -> str:
    values = found.get(name)
    return fields.text_of(values[0]) if values else ""


def _type(value: str, default: str) -> str:
    match = TYPE.match(value)
    if match:
        return f"{match.group(1)}/{match.group(2)}".lower()
    return "text/plain" if value.strip() else default  # "text" alone, or nonsense


def _read_field(found: fields.Fields, name: str) -> _Field:
    text = _first(found, name)
    if not text:
        return _Field()
    value, semicolon, _ = text.partition(";")
    return _Field(value.strip(), _parameters(text[len(value) :]) if semicolon else {})


def _parameters(text: str) -> dict[str, str]:
    """The parameters of a field, with the pieces and charsets of RFC 2231 put together."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[str]] = {}
    for count, found in enumerate(PARAMETER.finditer(text)):
        if count >= PARAMETERS_LIMIT:
            break
        name, star, value = found.group(1).lower(), found.group(2), found.group(3)
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value.strip('"'))
        if star:
            pieces.setdefault(name, []).append(value)
        else:
            plain.setdefault(name, value)
    for name, values in pieces.items():
        plain[name] = _extended("".join(values))
    return plain


def _extended(value: str) -> str:
    charset, quote, rest = value.partition("'")
    if not quote:
        return fields.decode(unquote_to_bytes(value), "utf-8")
    return fields.decode(unquote_to_bytes(rest.partition("'")[2]), charset or "utf-8")


def flatten(parts: list[Part]) -> bytes:
    """A message of nothing but these text parts, in order, for a parser to decode: no attachment ever gets there.

    Calendars and reports go as plain text, since they are decoded alike.
    """
    if len(parts) == 1:
        return b"MIME-Version: 1.0\r\n" + _bare(parts[0])
    boundary = BOUNDARY
    if any(boundary in part.body for part in parts):
        boundary = blake2b(b"".join(part.body for part in parts), digest_size=16).hexdigest().encode()
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n'
    pieces = [b"\r\n--" + boundary + b"\r\n" + _bare(part) for part in parts]
    return head + b"".join(pieces) + b"\r\n--" + boundary + b"--\r\n"


def _bare(part: Part) -> bytes:
    kind = "text/html" if part.type == "text/html" else "text/plain"
    charset = re.sub(r"[^\w.:+-]", "", part.charset)[:40] or "utf-8"
    encoding = re.sub(r"[^\w-]", "", part.encoding)[:40]
    head = f'Content-Type: {kind}; charset="{charset}"\r\n'
    if encoding:
        head += f"Content-Transfer-Encoding: {encoding}\r\n"
    return head.encode("ascii", "replace") + b"\r\n" + part.body


def without_attachments(data: bytes) -> bytes:
    """The message with the content of its attachments taken out; headers, text and calendar parts stay as they are.

    What a backend that reads whole files hands on, so that a scan never carries 20 MB of somebody's portfolio.
    """
    if len(data) <= SMALL:
        return data
    end, start = fields.header_end(data)
    return data[:start] + _thin(data[:end], data[start:], 0)


SMALL = 64 * 1024


def _thin(block: bytes, body: bytes, depth: int) -> bytes:
    found = fields.split(block, MIME_FIELDS)
    content = _read_field(found, "content-type")
    kind = _type(content.value, "text/plain")
    if kind.startswith("multipart/") and depth < DEPTH_LIMIT:
        boundary = content.parameters.get("boundary", "")
        out = []
        for count, piece in enumerate(_pieces(body, boundary)):
            if count >= PARTS_LIMIT:
                break
            end, start = fields.header_end(piece)
            out.append(piece[:start] + _thin(piece[:end], piece[start:], depth + 1))
        mark = b"--" + boundary.encode("utf-8", "replace")
        if out and boundary:
            return b"".join(mark + b"\r\n" + piece + b"\r\n" for piece in out) + mark + b"--\r\n"
    if kind.startswith(("text/", "message/")) or kind == "application/ics":
        return body[:TEXT_LIMIT]
    name = (_read_field(found, "content-disposition").parameters.get("filename") or "").lower()
    return body[:TEXT_LIMIT] if name.endswith(".ics") else b""
