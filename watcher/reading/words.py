"""The second reader: a linear model over words and word pairs, which knows no phrases and doubts where the rules don't.

It is trained on made-up messages (`make model`); here its packed weights are only added up. Each language has its own
file, `words.bin`: a line of JSON that tells the columns and their scales, the vocabulary, then one row of small
integers a word. The rules of structure (headers, calendar parts, who speaks) stand above it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from watcher.reading.model import Evidence, Says

MAGIC = b"watcher words 1\n"
HIRING = "hiring"  # the column that tells hiring mail from all other
HIRING_MINE = "hiring_mine"  # the same for what the user wrote
CANDIDATE = "candidate"  # and the one that tells by the text alone who speaks: a candidate, or an employer
LONGEST = 240  # words of the new text that are looked at: what a mail says, it says early
SUBJECT = 24  # and of the subject
LOUDEST = 8  # words that are named as evidence
LIFT = 128  # what is added to each weight in the file, to make it a byte
# How far a long text is brought down to the measure of a short one: 1 makes all texts weigh the same, and in a long one
# the few words that decide are lost among the others; 0 lets every word count in full.
EVENING = 0.6
RULE = "words"  # the id under which its words are evidence

_SAYS = {says.value: says for says in Says}
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
    sign: float  # what a sign of structure weighs
    names: Sequence[str]  # the vocabulary, in the order of the weights
    rows: Mapping[str, int]
    weights: bytes  # a line of whole numbers a word, one a column, each raised by LIFT
    rarities: bytes
    squares: Sequence[float]  # of each rarity in the file, the square of what it stands for
    meanings: Sequence[tuple[int, Says]]  # which columns are those of meanings
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
        scale, floor = head["rarity"]
        return cls(
            columns=columns,
            scales=tuple(head["scales"]),
            bias=tuple(head["bias"]),
            sign=head["sign"],
            names=names,
            rows=dict(zip(names, range(len(names)), strict=True)),
            weights=table,
            rarities=data[start + len(table) :],
            squares=[(step * scale + floor) ** 2 for step in range(256)],
            meanings=[(at, _SAYS[name]) for at, name in enumerate(columns) if name in _SAYS],
            agreement=head["agreement"],
        )

    def totals(self, found: Iterable[str], signs: Iterable[str]) -> dict[str, float]:
        """The log-odds of every column for a message, by its terms and the signs of its structure."""
        total, _, _ = self._adder(found, signs)
        return {column: total(at) for at, column in enumerate(self.columns)}

    def voice(self, found: Iterable[str]) -> float:
        """The log-odds that a text of hiring mail is a candidate's and no employer's, by the terms of the text."""
        total, _, _ = self._adder([term for term in found if term[1:2] != ":"], ())
        return total(self.columns.index(CANDIDATE))

    def judge(self, found: Iterable[str], signs: Iterable[str], *, mine: bool = False) -> Opinion:
        """What the model makes of a message by its terms and the signs of its structure."""
        total, known, text = self._adder(found, signs)
        hiring = total(self.columns.index(HIRING_MINE if mine else HIRING))
        if mine or not self.meanings:
            return Opinion(hiring)
        says = softmax({meaning: total(at) for at, meaning in self.meanings})
        best = max(says, key=says.__getitem__)
        column = text[self.columns.index(best) :: len(self.columns)]
        return Opinion(hiring, says, self._loudest(known, column))

    def _adder(self, found: Iterable[str], signs: Iterable[str]) -> tuple[Callable[[int], float], Sequence[int], bytes]:
        """What adds up one column of a message; the rows of its terms, and their weights line by line."""
        known = [row for row in map(self.rows.get, found) if row is not None]
        squares = sum([self.squares[self.rarities[row]] for row in known])
        norm = evened(squares)
        text = self._lines(known)
        marks = self._lines([self.rows[f"@{sign}"] for sign in signs if f"@{sign}" in self.rows])
        width = len(self.columns)

        def total(at: int) -> float:
            told, shown = text[at::width], marks[at::width]
            lifted = norm * (sum(told) - LIFT * len(told)) + self.sign * (sum(shown) - LIFT * len(shown))
            return self.bias[at] + self.scales[at] * lifted

        return total, known, text

    def _lines(self, rows: Iterable[int]) -> bytes:
        """The weights of some rows, one line after the other."""
        width = len(self.columns)
        return b"".join([self.weights[row * width : row * width + width] for row in rows])

    def _loudest(self, rows: Sequence[int], column: bytes) -> tuple[Evidence, ...]:
        """The terms that speak most for a meaning, loudest first, by what each weighs for it."""
        loud = [(-weight, self.names[row]) for row, weight in zip(rows, column, strict=True) if weight > LIFT]
        loud = [(weight, term) for weight, term in loud if term[1:2] != ":" and "0" not in term]
        return tuple([Evidence(RULE, term) for _, term in sorted(loud)[:LOUDEST]])


def evened(squares: float) -> float:
    """What each term of a text is multiplied by, from the sum of the squares of their rarities."""
    return squares ** (-EVENING / 2) if squares else 0.0


def softmax(totals: Mapping[Says, float]) -> dict[Says, float]:
    """Totals as shares of one."""
    most = max(totals.values())
    powers = {says: math.exp(total - most) for says, total in totals.items()}
    whole = sum(powers.values())
    return {says: power / whole for says, power in powers.items()}
