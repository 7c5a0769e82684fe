"""A first look at the words of what machines send: where not one of them is said of hiring, it need not be read.

Receipts, codes and notices come by the thousand and say nothing else. The words are data (`sieve.toml`, `words`): each
is a word, the beginning of one ("recruit*"), or several in a row ("next step*").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from watcher.knowledge.model import Rulebook
from watcher.knowledge.patterns import fold
from watcher.reading.language import guess

REMEMBERED = 20_000  # words that were looked up; mail is written in few
_WORD = re.compile(r"[^\W_]+")
_STEM = 3  # letters by which beginnings are found

Row = tuple[str, ...]


class Glance:
    """The words said of hiring, in all languages there are packs for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._languages = {language for language, pack in rulebook.packs.items() if "sieve" in pack.tables}
        self._table = rulebook.tables.get("languages", {})
        self._rows: dict[str, list[Row]] = {}  # by the first letters of their first word
        self._known: dict[str, tuple[Row, ...]] = {}
        for pack in rulebook.packs.values():
            for words in pack.tables.get("sieve", {}).get("words", ()):
                first, *rest = fold(words).split()
                self._rows.setdefault(first[:_STEM], []).append((first, *rest))

    def tells(self, text: str) -> bool:
        """Whether one of the words stands in a text, or none can be looked for: it is too short for its language to
        show, or in one that we have no words of."""
        folded = fold(text)
        return self._has_one(folded) or guess(folded, self._table) not in self._languages

    def _has_one(self, folded: str) -> bool:
        words = _WORD.findall(folded)
        for at, word in enumerate(words):
            rows = self._known.get(word)
            if rows is None:
                rows = self._look_up(word)
            for row in rows:
                if len(row) == 1 or _follow(words[at + 1 : at + len(row)], row[1:]):
                    return True
        return False

    def _look_up(self, word: str) -> tuple[Row, ...]:
        """The rows that a word may begin."""
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        # Two letters may be a whole entry ("hr"), or begin a word of which three are looked for.
        rows = [row for stem in {word[:_STEM], word[:2]} for row in self._rows.get(stem, ())]
        found = self._known[word] = tuple(row for row in rows if _fits(word, row[0]))
        return found


def _fits(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _follow(words: Iterable[str], row: Row) -> bool:
    words = tuple(words)
    return len(words) == len(row) and all(map(_fits, words, row))
