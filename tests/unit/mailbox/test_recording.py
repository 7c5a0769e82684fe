"""A recording Drafts answers as if it had been written to, and the mailbox behind it is left as it was."""

from __future__ import annotations

import pytest

from tests.contract.mailbox_contract import NOON, draft, mail
from watcher.errors import DraftRefused
from watcher.mailbox.base import Removal
from watcher.mailbox.memory import MemoryMailbox
from watcher.mailbox.recording import RecordingMailbox
from watcher.message.model import Account, Folder, Ref, Role


@pytest.fixture
def inner() -> MemoryMailbox:
    mailbox = MemoryMailbox(Account("home"))
    mailbox.deliver("INBOX", mail("one"), NOON)
    mailbox.deliver("Drafts", draft("own"), NOON)
    return mailbox


def test_a_recorded_draft_is_listed_found_and_fetched(inner: MemoryMailbox) -> None:
    before = inner.everything()
    recording = RecordingMailbox(inner, NOON)
    ref = recording.place(draft("ours"), "<ours@example.net>", "t1")
    assert [message.ref for message in recording.drafts()] == [Ref("Drafts", "2"), ref]
    assert recording.find("<ours@example.net>") == [(Folder("Drafts", Role.DRAFTS), ref)]
    (message,) = recording.fetch([ref])
    assert message.data == draft("ours")
    assert message.received_at == NOON
    assert message.thread == "t1"
    assert recording.placed == [message]
    assert inner.everything() == before


def test_a_withdrawn_draft_is_gone_on_record_alone(inner: MemoryMailbox) -> None:
    before = inner.everything()
    recording = RecordingMailbox(inner, NOON)
    assert recording.withdraw(Ref("Drafts", "2"), draft("own")) is Removal.REMOVED
    assert recording.drafts() == []
    assert recording.find("<own@example.net>") == []
    assert recording.withdraw(Ref("Drafts", "2"), draft("own")) is Removal.GONE
    assert recording.withdrawn == [Ref("Drafts", "2")]
    assert inner.everything() == before


def test_a_recorded_draft_can_be_withdrawn_again(inner: MemoryMailbox) -> None:
    recording = RecordingMailbox(inner, NOON)
    ref = recording.place(draft("ours"), "<ours@example.net>")
    assert recording.withdraw(ref, draft("other")) is Removal.CHANGED
    assert recording.withdraw(ref, draft("ours")) is Removal.REMOVED
    assert recording.placed == []
    assert recording.place(draft("next"), "<next@example.net>") != ref


def test_reading_is_passed_on(inner: MemoryMailbox) -> None:
    recording = RecordingMailbox(inner, NOON)
    recording.open()
    assert recording.account == "home"
    assert list(recording.folders()) == list(inner.folders())
    (batch,) = recording.sweep(Folder("INBOX", Role.INBOX), None, None)
    assert [message.ref.key for message in batch.messages] == ["1"]
    recording.close()


def test_what_the_mailbox_refuses_is_refused_on_record(inner: MemoryMailbox) -> None:
    with pytest.raises(DraftRefused):
        RecordingMailbox(inner, NOON).withdraw(Ref("INBOX", "1"), mail("one"))
    without = MemoryMailbox(Account("home"), [Folder("INBOX", Role.INBOX)])
    with pytest.raises(DraftRefused):
        RecordingMailbox(without, NOON).place(draft("ours"), "<ours@example.net>")
