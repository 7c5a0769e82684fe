"""Job titles in a language that writes every noun with a capital, so that capitals alone part none: German.

A title is a known head noun ("Verkäuferin", "Sachbearbeiter", "Engineer") with the fields behind it, or whatever stands
before "(m/w/d)"; what leads to it ("als", "um die Stelle als", "Ausbildung zum") tells how far it can be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.reading.namebook import Namebook, lowered
from watcher.reading.titles import Token, is_head, of_one, words_of

MOST_BEHIND = 2  # fields that follow a head noun ("Sachbearbeiter Bauordnung")
MOST_BEFORE = 4
_INSIDE = frozenset(["im", "in", "der", "für", "und", "am", "des", "den", "die", "mit", "zur", "an", "von", "dem", "&"])
_ADJECTIVE = re.compile(r"\w+(?:isch|lich|ig|iv|al|ell|end|iert)e[rn]?")  # with a capital a part of the title
_SMALL_ADJECTIVE = re.compile(r"\w+(?:isch|lich)e[rn]?")
_LEVELS = frozenset(["senior", "junior", "lead", "principal"])
_BEFORE_AND = re.compile(r"(?<![\w-])([A-ZÄÖÜ][\w-]{2,}-) (?:und|&|u\.) $")
_AFTER_AND = re.compile(r"- (?:und|&|u\.) [A-ZÄÖÜ][\w-]+")
_SECOND = re.compile(r" und (\w{4,})")
_SCHOOLS = re.compile(r" (?:an|für) (?:\w+ )?[A-Z]\w*(?:schulen?|gymnasien|gymnasium|stufen?|pädagogik)\b")
_LEARNERS = frozenset(["azubi", "azubis", "lehrling", "auszubildende", "auszubildender", "auszubildenden"])
PLAIN, FRAMED, LED, SUBJECT, MARKED, ACTIVITY = 0.3, 0.4, 0.5, 0.5, 0.75, 0.35


@dataclass(frozen=True, slots=True)
class Title:
    """A title with how far it can be trusted (0 to 1), the rule that found it and the words."""

    title: str
    weight: float
    rule: str
    words: str


def titles_in(line: str, book: Namebook, *, subject: bool = False) -> Iterator[Title]:
    """The titles that one line names."""
    low = lowered(line)
    words = words_of(line)
    marks = [match.start() for match in book.jobs.markers.finditer(low)] if book.jobs.markers else []
    taken = -1
    for index, (word, start, _) in enumerate(words):
        if start <= taken or not _is_title_head(word, low, start, book):
            continue
        if word.lower() in _LEARNERS and index + 1 < len(words) and is_head(words[index + 1][0], book):
            continue  # "Azubi Maler": the trade is the title
        first, last = _before(line, words, index, book), _behind(line, words, index, book)
        last = _up_to_mark(line, words, last, marks)
        begin, end = words[first][1], words[last][2]
        learnt = _learnt(low, begin, book)
        begin, end = _with_halves(line, begin, end, bool(learnt), book)
        marked = any(0 <= mark - end <= 8 for mark in marks)
        weight = _weight(low, begin, marked, subject, book)
        taken = end
        if weight > 0:
            title = learnt + _of_one_person(_with_capital(line[begin:end]))
            yield Title(title, weight, "subject" if subject else "title", line[max(0, begin - 30) : end + 8])
    for mark in marks:
        run = _run_before(line, words, mark, book)
        if run and not any(is_head(word, book) for word in run.replace("-", " ").split()):
            yield Title(_of_one_person(run), LED, "marker", line[max(0, mark - 60) : mark + 8])
    yield from _framed(line, low, words, book)
    yield from _activities(line, low, words, book, subject=subject)


def _with_halves(line: str, begin: int, end: int, learnt: bool, book: Namebook) -> tuple[int, int]:
    """Where a title begins and ends with the words that share one half: "Gesundheits- und Krankenpflegerin"."""
    before = _BEFORE_AND.search(line[max(0, begin - 50) : begin])
    if before:
        begin -= len(before.group())
    after = _AFTER_AND.match(line, end)
    if after:
        return begin, after.end()
    second = _SECOND.match(line, end) if learnt else None
    if second and is_head(second.group(1), book):
        return begin, second.end()  # "Ausbildung Maler und Lackierer"
    schools = _SCHOOLS.match(line, end) if line[begin:end].lower().endswith("lehramt") else None
    return begin, schools.end() if schools else end


def _of_one_person(title: str) -> str:
    """A title in the nominative: "Chemielaborant" of "einen Chemielaboranten", one of the "Pflegefachkräfte"."""
    return re.sub(r"(?<=\w(?:ant|ent|ist))en\b", "", re.sub(r"kräfte\b", "kraft", title))


def _activities(line: str, low: str, words: list[Token], book: Namebook, *, subject: bool) -> Iterator[Title]:
    """What is to be done in place of a title: "Bewerbung für die Rechtsberatung"."""
    if not book.jobs.activities:
        return
    for index, (word, start, end) in enumerate(words):
        if not (word[0].isupper() and len(word) > 6 and word.lower().endswith(book.jobs.activities)):
            continue
        if is_head(word, book) or word.lower() in book.jobs.never_behind:
            continue
        sought = book.jobs.activity_frames and book.jobs.activity_frames.search(low[max(0, start - 60) : start])
        alone = (
            subject
            and (index == 0 or line[:start].rstrip()[-1:] in ":-\u2013|,")
            and line[end : end + 2] in ("", " -", " \u2013", ", ")
        )
        if sought or alone:
            yield Title(word, ACTIVITY, "activity", line[max(0, start - 40) : end])


def _framed(line: str, low: str, words: list[Token], book: Namebook) -> Iterator[Title]:
    """Runs of capitals behind "Stelle als" and the like, where no word of them is a known head noun."""
    for index, (word, start, _) in enumerate(words):
        if not word[0].isupper() or word.lower() in book.jobs.never_behind or len(word) < 4:
            continue
        if not (book.jobs.title_frames and book.jobs.title_frames.search(low[max(0, start - 90) : start])):
            continue
        last = _behind(line, words, index, book)
        run = line[start : words[last][2]]
        if not any(is_head(part[0], book) for part in words[index : last + 1]):
            yield Title(run, FRAMED, "frame", line[max(0, start - 40) : words[last][2]])


def _is_title_head(word: str, low: str, start: int, book: Namebook) -> bool:
    plain = of_one(word)
    if not is_head(plain, book):
        return False
    if plain.lower() in book.jobs.never_head and not _led(low, start, book):
        return False
    return word[0].isupper() or bool(_led(low, start, book) or _learnt(low, start, book))


def _before(line: str, words: list[Token], head: int, book: Namebook) -> int:
    first = head
    while first > 0 and head - first < MOST_BEFORE:
        word, _, end = words[first - 1]
        if line[end : words[first][1]] not in (" ", "-"):
            break
        known = word.lower() in book.jobs.before_head
        if not word[0].isupper():
            if not (known and _SMALL_ADJECTIVE.fullmatch(word)):
                break
        elif not known and word.lower() not in book.jobs.never_behind:
            level = (
                first > 1
                and words[first - 2][0].lower() in _LEVELS
                and line[words[first - 2][2] : words[first - 1][1]] == " "
            )
            if not (level or (_ADJECTIVE.fullmatch(word) and word.lower() not in book.not_names)):
                break
        elif not known:
            break
        first -= 1
    return first


def _behind(line: str, words: list[Token], head: int, book: Namebook) -> int:
    """The index of the last word of the title whose head noun is `words[head]`."""
    last = head
    for _ in range(MOST_BEHIND):
        step = 1
        if last + 2 < len(words) and words[last + 1][0] in book.jobs.joins:
            step = 2
        if last + step >= len(words):
            break
        gap = line[words[last][2] : words[last + step][1]]
        word = words[last + step][0]
        fits = (
            word[0].isupper()
            and not ("-" in word and word.lower().partition("-")[0] in book.places)
            and word.lower() not in book.jobs.never_behind
            and len(word) > 1
        )
        if not fits or gap.strip() not in ("", *book.jobs.joins) or "\n" in gap or not gap:
            break
        last += step
    return last


def _up_to_mark(line: str, words: list[Token], last: int, marks: list[int]) -> int:
    """The index of the last word before "(m/w/d)", where only what belongs to a title stands between."""
    end = words[last][2]
    mark = next((mark for mark in marks if 0 <= mark - end < 60), -1)
    if mark < 0 or any(sign in line[end:mark] for sign in ".;!?"):
        return last
    index = last
    while index + 1 < len(words) and words[index + 1][2] <= mark:
        word = words[index + 1][0]
        if not (word[0].isupper() or word in _INSIDE or word in ("in", "innen", "r", "n")):
            return last
        index += 1
    return index


def _weight(low: str, begin: int, marked: bool, subject: bool, book: Namebook) -> float:
    if marked:
        return MARKED
    if _led(low, begin, book) or _learnt(low, begin, book):
        return LED + 0.1
    if subject:
        return SUBJECT
    before = low[max(0, begin - 24) : begin].replace('"', " ").replace("„", " ").split()
    return 0.0 if before and before[-1].strip("(,") in book.jobs.theirs else PLAIN


def _led(low: str, begin: int, book: Namebook) -> bool:
    """Whether "als", "Stelle als" or the like stands right before a title."""
    return bool(book.jobs.leads and book.jobs.leads.search(low[max(0, begin - 40) : begin]))


def _learnt(low: str, begin: int, book: Namebook) -> str:
    """ "Ausbildung " where the title is that of a trade to be learnt, else ""."""
    found = book.jobs.training.search(low[max(0, begin - 40) : begin]) if book.jobs.training else None
    return "Ausbildung " if found else ""


def _run_before(line: str, words: list[Token], mark: int, book: Namebook) -> str:
    """The words with a capital that stand right before a marker."""
    before = [token for token in words if token[2] <= mark]
    if not before or line[before[-1][2] : mark].strip(" ,(*:") not in ("", "in", "innen", "r", "n", "-in", "-r"):
        return ""
    first = len(before)
    while first > 0 and len(before) - first < 6:
        word, _, end = before[first - 1]
        joined = first == len(before) or not line[end : before[first][1]].strip(" &/,-:*")
        inside = first < len(before) and (word in book.jobs.joins or word in ("und", "im", "in", "der", "&"))
        if not joined or not (word[0].isupper() or inside) or word.lower() in book.jobs.never_behind:
            break
        first -= 1
    while first < len(before) and not before[first][0][0].isupper():
        first += 1
    return line[before[first][1] : before[-1][2]] if first < len(before) else ""


def _with_capital(title: str) -> str:
    title = title[:1].upper() + title[1:]
    return re.sub(r"(?<=[a-zäöü] und )[a-zäöü]", lambda found: found.group().upper(), title)
