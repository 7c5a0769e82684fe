"""Joins threads to opportunities: one application is one, wherever its mail comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.opportunity.belonging import People, belonging
from watcher.opportunity.model import Entry, Group, JoiningSettings, Word
from watcher.opportunity.strands import ENOUGH, Strand, marks, strand_from, strand_of, together, words_in
from watcher.opportunity.threads import thread
from watcher.opportunity.words import is_said, reread
from watcher.reading.model import Says

DOUBTFUL = "it may belong to more than one application"
DECISIONS = frozenset({Says.REJECTION, Says.ON_HOLD, Says.OFFER})


@dataclass(slots=True)
class Pile:
    """The strands put together so far for one application. `doubts` are the strands (their Message-IDs) of which nobody
    can tell whether they belong here."""

    strand: Strand
    doubts: tuple[frozenset[str], ...] = ()


def join(entries: Sequence[Entry], settings: JoiningSettings, words: Sequence[Word] = ()) -> tuple[Group, ...]:
    """The applications in a mailbox, the one with the oldest mail first. Entries that are no hiring mail are in none;
    one message that lies in two accounts is taken once."""
    once = {entry.id: reread(entry, words) for entry in reversed(entries)}
    threads = thread(tuple(once.values()))
    belongs = _as_said(once.values(), belonging(threads, settings))
    people = People(settings)
    strands: list[Strand] = []
    for each in threads:
        mine = [entry for entry in each.entries if entry.id in belongs]
        strands += [strand_of(part, people) for part in _parts(mine)]
    piles = _pile(sorted(strands, key=lambda strand: strand.traces[0].order), people)
    piles = _by_word(piles, words, people)
    settled = {anchor for word in words if word.verb in {"join", "split"} for anchor in word.anchors}
    groups = [Group(pile.strand.entries, _doubt(pile, settled)) for pile in piles if not _only_binned(pile.strand)]
    return tuple(sorted(groups, key=lambda group: (group.entries[0].at, group.entries[0].id)))


def _as_said(entries: Iterable[Entry], belongs: frozenset[str]) -> frozenset[str]:
    """The hiring mail, with what the user calls hiring mail and without what they say is none."""
    said = [entry for entry in entries if is_said(entry)]
    hiring = {entry.id for entry in said if entry.reading.hiring > 0}
    return (belongs - {entry.id for entry in said}) | hiring


def _doubt(pile: Pile, settled: set[str]) -> str:
    """Why it is doubtful what belongs to a pile; "" where the user has told."""
    return DOUBTFUL if any(settled.isdisjoint(doubt) for doubt in pile.doubts) else ""


def _parts(entries: Sequence[Entry]) -> Iterable[list[Entry]]:
    """A thread's mail; what lies in Trash stands for itself, so that it can be dropped where it belongs to nothing."""
    if entries:
        yield list(entries)


def _only_binned(strand: Strand) -> bool:
    return all(entry.binned for entry in strand.entries)


def _pile(strands: Sequence[Strand], people: People) -> list[Pile]:
    """Put each strand, oldest first, to the pile it goes best with; where two are as good, keep it apart and say so."""
    piles: dict[int, Pile] = {}
    having: dict[object, set[int]] = {}
    seeking: dict[object, set[int]] = {}
    names = words_in(strands)
    for number, strand in enumerate(strands):
        mine = marks(strand, names)
        found = {each for mark in mine.seeks for each in having.get(mark, ())}
        found |= {each for mark in mine.has for each in seeking.get(mark, ())}
        near = sorted(found & piles.keys())
        scores = {each: together(piles[each].strand, strand) for each in near}
        most = max(scores.values(), default=0.0)
        best = [each for each in near if scores[each] == most >= ENOUGH]
        place = number
        if len(best) > 1 and not strand.uids:
            piles[place] = _keep_apart(strand, [piles[each] for each in best])
        elif best:
            place = best[0]  # under which most of its marks lead to it already
            traces = [trace for each in best for trace in piles.pop(each).strand.traces]
            piles[place] = Pile(strand_from((*traces, *strand.traces), people))
        else:
            piles[place] = Pile(strand)
        mine = mine if piles[place].strand is strand else marks(piles[place].strand, names)
        for mark in mine.has:
            having.setdefault(mark, set()).add(place)
        for mark in mine.seeks:
            seeking.setdefault(mark, set()).add(place)
    return list(piles.values())


def _keep_apart(strand: Strand, best: Sequence[Pile]) -> Pile:
    """One strand that goes with several: what it may decide is doubtful for all of them."""
    doubt = frozenset(entry.id for entry in strand.entries)
    if any(entry.reading.says in DECISIONS for entry in strand.entries):
        for pile in best:
            pile.doubts = (*pile.doubts, doubt)
    return Pile(strand, (doubt,))


def _by_word(piles: list[Pile], words: Sequence[Word], people: People) -> list[Pile]:
    """Joins and splits that the user asked for, in their order."""
    for word in sorted(words, key=lambda each: each.said_at):
        if word.verb == "join":
            meant = [pile for pile in piles if _touches(pile, word)]
            if len(meant) > 1:
                traces = [trace for pile in meant for trace in pile.strand.traces]
                doubts = tuple(doubt for pile in meant for doubt in pile.doubts)
                piles = [pile for pile in piles if pile not in meant]
                piles.append(Pile(strand_from(traces, people), doubts))
        elif word.verb == "split":
            piles = [part for pile in piles for part in _split(pile, word, people)]
    return piles


def _touches(pile: Pile, word: Word) -> bool:
    return any(entry.id in word.anchors for entry in pile.strand.entries)


def _split(pile: Pile, word: Word, people: People) -> list[Pile]:
    """A pile without the messages that a word sets apart, and these with the answers to them."""
    apart: set[str] = set()
    for entry in sorted(pile.strand.entries, key=lambda each: (each.at, each.id)):
        if entry.id in word.anchors or entry.header.in_reply_to in apart:
            apart.add(entry.id)
    out = [entry for entry in pile.strand.entries if entry.id in apart]
    kept = [entry for entry in pile.strand.entries if entry.id not in apart]
    if not out or not kept:
        return [pile]
    return [Pile(strand_of(kept, people), pile.doubts), Pile(strand_of(out, people))]
