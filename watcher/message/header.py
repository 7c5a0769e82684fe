"""Reads the header of a message; the sweep and the whole message share it, so that they always agree."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from watcher.message import dates, fields
from watcher.message.model import NOBODY, Address, Header, RawMessage

# Fields kept in Header.traits, lower case. Of the REPEATED ones all occurrences are kept, topmost first, one a line.
TRAITS = (
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-post",
    "precedence",
    "auto-submitted",
    "x-auto-response-suppress",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "return-path",
    "authentication-results",
    "arc-authentication-results",
    "received-spf",
    "sender",
    "resent-from",
    "delivered-to",
    "x-original-to",
    "x-forwarded-to",
    "x-forwarded-for",
    "content-type",
    "content-class",
    "content-language",
    "x-mailer",
    "user-agent",
    "x-failed-recipients",
    "feedback-id",
    "importance",
    "x-priority",
    "thread-topic",
    "disposition-notification-to",
    "x-google-sender-delegation",
    "x-google-original-from",
    "x-linkedin-class",
    "x-linkedin-template",
    "x-campaign",
    "x-campaignid",
    "x-spam-flag",
    "x-ms-exchange-organization-authas",
)
REPEATED = frozenset(("authentication-results", "arc-authentication-results", "received-spf", "delivered-to"))
WANTED = frozenset(
    ("message-id", "date", "from", "subject", "to", "cc", "reply-to", "in-reply-to", "references", *TRAITS)
)  # what any fetch of header fields must ask for
SOUGHT = fields.names(*WANTED)
TRAIT_SET = frozenset(TRAITS)
RECEIVED = fields.names("received")
DATE = fields.names("date")
HOPS_LIMIT = 50
IDS_LIMIT = 200


def parse_header(raw: RawMessage) -> Header:
    """The header of a message from its header block (or its whole bytes). Never raises for what mail may hold."""
    data = fields.with_line_ends(raw.data)
    end, _ = fields.header_end(data)
    block = data[: end or fields.blank_line(data)[0]]
    found = fields.split(block, SOUGHT)
    date = found.get("date")
    written = dates.read_date(fields.text_of(date[0])) if date else None
    answered = _ids(found, "in-reply-to")
    return Header(
        message_id=_message_id(found, block),
        date=dates.believe(written, raw.received_at, raw.role, lambda: _relays(block)),
        received_at=raw.received_at,
        sender=_sender(found),
        subject=fields.text_of(found["subject"][0]) if "subject" in found else "",
        to=_addresses(found, "to"),
        cc=_addresses(found, "cc"),
        reply_to=_addresses(found, "reply-to"),
        in_reply_to=answered[0] if answered else "",
        references=_ids(found, "references")[-IDS_LIMIT:],
        thread=raw.thread,
        traits={
            name: "\n".join(map(fields.text_of, values)) if name in REPEATED else fields.text_of(values[0])
            for name, values in found.items()
            if name in TRAIT_SET
        },
    )


def written_at(data: bytes) -> datetime | None:
    """The Date field as it stands, for a file whose time of delivery nobody knows; None where it cannot be read."""
    end, _ = fields.header_end(data)
    found = fields.split(data[:end], DATE).get("date")
    return dates.read_date(fields.text_of(found[0])) if found else None


def _addresses(found: fields.Fields, name: str) -> tuple[Address, ...]:
    values = found.get(name)
    if not values:
        return ()
    if len(values) == 1:
        return fields.addresses_of(values[0])
    return tuple(address for value in values for address in fields.addresses_of(value))


def _sender(found: fields.Fields) -> Address:
    for name in ("from", "sender", "return-path"):
        addresses = fields.addresses_of(found[name][0]) if name in found else ()
        if addresses:
            return next((address for address in addresses if address.address), addresses[0])
    return NOBODY


def _ids(found: fields.Fields, name: str) -> tuple[str, ...]:
    values = found.get(name)
    return fields.ids_of(values[0]) if values else ()


def _message_id(found: fields.Fields, block: bytes) -> str:
    ids = _ids(found, "message-id")
    if ids:
        return ids[0]
    # Of fields that every copy and every partial fetch has, so that all of them get the same id.
    told = [found[name][0] if name in found else b"" for name in ("date", "from", "to", "subject")]
    if not any(told):
        told = [block.replace(b"\r\n", b"\n").strip()]
    return f"<watcher.{blake2b(b'|'.join(told), digest_size=16).hexdigest()}@missing>"


def _relays(block: bytes) -> list[datetime]:
    """When each relay says it took the message, newest first (RFC 5321 section 4.4)."""
    hops = []
    for value in fields.split(block, RECEIVED).get("received", [])[:HOPS_LIMIT]:
        at = dates.read_date(fields.text_of(value).rpartition(";")[2])
        if at is not None:
            hops.append(at)
    return hops
