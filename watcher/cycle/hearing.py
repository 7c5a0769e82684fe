"""What the user says on the command line, checked and turned into words that can be kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from watcher.cycle.typed import Calendar
from watcher.errors import UsageError
from watcher.opportunity.model import OVER, Stage, Word
from watcher.opportunity.words import NOBODY
from watcher.reading.model import Says
from watcher.reading.namebook import namebook
from watcher.reading.people import greeting_for

LONGEST_NOTE = 300
LONGEST_NAME = 120
SAME_TALK = 10  # days in which a talk that is said to have been held is the one that the mailbox knows of
OUTCOMES = ("held", "off", "moved")
FIELDS = ("stage", "interview", "contact", "role", "company", "says", "join", "split")
_ADDRESS = re.compile(r"""(?:(?P<name>[^<>@]*)<)?(?P<address>[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\]+)>?""")


@dataclass(frozen=True, slots=True)
class Ear:
    """Takes down what the user says at an instant. `documents` are the pages of each opportunity by its id; `find`
    makes an id of what the user typed; `message` finds the Message-ID of one that belongs to no opportunity.

    Every method gives the words to keep, or raises UsageError with what was wrong.
    """

    documents: Mapping[str, Mapping[str, Any]]
    find: Callable[[str], str]
    message: Callable[[str], str | None]
    calendar: Calendar

    # --- about one opportunity ------------------------------------------------------------------------------------

    def note(self, who: str, text: str) -> list[Word]:
        """A key point for the next letter."""
        name = self.find(who)
        clean = _line(text, LONGEST_NOTE, "the note").rstrip(" .")
        if not clean:
            raise UsageError("The note is empty.", f'Write it like: watcher note {name} "how the team plans its week"')
        return [self._word("note", clean, name)]

    def heard(self, who: str, when: str, by: str) -> list[Word]:
        """They spoke; perhaps they named a day."""
        name, at = self.find(who), self.calendar.behind(when)
        extra = {"by": self.calendar.ahead(by).day.isoformat()} if by else {}
        return [self._word("heard", at.isoformat(), name, extra)]

    def told(self, who: str, when: str) -> list[Word]:
        """The user nudged them elsewhere."""
        return [self._word("told", self.calendar.behind(when).isoformat(), self.find(who))]

    def mute(self, who: str) -> list[Word]:
        """No letters here."""
        return [self._word("mute", "", self.find(who))]

    def resume(self, who: str) -> list[Word]:
        """Letters again: here, or everywhere after a pause."""
        if who:
            return [self._word("resume", "", self.find(who))]
        return [Word("resume", "", self.calendar.now)]

    def snooze(self, who: str, until: str) -> list[Word]:
        """No letter here before a day."""
        name = self.find(who)
        return [self._word("snooze", self._until(until), name)]

    def pause(self, until: str) -> list[Word]:
        """No letters at all, perhaps until a day."""
        return [Word("pause", self._until(until) if until else "", self.calendar.now)]

    def close(self, who: str, stage: str) -> list[Word]:
        """It is over."""
        name = self.find(who)
        known = sorted(each.value for each in OVER)
        if stage not in known:
            raise UsageError(f'"{stage}" is no way in which it can end.', f"Write one of {', '.join(known)}.")
        return [self._word("close", stage, name)]

    def hired(self, who: str) -> list[Word]:
        """The user found work."""
        return [self._word("hired", Stage.ACCEPTED.value, self.find(who))]

    def approve(self, name: str, letter: str) -> Word:
        """The user's yes to one letter."""
        return self._word("approve", letter, name)

    def interview(self, who: str, outcome: str, when: str) -> list[Word]:
        """What became of an interview that the mailbox knows nothing about."""
        name = self.find(who)
        known = self._interviews(name)
        if outcome == "held":
            return [self._held(name, when, known)]
        target = _next_or_last(known)
        if outcome == "off":
            if target is None:
                raise UsageError(f"No interview of {name} is known that could be off.", "`watcher show` lists them.")
            return [self._word("interview", "off", name, {"key": target["key"]})]
        if not when:
            raise UsageError(
                "To what time has it moved?", f'Write it like: watcher interview {name} moved "friday 3pm"'
            )
        start = self.calendar.hour(when, _start(target))
        extra = {"key": target["key"]} if target else {}
        return [self._word("interview", "moved", name, {**extra, "start": start.isoformat()})]

    def _held(self, name: str, when: str, known: Sequence[Mapping[str, Any]]) -> Word:
        started = [each for each in known if (at := _start(each)) is None or at <= self.calendar.now]
        last = started[-1] if started else None
        if when:
            at = self.calendar.behind(when)
            zone = self.calendar.zone
            same = [
                each
                for each in known
                if (start := _start(each)) and start.astimezone(zone).date() == at.astimezone(zone).date()
            ]
            extra = {"key": same[0]["key"]} if same else {"new": "1"}
            return self._word("interview", "held", name, {**extra, "start": at.isoformat()})
        start = _start(last)
        fresh = last is not None and (start is None or (self.calendar.now - start).days <= SAME_TALK)
        return self._word("interview", "held", name, {"key": last["key"]} if last and fresh else {"new": "1"})

    # --- corrections ----------------------------------------------------------------------------------------------

    def correct(self, what: str, field: str, values: Sequence[str]) -> list[Word]:
        """The user's word about something that was read."""
        if field not in FIELDS:
            raise UsageError(f'"{field}" is nothing that can be corrected.', f"Write one of {', '.join(FIELDS)}.")
        text = " ".join(values).strip()
        if not text and field != "split":
            raise UsageError(f"What is the {field} to be?", f"Write it like: watcher correct {what} {field} ...")
        if field == "says":
            return [self._says(what, text)]
        if field == "split":
            return [self._split(what, values)]
        name = self._holder(what)
        if field == "stage":
            return [self._stage(name, text)]
        if field == "interview":
            return [self._interview_at(name, text)]
        if field == "contact":
            return [self._contact(name, text)]
        if field == "join":
            return [self._join(name, text)]
        return [self._word(field, _line(text, LONGEST_NAME, f"the {field}"), name)]

    def _stage(self, name: str, text: str) -> Word:
        stage = text.lower().replace(" ", "_").replace("-", "_")
        if stage not in {each.value for each in Stage}:
            known = ", ".join(each.value for each in Stage)
            raise UsageError(f'"{text}" is no stage.', f"Write one of {known}.")
        return self._word("stage", stage, name)

    def _interview_at(self, name: str, text: str) -> Word:
        target = _next_or_last(self._interviews(name))
        extra = {"start": self.calendar.hour(text, _start(target)).isoformat()}
        if target is not None:
            extra |= {"key": target["key"]}
            extra |= {"source": target["source"]} if target.get("source") else {}
        return self._word("interview", "at", name, extra)

    def _contact(self, name: str, text: str) -> Word:
        if text.lower() in {NOBODY, "none", "no one"}:
            return self._word("contact", NOBODY, name)
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise UsageError(
                f'"{text}" is no mail address.', 'Write it like "Dana Reyes <dana@acme.example>", or "nobody".'
            )
        person = _line((found["name"] or "").strip(' "'), LONGEST_NAME, "the name")
        person = person or self._known_name(name, found["address"].lower())
        greeting = greeting_for(person, "", namebook(self.calendar.rulebook)) if person else ""
        return self._word("contact", found["address"].lower(), name, {"name": person, "greeting": greeting})

    def _known_name(self, name: str, address: str) -> str:
        for message in self.documents[name]["status"]["messages"]:
            person, _, written = message["from"].partition(" <")
            if written.rstrip(">").lower() == address:
                return str(person)
        return ""

    def _says(self, what: str, text: str) -> Word:
        message, own = self._message(what)
        says = text.lower().replace(" ", "_").replace("-", "_")
        known = [each.value for each in Says if each is not Says.SENT]
        if says not in known:
            raise UsageError(f'"{text}" is nothing that a message says.', f"Write one of {', '.join(known)}.")
        if own and says != Says.NOT_HIRING:
            raise UsageError(
                "You wrote that message yourself.", "Of your own mail only not_hiring can be said; correct the stage."
            )
        return Word("says", says, self.calendar.now, (message,))

    def _join(self, name: str, text: str) -> Word:
        other = self.find(text)
        if other == name:
            raise UsageError(f"{text} is {name} already.", "`watcher show` lists what belongs to it.")
        anchors = (*self._messages(name), *self._messages(other))
        return Word("join", "", self.calendar.now, tuple(dict.fromkeys(anchors)))

    def _split(self, what: str, values: Sequence[str]) -> Word:
        """The messages named are an opportunity of their own; those of a whole opportunity belong to no other."""
        if not values and "@" not in what:
            return Word("split", "", self.calendar.now, self._messages(self.find(what)))
        named = values if "@" not in what else [what, *values]
        found = tuple(dict.fromkeys(self._message(each)[0] for each in named))
        return Word("split", "", self.calendar.now, found)

    # --- finding --------------------------------------------------------------------------------------------------

    def _message(self, text: str) -> tuple[str, bool]:
        """The Message-ID that is meant, and whether the user wrote it. Raises UsageError."""
        bare = text.strip().strip("<>")
        every = {
            message["message_id"]: message["says"] == Says.SENT
            for document in self.documents.values()
            for message in document["status"]["messages"]
        }
        if f"<{bare}>" in every:
            return f"<{bare}>", every[f"<{bare}>"]
        near = [each for each in every if each.strip("<>").startswith(bare)] if bare else []
        if len(near) == 1:
            return near[0], every[near[0]]
        if not near and (stored := self.message(f"<{bare}>")):
            return stored, False
        problem = f"'{text}' could be several messages." if near else f"There is no message '{text}'."
        raise UsageError(problem, "`watcher show ID` lists the messages of an opportunity with their Message-IDs.")

    def _holder(self, what: str) -> str:
        """The opportunity that is meant by an id or by one of its messages."""
        if "@" not in what:
            return self.find(what)
        message, _ = self._message(what)
        for name, document in self.documents.items():
            if any(each["message_id"] == message for each in document["status"]["messages"]):
                return name
        raise UsageError(f"'{what}' belongs to no opportunity.", "Say what it says first: watcher correct ... says ...")

    def _messages(self, name: str) -> tuple[str, ...]:
        return tuple(message["message_id"] for message in self.documents[name]["status"]["messages"])

    def _interviews(self, name: str) -> list[Mapping[str, Any]]:
        return list(self.documents[name]["status"]["interviews"])

    def _until(self, text: str) -> str:
        found = self.calendar.ahead(text)
        value: datetime | date = found.at or found.day
        return value.isoformat()

    def _word(self, verb: str, value: str, name: str, extra: Mapping[str, str] | None = None) -> Word:
        return Word(verb, value, self.calendar.now, (name, *self._messages(name)), dict(extra or {}))


def _start(interview: Mapping[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(interview["start"]) if interview and interview["start"] else None


def _next_or_last(interviews: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The next interview that is booked, else the last that was held."""
    booked = [each for each in interviews if each["status"] == "booked"]
    held = [each for each in interviews if each["status"] == "held"]
    return booked[0] if booked else held[-1] if held else None


def _line(text: str, longest: int, what: str) -> str:
    """Text as one line without signs that command a terminal or a mail program. Raises UsageError."""
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(clean) > longest:
        raise UsageError(f"That is too long for {what}: {len(clean)} characters.", f"Use at most {longest}.")
    return clean
