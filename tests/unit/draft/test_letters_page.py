"""docs/letters.md: a letter of every kind, attempt, register and language, made here from fixed facts for people to read.

`make letters` (or WATCHER_WRITE_LETTERS=1) writes the page anew; without it, a page that differs is a failure.
"""

from __future__ import annotations

import os
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from tests.support.letters import DANA, LETTERS, ME, NOW, SETTINGS, case, message, pack, statement
from watcher.draft import compose
from watcher.draft.repeats import Earlier
from watcher.followup.model import Kind
from watcher.message.model import Message
from watcher.opportunity.model import Opportunity
from watcher.reading.model import Person

PAGE = Path(__file__).parents[3] / "docs" / "letters.md"
NAMES = {"en": "English", "de": "German"}
SPEAKING: dict[str, Any] = {
    "en": {
        "formal": "Dear Mr Morgan,\n\nThank you for your interest.\n\nYours sincerely,\nDana Reyes",
        "warm": "Hi Alex,\n\nthanks, that's great!\n\nDana",
        "role": "Backend Engineer",
        "highlights": ("payment systems under load", "mentoring junior engineers"),
        "note": "the move to the new depot",
    },
    "de": {
        "formal": "Sehr geehrter Herr Morgan,\n\nvielen Dank für Ihr Interesse.\n\nMit freundlichen Grüßen\nDana Reyes",
        "warm": "Hallo Alex,\n\nschön, dass du da warst!\n\nLiebe Grüße\nDana",
        "role": "Softwareentwicklerin",
        "highlights": ("Zahlungssysteme unter Last", "die Ausbildung von Berufsanfängern"),
        "note": "der Umzug an den neuen Standort",
    },
}
HEAD = """# Letters

A letter of every kind, attempt, register and language, as watcher would put it into Drafts; below each the answered
mail would be quoted. This page is made by `make letters` from fixed facts: Alex Morgan (alex.morgan@example.net), Dana
Reyes at Acme, an interview on 17 March with Kofi Danquah beside her. A test fails when the page and the letters differ.

Each sentence has several wordings. Which of them a letter has depends on the opportunity and the attempt, so that
nobody gets the same sentence twice; the same letter, composed once more, is the same.
"""


def languages() -> list[str]:
    folders = [
        entry.name for entry in resources.files("watcher.knowledge").iterdir() if entry.joinpath("letters").is_dir()
    ]
    return sorted(folders, key=lambda name: (name != "en", name))


def facts(language: str, kind: Kind, attempt: int, register: str) -> tuple[Opportunity, Message]:
    words = SPEAKING[language]
    opportunity, _, answered = case(kind, attempt)
    theirs, mine = opportunity.statements
    answered = message(DANA, ME, answered.header.date, words[register])
    opportunity = replace(
        opportunity,
        id=f"acme-{kind.value}-{attempt}-{register}",
        role=words["role"],
        language=language,
        contact=Person("Dana Reyes", DANA.address, "Dana"),
        statements=(statement(answered, theirs.says), mine),
    )
    return opportunity, answered


def letter(
    language: str, kind: Kind, attempt: int, register: str, *, note: bool = False, promised: bool = False
) -> str:
    opportunity, answered = facts(language, kind, attempt, register)
    _, decision, _ = case(kind, attempt, promised=promised)
    if note:
        opportunity = replace(opportunity, notes=(SPEAKING[language]["note"],))
    promise = case(kind, attempt, promised=True)[0].promised_by if promised else None
    opportunity = replace(opportunity, promised_by=promise)
    highlights = SPEAKING[language]["highlights"]
    settings = replace(SETTINGS, highlights=highlights)
    used = highlights[: attempt - 1]
    draft = compose(opportunity, decision, answered, settings, pack(language), NOW, Earlier(points=used))
    return f"```text\nTo: {draft.to.name} <{draft.to.address}>\nSubject: {draft.subject}\n\n{draft.text}\n```\n"


def page() -> str:
    parts = [HEAD]
    for language in languages():
        parts.append(f"## {NAMES.get(language, language)}\n")
        for kind, attempt in LETTERS:
            for register in ("formal", "warm"):
                title = f"### {kind.value}, attempt {attempt}, {register}"
                parts.append(f"{title}\n\n{letter(language, kind, attempt, register)}")
        for register in ("formal", "warm"):
            for kind in (Kind.THANK_YOU, Kind.AFTER_HOLD):
                parts.append(
                    f"### {kind.value}, {register}, with a note\n\n{letter(language, kind, 1, register, note=True)}"
                )
            for kind in (Kind.AFTER_INTERVIEW, Kind.AFTER_ASSESSMENT, Kind.AFTER_REPLY):
                parts.append(
                    f"### {kind.value}, {register}, after a day they named\n\n{letter(language, kind, 1, register, promised=True)}"
                )
    return "\n".join(parts)


def test_the_page_shows_the_letters_as_they_are() -> None:
    made = page()
    if os.environ.get("WATCHER_WRITE_LETTERS"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "The letters have changed: run `make letters` and read the page."


def test_the_page_has_every_kind_attempt_register_and_language() -> None:
    made = page()
    for language in languages():
        assert f"## {NAMES.get(language, language)}\n" in made
    for kind, attempt in LETTERS:
        for register in ("formal", "warm"):
            assert made.count(f"### {kind.value}, attempt {attempt}, {register}\n") == len(languages())
