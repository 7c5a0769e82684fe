"""What a first scan over IMAP costs, beside draining the same answers from a socket and beside mbsync.

MAILDIRs are Maildir++ folders with the mail of INBOX and Sent; each is served by a Dovecot of its own over TLS. Whatever is
compared takes turns; times are medians of seconds on the clock. "drain" reads what the server answers to the sweep's own
FETCH of INBOX and throws it away. "far" is the same with 40 ms of round trip. Memory is the peak of a process of its own.
Where mbsync is installed, its full pull as configured by default is compared with the whole scan: sweep, texts, reading,
store.
"""

from __future__ import annotations

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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Run:
    """One process: the seconds it took on the clock and on the processor, and the most memory it held (MB)."""

    seconds: float
    processor: float
    megabytes: float


def compare(maildir: Path, rounds: int, pulls: int, *, far: bool) -> tuple[list[str], float]:
    """The rows about one mailbox, and the seconds of a scan with nothing new."""
    with served(maildir) as server, relay(server.host, server.imaps_port) as line, room() as folder:
        line.delay = ROUND_TRIP / 2
        near, away = server.imaps_port, line.port
        took: dict[str, list[float]] = {}
        sweeps: list[dict[str, float]] = []
        scans: list[Run] = []
        pulled: list[Run] = []

        def note(name: str, seconds: float) -> None:
            took.setdefault(name, []).append(seconds)
            print(f"  {name}: {seconds:.2f} s", file=sys.stderr)

        drain(server, near)  # the server's caches are warm from here on
        for number in range(rounds):
            note("drain", drain(server, near))
            sweeps.append(fresh(server, near))
            note("sweep", sweeps[-1]["seconds"])
            if far:
                note("sweep, far", fresh(server, away)["seconds"])
            if shutil.which("mbsync") and number < pulls:
                pulled.append(mbsync(server, folder))
                note("mbsync", pulled[-1].seconds)
            if number < pulls:
                scans.append(scan(server, near, folder))
                note("scan", scans[-1].seconds)
                if far:
                    note("scan, far", scan(server, away, folder).seconds)
                    scan(server, near, folder)  # so that what follows has nothing new
            note("scan, nothing new", scan(server, near, folder, again=True).seconds)
        medians = {name: statistics.median(times) for name, times in took.items()}
        return rows(sweeps, scans, pulled, medians), medians["scan, nothing new"]


def rows(sweeps: list[dict[str, float]], scans: list[Run], pulled: list[Run], took: dict[str, float]) -> list[str]:
    """What was measured, in lines."""
    told = sweeps[-1]
    lines = [
        f"{told['messages']:.0f} messages in INBOX",
        f"  drain                 {took['drain']:8.2f} s",
        f"  sweep                 {took['sweep']:8.2f} s   {took['sweep'] / took['drain']:.2f} of drain (at most 2.0)",
        f"  sweep, peak memory    {max(each['megabytes'] for each in sweeps):8.0f} MB",
        f"  whole scan            {took['scan']:8.2f} s   {statistics.median(r.processor for r in scans):.1f} s of them "
        "on the processor",
        f"  scan, peak memory     {max(each.megabytes for each in scans):8.0f} MB  (at most 150)",
        f"  scan, nothing new     {took['scan, nothing new']:8.2f} s",
        f"  look, nothing new     {told['nothing_new'] * 1000:8.1f} ms  {told['commands']:.0f} command a folder (1)",
    ]
    if pulled:
        lines += [
            f"  mbsync's full pull    {took['mbsync']:8.2f} s   {statistics.median(r.processor for r in pulled):.1f} s of "
            "them on the processor",
            f"  scan / mbsync         {took['scan'] / took['mbsync']:8.2f}     (below 1.0; 0.5 is the aim)",
        ]
    lines += [
        f"  {name:22}{took[name]:8.2f} s   {took[name] - took[name.partition(',')[0]]:+.2f} s (at most 3)"
        for name in ("sweep, far", "scan, far")
        if name in took
    ]
    return lines


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


def fresh(server: Dovecot, port: int) -> dict[str, float]:
    """What a sweep of INBOX in a process of its own tells about itself."""
    words = [sys.executable, "-m", "benchmarks.imap", server.host, str(port), server.ca]
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


def scan(server: Dovecot, port: int, folder: Path, *, again: bool = False) -> Run:
    """`watcher scan` by a process of its own, from nothing or with nothing new."""
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
    return run(words, {**os.environ, "XDG_STATE_HOME": str(state)})


def run(words: list[str], environ: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end. Raises SystemExit with what it said where it failed."""
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(words, stdout=said, stderr=said, env=environ)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(said.read()[-2000:])
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def mbsync(server: Dovecot, folder: Path) -> Run:
    """mbsync's pull of the whole mailbox to an empty Maildir."""
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
    return run(["mbsync", "-q", "-c", str(folder / "mbsyncrc"), "-a"])


if __name__ == "__main__":
    sweep(*sys.argv[1:])
