"""The user's own templates: which letter each stands for, and what is wrong with it before a letter needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watcher.draft.render import attempt
from watcher.errors import Problem
from watcher.knowledge.model import Pack

_REMEDY = "Mend it; until then ours is used."

# Facts of every kind, for a trial of a template: with all of them there, and with none.
_FULL: Mapping[str, Any] = {
    "the_role": "the role",
    "on_day": "on a day",
    "others": "the others",
    "next_round": "the next round",
    "promised": "a day",
    "on_handed_in": "on a day",
    "on_written": "on a day",
    "on_applied": "on a day",
    "on_held": "on a day",
    "they_cancelled": True,
    "gave_times": True,
    "occasion": "conversation",
    "about": "about",
    "agency": True,
    "formal": True,
    "note": "a point",
    "note_clause": "",
    "note_sentence": "",
    "highlight": "a thing",
    "highlight_sentence": "",
}
_BARE: Mapping[str, Any] = {name: False if value is True else "" for name, value in _FULL.items()} | {
    "the_role": "the role"
}


def letters_for(pack: Pack, overrides: Mapping[str, str]) -> dict[str, str]:
    """The letters of a language with the user's own in their place: `thank_you_1.j2` is for English, in another
    language its letters follow the name (`thank_you_1.de.j2`)."""
    own = {name: overrides[_own_name(pack, name)] for name in pack.letters if _own_name(pack, name) in overrides}
    return {**pack.letters, **own}


def faults(overrides: Mapping[str, str], packs: Mapping[str, Pack]) -> list[Problem]:
    """What is wrong with the user's own templates, each with file, line and column (1 for the first); the letters of
    ours stand in for these until they are mended. `packs` are the language packs by language."""
    ours = {_own_name(pack, name) for pack in packs.values() for name in pack.letters}
    found = []
    for name, source in sorted(overrides.items()):
        if name not in ours:
            known = ", ".join(sorted(ours))
            found.append(Problem(name, None, "", "is the name of no letter.", f"Use one of: {known}."))
            continue
        for facts in (_FULL, _BARE):
            fault, _ = attempt(name, source, facts, name)
            if fault is not None:
                found.append(Problem(name, fault.line, "", fault.message, _REMEDY, column=fault.column))
                break
    return found


def _own_name(pack: Pack, name: str) -> str:
    return name if pack.language == "en" else f"{name.removesuffix('.j2')}.{pack.language}.j2"
