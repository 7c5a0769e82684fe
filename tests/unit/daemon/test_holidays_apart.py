"""Holidays are worked out in a process of its own, so that the daemon need not hold the library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from watcher.daemon.holidays_apart import work_out
from watcher.workdays import holidays_of

LOADED = """
import sys
from datetime import date
from watcher.daemon.holidays_apart import keep_apart
from watcher.workdays import Workdays
keep_apart()
days = Workdays("America/Los_Angeles", "US-CA")
sys.exit(not days.is_holiday(date(2026, 11, 26)) or days.is_holiday(date(2026, 11, 25)) or "holidays" in sys.modules)
"""


@pytest.mark.parametrize("place", ["GB", "GB-SCT", "US-CA", "DE-BY"])
def test_they_are_those_that_the_library_knows(place: str) -> None:
    found = work_out(place, 2026)
    assert found == holidays_of(place, range(2016, 2037))
    assert found[2026]


def test_the_library_is_not_loaded_in_a_process_that_keeps_it_apart() -> None:
    subprocess.run([sys.executable, "-c", LOADED], check=True)


def test_what_cannot_be_worked_out_apart_is_said_to_be_so() -> None:
    with pytest.raises(LookupError):
        work_out("XX", 2026)
