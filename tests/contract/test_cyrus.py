"""A real Cyrus keeps to the contract of a mailbox, with both of its ways of naming folders."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.contract.mailbox_contract import NOON, MailboxContract, draft, mail, sweep
from tests.support.cyrus import Cyrus, running
from tests.support.dovecot import DovecotHarness
from watcher.mailbox.base import Removal
from watcher.message.model import Role

USERS = (f"guest{number}" for number in itertools.count())


@pytest.fixture(scope="module", params=["classic", "alternative"])
def server(request: pytest.FixtureRequest) -> Iterator[Cyrus]:
    with running(request.param) as cyrus:
        yield cyrus


@pytest.fixture
def box(server: Cyrus) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(server, server.invite(next(USERS)))
    yield harness
    harness.close()


class TestCyrus(MailboxContract):
    pass


def test_folders_marked_in_lower_case_are_known_for_what_they_are(box: DovecotHarness) -> None:
    roles = {folder.role: folder.name for folder in box.mailbox.folders()}
    for role in (Role.INBOX, Role.DRAFTS, Role.SENT, Role.TRASH, Role.ARCHIVE, Role.JUNK):
        assert roles[role] == box.server.path(role)


def test_what_has_gone_is_told_by_qresync(box: DovecotHarness) -> None:
    inbox = box.folder(Role.INBOX)
    for number in range(5):
        box.deliver(inbox, mail(f"m{number}"), NOON)
    first = sweep(box.mailbox, inbox)
    box.remove(inbox, "<m2@acme.example>")
    box.deliver(inbox, mail("fresh"), NOON)
    second = sweep(box.mailbox, inbox, first.cursor)
    assert second.vanished == {first.messages[2].ref.key}
    assert second.subjects == ["fresh"]


def test_a_draft_is_taken_back_and_nothing_with_it(box: DovecotHarness) -> None:
    box.deliver(box.folder(Role.DRAFTS), draft("own"), NOON)
    box.other.flag(box.folder(Role.DRAFTS).name, "<own@example.net>", "\\Deleted")
    ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
    (ours,) = box.mailbox.drafts()
    before = box.snapshot()
    assert box.mailbox.withdraw(ref, ours.data) is Removal.REMOVED
    assert box.mailbox.drafts() == []
    assert box.snapshot() != before
