"""Tells at once which of many patterns may match a text: those of which every need is met by its words.

Each pattern is a bit of a whole number. For each key, a number holds the patterns of which it meets the first need,
beside it those of which it meets the second, and so on; the words of a text are joined by "or", the needs by "and".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from watcher.knowledge.needs import MOST, Keys, fragments, needs, offers, words_in
from watcher.knowledge.remembered import Remembered

REMEMBERED = 16_384  # words whose numbers are kept; most are those of another word, kept once
NEVER = "(?!)"  # the pattern that matches nowhere


class Filter:
    """The needs of patterns, turned round: from the words of a text to the patterns that may match it."""

    def __init__(self) -> None:
        self._needs: list[Sequence[Keys]] = []
        self._words: _Words | None = None  # made of the needs when first asked

    def add(self, needs: Sequence[Keys]) -> int:
        """Takes in one more pattern with its needs; the bit that stands for it."""
        self._needs.append(needs)
        self._words = None
        return 1 << (len(self._needs) - 1)

    def met(self, folded: str) -> int:
        """Which needs a folded text meets, to be joined by "or" with those of other parts of it, for `passed`."""
        words = self._words
        if words is None:
            words = self._words = _Words(self._needs)
        return reduce(or_, map(words.__getitem__, words_in(folded)), words.free)

    def passed(self, met: int) -> int:
        """The bits of the patterns of which all needs are met."""
        size = len(self._needs)
        met &= met >> 2 * size
        return met & met >> size & ((1 << size) - 1)

    def passing(self, folded: str) -> int:
        """The bits of the patterns that may match a folded text."""
        return self.passed(self.met(folded))


class _Words(Remembered[int]):
    """What each word meets, worked out when it is first met and remembered: mail is written in few words.

    Of one number, the lowest `size` bits are the patterns whose first need is met, the next those of the second ...
    """

    def __init__(self, patterns: Sequence[Sequence[Keys]]) -> None:
        super().__init__(REMEMBERED)
        size = len(patterns)
        self.free = 0  # needs that patterns do not have
        self._met: dict[str, int] = {}
        self._kept: dict[int, int] = {}
        for at, asked in enumerate(patterns):
            for depth in range(MOST):
                bit = 1 << (depth * size + at)
                if depth >= len(asked):
                    self.free |= bit
                    continue
                for key in asked[depth]:
                    self._met[key] = self._met.get(key, 0) | bit

    def __missing__(self, word: str) -> int:
        met = reduce(or_, [self._met[key] for key in self._met.keys() & offers(word)], 0)
        return self.keep(word, self._kept.setdefault(met, met))

    def forget(self) -> None:
        super().forget()
        self._kept.clear()


class Sought:
    """A pattern for lower-case text that is tried only where letters stand without which it cannot match: one of
    `phrases` where they are given, else what the pattern itself tells."""

    def __init__(self, pattern: str, phrases: Iterable[str] = ()) -> None:
        self._pattern: re.Pattern[str] | str = pattern  # compiled on first use
        self._fragments = tuple(phrases) or fragments(pattern)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The places where it matches, in order."""
        pattern = self._pattern
        if pattern == NEVER or (self._fragments and not holds(text, self._fragments)):
            return iter(())
        if isinstance(pattern, str):
            pattern = self._pattern = re.compile(pattern)
        return pattern.finditer(text)


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
