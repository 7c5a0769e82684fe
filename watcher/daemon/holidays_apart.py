"""Works holidays out in a short process of its own: the library that knows them takes 12 MB for good."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date

from watcher.workdays import ask_for_holidays

AROUND = 10  # years before and after the one that is asked for: to know them costs next to nothing
PATIENCE = 10.0  # seconds
_SCRIPT = """
import json, sys
path, place, first, last = json.loads(sys.argv[1])
sys.path[:] = path
from watcher.workdays import holidays_of
found = holidays_of(place, range(first, last + 1))
sys.stdout.write(json.dumps({year: sorted(day.isoformat() for day in days) for year, days in found.items()}))
"""


def keep_apart() -> None:
    """Let this process never load the library, unless another cannot be started."""
    ask_for_holidays(work_out)


def work_out(place: str, year: int) -> Mapping[int, frozenset[date]]:
    """The holidays of a place in and around a year. Raises LookupError where they cannot be had in this way."""
    asked = json.dumps([sys.path, place, max(year - AROUND, 1), min(year + AROUND, 9999)])
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", _SCRIPT, asked],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        told: dict[str, list[str]] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as fault:
        raise LookupError(f"the holidays of {place} could not be worked out apart") from fault
    return {int(each): frozenset(date.fromisoformat(day) for day in days) for each, days in told.items()}
