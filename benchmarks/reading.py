"""What parsing and reading a mail costs, as a ratio against mail-parser alone on the same mails.

    python -m benchmarks.reading [rounds]

The mails are all of fixtures/mailboxes, in the order of their files. Times are of the processor, the best of some rounds
in which the steps take turns, so that other work on the machine counts for little. The rulebook is loaded in a fresh
process, as every run of watcher loads it.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import mailparser

from tests.support import scenarios
from watcher.app import knowledge
from watcher.message import parse
from watcher.message.model import RawMessage, Ref, Role
from watcher.reading import read
from watcher.reading.model import ReadingSettings

ROOT = Path(__file__).parents[1]
FIRST = """
import time
from watcher.app import knowledge
imported = time.process_time()
rulebook = knowledge()
loaded = time.process_time()
print((loaded - imported) * 1000)
"""

Mail = tuple[RawMessage, ReadingSettings]


def mails() -> list[Mail]:
    """The mails of the built-in mailboxes, each with the settings of its user."""
    found: list[Mail] = []
    for path in sorted((ROOT / "fixtures" / "mailboxes").glob("*.yaml")):
        scenario = scenarios.load(path)
        you = scenario["you"]
        addresses = tuple(address.lower() for address in you["addresses"])
        settings = ReadingSettings(you["name"], addresses, you.get("timezone", "UTC"))
        for number, entry in enumerate(scenario["messages"]):
            role = Role.SENT if entry.get("folder") == "Sent" else Role.INBOX
            received = datetime.fromisoformat(entry["date"])
            data = scenarios.build(scenario, entry)
            found.append((RawMessage(path.stem, Ref("INBOX", str(number)), role, received, data), settings))
    return found


def fastest(rounds: int, steps: Sequence[Callable[[], object]]) -> list[float]:
    """The least seconds of the processor that each step took; they take turns."""
    best = [float("inf")] * len(steps)
    for _ in range(rounds):
        for number, step in enumerate(steps):
            started = time.process_time()
            step()
            best[number] = min(best[number], time.process_time() - started)
    return best


def loading(rounds: int) -> float:
    """The least milliseconds in which a fresh process loads the rulebook."""
    command = [sys.executable, "-c", FIRST]
    runs = (subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(rounds))
    return min(float(run.stdout) for run in runs)


def main() -> None:
    """Measures and prints the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    logging.disable()
    chosen = mails()
    started = time.process_time()
    rulebook = knowledge()
    parsed = [(parse(raw), settings) for raw, settings in chosen]
    begun = time.process_time()
    for message, settings in parsed[:10]:
        read(message, rulebook, settings)
    first = time.process_time() - begun
    for message, settings in parsed:
        read(message, rulebook, settings)  # compiles what is compiled once
    warm = time.process_time() - started
    alone, parsing, reading = fastest(
        rounds,
        [
            lambda: [mailparser.parse_from_bytes(raw.data) for raw, _ in chosen],
            lambda: [parse(raw) for raw, _ in chosen],
            lambda: [read(message, rulebook, settings) for message, settings in parsed],
        ],
    )
    size = sum(len(raw.data) for raw, _ in chosen) // len(chosen)
    print(f"{len(chosen)} mails of fixtures/mailboxes, {size} bytes each on average\n")
    print(f"{'':28}{'µs a mail':>10}{'ratio':>8}")
    rows = (("mail-parser alone", alone), ("parse", parsing), ("read", reading), ("parse and read", parsing + reading))
    for name, seconds in rows:
        print(f"{name:28}{seconds / len(chosen) * 1e6:10.0f}{seconds / alone:8.2f}")
    print(f"\nloading the rulebook {loading(rounds):.0f} ms, the first ten mails {first * 1000:.0f} ms,")
    print(f"all mails once, rulebook and patterns included, {warm:.1f} s")


if __name__ == "__main__":
    main()
