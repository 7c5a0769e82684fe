"""The command line with a made-up Watcher behind it, so that what it prints can be seen without mail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.made_up import NOW, Answer, MadeUpWatcher
from watcher.cli import main


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> MadeUpWatcher:
    """The Watcher that the commands meet."""
    made_up = MadeUpWatcher()
    monkeypatch.setattr("watcher.app.build", lambda config: made_up)
    monkeypatch.setattr("watcher.cli.clock.now", lambda: NOW)
    return made_up


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config in its default place."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("WATCHER_DEBUG", raising=False)
    (tmp_path / "mail").mkdir()
    file = tmp_path / ".config" / "watcher" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        '[you]\nname = "Alex Morgan"\naddresses = ["alex@example.net"]\ntimezone = "America/New_York"\n'
        '[[accounts]]\nname = "personal"\nkind = "maildir"\npath = "~/mail"\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
def run(config: Path, watcher: MadeUpWatcher, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Runs a command line."""

    def run(*words: str) -> Answer:
        status = main(words)
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return run
