"""What a first scan over IMAP costs, as ratios against draining the same answers and against mbsync.

    python -m benchmarks.imap MAILDIR [rounds]

MAILDIR is a Maildir++ with the mail of INBOX and Sent; it is served by a Dovecot of its own over TLS. Everything takes
turns; times are medians of seconds on the clock. "drain" reads what the server answers to the sweep's own FETCH of INBOX
and throws it away. "far" is the same with 40 ms of round trip. The memory is the peak of a process of its own. Where
mbsync is installed, its full pull as configured by default is compared with the whole scan: sweep, texts, reading, store.
"""

import contextlib
import json
import os
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.dovecot import PASSWORD, Dovecot, running
from tests.support.faults import relay
from watcher.mailbox.connection import ImapSettings
from watcher.mailbox.imap import make_imap
from watcher.mailbox.sweep import FIELDS
from watcher.message.model import Account, Cursor, Folder, Role

USER = "bench"
ROUND_TRIP = 0.04
AT_ONCE = 50_000  # of 100,000 a Dovecot as configured by default runs out of memory
INBOX = Folder("INBOX", Role.INBOX)


def main() -> None:
    if sys.argv[1] == "--sweep":
        sweep(*sys.argv[2:])
    else:
        compare(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)


def compare(maildir: Path, rounds: int) -> None:
    """Print the table."""
    with served(maildir) as server, relay(server.host, server.imaps_port) as line, room() as folder:
        line.delay = ROUND_TRIP / 2
        near, far = server.imaps_port, line.port
        steps: dict[str, Callable[[], float]] = {
            "drain": lambda: drain(server, near),
            "sweep": lambda: fresh(server, near, folder)["seconds"],
            "sweep, far": lambda: fresh(server, far, folder)["seconds"],
            "scan": lambda: scan(server, near, folder),
            "scan, nothing new": lambda: scan(server, near, folder, again=True),
            "scan, far": lambda: scan(server, far, folder),
        }
        if shutil.which("mbsync"):
            steps["mbsync"] = lambda: mbsync(server, folder)
        took: dict[str, list[float]] = {name: [] for name in steps}
        drain(server, near)  # the server's caches are warm from here on
        for number in range(rounds):
            for name, step in steps.items():
                if name != "mbsync" or number < 3:
                    took[name].append(step())
            print(
                f"round {number + 1} of {rounds}: {[round(times[-1], 2) for times in took.values()]}", file=sys.stderr
            )
        told = fresh(server, near, folder)
        table(told, {name: statistics.median(times) for name, times in took.items()})


def table(told: dict[str, float], took: dict[str, float]) -> None:
    count = told["messages"]
    print(f"{count:.0f} messages in INBOX; sweep {count / took['sweep']:.0f} a second; peak {told['megabytes']:.0f} MB")
    print(f"nothing new in INBOX: {told['nothing_new'] * 1000:.1f} ms, {told['commands']:.0f} command")
    for name, seconds in took.items():
        print(f"{name:20} {seconds:8.2f} s   {seconds / took['drain']:6.2f} of drain")
    for one, other in (("sweep, far", "sweep"), ("scan, far", "scan")):
        print(f"{one}: {took[one] - took[other]:+.2f} s")
    if "mbsync" in took:
        print(f"scan: {took['scan'] / took['mbsync']:.2f} of mbsync")


@contextlib.contextmanager
def room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        yield Path(name)


@contextlib.contextmanager
def served(maildir: Path) -> Iterator[Dovecot]:
    """A Dovecot with the mail of a Maildir++, whose files are linked, not copied."""
    with running("standard") as server:
        home = server.folder / "mail" / USER
        shutil.copytree(maildir, home / "Maildir", copy_function=os.link)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "mail:mail", str(home)], check=True)
        yield server


def settings(server: Dovecot, port: int) -> ImapSettings:
    return server.settings(USER, port=port, timeout=120.0)


