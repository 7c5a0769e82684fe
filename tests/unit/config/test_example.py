"""config.example.toml loads, names every key, and tells the truth about the defaults."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from watcher.config.lines import locate
from watcher.config.loading import examine, load_text
from watcher.config.waiting import NUDGING
from watcher.followup.model import Kind, Threshold

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"
ENVIRON = {"HOME": "/home/alex"}
UNREAD = re.compile(r"^#(?=[a-z_]+ = )", re.MULTILINE)
MAILDIR = '[[accounts]]\nname = "m"\nkind = "maildir"\npath = "mail"\nfolders = []\n'


@pytest.fixture
def text(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("watcher.config.loading.local_zone", lambda: "UTC")
    return EXAMPLE.read_text(encoding="utf-8")


def test_it_loads_as_it_stands(text: str, tmp_path: Path) -> None:
    config = load_text(text, tmp_path / "config.toml", ENVIRON)
    assert config.name == "Alex Morgan"


def test_every_key_that_can_be_set_is_in_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    whole = UNREAD.sub("", text)
    _, faults = examine(f"{whole}\n{MAILDIR}", tmp_path / "config.toml", ENVIRON)
    assert not faults.problems
    assert len(faults.asked) > 50
    missing = {path for path in faults.asked if path not in locate(f"{whole}\n{MAILDIR}")}
    assert not missing


def test_what_is_commented_out_is_the_default(text: str, tmp_path: Path) -> None:
    plain = load_text(text, tmp_path / "config.toml", ENVIRON)
    told = load_text(UNREAD.sub("", text), tmp_path / "config.toml", ENVIRON)
    assert told.follow_up.attempts == {kind: 1 if kind is Kind.THANK_YOU else 2 for kind in NUDGING}
    assert told.follow_up.spacing == {kind: Threshold(working_days=5) for kind in NUDGING}
    assert plain.follow_up.drafting == told.follow_up.drafting
    same = replace(told.follow_up, attempts={}, spacing={}, drafting_set=False)
    assert replace(told, follow_up=same) == plain


def test_the_tables_it_tells_of_in_passing_load_too(text: str, tmp_path: Path) -> None:
    (tmp_path / "Mail").mkdir()
    shown = "\n".join(line[6:] for line in text.splitlines() if line.startswith("#     "))
    config = load_text(f"{text}\n{shown}", tmp_path / "config.toml", {"HOME": str(tmp_path)})
    assert set(config.follow_up.overrides) == {"harbour & finch", "acme-backend-engineer"}
    assert len(config.accounts) == 3
