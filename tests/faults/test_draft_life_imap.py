"""The life of a draft on a real server, with the scan, the line, the disk and the record breaking at every step.

Each walk takes some of its points, others in each; `WATCHER_FAULTS=all` takes every one (ten minutes).
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.boxes import Box, killed, made
from tests.support.dovecot import Dovecot, running
from tests.support.faults import relay
from tests.support.passes import two_accounts
from watcher.cli import main
from watcher.draft.model import PlacementState
from watcher.message.model import Role
from watcher.store import Store

TOLD: dict[str, Any] = two_accounts()
TOLD["messages"] = TOLD["messages"][:1]
NOW: str = TOLD["now"]
NUMBERS = itertools.count()
OWN = (
    b"From: Alex Morgan <alex@example.net>\r\nTo: A friend <friend@elsewhere.example>\r\nSubject: Saturday\r\n"
    b"Message-ID: <mine@example.net>\r\n\r\nShall we go to the lake on Saturday?\r\n"
)


def some(points: Sequence[Any], one_in: int) -> Sequence[Any]:
    """One point in so many, all of them where that is asked for."""
    return points if os.environ.get("WATCHER_FAULTS") == "all" else points[::one_in]


def later(**much: float) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**much)).isoformat()


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A server with UID EXPUNGE; for what concerns removing, also one that can only move to Trash."""
    with running(getattr(request, "param", "standard")) as dovecot:
        yield dovecot


removing = pytest.mark.parametrize("server", ["standard", "without_uidplus"], indirect=True)


