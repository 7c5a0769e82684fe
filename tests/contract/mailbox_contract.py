"""What every mailbox must keep to: one class of tests, run on each backend with a harness that plays the outside world.

A backend's test module subclasses `MailboxContract` and gives a fixture `box` that yields a `Harness`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from watcher.errors import WatcherError
from watcher.mailbox.base import Batch, Cursor, Mailbox, Removal
from watcher.message.model import Folder, RawMessage, Ref, Role

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def mail(name: str, *, subject: str = "", body: str = "Hello,\r\n\r\nit is me.\r\n", extra: str = "") -> bytes:
    """A plain message with the Message-ID `<name@acme.example>`."""
    lines = [
        "From: Dana Reyes <dana@acme.example>",
        "To: Alex Morgan <alex@example.net>",
        f"Subject: {subject or name}",
        "Date: Mon, 09 Mar 2026 12:00:00 +0000",
        f"Message-ID: <{name}@acme.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return ("\r\n".join(lines) + "\r\n" + extra + "\r\n" + body).encode()


def draft(name: str, *, body: str = "Dear Dana,\r\n\r\nthank you for your time.\r\n\r\nAlex\r\n") -> bytes:
    """A letter of the user's with the Message-ID `<name@example.net>`."""
    lines = [
        "From: Alex Morgan <alex@example.net>",
        "To: Dana Reyes <dana@acme.example>",
        f"Subject: Re: {name}",
        "Date: Mon, 09 Mar 2026 15:00:00 +0000",
        f"Message-ID: <{name}@example.net>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Harness(Protocol):
    """The world outside the backend: the server that delivers, and the user's other mail client."""

    mailbox: Mailbox

    def folder(self, role: Role) -> Folder:
        """The account's folder with this role; INBOX, SENT, DRAFTS and TRASH exist."""

    def deliver(self, folder: Folder, data: bytes, received_at: datetime) -> None:
        """A message arrives in `folder`, unread."""

    def remove(self, folder: Folder, message_id: str) -> None:
        """Another client deletes a message for good."""

    def mark_read(self, folder: Folder, message_id: str) -> None:
        """Another client opens a message: a flag changes, nothing else."""

    def edit_draft(self, message_id: str, data: bytes) -> None:
        """Another client replaces a draft: the old copy goes, `data` comes under a new key."""

    def empty(self, folder: Folder) -> None:
        """All messages of a folder are suddenly gone."""

    def reopen(self) -> Mailbox:
        """Another mailbox object on the same account, opened; the caller closes it."""

    def snapshot(self) -> Hashable:
        """All there is in every folder: which message with which flags, bytes and time of delivery."""


@dataclass
class Seen:
    """What a sweep gave, put together."""

    batches: list[Batch]

    @property
    def messages(self) -> list[RawMessage]:
        return [message for batch in self.batches for message in batch.messages]

    @property
    def subjects(self) -> list[str]:
        return sorted(subject_of(message.data) for message in self.messages)

    @property
    def vanished(self) -> set[str]:
        return {key for batch in self.batches for key in batch.vanished}

    @property
    def reset(self) -> bool:
        return self.batches[0].reset

    @property
    def cursor(self) -> Cursor:
        return self.batches[-1].cursor


def subject_of(data: bytes) -> str:
    for line in data.split(b"\r\n" if b"\r\n" in data else b"\n"):
        if line.lower().startswith(b"subject:"):
            return line[8:].strip().decode()
    return ""


def sweep(mailbox: Mailbox, folder: Folder, cursor: Cursor | None = None, since: datetime | None = None) -> Seen:
    return Seen(list(mailbox.sweep(folder, cursor, since)))


def unix(data: bytes) -> bytes:
    """Line ends are the backend's own affair."""
    return data.replace(b"\r\n", b"\n")


class MailboxContract:
    """Subclass it with a fixture `box`."""

    # --- folders -------------------------------------------------------------------------------------------------

    def test_the_folders_with_a_role_are_found(self, box: Harness) -> None:
        roles = {folder.role for folder in box.mailbox.folders()}
        assert {Role.INBOX, Role.SENT, Role.DRAFTS, Role.TRASH} <= roles

    def test_every_folder_is_listed_once(self, box: Harness) -> None:
        names = [folder.name for folder in box.mailbox.folders()]
        assert len(names) == len(set(names))

    def test_opening_an_open_mailbox_does_nothing(self, box: Harness) -> None:
        box.mailbox.open()
        assert box.mailbox.folders()

    def test_closing_twice_is_no_error(self, box: Harness) -> None:
        other = box.reopen()
        other.close()
        other.close()

    # --- sweeping ------------------------------------------------------------------------------------------------

    def test_a_sweep_of_an_empty_folder_gives_a_cursor(self, box: Harness) -> None:
        seen = sweep(box.mailbox, box.folder(Role.INBOX))
        assert seen.messages == []
        assert seen.cursor.folder == box.folder(Role.INBOX).name
        assert not seen.reset

    def test_a_first_sweep_gives_every_header_block(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        box.deliver(inbox, mail("two"), NOON)
        seen = sweep(box.mailbox, inbox)
        assert seen.subjects == ["one", "two"]
        for message in seen.messages:
            assert not message.whole
            assert message.account == box.mailbox.account
            assert message.role is Role.INBOX
            assert message.ref.folder == inbox.name
            assert b"it is me" not in message.data

    def test_the_time_of_delivery_is_given_with_its_zone(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        (message,) = sweep(box.mailbox, inbox).messages
        assert message.received_at.tzinfo is not None
        assert abs(message.received_at - NOON) < timedelta(seconds=1)

    def test_a_second_sweep_gives_only_what_is_new(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        first = sweep(box.mailbox, inbox)
        box.deliver(inbox, mail("two"), NOON)
        second = sweep(box.mailbox, inbox, first.cursor)
        assert second.subjects == ["two"]
        assert not second.reset
        assert sweep(box.mailbox, inbox, second.cursor).messages == []

    def test_a_cursor_outlives_the_connection(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        cursor = sweep(box.mailbox, inbox).cursor
        box.deliver(inbox, mail("two"), NOON)
        other = box.reopen()
        try:
            assert sweep(other, inbox, Cursor(cursor.folder, str(cursor.state))).subjects == ["two"]
        finally:
            other.close()

    def test_the_cursor_of_each_batch_covers_what_came_so_far(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        for number in range(12):
            box.deliver(inbox, mail(f"m{number:02d}"), NOON + timedelta(minutes=number))
        batches = list(box.mailbox.sweep(inbox, None, None))
        for index, batch in enumerate(batches):
            come = {message.ref.key for one in batches[: index + 1] for message in one.messages}
            rest = {message.ref.key for message in sweep(box.mailbox, inbox, batch.cursor).messages}
            assert len(come | rest) == 12
            assert not come & rest

    def test_mail_from_before_the_window_is_left_out(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("old"), NOON - timedelta(days=90))
        box.deliver(inbox, mail("young"), NOON)
        seen = sweep(box.mailbox, inbox, None, NOON - timedelta(days=30))
        assert seen.subjects == ["young"]
        assert sweep(box.mailbox, inbox, seen.cursor, NOON - timedelta(days=30)).messages == []

    def test_a_removed_message_is_told(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        box.deliver(inbox, mail("two"), NOON)
        first = sweep(box.mailbox, inbox)
        key = next(m.ref.key for m in first.messages if subject_of(m.data) == "one")
        box.remove(inbox, "<one@acme.example>")
        second = sweep(box.mailbox, inbox, first.cursor)
        assert second.messages == []
        assert second.vanished == {key}
        assert not second.reset
        assert sweep(box.mailbox, inbox, second.cursor).vanished == set()

    def test_a_message_that_was_read_is_neither_new_nor_gone(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        first = sweep(box.mailbox, inbox)
        box.mark_read(inbox, "<one@acme.example>")
        second = sweep(box.mailbox, inbox, first.cursor)
        assert second.messages == []
        assert second.vanished == set()
        (whole,) = box.mailbox.fetch([first.messages[0].ref])
        assert b"it is me" in whole.data

    def test_a_folder_that_suddenly_looks_empty_is_told_as_a_reset(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        for number in range(12):
            box.deliver(inbox, mail(f"m{number}"), NOON)
        first = sweep(box.mailbox, inbox)
        box.empty(inbox)
        second = sweep(box.mailbox, inbox, first.cursor)
        assert second.reset
        assert second.messages == []
        box.deliver(inbox, mail("later"), NOON)
        third = sweep(box.mailbox, inbox, second.cursor)
        assert third.subjects == ["later"]
        assert not third.reset

    def test_a_cursor_that_makes_no_sense_leads_to_a_reset(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        seen = sweep(box.mailbox, inbox, Cursor(inbox.name, "of another time"))
        assert seen.reset
        assert seen.subjects == ["one"]

    # --- fetching ------------------------------------------------------------------------------------------------

    def test_a_fetch_gives_the_whole_message(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one", body="Grüße,\r\nDana\r\n"), NOON)
        (ref,) = [message.ref for message in sweep(box.mailbox, inbox).messages]
        (message,) = box.mailbox.fetch([ref])
        assert message.whole
        assert message.ref == ref
        assert message.role is Role.INBOX
        assert abs(message.received_at - NOON) < timedelta(seconds=1)
        assert unix(message.data).endswith("Grüße,\nDana\n".encode())

    def test_a_fetch_leaves_out_what_has_gone(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        box.deliver(inbox, mail("two"), NOON)
        refs = [message.ref for message in sweep(box.mailbox, inbox).messages]
        box.remove(inbox, "<one@acme.example>")
        assert [subject_of(message.data) for message in box.mailbox.fetch(refs)] == ["two"]

    def test_a_fetch_of_nothing_gives_nothing(self, box: Harness) -> None:
        assert list(box.mailbox.fetch([])) == []

    # --- left as found -------------------------------------------------------------------------------------------

    def test_reading_leaves_everything_as_found(self, box: Harness) -> None:
        for role in (Role.INBOX, Role.SENT, Role.TRASH):
            box.deliver(box.folder(role), mail(f"in-{role}"), NOON)
        before = box.snapshot()
        for folder in box.mailbox.folders():
            refs = [message.ref for message in sweep(box.mailbox, folder).messages]
            list(box.mailbox.fetch(refs))
        box.mailbox.drafts()
        box.mailbox.find("<in-sent@acme.example>")
        assert box.snapshot() == before

    def test_a_draft_placed_and_withdrawn_leaves_everything_as_found(self, box: Harness) -> None:
        box.deliver(box.folder(Role.INBOX), mail("one"), NOON)
        box.deliver(box.folder(Role.DRAFTS), draft("own"), NOON)
        before = box.snapshot()
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        assert box.snapshot() != before
        (placed,) = [message for message in box.mailbox.drafts() if subject_of(message.data) == "Re: ours"]
        assert box.mailbox.withdraw(ref, placed.data) is Removal.REMOVED
        assert box.snapshot() == before

    # --- drafts --------------------------------------------------------------------------------------------------

    def test_a_placed_draft_is_read_back(self, box: Harness) -> None:
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        (message,) = box.mailbox.drafts()
        assert message.ref == ref
        assert message.whole
        assert message.role is Role.DRAFTS
        assert unix(message.data) == unix(draft("ours"))

    def test_a_placed_draft_is_marked_as_a_draft_and_as_seen(self, box: Harness) -> None:
        box.mailbox.place(draft("ours"), "<ours@example.net>")
        (message,) = box.mailbox.drafts()
        assert {flag.lstrip("\\").lower() for flag in message.flags} >= {"draft", "seen"}

    def test_the_drafts_of_the_user_are_listed_too(self, box: Harness) -> None:
        box.deliver(box.folder(Role.DRAFTS), draft("own"), NOON)
        box.mailbox.place(draft("ours"), "<ours@example.net>")
        assert sorted(subject_of(message.data) for message in box.mailbox.drafts()) == ["Re: ours", "Re: own"]

    def test_a_draft_is_found_by_its_message_id(self, box: Harness) -> None:
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        assert box.mailbox.find("<ours@example.net>") == [(box.folder(Role.DRAFTS), ref)]
        assert box.mailbox.find("<other@example.net>") == []

    def test_a_letter_is_found_in_sent_and_in_trash(self, box: Harness) -> None:
        box.deliver(box.folder(Role.SENT), draft("letter"), NOON)
        box.deliver(box.folder(Role.TRASH), draft("binned"), NOON)
        assert [folder.role for folder, _ in box.mailbox.find("<letter@example.net>")] == [Role.SENT]
        assert [folder.role for folder, _ in box.mailbox.find("<binned@example.net>")] == [Role.TRASH]

    def test_an_untouched_draft_is_withdrawn_and_nothing_else(self, box: Harness) -> None:
        box.deliver(box.folder(Role.DRAFTS), draft("own"), NOON)
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        box.mailbox.place(draft("second"), "<second@example.net>")
        expected = next(message.data for message in box.mailbox.drafts() if message.ref == ref)
        assert box.mailbox.withdraw(ref, expected) in (Removal.REMOVED, Removal.TRASHED)
        assert sorted(subject_of(message.data) for message in box.mailbox.drafts()) == ["Re: own", "Re: second"]

    def test_a_draft_that_is_gone_is_told_so(self, box: Harness) -> None:
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        (placed,) = box.mailbox.drafts()
        box.remove(box.folder(Role.DRAFTS), "<ours@example.net>")
        assert box.mailbox.withdraw(ref, placed.data) is Removal.GONE

    def test_an_edited_draft_is_left_alone(self, box: Harness) -> None:
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        (placed,) = box.mailbox.drafts()
        box.edit_draft("<ours@example.net>", draft("ours", body="Dear Dana,\r\n\r\nmy own words.\r\n"))
        assert box.mailbox.withdraw(ref, placed.data) in (Removal.GONE, Removal.CHANGED)
        (message,) = box.mailbox.drafts()
        assert b"my own words" in message.data

    def test_a_draft_that_reads_otherwise_than_expected_is_left_alone(self, box: Harness) -> None:
        ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
        assert box.mailbox.withdraw(ref, draft("ours", body="Something else.\r\n")) is Removal.CHANGED
        assert len(box.mailbox.drafts()) == 1

    def test_nothing_outside_drafts_can_be_withdrawn(self, box: Harness) -> None:
        inbox = box.folder(Role.INBOX)
        box.deliver(inbox, mail("one"), NOON)
        (found,) = sweep(box.mailbox, inbox).messages
        before = box.snapshot()
        with pytest.raises(WatcherError):
            box.mailbox.withdraw(Ref(inbox.name, found.ref.key), mail("one"))
        assert box.snapshot() == before
