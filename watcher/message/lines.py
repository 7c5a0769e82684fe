"""Lines of text as the takers of endings see them: blocks, blank edges, phrases in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

PUNCTUATION = " \t,.!;:-–—*_~"


@dataclass(slots=True)
class Ending:
    """What was taken off a text, in its order."""

    signature: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)


def strip_blank(lines: Sequence[str]) -> list[str]:
    """The lines without blank ones at either end."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return list(lines[start:end])


def contains(text: str, phrases: Sequence[str]) -> bool:
    """Whether one of the phrases stands in `text`, both folded."""
    for phrase in phrases:  # noqa: SIM110 - twice as fast as any(), and asked of every paragraph
        if phrase in text:
            return True
    return False


def paragraphs_of(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The places of the blocks between blank lines."""
    found: list[tuple[int, int]] = []
    start = -1
    for index, line in enumerate(lines):
        if line.strip():
            start = index if start < 0 else start
        elif start >= 0:
            found.append((start, index))
            start = -1
    if start >= 0:
        found.append((start, len(lines)))
    return found
