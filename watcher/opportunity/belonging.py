"""Which mail of a mailbox is about the user's own job hunt, once threads and known people are seen."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import fmean

from watcher.message.model import Role
from watcher.opportunity.model import Entry, JoiningSettings
from watcher.opportunity.names import beginnings, domain_beginnings, fits_domain, plain, plain_text
from watcher.opportunity.threads import Thread
from watcher.reading.model import Act, Reading, Says, Speaker

ALONE = 0.5  # from here on a message is hiring mail by itself
UNNAMED = 0.75  # and from here on where it names no job
CLAIMED = 0.4  # how surely a job or an employer is named for that
FIRST = 0.85  # the same where nothing else tells that the user is on the hunt
FIRST_UNNAMED = 0.97
USUAL = 1.5  # the log-odds of the voice that each side is taken to have where it has not spoken
REVERSED = -2.3  # the sum of both from which down the user is no candidate there
HUNTING = 3.0  # the pooled log-odds from which on a thread surely is hiring mail
KNOWN_PERSON = 0.05  # what mail of a known person needs, outside any thread
KNOWN_DOMAIN = 0.2  # what mail of a colleague of a known person needs
ANSWERED = 0.4  # what a plain letter needs that the user has answered
PLAINLY = 0.75
NAMED_BY_MACHINE = 0.3  # what a machine's message needs that names a known employer
OWN = 0.3  # what the user's own mail needs that takes up a job they name
NAME_TELLS = 5  # letters of a name that is not found by chance
TEXT_READ = 2000
LIVE = timedelta(days=90)  # how long after its last mail an application is still alive
_MOST = 0.995  # a single message is never surer than this
OPENS = frozenset({Act.APPLIED, Act.SPOKE, Act.THANKED, Act.NUDGED, Act.INTERESTED, Act.PICKED_TIME, Act.HANDED_IN})
PLAIN = frozenset(Says) - {Says.UPDATE, Says.AUTO_REPLY, Says.APPLICATION_RECEIVED, Says.SENT, Says.NOT_HIRING}
DECISIONS = frozenset({Says.REJECTION, Says.ON_HOLD, Says.OFFER})


class People:
    """The people and employers of the hiring mail found so far, and when they were last heard of."""

    def __init__(self, settings: JoiningSettings) -> None:
        self._mine = frozenset(settings.addresses)
        self._free = settings.free_domains | {address.rpartition("@")[2] for address in settings.addresses}
        self._seen: dict[str, list[Entry]] = {}
        self._companies: dict[str, list[Entry]] = {}
        self._begin: dict[str, set[str]] = {}

    def note(self, entry: Entry) -> None:
        """Remember who is on the other side of a hiring message."""
        for claim in entry.reading.companies[:1]:
            if claim.weight >= CLAIMED:
                self._companies.setdefault(claim.name, []).append(entry)
                for letters in beginnings(claim.name):
                    self._begin.setdefault(letters, set()).add(claim.name)
        for address in self.others(entry):
            self._seen.setdefault(address, []).append(entry)
            if entry.reading.speaker is not Speaker.ME and not entry.reading.system:
                domain = self.employer(address)
                if domain:
                    self._seen.setdefault(f"@{domain}", []).append(entry)

    def others(self, entry: Entry) -> frozenset[str]:
        """The addresses of the people on the other side of a message."""
        header, reading = entry.header, entry.reading
        if reading.speaker is Speaker.ME:
            found = [each.address for each in header.to]
        else:
            found = [reading.contact.address] if reading.contact else []
            if not reading.system:
                found += [header.sender.address, *(each.address for each in header.reply_to)]
                found += [each.address for each in header.cc]
            found += [each.address for each in reading.people if each.address]
            if reading.successor and reading.successor.address:
                found.append(reading.successor.address)
        return frozenset(address for address in found if address and address not in self._mine)

    def employer(self, address: str) -> str:
        """The domain of an employer; "" for a mail provider's or the user's own."""
        domain = address.rpartition("@")[2]
        return "" if domain in self._free else domain

    def knows(self, address: str, entry: Entry) -> bool:
        """Whether an address was heard of in hiring mail not long before or after the entry."""
        return any(abs(entry.at - each.at) <= LIVE for each in self._seen.get(address, ()))

    def named_in(self, entry: Entry) -> bool:
        """Whether a message names an employer that was heard of not long before."""
        text = plain_text(f"{entry.header.sender.name} {entry.header.subject} {entry.new_text[:TEXT_READ]}")
        return any(
            len(name) >= NAME_TELLS and plain(name) in text and any(abs(entry.at - each.at) <= LIVE for each in entries)
            for name, entries in self._companies.items()
        )

    def knows_employer(self, address: str, entry: Entry) -> bool:
        """The same for the employer's domain, be it only named so far."""
        domain = self.employer(address)
        if not domain:
            return False
        if self.knows(f"@{domain}", entry):
            return True
        likely = {name for letters in domain_beginnings(domain) for name in self._begin.get(letters, ())}
        return any(
            fits_domain(name, domain) and any(abs(entry.at - each.at) <= LIVE for each in self._companies[name])
            for name in likely
        )


