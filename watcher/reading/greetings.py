"""Mail that greets somebody else must not be answered: whom the first line greets, and whether that is the user."""

from __future__ import annotations

import re
from functools import lru_cache

from watcher.reading.model import ReadingSettings
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import bare

_TOKEN = re.compile(r"[^\s,;:!?.(){}<>\u2013\u2014-][^\s,;:!?(){}<>\u2013\u2014]*|[,;:!?\u2013\u2014-]")
_STOP = frozenset(",;:!?-\u2013\u2014")
_PAIR = frozenset({"and", "&", "/"})
MOST_NAMES = 6


def greeted(line: str, settings: ReadingSettings, book: Namebook) -> str:
    """The name that `line` greets, as written and with its title ("Dr. Bhatt"); "" where it greets no one by name."""
    tokens = _TOKEN.findall(line[:90])
    at, opened = _skip_opening(tokens, book)
    name: list[str] = []
    titled = opened and at > 0 and _plain(tokens[at - 1]) in book.people.honorifics
    if titled:
        name.append(tokens[at - 1])
    while at < len(tokens) and len(name) < MOST_NAMES and _is_name(tokens[at], opened, name, settings, book):
        token = tokens[at]
        name.append(token)
        at += 1
        if token.endswith(".") and len(token) > 3:
            break
    while name and name[-1].lower() in _PAIR:
        name.pop()
    if not name or (titled and len(name) == 1):
        return ""
    ends = at >= len(tokens) or tokens[at] in _STOP or name[-1].endswith(".")
    alone = at >= len(tokens) or (tokens[at] == "," and at + 1 == len(tokens))
    if not opened and not _stands_alone(name, ends, alone and tokens[-1] == ",", settings, book):
        return ""
    if opened and not ends and not name[0][0].isupper() and not titled:
        return ""
    return bare(" ".join(name))


def greets_user(name: str, settings: ReadingSettings, book: Namebook) -> bool:
    """Whether `name` may be the user: accents, case, short forms, initials and a surname alone are allowed for."""
    mine = _own_words(settings)
    if not name or not settings.name.strip():
        return True
    people = re.split(r"\s+(?:and|&)\s+|/", name)
    return any(_same_person(person, mine, settings, book) for person in people)


def _skip_opening(tokens: list[str], book: Namebook) -> tuple[int, bool]:
    """The index after "Hi there," or "Dear Mr", and whether there was such an opening."""
    at, opened = 0, False
    while at < len(tokens):
        word = _plain(tokens[at])
        if word in book.people.greetings or word in book.people.honorifics:
            opened = opened or word not in ("a", "am", "to", "new", "m", "there", "day")
        elif not (
            opened and word in ("/", ",") and at + 1 < len(tokens) and _plain(tokens[at + 1]) in book.people.honorifics
        ):
            break
        at += 1
    return at, opened


def _is_name(token: str, opened: bool, name: list[str], settings: ReadingSettings, book: Namebook) -> bool:
    word = fold(token).rstrip(".")
    if token in _STOP:
        return False
    if word in _PAIR:
        return bool(name)
    if word in book.people.general or token.lower() in book.not_names:
        return False
    if token[0].isupper() or not token.isascii():
        return True
    if word in book.people.family_particles:
        return bool(name)
    return opened and not name and (word in _own_words(settings) or word in book.people.given)


def _stands_alone(name: list[str], ends: bool, whole_line: bool, settings: ReadingSettings, book: Namebook) -> bool:
    """Whether a first line without "Hi" greets: "Nathan!", "Devon - great news", a name alone on its line."""
    mine = _own_words(settings)
    first = fold(name[0])
    if len(first) > 1 and _alike(first, mine, book):
        return True
    if len(first.rstrip(".")) == 1:
        return ends and any(word.startswith(first[0]) for word in mine[:1])
    if first in book.people.given:
        return ends and len(name) <= 3 and (whole_line or len(name) == 1)
    return whole_line and len(name) <= 2 and first not in book.jobs.heads


def _same_person(name: str, mine: tuple[str, ...], settings: ReadingSettings, book: Namebook) -> bool:
    words = [word for word in (_plain(part) for part in re.split(r"[\s-]+", name)) if word]
    titled = any(word in book.people.honorifics for word in words[:1])
    words = [
        word for word in words if word not in book.people.honorifics and word not in book.people.credentials
    ] or words
    hits = [_alike(word, mine, book) for word in words]
    if not any(hits):
        return False
    if len(words) < 2 or titled or all(hits) or len(settings.name.split()) < 2:
        return True
    long_strangers = [word for word, hit in zip(words[1:], hits[1:], strict=True) if not hit and len(word) > 2]
    return not long_strangers or any(hits[1:])


def _alike(word: str, mine: tuple[str, ...], book: Namebook) -> bool:
    if word in mine or any(short in mine for short in book.people.nicknames.get(word, ())):
        return True
    if len(word) == 1:
        return any(own.startswith(word) for own in mine)
    softened = word[0] + word[2:] if word[1] == "h" else word  # the Irish vocative: "a Ghráinne"
    for own in mine:
        if len(word) >= 3 and own.startswith(word):
            return True
        if softened == own or softened.rstrip("e") == own.rstrip("e"):
            return True
        if len(own) >= 5 and abs(len(own) - len(word)) <= 1 and _one_slip(word, own):
            return True
    return False


def _one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter put in, left out or changed, or by two neighbours swapped."""
    if len(one) > len(other):
        one, other = other, one
    at = next((index for index, letter in enumerate(one) if letter != other[index]), len(one))
    if one[at:] == other[at + 1 :] or one[at + 1 :] == other[at + 1 :]:
        return True
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]


@lru_cache(maxsize=4)
def _own_words(settings: ReadingSettings) -> tuple[str, ...]:
    """The words of the user's name and, after them, of the local parts of their addresses."""
    words = [word for word in re.split(r"[\s.,'-]+", fold(settings.name)) if word]
    joined = [letters for part in fold(settings.name).split() if (letters := part.replace("-", "").replace("'", ""))]
    local = [
        word for address in settings.addresses for word in re.split(r"[\W\d_]+", address.split("@")[0]) if len(word) > 2
    ]
    return (*words, *joined, *local)


def _plain(token: str) -> str:
    return fold(token).rstrip(".")
