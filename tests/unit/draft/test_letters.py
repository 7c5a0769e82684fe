"""Every letter, rendered from fixed facts, against the rules of a welcome follow-up."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, product

import pytest

from tests.support.letters import LETTERS, NOW, SETTINGS, case, pack, without_names
from watcher.draft import compose
from watcher.draft.model import Draft, LetterSettings
from watcher.followup.model import Kind

PACK = pack()
ALL = [
    (kind, attempt, formal, promised)
    for (kind, attempt), formal, promised in product(LETTERS, (False, True), (False, True))
]
AGES = (
    r"\b(today|yesterday|tomorrow|tonight|recently|just|ago|(?:this|last|next) (?:week|month|morning|afternoon|friday|monday)"
    r"|good (?:morning|afternoon|evening)|weekend)\b"
)
BLAME = r"\b(promised|still|haven't heard|not heard|no reply|no answer|overdue|as discussed|per my last|again|second e-?mail|waiting)\b"
FILLER = (
    r"\b(thrilled|passionate|delve|touch base|circle back|reach(?:ing)? out|hope this finds|checking in|following up|follow up|quick question"
    r"|excited|perfect fit|ideal candidate|Sir|Madam|Hiring Manager)\b"
)
THANK_YOU_SILENT_ON = (
    r"\b(salary|decision|decide|offers?|time ?line|sorry|apolog\w*|other (?:companies|roles)|best candidate|when)\b"
)
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
    settings: LetterSettings = SETTINGS,
    *,
    bare: bool = False,
    notes: tuple[str, ...] = (),
) -> Draft:
    opportunity, decision, answered = case(kind, attempt, formal=formal, promised=promised)
    opportunity = replace(without_names(opportunity) if bare else opportunity, notes=notes)
    return compose(opportunity, decision, answered, settings, PACK, NOW)


def users(count: int) -> list[LetterSettings]:
    return [replace(SETTINGS, addresses=(f"user{number}@example.net",)) for number in range(count)]


def body(draft: Draft) -> list[str]:
    """The paragraphs between greeting and closing."""
    return draft.text.split("\n\n")[1:-1]


def sentences(draft: Draft) -> list[str]:
    return [s for part in body(draft) for s in re.split(r"(?<=[.?!]) ", part)]


@pytest.mark.parametrize(("kind", "attempt", "formal", "promised"), ALL)
def test_every_letter_of_every_user_keeps_the_rules(kind: Kind, attempt: int, formal: bool, promised: bool) -> None:
    for settings, bare, notes in product(users(6), (False, True), ((), ("the new depot",))):
        for chosen in (settings, replace(settings, highlights=())):
            draft = letter(kind, attempt, formal, promised, chosen, bare=bare, notes=notes)
            text, paragraphs = "\n\n".join(body(draft)), body(draft)
            least, most = WORDS.get(kind, (30, 80)) if attempt == 1 else (30, 80)
            assert least <= len(text.split()) <= most, (len(text.split()), text)
            assert len(paragraphs) <= 3
            assert not re.search(AGES, text, re.IGNORECASE), text
            assert not re.search(BLAME, text, re.IGNORECASE), text
            assert not re.search(FILLER, text, re.IGNORECASE), text
            assert text.count("?") == (0 if kind is Kind.THANK_YOU else 1), text
            assert kind is Kind.THANK_YOU or "?" in paragraphs[-1]
            assert "!" not in text
            assert not re.search(r"[—–•*\[\]{}<>]| - |https?:|  ", text), text
            assert not re.search(r"\b(a|an|the|about|for|of) ?[.,]|\bNone\b| ,|\.\.", text), text
            if not bare:
                assert "Backend Engineer" in text[:200]
            if kind is Kind.THANK_YOU:
                assert not re.search(THANK_YOU_SILENT_ON, text, re.IGNORECASE), text


@pytest.mark.parametrize("kind", [kind for kind, attempt in LETTERS if attempt == 2])
def test_a_second_attempt_shares_no_sentence_with_the_first_and_gives_a_way_out(kind: Kind) -> None:
    for settings in users(15):
        first = letter(kind, 1, False, False, settings)
        second = letter(kind, 2, False, False, settings)
        assert not set(sentences(first)) & set(sentences(second))
        assert "a line is enough" in second.text


@pytest.mark.parametrize(("kind", "attempt"), LETTERS)
def test_of_many_users_letters_under_a_tenth_of_the_pairs_share_their_opening(kind: Kind, attempt: int) -> None:
    openings = [sentences(letter(kind, attempt, False, False, settings))[0] for settings in users(300)]
    same = sum(a == b for a, b in combinations(openings, 2))
    assert same / (300 * 299 / 2) < 0.1


def test_a_named_day_is_a_plan_and_stands_in_the_letter() -> None:
    assert "You mentioned Friday, 20 March" in letter(Kind.AFTER_INTERVIEW, 1, False, True).text


def test_a_note_takes_the_place_of_a_highlight() -> None:
    draft = letter(Kind.THANK_YOU, 1, False, False, notes=("the move to the new depot",))
    assert (
        "hearing about the move to the new depot." in draft.text
        or "glad to hear about the move to the new depot." in draft.text
    )
    assert "payment systems" not in draft.text
    assert draft.highlights == ("the move to the new depot",)


def test_a_highlight_used_before_is_not_used_twice() -> None:
    opportunity, decision, answered = case(Kind.AFTER_INTERVIEW, 1)
    draft = compose(opportunity, decision, answered, SETTINGS, PACK, NOW, used=("payment systems under load",))
    assert "mentoring junior engineers" in draft.text


def test_the_others_of_a_panel_are_thanked_by_name() -> None:
    assert "Kofi Danquah" in letter(Kind.THANK_YOU, 1, False, False).text


def test_the_greeting_follows_how_they_write() -> None:
    assert letter(Kind.THANK_YOU, 1, True, False).text.startswith("Dear Ms Reyes,\n\n")
    assert letter(Kind.THANK_YOU, 1, False, False).text.startswith("Hi Dana,\n\n")
    assert letter(Kind.THANK_YOU, 1, False, False, bare=True).text.startswith("Hello,\n\n")


def test_the_letter_closes_as_the_user_signs_to_them() -> None:
    assert letter(Kind.AFTER_REPLY, 1, True, False).text.endswith("\nAlex")


def test_a_letter_is_the_same_each_time_it_is_composed() -> None:
    assert letter(Kind.AFTER_HOLD, 1, False, False).data == letter(Kind.AFTER_HOLD, 1, False, False).data
