"""The sample mailbox: TOML texts with slots for days become a Maildir dated around the day on which the demo plays.

Days are counted in working days from that day, so that the same story is true on every weekday and in every zone:
`day-1` is the working day before it. In a text, `{day-1}` becomes "Tuesday 17 March", `{weekday-1}` "Tuesday", and
`{utc-1T14:00}` that local time as iCalendar writes it in UTC.
"""

from __future__ import annotations

import email.policy
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli.words import MONTHS_IN_FULL, WEEKDAYS_IN_FULL

USER = "Robin Castell"
ADDRESS = "robin.castell@example.net"
FOLDERS = ("Sent", "Archive", "Drafts", "Trash")
HOUR = time(10)

_SLOT = re.compile(r"\{(day|weekday|utc)([+-]\d{1,2})(?:T(\d\d:\d\d))?\}")
_AT = re.compile(r"day([+-]\d{1,2}) (\d\d:\d\d)\Z")

Mail = Mapping[str, Any]


def play_time(now: datetime, zone: str) -> datetime:
    """10:00 of the latest day from Monday to Friday, today included, in `zone`."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, HOUR, ZoneInfo(zone))


def working_day(day: date, offset: int) -> date:
    """The working day `offset` working days after (or before) `day`, itself one."""
    step = timedelta(days=1 if offset > 0 else -1)
    for _ in range(abs(offset)):
        day += step
        while day.weekday() > 4:
            day += step
    return day


def lay_out(folder: Path, play: datetime, zone: str) -> int:
    """Write the Maildir and its config into `folder`; the number of messages."""
    box = folder / "mail"
    for place in (box, *(box / f".{name}" for name in FOLDERS)):
        for part in ("cur", "new", "tmp"):
            (place / part).mkdir(parents=True)
    count = 0
    for name, at, data in messages(play):
        place = box if name == "INBOX" else box / f".{name}"
        seconds = int(at.timestamp())
        file = place / "cur" / f"{seconds}.M{count:06d}P1.demo:2,S"
        file.write_bytes(data)
        os.utime(file, (seconds, seconds))
        count += 1
    config = (
        f'[you]\nname = "{USER}"\naddresses = ["{ADDRESS}"]\ntimezone = {json.dumps(zone)}\n\n'
        f'[storage]\npath = "state.db"\n\n[[accounts]]\nname = "demo"\nkind = "maildir"\npath = "mail"\n'
    )
    (folder / "config.toml").write_text(config, encoding="utf-8")
    return count


def messages(play: datetime) -> Iterator[tuple[str, datetime, bytes]]:
    """Every message of the sample as it would travel: its folder, when it was delivered, and its bytes."""
    for story in stories():
        known: dict[str, Mail] = {}
        for mail in story:
            known[mail["id"]] = mail
            at = _moment(mail["at"], play)
            yield mail.get("folder", "INBOX"), at, _build(mail, known, at, play)


def stories() -> Iterator[list[Mail]]:
    """The texts: one list of messages a file, in the order in which they were written."""
    here = resources.files("watcher.cli.demo")
    for file in sorted(here.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            yield tomllib.loads(file.read_text(encoding="utf-8"))["messages"]


def _build(mail: Mail, known: Mapping[str, Mail], at: datetime, play: datetime) -> bytes:
    message = EmailMessage(policy=email.policy.default.clone(linesep="\r\n", max_line_length=998))
    message["From"] = _sender(mail)
    message["To"] = mail.get("to", f"{USER} <{ADDRESS}>")
    message["Subject"] = _fill(mail["subject"], play)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = _message_id(mail)
    chain: list[str] = []
    parent = mail.get("reply_to")
    while parent:
        chain.insert(0, _message_id(known[parent]))
        parent = known[parent].get("reply_to")
    if chain:
        message["In-Reply-To"] = chain[-1]
        message["References"] = " ".join(chain)
    for name, value in mail.get("headers", {}).items():
        message[name] = value
    message.set_content(_fill(mail["body"], play))
    if "html" in mail:
        message.add_alternative(_fill(mail["html"], play), subtype="html")
    if "ics" in mail:
        lines = _fill(mail["ics"], play).strip().splitlines()
        method = next(line.partition(":")[2] for line in lines if line.startswith("METHOD:"))
        message.add_alternative("\r\n".join(lines) + "\r\n", subtype="calendar", params={"method": method})
    return message.as_bytes()


def _sender(mail: Mail) -> str:
    return str(mail.get("from", f"{USER} <{ADDRESS}>"))


def _message_id(mail: Mail) -> str:
    return f"<{mail['id']}@{parseaddr(_sender(mail))[1].rpartition('@')[2]}>"


def _moment(text: str, play: datetime) -> datetime:
    """The instant of `day-3 09:15`."""
    found = _AT.match(text)
    if found is None:
        raise ValueError(f"{text!r} is not written like 'day-3 09:15'")
    return datetime.combine(working_day(play.date(), int(found[1])), time.fromisoformat(found[2]), play.tzinfo)


def _fill(text: str, play: datetime) -> str:
    def slot(found: re.Match[str]) -> str:
        day = working_day(play.date(), int(found[2]))
        if found[1] == "utc":
            at = datetime.combine(day, time.fromisoformat(found[3]), play.tzinfo)
            return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        weekday = WEEKDAYS_IN_FULL[day.weekday()]
        return weekday if found[1] == "weekday" else f"{weekday} {day.day} {MONTHS_IN_FULL[day.month - 1]}"

    return _SLOT.sub(slot, text)
