"""One firm is claimed in many places of a message; its claims are put together here, whatever their spelling."""

from __future__ import annotations

from watcher.reading.firms import bare_firm, firm_key, likeness, no_firm
from watcher.reading.model import Claim, Evidence
from watcher.reading.namebook import Namebook, fold, letters

NEEDING = "company.needs"
LEAST_END = 6  # letters of a name that another one may hold at its end


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
        merged = _whole_names(merged, self.book)
        ordered = sorted(merged.values(), key=lambda claim: -claim.weight)
        return [Claim(claim.name, round(min(0.99, claim.weight), 3), claim.evidence) for claim in ordered]


def _whole_names(claims: dict[str, Claim], book: Namebook) -> dict[str, Claim]:
    """The claims without those that another one holds at its end, whole: "Gewässerforschung" beside "Institut für
    Gewässerforschung", "Kammer Ost" beside "Wirtschaftskammer Ost"."""
    kept = dict(claims)
    for key, claim in claims.items():
        whole = next((k for k, one in claims.items() if k in kept and _ends_with(one.name, claim.name, book)), None)
        if len(key) >= LEAST_END and whole is not None:
            both = _together(kept[whole], claim)
            kept[whole] = Claim(kept[whole].name, both.weight, both.evidence)
            del kept[key]
    return kept


def _ends_with(whole: str, end: str, book: Namebook) -> bool:
    if len(whole) < len(end) + 4 or not fold(whole).endswith(fold(end)):
        return False
    front = fold(whole)[: -len(fold(end))]
    if front[-1:] == " ":  # "Institut für "
        return front.split()[-1] in ("fur", "for", "of") and book.firms.tells(front.split()[0])
    return " " in end and " " not in front  # "Wirtschafts"


def _together(one: Claim, other: Claim) -> Claim:
    """Two claims for one name: the nicer spelling, the weights joined, the stronger evidence."""
    name = other.name if _spelling(other.name) > _spelling(one.name) else one.name
    evidence = one.evidence if one.weight >= other.weight else other.evidence
    needing = next((each.evidence for each in (one, other) if each.evidence.rule == NEEDING), None)
    evidence = needing or evidence  # who needs somebody is a client, however else it is named
    return Claim(name, 1 - (1 - one.weight) * (1 - other.weight), evidence)


def _starts(longer: str, shorter: str) -> bool:
    return fold(longer).removeprefix("the ").startswith(fold(shorter).removeprefix("the "))


def _spelling(name: str) -> tuple[int, bool]:
    return 2 * (not name.isupper() or len(name) < 5) + (not name.islower()), " " in name
