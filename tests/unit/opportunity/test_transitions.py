"""The transition table: total over what it names, and the page drawn from it is current."""

from pathlib import Path

import pytest

from tests.support.hiring import at
from watcher.opportunity import events, transitions
from watcher.opportunity.model import OVER, Stage

PAGE = Path(__file__).parents[3] / "docs" / "states.md"


def test_the_page_about_the_states_is_drawn_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == transitions.draw()


def test_every_event_has_at_least_one_row() -> None:
    assert {row.event for row in transitions.ROWS} == set(transitions.EVENTS)


def test_every_stage_can_be_reached() -> None:
    assert set(transitions.TABLE.values()) >= set(Stage)


@pytest.mark.parametrize("stage", [None, *Stage])
def test_a_no_ends_every_stage(stage: Stage | None) -> None:
    assert transitions.follow(stage, events.Rejected(at("03-09 09:00"), "<m>")) is Stage.REJECTED


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.WITHDRAWN])
def test_a_question_after_the_end_reopens_nothing_that_the_user_ended(stage: Stage) -> None:
    asked = events.SomethingAsked(at("03-09 09:00"), "<m>")
    assert transitions.follow(stage, asked) is stage


def test_an_event_without_a_row_leaves_the_stage() -> None:
    questioned = events.OfferQuestioned(at("03-09 09:00"), "<m>")
    assert not transitions.expects(Stage.APPLIED, questioned)
    assert transitions.follow(Stage.APPLIED, questioned) is Stage.APPLIED


def test_automatic_answers_move_nothing() -> None:
    for stage in (None, *Stage):
        assert transitions.follow(stage, events.AutoReplied(at("03-09 09:00"), "<m>")) is stage


def test_no_row_leaves_an_end_but_for_a_revival_by_them_or_the_user() -> None:
    leaving = {
        event.__name__ for (before, event), after in transitions.TABLE.items() if before in OVER and after not in OVER
    }
    assert leaving == {
        "Approached",
        "TimesAsked",
        "TimesGiven",
        "InterviewBooked",
        "InterviewMoved",
        "AssessmentAsked",
        "SomethingAsked",
        "Supplied",
        "OfferMade",
        "PutOnHold",
    }
