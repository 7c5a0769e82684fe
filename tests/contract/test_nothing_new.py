"""A whole pass that finds nothing new, on real servers: one question a folder, and no message fetched."""

from __future__ import annotations

import imaplib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support import cyrus, dovecot
from tests.support.cyrus import Cyrus
from tests.support.dovecot import Dovecot, DovecotHarness
from tests.support.passes import FIXTURES, Player, memory, setting
from tests.support.scenarios import load
from watcher.message.model import Role

SERVERS = {
    "Dovecot": lambda: dovecot.running("standard"),
    "a Dovecot that counts no changes": lambda: dovecot.running("plain"),
    "Cyrus": lambda: cyrus.running("alternative"),
}
ASKED = {Role.INBOX, Role.SENT, Role.ARCHIVE, Role.ALL, Role.TRASH, Role.DRAFTS}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    with SERVERS[request.param]() as running:
        yield running


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the commands that are sent."""
    names: list[str] = []
    command, tag = imaplib.IMAP4._command, imaplib.IMAP4._new_tag
    monkeypatch.setattr(
        imaplib.IMAP4, "_command", lambda imap, name, *more: names.append(name) or command(imap, name, *more)
    )
    monkeypatch.setattr(imaplib.IMAP4, "_new_tag", lambda imap: names.append("any") or tag(imap))
    return names


def test_a_pass_that_finds_nothing_new_asks_one_thing_a_folder(
    server: Dovecot, sent: list[str], tmp_path: Path
) -> None:
    told = load(FIXTURES / "hobart-park-ranger.yaml")
    home = DovecotHarness(server, server.invite("quiet") if isinstance(server, Cyrus) else "quiet")
    for raw in memory(told).everything():
        if raw.role in (Role.INBOX, Role.SENT):
            home.deliver(home.folder(raw.role), raw.data, raw.received_at)
    player, now = Player(setting(told, tmp_path)), datetime.fromisoformat(told["now"])
    for minutes in range(3):  # our letters in Drafts are news to the second pass
        player.scan([home.reopen()], now + timedelta(minutes=minutes))
    assert player.states()
    before, mailbox = home.snapshot(), home.reopen()
    sent.clear()
    report = player.scan([mailbox], now + timedelta(minutes=5))
    counted = Counter(sent)
    named = sum(counted.values()) - counted["any"]
    assert counted.pop("any") == named  # nothing is sent past imaplib, as texts are asked for
    folders = [folder for folder in mailbox.folders() if folder.role in ASKED]
    assert counted.pop("STATUS") == len(folders)
    assert not counted.keys() & {"EXAMINE", "SELECT", "FETCH", "UID", "SEARCH"}
    assert not report.drafted
    assert report.opportunities
    assert home.snapshot() == before
    mailbox.close()
    home.close()
