"""Every letter, rendered from fixed facts, against the rules of a welcome follow-up."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, product

import pytest

from tests.support.letters import LETTERS, NOW, SETTINGS, case, pack, without_names
from watcher.draft import compose
from watcher.draft.model import Draft, LetterSettings
from watcher.draft.repeats import Earlier
from watcher.followup.model import Kind
from watcher.reading.model import Claim, Evidence

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
    draft = compose(
        opportunity, decision, answered, SETTINGS, PACK, NOW, earlier=Earlier(points=("payment systems under load",))
    )
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


# --- rules over everything that the letters can say ---

PREPOSITION_TWICE = r"\babout (?:[\w,]+ ){0,9}about (?:the|a|our)\b"
ONE_REGION = (
    r"\b(?:\w{3,}(?:ised|ising|isation|ized|izing|ization)|colour|favour\w*|honour\w*|whilst|diary|fortnight|cv|resume|résumé|gotten|reach out|vacation|holiday|cheque"
    r"|programme|post|organi[sz]\w*|apologi[sz]e)\b"
)
NO_PLACEHOLDER = r"\b(?:name|company|role title|insert|todo|xxx|nan|none|undefined|null)\b(?! )|[\[\]{}<>]"


@pytest.mark.parametrize(("kind", "attempt"), LETTERS)
def test_no_letter_repeats_itself_or_speaks_of_one_region(kind: Kind, attempt: int) -> None:
    for number, (formal, promised, bare) in product(range(25), product((False, True), repeat=3)):
        draft = letter(kind, attempt, formal, promised, users(number + 1)[-1], bare=bare)
        text = "\n\n".join(body(draft))
        said = sentences(draft)
        assert len(said) == len(set(said))
        assert not re.search(PREPOSITION_TWICE, text), text
        assert not re.search(ONE_REGION, text, re.IGNORECASE), text
        assert not re.search(NO_PLACEHOLDER, text.replace("the role", ""), re.IGNORECASE), text
        assert not re.search(r"\b(\w+) \1\b", text), text
        assert draft.text.count("\nAlex") == 1
        assert "Alex" not in text
        assert kind is not Kind.THANK_YOU or attempt == 1
        if formal:
            assert not re.search(r"['\u2019](?:m|ve|d|ll|re|s|t)\b", text), text


def test_no_two_kinds_of_letter_share_a_sentence() -> None:
    seen: dict[str, str] = {}
    for (kind, attempt), formal, settings in product(LETTERS, (False, True), users(30)):
        for sentence in sentences(letter(kind, attempt, formal, False, settings)):
            name = f"{kind.value}_{attempt}"
            assert seen.setdefault(sentence, name) == name, sentence


def test_no_sentence_that_the_user_sent_is_sent_to_them_once_more() -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    theirs, mine = opportunity.statements
    first = compose(opportunity, decision, answered, SETTINGS, PACK, NOW)
    sent = replace(mine, entry=replace(mine.entry, new_text=first.text))
    second = compose(replace(opportunity, statements=(theirs, sent)), decision, answered, SETTINGS, PACK, NOW)
    third = compose(opportunity, decision, answered, SETTINGS, PACK, NOW, earlier=Earlier(texts=(first.text,)))
    for other in (second, third):
        assert not set(sentences(first)[:1]) & set(sentences(other))
        assert len(set(sentences(first)) & set(sentences(other))) <= 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("by Friday", "You mentioned Friday, 20 March for"),
        ("the 20th", "You mentioned Friday, 20 March for"),
        ("by the end of next week", "You mentioned Friday, 20 March for"),
        ("early next week", "You mentioned the week of 16 March for"),
        ("next week", "You mentioned the week of 16 March for"),
        ("in 5 to 7 business days", "You mentioned a date around Friday, 20 March for"),
        ("within two weeks", "You mentioned a date around Friday, 20 March for"),
    ],
)
def test_a_day_is_named_as_exactly_as_they_named_it(words: str, said: str) -> None:
    opportunity, decision, answered = case(Kind.AFTER_INTERVIEW, 1, promised=True)
    opportunity = replace(opportunity, promise_evidence=Evidence("day", words))
    assert said in compose(opportunity, decision, answered, SETTINGS, PACK, NOW).text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Backend Engineer (m/f/d)", "the Backend Engineer role at Acme"),
        ("BACKEND ENGINEER", "the Backend Engineer role at Acme"),
        ("Backend Engineer - Payments", "the Backend Engineer (Payments) role at Acme"),
        ("Backend Engineer REQ-20231", "the Backend Engineer role at Acme"),
        ("the night porter", "the night porter role at Acme"),
        ("Summer Internship", "the Summer Internship at Acme"),
        ("https://acme.example/jobs/7", "the role at Acme"),
        ("12345", "the role at Acme"),
        (None, "the role at Acme"),
    ],
)
def test_a_role_stands_in_a_letter_as_people_say_it(written: str | None, said: str) -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    assert f"{said}." in compose(replace(opportunity, role=written), decision, answered, SETTINGS, PACK, NOW).text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Acme Ltd.", "role at Acme."),
        ("Acme, Inc.", "role at Acme."),
        ("Acme & Sons", "role at Acme & Sons."),
        ("Hey Day!", "role at Hey Day."),
    ],
)
def test_a_firm_stands_in_a_letter_as_people_say_it(written: str, said: str) -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    assert said in compose(replace(opportunity, company=written), decision, answered, SETTINGS, PACK, NOW).text


def test_a_firm_that_was_only_read_out_of_a_domain_is_not_named() -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    theirs, mine = opportunity.statements
    reading = replace(theirs.entry.reading, companies=(Claim("Acme", 0.3, Evidence("company.domain", "acme.example")),))
    guessed = replace(theirs, entry=replace(theirs.entry, reading=reading))
    text = compose(replace(opportunity, statements=(guessed, mine)), decision, answered, SETTINGS, PACK, NOW).text
    assert "Acme" not in text


def test_to_an_agency_client_and_role_are_named() -> None:
    opportunity, decision, answered = case(Kind.AFTER_REPLY, 1)
    text = compose(replace(opportunity, agency="Talent Partners"), decision, answered, SETTINGS, PACK, NOW).text
    assert "the Backend Engineer role with Acme" in text


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (("Danquah, Kofi",), "Kofi Danquah"),
        (("kofi danquah", "Kofi Danquah"), "Kofi Danquah"),
        (("Kofi Danquah", "Ada Obi"), "Kofi Danquah and Ada Obi"),
        (("Kofi Danquah", "Ada Obi", "Li Wei"), "Kofi Danquah, Ada Obi and Li Wei"),
        (("Kofi Danquah", "Ada Obi", "Li Wei", "Sam Low"), "the others on the panel"),
    ],
)
def test_a_panel_is_thanked_by_names_in_reading_order(people: tuple[str, ...], said: str) -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    held = tuple(
        replace(each, people=("Dana Reyes", "Alex Morgan", "kofi@acme.example", *people))
        for each in opportunity.interviews
    )
    text = compose(replace(opportunity, interviews=held), decision, answered, SETTINGS, PACK, NOW).text
    assert re.search(rf"\b(?:to|thank) {said} (?:as well|too)", text), text


@pytest.mark.parametrize("shape", ["the new depot", "you are opening a depot", "I passed my exam"])
@pytest.mark.parametrize(("kind", "attempt"), LETTERS)
def test_a_note_finds_its_place_in_the_next_letter_whatever_that_is(kind: Kind, attempt: int, shape: str) -> None:
    for formal, settings in product((False, True), users(5)):
        draft = letter(kind, attempt, formal, False, settings, notes=(shape,))
        assert shape in draft.text
        assert draft.highlights == (shape,)
