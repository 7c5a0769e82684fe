"""German mail, standing alone: what it says, the jobs it names, and what is no hiring mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.knowledge.loader import load
from watcher.message.model import Address, Body, Copy, Header, Message, Role
from watcher.reading import read
from watcher.reading.firms import is_firm, likeness
from watcher.reading.model import Act, Reading, ReadingSettings, Says
from watcher.reading.namebook import namebook
from watcher.reading.noun_titles import titles_in

BOOK = load()
NAMES = namebook(BOOK, "de")
ME = ReadingSettings("Kerstin Vogt", ("kerstin@vogtpost.example",), "Europe/Berlin", "DE")
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)  # a Monday


# What one would write to a customer just as well: it takes its thread to be hiring mail.
SAID_OF_MUCH_ELSE = (
    "Wann passt es Ihnen für ein kurzes Telefonat?",
    "Hättest du am Dienstag um 10 oder am Mittwoch um 14 Uhr Zeit?",
)


def reading(text: str, subject: str = "Nachtbäckerin (m/w/d)", *, mine: bool = False) -> Reading:
    sender = Address("Kerstin Vogt", ME.addresses[0]) if mine else Address("Jo Bell", "jo@backhaus.example")
    head = Header("<a@x.example>", AT, AT, sender, subject, (Address("", ME.addresses[0]),))
    role = Role.SENT if mine else Role.INBOX
    return read(Message("a", head, Body(new=text, plain=text), (Copy("x", role, "1"),)), BOOK, ME)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Vielen Dank für Ihre Bewerbung. Wir werden Ihre Unterlagen sorgfältig prüfen.", Says.APPLICATION_RECEIVED),
        (
            "Vielen Dank für Ihre Bewerbung. Leider haben wir uns für eine andere Bewerberin entschieden.",
            Says.REJECTION,
        ),
        ("Das Besetzungsverfahren ruht wegen der Haushaltslage bis auf Weiteres.", Says.ON_HOLD),
        ("Wir freuen uns, Ihnen die Stelle ab Juni anbieten zu können.", Says.OFFER),
        ("Bitte senden Sie uns noch Ihr Arbeitszeugnis und zwei Referenzen.", Says.INFO_REQUEST),
        ("Ab wann könnten Sie anfangen?", Says.INFO_REQUEST),
        ("Bitte bearbeiten Sie den Online-Test bis Sonntag.", Says.ASSESSMENT),
        ("Danke, deine Lösung der Testaufgabe ist eingegangen.", Says.UPDATE),
        ("Wann passt es Ihnen für ein kurzes Telefonat?", Says.SCHEDULING),
        ("Hättest du am Dienstag um 10 oder am Mittwoch um 14 Uhr Zeit?", Says.SCHEDULING),
        ("Wir laden Sie zum Vorstellungsgespräch am Dienstag, 12. Mai, um 10 Uhr ein.", Says.INTERVIEW_CONFIRMED),
        ("am donnerstag um halb drei bei mir in der backstube, bis dann", Says.INTERVIEW_CONFIRMED),
        ("Ich muss unser Gespräch auf Freitag, 15. Mai, 9 Uhr, verschieben.", Says.INTERVIEW_RESCHEDULED),
        ("Das Vorstellungsgespräch morgen müssen wir leider absagen.", Says.INTERVIEW_CANCELLED),
        ("Für einen Mandanten suche ich eine Nachtbäckerin. Wäre das etwas für Sie?", Says.OUTREACH),
        ("Wir sprechen noch mit zwei Bewerbern und melden uns bis Freitag bei Ihnen.", Says.UPDATE),
    ],
)
def test_a_message_says_what_its_words_mean(text: str, says: Says) -> None:
    found = reading(text)
    assert found.language == "de"
    assert found.says is says
    assert found.hiring >= (0.25 if text in SAID_OF_MUCH_ELSE else 0.5)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Hiermit bewerbe ich mich um die Stelle als Nachtbäckerin.", Act.APPLIED),
        ("Dienstag um 10 passt mir gut, ich komme gern.", Act.PICKED_TIME),
        ("Vielen Dank für das gute Gespräch heute.", Act.THANKED),
        ("Anbei meine Lösung der Testaufgabe.", Act.HANDED_IN),
        ("Ich nehme das Angebot sehr gern an.", Act.ACCEPTED),
        ("Ich ziehe meine Bewerbung zurück.", Act.DECLINED),
        ("Gibt es schon Neuigkeiten zu meiner Bewerbung?", Act.NUDGED),
    ],
)
def test_the_users_own_mail_does_what_it_says(text: str, act: Act) -> None:
    assert act in reading(text, mine=True).acts


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Ihre Bewerbung", "Vielen Dank für Ihre Bewerbung um die 3-Zimmer-Wohnung, wir haben uns für andere entschieden."),
        ("Zusage Betreuungsplatz", "Wir freuen uns, Ihnen einen Platz in der Kita anbieten zu können."),
        ("14 neue Stellen für Bäckerinnen", "Jetzt bewerben: Bäckerin in Köln, Konditorin in Bonn."),
        ("Terminbestätigung Personalausweis", "Ihr Termin: Dienstag, 12.05.2026, 10:15 Uhr, Schalter 4."),
        ("Vorstellungsgespräche", "Kannst du am Montag dabei sein? Die Lebensläufe der Bewerberinnen liegen im Ordner."),
        ("Einladung", "Ich möchte mit Ihnen über Ihre berufliche Situation sprechen, bitte kommen Sie am 12.05. um 9 Uhr."),
        ("Daumen", "Viel Erfolg morgen beim Vorstellungsgespräch!"),
    ],
)  # fmt: skip
def test_what_is_about_something_else_is_no_hiring_mail(subject: str, text: str) -> None:
    assert reading(text, subject).hiring < 0.5


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Ihre Bewerbung als Sachbearbeiterin Treuhand hat uns gefallen.", "Sachbearbeiterin Treuhand"),
        ("Elektroniker für Betriebstechnik (m/w/d) gesucht", "Elektroniker für Betriebstechnik"),
        ("die Stelle Leitung Einkauf (w/m/d) in Vollzeit", "Leitung Einkauf"),
        ("Mitarbeiter:in im Empfang (m/w/d)", "Mitarbeiter:in im Empfang"),
        ("eine Ausbildung zum Bankkaufmann bei uns", "Ausbildung Bankkaufmann"),
        ("wegen ausbildung bäcker", "Ausbildung Bäcker"),
        ("als Chef de Partie", "Chef de Partie"),
        ("Ihre Bewerbung um die Stelle als Dauernachtwache", "Dauernachtwache"),
    ],
)
def test_a_title_is_found_among_nouns(line: str, title: str) -> None:
    found = max(titles_in(line, NAMES), key=lambda one: one.weight)
    assert found.title == title


@pytest.mark.parametrize(
    "line", ["Unsere Personalleiterin Frau Koch meldet sich.", "Der Geschäftsführer ist im Urlaub."]
)
def test_their_own_people_are_no_titles(line: str) -> None:
    assert not [found for found in titles_in(line, NAMES) if found.weight > 0.3]


def test_a_firm_is_told_by_the_end_of_a_joined_word() -> None:
    assert is_firm("Kreisklinik Ahornau", NAMES)
    assert not is_firm("Kreisklinik Ahornau", namebook(BOOK))


def test_a_domain_spells_umlauts_in_two_letters() -> None:
    assert likeness("Bäckerei Stadler", "baeckereistadler", NAMES) == 1.0
