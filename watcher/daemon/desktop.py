"""Tells the desktop, where there is one, that a draft is ready or was taken back, or that an account needs its user."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from email.utils import parseaddr

from watcher.config import NotificationSettings
from watcher.cycle import DraftLine, WithdrawnLine
from watcher.explain.sentences import KINDS
from watcher.followup.model import Kind

PATIENCE = 5.0
SESSIONS = ("WAYLAND_DISPLAY", "DISPLAY")
MANY = 3  # more at once are counted


class Desktop:
    """Shows notifications by `notify-send`; says nothing where there is no graphical session. Never raises."""

    def __init__(self, settings: NotificationSettings, environ: Mapping[str, str]) -> None:
        self._names = settings.names
        self._environ = dict(environ)
        wanted = settings.desktop and any(environ.get(name) for name in SESSIONS)
        self._program = shutil.which("notify-send", path=environ.get("PATH")) if wanted else None

    def drafts(self, drafted: Sequence[DraftLine], withdrawn: Sequence[WithdrawnLine]) -> None:
        """What a pass put into Drafts, and what it took out of it."""
        if len(drafted) > MANY:
            self._show(f"{len(drafted)} letters are ready in your Drafts")
        else:
            for made in drafted:
                self._show(f"{_kind(made.kind)}{self._to(made.to)} is ready in your Drafts")
        for back in withdrawn:
            self._show(
                f"{_kind(back.kind)}{self._to(back.to)} was taken back", f"{back.why[:1].upper()}{back.why[1:]}."
            )

    def account(self, name: str, words: str) -> None:
        """An account that waits for its user."""
        self._show(f"{name} needs you", words)

    def _to(self, to: str) -> str:
        name = parseaddr(to)[0]
        return f" to {name}" if self._names and name else ""

    def _show(self, title: str, text: str = "") -> None:
        if self._program is None:
            return
        words = [self._program, "--app-name=watcher", "--icon=mail-unread", "--", title, *([text] if text else [])]
        try:
            subprocess.run(  # noqa: S603
                words, env=self._environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
            )
        except (OSError, subprocess.SubprocessError):
            self._program = None  # no use in trying again for as long as we run


def _kind(kind: str) -> str:
    words = KINDS.get(Kind(kind), kind)
    return f"{words[:1].upper()}{words[1:]}"
