"""`watcher read`: single messages from files, mboxes and standard input, without config."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cli.made_up import Answer, schema
from watcher.cli.read import messages

Run = Callable[..., Answer]

CONFIRMED = b"""From: Dana Reyes <dana@acme.example>
To: alex@example.net
Subject: Interview with Acme
Date: Mon, 9 Mar 2026 15:02:00 -0400
Message-ID: <a1@acme.example>

Hi Alex,

Your interview for the Backend Engineer position is confirmed for Tuesday 17 March at 2pm.

Best,
Dana
"""
DENTIST = b"""From: Weir Street Dental <desk@weir.example>
To: alex@example.net
Subject: Two for one on whitening
List-Unsubscribe: <https://weir.example/stop>
Date: Mon, 9 Mar 2026 15:02:00 -0400
Message-ID: <d1@weir.example>

Smile! Whitening is half price all of March.
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "a.eml").write_bytes(CONFIRMED)
    (tmp_path / "b.eml").write_bytes(DENTIST.replace(b"\n", b"\r\n"))
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "box").write_bytes(b"From a Mon\n" + CONFIRMED + b"\nFrom b Mon\n" + DENTIST + b"\n")
    return tmp_path


def test_each_message_is_answered_in_order(run: Run, files: Path, config: Path) -> None:
    config.unlink()
    answer = run("read", "--json", str(files / "a.eml"), str(files / "b.eml"))
    assert answer.status == 0
    jsonschema.validate(answer.json, schema("read"))
    first, second = answer.json
    assert (first["file"], first["message_id"], first["says"]) == (
        str(files / "a.eml"),
        "<a1@acme.example>",
        "interview_confirmed",
    )
    assert first["times"][0]["start"] == "2026-03-17T14:00:00-04:00"
    assert first["evidence"]
    assert all(piece["words"] in CONFIRMED.decode() for piece in first["evidence"])
    assert (second["says"], second["error"]) == ("not_hiring", None)


def test_an_old_message_keeps_its_own_date(run: Run, files: Path) -> None:
    # The file was written now; the message is of 2026, and "Tuesday 17 March" is of that year.
    (item,) = run("read", "--json", str(files / "a.eml")).json
    assert item["times"][0]["day"].startswith("2026-03-17")


def test_an_mbox_gives_one_item_a_message(run: Run, files: Path) -> None:
    found = run("read", "--json", str(files / "box")).json
    assert [item["message_id"] for item in found] == ["<a1@acme.example>", "<d1@weir.example>"]


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(CONFIRMED)))
    (item,) = run("read", "-", "--json").json
    assert (item["file"], item["says"]) == ("-", "interview_confirmed")


def test_a_file_that_cannot_be_read_is_an_item_with_its_error_and_the_others_are_answered(
    run: Run, files: Path
) -> None:
    answer = run("read", "--json", str(files / "gone.eml"), str(files / "empty.eml"), str(files), str(files / "a.eml"))
    assert answer.status == 1
    jsonschema.validate(answer.json, schema("read"))
    assert [bool(item["error"]) for item in answer.json] == [True, True, True, False]
    assert "No such file" in answer.json[0]["error"]


def test_people_read_the_meaning_and_the_words_it_rests_on(run: Run, files: Path) -> None:
    answer = run("read", str(files / "a.eml"), str(files / "gone.eml"))
    assert answer.status == 1
    assert "an interview stands (interview_confirmed" in answer.out
    assert "Backend Engineer" in answer.out
    assert "Tue 17 Mar" in answer.out
    assert "gone.eml: It cannot be opened" in answer.err


def test_nothing_is_written_beside_what_is_read(run: Run, files: Path) -> None:
    before = {path: path.read_bytes() for path in files.rglob("*") if path.is_file()}
    run("read", str(files / "box"))
    assert {path: path.read_bytes() for path in files.rglob("*") if path.is_file()} == before


LINES = st.lists(st.sampled_from([b"text", b"", b">From here", b"X-From you", b"more"]), min_size=1, max_size=6)


@given(st.lists(LINES, min_size=1, max_size=5), st.sampled_from([b"\n", b"\r\n"]))
def test_an_mbox_is_split_where_its_messages_begin(bodies: list[list[bytes]], newline: bytes) -> None:
    texts = [newline.join((b"Subject: x", b"", *body, b"end")) + newline for body in bodies]
    box = b"".join(b"From someone" + newline + text + newline for text in texts)
    unescaped = [text.replace(b"\n>From ", b"\nFrom ") for text in texts]
    assert [message.rstrip() for message in messages(box)] == [text.rstrip() for text in unescaped]


def test_a_line_that_begins_with_from_inside_a_paragraph_splits_nothing() -> None:
    data = b"From a\nSubject: x\n\nHello.\nFrom here on it gets better.\n"
    assert len(list(messages(data))) == 1


def test_json_is_one_array_even_where_all_fails(run: Run) -> None:
    answer = run("read", "--json", "/nowhere/at/all")
    assert isinstance(json.loads(answer.out), list)
