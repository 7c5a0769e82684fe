"""Signing in for real: a browser, Google's pages (an emulator), a Secret Service; and where the secret must not be seen."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.mailbox_contract import mail
from tests.support.gmail import Gmail, running
from tests.support.keyring import run_in_session

CLIENT = "rig-client"
CLIENT_SECRET = "rig-secret"

# Says yes to Google for the user, and goes where it is sent then.
BROWSER = """
import sys, urllib.error, urllib.parse, urllib.request
asked = {key: values[0] for key, values in urllib.parse.parse_qs(urllib.parse.urlsplit(sys.argv[-1]).query).items()}
open(sys.argv[1], "a").write(sys.argv[-1] + "\\n")
page = urllib.parse.urlsplit(sys.argv[-1])._replace(path="/o/oauth2/v2/auth/callback", query="").geturl()
form = {**asked, "email": sys.argv[2]}
class Bar(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, file, code, message, headers, url):
        print(url)
        return super().redirect_request(request, file, code, message, headers, url)
try:
    urllib.request.build_opener(Bar).open(page, urllib.parse.urlencode(form).encode(), timeout=10)
except urllib.error.URLError:
    pass
"""

# Runs commands one after the other, prints what they said, and last what is in the keyring.
SCRIPT = """
import io, json, os, sys
from contextlib import redirect_stderr, redirect_stdout
os.environ.update({environ!r})
from watcher.cli import main
from watcher.mailbox.credentials import secret
told = []
for words, typed in {runs!r}:
    out, err = io.StringIO(), io.StringIO()
    sys.stdin = io.StringIO(typed)
    with redirect_stdout(out), redirect_stderr(err):
        status = main(words)
    told.append([status, out.getvalue(), err.getvalue()])
try:
    told.append(secret("personal", None, os.environ))
except Exception as error:
    told.append("")
print(json.dumps(told))
"""


@dataclass
class Home:
    """A user's home, with a config for Gmail and a client file."""

    folder: Path
    server: Gmail
    user: str

    def run(self, *runs: tuple[list[str], str], **environ: str) -> tuple[list[tuple[int, str, str]], str]:
        """What each command left with and said, and the secret that is in the keyring at the end."""
        environ = {
            "DISPLAY": ":none",
            "BROWSER": f"{sys.executable} {self.folder}/browser.py {self.folder}/seen {self.user} %s",
            "WATCHER_DEBUG": "1",
            **environ,
        }
        said = run_in_session(self.folder, SCRIPT.format(environ=environ, runs=list(runs)))
        told = json.loads(said.splitlines()[-1])
        return [(status, out, err) for status, out, err in told[:-1]], told[-1]

    def sign_in(self, *more: str) -> tuple[list[str], str]:
        return ["login", "personal", "--client", str(self.folder / "client.json"), *more], ""

    def page(self) -> str:
        return (self.folder / "seen").read_text().splitlines()[-1]


@pytest.fixture(scope="module")
def server() -> Iterator[Gmail]:
    with running() as gmail:
        yield gmail


@pytest.fixture
def home(server: Gmail) -> Iterator[Home]:
    server.calm()
    with tempfile.TemporaryDirectory(prefix="signin-") as name:  # sockets need a short path
        folder, user = Path(name), next(server.users)
        (folder / "browser.py").write_text(BROWSER)
        page = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
        page |= {"auth_uri": f"{server.endpoint}/o/oauth2/v2/auth", "token_uri": f"{server.endpoint}/token"}
        (folder / "client.json").write_text(json.dumps({"installed": page}))
        config = folder / ".config/watcher/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(
            f'[you]\nname = "Alex Morgan"\naddresses = ["{user}"]\ntimezone = "UTC"\n'
            f'[[accounts]]\nname = "personal"\nkind = "gmail"\nendpoint = "{server.endpoint}"\n'
        )
        yield Home(folder, server, user)
        server.calm()


