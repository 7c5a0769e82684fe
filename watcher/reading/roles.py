"""Two jobs at one firm are two opportunities: the title of the job a message is about, and its requisition ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.reading.filtering import holds
from watcher.reading.model import Claim, Evidence
from watcher.reading.namebook import Namebook, before_names, fold, lowered
from watcher.reading.noun_titles import titles_in
from watcher.reading.page import Page, bare
from watcher.reading.titles import (
    Token,
    cleaned,
    extended,
    is_agent,
    is_head,
    is_named,
    is_sought,
    may_name_job,
    part_time,
    run_at,
    small_start,
    span,
    tells_job,
    words_before,
    words_of,
)

MOST_CLAIMS = 6
MOST_LINES = 80
QUOTED_TRUST = 0.6  # what was said in quoted mail counts for less
SURE = 0.4  # a title below this weight lets quoted mail speak

_BARE_ID = re.compile(
    r"(?<![\w/@.+-])(?:[A-Z]{1,6}[-_]?\d{4,8}|[A-Z]{2,5}[-_/]\d{2,4}(?:[-_/]\d{1,5}){0,2}|\d{4}-\d{4,6}|\d{2,3}-[A-Z][A-Z0-9]{1,6}-\d{3,}(?:-[A-Z0-9]{1,5})*|[A-Z]\d{3,5}-\d{2,4}-\d{3,5})(?![\w/-])"
)
_NO_ID = re.compile(r"\d{1,2}(?:st|nd|rd|th|am|pm|h|:)|(?:19|20)\d\d$|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}$|\d{1,3}$")
_DIGIT = re.compile(r"\d")
_OTHER_IDS = ("meeting ", "webinar ", "call ", "zoom ", "conference ", "session ", "employer ", "tax ", "photo ")
_LABEL = re.compile(
    r"(?:^|[\n.,;(] ?|\bthe )([A-Za-z][a-z]+(?: [a-z]+){0,2})(?: is| ?[:\u2013\u2014]) ?(?:a |an |the )?(?=\S)", re.M
)
_LAST_OF_LABEL = ("position", "role", "title", "designation")
_TITLE_WORD = re.compile(r"\w+")
_BEFORE_NAMES = frozenset(
    ["for", "as", "of", "the", "a", "an", "our", "your", "re", "need", "to", "regarding", "on", "is", "was"]
)  # fmt: skip
_BE = re.compile(r" be (?:our|an?)$")
_EDGE = "-\u2013\u2014:|/,@?!.()"


@dataclass(frozen=True, slots=True)
class Jobs:
    """The job titles a message names, best first, and its requisition ids."""

    roles: tuple[Claim, ...]
    requisitions: tuple[str, ...]


class _Tally:
    """Weights for titles; spellings that differ by short forms alone ("Ops Analyst") are one title."""

    def __init__(self, book: Namebook, firms: frozenset[str], employer: str) -> None:
        self.book, self.firms, self.employer = book, firms, employer
        self.found: dict[tuple[str, ...], Claim] = {}

    def add(self, title: str, weight: float, rule: str, words: str) -> None:
        title = cleaned(title, self.firms, self.book, self.employer)
        if not 2 <= len(title) <= 80:
            return
        short = self.book.jobs.abbreviations
        key = tuple(word for one in _TITLE_WORD.findall(fold(title)) for word in short.get(one, one).split())
        claim = Claim(title, weight, Evidence(f"role.{rule}", words.strip()[:120]))
        known = self.found.get(key)
        if known is not None:
            name = max(known.name, title, key=_beauty)
            evidence = known.evidence if known.weight >= weight else claim.evidence
            claim = Claim(name, 1 - (1 - known.weight) * (1 - weight), evidence)
        self.found[key] = claim

    def claims(self) -> tuple[Claim, ...]:
        """Titles by weight; a shorter form of one ("Team Leader", "Team Leader (Telco)") lends it half of its own."""
        claims: list[Claim] = []
        for key, claim in self.found.items():
            weight = claim.weight
            for other, shorter in self.found.items():
                if (len(other) < len(key) and set(other) <= set(key)) or _is_compound(key, other):
                    weight = 1 - (1 - weight) * (1 - 0.5 * shorter.weight)
            claims.append(Claim(claim.name, round(min(0.99, weight), 3), claim.evidence))
        return tuple(sorted(claims, key=lambda claim: -claim.weight))[:MOST_CLAIMS]


def _is_compound(key: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a title is one word that ends with another: "Betriebselektriker", "Elektriker"."""
    return len(key) == len(other) == 1 and len(other[0]) > 5 and key != other and key[0].endswith(other[0])


