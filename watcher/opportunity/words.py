"""The user's own words: which opportunity each is about, when it counts, and what it sets above all that was read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.opportunity.model import Entry, Group, Word
from watcher.reading.model import Evidence, Person, Reading, Says

SAID = "said"
TIMED = frozenset({"stage", "close", "hired", "heard", "told", "interview"})
OF_MESSAGES = frozenset({"says", "join", "split"})
NOBODY = "nobody"
_SPEAKS_OF_TIMES = frozenset(
    {Says.SCHEDULING, Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED}
)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user's words set for good, as they stand at `now`. `nobody` where there is no one to write to."""

    company: str = ""
    role: str = ""
    contact: Person | None = None
    nobody: bool = False
    notes: tuple[str, ...] = ()
    muted: bool = False
    snoozed_until: datetime | None = None


# --- whom a word is about ---------------------------------------------------------------------------------------------


def about(words: Iterable[Word], ids: frozenset[str], names: Iterable[str] = ()) -> tuple[Word, ...]:
    """The words that are anchored to one of these messages or to the opportunity by name, oldest first."""
    known = ids | frozenset(names)
    return tuple(sorted((word for word in words if known & set(word.anchors)), key=lambda word: word.said_at))


def sort_out(
    words: Sequence[Word], groups: Sequence[Group], ids: Sequence[str], aliases: Mapping[str, Collection[str]]
) -> dict[str, tuple[Word, ...]]:
    """The words about each opportunity by its id (`ids` are those of the groups, in their order).

    A word belongs to the opportunity it names. Where that id is not known any more it belongs to the one that has most
    of the messages it names; one about messages alone belongs wherever these are.
    """
    names = {name: name for name in ids}
    names |= {alias: name for name, others in aliases.items() for alias in others if name in names}
    found: dict[str, list[Word]] = {name: [] for name in ids}
    for word in words:
        for name in _meant(word, groups, ids, names):
            found[name].append(replace(word, anchors=tuple(dict.fromkeys((*word.anchors, name)))))
    return {name: tuple(mine) for name, mine in found.items()}


def _meant(word: Word, groups: Sequence[Group], ids: Sequence[str], names: Mapping[str, str]) -> list[str]:
    if not word.anchors:
        return []
    anchors = set(word.anchors)
    votes = {name: len(group.ids & anchors) for group, name in zip(groups, ids, strict=True)}
    touched = [name for name in ids if votes[name]]
    if word.verb in OF_MESSAGES:
        return touched
    named = [names[anchor] for anchor in word.anchors if anchor in names]
    if named:
        return named[:1]
    return [max(touched, key=lambda name: votes[name])] if touched else []


# --- when a word counts -----------------------------------------------------------------------------------------------


def moment(word: Word, entries: Sequence[Entry], zone: ZoneInfo) -> datetime:
    """The place of a word among the mail: when what it tells of happened, else when it was said, and in any case before
    mail that was not known then, so that newer mail moves on what a word has set."""
    if word.verb in {"heard", "told"}:
        return min(instant(word.value, zone) or word.said_at, word.said_at)
    if source := word.extra.get("source"):
        return next((entry.at for entry in entries if entry.id == source), word.said_at)
    known = set(word.anchors)
    newest = max((entry.at for entry in entries if entry.id in known), default=None)
    if newest is None:
        return word.said_at
    unknown = [entry.at - _MOMENT for entry in entries if entry.id not in known and entry.at > newest]
    return min(word.said_at, *unknown) if unknown else word.said_at


# --- what a word sets -------------------------------------------------------------------------------------------------


def is_said(entry: Entry) -> bool:
    """Whether the user has said what the message says."""
    evidence = entry.reading.evidence
    return bool(evidence) and evidence[0].rule == SAID


def reread(entry: Entry, words: Sequence[Word]) -> Entry:
    """The entry as the user says it is to be understood."""
    for word in words:
        if word.verb == "says" and entry.id in word.anchors and word.value in set(Says):
            entry = replace(entry, reading=_as_said(entry, Says(word.value)))
    return entry


def _as_said(entry: Entry, says: Says) -> Reading:
    """The reading as the user corrects it. What it shows of other meanings goes, and so do doubts about its sender."""
    evidence, reading = (Evidence(SAID, says.value),), entry.reading
    if says is Says.NOT_HIRING:
        return replace(reading, hiring=0.0, evidence=evidence)
    times = says in _SPEAKS_OF_TIMES
    return replace(
        reading,
        says=says,
        hiring=1.0,
        confidence=1.0,
        scores={},
        evidence=evidence,
        events=reading.events if times else (),
        times=reading.times if times else (),
        suspicious="",
        addressed_to_me=True,
    )


def wishes(words: Sequence[Word], zone: ZoneInfo) -> Wishes:
    """Names, notes, mutes and snoozes, the latest word standing."""
    wish = Wishes()
    for word in words:
        if word.verb == "company":
            wish = replace(wish, company=word.value)
        elif word.verb == "role":
            wish = replace(wish, role=word.value)
        elif word.verb == "contact":
            wish = _with_contact(wish, word)
        elif word.verb == "note" and word.value:
            wish = replace(wish, notes=(*wish.notes, word.value))
        elif word.verb in {"mute", "resume"}:
            wish = replace(wish, muted=word.verb == "mute", snoozed_until=None)
        elif word.verb == "snooze":
            wish = replace(wish, snoozed_until=instant(word.value, zone))
    return wish


def _with_contact(wish: Wishes, word: Word) -> Wishes:
    if word.value == NOBODY:
        return replace(wish, contact=None, nobody=True)
    name = word.extra.get("name", "")
    person = Person(name, word.value.strip().lower(), word.extra.get("greeting", ""))
    return replace(wish, contact=person, nobody=False)


# --- days and instants ------------------------------------------------------------------------------------------------


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """An ISO instant or day (its midnight in the user's zone); None where it is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def day(text: str) -> date | None:
    """An ISO day; None where it is none."""
    moment = instant(text, ZoneInfo("UTC"))
    return moment.date() if moment else None
