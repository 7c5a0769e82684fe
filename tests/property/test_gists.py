"""Joining is given the gist of the mail alone, and makes of it what it would make of the whole mail."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.support.passes import FIXTURES, Player, memory, setting
from tests.support.scenarios import load
from watcher.cycle import Pass
from watcher.cycle.judging import Reader
from watcher.opportunity import assign, join
from watcher.opportunity.gist import Gists
from watcher.opportunity.model import Group

EVERY = 12  # of the mailboxes, to be quick


def names() -> list[str]:
    return sorted(path.stem for path in FIXTURES.glob("*.yaml"))[::EVERY]


@pytest.mark.parametrize("name", names())
def test_gists_are_joined_as_the_mail_they_are_made_of(name: str, tmp_path: Path) -> None:
    told = load(FIXTURES / f"{name}.yaml")
    at = datetime.fromisoformat(told["now"])
    player = Player(setting(told, tmp_path))
    player.scan([memory(told)], at)
    joining = player.setting.joining
    gists, whole = _mail(player)
    assert any(entry.reading.hiring_evidence for entry in whole.entries)
    assert not any(entry.reading.hiring_evidence for entry in gists.entries)
    as_gists, as_whole = join(gists.entries, joining), join(whole.entries, joining)
    assert [(group.ids, group.unsure) for group in as_gists] == [(group.ids, group.unsure) for group in as_whole]
    assert assign(as_gists, (), at).ids == assign(as_whole, (), at).ids


def _mail(player: Player) -> tuple[Group, Group]:
    rules = player.setting
    reader = Reader(player.store, rules.rulebook, rules.reading, rules.digest)
    gists = Group(reader.gather(None).entries)
    ((whole, folders),) = reader.whole([gists])
    assert set(folders) == gists.ids
    return gists, whole


def test_a_gist_is_its_own_gist(tmp_path: Path) -> None:
    told = load(FIXTURES / f"{names()[0]}.yaml")
    player = Player(setting(told, tmp_path))
    player.scan([memory(told)], told["now"])
    gists, _ = _mail(player)
    assert all(Gists().of(entry) == entry for entry in gists.entries)


def test_of_most_opportunities_nothing_is_kept_but_the_page(tmp_path: Path) -> None:
    told = load(FIXTURES / "york-archivist.yaml")
    player = Player(setting(told, tmp_path))
    report = player.scan([memory(told)], told["now"])
    judged, opened = Pass(player.setting, player.store, datetime.fromisoformat(told["now"])).judge_only()
    assert len(opened) == report.opportunities > len(judged.opportunities)
    assert {line.opportunity for line in report.drafted} <= {each.id for each in judged.opportunities}
    statuses = {name: page["status"]["follow_up"]["status"] for name, page in opened.items()}
    assert {name for name, status in statuses.items() if status == "due"} <= {each.id for each in judged.opportunities}
    assert opened == dict(player.store.each_view())
