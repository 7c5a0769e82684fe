"""A letter is sent to a human by name: who wrote, how they sign and like to be greeted, and whom else they name."""

from __future__ import annotations

import re
from functools import lru_cache

from watcher.message.model import Address, Message
from watcher.reading.firms import domain_label, likeness
from watcher.reading.model import Person, ReadingSettings
from watcher.reading.namebook import Namebook, fold, letters
from watcher.reading.page import Page, bare

_ASIDE = re.compile(r"\s*[(\[][^)\]]{0,200}[)\]]")
_VIA = re.compile(r"\s+(?:via|through|at|from|with|of|\||@|/|[-\u2013\u2014])\s+.*$|\s*\|.*$|\s*@.*$", re.I)
_AFTER_NAME = re.compile(r"\s*(?:,|\||\u2022|\u00b7| [-\u2013\u2014/@] | in |\(| from )\s*")
_PHONE = re.compile(r"(?<![\w/.-])\+?\(?\d[\d ()./\u2011-]{7,18}\d(?![\w/-])")
_ATTENDEE = re.compile(r"^(?:ATTENDEE|ORGANIZER)([^\n]{0,400}?):mailto:([^\s;]{3,254})", re.I | re.M)
_COMMON_NAME = re.compile(r'CN="?([^";:\n]{2,80})', re.I)
_WORD = r"[A-Z\u00c0-\u00de][\w'\u2019-]*"
_NAME = (
    rf"(?:(?:Dr|Mr|Mrs|Ms|Prof|Fr|Sir|Herr|Frau|Miss)\.? )?{_WORD}\.?"
    rf"(?: (?:van |von |de |der |den |da |di |la |al |el |dela )?{_WORD})?"
)
_LISTED = re.compile(
    r"\s*(?:(?:me|us|myself|our [a-z]+(?: [a-z]+)?|the [a-z]+)(?:,| and| &)? )?"
    rf"({_NAME})(?:\s?\([^)]{{0,60}}\))?(?:,? and |, | & | \+ |/)?"
)
_FOR_ANOTHER = re.compile(r"^\s*(?:[iI]\. ?[AV]\.|p\. ?p\.) +(?=[A-Z\u00c0-\u00de])")  # "i. A. Renate Dettmer"
MOST_PEOPLE = 8


@lru_cache(maxsize=64)
def display_person(address: Address, book: Namebook) -> str:
    """The person's name in a From field, in reading order, "" where it names a desk, a firm or a machine.

    "Rao, Meera" is turned round; "Devin Marsh via LinkedIn", "(she/her)", "@ Acme" and ", MBA" are taken off.
    """
    name = bare_name(address.name)
    words = name.split()
    if not words or len(words) > 5 or "@" in name:
        return ""
    plain = [fold(bare(word)) for word in words]
    telling = any(
        book.firms.tells(word) or word in book.firms.legal or word == "&"
        for word in plain
        if word not in ("pa", "se", "ag", "co")
    )
    if telling and not _is_namesake(name, plain, address, book):
        return ""
    if plain[0] in book.firms.desks or (len(words) == 1 and plain[0] in book.not_names):
        return ""
    if _is_the_domain(name, address, book) and not _is_the_local(plain, address):
        return ""
    if len(words) == 1 and plain[0].isascii() and not (plain[0] in book.people.given or _is_the_local(plain, address)):
        return ""
    return name


def _is_namesake(name: str, plain: list[str], address: Address, book: Namebook) -> bool:
    """Whether a family name only happens to be a word of firms' names: "Joe Mills" who writes from joe.mills@."""
    told = plain[0] in book.people.given and len(plain) in (2, 3) and "&" not in plain
    return told and _is_the_local(plain, address) and not _is_the_domain(name, address, book)


def bare_name(display: str) -> str:
    """A display name without what stands round the person's own."""
    name = _ASIDE.sub("", display).strip(" '\"")
    name = _VIA.sub("", name).strip(" '\"")
    if "," in name:
        last, _, first = name.partition(",")
        first = first.split(",")[0].strip()
        if first and len(first.split()) <= 2 and len(last.split()) <= 2 and not first.replace(".", "").isupper():
            return f"{first} {last.strip()}"
        return last.strip()
    return name


def _is_the_domain(name: str, address: Address, book: Namebook) -> bool:
    """Whether a display name spells the sender's domain, as a firm's does and a person's seldom."""
    label = letters(domain_label(address, book))
    share = likeness(name, label, book) if label else 0.0
    given = fold(name.split()[0]) in book.people.given
    return share * len(label) >= 4 and share >= (0.9 if given else 0.5)


