"""A process that is killed while it stores leaves facts and cursor in agreement, wherever it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.store.makings import NOON, batch, message, pairs, placement
from watcher.draft.model import PlacementState
from watcher.opportunity.model import Word
from watcher.store import Store

# Runs one call on a store and kills itself with SIGKILL just before the Nth statement of it, or does not, where it has
# fewer; then it says so.
CHILD = """if True:
    import os, sys
    from pathlib import Path
    from tests.faults import test_store_crash as deeds
    from watcher.store import Store
    path, deed, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    store = Store.open(path)
    left = [last]
    def count(statement):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), 9)
    store._db._connection.set_trace_callback(count)
    getattr(deeds, deed)(store)
    store._db._connection.set_trace_callback(None)
    print("done", flush=True)
    os.kill(os.getpid(), 9)
"""

HOUSE = Path(__file__).parents[2]


def die(path: Path, deed: str, statement: int) -> bool:
    """Do `deed` to the store and be killed at that statement; whether the deed was done before the end."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), deed, str(statement)],
        check=False, capture_output=True, text=True, cwd=HOUSE,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    return done.stdout == "done\n"


def statements(path: Path, deed: str) -> int:
    """How many statements the deed takes on a copy of the store at `path`."""
    counted: list[str] = []
    with Store.open_copy(path) as store:
        store._db._connection.set_trace_callback(counted.append)
        globals()[deed](store)
    return len(counted)


# --- deeds ---

FIRST, SECOND = batch("m1", "m2", "m3", cursor="first"), batch("m3", "m4", "m5", cursor="second", vanished=("m1",))


def sweep_again(store: Store) -> None:
    store.apply_batch("home", SECOND, pairs(SECOND))


def sweep_after_reset(store: Store) -> None:
    anew = batch("m1", "m2", cursor="second", reset=True)
    store.apply_batch("home", anew, pairs(anew))


def intend(store: Store) -> None:
    store.intend(placement())


def advance(store: Store) -> None:
    store.advance("<d1@example.net>", PlacementState.PLACED, now=NOON, fingerprint="abc")


def fetch(store: Store) -> None:
    store.put_bodies([message("m1"), message("m2")])


def tidy(store: Store) -> None:
    store.prune(NOON, {("home", "<m1@acme.example>")})


# --- what must hold afterwards ---


def crashes(path: Path, deed: str) -> list[tuple[int, bool]]:
    """Each place at which the deed can be cut short, up to the end"""
    total = statements(path, deed)
    assert total >= 4
    step = max(1, total // 6)
    return [(place, place >= total) for place in [*range(0, total, step), total - 1, total]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "watcher.db"
    with Store.open(path) as store:
        store.apply_batch("home", FIRST, pairs(FIRST))
    return path


def restore(path: Path, content: bytes) -> None:
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    path.write_bytes(content)


def facts(store: Store) -> tuple[str, dict[str, int]]:
    copies = {swept.header.message_id[1:3]: len(swept.copies) for swept in store.headers()}
    return store.cursors("home")["INBOX"].state, copies


@pytest.mark.parametrize("deed", ["sweep_again", "sweep_after_reset"])
def test_cursor_and_facts_agree_wherever_a_sweep_is_killed(path: Path, deed: str) -> None:
    before = path.read_bytes()
    with Store.open_copy(path) as store:
        old = facts(store)
        globals()[deed](store)
        new = facts(store)
    assert old != new
    seen = set()
    for place, whole in crashes(path, deed):
        restore(path, before)
        assert die(path, deed, place) is whole
        with Store.open(path) as store:
            store.check()
            found = facts(store)
            assert found in (old, new)
            assert found == new or not whole
            globals()[deed](store)
            assert facts(store) == new
        seen.add(found[0])
    assert seen == {"first", "second"}


def test_an_intention_is_on_record_whole_or_not_at_all(path: Path) -> None:
    before = path.read_bytes()
    for place, whole in crashes(path, "intend"):
        restore(path, before)
        assert die(path, "intend", place) is whole
        with Store.open(path) as store:
            assert store.placements() in ((), (placement(),))
            assert len(store.history("<d1@example.net>")) == len(store.placements())
            assert store.placements() or not whole
            assert store.intend(placement())
            assert len(store.history("<d1@example.net>")) == 1


def test_a_step_of_a_draft_and_its_history_are_one(path: Path) -> None:
    with Store.open(path) as store:
        store.intend(placement())
    before = path.read_bytes()
    for place, whole in crashes(path, "advance"):
        restore(path, before)
        assert die(path, "advance", place) is whole
        with Store.open(path) as store:
            (found,) = store.placements()
            assert store.history(found.message_id)[-1].state is found.state
            assert (found.fingerprint == "abc") is (found.state is PlacementState.PLACED)
            assert found.state is PlacementState.PLACED or not whole


def test_texts_and_what_is_said_of_them_agree_wherever_it_is_killed(path: Path) -> None:
    for deed in ("fetch", "tidy"):
        with Store.open(path) as store:
            if deed == "tidy":
                fetch(store)
        before = path.read_bytes()
        for place, whole in crashes(path, deed):
            restore(path, before)
            assert die(path, deed, place) is whole
            with Store.open(path) as store:
                store.check()
                assert all(found.body is not None for found in store.messages(only_fetched=True))
                fetched = {found.id for found in store.messages(only_fetched=True)}
                assert {found.id for found in store.messages() if found.body is not None} == fetched
        restore(path, before)


def test_the_users_words_survive_a_killed_writer(path: Path) -> None:
    with Store.open(path) as store:
        store.add_word(Word("note", "tea", NOON))
    die(path, "sweep_again", 3)
    with Store.open(path) as store:
        assert store.words() == (Word("note", "tea", NOON),)
