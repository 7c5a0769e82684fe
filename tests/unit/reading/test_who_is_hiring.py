"""First mails of every trade and country: the employer, the agency that writes for one, and the job."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from watcher.knowledge.loader import load
from watcher.knowledge.model import Rulebook
from watcher.message.model import Address, Body, Header, Message, Role
from watcher.opportunity.model import Entry, Statement
from watcher.opportunity.parties import Parties, parties_of
from watcher.reading.model import ReadingSettings
from watcher.reading.reader import read

ME = ReadingSettings("Alex Morgan", ("alex@morgan.example",), "Europe/London")
AT = datetime(2024, 5, 6, 9, tzinfo=UTC)
ROWS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("who_is_hiring.yaml").read_text("utf-8"))


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    return load()


def parties(sender: str, subject: str, text: str) -> Parties:
    return parties_of([statement(sender, subject, text)])


def statement(sender: str, subject: str, text: str) -> Statement:
    name, address = parseaddr(sender)
    header = Header("<1@x.example>", AT, AT, Address(name, address), subject, (Address(ME.name, ME.addresses[0]),))
    reading = read(Message("a", header, Body(new=text, plain=text)), rulebook(), ME)
    entry = Entry("a", header, frozenset({Role.INBOX}), reading)
    return Statement(entry, reading.says, reading.confidence)


@pytest.mark.parametrize("row", ROWS, ids=[row["from"].rpartition("@")[2].rstrip(">") for row in ROWS])
def test_the_employer_and_the_job_of_a_first_mail_are_named(row: dict[str, Any]) -> None:
    found = parties(row["from"], row["subject"], row["text"])
    assert (found.company, found.role) == (row["company"], row["role"])


@pytest.mark.parametrize(
    ("sender", "subject", "text", "company"),
    [
        (
            "Ruth Hale <ruth@ferndale-parish.example>",
            "Organist",
            "Dear Alex,\n\nPlease thank Justice Comeau for her letter. We would like to hear you play.\n\nRuth Hale",
            "Ferndale Parish",
        ),
        (
            "Patricia Huang <p.huang@dws.ca.gov>",
            "Hiring interview",
            "Good afternoon,\n\nYour interview is on Tuesday at 10.\n\nPatricia Huang\nStaff Services Manager I\n"
            "Department of Water Stewardship, Division of Planning",
            "Department of Water Stewardship",
        ),
        (
            "Priya Fernandes <priya@harbourview-health.example>",
            "Interview",
            "Hi Alex, invitation attached. It's me plus Dr. Beaton from Newcomer Care.\n\nPriya",
            "Harbourview Health",
        ),
    ],
    ids=["a-judge", "a-title-in-a-signature", "the-firm-of-a-third-person"],
)
def test_a_person_or_a_title_is_no_employer(sender: str, subject: str, text: str, company: str) -> None:
    assert parties(sender, subject, text).company == company


def test_a_go_between_is_told_from_its_client() -> None:
    found = parties(
        "Deepak Sethi <deepak@carerota.example>",
        "AIN shifts, Mount Barker",
        "Hi Alex, Deepak from Care Rota. Hillview Lodge in Mount Barker needs an Assistant in Nursing. Interested?",
    )
    assert (found.company, found.agency, found.role) == ("Hillview Lodge", "Care Rota", "Assistant in Nursing")


def test_a_town_in_the_subject_of_an_agency_is_no_client() -> None:
    found = parties(
        "Tobias Wren <tobias@gallowayfisk-search.example>",
        "Go + Postgres, robotics, Strip District",
        "Hi Alex, my client needs a Backend Engineer. Hybrid, two days in the Strip District. Keen?\n\nTobias",
    )
    assert found.company == "Gallowayfisk Search"


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        ("Application submitted: 176-ON-2290 Senior Sonographer", "Senior Sonographer"),
        ("Application submitted: Req 4471 Enterprise Account Executive", "Enterprise Account Executive"),
        ("Application received: Part-Time Organist", "Part-Time Organist"),
        ("Application received: Vineyard Manager (Hawke's Bay)", "Vineyard Manager"),
        ("Application received: Medical Interpreter - Arabic (Canada)", "Medical Interpreter - Arabic"),
        ("Application received: Hygienist, Tues/Thurs", "Hygienist"),
    ],
)
def test_a_title_keeps_what_tells_the_job_and_loses_what_does_not(subject: str, role: str) -> None:
    assert parties("Careers <careers@wexmoor.example>", subject, "Thank you, we have your application.").role == role


@pytest.mark.parametrize(
    "text",
    [
        "We will talk about the former role and the career path. A letter follows.",
        "Your CV goes to the CNS team, and MA students sit with us.",
        "My daughter's summer job begins on Monday.",
    ],
    ids=["former", "capitals", "summer"],
)
def test_words_that_only_look_like_trades_are_no_role(text: str) -> None:
    assert parties("Dana Reyes <dana@bexley.example>", "Our talk", f"Hi Alex,\n\n{text}\n\nDana").role is None


@pytest.mark.parametrize(
    ("sender", "contact", "company"),
    [
        ("Joe Mills <joe.mills@bexley-foods.example>", "Joe Mills", "Bexley Foods"),
        ("Ana Court <ana@bexley-foods.example>", "Ana Court", "Bexley Foods"),
        ("Padraig Ó Sé <padraig@corcaferries.example>", "Padraig Ó Sé", "Corca Ferries"),
        ("Jordan Racing <jordan@jordanracing.example>", "Jordan Racing", "Jordan Racing"),
    ],
)
def test_a_family_name_that_firms_use_too_is_still_a_person(sender: str, contact: str, company: str) -> None:
    found = parties(sender, "Your application", "Hi Alex, thank you for your application. Could we talk on Friday?")
    assert found.contact is not None
    assert (found.contact.name, found.company) == (contact, company)


@pytest.mark.parametrize(
    ("sender", "text", "company"),
    [
        (
            "Priya Rao <priya@clovergate.example>",
            "Thank you for the chat. The director is away at the Leeds Building Society awards until Monday.",
            "Clovergate",
        ),
        (
            "Rose Tan <rose@pearlvale.example>",
            "Please send your degree certificate from the University of Penhallow and a reference from Kestrel Foods.",
            "Pearlvale",
        ),
        (
            "Nadia Stone <nadia@stoneandriver.example>",
            "Can you work with Salesforce? We're working with Harrow Digital on a new website, so things are busy.",
            "Stone and River",
        ),
        (
            "Ian Moss <ian@kelpie-boats.example>",
            "I rang Captain Drummond of M/V Northern Star for your reference and he was glowing.",
            "Kelpie Boats",
        ),
    ],
    ids=["an-absence", "papers", "a-supplier", "a-ship"],
)
def test_a_firm_spoken_of_in_passing_is_not_the_one_that_writes(sender: str, text: str, company: str) -> None:
    found = parties(sender, "Your application", f"Hi Alex,\n\n{text}")
    assert (found.company, found.role) == (company, None)


@pytest.mark.parametrize(
    "text",
    [
        "Our Head of Operations and the technical lead would like to meet you.",
        "Our HR Manager, Joan Price, will write to you.",
        "Our Deputy Head, Mrs Khan, and the Chair of Governors, Mr Wood, were impressed.",
    ],
)
def test_the_title_of_one_of_their_people_is_no_role(text: str) -> None:
    assert parties("Lena Hofer <lena@alpenrausch.example>", "Next steps", f"Hi Alex,\n\n{text}\n\nLena").role is None


def test_the_fullest_of_the_names_that_can_be_trusted_is_written() -> None:
    application = "Dear Alex\n\nThank you for submitting your application for the post of Sonographer."
    visit = (
        "Hi Alex\n\nI'm the lead sonographer at Dale Valley and I'll be on your panel for the Sonographer post.\n\nGill"
    )
    found = parties_of(
        [
            statement("Dale Valley NHS Foundation Trust <noreply@trac.jobs>", "Application: Sonographer", application),
            statement("Gillian Thwaite <gillian@dalevalley.example>", "Sonographer", visit),
        ]
    )
    assert found.company == "Dale Valley NHS Foundation Trust"
