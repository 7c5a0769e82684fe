"""Weighs how likely a message alone is about the user's own job hunt: log-odds of sender, headers, topic and frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.reading.model import Claim, Evidence, Says, Speaker
from watcher.reading.phrases import Hit
from watcher.reading.sender import Sender
from watcher.reading.topics import Leaning

PRIOR = -2.8
UNBACKED = 1.4  # what topic words can weigh where neither a job is named nor the sender known
UNBACKED_FRAMES = 1.2  # and what the frames can
UNBACKED_HINTS = 1.2  # and what the weak phrases can
COLLEAGUE = 2.5  # what it weighs against that the sender shares the domain of the user's own address
ROLE = 3.2  # what a job weighs that is surely named
TELLS_ALONE = 4.0  # what a topic word weighs that is said of jobs alone
NAMED = 0.5  # from here on a job is named
DENIED = 3.0  # what the topic words can weigh where a phrase is certain that it is something else
_KINDS = {
    "ats": 5.0, "board": 2.5, "assessment": 4.0, "relay": 2.5, "scheduler": 1.2, "calendar": 0.5, "signing": 0.5,
    "alert": -9.0,
}  # fmt: skip
_FRAMES = {
    Says.REJECTION: 2.0,
    Says.APPLICATION_RECEIVED: 1.0,
    Says.OUTREACH: 1.8,
    Says.SCHEDULING: 1.2,
    Says.INTERVIEW_CONFIRMED: 0.9,
    Says.INTERVIEW_RESCHEDULED: 0.6,
    Says.INTERVIEW_CANCELLED: 0.6,
    Says.ASSESSMENT: 1.3,
    Says.INFO_REQUEST: 0.6,
    Says.OFFER: 1.8,
    Says.ON_HOLD: 1.2,
    Says.UPDATE: 0.4,
}
_STRENGTH = {"certain": 6.0, "strong": 3.0, "weak": 1.5}


def weigh(
    sender: Sender,
    leaning: Leaning,
    desk: Leaning,
    scores: Mapping[Says, float],
    hits: Sequence[Hit],
    roles: Sequence[Claim],
    *,
    reply: bool,
    listed: bool,
    role_address: bool,
    colleague: bool = False,
) -> tuple[float, tuple[Evidence, ...]]:
    """The log-odds that it is hiring mail of the user's own, and the weightiest evidence either way.

    `leaning` is that of the text, `desk` that of the sender's name and address; `reply`: it answers an earlier mail;
    `listed`: it came through a mailing list; `role_address`: the sender's address is that of a recruiting desk;
    `colleague`: it comes from the user's own house, where interviews and reviews are those of a job they have.
    """
    evidence = [(1.0, item) for item in leaning.evidence + desk.evidence]
    named = any(role.weight >= NAMED for role in roles)
    backed = named or role_address or bool(sender.kind) or desk.towards > 0.0 or _says_hiring(hits)
    backed = backed or leaning.strongest >= TELLS_ALONE
    total = PRIOR + _weigh_sender(sender, desk, reply=reply, listed=listed, role_address=role_address, named=named)
    total -= COLLEAGUE if colleague else 0.0
    if sender.kind:
        evidence.append((abs(_KINDS.get(sender.kind, 0.0)), Evidence(f"sender.{sender.system}", sender.system)))
    denied = any(hit.rule.signal == "not_hiring" and hit.rule.strength == "certain" for hit in hits)
    most = DENIED if denied else 12.0 if backed else UNBACKED
    total += min(leaning.towards, most) - leaning.against * (0.5 if named else 1.0)
    frames = sum(weight * scores.get(says, 0.0) for says, weight in _FRAMES.items())
    total += min(3.0 if backed and not denied else UNBACKED_FRAMES, frames)
    hints = 0.0
    for hit in hits:
        if hit.rule.signal == "not_hiring" or (hit.rule.signal == "hiring" and not denied):
            weight = _STRENGTH[hit.rule.strength] * (1 if hit.rule.signal == "hiring" else -1)
            evidence.append((abs(weight), hit.evidence))
            if hit.rule.signal == "hiring" and hit.rule.strength == "weak":
                hints += weight
            else:
                total += weight
    total += hints if backed else min(hints, UNBACKED_HINTS)
    if roles:
        weight = (1.0 if denied else ROLE if named else 2.0) * roles[0].weight
        total += weight
        evidence.append((weight, roles[0].evidence))
    evidence.sort(key=lambda item: -item[0])
    return total, tuple(item for _, item in evidence[:5])


def _says_hiring(hits: Sequence[Hit]) -> bool:
    """Whether a phrase speaks of a job, not only of an application or of applicants, as landlords and clubs do too."""
    return any(hit.rule.signal == "hiring" and hit.rule.strength != "weak" for hit in hits)


def _weigh_sender(
    sender: Sender, desk: Leaning, *, reply: bool, listed: bool, role_address: bool, named: bool
) -> float:
    total = _KINDS.get(sender.kind, 0.0)
    if sender.bulk and sender.kind != "ats":
        total -= 5.0 if sender.kind == "board" else 2.5
    if listed:
        total -= 2.5
    if role_address:
        total += 1.8
    if reply and sender.speaker is not Speaker.ROBOT:
        total += 0.8
    if not sender.kind and sender.speaker is not Speaker.ME:
        total += desk.towards * (0.5 if role_address else 1.0) - desk.against * (0.5 if named or role_address else 1.0)
    return total
