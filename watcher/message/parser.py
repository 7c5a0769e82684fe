"""Makes a Message of bytes; the one door to mail-parser, which decodes the text parts and nothing else.

Header fields are read by `message.fields`, so that the sweep and the whole message always agree. mail-parser is handed
a message built of the text parts alone: attachments, attached messages and hostile headers never reach it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.errors import MessageUnreadable
from watcher.message import body, fields, html, marks, structure
from watcher.message.flowing import unflow
from watcher.message.header import SOUGHT, TRAITS, WANTED, parse_header, written_at
from watcher.message.model import Body, CalendarPart, Copy, Header, Link, Message, RawMessage
from watcher.message.structure import Part

__all__ = ["TRAITS", "WANTED", "parse", "parse_header", "written_at"]

HEADLINE = fields.names("from", "to", "date", "subject", "message-id")
TEXT_TOTAL = 4 * 1024 * 1024  # raw bytes of all text parts of one message
SHORT_PLAIN = 240  # characters; a plain part shorter than this is compared with the HTML beside it

Texts = Mapping[int, str]


def parse(raw: RawMessage, words: marks.Marks | None = None) -> Message:
    """A whole message (or a header alone, then without body) from its bytes.

    `words` are the phrases that tell who speaks; the ones shipped with watcher where left out. Raises MessageUnreadable
    only when nothing at all can be read: neither a field of the header nor a word of text.
    """
    copies = (Copy(raw.ref.folder, raw.role, raw.ref.key),)
    header = parse_header(raw)
    if not raw.whole:
        return Message(raw.account, header, None, copies)
    data = fields.with_line_ends(raw.data)
    try:
        content = _read_body(data, header, words or marks.standard())
    except RecursionError as error:
        raise _unreadable() from error
    if not _is_anything(data, content):
        raise _unreadable()
    return Message(raw.account, header, content, copies)


def _unreadable() -> MessageUnreadable:
    return MessageUnreadable("The message has no header and no text.", "It is set aside; open it in your mail program.")


def _is_anything(data: bytes, content: Body) -> bool:
    if content.plain.strip() or content.calendars or content.attachments or content.forwarded:
        return True
    end, _ = fields.header_end(data)
    return bool(fields.split(data[:end], SOUGHT))


# --- body -----------------------------------------------------------------------------------------


def _read_body(data: bytes, header: Header, words: marks.Marks) -> Body:
    root = structure.take_apart(data)
    parts = list(root.walk())
    texts = _decode([part for part in parts if part.body.strip()])
    own = _own_parts(root)
    plain = _shown(root, texts, words, first=True)
    reply = bool(header.in_reply_to or header.references)
    split = body.split(plain, words, subject=header.subject, writer=header.sender.name, reply=reply)
    return Body(
        new=split.new,
        quoted=split.quoted,
        forwarded="\n".join(filter(None, (split.forwarded, *_passed_on(own, texts, words)))),
        signature=split.signature,
        footer=split.footer,
        plain=plain,
        calendars=_calendars(own, texts),
        links=_links(own, texts),
        attachments=tuple(part.filename for part in parts if part.filename),
    )


def _own_parts(root: Part) -> list[Part]:
    """The parts of this message, attached messages included but not what is in them."""
    own: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        own.append(part)
        if part.type not in structure.MESSAGE_TYPES:
            waiting.extend(reversed(part.children))
    return own


def _decode(parts: Sequence[Part]) -> Texts:
    """The text of each part by its identity, with "\\n" line ends."""
    if not parts:
        return {}
    chosen: list[Part] = []
    room = TEXT_TOTAL
    for part in parts:
        room -= len(part.body)
        if room < 0:
            break
        chosen.append(part)
    flat = structure.flatten(chosen)
    try:
        decoded = _decode_with_mail_parser(flat, chosen)
    except Exception:  # mail-parser stumbles over some odd mail; the standard library is the second try
        decoded = _decode_with_library(flat, chosen)
    return {
        id(part): unflow(_line_ends(text), delsp=part.delsp) if part.flowed else _line_ends(text)
        for part, text in zip(chosen, decoded, strict=True)
    }


def _decode_with_mail_parser(flat: bytes, parts: Sequence[Part]) -> list[str]:
    import mailparser

    parsed = mailparser.parse_from_bytes(flat)
    plain, rich = iter(parsed.text_plain), iter(parsed.text_html)
    decoded = [next(rich if part.type == "text/html" else plain) for part in parts]
    if next(plain, None) is not None or next(rich, None) is not None:
        raise ValueError("mail-parser found more text parts than it was given")
    return [
        fields.decode(part.body, part.charset) if part.charset.lower().startswith(ESCAPING) else text
        for part, text in zip(parts, decoded, strict=True)
    ]


# Charsets that are ASCII on the wire: without a transfer encoding mail-parser hands their escapes through.
ESCAPING = ("iso-2022", "utf-7", "hz-gb")


def _decode_with_library(flat: bytes, parts: Sequence[Part]) -> list[str]:
    from email import message_from_bytes

    try:
        leaves = [leaf for leaf in message_from_bytes(flat).walk() if not leaf.is_multipart()]
        payloads = [leaf.get_payload(decode=True) for leaf in leaves]
        return [
            fields.decode(payload if isinstance(payload, bytes) else b"", part.charset)
            for part, payload in zip(parts, payloads, strict=True)
        ]
    except Exception as error:
        raise _unreadable() from error


def _line_ends(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _is_text(part: Part, *, first: bool) -> bool:
    if part.type not in ("text/plain", "text/html") or part.attached:
        return False
    return first or not part.filename


def _shown(part: Part, texts: Texts, words: marks.Marks, *, first: bool) -> str:
    """What a person sees of a part: of alternatives the plain one, unless it is empty or a stub."""
    if part.type in structure.MESSAGE_TYPES:
        return ""
    if not part.children:
        if not _is_text(part, first=first):
            return ""
        text = texts.get(id(part), "")
        return html.to_text(text) if part.type == "text/html" or _is_markup(text) else text
    if part.type == "multipart/alternative":
        return _best_alternative(part, texts, words)
    shown: list[str] = []
    for child in part.children:
        text = _shown(child, texts, words, first=first and not shown)
        if text.strip():
            shown.append(text)
    return shown[0] if len(shown) == 1 else "\n".join(f"{text.rstrip()}\n" for text in shown)


def _best_alternative(part: Part, texts: Texts, words: marks.Marks) -> str:
    plain, rich = "", None
    for child in part.children:
        if child.type == "text/plain" and not plain:
            plain = _shown(child, texts, words, first=True)
        elif child.type not in ("text/plain", "text/calendar"):
            rich = child
    if rich is None or (len(plain.strip()) >= SHORT_PLAIN and not body.is_stub(plain, words)):
        return plain
    shown = _shown(rich, texts, words, first=True)
    if not shown.strip():
        return plain
    thin = body.is_stub(plain, words) or len(shown) > 3 * len(plain.strip()) + SHORT_PLAIN
    return shown if thin or not plain.strip() else plain


def _is_markup(text: str) -> bool:
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html", "<body", "<div"))


def _passed_on(own: Sequence[Part], texts: Texts, words: marks.Marks) -> list[str]:
    """Attached messages and the machine's part of a report, as text."""
    passed = []
    for part in own:
        if part.type in structure.MESSAGE_TYPES:
            inner = "".join(_shown(child, texts, words, first=True) for child in part.children)
            passed.append(f"{_headline(part.header)}\n{inner}")
        elif part.type in structure.MACHINE_TYPES or part.type == "text/rfc822-headers":
            passed.append(texts.get(id(part), ""))
    return [text.rstrip("\n") + "\n" for text in passed if text.strip()]


def _headline(block: bytes) -> str:
    found = fields.split(block, HEADLINE)
    lines = [
        f"{name.title()}: {fields.text_of(found[name][0])}\n"
        for name in ("from", "date", "to", "subject", "message-id")
        if name in found
    ]
    return "".join(lines)


def _calendars(own: Sequence[Part], texts: Texts) -> tuple[CalendarPart, ...]:
    """The calendar parts, each text once: an invitation is often there twice, as a part and as a file."""
    found: dict[str, CalendarPart] = {}
    for part in own:
        text = texts.get(id(part), "") if part.type == "text/calendar" else ""
        key = text.strip()
        if key and (key not in found or (part.method and not found[key].method)):
            found[key] = CalendarPart(text, part.method)
    return tuple(found.values())


def _links(own: Sequence[Part], texts: Texts) -> tuple[Link, ...]:
    rich = [texts.get(id(part), "") for part in own if part.type == "text/html" and not part.attached]
    return tuple(link for text in rich for link in html.links_of(text))
