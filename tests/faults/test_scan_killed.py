"""A scan that is killed at any step leaves at most one draft, and the next scan brings everything to its end."""

from __future__ import annotations

import email
import email.policy
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.passes import lying, two_accounts
from tests.support.scenarios import lay_out
from watcher.cli import main
from watcher.store import Store
from watcher.store.lock import Lock

# Lists the steps of a scan on a copy of a folder; then, for each of them, copies the folder anew and runs the scan in a
# process that dies just before that step is taken ("before") or when it has been and nobody knows yet ("after").
CHILD = """if True:
    import json, os, shutil, sys
    from pathlib import Path
    from watcher.cli import main
    from watcher.mailbox.maildir import MaildirMailbox
    from watcher.store import Store
    template, root, now = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

    def step(owner, name, taken, deadly):
        inner = getattr(owner, name)
        def call(*arguments, **named):
            for when in ("before", "after"):
                if when == "after":
                    answer = inner(*arguments, **named)
                taken.append(f"{when} {name}")
                if len(taken) == deadly:
                    (root / "steps").open("a").write(taken[-1] + "\\n")
                    os._exit(9)
            return answer
        setattr(owner, name, call)

    def copy(number):
        folder = root / str(number)
        shutil.copytree(template, folder)
        config = folder / "config.toml"
        config.write_text(config.read_text().replace(str(template), str(folder)))
        return ["--config", str(config), "scan", "--now", now]

    def scan(number):
        words, taken = copy(number), []
        for name in ("intend", "advance", "note_scan", "put_views"):
            step(Store, name, taken, number)
        for name in ("drafts", "find", "place", "withdraw"):
            step(MaildirMailbox, name, taken, number)
        os._exit(main(words))

    main(copy(0))  # so that every library is loaded before the first fork
    number = 1
    while True:
        pid = os.fork()
        if not pid:
            scan(number)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 9:
            break
        number += 1
"""
HOUSE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """A folder with a Maildir, a config and what watcher remembers."""

    folder: Path

    def scan(self, now: str) -> None:
        assert main(["--config", str(self.folder / "config.toml"), "scan", "--now", now]) == 0

    def drafts(self) -> dict[str, bytes]:
        """What lies in Drafts, by Message-ID."""
        files = [path.read_bytes() for path in (self.folder / "mail" / ".Drafts").rglob("*") if path.is_file()]
        assert len({lying(data) for data in files}) == len(files)
        return {lying(data): data for data in files}

    def draft_file(self) -> Path:
        (file,) = (path for path in (self.folder / "mail" / ".Drafts").rglob("*") if path.is_file())
        return file

    def other_mail(self) -> dict[str, bytes]:
        root = self.folder / "mail"
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and ".Drafts" not in path.parts
        }

    def states(self) -> dict[str, str]:
        with Store.open_for_reading(self.folder / "state.db") as store:
            return {placement.message_id: placement.state.value for placement in store.placements()}

    def forget(self) -> None:
        for file in self.folder.glob("state.db*"):
            file.unlink()

    def answered(self, draft: bytes, at: str) -> None:
        """The person whom the draft is to writes by themselves."""
        parsed = email.message_from_bytes(draft, policy=email.policy.default)
        reply, when = EmailMessage(policy=email.policy.SMTP), datetime.fromisoformat(at)
        reply["From"], reply["To"], reply["Subject"] = (str(parsed[name]) for name in ("To", "From", "Subject"))
        reply["Date"], reply["Message-ID"] = format_datetime(when), "<an-answer@hiring.example>"
        reply["In-Reply-To"] = reply["References"] = str(parsed["In-Reply-To"])
        reply.set_content("Hello,\n\nWe are still talking to others and will be in touch by the end of next week.\n")
        file = self.folder / "mail" / "new" / f"{int(when.timestamp())}.M1P1.answer"
        file.write_bytes(reply.as_bytes())
        os.utime(file, (when.timestamp(), when.timestamp()))

    def copied(self, to: Path) -> Place:
        shutil.copytree(self.folder, to)
        config = to / "config.toml"
        config.write_text(config.read_text().replace(str(self.folder), str(to)))
        return Place(to)


def kill(template: Place, root: Path, now: str) -> list[tuple[str, Place]]:
    """The scan, killed at each step: the step, and what is left."""
    root.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(template.folder), str(root), now],
        check=False, capture_output=True, text=True, cwd=HOUSE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps = (root / "steps").read_text().splitlines()
    return [(step, Place(root / str(number))) for number, step in enumerate(steps, start=1)]


TOLD: dict[str, Any] = two_accounts()
TOLD["messages"] = TOLD["messages"][:1]
NOW: str = TOLD["now"]


