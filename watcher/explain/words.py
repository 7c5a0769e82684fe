"""The user's own words, said back to them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.explain.sentences import KINDS, SAYS, STAGES
from watcher.followup.model import Kind
from watcher.opportunity.model import Stage, Word
from watcher.opportunity.words import NOBODY, day, instant
from watcher.reading.model import Says

_PLAIN = {
    "mute": "you muted it: no letters here",
    "join": "you said that it is one with another",
    "split": "you said that some of its mail is an opportunity of its own",
    "hired": "you found work here: it is accepted, and nothing is drafted any more",
}


def said(word: Word, zone: ZoneInfo) -> str:
    """One word as a sentence that begins with "you"."""
    if word.verb in _PLAIN:
        return _PLAIN[word.verb]
    if word.verb == "resume":
        return "you want letters here again" if word.anchors else "you ended the pause"
    if word.verb in {"note", "company", "role"}:
        return _named(word)
    if word.verb in {"heard", "told", "snooze", "pause"}:
        return _dated(word, zone)
    if word.verb in {"stage", "close"}:
        stage = STAGES[Stage(word.value)] if word.value in set(Stage) else word.value
        return f"you said where it stands: {stage}" if word.verb == "stage" else f"you closed it: {stage}"
    if word.verb == "says":
        return f"you said what a message says: {SAYS[Says(word.value)] if word.value in set(Says) else word.value}"
    if word.verb == "contact":
        return _contact(word)
    if word.verb == "interview":
        return _interview(word, zone)
    if word.verb == "approve":
        kind = word.value.partition(" ")[0]
        return f"you said yes to {KINDS[Kind(kind)] if kind in set(Kind) else 'a letter'}"
    return f"you said: {word.verb} {word.value}".rstrip()


def _named(word: Word) -> str:
    if word.verb == "note":
        return f'you noted for the next letter: "{word.value}"'
    return f"you said that the {word.verb} is {word.value}"


def _dated(word: Word, zone: ZoneInfo) -> str:
    when = _when(word.value, zone)
    if word.verb == "heard":
        by = day(word.extra.get("by", ""))
        return f"you heard from them on {when}" + (f", and they named {by:%A}, {by.day} {by:%B}" if by else "")
    if word.verb == "told":
        return f"you followed up elsewhere on {when}"
    if word.verb == "snooze":
        return f"you want no letter here before {when}"
    return f"you paused all drafting until {when}" if word.value else "you paused all drafting"


def _contact(word: Word) -> str:
    if word.value == NOBODY:
        return "you said that there is nobody to write to"
    name = word.extra.get("name", "")
    return f"you said whom to write to: {f'{name} <{word.value}>' if name else word.value}"


def _interview(word: Word, zone: ZoneInfo) -> str:
    outcome, _, rest = word.value.partition(" ")
    when = _when(word.extra.get("start", rest), zone)
    return {
        "held": "you said that the interview took place" + (f" on {when}" if when else ""),
        "off": "you said that the interview is off",
        "moved": f"you said that the interview has moved to {when}",
        "at": f"you said that the interview is on {when}",
    }.get(outcome, "you said what became of the interview")


def _when(text: str, zone: ZoneInfo) -> str:
    at: datetime | None = instant(text, zone)
    if at is None:
        return ""
    local = at.astimezone(zone)
    hour = f" at {local:%H:%M}" if "T" in text and (local.hour, local.minute) != (12, 0) else ""
    return f"{local:%A}, {local.day} {local:%B}{hour}"
