"""Names need many word lists; here they are unpacked once, as sets and patterns, from the rulebook's tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from watcher.knowledge.model import Rulebook, Table
from watcher.reading.namewords import FirmWords, JobWords, PeopleWords, Phrases, Sayings, Words, alternatives

_SPECIAL = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "’": "'", "ʻ": "'"})
_OFTEN = (("ä", "a"), ("ö", "o"), ("ü", "u"), ("ß", "ss"), ("é", "e"), ("’", "'"))  # most texts need no more
_MARKS = re.compile(r"[\u0300-\u036f]")
_NO_LETTERS = re.compile(r"[\W_]+")

SHORT = 24  # a text below this length is a word or two, worth remembering folded


@dataclass(frozen=True, slots=True, eq=False)
class Namebook:
    """The word lists of names.toml, roles.toml and companies.toml, lower case. Patterns match lower-case text."""

    people: PeopleWords
    jobs: JobWords
    firms: FirmWords
    not_names: Words
    places: Words


class _Tables:
    """The three tables, equal only to themselves, so that the unpacked book is kept as long as its source."""

    __slots__ = ("companies", "names", "roles")

    def __init__(self, names: Table, roles: Table, companies: Table) -> None:
        self.names, self.roles, self.companies = names, roles, companies

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tables) and self._ids() == other._ids()

    def __hash__(self) -> int:
        return hash(self._ids())

    def _ids(self) -> tuple[int, int, int]:
        return id(self.names), id(self.roles), id(self.companies)


def namebook(rulebook: Rulebook, language: str = "en") -> Namebook:
    """The word lists of `rulebook`, unpacked once and kept. Those of another language stand beside the English ones:
    people and titles travel."""
    english = rulebook.english.tables
    if language != "en" and language in rulebook.packs:
        own = rulebook.packs[language].tables
        if "names" in own and "roles" in own:
            return _joined(
                _Tables(english["names"], english["roles"], rulebook.tables["companies"]),
                _Tables(own["names"], own["roles"], own.get("companies", {})),
            )
    return _unpacked(_Tables(english["names"], english["roles"], rulebook.tables["companies"]))


def fold(text: str) -> str:
    """Lower case without accents, for comparing names ("Gráinne", "grainne")."""
    low = text.lower()
    if low.isascii():
        return low
    return _folded_word(low) if len(low) < SHORT else _folded(low)


@lru_cache(maxsize=4096)
def _folded_word(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    """A text in lower case without its accents."""
    for letter, plain in _OFTEN:
        text = text.replace(letter, plain)
    if text.isascii():
        return text
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_SPECIAL)))


def letters(text: str) -> str:
    """The letters and digits alone, folded ("Juniper & Oak" is "juniperoak")."""
    low = fold(text)
    return low if low.isalnum() else _NO_LETTERS.sub("", low)


def lowered(text: str) -> str:
    """Lower case of the same length, so that a place in one is a place in the other."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def before_names(pattern: Phrases, text: str, low: str) -> Iterator[re.Match[str]]:
    """The places where `pattern` stands before a capital or a digit; a match before anything else hides none in it."""
    match = pattern.search(low)
    while match:
        first = text[match.end() : match.end() + 1]
        if first.isupper() or first.isdigit():
            yield match
            match = pattern.search(low, match.end())
        else:
            match = pattern.search(low, match.start() + 1)


def _words(table: Table, *keys: str) -> Words:
    return frozenset(str(word).lower() for key in keys for word in table[key])


def _any_of(phrases: Iterable[Any]) -> Sayings:
    return Sayings(str(phrase).lower() for phrase in phrases if phrase)


def _before_name(phrases: Iterable[Any], fillers: Iterable[Any] = ("the",)) -> Phrases:
    """A phrase that begins a word, a space or bracket, and any fillers: the name begins where the match ends."""
    return re.compile(rf"(?<![\w.])({alternatives(phrases)})[ (\"\u201c]{{1,2}}(?:(?:{alternatives(fillers)}) )*")


def _groups(lines: Iterable[Any]) -> dict[str, Words]:
    """Each name with those it may stand for: the full names of its lines and their short forms."""
    found: dict[str, set[str]] = {}
    for line in lines:
        full, *short = fold(str(line)).split()
        found.setdefault(full, {full}).update(short)
        for name in short:
            found.setdefault(name, {name}).update((full, *short))
    return {name: frozenset(others) for name, others in found.items()}


@lru_cache(maxsize=4)
def _joined(english: _Tables, own: _Tables) -> Namebook:
    """The book of two languages together."""
    return _unpacked(
        _Tables(
            _beside(english.names, own.names),
            _beside(english.roles, own.roles),
            _beside(english.companies, own.companies),
        )
    )


def _beside(one: Table, other: Table) -> Table:
    """Two tables of word lists as one."""
    joined: dict[str, Any] = dict(one)
    for key, words in other.items():
        known = one.get(key)
        if isinstance(words, list):
            joined[key] = [*(known or ()), *words]
        else:
            joined[key] = {**known, **words} if isinstance(known, dict) else words
    return joined


@lru_cache(maxsize=4)
def _unpacked(tables: _Tables) -> Namebook:
    names = tables.names
    return Namebook(
        people=_people(names),
        jobs=_jobs(tables.roles),
        firms=_firms(names, tables.companies),
        not_names=_words(names, "not_names"),
        places=_words(names, "places"),
    )


