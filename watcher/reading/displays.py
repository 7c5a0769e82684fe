"""The employer in a From field: before "Careers", behind a person's name, in an applicant-tracking system's address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.knowledge.model import SenderRule
from watcher.message.model import Address, Message
from watcher.reading.agencies import LIKE
from watcher.reading.claims import Tally
from watcher.reading.firms import is_board, is_firm, is_job, likeness, trimmed, without_tail
from watcher.reading.namebook import Namebook, fold, letters

AS_PLATFORM = 0.12  # the weight of a name that may be a platform's
UNLIKELY = 0.06  # the weight of a word that may be a firm's name and is more likely none

_BEHIND_NAME = re.compile(r"\s(?:@|at|from|\||-|/)\s+(.+)$")
_DISPLAY_PARTS = re.compile(r"\s*[(|,]\s*")
_LETTERING = re.compile(r"\+|\.(?=[a-z0-9]*\d)")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message came. `system` is the platform that sent it, `guessed` where only its name or label tells so;
    `machine` where nobody wrote it, `outgoing` where the user did."""

    system: SenderRule | None = None
    guessed: bool = False
    machine: bool = False
    outgoing: bool = False


def from_display(message: Message, tally: Tally, delivery: Delivery) -> None:
    """Adds the employers that the From field of `message` names."""
    sender, book, system = message.header.sender, tally.book, delivery.system
    whole = without_tail(sender.name, book)
    name = trimmed(whole, book) if whole == sender.name else whole
    if name and not book.firms.robots.stand_in(letters(name)):
        alike = bool(tally.label) and likeness(name, tally.label, book) >= LIKE
        weight = 0.8 if system else 0.6 if alike or is_firm(name, book) else 0.3
        if not (system or alike or is_firm(name, book)) and " " in name and fold(name.split()[0]) in fold(sender.local):
            weight = UNLIKELY  # a person, by the address
        board = (
            is_board(name, book) or is_board(sender.name, book) or (system is not None and _is_own(whole, system, book))
        )
        if (delivery.guessed and board) or (delivery.machine and _is_portal(sender.name, book)):
            weight, board = AS_PLATFORM, False  # the employer where the mail names no other
        tally.add(name, 0.0 if board else weight, "display_name", sender.name)
    for part in _DISPLAY_PARTS.split(sender.name)[1:]:
        aside = trimmed(_as_written(part.strip(" )"), book), book)
        alike = bool(tally.label) and likeness(aside, tally.label, book) >= LIKE if aside else False
        if aside and aside != name and " " in aside and (alike or is_firm(aside, book)) and not is_job(aside, book):
            tally.add(aside, 0.6, "display_name", sender.name)
    behind = _BEHIND_NAME.search(sender.name.partition(" (")[0])
    if behind:
        tally.add(trimmed(behind.group(1), book), 0.5, "display_name", sender.name)
    if system:
        _from_machine_address(sender, system, tally)


def _as_written(name: str, book: Namebook) -> str:
    """A name that a directory set in capitals, as it is written elsewhere."""
    if not name.isupper() or " " not in name:
        return name
    words = [word if fold(word) in book.firms.acronyms else word.title() for word in name.split()]
    return " ".join(
        word.lower() if word.lower() in ("of", "and", "for", "the", "f\u00fcr", "der") else word for word in words
    )


def _is_own(name: str, system: SenderRule, book: Namebook) -> bool:
    """Whether a display name is the system's own, with nothing behind it but what it does ("XING Nachrichten")."""
    low = fold(name)
    own = next((one for each in system.names if low.startswith(one := fold(each))), None)
    rest = low[len(own) :].split() if own else ["?"]
    return all(word in book.firms.around or word in book.firms.services for word in rest)


def _is_portal(name: str, book: Namebook) -> bool:
    """Whether a display name calls itself a portal ("Career Portal", "Landesportal Schuldienst")."""
    return any(word.endswith(book.firms.portals) for word in fold(name).split())


def _from_machine_address(sender: Address, system: SenderRule, tally: Tally) -> None:
    """The employer in the address of an applicant-tracking system ("acme@myworkday.com", "acme.example-ats.com")."""
    book = tally.book
    pieces: list[str] = []
    if "local" in system.company_from:
        pieces.append(re.sub(r"[._-]", " ", _LETTERING.split(sender.local)[0]))
    if "subdomain" in system.company_from:
        own = next((domain for domain in system.domains if sender.domain.endswith("." + domain)), "")
        pieces.append(sender.domain.removesuffix("." + own).rpartition(".")[2] if own else "")
    for piece in pieces:
        plain = fold(piece)
        if (
            len(letters(piece)) < 4
            or book.firms.robots.stand_in(sender.local)
            or plain in book.firms.desks | book.firms.generic_labels
        ):
            continue
        tally.label = tally.label or letters(piece)
        tally.add(piece.title(), 0.15, "address", sender.address)
