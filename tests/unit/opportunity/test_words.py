"""Whom a word of the user's is about, and when it counts."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.hiring import ZONE, at, folded, joined, mine, they
from watcher.opportunity.model import Group, Stage, Word
from watcher.opportunity.words import moment, sort_out
from watcher.reading.model import Act, Says

FIRST = Group((they("m1", "03-02 15:00", Says.OUTREACH), mine("m2", "03-03 09:00", Act.INTERESTED)))
SECOND = Group((they("m3", "03-04 15:00", Says.OUTREACH, role="Office Manager"),))
IDS = ("first", "second")


def word(verb: str, *anchors: str, value: str = "", said: str = "03-10 09:00", **extra: str) -> Word:
    return Word(verb, value, at(said), anchors, extra)


def owners(said: Word, aliases: dict[str, frozenset[str]] | None = None) -> list[str]:
    return [name for name, words in sort_out([said], [FIRST, SECOND], IDS, aliases or {}).items() if words]


def test_a_word_belongs_to_the_opportunity_it_names_wherever_its_messages_went() -> None:
    assert owners(word("mute", "second", "<m1@acme.example>", "<m2@example.net>")) == ["second"]


def test_a_word_about_an_alias_belongs_to_what_it_leads_to() -> None:
    assert owners(word("mute", "older"), {"first": frozenset({"older"})}) == ["first"]


def test_where_the_id_is_lost_the_messages_tell() -> None:
    said = word("mute", "gone", "<m1@acme.example>", "<m2@example.net>", "<m3@acme.example>")
    assert owners(said) == ["first"]
    assert owners(word("mute", "gone")) == []


def test_a_word_about_messages_belongs_wherever_they_are() -> None:
    assert owners(word("join", "<m1@acme.example>", "<m3@acme.example>")) == ["first", "second"]
    assert owners(word("pause")) == []


def test_a_word_counts_from_when_it_was_said_but_before_mail_that_was_not_known() -> None:
    entries = FIRST.entries
    known = word("stage", "first", "<m1@acme.example>", "<m2@example.net>")
    assert moment(known, entries, ZONE) == at("03-10 09:00")
    partly = word("stage", "first", "<m1@acme.example>")
    assert at("03-02 15:00") < moment(partly, entries, ZONE) < at("03-03 09:00")


def test_what_was_heard_counts_from_when_it_was_and_never_from_later_than_it_was_said() -> None:
    assert moment(word("heard", "first", value="2026-03-05T12:00:00-05:00"), FIRST.entries, ZONE) == at("03-05 12:00")
    assert moment(word("heard", "first", value="2026-04-05T12:00:00-04:00"), FIRST.entries, ZONE) == at("03-10 09:00")


@given(st.integers(0, 60), st.integers(0, 60))
def test_newer_mail_moves_a_corrected_stage_on_whatever_the_clocks_say(said: int, came: int) -> None:
    """The word may be dated long after the mail that came after it."""
    told = Word("stage", "on_hold", at("03-04 09:00") + timedelta(days=said), ("<m1@acme.example>",))
    offer = they("m2", (at("03-05 09:00") + timedelta(days=came)).strftime("%m-%d %H:%M"), Says.OFFER)
    entries = (they("m1", "03-02 15:00", Says.UPDATE), offer)
    assert folded(*entries, now="07-01 09:00", words=(told,)).stage is Stage.OFFER


def test_a_split_takes_the_answers_along() -> None:
    first = they("m1", "03-02 15:00", Says.OUTREACH)
    other = they("m2", "03-03 15:00", Says.OUTREACH, reply_to="<m1@acme.example>")
    answer = mine("m3", "03-04 15:00", Act.INTERESTED, reply_to="<m2@acme.example>")
    apart = word("split", "<m2@acme.example>")
    assert sorted(map(sorted, joined(first, other, answer, words=(apart,)))) == [["m1"], ["m2", "m3"]]


def test_the_users_word_settles_a_doubt_about_what_belongs_together() -> None:
    said = word("says", "<m1@acme.example>", value="offer")
    doubted = they("m1", "03-02 15:00", Says.UPDATE, suspicious="DMARC failed", confidence=0.2, hiring=0.1)
    result = folded(doubted, now="03-03 09:00", words=(said,))
    assert (result.stage, result.suspicious, result.confidence) == (Stage.OFFER, "", 1.0)
