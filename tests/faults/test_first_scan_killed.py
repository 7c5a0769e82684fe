"""A first scan over IMAP that is killed in the middle: the next one goes on where it was, not from the beginning."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.daemon import PATIENCE, ROOT, Home, eventually, now
from tests.support.dovecot import PASSWORD, Dovecot, running
from tests.support.faults import relay
from watcher.mailbox.imap import make_imap
from watcher.message.model import Account, Folder, Role

USER = "newcomer"
MESSAGES = 9000  # swept in nine pieces, of which a server may work at four at once
LETTERS = 600  # of them with a text that is wanted, fetched in five pieces of which four may be under way at once
HEADER, TEXT = 600, 17_000  # bytes of each, the file that comes with a letter included
SWEPT, FETCHED = "SELECT count(*) FROM messages", "SELECT count(*) FROM messages WHERE state = 'fetched'"


def message(number: int) -> bytes:
    """A newsletter; some messages are a recruiter's letter."""
    letter = number % (MESSAGES // LETTERS) == 0
    at = now() - timedelta(days=60, minutes=-number)
    head = (
        f"From: {f'Dana Reyes <dana{number}@acme.example>' if letter else 'News <news@paper.example>'}\r\n"
        f"To: Alex Morgan <alex@example.net>\r\nSubject: {f'Engineer {number}' if letter else 'The week'}\r\n"
        f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <m{number}@{'acme' if letter else 'paper'}.example>\r\n"
    )
    head += "" if letter else "List-Unsubscribe: <https://paper.example/u>\r\nPrecedence: bulk\r\n"
    head += f"Return-Path: <{'r' * (HEADER - len(head))}@paper.example>\r\n"
    if not letter:
        return f"{head}\r\nNews.\r\n".encode()
    text = f"Hi Alex,\r\n\r\nYour application for role {number} has come in.\r\n\r\nBest,\r\nDana Reyes"
    file = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + ("A" * 76 + "\r\n") * (TEXT // 78)
    kind = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="limit"\r\n'
    return f"{head}{kind}\r\n--limit\r\n\r\n{text}\r\n--limit\r\n{file}--limit--\r\n".encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running("standard") as dovecot:
        home = dovecot.folder / "mail" / USER
        (home / "Maildir" / "cur").mkdir(parents=True)
        for number in range(MESSAGES):
            (home / "Maildir" / "cur" / f"{number}.M{number:05}.test:2,S").write_bytes(message(number))
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "mail:mail", str(home)], check=True)
        yield dovecot


@pytest.fixture(scope="module")
def swept_bytes(server: Dovecot) -> int:
    """What the server says in a whole sweep."""
    with relay(server.host, server.imaps_port) as line:
        mailbox = make_imap(Account("personal"), server.settings(USER, port=line.port), lambda: PASSWORD)
        mailbox.open()
        for _ in mailbox.sweep(Folder("INBOX", Role.INBOX), None, None):
            pass
        mailbox.close()
        return line.received


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def scan(home: Home) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "watcher", "--config", str(home.config), "scan", "--json"]
    env = {**os.environ, "HOME": str(home.folder)}
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


def count(home: Home, query: str) -> int:
    path = home.folder / "state" / "state.db"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path, timeout=PATIENCE)
    try:
        return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # its tables are being made
        return 0
    finally:
        connection.close()


def connect(home: Home, server: Dovecot, port: int) -> None:
    home.accounts = ""
    home.imap("personal", port, USER, server.ca)
    home.config.write_text('history = "all"\n' + home.config.read_text())


@pytest.mark.parametrize(
    ("sweeps", "texts", "query"),
    [pytest.param(0.75, 0.0, SWEPT, id="in the sweep"), pytest.param(1.0, 0.9, FETCHED, id="in the texts")],
)
def test_a_first_scan_that_was_killed_goes_on_where_it_was(
    home: Home, server: Dovecot, swept_bytes: int, sweeps: float, texts: float, query: str
) -> None:
    with relay(server.host, server.imaps_port) as line:
        line.after = int(swept_bytes * sweeps + LETTERS * (HEADER + TEXT) * texts)
        line.how = "silence"
        connect(home, server, line.port)
        first = scan(home)
        eventually(lambda: count(home, query) > 0)
        first.kill()
        first.communicate()
    had_headers, had_texts = count(home, SWEPT), count(home, FETCHED)
    assert (had_headers < MESSAGES) if query == SWEPT else (had_headers == MESSAGES and 0 < had_texts < LETTERS)

    connect(home, server, server.imaps_port)
    second = scan(home)
    told = json.loads(second.communicate(timeout=2 * PATIENCE)[0])
    assert second.returncode == 0
    (account,) = told["accounts"]
    assert account["swept"] == MESSAGES - had_headers
    assert account["fetched"] == LETTERS - had_texts
    assert (count(home, SWEPT), count(home, FETCHED)) == (MESSAGES, LETTERS)
