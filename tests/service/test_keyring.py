"""Secrets in a real Secret Service: kept from one session to the next, and told apart when locked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.keyring import run_in_session

STORE = "import os; from watcher.mailbox.credentials import *; store_secret('personal', 'sesame', os.environ)"
READ = "import os; from watcher.mailbox.credentials import *; print(secret('personal', None, os.environ))"
TELL = """
import os
from watcher.errors import CredentialsMissing
from watcher.mailbox.credentials import *
try:
    print(secret("personal", None, os.environ))
except CredentialsMissing as error:
    print(error)
"""
FORGET = "import os; from watcher.mailbox.credentials import *; print(delete_secret('personal', os.environ))"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="keyring-") as folder:  # sockets need a short path
        yield Path(folder)


def test_a_secret_outlives_the_session(home: Path) -> None:
    run_in_session(home, STORE)
    assert run_in_session(home, READ) == "sesame"


def test_a_stored_secret_lies_nowhere_in_plain_text(home: Path) -> None:
    run_in_session(home, STORE)
    files = [file for file in home.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if b"sesame" in file.read_bytes()]


def test_a_deleted_secret_is_gone(home: Path) -> None:
    run_in_session(home, STORE)
    assert run_in_session(home, FORGET) == "True"
    assert run_in_session(home, FORGET) == "False"
    assert "No password is stored for personal" in run_in_session(home, TELL)


def test_a_locked_keyring_is_told_as_locked(home: Path) -> None:
    run_in_session(home, STORE)
    assert "keyring is locked" in run_in_session(home, TELL, locked=True)


def test_a_session_without_a_keyring_yet_is_told_so(home: Path) -> None:
    assert "not been set up yet" in run_in_session(home, TELL, locked=True)
