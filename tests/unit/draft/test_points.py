"""Whatever a user types as a note or a highlight comes out as words that a letter can hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.letters import pack
from watcher.draft import points
from watcher.draft.points import Shape

GRAMMAR: dict[str, Any] = dict(pack().tables["points"])

PHRASES = {
    "the move to the new depot": "the move to the new depot",
    "move to the new depot": "the move to the new depot",
    "The move to the new depot.": "the move to the new depot",
    "moving to the new depot": "moving to the new depot",
    "How you test releases": "how you test releases",
    "We talked about their new warehouse system": "your new warehouse system",
    "we talked about how they test": "how you test",
    "mention the school garden": "the school garden",
    "hearing about the pilot in Leeds!": "the pilot in Leeds",
    "depot move, night shifts": "the depot move and night shifts",
    "- the green roof\n- the bees": "the green roof and the bees",
    "your expansion plans for the spring": "your expansion plans for the spring",
    "the fact that nobody is on call alone": "the fact that nobody is on call alone",
    "how many people would I work with?": 'the question "how many people would I work with"',
    "the team \u2014 small but kind": "the team, small but kind",
    '"the green roof"': "the green roof",
    "Dana's point about testing": "Dana's point about testing",
    "Kubernetes migration": "Kubernetes migration",
    "onboarding": "onboarding",
    "\U0001f600 the dog in the office": "the dog in the office",
}
CLAUSES = {
    "They are moving to a new depot in May.": "you are moving to a new depot in May",
    "you are opening a second site": "you are opening a second site",
    "that you are opening a second site": "you are opening a second site",
    "the team is moving in May": "the team is moving in May",
    "The team plans to open a second site.": "the team plans to open a second site",
    "There is a school choir.": "there is a school choir",
    "She said the team doubles in May": "the team doubles in May",
    "say that the new rota sounds fair": "the new rota sounds fair",
}
SENTENCES = {
    "I passed my exam in March": "I passed my exam in March.",
    "i can start earlier than I said": "I can start earlier than I said.",
    "loved the workshop": "I loved the workshop.",
    "finished my first-aid course": "I finished my first-aid course.",
    "Mention that I have the licence now": "I have the licence now.",
    "tell Dana I finished the course": "I finished the course.",
    "My notice period is shorter now": "My notice period is shorter now.",
    "certified in first aid": "I am certified in first aid.",
    "The ward is getting new beds. I would like to help with that.": (
        "I have kept in mind that the ward is getting new beds. I would like to help with that."
    ),
}
HIGHLIGHT_PHRASES = {
    "payment systems under load": "payment systems under load",
    "Mentoring junior engineers.": "mentoring junior engineers",
    "experience with SAP": "SAP",
    "my experience in palliative care": "palliative care",
    "Experience leading teams": "leading teams",
    "built environment": "built environment",
    "distributed systems": "distributed systems",
    "SAP": "SAP",
    "Python and SQL": "Python and SQL",
}
HIGHLIGHT_SENTENCES = {
    "Led a team of six": "I led a team of six.",
    "I led a team of six": "I led a team of six.",
    "reduced costs by 20%": "I reduced costs by 20%.",
    "trained 40 nurses": "I trained 40 nurses.",
    "fluent in Spanish": "I am fluent in Spanish.",
    "AWS certified": "I am AWS certified.",
    "ten years in retail": "I have ten years in retail.",
    "A clean driving licence": "I have a clean driving licence.",
    "an HGV licence": "I have an HGV licence.",
}


@pytest.mark.parametrize(("written", "said"), PHRASES.items())
def test_a_note_that_names_something_completes_a_sentence(written: str, said: str) -> None:
    assert points.note(written, GRAMMAR) == points.Point(Shape.PHRASE, said)


@pytest.mark.parametrize(("written", "said"), CLAUSES.items())
def test_a_note_in_which_somebody_does_something_follows_that(written: str, said: str) -> None:
    assert points.note(written, GRAMMAR) == points.Point(Shape.CLAUSE, said)


@pytest.mark.parametrize(("written", "said"), SENTENCES.items())
def test_a_note_of_what_the_user_does_stands_by_itself(written: str, said: str) -> None:
    assert points.note(written, GRAMMAR) == points.Point(Shape.SENTENCE, said)


@pytest.mark.parametrize(("written", "said"), HIGHLIGHT_PHRASES.items())
def test_a_highlight_completes_my_experience_with(written: str, said: str) -> None:
    assert points.highlight(written, GRAMMAR) == points.Point(Shape.PHRASE, said)


@pytest.mark.parametrize(("written", "said"), HIGHLIGHT_SENTENCES.items())
def test_a_highlight_that_is_no_experience_becomes_a_sentence(written: str, said: str) -> None:
    assert points.highlight(written, GRAMMAR) == points.Point(Shape.SENTENCE, said)


@pytest.mark.parametrize("empty", ["", "  ", "!!!", "\n-\n", "..."])
def test_nothing_typed_is_no_point(empty: str) -> None:
    assert points.note(empty, GRAMMAR) == points.NOTHING
    assert points.highlight(empty, GRAMMAR) == points.NOTHING


def test_a_long_note_ends_with_a_whole_sentence() -> None:
    told = points.note("I like the plan for the yard. " * 20, GRAMMAR).text
    assert len(told.split()) <= points.MOST_WORDS
    assert told.endswith("yard.")


def test_a_language_without_rules_for_notes_takes_them_as_they_are() -> None:
    assert points.note("der neue Standort.", None) == points.Point(Shape.PHRASE, "der neue Standort")


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(["they", "the", "I", "that", "how", "plans", "is", "led", "a", ".", ",", "!", "\n", "-"]),
            max_size=20,
        ).map(" ".join),
    )
)
def test_any_text_is_one_line_that_ends_at_most_once(written: str) -> None:
    for point in (points.note(written, GRAMMAR), points.highlight(written, GRAMMAR)):
        assert "\n" not in point.text
        assert "!" not in point.text
        assert not re.search(r"\.\.", point.text)
        assert point.text.endswith(".") == (point.shape is Shape.SENTENCE) or point.shape is Shape.NONE
        assert bool(point.text) == (point.shape is not Shape.NONE)
