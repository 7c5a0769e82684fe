"""A pass folds and decides anew only what has changed, and gives the same answers as one that judges everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.passes import FIXTURES, PLAN, Player, memory, setting
from tests.support.scenarios import build, load
from watcher.cycle import Pass, judging
from watcher.mailbox.memory import MemoryMailbox
from watcher.message.model import Ref
from watcher.opportunity.model import Word
from watcher.store.store import Store

NAMES = ["hobart-park-ranger", "york-archivist", "tauranga-beekeeper", "hamburg-purchasing-manager"]
MINUTE = timedelta(minutes=1)


def pages(store: Store) -> dict[str, Any]:
    return dict(store.each_view())


def all_anew(player: Player, box: MemoryMailbox, at: datetime) -> dict[str, Any]:
    """The pages of a pass that relies on nothing; that it does nothing the other has left undone."""
    with player.store.copy_in_memory() as store:
        store.put_views({}, [])
        whole = Pass(player.setting, store, at)
        whole.conclude([box], PLAN)
        assert not whole.drafted
        assert not whole.withdrawn
        return pages(store)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_the_pages_are_those_of_a_pass_that_judges_everything(
    data: st.DataObject, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = load(FIXTURES / f"{name}.yaml")
    whole = list(told["messages"])
    told["messages"] = []
    box = memory(told)
    player = Player(setting(told, tmp_path_factory.mktemp("pass")))
    at = datetime.fromisoformat(told["now"]) - timedelta(hours=6)
    for entry in data.draw(st.permutations(whole)):
        told["messages"] = whole
        ref = box.deliver(entry.get("folder", "INBOX"), build(told, entry), datetime.fromisoformat(entry["date"]))
        at += data.draw(st.sampled_from([MINUTE, 5 * MINUTE, 45 * MINUTE, 5 * MINUTE]))
        if data.draw(st.integers(0, 9)) == 0:
            _happen(data.draw(st.sampled_from(["binned", "pause", "resume", "draft"])), box, ref, player, at)
        for _ in range(2):  # the letters of the first pass are news to the second
            player.scan([box], at)
        assert list(pages(player.store).items()) == list(all_anew(player, box, at).items())


def _happen(what: str, box: MemoryMailbox, ref: Ref, player: Player, at: datetime) -> None:
    if what == "binned":
        raw = next(raw for raw in box.everything() if raw.ref == ref)
        box.remove(ref)
        box.deliver("Trash", raw.data, raw.received_at)
    elif what == "draft":
        raw = next(raw for raw in box.everything() if raw.ref == ref)
        own = (
            f"To: {_field(raw.data, 'From')}\r\nSubject: Hm\r\nIn-Reply-To: {_field(raw.data, 'Message-ID')}\r\n\r\nHm"
        )
        box.place(f"Message-ID: <own{at.timestamp()}@x.example>\r\n{own}".encode(), f"<own{at.timestamp()}@x.example>")
    else:
        player.store.add_word(Word(what, "", at))


def _field(data: bytes, name: str) -> str:
    from email import message_from_bytes

    return " ".join(str(message_from_bytes(data)[name]).split())


# --- what is folded ---


class Counted:
    """One scenario, scanned until nothing is left to do, and how many opportunities the next pass folds."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told = load(FIXTURES / "york-archivist.yaml")
        self.box, self.now = memory(self.told), datetime.fromisoformat(self.told["now"])
        self.player = Player(setting(self.told, root))
        self.folded: list[str] = []
        fold = judging.fold

        def counted(group: Any, name: str, *more: Any) -> Any:
            self.folded.append(name)
            return fold(group, name, *more)

        monkeypatch.setattr(judging, "fold", counted)
        for _ in range(3):
            self.again(self.now)

    def again(self, now: datetime) -> list[str]:
        self.folded.clear()
        Pass(self.player.setting, self.player.store, now).run([self.box], PLAN)
        return self.folded


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(tmp_path, monkeypatch)


def letter(number: int = 1) -> bytes:
    return (
        f"From: Ann Lee <ann@acme.example>\r\nTo: {'me@mailhost.example'}\r\nSubject: Your application\r\n"
        f"Message-ID: <new{number}@acme.example>\r\n\r\nUnfortunately Acme has decided to move forward with other "
        "candidates for the Data Engineer role. Thank you for your application.\r\n"
    ).encode()


def test_a_mail_about_another_job_leaves_alone_what_is_settled(counted: Counted) -> None:
    settled = set(counted.player.store.lasting()["stands"])  # type: ignore[index]
    everything = set(pages(counted.player.store))
    assert len(settled) > 1
    counted.box.deliver("INBOX", letter(), counted.now)
    folded = set(counted.again(counted.now + MINUTE))
    assert folded
    assert not folded & settled
    assert set(pages(counted.player.store)) == everything | folded


@pytest.mark.parametrize(
    "later", [timedelta(hours=1), -MINUTE, timedelta(hours=14)], ids=["an hour", "set back", "the next day"]
)
def test_with_time_all_is_judged_again(counted: Counted, later: timedelta) -> None:
    counted.box.deliver("INBOX", letter(), counted.now)
    assert len(set(counted.again(counted.now + later))) == len(pages(counted.player.store))


def test_a_word_of_the_users_lets_all_be_judged_again(counted: Counted) -> None:
    counted.player.store.add_word(Word("pause", "", counted.now))
    assert len(set(counted.again(counted.now + MINUTE))) == len(pages(counted.player.store))


def test_a_mail_that_is_read_otherwise_is_judged_again(counted: Counted) -> None:
    name = next(iter(counted.player.store.lasting()["stands"]))  # type: ignore[index]
    message = pages(counted.player.store)[name]["status"]["messages"][0]["message_id"]
    db = counted.player.store._db
    db.run(
        "UPDATE readings SET record = json_set(record, '$.hiring', 0.99) WHERE message ="
        " (SELECT id FROM messages WHERE message_id = ?)",
        (message,),
    )
    counted.box.deliver("INBOX", letter(), counted.now)
    assert name in counted.again(counted.now + MINUTE)
