"""The letter: composed from an opportunity, rendered from templates, and its life in Drafts.

The verbs are loaded when they are first used: `status` needs only this floor's types, and must start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.draft.composer import answering, compose

__all__ = ["answering", "compose"]

_WHERE = {"answering": "composer", "compose": "composer"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
