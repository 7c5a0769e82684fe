"""A go-between names its client in passing: the firm that needs somebody, the one a job is for, the ship that sails."""

from __future__ import annotations

import re

from watcher.reading.agencies import LIKE
from watcher.reading.claims import Tally
from watcher.reading.firms import is_firm, is_job, likeness, name_at, trimmed
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import Page, bare
from watcher.reading.titles import tells_job

NEEDS = "needs"  # the rule of firms that are said to need somebody: a client wherever another firm writes
MOST_TEXT = 3000

_BESIDE = re.compile(
    r"(?:,? (?:in|of|at|near|outside|over in|out of|down in|up in) [A-Z][\w'\u2019.-]*(?:,? [A-Z][\w'\u2019.-]*){0,3}"
    r"|, an? [^.,;\n]{3,60}| \([^()\n]{2,50}\)),?$"
)
_FOR = re.compile(r" (?:for|with|at) (?:the )?(?=[A-Z])")
_SOUGHT = re.compile(
    r"\b[Ff]\u00fcr (?:die |den |das |unseren Kunden,? (?:die |den |das )?)?(?=[A-Z\u00c4\u00d6\u00dc])"
)
_RECRUITING = re.compile(r"\b(?:recruiting|hiring|looking|searching|seeking|recruit|hire)\b")
_SEEKS = re.compile(r"[^.!?\n]{0,40}?\b(?:suche ich|suchen wir)\b")
_AT_CLIENT = re.compile(r"\b(?:bei|beim) (?:der |den |dem )?(?=[A-Z\u00c4\u00d6\u00dc])")
_WORD_BEFORE = re.compile(r"([\w/+-]+)$")
_CLAUSES = ("\n", ". ", "! ", "? ", ", ", ": ", "; ", " - ", " \u2013 ", " because ", " and ", " that ")


def clients_in(page: Page, tally: Tally, *, between: bool) -> None:
    """Adds the firms that a text names as another's client. `between`: the writer is known to be a go-between."""
    text, low = page.text[:MOST_TEXT], page.low[:MOST_TEXT]
    _that_need(page.subject, page.subject.lower(), tally)
    _that_need(text, low, tally)
    _worked_with(text, low, tally)
    _sought_for(text, tally)
    _ships_in(f"{page.subject}\n{text}", tally)
    if between:
        for part in (page.subject, text):
            _jobs_for(part, tally)
        _presented_to(text, tally)


def _sought_for(text: str, tally: Tally) -> None:
    """ "Für die Versicherung Havelschutz in Potsdam suchen wir einen ..."."""
    if tally.book.jobs.markers is None:
        _recruited_for(text, tally)
        return
    for match in _SOUGHT.finditer(text):
        name = name_at(text, match.end(), tally.book, expected=True)
        rest = text[match.end() + len(name) : match.end() + len(name) + 60]
        if name and " " in name and _SEEKS.match(rest) and not is_job(name, tally.book):
            tally.add(trimmed(name, tally.book) or name, 0.6, NEEDS, text[match.start() : match.end()] + name)


def _recruited_for(text: str, tally: Tally) -> None:
    """ "PeopleFirst is recruiting a Finance Manager for Sando Foods"."""
    book = tally.book
    for match in _FOR.finditer(text):
        before = text[max(0, match.start() - 80) : match.start()]
        clause = re.split(r"[.!?\n]", before)[-1]
        if not _RECRUITING.search(clause) or not tells_job(bare(clause.rpartition(" ")[2]), book):
            continue
        name = name_at(text, match.end(), book, expected=True)
        if " " in name and is_firm(name, book) and not is_job(name, book) and fold(name) not in book.places:
            tally.add(trimmed(name, book) or name, 0.5, NEEDS, text[match.start() : match.end()] + name)


