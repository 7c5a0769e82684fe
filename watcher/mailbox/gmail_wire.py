"""The door to Google's client library: what may be asked of Gmail at all, how it is asked, and what its refusals mean.

Every request passes one list of methods and paths; nothing that sends, labels, moves or removes mail is on it. The
library's own transport repeats a request whose answer was lost, which for a draft would make two; this one does not.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from watcher.errors import MailboxUnavailable, WatcherError
from watcher.mailbox.gmail_refusals import LATER, Busy, Failing, Missing, Patience, Refused, Stale, meaning
from watcher.mailbox.reached import Reached, ServerTime, Untrusted, reached, time_of
from watcher.mailbox.signin import Tokens

ENDPOINT = "https://gmail.googleapis.com"
TIMEOUT = 30.0  # seconds; see `gmail_refusals` for how often
BATCH = 50  # parts of one batch; Google takes 100 and advises 50
# "Usage limits" of the Gmail API: 15,000 units a minute, and most of what is asked in batches costs 5.
UNITS = 5
FULL = 12_000.0
RATE = 240.0
# Google packs what it answers for those who say twice that they can take it.
PACKED = {"accept-encoding": "gzip", "user-agent": "watcher (gzip)"}
MOST = 256 * 1024 * 1024  # bytes of one answer, unpacked; a batch of large messages is a tenth of it

_USER = "/gmail/v1/users/me"
READING = (
    ("GET", re.compile(rf"{_USER}/(profile|labels|messages|history|drafts)")),
    ("GET", re.compile(rf"{_USER}/(messages|drafts)/[\w-]+")),
)
DRAFTING = (
    ("POST", re.compile(rf"{_USER}/drafts")),
    ("DELETE", re.compile(rf"{_USER}/drafts/[\w-]+")),
)
BATCH_PATH = "/batch"  # what the description that ships with the library says
_INNER = re.compile(r"^([A-Z]+) (\S+) HTTP/1\.1\s*$", re.M)


class Budget:
    """The quota units that may be spent: a good part of a minute's at once, from then on as many as come in.

    Without it a long first scan would run into Google's limit again and again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = FULL
        self._at = clock()

    def spend(self, units: float) -> float:
        """The seconds to wait before these units may be spent."""
        now = self._clock()
        self._left = min(FULL, self._left + (now - self._at) * RATE) - units
        self._at = now
        return max(0.0, -self._left / RATE)


def may_ask(method: str, path: str, *, drafting: bool) -> bool:
    """Whether a request is one of those that are ever made."""
    asked = (*READING, *DRAFTING) if drafting else READING
    return any(method == verb and shape.fullmatch(path) for verb, shape in asked)