def belonging(threads: Sequence[Thread], settings: JoiningSettings) -> frozenset[str]:
    """The Message-IDs of the hiring mail. Mail in Spam never is; mail in Trash only where it decides something."""
    people = People(settings)
    out = frozenset(_meddlers(threads)) | frozenset(
        entry.id for thread in threads for entry in thread.entries if _passes_on(entry, thread, people)
    )
    belongs: set[str] = set()
    hunts = Hunts(threads)
    for thread in threads:
        for entry in thread.entries:
            if entry.id not in out and _alone(entry, thread, hunts):
                belongs.add(entry.id)
                if not entry.reading.suspicious:
                    people.note(entry)
    for _ in range(2):  # what is found in the first round makes more people known
        for thread in threads:
            for entry in thread.entries:
                if entry.id not in belongs and entry.id not in out and _in_context(entry, thread, belongs, people):
                    belongs.add(entry.id)
                    people.note(entry)
    return frozenset(belongs)


class Hunts:
    """When the user is plainly on the hunt: people have several applications under way, so that mail that might be
    about a job is likelier to be where another thread surely is."""

    def __init__(self, threads: Sequence[Thread]) -> None:
        sure = [thread for thread in threads if _is_sure(thread)]
        self._sure = {id(thread) for thread in sure}
        self._starts = sorted(thread.entries[0].at for thread in sure)
        self._ends = sorted(thread.entries[-1].at for thread in sure)

    def near(self, thread: Thread) -> bool:
        """Whether another thread, not long before or after, surely is about a job of the user's own."""
        first, last = thread.entries[0].at, thread.entries[-1].at
        begun = bisect_right(self._starts, last + LIVE)
        over = bisect_left(self._ends, first - LIVE)
        return begun - over - (id(thread) in self._sure) > 0


def _is_sure(thread: Thread) -> bool:
    named = any(_names_a_job(each) for each in thread.entries)
    return named and _together(thread.entries[0], thread) >= HUNTING


def _alone(entry: Entry, thread: Thread, hunts: Hunts) -> bool:
    reading = entry.reading
    if Role.JUNK in entry.roles:
        return False
    if entry.binned:
        return reading.hiring >= ALONE and reading.says in DECISIONS
    named, near = _names_a_job(entry), hunts.near(thread)
    taken_up = named and _is_taken_up(thread)
    least = (ALONE if named else UNNAMED) if near or taken_up else (FIRST if named else FIRST_UNNAMED)
    if reading.hiring < least:
        return near and _worth_an_answer(entry, thread)
    if _together(entry, thread) < 0.0 or _is_reversed(thread):
        return False
    if reading.suspicious:
        return _answered(entry, thread)
    if reading.speaker is Speaker.ME:
        return bool(reading.acts & OPENS) or len(thread.entries) > 1
    return True


def _together(entry: Entry, thread: Thread) -> float:
    """How far a whole thread speaks for hiring mail: the log-odds of its messages, pooled. One message that sounds like
    hiring mail among many that don't is no more than a chance likeness; what is said in a thread is not independent, so
    that the sum grows with the root of their number."""
    told = [each for each in thread.entries if each is entry or not each.reading.suspicious]
    odds = [_log_odds(each.reading.hiring) for each in told]
    return sum(odds) / math.sqrt(len(odds))


def _is_reversed(thread: Thread) -> bool:
    """Whether the others speak as candidates and the user as an employer: then it is the user who hires."""
    mine = [each.reading.voice for each in thread.entries if each.reading.speaker is Speaker.ME]
    theirs = [each.reading.voice for each in thread.entries if each.reading.speaker is Speaker.HUMAN]
    if not any(mine + theirs):
        return False
    as_candidate = fmean(mine) if mine else USUAL
    as_employer = -fmean(theirs) if theirs else USUAL
    return as_candidate + as_employer < REVERSED


def _log_odds(share: float) -> float:
    held = min(max(share, 1.0 - _MOST), _MOST)
    return math.log(held / (1.0 - held))


def _names_a_job(entry: Entry) -> bool:
    """Whether a message surely names a job, or comes from a system that sends nothing else."""
    reading = entry.reading
    applies = reading.speaker is Speaker.ME and Act.APPLIED in reading.acts
    return bool(reading.system) or applies or bool(reading.roles and reading.roles[0].weight >= CLAIMED)


def _is_taken_up(thread: Thread) -> bool:
    """Whether others plainly name a job in a thread and the user takes up what they say, as candidates do."""
    plainly = any(each.reading.speaker is not Speaker.ME and _claims_a_job(each) for each in thread.entries)
    return plainly and any(
        each.reading.speaker is Speaker.ME and each.reading.acts & OPENS and each.reading.hiring >= OWN
        for each in thread.entries
    )


def _claims_a_job(entry: Entry) -> bool:
    roles = entry.reading.roles
    return bool(roles) and roles[0].weight >= PLAINLY


