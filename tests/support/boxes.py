"""Mailboxes on a Dovecot that can be copied whole, with a config and what watcher remembers, and broken at any step."""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.support.dovecot import PASSWORD, Dovecot, OtherClient
from tests.support.passes import lying
from tests.support.scenarios import build, lay_out
from watcher.cli import main
from watcher.message.model import Role
from watcher.store import Store

HOUSE = Path(__file__).parents[2]

# Scans copies of a box, each in a process of its own that dies just before its Nth step ("before") or when it has been
# taken and nobody knows yet ("after"). Steps are what the record keeps, and every command that touches Drafts.
CHILD = """if True:
    import os, sys
    from pathlib import Path
    from tests.support.boxes import Box
    from watcher.cli import main
    from watcher.mailbox.connection import Connection
    from watcher.mailbox.imap import ImapMailbox
    from watcher.store import Store
    mail, folder, user, now = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]

    def step(owner, name, taken, deadly, only=()):
        inner = getattr(owner, name)
        def call(self, *arguments, **named):
            if only and arguments[0] not in only:
                return inner(self, *arguments, **named)
            what = arguments[0] if only else name
            for when in ("before", "after"):
                if when == "after":
                    answer = inner(self, *arguments, **named)
                taken.append(f"{when} {what}")
                if len(taken) == deadly:
                    (folder / "steps").open("a").write(taken[-1] + "\\n")
                    os._exit(9)
            return answer
        setattr(owner, name, call)

    def scan(number):
        box = Box(mail, folder, user).copied(f"{user}-{number}", folder.with_name(f"{folder.name}-{number}"))
        taken = []
        for name in ("intend", "advance", "note_scan", "put_views"):
            step(Store, name, taken, number)
        for name in ("drafts", "find", "place", "withdraw"):
            step(ImapMailbox, name, taken, number)
        step(Connection, "_call", taken, number, ("APPEND", "STORE", "UID EXPUNGE", "MOVE"))
        os._exit(main(["--config", str(box.config), "scan", "--now", now]))

    import watcher.cycle, watcher.mailbox.imap, imapclient, msgspec, mailparser, holidays, jinja2
    number = 1
    while True:
        pid = os.fork()
        if not pid:
            scan(number)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 9:
            break
        number += 1
"""


