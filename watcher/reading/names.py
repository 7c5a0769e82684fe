"""Who a message is about: the employer, the job, the people, and whom an answer should reach."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.knowledge.model import Rulebook, SenderRule
from watcher.message.model import Address, Message
from watcher.reading.companies import employer_of
from watcher.reading.contacts import contact_of, successor_of
from watcher.reading.displays import Delivery
from watcher.reading.greetings import greeted, greets_user
from watcher.reading.model import Claim, Person, ReadingSettings, Speaker
from watcher.reading.namebook import Namebook, fold, namebook
from watcher.reading.page import Page, page_of
from watcher.reading.people import author_of, display_person, people_named
from watcher.reading.platforms import platform_of
from watcher.reading.roles import jobs_of
from watcher.reading.sender import rules_for

HARDLY = 0.1  # what weighs less is rather the end of a title than an employer
SURELY = 0.5  # an employer that weighs as much is no part of a job's title


@dataclass(frozen=True, slots=True)
class Who:
    """The names in one message, with how far each can be trusted.

    `companies` are employers, best first; `agency` is the recruiting firm that writes for one, "" where none does.
    `author` is the human who wrote, `contact` the address an answer should go to (None where nobody reads it).
    `addressed_to` is the name the message greets, `addressed_to_me` false where that is surely not the user.
    """

    companies: tuple[Claim, ...] = ()
    agency: str = ""
    roles: tuple[Claim, ...] = ()
    requisitions: tuple[str, ...] = ()
    author: Person | None = None
    contact: Address | None = None
    people: tuple[Person, ...] = ()
    successor: Person | None = None
    addressed_to: str = ""
    addressed_to_me: bool = True


def who(
    message: Message,
    rulebook: Rulebook,
    settings: ReadingSettings,
    *,
    speaker: Speaker,
    system: SenderRule | None = None,
    language: str = "en",
) -> Who:
    """The names in `message`, written in `language`. `system` is the machine or relay that sent it, None for an
    ordinary mailbox.

    In the user's own mail the employer is the one written to, and `contact` the first person it went to.
    """
    book = namebook(rulebook, language)
    mine = speaker is Speaker.ME
    writer = settings.name if mine else display_person(message.header.sender, book)
    relayed = system is not None and len(writer.split()) > 2  # a shop or office that writes through a board
    unmanned = (speaker is Speaker.ROBOT or relayed) and fold(writer.partition(" ")[0]) not in book.people.given
    if unmanned:
        writer = ""
    page = page_of(message, writer, book)
    contact = contact_of(message, page, settings, book, speaker, system)
    unmanned = unmanned or (speaker is Speaker.ROBOT and not writer)
    author = None if mine or unmanned else author_of(message, page, book, contact)
    persons = [
        settings.name,
        *settings.name.split(),
        writer,
        author.name if author else "",
        *(writer.split()[:1] if author else ()),
        *(writer.split()[-1:] if "," in message.header.sender.name else ()),  # "Behrens, Maren"
    ]
    if mine and message.header.to and system is None:
        system = _delivering(message.header.to[0], rulebook)
    machine = speaker is Speaker.ROBOT
    nobody = machine or not (mine or writer)
    guessed = platform_of(message.header.sender, rulebook) if nobody and system is None else None
    delivery = Delivery(guessed or system, guessed=guessed is not None, machine=machine, outgoing=mine)
    employer = employer_of(message, page, book, delivery, persons)
    firms = [claim.name for claim in employer.companies[:3] if claim.weight >= HARDLY] + [employer.agency]
    surely = next((claim.name for claim in employer.companies if claim.weight >= SURELY), "")
    jobs = jobs_of(page, book, firms, surely)
    name = _greeted(page, writer, settings, book)
    successor = None if mine else successor_of(message, page, author, book)
    if successor is not None and successor is not author and successor.address:
        contact = Address(successor.name, successor.address)
    return Who(
        companies=employer.companies,
        agency=employer.agency,
        roles=jobs.roles,
        requisitions=jobs.requisitions,
        author=author,
        contact=contact,
        people=people_named(message, page, settings, book),
        successor=successor,
        addressed_to=name,
        addressed_to_me=mine or greets_user(name, settings, book),
    )


def _greeted(page: Page, writer: str, settings: ReadingSettings, book: Namebook) -> str:
    """The name greeted in one of the first lines, which headings and the writer's own name may precede."""
    for line in page.body[:5]:
        name = greeted(line, settings, book)
        if name and not (writer and fold(name) in fold(writer)):
            return name
    return ""


def _delivering(address: Address, rulebook: Rulebook) -> SenderRule | None:
    """The machine or relay that an address belongs to: its domain is no employer's."""
    return next((rule for _, rule in rules_for(address.domain, rulebook.senders)), None)
