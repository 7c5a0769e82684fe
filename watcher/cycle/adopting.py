"""Knows our own drafts again where the record of them was lost or is older: by the Message-ID that only we give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import product

from watcher.draft.fate import DraftSeen
from watcher.draft.model import DraftKey
from watcher.followup.model import Decision, Kind, Status
from watcher.message import parse_header
from watcher.opportunity import fold
from watcher.opportunity.model import Group, JoiningSettings, Opportunity
from watcher.workdays import Workdays

LETTERS = tuple(kind for kind in Kind if kind not in {Kind.NONE, Kind.REPLY_OWED})
ATTEMPTS = (1, 2, 3, 4, 5)  # the config allows no more
_LIKE_OURS = re.compile(r"<[0-9a-f-]{32,36}@([^>]+)>")


def recognise(
    opportunities: Sequence[Opportunity], strangers: Iterable[DraftSeen], settings: JoiningSettings, workdays: Workdays
) -> Iterator[tuple[Opportunity, Decision, datetime]]:
    """The drafts among `strangers` that are ours: for which opportunity, as it was when the draft was written, by which
    decision, and when."""
    for draft in strangers:
        domain = _LIKE_OURS.fullmatch(draft.message_id)
        senders = [each for each in settings.addresses if domain and each.rpartition("@")[2].lower() == domain[1]]
        opportunity = next((each for each in opportunities if senders and _answers(draft, each)), None)
        if opportunity is not None and (decision := _decision(opportunity, draft, senders)):
            at = _written_at(draft)
            yield _as_it_was(opportunity, at, settings, workdays), decision, at


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


def _written_at(draft: DraftSeen) -> datetime:
    """When a draft of ours was written: by its own date, since a server that was moved may have put all its mail to
    another time."""
    if draft.raw is None:
        return draft.at
    return min(draft.at, parse_header(draft.raw).date)


def _as_it_was(opportunity: Opportunity, at: datetime, settings: JoiningSettings, workdays: Workdays) -> Opportunity:
    """The opportunity as it was when a draft was written, without what has come or was said since."""
    entries = tuple(each.entry for each in opportunity.statements if each.entry.header.received_at <= at)
    if not entries:
        return opportunity
    words = [word for word in opportunity.words if word.said_at <= at]
    return fold(Group(entries), opportunity.id, at, settings, workdays, words)
