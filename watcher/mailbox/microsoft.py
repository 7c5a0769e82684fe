"""The door to msal: signing in with Microsoft by a code that the user types into a page in any browser (RFC 8628).

msal knows the pages and keeps the tokens fresh; three things about it are set right here. What carries its requests is
ours: it asks nobody but Microsoft's sign-in, and it leaves out the headers in which msal counts for Microsoft what a
program does. Its token cache lives in memory, and only what outlives an hour is kept, as a secret like any other. Its
loggers are silent, because they may repeat an answer.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from watcher.errors import CredentialsMissing, CredentialsRejected, MailboxUnavailable
from watcher.mailbox.oauth import LATER, exchanged, retry_after
from watcher.mailbox.reached import ServerTime, time_of

if TYPE_CHECKING:
    from msal import PublicClientApplication, SerializableTokenCache

MICROSOFT = "https://login.microsoftonline.com"
# Mail by IMAP and nothing else (sending would be another, SMTP.Send); msal adds staying signed in by itself.
SCOPES = ("https://outlook.office.com/IMAP.AccessAsUser.All",)
LASTING = ("Account", "RefreshToken", "AppMetadata")
GUIDE = "docs/outlook.md tells how to make one."
UNKNOWN = frozenset({"invalid_client", "unauthorized_client"})
OUT_OF_ORDER = ("temporarily_unavailable", "server_error")
# What a program says about itself and its user beyond what is asked: versions, machine, counts of calls and of errors.
COUNTING = re.compile(r"x-client-|x-ms-lib-|client-request-id|return-client-request-id", re.I)
ASKED = re.compile(r"/[\w.-]+/(v2\.0/\.well-known/openid-configuration|oauth2/v2\.0/(devicecode|token))")


@dataclass(frozen=True, slots=True)
class Client:
    """The user's own client id; `tenant` is an organisation's, or common, consumers, organizations. `server` is another
    than Microsoft's in tests alone."""

    id: str
    tenant: str = "common"
    server: str = MICROSOFT


@dataclass(frozen=True, slots=True)
class Device:
    """A sign-in under way: what the user types, and where."""

    user_code: str
    page: str
    application: PublicClientApplication = field(repr=False)
    cache: SerializableTokenCache = field(repr=False)
    flow: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gave: `secret` is to be kept; `fresh` holds a token for the next hour as well, for a first try."""

    secret: str = field(repr=False)
    fresh: str = field(repr=False)


def begin(client: Client) -> Device:
    """Ask for a code. Raises CredentialsRejected where client id or tenant are refused, and MailboxUnavailable."""
    application, cache = _application(client, "", Carrier(client.server))
    flow: dict[str, Any] = application.initiate_device_flow(list(SCOPES))
    if not flow.get("device_code"):
        raise CredentialsRejected(f"Microsoft refuses the client id ({_word(flow)}).", GUIDE)
    page = str(flow.get("verification_uri") or flow.get("verification_url") or "")
    return Device(str(flow.get("user_code", "")), page, application, cache, flow)


def finish(device: Device, wait: Callable[[float], object]) -> SignedIn:
    """What to keep, once the user has said yes; `wait` waits that many seconds. Raises CredentialsRejected where they
    say no or let the time pass, and MailboxUnavailable."""
    flow, left = device.flow, float(device.flow["expires_in"])
    while left > 0:
        wait(flow["interval"])
        left -= max(flow["interval"], 1)
        told = device.application.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        if told.get("access_token"):
            return SignedIn(_lasting(device.cache), device.cache.serialize())
        word = _word(told)
        if word == "expired_token":
            break
        if word not in ("authorization_pending", "slow_down"):
            raise CredentialsRejected(f"Microsoft was told no ({word}); nothing is stored.", GUIDE)
    raise CredentialsRejected("Nobody typed the code in time.", "Start again.")


class MicrosoftTokens:
    """Access tokens of an account, renewed five minutes ahead of their end; see `signin.Tokens`.

    `secret` gives what is kept. Microsoft gives another refresh token with each use: `keep` is told of it.
    """

    def __init__(
        self, account: str, client: Client, secret: Callable[[], str], keep: Callable[[str], None] | None = None
    ) -> None:
        self._account, self._client, self._secret, self._keep = account, client, secret, keep
        self._kept: str | None = None
        self._application: PublicClientApplication | None = None
        self._cache: SerializableTokenCache | None = None
        self._carrier = Carrier(client.server)

    def server_time(self) -> ServerTime | None:
        """Microsoft's time, as it came with the last answer."""
        return self._carrier.server_time

    def access(self) -> str:
        """See `signin.Tokens`."""
        return self._token(anew=False)

    def renew(self) -> str:
        """See `signin.Tokens`."""
        return self._token(anew=True)

    def _token(self, *, anew: bool) -> str:
        if self._application is None:
            self._load()
        try:
            return self._asked(anew=anew)
        except CredentialsRejected:
            if not self._load():  # the user has not signed in again meanwhile
                raise
            return self._asked(anew=anew)

    def _load(self) -> bool:
        """Read what is kept; whether it is another than what is in use."""
        kept = self._secret()
        if kept == self._kept:
            return False
        self._application, self._cache = _application(self._client, _checked(kept, self._account), self._carrier)
        self._kept = kept
        return True

    def _asked(self, *, anew: bool) -> str:
        application, cache = self._application, self._cache
        assert application is not None
        assert cache is not None
        accounts = application.get_accounts()
        told = accounts and application.acquire_token_silent_with_error(
            list(SCOPES), accounts[0], force_refresh=anew, http_exceptions=(MailboxUnavailable,)
        )
        if told and told.get("access_token"):
            self._note(_lasting(cache))
            return str(told["access_token"])
        word = _word(told or {})
        if word in UNKNOWN:
            raise CredentialsRejected(f"Microsoft does not know the client id of {self._account} ({word}).", GUIDE)
        raise CredentialsRejected(
            f"Microsoft no longer lets {self._account} in: the sign-in has run out or was taken back.",
            f"Sign in again: `watcher login {self._account}`.",
        )

    def _note(self, lasting: str) -> None:
        if lasting != self._kept and self._keep is not None:
            with suppress(CredentialsMissing):  # the one that is stored goes on to be good for months
                self._keep(lasting)
                self._kept = lasting


