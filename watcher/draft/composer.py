"""The letter for a decision: whom and what it answers, the facts it may use, and how it greets and closes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft.envelope import answer_subject, clean, quotation, to_bytes
from watcher.draft.facts import Facts, is_own
from watcher.draft.model import Draft, DraftKey, LetterSettings
from watcher.draft.render import render
from watcher.followup.model import Decision, Kind
from watcher.knowledge.model import Pack
from watcher.message.model import Address, Message
from watcher.opportunity.model import Entry, InterviewStatus, Opportunity
from watcher.reading.model import Says, Speaker

LONGEST_SUBJECT = 70


def answering(opportunity: Opportunity) -> Entry | None:
    """The message a letter answers: the contact's newest, else their side's newest human one, else the user's own
    newest to the contact, else the newest that an answer to the contact would go to. None where there is nothing."""
    contact = opportunity.contact.address if opportunity.contact else ""
    entries = [statement.entry for statement in opportunity.statements if statement.says is not Says.AUTO_REPLY]
    human = [entry for entry in entries if entry.reading.speaker is Speaker.HUMAN and not entry.binned]
    own = [entry for entry in entries if entry.reading.speaker is Speaker.ME]
    choices = (
        [entry for entry in human if contact in _voices(entry)],
        [entry for entry in entries if entry.reading.contact and entry.reading.contact.address == contact],
        [entry for entry in own if contact in {address.address for address in entry.header.to}],
        human,
        own,
    )
    return next((max(some, key=lambda entry: entry.at) for some in choices if some), None)


def compose(
    opportunity: Opportunity,
    decision: Decision,
    answered: Message,
    settings: LetterSettings,
    pack: Pack,
    now: datetime,
    used: Sequence[str] = (),
) -> Draft:
    """The draft for `decision`, as an answer to `answered` (see `answering`).

    `used` are the key points that earlier letters to this opportunity brought. Raises KnowledgeError for a faulty
    template, ValueError where the opportunity has no contact.
    """
    if opportunity.contact is None:
        raise ValueError(f"{opportunity.id} has nobody to write to")
    sender = _sender(answered, settings)
    words: Mapping[str, Any] = pack.tables["letter"]
    facts = Facts(opportunity, decision, settings, words)
    formal = _is_formal(answered, words)
    note = next((text for text in opportunity.notes if text not in used), "")
    highlight = "" if note else _highlight(decision, settings, used)
    template = f"{decision.kind.value}_{min(decision.attempt, 2) or 1}.j2"
    seed = "\0".join((settings.addresses[0] if settings.addresses else "", opportunity.id, template))
    slots = {**facts.slots(now), "formal": formal, "note": note, "highlight": highlight}
    body = render(template, {**pack.letters, **settings.overrides}, slots, seed)
    letter = "\n\n".join(
        (_greeting(opportunity, formal, words), body, _closing(opportunity, formal, settings, words, seed))
    )
    key = DraftKey(
        opportunity.accounts[0] if not answered.account else answered.account,
        decision.kind,
        decision.attempt,
        decision.anchor,
    )
    message_id = key.message_id(sender.address)
    subject = _subject(answered, facts, decision, settings, words)
    references = _references(opportunity, answered)
    contact = Address(opportunity.contact.name, opportunity.contact.address)
    zone = ZoneInfo(settings.timezone)
    quoted = ""
    if answered.body is not None and answered.body.plain.strip():
        quoted = "\n\n" + quotation(
            answered.body.plain, answered.header.sender, answered.header.date.astimezone(zone), words
        )
    data = to_bytes(
        sender=sender,
        to=contact,
        subject=subject,
        message_id=message_id,
        in_reply_to=answered.id,
        references=references,
        date=now.astimezone(zone),
        text=letter + quoted + "\n",
    )
    return Draft(
        key=key,
        message_id=message_id,
        opportunity=opportunity.id,
        sender=sender,
        to=contact,
        subject=subject,
        text=letter,
        in_reply_to=answered.id,
        references=references,
        thread=answered.header.thread,
        data=data,
        highlights=tuple(point for point in (note, highlight) if point),
    )


def _voices(entry: Entry) -> set[str]:
    """The addresses under which the writer of a message can be met."""
    contact = entry.reading.contact
    return {
        entry.header.sender.address,
        *(address.address for address in entry.header.reply_to),
        *([contact.address] if contact else []),
    }


def _sender(answered: Message, settings: LetterSettings) -> Address:
    """The user's address that they wrote to (or that the user wrote from)."""
    header = answered.header
    mine = set(settings.addresses)
    if header.sender.address in mine:
        return Address(settings.name, header.sender.address)
    written_to = next((a.address for a in (*header.to, *header.cc) if a.address in mine), "")
    return Address(settings.name, written_to or (settings.addresses[0] if settings.addresses else ""))


