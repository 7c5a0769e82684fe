"""`watcher demo` does the main job, on every weekday and in every zone, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from watcher.cli import main

ROLES = {
    "Supply Planner": ("awaiting_decision", "them", "thank_you", "drafted"),
    "Operations Analyst": ("awaiting_decision", "them", "after_interview", "drafted"),
    "Service Planner": ("awaiting_decision", "them", "after_interview", "drafted"),
    "Demand Planner": ("in_conversation", "them", "after_reply", "drafted"),
    "Production Coordinator": ("rejected", "nobody", "none", "none"),
    "Logistics Coordinator": ("interview_booked", "nobody", "thank_you", "scheduled"),
    "Operations Planner": ("offer", "you", "reply_owed", "scheduled"),
    "Collections Logistics Officer": ("lead", "you", "reply_owed", "reminder"),
}
WEEK = [f"2026-11-{day}T12:00:00+00:00" for day in range(20, 27)]
ZONES = ["Europe/London", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "UTC"]


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without config, and no colour."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path


def test_it_prints_what_it_plays_the_table_and_the_letters(
    away: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = away / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert main(["demo"]) == 0
    said = capsys.readouterr()
    assert not said.err
    assert "nothing is sent" in said.out
    assert "No account is needed" in said.out
    for role in ROLES:
        assert role in said.out
    letters = said.out[said.out.index("What now lies in Drafts: 4 letters") :]
    for name in ("Priya", "Joel", "Helen", "Amara"):
        assert name in letters
    assert not list(temporary.iterdir())
    assert not (away / "home").exists()


# Each weekday in one zone, and each zone on a Sunday at noon in Greenwich, when it is another day somewhere.
@pytest.mark.parametrize(
    ("now", "zone"),
    [*((now, "Europe/London") for now in WEEK), *((WEEK[2], zone) for zone in ZONES[1:])],
    ids=lambda value: value.replace("/", "-"),
)
def test_the_story_is_the_same_on_every_day_and_in_every_zone(
    away: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, now: str, zone: str
) -> None:
    monkeypatch.setattr("watcher.config.places.local_zone", lambda: zone)
    kept = away / "kept"
    assert main(["demo", "--now", now, "--keep", str(kept)]) == 0
    capsys.readouterr()
    assert main(["--config", str(kept / "config.toml"), "status", "--all", "--json", "--now", now]) == 0
    found = json.loads(capsys.readouterr().out)["opportunities"]
    assert {
        each["role"]: (each["stage"], each["waiting_on"], each["follow_up"]["kind"], each["follow_up"]["status"])
        for each in found
    } == ROLES
    assert len(list((kept / "mail" / ".Drafts" / "cur").iterdir())) == 4


def test_a_folder_that_holds_something_is_left_alone(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (away / "mine").touch()
    assert main(["demo", "--keep", str(away)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert {path.name for path in away.iterdir()} == {"mine"}
