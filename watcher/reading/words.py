"""The second reader: a linear model over words and word pairs, which knows no phrases and doubts where the rules don't.

It is trained on made-up messages (`make model`); here its packed weights are only added up. Each language has its own
file, `words.bin`: a line of JSON that tells the columns and their scales, the vocabulary, then one row of small
integers a word. The rules of structure (headers, calendar parts, who speaks) stand above it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import pairwise

from watcher.reading.model import Evidence, Says

MAGIC = b"watcher words 1\n"
HIRING = "hiring"  # the column that tells hiring mail from all other
HIRING_MINE = "hiring_mine"  # the same for what the user wrote
LONGEST = 240  # words of the new text that are looked at: what a mail says, it says early
SUBJECT = 24  # and of the subject
LOUDEST = 8  # words that are named as evidence
LIFT = 128  # what is added to each weight in the file, to make it a byte
RULE = "words"  # the id under which its words are evidence

_LINK = re.compile(r"https?://\S+|www\.\S+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_DIGIT = re.compile(r"\d")
_NUMBERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[$£€₹₦₱]\s?\d[\d,.]*\s?k?|\b\d[\d,.]*\s?(?:k|gbp|usd|eur|euro|lpa)\b"), " 0money "),
    (
        re.compile(r"\b\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\b|hrs|h\b|uhr)?|\b\d{1,2}\s?(?:[ap]\.?m|o'clock|hrs|uhr)\b"),
        " 0time ",
    ),
    (re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{2,4}|\b)"), " 0date "),
    (re.compile(r"\b\d[\d.,]*\b"), " 0number "),
)
_WORD = re.compile(r"[a-zà-ÿß0-9]+(?:'[a-z]+)?|[?!]")


def terms(subject: str, text: str, sender: str, *, reply: bool = False) -> list[str]:
    """The words and word pairs of a text, those of its subject (`s:`; `r:` in a reply, where it only tells what was
    spoken of before) and of the sender's name (`f:`); all folded, each once, in order."""
    place = "r" if reply else "s"
    found = dict.fromkeys(_pairs(_words(text)[:LONGEST]))
    found |= dict.fromkeys([f"{place}:{term}" for term in _pairs(_words(subject)[:SUBJECT])])
    found |= dict.fromkeys([f"f:{term}" for term in _words(sender)[:SUBJECT]])
    return list(found)


def _words(folded: str) -> list[str]:
    if "http" in folded or "www." in folded:
        folded = _LINK.sub(" 0link ", folded)
    if "@" in folded:
        folded = _MAIL.sub(" 0mail ", folded)
    if _DIGIT.search(folded):
        for shape, name in _NUMBERS:
            folded = shape.sub(name, folded)
    return _WORD.findall(folded)


def _pairs(words: Sequence[str]) -> list[str]:
    return [*words, *[f"{left} {right}" for left, right in pairwise(words)]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model makes of a message: the log-odds that it is hiring mail, and for each meaning the probability that
    it has it, given that it is. `words` are those that weighed most for the likeliest meaning."""

    hiring: float = 0.0
    says: Mapping[Says, float] = field(default_factory=dict)
    words: tuple[Evidence, ...] = ()

    @property
    def likeliest(self) -> Says | None:
        """The meaning that it would choose."""
        return max(self.says, key=lambda says: self.says[says]) if self.says else None


@dataclass(frozen=True)
class Words:
    """The packed weights of one language, ready to be added up."""

    columns: tuple[str, ...]
    scales: tuple[float, ...]
    bias: tuple[float, ...]
    sign: float  # what a sign of structure weighs against the whole of the text, which weighs 1
    rarity: tuple[float, float]  # scale and floor of the packed rarities
    rows: Mapping[str, int]
    weights: bytes  # a line of whole numbers a word, one a column, each raised by LIFT
    rarities: bytes
    agreement: Mapping[str, Mapping[str, float]]  # how rules and model are weighed against each other

    @classmethod
    def unpack(cls, data: bytes) -> Words:
        """The model of a `words.bin`. Raises ValueError where it is none."""
        if not data.startswith(MAGIC):
            raise ValueError("this is no file of packed words")
        end = data.index(b"\n", len(MAGIC))
        head = json.loads(data[len(MAGIC) : end])
        start = end + 1
        names = data[start : start + head["vocabulary"]].decode("utf-8").split("\n")
        start += head["vocabulary"]
        columns = tuple(head["columns"])
        table = data[start : start + len(names) * len(columns)]
        return cls(
            columns=columns,
            scales=tuple(head["scales"]),
            bias=tuple(head["bias"]),
            sign=head["sign"],
            rarity=(head["rarity"][0], head["rarity"][1]),
            rows={name: at for at, name in enumerate(names)},
            weights=table,
            rarities=data[start + len(table) :],
            agreement=head["agreement"],
        )

    def judge(self, found: Iterable[str], signs: Iterable[str], *, mine: bool = False) -> Opinion:
        """What the model makes of a message by its terms and the signs of its structure."""
        known = [(self.rows[term], term) for term in found if term in self.rows]
        scale, floor = self.rarity
        squares = sum((self.rarities[row] * scale + floor) ** 2 for row, _ in known)
        norm = 1.0 / math.sqrt(squares) if squares else 0.0
        text = self._sum([row for row, _ in known])
        marks = self._sum([self.rows[f"@{sign}"] for sign in signs if f"@{sign}" in self.rows])
        totals = {
            column: self.bias[at] + self.scales[at] * (norm * text[at] + self.sign * marks[at])
            for at, column in enumerate(self.columns)
        }
        hiring = totals[HIRING_MINE if mine else HIRING]
        meanings = {Says(name): total for name, total in totals.items() if name not in (HIRING, HIRING_MINE)}
        if mine or not meanings:
            return Opinion(hiring)
        says = softmax(meanings)
        best = max(says, key=lambda each: says[each])
        return Opinion(hiring, says, self._loudest(known, best.value))

    def _sum(self, rows: Sequence[int]) -> list[int]:
        width = len(self.columns)
        if not rows:
            return [0] * width
        lines = [self.weights[row * width : row * width + width] for row in rows]
        return [sum(column) - LIFT * len(rows) for column in zip(*lines, strict=True)]

    def _loudest(self, known: Iterable[tuple[int, str]], column: str) -> tuple[Evidence, ...]:
        """The terms that speak most for a column, loudest first."""
        at, width = self.columns.index(column), len(self.columns)
        loud = (
            (LIFT - self.weights[row * width + at], term) for row, term in known if term[1:2] != ":" and "0" not in term
        )
        return tuple(Evidence(RULE, term) for weight, term in nsmallest(LOUDEST, loud) if weight < 0)


def softmax(totals: Mapping[Says, float]) -> dict[Says, float]:
    """Totals as shares of one."""
    most = max(totals.values())
    powers = {says: math.exp(total - most) for says, total in totals.items()}
    whole = sum(powers.values())
    return {says: power / whole for says, power in powers.items()}
