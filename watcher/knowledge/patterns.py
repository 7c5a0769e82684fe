"""The little language of phrase patterns: slots filled from word lists, a search key, and what is forbidden.

A pattern is a regular expression over folded text (lower case, straight quotes, single spaces) in which `{name}` stands
for any word of a list. It begins at the start of a word. Its key is what lets hundreds of rules cost next to nothing:
the beginnings of words of which at least one must be in a sentence for the pattern to match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

STEM = 4  # letters of a word that a key keeps

_SLOT = re.compile(r"\{([a-z_]+)\}")
_TOKEN = re.compile(r"\{[a-z_]+\}|\(\?(?:<?[!=]|:)|\\.|\[[^\]]*\]|[a-z0-9à-ÿ]+|[()|?*+.^$ ]|\{[0-9,]+\}|.", re.DOTALL)
_COMMON_STEMS = """
the you your with have has had this that will for and are was were not our from any all can could would been but they
them he she it its we us me my i in on at to of a an be is as or if so do did no yes s ve ll re t hi hell dear than then
ther here abou plea than just next time one out up what when how who whic more some may want look like know let get got
see come comi go goin take taki bein very able thei shou wher also
"""
_COMMON = frozenset(_COMMON_STEMS.split())


class SlotUnknown(KeyError):
    """A pattern names a word list that does not exist."""

    def __str__(self) -> str:
        return f"{{{self.args[0]}}}"


def fill(pattern: str, slots: Mapping[str, str]) -> str:
    """The pattern with every `{name}` replaced by its alternatives. Raises SlotUnknown."""

    def put(found: re.Match[str]) -> str:
        if found.group(1) not in slots:
            raise SlotUnknown(found.group(1))
        return slots[found.group(1)]

    return _SLOT.sub(put, pattern)


def fill_slots(words: str | Iterable[str], slots: Mapping[str, str]) -> str:
    """One group of alternatives made of a word list (or of one pattern), other lists it names filled in."""
    alternatives = [words] if isinstance(words, str) else list(words)
    return "(?:" + "|".join(fill(word, slots) for word in alternatives) + ")"


def fold(text: str) -> str:
    """Text as patterns see it: lower case, straight quotes and plain dashes; never longer or shorter than it was."""
    plain = text.translate(_PLAIN)
    low = plain.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "\u00a0": " ",
    }
)


def stems(folded: str) -> set[str]:
    """What a sentence offers to keys: the first letters of each word (one to four), marks for digits, money and "?"."""
    found: set[str] = set()
    for word in set(_WORD.findall(folded)):
        found.update((word[:1], word[:2], word[:3], word[:STEM]))
        if word[0].isdigit():
            found.add(DIGIT)
    if "?" in folded:
        found.add("?")
    if any(sign in folded for sign in _MONEY):
        found.add(MONEY)
    return found


DIGIT, MONEY = "#", "£"
_MONEY = "£$€₹"
_MARKS = {"[0-9]": DIGIT, "\\?": "?", f"[{_MONEY}]": MONEY}
_WORD = re.compile(r"[a-z0-9à-ÿ]+")


Stems = frozenset[str]


def keys(pattern: str, slots: Mapping[str, Stems]) -> tuple[str, ...]:
    """Stems of which one must be in a sentence for the pattern (slots not filled) to match; empty: nothing can be told.

    `slots` holds the stems of each word list, made by `slot_stems`.
    """
    return tuple(_either(_TOKEN.findall(pattern), slots))


def slot_stems(words: str | Iterable[str], slots: Mapping[str, Stems]) -> Stems:
    """The stems of which one must be there for a word list to match; empty where nothing can be told."""
    alternatives = [words] if isinstance(words, str) else list(words)
    return frozenset(_either(_TOKEN.findall("|".join(alternatives)), slots))


def _cost(atom: AbstractSet[str]) -> int:
    return sum(50 if stem in _COMMON or len(stem) < 2 else 1 for stem in atom)


def _atoms(tokens: list[str], slots: Mapping[str, Stems]) -> list[AbstractSet[str]]:
    """The sets of stems, each of which the whole pattern must meet. Anything not understood is left out."""
    found: list[AbstractSet[str]] = []
    boundary = True  # whether the next piece begins a word
    at = 0
    while at < len(tokens):
        piece = tokens[at]
        end = _close(tokens, at) if piece.startswith("(") else at
        after = tokens[end + 1] if end + 1 < len(tokens) else ""
        if boundary:
            atom = _atom(piece, tokens[at + 1 : end], after, slots)
            if atom:
                found.append(atom)
        if piece in ("(?:", "("):
            boundary = boundary and _ends_in_space(tokens[at + 1 : end])
        elif end == at:
            boundary = _opens_word(piece)
        at = end + 1
    return found


def _atom(piece: str, inside: list[str], after: str, slots: Mapping[str, Stems]) -> AbstractSet[str]:
    """What one piece (a word, a group, a slot) asks of a sentence, where a word may begin."""
    if piece[0].isalnum():
        word = piece[:-1] if _optional(after) else piece
        return {word[:STEM]} if word else set()
    if _optional(after):
        return set()
    if piece == "(?:":
        return _either(inside, slots)
    if piece[0] == "{" and piece[1].isalpha():
        return slots.get(piece[1:-1], frozenset())
    return {_MARKS[piece]} if piece in _MARKS else set()


def _optional(after: str) -> bool:
    return after in ("?", "*") or after.startswith("{0")


def _opens_word(piece: str) -> bool:
    """Whether a word may begin right after this piece."""
    if piece in ("?", "*", "+") or piece.startswith("{"):
        return False
    if piece in ("^", "\\b"):
        return True
    return not (piece[0].isalnum() or piece == "." or piece[0] == "[" or piece[:2] in ("\\w", "\\S", "\\d"))


def _either(tokens: list[str], slots: Mapping[str, Stems]) -> set[str]:
    """The stems of alternatives, the best for each; empty where an alternative gives none."""
    found: set[str] = set()
    for alternative in _split(tokens):
        atoms = _atoms(alternative, slots)
        if not atoms:
            return set()
        found |= min(atoms, key=_cost)
    return found


def _ends_in_space(tokens: list[str]) -> bool:
    return all(part and part[-1] == " " for part in _split(tokens))


def _split(tokens: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for piece in tokens:
        if piece.startswith("("):
            depth += 1
        elif piece == ")":
            depth -= 1
        if piece == "|" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _close(tokens: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        if tokens[at].startswith("("):
            depth += 1
        elif tokens[at] == ")":
            depth -= 1
            if depth == 0:
                return at
    return len(tokens) - 1


def fault(pattern: str) -> str:
    """What is wrong with a pattern, in words; "" where nothing is."""
    try:
        re.compile(pattern)
    except re.error as wrong:
        return f"is no regular expression ({wrong})"
    if re.search(r"(?<!\\)(?:\\\\)*\\[1-9]|\(\?P=|\(\?\(", pattern):
        return "uses a back-reference"
    if _nested(_TOKEN.findall(pattern)):
        return "repeats a group without end, or something endless within a group that repeats"
    return ""


def _nested(tokens: list[str]) -> bool:
    """Whether a group repeats without end, or repeats something endless that no space closes (exponential)."""
    for start, piece in enumerate(tokens):
        if not piece.startswith("("):
            continue
        end = _close(tokens, start)
        after = tokens[end + 1] if end + 1 < len(tokens) else ""
        if after in ("*", "+") or after.endswith(",}"):
            return True
        inside = tokens[start + 1 : end]
        if after.startswith("{") and any(_endless(inner) for inner in inside) and not _ends_in_space(inside):
            return True
    return False


def _endless(piece: str) -> bool:
    return piece in ("*", "+") or (piece.startswith("{") and piece.endswith(",}"))
