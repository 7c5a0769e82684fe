"""Small values of the models that the tests of the store share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watcher.draft.model import Placement, PlacementState
from watcher.followup.model import Kind
from watcher.message.model import Address, Batch, Body, Copy, Cursor, Folder, Header, Message, RawMessage, Ref, Role
from watcher.reading.model import Reading, Says, Speaker
from watcher.store import Store
from watcher.store.model import Key

NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
INBOX = Folder("INBOX", Role.INBOX)
ARCHIVE = Folder("Archive", Role.ARCHIVE)


def header(name: str, subject: str = "Your application", at: datetime = NOON) -> Header:
    return Header(
        message_id=f"<{name}@acme.example>",
        date=at,
        received_at=at,
        sender=Address("Dana Reyes", "dana@acme.example"),
        subject=subject,
        to=(Address("", "alex@example.net"),),
        traits={"list-id": "jobs"},
    )


def raw(name: str, folder: Folder = INBOX, key: str = "", account: str = "home") -> RawMessage:
    return RawMessage(account, Ref(folder.name, key or name), folder.role, NOON, b"Subject: x\r\n\r\n", whole=False)


def batch(
    *names: str, folder: Folder = INBOX, cursor: str = "1", vanished: tuple[str, ...] = (), reset: bool = False
) -> Batch:
    messages = tuple(raw(name, folder) for name in names)
    return Batch(folder, messages, vanished, Cursor(folder.name, cursor), reset)


def pairs(some: Batch) -> list[tuple[RawMessage, Header]]:
    return [(message, header(message.ref.key)) for message in some.messages]


def message(name: str, text: str = "We would like to meet you.", folder: Folder = INBOX) -> Message:
    return Message("home", header(name), Body(new=text, plain=text), (Copy(folder.name, folder.role, name),))


def reading(name: str) -> Reading:
    return Reading(f"<{name}@acme.example>", Speaker.HUMAN, 0.9, Says.UPDATE, 0.8)


def readings(store: Store, digest: str) -> dict[Key, Reading]:
    """The readings under a digest that can be decoded."""
    found = [each for some in store.each_read(digest) for each in some]
    return {(each.message.account, each.message.id): each.reading for each in found if each.reading is not None}


def placement(name: str = "d1", opportunity: str = "acme", at: datetime = NOON) -> Placement:
    return Placement(
        message_id=f"<{name}@example.net>",
        account="home",
        opportunity=opportunity,
        kind=Kind.THANK_YOU,
        attempt=1,
        anchor="<m1@acme.example>",
        state=PlacementState.INTENDED,
        to="dana@acme.example",
        subject="Re: Your application",
        in_reply_to="<m1@acme.example>",
        intended_at=at,
        changed_at=at,
        text="Dear Dana, thank you.",
        answers=("<m1@acme.example>",),
    )


HOUR = timedelta(hours=1)
