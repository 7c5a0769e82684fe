"""The facts of an opportunity as phrases that a sentence can hold; each has its evidence in the mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft.envelope import clean
from watcher.draft.model import LetterSettings
from watcher.followup.model import Decision
from watcher.opportunity.model import Entry, Interview, InterviewStatus, Opportunity
from watcher.reading.model import Act, Says, Speaker

MOST_THANKED = 3  # names of a panel in one sentence


def is_own(entry: Entry) -> bool:
    """Whether the user wrote it."""
    return entry.reading.speaker is Speaker.ME


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one opportunity as phrases that a sentence can hold."""

    opportunity: Opportunity
    decision: Decision
    settings: LetterSettings
    words: Mapping[str, Any]

    def slots(self, now: datetime) -> dict[str, Any]:
        """Everything a template may ask for but the greeting and the key points."""
        held = self.latest(InterviewStatus.HELD)
        ahead = self.latest(InterviewStatus.BOOKED)
        cancelled = any(
            s.says is Says.INTERVIEW_CANCELLED and s.entry.id == self.decision.anchor
            for s in self.opportunity.statements
        )
        return {
            "the_role": self.the_role(),
            "on_day": self.on(held.start if held else None),
            "others": self.names(held.people if held else ()),
            "next_round": self.next_round(ahead),
            "promised": self.day(self.opportunity.promised_by) if self.opportunity.promised_by else "",
            "on_handed_in": self.on(self.last_act(Act.HANDED_IN)),
            "on_written": self.on(self.last_own()),
            "on_applied": self.on(self.last_act(Act.APPLIED)),
            "on_held": self.on(self.last_said(Says.ON_HOLD)),
            "they_cancelled": cancelled,
            "gave_times": self.last_act(Act.GAVE_TIMES) is not None,
        }

    def the_role(self) -> str:
        role, company = clean(self.opportunity.role or ""), clean(self.opportunity.company or "")
        if not role:
            text = str(self.words["role_unknown"])
        elif role.split()[-1].casefold() in self.words["role_ends"]:
            text = str(self.words["role_complete"]).format(role=role)
        else:
            text = str(self.words["role_named"]).format(role=role)
        through_agency = bool(self.opportunity.agency)
        if company and not (through_agency and company == self.opportunity.agency):
            text += str(self.words["with_client" if through_agency else "at_company"]).format(company=company)
        return text

    def day(self, day: date) -> str:
        return str(self.words["day"]).format(
            weekday=self.words["weekdays"][day.weekday()], number=day.day, month=self.words["months"][day.month - 1]
        )

    def on(self, at: datetime | None) -> str:
        if at is None:
            return ""
        return str(self.words["on_day"]).format(day=self.day(at.astimezone(ZoneInfo(self.settings.timezone)).date()))

    def latest(self, status: InterviewStatus) -> Interview | None:
        """The last interview held (dated or not), or the next one booked."""
        some = [i for i in self.opportunity.interviews if i.status is status]
        dated = sorted((i for i in some if i.start), key=lambda i: i.start)  # type: ignore[arg-type, return-value]
        if status is InterviewStatus.BOOKED:
            return dated[0] if dated else None
        return dated[-1] if dated else (some[-1] if some else None)

    def names(self, people: Sequence[str]) -> str:
        """The others of a panel, fit for a sentence; "" where nobody is named or too many are."""
        own = self.settings.name.casefold()
        contact = self.opportunity.contact.name.casefold() if self.opportunity.contact else ""
        others = []
        for person in people:
            name = clean(person)
            folded = name.casefold()
            if name and "@" not in name and folded not in {own, contact} and " " in name and name not in others:
                others.append(name)
        if not others or len(others) > MOST_THANKED:
            return ""
        return str(self.words["joined"]).join(filter(None, (", ".join(others[:-1]), others[-1])))

    def next_round(self, ahead: Interview | None) -> str:
        if ahead is None or ahead.start is None:
            return ""
        day = self.day(ahead.start.astimezone(ZoneInfo(self.settings.timezone)).date())
        people = self.names(ahead.people)
        if people:
            return str(self.words["next_round_with"]).format(people=people, day=day)
        return str(self.words["next_round"]).format(day=day)

    def last_act(self, act: Act) -> datetime | None:
        return max(
            (s.entry.at for s in self.opportunity.statements if act in s.entry.reading.acts and is_own(s.entry)),
            default=None,
        )

    def last_own(self) -> datetime | None:
        return max((s.entry.at for s in self.opportunity.statements if is_own(s.entry)), default=None)

    def last_said(self, says: Says) -> datetime | None:
        return max((s.entry.at for s in self.opportunity.statements if s.says is says), default=None)