def drain(server: Dovecot, port: int) -> float:
    """Seconds to read the answer to the sweep's FETCH of all of INBOX from a socket, and to do nothing with it."""
    context = ssl.create_default_context(cafile=server.ca)
    with (
        socket.create_connection((server.host, port)) as plain,
        context.wrap_socket(plain, server_hostname=server.host) as client,
    ):
        with client.makefile("rb") as lines:
            quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
            count = 0
            for tag, command in (("a", f'LOGIN {USER} "{quoted}"'), ("b", "EXAMINE INBOX")):
                client.sendall(f"{tag} {command}\r\n".encode())
                while not (line := lines.readline()).startswith(f"{tag} OK".encode()):
                    count = int(line.split()[1]) if line.endswith(b"EXISTS\r\n") else count
            items = f"(UID FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS).upper()})])"
            buffer = bytearray(1 << 20)
            started = time.perf_counter()
            for first in range(1, count + 1, AT_ONCE):
                client.sendall(f"c FETCH {first}:{min(first + AT_ONCE - 1, count)} {items}\r\n".encode())
                end = b""
                while b"\r\nc OK" not in end:
                    got = client.recv_into(buffer)
                    if not got:
                        raise ConnectionError("the server hung up")
                    end = (end + buffer[max(0, got - 200) : got])[-400:]
        return time.perf_counter() - started


def fresh(server: Dovecot, port: int, folder: Path) -> dict[str, float]:
    """What a sweep of INBOX in a process of its own tells about itself."""
    words = [sys.executable, "-m", "benchmarks.imap", "--sweep", server.host, str(port), server.ca]
    told = subprocess.run(words, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout))


def sweep(host: str, port: str, ca: str) -> None:
    """Sweep INBOX, then sweep it again, and print how that went."""
    import imaplib

    mailbox = make_imap(Account("bench"), ImapSettings(host, int(port), USER, ca=ca, timeout=120.0), lambda: PASSWORD)
    mailbox.open()
    mailbox.folders()
    started = time.perf_counter()
    count, cursor = 0, Cursor("INBOX", "")
    for batch in mailbox.sweep(INBOX, None, None):
        count += len(batch.messages)
        cursor = batch.cursor
    seconds = time.perf_counter() - started
    commands = 0
    imap_class: Any = imaplib.IMAP4
    command = imap_class._command

    def counting(imap: imaplib.IMAP4, name: str, *more: object) -> object:
        nonlocal commands
        commands += 1
        return command(imap, name, *more)

    mailbox.close()
    mailbox.open()
    imap_class._command = counting
    started = time.perf_counter()
    list(mailbox.sweep(INBOX, cursor, None))
    nothing_new = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"messages": count, "seconds": seconds, "nothing_new": nothing_new, "commands": commands, "megabytes": peak}
    print(json.dumps(told))
    mailbox.close()


def scan(server: Dovecot, port: int, folder: Path, *, again: bool = False) -> float:
    """Seconds of `watcher scan` by a process of its own, from nothing or with nothing new."""
    state = folder / "state"
    if not again:
        shutil.rmtree(state, ignore_errors=True)
    (folder / "secret").write_text(PASSWORD)
    (folder / "config.toml").write_text(
        'drafting = "off"\nhistory = "all"\n'
        '[you]\nname = "Robin Okafor"\naddresses = ["robin.okafor@mailhost.example"]\n'
        f'[[accounts]]\nname = "bench"\nkind = "imap"\nhost = "{server.host}"\nport = {port}\nuser = "{USER}"\n'
        f"ca = {json.dumps(server.ca)}\npassword_command = {json.dumps(['cat', str(folder / 'secret')])}\n"
    )
    words = [sys.executable, "-m", "watcher", "--config", str(folder / "config.toml"), "scan", "--json"]
    started = time.perf_counter()
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, env={**os.environ, "XDG_STATE_HOME": str(state)}
    )
    if done.returncode:
        raise SystemExit(done.stderr + done.stdout[-1000:])
    return time.perf_counter() - started


def mbsync(server: Dovecot, folder: Path) -> float:
    """Seconds of mbsync's pull of the whole mailbox to an empty Maildir."""
    store = folder / "pulled"
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir()
    quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
    (folder / "mbsyncrc").write_text(
        f"IMAPAccount a\nHost localhost\nPort {server.imaps_port}\nUser {USER}\n"
        f'Pass "{quoted}"\nSSLType IMAPS\nCertificateFile {server.ca}\n\n'
        f"IMAPStore far\nAccount a\n\nMaildirStore near\nPath {store}/\nInbox {store}/INBOX\nSubFolders Verbatim\n\n"
        "Channel c\nFar :far:\nNear :near:\nPatterns INBOX Sent\nCreate Near\nSync Pull\nSyncState *\n"
    )
    started = time.perf_counter()
    subprocess.run(["mbsync", "-q", "-c", str(folder / "mbsyncrc"), "-a"], check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
