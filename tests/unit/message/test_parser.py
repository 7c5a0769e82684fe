"""From bytes to a Message: header, which part is read, calendars, attachments, what was passed on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.message.making import NOON, body_of, multipart, raw
from watcher.errors import MessageUnreadable
from watcher.message import parse, parse_header, written_at
from watcher.message.model import NOBODY, Address, CalendarPart, Copy, Role

WHOLE = """\
Return-Path: <bounce@mail.acme.example>
Authentication-Results: mx.example.net; dkim=pass
Authentication-Results: relay.example.net; dkim=fail
Received: from a.example by b.example; Mon, 9 Mar 2026 12:00:00 +0000
List-Unsubscribe: <https://acme.example/u>
From: =?utf-8?q?Dana_R=C3=A9yes?= <Dana@acme.example>
To: Alex Morgan <alex@example.net>
Cc: "Shaw, Kit" <kit@acme.example>
Reply-To: talent@acme.example
Subject: Re: =?utf-8?q?Interview?= with
 Acme
Date: Mon, 9 Mar 2026 08:00:00 -0400
Message-ID: <m2@acme.example>
In-Reply-To: <m1@example.net>
References: <m0@acme.example>
 <m1@example.net>
Content-Type: text/plain; charset=utf-8

Hello Alex,

Tuesday works.

