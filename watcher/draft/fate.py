"""What became of a draft: found untouched, edited by the user, sent, or gone, told from Drafts and Sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr

from watcher.draft.envelope import answer_subject
from watcher.draft.likeness import fingerprint, likeness
from watcher.draft.model import Placement, PlacementState
from watcher.message.model import Header, RawMessage

__all__ = [
    "STEPS",
    "DraftSeen",
    "SentSeen",
    "Verdict",
    "fate",
    "fates",
    "fingerprint",
    "own_drafts",
    "seen",
    "sent",
]

_S = PlacementState

STEPS: Mapping[PlacementState, frozenset[PlacementState]] = {
    _S.INTENDED: frozenset({_S.PLACED, _S.PENDING, _S.EDITED, _S.SENT, _S.DISCARDED, _S.WITHDRAWN}),
    _S.PLACED: frozenset({_S.PENDING, _S.EDITED, _S.SENT, _S.DISCARDED, _S.WITHDRAWN, _S.STALE}),
    _S.PENDING: frozenset({_S.EDITED, _S.SENT, _S.DISCARDED, _S.WITHDRAWN, _S.STALE}),
    _S.EDITED: frozenset({_S.SENT, _S.DISCARDED, _S.STALE}),
    # A client may take a draft out while it is open in its editor and put it back later; it is then the user's.
    _S.DISCARDED: frozenset({_S.EDITED, _S.SENT}),
    # The user may have sent it in the instant in which it was taken back, or taken back the word that took it.
    _S.WITHDRAWN: frozenset({_S.SENT, _S.INTENDED}),
    _S.STALE: frozenset({_S.SENT, _S.DISCARDED}),
    _S.SENT: frozenset(),
}
"""The steps a draft can take in its life (PRODUCT.md, "The life of a draft"). From EDITED nothing leads back to a state
in which it could be withdrawn."""

_HERE_BEFORE = timedelta(hours=1)  # a draft this much older than the intention is not ours, whatever clocks say
_SENT_BEFORE = timedelta(minutes=2)

_CAME_BACK = "It was gone from Drafts and is back, so it counts as yours."
_SENT_IT = "You sent it."
_GONE = "It is gone from Drafts, and nothing like it was sent."
_BINNED = "You moved it to Trash."


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """A message that lies in Drafts now. `recipients` are lower case; `at` is when it was put there."""

    account: str
    message_id: str
    at: datetime
    recipients: frozenset[str]
    subject: str
    fingerprint: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread: str = ""
    raw: RawMessage | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SentSeen:
    """A message that the user has sent, from whichever account."""

    account: str
    message_id: str
    at: datetime
    recipients: frozenset[str]
    subject: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a placement: its state now, a sentence for the user where it has changed, and the message in
    Drafts or Sent that shows it.

    INTENDED stays where nothing was found: it was never placed. PENDING for one INTENDED or PLACED says that it was
    found as placed; the fingerprint of `draft` is then the one to keep.
    """

    state: PlacementState
    why: str = ""
    draft: DraftSeen | None = None
    sent: SentSeen | None = None


def seen(raw: RawMessage) -> DraftSeen:
    """A message of Drafts (whole) as this module compares it."""
    found = likeness(raw.data)
    return DraftSeen(
        account=raw.account,
        message_id=found.message_id,
        at=raw.received_at,
        recipients=found.recipients,
        subject=found.subject,
        fingerprint=found.fingerprint,
        in_reply_to=found.in_reply_to,
        references=found.references,
        thread=raw.thread,
        raw=raw,
    )


def sent(account: str, header: Header) -> SentSeen:
    """A message of Sent as this module compares it."""
    return SentSeen(
        account=account,
        message_id=header.message_id,
        at=header.date,
        recipients=frozenset(address.address for address in (*header.to, *header.cc)),
        subject=header.subject,
        in_reply_to=header.in_reply_to,
        references=header.references,
        thread=header.thread,
    )


def fate(
    placement: Placement,
    drafts: Sequence[DraftSeen],
    sent: Sequence[SentSeen],
    *,
    trashed: Collection[str] = (),
    others: Sequence[Placement] = (),
) -> Verdict:
    """What became of one placement; see `fates`. `others` are our other placements, whose drafts are not this one."""
    return fates([placement, *others], drafts, sent, trashed=trashed)[placement.message_id]


def fates(
    placements: Sequence[Placement],
    drafts: Sequence[DraftSeen],
    sent: Sequence[SentSeen],
    *,
    trashed: Collection[str] = (),
) -> dict[str, Verdict]:
    """What became of each placement, by its Message-ID (PRODUCT.md, "The life of a draft").

    `drafts` is everything in Drafts of the accounts concerned, `sent` the user's own mail since the oldest placement,
    `trashed` the Message-IDs of placements that lie in Trash. All must have been looked up with success just now: what
    is missing here counts as gone (laws 8 and 9 are the caller's).
    """
    found = _pairs(placements, drafts)
    return {
        placement.message_id: _verdict(placement, found.get(placement.message_id), sent, trashed)
        for placement in placements
    }


def own_drafts(drafts: Sequence[DraftSeen], placements: Sequence[Placement]) -> tuple[DraftSeen, ...]:
    """The drafts that are the user's own: not placed by us, or left to them as stale."""
    states = {placement.message_id: placement.state for placement in placements}
    ours = {
        id(draft)
        for message_id, draft in _pairs(placements, drafts).items()
        if states[message_id] is not PlacementState.STALE
    }
    return tuple(draft for draft in drafts if id(draft) not in ours)


# --- which draft is which ---


