"""Who wrote a message, and whether an answer would reach anyone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watcher.knowledge.loader import load
from watcher.message.model import Address, Body, Header
from watcher.reading.model import ReadingSettings, Speaker
from watcher.reading.sender import Sender, identify, is_unread, why_suspicious

BOOK = load()
ME = ReadingSettings("Ann Lee", ("ann@example.net",), "Europe/London")
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def header(name: str, address: str, reply_to: str = "", **traits: str) -> Header:
    fields = {key.replace("_", "-"): value for key, value in traits.items()}
    replies = (Address("", reply_to),) if reply_to else ()
    return Header("<a@x.example>", AT, AT, Address(name, address), reply_to=replies, traits=fields)


def sender(name: str, address: str, reply_to: str = "", text: str = "", **traits: str) -> Sender:
    return identify(header(name, address, reply_to, **traits), Body(new=text), BOOK, ME)


def test_mail_from_my_own_address_is_mine() -> None:
    assert sender("Ann Lee", "ann@example.net").speaker is Speaker.ME


def test_a_person_at_a_company_can_be_answered() -> None:
    found = sender("Jo Bell", "jo@acorn.example")
    assert (found.speaker, found.answerable, found.contact) == (
        Speaker.HUMAN,
        True,
        Address("Jo Bell", "jo@acorn.example"),
    )


@pytest.mark.parametrize(
    "local", ["no-reply", "noreply", "do_not_reply", "donotreply", "no.reply+12", "acorn-noreply", "notifications"]
)
def test_an_address_that_says_no_reply_is_a_machine_in_any_spelling(local: str) -> None:
    assert is_unread(local, BOOK.tables["mailboxes"])
    found = sender("Acorn", f"{local}@acorn.example")
    assert (found.speaker, found.answerable, found.contact) == (Speaker.ROBOT, False, None)


@pytest.mark.parametrize("local", ["careers", "hr", "jobs", "norah.eply"])
def test_a_role_address_is_answerable(local: str) -> None:
    assert sender("Acorn Careers", f"{local}@acorn.example").answerable


def test_a_role_address_that_says_it_is_not_read_is_not() -> None:
    assert not sender("Acorn", "jobs@acorn.example", text="This mailbox is not monitored.").answerable


@pytest.mark.parametrize(
    ("address", "system"),
    [
        ("no-reply@us.greenhouse-mail.io", "greenhouse"),
        ("acorn@myworkday.com", "workday"),
        ("no-reply@ashbyhq.com", "ashby"),
        ("jobalerts-noreply@linkedin.com", "linkedin_other"),
        ("jobs-noreply@linkedin.com", "linkedin_jobs"),
        ("no-reply@hackerrankforwork.com", "hackerrank"),
        ("notifications@calendly.com", "calendly"),
    ],
)
def test_known_systems_are_known_by_domain_and_local_part(address: str, system: str) -> None:
    found = sender("Acorn", address)
    assert (found.system, found.speaker) == (system, Speaker.ROBOT)


def test_a_longer_name_that_ends_alike_is_not_the_system() -> None:
    assert sender("Jo Bell", "jo@notlever.co").system == ""


def test_reply_to_outranks_from() -> None:
    found = sender("Calendly", "no-reply@calendly.com", reply_to="jo@acorn.example")
    assert found.answerable
    assert found.contact == Address("", "jo@acorn.example")


def test_a_person_behind_a_relay_is_a_person() -> None:
    found = sender("Femi Ade via LinkedIn", "inmail-hit-reply@linkedin.com", reply_to="1a2b-3c@reply.linkedin.com")
    assert (found.speaker, found.person, found.answerable) == (Speaker.HUMAN, "Femi Ade", True)


def test_a_person_behind_an_ats_thread_is_a_person() -> None:
    found = sender("Mary Bell (via Lever)", "reply+9f2@hire.lever.co")
    assert (found.speaker, found.person, found.answerable) == (Speaker.HUMAN, "Mary Bell", True)


def test_the_company_is_taken_from_the_department_behind_it() -> None:
    assert sender("Acorn Foods Talent Acquisition", "acorn@myworkday.com").company == "Acorn Foods"


def test_list_headers_make_it_bulk() -> None:
    assert sender("Acorn", "news@acorn.example", list_unsubscribe="<https://x.example>").bulk
    assert not sender("Jo Bell", "jo@acorn.example").bulk


def suspicion(name: str, address: str, text: str, reply_to: str = "", **traits: str) -> str:
    head = header(name, address, reply_to, **traits)
    body = Body(new=text)
    return why_suspicious(head, body, BOOK, identify(head, body, BOOK, ME))


def test_a_failed_dmarc_is_suspicious() -> None:
    results = "mx.example; spf=fail; dmarc=fail (p=reject) header.from=acorn.example"
    assert "DMARC" in suspicion("Jo", "jo@acorn.example", "Hello", authentication_results=results)


def test_a_passed_dmarc_is_not() -> None:
    results = "mx.example; spf=fail; dkim=pass; dmarc=pass header.from=acorn.example"
    assert suspicion("Jo", "jo@acorn.example", "Hello", authentication_results=results) == ""


def test_money_and_a_free_mailbox_elsewhere_are_suspicious() -> None:
    text = "To hold your place buy a gift card today."
    assert suspicion("Jo", "jo@acorn.example", text, reply_to="jo.hr@gmail.com")
    assert suspicion("Jo", "jo@acorn.example", "See you at 9.", reply_to="jo.hr@gmail.com") == ""


def test_my_own_mail_is_never_suspicious() -> None:
    head = replace(header("Ann Lee", "ann@example.net"), traits={"authentication-results": "dmarc=fail"})
    assert why_suspicious(head, Body(), BOOK, identify(head, Body(), BOOK, ME)) == ""
