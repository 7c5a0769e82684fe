"""Which pages of the last pass still stand: only what has changed since is folded and decided on anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from watcher.cycle.placing import Desk
from watcher.followup.model import Decision, Status
from watcher.opportunity.model import Group
from watcher.store import Store
from watcher.store.codec import fingerprint
from watcher.store.model import Key

if TYPE_CHECKING:
    from watcher.cycle.onepass import Setting

SETTLED = frozenset(
    {Status.NONE, Status.SCHEDULED, Status.REMINDER, Status.SENT, Status.DISCARDED, Status.WITHDRAWN}
)  # what is blocked or due depends on what else happens: other accounts, other letters, the hour


class Stand(NamedTuple):
    """What the page of an opportunity rests on, until when it stands in any case, and when something next happens by
    itself."""

    mark: str
    until: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lasting:
    """The pages that stand, by their opportunity's id: where all rests on the same as at `since`."""

    rests_on: str
    since: datetime
    stands: dict[str, Stand] = field(default_factory=dict)

    def written(self) -> Mapping[str, object]:
        """As the store keeps it."""
        return {"rests_on": self.rests_on, "since": self.since, "stands": self.stands}

    def stand(self, name: str, mark: str, now: datetime) -> Stand | None:
        """How the page of an opportunity stands, None where it does not any more."""
        found = self.stands.get(name)
        return found if found is not None and found.mark == mark and now < found.until else None


def recall(store: Store, rests_on: str, now: datetime) -> Lasting | None:
    """What stands of the last pass's pages, None where nothing can be said of them."""
    told = store.lasting()
    if told is None or told["rests_on"] != rests_on or (since := datetime.fromisoformat(told["since"])) > now:
        return None
    stands = {
        name: Stand(mark, datetime.fromisoformat(until), datetime.fromisoformat(next_at) if next_at else None)
        for name, (mark, until, next_at) in told["stands"].items()
    }
    return Lasting(rests_on, since, stands)


def basis(setting: Setting, store: Store, desk: Desk) -> str:
    """All that any page rests on, but the mail of its opportunity and the clock."""
    goes_by = (setting.joining, setting.follow_up, setting.letters, setting.workdays, setting.accounts)
    placed = sorted((each.message_id, each.state, each.changed_at) for each in store.placements())
    begun = sorted((each.account, each.message_id, each.in_reply_to, each.thread) for each in desk.own)
    writes_to = sorted(address for each in desk.own for address in each.recipients)
    refers = sorted(message for each in desk.own for message in each.references)
    return fingerprint((setting.version, setting.digest, goes_by, store.words_mark(), placed, begun, writes_to, refers))


def mark_of(group: Group, messages: Mapping[Key, bytes], aliases: Collection[str]) -> str:
    """What tells the mail of an opportunity, as it is stored and was read, from all that it has been or may become."""
    told = blake2b(digest_size=12)
    for part in (group.unsure, *sorted(aliases)):
        told.update(part.encode("utf-8", "surrogatepass") + b"\0")
    for entry in group.entries:
        told.update(messages.get((entry.account, entry.id), b"?"))
    return told.hexdigest()


def is_settled(decision: Decision) -> bool:
    """Whether a decision stays the same whatever happens to other opportunities."""
    return decision.status in SETTLED
