"""`watcher setup` talked to at a terminal, with real servers behind it: names, Gmail, the first letters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.test_setup import Terminal, environ
from tests.service.test_sign_in import Home, home, server  # noqa: F401 - fixtures
from tests.support import dovecot
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.keyring import SESSION, run_in_session
from tests.support.names import Names, running
from tests.support.passes import FIXTURES
from tests.support.scenarios import lay_out, load
from tests.support.servers import program
from watcher.config import GmailAccount, ImapAccount
from watcher.config import load as load_config

# The command, with another name server and another time than this machine's.
ELSEWHERE = """
import sys
from datetime import datetime
from pathlib import Path
from watcher.cli import clock, main
from watcher.mailbox import discovery
resolvers, port, now, *words = sys.argv[1:]
discovery.RESOLVERS, discovery.PORT = Path(resolvers), int(port)
if now:
    clock.now = lambda: datetime.fromisoformat(now)
sys.exit(main(words))
"""


def elsewhere(*words: str, names: Names | None = None, now: str = "") -> list[str]:
    resolvers, port = (str(names.resolvers), str(names.port)) if names else ("/nowhere", "53")
    return [sys.executable, "-c", ELSEWHERE, resolvers, port, now, *words]


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    with running(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot.running("german") as made:
        yield made


def test_the_server_of_a_domain_is_found_by_its_name_server_and_its_folders_are_shown(
    names: Names, imap: Dovecot, tmp_path: Path
) -> None:
    names.records["_imaps._tcp.example.net.", "SRV"] = [f"0 1 {imap.imaps_port} localhost."]
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    words = ["setup", "--ca", imap.ca, "--password-command", f"/bin/cat {secret}"]
    terminal = Terminal(words, environ(tmp_path), elsewhere(*words, names=names))
    terminal.answer("as you sign letters: ", "Alex Morgan")
    terminal.answer("Your address", "alex@example.net")
    terminal.answer("time zone", "UTC")
    terminal.answer("Which [imap]: ", "")
    terminal.answer("you sign in with [alex@example.net]: ", "")
    terminal.answer("The IMAP server [localhost]: ", "")
    terminal.answer("Country for holidays", "")
    terminal.answer("Which [standard]: ", "")
    terminal.answer("A thank-you", "")
    terminal.answer("One more, or nothing: ", "")
    terminal.answer("Tell the desktop", "")
    terminal.answer("Look at the mail now?", "")
    assert terminal.leave() == 0, terminal.said
    assert "drafts: INBOX.Entwürfe" in terminal.said
    assert "sent: INBOX.Gesendet" in terminal.said
    (account,) = load_config(tmp_path / ".config/watcher/config.toml", environ(tmp_path)).accounts
    assert isinstance(account, ImapAccount)
    assert (account.host, account.port, account.tls) == ("localhost", imap.imaps_port, "tls")


def test_a_server_that_was_mistyped_is_asked_for_again_and_nothing_else(imap: Dovecot, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    words = [
        "setup", "--name", "Alex", "--address", "alex@example.net", "--timezone", "UTC", "--kind", "imap", "--user", "alex",
        "--ca", imap.ca, "--port", str(imap.imaps_port), "--password-command", f"/bin/cat {secret}", "--no-look",
        "--no-service",
    ]  # fmt: skip
    terminal = Terminal(words, environ(tmp_path), elsewhere(*words))
    terminal.answer("The IMAP server [imap.example.net]: ", "nowhere.invalid")
    terminal.answer("The IMAP server [nowhere.invalid]: ", imap.host)
    manners(terminal)
    assert terminal.leave() == 0, terminal.said
    assert "Check the network and the host name" in terminal.said
    (account,) = load_config(tmp_path / ".config/watcher/config.toml", environ(tmp_path)).accounts
    assert isinstance(account, ImapAccount)
    assert account.host == imap.host


def test_a_server_that_encrypts_from_the_second_word_on_is_written_as_such(
    names: Names, imap: Dovecot, tmp_path: Path
) -> None:
    names.records["_imap._tcp.example.net.", "SRV"] = [f"0 1 {imap.imap_port} localhost."]
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    words = [
        "setup", "--name", "Alex", "--address", "alex@example.net", "--timezone", "UTC", "--kind", "imap", "--ca", imap.ca,
        "--password-command", f"/bin/cat {secret}", "--no-look", "--no-service",
    ]  # fmt: skip
    done = subprocess.run(
        elsewhere(*words, names=names), env=environ(tmp_path), cwd=Path(__file__).parents[2], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (account,) = load_config(tmp_path / ".config/watcher/config.toml", environ(tmp_path)).accounts
    assert isinstance(account, ImapAccount)
    assert (account.port, account.tls) == (imap.imap_port, "starttls")


@pytest.mark.parametrize(
    ("host", "first"),
    [
        ("aspmx.l.google.com.", "gmail-password"), ("example-net.mail.protection.outlook.com.", "outlook"),
        ("in1-smtp.messagingengine.com.", "fastmail"), ("mail.example.net.", "imap"), ("notgoogle.com.", "imap"),
    ],
)  # fmt: skip
def test_a_domain_of_ones_own_is_known_by_who_takes_its_mail(
    names: Names, tmp_path: Path, host: str, first: str
) -> None:
    names.records["example.net.", "MX"] = [f"10 {host}"]
    words = ["setup", "--name", "Alex", "--address", "alex@example.net", "--timezone", "UTC"]
    terminal = Terminal(words, environ(tmp_path), elsewhere(*words, names=names))
    terminal.answer(f"Which [{first}]: ", "carrier pigeon")
    terminal.process.terminate()
    terminal.leave()


def gmail_setup(home: Home, *more: str) -> list[str]:  # noqa: F811
    (home.folder / ".config/watcher/config.toml").unlink()
    words = ["setup", "--name", "Alex Morgan", "--address", home.user, "--timezone", "UTC", "--endpoint"]
    return [*words, home.server.endpoint, "--no-look", *more]


def paste(terminal: Terminal, home: Home) -> None:  # noqa: F811
    """What somebody does with a browser on another machine."""
    terminal.answer("The client file from Google", str(home.folder / "client.json"))
    terminal.wait_for("Paste it here: ")
    page = [line.strip() for line in terminal.said.splitlines() if line.startswith("http") and "state=" in line][-1]
    browser = [sys.executable, str(home.folder / "browser.py"), str(home.folder / "seen"), home.user, page]
    done = subprocess.run(browser, capture_output=True, text=True, check=True)
    terminal.type(done.stdout.strip())


def manners(terminal: Terminal) -> None:
    terminal.answer("Country for holidays", "")
    terminal.answer("Which [standard]: ", "")
    terminal.answer("A thank-you", "")
    terminal.answer("One more, or nothing: ", "")
    terminal.answer("Tell the desktop", "")


def test_gmail_is_set_up_without_a_browser_and_the_sign_in_goes_into_the_keyring(home: Home) -> None:  # noqa: F811
    for needed, package in (("gnome-keyring-daemon", "gnome-keyring"), ("dbus-run-session", "dbus")):
        program(needed, package)
    words = gmail_setup(home)
    (home.folder / "run").mkdir(mode=0o700)
    (home.folder / ".local/share/keyrings").mkdir(parents=True)
    surroundings = {
        "PATH": os.environ["PATH"], "HOME": str(home.folder), "TERM": "dumb", "XDG_RUNTIME_DIR": str(home.folder / "run"),
        "XDG_DATA_HOME": str(home.folder / ".local/share"), "SSH_CONNECTION": "somewhere",
    }  # fmt: skip
    session = ["dbus-run-session", "--", "bash", "-c", SESSION, "session", "open", sys.executable, "-m", "watcher"]
    terminal = Terminal(words, surroundings, [*session, *words, "--no-service"])
    terminal.answer("Which [imap]: ", "gmail")
    terminal.answer("you sign in with", "")
    paste(terminal, home)
    manners(terminal)
    assert terminal.leave() == 0, terminal.said
    (account,) = load_config(home.folder / ".config/watcher/config.toml", surroundings).accounts
    assert isinstance(account, GmailAccount)
    keyring = "import os; from watcher.mailbox.credentials import secret; print(secret('personal', None, os.environ))"
    kept = json.loads(run_in_session(home.folder, keyring))
    assert kept["refresh_token"]
    assert kept["refresh_token"] not in terminal.said


def test_without_a_keyring_the_sign_in_goes_to_a_program_that_must_give_it_back(home: Home) -> None:  # noqa: F811
    words = gmail_setup(home, "--no-service", "--kind", "gmail", "--user", home.user)
    kept = home.folder / "kept"
    terminal = Terminal(words, environ(home.folder))
    terminal.answer("The client file from Google", str(home.folder / "client.json"))
    terminal.answer("Paste it here: ", "http://127.0.0.1:8085/?error=access_denied")
    terminal.answer("Try again? [Y/n]: ", "")
    paste(terminal, home)
    terminal.answer("A command that keeps what it reads: ", "/bin/cat")
    terminal.answer("A command that prints it: ", "/bin/echo something")
    terminal.answer("prints something else", "")
    terminal.answer("A command that keeps what it reads: ", f"/usr/bin/tee {kept}")
    terminal.answer("A command that prints it: ", f"/bin/cat {kept}")
    manners(terminal)
    assert terminal.leave() == 0, terminal.said
    token = json.loads(kept.read_text())["refresh_token"]
    assert token not in terminal.said
    config = home.folder / ".config/watcher/config.toml"
    assert token not in config.read_text()
    assert load_config(config, environ(home.folder)).accounts[0].name == "personal"


@pytest.mark.parametrize("chosen", ["today", "write"])
def test_what_a_first_look_found_is_written_or_left_alone_as_the_user_says(chosen: str) -> None:
    with tempfile.TemporaryDirectory(prefix="first-") as name:
        place = Path(name)
        told = load(FIXTURES / "hamburg-purchasing-manager.yaml")
        lay_out(told, place)
        (place / "config.toml").unlink()
        before = sorted((place / "mail").rglob("*"))
        words = [
            "setup", "--name", told["you"]["name"], "--timezone", "Europe/Berlin", "--kind", "maildir",
            "--path", str(place / "mail"), "--holidays", "DE-HH", "--pace", "standard", "--thank-yous", "--no-notify",
            "--highlight", "moving a warehouse", "--no-service",
            *(word for one in told["you"]["addresses"] for word in ("--address", one)),
        ]  # fmt: skip
        terminal = Terminal(words, environ(place), elsewhere(*words, now=told["now"]))
        terminal.answer("Look at the mail now? Nothing is written.", "y")
        terminal.wait_for("What about these?")
        assert sorted((place / "mail").rglob("*")) == before
        terminal.answer("Which [today]: ", chosen)
        assert terminal.leave() == 0, terminal.said
        new = [path for path in set((place / "mail").rglob("*")) - set(before) if path.is_file()]
        config = load_config(place / ".config/watcher/config.toml", environ(place))
        if chosen == "today":
            assert new == []
            assert config.follow_up.not_before
        else:
            assert new
            assert all(".Drafts" in str(path) or "Drafts" in path.parts for path in new)
            assert config.follow_up.not_before is None
