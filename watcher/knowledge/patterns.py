"""The little language of phrase patterns: slots filled from word lists, and what is forbidden.

A pattern is a regular expression over folded text (lower case, straight quotes, single spaces) in which `{name}` stands
for any word of a list. It begins at the start of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_SLOT = re.compile(r"\{([a-z_]+)\}")
# What a pattern is made of: slots, brackets, escapes, classes, words; else single signs.
PIECE = r"\{[a-z_]+\}|\(\?(?:<?[!=]|:|P<[a-z_]+>)|\\.|\[[^\]]*\]|[a-z0-9ß-ÿ]+"
_TOKEN = re.compile(rf"{PIECE}|\{{[0-9,]+\}}|.", re.DOTALL)
WORD = re.compile(r"[a-z0-9ß-ÿ]+")


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
    if text.isascii():
        return text.lower().replace("`", "'")
    plain = text
    for sign, simple in _PLAIN:  # many times faster than str.translate
        if sign in plain:
            plain = plain.replace(sign, simple)
    low = plain.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


_PLAIN = (
    ("’", "'"),
    ("‘", "'"),
    ("ʼ", "'"),
    ("`", "'"),
    ("´", "'"),
    ("“", '"'),
    ("”", '"'),
    ("„", '"'),
    ("–", "-"),
    ("—", "-"),
    ("‑", "-"),
    ("\u00a0", " "),
)


def is_anchored(pattern: str) -> bool:
    """Whether a pattern is bound to the start of a word: where it begins with a word, a group or a slot."""
    return pattern[:1].isalnum() or pattern.startswith(("(?:", "{"))


def anchored(pattern: str) -> str:
    """A filled pattern as it is searched for: bound to the start of a word where it begins with one."""
    return rf"\b(?:{pattern})" if is_anchored(pattern) else pattern


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
