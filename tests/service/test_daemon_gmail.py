"""The daemon on a Gmail account: a sign-in that is taken back, a Google that wants to be left alone for a while."""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.support import gmail
from tests.support.daemon import Home, eventually, now, running


@pytest.fixture(scope="module")
def server() -> Iterator[gmail.Gmail]:
    with gmail.running() as made:
        yield made


class Signed:
    """A home with a Gmail account that is signed in to, its grant in a file."""

    def __init__(self, folder: Path, server: gmail.Gmail) -> None:
        self.home, self.server, self.user = Home(folder), server, next(server.users)
        self.grant = folder / "grant"
        self.sign_in()
        self.home.accounts = (
            f'[[accounts]]\nname = "remote"\nkind = "gmail"\nuser = "{self.user}"\nendpoint = "{server.endpoint}"\n'
            f'password_command = ["cat", "{self.grant}"]\n'
        )
        self.home.write()

    def sign_in(self) -> None:
        self.grant.write_text(json.dumps(self.server.token(self.user)))

    def retry_at(self) -> str:
        return json.loads(self.home.say("status", "--json"))["daemon"]["accounts"][0]["retry_at"] or ""

    def looks(self) -> int:
        return len([entry for entry in self.server.log() if entry["path"].endswith("/labels")])


@pytest.fixture
def signed(server: gmail.Gmail) -> Iterator[Signed]:
    server.calm()
    with tempfile.TemporaryDirectory(prefix="daemon-") as name:
        yield Signed(Path(name), server)
    server.calm()


def test_a_sign_in_that_is_taken_back_is_told_once_and_a_new_one_counts_after_a_reload(signed: Signed) -> None:
    with running(signed.home) as daemon:
        daemon.wait_for_line("watched by polling")
        signed.server.control("revoke", {})
        daemon.signal(signal.SIGUSR1)
        line = daemon.wait_for_line("no longer lets remote in")
        assert "`watcher login remote`" in line
        (account,) = signed.home.status()["accounts"]
        assert "`watcher login remote`" in account["error"]
        signed.sign_in()
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_line("reached again")
        assert len([one for one in daemon.log if "no longer lets" in one]) == 1
        eventually(lambda: signed.home.status()["accounts"][0]["error"] is None)
        daemon.stop()


def test_a_google_that_wants_to_be_left_alone_is(signed: Signed) -> None:
    with running(signed.home) as daemon:
        daemon.wait_for_line("watched by polling")
        signed.server.fault("GET .*/labels$", status=429, retryAfter=1800, times=-1)
        before = signed.looks()
        daemon.signal(signal.SIGUSR1)
        daemon.wait_for_line("less often")
        eventually(signed.retry_at)
        at = datetime.fromisoformat(signed.retry_at())
        assert (at - now()).total_seconds() > 1700
        assert signed.looks() == before + 1
        daemon.stop()
