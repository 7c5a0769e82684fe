"""Looks at one message from all sides before it is judged: sender, sentences, phrases, times and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from watcher.knowledge.model import Pack, Rulebook
from watcher.knowledge.patterns import fold
from watcher.message.model import Body, Header, Message, Role
from watcher.reading import days, invitation, times
from watcher.reading.filtering import holds
from watcher.reading.language import guess, pack_for
from watcher.reading.model import (
    Evidence,
    NamedDay,
    ReadingSettings,
    Says,
    Speaker,
    TimeUse,
)
from watcher.reading.names import Who, who
from watcher.reading.odds import weigh
from watcher.reading.phrases import Hit, Phrasebook
from watcher.reading.sender import Sender, identify
from watcher.reading.topics import Lexicon
from watcher.reading.verdict import Facts, decide
from watcher.reading.words import Words, terms

LONGEST_TEXT = 20_000  # characters of new text that are read
UNREAD = 0.3  # the most confidence in what mail says whose language we have no pack for
_THANKS = frozenset({"application_received.thanks_for_applying", "application_received.we_got_it"})
LENGTHS = (8, 20, 50, 120, 300)  # words; how long a text is, is a sign of structure
_SAYS = {says.value: says for says in Says}
_REPLY = re.compile(r"^\s*(?:re|aw|sv|antw|odp|r|res|vs|fwd?|wg|tr)\s*(?:\[\d+\])?:\s*", re.IGNORECASE)
_REPLIES = re.compile(r"^(?:\s*(?:re|aw|sv|antw|odp|r|res|vs|fwd?|wg|tr)\s*(?:\[\d+\])?:)+\s*")
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)
_LINK = re.compile(r"https?://([^\s<>\"')\]]*)", re.IGNORECASE)
_BOOKING = (
    "calendly.com", "cal.com/", "savvycal.com", "youcanbook.me", "acuityscheduling.com", "goodtime.io", "modernloop.io",
    "doodle.com", "meetings.hubspot.com", "zcal.co", "tidycal.com", "calendar.app.google", "bookings.", "/book",
    "schedul",
)  # fmt: skip
_RECRUITING_DESK = re.compile(
    r"^(?:careers?|jobs?|hr|recruit\w*|talent\w*|hiring|vacanc\w+|personnel|personal|staffing|cv|resumes?"
    r"|people|bewerbung\w*|candidat\w*|work|humanresources|human\.resources|interviews?)(?:[._+-].*)?$"
)


@dataclass(frozen=True, slots=True)
class Examined:
    """One message as the readers see it, and what the rules make of it: its meaning, with the confidence in it, and the
    log-odds that it is hiring mail of the user's own. `terms` and `signs` are what the linear model goes by."""

    sender: Sender
    language: str
    pack: Pack
    text: str
    facts: Facts
    hits: tuple[Hit, ...]
    names: Who
    named_day: NamedDay | None
    booking_links: tuple[str, ...]
    says: Says
    confidence: float
    hiring: float
    hiring_evidence: tuple[Evidence, ...]
    terms: tuple[str, ...]
    signs: tuple[str, ...]
    words: Words | None
    deeds: Words | None


