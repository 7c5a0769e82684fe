from __future__ import annotations

from email import policy
from email.header import Header
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.draft.likeness import fingerprint, likeness

SUBJECT = "Re: Café manager at Acme – your interview"
TEXT = "Dear Zoë,\n\nthank you for the talk – it was good.\n  I enjoyed it.\n\nBest,\nAlex\n\nOn Monday Zoë wrote:\n> See you\n"


def letter(
    text: str = TEXT,
    to: str = "Zoë Reyes <zoe@acme.example>",
    subject: str = SUBJECT,
    *,
    charset: str = "utf-8",
    cte: str = "quoted-printable",
    html: str = "",
    **others: str,
) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Alex <alex@example.net>"
    message["To"] = to
    message["Subject"] = subject
    message["In-Reply-To"] = "<m1@acme.example>"
    for name, value in others.items():
        message[name] = value
    message.set_content(text, charset=charset, cte=cte)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def raw(head: str, body: bytes) -> bytes:
    return head.replace("\n", "\r\n").encode() + b"\r\n" + body


ORIGINAL = letter()


@pytest.mark.parametrize("cte", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "windows-1252"])
def test_another_encoding_is_the_same_letter(charset: str, cte: str) -> None:
    assert fingerprint(letter(charset=charset, cte=cte)) == fingerprint(ORIGINAL)


LONG = (
    "Hi Zoë,\n\nI wanted to come back to the interview on Tuesday, 10 March for the Data Analyst role at Quillfeather.\n\n"
    "Best,\nAlex\n\nOn Monday Zoë wrote:\n\n> From Tuesday on you can reach me here, by telephone or by mail as you like.\n"
    ">\n>> See you\n"
)
FLOWED = (
    "Hi Zoë,\n\nI wanted to come back to the interview on Tuesday, 10 March for \nthe Data Analyst role at Quillfeather.\n\n"
    "Best,\nAlex\n\nOn Monday Zoë wrote:\n\n> From Tuesday on you can reach me here, \n> by telephone or by mail as you like.\n"
    ">\n>> See you\n"
)


def flowed(text: str) -> bytes:
    """As Thunderbird saves a draft: its own header fields, and soft line breaks."""
    head = (
        "From: Alex <alex@example.net>\nTo: Zoe <zoe@acme.example>\nSubject: Re: Talk\nIn-Reply-To: <m1@acme.example>\n"
    )
    more = "User-Agent: a client\nContent-Type: text/plain; charset=UTF-8; format=flowed\nContent-Transfer-Encoding: 8bit\n"
    return raw(head + more, text.replace("\n", "\r\n").encode())


def test_soft_line_breaks_are_the_same_letter_and_hard_ones_are_not() -> None:
    ours = fingerprint(letter(LONG, subject="Re: Talk"))
    assert fingerprint(flowed(FLOWED)) == ours
    assert fingerprint(flowed(FLOWED.replace("for \nthe", "for\nthe"))) != ours
    assert fingerprint(flowed(FLOWED.replace("10 March", "11 March"))) != ours


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param(ORIGINAL.replace(b"\r\n", b"\n"), id="line ends"),
        pytest.param(ORIGINAL + b"\r\n\r\n", id="blank lines at the end"),
        pytest.param(letter(TEXT.replace("\n", "  \n"), cte="base64"), id="trailing space"),
        pytest.param(letter(TEXT.replace("the talk", "the\u00a0talk")), id="no-break space"),
        pytest.param(letter(TEXT.replace("ë", "e\u0308")), id="decomposed accents"),
        pytest.param(b"Received: by mx.example\r\nX-Server-Id: 7\r\n" + ORIGINAL, id="added fields"),
        pytest.param(
            ORIGINAL.replace(b"MIME-Version", b"Message-ID: <new@client.example>\r\nMIME-Version"), id="another id"
        ),
        pytest.param(letter(to="zoe@acme.example"), id="display name dropped"),
        pytest.param(letter(to='"Reyes, Z." <Zoe@ACME.example>'), id="case of an address"),
        pytest.param(letter(subject=SUBJECT.replace(" ", "  ")), id="runs of space in the subject"),
    ],
)
def test_what_servers_do_to_a_draft_leaves_it_the_same(altered: bytes) -> None:
    assert altered != ORIGINAL
    assert fingerprint(altered) == fingerprint(ORIGINAL)


