"""A letter as it travels: threading, quoting, encoding, and nothing from mail that could open a field."""

from __future__ import annotations

import email
from dataclasses import replace
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from tests.support.letters import DANA, ME, NOW, SETTINGS, case, pack
from watcher.draft import compose
from watcher.draft.envelope import answer_subject, clean, to_bytes
from watcher.followup.model import Kind
from watcher.message.model import Address

PACK = pack()


def test_a_draft_answers_in_the_thread_to_the_contact_alone_from_the_address_they_wrote_to() -> None:
    opportunity, decision, answered = case(Kind.AFTER_INTERVIEW, 1)
    settings = replace(SETTINGS, addresses=("other@example.net", ME.address))
    draft = email.message_from_bytes(compose(opportunity, decision, answered, settings, PACK, NOW).data, policy=default)
    assert draft["To"] == "Dana Reyes <dana.reyes@acme.example>"
    assert draft["From"] == "Alex Morgan <alex.morgan@example.net>"
    assert draft["Cc"] is None
    assert draft["Bcc"] is None
    assert draft["In-Reply-To"] == answered.id
    assert draft["References"].split()[-1] == answered.id
    assert draft["Subject"] == "Re: Backend Engineer at Acme"


def test_a_draft_names_no_program() -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    draft = compose(opportunity, decision, answered, SETTINGS, PACK, NOW)
    fields = {name.lower() for name in email.message_from_bytes(draft.data)}
    assert fields == {
        "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding",
    }  # fmt: skip
    assert b"watcher" not in draft.data.lower()


def test_the_answered_message_is_quoted_line_by_line() -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    text = (
        email.message_from_bytes(compose(opportunity, decision, answered, SETTINGS, PACK, NOW).data, policy=default)
        .get_content()
        .replace("\r\n", "\n")
    )
    assert "Dana Reyes <dana.reyes@acme.example> wrote:\n\n> Hi Alex,\n>\n> thanks for coming in!" in text


def test_the_subject_carries_one_answer_mark() -> None:
    assert answer_subject("RE: Re: AW: Fwd: Interview") == "Re: Interview"
    assert answer_subject("Reference check") == "Re: Reference check"
    assert answer_subject("  ") == ""


@given(st.text(), st.text(), st.text(alphabet="ab<>@.\r\n x"))
def test_no_text_from_mail_can_add_a_header_field(name: str, subject: str, reference: str) -> None:
    name, subject = (text.encode("utf-8", "ignore").decode() for text in (name, subject))
    data = to_bytes(
        sender=ME, to=Address(name, DANA.address), subject=subject, message_id="<a@example.net>", in_reply_to=reference,
        references=(reference, "<b@example.net>"), date=NOW, text="Hello",
    )  # fmt: skip
    parsed = email.message_from_bytes(data, policy=default)
    allowed = {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    }
    assert {key.lower() for key in parsed} <= allowed
    assert parsed.get_content().strip() == "Hello"
    assert clean(subject) == clean(clean(subject))
