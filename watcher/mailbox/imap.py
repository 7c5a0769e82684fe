"""A mailbox on any IMAP server: every folder but Drafts is opened read-only, and nothing is marked as read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from watcher.errors import DraftRefused, MailboxUnavailable
from watcher.mailbox import structure
from watcher.mailbox.ahead import MANY, Group, read_ahead
from watcher.mailbox.base import Batch, Cursor, Removal
from watcher.mailbox.connection import Connection, ImapSettings, Items
from watcher.mailbox.failures import Refused
from watcher.mailbox.folders import Listed, assign, role_of, selectable
from watcher.mailbox.idle import Idler
from watcher.mailbox.reached import Abilities, Reached, ServerTime
from watcher.mailbox.signin import SignIn, with_password
from watcher.mailbox.sweep import (
    envelope_items,
    in_lines,
    key,
    raw_message,
    section,
    sweep,
    uid_of,
    uidvalidity_of,
)
from watcher.mailbox.uids import Uids
from watcher.message.model import Account, Folder, RawMessage, Ref, Role

__all__ = ["ImapMailbox", "ImapSettings", "make_imap"]

CHUNK = 2000  # messages whose sizes are asked for before their text
SMALL = 100 * 1024  # a message up to this size is fetched whole, attachments and all
SMALL_DRAFT = 1024 * 1024
HAUL = 2 * 1024 * 1024  # bytes of whole messages asked for at once
UNREADABLE = 256 * 1024  # how much is read of a message whose structure the server garbles
EXTENSIONS = ("IDLE", "CONDSTORE", "QRESYNC", "UIDPLUS", "MOVE", "SPECIAL-USE", "X-GM-EXT-1")

NO_DRAFTS = "Make a folder named Drafts in your mail program, or tell it which folder holds the drafts."


class ImapMailbox:
    """One account on an IMAP server. `secret` is asked for the password whenever it signs in, unless there is another
    way to (`sign_in`, see `mailbox.signin`)."""

    def __init__(
        self, account: Account, settings: ImapSettings, secret: Callable[[], str], sign_in: SignIn | None = None
    ) -> None:
        self.account = account.name
        self._settings = settings
        self._secret = secret
        self._sign_in = sign_in
        self._connection = Connection(account.name, settings)
        self._folders: list[Folder] = []
        self._idler = Idler(self._connection)
        self.clock: Callable[[], ServerTime | None] = lambda: None

    def open(self) -> None:
        """See `Mailbox.open`. A connection the server gave up meanwhile is made anew."""
        settings = self._settings
        way = self._sign_in or with_password(self.account, settings.host, settings.user, self._secret)
        self._connection.open(way)

    def close(self) -> None:
        """See `Mailbox.close`."""
        self._connection.close()

    # --- looked at from outside (see `Examined`) ----------------------------------------------------------------

    def reach(self) -> Reached:
        """See `Examined.reach`."""
        return self._connection.reach()

    def abilities(self) -> Abilities:
        """See `Examined.abilities`."""
        there = tuple(name for name in EXTENSIONS if self._connection.can(name))
        trash = any(folder.role is Role.TRASH for folder in self._folders or self.folders())
        takes_back = "UIDPLUS" in there or ("MOVE" in there and trash)
        return Abilities(self.can_wait(), takes_back, drafts=True, extensions=there)

    def server_time(self) -> ServerTime | None:
        """See `Examined.server_time`. IMAP tells no time; who gave the token may have."""
        return self.clock()

    # --- waiting (see `Waiting`) ------------------------------------------------------------------------------------

    def can_wait(self) -> bool:
        """See `Waiting.can_wait`."""
        return self._idler.can()

    def wait(self, wake: int, seconds: float) -> bool:
        """See `Waiting.wait`."""
        return self._idler.wait(wake, seconds)

    def cut(self) -> None:
        """See `Waiting.cut`."""
        self._connection.cut()

    # --- reading ------------------------------------------------------------------------------------------------

    def folders(self) -> Sequence[Folder]:
        """See `Mailbox.folders`. Names that only hold other folders are left out: there is no mail in them."""
        listed = [
            Listed(name, flags, separator) for name, flags, separator in self._connection.folders() if selectable(flags)
        ]
        self._folders = assign(listed)
        return list(self._folders)

    def sweep(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """See `Mailbox.sweep`. A folder that is gone is told as a reset without messages.

        Where the server hangs up in the middle, as some do after so many commands, it goes on over a new connection.
        One that was made for this and got nowhere is not made again.
        """
        fresh = False
        while True:
            went_on = False
            try:
                for batch in sweep(self._connection, self.account, folder, cursor, since):
                    went_on, cursor = True, batch.cursor
                    yield batch
                return
            except Refused:
                if self._lists(folder):
                    raise
                yield Batch(folder, (), (), cursor or Cursor(folder.name, ""), reset=cursor is not None)
                return
            except MailboxUnavailable:
                if fresh and not went_on:
                    raise
            self._reopen()
            fresh = True

    def _reopen(self) -> None:
        if self._connection.was_cut:
            raise MailboxUnavailable(f"The reading of {self.account} was broken off.", "It goes on at the next pass.")
        self.open()

    def fetch(self, refs: Iterable[Ref]) -> Iterator[RawMessage]:
        """See `Mailbox.fetch`. A key from before a change of UIDVALIDITY, or of a folder no more, counts as gone.

        A connection that is lost in the middle is made anew, as in a sweep.
        """
        wanted: dict[tuple[str, int], set[int]] = {}
        for ref in refs:
            if uid_of(ref):
                wanted.setdefault((ref.folder, uidvalidity_of(ref)), set()).add(uid_of(ref))
        for (name, uidvalidity), uids in wanted.items():
            fresh = False
            while uids:
                went_on = False
                folder = self._folder(name)
                try:
                    for message in self._fetch(folder, uidvalidity, sorted(uids), SMALL):
                        went_on = True
                        uids.discard(uid_of(message.ref))
                        yield message
                    break
                except Refused:
                    if self._lists(folder):
                        raise
                    break
                except MailboxUnavailable:
                    if fresh and not went_on:
                        raise
                self._reopen()
                fresh = True

    def _lists(self, folder: Folder) -> bool:
        """Whether the server still has the folder: it may be renamed or deleted between two commands."""
        return any(known.name == folder.name for known in self.folders())

    def _folder(self, name: str) -> Folder:
        known = self._folders or self.folders()
        return next((folder for folder in known if folder.name == name), Folder(name, role_of(name)))

    def _fetch(self, folder: Folder, uidvalidity: int, uids: Sequence[int], small: int) -> Iterator[RawMessage]:
        connection = self._connection
        asked = ["RFC822.SIZE", *envelope_items(connection)]
        most = min(CHUNK, connection.message_limit() or CHUNK)
        for start in range(0, len(uids), most):
            some = in_lines(uids[start : start + most])
            told: dict[int, Items] = {}
            for _, envelopes in read_ahead(connection, folder.name, uidvalidity, some, asked, MANY):
                told |= envelopes
            for _, got in read_ahead(connection, folder.name, uidvalidity, _hauls(told, small), ["BODY.PEEK[]"]):
                yield from self._whole(folder, uidvalidity, told, {uid: section(got[uid], b"BODY[]") for uid in got})
            large = sorted(uid for uid in told if _size(told[uid]) > small)
            for bodies in self._readable(folder, uidvalidity, large):
                yield from self._whole(folder, uidvalidity, told, bodies)

    def _whole(
        self, folder: Folder, uidvalidity: int, told: dict[int, Items], bodies: dict[int, bytes | None]
    ) -> Iterator[RawMessage]:
        for uid, data in bodies.items():
            if data is not None:
                yield raw_message(self.account, folder, uidvalidity, uid, told[uid], data, whole=True)

    def _readable(self, folder: Folder, uidvalidity: int, uids: Sequence[int]) -> Iterator[dict[int, bytes | None]]:
        """Large messages without the content of their attachments."""
        connection = self._connection
        outlines: dict[int, Items] = {}
        asked = ["BODYSTRUCTURE", "BODY.PEEK[HEADER]"]
        for _, got in read_ahead(connection, folder.name, uidvalidity, in_lines(uids), asked, MANY):
            outlines |= got
        roots = {uid: _root(items) for uid, items in outlines.items()}
        wanted = {uid: _parts_of(root) for uid, root in roots.items()}
        each: Iterator[Group] = (([uid], Uids.of([uid])) for uid, parts in wanted.items() if parts)
        for uid, root in roots.items():
            if root and not wanted[uid]:  # nothing in it is to be read
                yield {uid: structure.rebuild(root, _header(outlines[uid]), {})}
        for (uid,), got in read_ahead(connection, folder.name, uidvalidity, each, wanted, MANY):
            root, parts = roots[uid], got.get(uid)
            if parts is None:
                continue
            if root is None:
                yield {uid: section(parts, b"BODY[]")}
            else:
                yield {uid: structure.rebuild(root, _header(outlines[uid]), _by_number(parts))}

    # --- drafts -------------------------------------------------------------------------------------------------

    def drafts(self) -> Sequence[RawMessage]:
        """See `Mailbox.drafts`. One that is marked as deleted is one the user, or their program, has thrown away."""
        folder = self._drafts()
        state = self._connection.examine(folder.name)
        uids = self._connection.search(1, state.uidnext, state.messages) if state.messages else []
        found = self._fetch(folder, state.uidvalidity, uids, SMALL_DRAFT)
        return [message for message in found if "\\deleted" not in {flag.lower() for flag in message.flags}]

    def find(self, message_id: str) -> Sequence[tuple[Folder, Ref]]:
        """See `Mailbox.find`."""
        known = self._folders or self.folders()
        return [
            (folder, Ref(folder.name, found))
            for folder in known
            if folder.role in (Role.DRAFTS, Role.SENT, Role.TRASH)
            for found in self._find_in(folder, message_id)
        ]

    def place(self, message: bytes, message_id: str, thread: str = "") -> Ref:
        """See `Mailbox.place`. IMAP threads by the message's own header; `thread` says nothing to it."""
        folder = self._drafts()
        told = self._connection.append(folder.name, message)
        if told is not None:
            return Ref(folder.name, key(*told))
        found = self._find_in(folder, message_id)
        if not found:
            raise DraftRefused(
                f"The server {self._settings.host} took a draft for {self.account} but does not show it."
            )
        return Ref(folder.name, found[-1])

    def withdraw(self, ref: Ref, expected: bytes) -> Removal:
        """See `Mailbox.withdraw`. UID EXPUNGE where there is UIDPLUS, else MOVE to Trash, else not at all."""
        folder = self._drafts()
        uid = uid_of(ref)
        if ref.folder != folder.name or not uid:
            raise DraftRefused(f"{ref.folder} is not the Drafts folder of {self.account}; nothing is removed from it.")
        if self._connection.examine(folder.name).uidvalidity != uidvalidity_of(ref):
            return Removal.GONE
        got = self._connection.fetch([uid], ["BODY.PEEK[]"]).get(uid)
        data = section(got, b"BODY[]") if got else None
        if data is None:
            return Removal.GONE
        if _lines(data) != _lines(expected):
            return Removal.CHANGED
        return self._remove(folder, uidvalidity_of(ref), uid)

    def _remove(self, folder: Folder, uidvalidity: int, uid: int) -> Removal:
        connection = self._connection
        trash = next((one.name for one in self._folders if one.role is Role.TRASH), "")
        movable = bool(trash) and connection.can("MOVE")
        # Expunged from a Gmail label, a message goes on to live in All Mail.
        expungeable = connection.can("UIDPLUS") and not (movable and connection.can("X-GM-EXT-1"))
        if not expungeable and not movable:
            return Removal.IMPOSSIBLE
        if connection.select(folder.name).uidvalidity != uidvalidity:
            connection.leave("INBOX")
            return Removal.GONE
        try:
            if expungeable:
                connection.expunge(uid)
            else:
                connection.move(uid, trash)
        finally:
            connection.leave("INBOX")
        return Removal.REMOVED if expungeable else Removal.TRASHED

    def _drafts(self) -> Folder:
        known = self._folders or self.folders()
        for folder in known:
            if folder.role is Role.DRAFTS:
                return folder
        raise DraftRefused(f"{self.account} has no Drafts folder.", NO_DRAFTS)

    def _find_in(self, folder: Folder, message_id: str) -> list[str]:
        """The keys of the messages with exactly this Message-ID; SEARCH HEADER alone finds parts of it too."""
        connection = self._connection
        state = connection.examine(folder.name)
        uids = connection.search_header("Message-ID", message_id) if state.messages else []
        got = connection.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if uids else {}
        return [key(state.uidvalidity, uid) for uid in uids if uid in got and message_id == _message_id(got[uid])]


