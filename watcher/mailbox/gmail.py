"""A Gmail account by Google's own interface: it reads, and it makes and takes back drafts; it asks for nothing else."""

from __future__ import annotations

import base64
import binascii
import select
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from watcher.errors import DraftRefused, MailboxUnavailable
from watcher.mailbox.base import Batch, Cursor, Removal
from watcher.mailbox.gmail_labels import ASIDE, DRAFT, DRAFTS, OWN, SENT, TRASH, Shelf, shelves
from watcher.mailbox.gmail_refusals import Failing, Missing, Refused
from watcher.mailbox.gmail_sweep import Sweeper, header_block, raw_message
from watcher.mailbox.gmail_wire import Wire
from watcher.mailbox.memory import id_of
from watcher.mailbox.oauth import DRAFT as DRAFT_SCOPE
from watcher.mailbox.reached import Abilities, Reached, ServerTime
from watcher.message import fields
from watcher.message.model import Account, Folder, RawMessage, Ref, Role
from watcher.message.structure import without_attachments

__all__ = ["GmailMailbox"]

SLICE = 25  # whole messages asked for at once
KEPT = 256 * 1024  # a draft up to this size is not asked for again while it has not changed
RAW_FIELDS = "id,threadId,labelIds,internalDate,raw"
LETTER_FIELDS = ("to", "subject", "in-reply-to")
LETTER = fields.names(*LETTER_FIELDS)
DRAFT_FIELDS = "id,message(id,threadId,labelIds,internalDate,raw)"


