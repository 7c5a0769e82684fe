"""A line that is cut, reset, silent or far away at any byte: each message is told once, and nothing else is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.contract.mailbox_contract import NOON, mail, sweep
from tests.support.dovecot import Dovecot, DovecotHarness, running
from tests.support.faults import How, Relay, relay
from watcher.errors import MailboxUnavailable
from watcher.mailbox.imap import ImapMailbox
from watcher.message.model import Cursor, RawMessage, Role

USERS = (f"broken{number}" for number in itertools.count())
COUNT = 60
TRIES = 200


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running("standard") as dovecot:
        yield dovecot


@pytest.fixture(scope="module")
def home(server: Dovecot) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(server, next(USERS))
    for number in range(COUNT):
        harness.deliver(harness.folder(Role.INBOX), mail(f"m{number:02d}", body="words\r\n" * (number * 9)), NOON)
    yield harness
    harness.close()


@pytest.fixture
def line(server: Dovecot) -> Iterator[Relay]:
    with relay(server.host, server.imaps_port) as made:
        yield made


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.mailbox.sweep.CHUNK", 7)
    monkeypatch.setattr("watcher.mailbox.imap.CHUNK", 9)
    monkeypatch.setattr("watcher.mailbox.imap.HAUL", 4000)


def over(home: DovecotHarness, line: Relay, timeout: float = 10.0) -> ImapMailbox:
    return home.make(home.server.settings(home.user, port=line.port, timeout=timeout))


def all_of(home: DovecotHarness, mailbox: ImapMailbox, line: Relay, more: int) -> list[RawMessage]:
    """What a sweep tells in as many passes as it takes, each over a line that lasts `more` bytes longer."""
    found: list[RawMessage] = []
    cursor: Cursor | None = None
    for _ in range(TRIES):
        try:
            mailbox.open()
            for batch in mailbox.sweep(home.folder(Role.INBOX), cursor, None):
                assert not batch.reset
                found += batch.messages
                cursor = batch.cursor
        except MailboxUnavailable:
            line.after = (line.after or 0) + more
        else:
            return found
    pytest.fail("it never came to an end")


@pytest.mark.parametrize("how", ["close", "reset", "silence"])
@pytest.mark.parametrize("after", [2500, 5003])
@pytest.mark.usefixtures("small_steps")
def test_a_sweep_over_lines_that_break_tells_each_message_once(
    home: DovecotHarness, line: Relay, how: How, after: int
) -> None:
    line.how, line.after = how, after
    mailbox = over(home, line, 0.2 if how == "silence" else 10.0)
    found = all_of(home, mailbox, line, 1531)
    mailbox.close()
    whole = sweep(home.mailbox, home.folder(Role.INBOX)).messages
    assert [(message.ref, message.data) for message in found] == [(message.ref, message.data) for message in whole]
    assert line.connections > 2


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("after", [14_000, 20_000, 26_000])
def test_a_server_that_hangs_up_after_so_much_is_read_in_one_pass(
    home: DovecotHarness, line: Relay, after: int
) -> None:
    mailbox = over(home, line)
    mailbox.open()
    mailbox.folders()
    line.after = after
    found = sweep(mailbox, home.folder(Role.INBOX)).messages
    assert len({message.ref for message in found}) == len(found) == COUNT
    texts = list(mailbox.fetch([message.ref for message in found]))
    assert len({message.ref for message in texts}) == len(texts) == COUNT
    assert line.connections > 2
    mailbox.close()


@pytest.mark.usefixtures("small_steps")
def test_a_sweep_that_is_broken_off_on_purpose_does_not_connect_again(home: DovecotHarness, line: Relay) -> None:
    mailbox = over(home, line)
    mailbox.open()
    batches = mailbox.sweep(home.folder(Role.INBOX), None, None)
    next(batches)
    mailbox.cut()
    with pytest.raises(MailboxUnavailable):
        list(batches)
    assert line.connections == 1
    mailbox.open()
    assert sweep(mailbox, home.folder(Role.INBOX)).messages
    mailbox.close()


def test_a_sweep_that_is_left_in_the_middle_leaves_the_connection_free(home: DovecotHarness) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("watcher.mailbox.sweep.CHUNK", 7)
        next(home.mailbox.sweep(home.folder(Role.INBOX), None, None))
    assert home.mailbox.folders()
    assert len(sweep(home.mailbox, home.folder(Role.INBOX)).messages) == COUNT
