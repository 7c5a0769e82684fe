"""Lets go, after a pass, of what reading and joining keep to be fast: names and words of mail, unpacked weights,
compiled letters."""

from __future__ import annotations

from watcher.draft import render
from watcher.knowledge import needs, remembered
from watcher.opportunity import names
from watcher.reading import agreement, examining, firms, namebook, people


def forget() -> None:
    """See above. What else the rulebook was made into stays: to make that again takes longer than a mail may."""
    examining.forget_words()
    for module in (agreement, firms, namebook, names, needs, people, remembered, render):
        module.forget()
