"""What a job title looks like: where it begins and ends round its head noun, and what does not belong to it."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from watcher.knowledge.remembered import Remembered
from watcher.reading.namebook import Namebook, fold
from watcher.reading.page import bare

LONGEST_TITLE = 8  # words before the head noun
LONGEST_LINE = 1500
REMEMBERED = 8192  # words of which it is remembered whether they tell a job

Token = tuple[str, int, int]  # a word, where it begins and where it ends

_WORD = re.compile(r"[^\W_](?:[\w'\u2019.+#&/-]*[\w+#])?(?:[:*\u00b7]in(?:nen)?\b|\(in(?:nen)?\))?|&")
_WEAK = ("anten", "enten", "isten")
_OF_ALL = re.compile(r"(?:[:*_\u00b7]|/-?)in(?:nen)?$|\(in(?:nen)?\)$")  # "Physiotherapeut:in"
_ANY = re.compile(r"\S+")
_BRACKET = re.compile(r" ?\(([^()\n]{1,40})\)")
_PERCENT = re.compile(r" \d{1,3}(?:\s?[-\u2013]\s?\d{1,3})?\s?%")
_OF = re.compile(r" (of|to|for|de) (?:the )?(?=[A-Z])")
_DAYS = re.compile(r"(?:,| -| \u2013) (?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:\W+|$)){1,5}$", re.I)
_PART_TIME = re.compile(r"\bPart[- ][Tt]ime $")
_IN = re.compile(r" in (?=[A-Z])")
_RUN = re.compile(r"[A-Z][\w&-]*(?: (?:and |& )?[A-Z][\w&-]*){0,3}")
_TAIL = re.compile(
    r"(?:, | [-\u2013] )((?:[A-Z0-9][\w&/+-]*)(?: (?:[A-Z0-9&][\w&/+-]*|of|and|the)){0,3})"
    r"(?= ?(?:[.,;:()!?]|$|\n| (?:role|position|post|job|opening|vacancy|req|and|at|with|has|is|was|will|which|to|"
    r"for|from|that|you|on|in|through|made|account|programme|program|scheme|competition|vacancies|internship|apprenticeship)"
    r"\b))"
)
_IDS = re.compile(
    r"\s*\((?:ref|req|job|id|r)?[\s:#.-]*[A-Z]{0,6}[-_/]?\d{3,}[\w/-]*\)|"
    r"\b(?:JR|R|REQ|Req)[-_]?\d{4,}\b|"
    r"\b\d{4}-\d{3,6}\b|^\d{5,}\b|"
    r"^(?:Req(?:uisition)?\.? )?(?=[A-Z0-9/_-]*\d{3})[A-Z0-9]+(?:[-/_][A-Z0-9]+)+(?= \S)|"
    r"^Req(?:uisition)?\.? ?\#?\d{3,}(?= \S)|"
    r" \(?[A-Z]{1,5}(?:[-/][A-Z0-9]{1,5})*[-/]\d{2,}\)?$"
)
_ASIDE = re.compile(
    r"\d{4,}|^ref|\bclient\b|[@!?]|http|\bpqe\b|\bye?a?rs?\b|\bh(?:ou)?rs?\b|\brates?\b|\bp/?[ahw]\b|[$\u00a3\u20ac]|\bsalary\b"
    r"|\d ?k\b"
)
_NUMBERED = re.compile(r"\d{3}|\d-[A-Z]|[A-Z]{2}-\d")  # "26-R4-1287", "GS-0460"
_BETWEEN = frozenset(
    ["a", "an", "the", "our", "your", "another", "one", "new", "more", "extra", "good", "experienced", "qualified",
     "reliable", "skilled", "to", "be", "temporary", "permanent", "full-time", "part-time", "few", "some",
     "couple", "of"]
)  # fmt: skip
_TITLE_FIELDS = frozenset(
    ["er", "data", "growth", "storage", "infrastructure", "payments", "digital", "media", "design", "engineering"]
)


def words_of(line: str) -> list[Token]:
    """The words of a line with their places."""
    return [(match.group(), match.start(), match.end()) for match in _WORD.finditer(line[:LONGEST_LINE])]


class _Telling(Remembered[bool]):
    """Of each word whether a job's title may stand at it, remembered."""

    def __init__(self, book: Namebook) -> None:
        super().__init__(REMEMBERED)
        self._book = book

    def __missing__(self, word: str) -> bool:
        return self.keep(word, is_head(word, self._book) or word.lower() in self._book.jobs.job_nouns)


