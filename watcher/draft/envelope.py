"""A letter as it travels: header fields, the quotation below it, and the bytes for the Drafts folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from watcher.message.model import Address

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ANSWER_MARK = re.compile(r"^(?:\s*(?:re|aw|sv|antw|wg|fwd?|rv|tr|res)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
MOST_QUOTED = 20_000  # characters of an answered message that are quoted; more helps nobody


def clean(text: str) -> str:
    """`text` as one line without control characters, so that nothing from mail can open a header field."""
    return " ".join(_CONTROL.sub(" ", text).split())


def answer_subject(subject: str) -> str:
    """The thread's subject with one "Re:" (RFC 5322 section 3.6.5)."""
    bare = _ANSWER_MARK.sub("", clean(subject))
    return f"Re: {bare}" if bare else ""


def quotation(plain: str, sender: Address, date: datetime, words: Mapping[str, Any]) -> str:
    """The answered message quoted as mail clients do: a line that says who and when, then `> ` before each line."""
    intro = str(words["quote"]).format(
        number=date.day,
        month=words["months"][date.month - 1],
        year=date.year,
        clock=f"{date:%H:%M}",
        sender=clean(
            formataddr((sender.name, sender.address)) if sender.name.isascii() else f"{sender.name} <{sender.address}>"
        ),
    )
    lines = plain[:MOST_QUOTED].rstrip().split("\n")
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
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((clean(sender.name), clean(sender.address)), charset="utf-8")
    message["To"] = formataddr((clean(to.name), clean(to.address)), charset="utf-8")
    message["Subject"] = clean(subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    if _MESSAGE_ID.fullmatch(in_reply_to):
        message["In-Reply-To"] = in_reply_to
    known = [reference for reference in references if _MESSAGE_ID.fullmatch(reference)]
    if known:
        message["References"] = " ".join(known)
    long_lines = any(len(line) > 900 for line in text.split("\n"))
    plain = text.isascii() and not long_lines
    message.set_content(text, charset="utf-8", cte="7bit" if plain else "quoted-printable")
    return message.as_bytes()
