from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from watcher.errors import StoreLocked, StoreUnwritable
from watcher.store.lock import Holder, Lock, holder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pass.lock"


def test_a_second_taker_is_refused_and_told_who_holds_it(path: Path) -> None:
    with Lock(path, "run"), pytest.raises(StoreLocked) as caught:
        Lock(path, "scan").take()
    assert "run" in caught.value.message
    assert str(os.getpid()) in caught.value.message
    assert caught.value.remedy


def test_it_can_be_taken_again_once_let_go(path: Path) -> None:
    first, second = Lock(path, "scan"), Lock(path, "scan")
    first.take()
    first.take()
    first.release()
    first.release()
    second.take()
    second.release()


def test_the_file_is_for_the_user_alone(path: Path) -> None:
    with Lock(path, "run"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_asking_for_the_holder_makes_no_file(path: Path) -> None:
    assert holder(path) is None
    assert not path.parent.exists()


def test_the_holder_is_named_while_it_holds(path: Path) -> None:
    with Lock(path, "run"):
        assert holder(path) == Holder(os.getpid(), "run")
    assert holder(path) is None


def test_who_waits_gets_it_when_it_is_let_go(path: Path) -> None:
    first, second = Lock(path, "run"), Lock(path, "scan")
    first.take()
    waiting = threading.Thread(target=lambda: second.take(wait=True))
    waiting.start()
    first.release()
    waiting.join(10)
    assert not waiting.is_alive()
    assert holder(path) == Holder(os.getpid(), "scan")
    second.release()


def test_a_killed_holder_holds_nothing(path: Path) -> None:
    script = """if True:
        import sys
        from pathlib import Path
        from watcher.store.lock import Lock
        Lock(Path(sys.argv[1]), "run").take()
        print("held", flush=True)
        sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdin
    assert process.stdout.readline() == "held\n"
    assert holder(path) == Holder(process.pid, "run")
    with pytest.raises(StoreLocked):
        Lock(path, "scan").take()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert holder(path) is None
    Lock(path, "scan").take()


def test_a_child_does_not_inherit_it(path: Path) -> None:
    lock = Lock(path, "run")
    lock.take()
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    lock.release()
    assert holder(path) is None
    assert child.stdin
    child.stdin.close()
    child.wait()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(StoreUnwritable):
        Lock(tmp_path / "state" / "pass.lock", "run").take()
