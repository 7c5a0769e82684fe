"""Whether two names mean the same company or the same role, whatever is added or left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import filterfalse

_LEGAL = """
inc ltd llc llp gmbh plc co corp corporation company limited the ag sa and of pvt private pte pty bv nv kg se ab as oy
group holding holdings
"""
_FILLERS = """
a an the of for and in at to role position post job vacancy opening m f d w x mfd remote hybrid
"""
LEGAL = frozenset(_LEGAL.split())
FILLERS = frozenset(_FILLERS.split())
GLUED = 6  # letters that two names must share before spaces are overlooked
_HIRING = frozenset(
    [
        "recruitment",
        "recruiting",
        "talent",
        "careers",
        "hr",
        "people",
        "hiring",
        "jobs",
        "resourcing",
        "recruit",
        "karriere",
    ]
)
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case without accents, of a name: what was asked for is remembered."""
    return plain_text(text)


def plain_text(text: str) -> str:
    """The same of text of any length."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filterfalse(unicodedata.combining, decomposed))


def words_of(text: str) -> frozenset[str]:
    """The different words of plain text, without punctuation."""
    return frozenset(_WORD.findall(text))


@lru_cache(maxsize=4096)
def company_words(name: str) -> frozenset[str]:
    """The words that tell a company from others."""
    words = _WORD.findall(plain(name.replace("'s", "s").replace("’s", "s")))
    return frozenset(word for word in words if word not in LEGAL) or frozenset(words)


@lru_cache(maxsize=4096)
def role_words(name: str) -> frozenset[str]:
    """The words that tell a role from others."""
    words = _WORD.findall(plain(name))
    return frozenset(word for word in words if word not in FILLERS) or frozenset(words)


def same_company(one: str, other: str) -> bool:
    """Whether one name is the other with words added or left out, or both are one word when run together."""
    left, right = company_words(one), company_words(other)
    if not left or not right:
        return False
    if squeezed(one) == squeezed(other) or _begins(one, other) or _begins(other, one):
        return True
    short, long = sorted((left, right), key=len)
    if short <= long:
        return len(short) > 1 or len(long) <= 3 or 2 * len(short) >= len(long)
    return False


def front_of(name: str) -> str:
    """A name before the office for hiring that ends it ("Relief Rails" of "Relief Rails Recruitment"), else ""."""
    front, _, last = name.rpartition(" ")
    return front if plain(last) in _HIRING and len(squeezed(front)) >= GLUED else ""


def one_house(one: str, other: str) -> bool:
    """Whether one name is another's office for hiring: "Relief Rails Recruitment" of "Relief Rails International"."""
    for office, house in ((one, other), (other, one)):
        front = front_of(office)
        if front and not front_of(house) and plain(house).startswith(f"{plain(front)} "):
            return plain(office.rpartition(" ")[2]) not in company_words(house)
    return False


def _begins(glued: str, spelled: str) -> bool:
    """Whether the first words of one name, run together as in a domain, are the whole of the other."""
    whole = run_together(glued)
    return bool(whole) and whole[-1] in run_together(spelled)


@lru_cache(maxsize=4096)
def _whole(name: str) -> tuple[str, ...]:
    """All words of a name, an ampersand spelled out."""
    return tuple(_WORD.findall(plain(name.replace("&", " and ").replace("'s", "s").replace("\u2019s", "s"))))


@lru_cache(maxsize=4096)
def run_together(name: str) -> tuple[str, ...]:
    """The first words of a name run together as in a domain, one more at a time and the whole last, so far as they are
    long enough to tell."""
    words = _whole(name)
    joined = ("".join(words[:end]) for end in range(1, len(words) + 1))
    return tuple(each for each in joined if len(each) >= GLUED)


@lru_cache(maxsize=4096)
def beginnings(name: str) -> frozenset[str]:
    """The first letters of a company's words and of all of them run together: what its domain may begin with."""
    return frozenset(word[:4] for word in (squeezed(name), *company_words(name)) if len(word) >= 3)


@lru_cache(maxsize=4096)
def domain_beginnings(domain: str) -> frozenset[str]:
    """The first letters of a domain's labels."""
    return frozenset(label.replace("-", "")[:4] for label in plain(domain).split(".")[:-1] if len(label) >= 3)


@lru_cache(maxsize=4096)
def squeezed(name: str) -> str:
    """The telling words run together in their order, as in a domain."""
    words = _WORD.findall(plain(name.replace("'s", "s").replace("’s", "s")))
    return "".join(word for word in words if word not in LEGAL)


def fits_domain(company: str, domain: str) -> bool:
    """Whether a domain looks like the company's own: "Arden & Law WS" and ardenlaw.example."""
    name = squeezed(company)
    labels = [label.replace("-", "") for label in plain(domain).split(".")[:-1]]
    if len(name) < 4:
        return name in labels
    long = [label for label in labels if len(label) >= 4]
    return any(label in name or name in label for label in long)


def same_role(one: str, other: str) -> bool:
    """Whether two names may be one role: one has all the words of the other, short forms allowed for."""
    left, right = role_words(one), role_words(other)
    if not left or not right:
        return False
    short, long = sorted((left, right), key=len)
    return all(any(_same_word(word, each) for each in long) for word in short)


def _same_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    return len(short) >= 3 and long.startswith(short[:3]) and _in_order(short, long)


def _in_order(short: str, long: str) -> bool:
    """Whether the letters of `short` stand in `long` in the same order ("ops" in "operations")."""
    letters: Iterable[str] = iter(long)
    return all(letter in letters for letter in short)


_REMEMBERING = (plain, company_words, role_words, _whole, run_together, beginnings, domain_beginnings, squeezed)


def forget() -> None:
    """Let go of all names that were looked at; they are kept to be fast, and come from mail."""
    for function in _REMEMBERING:
        function.cache_clear()
