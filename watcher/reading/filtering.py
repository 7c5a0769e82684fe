"""Tells at once which of many patterns may match a text: those of which every need is met by its words.

Each pattern is a bit of a whole number. For each key, a number holds the patterns of which it meets the first need,
another those of which it meets the second, and so on; the words of a text are joined by "or", the needs by "and".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from watcher.knowledge.needs import MOST, Keys, fragments, needs, offers, words_in

REMEMBERED = 16_384  # words whose numbers are kept; most are those of another word, kept once

NEVER = "(?!)"  # the pattern that matches nowhere

Numbers = tuple[int, int, int, int]


class Filter:
    """The needs of patterns, turned round: from the words of a text to the patterns that may match it."""

    def __init__(self) -> None:
        self._size = 0
        self._met: dict[str, list[int]] = {}
        self._free = [0] * MOST  # patterns that have no such need
        self._words: dict[str, Numbers] = {}
        self._kept: dict[Numbers, Numbers] = {}

    def add(self, needs: Sequence[Keys]) -> int:
        """Takes in one more pattern with its needs; the bit that stands for it."""
        bit = 1 << self._size
        self._size += 1
        for depth in range(MOST):
            if depth >= len(needs):
                self._free[depth] |= bit
                continue
            for key in needs[depth]:
                self._met.setdefault(key, [0] * MOST)[depth] |= bit
        self._forget()
        return bit

    def passing(self, folded: str) -> int:
        """The bits of the patterns that may match a folded text."""
        one, two, three, four = self._free
        known = self._words
        for word in words_in(folded):
            numbers = known.get(word) or self._look_up(word)
            one |= numbers[0]
            two |= numbers[1]
            three |= numbers[2]
            four |= numbers[3]
        return one & two & three & four

    def _look_up(self, word: str) -> Numbers:
        """What a word meets, remembered: mail is written in few words."""
        one = two = three = four = 0
        for key in self._met.keys() & offers(word):
            met = self._met[key]
            one |= met[0]
            two |= met[1]
            three |= met[2]
            four |= met[3]
        if len(self._words) >= REMEMBERED:
            self._forget()
        numbers = (one, two, three, four)
        found = self._words[word] = self._kept.setdefault(numbers, numbers)
        return found

    def _forget(self) -> None:
        self._words.clear()
        self._kept.clear()


class Sought:
    """A pattern for lower-case text that is tried only where letters stand without which it cannot match: one of
    `phrases` where they are given, else what the pattern itself tells."""

    def __init__(self, pattern: str, phrases: Iterable[str] = ()) -> None:
        self._pattern = re.compile(pattern)
        self._never = pattern == NEVER
        self._fragments = tuple(phrases) or fragments(pattern)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The places where it matches, in order."""
        if self._never or (self._fragments and not holds(text, self._fragments)):
            return iter(())
        return self._pattern.finditer(text)


class AnyOf:
    """Patterns for lower-case text of which one is looked for, wherever it stands."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._filter = Filter()
        self._patterns: list[re.Pattern[str] | str] = []  # compiled on first use
        for pattern in patterns:
            self._filter.add(needs(pattern, {}, anywhere=True))
            self._patterns.append(pattern)

    def search(self, text: str) -> bool:
        """Whether one of the patterns matches in `text`."""
        for at in places(self._filter.passing(text)):
            pattern = self._patterns[at]
            if isinstance(pattern, str):
                pattern = self._patterns[at] = re.compile(pattern)
            if pattern.search(text):
                return True
        return False


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands in `text`, inside another word too."""
    for word in words:  # noqa: SIM110 - `any` takes three times as long, and this is asked of every text
        if word in text:
            return True
    return False


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
