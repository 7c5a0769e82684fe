"""What a firm's name looks like: where one begins and ends in a text, and which of them a domain spells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from watcher.message.model import Address
from watcher.reading.namebook import Namebook, fold, letters
from watcher.reading.page import bare
from watcher.reading.titles import is_head

LONGEST_NAME = 8  # words
STATES = frozenset(["cagov", "nygov", "txgov", "gov", "govt"])  # behind the label of an office
HOUSE = 2  # the standing of a public body as a whole
REMEMBERED = 512  # names that were looked at last: one mail speaks of the same ones again and again

LINKS = frozenset(
    {
        "&",
        "and",
        "of",
        "+",
        "de",
        "du",
        "la",
        "des",
        "et",
        "und",
        "y",
        "e",
        "van",
        "der",
        "den",
        "for",
        "the",
        "n",
        "at",
        "on",
        "für",
        "do",
        "da",
        "dos",
        "del",
        "della",
        "di",
        "le",
        "les",
        "los",
        "las",
        "aux",
        "au",
        "og",
        "och",
    }
)
_BESIDE = frozenset({"am", "im", "zum", "zur", "an"})
_LOOSE_LINKS = frozenset({"for", "at", "on"})  # inside a name only where the domain says so
_SPELLED_AND = ("and", "und", "et", "y", "n")
_ABBREVIATED = frozenset({"st", "inc", "ltd", "co", "dr", "mt", "ft", "messrs"})

_RELAYED = re.compile(
    r"\s*\((?:via|through)[^)]{0,200}\)|\s+(?:via|through)\s.+$|^.*\bon behalf of\s+|\s*[(\[].*$", re.I
)
_PARTS = re.compile(r"\s*(?:,|\||\u2022|\u00b7|@|:|\s[-\u2013\u2014/]\s)\s*")
_DOTTED_LEGAL = re.compile(r",? [BNVSAGK]\.\s?[A-Z]\.?(?:[A-Z]\.?)?$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_POSSESSIVE = re.compile(r"['\u2019]s$")
_BREAKS = re.compile(r"[\s./-]+")


def name_at(text: str, at: int, book: Namebook, *, loose: bool = False, expected: bool = False) -> str:
    """The capitalised name that begins at `at` ("Juniper & Oak Software"), "" where none does.

    `loose` lets "at", "for" and "on" stand inside it, as in "Smiles at Sawmill". Where a firm is `expected`, it may
    begin with a word that sentences begin with too ("at First Harbour Bank").
    """
    words: list[str] = []
    pending: list[str] = []
    opener = ""
    tokens = text[at : at + 90].split("\n", 1)[0].split(" ")[: LONGEST_NAME + 3]
    for place, token in enumerate(tokens):
        if words and token[:1] in ("(", "["):
            break
        core = token.rstrip(".,;:!?)]}\"\u201d\u201c'*\u2019").lstrip("(\"\u201c*'\u2018[")
        if not core:
            break
        plain = core.lower()
        if plain in LINKS and not core[0].isupper() and (words or plain == "the"):
            joined = plain == "for" and bool(words) and words[0].lower() in book.firms.joined_by_for
            if plain in _LOOSE_LINKS and not loose and words and not joined:
                break
            pending.append(core)
            continue
        if words and plain in _BESIDE and book.jobs.markers is not None and book.firms.tells(fold(words[-1])):
            pending.append(core)  # "Klinik im Park", "Gasthof Zum Löwen"
            continue
        if expected and not words and not opener and core[0].isupper() and plain in book.firms.openers:
            opener = core
            if _ends_name(token, core):
                return ""
            continue
        body = not words and core[0].isupper() and _begins_body(plain, tokens[place + 1 : place + 4], book)
        if not body and not _may_be_named(core, plain, bool(words), bool(pending), book):
            break
        if core.isdigit() and tokens[place + 1 : place + 2] and bare(tokens[place + 1]).lower() in book.not_names:
            break  # "joining Fujairah 20 May"
        words += [*pending, core]
        pending = []
        if _ends_name(token, core):
            break
    return " ".join([opener, *words][:LONGEST_NAME] if opener and words else words[:LONGEST_NAME])


def _begins_body(plain: str, after: Sequence[str], book: Namebook) -> bool:
    """Whether a word that begins sentences too begins the name of a public body here: "Office for ..."."""
    known = (after[:1] == ["for"] and plain in book.firms.joined_by_for) or (
        after[:1] == ["of"] and plain in book.firms.of_bodies
    )
    rest = after[2:] if after[1:2] == ["the"] else after[1:]
    return known and bool(rest) and rest[0][:1].isupper()


def _may_be_named(core: str, plain: str, inside: bool, linked: bool, book: Namebook) -> bool:
    """Whether a word may begin or go on with a name."""
    if not (core[0].isupper() or (core[0].isdigit() and inside and not linked)):
        return inside and plain in book.firms.small_legal
    if plain in book.not_names:
        return inside and not linked and (plain in book.firms.around or plain in book.firms.firm_words)
    return core[0].isalpha() or inside


def _ends_name(token: str, core: str) -> bool:
    tail = token[token.find(core) + len(core) :]
    return bool(tail) and (tail[0] != "." or len(tail) > 1 or fold(core) not in _ABBREVIATED)


@lru_cache(maxsize=REMEMBERED)
def spells_parts(name: str, label: str) -> bool:
    """Whether each part of a domain label with hyphens is a word of `name` or the initials of some ("justice-ns")."""
    parts = [part for part in label.lower().split("-") if part]
    if len(parts) < 2:
        return False
    words = [letters(word) for word in _BREAKS.split(name) if letters(word)]
    initials = "".join(word[0] for word in words if word not in LINKS)
    return all(part in words or (1 < len(part) < 5 and part in initials) for part in parts)


@lru_cache(maxsize=REMEMBERED)
def likeness(name: str, label: str, book: Namebook) -> float:
    """How much of a domain label (letters only) the words of `name` spell, 0 to 1.

    Words may be cut short or stand as initials: "Trillium Credit Union" spells all of `trilliumcu`.
    """
    at = spelled = 0
    head, of, tail = name.removeprefix("The ").partition(" of ")
    if of and not label.startswith(letters(head)[:3]):
        name = f"{tail} {head}"  # "City of Harrowgate" at `harrowgatecity`
    if is_ship(name.lower().split(), book):
        name = max(name, name.partition(" ")[2], key=lambda one: label.startswith(letters(one)))
    for index, word in enumerate(_BREAKS.split(name)):
        plain = letters(word)
        if not plain:
            linked = next((link for link in _SPELLED_AND if word in ("&", "+") and label.startswith(link, at)), "")
            at += len(linked)
            spelled += len(linked)
            continue
        common = _common(plain, label, at)
        if not word.isascii():  # domains spell "Bäckerei" as "baeckerei"
            common = max(common, _common(letters(word.lower().translate(_UMLAUTS)), label, at))
        if common == 0 or (index == 0 and common < 3 and common < len(plain) and len(label) > 4):
            if index > 0 or plain in LINKS or plain in book.firms.legal:
                continue
            return 0.0
        at += common
        spelled += common
    return spelled / len(label) if label else 0.0


def _common(word: str, label: str, at: int) -> int:
    """How many letters `word` and `label` from `at` on share."""
    if label.startswith(word, at):
        return len(word)
    common = 0
    while common < len(word) and at + common < len(label) and word[common] == label[at + common]:
        common += 1
    return common


def domain_label(address: Address, book: Namebook) -> str:
    """The label of a domain that names its owner, as written; "" for free mail and domains that name nobody."""
    domain = address.domain
    if not domain or domain in book.firms.free_mail:
        return ""
    labels = domain.split(".")[:-1]
    state = len(labels) > 1 and (labels[-1] in STATES or (domain.endswith((".gov", ".us")) and len(labels[-1]) == 2))
    if state:  # "dws.ca.gov"
        labels.pop()
    while len(labels) > 1 and labels[-1] in book.firms.generic_labels:
        labels.pop()
    label = labels[-1] if labels else ""
    return "" if label in book.firms.generic_labels else label


@lru_cache(maxsize=REMEMBERED)
def trimmed(name: str, book: Namebook) -> str:
    """A firm's name without what a display name puts round it ("Acme Hiring Team", "Human Resources, Acme")."""
    parts = _PARTS.split(_RELAYED.sub("", name).strip(" '\""))
    return next((kept for part in parts if part and (kept := _without_around(part, book))), "")


