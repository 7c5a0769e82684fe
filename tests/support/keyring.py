"""A Secret Service of our own: a private session bus with a GNOME Keyring on it, open or locked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.servers import program

ROOT = Path(__file__).parents[2]

# Waits on the bus itself for the service to appear, then runs the program given.
SESSION = """
set -e
if [ "$1" = open ]; then
    printf %s test | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 & service=$!
else
    gnome-keyring-daemon --foreground --components=secrets >/dev/null 2>&1 & service=$!
fi
shift
for _ in $(seq 200); do
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
        string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true' && break
    sleep 0.05
done
status=0
"$@" || status=$?
kill $service 2>/dev/null
wait $service 2>/dev/null || true
exit $status
"""


def run_in_session(home: Path, script: str, *, locked: bool = False) -> str:
    """What the Python `script` prints in a session whose keyring lies in `home` and survives from one to the next."""
    for name, package in (("gnome-keyring-daemon", "gnome-keyring"), ("dbus-run-session", "dbus")):
        program(name, package)
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    (home / ".local/share/keyrings").mkdir(parents=True, exist_ok=True)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }
    state = "locked" if locked else "open"
    words = ["dbus-run-session", "--", "bash", "-c", SESSION, "session", state, sys.executable, "-c", script]
    for _ in range(2):
        done = subprocess.run(
            words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, text=True, check=False
        )
        if done.returncode == 0 or "Aborted" not in done.stderr:
            break  # else GNOME Keyring itself fell over, which it does about once in some hundred sessions
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()