def later(**much: float) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**much)).isoformat()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A mailbox that was never scanned."""
    folder = tmp_path_factory.mktemp("killed") / "fresh"
    lay_out(TOLD, folder)
    return Place(folder)


@pytest.fixture(scope="module")
def whole(fresh: Place) -> Place:
    """What a scan makes of it that nobody disturbs: one draft."""
    place = fresh.copied(fresh.folder.with_name("whole"))
    place.scan(NOW)
    assert list(place.states().values()) == ["pending"]
    return place


@pytest.fixture(scope="module")
def killed(fresh: Place) -> list[tuple[str, Place]]:
    found = kill(fresh, fresh.folder.with_name("by step"), NOW)
    wanted = {f"{when} {verb}" for when in ("before", "after") for verb in ("intend", "place", "drafts", "advance")}
    assert wanted <= {step for step, _ in found}
    return found


def keep(place: Place) -> None:
    pass


@pytest.mark.parametrize("between", [keep, Place.forget])
def test_wherever_a_scan_is_killed_the_next_makes_the_one_draft(
    whole: Place, killed: list[tuple[str, Place]], tmp_path: Path, between: Callable[[Place], None]
) -> None:
    for number, (step, left) in enumerate(killed):
        place = left.copied(tmp_path / str(number))
        assert len(place.drafts()) <= 1, step
        between(place)
        for now in (NOW, later(hours=1)):
            place.scan(now)
            assert place.drafts().keys() == whole.drafts().keys(), step
            assert place.states() == whole.states(), step
        assert place.other_mail() == whole.other_mail()


def test_a_draft_that_the_user_edits_before_it_was_read_back_is_theirs(
    whole: Place, killed: list[tuple[str, Place]], tmp_path: Path
) -> None:
    steps = [number for number, (step, _) in enumerate(killed) if step == "after place"]
    assert steps
    for number in (*steps, steps[0] + 1, steps[0] + 2):
        for forgets in (False, True):
            place = killed[number][1].copied(tmp_path / f"{number}{forgets}")
            (draft,) = place.drafts().values()
            edited = draft.replace(b"\r\n\r\n", b"\r\n\r\nDear me! ", 1)
            place.draft_file().write_bytes(edited)
            if forgets:
                place.forget()
            place.scan(NOW)
            assert list(place.states().values()) == ["edited"]
            place.answered(draft, later(hours=3))
            place.scan(later(hours=4))
            assert list(place.drafts().values()) == [edited]


def test_wherever_a_withdrawal_is_killed_the_next_scan_ends_it(whole: Place, tmp_path: Path) -> None:
    place = whole.copied(tmp_path / "answered")
    (draft,) = place.drafts().values()
    place.answered(draft, later(hours=3))
    found = kill(place, tmp_path / "by step", later(hours=4))
    assert {"before withdraw", "after withdraw", "before advance", "after advance"} <= {step for step, _ in found}
    for step, left in found:
        left.scan(later(hours=4))
        left.scan(later(hours=5))
        assert not left.drafts(), step
        (state,) = left.states().values()
        assert state in ("withdrawn", "discarded"), step
        assert left.other_mail() == place.other_mail(), step


def test_an_older_database_knows_the_draft_again(fresh: Place, whole: Place, tmp_path: Path) -> None:
    place = fresh.copied(tmp_path / "place")
    place.scan(later(days=-8))
    older = place.copied(tmp_path / "older")
    place.scan(NOW)
    assert place.drafts().keys() == whole.drafts().keys()
    place.forget()
    for file in older.folder.glob("state.db*"):
        shutil.copy2(file, place.folder)
    before = place.drafts()
    place.scan(later(hours=1))
    assert place.drafts() == before
    assert place.states()[next(iter(whole.drafts()))] == "pending"
    place.answered(next(iter(before.values())), later(hours=3))
    place.scan(later(hours=4))
    assert not place.drafts()


def test_drafts_that_was_emptied_stays_empty(whole: Place, tmp_path: Path) -> None:
    place = whole.copied(tmp_path / "place")
    place.draft_file().unlink()
    for now in (later(hours=1), later(hours=2)):
        place.scan(now)
        assert not place.drafts()
    assert list(place.states().values()) == ["discarded"]


def test_a_draft_in_trash_is_not_made_again_by_a_scan_that_has_lost_its_record(whole: Place, tmp_path: Path) -> None:
    place = whole.copied(tmp_path / "place")
    file = place.draft_file()
    file.rename(place.folder / "mail" / ".Trash" / "cur" / file.name)
    place.forget()
    place.scan(later(hours=1))
    assert not place.drafts()
    assert list(place.states().values()) == ["discarded"]


def test_a_scan_beside_another_is_refused_and_touches_nothing(
    whole: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = whole.copied(tmp_path / "place")
    before = {path: path.stat().st_mtime_ns for path in place.folder.rglob("*") if "lock" not in path.name}
    with Lock(place.folder / "state.lock", "run"):
        assert main(["--config", str(place.folder / "config.toml"), "scan", "--now", NOW]) == 1
        assert "watcher run is at work" in capsys.readouterr().err
        assert {path: path.stat().st_mtime_ns for path in before} == before
        assert main(["--config", str(place.folder / "config.toml"), "scan", "--dry-run", "--now", NOW]) == 0