def _is_the_local(words: list[str], address: Address) -> bool:
    local = fold(address.local)
    squeezed = letters(local)
    first, last = letters(words[0]), letters(words[-1])
    if not first:
        return False
    return (
        squeezed.startswith(first)
        or (len(words) > 1 and squeezed in (first[0] + last, last, last + first[0], first[0] + last[:1]))
        or squeezed.endswith(last)
    )


def author_of(message: Message, page: Page, book: Namebook, reply: Address | None) -> Person | None:
    """The human who wrote, None where nothing shows one. `reply` is where an answer goes; its address is taken."""
    sender = message.header.sender
    shown = display_person(sender, book)
    if not shown and reply is not None and reply.address != sender.address:
        shown = display_person(reply, book)
    address = (reply or sender).address
    signs, title = _signed(page, shown, book)
    if not shown and not signs:
        return None
    name = shown or _full(signs, book)
    return Person(
        name=_cased(name, book),
        address=address,
        greeting=greeting_for(_cased(shown, book), signs, book),
        title=title,
        signs=signs,
    )


def greeting_for(name: str, signs: str, book: Namebook) -> str:
    """How to greet them: as they sign where that is a name, else by first name, with a title the family name.

    "Dr. Ellen Marsh" who signs "Ellen" is Ellen; who does not sign is "Dr. Marsh"; initials alone are "" (unsure).
    """
    signed = _greetable(signs, book)
    words = name.split()
    titles = [word for word in words if _honorific(word, book)]
    rest = [word for word in words if not _honorific(word, book) and fold(bare(word)) not in book.people.credentials]
    first = bare(rest[0]) if rest else ""
    if signed:
        same = first and fold(signed) == fold(first)
        return first if same else signed
    if titles and fold(bare(titles[0])) in book.people.keeps_family_name and rest:
        return f"{titles[0]} {_family(rest, book)}"
    if not first.isascii() and not fold(first).isascii():
        return name
    return first if _is_name_word(first) else ""


def _greetable(signs: str, book: Namebook) -> str:
    words = [bare(word) for word in signs.split() if bare(word)]
    if not words:
        return ""
    if _honorific(words[0], book) and len(words) > 1:
        return f"{signs.split()[0]} {words[-1]}"
    first = words[0]
    if not _is_name_word(first):
        return ""
    return first if first[0].isupper() and not first.isupper() else first.capitalize()


def _is_name_word(word: str) -> bool:
    """Whether a word is a name in full and no initials ("Jo" and "Bo" are, "KB" and "Mx" are not)."""
    plain = fold(word)
    if len(plain) < 2 or "." in plain or not plain.replace("-", "").replace("'", "").isalpha():
        return False
    if len(plain) == 2 and word.isupper():
        return False
    return any(vowel in plain for vowel in "aeiouy") or len(plain) > 3


def _family(words: list[str], book: Namebook) -> str:
    for index, word in enumerate(words[1:], 1):
        if fold(word) in book.people.family_particles:
            return " ".join(words[index:])
    return words[-1]


def _honorific(word: str, book: Namebook) -> bool:
    plain = fold(bare(word))
    return plain in book.people.honorifics and (len(plain) > 1 or word.endswith("."))


def _cased(name: str, book: Namebook) -> str:
    """A name in capitals or small letters, written as names are."""
    if name and (name.isupper() or name.islower()) and name.isascii() and len(name) > 3:
        return " ".join(
            word if fold(word) in book.people.family_particles else word.capitalize() for word in name.split()
        )
    return name


def _signed(page: Page, shown: str, book: Namebook) -> tuple[str, str]:
    """How the closing is signed, and the job title that follows; "" where there is none."""
    names = [fold(word) for word in shown.replace("-", " ").split()]
    for index, line in enumerate(page.closing[:6]):
        line = _FOR_ANOTHER.sub("", line)
        head = _AFTER_NAME.split(_without_opening(line.strip(" -\u2013\u2014"), book), maxsplit=1)[0]
        words = [word for word in bare(head).split() if word]
        while (
            words
            and (fold(bare(words[0])) in book.people.closings or words[0] in ("i.A.", "i.V.", "p.p.", "pp"))
            and len(words) > 1
        ):
            words = words[1:]
        if not words or fold(bare(words[0])) in book.people.closings:
            continue
        while len(words) > 1 and words[-1].lower() in ("x", "xx", "xxx"):
            words.pop()
        if _is_signature_name(words, names, book):
            return " ".join(words), _title(line, page.closing[index + 1 : index + 4], book)
    return "", ""


def _without_opening(line: str, book: Namebook) -> str:
    """A closing line without "Thanks a mill," before the name."""
    opening, comma, rest = line.partition(", ")
    words = opening.split()
    return rest if comma and words and len(words) <= 4 and fold(bare(words[0])) in book.people.closings else line


