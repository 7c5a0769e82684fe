"""The sweep's own reader sees in a server's bytes what IMAPClient's parser sees in them, or has a doubt."""

from __future__ import annotations

import io
from imaplib import IMAP4
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError

from watcher.mailbox import wire
from watcher.mailbox.pipeline import general

SECTION = b"BODY[HEADER.FIELDS (FROM Subject)]"


def pieces_of(data: bytes) -> list[bytes]:
    return wire.read(io.BytesIO(data))


def understood(data: bytes) -> tuple[int, dict[bytes, Any]]:
    return wire.understand(pieces_of(data))


def literal(content: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(content), content)


numbers = st.integers(1, 2**32 - 1).map(lambda number: b"%d" % number)
words = st.sampled_from(
    [b"NIL", b"nil", b"()", b"0", b"007", b"12", b'"12"', b'""', b'"a b"', b'"a\\"b"', b"{3}\r\nabc", b"(1)", b"("]
)
flag = st.sampled_from(
    [b"\\Seen", b"\\Answered", b"$Forwarded", b"NonJunk", b"12", b"NIL", b"a[1", b"a]", b"\\*", b"%x"]
)
DATES = """09-Mar-2026 12:00:00 +0000
 9-Mar-2026 01:02:03 -0730
31-Feb-2026 12:00:00 +0100
09-Mar-26 12:00:00 +0000
09-mar-2026 12:00:00 +0000
9-Mar-2026 12:00:60 +9900

then"""
moment = st.sampled_from(DATES.encode().split(b"\n"))
label = st.sampled_from(
    [b'"\\\\Draft"', b"\\Inbox", b'"Muy Importante"', b'"a\\"b"', b"Entw&APw-rfe", b"NIL", b"7", b'""', b"a[b"]
)
content = st.binary(max_size=40) | st.just(b"Subject: a)\r\n\r\n") | st.just(b"* 1 FETCH (UID 9)\r\n")
item = st.one_of(
    numbers.map(lambda number: b"UID " + number),
    st.lists(flag, max_size=4).map(lambda flags: b"FLAGS (" + b" ".join(flags) + b")"),
    moment.map(lambda text: b'INTERNALDATE "' + text + b'"'),
    numbers.map(lambda number: b"MODSEQ (" + number + b")"),
    st.tuples(st.sampled_from([b"X-GM-THRID ", b"x-gm-msgid ", b"RFC822.SIZE "]), numbers | words).map(b"".join),
    st.lists(label, max_size=4).map(lambda labels: b"X-GM-LABELS (" + b" ".join(labels) + b")"),
    content.map(lambda data: SECTION + b" " + literal(data)),
    words.map(lambda word: SECTION.lower() + b" " + word),
    words.map(lambda word: b"BODY[]<0> " + word),
    st.tuples(st.sampled_from([b"UID ", b"FLAGS ", b"INTERNALDATE ", b"X-NEW ", b"MODSEQ "]), words).map(b"".join),
)
answer = st.builds(
    lambda seq, keyword, items, end: b"* " + seq + keyword + b"(" + b" ".join(items) + end,
    numbers,
    st.sampled_from([b" FETCH ", b" fetch ", b"  FETCH  "]),
    st.lists(item, max_size=6),
    st.sampled_from([b")\r\n", b")\r\n", b" )\r\n", b"\r\n", b") x\r\n", b"))\r\n"]),
)


def agree(data: bytes) -> None:
    try:
        pieces = pieces_of(data)
        told = wire.understand(pieces)
    except (wire.Doubt, IMAP4.abort):
        return
    assert told == general(pieces)


@given(answer)
@example(b"* 1 FETCH (UID 4 " + SECTION + b" {0}\r\n)\r\n")
def test_what_is_understood_is_what_the_general_parser_sees(data: bytes) -> None:
    agree(data)


@given(answer, st.data())
def test_broken_bytes_are_understood_as_the_general_parser_does_or_doubted(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data)))
    noise = draw.draw(st.binary(max_size=3))
    cut = draw.draw(st.integers(0, 3))
    agree(data[:at] + noise + data[at + cut :])


