"""Signing in with Google in the browser, and the access tokens that come of it. It never sees the password.

The way for programs on a person's own machine: RFC 8252 (an answer on the loopback address), RFC 7636 (PKCE) and RFC
6749 (state, refresh). What is kept is one line of JSON, the grant: a secret like any other, in the keyring.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from watcher.errors import CredentialsMissing, CredentialsRejected, MailboxUnavailable
from watcher.mailbox.reached import Untrusted

READ = "https://www.googleapis.com/auth/gmail.readonly"
DRAFT = "https://www.googleapis.com/auth/gmail.compose"
AUTH_URI = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
AHEAD = 300.0  # seconds before its end that a token is renewed
TIMEOUT = 30.0
GUIDE = "docs/gmail.md tells how to make one in five minutes."
LATER = "It is tried again later."


def scopes(*, drafting: bool) -> tuple[str, ...]:
    """What is asked for: to read, and where drafts are to be written, to write them."""
    return (READ, DRAFT) if drafting else (READ,)


@dataclass(frozen=True, slots=True)
class Client:
    """The user's own client id at Google. The secret of a desktop client is none (RFC 8252 8.5), and kept like one."""

    id: str
    secret: str = field(default="", repr=False)
    auth_uri: str = AUTH_URI
    token_uri: str = TOKEN_URI


@dataclass(frozen=True, slots=True)
class Grant:
    """What the user has allowed: the refresh token, and the client that it was given to."""

    client: Client
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """One line, for the keyring."""
        client = self.client
        return json.dumps(
            {
                "client_id": client.id,
                "client_secret": client.secret,
                "auth_uri": client.auth_uri,
                "token_uri": client.token_uri,
                "refresh_token": self.refresh_token,
                "scopes": list(self.scopes),
            }
        )


def client_of(text: str) -> Client:
    """The client in the file that Google offers for download. Raises CredentialsMissing, with what is wrong."""
    try:
        table = json.loads(text)
        found = table.get("installed")
        kinds = ", ".join(str(key) for key in table)
    except (ValueError, AttributeError):
        raise CredentialsMissing("The client file is not the JSON that Google offers for download.", GUIDE) from None
    if not isinstance(found, dict) or not found.get("client_id"):
        raise CredentialsMissing(f'The client is not of the kind "Desktop app" ({kinds or "empty"}).', GUIDE)
    return _client(found)


def grant_of(text: str, account: str) -> Grant:
    """The grant in a stored secret. Raises CredentialsMissing where it is something else, such as a password."""
    try:
        table = json.loads(text)
        refresh_token = str(table["refresh_token"])
        client = _client(table)
        allowed = tuple(str(scope) for scope in table.get("scopes", ()))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CredentialsMissing(
            f"What is stored for {account} is no sign-in with Google.", f"Sign in with `watcher login {account}`."
        ) from None
    return Grant(client, refresh_token, allowed)


def _client(table: Mapping[str, Any]) -> Client:
    client = Client(
        str(table["client_id"]),
        str(table.get("client_secret") or ""),
        str(table.get("auth_uri") or AUTH_URI),
        str(table.get("token_uri") or TOKEN_URI),
    )
    if client.auth_uri == "https://accounts.google.com/o/oauth2/auth":
        client = Client(client.id, client.secret, AUTH_URI, client.token_uri)
    for uri in (client.auth_uri, client.token_uri):
        parts = urlsplit(uri)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise CredentialsMissing("The client file names a page for signing in that is not encrypted.", GUIDE)
    return client


