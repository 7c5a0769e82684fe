"""A live `systemd --user` of our own, in namespaces of its own, so that the machine itself never looks booted by systemd.

It takes root and a cgroup2 in the kernel. Where that cannot be had, the tests that run the daemon under a notify socket
of theirs (test_daemon.py) stand in for all but the restarts.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.servers import program

STAND_IN = "no live user manager here ({}): test_daemon.py stands in with a notify socket"
SYSTEMD = Path("/lib/systemd/systemd")

# Joins the cgroup first, so that the cgroup namespace has it for its root.
OUTER = (
    'echo $$ > "$1/cgroup.procs"; '
    'exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc bash "$2/inner.sh"'
)
INNER = """
set -eu
mount --make-rprivate /
for place in /run/systemd /run/user /run/log; do mkdir -p $place; mount -t tmpfs -o mode=755 ours $place; done
mkdir -p /run/systemd/system /run/systemd/journald.conf.d /run/systemd/unit-root /run/systemd/propagate
mkdir -p /run/user/{uid}; mount --bind {folder}/run /run/user/{uid}
mount --bind {folder}/console /dev/console
printf '[Journal]\\nStorage=volatile\\nReadKMsg=no\\nAudit=no\\nRateLimitBurst=0\\n' > /run/systemd/journald.conf.d/ours.conf
own=/sys/fs/cgroup/user.slice/user-{uid}.slice/user@{uid}.service
umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/init $own
echo $$ > /sys/fs/cgroup/init/cgroup.procs
/lib/systemd/systemd-journald &
for _ in $(seq 100); do [ -S /run/systemd/journal/stdout ] && break; sleep 0.05; done
own=$own sh -c 'echo $$ > $own/cgroup.procs; exec /lib/systemd/systemd --user --log-target=journal' &
manager=$!
trap 'kill -RTMIN+24 $manager; wait $manager; exit 0' TERM
set +e
while kill -0 $manager 2>/dev/null; do wait $manager; done
"""


@dataclass
class Manager:
    """A running user manager; `folder` holds its HOME (`home`)."""

    folder: Path
    init: int
    environ: dict[str, str]

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program inside, as a session of the user would."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.init), "-m", "-p", "-C", "--", *words],
            env=self.environ, cwd="/", capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}{self.journal()}"
        return done

    def show(self, name: str) -> str:
        """A property of the service."""
        return self.run(
            "systemctl", "--user", "show", "watcher.service", f"--property={name}", "--value"
        ).stdout.strip()

    def journal(self) -> str:
        """What the service and the manager said."""
        words = ["journalctl", "--no-pager", "-q", "-o", "cat", "_SYSTEMD_USER_UNIT=watcher.service", "+"]
        return self.run(*words, "USER_UNIT=watcher.service", check=False).stdout


@contextmanager
def user_manager() -> Iterator[Manager]:
    """A manager, ended with everything that it started."""
    if os.geteuid() != 0:
        pytest.skip(STAND_IN.format("not root"))
    program("nsenter", "util-linux")
    program("dbus-daemon", "dbus-daemon")
    program(SYSTEMD.name, "systemd", str(SYSTEMD.parent))
    cgroups = subprocess.run(["findmnt", "-nt", "cgroup2", "-o", "TARGET"], capture_output=True, text=True, check=False)
    if not cgroups.stdout.strip():
        pytest.skip(STAND_IN.format("no cgroup2"))
    folder = Path(tempfile.mkdtemp(prefix="manager-", dir="/srv"))  # a unit with a /tmp of its own would not see /tmp
    cgroup = Path(cgroups.stdout.split()[0]) / folder.name
    try:
        yield from _started(folder, cgroup)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if cgroup.exists():
            for inner in sorted((path for path in cgroup.rglob("*") if path.is_dir()), reverse=True):
                inner.rmdir()
            cgroup.rmdir()


def _started(folder: Path, cgroup: Path) -> Iterator[Manager]:
    folder.chmod(0o755)
    for name in ("run", "home"):
        (folder / name).mkdir(mode=0o700)
    (folder / "console").touch()
    (folder / "inner.sh").write_text(INNER.format(uid=os.geteuid(), folder=folder))
    try:
        cgroup.mkdir()
    except OSError as error:
        pytest.skip(STAND_IN.format(f"cgroup2 {error.strerror}"))
    environ = {
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/run/bus",
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "USER": "root",
    }
    with (folder / "log").open("wb") as log:
        outer = subprocess.Popen(
            ["bash", "-c", OUTER, "manager", str(cgroup), str(folder)],
            env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        manager = Manager(folder, 0, environ)
        try:
            if not _up(manager, outer):
                reason = " ".join((folder / "log").read_text().split()[-12:]) or "it does not start"
                pytest.skip(STAND_IN.format(reason))
            yield manager
        finally:
            _down(manager, outer)


def _up(manager: Manager, outer: subprocess.Popen[bytes]) -> bool:
    pause = threading.Event()
    for _ in range(100):
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        found = children.read_text().split() if children.exists() else []
        if found:
            manager.init = int(found[0])
            state = manager.run("systemctl", "--user", "is-system-running", check=False).stdout.strip()
            if state in ("running", "degraded"):
                return True
        if outer.poll() is not None:
            return False
        pause.wait(0.1)
    return False


def _down(manager: Manager, outer: subprocess.Popen[bytes]) -> None:
    if outer.poll() is None and manager.init:
        os.kill(manager.init, signal.SIGTERM)
        try:
            outer.wait(15)
        except subprocess.TimeoutExpired:
            outer.kill()
    elif outer.poll() is None:
        outer.kill()
    outer.wait(10)
