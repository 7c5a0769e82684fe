"""Maildirs keep to the contract of a mailbox, in the layouts that mail programs make."""

from __future__ import annotations

import itertools
import os
from collections.abc import Hashable
from datetime import datetime
from pathlib import Path

import pytest

from tests.contract.mailbox_contract import NOON, MailboxContract
from watcher.mailbox.base import Mailbox
from watcher.mailbox.maildir import MaildirMailbox
from watcher.mailbox.memory import id_of
from watcher.message.model import Account, Folder, Role

LAYOUTS = {
    "Maildir++": {
        Role.INBOX: ".",
        Role.SENT: ".Sent",
        Role.DRAFTS: ".Drafts",
        Role.TRASH: ".Trash",
        Role.OTHER: ".Work.Applications",
    },
    "Maildir++ below INBOX, in German": {
        Role.INBOX: ".",
        Role.SENT: ".INBOX.Gesendet",
        Role.DRAFTS: ".INBOX.Entw&APw-rfe",
        Role.TRASH: ".INBOX.Papierkorb",
    },
    "tree": {
        Role.INBOX: "INBOX",
        Role.SENT: "Sent",
        Role.DRAFTS: "Drafts",
        Role.TRASH: "Trash",
        Role.OTHER: "Work/Applications",
    },
    "Gmail by mbsync": {
        Role.INBOX: "Inbox",
        Role.SENT: "[Gmail]/Sent Mail",
        Role.DRAFTS: "[Gmail]/Drafts",
        Role.TRASH: "[Gmail]/Bin",
        Role.ALL: "[Gmail]/All Mail",
    },
    "Gmail by offlineimap": {
        Role.INBOX: "INBOX",
        Role.SENT: "[Gmail].Sent Mail",
        Role.DRAFTS: "[Gmail].Drafts",
        Role.TRASH: "[Gmail].Trash",
    },
}
COUNT = itertools.count(1)


class MaildirHarness:
    def __init__(self, root: Path, layout: dict[Role, str]) -> None:
        self.root = root
        self.layout = layout
        for name in layout.values():
            for part in ("cur", "new", "tmp"):
                (root / name / part).mkdir(parents=True)
        self.mailbox: Mailbox = self.reopen()

    def folder(self, role: Role) -> Folder:
        return next(folder for folder in self.mailbox.folders() if folder.role is role)

    def path(self, folder: Folder) -> Path:
        return self.root / self.layout[folder.role]

    def deliver(self, folder: Folder, data: bytes, received_at: datetime, part: str = "new", info: str = "") -> None:
        path = self.path(folder) / part / f"1773057600.M{next(COUNT):06d}P1.host{info}"
        path.write_bytes(data)
        os.utime(path, (received_at.timestamp(), received_at.timestamp()))

    def remove(self, folder: Folder, message_id: str) -> None:
        self.file(folder, message_id).unlink()

    def mark_read(self, folder: Folder, message_id: str) -> None:
        path = self.file(folder, message_id)
        path.rename(self.path(folder) / "cur" / f"{path.name}:2,S")

    def edit_draft(self, message_id: str, data: bytes) -> None:
        drafts = self.folder(Role.DRAFTS)
        self.file(drafts, message_id).unlink()
        self.deliver(drafts, data, NOON, "cur", ":2,D")

    def empty(self, folder: Folder) -> None:
        for path in self.files(folder):
            path.unlink()

    def reopen(self) -> Mailbox:
        mailbox = MaildirMailbox(Account("local"), self.root)
        mailbox.open()
        return mailbox

    def snapshot(self) -> Hashable:
        return frozenset(
            (str(path.relative_to(self.root)), path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.root.rglob("*")
            if path.is_file()
        )

    def files(self, folder: Folder) -> list[Path]:
        return [path for part in ("cur", "new") for path in (self.path(folder) / part).iterdir()]

    def file(self, folder: Folder, message_id: str) -> Path:
        return next(path for path in self.files(folder) if id_of(path.read_bytes()) == message_id)


@pytest.fixture(params=LAYOUTS)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> MaildirHarness:
    return MaildirHarness(tmp_path / "mail", LAYOUTS[request.param])


class TestMaildir(MailboxContract):
    pass
