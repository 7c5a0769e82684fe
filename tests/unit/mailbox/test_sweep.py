"""What an IMAP cursor remembers, and what is made of a server's words about a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.mailbox.sweep import FIELDS, Place, Uids, key, place_of, raw_message, section, uid_of, uidvalidity_of
from watcher.message.model import Cursor, Folder, Ref, Role
from watcher.message.parser import WANTED

INBOX = Folder("INBOX", Role.INBOX)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@given(st.sets(st.integers(1, 2**32 - 1), max_size=60) | st.sets(st.integers(1, 80), max_size=60))
def test_uids_come_back_from_their_text(uids: set[int]) -> None:
    made = Uids.of(sorted(uids))
    assert list(Uids.parse(str(made))) == sorted(uids)


def test_a_row_of_uids_is_kept_as_its_ends() -> None:
    assert str(Uids.of([*range(1, 50_001), 50_003])) == "1:50000,50003"


@given(
    st.builds(
        Place,
        uidvalidity=st.integers(1, 2**32),
        next=st.integers(1, 100),
        messages=st.integers(-1, 100),
        known=st.sets(st.integers(1, 100)).map(lambda uids: Uids.of(sorted(uids))),
        until=st.integers(101, 200),
        since=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_place_comes_back_from_its_cursor(place: Place) -> None:
    assert place_of(place.cursor("INBOX")) == place


def test_the_window_of_the_first_sweep_is_forgotten_when_it_is_done() -> None:
    place = place_of(Place(7, next=12, messages=3, until=12, since=NOON).cursor("INBOX"))
    assert place is not None
    assert (place.until, place.since) == (0, None)


@pytest.mark.parametrize(
    "state",
    [
        "", "null", "[]", "7", '"x"', "{}", '{"uidvalidity": 1, "uidnext": 2, "messages": 3, "uids": "1:x"}',
        '{"uidvalidity": 1, "uidnext": null, "messages": 3, "uids": ""}',
        '{"uidvalidity": 1, "uidnext": 2, "messages": 3, "uids": "", "until": 9, "since": "yesterday"}',
    ],
)  # fmt: skip
def test_a_cursor_of_another_kind_makes_no_sense(state: str) -> None:
    assert place_of(Cursor("INBOX", state)) is None


def test_a_key_tells_uid_and_uidvalidity() -> None:
    ref = Ref("INBOX", key(1700000000, 42))
    assert (uidvalidity_of(ref), uid_of(ref)) == (1700000000, 42)


@pytest.mark.parametrize("strange", ["", "x", "1.x", "x.1", "msg:1", "1700.", ".", "²"])
def test_a_key_of_another_backend_stands_for_no_message(strange: str) -> None:
    ref = Ref("INBOX", strange)
    assert 0 in (uidvalidity_of(ref), uid_of(ref))


def test_every_header_field_the_parser_reads_is_asked_for() -> None:
    assert set(FIELDS) >= WANTED


def test_delivery_is_told_in_utc() -> None:
    east = datetime(2026, 3, 9, 13, tzinfo=timezone(timedelta(hours=1)))
    message = raw_message("a", INBOX, 1, 2, {b"INTERNALDATE": east}, b"", whole=False)
    assert message.received_at == NOON
    assert message.received_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("header", "at"),
    [
        (b"Subject: x\r\nDate: Mon, 09 Mar 2026 13:00:00 +0100\r\n\r\n", NOON),
        (b"Date: some day\r\n\r\n", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_without_a_time_of_delivery_the_date_field_stands_in(header: bytes, at: datetime) -> None:
    assert raw_message("a", INBOX, 1, 2, {b"INTERNALDATE": None}, header, whole=False).received_at == at


def test_gmails_thread_is_written_as_its_api_writes_it() -> None:
    items = {b"INTERNALDATE": NOON, b"X-GM-THRID": 1859372018230493210, b"FLAGS": (b"\\Seen", b"$Important")}
    message = raw_message("a", INBOX, 1, 2, items, b"", whole=False)
    assert message.thread == "19cdd0ffcbee001a"
    assert message.flags == {"\\Seen", "$Important"}


@pytest.mark.parametrize("label", [b"\\Draft", b"\\Drafts"])
def test_what_gmail_labels_as_a_draft_is_flagged_as_one(label: bytes) -> None:
    items = {b"INTERNALDATE": NOON, b"FLAGS": (b"\\Seen",), b"X-GM-LABELS": (b"\\Important", label)}
    assert raw_message("a", INBOX, 1, 2, items, b"", whole=False).flags == {"\\Seen", "\\Draft"}
    labels = {b"INTERNALDATE": NOON, b"X-GM-LABELS": (b"Draft", b"\\Important")}
    assert not raw_message("a", INBOX, 1, 2, labels, b"", whole=False).flags


def test_a_section_is_found_however_the_server_repeats_its_name() -> None:
    assert section({b"SEQ": 1, b'BODY[HEADER.FIELDS ("FROM" "TO")]': b"From: x"}, b"BODY[HEADER") == b"From: x"
    assert section({b"BODY[]": None}, b"BODY[]") == b""
    assert section({b"BODYSTRUCTURE": ()}, b"BODY[") is None