class Wire:
    """One account's connection to Gmail, in the shape that Google's library takes for a transport.

    `drafting` false leaves only what reads. `wait` waits that many seconds and tells whether it was woken early, which
    ends the asking.
    """

    def __init__(
        self,
        account: str,
        tokens: Tokens,
        *,
        endpoint: str = ENDPOINT,
        drafting: bool = True,
        timeout: float = TIMEOUT,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.account = account
        self._tokens = tokens
        self._base = urlsplit(endpoint)
        self._drafting = drafting
        self._timeout = timeout
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._connection: http.client.HTTPConnection | None = None
        self._budget = Budget()
        self.server_time: ServerTime | None = None

    # --- what the library calls ---------------------------------------------------------------------------------

    def request(
        self, uri: str, method: str = "GET", body: str | bytes | None = None, headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[Any, bytes]:  # fmt: skip
        """One request and its answer, asked once more with a new token where the first was refused."""
        from httplib2 import Response  # type: ignore[import-untyped]

        parts = urlsplit(uri)
        data = body.encode() if isinstance(body, str) else body
        self._check(method, parts, data)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        left_out = ("content-length", "accept-encoding", "user-agent")
        given = {key: value for key, value in (headers or {}).items() if key.lower() not in left_out}
        given |= PACKED
        status, told, content = self._exchange(method, target, data, given, self._tokens.access())
        if status == http.client.UNAUTHORIZED:
            status, told, content = self._exchange(method, target, data, given, self._tokens.renew())
        return Response({**told, "status": str(status)}), content

    def _check(self, method: str, parts: Any, body: bytes | None) -> None:
        ours = (parts.scheme, parts.netloc) == (self._base.scheme, self._base.netloc)
        if ours and method == "POST" and parts.path == BATCH_PATH:
            inner = _INNER.findall((body or b"").decode("utf-8", "replace"))
            ours = bool(inner) and all(may_ask(verb, urlsplit(at).path, drafting=False) for verb, at in inner)
        else:
            ours = ours and may_ask(method, parts.path, drafting=self._drafting)
        if not ours:
            raise Refused(f"watcher does not ask Gmail for {method} {parts.path}.", "This is a fault of its own.")

    def _exchange(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], token: str
    ) -> tuple[int, dict[str, str], bytes]:
        if method != "GET":
            self._hang_up()  # a connection kept from before may be dead, and these are not to be repeated
        if self._closed.is_set():
            raise MailboxUnavailable(f"The connection of {self.account} was closed.", LATER)
        try:
            connection = self._connected()
            connection.request(method, target, body, {**headers, "authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            content = _unpacked(answer.read(), answer.getheader("content-encoding") or "")
        except TimeoutError:
            self._hang_up()
            raise Failing(f"Gmail does not answer for {self.account}.", LATER) from None
        except ssl.SSLCertVerificationError as error:
            self._hang_up()
            raise Untrusted(
                "The certificate of Gmail's server is not to be trusted.", "Check the clock and the network."
            ) from error
        except (OSError, http.client.HTTPException, AttributeError, ValueError, zlib.error) as error:
            self._hang_up()  # AttributeError, ValueError: it was closed under our hands
            raise Failing(f"The connection to Gmail was lost ({type(error).__name__}).", LATER) from error
        told = {key.lower(): value for key, value in answer.getheaders() if key.lower() != "content-encoding"}
        self.server_time = time_of(told.get("date", ""))
        if answer.will_close:
            self._hang_up()
        return answer.status, told, content

    def reach(self) -> Reached:
        """Connect, look, and hang up. Raises MailboxUnavailable, Untrusted for short."""
        self._hang_up()
        try:
            connection = self._connected()
            connection.connect()
            where = self._base.netloc if ":" in self._base.netloc else f"{self._base.netloc}:443"
            return reached(where, connection.sock)
        except ssl.SSLCertVerificationError as error:
            raise Untrusted(
                f"The certificate of {self._base.netloc} is not to be trusted ({error.verify_message}).",
                "Check the clock and the network.",
            ) from error
        except OSError as error:
            raise Failing(f"Gmail cannot be reached ({error.strerror or type(error).__name__}).", LATER) from error
        finally:
            self._hang_up()

    def allows(self, scope: str) -> bool:
        """Whether the sign-in covers a scope, as far as is known."""
        scopes = getattr(self._tokens, "scopes", ())
        return not scopes or scope in scopes

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            host = self._base.netloc
            if self._base.scheme == "http":  # a test on this machine; see `endpoint` in the config
                self._connection = http.client.HTTPConnection(host, timeout=self._timeout)
            else:
                self._connection = http.client.HTTPSConnection(
                    host, timeout=self._timeout, context=ssl.create_default_context()
                )
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()

    # --- what the backend calls ---------------------------------------------------------------------------------

    def service(self) -> Any:
        """Google's client for Gmail, from the description that ships with it, with nothing asked of the network."""
        from googleapiclient.discovery import build

        self._closed.clear()
        return build(
            "gmail",
            "v1",
            http=self,
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": self._base.geturl()},
        ).users()

    def close(self) -> None:
        """Hang up, and wake whoever waits; may be called from another thread."""
        self._closed.set()
        self._hang_up()

    def ask(self, request: Any, *, again: bool = True) -> dict[str, Any]:
        """The answer to a request of the library, asked again while Google is busy or does not answer.

        Raises Missing, and what `Mailbox` may raise; with `again` false after the first try, so that it can be told
        whether something was carried out (Failing: nobody knows).
        """
        patience = Patience()
        while True:
            try:
                return self._once(request)
            except (Busy, Failing) as fault:
                if not again:
                    raise
                self._pause(patience.length(fault), fault)

    def ask_all(self, requests: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The answers to many requests that read, in batches; those that Google does not know are left out."""
        keys = list(requests)
        for start in range(0, len(keys), BATCH):
            yield from self._batch({key: requests[key] for key in keys[start : start + BATCH]})

    def _batch(self, requests: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        left, patience, renewed = dict(requests), Patience(), False
        while True:
            told: dict[str, dict[str, Any] | Exception] = {}
            try:
                self._ask_batch(left, told)
                trouble: WatcherError | None = None
            except (Busy, Failing) as fault:
                trouble = fault
            if not renewed and any(isinstance(answer, Stale) for answer in told.values()):
                # A batch is let in and its parts are refused one by one.
                renewed, told = True, {key: answer for key, answer in told.items() if not isinstance(answer, Stale)}
                self._tokens.renew()
                trouble = None
                if not told:
                    continue
            for key, answer in told.items():
                if isinstance(answer, dict):
                    yield key, answer
                elif isinstance(answer, Busy | Failing):
                    trouble = trouble or answer
                    continue
                elif not isinstance(answer, Missing):
                    raise answer
                left.pop(key, None)
            if not left:
                return
            trouble = trouble or Failing("Gmail left out some of what was asked for.", LATER)
            self._pause(patience.length(trouble), trouble)

    def _ask_batch(self, requests: Mapping[str, Any], told: dict[str, dict[str, Any] | Exception]) -> None:
        from googleapiclient.errors import BatchError, Error, HttpError
        from googleapiclient.http import BatchHttpRequest

        def hear(key: str, answer: Any, fault: HttpError | None) -> None:
            told[key] = answer if fault is None else meaning(self.account, fault.resp, fault.content)

        # The library's own way to make a batch forgets which server it is for.
        batch = BatchHttpRequest(callback=hear, batch_uri=f"{self._base.geturl().rstrip('/')}{BATCH_PATH}")
        for key, request in requests.items():
            batch.add(request, request_id=key)
        length = self._budget.spend(UNITS * len(requests))
        if length and self._wait(length):
            raise Failing(f"The connection of {self.account} was closed.", LATER)
        try:
            batch.execute(http=self)
        except HttpError as error:
            raise meaning(self.account, error.resp, error.content) from error
        except (BatchError, Error, KeyError, ValueError) as error:
            raise Failing("Gmail's answer to a batch makes no sense.", LATER) from error

    def _once(self, request: Any) -> dict[str, Any]:
        from googleapiclient.errors import Error, HttpError

        try:
            answer = request.execute(http=self, num_retries=0)
        except HttpError as error:
            raise meaning(self.account, error.resp, error.content) from error
        except (Error, ValueError) as error:
            raise Failing("Gmail's answer makes no sense.", LATER) from error
        return answer if isinstance(answer, dict) else {}

    def _pause(self, length: float, fault: WatcherError) -> None:
        if self._wait(length):
            raise fault


def _unpacked(content: bytes, how: str) -> bytes:
    """The bytes of an answer. Raises zlib.error, and ValueError where it is packed otherwise or grows out of bounds."""
    if not how or how == "identity":
        return content
    if how != "gzip":
        raise ValueError("packed in a way that was not asked for")
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    data = unpacking.decompress(content, MOST)
    if not unpacking.eof:
        raise ValueError("cut off, or too long")
    return data
