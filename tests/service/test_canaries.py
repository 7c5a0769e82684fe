"""Canaries: secrets and words of mail, looked for in everything that watcher writes, prints, logs or shows to others."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support import dovecot, gmail
from tests.support.daemon import Home, letter, running
from tests.support.dovecot import PASSWORD, Dovecot, DovecotHarness

WRONG = "kanarienvogel-7319"
WORDS = "zaunkoenig-4711"  # of a mail, which may lie in the database and nowhere else


@pytest.fixture(scope="module")
def google() -> Iterator[gmail.Gmail]:
    with gmail.running() as made:
        yield made


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot.running("standard") as made:
        yield made


def forms(secret: str) -> set[str]:
    """A secret as it might stand somewhere."""
    data = secret.encode()
    coded = {base64.b64encode(data).decode().rstrip("="), data.hex(), quote(secret, safe=""), json.dumps(secret)[1:-1]}
    return {secret, *coded}


class Watch:
    """What everybody can see of the processes begun here, looked at again and again."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._stop = threading.Event()

    def look(self) -> None:
        while not self._stop.wait(0.005):
            begun = {os.getpid()}
            for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
                try:
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                    if parent in begun:  # others may be at work on this machine
                        begun.add(int(folder.name))
                        self.seen.add((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self.look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(5)


def test_no_secret_and_no_word_of_a_mail_is_seen_outside_its_place(google: gmail.Gmail, imap: Dovecot) -> None:
    google.calm()
    user = next(google.users)
    token = google.token(user)
    with tempfile.TemporaryDirectory(prefix="canary-") as name:
        home, watch, said = Home(Path(name)), Watch(), []
        (home.folder / "grant").write_text(json.dumps(token))
        at = datetime.fromtimestamp(time.time(), UTC)
        mail = letter(
            1, f"Your application for the Backend Engineer role: {WORDS}.", subject=f"Application {WORDS}", at=at
        )
        raw = base64.urlsafe_b64encode(mail).decode()
        google.control("messages", {"messages": [{"email": user, "raw": raw, "labelIds": ["INBOX"]}]})
        box = DovecotHarness(imap, "canary")
        box.other.append("INBOX", mail.replace(b"<m1@", b"<m2@"), at)
        home.imap("work", imap.imaps_port, box.user, imap.ca)
        home.accounts += (
            f'[[accounts]]\nname = "remote"\nkind = "gmail"\nuser = "{user}"\nendpoint = "{google.endpoint}"\n'
            f'password_command = ["cat", "{home.folder / "grant"}"]\n'
        )
        home.write()
        with watch.watching():
            with running(home, WATCHER_DEBUG="1") as daemon:
                daemon.wait_for_line("watched", 2)
                said += [home.say("status", "--json"), home.say("doctor", "--json", check=False)]
                google.fault("GET .*/(labels|history)$", status=500, times=3)
                google.control("revoke", {})
                home.password.write_text(f"{WRONG}\n")
                said += [home.say("scan", check=False), home.say("doctor", check=False)]
                google.control("faults", method="DELETE")
                said += [home.say("scan", check=False), home.say("preview", check=False)]
                words = [sys.executable, "-m", "watcher", "--config", str(home.config), "login", "work", "--print"]
                done = subprocess.run(words, input=f"{WRONG}\n", capture_output=True, text=True, check=False)
                said += [done.stdout, done.stderr]
                daemon.stop()
            said += daemon.log
        assert any("login remote" in one for one in said)  # the refusals were seen
        assert any("refused to let work in" in one for one in said)
        assert any("-m watcher" in one for one in watch.seen)
        kept = {home.password, home.folder / "grant"}
        files = [file for file in home.folder.rglob("*") if file.is_file() and file not in kept]
        assert any(file.name == "state.db" for file in files)
        for secret in (PASSWORD, WRONG, token["token"], token["refresh_token"], token["client_secret"], "ya29."):
            for form in forms(secret):
                assert form not in "\n".join(said), form
                assert not [one for one in watch.seen if form in one], form
                assert not [file for file in files if form.encode() in file.read_bytes()], form
        assert WORDS not in "\n".join(daemon.log)
        assert not [one for one in watch.seen if WORDS in one]
