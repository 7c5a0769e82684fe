"""Guesses the language of a text by its commonest small words."""

from __future__ import annotations

import re

from watcher.knowledge.model import Table

_WORD = re.compile(r"[a-zà-ÿąćęłńóśźż]+")


def guess(folded: str, languages: Table) -> str:
    """The ISO 639-1 code of the language with most of its small words in the text; "" where none stands out.

    Short texts, and those in which English comes close to the best, count as English: mail in English names places and
    greets people in other tongues.
    """
    words = _WORD.findall(folded[:3000])
    if len(words) < 5:
        return "en"
    counts = {language: sum(map(frozenset(small).__contains__, words)) for language, small in languages.items()}
    best = max(counts, key=lambda language: counts[language])
    english = counts.get("en", 0)
    if english >= counts[best] * 0.7 or counts[best] < 2:
        return "en" if english >= 1 or len(words) < 8 else ""
    return best if counts[best] >= max(2, len(words) * 0.12) else ""
