"""The shipped fake keeps to the contract of a mailbox."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

import pytest

from tests.contract.mailbox_contract import NOON, MailboxContract
from watcher.mailbox.base import Mailbox
from watcher.mailbox.memory import MemoryMailbox, id_of
from watcher.message.model import Account, Folder, Ref, Role


class MemoryHarness:
    def __init__(self) -> None:
        self.inner = MemoryMailbox(Account("memory"), now=NOON)
        self.mailbox: Mailbox = self.inner

    def folder(self, role: Role) -> Folder:
        return next(folder for folder in self.inner.folders() if folder.role is role)

    def deliver(self, folder: Folder, data: bytes, received_at: datetime) -> None:
        self.inner.deliver(folder.name, data, received_at)

    def remove(self, folder: Folder, message_id: str) -> None:
        self.inner.remove(self._ref(folder, message_id))

    def mark_read(self, folder: Folder, message_id: str) -> None:
        self.inner.mark(self._ref(folder, message_id), "\\Seen")

    def edit_draft(self, message_id: str, data: bytes) -> None:
        drafts = self.folder(Role.DRAFTS)
        self.inner.remove(self._ref(drafts, message_id))
        self.inner.deliver(drafts.name, data, NOON, ("\\Draft",))

    def empty(self, folder: Folder) -> None:
        for message in self.inner.everything():
            if message.ref.folder == folder.name:
                self.inner.remove(message.ref)

    def reopen(self) -> Mailbox:
        return self.inner

    def snapshot(self) -> Hashable:
        return frozenset(self.inner.everything())

    def _ref(self, folder: Folder, message_id: str) -> Ref:
        return next(
            message.ref
            for message in self.inner.everything()
            if message.ref.folder == folder.name and id_of(message.data) == message_id
        )


@pytest.fixture
def box() -> MemoryHarness:
    return MemoryHarness()


class TestMemory(MailboxContract):
    pass
