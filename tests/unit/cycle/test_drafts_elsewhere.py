"""A draft that a server shows outside Drafts, too, is nothing that anybody has written yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.passes import FIXTURES, Player, memory, setting
from tests.support.scenarios import load
from watcher.mailbox.memory import MemoryMailbox
from watcher.message.model import Account, Folder, Role

ALL = Folder("All Mail", Role.ALL)


def with_all_mail(box: MemoryMailbox) -> MemoryMailbox:
    """The same mail in a mailbox that has a folder for all of it."""
    folders = (*box.folders(), ALL)
    made = MemoryMailbox(Account(box.account), folders, box.now)
    for raw in box.everything():
        made.deliver(raw.ref.folder, raw.data, raw.received_at, tuple(raw.flags))
        made.deliver(ALL.name, raw.data, raw.received_at, tuple(raw.flags))
    return made


@pytest.mark.parametrize("name", ["hobart-park-ranger", "york-archivist"])
def test_a_letter_that_lies_in_all_mail_too_is_not_taken_for_sent(name: str, tmp_path: Path) -> None:
    told = load(FIXTURES / f"{name}.yaml")
    box, player = with_all_mail(memory(told)), Player(setting(told, tmp_path))
    now = datetime.fromisoformat(told["now"])
    assert player.scan([box], now).drafted
    before = player.states()
    for raw in box.drafts():
        box.deliver(ALL.name, raw.data, now, tuple(raw.flags))
    pages = {key: page["status"] for key, page in player.store.each_view()}
    report = player.scan([box], now + timedelta(minutes=5))
    assert player.states() == before
    assert set(before.values()) == {"pending"}
    assert not report.drafted
    assert not report.withdrawn
    assert {key: page["status"] for key, page in player.store.each_view()} == pages


def test_what_was_sent_is_read_whatever_flag_was_left_on_it(tmp_path: Path) -> None:
    told = load(FIXTURES / "hobart-park-ranger.yaml")
    box, player = memory(told), Player(setting(told, tmp_path))
    now = datetime.fromisoformat(told["now"])
    player.scan([box], now)
    for raw in box.drafts():
        box.deliver("Sent", raw.data, now, ("\\Draft", "\\Seen"))
        box.remove(raw.ref)
    player.scan([box], now + timedelta(minutes=5))
    assert set(player.states().values()) == {"sent"}