@lru_cache(maxsize=4)
def _telling(book: Namebook) -> _Telling:
    return _Telling(book)


def tells_job(word: str, book: Namebook) -> bool:
    """Whether a job's title may stand at a word."""
    return _telling(book)[word]


def may_name_job(line: str, book: Namebook) -> bool:
    """Whether a job's title may stand anywhere in a line."""
    return any(map(_telling(book).__getitem__, _WORD.findall(line[:LONGEST_LINE])))


def is_head(word: str, book: Namebook) -> bool:
    """Whether a word is the head noun of a job, in the plural too, or the last of "driver/loader"."""
    low = of_one(word).lower() if book.jobs.markers is not None else word.lower()
    heads = book.jobs.heads
    if low in heads or word in book.jobs.acronyms:
        return True
    if len(low) < 5:
        return False
    one = low.removesuffix("s")
    if book.jobs.markers is not None and low.endswith(_WEAK):
        one = low[:-2]  # "einen Chemielaboranten"
    return (
        one in heads
        or (len(low) > 6 and one.endswith(book.jobs.endings))
        or ("/" in low and not heads.isdisjoint(low.split("/")))
    )


def of_one(word: str) -> str:
    """A German title without the sign that it is for all: "Physiotherapeut" of "Physiotherapeut:in"."""
    return word if word.isalnum() else _OF_ALL.sub("", word)


def is_agent(word: str, book: Namebook) -> bool:
    """Whether a word may name one who does something, by its end alone ("toolpusher"): for firm frames only."""
    low = word.lower()
    return len(low) > 5 and low.endswith(book.jobs.agents) and low not in book.jobs.no_agents and low.isalpha()


def span(line: str, words: list[Token], head: int, book: Namebook) -> tuple[int, int]:
    """The first and last word of the title round the head noun `words[head]`."""
    named = words[head][0][0].isupper()
    first = head
    while first > 0 and head - first < LONGEST_TITLE:
        gap = line[words[first - 1][2] : words[first][1]]
        if gap not in (" ", "-", " & ", "/", "") or not _belongs(words[first - 1][0], named, book):
            break
        first -= 1
    while first < head and words[first][0].lower() in ("&", "of", "and"):
        first += 1
    last = head
    while last + 1 < len(words) and _continues(line, words, head, last, book):
        last += 1
    return first, last


def _belongs(word: str, named: bool, book: Namebook) -> bool:
    """Whether a word before a head noun is part of its title."""
    low = word.lower()
    if (low in book.jobs.stops or low in book.not_names) and not (
        named and low in book.jobs.inside and word[0].isupper()
    ):
        return False
    if named:
        return word[0].isupper() or word[0].isdigit() or low in book.jobs.modifiers or low in ("&", "of", "and")
    return low in book.jobs.modifiers or low in book.jobs.heads or (word[0].isupper() and low not in book.people.given)


def _continues(line: str, words: list[Token], head: int, last: int, book: Namebook) -> bool:
    """Whether the word after `last` is still part of the title ("Engineer II", "Data Scientist Fraud")."""
    word = words[last + 1][0]
    low = word.lower()
    if (
        line[words[last][2] : words[last + 1][1]] not in (" ", "-", "/", " / ", "")
        or low in book.not_names
        or low in book.jobs.job_nouns
    ):
        return False
    if low in book.jobs.levels and (word.isupper() or word[0].isdigit() or low in ("grade", "band", "level")):
        return True
    if not (words[head][0][0].isupper() and word[0].isupper()):
        return False
    if is_head(word, book):
        return True
    if last > head or low in book.jobs.stops:
        return False
    if low in book.firms.firm_words or low in book.people.given:
        return last + 2 < len(words) and is_head(words[last + 2][0], book)
    return True


