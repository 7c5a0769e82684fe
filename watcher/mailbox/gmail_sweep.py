"""Reads a Gmail folder's news: a listing at first, then what history tells since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from watcher.errors import CursorExpired
from watcher.mailbox.base import Batch, Cursor
from watcher.mailbox.gmail_labels import TRASH, Shelf
from watcher.mailbox.gmail_place import Place, place_of, seconds
from watcher.mailbox.gmail_refusals import Missing
from watcher.mailbox.gmail_wire import Wire
from watcher.message.model import RawMessage, Ref
from watcher.message.parser import WANTED

CHUNK = 100
PAGE = 500
# From this many messages to none at once is a fault more often than a wish.
SUDDENLY = 10
LARGE = 1024 * 1024
FLAGS = {"DRAFT": "\\Draft", "STARRED": "\\Flagged"}
KINDS = ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]
KEPT = WANTED | {"received"}
# Not narrowed by `metadataHeaders`: Google compares its names letter by letter, and mail says CC, In-reply-to, SUBJECT.
HEADER_FIELDS = "id,threadId,labelIds,internalDate,sizeEstimate,payload/headers"
HISTORY_FIELDS = (
    "historyId,nextPageToken,history(id,messagesAdded/message(id,labelIds),messagesDeleted/message/id,"
    "labelsAdded(labelIds,message/id),labelsRemoved(labelIds,message/id))"
)


@dataclass(slots=True)
class Heard:
    """All that history tells from one place on, up to `end`. It is the same for every folder, so that the others of a
    pass need not ask; each folder takes it once (`takers`), because whoever comes again wants what came since."""

    start: int
    records: Sequence[dict[str, Any]]
    end: str
    takers: set[str]

    def since(self, shelf: Shelf, place: Place) -> dict[str, Any] | None:
        """A page of history for a folder, as Gmail would give it; None where it has to be asked."""
        at = int(place.history)
        if shelf.label in self.takers or at < self.start:
            return None
        self.takers.add(shelf.label)
        records = [record for record in self.records if int(record["id"]) > at]
        return {"history": records, "historyId": str(max(int(self.end), at))}


@dataclass(slots=True)
class Sweeper:
    """One account's client, the ids of the large messages it came across (`large`), and what history told in this pass
    (`heard`, to be forgotten when another begins)."""

    account: str
    wire: Wire
    users: Any
    large: set[str] = field(default_factory=set)
    heard: Heard | None = None

    def sweep(self, shelf: Shelf, cursor: Cursor | None, since: datetime | None) -> Iterator[Batch]:
        """See `Mailbox.sweep`."""
        place = place_of(cursor) if cursor else None
        reset = cursor is not None and place is None
        if place is not None and not place.after:
            try:
                yield from self._news(shelf, place)
            except CursorExpired:
                place, reset = None, True
            else:
                return
        yield from self._listing(shelf, place, since, reset=reset)

    # --- the first time ---

    def _listing(self, shelf: Shelf, place: Place | None, since: datetime | None, *, reset: bool) -> Iterator[Batch]:
        """All that lies in the folder, newest first. What comes meanwhile is told by history the next time."""
        if place is None:
            # Asked for before the listing, so that nothing can fall between the two.
            place = Place(self._now(), since=seconds(since))
        ids = self._ids(shelf, place.since)
        total, done = len(ids), 0
        if place.after in ids:
            done = ids.index(place.after) + 1
        folder = shelf.folder
        for start in range(done, max(total, done + 1), CHUNK):
            some = ids[start : start + CHUNK]
            last = start + CHUNK >= total
            held, _ = self._headers(shelf, some)
            if place.since is not None:
                held = [message for message in held if message.received_at.timestamp() >= place.since]
            here = Place(place.history) if last else Place(place.history, some[-1], place.since)
            yield Batch(folder, tuple(held), (), here.cursor(folder.name), reset, start + len(some), total)
            reset = False

    def _now(self) -> str:
        return str(self.wire.ask(self.users.getProfile(userId="me", fields="historyId"))["historyId"])

    def _ids(self, shelf: Shelf, since: int | None) -> list[str]:
        asked = dict(shelf.search)
        if since is not None:
            asked["q"] = f"{asked.get('q', '')} after:{since - 1}".strip()
        return [message["id"] for message in self.listed("messages", "messages(id),nextPageToken", **asked)]

    def listed(self, what: str, fields: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """Every entry of a listing, page by page."""
        resource = getattr(self.users, what)()
        token = None
        while True:
            page = self.wire.ask(resource.list(userId="me", maxResults=PAGE, fields=fields, pageToken=token, **asked))
            yield from page.get(what, ())
            token = page.get("nextPageToken")
            if not token:
                return

    # --- from then on ---

    def _news(self, shelf: Shelf, place: Place) -> Iterator[Batch]:
        token, deleted = None, 0
        while True:
            page = self._page(shelf, place, token)
            token = page.get("nextPageToken")
            records = page.get("history", ())
            touched, gone = _touched(shelf, records)
            deleted += len(gone)
            if not token and deleted >= SUDDENLY and shelf.label != TRASH and not self._any(shelf):
                yield Batch(shelf.folder, (), (), Place(str(page["historyId"])).cursor(shelf.folder.name), reset=True)
                return
            held, away = self._headers(shelf, touched)
            end = str(records[-1]["id"]) if token and records else str(page.get("historyId") or place.history)
            cursor = Place(end).cursor(shelf.folder.name)
            yield Batch(shelf.folder, tuple(held), (*gone, *away), cursor)
            if not token:
                return

    def _page(self, shelf: Shelf, place: Place, token: str | None) -> dict[str, Any]:
        if self.heard and not token and (page := self.heard.since(shelf, place)):
            return page
        request = self.users.history().list(
            userId="me", startHistoryId=place.history, historyTypes=KINDS, maxResults=PAGE, pageToken=token,
            fields=HISTORY_FIELDS,
        )  # fmt: skip
        try:
            page = self.wire.ask(request)
        except Missing:
            raise CursorExpired("Gmail's history does not reach back so far.") from None
        if not token and not page.get("nextPageToken"):
            end = str(page.get("historyId") or place.history)
            self.heard = Heard(int(place.history), page.get("history", ()), end, {shelf.label})
        return page

    def _any(self, shelf: Shelf) -> bool:
        request = self.users.messages().list(userId="me", maxResults=1, fields="messages(id)", **shelf.search)
        return bool(self.wire.ask(request).get("messages"))

    # --- headers ---

    def _headers(self, shelf: Shelf, ids: Sequence[str]) -> tuple[list[RawMessage], list[str]]:
        """The header blocks of those messages that lie in the folder now, and the ids of those that do not."""
        messages = self.users.messages()
        asked = {key: messages.get(userId="me", id=key, format="metadata", fields=HEADER_FIELDS) for key in ids}
        found = dict(self.wire.ask_all(asked))
        held, away = [], []
        for key in ids:
            told = found.get(key)
            if told is None or not shelf.holds(told.get("labelIds", ())):
                away.append(key)
                continue
            if int(told.get("sizeEstimate", 0)) > LARGE:
                self.large.add(key)
            held.append(raw_message(self.account, shelf, key, told, header_block(told), whole=False))
        return held, away


def _touched(shelf: Shelf, records: Sequence[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """The ids of messages that may lie in the folder now or no longer, and of those that were deleted."""
    touched: dict[str, None] = {}
    gone: dict[str, None] = {}
    for record in records:
        for added in record.get("messagesAdded", ()):
            message = added["message"]
            if "labelIds" not in message or shelf.holds(message["labelIds"]):
                touched[message["id"]] = None
        for changed in (*record.get("labelsAdded", ()), *record.get("labelsRemoved", ())):
            if not shelf.telling.isdisjoint(changed.get("labelIds", ())):
                touched[changed["message"]["id"]] = None
        for deleted in record.get("messagesDeleted", ()):
            key = deleted["message"]["id"]
            touched.pop(key, None)
            gone[key] = None
    return list(touched), list(gone)


def raw_message(account: str, shelf: Shelf, key: str, told: dict[str, Any], data: bytes, *, whole: bool) -> RawMessage:
    """A message of the API as the house knows it."""
    labels = set(told.get("labelIds", ()))
    flags = {flag for label, flag in FLAGS.items() if label in labels}
    if "UNREAD" not in labels:
        flags.add("\\Seen")
    received_at = datetime.fromtimestamp(int(told.get("internalDate", 0)) / 1000, UTC)
    return RawMessage(
        account, Ref(shelf.folder.name, key), shelf.folder.role, received_at, data, whole,
        str(told.get("threadId", "")), frozenset(flags),
    )  # fmt: skip


def header_block(told: dict[str, Any]) -> bytes:
    """The header fields of a message that are read, as bytes; Gmail gives the values unfolded."""
    fields = told.get("payload", {}).get("headers", ())
    wanted = [field for field in fields if str(field["name"]).lower() in KEPT]
    lines = [f"{field['name']}: {' '.join(str(field['value']).split())}" for field in wanted]
    return ("\r\n".join([*lines, "", ""])).encode("utf-8", "replace")
