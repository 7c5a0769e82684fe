"""What the user gives as a key point, in whatever shape they typed it, turned into words that a letter can hold.

A note may be a phrase ("the move to the new depot"), a clause ("how you test releases"), a sentence of theirs or ours
("they open in May", "I passed the exam"), or a sentence without its subject ("loved the workshop"). A highlight is
meant to complete "my experience with ..."; it too comes as a phrase, a sentence, or "led a team of six".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from watcher.draft.envelope import clean

MOST_WORDS = 45  # of a note; what is longer is cut at the end of a sentence

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\u00c0-\u00de0-9])")
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u00b7\u2013\u2014]|\d+[.)])\s+")
_DASH = re.compile(r"\s+[-\u2013\u2014]+\s+|\s*\u2014\s*")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+|(?<!\\w)[:;]-?[)(DP](?!\\w)")
_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb` "
_WORDS = re.compile(r"[\w'\u2019.+#/&-]+")


class Shape(StrEnum):
    """How a point stands in a letter."""

    NONE = "none"
    PHRASE = "phrase"  # "... hearing about X"
    CLAUSE = "clause"  # "... that X"
    SENTENCE = "sentence"  # by itself


@dataclass(frozen=True, slots=True)
class Point:
    """A key point fit for a letter. `text` has no full stop, but for a SENTENCE, which is whole."""

    shape: Shape = Shape.NONE
    text: str = ""

    @property
    def phrase(self) -> str:
        return self.text if self.shape is Shape.PHRASE else ""

    @property
    def clause(self) -> str:
        return self.text if self.shape is Shape.CLAUSE else ""

    @property
    def sentence(self) -> str:
        return self.text if self.shape is Shape.SENTENCE else ""


NOTHING = Point()


def note(written: str, grammar: Mapping[str, Any] | None) -> Point:
    """What `note` was given, fit for a letter. `grammar` is the pack's points table; a language without one takes every
    note as a phrase."""
    text = _plain(written)
    if not text:
        return NOTHING
    if grammar is None:
        return Point(Shape.PHRASE, text.rstrip(" .!?,;:"))
    pieces = _few([piece for piece in _SENTENCE_END.split(text) if piece.strip()])
    points = [_note(piece, grammar) for piece in pieces]
    if len(points) == 1:
        return points[0]
    return Point(Shape.SENTENCE, " ".join(_whole(point, grammar) for point in points))


def highlight(written: str, grammar: Mapping[str, Any] | None) -> Point:
    """A highlight of the config, fit for a letter: a phrase after "my experience with", or a sentence."""
    text = _plain(written).rstrip(" .!?,;:")
    if not text or grammar is None:
        return Point(Shape.PHRASE, text) if text else NOTHING
    text = _without(text, grammar["highlight_openings"])
    first = _first(text)
    if _subject_is_i(text, grammar):
        return Point(Shape.SENTENCE, _sentence(text))
    counted = any(character.isdigit() for character in "".join(text.split()[1:2]))
    if (first in grammar["am"] and not counted) or text.split()[-1].casefold() in grammar["am_ends"]:
        return Point(Shape.SENTENCE, _sentence(f"I am {_small(text, grammar, sure=first in grammar['am'])}"))
    if _is_done(text, grammar):
        return Point(Shape.SENTENCE, _sentence(f"I {_small(text, grammar, sure=True)}"))
    if any(re.search(pattern, text, re.IGNORECASE) for pattern in grammar["have"]):
        return Point(Shape.SENTENCE, _sentence(f"I have {_small(text, grammar, sure=True)}"))
    return Point(Shape.PHRASE, _small(text, grammar))


# --- notes ---


def _note(piece: str, grammar: Mapping[str, Any]) -> Point:
    ended = piece.strip(_QUOTES).endswith(".") and piece[:1].isupper()
    bare = piece.strip(_QUOTES).rstrip(" .!?,;:").strip(_QUOTES)
    text = _to_them(_without(bare, [*grammar["said_openings"], *grammar["note_openings"]]), grammar)
    first = _first(text)
    if not first:
        return NOTHING
    told = bool(_without(bare, grammar["said_openings"]) != bare) or first == "that"
    if first == "that" and len(text.split()) > 3:
        text = text.partition(" ")[2]
        first = _first(text)
    if _subject_is_i(text, grammar):
        return Point(Shape.SENTENCE, _sentence(text))
    if first in grammar["questions"]:
        text = _small(text, grammar, sure=True)
        return Point(Shape.PHRASE, str(grammar["asked"]).format(text) if piece.rstrip(_QUOTES).endswith("?") else text)
    if first in grammar["am"]:
        return Point(Shape.SENTENCE, _sentence(f"I am {_small(text, grammar, sure=True)}"))
    if _is_clause(text, grammar, ended=ended) or (told and len(text.split()) > 2):
        return Point(Shape.CLAUSE, _small(text, grammar))
    if _is_done(text, grammar):
        return Point(Shape.SENTENCE, _sentence(f"I {_small(text, grammar, sure=True)}"))
    return Point(Shape.PHRASE, _listed(_small(text, grammar), grammar))


def _is_clause(text: str, grammar: Mapping[str, Any], *, ended: bool = False) -> bool:
    """Whether somebody does something in it: a subject, then a verb that is no relative one's. `ended`: it was written
    with a capital and a full stop, so that "plans" or "moves" is more likely a verb than a noun."""
    plain = [_fold(word) for word in _WORDS.findall(text)]
    if not plain:
        return False
    if plain[0] in grammar["subjects"]:
        return len(plain) > 1
    for index, word in enumerate(plain):
        if word in grammar["relatives"]:
            return False
        if index and (word in grammar["verbs"] or word.endswith(("'re", "'ve", "'ll"))):
            return True
        following = plain[index + 1] if index + 1 < len(plain) else ""
        verbal = (ended and index < 4) or following in grammar["after_verb_only"]
        if index and verbal and word in grammar["nouns_too"] and plain[index - 1] not in grammar["determiners"]:
            return True
    return False


def _to_them(text: str, grammar: Mapping[str, Any]) -> str:
    """What the user noted about "them" as it is said to them: "they are" and "you are" share their verb."""
    plain = {_fold(word) for word in _WORDS.findall(text)}
    starts = _first(text).partition("'")[0]
    asks = starts in grammar["questions"] and plain & set(grammar["them"])
    if starts not in grammar["them"] and not plain & set(grammar["theirs"]) and not asks:
        return text
    if starts not in grammar["them"] and plain & {"i", *grammar["i"]} - {"my"}:
        return text
    turned = grammar["turned"]

    def turn(match: re.Match[str]) -> str:
        word, found = match.group(), turned.get(_fold(match.group()), "")
        return found.capitalize() if found and word[0].isupper() else (found or word)

    return re.sub(r"\b(?:they|them|their|theirs|themselves)\b", turn, text, flags=re.IGNORECASE)


def _whole(point: Point, grammar: Mapping[str, Any]) -> str:
    """A point of several as a sentence of its own."""
    if point.shape is Shape.SENTENCE:
        return point.text
    form = grammar["whole_clause" if point.shape is Shape.CLAUSE else "whole_phrase"]
    return str(form).format(point.text)


def _few(pieces: Sequence[str]) -> Sequence[str]:
    """The first sentences that stay within the length of a note, at least one."""
    count = 0
    for index, piece in enumerate(pieces):
        count += len(piece.split())
        if count > MOST_WORDS:
            return pieces[: max(index, 1)]
    return pieces


# --- shapes ---


def _subject_is_i(text: str, grammar: Mapping[str, Any]) -> bool:
    plain = [_fold(word) for word in _WORDS.findall(text)]
    if not plain:
        return False
    if plain[0].partition("'")[0] in grammar["i"]:
        return len(plain) > 1
    return plain[0] == "my" and _is_clause(text, grammar)


def _is_done(text: str, grammar: Mapping[str, Any]) -> bool:
    """Whether it is a sentence whose "I" was left out: "led a team of six", "loved how calm it was"."""
    plain = [_fold(word) for word in _WORDS.findall(text)]
    if len(plain) < 2 or (plain[0] not in grammar["done"] and not plain[0].endswith("ed")):
        return False
    if plain[0] in grammar["felt"]:
        return True
    return plain[1] in grammar["after_verb"] or plain[1][:1].isdigit() or (plain[1].endswith("ing") and len(plain) > 2)


def _listed(text: str, grammar: Mapping[str, Any]) -> str:
    """A phrase, or several between commas, with the articles they need and an "and" before the last."""
    items = text.split(", ")
    short = all(len(item.split()) <= 6 for item in items)
    if len(items) == 1 or not short or any(_fold(w) in grammar["joiners"] for item in items for w in item.split()):
        return _with_article(text, grammar)
    whole = [_with_article(_small(item, grammar), grammar) for item in items]
    return f"{', '.join(whole[:-1])} {grammar['joiners'][0]} {whole[-1]}"


def _with_article(text: str, grammar: Mapping[str, Any]) -> str:
    """A phrase of one thing with its article: "move to the new depot" becomes "the move to the new depot"."""
    words = text.split()
    plain = [_fold(word) for word in words]
    if len(words) < 2 or not words[0][:1].islower():
        return text
    if plain[0] in grammar["determiners"] or plain[0].endswith(("ing", "'s")) or plain[0][:1].isdigit():
        return text
    at = next((i for i, word in enumerate(plain[1:5], 1) if word in grammar["prepositions"]), len(plain))
    head = plain[at - 1]
    many = head.endswith("s") and not head.endswith(("ss", "us", "is"))
    if any(word in grammar["joiners"] or words[i].endswith(",") for i, word in enumerate(plain)):
        return text
    if many and at == len(plain):
        return text
    return text if head.endswith("ing") and at == len(plain) else f"{grammar['article']} {text}"


# --- words ---


def _plain(written: str) -> str:
    """What was typed as one line: no bullets, pictures, quotation marks round it, dashes or exclamations."""
    lines = [_BULLET.sub("", line) for line in written.splitlines()]
    joined = ""
    for line in filter(None, map(str.strip, lines)):
        gap = "" if not joined else " " if joined.endswith((".", "!", "?", ",", ";", ":")) else ", "
        joined += gap + line
    text = _PICTURES.sub("", clean(joined))
    text = _DASH.sub(", ", text).replace("!", ".")
    if not any(character.isalnum() for character in text):
        return ""
    return re.sub(r"\.{2,}", ".", re.sub(r"\s+([.,;:?])", r"\1", " ".join(text.split()))).strip(_QUOTES)


def _without(text: str, openings: Sequence[str]) -> str:
    """The text without the words in which users lead up to the point ("we talked about")."""
    for _ in range(3):
        for opening in openings:
            rest = re.sub(rf"^(?:{opening})\b[\s:,]*", "", text, count=1, flags=re.IGNORECASE)
            if rest != text and rest.strip():
                text = rest.strip()
                break
        else:
            return text
    return text


def _sentence(text: str) -> str:
    text = re.sub(r"(?<![\w'\u2019])i(?=['\u2019 ])", "I", text)
    return f"{text[:1].upper()}{text[1:]}."


def _small(text: str, grammar: Mapping[str, Any], *, sure: bool = False) -> str:
    """The text as it stands within a sentence: a small first letter, but for names and what is written in capitals."""
    first, _, rest = text.partition(" ")
    letters = [letter for letter in first if letter.isalpha()]
    if not letters or not first[0].isupper() or any(letter.isupper() for letter in letters[1:]):
        return text
    plain = _fold(first)
    if plain.endswith("'s") and plain not in grammar["subjects"]:
        return text
    common = sure or plain in grammar["common"] or plain in grammar["determiners"] or plain in grammar["subjects"]
    if common or (plain.endswith("ing") and len(plain) > 5 and rest[:1].islower()):
        return f"{first[0].lower()}{first[1:]}{' ' if rest else ''}{rest}"
    return text


def _first(text: str) -> str:
    found = _WORDS.search(text)
    return _fold(found.group()) if found else ""


def _fold(word: str) -> str:
    return word.casefold().replace("\u2019", "'").strip(".")
