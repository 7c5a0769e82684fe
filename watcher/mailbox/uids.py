"""Sets of message numbers as IMAP writes them: a mailbox of 50,000 messages is often a dozen runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LAST = 2**32 - 1  # RFC 3501 2.3.1.1


@dataclass(slots=True)
class Uids:
    """A set of UIDs that grows at its end, as runs: a mailbox of 50,000 is often a dozen of them."""

    runs: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> Uids:
        """From `1:50,52`. Raises ValueError."""
        uids = cls()
        for run in filter(None, text.split(",")):
            first, _, last = run.partition(":")
            uids.runs.append((int(first), int(last or first)))
        return uids

    def __str__(self) -> str:
        return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in self.runs)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.runs:
            yield from range(first, last + 1)

    def __contains__(self, uid: int) -> bool:
        at = bisect_right(self.runs, (uid, LAST)) - 1
        return at >= 0 and self.runs[at][0] <= uid <= self.runs[at][1]

    def joined(self, other: Uids) -> Uids:
        """All of both, in order, however their runs were written."""
        made = Uids()
        for first, last in sorted((min(run), max(run)) for run in (*self.runs, *other.runs)):
            if made.runs and first <= made.runs[-1][1] + 1:
                made.runs[-1] = (made.runs[-1][0], max(last, made.runs[-1][1]))
            else:
                made.runs.append((first, last))
        return made

    def between(self, first: int, last: int) -> Iterator[int]:
        """Those from `first` to `last`."""
        for start, end in self.runs[max(bisect_right(self.runs, (first, LAST)) - 1, 0) :]:
            if start > last:
                return
            yield from range(max(start, first), min(end, last) + 1)

    def add(self, uid: int) -> None:
        """Add a UID that is greater than all before."""
        if self.runs and self.runs[-1][1] + 1 == uid:
            self.runs[-1] = (self.runs[-1][0], uid)
        else:
            self.runs.append((uid, uid))

    @classmethod
    def of(cls, uids: Iterable[int]) -> Uids:
        """From ascending UIDs."""
        made = cls()
        for uid in uids:
            made.add(uid)
        return made
