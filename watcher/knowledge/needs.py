"""Hundreds of patterns cost next to nothing where most need not be tried: the words without which one cannot match.

A pattern is read for its needs once, before it is first tried. A need is a set of keys of which a text must
offer at least one; a pattern can only match where all its needs are met. A key is a whole word and a space ("offer "),
the beginning of a word ("reject"), letters anywhere in a word ("~move"), or a mark: for a word that begins with a digit
or holds one, for money, for "?". What a pattern asks beyond that is left to the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from watcher.knowledge.patterns import PIECE, WORD, is_anchored

LONGEST = 8  # letters of a word's beginning that a key keeps
LEAST, INSIDE = 2, 4  # letters from inside a word that a key keeps
MOST = 4  # needs of one pattern that are looked at
DIGIT, MONEY, ASKS = "#", "£", "?"
WITHIN = "~"

_MONEY = "£$€₹"
_MARKS = {"\\?": ASKS, f"[{_MONEY}]": MONEY}
_CHOICE = r"\(\?:[a-z0-9ß-ÿ]+(?:\|[a-z0-9ß-ÿ]+)*\)"  # words to choose from, the commonest of groups
_QUANTIFIED = re.compile(rf"({_CHOICE}|{PIECE}|.)([?*+]|\{{[0-9,]+\}})?\??", re.DOTALL)
_DEAR = 400  # a need that nearly every text meets is not worth looking at
_LETTERS = frozenset(map(chr, (*range(ord("a"), ord("z") + 1), *range(ord("0"), ord("9") + 1), *range(0xDF, 0x100))))
# Words, and letters within words, of which every fifth, and every thirtieth sentence of our own messages holds some.
_COMMON = frozenset(
    "the you to and for a your i on in of is we at it with s be ~th ~in ~an ~er ~re ~on ~or ~at ~nd ~en ~it ~ed ~to "  # noqa: SIM905
    "~st ~is ~as ~al ~be ~the ~you ~and ~ing ~our ~for ~your".split()
)
_FREQUENT = frozenset(
    "have if will that from are me t so can this has by not ll please one or our no my two us ve d as do an before re "  # noqa: SIM905
    "been would time about interview all day was they after who there good up know application like come may any "
    "need see what ? ~we ~of ~no ~ma ~ta ~rs ~day ~id ~so ~her ~di ~with ~am ~if ~hat ~mi ~do ~can ~rd ~one ~not ~ab "
    "~all ~are ~that ~op ~atio ~app ~have ~his ~inte ~out ~ers ~will ~off ~this ~end ~from".split()
)
_BY_LENGTH = (30, 30, 8, 2)

Keys = frozenset[str]


class Need(NamedTuple):
    """Keys of which one must be there, and about how often that is so (the lower, the more it rules out)."""

    cost: int
    keys: Keys


Needs = tuple[Need, ...]


def needs(pattern: str, slots: Mapping[str, Needs], *, anywhere: bool = False) -> tuple[Keys, ...]:
    """What a text must offer for `pattern` (slots not filled) to match, the most telling need first; empty: nothing can
    be told. `slots` holds the needs of each word list. A pattern may be searched for `anywhere`, in words too."""
    return tuple(need.keys for need in _read(pattern, slots, opens=not anywhere and is_anchored(pattern)))


def fragments(pattern: str) -> tuple[str, ...]:
    """Letters of which a lower-case text must hold some for `pattern` to match anywhere in it, for patterns that are
    too few for a filter; empty: nothing can be told."""
    for keys in needs(pattern, {}, anywhere=True):
        found = {key.strip(f"{WITHIN} ") for key in keys}
        if all(one and one[0] in _LETTERS for one in found):
            return tuple(sorted(one for one in found if not any(other != one and other in one for other in found)))
    return ()


def needs_of_lists(lists: Mapping[str, Iterable[str]]) -> dict[str, Needs]:
    """The needs of each word list where a word begins, and under its name after WITHIN, where it may stand inside one;
    later ones may name earlier ones."""
    found: dict[str, Needs] = {}
    for name, words in lists.items():
        joined = "|".join(words)
        found[name] = _read(joined, found, opens=True)
        found[WITHIN + name] = _read(joined, found, opens=False)
    return found


def offers(word: str) -> set[str]:
    """The keys that one word of a text, or a mark, offers."""
    found = {word[:end] for end in range(1, min(len(word), LONGEST) + 1)}
    for width in range(LEAST, INSIDE + 1):
        found.update([WITHIN + word[at : at + width] for at in range(len(word) - width + 1)])
    found.add(f"{word} ")
    if word[0].isdigit():
        found.add(DIGIT)
    if any(sign.isdigit() for sign in word):
        found.add(WITHIN + DIGIT)
    return found


def words_in(folded: str) -> set[str]:
    """The words of a folded text, and the marks that stand in it, ready for `offers`."""
    found = set(WORD.findall(folded))
    if ASKS in folded:
        found.add(ASKS)
    if not folded.isascii() or "$" in folded:
        found.update(MONEY for sign in _MONEY if sign in folded)
    return found


def _read(pattern: str, slots: Mapping[str, Needs], *, opens: bool) -> Needs:
    scan = _Scan(_QUANTIFIED.findall(pattern), slots)
    found, _, at = scan.alternatives(0, opens=opens, closed=False)
    return found if at >= len(scan.pieces) else ()  # a bracket too many is not for us to understand


class _Scan:
    """Goes through the pieces of one pattern, each with its quantifier.

    `opens` says that a word may begin there and has not begun before, `closed` that where a group ends, its last word
    ends too.
    """

    def __init__(self, pieces: Sequence[tuple[str, str]], slots: Mapping[str, Needs]) -> None:
        self.pieces, self.slots = pieces, slots
        self.ends: dict[int, int] = {}  # of each bracket that opens, the one that closes
        stack: list[int] = []
        for at, (piece, _) in enumerate(pieces):
            if piece[0] == "(" and piece[-1] != ")":
                stack.append(at)
            elif piece == ")" and stack:
                self.ends[stack.pop()] = at

    def alternatives(self, at: int, *, opens: bool, closed: bool) -> tuple[Needs, bool, int]:
        """The needs of what stands from `at` to the end of its group, whether a word may begin after it, and where it
        ends."""
        branches: list[Needs] = []
        after = True
        while True:
            found, still_opens, at = self._sequence(at, opens, closed)
            branches.append(found)
            after = after and still_opens
            if at >= len(self.pieces) or self.pieces[at][0] == ")":
                return _either(branches), after, at
            at += 1

    def _sequence(self, at: int, opens: bool, closed: bool) -> tuple[Needs, bool, int]:
        found: list[Need] = []
        pieces, size = self.pieces, len(self.pieces)
        while at < size:
            piece, quantifier = pieces[at]
            if piece == "|" or piece == ")":
                break
            first = piece[0]
            if first == "(" and piece[-1] != ")":
                at, opens = self._group(at, opens, closed, found)
                continue
            at += 1
            optional = quantifier != "" and _may_lack(quantifier)
            if first in _LETTERS:
                whole = not quantifier and self._closes(at, closed)
                word = piece[:-1] if optional else piece
                if word and (opens or len(word) >= LEAST):
                    found.append(_word_need(word, opens, whole))
                opens = False
                continue
            if not optional:
                if first == "(":
                    found += _choice_needs(piece, opens, not quantifier and self._closes(at, closed))
                elif first in "[{\\":
                    found += self._sign(piece, opens)
            opens = _opens_word(piece) and (opens or not optional)
        if len(found) > 1:
            found.sort(key=_by_cost)
        return tuple(found[:MOST]), opens, at

    def _group(self, at: int, opens: bool, closed: bool, found: list[Need]) -> tuple[int, bool]:
        """Adds what a group needs; where it ends, and whether a word may begin after it."""
        piece, quantifier = self.pieces[at]
        end = self.ends.get(at, len(self.pieces))
        if quantifier:  # "(?" of a kind that phrases have no use for
            return end + 1, False
        if piece not in ("(?:", "(") and piece[:3] != "(?P":  # what is looked at ahead or behind takes no room
            return end + 1, opens
        many = self.pieces[end][1] if end < len(self.pieces) else ""
        optional = _may_lack(many)
        closes = many in ("", "?") and self._closes(end + 1, closed)
        inner, after, _ = self.alternatives(at + 1, opens=opens, closed=closes)
        if not optional:
            found += inner
        return end + 1, after and (opens or not optional)

    def _sign(self, piece: str, opens: bool) -> Iterable[Need]:
        """What a slot or a sign asks."""
        if piece == "[0-9]":
            return (_need(DIGIT if opens else WITHIN + DIGIT),)
        if piece in _MARKS:
            return (_need(_MARKS[piece]),)
        if piece[0] != "{":
            return ()
        name = piece[1:-1]
        return self.slots.get(name if opens else WITHIN + name, ())

    def _closes(self, at: int, closed: bool) -> bool:
        """Whether a word that stands before `at` surely ends there."""
        if at >= len(self.pieces):
            return False
        piece, quantifier = self.pieces[at]
        if piece in ("|", ")"):
            return closed
        return piece[0] != "(" and _opens_word(piece) and not _may_lack(quantifier)


def _may_lack(quantifier: str) -> bool:
    """Whether what it stands behind may not be there at all."""
    return quantifier[:1] in ("?", "*") or quantifier[:2] in ("{0", "{,")


@lru_cache(maxsize=256)
def _opens_word(piece: str) -> bool:
    """Whether a word may begin right after this piece, because it ends in a sign or takes no room."""
    if len(piece) == 1:
        return not piece.isalnum() and piece not in "._"
    if piece[0] == "[":
        return piece[1] != "^" and not any(sign.isalnum() or sign in "\\_" for sign in piece)
    return piece[0] == "\\" and (piece in ("\\b", "\\s", "\\W") or not (piece[1].isalnum() or piece[1] == "_"))


def _either(branches: Sequence[Needs]) -> Needs:
    """What alternatives need together: nothing where one of them needs nothing."""
    if len(branches) == 1:
        return branches[0]
    if not all(branches):
        return ()
    found: dict[Keys, Need] = {}
    for depth in range(max(map(len, branches))):
        keys: Keys = frozenset().union(
            *[branch[depth].keys if depth < len(branch) else branch[-1].keys for branch in branches]
        )
        if keys not in found:
            found[keys] = _need_of(keys)
    return tuple([need for need in found.values() if need.cost < _DEAR])


@lru_cache(maxsize=4096)
def _word_need(word: str, opens: bool, whole: bool) -> Need:
    """What a word of a pattern asks: itself, its beginning, or letters of it anywhere."""
    if not opens:
        return _need(WITHIN + word[:INSIDE])
    return _need(f"{word} " if whole else word[:LONGEST])


@lru_cache(maxsize=1024)
def _choice_needs(group: str, opens: bool, whole: bool) -> Needs:
    """What a group of nothing but words asks."""
    words = group[3:-1].split("|")
    if not opens and min(map(len, words)) < LEAST:
        return ()
    return (_need_of(frozenset().union(*[_word_need(word, opens, whole).keys for word in words])),)


def _need(key: str) -> Need:
    return Need(_cost(key), frozenset((key,)))


def _need_of(keys: Keys) -> Need:
    return Need(sum(map(_cost, keys)), keys)


@lru_cache(maxsize=8192)
def _cost(key: str) -> int:
    bare = key.rstrip()
    if bare in _COMMON:
        return 30
    if bare in _FREQUENT:
        return 8
    return 1 if len(key) > 3 else _BY_LENGTH[len(key)]


def _by_cost(need: Need) -> int:
    return need.cost


def forget() -> None:
    """Let go of what words of patterns ask: patterns are read once, many at a time."""
    for function in (_opens_word, _word_need, _choice_needs, _cost):
        function.cache_clear()
