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


class _Weights:
    """Phrases with their log-odds, and how long those are that begin with a word."""

    def __init__(self, sides: Table) -> None:
        self._weights: dict[str, float] = {}
        for side, sign in (("hiring", 1.0), ("not_hiring", -1.0)):
            for weight, words in sides.get(side, {}).items():
                self._weights.update((word, sign * float(weight)) for word in words)
        self._longest: dict[str, int] = {}
        for phrase in self._weights:
            first, *more = phrase.split(" ")
            self._longest[first] = min(LONGEST, max(self._longest.get(first, 0), 1 + len(more)))

    def found(self, words: list[str]) -> Mapping[str, float]:
        """The phrases that stand in a text; at each place the longest."""
        found: dict[str, float] = {}
        after = 0
        for at in [at for at, word in enumerate(words) if word in self._longest]:
            word = words[at]
            if at < after:
                continue
            for length in range(min(self._longest[word], len(words) - at), 0, -1):
                phrase = " ".join(words[at : at + length]) if length > 1 else word
                weight = self._weights.get(phrase)
                if weight is not None:
                    found[phrase] = weight
                    after = at + length
                    break
        return found


class Lexicon:
    """The topic words of one language with their log-odds."""

    def __init__(self, table: Table) -> None:
        self._words = _Weights(table)
        self._senders = _Weights(table.get("sender", {}))

    def lean(self, folded: str) -> Leaning:
        """How far a folded text leans; the longest phrase wins over the words in it, and many words weigh less each."""
        return _lean(self._words.found(_WORD.findall(folded[:8000])))

    def lean_sender(self, folded: str) -> Leaning:
        """How far a sender's folded name and address lean: the desk a letter comes from tells what it is about."""
        return _lean(self._senders.found(_PART.findall(folded[:400])))


_UPRIGHT = Leaning(0.0, 0.0, ())


def _lean(found: Mapping[str, float]) -> Leaning:
    if not found:
        return _UPRIGHT
    towards = _sum(weight for weight in found.values() if weight > 0)
    against = _sum(-weight for weight in found.values() if weight < 0)
    top = sorted(found.items(), key=lambda item: -abs(item[1]))[:3]
    evidence = tuple(Evidence("topic.hiring" if weight > 0 else "topic.not_hiring", word) for word, weight in top)
    return Leaning(towards, against, evidence, max([0.0, *found.values()]))


def _sum(weights: object) -> float:
    """The weights added, the strongest whole, each further one at less: words of one topic come together."""
    total = 0.0
    factor = 1.0
    for weight in sorted(weights, reverse=True):  # type: ignore[call-overload]
        total += weight * factor
        factor *= 0.7
    return total
