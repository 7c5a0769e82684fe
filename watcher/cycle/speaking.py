"""The user speaks: the word is kept as a fact, everything is judged again, and what it has outdated is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from watcher.cycle.hearing import Ear
from watcher.cycle.onepass import Pass, Setting
from watcher.cycle.report import ScanReport
from watcher.cycle.syncing import Plan
from watcher.cycle.typed import Calendar
from watcher.cycle.undoing import bring_back
from watcher.errors import StoreLocked, UsageError
from watcher.followup.consent import approval
from watcher.followup.model import Status
from watcher.mailbox.base import Mailbox
from watcher.opportunity.model import Word
from watcher.store import Store
from watcher.store.lock import Lock
from watcher.store.model import State

Documents = Mapping[str, Mapping[str, Any]]
TakeDown = Callable[[Ear], Sequence[Word]]
"""Makes words of what was typed; raises UsageError where it cannot be."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of the user's word: the pages of every opportunity as they stand now, the pass that it called for, and
    why it could not take effect at once ("" where it did)."""

    words: tuple[Word, ...]
    documents: Documents
    report: ScanReport | None = None
    busy: str = ""


@dataclass(frozen=True, slots=True)
class Speaking:
    """One command of the user's. `until` hides mail delivered later; `documents` gives the pages as they stand, `find`
    an id for what was typed."""

    storage: Path
    lock: Path
    setting: Setting
    plan: Plan
    now: datetime
    until: datetime | None
    documents: Callable[[Store], Documents]
    find: Callable[[str, Documents], str]
    mailboxes: Callable[[], Sequence[Mailbox]]

    def hear(self, take_down: TakeDown) -> Heard:
        """Keep what the user says, and let it take effect."""
        with Store.open(self.storage) as store:
            ear = self._ear(store)
            with store.transaction():
                words = [store.add_word(word) for word in take_down(ear)]
                named = [anchor for word in words if word.verb == "says" for anchor in word.anchors]
                store.want([header.key for header in store.headers(of=named) if header.state is State.SWEPT])
        return self._take_effect(words)

    def undo(self, which: str) -> Heard:
        """Take a word back, and let that take effect; a letter that it had taken back comes back, too."""
        with Store.open(self.storage) as store:
            word = self._standing(store, which)
            store.undo_word(word.number, self.now)
            writes = bring_back(store, word, self.setting, self.now, self.until)
        return self._take_effect([word], writes)

    def approve(self, who: str) -> Heard:
        """Say yes to the letter that waits, and write it."""
        with Store.open(self.storage) as store:
            name = self.find(who, self.documents(store))
            one = Pass(self.setting, store.copy_in_memory(), self.now, self.until, keeps=lambda each: each.id == name)
            judged, _ = one.judge_only()
            decision = judged.decisions[name]
            if decision.status is not Status.DUE:
                raise UsageError(
                    f"No letter of {name} waits for your yes. {decision.reason}",
                    f"`watcher show {name}` tells what comes next.",
                )
            words = [store.add_word(self._ear(store).approve(name, approval(decision)))]
        return self._take_effect(words, frozenset({name}))

    def _ear(self, store: Store) -> Ear:
        documents = self.documents(store)

        def message(message_id: str) -> str | None:
            return next((header.header.message_id for header in store.headers(of=[message_id])), None)

        calendar = Calendar(self.setting.rulebook, self.setting.reading, self.now)
        return Ear(documents, lambda typed: self.find(typed, documents), message, calendar)

    def _standing(self, store: Store, which: str) -> Word:
        """The word that is to be taken back."""
        words = store.words()
        if which.isdecimal():
            words = tuple(word for word in words if word.number == int(which))
        elif which:
            documents = self.documents(store)
            shown = documents[self.find(which, documents)]["show"]["timeline"]
            numbers = {item["number"] for item in shown if item["what"] == "word"}
            words = tuple(word for word in words if word.number in numbers)
        if not words:
            raise UsageError("There is no such word of yours to take back.", "`watcher undo --list` lists them.")
        return words[-1]

    def _take_effect(self, words: Sequence[Word], writes: frozenset[str] = frozenset()) -> Heard:
        """Judge again; look at the mailboxes only where a draft is to be taken back, a text fetched, or a letter to one
        of `writes` to be written."""
        with ExitStack() as stack:
            report, busy = None, ""
            try:
                stack.enter_context(Lock(self.lock, "word"))
            except StoreLocked as fault:
                busy = f"{fault.message} What you said is kept, and the next pass goes by it."
            store = stack.enter_context(Store.open(self.storage))
            if not busy:
                one = Pass(self.setting, store, self.now, self.until, writes=writes)
                judged = one.judge_again()
                if writes or any(True for _ in one.outlived(judged)) or any(True for _ in self._wanted(store)):
                    mailboxes = list(self.mailboxes())
                    for mailbox in mailboxes:
                        stack.callback(mailbox.close)
                    report = one.run(mailboxes, self.plan)
            return Heard(tuple(words), dict(self.documents(store)), report, busy)

    def _wanted(self, store: Store) -> Sequence[object]:
        return list(store.headers(state=State.WANTED))
