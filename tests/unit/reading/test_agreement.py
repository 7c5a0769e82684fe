"""Rules and linear model check each other: agreement is sure, disagreement is in doubt, structure stands above both."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from tests.unit.reading.test_reader import BOOK, ME, message
from watcher.message.model import CalendarPart
from watcher.reading.agreement import Judgement, agree
from watcher.reading.examining import Examined, examine
from watcher.reading.model import Says
from watcher.reading.words import Opinion

INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:1@acorn.example
DTSTART:20260601T090000Z
DTEND:20260601T100000Z
SUMMARY:Talk
END:VEVENT
END:VCALENDAR
"""


class Model:
    """A model of one opinion, which the rules are weighed against by simple weights."""

    agreement: ClassVar = {
        "theirs": {"rules": 0.5, "model": 1.0},
        "mine": {"rules": 1.0, "model": 1.0},
        **{
            says.value: {f"model {says.value}": 1.0, f"verdict {says.value}": 1.0, f"trust {says.value}": 3.0}
            for says in (Says.REJECTION, Says.UPDATE, Says.INTERVIEW_CONFIRMED)
        },
    }

    def __init__(self, **says: float) -> None:
        self._opinion = Opinion(0.0, {Says(name): share for name, share in says.items()})

    def judge(self, terms: object, signs: object, *, mine: bool = False) -> Opinion:
        return Opinion(self._opinion.hiring) if mine else self._opinion


def judged(seen: Examined, **says: float) -> Judgement:
    return agree(replace(seen, words=Model(**says)))  # type: ignore[arg-type]


def look(text: str, **more: object) -> Examined:
    return examine(message(text, **more), BOOK, ME)  # type: ignore[arg-type]


def test_where_both_readers_agree_the_reading_is_surer_than_where_they_do_not() -> None:
    seen = look("Unfortunately we have decided to go ahead with another candidate for the baker's post.")
    alike = judged(seen, rejection=0.8, update=0.15, interview_confirmed=0.05)
    apart = judged(seen, rejection=0.03, update=0.92, interview_confirmed=0.05)
    assert alike.says is Says.REJECTION
    assert alike.confidence > 0.9 > apart.confidence


def test_a_model_that_is_sure_corrects_a_rule_that_only_guesses() -> None:
    seen = look("The chap from the village got the nod in the end, and good luck to him.")
    assert seen.confidence < 0.5
    assert judged(seen, rejection=0.97, update=0.02, interview_confirmed=0.01).says is Says.REJECTION


def test_a_calendar_part_stands_above_whatever_the_words_say() -> None:
    seen = look("It was lovely.", calendars=(CalendarPart(INVITATION, "REQUEST"),))
    found = judged(seen, rejection=0.98, update=0.01, interview_confirmed=0.01)
    assert found.says is Says.INTERVIEW_CONFIRMED
    assert found.confidence > 0.9


def test_an_automatic_answer_stays_one_whatever_the_words_say() -> None:
    seen = look("We chose somebody else.", auto_submitted="auto-replied")
    assert judged(seen, rejection=0.98, update=0.02).says is Says.AUTO_REPLY


def test_nothing_is_an_interview_on_the_models_word_alone_without_a_time_or_a_phrase_that_states_one() -> None:
    small_talk = look("It was good of you to come, we liked the loaves.")
    assert judged(small_talk, interview_confirmed=0.9, update=0.08, rejection=0.02).says is Says.UPDATE
    stated = look("Your interview is confirmed, the details are attached.")
    assert judged(stated, interview_confirmed=0.9, update=0.08, rejection=0.02).says is Says.INTERVIEW_CONFIRMED


@pytest.mark.parametrize("text", ["", "hello", "see you"])
def test_a_word_or_two_are_no_hiring_mail_on_the_models_word_alone(text: str) -> None:
    assert agree(examine(message(text, subject=""), BOOK, ME)).hiring < 0.5


def test_without_a_model_the_rules_stand_alone() -> None:
    seen = replace(look("We have decided to go ahead with another candidate."), words=None)
    assert (agree(seen).says, agree(seen).confidence) == (seen.says, seen.confidence)


@pytest.mark.parametrize("hiring", [-400.0, 0.0, 400.0])
def test_however_extreme_the_rules_are_the_odds_stay_a_probability(hiring: float) -> None:
    seen = replace(look("Hello."), hiring=hiring)
    assert 0.0 <= judged(seen, rejection=0.5, update=0.5).hiring <= 1.0
