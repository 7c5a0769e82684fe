"""The desktop is told what happened, without names unless they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import NotificationSettings
from watcher.cycle import DraftLine, WithdrawnLine
from watcher.daemon.desktop import Desktop

MADE = DraftLine("acme", "personal", "thank_you", 1, "Dana Reyes <dana@acme.example>", "Re: Hello", "Hi", "<1@x>")
BACK = WithdrawnLine("acme", "after_interview", "Dana Reyes <dana@acme.example>", "they wrote")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A session whose notify-send writes down what it was given."""
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nshift 3\nfor word in "$@"; do echo "$word" >> {tmp_path}/shown; done\n')
    program.chmod(0o700)
    return {"PATH": f"{tmp_path}:/usr/bin:/bin", "DISPLAY": ":0"}


def shown(environ: dict[str, str]) -> list[str]:
    file = Path(environ["PATH"].split(":")[0]) / "shown"
    return file.read_text().splitlines() if file.exists() else []


def test_drafts_are_told_without_names(environ: dict[str, str]) -> None:
    Desktop(NotificationSettings(), environ).drafts([MADE], [BACK])
    assert shown(environ) == [
        "A thank-you is ready in your Drafts",
        "A follow-up after the interview was taken back",
        "They wrote.",
    ]


def test_names_are_told_where_they_are_asked_for_and_addresses_never(environ: dict[str, str]) -> None:
    Desktop(NotificationSettings(names=True), environ).drafts([MADE], [])
    assert shown(environ) == ["A thank-you to Dana Reyes is ready in your Drafts"]


def test_many_at_once_are_one_notification(environ: dict[str, str]) -> None:
    Desktop(NotificationSettings(), environ).drafts([MADE] * 5, [])
    assert shown(environ) == ["5 letters are ready in your Drafts"]


def test_an_account_that_needs_its_user_is_told(environ: dict[str, str]) -> None:
    Desktop(NotificationSettings(), environ).account("personal", "The password was refused.")
    assert shown(environ) == ["personal needs you", "The password was refused."]


def test_nothing_is_shown_where_it_is_off_or_there_is_no_desktop(environ: dict[str, str]) -> None:
    Desktop(NotificationSettings(desktop=False), environ).drafts([MADE], [])
    without = {name: value for name, value in environ.items() if name != "DISPLAY"}
    Desktop(NotificationSettings(), without).drafts([MADE], [])
    assert not shown(environ)
