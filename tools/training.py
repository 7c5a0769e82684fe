"""The made-up messages that the linear model learns from, made into what a reader sees of them."""

from __future__ import annotations

import email.policy
import email.utils
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import yaml

from watcher.app import knowledge
from watcher.message import parse
from watcher.message.model import RawMessage, Ref, Role
from watcher.reading.examining import Examined, examine
from watcher.reading.model import Act, ReadingSettings, Says

SAYS = tuple(says for says in Says if says not in (Says.SENT, Says.NOT_HIRING))
FEW = 5  # writers
BARE_TOO = "+bare"
# How much the messages of a writer weigh who did not write what is common: hard cases were made on purpose and are many
# here and few in a mailbox, plain ones the other way round.
SHARES = {
    "pairs": 0.4,
    "notjob": 0.6,
    "roles": 0.6,
    "rollen": 0.6,
    "borders": 0.7,
    "plain": 3.0,
    "stock": 2.0,
    "life": 2.0,
    "machine": 1.5,
    "standard": 2.0,
    "alltag": 2.0,
    "diary": 0.7,
    "reach": 0.7,
    "verdict": 0.7,
    "around": 1.5,
    "mailboxes": 3.0,
}
BARE = 0.5  # what a message weighs that is shown once more without subject and sender
MAILBOXES = "mailboxes"  # the folder beside the training messages that holds whole mailboxes
KEPT = frozenset({"List-Unsubscribe", "List-Id", "Precedence", "Auto-Submitted", "Reply-To", "Return-Path"})
ME = "alex.morgan@example.net"
AT = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Doc:
    """One message: what a reader sees of it, and what it says. `thread`: it is understood in its thread alone;
    `other`: the user's own mail about something else; `bare`: shown without subject and sender;
    `acts`: what the user does in it."""

    id: str
    writer: str
    says: Says
    thread: bool
    other: bool
    bare: bool
    seen: Examined
    acts: frozenset[Act] = frozenset()

    @property
    def terms(self) -> tuple[str, ...]:
        return self.seen.terms

    @property
    def signs(self) -> tuple[str, ...]:
        return tuple(f"@{sign}" for sign in self.seen.signs)

    @property
    def weight(self) -> float:
        return SHARES.get(self.writer, 1.0) * (BARE if self.bare else 1.0)

    @property
    def mine(self) -> bool:
        return self.says is Says.SENT

    @property
    def hiring(self) -> bool:
        return not self.other if self.mine else self.says is not Says.NOT_HIRING

    @property
    def tells_hiring(self) -> bool:
        """Whether a careful reader of this message alone could tell whether it is hiring mail."""
        return not self.mine and not self.thread and self.says is not Says.AUTO_REPLY

    @property
    def tells_mine(self) -> bool:
        return self.mine and not self.thread


def documents(folder: Path, language: str) -> list[Doc]:
    """All messages of a language, in order; those of others once more without subject and sender."""
    rulebook = knowledge()
    settings = ReadingSettings("Alex Morgan", (ME,), "Europe/Berlin" if language == "de" else "Europe/London")
    found = []
    for identity, writer, row in (*rows(folder, language), *of_mailboxes(folder.parent / MAILBOXES, language)):
        shown = [(identity, row)]
        if row["says"] != "sent" and (row.get("sender") or row.get("subject")):
            shown.append((f"{identity}{BARE_TOO}", {**row, "sender": "", "subject": "", "headers": {}}))
        for name, each in shown:
            raw = RawMessage(
                "", Ref("", name), Role.SENT if row["says"] == "sent" else Role.INBOX, AT, build(each, name)
            )
            doc = Doc(
                id=name,
                writer=writer,
                says=Says(row["says"]),
                thread=bool(row.get("thread")),
                other=row.get("about") == "other",
                bare=name.endswith(BARE_TOO),
                seen=replace(examine(parse(raw), rulebook, settings), words=None, deeds=None),
                acts=frozenset(Act(act) for act in row.get("acts", ())),
            )
            found.append(doc)
    return found


def rows(folder: Path, language: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Identity, writer and content of each message; where the writers are few, each file counts as one."""
    files = sorted(folder.glob(f"{language}-*.yaml"))
    few = len({file.stem.split("-")[1] for file in files}) < FEW
    for file in files:
        writer = file.stem if few else file.stem.split("-")[1]
        for number, row in enumerate(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)):
            yield f"{file.stem}/{number}", writer, row


def of_mailboxes(folder: Path, language: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The mail of others that the made-up mailboxes of a language hold: what lies around a job hunt as well. What is
    said by a calendar part or by broken bytes is left out, for it is not told by words."""
    for file in _mailboxes(folder, language):
        for entry in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)["messages"]:
            said = entry.get("says", "sent")
            if said in ("sent", "auto_reply") or entry.get("folder") == "Drafts" or not entry.keys() & {"body", "html"}:
                continue
            headers = {name: value for name, value in (entry.get("headers") or {}).items() if name in KEPT and value}
            row = {key: entry[key] for key in ("says", "subject", "body", "html") if key in entry}
            row |= {"sender": entry["from"], "headers": headers, "thread": "reply_to" in entry}
            yield f"{file.stem}/{entry['id']}", "mailboxes", row


def _mailboxes(folder: Path, language: str) -> list[Path]:
    """Those of a language: a file that names none is in English."""
    return [file for file in sorted(folder.glob("*.yaml")) if file.stem.startswith("de-") == (language == "de")]


def digest(folder: Path, language: str) -> str:
    """Tells one set of training messages of a language from any other."""
    found = hashlib.sha256()
    for file in (*sorted(folder.glob(f"{language}-*.yaml")), *_mailboxes(folder.parent / MAILBOXES, language)):
        found.update(file.read_bytes())
    return found.hexdigest()


def build(row: Mapping[str, Any], identity: str) -> bytes:
    """The message as it would travel."""
    message = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
    name, address = email.utils.parseaddr(row.get("sender") or "")
    sender = email.utils.formataddr((name, address if "@" in address else "mail@sender.example"))
    mine = row["says"] == "sent"
    message["From"] = email.utils.formataddr((name, ME)) if mine else sender
    message["To"] = "them@sender.example" if mine else ME
    message["Subject"] = " ".join((row.get("subject") or "").split())
    message["Date"] = email.utils.format_datetime(AT)
    message["Message-ID"] = f"<{identity.replace('/', '.')}@training.example>"
    for field, value in (row.get("headers") or {}).items():
        if field not in message:
            message[field] = " ".join(str(value).split())
    body, html = row.get("body") or "", row.get("html")
    if body or html is None:
        message.set_content(body, cte=None if body.isascii() else "base64")
    if html is not None:
        add = message.add_alternative if body else message.set_content
        add(html, subtype="html", cte="base64")
    return message.as_bytes()