def _beauty(title: str) -> tuple[int, int]:
    return 2 * (not title.isupper() or len(title) < 5) + (not title.islower()), len(title)


def jobs_of(page: Page, book: Namebook, firms: Iterable[str], employer: str = "") -> Jobs:
    """The jobs that a page is about. `firms` are names of employers, which are never part of a title's end; the
    `employer`, where it is sure, is no part of its beginning."""
    tally = _Tally(book, frozenset(fold(firm) for firm in firms if firm), fold(employer))
    if book.jobs.markers is not None:
        for found in (
            *titles_in(page.subject, book, subject=True),
            *(t for line in page.body[:MOST_LINES] for t in titles_in(line, book)),
        ):
            tally.add(found.title, found.weight, found.rule, found.words)
        _from_labels(page.text, tally)
        if page.quoted and all(claim.weight < SURE for claim in tally.found.values()):
            for line in page.quoted.split("\n")[:40]:
                for found in titles_in(line.lstrip("> "), book):
                    tally.add(found.title, found.weight * QUOTED_TRUST, found.rule, found.words)
        return Jobs(tally.claims(), requisitions_in(page.subject, page.text, book))
    _from_line(page.subject, tally, subject=True)
    _from_frames(page.subject, tally)
    for line in page.body[:MOST_LINES]:
        _from_line(line, tally)
    _from_frames(page.text, tally, page.low)
    _from_labels(page.text, tally)
    if page.quoted and all(claim.weight < SURE for claim in tally.found.values()):
        for line in page.quoted.split("\n")[:40]:
            _from_line(line.lstrip("> "), tally, trust=QUOTED_TRUST)
    return Jobs(tally.claims(), requisitions_in(page.subject, page.text, book))


def requisitions_in(subject: str, text: str, book: Namebook) -> tuple[str, ...]:
    """The ids of jobs ("R-20931", "WELD003312", "90071"), without the words before them."""
    found: dict[str, None] = {}
    whole = f"{subject}\n{text[:3000]}"
    if not _DIGIT.search(whole):
        return ()
    low = lowered(whole)
    for match in book.jobs.requisition.finditer(low):
        one = whole[match.start("id") : match.end("id")]
        other = low[max(0, match.start() - 12) : match.start()].endswith(_OTHER_IDS)
        if not other and not _NO_ID.match(one) and sum(map(str.isdigit, one)) >= 2:
            found[one] = None
    found.update(dict.fromkeys(match.group() for match in _BARE_ID.finditer(subject)))
    return tuple(found)[:6]


def _from_line(line: str, tally: _Tally, *, subject: bool = False, trust: float = 1.0) -> None:
    """Titles by their head noun, and what stands before "role" or "post" where none has one."""
    book = tally.book
    if not may_name_job(line, book):
        return
    words = words_of(line)
    index = 0
    while index < len(words):
        word = words[index][0]
        if not tells_job(word, book):
            index += 1
            continue
        low = word.lower()
        if is_head(word, book) and not (low in ("pm", "am") and index and words[index - 1][0][-1].isdigit()):
            index = _from_head(line, words, index, tally, subject, trust)
        elif low in book.jobs.job_nouns and index:
            _from_job_noun(line, words[index], tally, subject, trust)
        index += 1


