"""Takes the ending off what a writer wrote: signature, legal footer, lines of programs. The closing name stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from watcher.message.marks import Marks, fold

DELIMITER = re.compile(r"^\s*(?:--|—|–|-- -|\*--\*)\s*$")
LOOSE_DELIMITER = re.compile(r"^\s*(?:[-_=*]{2,}|—{2,})\s*$")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d\s().-]{7,}|\|")
NAME_WORD = re.compile(r"^[^\W\d_][\w.'’-]*$")
SIGNATURE_LINES = 40
TAIL_LINES = 30
NAME_LENGTH = 50
PUNCTUATION = " \t,.!;:-–—*_~"


@dataclass(slots=True)
class Ending:
    """What was taken off, in the order of the text."""

    signature: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)


def take_off(lines: Sequence[str], marks: Marks, writer: str, ending: Ending) -> list[str]:
    """The lines without their ending, which goes to `ending`. `writer` is the sender's display name or ""."""
    own = _strip_blank(lines)
    if not own:
        return []
    own = _take_banners(own, marks, ending)
    own = _take_legal(own, marks, ending)
    own = _take_closing(own, marks, ending)
    own = _take_device(own, marks, ending)
    own = _take_signature(own, marks, writer, ending)
    return _strip_blank(own)


def _strip_blank(lines: Sequence[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return list(lines[start:end])


def _contains(text: str, phrases: Sequence[str]) -> bool:
    for phrase in phrases:  # noqa: SIM110 - twice as fast as any(), and asked of every paragraph
        if phrase in text:
            return True
    return False


def _paragraphs(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The places of the blocks between blank lines."""
    found: list[tuple[int, int]] = []
    start = -1
    for index, line in enumerate(lines):
        if line.strip():
            start = index if start < 0 else start
        elif start >= 0:
            found.append((start, index))
            start = -1
    if start >= 0:
        found.append((start, len(lines)))
    return found


# --- footers --------------------------------------------------------------------------------------


def _take_banners(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """What a mail gateway put above or below the text."""
    start = 0
    for first, last in _paragraphs(lines)[:3]:
        if last - first > 6 or not _contains(fold(" ".join(lines[first:last])), marks.banners):
            break
        marked = [index for index in range(first, last) if _contains(fold(lines[index]), marks.banners)]
        start = (marked[-1] + 1) if marked and marked[-1] + 1 < last else last
        if last == len(lines):
            start = (marked[-1] + 1) if marked else last
    ending.footer.extend(lines[:start])
    own = _strip_blank(lines[start:])
    paragraphs = _paragraphs(own)
    if len(paragraphs) > 1 and _contains(fold(" ".join(own[slice(*paragraphs[-1])])), marks.banners):
        ending.footer.extend(own[paragraphs[-1][0] :])
        own = _strip_blank(own[: paragraphs[-1][0]])
    return own


def _take_legal(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """From the first legal paragraph on; those at the very top go alone."""
    if not _contains(fold(" ".join(lines)), marks.legal):
        return lines
    paragraphs = _paragraphs(lines)
    top = 0
    for number, (first, last) in enumerate(paragraphs):
        if not _contains(fold(" ".join(lines[first:last])), marks.legal):
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
        return _strip_blank(lines[paragraphs[top][0] : start])
    ending.footer.extend(lines[: paragraphs[top][0]])
    return _strip_blank(lines[paragraphs[top][0] :])


def _is_heading(lines: Sequence[str], marks: Marks) -> bool:
    return len(lines) == 1 and fold(lines[0]).strip(PUNCTUATION) in marks.headings


def _legal_start(lines: Sequence[str], first: int, last: int, marks: Marks) -> int:
    """Contact lines may stand right above a legal text; it begins with its first long or telling line."""
    for index in range(first, last):
        line = lines[index]
        if len(line) > 60 or _contains(fold(line), marks.legal):
            return index
    return first


def _take_closing(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """Paragraph by paragraph from the end, as long as they are what machines and companies put there."""
    if not _contains(fold(" ".join(lines)), marks.closing):
        return lines
    end = len(lines)
    taken: list[str] = []
    kept_tail: list[str] = []
    for first, last in reversed(_paragraphs(lines)):
        if first == 0:
            break
        text = fold(" ".join(lines[first:last]))
        if not _contains(text, marks.closing):
            if _is_trifle(text) and last - first <= 2:
                continue  # a street, a link, a row of dashes between two such paragraphs
            break
        own, foreign = _sentences_apart(lines[first:last], marks)
        taken[:0] = foreign
        if own:
            kept_tail = own
            end = first
            break
        end = first
    if not taken:
        return lines
    passed = [line for line in lines[end:] if line not in taken and line not in kept_tail and line.strip()]
    if not kept_tail:
        taken = lines[end:]
        passed = []
    ending.footer.extend([*taken, *passed])
    return _strip_blank([*lines[:end], *kept_tail])


def _is_trifle(text: str) -> bool:
    return (
        len(text) < 60
        and not text.endswith((".", "?", "!"))
        and ("|" in text or CONTACT.search(text) is not None or not text.strip("-_=*. "))
    )


def _sentences_apart(lines: Sequence[str], marks: Marks) -> tuple[list[str], list[str]]:
    """The writer's own sentences and the footer's, of one paragraph; all is footer where little else is said."""
    if len(lines) > 1:
        split = [(line, _contains(fold(line), marks.closing)) for line in lines]
        if not any(foreign for _, foreign in split):  # the phrase runs over a line end
            return [], list(lines)
    else:
        split = [(sentence, _contains(fold(sentence), marks.closing)) for sentence in SENTENCE.split(lines[0])]
    own = [text for text, foreign in split if not foreign]
    foreign = [text for text, foreign in split if foreign]
    if sum(map(len, own)) <= 1.5 * sum(map(len, foreign)) or sum(map(len, own)) < 50:
        return [], list(lines)
    return ([" ".join(own)] if len(lines) == 1 else own), foreign


def _take_device(lines: list[str], marks: Marks, ending: Ending) -> list[str]:
    """ "Sent from my phone" among the last lines."""
    words = [index for index, line in enumerate(lines) if line.strip()][-4:]
    taken = {index for index in words if _is_device(lines[index], marks)}
    if not taken:
        return lines
    first = min(taken)
    ending.signature.extend(lines[index] for index in sorted(taken))
    kept = [line for index, line in enumerate(lines) if index not in taken]
    return _strip_blank(kept) if first else kept


def _is_device(line: str, marks: Marks) -> bool:
    text = fold(line).strip(PUNCTUATION + "([<")
    return len(text) < 120 and text.startswith(marks.device)


# --- signatures -----------------------------------------------------------------------------------


def _take_signature(lines: list[str], marks: Marks, writer: str, ending: Ending) -> list[str]:
    cut = _delimiter(lines)
    if cut is not None:
        kept, tail = lines[:cut], lines[cut + 1 :]
        back, rest = _arrangement(tail, marks)
        ending.signature[:0] = rest
        return [*_after_name(_strip_blank(kept), marks, writer, ending), *(["", *back] if back else [])]
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
    if named is not None and _looks_like_contact(lines[named + 1 :], marks):
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


def _is_contact_line(line: str, marks: Marks) -> bool:
    text = fold(line).strip("*_ ")
    if text.startswith(marks.contact) or CONTACT.search(text):
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
    for first, last in _paragraphs(tail):
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
