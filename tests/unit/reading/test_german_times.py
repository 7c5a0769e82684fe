"""Days and hours as German says them, and the days by which somebody will be back."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from watcher.knowledge.loader import load
from watcher.reading import days
from watcher.reading.model import ReadingSettings, TimeMention, TimeUse
from watcher.reading.times import mentions

BOOK = load()
GERMAN = BOOK.packs["de"]
BERLIN = ZoneInfo("Europe/Berlin")
SENT = datetime(2026, 3, 11, 10, 0, tzinfo=BERLIN)  # a Wednesday
ME = ReadingSettings("Ann Lee", (), "Europe/Berlin", "DE")


def find(text: str) -> tuple[TimeMention, ...]:
    return mentions(text, SENT, ME, GERMAN, BOOK.tables["zones"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Donnerstag um halb drei", "2026-03-12T14:30"),
        ("morgen um Viertel vor zehn", "2026-03-12T09:45"),
        ("morgen um Viertel nach zehn", "2026-03-12T10:15"),
        ("Freitag drei viertel zehn", "2026-03-13T09:45"),
        ("am Freitag um dreiviertel zehn", "2026-03-13T09:45"),
        ("Freitag, fünf vor halb drei", "2026-03-13T14:25"),
        ("am 12.03. um 14h", "2026-03-12T14:00"),
        ("am 12. März um 14.30 Uhr", "2026-03-12T14:30"),
        ("Montag, den 16.03.2026, 10:15 Uhr", "2026-03-16T10:15"),
        ("am Freitag, dem 27. März, um 11 Uhr", "2026-03-27T11:00"),
        ("Donnerstag in einer Woche um 9 Uhr", "2026-03-19T09:00"),
        ("Freitag in zwei Wochen, 8 Uhr früh", "2026-03-27T08:00"),
        ("übermorgen um zehn", "2026-03-13T10:00"),
        ("kommenden Dienstag ab 9", "2026-03-17T09:00"),
        ("nächste Woche am Donnerstag um 9 Uhr 30", "2026-03-19T09:30"),
        ("Donnerstag nächster Woche, 9 Uhr", "2026-03-19T09:00"),
        ("Dienstag KW 12, 10 Uhr", "2026-03-17T10:00"),
        ("Do 12.3. 17 Uhr", "2026-03-12T17:00"),
        ("samstag um 6", "2026-03-14T06:00"),
        ("Montag 5 Uhr am Hof", "2026-03-16T05:00"),
        ("10 am Freitag, um zwei", "2026-03-13T10:00"),
    ],
)
def test_a_day_and_an_hour_are_an_instant(words: str, expected: str) -> None:
    starts = [mention.start.isoformat()[:16] for mention in find(words) if mention.start]
    assert starts[:1] == [expected]


def test_a_range_has_an_end() -> None:
    (found,) = find("zwischen 10 und 12 am Freitag")
    assert found.end is not None
    assert found.end.hour == 12


@pytest.mark.parametrize("text", ["Guten Morgen", "wir sind so 10 Leute", "um zwei Wochen verschieben", "im 1. Stock"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("Passt Ihnen Dienstag um 10 Uhr?", TimeUse.OFFERED),
        ("Das Gespräch findet am Dienstag um 10 Uhr statt.", TimeUse.STANDS),
        ("Den Termin am Dienstag müssen wir leider absagen.", TimeUse.CANCELLED),
        ("Bitte schicken Sie die Aufgabe bis spätestens Sonntag, 15.3.", TimeUse.DEADLINE),
        ("Danke für das Gespräch am Montag!", TimeUse.PAST),
    ],
)
def test_a_sentence_tells_what_its_time_is_for(text: str, use: TimeUse) -> None:
    assert find(text)[0].use is use


def test_a_move_names_the_old_time_and_the_new() -> None:
    uses = [found.use for found in find("Wir verschieben das Gespräch vom Montag auf Mittwoch, 14 Uhr.")]
    assert uses == [TimeUse.MOVED_FROM, TimeUse.STANDS]


def test_the_date_of_an_application_is_no_old_time() -> None:
    uses = [found.use for found in find("Auf Ihre Bewerbung vom 3. März laden wir Sie für den 20. März um 10 Uhr ein.")]
    assert TimeUse.MOVED_FROM not in uses


def test_a_slot_is_picked_by_its_place() -> None:
    assert find("Der zweite Termin passt mir.")[0].ordinal == 2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Wir melden uns bis Freitag bei Ihnen.", date(2026, 3, 13)),
        ("Sie hören Anfang nächster Woche von uns.", date(2026, 3, 17)),
        ("Mitte nächster Woche wissen wir mehr.", date(2026, 3, 18)),
        ("Sie erhalten bis Ende nächster Woche Bescheid.", date(2026, 3, 20)),
        ("Sie erhalten in den nächsten 14 Tagen Nachricht.", date(2026, 3, 25)),
        ("Wir melden uns innerhalb von zwei Wochen.", date(2026, 3, 25)),
        ("Wir melden uns in zwei bis drei Wochen.", date(2026, 4, 1)),
        ("Sie erhalten innert zehn Tagen eine Antwort.", date(2026, 3, 21)),
        ("Innerhalb von fünf Werktagen bekommst du Feedback.", date(2026, 3, 18)),
        ("Wir geben Ihnen bis KW 13 Bescheid.", date(2026, 3, 27)),
        ("Nach Ostern melde ich mich.", date(2026, 4, 7)),
        ("Die Entscheidung fällt bis Monatsende.", date(2026, 3, 31)),
        ("Wir entscheiden bis Mitte April.", date(2026, 4, 15)),
        ("Bescheid bekommst du in der ersten Aprilwoche.", date(2026, 4, 3)),
        ("Am Donnerstag tagt die Kommission, danach melde ich mich.", date(2026, 3, 13)),
    ],
)
def test_a_promise_names_a_day(text: str, day: date) -> None:
    found = days.named_day(text, SENT, ME, GERMAN)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    "text",
    [
        "Wir melden uns in Kürze.",
        "Wir melden uns zeitnah bei Ihnen.",
        "Wir rufen Sie in den nächsten Tagen an.",
        "Bitte geben Sie uns bis Freitag Bescheid.",
        "Die Bewerbungsfrist endet am 30. März.",
        "Wir freuen uns auf das Gespräch am Freitag um 10 Uhr.",
    ],
)
def test_vague_words_demands_and_talks_name_no_day(text: str) -> None:
    assert days.named_day(text, SENT, ME, GERMAN) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ich bin bis zum 20. März nicht im Büro.", date(2026, 3, 23)),
        ("Ab dem 16. März bin ich wieder erreichbar.", date(2026, 3, 16)),
        ("Am 23.3. bin ich wieder im Büro.", date(2026, 3, 23)),
    ],
)
def test_an_absence_names_the_day_of_return(text: str, day: date) -> None:
    assert days.return_day(text, SENT, ME, GERMAN) == day


def test_what_takes_place_is_not_moved() -> None:
    (found,) = find("Das Interview findet statt am Donnerstag, 19. März, 14.00 Uhr, per Zoom.")
    assert found.use is TimeUse.STANDS
    uses = [each.use for each in find("Wir sehen uns statt am Donnerstag, 19. März, 14 Uhr, am Freitag um 9 Uhr.")]
    assert uses == [TimeUse.MOVED_FROM, TimeUse.STANDS]
