"""What is worked out of words of mail and kept while mail is read: it can all be let go of at once.

A word that is kept takes few bytes itself, but lies among all that was in memory when it was met, and a block of memory
in which one thing is in use is not given back to the system.
"""

from __future__ import annotations

from typing import Any, TypeVar
from weakref import WeakSet

V = TypeVar("V")

_ALL: WeakSet[Remembered[Any]] = WeakSet()


class Remembered(dict[str, V]):
    """What each word was found to be; whoever makes one says in `__missing__` how that is found. It takes `most` words,
    then it forgets them all."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        _ALL.add(self)

    def keep(self, word: str, found: V) -> V:
        """Remember what a word was found to be; gives it back."""
        if len(self) >= self._most:
            self.forget()
        self[word] = found
        return found

    def forget(self) -> None:
        """Let go of all words."""
        self.clear()

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def forget() -> None:
    """Let go of all words, wherever some are remembered."""
    for each in list(_ALL):
        each.forget()
