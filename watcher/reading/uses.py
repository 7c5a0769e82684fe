"""What a time is mentioned for, judged by the words of its own sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from watcher.knowledge.model import Table
from watcher.reading.identity import Identity
from watcher.reading.model import TimeUse

_SENTENCE_END = re.compile(
    r"[!?](?=\s|$)|(?<![ap]\.m)(?<!\b[ap])(?<!\bapprox)(?<!\bno)(?<!\d)\.(?=\s|$)|\n[ \t]*\n|(?<=\d)\.(?=\s+[A-Z]|$)"
)
_LONGEST = 320


class Cues:
    """The cue patterns of a times table."""

    def __init__(self, table: Table) -> None:
        cues: Mapping[str, Sequence[str]] = table.get("cues", {})
        self._patterns = {
            name: re.compile("|".join(lines))
            for name, lines in cues.items()
            if name not in ("moved_from_before", "deadline_before")
        }
        self.moved_from = _tail(cues.get("moved_from_before", ()))
        self.deadline = _tail(cues.get("deadline_before", ()))

    def has(self, name: str, sentence: str) -> bool:
        """Whether a sentence (lower case) holds a cue of that name."""
        pattern = self._patterns.get(name)
        return bool(pattern and pattern.search(sentence))


def _tail(words: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile(
        r"\b(?:" + "|".join(map(re.escape, ordered)) + r")(?: the| about)?[\s:,]*$" if ordered else r"(?!)"
    )


@lru_cache(maxsize=8)
def _cues(table: Identity) -> Cues:
    return Cues(table.thing)


def cues_of(table: Table) -> Cues:
    """The cues of a times table, made once for each table."""
    return _cues(Identity(table))


def ends_of(text: str) -> list[int]:
    """Where sentences end, in order."""
    return [found.end() for found in _SENTENCE_END.finditer(text)]


def sentence_around(text: str, ends: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence (or sentences) that hold a span, at most some hundred characters either side."""
    left, right = 0, len(text)
    for at in ends:
        if at <= start:
            left = at
        elif at >= end:
            right = at
            break
    return max(left, start - _LONGEST), min(right, end + _LONGEST)


def use_of(
    text: str, bounds: tuple[int, int], start: int, end: int, cues: Cues, *, timed: bool, past: bool, choices: int
) -> TimeUse:
    """What the time at `start` to `end` is mentioned for.

    `bounds` are its sentence's, `timed` says that it has an hour, `past` that it lies before the message, `choices`
    how many times the sentence holds.
    """
    sentence = text[bounds[0] : bounds[1]].lower().replace("’", "'")
    before = text[max(bounds[0], start - 40) : start].lower().replace("’", "'")
    around = sentence[: max(0, start - bounds[0])] + " " + sentence[max(0, end - bounds[0]) :]
    if cues.moved_from.search(before) and (cues.has("moved", sentence) or choices > 1):
        return TimeUse.MOVED_FROM
    if cues.deadline.search(before) and not cues.has("offered", before):
        return TimeUse.DEADLINE
    if past or (not timed and cues.has("past", around) and not cues.has("ahead", around)):
        return TimeUse.PAST
    if cues.has("cancelled", around) and not (timed and cues.has("moved", around) and choices == 1):
        return TimeUse.CANCELLED
    if cues.has("moved", around) and "?" not in sentence:
        return TimeUse.STANDS
    offered = cues.has("offered", sentence if choices > 1 else around)
    if "?" in sentence or offered:
        return TimeUse.OFFERED if timed or offered else TimeUse.OTHER
    if cues.has("starts", around) and not cues.has("hiring_thing", around):
        return TimeUse.OTHER
    if timed or cues.has("stands", around):
        return TimeUse.STANDS
    return TimeUse.OTHER
