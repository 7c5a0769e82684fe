from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.makings import NOON, batch, message, pairs
from watcher.errors import StoreDamaged, StoreLocked, StoreTooNew, StoreUnwritable
from watcher.opportunity.model import Word
from watcher.store import Store
from watcher.store.sqlite import Database, _bring_up, _version

HOUSE = Path(__file__).parents[3]
NOTE = Word("note", "their tea", NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "watcher.db"


def files(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything that a look at the folder can tell, but for when it was read."""
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.stat().st_mode, file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    } | {".": (folder.stat().st_mtime_ns, folder.stat().st_mode, b"")}


def begin_writer(path: Path) -> subprocess.Popen[str]:
    """Another process that has stored a word and still has the database open."""
    script = """if True:
        import sys
        from pathlib import Path
        from tests.unit.store.test_store_opening import NOTE
        from watcher.store import Store
        store = Store.open(Path(sys.argv[1]))
        store.add_word(NOTE)
        print("stored", flush=True)
        sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOUSE
    )
    assert process.stdout
    assert process.stdout.readline() == "stored\n"
    assert path.with_name(path.name + "-wal").stat().st_size
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


# --- making ---


def test_file_and_folder_are_for_the_user_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        with Store.open(path) as store:
            store.add_word(NOTE)
            assert path.parent.stat().st_mode & 0o777 == 0o700
            assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    finally:
        os.umask(before)


def test_a_file_that_others_may_read_is_closed_to_them(path: Path) -> None:
    Store.open(path).close()
    path.chmod(0o644)
    Store.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_stored_is_there_after_reopening(path: Path) -> None:
    with Store.open(path) as store:
        store.add_word(NOTE)
    with Store.open(path) as store:
        assert store.words() == (NOTE,)


def test_a_path_with_odd_characters_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "é #1?%20" / "watcher.db"
    Store.open(path).close()
    assert path.exists()
    with Store.open_for_reading(path) as store:
        assert store.words() == ()


def test_it_writes_ahead_and_keeps_references_whole() -> None:
    database = Database.fresh()
    assert database.row("PRAGMA foreign_keys") == (1,)
    with pytest.raises(StoreDamaged):
        database.run("INSERT INTO bodies (message, record) VALUES (7, '')")


def test_the_file_is_in_wal_mode(path: Path) -> None:
    database = Database.open(path)
    assert database.row("PRAGMA journal_mode") == ("wal",)
    assert database.row("PRAGMA synchronous") == (1,)
    database.close()


def test_two_processes_may_make_it_at_once(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from watcher.store import Store; Store.open(Path(sys.argv[1])).close()"
    )
    both = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    Store.open(path).close()


# --- refusing ---


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    for way in (Store.open, Store.open_for_reading, Store.open_copy):
        with pytest.raises(StoreTooNew) as caught:
            way(path)
        assert caught.value.remedy
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database at all" * 99, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for way in (Store.open, Store.open_for_reading, Store.open_copy):
        with pytest.raises(StoreDamaged) as caught:
            way(path)
        assert caught.value.remedy
        assert caught.value.__cause__ is not None
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="not one of watcher"):
        Store.open(path)
    assert path.read_bytes() == before


def test_damage_inside_is_found_by_a_check(path: Path) -> None:
    with Store.open(path) as store:
        some = batch(*(f"m{n}" for n in range(300)))
        store.apply_batch("home", some, pairs(some))
        store.check()
    content = bytearray(path.read_bytes())
    for start in range(4096 * 20, 4096 * 30):
        content[start] = 0xFF
    path.write_bytes(content)
    with Store.open(path) as store, pytest.raises(StoreDamaged):
        store.check()


def test_a_writer_that_does_not_let_go_is_told_as_locked(path: Path) -> None:
    first, second = Store(Database.open(path)), Store(Database.open(path, patience=0))
    with first.transaction():
        first.add_word(NOTE)
        with pytest.raises(StoreLocked) as caught:
            second.add_word(NOTE)
        assert caught.value.remedy
    second.add_word(NOTE)
    assert len(first.words()) == 2
    first.close()
    second.close()


def test_a_full_disk_is_told_and_nothing_half_done_stays(path: Path) -> None:
    store = Store.open(path)
    pages = store._db.row("PRAGMA page_count")
    assert pages
    store._db.run(f"PRAGMA max_page_count = {pages[0] + 4}")
    some = batch(*(f"m{n}" for n in range(300)))
    with pytest.raises(StoreUnwritable) as caught:
        store.apply_batch("home", some, pairs(some))
    assert "space" in caught.value.remedy
    assert list(store.messages()) == []
    assert store.cursors("home") == {}
    store.add_word(NOTE)
    store.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(StoreUnwritable):
        Store.open(tmp_path / "state" / "watcher.db")


def test_a_closed_store_says_so_and_may_be_closed_again(path: Path) -> None:
    store = Store.open(path)
    store.close()
    store.close()
    with pytest.raises(StoreLocked, match="closed"):
        store.words()


# --- reading beside a writer, and dry runs ---


@pytest.fixture(params=["closed", "killed", "open"])
def at_work(request: pytest.FixtureRequest, path: Path) -> Iterator[Path]:
    """A database that holds one word, in each of the states in which a reader may find it."""
    if request.param == "closed":
        with Store.open(path) as store:
            store.add_word(NOTE)
        yield path
        return
    writer = begin_writer(path)
    if request.param == "killed":
        end(writer)
    yield path
    end(writer)


