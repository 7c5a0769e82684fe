"""The pages that `status` and `show` print, made during a pass so that they need not judge anything."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft.model import Placement, PlacementState
from watcher.explain.views import show_view, status_view
from watcher.followup.model import Decision
from watcher.knowledge.model import Rulebook
from watcher.opportunity.model import Opportunity
from watcher.store.codec import encode

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Printer:
    """Makes the page of an opportunity, beside the drafts that were made so far."""

    placements: Sequence[Placement]
    rulebook: Rulebook
    zone: ZoneInfo
    whys: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        whys = {rule.id: rule.why for pack in self.rulebook.packs.values() for rule in pack.phrases}
        object.__setattr__(self, "whys", whys)

    def page(self, opportunity: Opportunity, decision: Decision, folders: Mapping[str, str]) -> Page:
        """Both views of one. `folders` tells where each message lies."""
        names = {opportunity.id, *opportunity.aliases}
        made = [p for p in self.placements if p.opportunity in names and p.state is not PlacementState.INTENDED]
        wanted = (decision.kind, decision.attempt, decision.anchor)
        mine = [placement for placement in made if (placement.kind, placement.attempt, placement.anchor) == wanted]
        return {
            "status": status_view(opportunity, decision, mine[-1] if mine else None, self.zone, folders),
            "show": show_view(opportunity, decision, made, self.zone, self.whys),
        }


@dataclass
class Pages:
    """The pages of all opportunities in their order, packed: open they would be much the largest thing in memory."""

    now: datetime
    next_at: datetime | None = None  # when the next thing happens by itself to any of them
    _packed: dict[str, bytes | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._packed)

    def hold(self, name: str) -> None:
        """Keep a place for a page that is to come."""
        self._packed[name] = b""

    def stay(self, name: str, next_at: datetime | None) -> None:
        """Let the page that the last pass left stand."""
        self._packed[name] = None
        self._look_at(next_at)

    def put(self, name: str, page: Page) -> datetime | None:
        """Keep a page; when the next thing happens by itself to its opportunity."""
        self._packed[name] = zlib.compress(encode(page).encode(), 1)
        next_at = min((at for at in instants(page["status"]) if at > self.now), default=None)
        self._look_at(next_at)
        return next_at

    def _look_at(self, at: datetime | None) -> None:
        self.next_at = min((each for each in (at, self.next_at) if each), default=None)

    def each(self) -> Iterator[tuple[str, str | None]]:
        """Each page as JSON text, with its opportunity's id; None for one that stands."""
        for name, packed in self._packed.items():
            yield name, None if packed is None else zlib.decompress(packed).decode()

    def opened(self) -> dict[str, Page]:
        """All of them as plain values, but those that stand."""
        return {name: json.loads(text) for name, text in self.each() if text is not None}


def instants(status: Mapping[str, Any]) -> Iterator[datetime]:
    """When something happens by itself to the opportunity of a page: a letter is due, an interview begins or ends."""
    written: list[str | None] = [status["follow_up"]["due_at"], status["follow_up"]["not_before"]]
    for interview in status["interviews"]:
        written += [interview["start"], interview["end"]]
    return (datetime.fromisoformat(at) for at in written if at)