def without_tail(name: str, book: Namebook) -> str:
    """A display name without what names the people who hire ("Acme HR Services", "Acme Grad Program")."""
    low = fold(name)
    if not low.endswith(book.firms.tails):
        return name
    for tail in book.firms.tails:
        front = name[: -len(tail) - 1].rstrip(" -\u2013|,")
        if low.endswith(f" {tail}") and len(letters(front)) > 1 and not no_firm(front, book):
            return front
    return name


def _without_around(part: str, book: Namebook) -> str:
    words = part.split()
    plain = [fold(bare(word)) for word in words]
    around = [word in book.firms.around or word in ("", "and") for word in plain]
    end = len(words)
    while end and around[end - 1]:
        end -= 1
    if end == 0:
        return ""
    taken = [word for word in plain[end:] if word not in ("", "and")]
    if len(taken) == 1 and taken[0] in book.firms.ambiguous:
        end = len(words)  # "Pallet People", "Al Noor Recruitment": part of the name
    start = 0
    while (
        start < end
        and around[start]
        and plain[start] not in ("the", "people")
        and plain[start + 1 : start + 2] != ["of"]
    ):
        start += 1
    return " ".join(words[start:end])


def bare_firm(name: str) -> str:
    """A firm's name without stray punctuation at its edges, a possessive, or a dotted legal form."""
    name = _DOTTED_LEGAL.sub("", name).strip(" \t,;:!?-\u2013\u2014*_|\"'()[]\u201c\u201d.\u2019")
    return _POSSESSIVE.sub("", name)


