"""A password for a real IMAP server: tried before it is kept, kept in a Secret Service, and seen nowhere else."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.test_setup import Terminal
from tests.service.test_sign_in import SCRIPT
from tests.support.dovecot import PASSWORD, Dovecot, running
from tests.support.keyring import run_in_session
from watcher.config import ImapAccount
from watcher.config import load as load_config

CANARY = "kanarienvogel-7319"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running("standard") as dovecot:
        yield dovecot


@pytest.fixture
def home(server: Dovecot) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="password-") as name:  # sockets need a short path
        folder = Path(name)
        config = folder / ".config/watcher/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(
            '[you]\nname = "Alex Morgan"\naddresses = ["alex@example.net"]\ntimezone = "UTC"\n'
            f'[[accounts]]\nname = "personal"\nkind = "imap"\nhost = "{server.host}"\nport = {server.imaps_port}\n'
            f'user = "alex"\nca = {json.dumps(server.ca)}\n'
        )
        yield folder


def session(home: Path, *runs: tuple[list[str], str]) -> tuple[list[tuple[int, str, str]], str]:
    said = run_in_session(home, SCRIPT.format(environ={"WATCHER_DEBUG": "1"}, runs=list(runs)))
    told = json.loads(said.splitlines()[-1])
    return [(status, out, err) for status, out, err in told[:-1]], told[-1]


def test_a_password_that_works_is_kept(home: Path) -> None:
    told, kept = session(home, (["login", "personal"], f"{PASSWORD}\n"), (["doctor"], ""), (["scan"], ""))
    assert [status for status, _, _ in told] == [0, 0, 0], told
    assert kept == PASSWORD


def test_a_password_that_is_refused_is_not_kept_and_nowhere_to_be_seen(home: Path) -> None:
    told, kept = session(
        home, (["login", "personal"], f"{CANARY}\n"), (["scan"], ""), (["doctor", "--json"], ""), (["status"], "")
    )
    assert [status for status, _, _ in told] == [1, 3, 1, 0], told
    assert kept == ""
    assert "watcher login" in told[1][2]
    assert CANARY not in json.dumps(told)
    assert not [file for file in home.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_a_kept_password_that_no_longer_works_is_nowhere_to_be_seen(home: Path) -> None:
    keep = f"from watcher.mailbox.credentials import store_secret; import os; store_secret('personal', '{CANARY}', os.environ)"
    run_in_session(home, keep)
    told, kept = session(home, (["scan"], ""), (["doctor"], ""), (["status"], ""))
    assert [status for status, _, _ in told] == [3, 1, 0], told
    assert kept == CANARY
    assert CANARY not in json.dumps(told)
    assert not [file for file in home.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_no_password_is_asked_for_where_a_command_knows_it(home: Path) -> None:
    config = home / ".config/watcher/config.toml"
    config.write_text(config.read_text() + f'password_command = ["echo", {json.dumps(PASSWORD)}]\n')
    told, kept = session(home, (["login", "personal"], f"{CANARY}\n"), (["doctor"], ""))
    assert [status for status, _, _ in told] == [2, 0], told
    assert "password_command" in told[0][2]
    assert kept == ""


def test_setup_asks_again_after_a_wrong_password_and_for_a_command_where_there_is_no_keyring(
    server: Dovecot, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    environ = {"PATH": f"{tmp_path}/bin:{Path(sys.executable).parent}", "HOME": str(tmp_path), "TERM": "dumb"}
    words = ["setup", "--name", "Jo Brandt", "--address", "jo@example.net", "--timezone", "UTC", "--kind", "imap"]
    words += ["--host", server.host, "--port", str(server.imaps_port), "--ca", server.ca]
    terminal = Terminal(words, environ)
    terminal.answer("you sign in with [jo@example.net]: ", "jo")
    terminal.answer(f"Password of jo at {server.host}: ", CANARY)
    terminal.answer(f"Password of jo at {server.host}: ", PASSWORD)
    terminal.answer("A command that prints it: ", f"/bin/cat {secret}")
    terminal.answer("Country for holidays", "")
    terminal.answer("Which [standard]: ", "")
    terminal.answer("A thank-you", "")
    terminal.answer("One more, or nothing: ", "")
    terminal.answer("Tell the desktop", "")
    terminal.answer("Look at the mail now?", "")
    assert terminal.leave() == 0, terminal.said
    assert "refused" in terminal.said
    assert "There is no keyring" in terminal.said
    assert CANARY not in terminal.said
    file = tmp_path / ".config/watcher/config.toml"
    (account,) = load_config(file, environ).accounts
    assert isinstance(account, ImapAccount)
    assert account.password_command == ("/bin/cat", str(secret))
    assert PASSWORD not in file.read_text()