# --- asking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One sign-in under way: what the browser is sent to, and what its answer must match."""

    client: Client
    redirect: str
    scopes: tuple[str, ...]
    login: str = ""
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    @property
    def url(self) -> str:
        """The page at Google where the user says yes or no."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "client_id": self.client.id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": " ".join(self.scopes),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
        }
        if self.login:
            asked["login_hint"] = self.login
        return f"{self.client.auth_uri}?{urlencode(asked)}"

    def code(self, answer: str) -> str:
        """The code in the address that the browser was sent to. Raises CredentialsRejected where it is a no, and where
        the answer belongs to another question."""
        told = {key: values[0] for key, values in parse_qs(urlsplit(answer.strip()).query).items()}
        if not secrets.compare_digest(told.get("state", "").encode(), self.state.encode()):
            raise CredentialsRejected(
                "That is not the answer to this sign-in.", "Copy the whole address, from the sign-in begun last."
            )
        if told.get("error") or not told.get("code"):
            raise CredentialsRejected("Google was told no, so nothing is stored.", "Start again to say yes.")
        return told["code"]


def exchange(question: Question, code: str) -> Grant:
    """The grant for a code. Raises CredentialsRejected and MailboxUnavailable."""
    client = question.client
    told = _post(
        client,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": question.redirect,
            "client_id": client.id,
            "client_secret": client.secret,
            "code_verifier": question.verifier,
        },
        "watcher",
        "Start the sign-in again; the answer is good for a few minutes only.",
    )
    allowed = tuple(str(told.get("scope") or " ".join(question.scopes)).split())
    missing = _missing(question.scopes, allowed)
    if missing or not told.get("refresh_token"):
        what = " and ".join({READ: "reading mail", DRAFT: "writing drafts"}[scope] for scope in missing)
        raise CredentialsRejected(
            f"Google was not told yes to {what or 'staying signed in'}.", "Start again, and tick every box it shows."
        )
    return Grant(client, str(told["refresh_token"]), allowed)


def _missing(wanted: Collection[str], allowed: Collection[str]) -> list[str]:
    return [scope for scope in wanted if scope not in allowed]


# --- tokens ------------------------------------------------------------------------------------------------------


class GrantTokens:
    """The access tokens of an account, kept in memory alone. `grant` reads the stored secret; it is asked each time a
    token runs out, so that a new sign-in counts at once. `scopes` is what the last one allows."""

    def __init__(self, account: str, grant: Callable[[], Grant], clock: Callable[[], float] = time.monotonic) -> None:
        self._account = account
        self._grant = grant
        self._clock = clock
        self._token = ""
        self._until = 0.0
        self.scopes: tuple[str, ...] = ()

    def access(self) -> str:
        """A token that is good for five minutes yet. Raises CredentialsRejected, CredentialsMissing and
        MailboxUnavailable."""
        if not self._token or self._clock() >= self._until - AHEAD:
            return self.renew()
        return self._token

    def renew(self) -> str:
        """A new token. Raises as `access` does."""
        grant = self._grant()
        self.scopes = grant.scopes
        told = _post(
            grant.client,
            {
                "grant_type": "refresh_token",
                "refresh_token": grant.refresh_token,
                "client_id": grant.client.id,
                "client_secret": grant.client.secret,
            },
            self._account,
            f"Sign in again: `watcher login {self._account}`. Where it lasts a week only, docs/gmail.md tells why.",
        )
        self._token = str(told["access_token"])
        # A token that lives shorter than that is used until it is refused.
        life = float(told.get("expires_in") or 0)
        self._until = self._clock() + (life if life > AHEAD else life + AHEAD)
        return self._token


def _post(client: Client, form: Mapping[str, str], account: str, remedy: str) -> dict[str, Any]:
    """The answer of a token endpoint (RFC 6749 5.1, 5.2). No error says what was sent, or what came back in words."""
    status, headers, content = exchanged("POST", client.token_uri, form, {})
    try:
        told = json.loads(content)
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    if status == http.client.OK and told.get("access_token"):
        return told
    reason = str(told.get("error", ""))
    if status in (400, 401, 403) and reason in ("invalid_client", "unauthorized_client", "deleted_client"):
        raise CredentialsRejected(f"Google does not know the client id of {account} ({reason}).", GUIDE)
    if status in (400, 401, 403):
        said = "the sign-in has run out or was taken back" if reason == "invalid_grant" else f"status {status}"
        raise CredentialsRejected(f"Google no longer lets {account} in: {said}.", remedy)
    raise MailboxUnavailable(
        f"Google's sign-in is out of order just now (status {status}).", LATER, retry_after(headers)
    )


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds that an answer wants to be waited for, 0 where it names none."""
    after = headers.get("retry-after", "")
    return float(after[:6]) if after.isascii() and after.isdecimal() else 0.0


def exchanged(
    method: str, uri: str, form: Mapping[str, Any] | None, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers (in lower case) and the content of an answer of a sign-in page, which is asked over TLS
    that is checked (or without, on this machine alone). Raises MailboxUnavailable."""
    parts = urlsplit(uri)
    body, sent = None, {"accept": "application/json", **headers}
    if form is not None:
        body = urlencode({key: value for key, value in form.items() if value})
        sent["content-type"] = "application/x-www-form-urlencoded"
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
    try:
        connection.request(method, parts.path or "/", body, sent)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    except ssl.SSLCertVerificationError as error:
        raise Untrusted(
            f"The certificate of {parts.netloc} is not to be trusted ({error.verify_message or error.reason}).",
            "Check the clock and the network.",
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise MailboxUnavailable(f"The sign-in page cannot be reached ({type(error).__name__}).", LATER) from None
    finally:
        connection.close()
