"""A cache key for tables that cannot be hashed: the same object, not an equal one."""

from __future__ import annotations

from typing import Any


class Identity:
    """Holds a thing, and is equal only to a holder of that very thing (which stays alive as long as the key)."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self.thing is other.thing
