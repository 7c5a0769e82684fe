"""Strands: the hiring mail of one thread, its marks of employer, role and people, and how well two go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.opportunity.belonging import People, hosts
from watcher.opportunity.model import Entry
from watcher.opportunity.names import (
    beginnings,
    company_words,
    domain_beginnings,
    fits_domain,
    plain,
    plain_text,
    run_together,
    same_company,
    same_role,
    squeezed,
    words_of,
)
from watcher.reading.model import Act, Claim, Says, Speaker, TimeUse

SURE = 0.5  # from this weight on a claim is taken at its word
ENOUGH = 3.0  # what joins two strands
LONG_AFTER = timedelta(days=120)  # an application this long after the last mail of another is a new one
NEVER = -100.0
TEXT_READ = 2000
_NONE: frozenset[str] = frozenset()  # the one empty set, of which thousands would be megabytes
_NEVER: frozenset[datetime] = frozenset()
OPENERS = frozenset({Says.APPLICATION_RECEIVED, Says.OUTREACH})
ENDS = frozenset({Says.REJECTION})


@dataclass(frozen=True, slots=True)
class Trace:
    """What one message adds to the marks of its strand. `order` is its place among others."""

    entry: Entry
    order: tuple[datetime, str]
    companies: tuple[Claim, ...]
    people: frozenset[str]
    named: frozenset[str]
    uids: frozenset[str]
    starts: frozenset[datetime]
    by_machine: bool


@dataclass(frozen=True, slots=True)
class Strand:
    """Mail that surely belongs together, oldest first, and its marks. `text` are the running words of mail that only
    machines wrote."""

    traces: tuple[Trace, ...]
    companies: tuple[str, ...]
    agencies: tuple[str, ...]
    roles: tuple[str, ...]
    requisitions: frozenset[str]
    people: frozenset[str]
    named: frozenset[str]
    domains: frozenset[str]
    uids: frozenset[str]
    starts: frozenset[datetime]
    made_by_machine: bool
    text: str

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(trace.entry for trace in self.traces)

    @property
    def first(self) -> datetime:
        return self.traces[0].order[0]

    @property
    def last(self) -> datetime:
        return self.traces[-1].order[0]

    @property
    def opens(self) -> bool:
        """Whether it begins with an application or an approach."""
        entry = self.traces[0].entry
        return entry.reading.says in OPENERS or Act.APPLIED in entry.reading.acts

    @property
    def ended(self) -> bool:
        """Whether its newest mail of theirs is a no, or the user took leave."""
        readings = (each.entry.reading for each in reversed(self.traces))
        newest = next((each for each in readings if each.speaker is not Speaker.ME), None)
        return newest is not None and newest.says in ENDS


def strand_of(entries: Iterable[Entry], people: People) -> Strand:
    """The strand of some entries."""
    return strand_from([_trace_of(entry, people) for entry in entries], people)


def strand_from(traces: Iterable[Trace], people: People) -> Strand:
    """The strand of messages whose traces were taken before: it is made anew whenever mail comes to it."""
    ordered = tuple(sorted(traces, key=lambda each: each.order))
    readings = [each.entry.reading for each in ordered]
    agencies = tuple(dict.fromkeys(each.agency for each in readings if each.agency))
    companies = _claimed(claim for each in ordered for claim in each.companies)
    addresses = _NONE.union(*[each.people for each in ordered])
    made_by_machine = all(each.by_machine for each in ordered)
    return Strand(
        traces=ordered,
        companies=tuple(name for name in companies if not any(same_company(name, agency) for agency in agencies)),
        agencies=agencies,
        roles=_claimed(claim for each in readings for claim in each.roles[:1]),
        requisitions=_NONE.union(*[each.requisitions for each in readings]) or _NONE,
        people=addresses,
        named=_NONE.union(*[each.named for each in ordered]) or _NONE,
        domains=frozenset(people.employer(address) for address in addresses) - {""} or _NONE,
        uids=_NONE.union(*[each.uids for each in ordered]) or _NONE,
        starts=_NEVER.union(*[each.starts for each in ordered]) or _NEVER,
        made_by_machine=made_by_machine,
        text=" ".join(_words(each.entry) for each in ordered) if made_by_machine else "",
    )


def _trace_of(entry: Entry, people: People) -> Trace:
    reading = entry.reading
    by_machine = reading.speaker is Speaker.ROBOT or bool(reading.system)
    others = people.others(entry) | (hosts(entry) if by_machine else _NONE)  # a booking system writes in their place
    return Trace(
        entry=entry,
        order=(entry.at, entry.id),
        companies=tuple(claim for claim in reading.companies if claim.weight >= SURE),
        people=others or _NONE,
        named=_NONE if reading.speaker is Speaker.ME else frozenset(_named(entry)) or _NONE,
        uids=frozenset(event.uid for event in reading.events if event.uid) or _NONE,
        starts=frozenset(_starts(entry)) or _NEVER,
        by_machine=by_machine,
    )


def _words(entry: Entry) -> str:
    """What the mail of machines says in running words, in which an employer may be named without more ado."""
    sender = entry.header.sender.name
    return " ".join(plain_text(f"{sender} {entry.header.subject} {entry.new_text[:TEXT_READ]}").split())


def words_in(strands: Iterable[Strand]) -> Mapping[str, int]:
    """The words of all companies and agencies that strands are sure of, and in how many names each stands."""
    named = {name for strand in strands for name in (*strand.companies, *strand.agencies)}
    return Counter(word for name in named for word in company_words(name))


@dataclass(frozen=True, slots=True)
class Marks:
    """What of two strands tells that something may speak for joining them: one has what the other seeks. Each has and
    seeks what is to be the same in both; the telling word of a name is sought in longer names and in running words."""

    has: frozenset[tuple[str, object]]
    seeks: frozenset[tuple[str, object]]


def marks(strand: Strand, names: Mapping[str, int]) -> Marks:
    """The marks of a strand. `names` are the words that any company among the strands has: of a machine's text no other
    can be a mark, and of a name the rarest of them tells most."""
    same: set[tuple[str, object]] = {("uid", each) for each in strand.uids}
    same |= {("requisition", each) for each in strand.requisitions}
    same |= {("person", each) for each in strand.people | strand.named}
    same |= {("domain", each) for each in strand.domains}
    same |= {("start", each) for each in strand.starts}
    same |= {("squeezed", squeezed(name)) for name in strand.companies}
    has, seeks = set(same), set(same)
    for name in strand.companies:
        words, glued = company_words(name), run_together(name)
        has |= {("word", word) for word in words}
        has |= {("glued", each) for each in glued}
        has |= {("begins", letters) for letters in beginnings(name)}
        seeks |= {("word", word) for word in sorted(words, key=lambda each: (names.get(each, 0), each))[:1]}
        seeks |= {("glued", each) for each in glued[-1:]}
    for domain in strand.domains if not strand.companies else ():  # else the names tell
        seeks |= {("begins", letters) for letters in domain_beginnings(domain)}
    if strand.made_by_machine:
        has |= {("word", word) for word in _running(strand.text) & names.keys()}
    return Marks(frozenset(has), frozenset(seeks))


def _running(text: str) -> frozenset[str]:
    """The words of a text, possessives with their letter as in `company_words` too."""
    return words_of(text) | words_of(text.replace("'s", "s").replace("\u2019s", "s"))


def _claimed(claims: Iterable[Claim]) -> tuple[str, ...]:
    """The names claimed with certainty, the weightiest first."""
    weights: dict[str, float] = {}
    for claim in claims:
        if claim.weight >= SURE:
            weights[claim.name] = weights.get(claim.name, 0.0) + claim.weight
    return tuple(sorted(weights, key=lambda name: -weights[name]))


def _named(entry: Entry) -> Iterable[str]:
    """Full names of people who write, are named, or host a meeting."""
    reading = entry.reading
    persons = [*reading.people, *([reading.author] if reading.author else [])]
    names = [person.name for person in persons]
    for event in reading.events:
        names += [each.name for each in (*event.attendees, *([event.organizer] if event.organizer else []))]
    for name in names:
        if len(name.split()) > 1:
            yield plain(name)


def _starts(entry: Entry) -> Iterable[datetime]:
    for event in entry.reading.events:
        if event.start:
            yield event.start
    for mention in entry.reading.times:
        if mention.start and mention.use is TimeUse.STANDS:
            yield mention.start


def together(one: Strand, other: Strand) -> float:
    """How strongly two strands go together; ENOUGH joins them, NEVER keeps them apart whatever else speaks for it."""
    early, late = sorted((one, other), key=lambda each: each.first)
    if one.uids & other.uids:
        return 10.0
    if one.requisitions & other.requisitions and not _other_company(one, other):
        return 6.0
    if _apart(early, late):
        return NEVER
    score = _people(one, other) + _employer(one, other) + _role(one, other)
    if one.starts & other.starts:
        score += 2.0
    return score


def _apart(early: Strand, late: Strand) -> bool:
    """What speaks against it so strongly that nothing else counts."""
    if _other_company(early, late) or _other_role(early, late):
        return True
    if early.requisitions and late.requisitions and not early.requisitions & late.requisitions:
        return True
    if late.first - early.last > LONG_AFTER:
        return True
    return late.opens and early.ended and early.last < late.first


def _mentions(one: Strand, other: Strand) -> bool:
    """Whether the mail of a machine names the employer that the other strand is sure of."""
    if not (one.made_by_machine or other.made_by_machine):
        return False
    pairs = ((one, other), (other, one))
    return any(
        machine.made_by_machine and any(len(name) > 3 and plain(name) in machine.text for name in named.companies)
        for machine, named in pairs
    )


def _other_company(one: Strand, other: Strand) -> bool:
    if _mentions(one, other):
        return False
    if not one.companies or not other.companies:
        return False
    return not any(same_company(left, right) for left in one.companies for right in other.companies)


def _other_role(one: Strand, other: Strand) -> bool:
    if not one.roles or not other.roles:
        return False
    return not any(same_role(left, right) for left in one.roles[:3] for right in other.roles[:3])


def _people(one: Strand, other: Strand) -> float:
    if one.people & other.people:
        return 3.0
    if one.named & other.named:
        return 2.0
    return 0.0


def _employer(one: Strand, other: Strand) -> float:
    if _mentions(one, other):
        return 3.0
    if one.companies and other.companies:
        return 3.0  # not another one, or it would have been kept apart
    if one.domains & other.domains:
        return 3.0 if not (one.agencies and other.agencies) else 2.0
    for named, at in ((one, other), (other, one)):
        if any(fits_domain(company, domain) for company in named.companies for domain in at.domains):
            return 3.0
    agencies = [(left, right) for left in one.agencies for right in other.agencies]
    return 1.0 if any(same_company(left, right) for left, right in agencies) else 0.0


def _role(one: Strand, other: Strand) -> float:
    return 1.5 if one.roles and other.roles else 0.0
