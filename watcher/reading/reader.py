"""Reads one message whole: who speaks, what it says, and every fact it carries, standing alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from watcher.knowledge.model import Pack, Rulebook
from watcher.knowledge.patterns import fold
from watcher.message.model import Body, Header, Message, Role
from watcher.reading import days, invitation, times
from watcher.reading.language import guess, pack_for
from watcher.reading.model import (
    Act,
    Ask,
    CalendarEvent,
    Evidence,
    Reading,
    ReadingSettings,
    Says,
    Speaker,
    TimeMention,
)
from watcher.reading.names import who
from watcher.reading.odds import weigh
from watcher.reading.phrases import Hit, Phrasebook, by_signal
from watcher.reading.sender import Sender, identify, why_suspicious
from watcher.reading.topics import Lexicon
from watcher.reading.verdict import Facts, decide

LONGEST_TEXT = 20_000  # characters of new text that are read
UNREAD = 0.3  # the most confidence in what mail says whose language we have no pack for
_SAYS = {says.value: says for says in Says}
_REPLY = re.compile(r"^\s*(?:re|aw|sv|antw|odp|r|res|vs|fwd?|wg|tr)\s*(?:\[\d+\])?:\s*", re.IGNORECASE)
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)
_BOOKING = re.compile(
    r"https?://[^\s<>\"')\]]*(?:calendly\.com|cal\.com/|savvycal\.com|youcanbook\.me|acuityscheduling\.com|goodtime\.io"
    r"|modernloop\.io|doodle\.com|meetings\.hubspot\.com|zcal\.co|tidycal\.com|calendar\.app\.google|bookings\.|/book"
    r"|schedul)[^\s<>\"')\]]*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w./-])(?:\+|\(|00)?\d[\d\s().-]{6,16}\d(?![\w/-])")
_RECRUITING_DESK = re.compile(
    r"^(?:careers?|jobs?|hr|recruit\w*|talent\w*|hiring|vacanc\w+|personnel|personal|staffing|cv|resumes?"
    r"|people|bewerbung\w*|candidat\w*|work|humanresources|human\.resources|interviews?)(?:[._+-].*)?$"
)


def read(message: Message, rulebook: Rulebook, settings: ReadingSettings) -> Reading:
    """All that `message` tells, standing alone. Never raises on what a message holds; a message without a body (only
    its header was fetched) is read by its header."""
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
    lexicon = _lexicon(_Key(rulebook.digest, pack))
    sentences = book.sentences(text)
    hits = book.hits(subject, sentences, sender.speaker)
    if reply:
        hits += [hit for hit in book.hits(header.subject[:300], (), sender.speaker) if hit.rule.signal == "auto_reply"]
    found_times = _times(header, text, settings, pack, rulebook)
    found_events = _events(body, settings, rulebook)
    scores = _scores(hits)
    names = who(message, rulebook, settings, speaker=sender.speaker, system=sender.rule)
    facts = Facts(
        scores=scores,
        sender=sender,
        times=found_times,
        events=found_events,
        sent_at=header.date,
        reply=reply,
        asks=any(sentence.asks for sentence in sentences),
        reminder=_has(hits, "update.reminder"),
        receipt=_has(hits, "update.receipt_of_a_test"),
        automatic=_is_automatic(header, sender, hits),
        knows_application=_has(hits, "hiring.knows_your_application"),
        thanks_for_applying=_has(hits, "application_received.thanks_for_applying", "application_received.we_got_it"),
    )
    says, confidence = decide(facts)
    if not pack.tables and not found_events:
        confidence = min(confidence, UNREAD)
    topic = "" if _FORWARD.match(header.subject) else header.subject
    hiring, why = weigh(
        sender,
        lexicon.lean(fold(f"{topic} . {text}")),
        lexicon.lean_sender(fold(f"{header.sender.name} . {header.sender.address} . {_sign_off(text, body)}")),
        scores,
        hits,
        names.roles,
        reply=reply,
        listed="list-id" in header.traits,
        role_address=bool(_RECRUITING_DESK.match(header.sender.local)),
        colleague=sender.speaker is not Speaker.ME and _is_colleague(header.sender.domain, rulebook, settings),
    )
    return Reading(
        message_id=message.id,
        speaker=sender.speaker,
        hiring=hiring,
        says=says,
        confidence=round(confidence, 3),
        scores=scores,
        evidence=_evidence(says, hits, found_times, found_events),
        hiring_evidence=why,
        language=language,
        system=sender.system,
        answerable=sender.answerable,
        bulk=sender.bulk,
        acts=_acts(hits, facts) if sender.speaker is Speaker.ME else frozenset(),
        asks=_asks(hits, says, facts) if sender.speaker is not Speaker.ME else frozenset(),
        times=found_times,
        events=found_events,
        named_day=days.named_day(text, header.date, settings, pack) if sender.speaker is not Speaker.ME else None,
        back_on=days.return_day(text, header.date, settings, pack) if says is Says.AUTO_REPLY else None,
        companies=names.companies,
        agency=names.agency,
        roles=names.roles,
        requisitions=names.requisitions,
        author=names.author,
        contact=names.contact,
        people=names.people,
        successor=names.successor,
        addressed_to=names.addressed_to,
        addressed_to_me=names.addressed_to_me,
        booking_links=_booking_links(body),
        phones=_phones(f"{text}\n{body.signature}"),
        suspicious=why_suspicious(header, message.body, rulebook, sender),
    )


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


def _has(hits: Iterable[Hit], *names: str) -> bool:
    """Whether a rule of one of these names matched, in whatever language ("en.update.reminder" is update.reminder)."""
    return any(hit.rule.id.partition(".")[2] in names for hit in hits)


def _is_automatic(header: Header, sender: Sender, hits: Sequence[Hit]) -> bool:
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
    return sender.kind not in ("ats", "board") and _has(hits, "auto_reply.subject")


def _times(
    header: Header, text: str, settings: ReadingSettings, pack: Pack, rulebook: Rulebook
) -> tuple[TimeMention, ...]:
    return times.mentions(text, header.date, settings, pack, rulebook.tables.get("zones", {}))


def _events(body: Body, settings: ReadingSettings, rulebook: Rulebook) -> tuple[CalendarEvent, ...]:
    if not body.calendars:
        return ()
    return invitation.events(body.calendars, settings, rulebook)


def _acts(hits: Iterable[Hit], facts: Facts) -> frozenset[Act]:
    found = {Act(hit.rule.signal[4:]) for hit in hits if hit.rule.signal.startswith("act.")}
    return frozenset(found | {Act.ASKED}) if facts.asks else frozenset(found)


def _asks(hits: Sequence[Hit], says: Says, facts: Facts) -> frozenset[Ask]:
    """What they ask of the user: by the sentences that ask, and by the meaning of the whole."""
    found = {Ask(hit.rule.signal[4:]) for hit in hits if hit.rule.signal.startswith("ask.")}
    if facts.asks:
        found.add(Ask.ANSWER)
    by_meaning = {
        Says.SCHEDULING: {Ask.TIMES, Ask.BOOKING},
        Says.INTERVIEW_CANCELLED: {Ask.TIMES, Ask.BOOKING},
        Says.ASSESSMENT: {Ask.TASK},
        Says.INFO_REQUEST: {Ask.DOCUMENTS, Ask.REFERENCES, Ask.FORM, Ask.ANSWER},
        Says.OFFER: {Ask.DECISION, Ask.ANSWER},
        Says.OUTREACH: {Ask.ANSWER, Ask.TIMES, Ask.DOCUMENTS, Ask.BOOKING},
        Says.UPDATE: {Ask.ANSWER},
        Says.INTERVIEW_CONFIRMED: {Ask.DOCUMENTS},
    }
    asked = found & by_meaning.get(says, set())
    default = {
        Says.SCHEDULING: Ask.TIMES, Says.ASSESSMENT: Ask.TASK, Says.INFO_REQUEST: Ask.ANSWER, Says.OFFER: Ask.DECISION,
        Says.OUTREACH: Ask.ANSWER,
    }  # fmt: skip
    if not asked and says in default:
        asked = {default[says]}
    return frozenset(asked)


def _evidence(
    says: Says, hits: Sequence[Hit], found_times: Sequence[TimeMention], found_events: Sequence[CalendarEvent]
) -> tuple[Evidence, ...]:
    """The words for what it says, strongest first; times and invitations where they decide."""
    found = [hit.evidence for hit in by_signal(hits).get(says.value, [])]
    if says is Says.SENT:
        found = [hit.evidence for hit in hits if hit.rule.signal.startswith("act.")]
    if says in (Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED, Says.INTERVIEW_CANCELLED):
        found = [
            Evidence(f"calendar.{event.method.lower() or 'event'}", event.summary) for event in found_events
        ] + found
        found += [Evidence(f"time.{time.use.value}", time.words) for time in found_times]
    return tuple(found[:6])


def _booking_links(body: Body) -> tuple[str, ...]:
    text = body.new + " " + " ".join(link.href for link in body.links[:60])
    return tuple(dict.fromkeys(found.group().rstrip(".,;") for found in _BOOKING.finditer(text[:40_000])))[:5]


def _phones(text: str) -> tuple[str, ...]:
    found = (" ".join(match.group().split()) for match in _PHONE.finditer(text[:LONGEST_TEXT]))
    return tuple(dict.fromkeys(one for one in found if sum(char.isdigit() for char in one) >= 9))[:5]
