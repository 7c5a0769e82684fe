"""Sentences of mail: where they end, and what they suppose, ask or deny."""

from hypothesis import given
from hypothesis import strategies as st

from watcher.knowledge.loader import load
from watcher.reading.phrases import grammar_of
from watcher.reading.sentences import Sentence, split

GRAMMAR = grammar_of(load().english.tables["grammar"])


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text, GRAMMAR)]


def test_wrapped_lines_are_joined_and_full_stops_split() -> None:
    text = "Thank you for coming all the way to see us on\nThursday. We will write next week.\n"
    assert texts(text) == ["Thank you for coming all the way to see us on Thursday.", "We will write next week."]


def test_a_greeting_and_bullets_stand_alone() -> None:
    assert texts("Dear Ann,\n- two references\n- your passport\n") == [
        "Dear Ann,",
        "- two references",
        "- your passport",
    ]


def test_an_abbreviation_ends_nothing() -> None:
    assert texts("Mr. Shah and Dr. Lund will see you at 9 a.m. on Monday.") == [
        "Mr. Shah and Dr. Lund will see you at 9 a.m. on Monday."
    ]


def test_lower_case_sentences_are_split_too() -> None:
    assert texts("boss wants a driver. sorry mate") == ["boss wants a driver.", "sorry mate"]


def supposes(text: str, words: str) -> bool:
    start = text.lower().index(words)
    return Sentence(text, GRAMMAR).supposes(start, start + len(words))


def test_what_follows_a_condition_is_supposed() -> None:
    assert supposes("Should we decide not to proceed, we will tell you.", "not to proceed")
    assert supposes("If you have not been selected by May, you were unsuccessful.", "unsuccessful")


def test_a_harmless_condition_supposes_nothing() -> None:
    assert not supposes("If you have any questions, note that the post has been filled.", "has been filled")
    assert not supposes("You were not selected; if you would like feedback, call me.", "not selected")


def test_a_semicolon_closes_a_condition() -> None:
    assert not supposes("If you can, come at 9; the post has been filled.", "has been filled")


def test_a_question_is_known_by_mark_or_by_beginning() -> None:
    assert Sentence("Are you free on Monday?", GRAMMAR).asks
    assert Sentence("which day works best for you", GRAMMAR).asks
    assert not Sentence("We are free on Monday.", GRAMMAR).asks


@given(st.text(max_size=400))
def test_folding_keeps_every_length_and_splitting_never_raises(text: str) -> None:
    for sentence in split(text, GRAMMAR):
        assert len(sentence.folded) == len(sentence.text)
