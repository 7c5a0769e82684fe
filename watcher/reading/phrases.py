"""Tries the phrase rules on a message: which of them match, on which words, at what cost.

Only patterns whose needed words occur are tried, and a pattern is compiled when it is first tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.knowledge.model import Pack, PhraseRule, Table
from watcher.knowledge.needs import Needs, needs, needs_of_lists
from watcher.knowledge.patterns import anchored
from watcher.reading.filtering import Filter
from watcher.reading.model import Evidence, Speaker
from watcher.reading.sentences import Grammar, Sentence, split

WEIGHTS = {"certain": 0.97, "strong": 0.78, "weak": 0.4}
_NEVER = r"(?!)"
_ADDRESS = re.compile(r"(https?://[^\s/<>]+)[^\s<>]*")  # of a link only the host speaks


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: the words, and where (-1: the subject, -2: the whole text, else the sentence's number)."""

    rule: PhraseRule
    words: str
    sentence: int
    asked: bool = False

    @property
    def weight(self) -> float:
        weight = WEIGHTS[self.rule.strength]
        return weight * 0.85 if self.sentence == -1 else weight

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.rule.id, self.words[:160])


@dataclass(slots=True)
class _Entry:
    """One rule made ready: its patterns, compiled on first use."""

    rule: PhraseRule
    patterns: list[re.Pattern[str] | str]
    unless: list[re.Pattern[str] | str]
    conditional: bool
    question: bool
    negated: bool

    def match(self, sentence: Sentence, which: int) -> re.Match[str] | None:
        pattern = self.patterns[which]
        if isinstance(pattern, str):
            pattern = self.patterns[which] = re.compile(pattern)
        found = pattern.search(sentence.folded)
        if found is None or self._ruled_out(sentence, found):
            return None
        return found

    def _ruled_out(self, sentence: Sentence, found: re.Match[str]) -> bool:
        if self.question and sentence.asks:
            return True
        if self.conditional and sentence.supposes(found.start(), found.end()):
            return True
        if self.negated and sentence.denies(found.start()):
            return True
        for index, part in enumerate(self.unless):
            if isinstance(part, str):
                part = self.unless[index] = re.compile(part)
            if part.search(sentence.folded):
                return True
        return False


@dataclass
class Phrasebook:
    """The rules of one language, with what tells at once which of their patterns may match a sentence."""

    grammar: Grammar
    entries: list[_Entry] = field(default_factory=list)
    _places: list[tuple[int, int]] = field(default_factory=list)  # of each pattern: its rule, its number there
    _filter: Filter = field(default_factory=Filter)
    _spoken: dict[tuple[str, Speaker], int] = field(default_factory=dict)  # which patterns are tried where
    _shown: dict[str, int] = field(default_factory=dict)  # which patterns show a signal

    @classmethod
    def of(cls, pack: Pack) -> Phrasebook:
        """The phrasebook of a language pack."""
        book = cls(grammar_of(pack.tables.get("grammar", {})))
        lists = needs_of_lists(pack.lists)
        for rule in pack.phrases:
            book._add(rule, lists)
        return book

    def _add(self, rule: PhraseRule, lists: Mapping[str, Needs]) -> None:
        plain = [anchored(part) for part in rule.unless if not part.startswith("@")]
        speakers = [speaker for speaker in Speaker if _speaks(rule.speaker, speaker)]
        for which, source in enumerate(rule.sources or rule.any):
            bit = self._filter.add(needs(source, lists))
            self._places.append((len(self.entries), which))
            self._shown[rule.signal] = self._shown.get(rule.signal, 0) | bit
            for speaker in speakers:
                self._spoken[rule.where, speaker] = self._spoken.get((rule.where, speaker), 0) | bit
        self.entries.append(
            _Entry(
                rule,
                [anchored(pattern) for pattern in rule.any],
                list(plain),
                "@conditional" in rule.unless,
                "@question" in rule.unless,
                "@negated" in rule.unless,
            )
        )

    def sentences(self, text: str) -> list[Sentence]:
        """The text's sentences in this language's grammar."""
        return split(_ADDRESS.sub(r"\1", text), self.grammar)

    def hits(self, subject: str, sentences: Sequence[Sentence], speaker: Speaker) -> list[Hit]:
        """Every rule that matches, once, on the first words that show it; `subject` is "" where it does not speak."""
        found: dict[int, Hit] = {}
        if subject:
            line = Sentence(subject, self.grammar)
            may_match = self._filter.passing(line.folded)
            for place in ("sentence", "subject"):
                self._try(line, -1, may_match & self._spoken.get((place, speaker), 0), found)
        spoken = self._spoken.get(("sentence", speaker), 0)
        met_by_all = 0
        for number, sentence in enumerate(sentences):
            met = self._filter.met(sentence.folded)
            met_by_all |= met
            self._try(sentence, number, self._filter.passed(met) & spoken, found)
        spoken = self._filter.passed(met_by_all) & self._spoken.get(("text", speaker), 0)
        if spoken:
            whole = Sentence(" ".join([sentence.text for sentence in sentences])[:6000], self.grammar)
            self._try(whole, -2, spoken, found)
        return list(found.values())

    def hits_in_subject(self, subject: str, speaker: Speaker, signal: str) -> list[Hit]:
        """The rules for one signal alone that match a subject."""
        found: dict[int, Hit] = {}
        line = Sentence(subject, self.grammar)
        may_match = self._filter.passing(line.folded) & self._shown.get(signal, 0)
        for place in ("sentence", "subject"):
            self._try(line, -1, may_match & self._spoken.get((place, speaker), 0), found)
        return list(found.values())

    def _try(self, sentence: Sentence, number: int, patterns: int, found: dict[int, Hit]) -> None:
        """Adds which of the patterns match a sentence; a match in the subject gives way to one in the text."""
        while patterns:  # the lowest bit that is set, then the next
            lowest = patterns & -patterns
            patterns ^= lowest
            rule, which = self._places[lowest.bit_length() - 1]
            earlier = found.get(rule)
            if earlier is not None and (earlier.sentence != -1 or number == -1):
                continue
            entry = self.entries[rule]
            match = entry.match(sentence, which)
            if match is not None:
                words = sentence.text[match.start() : match.end()].strip()
                found[rule] = Hit(entry.rule, words, number, sentence.asks)


def _speaks(wanted: str, speaker: Speaker) -> bool:
    if wanted == "them":
        return speaker is not Speaker.ME
    return wanted == "anyone" or wanted == speaker.value


def grammar_of(table: Table) -> Grammar:
    """The grammar words of `grammar.toml`."""
    return Grammar(
        condition=_any(table.get("condition", ())),
        harmless=_any(table.get("harmless", ())),
        negation=_any(table.get("negation", ())),
        question=_any(table.get("question", ())),
        abbreviations=frozenset(table.get("abbreviations", ())),
        after_number=frozenset(table.get("after_number", ())),
    )


def _any(words: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(words)
    return re.compile(rf"\b(?:{joined})" if joined else _NEVER)


def by_signal(hits: Iterable[Hit]) -> Mapping[str, list[Hit]]:
    """The hits by what they show, strongest first."""
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.rule.signal, []).append(hit)
    for group in found.values():
        group.sort(key=lambda hit: -hit.weight)
    return found
