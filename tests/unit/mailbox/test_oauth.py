"""Signing in with Google: what the browser is asked, which answers count, and what is kept."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from watcher.errors import CredentialsMissing, CredentialsRejected, MailboxUnavailable
from watcher.mailbox.loopback import Loopback
from watcher.mailbox.oauth import (
    AUTH_URI,
    DRAFT,
    READ,
    Client,
    Grant,
    GrantTokens,
    Question,
    client_of,
    exchange,
    grant_of,
    scopes,
)

CLIENT = Client("id.apps.example", "barley")
REFRESH = "1//oats"


def question(client: Client = CLIENT) -> Question:
    return Question(client, "http://127.0.0.1:9/", scopes(drafting=True), "alex@example.net")


def test_the_browser_is_asked_for_reading_and_drafting_and_nothing_else() -> None:
    told = parse_qs(urlsplit(question().url).query)
    assert told["scope"] == [f"{READ} {DRAFT}"]
    assert told["access_type"] == ["offline"]
    assert told["login_hint"] == ["alex@example.net"]
    assert scopes(drafting=False) == (READ,)


def test_the_browser_is_told_the_digest_of_a_secret_that_stays_here() -> None:
    one = question()
    told = parse_qs(urlsplit(one.url).query)
    digest = base64.urlsafe_b64encode(hashlib.sha256(one.verifier.encode()).digest()).decode().rstrip("=")
    assert told["code_challenge"] == [digest]
    assert told["code_challenge_method"] == ["S256"]
    assert one.verifier not in one.url
    assert "barley" not in one.url


def test_each_question_is_another() -> None:
    assert question().state != question().state
    assert question().verifier != question().verifier


def test_the_code_is_found_in_an_address_that_was_pasted() -> None:
    one = question()
    assert one.code(f"  http://127.0.0.1:9/?state={one.state}&code=4%2Foats&scope=x \n") == "4/oats"


@pytest.mark.parametrize(
    "answer", ["", "oats", "http://127.0.0.1:9/?code=oats", "http://127.0.0.1:9/?code=oats&state=x"]
)
def test_an_answer_to_another_question_is_refused(answer: str) -> None:
    with pytest.raises(CredentialsRejected, match="not the answer") as caught:
        question().code(answer)
    assert "oats" not in str(caught.value)


def test_a_no_is_told_as_a_no() -> None:
    one = question()
    with pytest.raises(CredentialsRejected, match="told no"):
        one.code(f"http://127.0.0.1:9/?error=access_denied&state={one.state}")


# --- what is kept ------------------------------------------------------------------------------------------------


def test_a_desktop_client_is_read_from_the_file_that_google_offers() -> None:
    text = json.dumps(
        {
            "installed": {
                "client_id": "a.apps",
                "client_secret": "s",
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            }
        }
    )
    assert client_of(text) == Client("a.apps", "s", AUTH_URI)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "not the JSON"), ("[]", "not the JSON"), ('{"web": {"client_id": "a"}}', "Desktop app"), ("{}", "Desktop app"),
        ('{"installed": {"client_id": "a", "token_uri": "http://mail.example/token"}}', "not encrypted"),
    ],
)  # fmt: skip
def test_any_other_file_is_refused_with_what_to_do(text: str, words: str) -> None:
    with pytest.raises(CredentialsMissing, match=words) as caught:
        client_of(text)
    assert "docs/gmail.md" in caught.value.remedy


def test_a_grant_is_one_line_and_is_read_back() -> None:
    grant = Grant(CLIENT, REFRESH, (READ,))
    assert "\n" not in grant.as_text()
    assert grant_of(grant.as_text(), "personal") == grant
    assert "oats" not in repr(grant)
    assert "barley" not in repr(grant)


@pytest.mark.parametrize("text", ["an app password", "{}", "[]", "7"])
def test_a_secret_that_is_no_grant_is_told_without_being_shown(text: str) -> None:
    with pytest.raises(CredentialsMissing) as caught:
        grant_of(text, "personal")
    assert "watcher login personal" in caught.value.remedy
    assert "app password" not in str(caught.value)


# --- tokens ------------------------------------------------------------------------------------------------------


class Google:
    """A token endpoint that gives what it is told to."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.asked: list[dict[str, str]] = []
        outer = self

        class Page(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.asked.append({key: values[0] for key, values in parse_qs(form).items()})
                status, told = outer.answers.pop(0)
                data = told.encode() if isinstance(told, str) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Page)
        self.client = Client("id.apps.example", "barley", AUTH_URI, f"http://127.0.0.1:{self.server.server_port}/token")


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(5)


