"""Prints what watcher costs beside what it could cost at best: the table of the numbers to reach.

    make bench                                   a quick look, about a minute
    make bench ARGUMENTS="--messages 10000 --messages 50000 --messages 100000 --far --rounds 5 --pulls 5 --rest 120"

Each mailbox is made for the run (see benchmarks/mailbox.py), or given with `--maildir`. Figures are for this machine at this
hour: read the ratios, and how busy it was.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import daemon, imap, mailbox

ROOT = Path(__file__).parents[1]


def commands(rounds: int) -> list[str]:
    """Whole processes of what people wait for."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "mail" / "cur").mkdir(parents=True)
        (folder / "mail" / "new").mkdir()
        config = folder / "config.toml"
        config.write_text(
            '[you]\nname = "Robin Okafor"\naddresses = ["robin@mailhost.example"]\n[storage]\npath = "state.db"\n'
            f'[[accounts]]\nname = "local"\nkind = "maildir"\npath = "{folder / "mail"}"\n'
        )
        watcher = [sys.executable, "-m", "watcher", "--config", str(config)]
        imap.run([*watcher, "scan"])
        lines = ["commands"]
        for words in (["status"], ["--help"]):
            times = [imap.run([*watcher, *words]).seconds for _ in range(rounds)]
            lines.append(f"  watcher {words[0]:14}{statistics.median(times) * 1000:8.0f} ms  (at most 150)")
    return lines


def main() -> None:
    """Measure what was asked for, and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, action="append", help="size of a mailbox; may be repeated (2000)")
    options.add_argument("--maildir", type=Path, action="append", default=[], help="a mailbox that is there")
    options.add_argument("--rounds", type=int, default=5, help="sweeps, drains and small things (5)")
    options.add_argument("--pulls", type=int, default=1, help="whole scans and pulls of mbsync (1)")
    options.add_argument("--far", action="store_true", help="with 40 ms of round trip, too")
    options.add_argument("--rest", type=float, default=10.0, help="seconds to watch the daemon at rest (10)")
    options.add_argument("--only", choices=("imap", "daemon", "commands", "reading"), action="append")
    given = options.parse_args()
    parts = given.only or ["imap", "daemon", "commands", "reading"]
    sizes = given.messages or ([] if given.maildir else [2000])
    _say(f"load {' '.join(f'{each:.1f}' for each in os.getloadavg())} on {os.cpu_count()} cores")
    if "imap" in parts:
        for maildir in given.maildir:
            _say(*imap.compare(maildir, given.rounds, given.pulls, far=given.far)[0])
        quiet: dict[int, float] = {}
        for size in sizes:
            with tempfile.TemporaryDirectory(prefix="bench-mail-") as name:
                mailbox.make(Path(name), size)
                lines, quiet[size] = imap.compare(Path(name), given.rounds, given.pulls, far=given.far)
                _say(*lines)
        if len(quiet) > 1:
            few, many = min(quiet), max(quiet)
            _say(f"nothing new: {many} messages take {quiet[many] / quiet[few]:.2f} of {few} (at most 1.2)")
    if "daemon" in parts:
        _say(*daemon.rows(given.rounds, given.rest))
    if "commands" in parts:
        _say(*commands(given.rounds))
    if "reading" in parts:
        sys.stdout.flush()
        subprocess.run([sys.executable, "-m", "benchmarks.reading", "2"], cwd=ROOT, check=True)
    _say(f"load {' '.join(f'{each:.1f}' for each in os.getloadavg())} on {os.cpu_count()} cores")


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
