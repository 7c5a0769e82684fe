"""A pass that finds nothing new judges nothing, and gives the same answers as one that judges everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.passes import FIXTURES, PLAN, Player, memory, setting
from tests.support.scenarios import load
from watcher.cycle import Pass, ScanReport
from watcher.mailbox.memory import MemoryMailbox
from watcher.message.model import Ref
from watcher.opportunity.model import Word
from watcher.store.store import Store

NAMES = ["hamburg-purchasing-manager", "hobart-park-ranger", "tauranga-beekeeper", "york-archivist"]
SOON = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Watched(Pass):
    """A pass that counts how often it judges."""

    judged = 0

    def _judge(self) -> Any:
        type(self).judged += 1
        return super()._judge()


class Played:
    """One scenario, scanned until nothing is left to do; `again` tells whether a further pass judges."""

    def __init__(self, name: str, root: Path) -> None:
        told = load(FIXTURES / f"{name}.yaml")
        self.box: MemoryMailbox = memory(told)
        self.now = datetime.fromisoformat(told["now"])
        self.player = Player(setting(told, root))
        self.report: ScanReport | None = None
        for _ in range(3):  # the letters of the first pass are news to the second
            self.again()

    def again(self, now: datetime | None = None, until: datetime | None = None) -> bool:
        Watched.judged = 0
        at = until or now or self.now
        self.report = Watched(self.player.setting, self.player.store, at, until).run([self.box], PLAN)
        return Watched.judged > 0


@pytest.fixture
def played(tmp_path: Path) -> Played:
    return Played("hobart-park-ranger", tmp_path)


def pages(store: Store) -> dict[str, Any]:
    return dict(store.each_view())


def letter(subject: str = "Hello") -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Ann <ann@acme.example>", "me@mailhost.example"
    message["Subject"], message["Message-ID"] = subject, f"<{subject}@acme.example>"
    message.set_content("Hello there.")
    return message.as_bytes()


def own_draft(box: MemoryMailbox) -> Ref:
    return next(raw.ref for raw in box.drafts())


# --- when it judges ---


def test_where_nothing_has_happened_nothing_is_judged(played: Played) -> None:
    report = played.report
    assert not played.again(played.now + SECOND)
    assert played.report == replace(report, drafted=(), withdrawn=()) if report else False


HAPPENINGS: dict[str, Callable[[Played], object]] = {
    "mail": lambda p: p.box.deliver("INBOX", letter(), p.now),
    "mail in Trash": lambda p: p.box.deliver("Trash", letter("bin"), p.now),
    "mail is gone": lambda p: p.box.remove(next(raw.ref for raw in p.box.everything() if raw.ref.folder == "INBOX")),
    "a draft is gone": lambda p: p.box.remove(own_draft(p.box)),
    "a draft of the user's own": lambda p: p.box.place(letter("mine"), "<mine@acme.example>"),
    "a word": lambda p: p.player.store.add_word(Word("pause", "", p.now)),
    "other letters": lambda p: _set(p, letters=replace(p.player.setting.letters, highlights=("bee-keeping",))),
    "other thresholds": lambda p: _set(p, follow_up=replace(p.player.setting.follow_up, max_a_day=1)),
    "another version": lambda p: _set(p, version="99"),
    "what another version noted": lambda p: p.player.store.note_standing({"until": "noon"}),
    "other knowledge": lambda p: _set(p, digest="other"),
}


def _set(played: Played, **changes: Any) -> None:
    played.player.setting = replace(played.player.setting, **changes)


@pytest.mark.parametrize("what", HAPPENINGS)
def test_whatever_happens_leads_to_a_judgement(what: str, played: Played) -> None:
    HAPPENINGS[what](played)
    assert played.again(played.now + SECOND)


def test_after_an_hour_everything_is_judged_again(played: Played) -> None:
    assert played.again(played.now + timedelta(hours=1))


def test_a_clock_that_was_set_back_leads_to_a_judgement(played: Played) -> None:
    assert played.again(played.now - SOON)


def test_an_instant_that_is_asked_for_is_always_judged(played: Played) -> None:
    assert played.again(until=played.now)
    assert played.again(played.now)  # the pages show that instant now
    assert not played.again(played.now)


def test_what_a_broken_account_left_undone_is_not_relied_on(tmp_path: Path) -> None:
    from watcher.errors import MailboxUnavailable

    played = Played("york-archivist", tmp_path)
    played.box.deliver("INBOX", letter(), played.now)
    played.box.trouble = MailboxUnavailable("away")
    played.again(played.now + SECOND)
    played.box.trouble = None
    assert played.again(played.now + 2 * SECOND)
    assert not played.again(played.now + 3 * SECOND)


# --- that it makes no difference ---


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(minutes=st.lists(st.integers(0, 240), min_size=2, max_size=6), name=st.sampled_from(NAMES))
def test_the_pages_are_those_of_a_pass_that_judges_everything(
    minutes: list[int], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    played = Played(name, tmp_path_factory.mktemp("pass"))
    at = played.now
    for step in minutes:
        at += timedelta(minutes=step)
        if not played.again(at):
            fresh = played.player.store.copy_in_memory()
            whole = Pass(played.player.setting, fresh, at)
            whole.conclude([played.box], PLAN)
            assert pages(fresh) == pages(played.player.store)
            assert not whole.drafted
            assert not whole.withdrawn
