"""Asks for messages ahead of their use: while one group is being worked on, the next are on their way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from watcher.mailbox.connection import Connection, Items
from watcher.mailbox.failures import Refused
from watcher.mailbox.pipeline import Asked
from watcher.mailbox.uids import Uids

WINDOW = 4  # groups asked for at once: at a distance the waiting costs more than the bytes
MANY = 16  # the same where the answer is short
GIVEN_UP = 5  # messages the server may refuse to tell about before that is taken for a refusal of everything

Group = tuple[Sequence[int], Uids]
"""The UIDs of some messages, ascending, and how to ask for them."""

Asking = Sequence[str] | Mapping[int, Sequence[str]]
"""What is asked about every message, or about each by its UID, where groups are of one."""


def read_ahead(
    connection: Connection,
    folder: str,
    uidvalidity: int,
    groups: Iterable[Group],
    items: Asking,
    window: int | None = None,
) -> Iterator[tuple[Sequence[int], dict[int, Items]]]:
    """What the server tells about each group, in order; messages that are gone are left out. WINDOW groups (or
    `window`) are asked for at once.

    The connection may be used for other things in between. Ends early where the folder was made anew.
    """
    rest = iter(groups)
    under_way: deque[tuple[Sequence[int], Asked]] = deque()
    given_up: list[int] = []
    try:
        while True:
            for uids, asked in islice(rest, (window or WINDOW) - len(under_way)):
                if not examined(connection, folder, uidvalidity):
                    return
                under_way.append((uids, connection.ask(asked, _about(uids, items))))
            if not under_way:
                return
            uids, answer = under_way.popleft()
            try:
                told = connection.answer(answer)
            except Refused as refusal:
                if not examined(connection, folder, uidvalidity):
                    return
                told = _by_halves(connection, uids, items, given_up, refusal)
            yield uids, told
    finally:
        connection.forget()


def examined(connection: Connection, folder: str, uidvalidity: int) -> bool:
    """Open a folder read-only unless it is open; whether its UIDs still mean what they did."""
    if connection.selected == (folder, False, uidvalidity):
        return True
    return connection.examine(folder).uidvalidity == uidvalidity


def _by_halves(
    connection: Connection, uids: Sequence[int], items: Asking, given_up: list[int], refusal: Refused
) -> dict[int, Items]:
    """Some servers refuse a whole range for the sake of one message; that one is found and left out."""
    if len(uids) == 1:
        given_up.append(uids[0])
        if len(given_up) > GIVEN_UP:
            raise refusal
        return {}
    told: dict[int, Items] = {}
    middle = len(uids) // 2
    for half in (uids[:middle], uids[middle:]):
        try:
            told |= connection.answer(connection.ask(Uids.of(half), _about(half, items)))
        except Refused as again:
            told |= _by_halves(connection, half, items, given_up, again)
    return told


def _about(uids: Sequence[int], items: Asking) -> Sequence[str]:
    return items[uids[0]] if isinstance(items, Mapping) else items