def test_a_copy_changes_no_file(at_work: Path) -> None:
    before = files(at_work.parent)
    with Store.open_copy(at_work) as copy:
        assert copy.words() == (NOTE,)
        some = batch("m1")
        copy.apply_batch("home", some, pairs(some))
        copy.put_bodies([message("m1")])
        copy.add_word(NOTE)
        assert len(copy.words()) == 2
    assert files(at_work.parent) == before


def test_a_reader_changes_no_file_and_cannot_write(at_work: Path) -> None:
    before = files(at_work.parent)
    with Store.open_for_reading(at_work) as reader:
        assert reader.words() == (NOTE,)
        with pytest.raises(StoreUnwritable):
            reader.add_word(NOTE)
        with reader.copy_in_memory() as copy:
            assert copy.words() == (NOTE,)
    assert files(at_work.parent) == before


def test_a_killed_writers_word_is_there_for_the_next_writer(path: Path) -> None:
    end(begin_writer(path))
    with Store.open(path) as store:
        assert store.words() == (NOTE,)


def test_a_reader_sees_what_the_writer_stores_meanwhile(path: Path) -> None:
    with Store.open(path) as writer:
        writer.add_word(NOTE)
        with Store.open_for_reading(path) as reader:
            assert len(reader.words()) == 1
            writer.add_word(NOTE)
            assert len(reader.words()) == 2


def test_where_there_is_no_file_none_is_made(path: Path) -> None:
    for way in (Store.open_copy, Store.open_for_reading):
        with way(path) as store:
            assert store.words() == ()
            assert store.views() is None
    assert not path.parent.exists()


def test_a_file_that_was_only_just_begun_is_read_as_empty(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    for way in (Store.open_copy, Store.open_for_reading):
        with way(path) as store:
            assert store.words() == ()
    assert path.stat().st_size == 0


def test_a_copy_of_an_open_store_goes_its_own_way(path: Path) -> None:
    with Store.open(path) as store:
        store.add_word(NOTE)
        with store.copy_in_memory() as copy:
            copy.add_word(NOTE)
            assert len(copy.words()) == 2
        assert len(store.words()) == 1


# --- transactions and threads ---


def add_and_fail(store: Store) -> None:
    with store.transaction():
        store.add_word(NOTE)
        raise RuntimeError


def test_a_transaction_that_fails_leaves_nothing() -> None:
    store = Store.in_memory()
    with pytest.raises(RuntimeError):
        add_and_fail(store)
    assert store.words() == ()
    store.add_word(NOTE)


def test_a_transaction_inside_another_may_fail_alone() -> None:
    store = Store.in_memory()
    with store.transaction():
        store.add_word(NOTE)
        with pytest.raises(RuntimeError):
            add_and_fail(store)
    assert store.words() == (NOTE,)


def test_threads_share_a_store(path: Path) -> None:
    store = Store.open(path)

    def write(account: str) -> None:
        for number in range(20):
            some = batch(f"{account}{number}", cursor=str(number))
            store.apply_batch(account, some, pairs(some))

    threads = [threading.Thread(target=write, args=(account,)) for account in ("home", "work", "old")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.messages())) == 60
    assert {store.cursors(account)["INBOX"].state for account in ("home", "work", "old")} == {"19"}
    store.close()


# --- migrations ---


def steps(folder: Path, **texts: str) -> Path:
    """A folder with a schema and steps like the store's own."""
    (folder / "migrations").mkdir()
    (folder / "schema.sql").write_text("CREATE TABLE words (record TEXT);\n")
    for number, text in texts.items():
        (folder / "migrations" / f"{number.removeprefix('_')}.sql").write_text(text)
    return folder


def test_migrations_are_taken_one_by_one(tmp_path: Path) -> None:
    here = steps(
        tmp_path,
        _0002="-- a step; with a semicolon\nALTER TABLE words ADD COLUMN mood TEXT;\n",
        _0003="UPDATE words SET mood = 'warm';\n",
    )
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _bring_up(connection, 1, here)
    connection.execute("INSERT INTO words (record) VALUES ('a')")
    _bring_up(connection, 3, here)
    assert connection.execute("SELECT record, mood FROM words").fetchall() == [("a", "warm")]
    assert _version(connection) == 3
    connection.close()


def test_a_migration_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    here = steps(tmp_path, _0002="INSERT INTO words VALUES ('b');\nINSERT INTO nowhere VALUES (1);\n")
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _bring_up(connection, 1, here)
    with pytest.raises(sqlite3.OperationalError):
        _bring_up(connection, 2, here)
    assert _version(connection) == 1
    assert connection.execute("SELECT count(*) FROM words").fetchone() == (0,)
    connection.close()


# --- start-up ---


def test_opening_and_reading_views_loads_nothing_heavy(path: Path) -> None:
    with Store.open(path) as store:
        store.put_views({"digest": "x"}, {"acme": {"stage": "applied"}}.items())
        store.note_scan("home", NOON, None)
    script = """if True:
        import sys
        from pathlib import Path
        from watcher.store import Store
        with Store.open_for_reading(Path(sys.argv[1])) as store:
            assert store.views().documents and store.scans()
        heavy = {"msgspec", "email", "watcher.message.model", "watcher.reading.model"}
        sys.exit(str(sorted(heavy & set(sys.modules)) if heavy & set(sys.modules) else ""))
    """
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False, capture_output=True, text=True)
    assert done.stderr.strip() == ""
