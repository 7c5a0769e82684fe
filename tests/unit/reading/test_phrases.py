"""The phrase engine: which rules are tried, where they may match, and what rules them out."""

import time

import pytest

from watcher.knowledge.loader import load
from watcher.knowledge.model import Pack, PhraseRule
from watcher.knowledge.patterns import fault, fill_slots
from watcher.reading.model import Speaker
from watcher.reading.phrases import Phrasebook

GRAMMAR = load().english.tables["grammar"]


def book(**fields: object) -> Phrasebook:
    given: dict[str, object] = {"id": "r", "signal": "rejection", "strength": "certain", "any": ("has been filled",)}
    rule = PhraseRule(**(given | fields))  # type: ignore[arg-type]
    return Phrasebook.of(Pack("en", (rule,), {"grammar": GRAMMAR}))


def words(found: Phrasebook, text: str, subject: str = "", speaker: Speaker = Speaker.HUMAN) -> list[str]:
    return [hit.words for hit in found.hits(subject, found.sentences(text), speaker)]


def test_evidence_is_the_words_as_written() -> None:
    assert words(book(), "The Post HAS been\nfilled.") == ["HAS been filled"]


def test_curly_quotes_and_odd_spaces_match_plain_patterns() -> None:
    assert words(book(any=("we've appointed",)), "Well, we’ve\u00a0appointed.") == ["we’ve appointed"]
    assert words(book(any=("we've appointed",)), "we’ve appointed") == ["we’ve appointed"]


def test_a_supposed_match_does_not_count_where_the_rule_says_so() -> None:
    rules = book(unless=("@conditional",))
    assert words(rules, "If the post has been filled, we will say so.") == []
    assert words(rules, "The post has been filled.") == ["has been filled"]


def test_a_denied_or_asked_match_does_not_count_where_the_rule_says_so() -> None:
    assert words(book(any=("decided",), unless=("@negated",)), "We have not yet decided.") == []
    assert words(book(unless=("@question",)), "Do you know whether the post has been filled?") == []


def test_the_users_own_words_are_not_theirs() -> None:
    assert words(book(), "The post has been filled.", speaker=Speaker.ME) == []
    assert words(book(speaker="me"), "The post has been filled.", speaker=Speaker.ME) == ["has been filled"]


def test_a_subject_rule_reads_the_subject_alone() -> None:
    assert words(book(where="subject"), "It has been filled.") == []
    assert words(book(where="subject"), "Hello", "Post has been filled") == ["has been filled"]


def test_a_rule_speaks_once() -> None:
    assert len(words(book(), "It has been filled. It has been filled.")) == 1


def test_slots_become_groups() -> None:
    assert fill_slots(["a", "b{c}"], {"c": "(?:x|y)"}) == "(?:a|b(?:x|y))"


@pytest.mark.parametrize("pattern", ["(a+)+b", "(?:x|y)*z", r"(a)\1", "(unclosed"])
def test_dangerous_patterns_are_named(pattern: str) -> None:
    assert fault(pattern)


def test_no_shipped_rule_is_slow_on_hostile_text() -> None:
    rules = Phrasebook.of(load().english)
    hostile = [
        "we have not been able to be able to be able to " * 25,
        "the interview is is is on monday at 10 or tuesday at 11 " * 20,
        "position role job post application your you " * 25,
        "a" * 1200,
        "would could can will " * 60 + "?",
    ]
    for text in hostile:
        started = time.process_time()
        for speaker in Speaker:
            rules.hits(text[:300], rules.sentences(text), speaker)
        assert time.process_time() - started < 3.0, text[:40]
