"""What the user does in a mail of their own, by two readers that check each other: phrase rules and a linear model.

People apply, thank and nudge in set phrases; they decline, hand in and agree in words of their own, which no list
holds. How much each reader's word counts for an act is learnt (`make model`) on mail that neither had seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from watcher.reading.examining import Examined
from watcher.reading.model import Act, Speaker

FAR = 8.0  # log-odds beyond this say no more
ENDS = frozenset({Act.ACCEPTED, Act.DECLINED})
PLAIN = ENDS | {
    Act.APPLIED,
    Act.ASKED_TIMES,
    Act.CANCELLED,
    Act.HANDED_IN,
    Act.WILL_HAND_IN,
    Act.THANKED,
    Act.NUDGED,
}  # what is hardly said of anything else in the words that the rules know
TOLD = -1.5  # the log-odds at which a rule for one of these is still believed
ALONE = 1.5  # the log-odds at which the model alone believes that one of these was done
FAINT = -3.0  # the log-odds below which an act is out of the question
Deeds = tuple[frozenset[Act], Mapping[Act, float]]


def deeds_of(seen: Examined) -> Deeds:
    """What the writer of a message does in it, and what else he may do, with its log-odds; of others only what the
    rules know."""
    told = told_acts(seen)
    if seen.deeds is None or not seen.text.strip():
        return told, {}
    heard = seen.deeds.totals(seen.terms, seen.signs)
    odds = {act: _log_odds(seen.deeds.agreement[act.value], marks(act, told, heard)) for act in Act}
    does = {act for act, found in odds.items() if found > _least(act, told)} - _unlikely_ends(odds, told)
    if seen.facts.asks:
        does.add(Act.ASKED)
    may = {act: round(found, 2) for act, found in odds.items() if found > FAINT and act not in does}
    return frozenset(does), may


def _unlikely_ends(odds: Mapping[Act, float], told: Collection[Act]) -> set[Act]:
    """Ends that something likelier contradicts: nobody accepts and declines in one mail, and a no that no phrase says
    may be part of an answer ("no, I don't need sponsorship")."""
    ends = {min(ENDS, key=odds.__getitem__)}
    if Act.DECLINED not in told and odds[Act.ANSWERED] > odds[Act.DECLINED]:
        ends.add(Act.DECLINED)
    return ends


def _least(act: Act, told: Collection[Act]) -> float:
    """The log-odds from which an act is believed."""
    if act in told:
        return TOLD if act in PLAIN else 0.0
    return ALONE if act in ENDS else 0.0


def told_acts(seen: Examined) -> frozenset[Act]:
    """What the phrase rules alone make of it."""
    found = {Act(hit.rule.signal[4:]) for hit in seen.hits if hit.rule.signal.startswith("act.")}
    if seen.facts.asks and seen.sender.speaker is Speaker.ME:
        found.add(Act.ASKED)
    return frozenset(found)


def marks(act: Act, told: Collection[Act], heard: Mapping[str, float]) -> dict[str, float]:
    """What speaks for an act and against it: the log-odds that the model gives it, and what the rules found."""
    found = {"bias": 1.0, "model": max(-FAR, min(FAR, heard[act.value]))}
    return found | {f"rule {each.value}": 1.0 for each in told}


def _log_odds(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in found.items())
