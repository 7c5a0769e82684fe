"""Tells the lines a writer wrote now from those of earlier mail, quoted or passed on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from watcher.message.marks import Marks, fold

ATTRIBUTION_LINES = 5
ATTRIBUTION_LENGTH = 600
BLOCK_LINES = 14  # a quoted header may carry many recipients
COLONS = (":", "：")
DECORATION = "*_-=#>|~ \t"
RULED = re.compile(r"^[\s*]*([-_=*#~—–]{2,})(.*?)([-_=*#~—–]{2,})?[\s*]*$")
UNDERLINE = re.compile(r"^\s*[-_=*—]{5,}\s*$")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
DIGIT = re.compile(r"\d")


class Voice(Enum):
    """Who speaks in a run of lines."""

    NEW = auto()
    QUOTED = auto()
    FORWARDED = auto()


@dataclass(slots=True)
class Run:
    """Consecutive lines of one voice."""

    voice: Voice
    lines: list[str]


def divide(lines: Sequence[str], marks: Marks, *, forward: bool, reply: bool) -> list[Run]:
    """The lines in runs by who speaks, in order, nothing lost.

    `forward` says that the subject speaks of mail passed on, `reply` that the message answers another: without either,
    a header block at the very top is the writer's own layout and no quotation.
    """
    runs: list[Run] = []
    attributions = _attributions(lines, marks)
    index = 0
    while index < len(lines):
        line = lines[index]
        if _is_quoted(line):
            end = _quoted_until(lines, index)
            _add(runs, Voice.QUOTED, lines[index:end])
            index = end
            continue
        end = attributions.get(index, 0)
        if end:
            following = _next_words(lines, end)
            if not _is_quoted(following):
                _add(runs, Voice.QUOTED, lines[index:])
                return runs
            _add(runs, Voice.QUOTED, lines[index:end])
            index = end
            continue
        voice = _cut(lines, index, marks, forward)
        if voice is not None and (forward or reply or voice is Voice.FORWARDED or _has_words(runs)):
            _move_rule(runs, voice)
            _add(runs, voice, lines[index:])
            return runs
        _add(runs, Voice.NEW, [line])
        index += 1
    return runs


def _add(runs: list[Run], voice: Voice, lines: Sequence[str]) -> None:
    if runs and runs[-1].voice is voice:
        runs[-1].lines.extend(lines)
    elif lines:
        runs.append(Run(voice, list(lines)))


def _has_words(runs: list[Run]) -> bool:
    return any(run.voice is Voice.NEW and any(line.strip(DECORATION) for line in run.lines) for run in runs)


def _move_rule(runs: list[Run], voice: Voice) -> None:
    """A line of underscores above a quoted header belongs to it."""
    if not runs or runs[-1].voice is not Voice.NEW:
        return
    own = runs[-1].lines
    end = len(own)
    while end and not own[end - 1].strip():
        end -= 1
    if end and (UNDERLINE.match(own[end - 1]) or _is_ruled(own[end - 1])):
        moved = own[end - 1 :]
        del own[end - 1 :]
        runs.append(Run(voice, moved))


def _is_ruled(line: str) -> bool:
    """Words between dashes, such as an unknown language's "Original message"."""
    found = RULED.match(line)
    return bool(found and found.group(2).strip() and found.group(3) and len(line) < 90)


# --- lines that begin with ">" --------------------------------------------------------------------


def _is_quoted(line: str) -> bool:
    text = line.lstrip(" \t")
    return text[:1] == ">" and text[:2] != ">:"  # the end of "<dana@acme.example>:", wrapped


def _quoted_until(lines: Sequence[str], start: int) -> int:
    """Where the quotation that begins at `start` ends; stray ends of wrapped quoted lines belong to it."""
    index = start
    while index < len(lines):
        if _is_quoted(lines[index]) or _is_wrapped_end(lines, index):
            index += 1
        elif not lines[index].strip() and index + 1 < len(lines) and _is_quoted(lines[index + 1]):
            index += 1  # a blank line between two quoted paragraphs
        else:
            break
    return index


def _is_wrapped_end(lines: Sequence[str], index: int) -> bool:
    """A short line in lower case straight between a long quoted line and another was wrapped by some program."""
    line = lines[index].strip()
    if not line or not line[0].islower() or index + 1 >= len(lines) or not _is_quoted(lines[index + 1]):
        return False
    before = lines[index - 1].rstrip()
    return _is_quoted(before) and len(before) >= 60 and before[-1] not in ".?!:" and len(line) < 40


def _next_words(lines: Sequence[str], start: int) -> str:
    return next((line for line in lines[start : start + 6] if line.strip()), "")


# --- "On Monday Dana wrote:" ----------------------------------------------------------------------


def _attributions(lines: Sequence[str], marks: Marks) -> dict[int, int]:
    """The lines that introduce a quotation: first line to the line after the last. They are often wrapped."""
    found: dict[int, int] = {}
    for last, line in enumerate(lines):
        end = line.rstrip(" \t*_-")
        if not end or _is_quoted(line) or not (end.endswith(COLONS) or _ends_in_verb(end, marks)):
            continue
        first = _attribution_start(lines, last, marks)
        if first is not None:
            found.setdefault(first, last + 1)
    return found


