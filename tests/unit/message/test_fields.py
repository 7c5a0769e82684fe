"""Header fields: split, unfolded, decoded, tolerant of what is often seen."""

from __future__ import annotations

import pytest

from watcher.message import fields
from watcher.message.model import Address

DANA = Address("Dana Reyes", "dana@acme.example")


def addresses(text: str) -> list[tuple[str, str]]:
    return [(one.name, one.address) for one in fields.addresses_of(text.encode())]


def test_the_header_ends_at_the_blank_line_whatever_the_line_ends() -> None:
    for data in (b"A: 1\nB: 2\n\ntext", b"A: 1\r\nB: 2\r\n\r\ntext", b"A: 1\r\n\r\nx\n\ny"):
        end, start = fields.header_end(data)
        assert b"\n\n" not in data[:end].replace(b"\r", b"")
        assert data[start : start + 1] in (b"t", b"x")


def test_a_message_without_a_blank_line_is_all_header() -> None:
    assert fields.header_end(b"Subject: x\n") == (11, 11)


def test_text_without_any_field_has_no_header() -> None:
    assert fields.header_end(b"Only words here.\nAnd more.\n\nEnd") == (0, 0)


def test_a_folded_field_is_one_line() -> None:
    found = fields.split(b"Subject: one\r\n two\r\n\tthree\r\nTo: x", fields.names("subject"))
    assert found == {"subject": [b"one two three"]}


def test_a_folded_field_that_is_not_wanted_is_not_added_to_the_one_before() -> None:
    found = fields.split(b"Subject: one\nX-Other: a\n b\n", fields.names("subject"))
    assert found == {"subject": [b"one"]}


def test_names_are_found_in_any_case_and_with_blanks_before_the_colon() -> None:
    assert fields.split(b"SUBJECT : x", fields.names("subject")) == {"subject": [b"x"]}


def test_repeated_fields_are_kept_in_order() -> None:
    assert fields.split(b"To: a\nTo: b", fields.names("to")) == {"to": [b"a", b"b"]}


def test_lines_that_are_no_field_are_passed_over() -> None:
    block = b"From dana Mon Mar  9 12:00:00 2026\nnonsense\nSubject: x\n"
    assert fields.split(block, fields.names("subject")) == {"subject": [b"x"]}


def test_a_long_field_is_cut_and_references_keep_their_end() -> None:
    block = (
        b"Subject: "
        + b"a" * 50_000
        + b"\nReferences: <first@a.example> "
        + b"<x@a.example> " * 5_000
        + b"<last@a.example>"
    )
    found = fields.split(block, fields.names("subject", "references"))
    assert len(found["subject"][0]) == fields.FIELD_LIMIT
    assert found["references"][0].endswith(b"<last@a.example>")


def test_no_more_than_500_fields_are_looked_at() -> None:
    block = b"".join(b"X-%d: y\n" % number for number in range(500)) + b"Subject: late\n"
    assert fields.split(block, fields.names("subject")) == {}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Caf=E9?= au lait", "Café au lait"),
        ("=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"),
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8*en?q?hello?=", "hello"),
        ("=?nonsense?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?x?abc?= stays", "=?utf-8?x?abc?= stays"),
        ("plain = ? text", "plain = ? text"),
        ("=?utf-8?q?Interview?=: Tuesday", "Interview: Tuesday"),
    ],
)
def test_encoded_words_are_decoded(written: str, read: str) -> None:
    assert fields.text_of(written.encode()) == read


def test_raw_eight_bit_text_is_guessed() -> None:
    assert fields.text_of("Grüße".encode()) == "Grüße"
    assert fields.text_of("Grüße".encode("cp1252")) == "Grüße"


def test_a_line_end_smuggled_into_a_field_becomes_a_blank() -> None:
    assert fields.text_of(b"=?utf-8?q?Hello=0D=0ABcc:_x?=") == "Hello Bcc: x"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("dana@acme.example", [("", "dana@acme.example")]),
        ("<Dana@ACME.example>", [("", "dana@acme.example")]),
        ("Dana Reyes <dana@acme.example>", [("Dana Reyes", "dana@acme.example")]),
        ('"Reyes, Dana" <dana@acme.example>', [("Reyes, Dana", "dana@acme.example")]),
        ("Reyes, Dana <dana@acme.example>", [("Reyes, Dana", "dana@acme.example")]),
        ('"Dana \\"D\\" Reyes" <dana@acme.example>', [('Dana "D" Reyes', "dana@acme.example")]),
        ("dana@acme.example (Dana Reyes)", [("Dana Reyes", "dana@acme.example")]),
        ("a@x.example, b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("A <a@x.example>, B <b@x.example>", [("A", "a@x.example"), ("B", "b@x.example")]),
        ("A <a@x.example>; B <b@x.example>", [("A", "a@x.example"), ("B", "b@x.example")]),
        ("Panel: A <a@x.example>, b@x.example;", [("A", "a@x.example"), ("", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ("", []),
        ("=?utf-8?q?Reyes=2C_Dana?= <dana@acme.example>", [("Reyes, Dana", "dana@acme.example")]),
        ("'dana@acme.example' <dana@acme.example>", [("", "dana@acme.example")]),
        ("<mailto:dana@acme.example>", [("", "dana@acme.example")]),
        ("Acme Careers", [("Acme Careers", "")]),
        ("Dana (she/her) Reyes <dana@acme.example>", [("Dana Reyes", "dana@acme.example")]),
    ],
)
def test_addresses_are_read_as_people_and_programs_write_them(written: str, read: list[tuple[str, str]]) -> None:
    assert addresses(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<a@x.example>", ("<a@x.example>",)),
        ("<a@x.example>\t<b@x.example>", ("<a@x.example>", "<b@x.example>")),
        ("<a@x.example><b@x.example> <a@x.example>", ("<a@x.example>", "<b@x.example>")),
        ("< a@x.example >", ("<a@x.example>",)),
        ("a@x.example", ("<a@x.example>",)),
        ("Your message of Monday <a@x.example>", ("<a@x.example>",)),
        ("no id at all", ()),
        ("", ()),
    ],
)
def test_message_ids_are_found(written: str, read: tuple[str, ...]) -> None:
    assert fields.ids_of(written.encode()) == read
