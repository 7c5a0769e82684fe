"""The day by which they say they will be back, and the day an absent person returns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from watcher.knowledge.model import Pack, Table
from watcher.reading.atom import CLOCK, NUMBER, WORD, Atom
from watcher.reading.atoms import Words, atoms, words_of
from watcher.reading.filtering import AnyOf
from watcher.reading.identity import Identity
from watcher.reading.model import Evidence, NamedDay, ReadingSettings
from watcher.reading.spans import Span, span_words
from watcher.reading.uses import ends_of
from watcher.reading.zones import zone_of

BEFORE = 40  # letters before a day that tell what it is the day of
_MAX_TEXT = 20_000


@dataclass(slots=True)
class _Clause:
    """A part of a sentence that says one thing."""

    start: int
    end: int
    text: str
    sentence: int
    spans: list[Span] = field(default_factory=list)
    timed: bool = False


class DayCues:
    """The cues of a days table as patterns."""

    def __init__(self, table: Table) -> None:
        def pattern(name: str, source: Mapping[str, Sequence[str]] = table) -> re.Pattern[str]:
            return re.compile("|".join(source.get(name, ())) or "(?!)")

        self.promise, self.demand = AnyOf(table.get("promise", ())), AnyOf(table.get("demand", ()))
        self.though = pattern("though")
        self.past, self.future = pattern("past"), pattern("future")
        self.meeting, self.writing = pattern("meeting"), pattern("writing")
        self.then, self.after_that = pattern("then"), pattern("after_that")
        self.event, self.event_subject = pattern("event"), pattern("event_subject")
        self.split, self.conditional = pattern("split"), pattern("conditional")
        fillers = table.get("fillers", ())
        self.before, self.after = _tail(table.get("before", ()), fillers), _tail(table.get("after", ()), fillers)
        self.listed, self.patience, self.unheard = pattern("listed"), pattern("patience"), pattern("unheard")
        self.earliest, self.by = pattern("earliest"), pattern("by")
        self.done_on = pattern("done_on")
        returns: Mapping[str, Sequence[str]] = table.get("returns", {})
        self.back, self.until = pattern("back", returns), pattern("away_until", returns)
        self.behind = pattern("behind", returns)  # said behind the day instead ("am 12. bin ich wieder da")
        self.away, self.ranged = pattern("away", returns), pattern("ranged", returns)


def _tail(words: Sequence[str], fillers: Sequence[str]) -> re.Pattern[str]:
    between = "|".join(fillers) or "(?!)"
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + rf")(?: (?:{between}))? $" if words else "(?!)")


@lru_cache(maxsize=8)
def _cues(table: Identity) -> DayCues:
    return DayCues(table.thing)


def named_day(text: str, sent: datetime, settings: ReadingSettings, pack: Pack) -> NamedDay | None:
    """The day by which the writer of `text` says they (or their house) will decide, answer or be in touch.

    `sent` is aware, with the writer's own offset. Vague words ("soon"), deadlines for the reader and the time of an
    interview name none. Of several days the latest counts. Never raises on any text.
    """
    days, times = pack.tables.get("days"), pack.tables.get("times")
    if not days or not times:
        return None
    cues, phrases = _cues(Identity(days)), span_words(days, times)
    lowered = _plain(text)
    if not phrases.may_hold(lowered) or not cues.promise.search(lowered):
        return None
    clauses = _clauses(lowered, cues, words_of(times))
    local = _local(sent, settings)
    try:
        spans = phrases.find(lowered, local, settings.day_first, settings.country)
    except (ValueError, OverflowError):
        return None
    spans = [span for span in spans if not cues.done_on.search(lowered, max(0, span.start - BEFORE), span.start)]
    if not spans:
        return None
    _place(clauses, spans)
    _mark_hours(clauses, lowered, times)
    best: tuple[date, Span] | None = None
    for index, clause in enumerate(clauses):
        found = _promised(clause, clauses[:index], clauses[index + 1 : index + 2], cues, lowered, local.date())
        if found and found[0] >= local.date() and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    day, span = best
    return NamedDay(day, Evidence("named_day", text[span.start : span.end]))


def return_day(text: str, sent: datetime, settings: ReadingSettings, pack: Pack) -> date | None:
    """The day an out-of-office answer says its writer is back; after "until" a day, the next working day."""
    days, times = pack.tables.get("days"), pack.tables.get("times")
    if not days or not times:
        return None
    cues, lowered, local = _cues(Identity(days)), _plain(text), _local(sent, settings)
    try:
        spans = span_words(days, times).find(lowered, local, settings.day_first, settings.country)
    except (ValueError, OverflowError):
        return None
    spans = [span for span in spans if span.day >= local.date() - timedelta(days=1)]
    for span in spans:
        before = lowered[max(0, span.start - 60) : span.start]
        if cues.behind.search(lowered[span.end : span.end + 60]) and not cues.until.search(before[-12:]):
            return span.day
        said = list(cues.back.finditer(before))
        if (
            said
            and not re.search(r"[.!?]\s", before[said[-1].end() :])
            and not cues.until.search(before[said[-1].end() :])
        ):
            return span.day
    for span in reversed(spans):
        before = lowered[max(0, span.start - 100) : span.start]
        near = before[-26:]
        ranged = cues.ranged.search(lowered[span.start : span.end])
        if (cues.until.search(near) or ranged) and (cues.away.search(before) or cues.away.search(lowered)):
            return _next_working(span.last)
    return None


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, line breaks inside paragraphs as spaces; same length as the text."""
    text = text[:_MAX_TEXT]
    lowered = text.lower()
    if len(lowered) != len(text):  # letters that grow in lower case (İ)
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    lowered = lowered.replace("’", "'").replace("\t", " ").replace("\u00a0", " ").replace("\r", " ")
    return re.sub(r"\n(?<!\n\n)(?!\n)", " ", lowered)


