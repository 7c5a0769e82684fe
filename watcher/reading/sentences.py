"""Splits what somebody wrote into sentences, and tells of each whether it asks, supposes or denies.

Mail is not prose: lines are wrapped anywhere, a greeting or a bullet is a sentence of its own, abbreviations end in
full stops and phone keyboards leave capitals out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from watcher.knowledge.patterns import fold

LONGEST = 1200  # characters of one sentence; what is longer is cut
MOST = 160  # sentences of one message that are read
WRAPPED = 44  # a line at least this long that ends without a stop goes on in the next


@dataclass(frozen=True)
class Grammar:
    """The small words of a language that turn a statement: patterns over folded text."""

    condition: re.Pattern[str]
    harmless: re.Pattern[str]  # conditions that suppose nothing ("if you have any questions")
    negation: re.Pattern[str]
    question: re.Pattern[str]
    abbreviations: frozenset[str] = field(default_factory=frozenset)
    after_number: frozenset[str] = field(default_factory=frozenset)  # words before which "12." is no end ("12. Mai")


class Sentence:
    """One sentence: as written (white space collapsed), and folded for matching (same length)."""

    __slots__ = ("_asks", "_conditions", "folded", "grammar", "text")

    def __init__(self, text: str, grammar: Grammar) -> None:
        self.text, self.grammar = text, grammar
        self.folded = fold(text)
        self._asks: bool | None = None
        self._conditions: list[int] | None = None

    @property
    def asks(self) -> bool:
        """Whether it is a question, by its mark or by how it begins."""
        if self._asks is None:
            self._asks = "?" in self.folded or bool(self.grammar.question.match(self.folded))
        return self._asks

    @property
    def conditions(self) -> list[int]:
        """Where in it a condition begins."""
        if self._conditions is None:
            self._conditions = [
                found.start()
                for found in self.grammar.condition.finditer(self.folded)
                if not self.grammar.harmless.match(self.folded, found.start())
            ]
        return self._conditions

    def supposes(self, start: int, end: int) -> bool:
        """Whether the words from `start` to `end` hold only under a condition: one that stands before them in the same
        sentence and is not closed by a semicolon or "but", or right behind them without a comma."""
        for at in self.conditions:
            between = self.folded[at:start] if at < start else self.folded[end:at]
            if at < start and ";" not in between and " but " not in between and ". " not in between:
                return True
            if at >= end and len(between) < 30 and not _CLAUSE_END.search(between):
                return True
            if start <= at < end:
                return True
        return False

    def denies(self, start: int) -> bool:
        """Whether a negation stands in the same clause shortly before `start`."""
        before = self.folded[max(0, start - 40) : start]
        clause = _CLAUSE_END.split(before)[-1]
        return bool(self.grammar.negation.search(clause))


_CLAUSE_END = re.compile(r"[,;:()!]| - | but | and (?:so|we|i)\b")
_BULLET = re.compile(r"^\s*(?:[-*•·>▪◦‣–]+|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_ENDS = re.compile(r"[.!?:;…,]['\")\]]*\s*$")
_STOPS = re.compile(r"[!?…]+['\")\]]*\s+|\.+['\")\]]*\s+|\s+(?=[•·▪])")
_GREETING = re.compile(
    r"^(?:dear|hi|hey|hello|hiya|good (?:morning|afternoon|evening|day)|kia ora|greetings|hallo|liebe[rs]?"
    r"|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|servus|grüß (?:gott|dich)|grüezi|hoi)"
    r"\b[^.!?]{0,40},?\s*$",
    re.I,
)


def split(text: str, grammar: Grammar) -> list[Sentence]:
    """The sentences of a text, in order; at most MOST."""
    found: list[Sentence] = []
    for block in _blocks(text.split("\n")):
        for piece in _pieces(block, grammar):
            found.append(Sentence(piece[:LONGEST], grammar))
            if len(found) >= MOST:
                return found
    return found


def _blocks(lines: Iterable[str]) -> Iterable[str]:
    """Lines that belong together, joined."""
    held = ""
    last = ""
    for line in lines:
        bare = " ".join(line.split())
        if not bare:
            if held:
                yield held
            held = last = ""
            continue
        if held and _goes_on(last, line, bare):
            held = f"{held} {bare}"
        else:
            if held:
                yield held
            held = bare
        last = bare
    if held:
        yield held


def _goes_on(last: str, line: str, bare: str) -> bool:
    """Whether `bare` continues the line before it."""
    if _BULLET.match(line) or _GREETING.match(last):
        return False
    if _ENDS.search(last) and not last.endswith(","):
        return False
    return len(last) >= WRAPPED or bare[0].islower()


def _pieces(block: str, grammar: Grammar) -> Iterable[str]:
    start = 0
    for stop in _STOPS.finditer(block):
        if stop.group().startswith(".") and not _is_end(block, stop.start(), stop.end(), grammar):
            continue
        piece = block[start : stop.end()].strip()
        if piece:
            yield piece
        start = stop.end()
    rest = block[start:].strip()
    if rest:
        yield rest


def _is_end(block: str, at: int, after: int, grammar: Grammar) -> bool:
    """Whether the full stop at `at` ends a sentence rather than an abbreviation or an ordinal number."""
    word = block[max(0, at - 14) : at].rpartition(" ")[2].lower().lstrip("(\"'")
    if grammar.after_number and word[-2:].lstrip(".").isdigit():
        following = _NEXT.match(block, after)
        return not following or (following[1].lower() not in grammar.after_number and following[1][0].isupper())
    if word in grammar.abbreviations:
        return not (after < len(block) and (block[after].islower() or block[after].isdigit())) and word in _MAY_END
    return not (len(word) == 1 and word.isalpha() and word not in ("i", "a", "x"))


_NEXT = re.compile(r"(\w+)")
_MAY_END = frozenset({"a.m", "p.m", "am", "pm", "etc", "ltd", "inc", "no"})