def _pairs(placements: Sequence[Placement], drafts: Sequence[DraftSeen]) -> dict[str, DraftSeen]:
    """The draft that belongs to each placement: by Message-ID, else the nearest one that answers the same mail or
    person, since clients give a draft a new Message-ID when it is edited."""
    known = {placement.message_id for placement in placements}
    pairs = {
        draft.message_id: draft
        for placement in placements
        for draft in drafts
        if draft.message_id == placement.message_id and draft.account == placement.account
    }
    strangers = [draft for draft in drafts if draft.message_id not in known]
    kin = [
        (_kinship(placement, draft), draft.at, placement.intended_at, placement, draft)
        for placement in placements
        if placement.message_id not in pairs and placement.state in _MAY_BE_RENAMED
        for draft in strangers
    ]
    taken: set[int] = set()
    for closeness, _, _, placement, draft in sorted(kin, key=lambda item: item[:3], reverse=True):
        if closeness and placement.message_id not in pairs and id(draft) not in taken:
            pairs[placement.message_id] = draft
            taken.add(id(draft))
    return pairs


_WAS_OURS = frozenset({_S.PLACED, _S.PENDING})
_MAY_BE_RENAMED = frozenset({_S.PLACED, _S.PENDING, _S.EDITED, _S.STALE})


def _kinship(placement: Placement, draft: DraftSeen) -> int:
    """How likely a draft under another Message-ID is the one placed: 0 not at all, 4 surely."""
    if draft.account != placement.account or draft.at < placement.intended_at - _HERE_BEFORE:
        return 0
    same_person = _address(placement.to) in draft.recipients
    if placement.in_reply_to and draft.in_reply_to == placement.in_reply_to:
        # The user may have changed whom it goes to.
        return 4 if same_person else 3
    if _same_thread(placement, draft) and (same_person or not draft.recipients):
        return 2
    return 1 if same_person and _same_subject(placement, draft) else 0


def _same_thread(placement: Placement, other: DraftSeen | SentSeen) -> bool:
    by_provider = placement.thread and other.account == placement.account and other.thread == placement.thread
    by_fields = placement.in_reply_to and placement.in_reply_to in other.references
    return bool(by_provider or by_fields)


def _same_subject(placement: Placement, other: DraftSeen | SentSeen) -> bool:
    subject = answer_subject(placement.subject).casefold()
    return bool(subject) and answer_subject(other.subject).casefold() == subject


def _address(written: str) -> str:
    return (parseaddr(written)[1] or written).strip().lower()


# --- what became of it ---


def _verdict(
    placement: Placement, draft: DraftSeen | None, sent: Sequence[SentSeen], trashed: Collection[str]
) -> Verdict:
    same = Verdict(placement.state, draft=draft)
    if placement.state is PlacementState.SENT:
        return same
    for mail in sent:
        if mail.message_id == placement.message_id:
            return Verdict(PlacementState.SENT, _SENT_IT, draft, mail)
    if placement.state is PlacementState.WITHDRAWN:
        return same
    if draft is not None:
        return _verdict_on_found(placement, draft)
    return _verdict_on_gone(placement, sent, trashed)


def _verdict_on_gone(placement: Placement, sent: Sequence[SentSeen], trashed: Collection[str]) -> Verdict:
    same = Verdict(placement.state)
    if placement.leaving and placement.state in _WAS_OURS:
        return Verdict(PlacementState.WITHDRAWN, placement.leaving)
    if placement.state is not PlacementState.INTENDED:
        for mail in sorted(sent, key=lambda mail: mail.at):
            if _stands_for(placement, mail):
                return Verdict(PlacementState.SENT, _SENT_IT, sent=mail)
    if placement.state is PlacementState.DISCARDED:
        return same
    if placement.state is PlacementState.INTENDED and placement.leaving:
        return same  # it is due once more; what lies in Trash was put there by us
    if placement.message_id in trashed:
        return Verdict(PlacementState.DISCARDED, _BINNED)
    if placement.state is PlacementState.INTENDED:
        return same
    return Verdict(PlacementState.DISCARDED, _GONE)


def _verdict_on_found(placement: Placement, draft: DraftSeen) -> Verdict:
    match placement.state:
        case PlacementState.EDITED | PlacementState.STALE:
            return Verdict(placement.state, draft=draft)
        case PlacementState.DISCARDED:
            return Verdict(PlacementState.EDITED, _CAME_BACK, draft)
    if placement.fingerprint in {"", draft.fingerprint}:
        return Verdict(PlacementState.PENDING, draft=draft)
    return Verdict(PlacementState.EDITED, _what_changed(placement, draft), draft)


def _what_changed(placement: Placement, draft: DraftSeen) -> str:
    if draft.recipients != {_address(placement.to)}:
        return "You changed whom it goes to."
    if " ".join(draft.subject.split()) != " ".join(placement.subject.split()):
        return "You changed its subject."
    return "You changed its text."


def _stands_for(placement: Placement, mail: SentSeen) -> bool:
    """Whether a sent mail is the draft that has gone from Drafts, perhaps edited."""
    if mail.at < placement.intended_at - _SENT_BEFORE:
        return False
    if placement.state is PlacementState.DISCARDED and mail.at > placement.changed_at:
        return False  # what the user wrote after the draft was seen gone is another letter
    if placement.in_reply_to and mail.in_reply_to == placement.in_reply_to:
        return True
    if _address(placement.to) not in mail.recipients:
        return False
    answers = mail.in_reply_to and mail.in_reply_to in placement.answers
    return bool(answers) or _same_thread(placement, mail) or _same_subject(placement, mail)