def _worth_an_answer(entry: Entry, thread: Thread) -> bool:
    """Whether the user's own answer speaks for a letter of a person that says something plain of a job hunt, though
    little in it alone tells that it is one."""
    reading = entry.reading
    if reading.speaker is not Speaker.HUMAN or reading.bulk or reading.suspicious or entry.binned:
        return False
    plain = reading.says in PLAIN and reading.confidence >= PLAINLY and reading.hiring >= ANSWERED
    return plain and any(
        each.reading.speaker is Speaker.ME and each.header.in_reply_to == entry.id for each in thread.entries
    )


def _answered(entry: Entry, thread: Thread) -> bool:
    """Whether the user has answered a message, and it is not an intruder in somebody else's thread."""
    sender = entry.header.sender.address
    for other in thread.entries:
        if other.reading.speaker is Speaker.ME:
            if other.at > entry.at and sender in {each.address for each in other.header.to}:
                return True
        elif other.at < entry.at and other.header.sender.address != sender:
            return False
    return False


def _in_context(entry: Entry, thread: Thread, belongs: Iterable[str], people: People) -> bool:
    reading = entry.reading
    if Role.JUNK in entry.roles or entry.binned or reading.suspicious:
        return False
    if reading.bulk:
        return _goes_on(entry, thread, belongs)
    in_thread = any(each.id in belongs for each in thread.entries if each.id != entry.id)
    others = people.others(entry)
    if reading.speaker is Speaker.ME:
        known = any(people.knows(address, entry) for address in others)
        answered = next((each for each in thread.entries if each.id == entry.header.in_reply_to), None)
        if answered is not None and answered.id in belongs and answered.header.sender.address in others:
            return True
        colleague = any(people.knows_employer(address, entry) for address in others)
        return known or (colleague and (in_thread or reading.hiring >= KNOWN_DOMAIN))
    sender = entry.header.sender.address
    if in_thread:
        return reading.speaker is Speaker.ROBOT or _is_party(entry, thread, people)
    if reading.speaker is Speaker.ROBOT and reading.says is not Says.AUTO_REPLY:
        if any(people.knows(address, entry) for address in hosts(entry)):
            return reading.hiring >= KNOWN_PERSON
        return (is_receipt(reading) or reading.hiring >= NAMED_BY_MACHINE) and people.named_in(entry)
    if people.knows(sender, entry) or any(people.knows(address, entry) for address in others - {sender}):
        return reading.hiring >= KNOWN_PERSON or reading.says is Says.AUTO_REPLY
    return people.knows_employer(sender, entry) and reading.hiring >= KNOWN_DOMAIN


def hosts(entry: Entry) -> frozenset[str]:
    """Who holds the meetings that a message brings: a booking system writes in their place."""
    return frozenset(event.organizer.address for event in entry.reading.events if event.organizer)


def is_receipt(reading: Reading) -> bool:
    """Whether a machine's message is the receipt for a test that was taken."""
    return any("receipt" in each.rule for each in reading.evidence)


def _goes_on(entry: Entry, thread: Thread, belongs: Iterable[str]) -> bool:
    """Whether a mass mail carries on what the same sender began with the user, before any no was said."""
    before = [each for each in thread.entries if each.id in belongs and each.at < entry.at]
    same = any(each.header.sender.address == entry.header.sender.address for each in before)
    ended = any(each.reading.says is Says.REJECTION or Act.DECLINED in each.reading.acts for each in before)
    return same and not ended


def _is_party(entry: Entry, thread: Thread, people: People) -> bool:
    """Whether the writer of a message in a hiring thread is one of those concerned, not a friend who was told of it."""
    sender = entry.header.sender.address
    if people.knows(sender, entry) or people.knows_employer(sender, entry):
        return True
    by_id: Mapping[str, Entry] = {each.id: each for each in thread.entries}
    parent = by_id.get(entry.header.in_reply_to)
    return parent is not None and parent.reading.speaker is not Speaker.ME


def _meddlers(threads: Sequence[Thread]) -> Iterable[str]:
    """Mail that changes a calendar event of somebody else's."""
    organizers: dict[str, str] = {}
    for entry in sorted((each for thread in threads for each in thread.entries), key=lambda each: (each.at, each.id)):
        for event in entry.reading.events:
            if not event.uid or event.organizer is None or event.method == "REPLY":
                continue
            organizer = event.organizer.address
            if organizers.setdefault(event.uid, organizer) != organizer:
                yield entry.id


def _passes_on(entry: Entry, thread: Thread, people: People) -> bool:
    """Whether the user passes a thread of others on to somebody who has no part in it."""
    if entry.reading.speaker is not Speaker.ME:
        return False
    before = [each for each in thread.entries if each.at < entry.at and each.reading.speaker is not Speaker.ME]
    to = people.others(entry)
    parties = {address for each in before for address in people.others(each)}
    parties |= {each.header.sender.address for each in before}
    if not before or not to or to & parties:
        return False
    domains = {people.employer(address) for address in parties} - {""}
    return not {people.employer(address) for address in to} & domains