@pytest.fixture(scope="module")
def fresh(server: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Box:
    """A mailbox that was never scanned; a draft of the user's own, about something else, lies in Drafts."""
    box = made(server, "fresh", tmp_path_factory.mktemp("life") / "fresh", TOLD)
    other = box.other()
    other.append(server.path(Role.DRAFTS), OWN, flags="(\\Draft)")
    other.close()
    return box


def copy(box: Box, folder: Path) -> Box:
    number = next(NUMBERS)
    return box.copied(f"copy{number}", folder / f"copy{number}")


@pytest.fixture(scope="module")
def whole(fresh: Box) -> Box:
    """What a scan makes of it that nobody disturbs: one draft."""
    box = copy(fresh, fresh.folder.parent)
    box.scan(NOW)
    assert list(box.states().values()) == ["pending"]
    assert len(box.drafts()) == 2
    return box


def ours(box: Box) -> dict[str, bytes]:
    """The drafts that are not the user's own, which lies there as it was."""
    found = box.drafts()
    assert found.pop("<mine@example.net>").replace(b"\r\n", b"\n") == OWN.replace(b"\r\n", b"\n")
    return found


@pytest.fixture(scope="module")
def placements(fresh: Box) -> list[tuple[str, Box]]:
    """A scan that writes a draft, killed at each step."""
    found = killed(fresh, NOW)
    assert {"before APPEND", "after APPEND", "after intend", "before place", "after place"} <= {
        step for step, _ in found
    }
    return found


@pytest.fixture(scope="module")
def answered(whole: Box) -> Box:
    """They have answered while the draft lay there untouched."""
    box = copy(whole, whole.folder.parent)
    (draft,) = ours(box).values()
    box.answered(draft, later(hours=3))
    return box


@pytest.fixture(scope="module")
def withdrawals(answered: Box, server: Dovecot) -> list[tuple[str, Box]]:
    """A scan that takes a draft back, killed at each step."""
    found = killed(answered, later(hours=4))
    removal = "MOVE" if "UIDPLUS" in server.flavour.hidden else "UID EXPUNGE"
    assert {f"before {removal}", f"after {removal}", "after withdraw"} <= {step for step, _ in found}
    return found


# --- killed ---


def keep(box: Box) -> None:
    pass


def renumber(box: Box) -> None:
    box.number_anew(Role.DRAFTS)


def reread(box: Box) -> None:
    """A new version of the rules: everything is read anew."""
    import watcher.app

    watcher.app.READING_VERSION += 1


@pytest.fixture(autouse=True)
def _same_version(monkeypatch: pytest.MonkeyPatch) -> None:
    import watcher.app

    monkeypatch.setattr("watcher.app.READING_VERSION", watcher.app.READING_VERSION)


@pytest.mark.parametrize("between", [keep, Box.forget, renumber, reread])
def test_wherever_a_placement_is_killed_the_next_scan_makes_the_one_draft(
    whole: Box, placements: list[tuple[str, Box]], tmp_path: Path, between: Callable[[Box], None]
) -> None:
    for step, left in some(placements, 2 if between is keep else 5):
        box = copy(left, tmp_path)
        assert len(ours(box)) <= 1, step
        between(box)
        for now in (NOW, later(hours=1)):
            box.scan(now)
            assert ours(box).keys() == ours(whole).keys(), step
            assert box.states() == whole.states(), step
        assert box.rest() == whole.rest(), step


@removing
@pytest.mark.parametrize("between", [keep, renumber, reread])
def test_wherever_a_withdrawal_is_killed_the_next_scan_ends_it(
    answered: Box, withdrawals: list[tuple[str, Box]], tmp_path: Path, between: Callable[[Box], None]
) -> None:
    for step, left in some(withdrawals, 2 if between is keep else 5):
        box = copy(left, tmp_path)
        between(box)
        for now in (later(hours=4), later(hours=5)):
            box.scan(now)
        assert ours(box) == {}, step
        assert not box.marked(), step
        assert list(box.states().values()) == ["withdrawn"], step
        assert box.rest(Role.TRASH) == answered.rest(Role.TRASH), step


def test_what_the_user_writes_between_a_broken_placement_and_the_next_scan_is_never_lost(
    placements: list[tuple[str, Box]], server: Dovecot, tmp_path: Path
) -> None:
    edit_each(some(placements, 7), server, tmp_path)


@removing
def test_what_the_user_writes_between_a_broken_withdrawal_and_the_next_scan_is_never_lost(
    withdrawals: list[tuple[str, Box]], server: Dovecot, tmp_path: Path
) -> None:
    edit_each(some(withdrawals, 7), server, tmp_path)


def edit_each(points: Sequence[tuple[str, Box]], server: Dovecot, tmp_path: Path) -> None:
    for step, left in points:
        for renamed in (False, True):
            box = copy(left, tmp_path)
            drafts = ours(box)
            if not drafts:
                continue
            ((name, draft),) = drafts.items()
            edited = draft.replace(b"\r\n\r\n", b"\r\n\r\nDear me! ", 1)
            if renamed:
                edited = edited.replace(name.encode(), b"<edited@client.example>")
            other = box.other()
            other.expunge(server.path(Role.DRAFTS), name)
            other.append(server.path(Role.DRAFTS), edited, flags="(\\Draft \\Seen)")
            other.close()
            for hours in (4, 5, 24 * 20):
                box.scan(later(hours=hours))
                assert edited in box.drafts().values(), (step, renamed, hours)
            assert len(ours(box)) == 1, (step, renamed)


# --- the line, the disk, the server, the record ---


def through(box: Box, port: int) -> str:
    """The config as it is for a scan through a relay; what it was."""
    was = box.config.read_text()
    assert box.server is not None
    box.config.write_text(was.replace(f"port = {box.server.imaps_port}", f"port = {port}"))
    return was


def cut(box: Box, now: str, after: int | None) -> list[int]:
    """A scan whose line is cut when the server has sent that many bytes; where each piece of what it sent began."""
    assert box.server is not None
    with relay(box.server.host, box.server.imaps_port) as line:
        line.after = after
        was = through(box, line.port)
        status = main(["--config", str(box.config), "scan", "--now", now])
        assert status in {0, 3}
        box.config.write_text(was)
        return list(line.pieces)


def test_wherever_the_line_is_cut_the_next_scan_makes_the_one_draft(fresh: Box, whole: Box, tmp_path: Path) -> None:
    pieces = cut(copy(fresh, tmp_path), NOW, None)
    for after in some(pieces[-40:], 6):
        box = copy(fresh, tmp_path)
        cut(box, NOW, after)
        assert len(ours(box)) <= 1
        box.scan(later(hours=1))
        assert ours(box).keys() == ours(whole).keys(), after
        assert box.states() == whole.states(), after


def test_wherever_the_line_is_cut_a_withdrawal_is_ended_by_the_next_scan(answered: Box, tmp_path: Path) -> None:
    pieces = cut(copy(answered, tmp_path), later(hours=4), None)
    for after in some(pieces[-30:], 6):
        box = copy(answered, tmp_path)
        cut(box, later(hours=4), after)
        box.scan(later(hours=5))
        assert ours(box) == {}, after
        assert list(box.states().values()) == ["withdrawn"], after


def test_a_server_without_room_gets_the_draft_once_there_is_room(
    fresh: Box, whole: Box, server: Dovecot, tmp_path: Path
) -> None:
    box = copy(fresh, tmp_path)
    drafts = server.path(Role.DRAFTS)
    with server.full(box.user, drafts):
        if os.geteuid() != 0 or server.process.poll() is None:
            box.scan(NOW)
        assert ours(box) == {}
    box.scan(later(hours=1))
    assert ours(box).keys() == ours(whole).keys()
    assert box.states() == whole.states()


def scan_with_room(box: Box, now: str, room: int) -> int:
    """A scan in a process of its own that cannot make any file longer than `room` bytes; its exit status."""
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        os._exit(main(["--config", str(box.config), "scan", "--now", now]))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_disk_that_is_full_leads_to_no_second_draft_and_loses_none(fresh: Box, whole: Box, tmp_path: Path) -> None:
    failed = 0
    for room in (*some(range(40_000, 400_000, 24_000), 3), 1_000_000):
        box = copy(fresh, tmp_path)
        status = scan_with_room(box, NOW, room)
        failed += status != 0
        assert status in {0, 1}
        assert len(ours(box)) <= 1
        box.scan(later(hours=1))
        assert ours(box).keys() == ours(whole).keys(), room
        assert box.states() == whole.states(), room
    assert failed >= 2


def test_an_older_record_knows_its_drafts_again_by_day_and_by_night(whole: Box, fresh: Box, tmp_path: Path) -> None:
    older = copy(fresh, tmp_path)
    older.scan(later(days=-8))
    for hours in (1, 14, 24 * 4):  # by day, at night, on a Sunday
        box = copy(whole, tmp_path)
        box.remember(older)
        box.scan(later(hours=hours))
        assert ours(box) == ours(whole)
        assert box.states() == whole.states()


@removing
def test_an_older_record_takes_the_draft_back_though_they_answered_meanwhile(
    answered: Box, fresh: Box, tmp_path: Path
) -> None:
    older = copy(fresh, tmp_path)
    older.scan(later(days=-8))
    box = copy(answered, tmp_path)
    box.remember(older)
    box.scan(later(hours=4))
    assert ours(box) == {}
    assert list(box.states().values()) == ["withdrawn"]


@pytest.mark.parametrize("lost", ["older", "deleted"])
def test_a_draft_deleted_for_good_is_not_written_again_though_its_record_is_lost(
    whole: Box, fresh: Box, tmp_path: Path, lost: str
) -> None:
    box, older = copy(whole, tmp_path), copy(fresh, tmp_path)
    older.scan(later(days=-8))
    other = box.other()
    assert box.server is not None
    other.expunge(box.server.path(Role.DRAFTS), next(iter(ours(box))))
    other.close()
    box.scan(later(hours=1))
    if lost == "older":
        box.remember(older)
    else:
        box.forget()
    for hours in (2, 26):
        box.scan(later(hours=hours))
        assert ours(box) == {}
    assert box.states() == dict.fromkeys(ours(whole), "discarded")


# --- clients that write anew at each edit ---


def resaved(box: Box, name: str, data: bytes) -> None:
    """The user's mail program saves a draft: the old copy goes, the new one has another UID."""
    assert box.server is not None
    other = box.other()
    other.expunge(box.server.path(Role.DRAFTS), name)
    other.append(box.server.path(Role.DRAFTS), data, flags="(\\Draft \\Seen)")
    other.close()


@removing
def test_a_draft_that_was_opened_and_saved_unchanged_is_still_taken_back_and_it_alone(
    whole: Box, tmp_path: Path
) -> None:
    box = copy(whole, tmp_path)
    ((name, draft),) = ours(box).items()
    for number in range(3):  # autosave
        fresh_name = f"<autosave{number}@client.example>"
        draft = draft.replace(name.encode(), fresh_name.encode())
        resaved(box, name, draft)
        name = fresh_name
        box.scan(later(hours=number + 1))
        assert list(box.states().values()) == ["pending"]
    box.answered(draft, later(hours=5))
    before = box.rest(Role.TRASH)
    box.scan(later(hours=6))
    assert ours(box) == {}
    assert list(box.states().values()) == ["withdrawn"]
    assert box.rest(Role.TRASH) == before


def test_a_draft_edited_again_and_again_stays_the_users_until_it_is_sent(
    whole: Box, server: Dovecot, tmp_path: Path
) -> None:
    box = copy(whole, tmp_path)
    ((name, draft),) = ours(box).items()
    for number in range(3):
        fresh_name = f"<edit{number}@client.example>"
        draft = draft.replace(name.encode(), fresh_name.encode()).replace(b"\r\n\r\n", b"\r\n\r\nOne word more. ", 1)
        resaved(box, name, draft)
        name = fresh_name
        box.scan(later(hours=number + 1))
        assert list(box.states().values()) == ["edited"]
        assert list(ours(box).values()) == [draft]
    other = box.other()
    other.expunge(server.path(Role.DRAFTS), name)
    other.append(server.path(Role.SENT), draft.replace(name.encode(), b"<sent@client.example>"), datetime.fromisoformat(later(hours=4)))  # fmt: skip
    other.close()
    box.scan(later(hours=5))
    assert list(box.states().values()) == ["sent"]


@removing
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("mute", "quill"), "muted"),
        (("close", "quill"), "over"),
        (("hired", "quill"), "work"),
        (("heard", "quill"), "heard"),
    ],
)
def test_the_users_word_takes_back_that_draft_alone_at_once(
    whole: Box, tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    box = copy(whole, tmp_path)
    before = box.rest(Role.TRASH)
    name = next(iter(box.states()))
    with_id = (words[0], opportunity_of(box))
    assert main(["--config", str(box.config), *with_id, "--now", later(hours=1)]) == 0
    assert ours(box) == {}
    assert box.states() == {name: "withdrawn"}
    assert box.rest(Role.TRASH) == before
    assert main(["--config", str(box.config), "undo", "--now", later(hours=2)]) == 0
    assert ours(box).keys() == {name}
    assert box.states() == {name: "pending"}
    assert box.rest(Role.TRASH) == before
    box.scan(later(hours=3))
    assert ours(box).keys() == {name}


@removing
def test_wherever_the_return_of_a_letter_is_killed_the_next_scan_makes_the_one_draft(
    whole: Box, tmp_path: Path
) -> None:
    box = copy(whole, tmp_path)
    name = next(iter(box.states()))
    assert main(["--config", str(box.config), "mute", opportunity_of(box), "--now", later(hours=1)]) == 0
    with Store.open(box.folder / "state.db") as store:  # as `undo` leaves it before it looks at the mailbox
        store.undo_word(store.words()[-1].number, datetime.fromisoformat(later(hours=2)))
        store.advance(name, PlacementState.INTENDED, now=datetime.fromisoformat(later(hours=2)))
    for step, broken in some(killed(box, later(hours=2)), 4):
        assert len(ours(broken)) <= 1, step
        broken.scan(later(hours=3))
        assert ours(broken).keys() == {name}, step
        assert broken.states() == {name: "pending"}, step


def opportunity_of(box: Box) -> str:

    with Store.open_for_reading(box.folder / "state.db") as store:
        return store.placements()[0].opportunity


@removing
def test_a_letter_whose_time_has_passed_is_taken_back_and_not_written_again(whole: Box, tmp_path: Path) -> None:
    box = copy(whole, tmp_path)
    box.scan(later(days=13))
    assert ours(box).keys() == ours(whole).keys()
    box.scan(later(days=14))  # ten working days
    assert ours(box) == {}
    box.scan(later(days=20))
    assert ours(box) == {}
    assert list(box.states().values()) == ["withdrawn"]
