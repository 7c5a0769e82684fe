"""What a cursor into a Gmail folder remembers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher.message.model import Cursor


@dataclass(frozen=True, slots=True)
class Place:
    """Everything up to the history id `history` was given.

    While the first listing is under way, `after` is the last message that was given of it, and only what was delivered
    since `since` (seconds since 1970, None for all) is listed.
    """

    history: str
    after: str = ""
    since: int | None = None

    def cursor(self, folder: str) -> Cursor:
        """The place as an opaque cursor."""
        state: dict[str, Any] = {"history": self.history}
        if self.after:
            state |= {"after": self.after, "since": self.since}
        return Cursor(folder, json.dumps(state))


def place_of(cursor: Cursor) -> Place | None:
    """The place that a cursor stands for, None where it makes no sense."""
    try:
        state = json.loads(cursor.state)
        since = state.get("since")
        place = Place(str(state["history"]), str(state.get("after", "")), None if since is None else int(since))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return place if place.history.isdecimal() else None


def seconds(since: datetime | None) -> int | None:
    """An instant as Gmail's search takes it."""
    return None if since is None else int(since.timestamp())
