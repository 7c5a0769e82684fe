"""Who is hiring for what: the company, the role, the agency and the person to write to, from what all mail claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from watcher.message.model import Address
from watcher.opportunity.model import Entry, Statement
from watcher.opportunity.names import front_of, one_house, same_company, same_role
from watcher.reading.model import Claim, Person, Says, Speaker

GUESSED = "company.domain"  # the rule of names that nobody wrote: read out of a domain
LEAST = 0.1  # a company below this weight is no company
LEAST_ROLE = 0.15  # below it a title is that of one of their people ("our Head of Operations")
SURELY = 0.8  # a fuller name that weighs as much is the one to write
REPEATED = 0.05  # what a claim gains by each of its first repetitions


@dataclass(frozen=True, slots=True)
class Parties:
    """The names of one hiring. `trust` (0 to 1) is how far the company's name can be trusted."""

    company: str | None
    role: str | None
    agency: str
    contact: Person | None
    trust: float = 1.0


def parties_of(statements: Sequence[Statement]) -> Parties:
    """The parties that the statements speak of, best weighted."""
    entries = [each.entry for each in statements if each.says is not Says.NOT_HIRING]
    agency = next((entry.reading.agency for entry in reversed(entries) if entry.reading.agency), "")
    companies = _heap((claim for entry in entries for claim in entry.reading.companies), _same_house)
    clients = [pile for pile in companies if not (agency and same_company(pile.name, agency))]
    best = clients[0] if clients and clients[0].weight >= 0.3 else companies[0] if companies else None
    if best is not None and best.top < LEAST:
        best = None
    roles = _heap((claim for entry in entries for claim in entry.reading.roles), same_role)
    return Parties(
        company=best.name if best else (agency or None),
        role=roles[0].name if roles and roles[0].top >= LEAST_ROLE else None,
        agency=agency,
        contact=contact_of(statements),
        trust=min(1.0, best.top) if best else 0.6,
    )


@dataclass(frozen=True, slots=True)
class Pile:
    """Claims of one name in its variants: the most trusted variant, and what all of them weigh together."""

    name: str
    weight: float
    top: float


def _heap(claims: Iterable[Claim], same: Callable[[str, str], bool]) -> list[Pile]:
    """Claims put together where they mean the same, the weightiest first."""
    piles: list[list[Claim]] = []
    for claim in claims:
        for pile in piles:
            if any(same(claim.name, each.name) for each in pile):
                pile.append(claim)
                break
        else:
            piles.append([claim])
    heaped = []
    for pile in piles:
        tops: dict[str, float] = {}
        for claim in pile:
            tops[claim.name] = max(tops.get(claim.name, 0.0), claim.weight)
        written = {claim.name for claim in pile if claim.evidence.rule != GUESSED}
        houses = [name for name in tops if not any(one_house(name, each) for each in written) or not front_of(name)]
        best = max(houses or tops, key=lambda name: (name in written, tops[name], len(name)))
        if best in written:
            best = max((name for name in written if _is_fuller(name, best, tops)), key=len, default=best)
        # a name that a thread's subject repeats in every answer is not more certain each time
        heaped.append(Pile(best, tops[best] + REPEATED * min(len(pile) - 1, 4), tops[best]))
    return sorted(heaped, key=lambda pile: -pile.weight)


def _is_fuller(name: str, best: str, tops: dict[str, float]) -> bool:
    """Whether a name is `best` with more words behind it, and trusted as well: "Wensum Valley NHS Foundation Trust"."""
    return name.startswith(f"{best} ") and tops[name] >= SURELY


def _same_house(one: str, other: str) -> bool:
    return same_company(one, other) or one_house(one, other)


def contact_of(statements: Sequence[Statement]) -> Person | None:
    """The human on their side who handles it now: whoever wrote last, a named successor before them, else the address
    that the user wrote to, else one that a machine's mail says is read."""
    contact: Person | None = None
    fallback: Person | None = None
    for statement in statements:
        entry, reading = statement.entry, statement.entry.reading
        if reading.speaker is Speaker.ME:
            contact = _written_to(entry, statements, contact)
        elif statement.says is Says.AUTO_REPLY:
            contact = _successor(entry) or contact
        elif entry.binned or (reading.suspicious and contact):
            continue
        elif reading.contact is not None and reading.speaker is Speaker.HUMAN:
            contact = _successor(entry) or _writer(entry, reading.contact)
        elif reading.contact is not None and reading.contact.address:
            fallback = _writer(entry, reading.contact)
    return contact or fallback


def _writer(entry: Entry, address: Address) -> Person:
    author = entry.reading.author
    if author is None:
        return Person(address.name, address.address)
    return replace(author, address=address.address)


def _successor(entry: Entry) -> Person | None:
    successor = entry.reading.successor
    return successor if successor is not None and successor.address else None


def _written_to(entry: Entry, statements: Sequence[Statement], contact: Person | None) -> Person | None:
    """The recipient of the user's own mail, where nobody has written yet, or where a person is written to whom the
    mail of theirs has brought in (copied or named) and who has taken over."""
    if contact is not None or not entry.header.to:
        return contact
    unread = {
        each.entry.header.sender.address
        for each in statements
        if each.entry.reading.speaker is Speaker.ROBOT and each.entry.reading.contact is None
    }
    first = next((each for each in entry.header.to if each.address not in unread), None)
    if first is None:
        return None
    greeted = entry.reading.addressed_to
    return Person(first.name, first.address, greeting=greeted)
