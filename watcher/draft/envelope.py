"""A letter as it travels: header fields, the quotation below it, and the bytes for the Drafts folder."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Any

from watcher.message.model import Address

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
# What turns the direction of writing or shows nothing at all; joiners stay, some names need them.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ANSWER_MARK = re.compile(
    r"^(?:\s*(?:\[ext(?:ern(?:al)?)?\]\s*)?(?:re|aw|sv|vs|antw|wg|fwd?|rv|tr|res|ref)\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a])+\s*",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\uffff]{1,900}>")
_MADE_UP = re.compile(r"@missing>$")  # the id that message/ gives to mail without one: nobody else knows it
_NOT_IN_ADDRESS = re.compile(r"[\s<>,;:\"()\\\[\]]")
MOST_QUOTED = 20_000  # characters of an answered message that are quoted; more helps nobody
MOST_REFERENCES = 30  # ids; clients keep the first and the newest (RFC 5322 lets a field be trimmed so)
LONGEST_LINE = 990  # octets without a line end; RFC 5322 section 2.1.1 allows 998
LONGEST_NAME = 120


def clean(text: str) -> str:
    """`text` as one line without control characters, so that nothing from mail can open a header field."""
    text = text.encode("utf-8", "ignore").decode()  # without lone surrogates, which no charset can write
    return " ".join(_UNSEEN.sub("", _CONTROL.sub(" ", text)).split())


def answer_subject(subject: str) -> str:
    """The thread's subject with one "Re:" (RFC 5322 section 3.6.5)."""
    bare = _ANSWER_MARK.sub("", clean(subject))
    return f"Re: {bare}" if bare else ""


def known_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs that other programs know too, each once."""
    return tuple(i for i in dict.fromkeys(ids) if _MESSAGE_ID.fullmatch(i) and not _MADE_UP.search(i))


def quotation(plain: str, sender: Address, date: datetime, words: Mapping[str, Any]) -> str:
    """The answered message quoted as mail clients do: a line that says who and when, then `> ` before each line."""
    name, address = clean(sender.name), clean(sender.address)
    intro = str(words["quote"]).format(
        number=date.day,
        month=words["months"][date.month - 1],
        year=date.year,
        clock=f"{date:%H:%M}",
        sender=f"{name} <{address}>" if name else address,
    )
    text = _readable(plain)
    if len(text) > MOST_QUOTED:
        text = text[:MOST_QUOTED].rpartition("\n")[0] or text[:MOST_QUOTED]
    lines = text.strip("\n").rstrip().split("\n")
    return "\n".join([intro, "", *(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)])


def to_bytes(
    *,
    sender: Address,
    to: Address,
    subject: str,
    message_id: str,
    in_reply_to: str,
    references: Sequence[str],
    date: datetime,
    text: str,
) -> bytes:
    """The message as bytes with CRLF line ends, fit to lie in Drafts. It names no program that wrote it."""
    parents, thread = known_ids([in_reply_to]), known_ids(references)
    if len(thread) > MOST_REFERENCES:
        thread = (thread[0], *thread[1 - MOST_REFERENCES :])
    encoding, body = _encoded(_readable(text))
    charset = "us-ascii" if body.isascii() and encoding == "7bit" else "utf-8"
    fields = [
        ("Date", format_datetime(date)),
        ("From", _mailbox("From", sender)),
        ("To", _mailbox("To", to)),
        ("Subject", _words("Subject", clean(subject))),
        ("Message-ID", message_id),
        ("In-Reply-To", "".join(parents)),
        ("References", "\r\n ".join(thread)),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'text/plain; charset="{charset}"'),
        ("Content-Transfer-Encoding", encoding),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields if value or name == "Subject")
    return head.encode("utf-8", "replace") + b"\r\n" + body


# --- header fields ---


def _words(field: str, text: str) -> str:
    """Text of a field, folded; as encoded words (RFC 2047) where it is more than ASCII or could be taken for them."""
    plain = text.isascii() and "=?" not in text and all(len(word) < 500 for word in text.split())
    header = Header(text, "us-ascii" if plain else "utf-8", maxlinelen=76, header_name=field)
    return header.encode(linesep="\r\n", splitchars=" ")


def _mailbox(field: str, address: Address) -> str:
    """`Name <address>` (RFC 5322 section 3.4); an international domain in its ASCII form (RFC 5891)."""
    local, _, domain = _NOT_IN_ADDRESS.sub("", clean(address.address)).rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = domain.encode("ascii", "ignore").decode()
    spec = f"{local}@{domain}"
    name = clean(address.name).replace("=?", "= ?")[:LONGEST_NAME].strip()
    if not name:
        return spec
    if name.isascii():
        return formataddr((name, "x@x")).removesuffix("<x@x>") + f"<{spec}>"
    return f"{_words(field, name)}\r\n <{spec}>"


# --- the text ---


def _readable(text: str) -> str:
    r"""Text whose lines end in "\n", without control characters and lone surrogates."""
    text = text.encode("utf-8", "ignore").decode()
    return _UNSEEN.sub("", _CONTROL_IN_TEXT.sub("", _LINE_END.sub("\n", text)))


def _encoded(text: str) -> tuple[str, bytes]:
    """The transfer encoding and the body with CRLF line ends. Paragraphs are not broken: each client wraps them.

    A line that begins with "From " is encoded too, since mbox files would put a `>` before it.
    """
    data = text.encode("utf-8")
    lines = data.split(b"\n")
    strange = sum(byte > 0x7F for byte in data)
    short = all(len(line) <= LONGEST_LINE and not line.startswith(b"From ") for line in lines)
    if not strange and short:
        return "7bit", b"\r\n".join(lines)
    if strange * 3 > len(data):
        return "base64", base64.encodebytes(b"\r\n".join(lines)).replace(b"\n", b"\r\n")
    quoted = re.sub(rb"^From ", b"=46rom ", quopri.encodestring(data), flags=re.MULTILINE)
    return "quoted-printable", quoted.replace(b"\n", b"\r\n")