def _highlight(decision: Decision, settings: LetterSettings, used: Sequence[str]) -> str:
    if decision.kind in {Kind.AFTER_SCHEDULING, Kind.AFTER_HOLD} or (
        decision.kind is Kind.AFTER_REPLY and decision.attempt < 2
    ):
        return ""
    return next((clean(text) for text in settings.highlights if clean(text) not in used), "")


def _is_formal(answered: Message, words: Mapping[str, Any]) -> bool:
    """Whether they write formally, seen from the first and last lines of what they wrote; in a language with a familiar
    form of address, whether they don't use that."""
    text = (answered.body.new if answered.body else "").strip()
    if "familiar" in words:
        return not _has(words["familiar"], text) or _has(words["formal"], text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    edges = [*lines[:1], *lines[-4:]]
    return any(re.search(pattern, line, re.IGNORECASE) for pattern in words["formal"] for line in edges)


def _has(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _greeting(opportunity: Opportunity, formal: bool, words: Mapping[str, Any]) -> str:
    contact = opportunity.contact
    name = clean(contact.greeting) if contact else ""
    full = clean(contact.name) if contact else ""
    if formal and "greeting" in words and (addressed := _addressed(full or name, words)):
        return addressed
    if not name:
        return str(words["unknown_greeting"])
    return str(words["formal_greeting" if formal else "warm_greeting"]).format(name=name, full=full or name)


def _addressed(full: str, words: Mapping[str, Any]) -> str:
    """The formal greeting that a title or a given name calls for ("Sehr geehrte Frau Dr. Lohse,"), else ""."""
    parts = full.split()
    plain = [part.strip(".").casefold() for part in parts]
    degrees = [part for part in parts if part.endswith(".") and len(part) > 2 and part.strip(".").casefold() != "hr"]
    for form in words["greeting"]:
        titled = bool(plain) and plain[0] in form["titles"]
        rest = [part for part in parts[titled:] if part not in degrees]
        given = rest[0].partition("-")[0].casefold() if rest else ""
        if (titled and rest) or (len(rest) > 1 and given in form["given"]):
            family = rest[-1] if titled and len(rest) == 1 else " ".join(_family_name(rest))
            return str(form["form"]).format(name=" ".join([*degrees, family]))
    return ""


def _family_name(parts: Sequence[str]) -> Sequence[str]:
    """The family name of a name in reading order, with the small words that belong to it ("von Arx")."""
    small = next((index for index, part in enumerate(parts[1:], 1) if part.islower()), len(parts) - 1)
    return parts[small:]


def _closing(
    opportunity: Opportunity, formal: bool, settings: LetterSettings, words: Mapping[str, Any], seed: str
) -> str:
    if settings.signature.strip():
        return settings.signature.strip()
    closings = words["formal_closings" if formal else "warm_closings"]
    closing = closings[sum(seed.encode()) % len(closings)]
    plainly = settings.name if formal else _first_name(settings.name)
    return f"{closing}\n{_signs_as(opportunity, settings.name) or plainly}"


def _first_name(name: str) -> str:
    return name.split()[0] if name.split() else name


def _signs_as(opportunity: Opportunity, name: str) -> str:
    """How the user signs to these people: the last line of their newest mail, if it is a form of their name."""
    folded = {part.casefold() for part in name.split()}
    own = sorted((s.entry for s in opportunity.statements if is_own(s.entry)), key=lambda entry: entry.at, reverse=True)
    for entry in own:
        lines = [line.strip(" ,-–—") for line in entry.new_text.split("\n") if line.strip()]
        last = lines[-1] if lines else ""
        parts = {part.casefold() for part in last.split()}
        if parts and len(parts) <= 4 and parts <= folded and last[:1].isupper():
            return last
    return ""


def _subject(
    answered: Message, facts: Facts, decision: Decision, settings: LetterSettings, words: Mapping[str, Any]
) -> str:
    """The thread's subject with one "Re:"; one of its own where the thread has none."""
    subject = answer_subject(answered.header.subject)
    if subject:
        return subject
    role = clean(facts.opportunity.role or facts.opportunity.company or "")
    held = facts.latest(InterviewStatus.HELD)
    form = words["own_subject"]["thank_you" if decision.kind is Kind.THANK_YOU and held and held.start else "other"]
    day = facts.on(held.start if held else None).strip()
    return str(form).format(role=role, day=day, name=settings.name).strip(" ,")[:LONGEST_SUBJECT]


def _references(opportunity: Opportunity, answered: Message) -> tuple[str, ...]:
    """The whole thread, oldest first, with the answered message last (RFC 5322 section 3.6.4)."""
    header = answered.header
    known = [*header.references, *([header.in_reply_to] if header.in_reply_to else [])]
    thread = {answered.id, *known}
    for statement in sorted(opportunity.statements, key=lambda s: s.entry.at):
        entry = statement.entry
        if thread & {*entry.header.references, entry.header.in_reply_to, entry.id}:
            thread |= {entry.id}
            known.append(entry.id)
    ordered = [reference for reference in dict.fromkeys(known) if reference != answered.id]
    return (*ordered, answered.id)
