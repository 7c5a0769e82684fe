"""Tells systemd how the daemon fares: sd_notify(3), a datagram to the socket that the manager names."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """Says READY, STATUS, WATCHDOG and the rest; says nothing where no manager listens. Never raises."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        named = environ.get("NOTIFY_SOCKET", "")
        # A name that begins with @ lies in the abstract namespace (unix(7)).
        self._address = "\0" + named[1:] if named.startswith("@") else named
        self._status = ""
        self.watchdog = _watchdog(environ)

    def say(self, *lines: str) -> None:
        """Send lines such as `READY=1` in one datagram."""
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.settimeout(1.0)
            to.sendto("\n".join(lines).encode(), self._address)

    def ready(self) -> None:
        """Started, or done with reloading."""
        self.say("READY=1")

    def reloading(self) -> None:
        """The config is being read again; `ready` ends it."""
        self.say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The daemon is about to end."""
        self.say("STOPPING=1", "STATUS=Stopping.")

    def alive(self) -> None:
        """The work goes on; to be said more often than every `watchdog` seconds."""
        self.say("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`, sent where it has changed."""
        if text != self._status:
            self._status = text
            self.say(f"STATUS={' '.join(text.split())}")


def _watchdog(environ: Mapping[str, str]) -> float | None:
    """How many seconds the manager waits for a sign of life, None where it does not (sd_watchdog_enabled(3))."""
    period, whose = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not period.isdecimal() or int(period) == 0 or (whose and whose != str(os.getpid())):
        return None
    return int(period) / 1e6
