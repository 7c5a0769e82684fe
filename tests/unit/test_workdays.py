"""Working days, as reading and follow-up count them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from watcher import workdays
from watcher.workdays import Workdays

LONDON = ZoneInfo("Europe/London")
UK = Workdays("Europe/London", "GB")


def moment(day: int, hour: int = 10, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LONDON)


def test_days_are_the_same_time_of_day_over_a_weekend() -> None:
    assert UK.after(moment(16), 2) == moment(20)  # Thursday to Monday


@pytest.mark.parametrize("day", [18, 19])
def test_from_a_weekend_day_one_is_the_next_working_day(day: int) -> None:
    assert UK.after(moment(day, 22), 1) == moment(20, 22)


def test_holidays_are_left_out() -> None:
    assert UK.after(moment(2), 1) == moment(7)  # Good Friday and Easter Monday 2026
    assert Workdays("Europe/London").after(moment(2), 1) == moment(3)


def test_a_bare_gb_means_england() -> None:
    boxing_day_kept = date(2026, 8, 3)  # the Scottish summer bank holiday
    assert not UK.is_holiday(boxing_day_kept)
    assert Workdays("Europe/London", "GB-SCT").is_holiday(boxing_day_kept)


def test_a_region_has_its_own_holidays() -> None:
    day = date(2026, 11, 3)  # Melbourne Cup Day
    assert Workdays("Australia/Melbourne", "AU-VIC").is_holiday(day)
    assert not Workdays("Australia/Melbourne", "AU").is_holiday(day)


def test_the_users_own_days_off_count() -> None:
    off = Workdays("Europe/London", extra=frozenset({date(2026, 4, 16)}))
    assert not off.is_working(date(2026, 4, 16))


def test_the_hour_on_the_wall_is_kept_when_the_clocks_change() -> None:
    start = datetime(2026, 3, 27, 10, tzinfo=LONDON)  # summer time begins on the 29th
    assert UK.after(start, 1) == datetime(2026, 3, 30, 10, tzinfo=LONDON)


def test_the_users_zone_decides_which_day_it_is() -> None:
    friday_night = datetime(2026, 4, 24, 23, 30, tzinfo=UTC)  # Saturday already in London
    assert UK.after(friday_night, 1) == datetime(2026, 4, 27, 0, 30, tzinfo=LONDON)


def test_the_morning_after_skips_what_is_no_working_day() -> None:
    assert UK.next_morning(date(2026, 4, 2)) == moment(7, 7)
    assert UK.next_morning(date(2026, 4, 16), 9) == moment(17, 9)


def test_between_counts_whole_working_days() -> None:
    assert UK.between(moment(16), moment(20, 9)) == 1
    assert UK.between(moment(16), moment(20)) == 2
    assert UK.between(moment(20), moment(16)) == 0


def test_holidays_come_from_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def source(place: str, year: int) -> dict[int, frozenset[date]]:
        asked.append((place, year))
        if place == "FR":
            raise LookupError
        return {year: frozenset({date(year, 5, 4)}), year + 1: frozenset()}

    monkeypatch.setattr(workdays, "_KNOWN", {})
    monkeypatch.setattr(workdays, "_SOURCES", [source])
    assert Workdays("Europe/London", "GB").is_holiday(date(2026, 5, 4))
    assert not Workdays("Europe/London", "GB").is_holiday(date(2027, 12, 25))
    assert asked == [("GB", 2026)]
    assert Workdays("Europe/Paris", "FR").is_holiday(date(2026, 7, 14))  # the library, where the source cannot tell
