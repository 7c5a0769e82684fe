"""The user's own templates: which letter each stands for, and where it is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.letters import NOW, SETTINGS, case, pack
from watcher.draft import compose
from watcher.draft.templates import faults, letters_for
from watcher.errors import KnowledgeError
from watcher.followup.model import Kind

PACKS = {"en": pack("en"), "de": pack("de")}

FAULTY = {
    "Hello {{ the_rol }} there": (1, 10),
    "Hi\n  {% if note %}x": (2, 16),
    "Hi {{ note | nofilter }}": (1, 14),
    "a\nb {{ one_of( }} c": (2, 14),
    "ab {% endif %}": (1, 7),
    "x {{ 'abc }}": (1, 6),
    "a\n\n {{ note.foo }}": (3, 10),
    "line\r\nx {{ a b }}": (2, 8),
    "{{ the_role }} {% bogus %}": (1, 19),
    "x\n  {{ one_of() }}": (2, 3),
    "x\n  {{ 1 / 0 }}": (2, 3),
    "x {{ ''.__class__ }}": (1, 3),
    "x {% include 'y' %}": (1, 3),
    "": (1, 1),
}


@pytest.mark.parametrize(("source", "place"), FAULTY.items())
def test_a_faulty_template_is_found_with_line_and_column(source: str, place: tuple[int, int]) -> None:
    (fault,) = faults({"thank_you_1.j2": source}, PACKS)
    assert (fault.file, fault.line, fault.column) == ("thank_you_1.j2", *place)
    assert str(fault).startswith(f"thank_you_1.j2:{place[0]}:{place[1]}: ")
    assert "until then ours is used" in str(fault)


@pytest.mark.parametrize(("source", "place"), FAULTY.items())
def test_a_faulty_template_raises_nothing_but_its_fault(source: str, place: tuple[int, int]) -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    with pytest.raises(KnowledgeError) as raised:
        compose(
            opportunity, decision, answered, replace(SETTINGS, overrides={"thank_you_1.j2": source}), PACKS["en"], NOW
        )
    assert raised.value.problems[0].line == place[0]


def test_a_template_that_asks_for_a_fact_only_in_some_letters_is_found_all_the_same() -> None:
    (fault,) = faults({"thank_you_1.j2": "{% if note %}x{% else %}{{ nought }}{% endif %}"}, PACKS)
    assert (fault.line, fault.column) == (1, 28)


def test_a_template_of_no_letter_is_named_with_those_there_are() -> None:
    (fault,) = faults({"thankyou.j2": "Thanks"}, PACKS)
    assert "is the name of no letter" in fault.message
    assert "thank_you_1.j2" in fault.remedy


def test_our_own_templates_have_no_faults() -> None:
    ours = {
        name if language == "en" else name.replace(".j2", f".{language}.j2"): source
        for language, each in PACKS.items()
        for name, source in each.letters.items()
    }
    assert faults(ours, PACKS) == []


def test_a_template_of_the_users_stands_for_one_letter_of_one_language() -> None:
    own = {"thank_you_1.j2": "English", "after_hold_1.de.j2": "Deutsch"}
    assert letters_for(PACKS["en"], own)["thank_you_1.j2"] == "English"
    assert letters_for(PACKS["en"], own)["after_hold_1.j2"] == PACKS["en"].letters["after_hold_1.j2"]
    assert letters_for(PACKS["de"], own)["after_hold_1.j2"] == "Deutsch"
    assert letters_for(PACKS["de"], own)["thank_you_1.j2"] == PACKS["de"].letters["thank_you_1.j2"]


def test_the_users_own_words_stand_in_the_letter() -> None:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    settings = replace(SETTINGS, overrides={"thank_you_1.j2": "It was good to talk about {{ the_role }}."})
    text = compose(opportunity, decision, answered, settings, PACKS["en"], NOW).text
    assert text.split("\n\n")[1] == "It was good to talk about the Backend Engineer role at Acme."
