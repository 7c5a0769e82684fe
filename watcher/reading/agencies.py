"""An agency writes for an employer: which of the firms in a message is which."""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.reading.firms import is_firm, likeness
from watcher.reading.model import Claim
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import Page, bare

MOST_CLAIMS = 6
LIKE = 0.5  # the share of a domain label that a name must spell to be its owner's
CREDIBLE = 0.3  # the least weight of a client that stands before its agency
TWICE_TOLD = 0.7  # one frame alone gives no more
CLIENT = 0.5  # what such a client weighs at least
FIRMLY_CREDIBLE = 0.2  # the same for a name that is plainly a firm's


@dataclass(frozen=True, slots=True)
class Employer:
    """The employers that a message names, best first, and the agency that writes for one ("" where none does)."""

    companies: tuple[Claim, ...]
    agency: str


def split_agency(claims: list[Claim], page: Page, label: str, book: Namebook, *, outgoing: bool = False) -> Employer:
    """Where the writer is an agency, the client it names comes first. `outgoing` mail is written to it."""
    says = book.firms.agency_says.stand_in("\n".join((page.low, *page.closing)).lower())
    agency = next((claim.name for claim in claims if _is_agency(claim.name, label, says, book)), "")
    if not agency and not outgoing:
        agency = _steps_back(claims, page.subject, label, book)
    if not agency:
        return Employer(tuple(claims[:MOST_CLAIMS]), "")
    own = {claim.name for claim in claims if label and likeness(claim.name, label, book) >= LIKE} | {agency}
    least = {True: FIRMLY_CREDIBLE, False: CREDIBLE}
    clients = [
        replace(one, weight=max(one.weight, CLIENT)) if one.weight >= CREDIBLE else one
        for one in claims
        if one.name not in own and one.weight >= least[is_firm(one.name, book)]
    ]
    rest = [
        replace(claim, weight=round(claim.weight * 0.5, 3)) if clients else claim
        for claim in claims
        if claim.name not in {client.name for client in clients}
    ]
    return Employer((*clients, *sorted(rest, key=lambda claim: -claim.weight))[:MOST_CLAIMS], agency)


def _steps_back(claims: list[Claim], subject: str, label: str, book: Namebook) -> str:
    """The writer's own firm where subject and text both speak of another as the one to meet, "" where they do not."""
    alike = [claim.name for claim in claims if label and likeness(claim.name, label, book) >= LIKE]
    others = [claim for claim in claims if claim.weight > TWICE_TOLD and claim.name in subject]
    other = any(claim.name not in alike and is_firm(claim.name, book) for claim in others)
    return alike[0] if alike and other else ""


def _is_agency(name: str, label: str, says: bool, book: Namebook) -> bool:
    words = {fold(bare(word)) for word in name.split()}
    if not label:
        return says and bool(words & book.firms.agency)
    if likeness(name, label, book) < LIKE:
        return False
    return (
        says
        or any(word in label for word in words & book.firms.agency)
        or any(part in label for part in book.firms.agency_parts)
    )
