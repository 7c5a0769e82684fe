"""An answer must reach somebody: the address it should go to, and who goes on when a colleague leaves."""

from __future__ import annotations

import re

from watcher.knowledge.model import SenderRule
from watcher.message.model import Address, Message
from watcher.reading.model import Person, ReadingSettings, Speaker
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import Page
from watcher.reading.people import display_person, greeting_for

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_NAME = re.compile(
    r"[A-Z\u00c0-\u00de][\w'\u2019-]+(?: (?:van|von|de|der|den|al|el|dela) | )?(?:[A-Z\u00c0-\u00de][\w'\u2019-]+)?"
)
_SENTENCE = re.compile(r"[.!?] ")
_KIND_WORDS = ("colleague", "manager", "successor", "recruiter", "partner", "assistant")


def reads_answers(address: Address, book: Namebook) -> bool:
    """Whether a person may read mail to `address`, judged by its local part alone."""
    return bool(address.address) and not book.firms.robots.stand_in(address.local)


def contact_of(
    message: Message, page: Page, settings: ReadingSettings, book: Namebook, speaker: Speaker, system: SenderRule | None
) -> Address | None:
    """Whom an answer should go to, None where nobody would read it.

    An address that the text names for answers stands above Reply-To, which stands above From (RFC 5322 section
    3.6.2). For the user's own mail it is the first person it was sent to.
    """
    if speaker is Speaker.ME:
        others = (to for to in message.header.to if to.address not in settings.addresses and reads_answers(to, book))
        return next(others, None)
    header = _from_header(message, settings, book, system)
    told = _told(message, page, settings, book)
    if told is not None and (header is None or _means_it(page, told, book)):
        return told
    if header is None or _unread(message, page, book, header, system):
        return None
    return header


def _from_header(
    message: Message, settings: ReadingSettings, book: Namebook, system: SenderRule | None
) -> Address | None:
    sender = message.header.sender
    replies = [
        address
        for address in message.header.reply_to
        if reads_answers(address, book) and address.address not in settings.addresses
    ]
    answer = system.answer if system else "yes"
    if replies:
        reply = next((one for one in replies if one.address != sender.address), replies[0])
        if answer != "never" or not within(reply.domain, system):
            return reply if reply.name else Address(sender.name, reply.address)
    if message.header.reply_to and not replies:
        return None
    if answer != "yes" or not reads_answers(sender, book):
        return None
    return sender


def within(domain: str, system: SenderRule | None) -> bool:
    """Whether a domain is one of a system's own."""
    return system is not None and any(domain == own or domain.endswith("." + own) for own in system.domains)


def _unread(message: Message, page: Page, book: Namebook, header: Address, system: SenderRule | None) -> bool:
    """Whether the text says that answers are not read. A relay's own Reply-To is believed above such a footer."""
    if header.address != message.header.sender.address:
        return False
    footer = message.body.footer[-1500:] if message.body else ""
    said = "\n".join((page.text[-3000:], *page.closing, footer)).lower()
    return book.people.unread.stand_in(said) and not display_person(header, book)


def _told(message: Message, page: Page, settings: ReadingSettings, book: Namebook) -> Address | None:
    """The address that the text asks the user to write to."""
    text = page.text
    if "@" not in text:
        return None
    for match in _ADDRESS.finditer(text):
        address = match.group().lower().rstrip(".")
        one = Address("", address)
        if address in settings.addresses or one.local in book.firms.side_desks or not reads_answers(one, book):
            continue
        before = text[max(0, match.start() - 60) : match.start()].lower()
        asked = list(book.people.instead.finditer(before))
        around = text[max(0, match.start() - 160) : match.end() + 60].lower()
        if asked and not _SENTENCE.search(before[asked[-1].end() :]) and not book.people.away.stand_in(around):
            return _named(one, message)
    return None


def _named(address: Address, message: Message) -> Address:
    """`address` with the sender's name where it is plainly theirs."""
    sender = message.header.sender
    first = fold(sender.name.split()[0]) if sender.name.split() else ""
    return Address(sender.name, address.address) if first and first in fold(address.local) else address


def _means_it(page: Page, told: Address, book: Namebook) -> bool:
    """Whether a person who could be answered plainly prefers another address for answers."""
    low = page.text.lower()
    at = low.find(told.address)
    near = low[max(0, at - 90) : at + len(told.address) + 60]
    return book.people.rather.stand_in(near)


def successor_of(message: Message, page: Page, author: Person | None, book: Namebook) -> Person | None:
    """Who goes on from here, where the text says that somebody takes over; the writer, where they say they have."""
    low = page.text.lower()
    if len(low) != len(page.text):
        return None
    if author is not None and book.people.took_over.stand_in(low):
        return author
    for match in book.people.hands_over.finditer(low):
        if not book.people.away.stand_in(low[max(0, match.start() - 120) : match.start()]):
            found = _person_at(page.text, match.end(), match.end() + 90, message, book, last=False)
            if found:
                return found
    for match in book.people.takes_over.finditer(low):
        start = max(low.rfind(". ", 0, match.start()), low.rfind("\n", 0, match.start()), match.start() - 140, 0)
        if not book.people.away.stand_in(low[start : match.end() + 40]):
            found = _person_at(page.text, start, match.start(), message, book, last=True)
            if found:
                return found
    return None


def _person_at(text: str, start: int, end: int, message: Message, book: Namebook, *, last: bool) -> Person | None:
    """A person named between two places, with an address from the text or from those who were copied."""
    piece = text[start:end]
    names = [
        match.group().strip() for match in _NAME.finditer(_ADDRESS.sub("", piece)) if _is_person(match.group(), book)
    ]
    if not names:
        return None
    name = names[-1] if last and not any(word in piece.lower() for word in _KIND_WORDS) else names[0]
    around = text[max(0, start - 20) : end + 120]
    first = fold(name.split()[0])
    addresses = [match.group().lower().rstrip(".") for match in _ADDRESS.finditer(around)]
    copied = next(
        (one for one in message.header.cc if first in fold(one.name).split() or first in fold(one.local)), None
    )
    address = next(
        (one for one in addresses if first in fold(one)),
        copied.address if copied else addresses[0] if addresses else "",
    )
    if copied and copied.name and len(name.split()) == 1:
        name = display_person(copied, book) or name
    return Person(name, address, greeting_for(name, "", book))


def _is_person(name: str, book: Namebook) -> bool:
    words = [fold(word) for word in name.split()]
    return not any(
        word in book.not_names or word in book.firms.firm_words or word in book.jobs.heads - book.people.given
        for word in words
    )