def small_start(line: str, words: list[Token], first: int, last: int, book: Namebook, *, subject: bool) -> int:
    """Where a title in small letters begins: with its part of the subject, or after "the" and before "job"."""
    at = first
    while at > 0 and first - at < 3:
        word = words[at - 1][0].lower()
        if line[words[at - 1][2] : words[at][1]] not in (" ", "-"):
            break
        if (word in book.jobs.stops or word in book.not_names) and word not in book.jobs.small_inside:
            break
        at -= 1
    begins = at == 0 or line[: words[at][1]].rstrip()[-1:] in "-\u2013\u2014:|/,"
    if subject and begins:
        return at
    framed = last + 1 < len(words) and words[last + 1][0].lower() in book.jobs.job_nouns
    determined = at > 0 and words[at - 1][0].lower() in ("the", "our", "a", "an", "your", "this")
    return at if (framed and determined) or is_sought(line, words[at][1], book) else first


def is_sought(line: str, start: int, book: Namebook) -> bool:
    """Whether what stands before a title in small letters asks for one ("we need a", "your application for")."""
    before = line[max(0, start - 60) : start].lower().split()
    while before and before[-1] in _BETWEEN:
        before.pop()
    return " ".join(before).endswith(book.jobs.seeking)


def part_time(line: str, start: int) -> int:
    """How many letters of "Part-Time " stand right before a title: they tell one job from another."""
    before = _PART_TIME.search(line[max(0, start - 10) : start])
    return len(before.group()) if before else 0


def extended(line: str, start: int, end: int, book: Namebook, *, subject: bool) -> tuple[str, int]:
    """The title with what follows it and is part of it: "(Infrastructure)", ", Storage", "of Nursing", "80-100%"."""
    start -= part_time(line, start)
    percent = _PERCENT.match(line, end)
    if percent:
        end = percent.end()
    learned = _IN.match(line, end) if line[start:end].rpartition(" ")[2].lower() in book.jobs.learned else None
    if learned:
        run = _RUN.match(line, learned.end())
        where = fold(run.group()) if run else ""
        end = run.end() if run and where not in book.places and where.split(" ")[0] not in book.places else end
    joined = _OF.match(line, end)
    if joined and (subject or joined.group(1) != "for"):
        run = _RUN.match(line, joined.end())
        end = run.end() if run else end
    for _ in range(2):
        end = _past_bracket(line, end, book)
    tail = _TAIL.match(line, end)
    if tail and not _is_elsewhere(tail.group(1), line[end : end + 1] == ",", subject, book):
        end = _past_bracket(line, tail.end(1), book)
    return line[start:end], end


def _past_bracket(line: str, end: int, book: Namebook) -> int:
    bracket = _BRACKET.match(line, end)
    return bracket.end() if bracket and not _is_aside(bracket.group(1), book) else end


def _is_aside(words: str, book: Namebook) -> bool:
    """Whether a bracket after a title tells something else: a requisition, a place, a firm, a remark."""
    low = fold(words)
    parts = low.split()
    if (
        _ASIDE.search(low)
        or low in book.places
        or all(place in book.places for place in re.split(r" or | and |[/,] ?", low))
        or len(parts) > 5
        or (len(parts) > 1 and parts[-1] in book.jobs.grounds)
    ):
        return True
    return any(word in book.firms.legal for word in parts) or ("," in words and words[0].islower())


def is_named(low: str, book: Namebook) -> bool:
    """Whether a folded word begins a person's name."""
    return low in book.people.given or (low in book.people.honorifics and low not in book.jobs.heads)


def _is_elsewhere(tail: str, comma: bool, subject: bool, book: Namebook) -> bool:
    """Whether what follows a title after a comma or dash is a place, a firm or a remark, not a part of it."""
    words = fold(tail).split()
    if words[0] in _TITLE_FIELDS:
        return False
    if is_named(words[0], book):
        return True  # "our HR Manager, Joan Price"
    if _NUMBERED.search(tail) or words[0] == "announcement":
        return True
    if not subject or not comma:
        spoken = [word for word in words if word not in ("and", "or", "&")]
        if spoken and all(word in book.jobs.languages for word in spoken):
            return False
    if fold(tail) in book.places or words[0] in book.places or words[0] in book.not_names:
        return True
    if comma and len(words) == 1 and words[0] in book.jobs.fields:
        return False
    if any(word in book.firms.firm_words or word in book.firms.legal for word in words):
        return True
    return len(words) > 3 or (subject and not comma)


