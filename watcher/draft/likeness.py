"""What makes two copies of a draft the same letter: recipients, subject and text, however a server has encoded them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses
from html.parser import HTMLParser
from unicodedata import normalize

from watcher.message.flowing import unflow

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?")
_LONGEST_HTML = 200_000  # characters; a longer page is compared with its tags


@dataclass(frozen=True, slots=True)
class Likeness:
    """A draft as a person sees it. `recipients` are the addresses of To, Cc and Bcc in lower case; `texts` the readable
    parts in order, without what encoding may change; `files` the digests of everything attached."""

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    recipients: frozenset[str]
    subject: str
    texts: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """A digest of recipients, subject, text and attachments: any change that a person can make changes it."""
        digest = hashlib.sha256()
        for group in (sorted(self.recipients), [self.subject], self.texts, self.files):
            digest.update(b"%d\n" % len(group))
            for item in group:
                data = item.encode(errors="replace")
                digest.update(b"%d\n" % len(data) + data)
        return digest.hexdigest()


def fingerprint(raw: bytes) -> str:
    """A digest of the recipients, subject, text and attachments of a message.

    The same whatever its charset, transfer encoding, folding of header fields, trailing space, line ends and other
    header fields are; another one as soon as a word, a line or a recipient is.
    """
    return likeness(raw).fingerprint


def likeness(raw: bytes) -> Likeness:
    """What `raw`, a whole message, looks like to a person. Never raises: what cannot be decoded is taken as it is."""
    message = BytesParser(policy=compat32).parsebytes(raw)
    fields: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), []).append(_unfolded(str(value)))
    texts: list[str] = []
    files: list[str] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        if part.get_content_maintype() == "text" and not _is_attached(part):
            text = _canonical(_flowing(_decoded_text(data, part), part), html=part.get_content_subtype() == "html")
            texts.extend([text] if text else [])
        else:
            files.append(hashlib.sha256(data).hexdigest())
    replied = _MESSAGE_ID.findall(" ".join(fields.get("in-reply-to", ())))
    identities = _MESSAGE_ID.findall(" ".join(fields.get("message-id", ())))
    return Likeness(
        message_id=identities[0] if identities else "",
        in_reply_to=replied[0] if replied else "",
        references=tuple(_MESSAGE_ID.findall(" ".join(fields.get("references", ())))),
        recipients=frozenset(
            address for name in ("to", "cc", "bcc") for value in fields.get(name, ()) for address in _addresses(value)
        ),
        subject=_one_line(_decoded_words((fields.get("subject") or [""])[0])),
        texts=tuple(texts),
        files=tuple(files),
    )


def _unfolded(value: str) -> str:
    """A field's value on one line; raw UTF-8 (RFC 6532), which the parser keeps as surrogates, becomes text."""
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text.replace("\r", "").replace("\n", "")


def _decoded_words(value: str) -> str:
    """The text of a field with encoded words (RFC 2047)."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    # Where there is an encoded word the rest comes as bytes too, without a charset; where there is none, as str.
    return "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset or "raw-unicode-escape")
        for piece, charset in pieces
    )


def _addresses(value: str) -> Iterator[str]:
    found = [address for _, address in getaddresses([value]) if "@" in address]
    if not found and value.strip():
        yield _one_line(value).casefold()  # unreadable, but still a recipient to compare
    for address in found:
        local, _, domain = address.lower().rpartition("@")
        try:
            yield f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            yield f"{local}@{domain}"


def _is_attached(part: Part) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _decoded_text(data: bytes, part: Part) -> str:
    charset = part.get_content_charset("utf-8")
    return _decoded(data, "utf-8" if charset == "us-ascii" else charset)


def _decoded(data: bytes, charset: str) -> str:
    for attempt in (charset, "utf-8"):
        try:
            return data.decode(attempt)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _flowing(text: str, part: Part) -> str:
    """Text without the soft line breaks that a client has put in (RFC 3676), as Thunderbird does at each save."""
    if part.get_content_type() != "text/plain" or _parameter(part, "format") != "flowed":
        return text
    return unflow(_LINE_ENDS.sub("\n", text), delsp=_parameter(part, "delsp") == "yes")


def _parameter(part: Part, name: str) -> str:
    value = part.get_param(name)
    return value.strip().lower() if isinstance(value, str) else ""


def _canonical(text: str, *, html: bool) -> str:
    """Text without what servers change: line ends, trailing space, runs of spaces, composed or decomposed accents."""
    text = normalize("NFC", _LINE_ENDS.sub("\n", text.removeprefix("\ufeff")))
    if html and len(text) <= _LONGEST_HTML:
        return _one_line(_words_of(text))
    return "\n".join(_SPACES.sub(" ", line).rstrip() for line in text.split("\n")).strip("\n")


def _one_line(text: str) -> str:
    return normalize("NFC", " ".join(text.split()))


class _Words(HTMLParser):
    """Collects what a page shows as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"style", "script"}
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"} and self._hidden > 0
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _words_of(html: str) -> str:
    collector = _Words()
    try:
        collector.feed(html)
        collector.close()
    except AssertionError:  # the parser's word for some broken declarations
        return html
    return "".join(collector.words)
