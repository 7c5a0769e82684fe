"""An agency writes for an employer: which of the firms in a message is which."""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.reading.firms import HOUSE, is_firm, likeness, standing
from watcher.reading.model import Claim
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import Page, bare

MOST_CLAIMS = 6
LIKE = 0.5  # the share of a domain label that a name must spell to be its owner's
CREDIBLE = 0.3  # the least weight of a client that stands before its agency
SURELY = 0.9  # a part of a house that weighs more is the employer all the same
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
    says = _says_so(page, book)
    agency = next((claim.name for claim in claims if _is_agency(claim.name, label, says, book)), "")
    if not agency and not outgoing:
        agency = _steps_back(claims, page.subject, label, book)
    if not agency:
        return Employer(tuple(_house_first(claims, book)[:MOST_CLAIMS]), "")
    own = {claim.name for claim in claims if label and likeness(claim.name, label, book) >= LIKE} | {agency}
    least = {True: FIRMLY_CREDIBLE, False: CREDIBLE}
    clients = [
        replace(one, weight=max(one.weight, CLIENT)) if one.weight >= CREDIBLE else one
        for one in claims
        if one.name not in own and one.weight >= least[is_firm(one.name, book)] and not _is_place(one, page, book)
    ]
    rest = [
        replace(claim, weight=round(claim.weight * (0.1 if _is_place(claim, page, book) else 0.5), 3))
        if clients or _is_place(claim, page, book)
        else claim
        for claim in claims
        if claim.name not in {client.name for client in clients}
    ]
    clients = _house_first(clients, book)
    return Employer((*clients, *sorted(rest, key=lambda claim: -claim.weight))[:MOST_CLAIMS], agency)


def _is_place(claim: Claim, page: Page, book: Namebook) -> bool:
    """Whether a part of the subject is a place by the text or by its own last word ("Go, robotics, Strip District")."""
    if claim.evidence.rule != "company.subject" or claim.weight >= TWICE_TOLD:
        return False
    told = page.text.split(claim.name)[:-1]
    if not told:
        return fold(claim.name.rpartition(" ")[2]) in book.jobs.grounds
    return all(before.endswith((" in ", " in the ", " near ")) for before in told)


def _house_first(claims: list[Claim], book: Namebook) -> list[Claim]:
    """The claims with a public body before the service, school or department of it that weighs more."""
    rank = standing(claims[0].name, book) if claims else HOUSE
    if rank == HOUSE or claims[0].weight > SURELY:
        return claims
    houses = [
        one
        for one in claims[1:]
        if one.weight >= FIRMLY_CREDIBLE
        and one.evidence.rule != "company.domain"  # nobody wrote it, nothing tells what it is
        and standing(one.name, book, HOUSE - 1) > rank
    ]
    if not houses:
        return claims
    house = max(houses, key=lambda one: (standing(one.name, book), one.weight))
    rest = [one for one in claims if one is not house]
    return [replace(house, weight=claims[0].weight), *rest]


def is_between(page: Page, label: str, book: Namebook) -> bool:
    """Whether the words or the domain of a message show that an agency writes."""
    german = book.jobs.markers is not None
    return (
        any(part in label for part in book.firms.agency_parts)
        or (german and any(len(word) > 7 and label.endswith(word) for word in book.firms.agency))  # "elsterpersonal"
        or _says_so(page, book)
    )


def _says_so(page: Page, book: Namebook) -> bool:
    return book.firms.agency_says.stand_in("\n".join((page.low, *page.closing)).lower())


def _steps_back(claims: list[Claim], subject: str, label: str, book: Namebook) -> str:
    """The writer's own firm where subject and text both speak of another as the one to meet, "" where they do not."""
    alike = [claim.name for claim in claims if label and likeness(claim.name, label, book) >= LIKE]
    others = [
        claim
        for claim in claims
        if claim.name not in alike
        and ((claim.weight > TWICE_TOLD and claim.name in subject and is_firm(claim.name, book)) or _is_needing(claim))
    ]
    return alike[0] if alike and others else ""


def _is_needing(claim: Claim) -> bool:
    """Whether a firm is said to need somebody, in the mail of another."""
    return claim.evidence.rule == "company.needs" and claim.weight >= CREDIBLE


def _is_agency(name: str, label: str, says: bool, book: Namebook) -> bool:
    words = {fold(bare(word)) for word in name.split()}
    if not label:
        return says and bool(words & book.firms.agency)
    if likeness(name, label, book) < LIKE:
        return False
    return (
        says
        or any(word in label or label.endswith(word[:-3]) for word in words & book.firms.agency if len(word) > 7)
        or any(word in label for word in words & book.firms.agency)
        or any(part in label for part in book.firms.agency_parts)
    )
