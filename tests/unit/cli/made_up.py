"""A made-up Watcher, and what it knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any

from watcher.cycle.report import AccountReport, DraftLine, ScanReport, WithdrawnLine
from watcher.errors import UsageError

NOW = datetime.fromisoformat("2026-03-18T10:00:00-04:00")


def opportunity(name: str = "acme-backend-engineer", **changes: Any) -> dict[str, Any]:
    """One entry of the status, as the pass keeps it."""
    follow_up = {
        "kind": "thank_you",
        "attempt": 1,
        "due_at": "2026-03-17T17:00:00-04:00",
        "not_before": None,
        "status": "drafted",
        "draft_state": "pending",
        "reason": "The interview was yesterday, and nobody has written since.",
        "draft": "<abc@example.net>",
    }
    follow_up.update(changes.pop("follow_up", {}))
    return {
        "id": name,
        "aliases": [],
        "account": "personal",
        "company": "Acme",
        "role": "Backend Engineer",
        "contact": {"name": "Dana Reyes", "address": "dana.reyes@acme.example"},
        "stage": "awaiting_decision",
        "waiting_on": "them",
        "confidence": 0.97,
        "last_message_at": "2026-03-12T09:00:00-04:00",
        "silent_since": "2026-03-15T15:00:00-04:00",
        "interviews": [
            {
                "start": "2026-03-17T14:00:00-04:00",
                "end": None,
                "where": None,
                "with": ["Dana Reyes"],
                "status": "held",
                "basis": "assumed",
            }
        ],
        "promised_by": None,
        "follow_up": follow_up,
        "notes": [],
        "muted": False,
        "suspicious": None,
        "messages": [
            {
                "message_id": "<1@acme.example>",
                "folder": "INBOX",
                "date": "2026-03-12T09:00:00-04:00",
                "from": "Dana Reyes <dana.reyes@acme.example>",
                "subject": "Interview",
                "says": "interview_confirmed",
                "confidence": 0.99,
                "evidence": [{"words": "confirmed for Tuesday", "rule": "en.confirmed"}],
            }
        ],
        **changes,
    }


def shown(name: str = "acme-backend-engineer") -> dict[str, Any]:
    """What `Watcher.show` gives."""
    words = [{"words": "confirmed for Tuesday", "rule": "en.confirmed", "why": "They state that a talk stands."}]
    return {
        "id": name,
        "aliases": ["acme"],
        "company": "Acme",
        "role": "Backend Engineer",
        "agency": None,
        "contact": {"name": "Dana Reyes", "address": "dana.reyes@acme.example"},
        "stage": "awaiting_decision",
        "stage_text": "awaiting a decision",
        "stage_evidence": {"message_id": "<1@acme.example>", "words": words},
        "waiting_on": "them",
        "confidence": 0.97,
        "unsure": None,
        "promised_by": "2026-03-20",
        "promise_evidence": {"message_id": None, "words": []},
        "silent_since": "2026-03-17T15:00:00-04:00",
        "timeline": [
            {
                "at": "2026-03-12T09:00:00-04:00",
                "what": "message",
                "text": "an interview stands",
                "says": "interview_confirmed",
                "confidence": 0.99,
                "message_id": "<1@acme.example>",
                "from": "Dana Reyes <dana.reyes@acme.example>",
                "subject": "Interview",
                "evidence": words,
            },
            {
                "at": "2026-03-17T14:00:00-04:00",
                "what": "interview",
                "text": "the interview took place with Dana Reyes",
                "status": "held",
                "basis": "assumed",
                "message_id": None,
                "evidence": [],
            },
        ],
        "follow_up": {
            "kind": "thank_you",
            "attempt": 1,
            "status": "drafted",
            "due_at": "2026-03-17T17:00:00-04:00",
            "not_before": None,
            "reasons": [{"clause": "thank_you_is_due", "words": "Two hours have passed since the interview."}],
        },
        "surprises": [],
    }


def draft(**changes: Any) -> dict[str, Any]:
    """One entry of `Watcher.drafts`."""
    return {
        "message_id": "<abc@example.net>",
        "opportunity": "acme-backend-engineer",
        "account": "personal",
        "kind": "thank_you",
        "attempt": 1,
        "to": "Dana Reyes <dana.reyes@acme.example>",
        "subject": "Re: Interview",
        "state": "pending",
        "why": None,
        "made_at": "2026-03-18T10:00:00-04:00",
        "changed_at": "2026-03-18T10:00:00-04:00",
        "text": "Hello Dana,\n\nThank you.\n\nAlex\n",
        **changes,
    }


def report(**changes: Any) -> ScanReport:
    """What `Watcher.scan` gives."""
    line = DraftLine(
        "acme-backend-engineer",
        "personal",
        "thank_you",
        1,
        "Dana Reyes <dana.reyes@acme.example>",
        "Re: Interview",
        "Hello Dana,\n\nThank you.\n",
        "<abc@example.net>",
    )
    whole: dict[str, Any] = {
        "accounts": (AccountReport("personal", 12, 3),),
        "opportunities": 2,
        "drafted": (line,),
        "withdrawn": (WithdrawnLine("beta-nurse", "after_reply", "b@beta.example", "they answered"),),
        "waiting": ("gamma-cook",),
        "notes": ("A note.",),
    }
    return ScanReport(**{**whole, **changes})


@dataclass
class MadeUpWatcher:
    """Stands in for watcher.app.Watcher and remembers how it was asked."""

    opportunities: list[dict[str, Any]] = field(default_factory=lambda: [opportunity()])
    accounts: list[dict[str, Any]] = field(
        default_factory=lambda: [{"name": "personal", "last_scan_at": "2026-03-18T09:55:00-04:00", "error": None}]
    )
    letters: list[dict[str, Any]] = field(default_factory=lambda: [draft()])
    pass_: ScanReport = field(default_factory=report)
    trouble: BaseException | None = None
    asked: dict[str, Any] = field(default_factory=dict)

    def _ask(self, **how: Any) -> None:
        self.asked = how
        if self.trouble is not None:
            raise self.trouble

    def scan(self, now: datetime, **how: Any) -> ScanReport:
        self._ask(now=now, **how)
        return self.pass_

    def status(self, now: datetime, *, as_of: datetime | None = None) -> dict[str, Any]:
        self._ask(now=now, as_of=as_of)
        return {
            "generated_at": NOW.isoformat(),
            "opportunities": self.opportunities,
            "accounts": self.accounts,
        }

    def show(self, name: str, now: datetime, *, as_of: datetime | None = None) -> dict[str, Any]:
        self._ask(name=name, now=now, as_of=as_of)
        if not any(each["id"].startswith(name) for each in self.opportunities):
            raise UsageError(f"There is no opportunity '{name}'.", "Look in `watcher status --all`.")
        return shown()

    def drafts(self, name: str | None = None) -> list[dict[str, Any]]:
        self._ask(name=name)
        return self.letters


@dataclass(frozen=True)
class Answer:
    """What a command said and left with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def schema(name: str) -> Mapping[str, Any]:
    """A published schema."""
    found: Mapping[str, Any] = json.loads(
        (resources.files("watcher.cli.schemas") / f"{name}.json").read_text(encoding="utf-8")
    )
    return found
