"""Broken and hostile mail: never a crash, never long, and what can be read is read."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.message.making import raw
from watcher.errors import MessageUnreadable
from watcher.message import parse, parse_header
from watcher.message.model import Message
from watcher.message.structure import without_attachments

SAMPLES = Path(__file__).parents[3] / "fixtures" / "hostile"
LIMIT = 1.0  # seconds of work, the promise made to the user; all of these take a small part of it


def read(data: bytes) -> Message:
    return parse(raw(data))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.eml")), ids=lambda path: path.stem)
def test_every_sample_gives_its_words(path: Path) -> None:
    message = read(path.read_bytes())
    assert message.body is not None
    text = message.body.plain + message.body.forwarded
    if path.stem not in ("header-only", "no-header", "message-in-itself"):
        assert "Tue" in text
        assert "works" in text
    assert message.header.date.tzinfo is not None
    assert message.id.startswith("<")


def sample(name: str) -> Message:
    return read((SAMPLES / f"{name}.eml").read_bytes())


def test_of_two_fields_the_first_counts() -> None:
    header = sample("two-of-every-field").header
    assert header.sender.address == "dana@acme.example"
    assert header.subject == "Interview"


def test_no_field_gets_a_line_end() -> None:
    header = sample("smuggled-line-end").header
    for text in (header.subject, header.sender.name, *header.traits.values()):
        assert "\n" not in text
        assert "\r" not in text


def test_the_line_of_an_mbox_is_no_field() -> None:
    assert sample("mbox-line-above").header.sender.name == "Dana Reyes"


def test_a_date_of_another_age_is_overruled() -> None:
    header = sample("date-of-another-age").header
    assert header.date == header.received_at


HEAD = b"From: a@acme.example\nSubject: x\n"


def text(kind: bytes, content: bytes) -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\n\n" + content


LARGE = {
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 90_000 + b"\n\nx",
    "begun encoded words": b"Subject: " + b"=?utf-8?b?" * 90_000 + b"\n\nx",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\n\nx",
    "a long type": HEAD + b"Content-Type: " + b"a" * 250_000 + b"\n\nx",
    "brackets in From": b"From: " + b"(" * 200_000 + b"\n\nx",
    "quotes in From": b"From: " + b'"\\' * 100_000 + b"\n\nx",
    "recipients": b"To: " + b"a@acme.example, " * 60_000 + b"\n\nx",
    "begun references": b"References: " + b"< " * 300_000 + b"\n\nx",
    "fields": b"".join(b"X-%d: y\n" % number for number in range(100_000)) + b"\nx",
    "folds": b"Subject: x\n" + b" y\n" * 300_000 + b"\nx",
    "nested multiparts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    ),
    "nested messages": b"Content-Type: message/rfc822\n\n" * 20_000,
    "parts": text(b"multipart/mixed; boundary=b", b"".join(b"--b\n\nhello %d\n" % number for number in range(50_000))),
    "nested elements": text(b"text/html", b"<div>" * 100_000),
    "nested quotations": text(b"text/html", b"<blockquote type=cite>x" * 30_000),
    "nested tables": text(b"text/html", b"<table><tr><td>" * 40_000),
    "begun tags": text(b"text/html", b"<" * 1_000_000),
    "links": text(b"text/html", b"<a href='http://acme.example/%d'>y</a>" * 20_000),
    "attributions": text(b"text/plain", b"On Monday 1 wrote x:\n" * 50_000),
    "openers": text(b"text/plain", b"On Monday 1\n" * 50_000 + b"wrote:"),
    "labels": text(b"text/plain", b"From: x@y\nTo: z\n\n\n\n" * 50_000),
    "quote marks": text(b"text/plain", b">" * 1_000_000),
    "quoted and not": text(b"text/plain", b"> x\ny\n" * 200_000),
    "blank lines": text(b"text/plain", b"\n" * 1_000_000),
    "dashes": text(b"text/plain", b"-" * 1_000_000),
    "rules": text(b"text/plain", b"____\n" * 200_000),
    "legal texts": text(b"text/plain", b"intended recipient\n\n" * 50_000),
    "footers": text(b"text/plain", b"hello there\n\nunsubscribe. \n\n" * 40_000),
    "sign-offs": text(b"text/plain", b"Thanks,\nDana\n\n" * 70_000),
    "soft line breaks": text(b"text/plain; format=flowed", b"a \n" * 200_000),
    "carriage returns": b"\r" * 1_000_000,
    "base64": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QUJD\n" * 200_000,
    "a charset slow to decode": text(b"text/plain; charset=punycode", b"abc-" * 50_000),
    "hops": HEAD + b"Date: 9 Mar 1999 12:00 +0000\n" + b"Received: x; 9 Mar 2026 12:00 +0000\n" * 5_000 + b"\nx",
}


@pytest.mark.parametrize("name", LARGE)
def test_no_message_takes_long(name: str) -> None:
    read(HEAD + b"\nwarm")  # the libraries are loaded before the clock runs
    start = process_time()
    try:
        read(LARGE[name])
    except MessageUnreadable:
        assert not LARGE[name].strip()
    assert process_time() - start < LIMIT


def test_an_attachment_is_taken_out_and_the_words_stay() -> None:
    portfolio = b"QUJDQUJDQUJDQUJD\n" * 10_000
    data = text(
        b"multipart/mixed; boundary=b",
        b"--b\nContent-Type: text/plain\n\nHere it is.\n--b\nContent-Type: application/pdf; name=cv.pdf\n"
        b"Content-Transfer-Encoding: base64\n\n"
        + portfolio
        + b"--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--b--\n",
    )
    thin = without_attachments(data)
    assert len(thin) < 1_000
    assert read(thin).header == read(data).header
    assert read(thin).body == read(data).body


def test_a_small_message_is_handed_on_byte_for_byte() -> None:
    data = text(b"multipart/mixed; boundary=b", b"--b\nContent-Type: image/png\n\nabc\n--b--\n")
    assert without_attachments(data) is data


@given(st.binary())
def test_any_bytes_give_a_message_or_are_called_unreadable(data: bytes) -> None:
    try:
        message = read(data)
    except MessageUnreadable:
        return
    assert message.body is not None
    assert message.id


PIECES = st.sampled_from(
    [
        b"From: ", b"Subject: ", b"To: ", b"Date: ", b"Content-Type: ", b"multipart/mixed; boundary=b", b"text/html", b"text/plain",
        b"message/rfc822", b"Content-Transfer-Encoding: base64", b"quoted-printable", b"=?utf-8?q?", b"?=", b"<", b">", b"@", b",", b'"', b"(",
        b"\n", b"\r\n", b"\n\n", b" ", b"\t", b"--b", b"--b--", b"--", b"On 1 Mar Dana wrote:", b"> ", b"From: a\nSent: b\nSubject: c", b"Thanks,",
        b"Dana", b"unsubscribe", b"intended recipient", b"<div>", b"<blockquote>", b"</p>", b"<br>", b"\xff", b"\x00", "ü".encode(), b"charset=x;", b"; a*0*=''%",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_any_heap_of_pieces_of_mail_is_read(data: bytes) -> None:
    try:
        message = read(data)
    except MessageUnreadable:
        return
    assert message.body is not None
    assert parse_header(raw(data)) == message.header


@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_taking_attachments_out_never_raises(data: bytes) -> None:
    without_attachments(b"Subject: x\n" + data + b"\n" * 70_000)
