"""Weighs what a mail is about: for or against the user's own job hunt, by the words and phrases it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from watcher.knowledge.model import Table
from watcher.reading.model import Evidence

LONGEST = 4  # words in a phrase of the lexicon
_WORD = re.compile(r"[a-zà-ÿ0-9][a-zà-ÿ0-9'&.-]*[a-zà-ÿ0-9]|[a-zà-ÿ0-9]|%")
_PART = re.compile(r"[a-zà-ÿ]+")


@dataclass(frozen=True, slots=True)
class Leaning:
    """How far the words lean: log-odds for hiring and against, with the words that weigh most.

    `strongest` is what the one word that speaks most for hiring weighs.
    """

    towards: float
    against: float
    evidence: tuple[Evidence, ...]
    strongest: float = 0.0


class Lexicon:
    """The topic words of one language with their log-odds."""

    def __init__(self, table: Table) -> None:
        self._weights: dict[str, float] = {}
        self._senders: dict[str, float] = {}
        for weights, sides in ((self._weights, table), (self._senders, table.get("sender", {}))):
            for side, sign in (("hiring", 1.0), ("not_hiring", -1.0)):
                for weight, words in sides.get(side, {}).items():
                    weights.update((word, sign * float(weight)) for word in words)

    def lean(self, folded: str) -> Leaning:
        """How far a folded text leans; the longest phrase wins over the words in it, and many words weigh less each."""
        return _lean(_found(_WORD.findall(folded[:8000]), self._weights))

    def lean_sender(self, folded: str) -> Leaning:
        """How far a sender's folded name and address lean: the desk a letter comes from tells what it is about."""
        return _lean(_found(_PART.findall(folded[:400]), self._senders))


def _lean(found: Mapping[str, float]) -> Leaning:
    towards = _sum(weight for weight in found.values() if weight > 0)
    against = _sum(-weight for weight in found.values() if weight < 0)
    top = sorted(found.items(), key=lambda item: -abs(item[1]))[:3]
    evidence = tuple(Evidence("topic.hiring" if weight > 0 else "topic.not_hiring", word) for word, weight in top)
    return Leaning(towards, against, evidence, max([0.0, *found.values()]))


def _found(words: list[str], weights: Mapping[str, float]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    at = 0
    while at < len(words):
        step = 1
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length]) if length > 1 else words[at]
            weight = weights.get(phrase)
            if weight is not None:
                found[phrase] = weight
                step = length
                break
        at += step
    return found


def _sum(weights: object) -> float:
    """The weights added, the strongest whole, each further one at less: words of one topic come together."""
    total = 0.0
    factor = 1.0
    for weight in sorted(weights, reverse=True):  # type: ignore[call-overload]
        total += weight * factor
        factor *= 0.7
    return total
