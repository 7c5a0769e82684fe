"""Tells at once which of many patterns may match a text: those of which every need is met by its words.

Each pattern is a bit of a whole number. For each key, a number holds the patterns of which it meets the first need,
another those of which it meets the second, and so on; the words of a text are joined by "or", the needs by "and".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watcher.knowledge.needs import MOST, Keys, offers, words_in

_REMEMBERED = 4096  # words whose numbers are kept

Numbers = tuple[int, ...]


class Filter:
    """The needs of patterns, turned round: from the words of a text to the patterns that may match it."""

    def __init__(self) -> None:
        self._size = 0
        self._met: dict[str, list[int]] = {}
        self._free = [0] * MOST  # patterns that have no such need
        self._words: dict[str, Numbers] = {}

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
        self._words.clear()
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
        numbers = [0] * MOST
        for key in offers(word):
            for depth, met in enumerate(self._met.get(key, ())):
                numbers[depth] |= met
        if len(self._words) >= _REMEMBERED:
            self._words.clear()
        found = self._words[word] = tuple(numbers)
        return found


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
