"""A config with one Maildir, for tests to add to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from watcher.config import Config, load
from watcher.errors import ConfigError, Problem

YOU = '[you]\nname = "Alex Morgan"\naddresses = ["Alex.Morgan@example.net"]\ntimezone = "Europe/London"\n'
ACCOUNT = '[[accounts]]\nname = "local"\nkind = "maildir"\npath = "mail"\n'


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a config; `top`, `more`, `you` and `accounts` are its parts."""

    def write(*, top: str = "", you: str = YOU, more: str = "", accounts: str = ACCOUNT) -> Path:
        (tmp_path / "mail").mkdir(exist_ok=True)
        file = tmp_path / "config.toml"
        file.write_text(f"{top}\n{you}\n{more}\n{accounts}", encoding="utf-8")
        return file

    return write


@pytest.fixture
def loaded(write: Callable[..., Path], tmp_path: Path) -> Callable[..., Config]:
    """The config that these parts make."""
    return lambda **parts: load(write(**parts), {"HOME": str(tmp_path)})


@pytest.fixture
def faults(write: Callable[..., Path], tmp_path: Path) -> Callable[..., dict[str, Problem]]:
    """The faults that these parts have, by key."""

    def faults(**parts: str) -> dict[str, Problem]:
        with pytest.raises(ConfigError) as caught:
            load(write(**parts), {"HOME": str(tmp_path)})
        found = {problem.key: problem for problem in caught.value.problems}
        assert len(found) == len(caught.value.problems)
        return found

    return faults
