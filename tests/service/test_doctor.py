"""`watcher doctor` at real servers: the way there, its certificate, what the server can do, and what time it has."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support import dovecot, gmail
from tests.support.dovecot import PASSWORD, Dovecot
from tests.unit.cli.made_up import schema
from watcher.cli import clock, main

Doctor = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running("standard") as made:
        yield made


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """The lines about one account, by what was looked at."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    def run(status: int, more: str = "", secret: str = PASSWORD, **account: Any) -> dict[str, dict[str, Any]]:
        (tmp_path / "secret").write_text(secret)
        command = ["cat", str(tmp_path / "secret")]
        account = {"name": "work", "kind": "imap", "password_command": command, "user": "alex@example.net"} | account
        config = tmp_path / "config.toml"
        config.write_text(
            f'{more}\n[you]\nname = "Alex"\naddresses = ["alex@example.net"]\ntimezone = "UTC"\n[[accounts]]\n'
            + "".join(f"{key} = {json.dumps(value)}\n" for key, value in account.items())
        )
        assert main(["--config", str(config), "doctor", "--json"]) == status
        told = json.loads(capsys.readouterr().out)
        jsonschema.validate(told, schema("doctor"))
        assert all(line["remedy"] for line in told if line["status"] != "ok")
        return {line["check"]: line for line in told if line["account"] == "work"}

    return run


def at(server: Dovecot, **more: Any) -> dict[str, Any]:
    return {"host": server.host, "port": server.imaps_port, "ca": server.ca} | more


def set_clock(monkeypatch: pytest.MonkeyPatch, **off: float) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(time.time(), UTC) + timedelta(**off))


def test_a_sound_account_is_told_line_by_line(doctor: Doctor, server: Dovecot) -> None:
    told = doctor(0, **at(server))
    assert list(told) == ["connection", "tls", "sign-in", "folders", "capabilities"]
    assert {line["status"] for line in told.values()} == {"ok"}
    assert told["connection"]["message"] == f"{server.host}:{server.imaps_port} answers."
    assert "TLSv1.3" in told["tls"]["message"]
    assert "ca.pem until 20" in told["tls"]["message"]
    assert "IDLE" in told["capabilities"]["message"]


def test_starttls_is_looked_at_as_well(doctor: Doctor, server: Dovecot) -> None:
    told = doctor(0, **at(server, port=server.imap_port, tls="starttls"))
    assert "TLSv1.3" in told["tls"]["message"]


def test_a_certificate_that_nobody_vouches_for_is_told_as_such_and_no_password_is_sent(
    doctor: Doctor, server: Dovecot
) -> None:
    told = doctor(1, **{key: value for key, value in at(server).items() if key != "ca"})
    assert list(told) == ["tls"]
    assert told["tls"]["status"] == "failed"
    assert "not to be trusted" in told["tls"]["message"]


def test_a_certificate_that_ends_soon_is_a_warning(
    doctor: Doctor, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = doctor(0, **at(server))["tls"]["message"].rpartition(" ")[2].rstrip(".")
    days = (datetime.fromisoformat(end).replace(tzinfo=UTC) - datetime.fromtimestamp(time.time(), UTC)).days
    set_clock(monkeypatch, days=days - 3)
    assert doctor(0, **at(server))["tls"]["status"] == "warning"


def test_a_certificate_that_is_not_checked_is_told_loudly(
    doctor: Doctor, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.mailbox.connection.trusting", lambda *_: ssl._create_unverified_context())
    line = doctor(1, **at(server))["tls"]
    assert line["status"] == "failed"
    assert "NOT CHECKED" in line["message"]


def test_a_wrong_password_is_told_after_the_way_there(doctor: Doctor, server: Dovecot) -> None:
    told = doctor(1, secret="canary", **at(server))
    assert {check: line["status"] for check, line in told.items()} == {
        "connection": "ok", "tls": "ok", "sign-in": "failed",
    }  # fmt: skip
    assert "canary" not in json.dumps(told)


def test_a_server_that_cannot_take_drafts_back_is_a_warning(doctor: Doctor) -> None:
    with dovecot.running("without_move") as server:
        line = doctor(0, **at(server))["capabilities"]
    assert line["status"] == "warning"
    assert "stale" in line["remedy"]


# --- clocks ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def google() -> Iterator[gmail.Gmail]:
    with gmail.running() as made:
        yield made


@pytest.mark.parametrize(
    ("off", "status", "words"),
    [
        ({}, "ok", "agrees"), ({"seconds": 50}, "ok", "agrees"), ({"minutes": 3}, "warning", "3 minutes ahead of"),
        ({"hours": -2}, "failed", "2 hours behind"), ({"days": 40}, "failed", "40 days ahead of"),
    ],
    ids=str,
)  # fmt: skip
def test_the_clock_is_compared_with_googles(
    doctor: Doctor, google: gmail.Gmail, monkeypatch: pytest.MonkeyPatch, off: dict[str, int], status: str, words: str
) -> None:
    user = next(google.users)
    set_clock(monkeypatch, **off)
    secret = json.dumps(google.token(user))
    line = doctor(1 if status == "failed" else 0, secret=secret, kind="gmail", user=user, endpoint=google.endpoint)[
        "clock"
    ]
    assert line["status"] == status
    assert words in line["message"]


def test_gmail_without_encryption_is_told_loudly_and_a_sign_in_that_may_only_read_as_such(
    doctor: Doctor, google: gmail.Gmail
) -> None:
    user = next(google.users)
    secret = json.dumps(google.token(user, gmail.READONLY))
    account = {"secret": secret, "kind": "gmail", "user": user, "endpoint": google.endpoint}
    told = doctor(1, **account)
    assert "NOT ENCRYPTED" in told["tls"]["message"]
    assert told["capabilities"]["status"] == "failed"
    assert "`watcher login work`" in told["capabilities"]["remedy"]
    assert doctor(0, 'drafting = "off"', **account)["capabilities"]["status"] == "ok"