def tokens(google: Google, at: list[float]) -> GrantTokens:
    return GrantTokens("personal", lambda: Grant(google.client, REFRESH), lambda: at[0])


def test_a_token_is_used_until_five_minutes_before_its_end(google: Google) -> None:
    at = [0.0]
    made = tokens(google, at)
    google.answers = [
        (200, {"access_token": "one", "expires_in": 3600}),
        (200, {"access_token": "two", "expires_in": 3600}),
    ]
    assert [made.access(), made.access()] == ["one", "one"]
    at[0] = 3299.0
    assert made.access() == "one"
    at[0] = 3301.0
    assert made.access() == "two"
    assert [form["refresh_token"] for form in google.asked] == [REFRESH, REFRESH]


def test_a_token_that_was_refused_is_renewed_at_once(google: Google) -> None:
    made = tokens(google, [0.0])
    google.answers = [
        (200, {"access_token": "one", "expires_in": 3600}),
        (200, {"access_token": "two", "expires_in": 3600}),
    ]
    assert (made.access(), made.renew(), made.access()) == ("one", "two", "two")


def test_a_refused_refresh_tells_the_one_command_that_mends_it(google: Google) -> None:
    google.answers = [(400, {"error": "invalid_grant", "error_description": f"{REFRESH} has expired"})]
    with pytest.raises(CredentialsRejected, match="run out") as caught:
        tokens(google, [0.0]).access()
    assert "`watcher login personal`" in caught.value.remedy
    assert "oats" not in f"{caught.value}{caught.value.__cause__}"


def test_a_client_that_was_deleted_is_told_apart(google: Google) -> None:
    google.answers = [(401, {"error": "invalid_client"})]
    with pytest.raises(CredentialsRejected, match="client id"):
        tokens(google, [0.0]).access()


@pytest.mark.parametrize("answer", [(500, "oops"), (503, {}), (200, "<html>"), (200, []), (429, {"error": "rate"})])
def test_a_sign_in_that_is_out_of_order_is_tried_again_later(google: Google, answer: tuple[int, Any]) -> None:
    google.answers = [answer]
    with pytest.raises(MailboxUnavailable):
        tokens(google, [0.0]).access()


def test_a_sign_in_that_nobody_answers_is_tried_again_later(google: Google) -> None:
    google.server.server_close()
    with pytest.raises(MailboxUnavailable, match="cannot be reached"):
        tokens(google, [0.0]).access()


def test_a_code_is_exchanged_with_the_secret_that_stayed_here(google: Google) -> None:
    one = question(google.client)
    google.answers = [(200, {"access_token": "a", "refresh_token": REFRESH, "scope": f"{DRAFT} {READ} openid"})]
    grant = exchange(one, "4/oats")
    assert grant.refresh_token == REFRESH
    assert google.asked == [
        {
            "grant_type": "authorization_code", "code": "4/oats", "redirect_uri": one.redirect, "client_id": "id.apps.example",
            "client_secret": "barley", "code_verifier": one.verifier,
        }
    ]  # fmt: skip


def test_a_box_that_was_not_ticked_is_told(google: Google) -> None:
    google.answers = [(200, {"access_token": "a", "refresh_token": REFRESH, "scope": READ})]
    with pytest.raises(CredentialsRejected, match="writing drafts"):
        exchange(question(google.client), "4/oats")


# --- the page on this machine ------------------------------------------------------------------------------------


def test_the_browser_is_answered_and_its_address_handed_on(capfd: pytest.CaptureFixture[str]) -> None:
    pages: list[str] = []

    def browse(address: str) -> None:
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{address}favicon.ico", timeout=5)
        with urllib.request.urlopen(f"{address}?state=s&code=oats", timeout=5) as page:
            pages.append(page.read().decode())

    with Loopback() as page:
        assert urlsplit(page.redirect).hostname == "127.0.0.1"
        thread = threading.Thread(target=browse, args=(page.redirect,), daemon=True)
        thread.start()
        assert page.wait(10) == "/?state=s&code=oats"
        thread.join(5)
    assert "close this window" in pages[0]
    assert "oats" not in "".join(capfd.readouterr())


def test_a_browser_that_never_answers_is_given_up() -> None:
    with Loopback() as page, pytest.raises(CredentialsRejected, match="Nobody"):
        page.wait(0)
