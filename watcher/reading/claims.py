"""One firm is claimed in many places of a message; its claims are put together here, whatever their spelling."""

from __future__ import annotations

from watcher.reading.firms import bare_firm, firm_key, likeness, no_firm
from watcher.reading.model import Claim, Evidence
from watcher.reading.namebook import Namebook, fold, letters


class Tally:
    """Weights for names, of which those that are the same firm ("Bexley", "Bexley Wholesale") stand together."""

    def __init__(self, label: str, banned: frozenset[str], book: Namebook) -> None:
        self.label, self.banned, self.book = letters(label), banned, book
        self.found: dict[str, Claim] = {}

    def add(self, name: str, weight: float, rule: str, words: str = "") -> None:
        name = self._own(bare_firm(name))
        key = firm_key(name, self.book)
        if len(key) < 2 or key in self.banned or weight <= 0 or len(name) > 70 or no_firm(name, self.book):
            return
        claim = Claim(name, weight, Evidence(f"company.{rule}", (words or name).strip()[:120]))
        known = self.found.get(key)
        self.found[key] = claim if known is None else _together(known, claim)

    def _own(self, name: str) -> str:
        """A name without a last "Talent" or "Recruiting" that the sender's domain does not have."""
        front, _, last = name.rpartition(" ")
        word = fold(last)
        if not front or word not in self.book.firms.ambiguous or not self.label or word in self.label:
            return name
        return front if likeness(front, self.label, self.book) >= 0.8 else name

    def claims(self) -> list[Claim]:
        merged: dict[str, Claim] = {}
        for key, claim in sorted(self.found.items(), key=lambda item: -len(item[0])):
            longer = next(
                (k for k in merged if len(key) >= 4 and k.startswith(key) and _starts(merged[k].name, claim.name)), None
            )
            if longer is None:
                merged[key] = claim
            else:
                weaker = Claim(claim.name, claim.weight * 0.9, claim.evidence)
                both = _together(merged[longer], weaker)
                merged[longer] = Claim(merged[longer].name, both.weight, both.evidence)
        ordered = sorted(merged.values(), key=lambda claim: -claim.weight)
        return [Claim(claim.name, round(min(0.99, claim.weight), 3), claim.evidence) for claim in ordered]


def _together(one: Claim, other: Claim) -> Claim:
    """Two claims for one name: the nicer spelling, the weights joined, the stronger evidence."""
    name = other.name if _spelling(other.name) > _spelling(one.name) else one.name
    evidence = one.evidence if one.weight >= other.weight else other.evidence
    return Claim(name, 1 - (1 - one.weight) * (1 - other.weight), evidence)


def _starts(longer: str, shorter: str) -> bool:
    return fold(longer).removeprefix("the ").startswith(fold(shorter).removeprefix("the "))


def _spelling(name: str) -> tuple[int, bool]:
    return 2 * (not name.isupper() or len(name) < 5) + (not name.islower()), " " in name