def run_at(line: str, at: int, book: Namebook) -> str:
    """The capitalised title that begins at `at`, with its bracket or what a comma adds to it; "" where none does."""
    end, count = at, 0
    for match in _ANY.finditer(line[at : at + 90]):
        token = match.group()
        core = bare(token)
        low = core.lower()
        if token in ("&", "-", "\u2013", "/") or (count and low in ("of", "and", "to", "in")):
            continue
        if not core or token[0] == "(" or not _may_run(core, low, book):
            break
        count += 1
        end = at + match.start() + token.find(core) + len(core)
        if token[-1] in ".,;:!?)" or count > LONGEST_TITLE:
            break
    if not count:
        return ""
    return extended(line, at, end, book, subject=False)[0]


def _may_run(core: str, low: str, book: Namebook) -> bool:
    if low in book.jobs.job_nouns or not (core[0].isupper() or core[0].isdigit()):
        return False
    return (low not in book.jobs.stops and low not in book.not_names) or low in book.jobs.inside


def words_before(line: str, end: int, book: Namebook) -> tuple[str, bool]:
    """The words before `end` that may be a title, and whether "the", "our" or "for" stands before them."""
    words: list[str] = []
    for token in reversed(line[max(0, end - 60) : end].split()):
        core = bare(token)
        low = core.lower()
        if low in ("the", "our", "a", "an", "for", "this", "of", "as", "your", "my"):
            return " ".join(reversed(words)), True
        if not core or token[-1] in ".,;:!?" or len(words) >= 5 or low in book.jobs.stops or low in book.not_names:
            break
        if not (core[0].isupper() or core[0].isdigit() or low in book.jobs.modifiers):
            break
        words.append(core)
    return " ".join(reversed(words)), False


def cleaned(title: str, firms: Set[str], book: Namebook, employer: str = "") -> str:
    """A title without requisition ids, firms, places and stray words at its ends; "" where nothing is left.

    `firms` and the `employer`, where it is sure, are folded names.
    """
    title = _IDS.sub("", title).strip(" \t,;:-\u2013\u2014|/*\"'\u201c\u201d.!?&")
    for separator in (" - ", " \u2013 ", ", ", " at ", " @ "):
        front, found, back = title.rpartition(separator)
        if found and _is_firm_or_place(fold(back), firms, book):
            title = front
        front, found, back = title.partition(separator)
        if found and fold(front) in firms:
            title = back
    if " " in employer and fold(title).startswith(f"{employer} "):
        title = title.split(" ", employer.count(" ") + 1)[-1]  # "Midshire Bank Graduate Analyst"
    title = _DAYS.sub("", title)
    if fold(title) in firms:
        return ""
    words = title.split()
    while words and (words[0].lower() in book.jobs.stops or words[0].lower() in ("of", "and", "to", "for", "in")):
        words.pop(0)
    while words and words[-1].lower() in ("of", "and", "to", "for", "in", "&", "-"):
        words.pop()
    if all(
        word not in book.jobs.acronyms
        and (word.lower() in book.jobs.stops or word.lower() in book.jobs.job_nouns or word.lower() in book.not_names)
        for word in words
    ):
        return ""
    if words and words[0].isdigit() and len(words[0]) < 3 and len(words) > 1 and words[1].islower():
        words.pop(0)  # "4 rope access technicians"
    if words and book.jobs.markers is None:
        words[-1] = _one(words[-1], book)
    title = " ".join(words)
    return f"{title})" if title.count("(") > title.count(")") else title


def _one(word: str, book: Namebook) -> str:
    """A head noun in the singular: who applies is one of the "drivers"."""
    low = word.lower()
    plural = low.endswith("s") and low not in book.jobs.heads and is_head(word[:-1], book) and len(low) > 4
    return word[:-1] if plural else word


def _is_firm_or_place(low: str, firms: Set[str], book: Namebook) -> bool:
    return (
        (low in book.places and low not in book.jobs.languages)
        or low in firms
        or (len(low) > 3 and any(firm.startswith(low) for firm in firms))
    )
