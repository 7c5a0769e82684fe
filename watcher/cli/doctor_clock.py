"""Whether this machine's clock is right: a token, a due time and a certificate go by it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from watcher.cli import clock
from watcher.cli.doctor_line import FAILED, OK, WARNING, Line

if TYPE_CHECKING:
    from watcher.mailbox.reached import ServerTime

SLACK = timedelta(minutes=1)
# From here on tokens are renewed too late and certificates may seem to have ended.
FAR = timedelta(minutes=5)
SET_IT = "Set the clock (`timedatectl set-ntp true`); tokens and the times of letters go by it."


def kept_right() -> Iterator[Line]:
    """Whether the system says that its clock is kept right; where it says nothing, nothing is said."""
    program = shutil.which("timedatectl")
    if program is None:
        return
    words = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=5)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return
    said = done.stdout.strip()
    if said == "yes":
        yield Line("clock", OK, "It is kept right by the network.")
    elif said == "no":
        yield Line("clock", WARNING, "It is not kept right by the network.", "timedatectl set-ntp true")


def compared(account: str, server: ServerTime | None, newest: datetime | None) -> Iterator[Line]:
    """The clock beside the server's, where that told the time; else beside the mail that came last, which cannot have
    come in the future."""
    now = clock.now()
    if server is not None:
        off = now - server.now()
        if abs(off) <= SLACK:
            yield Line("clock", OK, "It agrees with the server's to a minute.", account=account)
        else:
            side = "ahead of" if off > timedelta(0) else "behind"
            status = FAILED if abs(off) > FAR else WARNING
            yield Line("clock", status, f"It is {_length(abs(off))} {side} the server's.", SET_IT, account)
    elif newest is not None and newest - now > SLACK:
        said = f"The newest mail was delivered {_length(newest - now)} after what this clock calls now."
        yield Line("clock", WARNING, said, SET_IT, account)


def _length(off: timedelta) -> str:
    """A length of time in words, rounded."""
    seconds = off.total_seconds()
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "a minute"
