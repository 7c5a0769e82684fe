"""Platforms write from more domains than are known: a machine's mail tells its system by its name or its label too."""

from __future__ import annotations

from functools import lru_cache

from watcher.knowledge.model import Rulebook, SenderRule
from watcher.message.model import Address
from watcher.reading.identity import Identity
from watcher.reading.namebook import fold, letters

LEAST = 7  # letters of a domain label that is no common word ("softgarden", "personio")
_KINDS = frozenset(["ats", "board", "assessment", "relay", "scheduler"])
_BETWEEN = (" on behalf of ", " im auftrag ", " via ", " (")


def platform_of(sender: Address, rulebook: Rulebook) -> SenderRule | None:
    """The system that a machine's address belongs to though its domain is not known: by the display name ("SEEK", "SHL
    on behalf of ..."), or by a label that the system has under another ending ("no-reply@acme.softgarden.jobs")."""
    names, labels = _known(Identity(rulebook.senders))
    shown = fold(sender.name)
    for between in _BETWEEN:
        shown = shown.partition(between)[0]
    by_name = names.get(shown.strip(" '\""))
    if by_name is not None:
        return by_name
    return next((labels[label] for label in reversed(sender.domain.split(".")[:-1]) if label in labels), None)


@lru_cache(maxsize=4)
def _known(rules: Identity) -> tuple[dict[str, SenderRule], dict[str, SenderRule]]:
    names: dict[str, SenderRule] = {}
    labels: dict[str, SenderRule] = {}
    for rule in rules.thing:
        if rule.kind not in _KINDS:
            continue
        for name in rule.names:
            names.setdefault(fold(name), rule)
            if len(letters(name)) >= LEAST:
                labels.setdefault(letters(name), rule)
        for domain in rule.domains:
            label = max(domain.split(".")[:-1], key=len, default="")
            if len(label) >= LEAST:
                labels.setdefault(label, rule)
    return names, labels