def _is_signature_name(words: list[str], names: list[str], book: Namebook) -> bool:
    plain = [fold(bare(word)) for word in words]
    if len(words) > 4:
        return False
    if names:
        initials = "".join(name[0] for name in names)
        squeezed = "".join(plain).replace(".", "")
        if plain[0] in names or names[0].startswith(plain[0]) or squeezed in (initials, initials[:1] + initials[-1:]):
            return True
        if len(words) == 1 and len(squeezed) <= 12 and squeezed.isalpha() and squeezed not in book.not_names:
            return not (
                set(plain)
                & (book.firms.firm_words | book.firms.desks | book.jobs.heads | book.people.title_words | book.places)
            )
        return False
    if any(book.firms.tells(word) or word in book.firms.legal or word in book.not_names for word in plain):
        return False
    if any(word in book.jobs.heads and word not in book.people.given for word in plain) or not words[0][0].isupper():
        return plain[0] in book.people.given and len(words) == 1
    return len(words) > 1 or plain[0] in book.people.given or (words[0].isalpha() and 2 < len(words[0]) < 12)


def _full(signs: str, book: Namebook) -> str:
    return " ".join(word for word in signs.split() if bare(word))


def _title(line: str, following: tuple[str, ...], book: Namebook) -> str:
    """The first part of a signature, after the name, that has a word for a job in it."""
    parts = re.split(r",\s|\s[|\u2022\u00b7/@]\s|\s[-\u2013\u2014]\s", line)[1:]
    for extra in following:
        parts += re.split(r",\s|\s[|\u2022\u00b7/@]\s|\s[-\u2013\u2014]\s", extra)
    for part in parts[:8]:
        words = {fold(bare(word)) for word in part.split()}
        telling = not (book.people.title_words.isdisjoint(words) and book.jobs.heads.isdisjoint(words))
        if len(part) <= 60 and telling and not part.endswith((".", "?")):
            return bare(part)
    return ""


def phones_in(text: str) -> tuple[str, ...]:
    """Telephone numbers as written."""
    found = (match.group().strip() for match in _PHONE.finditer(text[:6000]))
    return tuple(dict.fromkeys(number for number in found if 9 <= sum(map(str.isdigit, number)) <= 15))


def people_named(message: Message, page: Page, settings: ReadingSettings, book: Namebook) -> tuple[Person, ...]:
    """The people a message names besides its writer: who interviews, who is copied, who attends by the calendar."""
    found: dict[str, Person] = {}
    for address in (*message.header.cc, *_attendees(message)):
        name = display_person(address, book)
        if address.address in settings.addresses or book.firms.robots.stand_in(address.local) or not name:
            continue
        found.setdefault(fold(name), Person(name, address.address, greeting_for(name, "", book)))
    low = page.text.lower()
    if len(low) == len(page.text):
        for match in book.people.meets.finditer(low):
            for name in _list_of_names(page.text, match.end(), book):
                found.setdefault(fold(name), Person(name, "", greeting_for(name, "", book)))
    own = fold(settings.name)
    sender = fold(bare_name(message.header.sender.name))
    return tuple(person for key, person in found.items() if key not in (own, sender))[:MOST_PEOPLE]


def _attendees(message: Message) -> list[Address]:
    found: list[Address] = []
    for part in message.body.calendars[:3] if message.body else ():
        text = part.text[:40_000].replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
        for match in _ATTENDEE.finditer(text):
            name = _COMMON_NAME.search(match.group(1))
            found.append(Address(name.group(1).strip() if name else "", match.group(2).lower()))
    return found[:30]


def _list_of_names(text: str, at: int, book: Namebook) -> list[str]:
    names: list[str] = []
    while len(names) < 5 and (match := _LISTED.match(text, at)):
        name = bare(match.group(1))
        plain = [fold(bare(word)).removesuffix("'s").removesuffix("\u2019s") for word in name.split()]
        goes_on = text[match.end(1) : match.end(1) + 2].lstrip()[:1].isupper() and text[match.end(1)] == " "
        if (
            goes_on
            or plain[0] in book.not_names
            or any(word in book.firms.firm_words or word in book.firms.legal for word in plain)
        ):
            break
        if not (plain[0] in book.jobs.heads and plain[0] not in book.people.given):
            names.append(name)
        at = match.end()
        if not match.group().rstrip(" ").endswith((",", "and", "&", "+", "/")):
            break
    return names


def forget() -> None:
    """Let go of the names that were read out of addresses."""
    display_person.cache_clear()