def _local(sent: datetime, settings: ReadingSettings) -> datetime:
    """The writer's own clock: that of the Date field, or the user's where that is UTC and so tells little."""
    return sent if sent.utcoffset() else sent.astimezone(zone_of(settings.timezone) or UTC)


def _clauses(text: str, cues: DayCues, words: Words) -> list[_Clause]:
    out: list[_Clause] = []
    start = 0
    for number, stop in enumerate([*ends_of(text, words.months), len(text)]):
        sentence_start = start
        cuts = [found.start() for found in cues.split.finditer(text, start, stop) if found.end() > found.start()]
        for cut in [*cuts, stop]:
            if cut > sentence_start:
                out.append(_Clause(sentence_start, cut, text[sentence_start:cut].strip(" ,;("), number))
                sentence_start = cut
        start = stop
        if len(out) > 400:
            break
    return out


def _place(clauses: list[_Clause], spans: list[Span]) -> None:
    """Puts each span into the clause it begins in."""
    at = 0
    for span in spans:
        while at < len(clauses) and clauses[at].end <= span.start:
            at += 1
        if at < len(clauses):
            clauses[at].spans.append(span)


def _mark_hours(clauses: list[_Clause], text: str, times: Table) -> None:
    """Marks the clauses that name an hour."""
    words = words_of(times)
    for clause in clauses:
        if clause.spans:
            part = text[clause.start : clause.end]
            clause.timed = any(
                _is_hour(atom, part, words)
                for atom in atoms(part, words)
                if not any(span.start <= clause.start + atom.start < span.end for span in clause.spans)
            )


def _is_hour(atom: Atom, text: str, words: Words) -> bool:
    if atom.kind == CLOCK:
        return True
    if atom.kind == NUMBER and atom.flag in ("", "word", "hours"):
        before = text[: atom.start].rstrip().rpartition(" ")[2]
        return atom.n <= 24 and before in words.glue["hour_before"] - words.glue["between"]
    return atom.kind == WORD and atom.flag in ("noon", "half", "quarter")


def _promised(
    clause: _Clause, before: list[_Clause], after: list[_Clause], cues: DayCues, text: str, today: date
) -> tuple[date, Span] | None:
    """The day that one clause promises, with the words for it."""
    near = (clause, *before[-1:], *after)
    if not any(other.spans for other in near):
        return None
    if not cues.promise.search(clause.text) or not _is_promise(clause, before, cues):
        return None
    if clause.spans:
        if clause.timed and cues.meeting.search(clause.text) and not cues.writing.search(clause.text):
            return None
        group = _last_group(clause.spans, text, cues)
        return max(((_moved(span, clause, cues, text), span) for span in group), key=lambda found: found[0])
    previous = before[-1] if before else None
    if previous and previous.spans and clause.sentence - previous.sentence <= 1:
        return _linked(clause, previous, cues, text)
    follower = after[0] if after else None
    if follower and follower.spans and follower.sentence == clause.sentence and cues.event_subject.match(follower.text):
        span = follower.spans[-1]
        return _next_working(span.last), span
    return None


def _is_promise(clause: _Clause, before: list[_Clause], cues: DayCues) -> bool:
    if cues.demand.search(clause.text) and not cues.though.search(clause.text):
        return False
    if cues.past.search(clause.text) and not cues.future.search(clause.text):
        return False
    if cues.conditional.match(clause.text) and not cues.though.search(clause.text):
        return False
    return bool(clause.text)


def _linked(clause: _Clause, previous: _Clause, cues: DayCues, text: str) -> tuple[date, Span] | None:
    """The day of the clause before, where this one says "then" or has to wait for it."""
    same = clause.sentence == previous.sentence
    span = previous.spans[-1]
    if cues.demand.search(previous.text) and not cues.though.search(previous.text):
        return None
    waits = cues.event.search(previous.text) is not None
    if same and cues.event_subject.match(previous.text):
        return _next_working(span.last), span
    if cues.after_that.search(clause.text):
        return _next_working(span.last), span
    patience = same and cues.patience.search(text[previous.start : span.start])
    if patience or cues.then.search(clause.text):
        return _moved(span, previous, cues, text), span
    negative = cues.unheard.search(previous.text)
    if same and (negative or cues.promise.search(previous.text)):
        return None
    if same and waits and not previous.timed:
        return _next_working(span.last), span
    return None


def _moved(span: Span, clause: _Clause, cues: DayCues, text: str) -> date:
    """The day a span names in its place: "before Friday" is the day before, "after Friday" the next working day."""
    before = text[max(0, span.start - 24) : span.start]
    if cues.before.search(before) and not span.part:
        patience = cues.earliest.search(text[clause.start : span.start])
        return span.day if patience else span.day - timedelta(days=1)
    if cues.after.search(before) and not span.part:
        return _next_working(span.last)
    lead = text[clause.start : span.start]
    subject = [*cues.event_subject.finditer(lead)]
    if subject and not cues.by.search(before) and not cues.promise.search(lead[subject[-1].end() :]):
        return _next_working(span.last)
    return span.day


def _last_group(spans: list[Span], text: str, cues: DayCues) -> list[Span]:
    """The last run of spans joined as alternatives or as a range ("tomorrow or Wednesday")."""
    group = [spans[-1]]
    for earlier in reversed(spans[:-1]):
        if not cues.listed.match(text[earlier.end : group[-1].start]):
            break
        group.append(earlier)
    return group


def _next_working(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day