def examine(message: Message, rulebook: Rulebook, settings: ReadingSettings) -> Examined:
    """What there is to see in `message`. Never raises on what a message holds."""
    body = message.body or Body()
    header = message.header
    sender = identify(header, message.body, rulebook, settings)
    if Role.SENT in message.roles or Role.DRAFTS in message.roles:
        sender = replace(sender, speaker=Speaker.ME, person=header.sender.name)
    text = body.new[:LONGEST_TEXT]
    reply = bool(_REPLY.match(header.subject)) or bool(header.in_reply_to)
    subject = "" if reply else header.subject[:300]
    language = guess(fold(f"{subject} {text}"), rulebook.tables.get("languages", {}))
    pack = pack_for(language, rulebook, header, settings)
    book = _phrasebook(_Key(rulebook.digest, pack))
    sentences = book.sentences(text)
    hits = book.hits(subject, sentences, sender.speaker)
    if reply:
        hits += book.hits_in_subject(header.subject[:300], sender.speaker, "auto_reply")
    matched = frozenset([hit.rule.id.partition(".")[2] for hit in hits])  # whatever the language
    names = who(message, rulebook, settings, speaker=sender.speaker, system=sender.rule, language=pack.language)
    facts = Facts(
        scores=_scores(hits),
        sender=sender,
        times=times.mentions(text, header.date, settings, pack, rulebook.tables.get("zones", {})),
        events=invitation.events(body.calendars, settings, rulebook) if body.calendars else (),
        sent_at=header.date,
        reply=reply,
        asks=any(sentence.asks for sentence in sentences),
        reminder="update.reminder" in matched,
        receipt="update.receipt_of_a_test" in matched,
        automatic=_is_automatic(header, sender, matched),
        knows_application="hiring.knows_your_application" in matched,
        thanks_for_applying=not matched.isdisjoint(_THANKS),
    )
    says, confidence = decide(facts)
    if not pack.tables and not facts.events:
        confidence = min(confidence, UNREAD)
    hiring, why = _weigh(message, facts, hits, names, pack, rulebook, settings)
    mine = sender.speaker is Speaker.ME
    named_day = None if mine else days.named_day(text, header.date, settings, pack)
    booking_links = _booking_links(body)
    return Examined(
        sender=sender,
        language=language,
        pack=pack,
        text=text,
        facts=facts,
        hits=tuple(hits),
        names=names,
        named_day=named_day,
        booking_links=booking_links,
        says=says,
        confidence=confidence,
        hiring=hiring,
        hiring_evidence=why,
        terms=_terms(header, text, mine=mine, reply=reply),
        signs=_signs(header, facts, names, text, booking=bool(booking_links), named_day=named_day is not None),
        words=_words(_Key(rulebook.digest, pack)) if pack.words and message.body else None,
        deeds=_deeds(_Key(rulebook.digest, pack)) if pack.acts and mine and message.body else None,
    )


def _weigh(
    message: Message,
    facts: Facts,
    hits: Sequence[Hit],
    names: Who,
    pack: Pack,
    rulebook: Rulebook,
    settings: ReadingSettings,
) -> tuple[float, tuple[Evidence, ...]]:
    """The log-odds by the rules that it is hiring mail, and why."""
    header, body = message.header, message.body or Body()
    text = body.new[:LONGEST_TEXT]
    lexicon = _lexicon(_Key(rulebook.digest, pack))
    topic = "" if _FORWARD.match(header.subject) else header.subject
    theirs = facts.sender.speaker is not Speaker.ME
    return weigh(
        facts.sender,
        lexicon.lean(fold(f"{topic} . {text}")),
        lexicon.lean_sender(fold(f"{header.sender.name} . {header.sender.address} . {_sign_off(text, body)}")),
        facts.scores,
        hits,
        names.roles,
        reply=facts.reply,
        listed="list-id" in header.traits,
        role_address=_is_desk(header),
        colleague=theirs and _is_colleague(header.sender.domain, rulebook, settings),
    )


def _is_desk(header: Header) -> bool:
    """Whether it comes from a recruiting desk's address."""
    return bool(_RECRUITING_DESK.match(header.sender.local))


def _terms(header: Header, text: str, *, mine: bool, reply: bool) -> tuple[str, ...]:
    """What the linear model reads: new text, subject, and how a stranger calls himself."""
    subject = _REPLIES.sub("", fold(header.subject))
    sender = "" if mine else fold(f"{header.sender.name} {header.sender.local}")
    return tuple(terms(subject, fold(text), sender, reply=reply))


