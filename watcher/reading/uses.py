"""What a time is mentioned for, judged by the words of its own sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from watcher.knowledge.model import Table
from watcher.reading.identity import Identity
from watcher.reading.model import TimeUse

_SENTENCE_END = re.compile(
    r"[!?](?=\s|$)|(?<![ap]\.m)(?<!\b[ap])(?<!\bapprox)(?<!\bno)(?<!\d)\.(?=\s|$)|\n[ \t]*\n|(?<=\d)\.(?=\s+[A-Z]|$)"
)
_MARK = re.compile(r"[!?.\n]")
_DATED = re.compile(r"(?<!\d)\d{1,2}\.$")
_WORD = re.compile(r"\s*([^\W\d_]+)")
_TURN = re.compile(r";|,? (?:but|however|though|aber|jedoch|allerdings|dafür) ")
_LONGEST = 320
BEFORE = 40  # letters before a time that tell what it is mentioned for
_NEVER: frozenset[str] = frozenset()


class Cues:
    """The cue patterns of a times table."""

    def __init__(self, table: Table) -> None:
        cues: Mapping[str, Sequence[str]] = table.get("cues", {})
        self._patterns = {
            name: re.compile("|".join(lines))
            for name, lines in cues.items()
            if name not in ("moved_from_before", "moved_from_if_moved", "deadline_before", "fillers", "set_phrases")
        }
        self._set_phrases = [re.compile(each) for each in cues.get("set_phrases", ())]
        fillers = cues.get("fillers", ())
        self.moved_from = _tail(cues.get("moved_from_before", ()), fillers)
        self.moved_from_if_moved = _tail(cues.get("moved_from_if_moved", ()), fillers)
        self.deadline = _tail(cues.get("deadline_before", ()), fillers)

    def plain(self, sentence: str) -> str:
        """The sentence with its set phrases blanked: words that are no cue where they stand in one ("findet statt")."""
        for phrase in self._set_phrases:
            sentence = phrase.sub(lambda found: " " * len(found.group()), sentence)
        return sentence

    def has(self, name: str, sentence: str) -> bool:
        """Whether a sentence (lower case) holds a cue of that name."""
        pattern = self._patterns.get(name)
        return bool(pattern and pattern.search(sentence))


def _tail(words: Sequence[str], fillers: Sequence[str]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")
    ordered, between = (sorted(some, key=len, reverse=True) for some in (words, fillers))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})(?: (?:{'|'.join(between)}))?[\s:,]*$")


@lru_cache(maxsize=8)
def _cues(table: Identity) -> Cues:
    return Cues(table.thing)


def cues_of(table: Table) -> Cues:
    """The cues of a times table, made once for each table."""
    return _cues(Identity(table))


def ends_of(text: str, after_number: Collection[str] = _NEVER) -> list[int]:
    """Where sentences end, in order. `after_number` are words before which a number's stop ends none ("12. März")."""
    ends: list[int] = []
    at = 0
    while mark := _MARK.search(text, at):
        found = _SENTENCE_END.match(text, mark.start())
        at = found.end() if found else mark.end()
        if found:
            ends.append(at)
    if not after_number:
        return ends
    return [end for end in ends if not (_DATED.search(text, max(0, end - 4), end) and _next(text, end) in after_number)]


def _next(text: str, at: int) -> str:
    found = _WORD.match(text, at)
    return found[1].lower() if found else ""


def sentence_around(text: str, ends: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence (or sentences) that hold a span, at most some hundred characters either side."""
    before = bisect_right(ends, start)
    after = bisect_left(ends, end, before)
    left = ends[before - 1] if before else 0
    right = ends[after] if after < len(ends) else len(text)
    return max(left, start - _LONGEST), min(right, end + _LONGEST)


def _clause(sentence: str, at: int) -> str:
    """The part of a sentence around `at` that no "but" cuts off: "can't do Tuesday, but Wednesday is fine"."""
    turns = [turn.end() - 1 for turn in _TURN.finditer(sentence)]
    left = max((turn for turn in turns if turn <= at), default=0)
    right = min((turn for turn in turns if turn > at), default=len(sentence))
    return sentence[left:right]


def use_of(
    text: str, bounds: tuple[int, int], start: int, end: int, cues: Cues, *, timed: bool, past: bool, choices: int
) -> TimeUse:
    """What the time at `start` to `end` is mentioned for.

    `bounds` are its sentence's, `timed` says that it has an hour, `past` that it lies before the message, `choices`
    how many times the sentence holds.
    """
    sentence = cues.plain(text[bounds[0] : bounds[1]].lower().replace("’", "'"))
    before = sentence[: max(0, start - bounds[0])][-BEFORE:]
    around = sentence[: max(0, start - bounds[0])] + " " + sentence[max(0, end - bounds[0]) :]
    if cues.moved_from.search(before) and (cues.has("moved", sentence) or choices > 1):
        return TimeUse.MOVED_FROM
    if cues.moved_from_if_moved.search(before) and cues.has("moved", sentence):
        return TimeUse.MOVED_FROM
    if cues.deadline.search(before) and not cues.has("offered", before) and not cues.has("comes_by", before):
        return TimeUse.DEADLINE
    if past or (not timed and cues.has("past", around) and not cues.has("ahead", around)):
        return TimeUse.PAST
    around = _clause(around, start - bounds[0])
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
