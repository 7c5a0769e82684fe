"""Several FETCH commands on their way at once: at a real distance it is the waiting that costs, not the bytes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any

from watcher.mailbox import wire
from watcher.mailbox.uids import Uids

if TYPE_CHECKING:
    from imapclient import IMAPClient


EARLIER = re.compile(rb"\* VANISHED \(EARLIER\) ([\d:,]+)", re.I)  # RFC 7162 3.2.10
TOLD = re.compile(rb"\* +(\S+) +FETCH +", re.I)


@dataclass(slots=True)
class Asked:
    """One FETCH that was sent, and what has come for it. `refused` are the server's words where it said no."""

    tag: bytes
    uids: Uids
    answered: bool = False
    vanished: Uids = field(default_factory=Uids)
    refused: str = ""
    found: dict[int, dict[bytes, Any]] = field(default_factory=dict)


class Pipeline:
    """The FETCHes of one open folder, answered in the order in which they were asked (RFC 3501 5.5).

    This is the one place that reads from the connection beside IMAPClient: nothing else may use it before `settle`.
    """

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self._imap: Any = client._imap
        self._asked: deque[Asked] = deque()

    def ask(self, uids: Uids, items: Sequence[str], modifiers: str | None = None) -> Asked:
        """Send a FETCH without waiting."""
        tag = self._imap._command("UID", "FETCH", str(uids), f"({' '.join(items)})", modifiers)
        asked = Asked(tag, uids)
        self._asked.append(asked)
        return asked

    def wait(self, asked: Asked) -> None:
        """Read until this one is answered."""
        while not asked.answered:
            self._read()

    def vanished(self, first: int, last: int, modseq: int) -> Uids | None:
        """What has vanished since `modseq`, of the UIDs between these; None where the server refuses to tell."""
        asked = self.ask(Uids([(first, last)]), ["UID"], f"(CHANGEDSINCE {modseq} VANISHED)")
        asked.uids = Uids()  # of what only changed nothing is kept
        self.wait(asked)
        return None if asked.refused else asked.vanished

    def settle(self) -> None:
        """Read all that is under way, so that the connection is free for another command."""
        while self._asked:
            self._read()

    def forget(self) -> None:
        """What is still to come is read when the connection is needed, and thrown away."""
        for asked in self._asked:
            asked.uids = Uids()

    def _read(self) -> None:
        """Take in one answer of the server, whatever it is about."""
        pieces = wire.read(self._imap.file)
        line = pieces[0]
        if not line.startswith(b"* "):
            self._finish(line)
        elif TOLD.match(line):
            self._keep(*self._understood(pieces))
        elif gone := EARLIER.fullmatch(line):
            self._asked[0].vanished = self._asked[0].vanished.joined(Uids.parse(gone[1].decode()))
        elif line[2:6].upper() == b"BYE ":
            raise IMAP4.abort("the server ended the connection")

    def _finish(self, line: bytes) -> None:
        tag, _, rest = line.partition(b" ")
        asked = next((one for one in self._asked if one.tag == tag), None)
        if asked is None:
            raise IMAP4.abort("an answer to nothing that was asked")
        self._asked.remove(asked)
        del self._imap.tagged_commands[tag]
        asked.answered = True
        if rest[:2].upper() != b"OK":
            asked.refused = rest.decode("utf-8", "replace")[:200]

    def _understood(self, pieces: list[bytes]) -> tuple[int, dict[bytes, Any]]:
        try:
            return wire.understand(pieces)
        except wire.Doubt:
            return general(pieces)

    def _keep(self, uid: int, items: dict[bytes, Any]) -> None:
        """News of other messages, or of this one without its UID, is not what was asked for."""
        for asked in self._asked:
            if uid in asked.found:
                asked.found[uid].update(items)
                return
            if uid in asked.uids:
                asked.found[uid] = items
                return


def general(pieces: list[bytes]) -> tuple[int, dict[bytes, Any]]:
    """What IMAPClient's own parser makes of a FETCH answer. Raises its ProtocolError."""
    from imapclient.response_parser import parse_fetch_response

    opened = TOLD.match(pieces[0])
    texts = [opened[1] + b" " + pieces[0][opened.end() :] if opened else pieces[0], *pieces[2::2]]
    records: list[Any] = [
        (wire.LITERAL.sub(b"{%d}" % len(literal), text), literal)
        for text, literal in zip(texts, pieces[1::2], strict=False)
    ]
    told = parse_fetch_response([*records, texts[-1]], normalise_times=False, uid_is_key=False)
    for items in told.values():
        uid = items.pop(b"UID", 0)
        items.pop(b"SEQ", None)
        return int(str(uid)), dict(items)
    return 0, {}
