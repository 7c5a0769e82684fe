"""One pass, as the house reads: sync each mailbox, read, join, fold, decide, compose, place. It holds no judgement.

Read `run` first. It takes the store, the mailboxes and `now` as they are given; it does not know the clock.
"""

from watcher.cycle.onepass import Pass, Setting
from watcher.cycle.report import AccountReport, DraftLine, ScanReport, WithdrawnLine
from watcher.cycle.syncing import Plan, Progress

__all__ = ["AccountReport", "DraftLine", "Pass", "Plan", "Progress", "ScanReport", "Setting", "WithdrawnLine"]