def _from_head(line: str, words: list[Token], head: int, tally: _Tally, subject: bool, trust: float) -> int:
    """Adds the title round a head noun; returns the index of its last word."""
    book = tally.book
    first, last = span(line, words, head, book)
    if not words[head][0][0].isupper():
        first = small_start(line, words, first, last, book, subject=subject)
    start = words[first][1]
    title, end = extended(line, start, words[last][2], book, subject=subject)
    place = _Place(line, words[first : last + 1], start, end)
    weight = place.weight_in_subject(book) if subject else place.weight(book)
    if weight > 0:
        tally.add(title, weight * trust, "subject" if subject else "title", line[max(0, start - 30) : end + 12])
    return max(head, last)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a title stands in its line, from which its weight follows."""

    line: str
    words: list[Token]
    start: int
    end: int

    @property
    def before(self) -> str:
        return (
            self.line[max(0, self.start - 30) : self.start]
            .rstrip(" \"'(*\u201c")
            .rpartition(" ")[2]
            .lower()
            .strip(",.;:")
        )

    @property
    def follows(self) -> str:
        after = self.line[self.end : self.end + 24]
        return (_TITLE_WORD.findall(after) or [""])[0].lower() if after[:1] in (" ", "\u201d", '"', ")") else ""

    @property
    def named(self) -> bool:
        return any(word[0].isupper() for word, _, _ in self.words)

    def is_persons(self, book: Namebook) -> bool:
        """Whether the title is that of somebody named with it: "Chair of Governors, Mr Wood", "Captain Drummond"."""
        after = self.line[self.end : self.end + 20]
        if after.startswith(", ") and after[2:3].isupper() and is_named(fold(bare(after[2:].split(" ")[0])), book):
            return True
        first, second = self.words[0][0], self.words[1][0] if len(self.words) > 1 else ""
        return fold(first) in book.people.honorifics and second[:1].isupper() and not is_head(second, book)

    def abbreviated(self, book: Namebook) -> bool:
        """Whether the title is a few capitals alone, which may mean anything ("CNS")."""
        word = self.words[0][0]
        short = len(word) < 5 and word.isupper() and not self.line.isupper()
        return len(self.words) == 1 and (short or word in book.jobs.acronyms)

    def weight(self, book: Namebook) -> float:
        before, follows, named = self.before, self.follows, self.named
        if self.is_persons(book):
            return 0.0
        framed = follows in book.jobs.job_nouns
        if before in ("our", "my", "your", "their", "his", "her", "with", "by", "dear") and not framed:
            return 0.12 if before == "our" and named else 0.0
        if self.abbreviated(book) and not framed and before not in ("as", "for"):
            return 0.0
        if framed:
            return (0.7 if named else 0.5) - (0.2 if follows in book.jobs.loose_job_nouns else 0.0)
        if not named:
            wanted = before in ("a", "an", "as", "for") or before in book.jobs.wanting
            if is_sought(self.line, self.start, book):
                several = len(self.words) > 1 or self.words[-1][0].lower() not in book.jobs.weak
                return 0.3 if several else 0.25 if wanted else 0.0
            return 0.0
        if len(self.words) == 1 and self.words[0][0].lower() in book.jobs.weak:
            return 0.3 if before in ("as", "for", "of", "a", "an", "the") else 0.0
        if before in _BEFORE_NAMES:
            return 0.5
        return 0.4 if self.start <= 2 and self.end >= len(self.line) - 2 else 0.3

    def weight_in_subject(self, book: Namebook) -> float:
        framed = self.follows in book.jobs.job_nouns or self.before in _BEFORE_NAMES
        whole = self.start == 0 or self.line[: self.start].rstrip()[-1:] in _EDGE
        closes = self.end >= len(self.line) or self.line[self.end :].lstrip()[:1] in _EDGE
        if self.abbreviated(book) and not framed:
            return 0.0 if self.start else 0.25  # "RGN shifts": who wants the title spelled out finds it in the text
        weight = 0.5 if whole and closes else 0.4 if framed or whole else 0.3
        if self.named:
            return weight
        return weight - 0.2 if whole or framed else 0.0


def _from_job_noun(line: str, noun: Token, tally: _Tally, subject: bool, trust: float) -> None:
    """What stands before "role", "post", "vacancy" and has no known head noun: "the P4 post", "the Cabin Crew job"."""
    book = tally.book
    title, determined = words_before(line, noun[1], book)
    words = title.split()
    if not words:
        _from_agent(line, noun, tally, trust)
        return
    if (
        not words
        or any(is_head(word, book) for word in words)
        or not any(word[0].isupper() or word[0].isdigit() for word in words)
    ):
        return
    loose = noun[0].lower() in book.jobs.loose_job_nouns
    if (loose and not (determined and len(words) > 1)) or not (determined or subject):
        return
    if len(words) > 1 and any(fold(bare(word)) in book.firms.firm_words for word in words):
        return
    lone = len(words) == 1 and any(char.isdigit() for char in title)  # "the P4 post", and "the A14 job"
    tally.add(title, (0.25 if loose or lone else 0.4) * trust, "before_job", line[max(0, noun[1] - 50) : noun[2]])


def _from_agent(line: str, noun: Token, tally: _Tally, trust: float) -> None:
    """An unknown trade in small letters: "the toolpusher position", "a net pen diver job"."""
    book = tally.book
    words = line[max(0, noun[1] - 50) : noun[1]].split()
    if (
        not words
        or not is_agent(words[-1], book)
        or not words[-1].islower()
        or noun[0].lower() in book.jobs.loose_job_nouns
    ):
        return
    title: list[str] = []
    for word in reversed(words[-4:]):
        if word.lower() in ("the", "our", "a", "an", "for", "your", "this"):
            tally.add(" ".join(reversed(title)), 0.3 * trust, "before_job", line[max(0, noun[1] - 50) : noun[2]])
            return
        if not word.isalpha() or word.lower() in book.jobs.stops or word.lower() in book.not_names:
            return
        title.append(word)


def _from_frames(text: str, tally: _Tally, low: str = "") -> None:
    """What stands after "applying for", "position of", "as our next": titles without a known head noun too."""
    book = tally.book
    for match in before_names(book.jobs.frames, text, low or lowered(text)):
        at = match.end()
        run = run_at(text[at : at + 120].split("\n", 1)[0], 0, book)
        words = run.split()
        sure = match.group(1) in book.jobs.sure_frames
        head = any(is_head(bare(word), book) for word in words if bare(word))
        if not words or words[0].isdigit() or (not head and not sure):
            continue
        if not head and (
            len(words) > 5
            or (not _BE.search(match.group(1)) and any(fold(bare(word)) in book.firms.telling for word in words))
        ):
            continue
        tally.add(
            text[at - part_time(text, at) : at] + run,
            (0.6 if sure else 0.45) if head else 0.35 if len(words) > 1 else 0.25,
            "after_words",
            text[match.start() : at] + run,
        )


def _from_labels(text: str, tally: _Tally) -> None:
    """Titles after a label: "Position: Radiology Tech II", "Role : SAP Consultant", "the title is ..."."""
    book = tally.book
    text = text[:6000]
    low = text.lower()
    if not (holds(low, _LAST_OF_LABEL) or holds(low, book.jobs.labels)):
        return
    for match in _LABEL.finditer(text):
        label = match.group(1).lower()
        if label not in book.jobs.labels and label.rpartition(" ")[2] not in _LAST_OF_LABEL:
            continue
        run = run_at(text[match.end() : match.end() + 120].split("\n", 1)[0], 0, book)
        if run:
            head = any(is_head(bare(word), book) for word in run.split() if bare(word))
            tally.add(run, 0.65 if head else 0.4, "label", match.group() + run)
