"""Names from mail as a sentence can hold them: a role without its reference number, a firm without its legal form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from watcher.draft.envelope import clean
from watcher.opportunity.model import Opportunity
from watcher.opportunity.parties import GUESSED
from watcher.reading.model import Claim

LONGEST_ROLE = 60  # characters; a longer one loses what stands after its first comma or dash
LONGEST_NAME = 60
LEAST_WEIGHT = 0.2  # of the best claim for a role; below it the letter says "the role"

_MARKS = re.compile(r"[{}\[\]<>|\\^~`*_=\"\u201c\u201d\u2022]+")
_TAG = re.compile(
    r"\s*\((?:[mfwdxah](?:\s*[/|,]\s*[mfwdxah]){1,3}|all genders?|any gender|(?:ref|req|id)\b[^)]*|[^)]*\d{3,}[^)]*)\)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"[\s,/\u2013-]*(?:\b(?:ref(?:erence)?|req(?:uisition)?|job|vacancy|posting|id|no|nr)\b\.?[\s:#.-]*)?#?\b(?=[\w/-]*\d{2})[A-Z\d][A-Z\d/_-]{3,}$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s+[-\u2013\u2014:]\s+|\s*\u2014\s*|\s*/\s*$")
_LEGAL = re.compile(
    r",?\s+(?:ltd|limited|inc|incorporated|llc|llp|l\.l\.c|plc|gmbh(?: & co\.? kg)?|corp|(?:pty|pvt|pte)(?: ltd)?"
    r"|bv|b\.v|nv|oy|s\.?r\.?l|s\.?p\.?a|s\.?a\.?s|kg|ohg|ug)\.?$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|@|\b\w+\.(?:com|org|net|io|co)\b", re.IGNORECASE)
_ADDITION = re.compile(r"\s+(?:for|with|in|at|within|and|&)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an|our)\s+", re.IGNORECASE)


def role_name(written: str | None) -> str:
    """A role fit to follow "the" and precede "role"; "" where what was read is no name of one."""
    text = _ARTICLE.sub("", _tidy(_TAG.sub("", clean(written or ""))))
    text = _tidy(_REFERENCE.sub("", text))
    head, *asides = _ASIDE.split(text)
    aside = _tidy(asides[0]) if asides else ""
    text = f"{head} ({aside})" if aside and "(" not in text else head
    if len(text) > LONGEST_ROLE:
        text = head.partition("(")[0].partition(",")[0].strip()
    if len(text) > LONGEST_ROLE:
        text = _ADDITION.split(text)[0].strip()
    text = re.sub(r"\s*\([^)]*$", "", text)
    if text.count("(") != text.count(")"):
        text = re.sub(r"\s*[()]\s*", " ", text).strip()
    if len(text) > LONGEST_ROLE or not _is_name(text):
        return ""
    return _cased(text)


def firm_name(written: str | None) -> str:
    """A firm as people say it, "" where what was read is none."""
    text = _tidy(clean(written or ""))
    for _ in range(2):
        text = _LEGAL.sub("", text).rstrip(" ,")
    text = text.rstrip(" .!?,;:")
    return text if len(text) <= LONGEST_NAME and _is_name(text) else ""


def role_of(opportunity: Opportunity) -> str:
    """The role of an opportunity where it is sure: claimed with weight, or given by the user."""
    best = _best(opportunity.role, (c for s in opportunity.statements for c in s.entry.reading.roles))
    return "" if best is not None and best.weight < LEAST_WEIGHT else role_name(opportunity.role)


def firm_of(opportunity: Opportunity) -> str:
    """The employer of an opportunity where somebody wrote its name: none that was only read out of a domain."""
    claims = [c for s in opportunity.statements for c in s.entry.reading.companies]
    best = _best(opportunity.company, (c for c in claims if c.evidence.rule != GUESSED))
    guessed = _best(opportunity.company, (c for c in claims if c.evidence.rule == GUESSED))
    return "" if guessed is not None and best is None else firm_name(opportunity.company)


def people_names(people: Sequence[str], without: Iterable[str]) -> list[str]:
    """People as a letter names them: in reading order, in the case of names, nobody twice, none of `without`."""
    known = {_fold(name) for name in without}
    names: list[str] = []
    for person in people:
        name = clean(person)
        last, comma, first = name.partition(",")
        if comma and first.strip() and len(first.split()) <= 2:
            name = f"{first.strip()} {last.strip()}"
        name = _cased(_tidy(re.sub(r"\([^)]*\)", "", name)))
        name = name.title() if name.islower() and "'" not in name else name
        plain = _fold(name)
        if "@" in name or any(c.isdigit() for c in name) or " " not in name or len(name) > LONGEST_NAME:
            continue
        if plain not in known:
            known.add(plain)
            names.append(name)
    return names


def _best(name: str | None, claims: Iterable[Claim]) -> Claim | None:
    same = [claim for claim in claims if name and _fold(claim.name) == _fold(name)]
    return max(same, key=lambda claim: claim.weight, default=None)


def _tidy(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).split()).strip(" ,;:.-\u2013\u2014/!?")


def _is_name(text: str) -> bool:
    letters = sum(letter.isalpha() for letter in text)
    return letters >= 2 and letters * 2 >= len(text) and not _ADDRESS.search(text)


def _cased(text: str) -> str:
    """Words all in capitals as names are written; short ones may be abbreviations and stay."""
    words = text.split()
    if text.isupper() and text.isascii() and len(words) > 1:
        return " ".join(_word_cased(word) for word in words)
    return text


def _word_cased(word: str) -> str:
    if word in _SMALL:
        return word.lower()
    return word if len(word) <= 3 else re.sub(r"[^\W\d_]+", lambda match: match.group().capitalize(), word)


_SMALL = frozenset(("OF", "THE", "AND", "FOR", "IN", "AT", "TO"))


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
