"""`watcher read FILE...`: what single messages say and why, without config or account."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watcher.cli import clock
from watcher.cli.opening import hush_libraries
from watcher.cli.screen import Screen
from watcher.cli.words import day
from watcher.errors import MessageUnreadable

if TYPE_CHECKING:
    from watcher.knowledge.model import Rulebook
    from watcher.reading.model import Reading, ReadingSettings, TimeMention

FAILED = 1
SURE_ENOUGH = 0.3  # a company or role believed less than this is not told
STDIN = "-"
_SEPARATOR = re.compile(rb"(?<=\n)\r?\nFrom ")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Read every message of every file; 1 where one could not be read."""
    from watcher.app import knowledge
    from watcher.config.places import day_first, local_zone
    from watcher.reading.model import ReadingSettings

    hush_libraries()
    zone = local_zone()
    settings = ReadingSettings(name="", addresses=(), timezone=zone, day_first=day_first(zone))
    rulebook = knowledge()
    whys = {rule.id: rule.why for pack in rulebook.packs.values() for rule in pack.phrases}
    now = clock.now()
    found = [
        item
        for name in options.files
        for item in read_file(name, rulebook=rulebook, settings=settings, whys=whys, now=now)
    ]
    if options.json:
        screen.json(found)
    else:
        for item in found:
            _tell(item, now, screen)
    return FAILED if any(item["error"] for item in found) else 0


def read_file(
    name: str, *, rulebook: Rulebook, settings: ReadingSettings, whys: Mapping[str, str], now: datetime
) -> Iterator[dict[str, Any]]:
    """What each message of one file says, as `read --json` prints it (schemas/read.json)."""
    try:
        data, written_at = _contents(name, now)
    except OSError as error:
        yield _nothing(name, f"It cannot be opened: {error.strerror or type(error).__name__}.")
        return
    if not data.strip():
        yield _nothing(name, "It is empty.")
        return
    for message in messages(data):
        yield _read(name, message, written_at, rulebook, settings, whys)


def messages(data: bytes) -> Iterator[bytes]:
    """The messages of an mbox (RFC 4155: each begins with a line "From ", after an empty one), or the one message that
    `data` is."""
    if not data.startswith(b"From "):
        yield data
        return
    start = _line_after(data, 0)
    for separator in _SEPARATOR.finditer(data):
        yield _unescaped(data[start : separator.start()])
        start = _line_after(data, separator.end())
    yield _unescaped(data[start:])


def _line_after(data: bytes, position: int) -> int:
    return data.find(b"\n", position) + 1 or len(data)


def _unescaped(data: bytes) -> bytes:
    return data.replace(b"\n>From ", b"\nFrom ")


def _contents(name: str, now: datetime) -> tuple[bytes, datetime]:
    """A file's bytes, and when it was last written."""
    if name == STDIN:
        return sys.stdin.buffer.read(), now
    path = Path(name)
    return path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)


def _read(
    name: str,
    data: bytes,
    written_at: datetime,
    rulebook: Rulebook,
    settings: ReadingSettings,
    whys: Mapping[str, str],
) -> dict[str, Any]:
    from watcher.message import parse
    from watcher.message import written_at as date_of
    from watcher.message.model import RawMessage, Ref, Role
    from watcher.reading import read

    # A file's own time says when it was copied; the message's Date is the better witness here.
    received = date_of(data) or written_at
    raw = RawMessage("", Ref("", name), Role.INBOX, received, data)
    try:
        message = parse(raw)
    except MessageUnreadable as error:
        return _nothing(name, str(error))
    reading = read(message, rulebook, settings)
    return {**_answer(name, reading, whys), "subject": message.header.subject}


def _answer(name: str, reading: Reading, whys: Mapping[str, str]) -> dict[str, Any]:
    from watcher.reading.model import Says

    verdict = reading.verdict
    hiring = verdict is not Says.NOT_HIRING
    people = [person for person in (reading.author, *reading.people) if person is not None]
    evidence = (*reading.evidence, *reading.hiring_evidence) if hiring else reading.hiring_evidence
    named = reading.named_day
    return {
        "file": name,
        "message_id": reading.message_id,
        "says": verdict.value,
        "confidence": round(min(reading.confidence, reading.hiring) if hiring else 1 - reading.hiring, 2),
        "company": next((claim.name for claim in reading.companies if claim.weight >= SURE_ENOUGH), None),
        "role": next((claim.name for claim in reading.roles if claim.weight >= SURE_ENOUGH), None),
        "people": [{"name": person.name, "address": person.address or None} for person in people],
        "times": [*_meetings(reading), *map(_time, reading.times)],
        "named_day": named.day.isoformat() if named else None,
        "evidence": [{"words": e.words, "rule": e.rule, "why": whys.get(e.rule, "")} for e in dict.fromkeys(evidence)],
        "error": None,
    }


def _meetings(reading: Reading) -> list[dict[str, Any]]:
    """The times of calendar parts."""
    return [
        {
            "use": "cancelled" if event.method == "CANCEL" or event.status == "CANCELLED" else "stands",
            "words": event.summary,
            "start": event.start.isoformat() if event.start else None,
            "end": event.end.isoformat() if event.end else None,
            "day": event.start.date().isoformat() if event.start else None,
        }
        for event in reading.events
    ]


def _time(mention: TimeMention) -> dict[str, Any]:
    return {
        "use": mention.use.value,
        "words": mention.words,
        "start": mention.start.isoformat() if mention.start else None,
        "end": mention.end.isoformat() if mention.end else None,
        "day": mention.day.isoformat() if mention.day else None,
    }


def _nothing(name: str, error: str) -> dict[str, Any]:
    """The item of a message that could not be read."""
    return {
        "file": name,
        "message_id": None,
        "says": None,
        "confidence": None,
        "company": None,
        "role": None,
        "people": [],
        "times": [],
        "named_day": None,
        "evidence": [],
        "error": error,
        "subject": None,
    }


def _tell(item: Mapping[str, Any], now: datetime, screen: Screen) -> None:
    from watcher.explain.sentences import SAYS
    from watcher.reading.model import Says

    if item["error"]:
        screen.complain(f"{item['file']}: {item['error']}")
        return
    subject = f": {item['subject']}" if item["subject"] else ""
    screen.heading(f"{item['file']}{subject}")
    screen.say(f"  {SAYS[Says(item['says'])]} ({item['says']}, {item['confidence']:.0%} sure)")
    job = " at ".join(part for part in (item["role"], item["company"]) if part)
    if job:
        screen.say(f"  {job}")
    for person in item["people"]:
        screen.say(f"  with {' '.join(filter(None, (person['name'], person['address'])))}")
    for time in item["times"]:
        at = datetime.fromisoformat(time["start"] or time["day"]) if time["start"] or time["day"] else None
        shown = (day(at, now) + (f" {at:%H:%M}" if time["start"] else "")) if at else "a time"
        screen.say(f'  {shown} ({time["use"]}): "{time["words"]}"')
    if item["named_day"]:
        screen.say(f"  they named {day(datetime.fromisoformat(item['named_day']), now)}")
    for piece in item["evidence"]:
        why = f": {piece['why']}" if piece["why"] else f" ({piece['rule']})"
        screen.say(f'  "{" ".join(piece["words"].split())}"{why}')
    screen.say()
