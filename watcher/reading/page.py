"""Where names stand in a message: its subject, the greeting, the running text and the closing, told apart once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.message.model import Message
from watcher.reading.namebook import Namebook, fold, lowered

LONGEST_TEXT = 12_000  # characters of new text that are looked at for names
CLOSING_LINES = 14

_REPLY = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|sv|vs|antw|tr|automatic reply|auto|out of office|auto-reply|read|updated|accepted|declined|"
    r"canceled|cancelled|external|ext)\s?(?:\[\d\])?:|\[[^\]]{1,20}\])\s*",
    re.I,
)
_AFTER_NAME = re.compile(r"\s*(?:,|\||\u2022|\u00b7| [-\u2013\u2014/@] | in |\()\s*")
_DECORATION = re.compile("[\u2190-\u2bff\ufe0f\u200b-\u200f\U0001f000-\U0001faff]+")
_SPACES = re.compile(r"[ \t\u00a0]+")
_EDGES = " \t,.;:!?-\u2013\u2014*_|•·~>\"'()[]<"


@dataclass(frozen=True, slots=True)
class Page:
    """A message as a searcher of names sees it.

    `body` are the running lines (with the greeting), `closing` the lines from the
    writer's name or "Kind regards" on, signature included. `text` is `body` in one string, lines parted by "\\n";
    `low` is the same in lower case.
    """

    subject: str
    body: tuple[str, ...]
    closing: tuple[str, ...]
    text: str
    low: str = ""
    quoted: str = ""


def page_of(message: Message, author: str, book: Namebook) -> Page:
    """The page of `message`. `author` is the writer's name as the From field has it, "" where that is no person."""
    subject = plain_subject(message.header.subject)
    if message.body is None:
        return Page(subject, (), (), "")
    new = _lines(message.body.new[:LONGEST_TEXT])
    signature = _lines(message.body.signature[:2000])
    new, card = _without_card(new, author)
    start = _closing_start(new, author, book)
    body, closing = _joined(new[:start]), (*new[start:], *card, *signature)
    if start == len(new) and body:
        body, closing = _closing_on_last_line(body, closing, author, book)
    quoted = (message.body.quoted or message.body.forwarded)[:4000]
    text = "\n".join(body)
    return Page(subject, body, closing, text, lowered(text), quoted)


def plain_subject(subject: str) -> str:
    """The subject without "Re:", "Fwd:", tags in brackets and decoration."""
    subject = _SPACES.sub(" ", _plain(subject[:300])).strip()
    for _ in range(6):
        shorter = _REPLY.sub("", subject)
        if shorter == subject:
            break
        subject = shorter
    return subject


def _plain(text: str) -> str:
    """A text without decoration."""
    return text if text.isascii() else _DECORATION.sub(" ", text)


def bare(text: str) -> str:
    """`text` without punctuation at its edges."""
    return text.strip(_EDGES)


def _lines(text: str) -> list[str]:
    clean = _SPACES.sub(" ", _plain(text).replace("**", ""))
    return [line for raw in clean.split("\n") if (line := raw.strip(" *_\r"))]


def _without_card(lines: list[str], author: str) -> tuple[list[str], list[str]]:
    """Parts off the lines in which a relay presents the writer above their words (name, then title and firm)."""
    if not author or not lines or not fold(lines[0]).startswith(fold(author)) or len(lines) < 3:
        return lines, []
    end = 2 if len(lines[0]) < len(author) + 4 and len(lines[1]) < 80 and lines[1][-1] not in ".,!?" else 1
    return lines[end:], lines[:end]


def _joined(lines: list[str]) -> tuple[str, ...]:
    """Lines that were broken by wrapping, put together again."""
    joined: list[str] = []
    broken = False
    for line in lines:
        if broken:
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
        broken = len(line) >= 60 and line[-1] not in ".:!?"
    return tuple(joined)


def _closing_start(lines: list[str], author: str, book: Namebook) -> int:
    """The index of the first line of the closing, the number of lines where there is none."""
    first = max(1, len(lines) - (CLOSING_LINES if author else 4))
    for index in range(first, len(lines)):
        if _closes(lines[index], author, book):
            return index
    return len(lines)


