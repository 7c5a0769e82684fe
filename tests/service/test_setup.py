"""`watcher setup`: talked to at a terminal, and driven by options; what it writes works at once."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service.test_sign_in import Home, home, server  # noqa: F401 - fixtures
from tests.support.passes import FIXTURES
from tests.support.scenarios import lay_out, load
from watcher.config import load as load_config

ROOT = Path(__file__).parents[2]


class Terminal:
    """A person at a terminal: waits for a question, types an answer."""

    def __init__(self, words: list[str], environ: dict[str, str], command: list[str] | None = None) -> None:
        self.said = ""
        self._seen = 0
        mine, theirs = pty.openpty()
        command = command or [sys.executable, "-m", "watcher", *words]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self._line = mine

    def answer(self, question: str, typed: str) -> None:
        self.wait_for(question)
        self.type(typed)

    def type(self, typed: str) -> None:
        os.write(self._line, f"{typed}\n".encode())

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + 30
        while words not in self.said[self._seen :]:
            ready, _, _ = select.select([self._line], [], [], max(end - time.monotonic(), 0))
            assert ready, self.said
            self.said += os.read(self._line, 4096).decode("utf-8", "replace")
        self._seen = self.said.index(words, self._seen) + len(words)

    def leave(self) -> int:
        end = time.monotonic() + 30
        while True:
            assert select.select([self._line], [], [], max(end - time.monotonic(), 0))[0], self.said
            try:
                data = os.read(self._line, 4096)
            except OSError:
                break
            if not data:
                break
            self.said += data.decode("utf-8", "replace")
        os.close(self._line)
        return self.process.wait(30)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A home with a Maildir in it."""
    lay_out(load(FIXTURES / "hamburg-purchasing-manager.yaml"), tmp_path)
    (tmp_path / "config.toml").unlink()
    return tmp_path


def environ(folder: Path) -> dict[str, str]:
    return {"PATH": f"{folder}/bin", "HOME": str(folder), "TERM": "dumb", "TZ": "Europe/Berlin"}


def test_a_conversation_ends_with_a_config_that_works(place: Path) -> None:
    terminal = Terminal(["setup"], environ(place))
    terminal.answer("as you sign letters: ", "Jonas Brandt")
    terminal.answer("Your address", "not an address")
    terminal.answer("That is not an address.", "jonas@example.net")
    terminal.answer("time zone [Europe/Berlin]: ", "")
    terminal.answer("Which [imap]: ", "maildir")
    terminal.answer("The folder it lies in: ", str(place / "mail"))
    terminal.answer("Country for holidays", "DE-HH")
    terminal.answer("Which [standard]: ", "brisk")
    terminal.answer("A thank-you after each interview? [Y/n]: ", "n")
    terminal.answer("One more, or nothing: ", "moving payrolls")
    terminal.answer("One more, or nothing: ", "")
    terminal.answer("Tell the desktop", "")
    terminal.answer("Look at the mail now?", "y")
    assert terminal.leave() == 0, terminal.said
    assert "drafts: Drafts" in terminal.said
    assert "in all." in terminal.said
    config = load_config(place / ".config/watcher/config.toml", environ(place))
    assert (config.name, config.addresses, config.timezone) == ("Jonas Brandt", ("jonas@example.net",), "Europe/Berlin")
    assert (config.holidays, config.highlights) == ("DE-HH", ("moving payrolls",))
    assert (place / ".config/watcher/config.toml").stat().st_mode & 0o777 == 0o600
    assert not (place / ".local").exists()


def run(place: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "watcher", "setup", *words],
        cwd=ROOT, env=environ(place), input=typed, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_every_question_can_be_answered_beforehand(place: Path) -> None:
    words = ("--name", "Jo Brandt", "--address", "jo@example.net", "--kind", "maildir", "--path", str(place / "mail"))
    done = run(place, *words)
    assert done.returncode == 0, done.stderr
    config = load_config(place / ".config/watcher/config.toml", environ(place))
    assert config.holidays == "DE"
    assert config.accounts[0].name == "personal"


def test_nothing_is_overwritten_unasked(place: Path) -> None:
    words = ("--name", "Jo Brandt", "--address", "jo@example.net", "--kind", "maildir", "--path", str(place / "mail"))
    run(place, *words)
    file = place / ".config/watcher/config.toml"
    file.write_text("# mine")
    done = run(place, *words)
    assert done.returncode == 2
    assert "--replace" in done.stderr
    assert file.read_text() == "# mine"
    assert run(place, *words, "--replace").returncode == 0
    assert file.with_name("config.toml.old").read_text() == "# mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--name is needed"),
        (("--name", "Jo"), "--address is needed"),
        (("--name", "Jo", "--address", "jo"), "is not an address"),
        (("--name", "Jo", "--address", "jo@outlook.com"), "--client-id is needed"),
        (("--name", "Jo", "--address", "jo@example.net", "--kind", "carrier-pigeon"), "is not one of"),
        (("--name", "Jo", "--address", "jo@example.net", "--kind", "maildir", "--path", "/nowhere"), "is not a folder"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_written(place: Path, words: tuple[str, ...], told: str) -> None:
    done = run(place, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (place / ".config").exists()


def test_signing_in_with_google_is_part_of_it(home: Home) -> None:  # noqa: F811
    config = home.folder / ".config/watcher/config.toml"
    config.unlink()
    words = [
        "setup", "--name", "Alex Morgan", "--address", home.user, "--kind", "gmail", "--endpoint", home.server.endpoint,
        "--client", str(home.folder / "client.json"), "--timezone", "UTC",
    ]  # fmt: skip
    told, kept = home.run((words, ""), (["doctor"], ""))
    assert [status for status, _, _ in told] == [0, 0], told
    assert json.loads(kept)["refresh_token"]
    assert json.loads(kept)["refresh_token"] not in config.read_text()


def test_the_quick_way_into_gmail_is_offered_first_and_each_way_says_what_it_costs(place: Path) -> None:
    terminal = Terminal(["setup", "--name", "Jo", "--address", "jo@gmail.com", "--timezone", "UTC"], environ(place))
    terminal.answer("Which [gmail-password]: ", "carrier pigeon")
    terminal.answer("is not one of", "maildir")
    terminal.answer("The folder it lies in: ", str(place / "mail"))
    terminal.answer("Country for holidays", "")
    terminal.process.terminate()
    terminal.leave()
    first, second = terminal.said.index("Thirty seconds"), terminal.said.index("Five minutes")
    assert first < second
    assert "read, send and delete" in terminal.said