def test_an_ordinary_answer_is_understood_without_help() -> None:
    header = b"Subject: a {3}\r\n\r\n"
    data = b'* 12 FETCH (UID 4 FLAGS (\\Seen $x) INTERNALDATE " 9-Mar-2026 12:00:00 -0730" X-GM-THRID 255 MODSEQ (7) '
    uid, items = understood(data + SECTION + b" " + literal(header) + b")\r\n")
    assert uid == 4
    assert items[SECTION.upper()] == header
    assert items[b"FLAGS"] == (b"\\Seen", b"$x")
    assert items[b"INTERNALDATE"].isoformat() == "2026-03-09T12:00:00-07:30"
    assert (items[b"X-GM-THRID"], items[b"MODSEQ"]) == (255, (7,))


def test_gmails_labels_are_understood_without_help() -> None:
    data = b'* 1 FETCH (X-GM-LABELS ("\\\\Draft" \\Inbox "Muy Importante" "a\\"b") UID 4)\r\n'
    read = (4, {b"X-GM-LABELS": (b"\\Draft", b"\\Inbox", b"Muy Importante", b'a"b')})
    assert understood(data) == read == general(pieces_of(data))


@pytest.mark.parametrize(("written", "read"), [(b'"short"', b"short"), (b'""', b""), (b"NIL", None), (b"{0}\r\n", b"")])
def test_a_section_may_be_quoted_or_nil(written: bytes, read: bytes | None) -> None:
    data = b"* 1 FETCH (" + SECTION + b" " + written + b" UID 4)\r\n"
    assert understood(data) == (4, {SECTION.upper(): read}) == general(pieces_of(data))


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b'* 1 FETCH (UID 4 BODY[] "a\\"b")\r\n', b'a"b'),
        (b"* 1 FETCH  ( UID 4 BODY[] {3}\r\nabc)\r\n", b"abc"),
        (b"* 1 FETCH (UID 4 FLAGS (a[1 b] c) BODY[] {3}\r\nabc )\r\n", b"abc"),
        (b'* 1 FETCH (UID 4 ENVELOPE ("x" NIL NIL NIL NIL NIL NIL NIL NIL NIL) BODY[] {3}\r\nabc)\r\n', b"abc"),
    ],
)
def test_what_is_written_oddly_is_doubted_and_read_all_the_same(data: bytes, read: bytes) -> None:
    with pytest.raises(wire.Doubt):
        understood(data)
    uid, items = general(pieces_of(data))
    assert (uid, items[b"BODY[]"]) == (4, read)


@pytest.mark.parametrize("data", [b"", b"* 1 FETCH (UID 4)", b"* 1 FETCH (BODY[] {9}\r\nabc)\r\n", b"* 1 OK {3}\r\na"])
def test_an_answer_that_ends_too_soon_is_a_broken_connection(data: bytes) -> None:
    with pytest.raises(IMAP4.abort):
        pieces_of(data)


@pytest.mark.parametrize("quoted", [b"", b' "odd\\"flag"'])
def test_an_endless_literal_is_read_to_its_end_and_kept_in_part(quoted: bytes) -> None:
    size = wire.MAX_LITERAL * 2 + 7
    data = (
        b"* 1 FETCH (UID 4 BODY[] "
        + literal(b"x" * size)
        + quoted.replace(b" ", b" X ")
        + b")\r\n* 2 FETCH (UID 5)\r\n"
    )
    source = io.BytesIO(data)
    pieces = wire.read(source)
    uid, items = general(pieces) if quoted else wire.understand(pieces)
    assert (uid, items[b"BODY[]"]) == (4, b"x" * wire.MAX_LITERAL)
    assert wire.read(source) == [b"* 2 FETCH (UID 5)"]


def test_nonsense_is_the_general_parsers_to_refuse() -> None:
    with pytest.raises(ProtocolError):
        general([b"* x FETCH nonsense"])
