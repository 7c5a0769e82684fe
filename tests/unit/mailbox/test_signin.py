"""What a server's no means for the user."""

from __future__ import annotations

import pytest

from watcher.errors import CredentialsRejected, MailboxUnavailable
from watcher.mailbox.signin import as_pasted, refusal, words_of


@pytest.mark.parametrize(
    "said",
    [
        "b'[AUTHENTICATIONFAILED] Invalid credentials (Failure)'",
        "Login failed: authentication failure",
        "[ALERT] Application-specific password required",
        "LOGIN failed.",
    ],
)
def test_a_refused_secret_is_for_the_user_to_mend(said: str) -> None:
    error = refusal("personal", "imap.acme.example", "alex", Exception(said))
    assert isinstance(error, CredentialsRejected)
    assert "watcher login" in error.remedy


@pytest.mark.parametrize(
    "said",
    [
        "[UNAVAILABLE] Temporary authentication failure",
        "[INUSE] locked",
        "[ALERT] Too many simultaneous connections. (Failure)",
        "Server busy, try again later",
    ],
)
def test_a_busy_server_says_nothing_about_the_secret(said: str) -> None:
    assert isinstance(refusal("personal", "imap.acme.example", "alex", Exception(said)), MailboxUnavailable)


@pytest.mark.parametrize(
    ("host", "word"),
    [
        ("imap.gmail.com", "app password"),
        ("IMAP.GMAIL.COM", "app password"),
        ("outlook.office365.com", "Microsoft"),
        ("imap.mail.me.com", "app-specific"),
        ("imap.gmx.net", "POP3 and IMAP"),
        ("notgmail.com", "Check the user name"),
    ],
)
def test_the_remedy_is_the_providers_own(host: str, word: str) -> None:
    assert word in refusal("personal", host, "alex", Exception("no")).remedy


def test_a_servers_words_fit_on_one_line() -> None:
    said = words_of(Exception("login failed: b'bad\r\nnews\x1b[31m" + "!" * 1000))
    assert said.startswith("bad news")
    assert len(said) <= 200
    assert said.isprintable()


@pytest.mark.parametrize(
    ("host", "typed", "meant"),
    [
        ("imap.gmail.com", "abcd efgh ijkl mnop", "abcdefghijklmnop"),
        ("imap.gmail.com", "abcd\u00a0efgh\u00a0ijkl\u00a0mnop ", "abcdefghijklmnop"),
        ("imap.gmail.com", "abcd efgh ijkl", "abcd efgh ijkl"),
        ("imap.example.net", "abcd efgh ijkl mnop", "abcd efgh ijkl mnop"),
        ("notgmail.com", "abcd efgh ijkl mnop", "abcd efgh ijkl mnop"),
    ],
)
def test_googles_app_passwords_are_one_word_however_they_are_pasted(host: str, typed: str, meant: str) -> None:
    assert as_pasted(host, typed) == meant
