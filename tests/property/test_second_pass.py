"""A pass that finds nothing new does nothing new, a dry run does nothing at all, and two accounts are judged as one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.passes import FIXTURES, NOW, Player, drafts_of, memory, setting, two_accounts
from tests.support.scenarios import lay_out, load
from watcher.cli import main
from watcher.cycle import ScanReport
from watcher.errors import CredentialsRejected, MailboxUnavailable, WatcherError
from watcher.mailbox.memory import MemoryMailbox

MAILBOXES = ["hamburg-purchasing-manager", "hobart-park-ranger", "tauranga-beekeeper", "york-archivist"]


def scenario(name: str) -> dict[str, Any]:
    return load(FIXTURES / f"{name}.yaml")


# --- a second pass ---


@pytest.mark.parametrize("name", MAILBOXES)
def test_a_second_pass_at_the_same_instant_changes_nothing(name: str, tmp_path: Path) -> None:
    told = scenario(name)
    box, player = memory(told), Player(setting(told, tmp_path))
    first = player.scan([box], told["now"])
    assert first.drafted
    mail, states, identities = box.everything(), player.states(), player.store.identities()
    again = player.scan([box], told["now"])
    assert not again.drafted
    assert not again.withdrawn
    assert box.everything() == mail
    assert player.states() == states
    assert player.store.identities() == identities


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(hours=st.lists(st.integers(0, 40 * 24), min_size=2, max_size=5), name=st.sampled_from(MAILBOXES))
def test_at_whatever_instants_it_looks_nothing_is_drafted_twice(
    hours: list[int], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = scenario(name)
    box, player = memory(told), Player(setting(told, tmp_path_factory.mktemp("pass")))
    start = datetime.fromisoformat(told["now"])
    made: list[str] = []
    for hour in sorted(hours):
        for _ in range(2):
            made += [line.message_id for line in player.scan([box], start + timedelta(hours=hour)).drafted]
    assert len(made) == len(set(made))
    lying = [p for p in player.store.placements() if p.message_id in drafts_of(box)]
    assert len({p.opportunity for p in lying}) == len(lying) == len(drafts_of(box))


# --- a dry run ---


def snapshot(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    found = {}
    for path in sorted(root.rglob("*")):
        stat = path.stat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(root))] = (stat.st_mode, stat.st_mtime_ns, stat.st_ino, content)
    return found


def scanned(config: Path, capsys: pytest.CaptureFixture[str], *words: str, now: str) -> dict[str, Any]:
    assert main(["--config", str(config), "scan", "--json", "--now", now, *words]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.parametrize("name", MAILBOXES)
def test_a_dry_run_writes_nothing_and_tells_what_the_scan_will_do(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = scenario(name)
    config = lay_out(told, tmp_path)
    before = snapshot(tmp_path)
    dry = scanned(config, capsys, "--dry-run", now=told["now"])
    assert snapshot(tmp_path) == before
    real = scanned(config, capsys, now=told["now"])
    assert dry["drafted"]
    assert {**dry, "dry_run": False} == real


def test_a_dry_run_after_a_scan_writes_nothing_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = scenario("york-archivist")
    config = lay_out(told, tmp_path)
    scanned(config, capsys, now=told["now"])
    later = (datetime.fromisoformat(told["now"]) + timedelta(days=20)).isoformat()
    before = snapshot(tmp_path)
    dry = scanned(config, capsys, "--dry-run", now=later)
    assert snapshot(tmp_path) == before
    real = scanned(config, capsys, now=later)
    assert dry["withdrawn"]
    assert {**dry, "dry_run": False} == real


# --- two accounts ---


@dataclass
class Two:
    """Two accounts of one user, and passes over both."""

    home: MemoryMailbox
    work: MemoryMailbox
    player: Player

    def scan(self, now: str = NOW) -> ScanReport:
        return self.player.scan([self.home, self.work], now)

    def drafted_to(self, report: ScanReport) -> set[str]:
        return {line.to.split()[0] for line in report.drafted}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    told = two_accounts()
    names = ("home", "work")
    player = Player(setting(told, tmp_path, names))
    yield Two(memory(told, "home"), memory(told, "work"), player)
    player.store.close()


def test_an_opportunity_known_to_two_accounts_is_one_and_gets_one_letter(two: Two) -> None:
    report = two.scan()
    assert report.opportunities == 3
    assert two.drafted_to(report) == {"Dana", "Priya", "Tom"}
    assert len(drafts_of(two.home)) + len(drafts_of(two.work)) == 3
    assert not two.scan().drafted


@pytest.mark.parametrize("fault", [MailboxUnavailable("no route"), CredentialsRejected("wrong password")])
def test_an_account_that_fails_holds_back_letters_of_its_mail_and_no_others(two: Two, fault: WatcherError) -> None:
    two.scan("2026-03-06T10:00:00-05:00")
    two.work.trouble = fault
    report = two.scan()
    assert report.partly
    assert [account.error is None for account in report.accounts] == [True, False]
    assert two.drafted_to(report) == {"Priya"}
    assert drafts_of(two.work) == []
    two.work.trouble = None
    assert two.drafted_to(two.scan()) == {"Dana", "Tom"}


def test_where_no_account_answers_nothing_is_concluded_from_silence(two: Two) -> None:
    two.scan("2026-03-06T10:00:00-05:00")
    two.work.trouble = two.home.trouble = MailboxUnavailable("no route")
    report = two.scan()
    assert report.partly
    assert not report.drafted
    views = two.player.store.views()
    assert views is not None
    pages: Any = views.documents
    held = {page["status"]["follow_up"]["status"] for page in pages.values()}
    assert held == {"blocked"}


VERBS = ["folders", "sweep", "fetch", "drafts", "find", "place", "withdraw"]


class Failing(MemoryMailbox):
    """A mailbox whose connection is lost at the Nth call of one verb, for good."""

    def lose_at(self, verb: str, number: int) -> None:
        inner = getattr(self, verb)
        left = [number]

        def call(*arguments: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                self.trouble = MailboxUnavailable("the connection was lost")
            return inner(*arguments)

        setattr(self, verb, call)

    def heal(self, verb: str) -> None:
        self.trouble = None
        delattr(self, verb)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("number", [1, 2, 3, 6, 9])
def test_a_connection_lost_at_any_step_parks_that_account_alone(two: Two, verb: str, number: int) -> None:
    two.scan("2026-03-11T10:00:00-04:00")  # thank-yous, to be taken back in the next pass
    flaky = two.work
    flaky.__class__ = Failing
    assert isinstance(flaky, Failing)
    flaky.lose_at(verb, number)
    report = two.scan()
    lost = flaky.trouble is not None
    assert report.partly is lost
    assert [account.error is None for account in report.accounts] == [True, not lost]
    assert any(p.to.startswith("priya@") and p.state.value == "pending" for p in two.player.store.placements())
    flaky.heal(verb)
    healed = two.scan()
    assert not healed.partly
    pending = {p.to.split("@")[0] for p in two.player.store.placements() if p.state.value == "pending"}
    assert pending == {"dana", "priya", "tom"}
    assert len(drafts_of(two.home)) + len(drafts_of(two.work)) == 3
