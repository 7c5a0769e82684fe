"""A scan with letters of the user's own, and what is kept of a letter."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.scenarios import lay_out, load
from watcher.cli import main

MAILBOX = Path(__file__).parents[3] / "fixtures" / "mailboxes" / "hamburg-purchasing-manager.yaml"


def test_a_faulty_letter_of_the_users_own_is_told_and_ours_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = load(MAILBOX)
    config = lay_out(told, tmp_path)
    own = tmp_path / "letters"
    own.mkdir()
    (own / "thank_you_1.j2").write_text("{{ nonsense", "utf-8")
    (own / "after_interview_1.j2").write_text("{{ nothing_of_the_kind }}", "utf-8")
    (own / "after_reply_1.j2").write_text("{{ nonsense", "utf-8")
    config.write_text(config.read_text("utf-8") + f'[letters]\ntemplates = "{own}"\n', "utf-8")
    assert main(["--config", str(config), "scan", "--json", "--now", told["now"]]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["drafted"]) == 2
    assert any("_1.j2" in note and "ours was used" in note for note in said["notes"])


def test_the_text_of_a_letter_is_kept_for_thirty_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = load(MAILBOX)
    config = str(lay_out(told, tmp_path))
    texts = []
    for days in (0, 29, 31):
        now = datetime.fromisoformat(told["now"]) + timedelta(days=days)
        assert main(["--config", config, "scan", "--now", now.isoformat()]) == 0
        capsys.readouterr()
        assert main(["--config", config, "drafts", "--json"]) == 0
        texts.append([bool(draft["text"]) for draft in json.loads(capsys.readouterr().out)][:2])
    assert texts == [[True, True], [True, True], [False, False]]
