"""Takes off what no writer wrote: the banners of mail gateways, legal text, the closing lines of machines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.message.lines import PUNCTUATION, Ending, contains, paragraphs_of, strip_blank
from watcher.message.marks import Marks, fold

SENTENCE = re.compile(r"(?<=[.!?])\s+")
LINK = re.compile(r"@|https?://|www\.|\+?\d[\d\s().-]{7,}")


def take_footers(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """The lines without banners, legal text and closing lines, which go to `ending.footer`."""
    own = _take_banners(lines, marks, ending)
    own = _take_legal(own, marks, ending)
    return _take_closing(own, marks, ending)


def _take_banners(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """What a mail gateway put above or below the text."""
    start = 0
    for first, last in paragraphs_of(lines)[:3]:
        if last - first > 6 or not contains(fold(" ".join(lines[first:last])), marks.banners):
            break
        marked = [index for index in range(first, last) if contains(fold(lines[index]), marks.banners)]
        start = (marked[-1] + 1) if marked and marked[-1] + 1 < last else last
        if last == len(lines):
            start = (marked[-1] + 1) if marked else last
    ending.footer.extend(lines[:start])
    own = strip_blank(lines[start:])
    paragraphs = paragraphs_of(own)
    if len(paragraphs) > 1 and contains(fold(" ".join(own[slice(*paragraphs[-1])])), marks.banners):
        ending.footer.extend(own[paragraphs[-1][0] :])
        own = strip_blank(own[: paragraphs[-1][0]])
    return own


def _take_legal(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """From the first legal paragraph on; those at the very top go alone."""
    if not contains(fold(" ".join(lines)), marks.legal):
        return lines
    paragraphs = paragraphs_of(lines)
    top = 0
    for number, (first, last) in enumerate(paragraphs):
        if not contains(fold(" ".join(lines[first:last])), marks.legal):
            continue
        start = _legal_start(lines, first, last, marks)
        if number == top and start == first and number + 1 < len(paragraphs):
            top += 1
            continue
        if number == top and start == first:
            break  # nothing but legal text: then it is what the mail says
        if number > top + 1 and start == first and _is_heading(lines[slice(*paragraphs[number - 1])], marks):
            start = paragraphs[number - 1][0]
        ending.footer.extend([*lines[: paragraphs[top][0]], *lines[start:]])
        return strip_blank(lines[paragraphs[top][0] : start])
    ending.footer.extend(lines[: paragraphs[top][0]])
    return strip_blank(lines[paragraphs[top][0] :])


def _is_heading(lines: Sequence[str], marks: Marks) -> bool:
    return len(lines) == 1 and fold(lines[0]).strip(PUNCTUATION) in marks.headings


def _legal_start(lines: Sequence[str], first: int, last: int, marks: Marks) -> int:
    """Contact lines may stand right above a legal text; it begins with its first long or telling line."""
    for index in range(first, last):
        line = lines[index]
        if len(line) > 60 or contains(fold(line), marks.legal):
            return index
    return first


def _take_closing(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """Paragraph by paragraph from the end, as long as they are what machines and companies put there."""
    if not contains(fold(" ".join(lines)), marks.closing):
        return lines
    end = len(lines)
    for first, last in reversed(paragraphs_of(lines)):
        if first == 0:
            break
        text = fold(" ".join(lines[first:last]))
        if not contains(text, marks.closing):
            if _is_trifle(text) and last - first <= 2:
                continue  # a street, a link, a row of dashes between two such paragraphs
            break
        own, foreign = _sentences_apart(lines[first:last], marks)
        if own:
            ending.footer.extend([*foreign, *lines[last:]])
            return [*lines[:first], *own]
        end = first
    ending.footer.extend(lines[end:])
    return strip_blank(lines[:end])


def _is_trifle(text: str) -> bool:
    return (
        len(text) < 60
        and not text.endswith((".", "?", "!"))
        and ("|" in text or LINK.search(text) is not None or not text.strip("-_=*. "))
    )


def _sentences_apart(lines: Sequence[str], marks: Marks) -> tuple[list[str], list[str]]:
    """The writer's own sentences and the footer's, of one paragraph; all is footer where little else is said."""
    if len(lines) > 1:
        split = [(line, contains(fold(line), marks.closing)) for line in lines]
        if not any(foreign for _, foreign in split):  # the phrase runs over a line end
            return [], list(lines)
    else:
        split = [(sentence, contains(fold(sentence), marks.closing)) for sentence in SENTENCE.split(lines[0])]
    own = [text for text, foreign in split if not foreign]
    foreign = [text for text, foreign in split if foreign]
    if sum(map(len, own)) <= 1.5 * sum(map(len, foreign)) or sum(map(len, own)) < 50:
        return [], list(lines)
    return ([" ".join(own)] if len(lines) == 1 else own), foreign