Dana
"""


def test_the_header_fields_are_read() -> None:
    header = parse(raw(WHOLE)).header
    assert header.message_id == "<m2@acme.example>"
    assert header.sender == Address("Dana Réyes", "dana@acme.example")
    assert header.to == (Address("Alex Morgan", "alex@example.net"),)
    assert header.cc == (Address("Shaw, Kit", "kit@acme.example"),)
    assert header.reply_to == (Address("", "talent@acme.example"),)
    assert header.subject == "Re: Interview with Acme"
    assert header.date.isoformat() == "2026-03-09T08:00:00-04:00"
    assert header.received_at == NOON
    assert header.in_reply_to == "<m1@example.net>"
    assert header.references == ("<m0@acme.example>", "<m1@example.net>")
    assert header.thread == "t1"


def test_traits_are_kept_by_lower_case_name_and_authentication_topmost_first() -> None:
    traits = parse(raw(WHOLE)).header.traits
    assert traits["list-unsubscribe"] == "<https://acme.example/u>"
    assert traits["return-path"] == "<bounce@mail.acme.example>"
    assert traits["authentication-results"] == "mx.example.net; dkim=pass\nrelay.example.net; dkim=fail"
    assert "received" not in traits
    assert "precedence" not in traits


def test_the_sweep_and_the_whole_message_have_the_same_header() -> None:
    block = WHOLE.partition("\n\n")[0] + "\n\n"
    assert parse_header(raw(block, whole=False)) == parse(raw(WHOLE)).header
    assert parse_header(raw(WHOLE.replace("\n", "\r\n"))) == parse(raw(WHOLE)).header


def test_a_header_alone_gives_a_message_without_body() -> None:
    message = parse(raw(WHOLE.partition("\n\n")[0] + "\n\n", whole=False))
    assert message.body is None
    assert message.header.subject == "Re: Interview with Acme"


def test_the_message_knows_where_it_lies() -> None:
    assert parse(raw(WHOLE)).copies == (Copy("INBOX", Role.INBOX, "7"),)


def test_a_message_without_id_gets_one_from_its_bytes_and_keeps_it() -> None:
    one = WHOLE.replace("Message-ID: <m2@acme.example>\n", "")
    other = one.replace("with\n Acme", "with Beta")
    first = parse_header(raw(one)).message_id
    assert first.startswith("<watcher.")
    assert first.endswith("@missing>")
    assert parse_header(raw(one.replace("\n", "\r\n"))).message_id == first
    assert parse_header(raw(one.partition("\n\n")[0] + "\n\n", whole=False)).message_id == first
    assert parse_header(raw(other)).message_id != first


def test_texts_without_any_header_have_different_ids() -> None:
    ids = {parse(raw(text)).id for text in ("Only words.\n\nMore.", "Other words.\n\nMore.")}
    assert len(ids) == 2


def test_a_date_ahead_of_delivery_is_overruled() -> None:
    late = raw(WHOLE.replace("9 Mar 2026 08:00:00 -0400", "9 Mar 2036 08:00:00 -0400"))
    assert parse(late).header.date == NOON


def test_the_received_fields_tell_a_copied_mailbox_from_a_wrong_clock() -> None:
    copied = raw(WHOLE, received_at=NOON + timedelta(days=300))
    assert parse(copied).header.date == NOON
    wrong = raw(WHOLE.replace("9 Mar 2026 08:00", "9 Mar 2019 08:00"), received_at=NOON + timedelta(days=300))
    assert parse(wrong).header.date == NOON


def test_the_date_of_a_file_is_read_as_it_stands() -> None:
    assert written_at(WHOLE.encode()) == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert written_at(b"Subject: x\n\ny") is None


def test_without_from_the_sender_field_speaks_and_else_nobody() -> None:
    assert parse(raw("Sender: a@x.example\n\nhi")).header.sender.address == "a@x.example"
    assert parse(raw("Subject: x\n\nhi")).header.sender == NOBODY


def test_a_raw_message_is_read_as_text() -> None:
    body = body_of(WHOLE)
    assert body.new == "Hello Alex,\n\nTuesday works.\n\nDana\n"
    assert body.plain == body.new


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n", b"\n\n   \n"])
def test_nothing_at_all_is_unreadable(data: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        parse(raw(data))


def test_a_header_without_text_is_a_message() -> None:
    assert body_of(b"Subject: Tuesday at ten?\n\n").new == ""


# --- which part is read ----------------------------------------------------------------------------------------------

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n{}\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n{}\n"


def test_of_two_alternatives_the_plain_one_is_read() -> None:
    body = body_of(multipart("alternative", PLAIN.format("Plain words."), HTML.format("<p>Rich words.</p>")))
    assert body.new == "Plain words.\n"


def test_an_empty_plain_part_gives_way_to_html() -> None:
    body = body_of(multipart("alternative", PLAIN.format("  "), HTML.format("<p>Rich words.</p>")))
    assert body.new == "Rich words.\n"


@pytest.mark.parametrize(
    "stub", ["Your email client does not support HTML.", "Please view this email in your browser: https://x.example/1"]
)
def test_a_stub_gives_way_to_html(stub: str) -> None:
    body = body_of(multipart("alternative", PLAIN.format(stub), HTML.format("<p>We meet on Tuesday.</p>")))
    assert body.new == "We meet on Tuesday.\n"


def test_a_plain_part_that_says_far_less_gives_way_to_html() -> None:
    long = "<p>We would like to meet you on Tuesday at ten.</p>" * 12
    assert "Tuesday" in body_of(multipart("alternative", PLAIN.format("Acme"), HTML.format(long))).new


def test_a_plain_part_that_holds_html_is_read_as_html() -> None:
    assert (
        body_of("Content-Type: text/plain\n\n<html><body><p>On <b>Tuesday</b></p></body></html>").new == "On Tuesday\n"
    )


def test_html_alone_is_read() -> None:
    assert body_of("Content-Type: text/html\n\n<div>One</div><div>Two</div>").new == "One\nTwo\n"


def test_text_below_an_attachment_is_read_too() -> None:
    file = "Content-Type: application/pdf; name=cv.pdf\nContent-Transfer-Encoding: base64\n\nQUJD"
    body = body_of(multipart("mixed", PLAIN.format("Above."), file, PLAIN.format("Below.")))
    assert body.new == "Above.\n\nBelow.\n"
    assert body.attachments == ("cv.pdf",)


def test_a_text_file_is_an_attachment_and_no_text() -> None:
    file = (
        'Content-Type: text/plain; name="notes.txt"\nContent-Disposition: attachment; filename="notes.txt"\n\nSecret.'
    )
    body = body_of(multipart("mixed", PLAIN.format("Above."), file))
    assert body.new == "Above.\n"
    assert body.attachments == ("notes.txt",)


def test_names_of_attachments_are_decoded() -> None:
    file = "Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''Gr%C3%BC;\n filename*1*=%C3%9Fe.pdf\n\nx"
    assert body_of(multipart("mixed", PLAIN.format("Hi."), file)).attachments == ("Grüße.pdf",)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"Gr=C3=BC=C3=9Fe"),
        ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b"R3LDvMOfZQ=="),
        ("Content-Type: text/plain; charset=iso-8859-1", "Grüße".encode("latin-1")),
        ("Content-Type: text/plain; charset=cp1252", "Grüße".encode("cp1252")),
        ("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64", b"//5HAHIA/ADfAGUA"),
        ("Content-Type: text/plain; charset=unheard-of", "Grüße".encode()),
        ("Content-Type: text/plain", "Grüße".encode()),
        ("Content-Type: text/plain; charset=utf-7", b"Gr+APwA3w-e"),
        ("Content-Type: text", "Grüße".encode()),
    ],
)
def test_text_is_decoded(head: str, text: bytes) -> None:
    assert body_of(f"Subject: x\n{head}\n\n".encode() + text).new == "Grüße\n"


def test_soft_line_breaks_are_undone() -> None:
    body = body_of("Content-Type: text/plain; format=flowed\n\nWe meet on \nTuesday at \nten.\nSee you.\n")
    assert body.new == "We meet on Tuesday at ten.\nSee you.\n"


def test_soft_line_breaks_do_not_join_quotation_and_answer() -> None:
    body = body_of("Content-Type: text/plain; format=flowed\n\n> When do \n> we meet? \nOn \nTuesday.\n")
    assert body.new == "On Tuesday.\n"
    assert body.quoted == "> When do we meet?\n"


def test_an_unclosed_or_missing_boundary_loses_no_text() -> None:
    unclosed = multipart("mixed", PLAIN.format("One."), PLAIN.format("Two.")).replace("--limit--\n", "")
    assert body_of(unclosed).new == "One.\n\nTwo.\n"
    missing = 'Content-Type: multipart/mixed; boundary="never"\n\nJust words.\n'
    assert body_of(missing).new == "Just words.\n"
    unnamed = "Content-Type: multipart/mixed\n\n--abcdef\n\nOne.\n--abcdef\n\nTwo.\n--abcdef--\n"
    assert body_of(unnamed).new == "One.\n\nTwo.\n"


# --- calendars, links, what was passed on ---------------------------------------------------------------------------

EVENT = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR"


def test_a_calendar_part_is_kept_with_its_method() -> None:
    part = f"Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\n{EVENT}"
    body = body_of(multipart("alternative", PLAIN.format("Invitation"), part))
    assert body.calendars == (CalendarPart(EVENT, "REQUEST"),)
    assert body.new == "Invitation\n"


def test_an_invitation_that_is_there_twice_counts_once() -> None:
    part = f"Content-Type: text/calendar; method=REQUEST\n\n{EVENT}"
    file = f"Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics\n\n{EVENT}"
    body = body_of(multipart("mixed", PLAIN.format("Hi"), file, part))
    assert [calendar.method for calendar in body.calendars] == ["REQUEST"]


def test_an_ics_file_of_an_unknown_type_is_a_calendar() -> None:
    file = f'Content-Type: application/octet-stream; name="meet.ICS"\nContent-Disposition: attachment\n\n{EVENT}'
    assert body_of(multipart("mixed", PLAIN.format("Hi"), file)).calendars == (CalendarPart(EVENT),)


def test_a_calendar_alone_has_no_words() -> None:
    body = body_of(f"Content-Type: text/calendar; method=CANCEL\n\n{EVENT}\n")
    assert body.new == ""
    assert body.calendars[0].method == "CANCEL"


def test_links_are_collected_though_the_plain_part_is_read() -> None:
    rich = '<p>Book <a href="https://cal.example/dana">a time</a> or <a href="javascript:x()">not</a></p>'
    body = body_of(multipart("alternative", PLAIN.format("Book a time."), HTML.format(rich)))
    assert [(link.href, link.words) for link in body.links] == [("https://cal.example/dana", "a time")]


def test_an_attached_message_is_passed_on_and_not_new() -> None:
    inner = "From: careers@beta.example\nSubject: Your application\n\nUnfortunately we chose another candidate.\n"
    body = body_of(multipart("mixed", PLAIN.format("Look at this."), f"Content-Type: message/rfc822\n\n{inner}"))
    assert body.new == "Look at this.\n"
    assert "Unfortunately" in body.forwarded
    assert "From: careers@beta.example" in body.forwarded
    assert "Unfortunately" not in body.plain


def test_a_calendar_in_an_attached_message_is_no_invitation() -> None:
    inner = f"Subject: x\nContent-Type: text/calendar; method=REQUEST\n\n{EVENT}\n"
    assert (
        body_of(multipart("mixed", PLAIN.format("Look."), f"Content-Type: message/rfc822\n\n{inner}")).calendars == ()
    )


def test_the_machine_part_of_a_bounce_is_kept_apart() -> None:
    report = "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; dana@acme.example\nAction: failed\n"
    body = body_of(multipart("report", PLAIN.format("It could not be delivered."), report))
    assert body.new == "It could not be delivered.\n"
    assert "Final-Recipient" in body.forwarded


def test_mail_parser_stumbling_leaves_a_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    import mailparser

    def stumble(_: bytes) -> None:
        raise AttributeError("odd")

    monkeypatch.setattr(mailparser, "parse_from_bytes", stumble)
    assert body_of(b"Content-Type: text/plain; charset=iso-8859-1\n\n" + "Grüße".encode("latin-1")).new == "Grüße\n"


def test_mail_parser_is_never_given_an_attachment(monkeypatch: pytest.MonkeyPatch) -> None:
    import mailparser

    given: list[bytes] = []
    real = mailparser.parse_from_bytes

    def watched(data: bytes) -> object:
        given.append(data)
        return real(data)

    monkeypatch.setattr(mailparser, "parse_from_bytes", watched)
    file = "Content-Type: application/pdf; name=cv.pdf\n\nPORTFOLIO"
    inner = "Content-Type: message/rfc822\n\nSubject: inner\n\nwords\n"
    assert body_of(multipart("mixed", PLAIN.format("Hi."), file, inner)).new == "Hi.\n"
    assert b"Hi." in given[0]
    assert b"PORTFOLIO" not in given[0]
    assert b"rfc822" not in given[0]
