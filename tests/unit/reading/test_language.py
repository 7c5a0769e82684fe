"""Which language a text is in, and which pack reads it."""

from datetime import UTC, datetime

import pytest

from watcher.knowledge.loader import load
from watcher.knowledge.patterns import fold
from watcher.message.model import Address, Body, CalendarPart, Copy, Header, Message, Role
from watcher.reading import read
from watcher.reading.language import guess, pack_for
from watcher.reading.model import Reading, ReadingSettings, Says

BOOK = load()
TONGUES = BOOK.tables["languages"]
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
LONDON = ReadingSettings("Ann Lee", ("ann@example.net",), "Europe/London")
VIENNA = ReadingSettings("Ann Lee", ("ann@example.net",), "Europe/Vienna")
INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:1@kiekko.example
DTSTART:20260512T080000Z
DTEND:20260512T090000Z
SUMMARY:Haastattelu
END:VEVENT
END:VCALENDAR
"""


def header(domain: str = "acorn.example", **traits: str) -> Header:
    fields = {key.replace("_", "-"): value for key, value in traits.items()}
    return Header("<a@x.example>", AT, AT, Address("Jo Bell", f"jo@{domain}"), "Re: 1", traits=fields)


def reading(text: str, *calendars: CalendarPart) -> Reading:
    message = Message(
        "a", header(), Body(new=text, plain=text, calendars=calendars), (Copy("x", Role.INBOX, "1"),)
    )  # fmt: skip
    return read(message, BOOK, LONDON)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you, Tuesday at 10 works for me.", "en"),
        ("Thanks!", "en"),
        ("Dear Herr Vogt, the interview in the Gasthaus zum Löwen is on Monday.", "en"),
        ("Passt, bis Donnerstag!", "de"),
        ("14.30 Uhr", "de"),
        ("Vielen Dank für Ihre Bewerbung als Bäcker.", "de"),
        ("Servus Toni, geht auch der Call um drei? LG", "de"),
        ("Nous vous remercions de votre candidature pour le poste de boulanger.", "fr"),
        ("Bedankt voor je sollicitatie, we komen er graag bij je op terug.", "nl"),
        ("Kiitos hakemuksesi, palaamme asiaan ja olet mukaan tervetullut.", "fi"),
        ("Здравствуйте, спасибо за отклик на вакансию.", "ru"),
        ("ご応募ありがとうございます。面接の日程をお知らせします。", "ja"),
        ("10:30", ""),
        ("Ok", ""),
    ],
)
def test_a_text_is_of_the_language_whose_words_it_uses(text: str, language: str) -> None:
    assert guess(fold(text), TONGUES) == language


def test_many_words_of_no_known_language_are_undetermined() -> None:
    assert guess("blorp " * 30, TONGUES) == "und"


def test_a_note_too_short_to_tell_is_read_as_its_header_says() -> None:
    assert pack_for("", BOOK, header(content_language="de-AT"), LONDON).language == "de"


def test_a_note_too_short_to_tell_is_read_by_the_country_it_comes_from() -> None:
    assert pack_for("", BOOK, header("acorn.at"), LONDON).language == "de"


def test_a_note_too_short_to_tell_is_read_by_the_country_of_the_user() -> None:
    assert pack_for("", BOOK, header(), VIENNA).language == "de"
    assert pack_for("", BOOK, header(), LONDON).language == "en"


def test_mail_in_a_language_without_a_pack_is_not_read_by_another_languages_rules() -> None:
    found = reading(
        "Nous vous remercions de votre candidature. Nous avons le plaisir de vous annoncer que votre job interview est le lundi."
    )
    assert found.language == "fr"
    assert not found.scores
    assert found.confidence <= 0.3


def test_an_invitation_is_understood_in_any_language() -> None:
    part = CalendarPart(INVITATION.replace("\n", "\r\n"), "REQUEST")
    found = reading("Tervetuloa! Kiitos hakemuksesi, olet mukaan kutsuttu ja voit tulla.", part)
    assert found.language == "fi"
    assert found.says is Says.INTERVIEW_CONFIRMED
    assert found.confidence > 0.9