def make_imap(account: Account, settings: ImapSettings, secret: Callable[[], str]) -> ImapMailbox:
    """A mailbox on an IMAP server, not yet open. `secret` gives the password; it may raise CredentialsMissing."""
    return ImapMailbox(account, settings, secret)


def _hauls(told: dict[int, Items], small: int) -> Iterator[Group]:
    """The small messages in groups to be asked for at once."""
    haul: list[int] = []
    weight = 0
    for uid in sorted(told):
        size = _size(told[uid])
        if size > small:
            continue
        if haul and weight + size > HAUL:
            yield haul, Uids.of(haul)
            haul, weight = [], 0
        haul.append(uid)
        weight += size
    if haul:
        yield haul, Uids.of(haul)


def _size(items: Items) -> int:
    return int(items.get(b"RFC822.SIZE") or 0)


def _root(items: Items) -> structure.Part | None:
    """What a message is made of, None where the server garbles it."""
    try:
        return structure.understand(items[b"BODYSTRUCTURE"])
    except (ValueError, KeyError):
        return None


def _parts_of(root: structure.Part | None) -> list[str]:
    """What to ask for of a large message."""
    if root is None:
        return [f"BODY.PEEK[]<0.{UNREADABLE}>"]
    return [f"BODY.PEEK[{_bracketed(name)}" for name in structure.sections(root)]


def _header(items: Items) -> bytes:
    return section(items, b"BODY[HEADER]") or b""


def _bracketed(name: str) -> str:
    number, mark, partial = name.partition("<")
    return f"{number}]{mark}{partial}"


def _by_number(parts: Items) -> dict[str, bytes]:
    """`BODY[1.2]<0>` becomes `1.2`."""
    return {
        name[5:].partition(b"]")[0].decode("ascii", "replace").upper(): value
        for name, value in parts.items()
        if name.upper().startswith(b"BODY[") and isinstance(value, bytes)
    }


def _message_id(items: Items) -> str:
    field = section(items, b"BODY[HEADER") or b""
    return b"".join(field.partition(b":")[2].split()).decode("ascii", "replace")


def _lines(data: bytes) -> bytes:
    """Line ends are not content: servers store and send what they like."""
    return data.replace(b"\r\n", b"\n").rstrip(b"\n")
