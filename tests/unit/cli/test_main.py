"""The command line's manners: exit statuses, errors in plain words, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.unit.cli.made_up import Answer, MadeUpWatcher
from watcher.cli import clock, main
from watcher.errors import MailboxUnavailable, StoreTooNew, UsageError

Run = Callable[..., Answer]


@pytest.mark.parametrize(
    "words",
    [(), ("nonsense",), ("status", "--jsn"), ("show",), ("read",), ("status", "extra"), ("--config",), ("stat",)],
)
def test_wrong_use_is_told_with_where_help_is_and_status_2(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert answer.status == 2
    assert "--help" in answer.err
    assert not answer.out


def test_help_and_version_leave_with_0(run: Run) -> None:
    assert "it never sends mail" in run("--help").out.lower()
    assert run("status", "--help").status == 0
    assert run("--version").out.startswith("watcher ")


def test_a_faulty_config_is_told_whole_with_lines_and_status_2(run: Run, config: Path) -> None:
    config.write_text("[you]\nname = 3\nadresses = []\n", encoding="utf-8")
    answer = run("status")
    assert answer.status == 2
    assert f"{config}:2: you.name:" in answer.err
    assert f"{config}:3: you.adresses:" in answer.err
    assert 'Did you mean "addresses"?' in answer.err


def test_a_missing_config_says_what_to_do(run: Run, config: Path) -> None:
    config.unlink()
    answer = run("scan")
    assert answer.status == 2
    assert str(config) in answer.err
    assert "config.example.toml" in answer.err
    assert "watcher demo" in answer.err


@pytest.mark.parametrize("words", [("--config", "FILE", "status"), ("status", "--config", "FILE")])
def test_the_config_may_be_named_before_or_after_the_command(
    run: Run, config: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    other = tmp_path / "other.toml"
    config.rename(other)
    assert run(*(str(other) if word == "FILE" else word for word in words)).status == 0


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (MailboxUnavailable("The server does not answer.", "Try again later."), 1),
        (StoreTooNew("The database is newer.", "Update watcher."), 1),
        (UsageError("No such thing.", "Look again."), 2),
    ],
)
def test_our_own_errors_are_told_with_their_remedy(
    run: Run, watcher: MadeUpWatcher, trouble: Exception, status: int
) -> None:
    watcher.trouble = trouble
    answer = run("status")
    assert answer.status == status
    assert str(trouble.args[0]) in answer.err
    assert trouble.remedy in answer.err  # type: ignore[attr-defined]
    assert "Traceback" not in answer.err


def test_an_unexpected_fault_is_one_line_without_its_text(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.trouble = ValueError("words of a private mail")
    answer = run("status")
    assert answer.status == 1
    assert answer.err.count("\n") == 1
    assert "ValueError" in answer.err
    assert "WATCHER_DEBUG=1" in answer.err
    assert "private" not in answer.err


def test_details_of_a_fault_are_shown_when_asked_for(
    run: Run, watcher: MadeUpWatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher.trouble = ValueError("words")
    monkeypatch.setenv("WATCHER_DEBUG", "1")
    assert "Traceback" in run("status").err


def test_control_c_leaves_with_130_and_without_words(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.trouble = KeyboardInterrupt()
    answer = run("status")
    assert (answer.status, answer.out, answer.err) == (130, "", "")


def test_a_reader_who_leaves_early_causes_no_complaint() -> None:
    script = "import sys; from watcher.cli import main; sys.exit(main(['--version']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == b""


def test_help_loads_none_of_the_floors() -> None:
    script = (
        "import sys; from watcher.cli import main; main(['--help']); "
        "print(*(m for m in sys.modules if m.startswith('watcher.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    words = {"watcher.cli.accounts", "watcher.cli.arguments", "watcher.cli.options", "watcher.cli.own_words"}
    assert set(done.stderr.split()) <= {"watcher.cli", "watcher.cli.screen", "watcher.errors", *words}


def test_now_is_read_with_an_offset_or_in_the_users_zone(run: Run, watcher: MadeUpWatcher) -> None:
    for text in ("2026-03-18T10:00", "2026-03-18 10:00:00", "2026-03-18T10:00-04:00", "2026-03-18T14:00Z"):
        assert run("status", "--now", text).status == 0
        assert watcher.asked["as_of"] == datetime.fromisoformat("2026-03-18T14:00+00:00")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_now_that_is_no_instant_is_wrong_use(run: Run, text: str) -> None:
    answer = run("scan", "--now", text)
    assert answer.status == 2
    assert "2026-03-18T10:00" in answer.err


def test_the_clock_gives_an_aware_instant() -> None:
    assert clock.now().tzinfo is not None


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run([sys.executable, "-m", "watcher", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("watcher ")
    assert main(["--version"]) == 0


def test_a_status_loads_no_library_that_is_slow_to_load(config: Path) -> None:
    script = (
        "import sys; from watcher.cli import main; status = main(['status']); "
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "personal has not been read yet: `watcher scan`.\n")
    slow = {"holidays", "icalendar", "imapclient", "jinja2", "keyring", "logging", "mailparser", "rich", "selectolax"}
    assert not slow & set(done.stderr.split())
