"""When an untouched draft is taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.hiring import DANA, WORKDAYS, at, folded, mine, stands, they
from watcher.draft.model import Placement, PlacementState
from watcher.draft.withdrawal import is_disowned, surplus, why_withdraw
from watcher.followup import decide
from watcher.followup.model import FollowUpSettings, Kind, PastDraft
from watcher.opportunity.model import Opportunity, Word
from watcher.reading.model import Act, Says

INTERVIEW = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
THANKS = mine("m2", "03-12 18:00", Act.THANKED)
MADE = at("03-19 12:00")


def letter(kind: Kind = Kind.AFTER_INTERVIEW, **changes: Any) -> Placement:
    made = Placement(
        message_id="<d1@example.net>",
        account="personal",
        opportunity="acme-backend-engineer",
        kind=kind,
        attempt=1,
        anchor="<m1@acme.example>",
        state=PlacementState.PENDING,
        to=DANA.address,
        subject="Re: Backend Engineer",
        in_reply_to="<m1@acme.example>",
        intended_at=MADE,
        changed_at=MADE,
        answers=("<m1@acme.example>", "<m2@example.net>"),
    )
    return replace(made, **changes)


def why(opportunity: Opportunity, now: str, placement: Placement | None = None, *, hired: bool = False) -> str:
    made = placement or letter()
    past = PastDraft(
        made.opportunity, made.kind, made.attempt, made.anchor, "pending", made.to, made.intended_at, made.answers
    )
    decision = decide(opportunity, at(now), FollowUpSettings(), WORKDAYS, (past,))
    return why_withdraw(made, opportunity, decision, at(now), WORKDAYS, hired=hired)


def silence(now: str, *more: object, words: tuple[Word, ...] = ()) -> Opportunity:
    return folded(INTERVIEW, THANKS, *more, now=now, words=words)  # type: ignore[arg-type]


def said(verb: str, value: str, when: str, **extra: str) -> Word:
    return Word(verb, value, at(when), ("acme-backend-engineer", "<m1@acme.example>", "<m2@example.net>"), extra)


def test_it_stays_while_the_silence_lasts() -> None:
    for now in ("03-19 12:00", "03-20 09:00", "03-27 12:00", "04-02 11:59"):
        assert why(silence(now), now) == ""


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (they("m3", "03-20 09:00", Says.UPDATE), "they wrote"),
        (they("m3", "03-20 09:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-26 10:00"),)), "they wrote"),
        (they("m3", "03-20 09:00", Says.REJECTION), "they said no"),
        (mine("m3", "03-20 09:00", Act.NUDGED), "you wrote yourself"),
        (mine("m3", "03-20 09:00", Act.DECLINED), "it is over"),
    ],
)
def test_whoever_ends_the_silence_takes_it_back(entry: object, reason: str) -> None:
    assert why(silence("03-20 10:00", entry), "03-20 10:00") == reason


def test_a_no_in_trash_counts_and_other_mail_there_does_not() -> None:
    from watcher.message.model import Role

    trash = frozenset({Role.TRASH})
    hold = they("m3", "03-20 09:00", Says.ON_HOLD, roles=trash)
    assert why(silence("03-20 10:00", hold), "03-20 10:00") == "they wrote"
    chat = they("m3", "03-20 09:00", Says.UPDATE, roles=trash)
    assert why(silence("03-20 10:00", chat), "03-20 10:00") == ""


def test_an_automatic_answer_leaves_it() -> None:
    away = they("m3", "03-20 09:00", Says.AUTO_REPLY)
    assert why(silence("03-20 10:00", away), "03-20 10:00") == ""


def test_old_mail_that_is_only_now_read_as_part_of_it_leaves_it() -> None:
    found_later = they("m0", "03-10 09:00", Says.UPDATE)
    assert why(silence("03-20 10:00", found_later), "03-20 10:00") == ""


def test_mail_that_came_while_it_was_written_takes_it_back() -> None:
    crossing = they("m3", "03-19 11:59", Says.UPDATE)
    assert why(silence("03-19 13:00", crossing), "03-19 13:00") == "they wrote"


def test_a_follow_up_lives_ten_working_days_and_a_thank_you_until_it_lapses() -> None:
    assert why(silence("04-02 12:00"), "04-02 12:00") == "its time has passed"
    thanks = letter(Kind.THANK_YOU, intended_at=at("03-12 13:00"), answers=("<m1@acme.example>",))
    held = folded(INTERVIEW, now="03-16 10:59")
    assert why(held, "03-16 10:59", thanks) == ""
    assert why(folded(INTERVIEW, now="03-16 11:00"), "03-16 11:00", thanks) == "its time has passed"


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        (said("mute", "", "03-20 09:00"), "you muted it"),
        (said("close", "withdrawn", "03-20 09:00"), "it is over"),
        (said("heard", "2026-03-20T09:00:00-04:00", "03-20 09:00"), "you heard from them"),
        (said("told", "2026-03-20T09:00:00-04:00", "03-20 09:00"), "you followed up yourself"),
        (said("stage", "on_hold", "03-20 09:00"), "you said otherwise"),
        (said("contact", "ann@acme.example", "03-20 09:00"), "you named somebody else to write to"),
        (said("interview", "off", "03-20 09:00"), "you said what became of the interview"),
        (said("interview", "moved 2026-03-27T10:00:00-04:00", "03-20 09:00"), "an interview lies ahead"),
        (said("note", "the plan", "03-20 09:00"), ""),
        (said("role", "Lead Engineer", "03-20 09:00"), ""),
        (said("snooze", "2026-03-30", "03-20 09:00"), ""),
    ],
    ids=lambda value: value.verb if isinstance(value, Word) else "",
)
def test_what_the_user_says_takes_it_back_where_it_is_not_the_letter_any_more(word: Word, reason: str) -> None:
    assert why(silence("03-20 10:00", words=(word,)), "03-20 10:00") == reason


def test_what_was_said_before_it_was_written_leaves_it() -> None:
    word = said("note", "the plan", "03-18 09:00")
    assert why(silence("03-20 10:00", words=(word,)), "03-20 10:00", letter(anchor="<other@acme.example>")) == ""


def test_whoever_has_found_work_keeps_no_draft() -> None:
    assert why(silence("03-20 10:00"), "03-20 10:00", hired=True) == "you found work"


def test_of_two_untouched_drafts_to_one_the_letter_to_write_stays() -> None:
    held = silence("03-20 10:00")
    decision = decide(held, at("03-20 10:00"), FollowUpSettings(), WORKDAYS)
    one, other = (
        letter(),
        letter(message_id="<d2@example.net>", anchor="<x@acme.example>", intended_at=at("03-20 09:00")),
    )
    assert surplus([one, other], decision) == {"<d2@example.net>"}
    assert surplus([other, replace(one, anchor="<y@acme.example>")], decision) == {"<d1@example.net>"}
    assert surplus([other, replace(one, state=PlacementState.EDITED)], decision) == frozenset()


def test_a_draft_is_disowned_by_a_word_about_a_message_it_rests_on() -> None:
    word = Word("says", "not_hiring", MADE, ("<m2@example.net>",))
    assert is_disowned(letter(), (word,))
    assert not is_disowned(letter(), (replace(word, value="update"),))
    assert not is_disowned(letter(answers=()), (word,))
