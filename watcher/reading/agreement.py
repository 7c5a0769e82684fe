"""Lets the two readers check each other: phrase rules and linear model, weighed by how often each is right.

Where they agree the reading is certain, where they don't it is in doubt, and the doubt is honest: the weights are
learnt (`make model`) on messages that neither reader had seen. What structure tells stands above both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from watcher.reading.examining import Examined
from watcher.reading.model import Evidence, Says, Speaker
from watcher.reading.words import Opinion, softmax

RARE = 1e-6
FAR = 8.0  # log-probabilities and log-odds beyond this say no more
SURE = 0.93  # from here on a rule is certain
MODEST = 0.4  # the confidence of a rule that only guesses
MINE, THEIRS = "mine", "theirs"  # the names of the weights that tell hiring mail, by who wrote it


@dataclass(frozen=True, slots=True)
class Judgement:
    """What both readers together make of a message. `words` are the model's where it speaks for that meaning."""

    says: Says
    confidence: float
    hiring: float
    words: tuple[Evidence, ...] = ()


def agree(seen: Examined) -> Judgement:
    """The meaning of a message, the confidence in it, and the probability that it is hiring mail of the user's own."""
    if seen.words is None:
        return Judgement(seen.says, seen.confidence, _share(seen.hiring))
    mine = seen.sender.speaker is Speaker.ME
    opinion = seen.words.judge(seen.terms, seen.signs, mine=mine)
    weights = seen.words.agreement
    hiring = _share(_sum(weights.get(MINE if mine else THEIRS, {}), hiring_marks(seen, opinion)))
    if mine or stands_above(seen):
        return Judgement(seen.says, seen.confidence, hiring)
    marks = says_marks(seen, opinion)
    totals = {says: _sum(weights[says.value], marks) for says in opinion.says}
    shares = softmax(totals)
    best = max(shares, key=lambda says: shares[says])
    return Judgement(best, shares[best], hiring, opinion.words if opinion.likeliest is best else ())


def stands_above(seen: Examined) -> bool:
    """Whether the structure of a message tells what it says: its headers, or a calendar part."""
    return seen.facts.automatic or (seen.confidence >= SURE and bool(seen.facts.events))


def hiring_marks(seen: Examined, opinion: Opinion) -> dict[str, float]:
    """What speaks for hiring mail and against it: the log-odds of both readers, those of the rules in three ranges."""
    rules = max(-FAR, min(FAR, seen.hiring))
    return {
        "bias": 1.0,
        "rules": rules,
        "rules high": max(0.0, rules - 2.0),
        "rules low": min(0.0, rules + 2.0),
        "model": max(-FAR, min(FAR, opinion.hiring)),
    }


def says_marks(seen: Examined, opinion: Opinion) -> dict[str, float]:
    """What speaks for each meaning: the model's log-probabilities, the scores of the rules, and what these decided."""
    marks = {"bias": 1.0}
    for says, share in opinion.says.items():
        marks[f"model {says.value}"] = max(math.log(share + RARE), -FAR)
    for says, score in seen.facts.scores.items():
        marks[f"rules {says.value}"] = score
    marks[f"verdict {seen.says.value}"] = 1.0
    marks[f"trust {seen.says.value}"] = 2.0 * max(0.0, seen.confidence - MODEST)
    if seen.confidence >= SURE:
        marks[f"certain {seen.says.value}"] = 1.0
    return marks


def _sum(weights: Mapping[str, float], marks: Mapping[str, float]) -> float:
    return sum(weights.get(mark, 0.0) * value for mark, value in marks.items())


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