def _signs(header: Header, facts: Facts, names: Who, text: str, *, booking: bool, named_day: bool) -> tuple[str, ...]:
    """The signs of structure that the linear model weighs beside the words."""
    sender = facts.sender
    uses = [time.use for time in facts.times]
    length = len(text.split())
    signs = {
        f"speaker {sender.speaker}": True,
        f"kind {sender.kind}": bool(sender.kind),
        "bulk": sender.bulk,
        "person": bool(sender.person),
        "reply": facts.reply,
        "asks": facts.asks,
        "role": any(role.weight >= 0.5 for role in names.roles),
        "role address": _is_desk(header),
        "listed": "list-id" in header.traits,
        **{f"time {use}": True for use in uses},
        "times offered": uses.count(TimeUse.OFFERED) > 1,
        "booking": booking,
        "named day": named_day,
        f"length {next((most for most in LENGTHS if length < most), 999)}": True,
    }
    signs |= {f"event {event.method.lower() or 'none'}": True for event in facts.events[:1]}
    return tuple([sign for sign, there in signs.items() if there])


def _booking_links(body: Body) -> tuple[str, ...]:
    text = (body.new + " " + " ".join([link.href for link in body.links[:60]]))[:40_000]
    low = text.lower()
    if not holds(low, _BOOKING):
        return ()
    links = (found.group().rstrip(".,;") for found in _LINK.finditer(text) if holds(found.group(1).lower(), _BOOKING))
    return tuple(dict.fromkeys(links))[:5]


def _is_colleague(domain: str, rulebook: Rulebook, settings: ReadingSettings) -> bool:
    """Whether mail from `domain` comes from the user's own house: the domain of one of their addresses, unless it is a
    mail provider's, where they share it with strangers."""
    houses = {address.rpartition("@")[2] for address in settings.addresses}
    return domain in houses and domain not in rulebook.tables["mailboxes"]["free_mail"]


def _sign_off(text: str, body: Body) -> str:
    """The short lines that close a letter, where the writer says what he is."""
    lines = [line.strip() for line in f"{text}\n{body.signature}".splitlines() if line.strip()]
    return " . ".join(line for line in lines[-4:] if len(line) < 45)


class _Key:
    """A language pack as a cache key: the same rulebook digest, the same pack."""

    def __init__(self, digest: str, pack: Pack) -> None:
        self.pack = pack
        self._identity = (digest, pack.language)

    def __hash__(self) -> int:
        return hash(self._identity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._identity == other._identity


@lru_cache(maxsize=12)
def _phrasebook(key: _Key) -> Phrasebook:
    return Phrasebook.of(key.pack)


@lru_cache(maxsize=12)
def _words(key: _Key) -> Words:
    return Words.unpack(key.pack.words)


def forget_words() -> None:
    """Let go of the unpacked weights: they take megabytes, and are unpacked again in milliseconds."""
    _words.cache_clear()
    _deeds.cache_clear()


@lru_cache(maxsize=12)
def _deeds(key: _Key) -> Words:
    return Words.unpack(key.pack.acts)


@lru_cache(maxsize=12)
def _lexicon(key: _Key) -> Lexicon:
    return Lexicon(key.pack.tables.get("topics", {}))


def _scores(hits: Iterable[Hit]) -> dict[Says, float]:
    """How strongly each meaning is shown: independent signs together, weak ones alone never more than likely."""
    missing: dict[Says, float] = {}
    best: dict[Says, float] = {}
    for hit in hits:
        says = _SAYS.get(hit.rule.signal)
        if says is None or says is Says.NOT_HIRING:
            continue
        missing[says] = missing.get(says, 1.0) * (1.0 - hit.weight)
        best[says] = max(best.get(says, 0.0), hit.weight)
    return {
        says: round(min(1.0 - left, 0.72 if best[says] < 0.5 else 1.0), 4)
        for says, left in sorted(missing.items(), key=lambda item: item[1])
    }


def _is_automatic(header: Header, sender: Sender, matched: frozenset[str]) -> bool:
    """Whether a person's mailbox answered by itself (RFC 3834), reported a delivery (RFC 3464) or a reading."""
    traits = header.traits
    if traits.get("auto-submitted", "").lower().startswith("auto-replied"):
        return True
    if traits.get("precedence", "").lower() in ("auto_reply", "auto-reply") or "x-autoreply" in traits:
        return True
    if "x-autorespond" in traits or header.sender.local in ("mailer-daemon", "postmaster"):
        return True
    if "multipart/report" in traits.get("content-type", "").lower():
        return True
    return sender.kind not in ("ats", "board") and "auto_reply.subject" in matched
