"""What the user's words allow: a pause of all drafting, and the letters they said yes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from watcher.followup.model import Decision, Kind, LetterName
from watcher.opportunity.model import Word
from watcher.opportunity.words import instant

ENDLESS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pause:
    """No letters at all before `until` (ENDLESS where no day was named). `hired` where work that was found is why."""

    until: datetime
    hired: bool = False


def pause_of(words: Iterable[Word], zone: ZoneInfo) -> Pause | None:
    """The pause that stands, the latest word about it deciding; of those about one opportunity only `hired` counts."""
    found: Pause | None = None
    for word in words:
        if word.verb == "hired":
            found = Pause(ENDLESS, hired=True)
        elif word.verb == "pause":
            found = Pause(instant(word.value, zone) or ENDLESS)
        elif word.verb == "resume" and not word.anchors:
            found = None
    return found


def letter_name(decision: Decision) -> LetterName:
    """Which letter a decision is about."""
    return decision.kind, decision.attempt, decision.anchor


def approval(decision: Decision) -> str:
    """The value of the word that says yes to the letter of a decision."""
    return f"{decision.kind.value} {decision.attempt} {decision.anchor}"


def approvals(words: Iterable[Word]) -> frozenset[LetterName]:
    """The letters that the user said yes to, of the words about one opportunity."""
    found = set()
    for word in words:
        kind, _, rest = word.value.partition(" ")
        attempt, _, anchor = rest.partition(" ")
        if word.verb == "approve" and kind in set(Kind) and attempt.isdecimal():
            found.add((Kind(kind), int(attempt), anchor))
    return frozenset(found)
