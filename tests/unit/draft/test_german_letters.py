"""Every German letter, rendered from fixed facts, against the rules of a welcome follow-up."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, product

import pytest

from tests.support.letters import DANA, LETTERS, ME, NOW, SETTINGS, case, message, pack, without_names
from watcher.draft import compose
from watcher.draft.model import Draft, LetterSettings
from watcher.followup.model import Kind
from watcher.reading.model import Person

PACK = pack("de")
ME_FORMAL = replace(SETTINGS, highlights=("Umgang mit Stammkunden", "Schichtplanung"))
FORMAL = "Sehr geehrter Herr Morgan,\n\nvielen Dank, Sie hören von uns.\n\nMit freundlichen Grüßen\nDana Reyes"
WARM = "Hallo Alex,\n\ndanke, dass du da warst!\n\nDana"
ALL = [
    (kind, attempt, formal, promised)
    for (kind, attempt), formal, promised in product(LETTERS, (False, True), (False, True))
]
AGES = r"\b(heute|gestern|morgen|übermorgen|neulich|kürzlich|vor kurzem|soeben|letzte woche|nächste woche|diese woche|wochenende|vor \w+ tagen)\b"
BLAME = r"\b(versprochen|immer noch|noch nichts|nicht gehört|keine antwort|überfällig|wie besprochen|erneut|nochmals|noch einmal|warte auf)\b"
FILLER = (
    r"\b(leidenschaft\w*|brenne|perfekt\w*|nachhaken|nachfassen|kurz melden|kurze frage|Damen und Herren|begeistert)\b"
)
THANK_YOU_SILENT_ON = r"\b(gehalt|entscheidung|angebot\w*|zeitplan|entschuldig\w*|wann)\b"
WORDS = {
    Kind.THANK_YOU: (50, 110),
    Kind.AFTER_INTERVIEW: (60, 120),
    Kind.AFTER_ASSESSMENT: (60, 120),
    Kind.AFTER_APPLICATION: (60, 120),
}


def letter(
    kind: Kind,
    attempt: int,
    formal: bool,
    promised: bool,
    settings: LetterSettings = ME_FORMAL,
    *,
    bare: bool = False,
    notes: tuple[str, ...] = (),
    name: str = "",
) -> Draft:
    opportunity, decision, _ = case(kind, attempt, formal=formal, promised=promised)
    opportunity = replace(without_names(opportunity) if bare else opportunity, notes=notes)
    if name:
        opportunity = replace(opportunity, contact=Person(name, DANA.address, name))
    return compose(opportunity, decision, message(DANA, ME, NOW, FORMAL if formal else WARM), settings, PACK, NOW)


def users(count: int) -> list[LetterSettings]:
    return [replace(ME_FORMAL, addresses=(f"user{number}@example.net",)) for number in range(count)]


def body(draft: Draft) -> list[str]:
    return draft.text.split("\n\n")[1:-1]


def sentences(draft: Draft) -> list[str]:
    return [s for part in body(draft) for s in re.split(r"(?<=[.?!])(?<!\d\.) ", part)]


@pytest.mark.parametrize(("kind", "attempt", "formal", "promised"), ALL)
def test_every_letter_of_every_user_keeps_the_rules(kind: Kind, attempt: int, formal: bool, promised: bool) -> None:
    for settings, bare, notes in product(users(20), (False, True), ((), ("der neue Betriebshof",))):
        for chosen in (settings, replace(settings, highlights=())):
            draft = letter(kind, attempt, formal, promised, chosen, bare=bare, notes=notes)
            text, paragraphs = "\n\n".join(body(draft)), body(draft)
            least, most = WORDS.get(kind, (30, 80)) if attempt == 1 else (30, 80)
            assert least <= len(text.split()) <= most, (len(text.split()), text)
            assert len(paragraphs) <= 3
            for wrong in (AGES, BLAME, FILLER):
                assert not re.search(wrong, text, re.IGNORECASE), text
            assert text.count("?") == (0 if kind is Kind.THANK_YOU else 1), text
            assert kind is Kind.THANK_YOU or "?" in paragraphs[-1]
            assert not re.search(r"[!—–•*\[\]{}<>]| - |https?:|  |\bNone\b| ,|\.\.|,,|,\.", text), text
            if not bare:
                assert "Backend Engineer" in text[:200]
            if kind is Kind.THANK_YOU:
                assert not re.search(THANK_YOU_SILENT_ON, text, re.IGNORECASE), text


@pytest.mark.parametrize(("kind", "attempt", "formal", "promised"), ALL)
def test_a_letter_says_sie_or_du_and_never_both(kind: Kind, attempt: int, formal: bool, promised: bool) -> None:
    for settings in users(20):
        text = "\n\n".join(body(letter(kind, attempt, formal, promised, settings, notes=("der Hof",))))
        wrong = r"\b(?:du|dir|dich|dein\w*|euch|eure\w*|ihr)\b" if formal else r"\b(?:Ihnen|Ihre?[nmrs]?|[a-z,] Sie)\b"
        assert not re.search(wrong, text), text


@pytest.mark.parametrize("kind", [kind for kind, attempt in LETTERS if attempt == 2])
def test_a_second_attempt_shares_no_sentence_with_the_first_and_gives_a_way_out(kind: Kind) -> None:
    for settings in users(40):
        first = letter(kind, 1, False, False, settings)
        second = letter(kind, 2, False, False, settings)
        assert not set(sentences(first)) & set(sentences(second))
        assert "genügt mir eine Zeile" in second.text


@pytest.mark.parametrize(("kind", "attempt"), LETTERS)
def test_of_many_users_letters_under_a_tenth_of_the_pairs_share_their_opening(kind: Kind, attempt: int) -> None:
    openings = [sentences(letter(kind, attempt, False, False, settings))[0] for settings in users(300)]
    same = sum(a == b for a, b in combinations(openings, 2))
    assert same / (300 * 299 / 2) < 0.1


def test_days_are_written_as_german_writes_them() -> None:
    text = letter(Kind.AFTER_INTERVIEW, 1, True, True).text
    assert "am Dienstag, dem 17. März," in text
    assert "Freitag, den 20. März, " in text


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Birgit Lüdtke", "Sehr geehrte Frau Lüdtke,"),
        ("Dr. Henrike Lohse", "Sehr geehrte Frau Dr. Lohse,"),
        ("Herr Kessler", "Sehr geehrter Herr Kessler,"),
        ("Karl-Heinz von Arx", "Sehr geehrter Herr von Arx,"),
        ("Kim Okafor", "Guten Tag Kim Okafor,"),
    ],
)
def test_a_formal_letter_greets_by_family_name_where_it_can(name: str, greeting: str) -> None:
    assert letter(Kind.THANK_YOU, 1, True, False, name=name).text.startswith(f"{greeting}\n\n")


def test_who_writes_du_is_answered_with_du() -> None:
    assert letter(Kind.THANK_YOU, 1, False, False).text.startswith("Hallo Dana,\n\n")


def test_nobody_named_is_wished_a_good_day() -> None:
    assert letter(Kind.THANK_YOU, 1, False, False, bare=True).text.startswith("Guten Tag,\n\n")


def test_the_letters_wait_for_a_native_reader() -> None:
    assert PACK.tables["letter"]["checked"] is False
