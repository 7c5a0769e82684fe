"""Waits for new mail in INBOX by IDLE (RFC 2177), can be woken, and notices where the server is gone.

It reads the connection by itself: IMAPClient's `idle_check` loses a push that comes in one piece with `+ idling`, takes
the end of the connection for silence, and gives up on a line that comes in two pieces.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.mailbox.connection import Connection, State

INBOX = "INBOX"
PATIENCE = 15.0  # seconds within which a living server answers IDLE and DONE
PIECE = 64 * 1024
LONGEST_LINE = 64 * 1024
EXISTS = re.compile(rb"\* (\d{1,10}) EXISTS", re.I)
EXPUNGE = re.compile(rb"\* (?:\d{1,10} EXPUNGE|VANISHED )", re.I)


@dataclass(slots=True)
class Seen:
    """INBOX as it was when we last looked, brought forward by what the server pushed since."""

    uidvalidity: int
    uidnext: int
    messages: int
    counted: bool = True  # whether `messages` can still be counted on

    def fits(self, state: State) -> bool:
        """Whether INBOX is now as was to be expected: then nothing came that a sweep has not seen."""
        known = (self.uidvalidity, self.uidnext, self.messages)
        return self.counted and known == (state.uidvalidity, state.uidnext, state.messages)

    def take(self, line: bytes) -> bool:
        """Take note of a pushed line; whether it tells of new mail. Mail that went can wait for the next poll."""
        if EXPUNGE.match(line):
            self.counted = False
        told = EXISTS.match(line)
        if not told:
            return False
        count = int(told[1])
        grown = count - self.messages
        self.messages = count
        if grown > 0:
            self.uidnext += grown
        return grown > 0 or not self.counted


class Idler:
    """Waits on one account's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: Seen | None = None
        self._refused = False

    def can(self) -> bool:
        """Whether the server has IDLE and has not refused it."""
        return not self._refused and self._connection.can("IDLE")

    def wait(self, wake: int, seconds: float) -> bool:
        """Wait until there is new mail in INBOX (True), or `wake` becomes readable or the time is over (False).

        True at once where INBOX has changed since the last wait in a way that was not pushed, and at the first wait:
        what came between a sweep and the IDLE must not be missed. Raises MailboxUnavailable where the server is gone.
        """
        state = self._connection.examine(INBOX)
        if self._seen is None or not self._seen.fits(state):
            self._seen = Seen(state.uidvalidity, state.uidnext, state.messages)
            return True
        with self._connection.raw("IDLE") as imap:
            talk = _Talk(imap)
            try:
                return self._idle(talk, self._seen, wake, seconds)
            finally:
                talk.end()

    def _idle(self, talk: _Talk, seen: Seen, wake: int, seconds: float) -> bool:
        tag = talk.say_tagged(b"IDLE")
        news, going = False, False
        until = time.monotonic() + PATIENCE
        while not going:
            line = talk.line(until)
            if line is None:
                raise TimeoutError
            if line.startswith(tag + b" "):
                self._refused = True
                return False
            going = line.startswith(b"+")
            news = seen.take(line) or news
        until = time.monotonic() + seconds
        while not news:
            line = talk.line(until, wake)
            if line is None:
                break
            news = seen.take(line)
        talk.say(b"DONE")
        until = time.monotonic() + PATIENCE
        while (line := talk.line(until)) is not None:
            if line.startswith(tag + b" "):
                return news
            news = seen.take(line) or news
        raise TimeoutError


class _Talk:
    """Lines to and from the server, read without ever blocking longer than asked. TLS always: a read without data says
    so by SSLWantReadError, and empty bytes are the end."""

    def __init__(self, imap: Any) -> None:
        self._imap = imap
        self._socket: socket.socket = imap.sock
        self._timeout = self._socket.gettimeout()
        self._rest = b""
        self._lines: list[bytes] = []

    def say_tagged(self, word: bytes) -> bytes:
        tag: bytes = self._imap._new_tag()
        self.say(tag + b" " + word)
        return tag

    def say(self, line: bytes) -> None:
        self._socket.settimeout(PATIENCE)
        self._socket.sendall(line + b"\r\n")

    def line(self, until: float, wake: int | None = None) -> bytes | None:
        """The next line without its end; None where the time is over, or `wake` became readable first."""
        self._socket.settimeout(0)
        while not self._lines:
            if self._read():
                continue
            left = until - time.monotonic()
            watched: list[Any] = [self._socket, *([wake] if wake is not None else [])]
            ready = select.select(watched, [], [], max(left, 0))[0]
            if not ready or (wake is not None and wake in ready and self._socket not in ready):
                return None
        return self._lines.pop(0)

    def _read(self) -> bool:
        """Take what has arrived, also what lies in the buffers above the socket; whether that was anything."""
        try:
            piece = self._imap.file.read1(PIECE)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return False
        if not piece:
            raise ConnectionAbortedError("closed while waiting")
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise ConnectionAbortedError("a line without end")
        for line in lines:
            if line[:5].upper() == b"* BYE":
                raise ConnectionAbortedError("the server said goodbye")
            self._lines.append(line.rstrip(b"\r"))
        return True

    def end(self) -> None:
        """Leave the socket as it was found."""
        with contextlib.suppress(OSError):
            self._socket.settimeout(self._timeout)
