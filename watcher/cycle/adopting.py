"""Knows our own drafts again where the record of them was lost or is older: by the Message-ID that only we give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from watcher.draft.fate import DraftSeen
from watcher.draft.model import DraftKey
from watcher.followup.model import Decision, Kind, Status
from watcher.opportunity.model import Opportunity

LETTERS = tuple(kind for kind in Kind if kind not in {Kind.NONE, Kind.REPLY_OWED})
ATTEMPTS = (1, 2, 3, 4, 5)  # the config allows no more
_LIKE_OURS = re.compile(r"<[0-9a-f-]{32,36}@([^>]+)>")


def recognise(
    opportunities: Sequence[Opportunity], strangers: Iterable[DraftSeen], addresses: Sequence[str]
) -> Iterator[tuple[Opportunity, Decision, DraftSeen]]:
    """The drafts among `strangers` that are ours: for which opportunity, as it was when the draft was written, and by
    which decision."""
    for draft in strangers:
        domain = _LIKE_OURS.fullmatch(draft.message_id)
        senders = [each for each in addresses if domain and each.rpartition("@")[2].lower() == domain[1]]
        opportunity = next((each for each in opportunities if senders and _answers(draft, each)), None)
        if opportunity is not None and (decision := _decision(opportunity, draft, senders)):
            yield _as_it_was(opportunity, draft), decision, draft


def _answers(draft: DraftSeen, opportunity: Opportunity) -> bool:
    return any(draft.in_reply_to == statement.entry.id for statement in opportunity.statements)


def _decision(opportunity: Opportunity, draft: DraftSeen, senders: Sequence[str]) -> Decision | None:
    """The decision that the draft was written for, found by trying every letter that the opportunity may have got."""
    anchors = {statement.entry.id for statement in opportunity.statements}
    anchors |= {interview.key for interview in opportunity.interviews}
    anchors |= {opportunity.silence.anchor} if opportunity.silence else set()
    for anchor, kind, attempt, sender in product(sorted(anchors), LETTERS, ATTEMPTS, senders):
        if DraftKey(draft.account, kind, attempt, anchor).message_id(sender) == draft.message_id:
            return Decision(kind, Status.DUE, attempt, anchor=anchor)
    return None


def _as_it_was(opportunity: Opportunity, draft: DraftSeen) -> Opportunity:
    """The opportunity without what has come since the draft was put there."""
    then = tuple(each for each in opportunity.statements if each.entry.header.received_at <= draft.at)
    return replace(opportunity, statements=then) if then else opportunity