@lru_cache(maxsize=REMEMBERED)
def firm_key(name: str, book: Namebook) -> str:
    """The letters by which two spellings of one firm are the same: without "The" and legal forms."""
    words = [word for word in name.split() if letters(word) not in book.firms.legal and fold(word) != "the"]
    return letters(" ".join(words) or name)


@lru_cache(maxsize=REMEMBERED)
def no_firm(name: str, book: Namebook) -> bool:
    """Whether a capitalised run cannot be an employer: a place, a number in a register, "Series C"."""
    low = fold(name)
    if low in book.firms.not_firms or low in book.places or low in book.not_names:
        return True
    if (
        " " in name
        and not name.isupper()
        and name.rpartition(" ")[2].isupper()
        and low.rpartition(" ")[2] in book.firms.regions
    ):
        return True  # "Charlotte NC"
    words = [word.removesuffix("'s").removesuffix("\u2019s") for word in low.split()]
    if is_ship(words, book):
        return False
    if (
        words[-1] in book.firms.unnamed
        or words[0] in book.firms.branches
        or (len(name) < 4 and name.isupper() and low in book.firms.legal)
    ):
        return True  # "Automotive OEM"; "Niederlassung Leipzig"; the "AB" of "Calgary, AB"
    if all(len(word) == 1 or word == "of" for word in words) and len(words) > 1:
        return True  # "U of C"
    house = book.firms.offices
    if not house.isdisjoint(words) and all(
        word in house
        or word in book.firms.around
        or word in book.firms.bodies
        or word in book.people.title_words
        or word in LINKS
        for word in words
    ):
        return True
    return sum(map(str.isdigit, name)) > 3 or "/" in name or fold(name.rpartition(" ")[2]) in book.firms.occasions