class GmailMailbox:
    """One Gmail account. In Drafts a message's key is the id of its draft, which stays when the draft is edited, while
    the message's own id does not.

    `drafting` false is for an account that may only be read: then no draft is placed or withdrawn.
    """

    def __init__(self, account: Account, wire: Wire, *, drafting: bool = True) -> None:
        self.account = account.name
        self.address = ""
        self._wire = wire
        self._drafting = drafting
        self._sweeper: Sweeper | None = None
        self._shelves: dict[str, Shelf] = {}
        self._seen: dict[str, dict[str, Any]] = {}  # drafts by the id of their message, which is another after an edit

    def open(self) -> None:
        """See `Mailbox.open`."""
        if self._sweeper is None:
            users = self._wire.service()
            profile = self._wire.ask(users.getProfile(userId="me", fields="emailAddress"))
            self.address = str(profile.get("emailAddress", ""))
            self._sweeper = Sweeper(self.account, self._wire, users)

    def close(self) -> None:
        """See `Mailbox.close`."""
        self._sweeper = None
        self._wire.close()

    def can_wait(self) -> bool:
        """See `Waiting`. Gmail tells of new mail only by another service of Google's (docs/providers.md)."""
        return False

    def wait(self, wake: int, seconds: float) -> bool:
        """See `Waiting`."""
        select.select([wake], [], [], seconds)
        return False

    def cut(self) -> None:
        """See `Waiting`."""
        self._wire.close()

    # --- looked at from outside (see `Examined`) ----------------------------------------------------------------

    def reach(self) -> Reached:
        """See `Examined.reach`."""
        return self._wire.reach()

    def abilities(self) -> Abilities:
        """See `Examined.abilities`. Gmail would refuse a draft only when it is there to be made."""
        drafts = self._drafting and self._wire.allows(DRAFT_SCOPE)
        return Abilities(tells_of_news=False, takes_back=drafts, drafts=drafts)

    def server_time(self) -> ServerTime | None:
        """See `Examined.server_time`."""
        return self._wire.server_time

    # --- reading ------------------------------------------------------------------------------------------------

    def folders(self) -> Sequence[Folder]:
        """See `Mailbox.folders`."""
        client = self._client
        client.heard = None  # a pass begins
        told = client.wire.ask(client.users.labels().list(userId="me", fields="labels(id,name,type)"))
        made = shelves(told.get("labels", ()))
        self._shelves = {shelf.folder.name: shelf for shelf in made}
        return [shelf.folder for shelf in made]

    def sweep(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """See `Mailbox.sweep`."""
        if folder.role is Role.DRAFTS:
            return self._sweep_drafts(folder, cursor, since)
        return self._client.sweep(self._shelf(folder.name), cursor, since)

    def _sweep_drafts(self, folder: Folder, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """The cursor holds the ids of the drafts that were there."""
        known = set(cursor.state.split()) if cursor else set()
        lying = {message.ref.key: message for message in self.drafts()}
        fresh = [
            RawMessage(
                message.account, message.ref, message.role, message.received_at, _block(message.data), whole=False,
                thread=message.thread, flags=message.flags,
            )
            for key, message in lying.items()
            if key not in known and (since is None or message.received_at >= since)
        ]  # fmt: skip
        gone = tuple(sorted(known - set(lying)))
        yield Batch(folder, tuple(fresh), gone, Cursor(folder.name, " ".join(lying)))

    def fetch(self, refs: Iterable[Ref]) -> Iterator[RawMessage]:
        """See `Mailbox.fetch`."""
        wanted: dict[str, list[str]] = {}
        for ref in dict.fromkeys(refs):
            wanted.setdefault(ref.folder, []).append(ref.key)
        for name, keys in wanted.items():
            if name == DRAFTS.name:
                yield from self._get_drafts(keys)
                continue
            shelf = self._shelf(name)
            large = [key for key in keys if key in self._client.large]
            small = [key for key in keys if key not in self._client.large]
            for start in range(0, len(small), SLICE):
                yield from self._get_raw(shelf, small[start : start + SLICE])
            for key in large:
                yield from self._get_raw(shelf, [key])

    def _get_raw(self, shelf: Shelf, keys: Sequence[str]) -> Iterator[RawMessage]:
        client = self._client
        messages = client.users.messages()
        asked = {key: messages.get(userId="me", id=key, format="raw", fields=RAW_FIELDS) for key in keys}
        for key, told in client.wire.ask_all(asked):
            if shelf.holds(told.get("labelIds", ())):
                data = without_attachments(_bytes(told))
                yield raw_message(self.account, shelf, key, told, data, whole=True)

    # --- drafts -------------------------------------------------------------------------------------------------

    def drafts(self) -> Sequence[RawMessage]:
        """See `Mailbox.drafts`."""
        return [self._draft(key, told) for key, told in self._lying().items()]

    def _lying(self) -> dict[str, dict[str, Any]]:
        """The message of every draft, whole, by the id of the draft."""
        client = self._client
        listed = {
            entry["id"]: entry["message"]["id"]
            for entry in client.listed("drafts", "drafts(id,message/id),nextPageToken")
        }
        self._seen = {key: told for key, told in self._seen.items() if key in listed.values()}
        resource = client.users.drafts()
        asked = {
            key: resource.get(userId="me", id=key, format="raw", fields=DRAFT_FIELDS)
            for key, message in listed.items()
            if message not in self._seen
        }
        fresh = {key: told["message"] for key, told in client.wire.ask_all(asked)}
        for told in fresh.values():
            if len(told.get("raw", "")) <= KEPT:
                self._seen[told["id"]] = told
        lying = {key: fresh.get(key) or self._seen.get(message) for key, message in listed.items()}
        return {key: told for key, told in lying.items() if told}

    def _get_drafts(self, keys: Sequence[str]) -> Iterator[RawMessage]:
        client = self._client
        resource = client.users.drafts()
        asked = {key: resource.get(userId="me", id=key, format="raw", fields=DRAFT_FIELDS) for key in keys}
        for key, told in client.wire.ask_all(asked):
            yield self._draft(key, told["message"])

    def _draft(self, key: str, told: dict[str, Any]) -> RawMessage:
        return raw_message(self.account, _shelf_of(DRAFT), key, told, _bytes(told), whole=True)

    def find(self, message_id: str) -> Sequence[tuple[Folder, Ref]]:
        """See `Mailbox.find`. Drafts are looked through one by one: Gmail's search may not know of a new one yet."""
        found = [
            (DRAFTS, Ref(DRAFTS.name, key))
            for key, told in self._lying().items()
            if _message_id(_bytes(told)) == message_id
        ]
        client = self._client
        bare = message_id.strip("<>")
        if not bare or any(char.isspace() or char in '"(){}' for char in bare):
            return found
        listed = client.listed("messages", "messages(id),nextPageToken", q=f"rfc822msgid:{bare}", includeSpamTrash=True)
        messages = client.users.messages()
        asked = {
            entry["id"]: messages.get(
                userId="me", id=entry["id"], format="metadata",
                fields="labelIds,payload/headers",
            )
            for entry in listed
        }  # fmt: skip
        for key, told in client.wire.ask_all(asked):
            for label in (SENT, TRASH):
                shelf = _shelf_of(label)
                if shelf.holds(told.get("labelIds", ())) and _message_id(header_block(told)) == message_id:
                    found.append((shelf.folder, Ref(shelf.folder.name, key)))
        return found

    def place(self, message: bytes, message_id: str, thread: str = "") -> Ref:
        """See `Mailbox.place`. Where the answer is lost, Drafts is looked into, and nothing is asked a second time."""
        self._may_draft()
        try:
            return self._create(message, thread)
        except Missing:
            pass  # the thread is gone: the letter's own header has to do
        except Refused as fault:
            if not thread:
                raise DraftRefused(fault.message) from fault
        except Failing as lost:
            return self._found_after(lost, message, message_id)
        try:
            return self._create(message, "")
        except (Missing, Refused) as fault:
            raise DraftRefused(f"Gmail does not take the draft for {self.account}.") from fault
        except Failing as lost:
            return self._found_after(lost, message, message_id)

    def _create(self, message: bytes, thread: str) -> Ref:
        body: dict[str, Any] = {"message": {"raw": base64.urlsafe_b64encode(message).decode("ascii")}}
        if thread:
            body["message"]["threadId"] = thread
        client = self._client
        request = client.users.drafts().create(userId="me", body=body, fields="id")
        return Ref(DRAFTS.name, str(client.wire.ask(request, again=False)["id"]))

    def _found_after(self, lost: Failing, message: bytes, message_id: str) -> Ref:
        """The draft, if it was made: by its Message-ID, or where that was changed on the way, by all else it says."""
        lying = {key: _bytes(told) for key, told in self._lying().items()}
        for key, data in lying.items():
            if _message_id(data) == message_id:
                return Ref(DRAFTS.name, key)
        for key, data in lying.items():
            if _letter(data) == _letter(message):
                return Ref(DRAFTS.name, key)
        raise lost

    def withdraw(self, ref: Ref, expected: bytes) -> Removal:
        """See `Mailbox.withdraw`. Gmail removes a draft for good, so it is read once more just before."""
        if ref.folder != DRAFTS.name:
            raise DraftRefused(f"{ref.folder} is not the Drafts folder of {self.account}; nothing is removed from it.")
        self._may_draft()
        client = self._client
        resource = client.users.drafts()
        try:
            told = client.wire.ask(resource.get(userId="me", id=ref.key, format="raw", fields=DRAFT_FIELDS))["message"]
            if not ASIDE.isdisjoint(set(told.get("labelIds", ())) - {DRAFT}):
                return Removal.GONE
            if _lines(_bytes(told)) != _lines(expected):
                return Removal.CHANGED
            # Not asked again by itself: by then it might have been edited.
            client.wire.ask(resource.delete(userId="me", id=ref.key), again=False)
        except Missing:
            return Removal.GONE
        return Removal.REMOVED

    def _may_draft(self) -> None:
        if not self._drafting:
            raise DraftRefused(
                f"watcher may only read the mail of {self.account}.",
                f'Set `drafting` to another value than "off", then `watcher login {self.account}`.',
            )

    @property
    def _client(self) -> Sweeper:
        if self._sweeper is None:
            raise MailboxUnavailable(f"{self.account} is not open.")
        return self._sweeper

    def _shelf(self, name: str) -> Shelf:
        if name not in self._shelves:
            self.folders()
        if name not in self._shelves:
            raise MailboxUnavailable(f"{self.account} has no label {name}.", "Look at `folders` in the config.")
        return self._shelves[name]


def _shelf_of(label: str) -> Shelf:
    return next(shelf for shelf in OWN if shelf.label == label)


def _bytes(told: dict[str, Any]) -> bytes:
    raw = str(told.get("raw", ""))
    try:
        return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    except binascii.Error as error:
        raise MailboxUnavailable("Gmail gives a message that cannot be decoded.", "It is tried again later.") from error


def _block(data: bytes) -> bytes:
    return data[: fields.blank_line(data)[1]]


def _message_id(data: bytes) -> str:
    return id_of(data)


def _letter(data: bytes) -> tuple[object, ...]:
    """What a letter says, and to whom, in answer to what."""
    block, body = fields.header_end(data)
    found = fields.split(data[:block], LETTER)
    return _lines(data[body:]), *(found.get(name) for name in LETTER_FIELDS)


def _lines(data: bytes) -> bytes:
    """Line ends are not content."""
    return data.replace(b"\r\n", b"\n").rstrip(b"\n")
