"""A firm may be known by its domain alone: the words that a domain label is run together of."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watcher.reading.namebook import Namebook, fold

LEAST = 6  # letters of a label that is worth parting
_WORD = re.compile(r"[a-z]{4,}")
_SPLIT = re.compile(r"[-_]")
_GLUED = re.compile(r"[^\W_]+|&")


def spelled_out(label: str, book: Namebook, text: str = "", owners: Mapping[str, str] | None = None) -> str:
    """A domain label as a name: "allegheny-conservancy" is "Allegheny Conservancy", "riverbakehouse" "River Bakehouse".

    The words of `text` are known besides the book's own. A label that can be parted in two ways is left whole; one that
    begins with the family name of one of its `owners` (letters to spelling) is parted there: "trujillostern" of a
    Ray Trujillo.
    """
    parts = [part for part in _SPLIT.split(label) if part and part not in book.firms.label_ends] or [label]
    known = frozenset(_WORD.findall(fold(text))) if any(len(part) >= LEAST for part in parts) else frozenset()
    words = [word for part in parts for word in _owned(part, known - {part}, book, owners or {})]
    return " ".join(_set(word, place, book) for place, word in enumerate(words))


def _owned(part: str, known: frozenset[str], book: Namebook, owners: Mapping[str, str]) -> list[str]:
    """One part of a label, parted behind its owner's name where it begins with one."""
    name = next((one for one in owners if len(one) > 3 and part.startswith(one) and len(part) > len(one) + 3), "")
    if not name or name in book.people.given:
        return _parted(part, known, book)
    rest = part.removeprefix(name)
    joined = rest.startswith("and") and len(rest) > 6
    return [
        owners[name],
        *(["and"] if joined else []),
        *_parted(rest.removeprefix("and") if joined else rest, known, book),
    ]


def written_in(text: str, label: str) -> str:
    """How `text` writes the words of a label, "" where it does not: "petit four" for `petitfour`."""
    words = [(match.group(), match.start(), match.end()) for match in _GLUED.finditer(text)]
    plain = ["and" if word == "&" else fold(word) for word, _, _ in words]
    for first, word in enumerate(plain):
        if len(word) < len(label) and label.startswith(word):
            last = _spells(plain, first, label)
            if last > first and "\n" not in text[words[first][1] : words[last][2]]:
                return text[words[first][1] : words[last][2]]
    return ""


def _spells(plain: list[str], first: int, label: str) -> int:
    """The last of the words from `first` on that together are the label, -1 where none are."""
    at = 0
    for place in range(first, min(first + 7, len(plain))):
        if not label.startswith(plain[place], at):
            return -1
        at += len(plain[place])
        if at == len(label):
            return place
    return -1


def _parted(part: str, known: frozenset[str], book: Namebook) -> list[str]:
    """The words of one part of a label; itself where no parting or more than one is found."""
    if not LEAST <= len(part) <= 40 or not part.isalpha() or part in book.firms.label_words:
        return [part]
    best: list[list[tuple[str, ...]]] = [[()]]  # for each length, the partings of that beginning in the fewest words
    for end in range(1, len(part) + 1):
        found: list[tuple[str, ...]] = []
        for start in range(max(0, end - 16), end):
            word = part[start:end]
            if best[start] and _is_word(word, start, last=end == len(part), known=known, book=book):
                found += [(*before, word) for before in best[start]]
        fewest = min(map(len, found), default=0)
        best.append([one for one in found if len(one) == fewest][:3])
    if len(best[-1]) == 1 and len(best[-1][0]) < 6:
        return list(best[-1][0]) if _is_worth(best[-1][0], book) else [part]
    return [part] if best[-1] else _after_unknown(part, known, book)


def _is_worth(words: tuple[str, ...], book: Namebook) -> bool:
    """Whether a parting is likelier than one word: "Stonegate" and "Oakfield" are mostly written as such."""
    return len(words) > 2 or (len(words[-1]) > 5 and words[-1] in book.firms.firm_words)


def _after_unknown(part: str, known: frozenset[str], book: Namebook) -> list[str]:
    """An owner's name and a trade: "hartleyroofing" is "Hartley Roofing"."""
    tail: list[str] = []
    end = len(part)
    while end > 4:
        starts = range(max(4, end - 16), end - 3)
        start = next((at for at in starts if _is_word(part[at:end], at, last=False, known=known, book=book)), 0)
        if not start:
            break
        tail.insert(0, part[start:end])
        end = start
    if not tail and len(part) > 8:
        initials = next(
            (at for at in (2, 3) if part[at:] in book.firms.firm_words and not set(part[:at]) & set("aeiou")), 0
        )
        return [part[:initials].upper(), part[initials:]] if initials else [part]  # "mkplastering"
    sure = len(tail) > 1 or any(len(word) > 5 and word in book.firms.firm_words for word in tail)
    return [part[:end], *tail] if sure else [part]


def _is_word(word: str, start: int, *, last: bool, known: frozenset[str], book: Namebook) -> bool:
    firms = book.firms
    if last and start and word in firms.acronyms:
        return True
    if start and not last and word in firms.label_links:
        return True
    return len(word) > 2 and (word in firms.label_words or word in known)


def _set(word: str, place: int, book: Namebook) -> str:
    """A word as a name writes it: a last acronym in capitals, "and" and "of" small."""
    if place and word in book.firms.acronyms:
        return word.upper()
    if place and word in book.firms.label_links:
        return word
    return word[0].upper() + word[1:] if word[0].islower() else word
