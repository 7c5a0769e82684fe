"""The door to APScheduler: what happens by the clock. A job does nothing but ring; the work is done in our threads.

Three things in APScheduler 3 are not as one would think. A date job that is a second late is dropped (here: never, and
what was missed rings once). It waits on a clock that stands still in suspend and knows nothing of a clock that is set
(here: `again` after a jump, and one tick a minute beside the date job). A running job holds up its end (here: none
runs).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

DUE = "due"
MINUTE = "minute"
HOUSEKEEPING = "housekeeping"
POLL = "poll:"

Ring = Callable[[str], None]


def load_ahead() -> None:
    """Load what looking ahead takes now, and not when there first is something to look at."""
    import apscheduler.triggers.date  # noqa: F401


class Ticks:
    """Rings with a job's name: `poll:ACCOUNT`, `due`, `minute`, `housekeeping`."""

    def __init__(self, ring: Ring, accounts: Iterable[str], poll: float, housekeeping: float = 3600.0) -> None:
        self._ring = ring
        self._every = {MINUTE: 60.0, HOUSEKEEPING: housekeeping} | {POLL + name: poll for name in accounts}
        self._due: datetime | None = None
        self._scheduler: BackgroundScheduler | None = None

    @property
    def due(self) -> datetime | None:
        """When it will ring `due`."""
        return self._due

    def start(self) -> None:
        """Begin to tick."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, seconds in self._every.items():
            self._add(name, "interval", seconds=seconds)
        self._scheduler.start()

    def poll_every(self, account: str, seconds: float) -> None:
        """Ring for an account every so often from now on."""
        name = POLL + account
        if self._every.get(name) == seconds:
            return
        self._every[name] = seconds
        if self._scheduler is not None:
            from apscheduler.jobstores.base import JobLookupError

            with contextlib.suppress(JobLookupError):  # it has been ended meanwhile
                self._scheduler.reschedule_job(name, trigger="interval", seconds=seconds)

    def look_at(self, at: datetime | None, now: datetime) -> None:
        """Ring `due` at `at` (at once where it is over), and at no other time."""
        self._due = at
        if at is not None:
            self._add(DUE, "date", run_date=max(at, now + timedelta(milliseconds=10)))
        elif self._scheduler is not None:
            from apscheduler.jobstores.base import JobLookupError

            with contextlib.suppress(JobLookupError):  # it has rung, or there was none
                self._scheduler.remove_job(DUE)

    def again(self) -> None:
        """Count all intervals from now: the clock has been set, or the machine has slept."""
        if self._scheduler is not None:
            for name, seconds in self._every.items():
                self._scheduler.reschedule_job(name, trigger="interval", seconds=seconds)

    def stop(self) -> None:
        """End; no job is ever so long that it would hold this up."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            # A date job that rings in this very moment would not be found in a scheduler that is shut down, and fail
            # loudly: let no more ring, and those that do come to their end (`get_jobs` waits for them).
            scheduler.pause()
            scheduler.get_jobs()
            scheduler.shutdown(wait=False)

    def _add(self, name: str, trigger: str, **when: Any) -> None:
        if self._scheduler is not None:
            self._scheduler.add_job(self._ring, trigger, args=(name,), id=name, replace_existing=True, **when)
