"""An opportunity as `status` and `show` print it: plain dictionaries, made by the pass and kept with its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft.model import Placement, PlacementState
from watcher.explain.sentences import KINDS, SAYS, STAGES
from watcher.explain.words import said
from watcher.followup.consent import ENDLESS, Pause
from watcher.followup.model import Decision
from watcher.opportunity.model import Interview, InterviewStatus, Opportunity, Statement, Word
from watcher.reading.model import Evidence, Speaker

View = dict[str, Any]

BECAME: Mapping[PlacementState, str] = {
    PlacementState.EDITED: "you edited the draft",
    PlacementState.SENT: "you sent the draft",
    PlacementState.DISCARDED: "you threw the draft away",
    PlacementState.WITHDRAWN: "the draft was taken back",
    PlacementState.STALE: "the draft is out of date, and was left in Drafts",
}


def status_view(
    opportunity: Opportunity,
    decision: Decision,
    placement: Placement | None,
    zone: ZoneInfo,
    folders: Mapping[str, str],
) -> View:
    """One entry of `status --json`. `placement` is the draft that the decision speaks of; `folders` names the folder
    of each message by its Message-ID."""
    contact = opportunity.contact
    return {
        "id": opportunity.id,
        "aliases": list(opportunity.aliases),
        "account": opportunity.accounts[0] if opportunity.accounts else "",
        "accounts": list(opportunity.accounts),
        "company": opportunity.company,
        "role": opportunity.role,
        "agency": opportunity.agency or None,
        "contact": {"name": contact.name or None, "address": contact.address} if contact else None,
        "stage": opportunity.stage.value,
        "waiting_on": opportunity.waiting_on.value,
        "confidence": round(opportunity.confidence, 2),
        "unsure": opportunity.unsure or None,
        "last_message_at": _iso(opportunity.last_message_at, zone),
        "silent_since": _iso(opportunity.silence.since, zone) if opportunity.silence else None,
        "interviews": [_interview(interview, zone) for interview in opportunity.interviews],
        "promised_by": opportunity.promised_by.isoformat() if opportunity.promised_by else None,
        "follow_up": {
            "kind": decision.kind.value,
            "attempt": decision.attempt,
            "due_at": _iso(decision.due_at, zone),
            "not_before": _iso(decision.not_before, zone),
            "status": decision.status.value,
            "draft_state": placement.state.value if placement else None,
            "reason": decision.reason,
            "draft": placement.message_id if placement else None,
        },
        "notes": list(opportunity.notes),
        "muted": opportunity.muted,
        "suspicious": opportunity.suspicious or None,
        "messages": [_message(statement, zone, folders) for statement in opportunity.statements],
    }


def show_view(
    opportunity: Opportunity,
    decision: Decision,
    placements: Sequence[Placement],
    zone: ZoneInfo,
    whys: Mapping[str, str],
) -> View:
    """The opportunity as one time line. `whys` explains each rule by its id."""
    line: list[View] = [_said(statement, zone, whys) for statement in opportunity.statements]
    line += [_met(interview, zone) for interview in opportunity.interviews if interview.start]
    line += [moment for placement in placements for moment in _drafted(placement, zone)]
    line += [word_view(word, zone) for word in opportunity.words]
    line.sort(key=lambda item: datetime.fromisoformat(item["at"]))
    reasons = [*decision.reasons, *decision.passed_over]
    return {
        "id": opportunity.id,
        "aliases": list(opportunity.aliases),
        "company": opportunity.company,
        "role": opportunity.role,
        "agency": opportunity.agency or None,
        "contact": {"name": opportunity.contact.name, "address": opportunity.contact.address}
        if opportunity.contact
        else None,
        "stage": opportunity.stage.value,
        "stage_text": STAGES[opportunity.stage],
        "stage_evidence": {
            "message_id": opportunity.stage_source or None,
            "words": _evidence(opportunity.stage_evidence, whys),
        },
        "waiting_on": opportunity.waiting_on.value,
        "confidence": round(opportunity.confidence, 2),
        "unsure": opportunity.unsure or None,
        "promised_by": opportunity.promised_by.isoformat() if opportunity.promised_by else None,
        "promise_evidence": {
            "message_id": opportunity.promise_source or None,
            "words": _evidence((opportunity.promise_evidence,) if opportunity.promise_evidence else (), whys),
        },
        "silent_since": _iso(opportunity.silence.since, zone) if opportunity.silence else None,
        "timeline": line,
        "follow_up": {
            "kind": decision.kind.value,
            "attempt": decision.attempt,
            "status": decision.status.value,
            "due_at": _iso(decision.due_at, zone),
            "not_before": _iso(decision.not_before, zone),
            "reasons": [{"clause": reason.clause, "words": reason.words} for reason in reasons],
        },
        "surprises": [
            {"message_id": surprise.message_id, "stage": surprise.stage.value, "event": surprise.event}
            for surprise in opportunity.surprises
        ],
    }


def paused_view(pause: Pause | None, now: datetime, zone: ZoneInfo) -> View | None:
    """Whether all drafting is paused now: until when (None without an end), and whether for work that was found."""
    if pause is None or pause.until <= now:
        return None
    return {"until": None if pause.until is ENDLESS else _iso(pause.until, zone), "hired": pause.hired}


def word_view(word: Word, zone: ZoneInfo) -> View:
    """Something the user said, with the number by which it is taken back."""
    return {
        "at": _iso(word.said_at, zone),
        "what": "word",
        "text": said(word, zone),
        "number": word.number,
        "verb": word.verb,
        "message_id": None,
        "evidence": [],
    }


def _drafted(placement: Placement, zone: ZoneInfo) -> list[View]:
    """When a draft was made, and what became of it where something has."""
    made: View = {
        "at": _iso(placement.intended_at, zone),
        "what": "draft",
        "text": f"{KINDS[placement.kind]} was put into Drafts",
        "message_id": placement.message_id,
        "subject": placement.subject,
        "evidence": [],
    }
    became = BECAME.get(placement.state)
    if became is None:
        return [made]
    why = f": {placement.why}" if placement.why else ""
    return [made, {**made, "at": _iso(placement.changed_at, zone), "text": f"{became}{why}", "subject": ""}]


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def _evidence(evidence: Sequence[Evidence], whys: Mapping[str, str]) -> list[View]:
    return [{"words": item.words, "rule": item.rule, "why": whys.get(item.rule, "")} for item in evidence]


def _interview(interview: Interview, zone: ZoneInfo) -> View:
    return {
        "key": interview.key,
        "start": _iso(interview.start, zone),
        "end": _iso(interview.end, zone),
        "where": interview.where or None,
        "with": list(interview.people),
        "status": interview.status.value,
        "basis": interview.basis,
        "source": interview.source or None,
    }


def _message(statement: Statement, zone: ZoneInfo, folders: Mapping[str, str]) -> View:
    header = statement.entry.header
    return {
        "message_id": header.message_id,
        "folder": folders.get(header.message_id, ""),
        "date": _iso(header.date, zone),
        "from": _written(header.sender.name, header.sender.address),
        "subject": header.subject,
        "says": statement.says.value,
        "confidence": round(statement.confidence, 2),
        "evidence": [{"words": item.words, "rule": item.rule} for item in statement.evidence],
    }


def _written(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


def _said(statement: Statement, zone: ZoneInfo, whys: Mapping[str, str]) -> View:
    header, reading = statement.entry.header, statement.entry.reading
    acts = ", ".join(sorted(act.value.replace("_", " ") for act in reading.acts))
    own = reading.speaker is Speaker.ME
    text = f"you wrote ({acts})" if own and acts else SAYS[statement.says]
    return {
        "at": _iso(header.date, zone),
        "what": "message",
        "text": text,
        "says": statement.says.value,
        "confidence": round(statement.confidence, 2),
        "message_id": header.message_id,
        "from": _written(header.sender.name, header.sender.address),
        "subject": header.subject,
        "evidence": _evidence(statement.evidence, whys),
    }


def _met(interview: Interview, zone: ZoneInfo) -> View:
    words = {
        InterviewStatus.BOOKED: "an interview is to take place",
        InterviewStatus.HELD: "the interview took place",
        InterviewStatus.CANCELLED: "an interview was to take place, and is off",
    }
    with_whom = f" with {', '.join(interview.people)}" if interview.people else ""
    basis = (
        " (nothing says otherwise)" if interview.status is InterviewStatus.HELD and interview.basis == "assumed" else ""
    )
    return {
        "at": _iso(interview.start, zone),
        "what": "interview",
        "text": f"{words[interview.status]}{with_whom}{basis}",
        "status": interview.status.value,
        "basis": interview.basis,
        "message_id": interview.source or None,
        "evidence": [],
    }
