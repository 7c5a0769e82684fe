"""The ways of proving to an IMAP server who the user is, and what to tell the user when it says no."""

from __future__ import annotations

import imaplib
import re
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING, Protocol

from watcher.errors import CredentialsRejected, MailboxUnavailable

if TYPE_CHECKING:
    from imapclient import IMAPClient

SignIn = Callable[["IMAPClient"], None]
"""A way to sign in on a connection that is there and encrypted."""


class Tokens(Protocol):
    """What gives the access token of an account. Both raise CredentialsRejected, CredentialsMissing and
    MailboxUnavailable."""

    def access(self) -> str:
        """A token that is good for some minutes yet."""

    def renew(self) -> str:
        """Another one, because the last was refused."""


# RFC 5530: the server is to blame, not the password. The words are for servers that send no code.
NOT_NOW = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED)\]|too many|try again|temporar|simultaneous", re.I
)
BLOCKS = re.compile(r"\s*[a-z]{4}(\s[a-z]{4}){3}\s*")
# What imaplib can put into LOGIN as it stands: it quotes the password but not the user.
PLAIN_USER = re.compile(r"[\w.@+=~!#$&'/^`|?-]+", re.ASCII)


def with_password(account: str, host: str, user: str, secret: Callable[[], str]) -> SignIn:
    """Sign in by LOGIN, or by AUTHENTICATE PLAIN (RFC 4616) where LOGIN cannot carry the characters or is off.

    What it gives raises CredentialsRejected where the server refuses, MailboxUnavailable where it is busy, and whatever
    `secret` raises. Another way to sign in is another function of this shape.
    """

    def sign_in(client: IMAPClient) -> None:
        from imapclient.exceptions import LoginError

        password = secret()
        try:
            _send(client, user, password)
        except LoginError as error:
            if isinstance(error.__context__, imaplib.IMAP4.abort):  # cut off, which says nothing about the password
                raise error.__context__ from None
            raise refusal(account, host, user, error) from error

    return sign_in


def with_token(account: str, host: str, user: str, tokens: Tokens) -> SignIn:
    """Sign in with an access token, by OAUTHBEARER (RFC 7628) where the server has it, else by XOAUTH2; with another
    token once, where the first is refused. Raises as `with_password` does, and what `tokens` raise."""

    def sign_in(client: IMAPClient) -> None:
        from imapclient.exceptions import LoginError

        try:
            _send_token(client, user, tokens.access())
        except LoginError as error:
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise error.__context__ from None
            if NOT_NOW.search(words_of(error)):
                raise refusal(account, host, user, error) from None
        else:
            return
        try:
            _send_token(client, user, tokens.renew())
        except LoginError as error:
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise error.__context__ from None
            fault = refusal(account, host, user, error)
            if isinstance(fault, CredentialsRejected):
                fault.remedy = f"Sign in again: `watcher login {account}`."
            raise fault from None

    return sign_in


def as_pasted(host: str, secret: str) -> str:
    """A password as it was meant: Google shows its app passwords in four blocks of letters, which are one word."""
    google = host.lower().endswith((".gmail.com", ".googlemail.com"))
    return "".join(secret.split()) if google and BLOCKS.fullmatch(secret) else secret


def _send_token(client: IMAPClient, user: str, token: str) -> None:
    if client.has_capability("AUTH=OAUTHBEARER"):
        client.oauthbearer_login(user, token)
    else:
        client.oauth2_login(user, token)


def refusal(account: str, host: str, user: str, error: Exception) -> CredentialsRejected | MailboxUnavailable:
    """What a server's no means: a wrong secret, or a bad moment."""
    words = words_of(error)
    if NOT_NOW.search(words):
        return MailboxUnavailable(
            f"The server {host} does not let {account} in just now: {words}", "It is tried again later."
        )
    return CredentialsRejected(f"The server {host} refused to let {account} in as {user}: {words}", _remedy(host))


def words_of(error: Exception) -> str:
    """The server's own words, fit for one line."""
    said = re.sub(r"^\w+ failed: ", "", str(error)).removeprefix("b'").removesuffix("'")
    return " ".join("".join(char if char.isprintable() else " " for char in said).split())[:200]


def _send(client: IMAPClient, user: str, password: str) -> None:
    simple = PLAIN_USER.fullmatch(user) and password.isascii() and password.isprintable()
    if client.has_capability("AUTH=PLAIN") and (not simple or client.has_capability("LOGINDISABLED")):
        client.plain_login(user, password)
    else:
        client.login(user, password)


def _remedy(host: str) -> str:
    source = resources.files("watcher.knowledge").joinpath("logins.toml").read_text(encoding="utf-8")
    for login in tomllib.loads(source)["login"]:
        if any(host.lower() == known or host.lower().endswith(f".{known}") for known in login["hosts"]):
            return str(login["remedy"])
    return "Check the user name and store the password again with `watcher login`; some providers want an app password."
