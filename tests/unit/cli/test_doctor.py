"""`watcher doctor`: each fault is told with what to do about it, and the exit status says how bad it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.cli.made_up import Answer, schema
from watcher.cli import clock, main

Run = Callable[..., Answer]
Late = Callable[..., None]


@pytest.fixture
def run(config: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line, with the real Watcher behind it."""

    def run(*words: str) -> Answer:
        status = main(words)
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return run


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no programs but those a test puts into this folder, and no desktop."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "PYTHON_KEYRING_BACKEND", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return programs


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Late:
    """Sets this machine's clock wrong by so much."""

    def late(**off: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(time.time(), UTC) + timedelta(**off))

    return late


@pytest.fixture
def home(config: Path, tmp_path: Path) -> Path:
    """A Maildir with the usual folders, for the config that is there."""
    for name in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "mail" / name / part).mkdir(parents=True)
    return config


def lines(run: Run, status: int) -> list[dict[str, Any]]:
    answer = run("doctor", "--json")
    assert answer.status == status, answer
    jsonschema.validate(answer.json, schema("doctor"))
    return list(answer.json)


def of(found: list[dict[str, Any]], check: str) -> list[dict[str, Any]]:
    return [line for line in found if line["check"] == check]


def test_a_sound_house_is_told_line_by_line(run: Run, home: Path) -> None:
    found = lines(run, 0)
    assert {line["status"] for line in found} == {"ok"}
    looked_at = ["config", "knowledge", "letters", "state", "service", "sign-in", "folders", "capabilities"]
    assert [line["check"] for line in found] == looked_at
    assert "ok      sign-in personal" in run("doctor").out


def test_every_fault_of_the_config_is_told_with_its_line_and_status_2(run: Run, home: Path) -> None:
    home.write_text("[you]\nname = 3\nadresses = []\n", encoding="utf-8")
    found = lines(run, 2)
    assert {line["check"] for line in found} == {"config"}
    assert any(f"{home}:3: you.adresses" in line["message"] and "addresses" in line["remedy"] for line in found)


def test_a_broken_letter_of_the_user_is_a_warning_with_file_and_line(run: Run, home: Path) -> None:
    letters = home.parent / "letters"
    letters.mkdir()
    (letters / "thank_you_1.j2").write_text("Dear {{ name }},\n{% if %}\n")
    home.write_text(home.read_text() + '[letters]\ntemplates = "letters"\n')
    (line,) = of(lines(run, 0), "letters")
    assert line["status"] == "warning"
    assert "thank_you_1.j2:2" in line["message"]
    assert line["remedy"]


def test_a_missing_drafts_folder_fails_and_a_missing_sent_folder_warns(run: Run, home: Path, tmp_path: Path) -> None:
    for name in (".Sent", ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "mail" / name / part).rmdir()
        (tmp_path / "mail" / name).rmdir()
    found = {line["message"]: line for line in of(lines(run, 1), "folders")}
    assert {line["status"] for line in found.values()} == {"failed", "warning"}
    assert all(line["remedy"] for line in found.values())


def test_a_folder_that_the_config_names_in_vain_is_a_warning(run: Run, home: Path) -> None:
    home.write_text(home.read_text() + 'folders = ["Jobs"]\n')
    (line,) = of(lines(run, 0), "folders")
    assert line["status"] == "warning"
    assert "Jobs" in line["message"]


def test_a_server_that_is_not_there_is_told_and_the_other_accounts_are_looked_at(run: Run, home: Path) -> None:
    more = '[[accounts]]\nname = "gone"\nkind = "imap"\nhost = "127.0.0.1"\nport = 1\npassword_command = ["true"]\n'
    home.write_text(more + home.read_text())
    found = lines(run, 1)
    told = {(line["check"], line["account"]): line for line in found if line["account"]}
    assert told["connection", "gone"]["status"] == "failed"
    assert told["connection", "gone"]["remedy"]
    assert ("sign-in", "gone") not in told  # what cannot be reached is not waited for twice
    assert told["sign-in", "personal"]["status"] == "ok"


def test_a_state_that_others_can_read_is_a_warning(run: Run, home: Path, tmp_path: Path) -> None:
    run("scan")
    (state,) = tmp_path.rglob("state.db")
    state.chmod(0o644)
    (line,) = of(lines(run, 0), "state")
    assert line["status"] == "warning"
    assert "chmod" in line["remedy"]


def test_a_state_that_is_broken_fails(run: Run, home: Path, tmp_path: Path) -> None:
    run("scan")
    (state,) = tmp_path.rglob("state.db")
    for file in tmp_path.rglob("state.db*"):
        if file != state:
            file.unlink()
    state.write_bytes(b"nonsense" * 1000)
    (line,) = of(lines(run, 1), "state")
    assert line["status"] == "failed"
    assert line["remedy"]


@pytest.mark.parametrize(("says", "status"), [("yes", "ok"), ("no", "warning")])
def test_a_clock_that_nobody_keeps_right_is_a_warning(run: Run, home: Path, bare: Path, says: str, status: str) -> None:
    (bare / "timedatectl").write_text(f"#!/bin/sh\necho {says}\n")
    (bare / "timedatectl").chmod(0o755)
    (line,) = of(lines(run, 0), "clock")
    assert line["status"] == status
    assert bool(line["remedy"]) == (status == "warning")


def test_mail_from_the_future_shows_a_clock_that_is_slow(run: Run, home: Path, tmp_path: Path, late: Late) -> None:
    (tmp_path / "mail" / "cur" / "1.a.b:2,").write_bytes(b"From: a@a.example\r\nSubject: Hello\r\n\r\n")
    assert run("scan").status == 0
    assert of(lines(run, 0), "clock") == []
    late(hours=-3)
    (line,) = of(lines(run, 0), "clock")
    assert (line["status"], line["account"]) == ("warning", "personal")
    assert "3 hours" in line["message"]
    assert line["remedy"]


def test_drafts_that_nobody_may_write_to_fail_unless_none_are_wanted(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.mailbox.maildir.os.access", lambda path, mode: ".Drafts" not in str(path))
    (line,) = of(lines(run, 1), "capabilities")
    assert line["status"] == "failed"
    assert line["remedy"]
    home.write_text('drafting = "off"\n' + home.read_text())
    (line,) = of(lines(run, 0), "capabilities")
    assert line["status"] == "ok"


NEEDING = '[[accounts]]\nname = "work"\nkind = "imap"\nhost = "127.0.0.1"\nport = 1\n'


def test_no_keyring_where_one_is_needed_fails(run: Run, home: Path) -> None:
    home.write_text(NEEDING + home.read_text())
    (line,) = of(lines(run, 1), "keyring")
    assert line["status"] == "failed"
    assert "work" in line["remedy"]


def test_a_keyring_that_may_not_keep_a_secret_safe_is_refused(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    home.write_text(NEEDING + home.read_text())
    (line,) = of(lines(run, 1), "keyring")
    assert "PlaintextKeyring" in line["message"]