def _closes(line: str, author: str, book: Namebook) -> bool:
    if len(line) > 90:
        return False
    words = bare(line).split()
    if not words:
        return line[:2] in ("--", "__")
    first = fold(bare(words[0]))
    if first in book.people.closings and len(words) <= 5 and line[-1] not in ".?:":
        return len(words) > 1 or line[-1] in ",!" or first not in ("x", "m", "love", "best")
    if line.endswith(("?", ":")):
        return False
    return _is_author(words, first, author) if author else _is_someone(line, words, book)


def _is_someone(line: str, words: list[str], book: Namebook) -> bool:
    """Whether a line of a desk's mail is a person's name, with a title or firm behind it perhaps."""
    name = [bare(word) for word in _AFTER_NAME.split(line, maxsplit=1)[0].split()]
    if not 0 < len(name) <= 3 or not all(word[:1].isupper() and len(word) > 1 and not word.isupper() for word in name):
        return False
    plain = [fold(word) for word in name]
    if any(word in book.not_names or word in book.firms.firm_words or word in book.jobs.heads for word in plain):
        return plain[0] in book.people.given and len(name) == 1 and len(words) < 8
    return len(words) < 8 and (len(name) < len(words) or line[-1] not in ".!") and plain[0] not in book.places


def _is_author(words: list[str], first: str, author: str) -> bool:
    """Whether a line begins with the writer's own name, or is their initials."""
    names = [name for name in fold(author).replace("-", " ").split() if name]
    if not names:
        return False
    if first in names or any(len(first) >= 3 and name.startswith(first) for name in names[:1]):
        return len(words) < 9 and not (
            len(words) > 2 and words[1][:1].islower() and words[1] not in ("in", "x", "van", "de")
        )
    initials = "".join(name[0] for name in names)
    squeezed = first.replace(".", "").replace("-", "")
    if len(words) <= 2 and squeezed and (squeezed == initials or squeezed in initials[:1] + initials[-1:]):
        return True
    return len(words) == 2 and squeezed == initials[0] and fold(bare(words[1])) == names[-1]


def _closing_on_last_line(
    body: tuple[str, ...], closing: tuple[str, ...], author: str, book: Namebook
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Parts "... see you then. Rosa, Acme" into the running text and the name that closes it."""
    last = body[-1]
    at = _signed_at(last, author, book)
    if at <= 0:
        return body, closing
    kept = last[:at].rstrip(" -\u2013\u2014")
    return ((*body[:-1], kept) if kept else body[:-1]), (last[at:].lstrip(" -\u2013\u2014"), *closing)


def _signed_at(line: str, author: str, book: Namebook) -> int:
    """Where in its last line a message is signed; -1 where it is not."""
    tail_from = max(0, len(line) - 110)
    best = -1
    names = author.split()
    if names:
        found = (
            fold(line[tail_from:]).rfind(fold(names[0]))
            if len(fold(line)) == len(line)
            else line[tail_from:].rfind(names[0])
        )
        best = tail_from + found if found >= 0 else -1
    if best <= 0:
        end = max(line.rfind(mark, tail_from, len(line) - 3) for mark in (". ", "! ", "? ", ") ", " - ", " \u2013 "))
        best = end + 2 if end > 0 else -1
        if best > 0 and line[best] in "-\u2013":
            best += 1
        words = line[best:].split() if best > 0 else []
        if words and len(words) <= 6 and fold(bare(words[0])) in book.people.closings and words[-1][0].isupper():
            return best
        if names and not (words and _is_author(words, fold(bare(words[0])), author)):
            return -1
    if best <= 0 or not _looks_signed(line[best:], bool(names), book):
        return -1
    before = line[:best].rstrip()
    word = fold(bare(before.split()[-1])) if before else ""
    if (
        not before
        or before[-1] in ".!?,;:)-\u2013\u2014"
        or word in book.people.closings
        or before.endswith(("xx", " x"))
    ):
        return best
    return -1


def _looks_signed(tail: str, named: bool, book: Namebook) -> bool:
    """Whether a tail is a name with at most a title and a firm, and no sentence."""
    words = tail.split()
    if len(words) > 12 or tail.endswith("?"):
        return False
    small = sum(
        1
        for word in words
        if word[0].islower() and fold(bare(word)) not in ("of", "and", "the", "for", "in", "at", "x", "xx")
    )
    if small > (2 if named else 0):
        return False
    first = fold(bare(words[0]))
    return named or (
        first not in book.not_names
        and (first in book.people.given or len(words) > 1)
        and words[0][0].isupper()
        and len(words) <= 7
    )
