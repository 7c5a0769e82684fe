"""Spans of time are understood as people write them, and refused where they cannot be meant."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config.durations import Unclear, span, threshold, written
from watcher.followup.model import Kind, Threshold

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("3 working days", Threshold(working_days=3)),
        ("1 working day", Threshold(working_days=1)),
        ("Two Business Days", Threshold(working_days=2)),
        ("10 workdays", Threshold(working_days=10)),
        ("2 hours", Threshold(span=timedelta(hours=2))),
        ("an hour", Threshold(span=timedelta(hours=1))),
        ("90 minutes", Threshold(span=timedelta(minutes=90))),
        ("1.5 hours", Threshold(span=timedelta(minutes=90))),
        ("2h", Threshold(span=timedelta(hours=2))),
        ("1 week", Threshold(span=7 * DAY)),
        ("a week", Threshold(span=7 * DAY)),
        ("  10   days ", Threshold(span=10 * DAY)),
        ("off", Threshold()),
        (4, Threshold(working_days=4)),
        ("4", Threshold(working_days=4)),
        (4.0, Threshold(working_days=4)),
    ],
)
def test_a_duration_is_read_as_a_person_writes_it(value: object, meant: Threshold) -> None:
    assert threshold(value, Kind.AFTER_INTERVIEW) == meant


def test_a_bare_number_is_hours_for_a_thank_you() -> None:
    assert threshold(3, Kind.THANK_YOU) == Threshold(span=timedelta(hours=3))
    assert threshold(0.5, Kind.THANK_YOU) == Threshold(span=timedelta(minutes=30))
    assert threshold("3 working days", Kind.THANK_YOU) == Threshold(working_days=3)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (-1, "negative"),
        ("-2 days", "negative"),
        (0, "off"),
        ("0 days", "off"),
        (2.5, "whole"),
        ("1.5 working days", "whole"),
        ("soon", "not a waiting time"),
        ("3 fortnights", "fortnights"),
        ("many days", "not a waiting time"),
        ("", "not a waiting time"),
        (True, "not a waiting time"),
        ([3], "not a waiting time"),
        (10**400, "longer"),
        (float("nan"), "not a number"),
        ("900000 weeks", "longer"),
        (1e300, "longer"),
        (400, "longer"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(value: object, why: str) -> None:
    with pytest.raises(Unclear, match=why):
        threshold(value, Kind.AFTER_REPLY)


def test_a_plain_span_takes_no_working_days() -> None:
    assert span("180 days") == 180 * DAY
    assert span(30) == 30 * DAY
    assert span("10 weeks") == 70 * DAY
    with pytest.raises(Unclear, match="working days"):
        span("3 working days")


@given(st.one_of(st.integers(1, 366).map(lambda n: Threshold(working_days=n)), st.just(Threshold())))
def test_a_threshold_survives_being_written_and_read(waiting: Threshold) -> None:
    assert threshold(written(waiting), Kind.AFTER_REPLY) == waiting


@given(st.integers(1, 366 * 1440).map(lambda n: Threshold(span=timedelta(minutes=n))))
def test_a_span_survives_being_written_and_read(waiting: Threshold) -> None:
    assert threshold(written(waiting), Kind.THANK_YOU) == waiting


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_any_value_is_read_or_refused(value: object) -> None:
    with contextlib.suppress(Unclear):
        assert isinstance(threshold(value, Kind.THANK_YOU), Threshold)
