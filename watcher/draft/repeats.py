"""Keeps a person from reading the same sentence twice: which sentences letters to them held, in a form that lasts.

The text of a letter is dropped after 30 days. What is kept for good are marks of its sentences: digests that tell that
a sentence was used, and not what it said. Each sentence is marked twice, as it stands and without the facts in it, so
that "Could you tell me where X stands?" is known again about another role.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LEAST_SENTENCE = 4  # words; a shorter sentence may stand in two letters
LEAST_FACT = 3  # characters; a shorter one is no fact to leave out
_HOLE = "\u2026"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier letters hold. `points` are the key points that those to this opportunity brought, `texts` letters to
    the same person whose text is known, `marks` those of sentences whose text may be gone."""

    points: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()


NOTHING_EARLIER = Earlier()


def sentences(text: str) -> set[str]:
    """The sentences of a text, without those too short to be noticed."""
    parts = (flat(part) for part in re.split(r"(?<=[.?!])\s+|\n+", text))
    return {part for part in parts if len(part.split()) >= LEAST_SENTENCE}


def marks(text: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """The marks of the sentences of `text`, as they stand and without those `facts` that are words of their own."""
    values = {flat(value) for value in facts.values() if isinstance(value, str) and len(value) >= LEAST_FACT}
    found = sentences(text)
    for value in sorted(values, key=len, reverse=True):
        found |= {sentence.replace(value, _HOLE) for sentence in found}
    return frozenset(map(_mark, found))


def repeated(text: str, facts: Mapping[str, Any], earlier: Iterable[str], known: frozenset[str]) -> int:
    """How much of `text` was said before: in the sentences of the `earlier` texts, or in those that are marked."""
    said = set[str]().union(*map(sentences, earlier))
    return len(sentences(text) & said) + len(marks(text, facts) & known)


def flat(text: str) -> str:
    """A text as it is compared: in small letters, with single spaces."""
    return " ".join(text.split()).casefold()


def _mark(sentence: str) -> str:
    return hashlib.blake2b(sentence.encode(), digest_size=8).hexdigest()
