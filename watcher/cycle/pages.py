"""The pages that `status` and `show` print, made at the end of a pass so that they need not judge anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft.model import Placement, PlacementState
from watcher.explain.views import show_view, status_view
from watcher.followup.model import Decision
from watcher.knowledge.model import Rulebook
from watcher.opportunity.model import Opportunity


def views(
    opportunities: Sequence[Opportunity],
    decisions: Mapping[str, Decision],
    placements: Sequence[Placement],
    folders: Mapping[str, str],
    rulebook: Rulebook,
    zone: ZoneInfo,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Both pages of each opportunity with its id, made one by one: all of them at once would be much the largest thing
    in memory. `folders` tells where each message lies."""
    whys = {rule.id: rule.why for pack in rulebook.packs.values() for rule in pack.phrases}
    for opportunity in opportunities:
        decision = decisions[opportunity.id]
        names = {opportunity.id, *opportunity.aliases}
        made = [p for p in placements if p.opportunity in names and p.state is not PlacementState.INTENDED]
        wanted = (decision.kind, decision.attempt, decision.anchor)
        mine = [placement for placement in made if (placement.kind, placement.attempt, placement.anchor) == wanted]
        yield (
            opportunity.id,
            {
                "status": status_view(opportunity, decision, mine[-1] if mine else None, zone, folders),
                "show": show_view(opportunity, decision, made, zone, whys),
            },
        )