def _application(client: Client, kept: str, carrier: Carrier) -> tuple[PublicClientApplication, SerializableTokenCache]:
    from msal import PublicClientApplication, SerializableTokenCache

    logging.getLogger("msal").setLevel(logging.CRITICAL + 1)
    cache = SerializableTokenCache()
    if kept:
        cache.deserialize(kept)
    try:
        application = PublicClientApplication(
            client.id, authority=f"{MICROSOFT}/{client.tenant}", token_cache=cache, http_client=carrier,
            instance_discovery=False, exclude_scopes=["profile"],
        )  # fmt: skip
    except ValueError as error:
        raise CredentialsRejected(
            f"Microsoft knows no organisation {client.tenant!r}.",
            'Look at `tenant` in the config; "common" is for all.',
        ) from error
    return application, cache


def _lasting(cache: SerializableTokenCache) -> str:
    """What is kept of a cache, in one line: no access token, which is long and good for an hour, and no id token.

    msal notes when it last used what it holds; without that it is the same text as long as it is the same secret.
    """
    table = json.loads(cache.serialize())
    kept = {kind: table.get(kind, {}) for kind in LASTING}
    for entries in kept.values():
        for entry in entries.values():
            entry.pop("last_modification_time", None)
    return json.dumps(kept, sort_keys=True)


def _checked(kept: str, account: str) -> str:
    """The secret, if it is of this kind. Raises CredentialsMissing."""
    try:
        good = bool(json.loads(kept)["RefreshToken"])
    except (ValueError, TypeError, KeyError):
        good = False
    if not good:
        raise CredentialsMissing(
            f"What is stored for {account} is no sign-in with Microsoft.", f"Sign in with `watcher login {account}`."
        )
    return kept


def _word(told: Mapping[str, Any]) -> str:
    """Microsoft's word for what is wrong, never its sentence."""
    word = str(told.get("error", ""))
    return word if re.fullmatch(r"\w{1,60}", word) else "no reason"


# --- what carries the requests -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the shape that msal takes for one."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Nothing: what is worth raising was raised."""


class Carrier:
    """Carries msal's requests to Microsoft's sign-in and nowhere else. Both verbs raise MailboxUnavailable where it
    cannot be reached, is out of order, or does not answer in JSON."""

    def __init__(self, server: str = MICROSOFT) -> None:
        self._server = server
        self.server_time: ServerTime | None = None

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, **_: object) -> Answer:
        """What a page says."""
        return self._exchange("GET", url, None, headers)

    def post(
        self, url: str, *, data: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None, **_: object
    ) -> Answer:
        """What a page says to a form."""
        return self._exchange("POST", url, data or {}, headers)

    def close(self) -> None:
        """Nothing: each request has a connection of its own; there is one an hour."""

    def _exchange(
        self, method: str, url: str, form: Mapping[str, Any] | None, headers: Mapping[str, str] | None
    ) -> Answer:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != MICROSOFT or not ASKED.fullmatch(parts.path):
            raise MailboxUnavailable(
                f"watcher does not ask {parts.netloc} for signing in.", "This is a fault of its own."
            )
        given = {name: value for name, value in (headers or {}).items() if not COUNTING.match(name)}
        status, told, content = exchanged(method, f"{self._server}{parts.path}", form, given)
        self.server_time = time_of(told.get("date", ""))
        try:
            sound = json.loads(content).get("error") not in OUT_OF_ORDER
        except (ValueError, AttributeError):
            sound = False
        if status >= 500 or status == 429 or not sound:
            raise MailboxUnavailable(
                f"Microsoft's sign-in is out of order just now (status {status}).", LATER, retry_after(told)
            )
        return Answer(status, content.decode("utf-8", "replace"), told)
