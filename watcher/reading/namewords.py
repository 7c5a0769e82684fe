"""The word lists of names, as the searchers of names use them: sets of words, and phrases to look for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from watcher.reading.filtering import holds

Words = frozenset[str]
Phrases = re.Pattern[str]


def alternatives(phrases: Iterable[Any]) -> str:
    """Phrases as one pattern, the longest first; what they begin with alike is looked at once."""
    return _branches(sorted({str(phrase).lower() for phrase in phrases}))


def _branches(phrases: list[str]) -> str:
    """Sorted phrases as alternatives, those that begin alike together."""
    found: list[str] = []
    for _, group in groupby((phrase for phrase in phrases if phrase), key=itemgetter(0)):
        alike = list(group)
        front = _front(alike[0], alike[-1])
        rests = [phrase[len(front) :] for phrase in alike]
        rest = f"(?:{_branches(rests)})" + ("" if rests[0] else "?") if len(rests) > 1 else ""
        found.append(re.escape(front) + rest)
    return "|".join(found)


def _front(one: str, other: str) -> str:
    """What two words begin with alike."""
    return one[
        : next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    ]


class Sayings:
    """Phrases of which one is looked for in lower-case text, wherever it stands."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = tuple(phrases)
        self._pattern: Phrases | None = None

    def stand_in(self, text: str) -> bool:
        """Whether one of them stands in `text`."""
        return holds(text, self._phrases)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The places where one stands, in order; of those that begin alike the longest."""
        if not self.stand_in(text):
            return iter(())
        if self._pattern is None:
            self._pattern = re.compile(alternatives(self._phrases))
        return self._pattern.finditer(text)


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """What names.toml tells of people: greetings, short forms, closings, and what is said of an address."""

    greetings: Words
    general: Words
    honorifics: Words
    keeps_family_name: Words
    family_particles: Words
    credentials: Words
    closings: Words
    title_words: Words
    given: Words
    nicknames: Mapping[str, Words]
    unread: Sayings
    instead: Sayings
    rather: Sayings
    away: Sayings
    takes_over: Sayings
    hands_over: Sayings
    took_over: Sayings
    meets: Sayings


@dataclass(frozen=True, slots=True)
class JobWords:
    """What roles.toml tells of job titles; `frames` match what stands before one, fillers included."""

    heads: Words
    endings: tuple[str, ...]
    weak: Words
    modifiers: Words
    levels: Words
    job_nouns: Words
    loose_job_nouns: Words
    labels: Words
    stops: Words
    inside: Words
    small_inside: Words
    learned: Words
    languages: Words
    grounds: Words
    acronyms: Words
    agents: tuple[str, ...]
    no_agents: Words
    fields: Words
    wanting: tuple[str, ...]
    seeking: tuple[str, ...]  # `wanting` and the frames that surely stand before a title
    sure_frames: Words
    frames: Phrases
    requisition: Phrases
    abbreviations: Mapping[str, str]
    # Of languages that write nouns with a capital (reading/noun_titles.py):
    markers: Phrases | None = None  # "(m/w/d)" behind a title
    leads: Phrases | None = None  # what stands before one: "als", "Stelle als", "zur"
    training: Phrases | None = None  # "Ausbildung zum", before the trade that is learnt
    theirs: Words = frozenset()  # words before a title that is that of one of their people
    before_head: Words = frozenset()
    never_behind: Words = frozenset()
    joins: Words = frozenset()
    never_head: Words = frozenset()
    title_frames: Phrases | None = None
    activities: tuple[str, ...] = ()  # ends of words for what is done: "-beratung"
    activity_frames: Phrases | None = None  # what stands before one where it is sought


@dataclass(frozen=True, slots=True)
class FirmWords:
    """What companies.toml and names.toml tell of firms; `frames` match what stands before one in running text."""

    legal: Words
    around: Words
    ambiguous: Words
    agency: Words
    agency_parts: tuple[str, ...]
    not_firms: Words
    occasions: Words
    free_mail: Words
    generic_labels: Words
    label_ends: Words
    small_legal: Words
    label_words: Words
    label_links: Words
    acronyms: Words
    tails: tuple[str, ...]
    offices: Words
    openers: Words
    firm_words: Words
    telling: Words
    boards: tuple[str, ...]
    desks: Words
    side_desks: Words
    robots: Sayings
    frames: Phrases
    frame_kinds: Mapping[str, str]
    subject_frames: Phrases
    subject_meets: Words
    verbs: Phrases
    agency_says: Sayings
    needs: Phrases
    helps: Phrases
    helped_to: tuple[str, ...]
    own_words: Words
    of_bodies: Words
    bodies: Words
    departments: Words
    joined_by_for: Words
    sections: Words
    ships: Words
    regions: Words
    services: Words
    labels: Words
    portals: tuple[str, ...]
    unnamed: Words
    branches: Words
    endings: tuple[str, ...] = ()  # ends of words that tell a firm too, in languages that join words ("Kreisklinik")

    def tells(self, word: str) -> bool:
        """Whether a word (folded) is one that firms' names are made of."""
        return word in self.firm_words or (bool(self.endings) and len(word) > 6 and word.endswith(self.endings))
