"""What happens to a real Dovecot's folders between two passes: expunged, moved, renamed, gone, numbered anew."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.contract.mailbox_contract import NOON, MailboxContract, mail, sweep
from tests.support.dovecot import Dovecot, DovecotHarness, running
from watcher.cycle import syncing
from watcher.mailbox.connection import Connection
from watcher.message.model import Folder, Role
from watcher.store import Store
from watcher.store.model import State

USERS = (f"changing{number}" for number in itertools.count())
JOBS = Folder("Job applications", Role.OTHER)
PLAN = syncing.Plan(None, frozenset({JOBS.name, "Applications 2026"}))


@pytest.fixture(scope="module", params=["german_marked", "plain"])
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    with running(request.param) as dovecot:
        yield dovecot


@pytest.fixture
def box(server: Dovecot) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(server, next(USERS))
    yield harness
    harness.close()


class TestOtherFlavours(MailboxContract):
    pass


@pytest.fixture(scope="module")
def standard() -> Iterator[Dovecot]:
    with running("standard") as dovecot:
        yield dovecot


@pytest.fixture
def home(standard: Dovecot) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(standard, next(USERS))
    yield harness
    harness.close()


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The searches that are made from here on."""
    made: list[tuple[object, ...]] = []
    search = Connection._search
    monkeypatch.setattr(Connection, "_search", lambda *asked: made.append(asked[1:]) or search(*asked))
    return made


def test_a_server_with_qresync_is_not_searched_for_what_has_gone(
    home: DovecotHarness, searched: list[tuple[object, ...]]
) -> None:
    inbox = home.folder(Role.INBOX)
    for number in range(6):
        home.deliver(inbox, mail(f"m{number}"), NOON)
    first = sweep(home.mailbox, inbox)
    home.remove(inbox, "<m1@acme.example>")
    home.remove(inbox, "<m4@acme.example>")
    home.mark_read(inbox, "<m2@acme.example>")
    searched.clear()
    second = sweep(home.mailbox, inbox, first.cursor)
    assert second.vanished == {first.messages[1].ref.key, first.messages[4].ref.key}
    assert searched == []
    assert sweep(home.mailbox, inbox, second.cursor).vanished == set()


def test_where_the_window_hides_some_of_what_has_gone_the_server_is_searched(
    home: DovecotHarness, searched: list[tuple[object, ...]]
) -> None:
    inbox = home.folder(Role.INBOX)
    for number in range(6):
        home.deliver(inbox, mail(f"m{number}"), NOON - timedelta(days=60 * (number % 2)))
    first = sweep(home.mailbox, inbox, since=NOON - timedelta(days=30))
    home.remove(inbox, "<m1@acme.example>")
    home.remove(inbox, "<m2@acme.example>")
    searched.clear()
    second = sweep(home.mailbox, inbox, first.cursor)
    assert second.vanished == {first.messages[1].ref.key}
    assert len(searched) == 1


def test_gone_and_new_at_once_are_both_seen(home: DovecotHarness) -> None:
    inbox = home.folder(Role.INBOX)
    for number in range(4):
        home.deliver(inbox, mail(f"m{number}"), NOON)
    first = sweep(home.mailbox, inbox)
    home.remove(inbox, "<m0@acme.example>")
    home.deliver(inbox, mail("fresh"), NOON)
    second = sweep(home.mailbox, inbox, first.cursor)
    assert (second.subjects, second.vanished) == (["fresh"], {first.messages[0].ref.key})


def test_what_is_moved_is_gone_here_and_new_there(home: DovecotHarness) -> None:
    inbox, archive = home.folder(Role.INBOX), home.folder(Role.ARCHIVE)
    home.deliver(inbox, mail("moved"), NOON)
    here, there = sweep(home.mailbox, inbox), sweep(home.mailbox, archive)
    home.other.imap.select("INBOX")
    home.other.imap.uid("MOVE", "1", archive.name)
    home.other.imap.unselect()
    assert sweep(home.mailbox, inbox, here.cursor).vanished == {here.messages[0].ref.key}
    assert sweep(home.mailbox, archive, there.cursor).subjects == ["moved"]


def test_a_folder_that_is_gone_is_told_as_a_reset_without_mail(home: DovecotHarness) -> None:
    home.mailbox.folders()
    home.deliver(JOBS, mail("old"), NOON)
    first = sweep(home.mailbox, JOBS)
    sweep(home.mailbox, home.folder(Role.INBOX))  # Dovecot hangs up on whoever has a folder open that is deleted
    home.other.imap.delete(f'"{JOBS.name}"')
    assert list(home.mailbox.fetch([message.ref for message in first.messages])) == []
    second = sweep(home.mailbox, JOBS, first.cursor)
    assert (second.reset, second.messages) == (True, [])
    assert home.mailbox.folders()  # the connection goes on


def test_mail_of_a_renamed_folder_is_read_from_its_new_place(home: DovecotHarness) -> None:
    home.deliver(JOBS, mail("asked for"), NOON)
    with Store.in_memory() as store:
        syncing.sweep(home.mailbox, store, PLAN)
        (swept,) = store.headers()
        store.want([swept.key])
        home.other.imap.rename(f'"{JOBS.name}"', '"Applications 2026"')
        syncing.sweep(home.mailbox, store, PLAN)
        assert syncing.fetch(home.mailbox, store) == 1
        (read,) = store.headers()
        assert [copy.folder for copy in read.copies] == ["Applications 2026"]
        assert read.state is State.FETCHED
