"""The letter for a decision: whom and what it answers, the facts it may use, and the bytes it travels as."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft import addressing, points
from watcher.draft.envelope import answer_subject, clean, known_ids, quotation, to_bytes
from watcher.draft.facts import Facts, is_own, voices
from watcher.draft.model import Draft, DraftKey, LetterSettings
from watcher.draft.naming import firm_of, role_of
from watcher.draft.render import draw, render
from watcher.draft.repeats import NOTHING_EARLIER, Earlier, flat, marks, repeated
from watcher.draft.templates import letters_for
from watcher.followup.model import Decision, Kind
from watcher.knowledge.model import Pack
from watcher.message.model import Address, Message
from watcher.opportunity.model import Entry, InterviewStatus, Opportunity
from watcher.reading.model import Says, Speaker

LONGEST_SUBJECT = 70
DRAWS = 40  # how often wordings are drawn anew to find a letter that repeats no sentence
WITHOUT_HIGHLIGHT = frozenset({Kind.AFTER_SCHEDULING, Kind.AFTER_HOLD})


def answering(opportunity: Opportunity) -> Entry | None:
    """The message a letter answers: the contact's newest letter, else the user's own newest to the contact, else what
    else would bring an answer to the contact (their invitation, a machine's mail in their name), else their side's
    newest letter, else the user's own newest. None where there is nothing."""
    contact = opportunity.contact.address if opportunity.contact else ""
    entries = [statement.entry for statement in opportunity.statements if statement.says is not Says.AUTO_REPLY]
    human = [entry for entry in entries if entry.reading.speaker is Speaker.HUMAN and not entry.binned]
    letters = [entry for entry in human if not is_invitation(entry)]
    own = [entry for entry in entries if is_own(entry)]
    to_contact = [entry for entry in own if contact in {address.address for address in entry.header.to}]
    choices = (
        [entry for entry in letters if contact in voices(entry)],
        [entry for entry in to_contact if not _in_invitation(entry, human)],
        [entry for entry in human if contact in voices(entry)],
        [entry for entry in entries if entry.reading.contact and entry.reading.contact.address == contact],
        to_contact,
        letters,
        human,
        own,
    )
    return next((max(some, key=lambda entry: entry.at) for some in choices if some), None)


def is_invitation(entry: Entry) -> bool:
    """Whether a mail is a calendar's invitation rather than a letter: it opens a thread and its subject is the
    event's title ("Phone interview"), alone or among what calendars add ("Invitation: ... @ Tue 17 Mar")."""
    if is_own(entry) or entry.header.in_reply_to or not entry.reading.events:
        return False
    subject = clean(entry.header.subject).casefold()
    titles = {clean(event.summary).casefold() for event in entry.reading.events} - {""}
    return any(title == subject or (title in subject and "@" in subject) for title in titles)


def _in_invitation(entry: Entry, human: Sequence[Entry]) -> bool:
    """Whether a mail of the user's answers an invitation."""
    answered = {entry.header.in_reply_to, *entry.header.references}
    return any(each.id in answered and is_invitation(each) for each in human)


def compose(
    opportunity: Opportunity,
    decision: Decision,
    answered: Message,
    settings: LetterSettings,
    pack: Pack,
    now: datetime,
    earlier: Earlier = NOTHING_EARLIER,
) -> Draft:
    """The draft for `decision`, as an answer to `answered` (see `answering`).

    No key point and no sentence of `earlier` letters to the same person, or of what the user sent in this opportunity,
    is written once more, as far as the wordings reach. Raises KnowledgeError for a faulty template, ValueError where
    the opportunity has no contact.
    """
    if opportunity.contact is None:
        raise ValueError(f"{opportunity.id} has nobody to write to")
    words: Mapping[str, Any] = pack.tables["letter"]
    zone = ZoneInfo(settings.timezone)
    sender = _sender(opportunity, answered, settings)
    facts = Facts(opportunity, decision, settings, words)
    text, key_points, said = _letter(facts, answered, pack, now, earlier)
    key = DraftKey(answered.account or opportunity.accounts[0], decision.kind, decision.attempt, decision.anchor)
    message_id = key.message_id(sender.address)
    own_thread = _has_no_letter(opportunity, answered)
    subject = "" if own_thread else answer_subject(answered.header.subject)
    contact = Address(clean(opportunity.contact.name), opportunity.contact.address)
    in_reply_to = "".join(known_ids([answered.id]))
    references = _references(opportunity, answered)
    draft = Draft(
        key=key,
        message_id=message_id,
        opportunity=opportunity.id,
        sender=sender,
        to=contact,
        subject=subject or _own_subject(facts, decision),
        text=text,
        in_reply_to=in_reply_to,
        references=references,
        thread="" if own_thread else answered.header.thread,
        data=b"",
        highlights=key_points,
        marks=said,
    )
    quoted = ""
    if not own_thread and answered.body is not None and answered.body.plain.strip():
        sent_at = answered.header.date.astimezone(zone)
        quoted = "\n\n" + quotation(answered.body.plain, answered.header.sender, sent_at, words)
    data = to_bytes(
        sender=sender,
        to=contact,
        subject=draft.subject,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        date=now.astimezone(zone),
        text=text + quoted + "\n",
    )
    return replace(draft, data=data)


# --- the text ---


def _letter(
    facts: Facts, answered: Message, pack: Pack, now: datetime, earlier: Earlier
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The whole letter, the key points that it brought (as the user wrote them), and the marks of its sentences."""
    opportunity, decision, settings, words = facts.opportunity, facts.decision, facts.settings, facts.words
    grammar = pack.tables.get("points")
    formal = addressing.is_formal(opportunity, answered, words)
    written = next((text for text in opportunity.notes if text.strip() and text not in earlier.points), "")
    shining = "" if written else _highlight(decision, settings, earlier.points)
    note, highlight = points.note(written, grammar), points.highlight(shining, grammar)
    slots = {
        **facts.slots(now),
        "formal": formal,
        "note": note.phrase,
        "note_clause": note.clause,
        "note_sentence": note.sentence,
        "highlight": highlight.phrase,
        "highlight_sentence": highlight.sentence,
    }
    template = f"{decision.kind.value}_{min(decision.attempt, 2) or 1}.j2"
    seed = "\0".join((*settings.addresses[:1], opportunity.id, template, str(decision.attempt)))
    body = _body(template, letters_for(pack, settings.overrides), slots, seed, _with_own(earlier, opportunity))
    greeting = addressing.greeting(opportunity, formal, answered, words)
    turn = draw(seed, "closing", len(words["formal_closings" if formal else "warm_closings"]))
    closing = addressing.closing(opportunity, formal, settings.signature, settings.name, words, turn)
    brought = ((written, note), (shining, highlight))
    key_points = tuple(text for text, point in brought if text and flat(point.text) in flat(body))
    return "\n\n".join((greeting, body, closing)), key_points, tuple(sorted(marks(body, slots)))


def _body(template: str, sources: Mapping[str, str], slots: Mapping[str, Any], seed: str, earlier: Earlier) -> str:
    """The first drawing of the wordings that repeats nothing, else the one that repeats least."""
    best, least = "", -1
    for turn in range(DRAWS):
        body = render(template, sources, slots, f"{seed}\0{turn}" if turn else seed)
        count = repeated(body, slots, earlier.texts, earlier.marks)
        if least < 0 or count < least:
            best, least = body, count
        if not least:
            break
    return best


def _with_own(earlier: Earlier, opportunity: Opportunity) -> Earlier:
    own = tuple(s.entry.new_text for s in opportunity.statements if is_own(s.entry))
    return replace(earlier, texts=(*earlier.texts, *own))


def _highlight(decision: Decision, settings: LetterSettings, used: Sequence[str]) -> str:
    if decision.kind in WITHOUT_HIGHLIGHT and decision.attempt < 2:
        return ""
    if decision.kind is Kind.AFTER_REPLY and decision.attempt < 2:
        return ""
    return next((clean(text) for text in settings.highlights if clean(text) and clean(text) not in used), "")


# --- the envelope ---


def _sender(opportunity: Opportunity, answered: Message, settings: LetterSettings) -> Address:
    """The user's address that they wrote to (or that the user wrote from), else the one it was delivered to, else the
    one the user last wrote from to these people."""
    header = answered.header
    mine = {address.lower(): address for address in settings.addresses}
    own = sorted((s.entry for s in opportunity.statements if is_own(s.entry)), key=lambda entry: entry.at, reverse=True)
    delivered = " ".join(header.traits.get(name, "") for name in ("delivered-to", "x-original-to", "x-forwarded-to"))
    candidates = (
        header.sender.address,
        *(address.address for address in (*header.to, *header.cc)),
        *re.findall(r"[^\s<>,;]+@[^\s<>,;]+", delivered.lower()),
        *(entry.header.sender.address for entry in own),
    )
    for address in candidates:
        local, _, domain = address.rpartition("@")
        for known in (address, f"{local.partition('+')[0]}@{domain}"):
            if known in mine:
                return Address(settings.name, mine[known])
    return Address(settings.name, settings.addresses[0] if settings.addresses else "")


def _has_no_letter(opportunity: Opportunity, answered: Message) -> bool:
    """Whether what is answered is a machine's mail or a bare invitation, whose subject is no subject for a letter."""
    entry = next((s.entry for s in opportunity.statements if s.entry.id == answered.id), None)
    return entry is not None and (entry.reading.speaker is Speaker.ROBOT or is_invitation(entry))


def _own_subject(facts: Facts, decision: Decision) -> str:
    """A subject of the letter's own: role, occasion, day and name, as far as 70 characters hold them."""
    role = role_of(facts.opportunity) or firm_of(facts.opportunity)
    held = facts.latest(InterviewStatus.HELD)
    day, occasion = facts.on(held.start if held else None).strip(), facts.occasion(held)[0]
    forms = facts.words["own_subject"]
    form = str(forms.get(decision.kind.value, forms["other"]))
    subject = ""
    for parts in ({"day": day, "role": role}, {"day": "", "role": role}, {"day": "", "role": _shorter(role)}):
        whole = form.format(name=facts.settings.name, occasion=occasion, **parts)
        subject = re.sub(r"(?:\s*,)+\s*", ", ", " ".join(whole.split())).strip(" ,")
        subject = subject[:1].upper() + subject[1:]
        if len(subject) <= LONGEST_SUBJECT:
            break
    return subject if len(subject) <= LONGEST_SUBJECT else subject[:LONGEST_SUBJECT].rpartition(" ")[0].strip(" ,")


def _shorter(role: str) -> str:
    return role if len(role) <= LONGEST_SUBJECT // 2 else role[: LONGEST_SUBJECT // 2].rpartition(" ")[0]


def _references(opportunity: Opportunity, answered: Message) -> tuple[str, ...]:
    """The whole thread, oldest first, with the answered message last (RFC 5322 section 3.6.4)."""
    header = answered.header
    known = [*header.references, *([header.in_reply_to] if header.in_reply_to else [])]
    thread = {answered.id, *known}
    for statement in sorted(opportunity.statements, key=lambda s: s.entry.at):
        entry = statement.entry
        if thread & ({*entry.header.references, entry.header.in_reply_to, entry.id} - {""}):
            thread |= {entry.id}
            known.append(entry.id)
    return known_ids([*(reference for reference in known if reference != answered.id), answered.id])
