"""The threads of one application, folded to where it stands and whose move it is.

The verbs are loaded when they are first used: `status` needs only this floor's types, and must start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.opportunity.folding import fold
    from watcher.opportunity.identity import assign
    from watcher.opportunity.joining import join

__all__ = ["assign", "fold", "join"]

_WHERE = {"assign": "identity", "fold": "folding", "join": "joining"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