def test_signing_in_once_is_enough_until_it_is_taken_back(home: Home) -> None:
    raw = base64.urlsafe_b64encode(mail("one")).decode()
    home.server.control("messages", {"messages": [{"email": home.user, "raw": raw, "labelIds": ["INBOX"]}]})
    told, kept = home.run(
        home.sign_in(), (["doctor", "--json"], ""), (["scan", "--json", "--now", "2026-03-10T10:00"], "")
    )
    assert [status for status, _, _ in told] == [0, 0, 0], told
    assert "Signed in to personal" in told[0][1]
    lines = {(line["check"], line["account"]): line["status"] for line in json.loads(told[1][1])}
    assert lines[("sign-in", "personal")] == lines[("folders", "personal")] == "ok"
    assert json.loads(told[2][1])["accounts"][0]["swept"] == 1
    assert json.loads(kept)["client_id"] == CLIENT

    home.server.control("revoke", {})
    told, _ = home.run((["scan"], ""), (["doctor"], ""))
    assert [status for status, _, _ in told] == [3, 1]
    assert "`watcher login personal`" in told[0][2]
    assert "`watcher login personal`" in told[1][1]

    told, _ = home.run((["login", "personal"], ""), (["scan"], ""), (["logout", "personal"], ""), (["scan"], ""))
    assert [status for status, _, _ in told] == [0, 0, 0, 3], told
    assert "Signed out" in told[2][1]


def test_the_secret_is_in_the_keyring_and_nowhere_else(home: Home) -> None:
    told, kept = home.run(home.sign_in(), (["scan"], ""), (["doctor"], ""), (["status"], ""))
    home.server.control("revoke", {})
    more, _ = home.run((["scan"], ""), (["doctor"], ""))
    (home.folder / "client.json").unlink()
    canaries = [json.loads(kept)["refresh_token"], CLIENT_SECRET, "google_", "ya29."]
    said = json.dumps([*told, *more])
    assert json.loads(kept)["refresh_token"]
    for canary in canaries:
        assert canary not in said
        assert canary not in home.page()  # what other users see in the list of processes
        for file in home.folder.rglob("*"):
            if file.is_file():
                assert canary.encode() not in file.read_bytes(), file


def test_the_page_asks_for_what_is_needed_and_no_more(home: Home) -> None:
    config = home.folder / ".config/watcher/config.toml"
    config.write_text(f'drafting = "off"\n{config.read_text()}')
    told, kept = home.run(home.sign_in())
    assert told[0][0] == 0, told
    assert json.loads(kept)["scopes"] == ["https://www.googleapis.com/auth/gmail.readonly"]
    assert "code_challenge_method=S256" in home.page()


def test_another_account_than_the_one_meant_is_not_kept(home: Home) -> None:
    other = next(home.server.users)
    told, kept = home.run(
        home.sign_in(), BROWSER=f"{sys.executable} {home.folder}/browser.py {home.folder}/seen {other} %s"
    )
    assert told[0][0] == 1
    assert other in told[0][2]
    assert kept == ""


def test_without_a_client_the_first_time_both_ways_are_told(home: Home) -> None:
    told, _ = home.run((["login", "personal"], ""))
    status, _, err = told[0]
    assert status == 2
    assert "docs/gmail.md" in err
    assert "app password" in err


def test_an_answer_can_be_pasted_where_there_is_no_browser(home: Home) -> None:
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(home.folder)}
    words = [sys.executable, "-m", "watcher", *home.sign_in("--paste", "--print")[0]]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        words, cwd=root, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    page = next(line for line in process.stderr if line.startswith("http")).strip()
    browser = [sys.executable, str(home.folder / "browser.py"), str(home.folder / "seen"), home.user, page]
    address = subprocess.run(browser, capture_output=True, text=True, check=True).stdout.strip()
    out, err = process.communicate(f"{address}\n", timeout=30)
    assert process.returncode == 0, err
    grant: dict[str, Any] = json.loads(out)
    assert grant["refresh_token"]
    assert grant["refresh_token"] not in err
    assert len(out.splitlines()) == 1