@lru_cache(maxsize=REMEMBERED)
def is_firm(name: str, book: Namebook) -> bool:
    """Whether a word in a name tells a firm ("Hospice", "& Sons", "Ltd"), a public body ("City of ...") or a ship."""
    if " & " in name:
        return True
    words = [fold(bare(word)) if word.isascii() or len(word) > 4 else bare(word).lower() for word in name.split()]
    if is_ship(words, book) or is_body_of(words, book):
        return True
    return not book.firms.telling.isdisjoint(words) or any(map(book.firms.tells, words))


def is_ship(words: Sequence[str], book: Namebook) -> bool:
    """Whether the folded words of a name are those of a ship: "m/y", "halcyone"."""
    return len(words) > 1 and words[0] in book.firms.ships


def is_body_of(words: Sequence[str], book: Namebook) -> bool:
    """Whether the folded words of a name begin like a public body's: "city of ...", "city government of ..."."""
    return len(words) > 2 and any(
        w in book.firms.of_bodies and after in ("of", "for") for w, after in pairwise(words[:4])
    )


def standing(name: str, book: Namebook, other: int = HOUSE) -> int:
    """How high a name stands among the parts of a house: HOUSE for the whole ("University of Penhallow"), 1 for a
    department, 0 for a service or section; `other` where nothing tells."""
    words = [fold(bare(word)) for word in name.split()]
    heads = [word for word, after in pairwise(words) if after in ("of", "for")]
    if words[-1] in book.firms.bodies or book.firms.bodies & set(heads[:1]):
        return HOUSE
    if any(word in book.firms.departments for word in heads):
        return 1
    return 0 if words[-1] in book.firms.sections or book.firms.sections & set(heads[:1]) else other


@lru_cache(maxsize=REMEMBERED)
def is_job(name: str, book: Namebook) -> bool:
    """Whether a capitalised run is a job title and no firm."""
    words = [fold(bare(word)) for word in name.split()]
    if book.jobs.markers is not None and _begins_with_head(words, name, book):
        return not any(word in book.firms.legal for word in words)  # "Sachbearbeiterin Treuhand"
    while len(words) > 2 and (words[-1] in book.jobs.levels or words[-1].isdigit()):
        words.pop()  # "Teaching Assistant Level 2"
    if any(word in book.jobs.heads and after in ("of", "for", "to", "de") for word, after in pairwise(words[:4])):
        return True
    if words[-1] in book.firms.firm_words and words[-1] not in book.jobs.heads:
        return len(words) > 2 and words[-2] in book.jobs.heads and words[-1] in book.jobs.fields
    held = any(word in book.jobs.heads for word in words[-2:]) or name.rpartition(" ")[2] in book.jobs.acronyms
    return held and not any(word in book.firms.legal for word in words)


def _begins_with_head(words: list[str], name: str, book: Namebook) -> bool:
    """Whether a German run begins with a job's head noun, behind adjectives ("Therapeutische Leitung Spa")."""
    parts = [bare(part) for part in name.split()]
    first = next((at for at, part in enumerate(parts[:3]) if part and is_head(part, book)), -1)
    if first < 0 or not all(word.endswith(("e", "er")) or word in book.jobs.before_head for word in words[:first]):
        return False
    return first == 0 or words[-1] not in book.firms.legal


def is_board(name: str, book: Namebook) -> bool:
    """Whether a name or domain label is that of a job board, as far as its first letters tell ("Jobstreet")."""
    return letters(name).startswith(book.firms.boards)


def forget() -> None:
    """Let go of the names that were looked at."""
    for function in (spells_parts, likeness, trimmed, firm_key, no_firm, is_firm, is_job):
        function.cache_clear()
