"""Countries: who writes the month first, and which holiday codes are known."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import holidays
import pytest
import tzlocal

from watcher.config.places import day_first, holiday_place, local_zone, zone_name

COUNTRIES: dict[str, Any] = tomllib.loads((resources.files("watcher.knowledge") / "countries.toml").read_text("utf-8"))


@pytest.mark.parametrize("zone", ["America/Chicago", "US/Eastern", "America/Toronto", "Asia/Manila", "Asia/Tokyo"])
def test_the_month_comes_first(zone: str) -> None:
    assert day_first(zone) is False


@pytest.mark.parametrize(
    "zone",
    ["Europe/London", "Europe/Dublin", "Asia/Kolkata", "Asia/Calcutta", "Africa/Lagos", "Pacific/Auckland", "UTC",
     "Europe/Berlin", "America/Sao_Paulo", "Australia/Sydney", "America/Mexico_City", "Asia/Singapore"],
)  # fmt: skip
def test_the_day_comes_first(zone: str) -> None:
    assert day_first(zone) is True


def test_every_zone_of_a_month_first_country_is_listed_and_exists() -> None:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    for country, zones in COUNTRIES["month_first"].items():
        assert {row[2] for row in rows if row[0] == country} <= set(zones)
        assert all(zone_name(zone) == zone for zone in zones)
    listed = [zone for zones in COUNTRIES["month_first"].values() for zone in zones]
    assert len(listed) == len(set(listed))


def test_every_listed_holiday_code_is_one_the_holidays_package_knows() -> None:
    known = holidays.list_supported_countries()
    for country, regions in COUNTRIES["holidays"].items():
        assert set(regions.split()) <= set(known[country])


@pytest.mark.parametrize(
    ("written", "meant"), [("us", "US"), ("GB", "GB"), ("de-by", "DE-BY"), ("UK", "GB"), ("UK-SCT", "GB-SCT"), ("", "")]
)
def test_a_holiday_code_may_be_written_small(written: str, meant: str) -> None:
    assert holiday_place(written) == meant


@pytest.mark.parametrize("code", ["XX", "England", "UK-XX", "US-", "US-ZZ", "DE-BY-1", "12", "-", "USA-CA-X"])
def test_an_unknown_holiday_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError):
        holiday_place(code)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "+01:00", "x\0y", "PST"]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        zone_name(name)


def test_a_city_is_led_to_its_zone() -> None:
    with pytest.raises(ValueError, match="America/New_York"):
        zone_name("New York")


def test_the_machines_zone_is_one_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as surroundings:
        surroundings.setenv("TZ", "Asia/Kolkata")
        tzlocal.reload_localzone()
        assert local_zone() == "Asia/Kolkata"
    tzlocal.reload_localzone()
    assert zone_name(local_zone())
