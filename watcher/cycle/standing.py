"""How long what a pass has concluded stands: a pass that finds nothing new need not judge everything once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from watcher.errors import DraftRefused
from watcher.mailbox.base import Mailbox
from watcher.message.model import Cursor, Folder, Role
from watcher.store import Store
from watcher.store.codec import fingerprint

if TYPE_CHECKING:
    from watcher.cycle.onepass import Setting

LASTS = timedelta(hours=1)  # what no instant in the pages tells of (a letter lapses, they are back) is seen this late
Seen = Mapping[str, Sequence[str]]
"""The state of each account's Drafts: the folder's name and its cursor."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the pages of a pass rest on, and how long they stand where none of it changes. `rests_on` is `basis` as it
    was before anything was judged, `drafts` what lay in Drafts then."""

    rests_on: str
    drafts: Seen
    since: datetime
    until: datetime
    opportunities: int
    waiting: Sequence[str] = ()

    def note(self, store: Store) -> None:
        """Keep it for the next pass."""
        store.note_standing(
            {
                "rests_on": self.rests_on,
                "drafts": self.drafts,
                "since": self.since.isoformat(),
                "until": self.until.isoformat(),
                "opportunities": self.opportunities,
                "waiting": self.waiting,
            }
        )

    def holds(self, rests_on: str, drafts: Seen, now: datetime) -> bool:
        """Whether all is as it was, and nothing has come due by `now`."""
        same = {name: list(seen) for name, seen in drafts.items()} == self.drafts
        return same and self.rests_on == rests_on and self.since <= now < self.until


def recall(store: Store) -> Standing | None:
    """What the last pass left, None where its pages are not to be relied on."""
    told = store.standing()
    if told is None:
        return None
    try:
        since, until = (datetime.fromisoformat(told[name]) for name in ("since", "until"))
        return Standing(told["rests_on"], told["drafts"], since, until, told["opportunities"], told["waiting"])
    except (KeyError, TypeError, ValueError):  # another version wrote it
        return None


def basis(setting: Setting, store: Store) -> str:
    """All that a judgement rests on but the clock and what lies in Drafts."""
    goes_by = (setting.joining, setting.follow_up, setting.letters, setting.workdays, setting.accounts)
    return fingerprint((setting.version, setting.digest, goes_by, store.words_mark(), store.changes()))


def drafts_of(mailbox: Mailbox, folders: Sequence[Folder], before: Seen) -> tuple[str, str]:
    """What lies in Drafts: the folder's name and its cursor, which stays the same while nothing comes or goes there.
    One round trip where it does."""
    drafts = next((folder for folder in folders if folder.role is Role.DRAFTS), None)
    if drafts is None:
        return "", ""
    name, state = before.get(mailbox.account, ("", ""))
    cursor = Cursor(name, state) if name == drafts.name and state else None
    with suppress(DraftRefused):
        for batch in mailbox.sweep(drafts, cursor, None):
            state = batch.cursor.state
        return drafts.name, state
    return drafts.name, ""


def horizon(now: datetime, next_at: datetime | None) -> datetime:
    """Until when pages of `now` (in the user's zone) stand, where the next thing to happen by itself is at `next_at`:
    not beyond the hour, nor beyond the day, in any case."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(0), now.tzinfo)
    return min(now + LASTS, midnight, *([next_at] if next_at else []))
