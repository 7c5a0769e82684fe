"""Below a writer's name their firm often stands: the employers in the closing lines of a message."""

from __future__ import annotations

import re

from watcher.reading.agencies import LIKE
from watcher.reading.claims import Tally
from watcher.reading.firms import LINKS, is_firm, is_job, likeness, name_at, trimmed
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import Page, bare

_CLOSING_PARTS = re.compile(r",\s|\s*[|\u2022\u00b7]\s*|\s[-\u2013\u2014/@]\s|\s@\s?| at | for | in ")
_OPENING = re.compile(r"^(?:kind |best |warm )?(?:regards|rgds|thanks|cheers|for|yours?)[,.]?\s+", re.I)
_LEADING = re.compile(r"^(?:(?:the|from|team|your|all at|everyone at) )+", re.I)


def firms_in_closing(page: Page, tally: Tally) -> None:
    """Adds the firms in signature lines: after the name, in lines of their own, "The Acme Team"."""
    book = tally.book
    last = page.body[-1] if page.body else ""
    short = [last] if 0 < len(last) <= 70 and last[-1] not in "?." else []
    for index, raw in enumerate([*short, *page.closing[:10]], 0 if short else 1):
        if _is_labelled(raw, book):
            continue
        line = _OPENING.sub("", raw)
        for place, whole in enumerate(_CLOSING_PARTS.split(line)[:5]):
            part = _LEADING.sub("", bare(whole))
            name = name_at(part, 0, book) if part else ""
            if not name or len(name) < len(part) * 0.7:
                continue
            core = trimmed(name, book)
            if not core or _skip_in_closing(core, book):
                continue
            alike = bool(tally.label) and likeness(core, tally.label, book) >= LIKE
            weight = (
                0.55
                if is_firm(core, book) or len(core) < len(name) or len(part) < len(bare(whole))
                else 0.3
                if index > 1 or place > 0
                else 0.05
            )
            tally.add(core, min(0.8, weight + 0.3 * alike), "closing", raw)


def _is_labelled(line: str, book: Namebook) -> bool:
    """Whether a line is one of a job's list and none of a signature: "Must have: Catia V5, GD&T"."""
    label, found, rest = line.partition(": ")
    return (
        bool(found and rest) and label[:1].isupper() and len(label.split()) < 5 and fold(label) not in book.firms.labels
    )


def _skip_in_closing(name: str, book: Namebook) -> bool:
    words = [fold(bare(word)) for word in name.split()]
    if words[0] in book.people.closings or (words[0] in book.people.honorifics and not is_firm(name, book)):
        return True
    titles = book.people.title_words
    if (
        words[0] in titles
        and words[0] not in book.firms.of_bodies
        and words[1:2] in (["of"], ["for"], ["der"], ["fur"])
    ):
        return True  # "Head of Supply Chain"
    if book.jobs.markers is not None and is_job(name, book):
        return True
    if all(word in book.firms.around or word in titles or word in book.jobs.heads or word in LINKS for word in words):
        return True
    if is_firm(name, book):
        return is_job(name, book) and (
            len(words) < 3
            or (words[-1] in book.jobs.heads and words[-1] not in book.firms.telling and " & " not in name)
        )
    return (words[0] in book.people.given and len(words) <= 3) or words[-1] in book.jobs.heads or words[0] in titles