def _people(names: Table) -> PeopleWords:
    nicknames = _groups(names["nicknames"])
    given = {fold(word) for line in names["given"] for word in str(line).split()} | set(nicknames)
    return PeopleWords(
        greetings=_words(names, "greetings"),
        general=_words(names, "general"),
        honorifics=_words(names, "honorifics"),
        keeps_family_name=_words(names, "keeps_family_name"),
        family_particles=_words(names, "family_particles"),
        credentials=_words(names, "credentials"),
        closings=_words(names, "closings"),
        title_words=_words(names, "title_words"),
        given=frozenset(given),
        nicknames=nicknames,
        unread=_any_of(names["unread"]),
        instead=_any_of(names["instead"]),
        rather=_any_of(names["rather"]),
        away=_any_of(names["away"]),
        takes_over=_any_of(names["takes_over"]),
        hands_over=_any_of(names["hands_over"]),
        took_over=_any_of(names["took_over"]),
        meets=_any_of(names["meets"]),
    )


def _jobs(roles: Table) -> JobWords:
    sets = (
        "heads",
        "weak",
        "modifiers",
        "levels",
        "job_nouns",
        "loose_job_nouns",
        "labels",
        "stops",
        "inside",
        "small_inside",
        "learned",
        "languages",
        "grounds",
        "no_agents",
        "fields",
        "sure_frames",
    )
    words = alternatives(roles["requisition_words"])
    id_pattern = r"[a-z]{0,8}[-_/]?\d[\w/-]{1,18}|[a-z]{2,8}(?:[-_/][a-z]{1,4}){0,2}[-_/]\d[\w/-]{0,14}"
    more: dict[str, Any] = _capital_nouns(roles.get("capital_nouns", {}))
    return JobWords(
        **more,
        **dict[str, Any]((key, _words(roles, key)) for key in sets),
        endings=tuple(roles["endings"]),
        wanting=tuple(roles["wanting"]),
        seeking=(*roles["wanting"], *roles["sure_frames"], *roles["seeking"]),
        acronyms=frozenset(roles["acronyms"]),
        agents=tuple(roles["agents"]),
        frames=_before_name([*roles["sure_frames"], *roles["frames"]], roles["fillers"]),
        requisition=re.compile(
            rf"\b(?:{words})\.?\s?(?:id|no\.?|number|ref(?:erence)?|code|#)?\s?[:#.\u2116]?\s?\(?"
            rf"(?P<id>{id_pattern})"
        ),
        abbreviations={str(short): str(full) for short, full in roles["abbreviations"].items()},
    )


def _capital_nouns(table: Table) -> dict[str, Any]:
    """What only languages have that write nouns with a capital; patterns match lower-case text."""
    patterns = {key: re.compile(table[key]) for key in ("markers", "leads", "training") if key in table}
    if "frames" in table:
        patterns["title_frames"] = re.compile(table["frames"])
    if "activity_frames" in table:
        patterns["activity_frames"] = re.compile(table["activity_frames"])
    return {
        **patterns,
        "activities": tuple(table.get("activities", ())),
        **{
            key: frozenset(table.get(key, ()))
            for key in ("theirs", "before_head", "never_behind", "joins", "never_head")
        },
    }


def _firms(names: Table, companies: Table) -> FirmWords:
    sets = (
        "legal", "around", "ambiguous", "agency", "not_firms", "occasions", "free_mail", "generic_labels", "label_ends",
        "small_legal", "label_links", "acronyms", "offices", "openers", "firm_words", "desks", "side_desks",
        "of_bodies", "bodies", "departments", "joined_by_for", "sections", "ships", "regions",
        "services", "unnamed", "labels", "branches",
    )  # fmt: skip
    kinds = {
        str(phrase): kind for kind in ("with", "place", "employer", "client") for phrase in names[f"{kind}_frames"]
    }
    return FirmWords(
        **{key: _words(companies, key) for key in sets},
        telling=_words(companies, "firm_words", "legal"),
        label_words=_words(companies, "firm_words")
        | {word for line in companies["label_words"] for word in line.split()},
        tails=tuple(sorted(companies["tails"], key=len, reverse=True)),
        boards=tuple(companies["boards"]),
        portals=tuple(companies["portals"]),
        agency_parts=tuple(companies["agency_parts"]),
        robots=_any_of(companies["robots"]),
        frames=_before_name(kinds, names["firm_fillers"]),
        frame_kinds=kinds,
        subject_frames=_before_name([*names["subject_frames"], *names["subject_meets"]]),
        subject_meets=_words(names, "subject_meets"),
        verbs=re.compile(rf" (?:{alternatives(names['firm_verbs'])})\b"),
        agency_says=_any_of(names["agency_says"]),
        needs=re.compile(rf" (?:{alternatives(names['firm_needs'])}|{names['firm_has']}) (?=\w)"),
        helps=_before_name(names["firm_helps"]),
        own_words=_words(names, "own_words"),
        helped_to=tuple(names["firm_helped_to"]),
        endings=tuple(fold(ending) for ending in companies.get("endings", ())),
    )


def forget() -> None:
    """Let go of the words that were folded."""
    _folded_word.cache_clear()
