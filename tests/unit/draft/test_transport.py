"""Letters to invitations, relays, aliases and odd mail: fields that thread, bytes that any client opens and edits."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.letters import DANA, ME, NOW, SETTINGS, case, message, pack, statement
from watcher.draft import answering, compose
from watcher.draft.envelope import MOST_REFERENCES, answer_subject, known_ids, quotation, to_bytes
from watcher.draft.model import Draft, DraftKey
from watcher.followup.model import Kind
from watcher.message import parse
from watcher.message.model import Address, Body, Message, RawMessage, Ref, Role
from watcher.opportunity.model import Opportunity, Statement
from watcher.reading.model import CalendarEvent, Person, Says, Speaker

PACK = pack()
OUTLOOK_ID = "<AM0PR04MB5812ABCDEF0123456789ABCDEF0123456789@AM0PR04MB5812.eurprd04.prod.outlook.example>"
TEXTS = st.text(max_size=60)


def composed(opportunity: Opportunity, answered: Message, kind: Kind = Kind.AFTER_INTERVIEW) -> Draft:
    _, decision, _ = case(kind, 1)
    return compose(opportunity, decision, answered, SETTINGS, PACK, NOW)


def opened(draft: Draft) -> EmailMessage:
    parsed = email.message_from_bytes(draft.data, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def text_of(draft: Draft) -> str:
    return str(opened(draft).get_content()).replace("\r\n", "\n")


def to_answer(**header: Any) -> tuple[Opportunity, Message]:
    """The usual opportunity with other header fields in their mail."""
    opportunity, _, answered = case(Kind.AFTER_INTERVIEW, 1)
    return opportunity, replace(answered, header=replace(answered.header, **header))


def invitation(number: int = 7, subject: str = "Interview: Backend Engineer") -> Statement:
    mail = message(DANA, ME, NOW - timedelta(days=9), "Join with Zoom", number=number, subject=subject)
    found = statement(mail, Says.INTERVIEW_CONFIRMED)
    event = CalendarEvent("uid-1", 0, "REQUEST", "CONFIRMED", NOW, None, summary="Interview: Backend Engineer")
    return replace(found, entry=replace(found.entry, reading=replace(found.entry.reading, events=(event,))))


# --- what is answered ---


def test_a_letter_is_answered_rather_than_a_newer_invitation() -> None:
    opportunity, _, answered = case(Kind.THANK_YOU, 1)
    chosen = answering(replace(opportunity, statements=(*opportunity.statements, invitation())))
    assert chosen is not None
    assert chosen.id == answered.id


@pytest.mark.parametrize(
    "subject",
    [
        "Interview: Backend Engineer",
        "Updated invitation: Interview: Backend Engineer @ Tue 17 Mar 2026 2pm (EDT) (a@example.net)",
    ],
)
def test_where_there_is_only_an_invitation_the_letter_has_a_subject_of_its_own(subject: str) -> None:
    opportunity, _, _ = case(Kind.THANK_YOU, 1)
    only = invitation(subject=subject)
    opportunity = replace(opportunity, statements=(only,))
    assert answering(opportunity) == only.entry
    mail = Message(
        "personal", replace(only.entry.header, thread="T1"), Body(new="Join with Zoom", plain="Join with Zoom")
    )
    draft = composed(opportunity, mail, Kind.THANK_YOU)
    assert draft.subject == "Backend Engineer conversation on Tuesday, 17 March, Alex Morgan"
    assert opened(draft)["In-Reply-To"] == only.entry.id
    assert draft.thread == ""
    assert "Join with Zoom" not in text_of(draft)


def test_an_answer_that_carries_an_invitation_is_a_letter() -> None:
    opportunity, _, _ = case(Kind.THANK_YOU, 1)
    found = invitation(subject="Re: Interview: Backend Engineer")
    header = replace(found.entry.header, in_reply_to="<m2@acme.example>")
    found = replace(found, entry=replace(found.entry, header=header))
    chosen = answering(replace(opportunity, statements=(*opportunity.statements, found)))
    assert chosen is not None
    assert chosen.id == found.entry.id


def test_a_machines_mail_gives_no_subject() -> None:
    opportunity, _, answered = case(Kind.AFTER_APPLICATION, 1)
    first = opportunity.statements[0]
    robot = replace(first, entry=replace(first.entry, reading=replace(first.entry.reading, speaker=Speaker.ROBOT)))
    draft = composed(replace(opportunity, statements=(robot,)), answered, Kind.AFTER_APPLICATION)
    assert draft.subject == "Backend Engineer application, Alex Morgan"
    assert "coming in" not in text_of(draft)


@pytest.mark.parametrize("kind", [Kind.THANK_YOU, Kind.AFTER_INTERVIEW, Kind.AFTER_REPLY])
def test_a_subject_of_its_own_fits_a_phone_and_keeps_the_name(kind: Kind) -> None:
    opportunity, _, _ = case(kind, 1)
    only = invitation()
    role = "Senior Principal Backend Engineer for Payments and Settlement"
    opportunity = replace(opportunity, statements=(only,), role=role)
    subject = composed(opportunity, Message("personal", only.entry.header, Body()), kind).subject
    assert len(subject) <= 70
    assert subject.endswith("Alex Morgan")
    assert subject.startswith("Senior Principal Backend")


def test_where_they_never_wrote_the_users_own_newest_is_answered_from_its_address() -> None:
    opportunity, _, _ = case(Kind.AFTER_APPLICATION, 1)
    alias = Address("Alex Morgan", "alex@work.example")
    mine = message(alias, DANA, NOW - timedelta(days=11), "Dear Dana, here it is.", number=2)
    own = statement(mine, Says.SENT)
    own = replace(own, entry=replace(own.entry, reading=replace(own.entry.reading, speaker=Speaker.ME)))
    opportunity = replace(opportunity, statements=(own,))
    assert answering(opportunity) == own.entry
    _, decision, _ = case(Kind.AFTER_APPLICATION, 1)
    with_alias = replace(SETTINGS, addresses=(ME.address, alias.address))
    draft = compose(opportunity, decision, mine, with_alias, PACK, NOW)
    assert (draft.sender.address, draft.to.address) == (alias.address, DANA.address)


# --- who writes to whom ---


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ({"to": (Address("", "alex@work.example"),)}, "alex@work.example"),
        ({"to": (DANA,), "cc": (Address("", "alex@work.example"),)}, "alex@work.example"),
        (
            {"to": (Address("", "list@acme.example"),), "traits": {"delivered-to": "alex@work.example"}},
            "alex@work.example",
        ),
        ({"to": (Address("", "alex+acme@work.example"),)}, "alex@work.example"),
        ({"to": ()}, ME.address),
    ],
)
def test_the_letter_comes_from_the_address_they_wrote_to(header: dict[str, Any], address: str) -> None:
    opportunity, answered = to_answer(**header)
    _, decision, _ = case(Kind.AFTER_INTERVIEW, 1)
    several = replace(SETTINGS, addresses=("third@example.net", ME.address, "alex@work.example"))
    assert compose(opportunity, decision, answered, several, PACK, NOW).sender.address == address


def test_a_relay_is_answered_where_it_wants_its_answers() -> None:
    relay = Address("Dana Reyes", "reply-7f3a@relay.example")
    opportunity, answered = to_answer(sender=Address("Dana Reyes", "hit@relay.example"), reply_to=(relay,))
    first = opportunity.statements[0]
    entry = replace(first.entry, header=answered.header, reading=replace(first.entry.reading, contact=relay))
    opportunity = replace(
        opportunity, contact=Person("Dana Reyes", relay.address, "Dana"), statements=(replace(first, entry=entry),)
    )
    assert answering(opportunity) == entry
    parsed = opened(composed(opportunity, answered))
    assert parsed["To"] == "Dana Reyes <reply-7f3a@relay.example>"
    assert parsed["Cc"] is None


def test_a_copy_that_they_sent_to_others_is_not_answered_to_all() -> None:
    opportunity, answered = to_answer(cc=(Address("Kofi", "kofi@acme.example"),))
    parsed = opened(composed(opportunity, answered))
    assert [parsed["To"], parsed["Cc"], parsed["Bcc"]] == ["Dana Reyes <dana.reyes@acme.example>", None, None]


# --- threads ---


def test_the_whole_thread_is_referred_to_with_the_answered_message_last() -> None:
    opportunity, answered = to_answer(
        references=("<root@acme.example>", "<m0@acme.example>"), in_reply_to="<m0@acme.example>"
    )
    assert opened(composed(opportunity, answered))["References"].split() == [
        "<root@acme.example>",
        "<m0@acme.example>",
        answered.id,
    ]


def test_what_the_user_wrote_last_belongs_to_the_thread_that_is_referred_to() -> None:
    opportunity, _, answered = case(Kind.AFTER_REPLY, 1)
    theirs, mine = opportunity.statements
    mine = replace(mine, entry=replace(mine.entry, header=replace(mine.entry.header, in_reply_to=answered.id)))
    draft = composed(replace(opportunity, statements=(theirs, mine)), answered)
    assert draft.in_reply_to == answered.id
    assert draft.references == (mine.entry.id, answered.id)


def test_long_message_ids_stay_whole() -> None:
    opportunity, answered = to_answer(message_id=OUTLOOK_ID, references=(OUTLOOK_ID.replace("A", "B"),))
    draft = composed(opportunity, answered)
    assert f"In-Reply-To: {OUTLOOK_ID}\r\n".encode() in draft.data
    assert opened(draft)["References"].split() == [OUTLOOK_ID.replace("A", "B"), OUTLOOK_ID]
    assert b"=?" not in draft.data


def test_an_id_that_only_we_know_is_never_written() -> None:
    opportunity, answered = to_answer(message_id="<watcher.0123@missing>")
    draft = composed(opportunity, answered)
    assert b"missing" not in draft.data
    assert opened(draft)["In-Reply-To"] is None
    assert known_ids(["<a@b>", "<a@b>", "junk", "<watcher.1@missing>", "<c d@e>"]) == ("<a@b>",)


def test_of_an_endless_thread_the_first_and_the_newest_are_kept() -> None:
    ids = tuple(f"<{number}@acme.example>" for number in range(200))
    opportunity, answered = to_answer(references=ids)
    kept = opened(composed(opportunity, answered))["References"].split()
    assert len(kept) == MOST_REFERENCES
    assert (kept[0], kept[-1]) == (ids[0], answered.id)


@pytest.mark.parametrize(
    ("theirs", "answer"),
    [
        ("Interview", "Re: Interview"),
        ("RE: Re: AW: Fwd: Interview", "Re: Interview"),
        ("Re[2]: Interview", "Re: Interview"),
        ("[EXTERNAL] RE: Interview", "Re: Interview"),
        ("RE: [EXT] Re: Interview", "Re: Interview"),
        ("[Acme] Interview", "Re: [Acme] Interview"),
        ("Re\uff1a Interview", "Re: Interview"),
        ("Reference: 12", "Re: Reference: 12"),
        ("a\r\nBcc: x@y.example", "Re: a Bcc: x@y.example"),
        ("", ""),
    ],
)
def test_the_subject_is_the_threads_with_one_answer_mark(theirs: str, answer: str) -> None:
    assert answer_subject(theirs) == answer


# --- the bytes ---


def test_the_message_id_looks_like_any_mail_clients() -> None:
    made = DraftKey("personal", Kind.THANK_YOU, 1, "uid-1").message_id(ME.address)
    assert made == DraftKey("personal", Kind.THANK_YOU, 1, "uid-1").message_id(ME.address.upper())
    assert email.message_from_string(f"Message-ID: {made}\n\n", policy=default)["Message-ID"] == made
    groups = made.strip("<>").partition("@")[0].split("-")
    assert [len(group) for group in groups] == [8, 4, 4, 4, 12]
    assert groups[2][0] == "4"
    assert groups[3][0] in "89ab"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Plain words.", "7bit"),
        ("Zoë wrote.", "quoted-printable"),
        ("From here on.", "quoted-printable"),
        ("x" * 5000, "quoted-printable"),
        ("こんにちは、よろしくお願いします。", "base64"),
    ],
)
def test_any_text_travels_in_lines_that_mail_allows(text: str, encoding: str) -> None:
    opportunity, answered = to_answer()
    answered = replace(answered, body=Body(new=text, plain=text * 3))
    base = {
        "sender": ME,
        "to": DANA,
        "subject": "x",
        "message_id": "<a@b.example>",
        "in_reply_to": "",
        "references": (),
        "date": NOW,
    }
    data = to_bytes(**base, text=text + "\n")
    parsed = email.message_from_bytes(data, policy=default)
    assert parsed["Content-Transfer-Encoding"] == encoding
    assert parsed.get_content().rstrip() == text
    for whole in (data, composed(opportunity, answered).data):
        assert all(len(line) <= 998 for line in whole.split(b"\r\n"))
        assert not any(line.startswith(b"From ") for line in whole.split(b"\r\n"))
        assert b"\n" not in whole.replace(b"\r\n", b"")
        assert b"\r" not in whole.replace(b"\r\n", b"")


def test_paragraphs_are_not_broken_so_that_each_client_wraps_them() -> None:
    draft = composed(*to_answer())
    body = text_of(draft).split("\n> ")[0]
    assert all(paragraph.strip() in body for paragraph in draft.text.split("\n\n"))


def test_the_mail_that_is_answered_is_quoted_whole_and_can_be_told_from_the_letter() -> None:
    opportunity, answered = to_answer()
    plain = "Hi Alex,\r\n\r\nsee below.\x00\n> older\n>> oldest\n\n-- \nDana Reyes\nAcme"
    answered = replace(answered, body=Body(new="Hi Alex", plain=plain))
    draft = composed(opportunity, answered)
    text = text_of(draft)
    assert text.endswith(
        "On 15 March 2026, at 11:00, Dana Reyes <dana.reyes@acme.example> wrote:\n\n> Hi Alex,\n>\n> see below.\n"
        ">> older\n>>> oldest\n>\n> --\n> Dana Reyes\n> Acme\n"
    )
    raw = RawMessage("personal", Ref("Sent", "1"), Role.SENT, NOW, draft.data)
    body = parse(raw).body
    assert body is not None
    assert body.new.split() == draft.text.split()


def test_a_long_mail_is_quoted_up_to_the_end_of_a_line() -> None:
    quoted = quotation("word " * 30 + "\n" + "line of text\n" * 5000, DANA, NOW, PACK.tables["letter"])
    assert len(quoted) < 30_000
    assert quoted.endswith("> line of text")


@pytest.mark.parametrize(
    "name",
    [
        "Reyes, Dana",
        "Zoë Öztürk-Łukasiewicz",
        "王小明",
        'Dana "D" Reyes',
        "=?utf-8?q?x?=",
        "Ж" * 200,
        "x" * 300,
        "Dana\r\nBcc: a@b.example",
        "\u202eanaD",
        "",
    ],
)
def test_any_name_can_be_written_to(name: str) -> None:
    base = {
        "subject": name,
        "message_id": "<a@b.example>",
        "in_reply_to": "",
        "references": (),
        "date": NOW,
        "text": "Hello\n",
    }
    data = to_bytes(sender=Address(name, ME.address), to=Address(name, DANA.address), **base)
    parsed = email.message_from_bytes(data, policy=default)
    for field, address in (("From", ME.address), ("To", DANA.address)):
        (found,) = parsed[field].addresses
        assert found.addr_spec == address
    assert parsed["Bcc"] is None
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))


def test_an_international_address_is_written_so_that_every_server_takes_it() -> None:
    base = {
        "subject": "x",
        "message_id": "<a@b.example>",
        "in_reply_to": "",
        "references": (),
        "date": NOW,
        "text": "Hello\n",
    }
    data = to_bytes(sender=ME, to=Address("", "dana@bücher.example"), **base)
    assert b"To: dana@xn--bcher-kva.example\r\n" in data


# --- nothing from mail is header or template ---

HOSTILE = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            "{{ 7 * 7 }}",
            "{% for x in range(9) %}x{% endfor %}",
            "{name}",
            "{0.__class__}",
            "%s%n",
            "a\r\nBcc: x@y.example",
            "\nX-Mailer: z",
            "\ud800",
            "</a>",
            "\x00",
            "{#",
            "#}",
            "{{ one_of('a') }}",
        ]
    ),
    st.builds(lambda a, b: f"{a}{{{{ 7 * 7 }}}}{b}\r\nX-Evil: 1", TEXTS, TEXTS),
)
ALLOWED = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"}  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.sampled_from(list(Kind)[:7]), st.sampled_from([1, 2]))
def test_no_words_from_mail_become_a_header_field_or_template_code(
    role: str, company: str, name: str, person: str, note: str, plain: str, kind: Kind, attempt: int
) -> None:
    attempt = 1 if kind is Kind.THANK_YOU else attempt
    opportunity, decision, answered = case(kind, attempt)
    opportunity = replace(
        opportunity, role=role, company=company, contact=Person(name, DANA.address, person), notes=(note,),
        interviews=tuple(replace(each, people=(name, person, f"{name} {person}")) for each in opportunity.interviews),
    )  # fmt: skip
    header = replace(answered.header, subject=name, sender=Address(person, DANA.address), references=(plain,))
    answered = replace(answered, header=header, body=Body(new=plain, plain=plain))
    draft = compose(opportunity, decision, answered, SETTINGS, PACK, NOW)
    parsed = email.message_from_bytes(draft.data, policy=SMTP)
    assert {field.lower() for field in parsed} <= ALLOWED
    assert len(parsed.keys()) == len({field.lower() for field in parsed})
    (recipient,) = parsed["To"].addresses
    assert recipient.addr_spec == DANA.address
    given = f"{role}{company}{name}{person}{note}"
    assert ("49" in draft.text) <= ("49" in given)
    assert ("xxxxxxxxx" in draft.text) <= ("xxxxxxxxx" in given)
    assert parsed.get_content().startswith(draft.text.split("\n")[0][:20])
