"""What is read whole: everything but mail of which sender, header or words tell that it is about something else."""

from __future__ import annotations

import pytest

from tests.unit.message.making import message
from watcher.knowledge.loader import load
from watcher.knowledge.model import Rulebook
from watcher.message.model import Header
from watcher.reading.glance import Glance
from watcher.reading.sieve import Known, Sieve

ROBOT = "Parcelbird <no-reply@parcelbird.example>"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load()


@pytest.fixture(scope="module")
def sieve(book: Rulebook) -> Sieve:
    return Sieve(book, frozenset({"alex@example.net"}))


def header(sender: str = ROBOT, subject: str = "Your receipt", extra: str = "") -> Header:
    return message("Hello", sender=sender, subject=subject, extra=extra).header


def test_mail_of_a_machine_that_nobody_knows_is_doubted(sieve: Sieve) -> None:
    assert sieve.doubts(header())
    assert sieve.doubts(header("Parcelbird <hello@parcelbird.example>", extra="Auto-Submitted: auto-generated\n"))


@pytest.mark.parametrize(
    ("sender", "extra"),
    [
        ("Dana Reyes <dana@acme.example>", ""),
        ("Alex <alex@example.net>", "Auto-Submitted: auto-generated\n"),
        ("Acme <no-reply@us.greenhouse-mail.io>", ""),
        ("Acme Careers <careers@acme.example>", "Auto-Submitted: auto-generated\n"),
        ("Dana Reyes <dana@acme.example>", "Auto-Submitted: auto-replied\n"),
        (ROBOT, "In-Reply-To: <m0@example.net>\n"),
        (ROBOT, "References: <m0@example.net>\n"),
        ("Mail system <mailer-daemon@example.net>", "Auto-Submitted: auto-generated\n"),
    ],
)
def test_mail_of_people_answers_reports_and_known_systems_are_not(sieve: Sieve, sender: str, extra: str) -> None:
    assert not sieve.doubts(header(sender, extra=extra))


@pytest.mark.parametrize(
    "text",
    [
        "We have received your application and our team will review it.",
        "Unfortunately we have chosen to go with somebody whose skills are nearer to what the team needs.",
        "Please book a slot with the people whom you are going to meet on the day, and bring your papers.",
        "Die nächsten Schritte: Wir melden uns bei Ihnen, sobald wir alles gesehen haben.",
        "Vielen Dank für Ihre Bewerbung, die bei uns eingegangen ist.",
    ],
)
def test_a_word_that_is_said_of_hiring_is_seen(sieve: Sieve, text: str) -> None:
    assert sieve.tells(header(), text)


def test_the_subject_and_the_senders_name_are_looked_at_too(sieve: Sieve) -> None:
    plain = "Hello Alex, this is to let you know that we have it here and that you need not do anything for now."
    assert not sieve.tells(header(), plain)
    assert sieve.tells(header(subject="Your candidacy"), plain)
    assert sieve.tells(header(sender="Acme Recruiting <no-reply@acme.example>"), plain)


@pytest.mark.parametrize(
    "text",
    [
        "Your order has shipped and will be with you on Tuesday. You can follow the parcel on its way to you.",
        "Your statement is ready. Please sign in to see what you have spent and what is due at the end of the month.",
        "Ihre Rechnung liegt für Sie bereit. Sie finden sie in Ihrem Konto unter den Dokumenten des letzten Monats.",
    ],
)
def test_receipts_and_notices_tell_nothing(sieve: Sieve, text: str) -> None:
    assert not sieve.tells(header(), text)


@pytest.mark.parametrize(
    "text",
    [
        "4471",
        "Nous avons bien reçu votre dossier pour le poste et nous vous remercions de votre intérêt pour notre maison.",
    ],
)
def test_what_is_too_short_or_in_another_language_is_never_dismissed(sieve: Sieve, text: str) -> None:
    assert sieve.tells(header(subject=""), text)


def test_beginnings_and_rows_of_words_match_whole_words_alone(book: Rulebook) -> None:
    glance = Glance(book)
    spoken = "This is what we have to say to you about it, and that is all there is for you to know: {}."
    assert glance.tells(spoken.format("recruiters"))
    assert glance.tells(spoken.format("the next steps"))
    assert not glance.tells(spoken.format("the next of many steps"))
    assert not glance.tells(spoken.format("chronology"))


@pytest.mark.parametrize(
    "sender", ["Rishi <rishi@helvionstaffing.example>", "Tina Ott - Kern Personaldienst <t@kern.example>"]
)
def test_bulk_mail_of_those_whose_trade_is_placing_people_is_read(sieve: Sieve, sender: str) -> None:
    many = "List-Unsubscribe: <https://out.example>\n"
    assert sieve.keeps(header(sender, "SAP FI/CO - Basel", many), frozenset(), Known())
    assert not sieve.keeps(header("Rishi <rishi@shop.example>", "SAP FI/CO - Basel", many), frozenset(), Known())