def _presented_to(text: str, tally: Tally) -> None:
    """ "Du bist um 7 Uhr bei Kartonagen Böhm zur Vorstellung eingeplant", in the mail of a go-between."""
    if tally.book.jobs.markers is None:
        return
    for match in _AT_CLIENT.finditer(text):
        name = name_at(text, match.end(), tally.book, expected=True)
        alike = bool(tally.label) and likeness(name, tally.label, tally.book) >= LIKE if name else True
        if " " in name and not alike and not is_job(name, tally.book) and not _is_person(name, tally.book):
            tally.add(trimmed(name, tally.book) or name, 0.4, "client", text[match.start() : match.end()] + name)


def _that_need(text: str, low: str, tally: Tally) -> None:
    """ "The White Rose Film Archive need a ...", "Hillview Lodge in Mount Barker needs an ..."."""
    book = tally.book
    if len(low) != len(text):
        return
    for match in book.firms.needs.finditer(low):
        after = text[match.end() : match.end() + 70].split("\n", 1)[0]
        if not any(tells_job(bare(word), book) for word in after.split()[:7] if bare(word)):
            continue
        start = _sentence_start(text, match.start())
        name = name_at(text, start, book, expected=True)
        rest = text[start + len(name) : match.start()]
        if not name or not (not rest or _BESIDE.fullmatch(rest)) or is_job(name, book) or _is_person(name, book):
            continue
        firm = is_firm(name, book)
        inn = text.startswith("The ", start - 4) and " " not in name  # "The Anchor"
        sure = " " in name or bool(rest) or inn
        weight = 0.5 if firm else 0.4 if sure else 0.15
        tally.add(
            f"The {name}" if inn else trimmed(name, book) or name, weight, NEEDS, text[start : match.end()] + after[:20]
        )


def _sentence_start(text: str, end: int) -> int:
    """Where the clause begins that goes on to `end`, after "The"."""
    start = max((at + len(mark) for mark in _CLAUSES if (at := text.rfind(mark, 0, end)) >= 0), default=0)
    return start + 4 if text.startswith(("The ", "Die ", "Das ", "Der "), start) else start


def _worked_with(text: str, low: str, tally: Tally) -> None:
    """ "Working with Oakhurst Robotics on their ...", "advising Moorland Park on the appointment"."""
    book = tally.book
    for match in book.firms.helps.finditer(low):
        name = name_at(text, match.end(), book, expected=True)
        after = low[match.end() + len(name) : match.end() + len(name) + 120]
        after = after if any(tells_job(bare(word), book) for word in after.split()[:14] if bare(word)) else ""
        if name and after.startswith(book.firms.helped_to) and not is_job(name, book) and not _is_person(name, book):
            tally.add(
                trimmed(name, book) or name,
                0.6 if is_firm(name, book) else 0.5,
                NEEDS,
                text[match.start() : match.end()] + name,
            )


def _jobs_for(text: str, tally: Tally) -> None:
    """ "A shore excursions manager for Aurelia Cruises", in the mail of a go-between."""
    book = tally.book
    for match in _FOR.finditer(text):
        word = _WORD_BEFORE.search(text[max(0, match.start() - 30) : match.start()])
        if word is None or not tells_job(word.group(1), book):
            continue
        name = name_at(text, match.end(), book, expected=True)
        if not name or is_job(name, book) or _is_person(name, book) or fold(name) in book.places:
            continue
        tally.add(
            trimmed(name, book) or name,
            0.45 if is_firm(name, book) else 0.35 if " " in name else 0.2,
            "client",
            text[match.start() : match.end()] + name,
        )


def _ships_in(text: str, tally: Tally) -> None:
    """Ships by the sign before their name: "M/Y Halcyone"."""
    book = tally.book
    if "/" not in text:
        return
    for match in re.finditer(r"(?<![\w/])[MSFR]/[YV] (?=[A-Z])", text):
        name = name_at(text, match.start(), book)
        if " " in name:
            alike = not tally.label or likeness(name, tally.label, book) >= LIKE
            tally.add(name, 0.3 if alike else 0.15, "ship", name)


def _is_person(name: str, book: Namebook) -> bool:
    first = fold(bare(name.split()[0]))
    return (first in book.people.given or first in book.people.honorifics) and not is_firm(name, book)
