"""Tells the language of a text by its commonest small words, and which pack reads a text too short to tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from watcher.knowledge.model import Pack, Rulebook, Table
from watcher.message.model import Header
from watcher.reading.identity import Identity
from watcher.reading.model import ReadingSettings

UNDETERMINED = "und"  # ISO 639-2: words enough, but of no language that we know
LOOKED_AT = 3000  # characters
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_PLAIN = re.compile(r"[a-zà-ÿ]")
_TELLING = 3  # small words that a telling one outweighs
_SHORT = 20  # words below which a text without any known one may be of any language
_NEAR = 0.7  # share of the best language's words from which English is taken for it


class Tongues:
    """The words of languages.toml, by the languages that use them."""

    def __init__(self, table: Table) -> None:
        self.weights: dict[str, list[tuple[str, int]]] = {}
        for words, weight in ((table.get("small", {}), 1), (table.get("telling", {}), _TELLING)):
            for language, listed in words.items():
                for word in dict.fromkeys(listed):
                    self.weights.setdefault(word, []).append((language, weight))
        self._spans: Mapping[str, str] = table.get("scripts", {})
        self.homes: Mapping[str, Sequence[str]] = table.get("home", {})

    @cached_property
    def scripts(self) -> Mapping[str, re.Pattern[str]]:
        """The letters of languages that have their own."""
        return {language: re.compile(f"[{span}]") for language, span in self._spans.items()}

    def script(self, text: str) -> str:
        """The language whose own letters are many in `text`, "" where none are."""
        if text.isascii():
            return ""
        foreign = {language: len(letters.findall(text)) for language, letters in self.scripts.items()}
        best = max(foreign, key=lambda language: foreign[language], default="")
        if not best or foreign[best] < 8 or foreign[best] * 2 < len(_PLAIN.findall(text)):
            return ""
        return "ja" if best == "zh" and foreign.get("ja", 0) * 8 > foreign[best] else best


@lru_cache(maxsize=4)
def _tongues(table: Identity) -> Tongues:
    return Tongues(table.thing)


def guess(folded: str, languages: Table) -> str:
    """The ISO 639-1 code of the language whose words a text uses most; "" where too little is said to tell,
    UNDETERMINED where much is said and nothing known.

    Texts in which English comes close to the best count as English: mail in English names places and greets people in
    other tongues.
    """
    tongues = _tongues(Identity(languages))
    text = folded[:LOOKED_AT]
    if script := tongues.script(text):
        return script
    words = _WORD.findall(text)
    counts: dict[str, int] = {}
    for telling in filter(None, map(tongues.weights.get, words)):
        for language, weight in telling:
            counts[language] = counts.get(language, 0) + weight
    best = max(counts, key=counts.__getitem__, default="")
    most, english = counts.get(best, 0), counts.get("en", 0)
    if best and english >= most * _NEAR:
        return "en"
    if most >= max(2, len(words) * 0.12):
        return best
    return UNDETERMINED if len(words) >= _SHORT and most * 20 < len(words) else "en" if english else ""


def pack_for(language: str, rulebook: Rulebook, header: Header, settings: ReadingSettings) -> Pack:
    """The pack that reads a text of `language`: an empty one where we have none; for "" that of what the header says,
    of the sender's or the user's country, else English."""
    if language:
        return rulebook.packs.get(language) or Pack(language)
    declared = header.traits.get("content-language", "")[:2].lower()
    if declared in rulebook.packs:
        return rulebook.packs[declared]
    ending = header.sender.domain.rpartition(".")[2]
    country = settings.country.partition("-")[0].lower()
    homes = _tongues(Identity(rulebook.tables.get("languages", {}))).homes
    for place in (ending, country, settings.timezone.lower()):
        for tongue, places in homes.items():
            if place in places and tongue in rulebook.packs:
                return rulebook.packs[tongue]
    return rulebook.english
