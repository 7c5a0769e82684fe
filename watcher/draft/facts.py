"""The facts of an opportunity as phrases that a sentence can hold; each has its evidence in the mail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.draft.model import LetterSettings
from watcher.draft.naming import firm_name, firm_of, people_names, role_of
from watcher.followup.model import Decision
from watcher.opportunity.model import Entry, Interview, InterviewStatus, Opportunity
from watcher.reading.model import Act, Says, Speaker

MOST_THANKED = 3  # names of a panel in one sentence


def is_own(entry: Entry) -> bool:
    """Whether the user wrote it."""
    return entry.reading.speaker is Speaker.ME


def voices(entry: Entry) -> set[str]:
    """The addresses under which the writer of a message can be met."""
    contact = entry.reading.contact
    return {
        entry.header.sender.address,
        *(address.address for address in entry.header.reply_to),
        *([contact.address] if contact else []),
    }


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
        occasion, about = self.occasion(held)
        return {
            "the_role": self.the_role(),
            "on_day": self.on(held.start if held else None),
            "others": self.names(held.people if held else ()),
            "next_round": self.next_round(ahead),
            "promised": self.promised(),
            "on_handed_in": self.on(self.last_act(Act.HANDED_IN)),
            "on_written": self.on(self.last_own()),
            "on_applied": self.on(self.last_act(Act.APPLIED)),
            "on_held": self.on(self.last_said(Says.ON_HOLD)),
            "they_cancelled": self.they_cancelled(),
            "gave_times": self.last_act(Act.GAVE_TIMES) is not None,
            "occasion": occasion,
            "about": about,
            "agency": bool(self.opportunity.agency),
        }

    def the_role(self) -> str:
        role, company = role_of(self.opportunity), firm_of(self.opportunity)
        by_word = self.words.get("roles_by_word", {})
        if not role:
            text = str(self.words["role_unknown"])
        elif (first := role.split()[0].casefold()) in by_word:
            text = str(by_word[first]).format(role=role)
        elif role.split()[-1].casefold() in self.words["role_ends"]:
            text = str(self.words["role_complete"]).format(role=role)
        else:
            text = str(self.words["role_named"]).format(role=role)
        through_agency = bool(self.opportunity.agency)
        if company and not (through_agency and company == firm_name(self.opportunity.agency)):
            usual = self.words["with_client" if through_agency else "at_company"]
            form = self.words.get("company_by_word", {}).get(company.split()[0].casefold(), usual)
            text += str(form).format(company=company)
        return text

    def dated(self, form: str, day: date, **more: str) -> str:
        """A phrase with a day in it; the form says which parts of the day it wants."""
        weekday, month = self.words["weekdays"][day.weekday()], self.words["months"][day.month - 1]
        return form.format(day=self.day(day), weekday=weekday, number=day.day, month=month, **more)

    def day(self, day: date) -> str:
        return str(self.words["day"]).format(
            weekday=self.words["weekdays"][day.weekday()], number=day.day, month=self.words["months"][day.month - 1]
        )

    def on(self, at: datetime | None) -> str:
        if at is None:
            return ""
        return self.dated(str(self.words["on_day"]), at.astimezone(ZoneInfo(self.settings.timezone)).date())

    def latest(self, status: InterviewStatus) -> Interview | None:
        """The last interview held (dated or not), or the next one booked."""
        some = [i for i in self.opportunity.interviews if i.status is status]
        dated = sorted((i for i in some if i.start), key=lambda i: i.start)  # type: ignore[arg-type, return-value]
        if status is InterviewStatus.BOOKED:
            return dated[0] if dated else None
        return dated[-1] if dated else (some[-1] if some else None)

    def names(self, people: Sequence[str]) -> str:
        """The others of a panel, fit for a sentence; "" where nobody is named, words for all where too many are."""
        contact = self.opportunity.contact
        others = people_names(people, (self.settings.name, contact.name if contact else ""))
        if len(others) > MOST_THANKED:
            return str(self.words.get("many_others", ""))
        return str(self.words["joined"]).join(filter(None, (", ".join(others[:-1]), *others[-1:])))

    def occasion(self, held: Interview | None) -> tuple[str, str]:
        """What they call the interview ("call", "trial shift"), and the word that leads on to the role."""
        usual = self.words.get("occasion", ("", ""))
        kinds = self.words.get("occasions", ())
        texts = [
            text
            for statement in self.opportunity.statements
            if held is not None and statement.entry.id in {held.source, held.key}
            for text in (
                statement.entry.header.subject,
                *(event.summary for event in statement.entry.reading.events),
                statement.entry.new_text[:2000],
            )
        ]
        for text in texts:
            for kind in kinds:
                if any(re.search(pattern, text, re.IGNORECASE) for pattern in kind["any"]):
                    return str(kind["name"]), str(kind["about"])
        return usual[0], usual[1]

    def promised(self) -> str:
        """The day they named, as far as they named it: "early next week" names the week, "in ten days" about when."""
        day, evidence = self.opportunity.promised_by, self.opportunity.promise_evidence
        if day is None:
            return ""
        words = evidence.words if evidence else ""
        for form in self.words.get("promises", ()):
            if words and any(re.search(pattern, words, re.IGNORECASE) for pattern in form["any"]):
                monday = day - timedelta(days=day.weekday())
                return self.dated(str(form["form"]), monday if form.get("week") else day)
        return self.day(day)

    def they_cancelled(self) -> bool:
        """Whether the last word about an interview's time is that it is off."""
        about = (Says.INTERVIEW_CANCELLED, Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED)
        said = [s for s in self.opportunity.statements if s.says in about]
        return bool(said) and max(said, key=lambda s: s.entry.at).says is Says.INTERVIEW_CANCELLED

    def next_round(self, ahead: Interview | None) -> str:
        if ahead is None or ahead.start is None:
            return ""
        day = ahead.start.astimezone(ZoneInfo(self.settings.timezone)).date()
        people = self.names(ahead.people)
        if people:
            return self.dated(str(self.words["next_round_with"]), day, people=people)
        return self.dated(str(self.words["next_round"]), day)

    def last_act(self, act: Act) -> datetime | None:
        return max(
            (s.entry.at for s in self.opportunity.statements if act in s.entry.reading.acts and is_own(s.entry)),
            default=None,
        )

    def last_own(self) -> datetime | None:
        return max((s.entry.at for s in self.opportunity.statements if is_own(s.entry)), default=None)

    def last_said(self, says: Says) -> datetime | None:
        return max((s.entry.at for s in self.opportunity.statements if s.says is says), default=None)
