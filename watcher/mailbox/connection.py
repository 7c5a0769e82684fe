"""The door to IMAPClient: one signed-in connection, whose every failure comes out as one of our own errors."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from watcher.errors import DraftRefused, MailboxUnavailable
from watcher.mailbox.failures import Refused, translated
from watcher.mailbox.pipeline import Asked, Pipeline
from watcher.mailbox.quirks import distrusted
from watcher.mailbox.reached import Reached, reached, trusting

if TYPE_CHECKING:
    from datetime import date

    from imapclient import IMAPClient

    from watcher.mailbox.uids import Uids

CONNECT_TIMEOUT = 20.0
GOODBYE_TIMEOUT = 3.0
# imaplib takes no line above a million bytes, and a SEARCH answers in one line: at most 11 bytes a UID.
SEARCH_WINDOW = 80_000

BUFFER = 64 * 1024  # bytes read from the socket at once, where there are so many

MESSAGELIMIT = re.compile(rb"MESSAGELIMIT=([1-9]\d{0,9})", re.I)
APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.I)

Items = Mapping[bytes, Any]


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How to reach an account's server. `tls` is "tls" from the first byte on (port 993) or "starttls" (port 143);
    there is no way without. `ca` is a file of certificates to trust in place of the system's. `timeout` in seconds
    holds for each read. `folders` are names of folders the user wants read besides those with a role."""

    host: str
    port: int
    user: str
    tls: Literal["tls", "starttls"] = "tls"
    ca: str = ""
    timeout: float = 60.0
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What STATUS or EXAMINE says about a folder. `modseq` (RFC 7162) is 0 where it is not told."""

    uidvalidity: int
    uidnext: int
    messages: int
    modseq: int = 0


class Connection:
    """One connection to an IMAP server, and the folder that is open on it.

    Errors of every method: MailboxUnavailable; the connection is dropped when it can no longer be trusted, and the next
    `open` makes a new one. Folder names are decoded; they go to the server exactly as it listed them.
    """

    def __init__(self, account: str, settings: ImapSettings) -> None:
        self.account = account
        self.settings = settings
        self.selected: tuple[str, bool, int] | None = None  # name, whether it may be written to, UIDVALIDITY
        self._client: IMAPClient | None = None
        self._pipeline: Pipeline | None = None
        self._resync = False
        self.was_cut = False
        self._listed: dict[str, bytes] = {}
        self._foreign: tuple[str, ...] | None = None

    # --- coming and going ---------------------------------------------------------------------------------------

    def open(self, sign_in: Callable[[IMAPClient], None]) -> None:
        """Connect over checked TLS and sign in; where that is done already, ask whether the server still answers.

        `sign_in` (see `signin`) is handed the encrypted connection; what it raises of ours is passed on.
        """
        self.was_cut = False
        if self._client is not None:
            with contextlib.suppress(MailboxUnavailable):
                self._call("NOOP", lambda client: client.noop())
                return
            self._drop()
        with self._translated("connecting"):
            client = self._connect()
            try:
                sign_in(client)
                client.capabilities()  # keeps those told at login; EXAMINE would flush them
                self._resync = "QRESYNC" not in distrusted(self.settings.host) and _enable_resync(client)
            except BaseException:
                _hang_up(client)
                raise
            self._client, self._pipeline = client, Pipeline(client)
            self.selected = None

    def close(self) -> None:
        """Say goodbye if the server listens; never raises."""
        client, self._client, self._pipeline, self.selected = self._client, None, None, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.socket().settimeout(GOODBYE_TIMEOUT)
                client.logout()
            _hang_up(client)

    def reach(self) -> Reached:
        """Connect, look, and hang up."""
        with self._translated("connecting"):
            client = self._connect()
            try:
                return reached(f"{self.settings.host}:{self.settings.port}", client.socket(), self.settings.ca)
            finally:
                _hang_up(client)

    def can(self, capability: str) -> bool:
        """Whether the server offers `capability` now that we are signed in, and is known to keep it."""
        if capability.upper() in distrusted(self.settings.host):
            return False
        return bool(self._call("CAPABILITY", lambda client: client.has_capability(capability)))

    @contextlib.contextmanager
    def raw(self, what: str) -> Iterator[Any]:
        """imaplib's own connection, for the one who waits on it (see `idle`); failures come out as ours."""
        client = self._client
        if client is None:
            raise MailboxUnavailable(f"The mailbox {self.account} is not open.", "It is opened at the next pass.")
        with self._translated(what):
            yield client._imap

    def cut(self) -> None:
        """End whatever another thread is doing on this connection; it gets MailboxUnavailable. Never raises."""
        self.was_cut = True
        client = self._client
        if client is not None:
            with contextlib.suppress(Exception):
                client.socket().shutdown(socket.SHUT_RDWR)

    def message_limit(self) -> int:
        """How many messages one command may be about (RFC 9738), 0 where there is no limit. Yahoo has one of 1000, and
        what is beyond it is left out of the answer as if it were not there."""
        told = self._call("CAPABILITY", lambda client: client.capabilities())
        limits = [MESSAGELIMIT.fullmatch(name) for name in told]
        return min((int(limit[1]) for limit in limits if limit), default=0)

    def _connect(self) -> IMAPClient:
        from imapclient import IMAPClient, SocketTimeout

        # At DEBUG they would write every line of the conversation, mail included.
        logging.getLogger("imapclient").setLevel(logging.WARNING)
        settings = self.settings
        context = trusting(settings.ca, self.account)
        client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(min(CONNECT_TIMEOUT, settings.timeout), settings.timeout),
        )
        try:
            client._imap.debug = 0
            client.normalise_times = False  # else INTERNALDATE comes naive, in this machine's time
            client.folder_encode = False  # names are kept as listed, see `folders`
            if settings.tls != "tls":
                if not client.has_capability("STARTTLS"):
                    raise MailboxUnavailable(
                        f"The server {settings.host} of {self.account} offers no encryption on port {settings.port}.",
                        'Use tls = "tls" with port 993, or ask your provider.',
                    )
                client.starttls(context)
            client._imap.file.close()
            client._imap.file = client._imap.sock.makefile("rb", BUFFER)
        except BaseException:
            _hang_up(client)
            raise
        return client

    # --- folders ------------------------------------------------------------------------------------------------

    def folders(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Every folder of the user's own: decoded name, flags, separator ("" where the server has no levels).

        Folders of other users and shared ones (RFC 2342) are left out unless the settings name them.
        """
        from imapclient.imap_utf7 import decode

        foreign = self._foreign_prefixes()
        rows = self._call("LIST", lambda client: client.list_folders())
        found = []
        for flags, separator, raw in rows:
            encoded = raw if isinstance(raw, bytes) else str(raw).encode()
            try:
                encoded.decode("ascii")
                name = decode(encoded)
            except UnicodeDecodeError:
                continue  # not a name that RFC 3501 5.1.3 allows; there is no way to open it
            if name.startswith(foreign) and name not in self.settings.folders:
                continue
            self._listed[name] = encoded
            found.append((name, tuple(_text(flag) for flag in flags), _text(separator or b"")))
        return found

    def _foreign_prefixes(self) -> tuple[str, ...]:
        from imapclient.imap_utf7 import decode

        if self._foreign is None:
            spaces = self._call("NAMESPACE", lambda client: client.namespace()) if self.can("NAMESPACE") else ()
            prefixes = [decode(prefix) for space in spaces[1:] for prefix, _ in space or ()]
            self._foreign = tuple(prefix for prefix in prefixes if prefix)
        return self._foreign

    def status(self, folder: str) -> State:
        """The state of a folder in one round trip, whether it is open or not.

        STATUS is not for the open folder (RFC 3501 6.3.10), so that is opened again.
        """
        if self.selected and self.selected[0] == folder:
            self.selected = None
            return self.examine(folder)
        return self._status(folder)

    def _status(self, folder: str) -> State:
        items = ("MESSAGES", "UIDNEXT", "UIDVALIDITY")

        def ask(client: IMAPClient) -> State:
            told = client.folder_status(self._name(folder), items)
            return State(int(told[b"UIDVALIDITY"]), int(told[b"UIDNEXT"]), int(told[b"MESSAGES"]))

        return cast("State", self._call("STATUS", ask, folder))

    def examine(self, folder: str) -> State:
        """Open a folder read-only (EXAMINE)."""
        return self._open(folder, writable=False)

    def select(self, folder: str) -> State:
        """Open a folder for writing (SELECT). Only ever called for Drafts."""
        return self._open(folder, writable=True)

    def _open(self, folder: str, *, writable: bool) -> State:
        self.selected = None
        found = self._call("EXAMINE", lambda client: client.select_folder(self._name(folder), not writable), folder)
        items = (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS", b"HIGHESTMODSEQ")
        state = State(*(int(found.get(item, 0)) for item in items))
        self.selected = (folder, writable, state.uidvalidity)
        # RFC 3501 6.3.1 lets old servers leave UIDNEXT out
        return state if state.uidnext else self._status(folder)

    def leave(self, refuge: str) -> None:
        """Leave the open folder without CLOSE, which would expunge; `refuge` is opened where there is no UNSELECT."""
        if self.can("UNSELECT"):
            self._call("UNSELECT", lambda client: client.unselect_folder())
            self.selected = None
        else:
            self.examine(refuge)

    def _name(self, folder: str) -> bytes:
        from imapclient.imap_utf7 import encode

        return self._listed.get(folder) or encode(folder)

    # --- reading ------------------------------------------------------------------------------------------------

    def search(self, first: int, end: int, messages: int, since: date | None = None) -> list[int]:
        """The UIDs from `first` to before `end` in the open folder, ascending, of what was delivered since the day.
        `messages` is how many it holds: what fits into one answer is asked for at once, however wide the gaps are."""
        found: list[int] = []
        most = SEARCH_WINDOW if messages > SEARCH_WINDOW else max(end - first, 1)
        window = min(most, self.message_limit() or most)
        for start in range(max(first, 1), end, window):
            last = min(start + window, end) - 1
            criteria: list[Any] = [b"UID", f"{start}:{last}".encode()]
            if since is not None:
                criteria += [b"SINCE", since]
            found += self._search(criteria, start, last)
        return found

    def search_header(self, field: str, value: str) -> list[int]:
        """The UIDs of the open folder's messages with `value` somewhere in the header field."""
        return self._search([b"HEADER", field, value], 1, 2**32)

    def _search(self, criteria: list[Any], first: int, last: int) -> list[int]:
        found = self._call("SEARCH", lambda client: client.search(criteria))
        return sorted({int(uid) for uid in found if first <= uid <= last})

    def fetch(self, uids: Sequence[int], items: Iterable[str]) -> dict[int, Items]:
        """What the open folder has of `uids`, at most about 500 at a time; those that are gone are left out."""
        asked = list(items)
        return cast("dict[int, Items]", self._call("FETCH", lambda client: client.fetch(uids, asked)))

    def ask(self, uids: Uids, items: Sequence[str]) -> Asked:
        """Send a FETCH of the open folder and go on; `answer` waits for what comes of it.

        Any other command may be given in between: what is under way is read and kept before it.
        """
        with self._translated("FETCH"):
            return self._under_way().ask(uids, items)

    def answer(self, asked: Asked) -> dict[int, Items]:
        """What the folder has of the messages asked for; those that are gone are left out."""
        if not asked.answered:
            with self._translated("FETCH"):
                self._under_way().wait(asked)
        if asked.refused:
            raise Refused(f"The server {self.settings.host} refused FETCH: {asked.refused}")
        return cast("dict[int, Items]", asked.found)

    def vanished(self, first: int, last: int, modseq: int) -> Uids | None:
        """Which UIDs of the open folder between these have gone since `modseq`; None where the server does not tell.

        RFC 7162 3.2.6 allows it to name more than have gone, of those that are not there.
        """
        if not self._resync or not modseq:
            return None
        with self._translated("FETCH"):
            return self._under_way().vanished(first, last, modseq)

    def forget(self) -> None:
        """No one waits any more for what is under way."""
        if self._pipeline is not None:
            self._pipeline.forget()

    def _under_way(self) -> Pipeline:
        if self._pipeline is None:
            raise self._not_open()
        return self._pipeline

    # --- drafts -------------------------------------------------------------------------------------------------

    def append(self, folder: str, message: bytes) -> tuple[int, int] | None:
        """Put a message into a folder as a draft, seen. Its UIDVALIDITY and UID, where the server tells (RFC 4315).

        Raises DraftRefused where the server says no.
        """
        flags = (b"\\Draft", b"\\Seen")
        answer = self._call(
            "APPEND", lambda client: client.append(self._name(folder), message, flags), folder, refused=DraftRefused
        )
        told = APPENDUID.search(answer if isinstance(answer, bytes) else str(answer).encode())
        return (int(told[1]), int(told[2])) if told else None

    def expunge(self, uid: int) -> None:
        """Remove exactly one message of the open folder for good (RFC 4315 UID EXPUNGE)."""
        deleted = (b"\\Deleted",)
        self._call("STORE", lambda client: client.add_flags([uid], deleted, silent=True), refused=DraftRefused)
        try:
            self._call("UID EXPUNGE", lambda client: client.uid_expunge([uid]), refused=DraftRefused)
        except DraftRefused:
            self._call("STORE", lambda client: client.remove_flags([uid], deleted, silent=True))
            raise

    def move(self, uid: int, folder: str) -> None:
        """Move exactly one message of the open folder (RFC 6851)."""
        self._call("MOVE", lambda client: client.move([uid], self._name(folder)), folder, refused=DraftRefused)

    # --- failures -----------------------------------------------------------------------------------------------

    def _call(
        self,
        what: str,
        action: Callable[[IMAPClient], Any],
        folder: str = "",
        *,
        refused: type[MailboxUnavailable] | type[DraftRefused] = Refused,
    ) -> Any:
        client = self._client
        if client is None or self._pipeline is None:
            raise self._not_open()
        with self._translated("FETCH"):
            self._pipeline.settle()
        with self._translated(what, folder, refused):
            return action(client)

    def _not_open(self) -> MailboxUnavailable:
        return MailboxUnavailable(f"The mailbox {self.account} is not open.", "It is opened at the next pass.")

    def _translated(
        self,
        what: str,
        folder: str = "",
        refused: type[MailboxUnavailable] | type[DraftRefused] = Refused,
    ) -> contextlib.AbstractContextManager[None]:
        return translated(self.settings.host, self.account, what, folder, refused, self._drop)

    def _drop(self) -> None:
        client, self._client, self._pipeline, self.selected = self._client, None, None, None
        if client is not None:
            _hang_up(client)


def _enable_resync(client: IMAPClient) -> bool:
    """Whether the server tells from now on what has vanished (RFC 7162 3.2.3)."""
    if not (client.has_capability("ENABLE") and client.has_capability("QRESYNC")):
        return False
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        return b"QRESYNC" in [name.upper() for name in client.enable("QRESYNC")]
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        return False  # what it promises it does not keep; there are other ways


def _hang_up(client: IMAPClient) -> None:
    with contextlib.suppress(Exception):
        client.shutdown()


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