def test_folding_and_raw_utf8_of_header_fields_make_no_difference() -> None:
    body = TEXT.replace("\n", "\r\n").encode()
    kind = 'MIME-Version: 1.0\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n'
    folded = Header(SUBJECT, "utf-8", maxlinelen=40, header_name="Subject").encode()
    assert "\n" in folded
    ways = [
        f"To:\n zoe@acme.example\nSubject: {folded}\n{kind}",
        f"To: zoe@acme.example\nSubject: {SUBJECT}\n{kind}",
        f"SUBJECT: {SUBJECT.replace(' at ', chr(10) + ' at ')}\nto: Zoë <zoe@acme.example>\n{kind}",
    ]
    assert {fingerprint(raw(way, body)) for way in ways} == {fingerprint(ORIGINAL)}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(letter(TEXT.replace("good", "great")), id="a word"),
        pytest.param(letter(TEXT.replace("good.", "good")), id="a full stop"),
        pytest.param(letter(TEXT.replace("Dear Zoë,\n\n", "Dear Zoë,\n")), id="a paragraph joined"),
        pytest.param(letter(TEXT + "PS: my portfolio is online.\n"), id="a line more"),
        pytest.param(letter(TEXT.split("On Monday")[0]), id="the quotation cut off"),
        pytest.param(letter(TEXT.replace("Zoë", "Zoe")), id="an accent"),
        pytest.param(letter(to="zoe@acme.example, lee@acme.example"), id="a recipient more"),
        pytest.param(letter(to="lee@acme.example"), id="another recipient"),
        pytest.param(letter(Cc="lee@acme.example"), id="a copy"),
        pytest.param(letter(Bcc="lee@acme.example"), id="a blind copy"),
        pytest.param(letter(subject=SUBJECT + "!"), id="the subject"),
        pytest.param(letter(subject=SUBJECT.removeprefix("Re: ")), id="no longer an answer by its subject"),
        pytest.param(letter(html="<p>thank you</p>"), id="formatted text beside it"),
    ],
)
def test_what_a_person_changes_makes_it_another_letter(changed: bytes) -> None:
    assert fingerprint(changed) != fingerprint(ORIGINAL)


def test_moving_a_recipient_from_to_to_copy_changes_nothing_about_who_reads_it() -> None:
    assert likeness(letter(to="a@acme.example", Cc="b@acme.example")).recipients == {"a@acme.example", "b@acme.example"}


def test_an_attachment_makes_it_another_letter() -> None:
    def with_file(content: bytes) -> bytes:
        message = BytesParser(policy=policy.SMTP).parsebytes(ORIGINAL)
        assert isinstance(message, EmailMessage)
        message.add_attachment(content, maintype="application", subtype="pdf", filename="cv.pdf")
        return message.as_bytes()

    assert len({fingerprint(ORIGINAL), fingerprint(with_file(b"one")), fingerprint(with_file(b"two"))}) == 3


def test_an_attached_text_is_not_the_text_of_the_letter() -> None:
    message = BytesParser(policy=policy.SMTP).parsebytes(ORIGINAL)
    assert isinstance(message, EmailMessage)
    message.add_attachment("A reference", filename="reference.txt")
    assert len(likeness(message.as_bytes()).texts) == 1


def test_pages_are_compared_by_their_words() -> None:
    page = "<html><head><style>p {color: red}</style></head><body><p>Dear Zoë,</p><p>thank you.</p></body></html>"
    same = "<div>Dear Zo&euml;,\n<br>thank   you.</div>"
    assert fingerprint(letter(html=page)) == fingerprint(letter(html=same))
    assert fingerprint(letter(html=page)) != fingerprint(letter(html=same.replace("thank", "many thanks")))


def test_what_answers_what_is_read_from_the_fields() -> None:
    found = likeness(letter(References="<m0@acme.example> <m1@acme.example>", **{"Message-ID": "<d1@example.net>"}))
    assert found.message_id == "<d1@example.net>"
    assert found.in_reply_to == "<m1@acme.example>"
    assert found.references == ("<m0@acme.example>", "<m1@acme.example>")


def test_an_address_that_cannot_be_read_still_counts() -> None:
    one, two = (raw(f"To: the {name} team\nSubject: x\n", b"Hello") for name in ("hiring", "sales"))
    assert fingerprint(one) != fingerprint(two)


def test_an_international_domain_is_one_domain() -> None:
    one = raw("To: dana@b\u00fccher.example\nSubject: x\n", b"Hello")
    two = raw("To: dana@xn--bcher-kva.example\nSubject: x\n", b"Hello")
    assert fingerprint(one) == fingerprint(two)


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"\r\n",
        b"no header at all",
        b"Subject: =?nonsense?q?=41?=\r\n\r\nx",
        b"Subject: =?utf-8?b?abc?=\r\n\r\nx",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe",
        b"Content-Type: text/plain; charset=rot13\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: text/html\r\n\r\n<![if x]><![unknown[",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"To: \xff\xfe@acme.example, <<>>, @\r\n\r\nx",
    ],
)
def test_odd_mail_has_a_fingerprint_too(odd: bytes) -> None:
    assert fingerprint(odd) == fingerprint(odd)
    assert len(fingerprint(odd)) == 64


_WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
_LINES = st.lists(st.lists(_WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60, database=None)
@given(_LINES, st.sampled_from(["base64", "quoted-printable", "8bit"]))
def test_any_text_survives_any_transfer_encoding(lines: list[str], cte: str) -> None:
    text = "\n".join(lines) + "\n"
    plain = MIMEText(text, "plain", "utf-8")
    plain["To"], plain["Subject"] = "zoe@acme.example", str(Header(SUBJECT, "utf-8"))
    assert fingerprint(letter(text, cte=cte)) == fingerprint(plain.as_bytes())


@settings(deadline=None, max_examples=60, database=None)
@given(_LINES, st.data())
def test_any_changed_word_is_seen(lines: list[str], data: st.DataObject) -> None:
    words = [line.split() for line in lines]
    line = data.draw(st.integers(0, len(words) - 1))
    word = data.draw(st.integers(0, len(words[line]) - 1))
    words[line][word] += "x"
    assert fingerprint(letter("\n".join(map(" ".join, words)) + "\n")) != fingerprint(letter("\n".join(lines) + "\n"))