def _attribution_start(lines: Sequence[str], last: int, marks: Marks) -> int | None:
    answered = _is_quoted(_next_words(lines, last + 1))
    best: int | None = None
    dated = False
    for first in range(last, max(-1, last - ATTRIBUTION_LINES), -1):
        if not lines[first].strip() or _is_quoted(lines[first]):
            break
        joined = " ".join(line.strip() for line in lines[first : last + 1])
        if len(joined) > ATTRIBUTION_LENGTH:
            break
        text = fold(joined).strip("*_-= ")
        opened = _opens(text, marks)
        spoken = _has_verb(text, marks)
        evident = answered or "@" in text or bool(DIGIT.search(text))
        if opened and spoken and evident:
            above = lines[first - 1].rstrip() if first else ""
            if not (above.endswith(",") and _opens(fold(above), marks)):  # "On Monday," above "at 10:00, Dana wrote:"
                return first
        if last - first < 2 and _is_bare_attribution(text, spoken, answered) and (best is None or not dated):
            best, dated = first, bool(DIGIT.search(text))
    return best


def _opens(text: str, marks: Marks) -> bool:
    head = text[:24].replace(",", " ").replace(".", " ")
    words = head.split(" ", 2)
    return words[0] in marks.openers or " ".join(words[:2]) in marks.openers


def _has_verb(text: str, marks: Marks) -> bool:
    for verb in marks.verbs:
        place = text.find(verb)
        if place >= 0 and (place == 0 or not text[place - 1].isalnum() or not verb[0].isascii()):
            return True
    return False


def _ends_in_verb(line: str, marks: Marks) -> bool:
    """ "On Monday, Dana <dana@...> wrote" without a colon."""
    return "@" in line and fold(line[-30:]).endswith(marks.verbs) and YEAR.search(line) is not None


def _is_bare_attribution(text: str, spoken: bool, answered: bool) -> bool:
    """Forms without an opening word: "Dana Reyes <dana@...> wrote:", "2026-03-09 12:00 Dana <dana@...>:"."""
    if spoken and ("@" in text or (answered and len(text) < 120)):
        return True
    if len(text) > 160 or not DIGIT.search(text):
        return False
    return (answered and "@" in text) or (
        text.endswith(">:") and "@" in text[text.rfind("<") :] and bool(YEAR.search(text))
    )


# --- what cuts the message: markers and quoted headers --------------------------------------------


def _cut(lines: Sequence[str], index: int, marks: Marks, forward: bool) -> Voice | None:
    """The voice of all that follows, where the line at `index` is a marker or begins a quoted header."""
    line = lines[index]
    if ":" not in line and "：" not in line and "--" not in line and "__" not in line and "==" not in line:
        return None
    marker = _marker(line, marks)
    if marker is not None:
        return Voice.FORWARDED if forward else marker
    if _begins_header(lines, index, marks):
        return Voice.FORWARDED if forward else Voice.QUOTED
    return None


def _marker(line: str, marks: Marks) -> Voice | None:
    """A line such as "-----Original Message-----" or "Begin forwarded message:"."""
    ruled = RULED.match(line)
    text = fold(ruled.group(2) if ruled else line).strip(DECORATION + ":")
    if not text or len(text) > 90:
        return None
    if any(text.startswith(mark) for mark in marks.forwarded) and (ruled or line.rstrip().endswith(COLONS)):
        return Voice.FORWARDED
    if ruled and any(text.startswith(mark) for mark in marks.original):
        return Voice.QUOTED
    return None


def _begins_header(lines: Sequence[str], index: int, marks: Marks) -> bool:
    """From, Sent, To, Subject as a mail program writes them above the mail it quotes, in any order, bold or not."""
    first = _label(lines[index], marks)
    if first is None or first[0] == "cc":
        return False
    kinds = {first[0]}
    values = first[1]
    if first[0] == "from":
        kinds |= _labels_within(first[1], marks)
    misses = 0
    for line in lines[index + 1 : index + BLOCK_LINES]:
        if not line.strip():
            misses += 1
        else:
            label = _label(line, marks)
            misses = 0 if label else misses + 1
            if label:
                kinds.add(label[0])
                values += " " + label[1]
        if misses > 2:
            break
    if "from" not in kinds:
        return False
    if len(kinds) < 3:
        return False
    return "subject" in kinds or "@" in values or ("sent" in kinds and YEAR.search(values) is not None)


def _label(line: str, marks: Marks) -> tuple[str, str] | None:
    """What a line such as "*Sent:* Monday" names, and its value."""
    head, colon, value = line[:400].replace("：", ":").partition(":")
    if not colon or len(head) > 30:
        return None
    kind = marks.labels.get(fold(head).strip(DECORATION))
    return (kind, value) if kind else None


def _labels_within(value: str, marks: Marks) -> set[str]:
    """The further labels of a header that stands on one line."""
    words = fold(value).replace("*", "").split()
    return {marks.labels[word[:-1]] for word in words if word.endswith(":") and word[:-1] in marks.labels}
