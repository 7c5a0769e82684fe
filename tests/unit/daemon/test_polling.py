"""A mailbox that does not tell of its news is looked into the more often, the likelier there is some."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from watcher.daemon.engine import Pace
from watcher.daemon.polling import BRISK, QUICKEST, SLOWEST, STEADY, until_next_look

ZONE = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=ZONE)
NIGHT = datetime(2026, 3, 10, 3, 0, tzinfo=ZONE)
SATURDAY = datetime(2026, 3, 14, 14, 0, tzinfo=ZONE)


@pytest.mark.parametrize("now", [TUESDAY, NIGHT, SATURDAY])
def test_right_after_news_it_is_quickest_whatever_the_hour(now: datetime) -> None:
    assert until_next_look(now, now - timedelta(minutes=3)) == QUICKEST


def test_in_working_hours_it_is_quicker_than_on_a_weekend_and_slowest_at_night() -> None:
    long_ago = TUESDAY - timedelta(days=5)
    assert until_next_look(TUESDAY, long_ago) == BRISK
    assert until_next_look(SATURDAY, long_ago) == STEADY
    assert until_next_look(NIGHT, long_ago) == until_next_look(NIGHT, None) == SLOWEST


def test_it_grows_slower_step_by_step_while_nothing_comes() -> None:
    steps = [until_next_look(NIGHT, NIGHT - timedelta(minutes=age)) for age in range(600)]
    assert steps == sorted(steps)
    assert set(steps) == {QUICKEST, STEADY, SLOWEST}


def test_it_stays_in_bounds_at_any_hour_and_a_clock_that_was_set_back_makes_it_neither_frantic_nor_idle() -> None:
    for hours in range(24 * 7):
        now = TUESDAY + timedelta(hours=hours)
        for news_at in (None, now, now + timedelta(days=400), now - timedelta(days=400), now - timedelta(minutes=90)):
            assert QUICKEST <= until_next_look(now, news_at) <= SLOWEST


def test_between_two_looks_mail_is_always_fresh_enough_to_place_a_letter() -> None:
    assert Pace().fresh >= SLOWEST * 2


def test_a_week_with_forty_messages_costs_less_a_day_than_a_quarter_of_what_google_allows_a_minute() -> None:
    now, end, news_at, looks = TUESDAY, TUESDAY + timedelta(days=7), None, 0
    come = [TUESDAY + timedelta(hours=4 * number) for number in range(40)]
    while now < end:
        looks += 1
        while come and come[0] <= now:
            news_at = come.pop(0)
        now += timedelta(seconds=until_next_look(now, news_at))
    assert looks / 7 * 3 < 15_000 / 4