@dataclass(frozen=True)
class Box:
    """A user's mailbox on the server (`mail` holds one folder a user) and the folder of their config and record."""

    mail: Path
    folder: Path
    user: str
    server: Dovecot | None = None

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def copied(self, user: str, folder: Path) -> Box:
        """The same mailbox and record, for another user."""
        subprocess.run(["cp", "-a", str(self.mail / self.user), str(self.mail / user)], check=True)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("steps"))
        box = replace(self, user=user, folder=folder)
        text = self.config.read_text().replace(str(self.folder), str(folder))
        box.config.write_text(text.replace(f'user = "{self.user}"', f'user = "{user}"'))
        return box

    def scan(self, now: str, status: int = 0) -> None:
        got = main(["--config", str(self.config), "scan", "--now", now])
        assert got == status, got

    def states(self) -> dict[str, str]:
        with Store.open_for_reading(self.folder / "state.db") as store:
            return {placement.message_id: placement.state.value for placement in store.placements()}

    def forget(self) -> None:
        for file in self.folder.glob("state.db*"):
            file.unlink()

    def remember(self, older: Box) -> None:
        """The record is that of another box, restored from a backup."""
        self.forget()
        for file in older.folder.glob("state.db*"):
            shutil.copy2(file, self.folder)

    # --- the server, seen from outside ---

    def other(self) -> OtherClient:
        assert self.server is not None
        return OtherClient(self.server, self.user)

    def drafts(self) -> dict[str, bytes]:
        """What lies in Drafts, by Message-ID; messages that are marked as deleted are not there."""
        found = [data for flags, data in self._rows(Role.DRAFTS) if b"\\Deleted" not in flags]
        assert len({lying(data) for data in found}) == len(found)
        return {lying(data): data for data in found}

    def marked(self) -> int:
        """How many messages in Drafts are marked as deleted and still there."""
        return sum(b"\\Deleted" in flags for flags, _ in self._rows(Role.DRAFTS))

    def rest(self, *without: Role) -> dict[str, Any]:
        """Every other folder, whole."""
        assert self.server is not None
        names = {_wire(self.server.path(role)) for role in (Role.DRAFTS, *without)}
        other = self.other()
        try:
            found = {name: other.snapshot(name) for name in other.folders() if name not in names}
        finally:
            other.close()
        return {name: shot[2] for name, shot in found.items()}  # type: ignore[index]

    def _rows(self, role: Role) -> Any:
        assert self.server is not None
        other = self.other()
        try:
            shot: Any = other.snapshot(_wire(self.server.path(role)))
        finally:
            other.close()
        return shot[2]

    def answered(self, draft: bytes, at: str) -> None:
        """The person whom the draft is to writes by themselves."""
        parsed = email.message_from_bytes(draft, policy=email.policy.default)
        reply, when = EmailMessage(policy=email.policy.SMTP), datetime.fromisoformat(at)
        reply["From"], reply["To"], reply["Subject"] = (str(parsed[name]) for name in ("To", "From", "Subject"))
        reply["Date"], reply["Message-ID"] = format_datetime(when), "<an-answer@hiring.example>"
        reply["In-Reply-To"] = reply["References"] = str(parsed["In-Reply-To"])
        reply.set_content("Hello,\n\nWe are still talking to others and will be in touch by the end of next week.\n")
        other = self.other()
        other.append("INBOX", reply.as_bytes(), when)
        other.close()

    def number_anew(self, role: Role) -> None:
        """The folder gets another UIDVALIDITY, and its mail other UIDs, as after a server's move or repair."""
        assert self.server is not None
        name = self.server.path(role)
        inside = self.mail / self.user / "Maildir" / ("" if name == "INBOX" else f".{_wire(name)}")
        for file in (inside / "dovecot-uidlist", *inside.glob("dovecot.index*")):
            file.unlink(missing_ok=True)


def made(server: Dovecot, user: str, folder: Path, told: dict[str, Any]) -> Box:
    """A scenario on the server, never scanned."""
    folder.mkdir(parents=True)
    other = OtherClient(server, user)
    for entry in told["messages"]:
        name = server.path(Role.SENT) if entry.get("folder") == "Sent" else "INBOX"
        other.append(name, build(told, entry), datetime.fromisoformat(entry["date"]))
    other.close()
    config = lay_out(told, folder)
    shutil.rmtree(folder / "mail")
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    tables = config.read_text().partition("[[accounts]]")[0]
    config.write_text(
        f'{tables}[[accounts]]\nname = "remote"\nkind = "imap"\nhost = "{server.host}"\nport = {server.imaps_port}\n'
        f'user = "{user}"\nca = {json.dumps(server.ca)}\npassword_command = {json.dumps(["cat", str(secret)])}\n'
    )
    return Box(server.folder / "mail", folder, user, server)


def killed(box: Box, now: str) -> list[tuple[str, Box]]:
    """A scan of the box, killed at each of its steps: the step, and what is left."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(box.mail), str(box.folder), box.user, now],
        check=False, capture_output=True, text=True, cwd=HOUSE, env={**os.environ, "PYTHONPATH": str(HOUSE)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps = (box.folder / "steps").read_text().splitlines()
    return [
        (step, replace(box, user=f"{box.user}-{number}", folder=box.folder.with_name(f"{box.folder.name}-{number}")))
        for number, step in enumerate(steps, start=1)
    ]


def _wire(name: str) -> str:
    from imapclient.imap_utf7 import encode

    return str(encode(name).decode())
