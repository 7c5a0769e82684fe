"""Whether `confidence` means something: of the readings that claim 80 to 90%, are 80 to 90% right?

    python -m benchmarks.confidence [--third | --rest] [FOLDER...]

Reads every message of other people in the scenarios of the folders (fixtures/mailboxes without one), each standing
alone, and sorts the readings of hiring mail into ten steps by their confidence. `--third` takes the third of the
scenarios that is put aside by the hash of its id, `--rest` the others.
"""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tests.support import scenarios
from watcher.app import knowledge
from watcher.message import parse
from watcher.message.model import RawMessage, Ref, Role
from watcher.reading import read
from watcher.reading.model import ReadingSettings

ROOT = Path(__file__).parents[1]
STEPS = 10
OTHER = frozenset({"sent", "not_hiring", None})


def readings(folders: Sequence[Path], part: str) -> Iterator[tuple[float, bool]]:
    """The confidence of each reading, and whether it was right."""
    rulebook = knowledge()
    for path in sorted(file for folder in folders for file in folder.glob("*.yaml")):
        aside = int(hashlib.sha1(path.stem.encode()).hexdigest(), 16) % 3 == 0
        if part and aside != (part == "--third"):
            continue
        scenario = scenarios.load(path)
        you = scenario["you"]
        settings = ReadingSettings(you["name"], tuple(you["addresses"]), you.get("timezone", "UTC"))
        for entry in scenario["messages"]:
            if entry.get("says") in OTHER or entry.get("folder") == "Sent":
                continue
            received = datetime.fromisoformat(str(entry.get("date") or scenario["now"]))
            data = scenarios.build(scenario, entry)
            found = read(
                parse(RawMessage("", Ref("INBOX", entry["id"]), Role.INBOX, received, data)), rulebook, settings
            )
            yield found.confidence, found.says.value == entry["says"]


def main() -> None:
    """Print the table."""
    words = sys.argv[1:]
    part = next((word for word in words if word.startswith("--")), "")
    folders = [Path(word) for word in words if not word.startswith("--")] or [ROOT / "fixtures" / "mailboxes"]
    steps: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in readings(folders, part):
        steps[min(STEPS - 1, int(confidence * STEPS))].append((confidence, right))
    print("claimed      readings   mean claim   right")
    for step, found in sorted(steps.items()):
        claim = sum(confidence for confidence, _ in found) / len(found)
        right = sum(right for _, right in found) / len(found)
        print(f"{step * 10:3} to {step * 10 + 10:3}% {len(found):8} {claim:11.0%} {right:9.0%}")
    whole = [pair for found in steps.values() for pair in found]
    off = sum(abs(sum(c for c, _ in found) - sum(r for _, r in found)) for found in steps.values()) / len(whole)
    print(
        f"{len(whole)} readings, {sum(right for _, right in whole) / len(whole):.1%} right; {off:.1%} off the diagonal on the whole"
    )


if __name__ == "__main__":
    main()
