"""Takes the signature off: title, phone and address. The sign-off and the closing name stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.message.lines import PUNCTUATION, Ending, paragraphs_of, strip_blank
from watcher.message.marks import Marks, fold

DELIMITER = re.compile(r"^\s*(?:--|—|–|-- -|\*--\*)\s*$")
LOOSE_DELIMITER = re.compile(r"^\s*(?:[-_=*]{2,}|—{2,})\s*$")
CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d\s().-]{7,}|\|")
NAME_WORD = re.compile(r"^[^\W\d_][\w.'’-]*$")
SIGNATURE_LINES = 40
TAIL_LINES = 30
NAME_LENGTH = 50


def take_signature(lines: list[str], marks: Marks, writer: str, ending: Ending) -> list[str]:
    """The lines without their signature, which goes to `ending`. `writer` is the sender's display name or ""."""
    return _take_below_name(_take_device(lines, marks, ending), marks, writer, ending)


def _take_device(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """ "Sent from my phone" among the last lines."""
    words = [index for index, line in enumerate(lines) if line.strip()][-4:]
    taken = {index for index in words if _is_device(lines[index], marks)}
    if not taken:
        return lines
    first = min(taken)
    ending.signature.extend(lines[index] for index in sorted(taken))
    kept = [line for index, line in enumerate(lines) if index not in taken]
    return strip_blank(kept) if first else kept


def _is_device(line: str, marks: Marks) -> bool:
    text = fold(line).strip(PUNCTUATION + "([<")
    return len(text) < 120 and text.startswith(marks.device)


def _take_below_name(lines: list[str], marks: Marks, writer: str, ending: Ending) -> list[str]:
    cut = _delimiter(lines)
    if cut is not None:
        kept, tail = lines[:cut], lines[cut + 1 :]
        back, rest = _arrangement(tail, marks)
        ending.signature[:0] = rest
        return [*_after_name(strip_blank(kept), marks, writer, ending), *(["", *back] if back else [])]
    return _after_name(lines, marks, writer, ending)


def _delimiter(lines: Sequence[str]) -> int | None:
    """The line "-- " (RFC 3676 section 4.3), or a looser rule above lines of contact."""
    for index in range(max(0, len(lines) - SIGNATURE_LINES), len(lines)):
        line = lines[index]
        if DELIMITER.match(line):
            return index
        if LOOSE_DELIMITER.match(line):
            tail = [one for one in lines[index + 1 :] if one.strip()]
            if (
                0 < len(tail) <= 12
                and all(len(one) < 90 for one in tail)
                and any(CONTACT.search(one) for one in tail[:8])
            ):
                return None if any(one.rstrip().endswith((".", "?")) and len(one) > 40 for one in tail) else index
    return None


def _after_name(lines: list[str], marks: Marks, writer: str, ending: Ending) -> list[str]:
    """Cut below the closing name: the sign-off and the name stay, title, phone and address go."""
    # The first line greets ("Thanks Dana,"), unless it is all there is.
    start = max(1, len(lines) - TAIL_LINES) if len(lines) > 1 else 0
    for index in range(len(lines) - 1, start - 1, -1):
        line = lines[index].strip()
        if not line or len(line) > 80:
            continue
        kind = _sign_off(line, marks)
        if kind is None:
            continue
        name = index if kind == "named" else _name_below(lines, index, marks)
        if name is None:
            continue
        return _cut_below(lines, name, marks, ending)
    named = _writer_line(lines, writer)
    if named is not None and (_looks_like_contact(lines[named + 1 :], marks) or _is_affiliation(lines[named + 1 :])):
        return _cut_below(lines, named, marks, ending)
    return lines


def _sign_off(line: str, marks: Marks) -> str | None:
    """ "alone" for "Best regards,", "named" for "Best regards, Dana", None for anything else."""
    text = fold(line).strip(PUNCTUATION)
    if text in marks.sign_offs:
        return "alone"
    head, comma, rest = line.replace("!", ",").partition(",")
    if comma and fold(head).strip(PUNCTUATION) in marks.sign_offs and _is_name(rest.strip(PUNCTUATION)):
        return "named"
    words = text.split()
    for count in range(min(5, len(words) - 1), 0, -1):
        if " ".join(words[:count]).rstrip(",") in marks.sign_offs:
            rest = " ".join(line.split()[count:]).strip(PUNCTUATION)
            return "named" if _is_name(rest) and len(rest.split()) <= 3 else None
    return None


def _name_below(lines: Sequence[str], index: int, marks: Marks) -> int | None:
    """The line of the name under a sign-off; the sign-off itself where nothing follows or no name does."""
    for place in range(index + 1, min(index + 5, len(lines))):
        line = lines[place].strip()
        if not line:
            continue
        if _sign_off(line, marks) == "alone" or fold(line).strip(PUNCTUATION) in marks.by_order:
            index = place  # "Many thanks," above "Kind regards,"; "Im Auftrag" above the name
            continue
        if _is_name_line(line, marks):
            return place
        return index if _looks_like_contact(lines[place:], marks) else None
    return index


def _is_name_line(line: str, marks: Marks) -> bool:
    """A name, alone or before a title on the same line; no sentence, however short ("Monday then.")."""
    if len(line) > 100 or (line[-1] in ".!?" and len(line.split()) > 1 and len(line.split()[-1]) > 4):
        return False
    text = re.split(r"[|,•·/(]| [-–—] ", line)[0].strip(PUNCTUATION)
    for words in marks.by_order:
        if fold(text).startswith(f"{words} "):
            text = " ".join(text.split()[len(words.split()) :])
    return _is_name(text)


def _is_name(text: str) -> bool:
    words = text.split()
    if not 0 < len(words) <= 5 or len(text) > NAME_LENGTH:
        return False
    if not all(NAME_WORD.match(word.strip('()"“”')) for word in words if word not in ("&", "-")):
        return False
    return words[0][:1].isupper() or not words[0].isascii() or len(words) == 1


def _writer_line(lines: Sequence[str], writer: str) -> int | None:
    """The last line that is the sender's name, whole or the first name alone."""
    names = {fold(writer)} | {fold(writer).split(" ")[0]} if writer else set()
    names = {name for name in names if len(name) > 1 and "@" not in name}
    if not names:
        return None
    for index in range(len(lines) - 1, max(0, len(lines) - TAIL_LINES), -1):
        text = fold(lines[index]).strip(PUNCTUATION)
        if text in names or fold(re.split(r"[|,•·]| - ", lines[index])[0]).strip(PUNCTUATION) in names:
            return index
    return None


def _looks_like_contact(lines: Sequence[str], marks: Marks) -> bool:
    """Short lines, none of them a sentence, of which one is a title or a way to reach somebody."""
    words = [line.strip() for line in lines if line.strip()]
    if not words or len(words) > 15:
        return False
    if any(len(line) > 100 or (line.endswith((".", "?", "!")) and len(line.split()) > 6) for line in words):
        return False
    return any(_is_contact_line(line, marks) for line in words)


def _is_affiliation(lines: Sequence[str]) -> bool:
    """A few short lines such as "Acme, Newcastle": an employer or a place, no sentence and no hour."""
    words = [line.strip() for line in lines if line.strip()]
    return 0 < len(words) <= 4 and all(
        len(line) < 70 and line[0].isupper() and line[-1] not in ".?!:" and not any(sign.isdigit() for sign in line)
        for line in words
    )


def _is_contact_line(line: str, marks: Marks) -> bool:
    text = fold(line).strip("*_ ")
    if not text:
        return False
    if text.startswith(marks.contact) or CONTACT.search(text):
        return True
    first = text.split(" ", 1)[0]
    if first.rstrip(":.") in marks.contact_labels and (first[-1] in ":." or any(sign.isdigit() for sign in text)):
        return True
    return any(word.strip(PUNCTUATION + "()") in marks.titles for word in text.split())


def _cut_below(lines: list[str], name: int, marks: Marks, ending: Ending) -> list[str]:
    own = lines[: name + 1]
    tail = lines[name + 1 :]
    signature_first: list[str] = []
    line = lines[name]
    parts = re.split(r"\s*(?:[|•·]|, | [-–—] )\s*", line.strip(), maxsplit=1)
    if len(parts) == 2 and _is_name(parts[0]) and _is_contact_line(parts[1], marks) and _sign_off(line, marks) is None:
        own[-1] = parts[0]
        signature_first = [line]
    back, rest = _arrangement(tail, marks)
    ending.signature[:0] = [*signature_first, *rest]
    return [*own, *(["", *back] if back else [])]


def _arrangement(tail: Sequence[str], marks: Marks) -> tuple[list[str], list[str]]:
    """What below a name is still the writer's message (a postscript, the details of a meeting, plain sentences), and
    the rest."""
    back: list[str] = []
    rest: list[str] = []
    contact_seen = False
    for first, last in paragraphs_of(tail):
        block = list(tail[first:last])
        text = fold(" ".join(block))
        if text.startswith(marks.postscripts) or _is_meeting(block, marks) or (not contact_seen and _is_prose(text)):
            back.extend(([""] if back else []) + block)
            continue
        contact_seen = contact_seen or any(_is_contact_line(line, marks) for line in block)
        rest.extend(([""] if rest else []) + block)
    return back, rest


def _is_meeting(block: Sequence[str], marks: Marks) -> bool:
    for line in block:
        text = fold(line).strip("*_- ")
        if any(mark in text if not mark.endswith(":") else text.startswith(mark) for mark in marks.meeting):
            return True
    return False


def _is_prose(text: str) -> bool:
    return len(text.split()) > 8 and text.rstrip(')"”').endswith((".", "?", "!"))
