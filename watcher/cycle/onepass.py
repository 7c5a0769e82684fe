"""The pass itself: each mailbox is brought up to date, then all are judged together, then letters are placed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cycle import judging, lasting, placing, standing, syncing
from watcher.cycle.adopting import recognise
from watcher.cycle.deciding import Decider, urgency
from watcher.cycle.judging import Mail, Reader
from watcher.cycle.lasting import Lasting, Stand
from watcher.cycle.pages import Printer
from watcher.cycle.placing import Desk
from watcher.cycle.report import AccountReport, DraftLine, ScanReport, WithdrawnLine
from watcher.cycle.standing import Standing
from watcher.cycle.syncing import Plan, Progress
from watcher.cycle.weighing import Judged, Scales
from watcher.cycle.writing import write
from watcher.draft.model import OPEN_STATES, Draft, LetterSettings, Placement, PlacementState
from watcher.draft.withdrawal import ANOTHER_LIES, DISOWNED, FOUND_WORK, is_disowned, surplus, why_withdraw
from watcher.errors import DraftRefused, WatcherError
from watcher.followup.consent import pause_of
from watcher.followup.model import Decision, FollowUpSettings
from watcher.knowledge.model import Rulebook
from watcher.mailbox.base import LOST, Mailbox
from watcher.message.model import Role
from watcher.opportunity.model import Entry, Group, JoiningSettings, Opportunity
from watcher.reading.model import ReadingSettings, Speaker
from watcher.reading.sieve import Known, Sieve
from watcher.store import Store
from watcher.workdays import Workdays

WAITS = "it_waits_for_your_word"  # the clause of the policy that leaves a letter to the user's yes
MOST_LOOKS = 3  # how often mail may arrive while we judge before the letters are left to the next pass


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything a pass goes by that does not change during it."""

    rulebook: Rulebook
    digest: str
    reading: ReadingSettings
    joining: JoiningSettings
    follow_up: FollowUpSettings
    letters: LetterSettings
    workdays: Workdays
    accounts: tuple[str, ...]
    version: str = ""  # of the program

    @property
    def zone(self) -> ZoneInfo:
        return self.workdays.zone


@dataclass
class Pass:
    """One pass over all accounts. `until` hides mail delivered later (`--now`); None hides nothing. `writes` are the
    opportunities to which letters may be written, None for all of them. `alive` is told of each step in which no
    mailbox is asked for anything, and may raise what ends the pass between two of them. It `prunes` unless others store
    mail meanwhile, whose text it would not know to keep."""

    setting: Setting
    store: Store
    now: datetime
    until: datetime | None = None
    progress: Progress | None = None
    alive: Callable[[], None] = lambda: None
    writes: frozenset[str] | None = None
    prunes: bool = True
    drafted: list[DraftLine] = field(default_factory=list)
    withdrawn: list[WithdrawnLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reports: dict[str, AccountReport] = field(default_factory=dict)
    sent: tuple[Entry, ...] = ()  # mail of the user's own
    keeps: Callable[[Opportunity], bool] = lambda _: False  # what is to be kept of what is judged, besides
    reached: dict[str, Mailbox] | None = None  # None where no mailbox is looked at
    lying: dict[str, Sequence[str]] = field(default_factory=dict)  # what lay in Drafts when the pass began
    next_at: datetime | None = None  # when the next thing happens by itself to any opportunity, once all are judged
    rests_on: str = ""  # what its conclusions rest on besides, "" where they are not to be relied on later

    def run(self, mailboxes: Sequence[Mailbox], plan: Plan) -> ScanReport:
        """Sync, judge, place, and keep what `status` and `show` print."""
        may_decide = self._sync(mailboxes, plan)
        if may_decide and self.until is None and len(self.lying) == len(mailboxes):
            self.rests_on = standing.basis(self.setting, self.store)
            before = standing.recall(self.store)
            if before is not None and before.holds(self.rests_on, self.lying, self.now):
                return self._report(before.opportunities, before.waiting)
        return self._conclude(plan, may_decide)

    def conclude(self, mailboxes: Sequence[Mailbox], plan: Plan, *, may_decide: bool = True) -> ScanReport:
        """The pass without its sync, for accounts that have just been brought up to date by their own threads. What
        lies in an account that is not among `mailboxes` is not decided on."""
        self.reports = {mailbox.account: AccountReport(mailbox.account) for mailbox in mailboxes}
        self.reached = {mailbox.account: mailbox for mailbox in mailboxes}
        return self._conclude(plan, may_decide)

    def _conclude(self, plan: Plan, may_decide: bool) -> ScanReport:
        judged, desk = self._judge()
        if may_decide:
            for _ in range(MOST_LOOKS):
                wanting = (o for o in judged.opportunities if judged.decisions[o.id].act and self._may_write(o))
                if not any(wanting) or not self._news(plan):
                    break
                judged, desk = self._judge()
            else:
                may_decide = False
        if may_decide:
            self._withdraw(judged, desk)
            self._place(judged)
        self._keep_views(judged, may_decide, desk)
        return self._report(len(judged.pages), _waiting(judged))

    def _report(self, opportunities: int, waiting: Sequence[str]) -> ScanReport:
        return ScanReport(
            tuple(self.reports.values()),
            opportunities,
            tuple(self.drafted),
            tuple(self.withdrawn),
            tuple(waiting),
            tuple(self.notes),
        )

    def judge_again(self) -> Judged:
        """Judge what is stored once more, after the user has spoken, and keep what `status` and `show` print."""
        last = self.store.last_pass()
        judged, desk = self._judge()
        self._keep_views(judged, bool(last and last.get("decided", True)), desk)
        return judged

    def judge_only(self) -> tuple[Judged, dict[str, dict[str, Any]]]:
        """What is known without a look at any mailbox, for `status --now` and `preview`; nothing is placed."""
        judged, _ = self._judge()
        judged.print_with(self._printer())
        return judged, judged.pages.opened()

    # --- sync ---

    def _sync(self, mailboxes: Sequence[Mailbox], plan: Plan) -> bool:
        """Sweep every mailbox, then fetch what the sieve kept. Whether something may be decided on after that."""
        self.reports = {mailbox.account: AccountReport(mailbox.account) for mailbox in mailboxes}
        self.reached = {mailbox.account: mailbox for mailbox in mailboxes}
        may_decide = True
        last = standing.recall(self.store)
        for name, mailbox in self._each():
            with self._parking(name):
                swept = syncing.sweep(mailbox, self.store, plan, self.progress)
                self.lying[name] = standing.drafts_of(mailbox, swept.folders, last.drafts if last else {})
                may_decide = may_decide and not swept.reset
                self.reports[name] = replace(self.reports[name], swept=swept.fresh)
        sieve = self._sieve()
        syncing.want(self.store, sieve, self.setting.digest)
        self._fetch(self.progress, sieve)
        for name, _ in self._each():
            self.store.note_scan(name, self.now, None)
        return may_decide

    def _each(self) -> list[tuple[str, Mailbox]]:
        return list((self.reached or {}).items())

    @contextmanager
    def _parking(self, name: str) -> Iterator[None]:
        """Where an account is lost at any step, it is noted and left out of what is left of the pass; others go on."""
        try:
            yield
        except LOST as fault:
            self._park(name, fault)

    def _park(self, name: str, fault: WatcherError) -> None:
        (self.reached or {}).pop(name, None)
        self.reports[name] = replace(self.reports[name], error=str(fault))
        self.store.note_scan(name, self.now, str(fault))

    def _fetch(self, progress: Progress | None = None, sieve: Sieve | None = None) -> None:
        for name, mailbox in self._each():
            with self._parking(name):
                fetched = syncing.fetch(mailbox, self.store, progress, sieve)
                self.reports[name] = replace(self.reports[name], fetched=self.reports[name].fetched + fetched)

    def _sieve(self) -> Sieve:
        return Sieve(self.setting.rulebook, frozenset(self.setting.reading.addresses))

    def _news(self, plan: Plan) -> bool:
        """Look once more, just before a letter is written: a reply that arrived meanwhile wins. Whether there was one,
        or an account was lost."""
        fresh, before = 0, len(self._each())
        for name, mailbox in self._each():
            with self._parking(name):
                swept = syncing.sweep(mailbox, self.store, plan, roles={Role.INBOX, Role.SENT, Role.ALL})
                fresh += swept.fresh
        if fresh:
            sieve = self._sieve()
            syncing.want(self.store, sieve, self.setting.digest)
            self._fetch(sieve=sieve)
        return fresh > 0 or len(self._each()) < before

    # --- judge ---

    def _judge(self) -> tuple[Judged, Desk]:
        mail = self._read()
        groups = judging.join(mail.entries, self.setting.joining, self.store.words())
        if self.reached and self._fetch_known(judging.known_of(groups, self.setting.joining), mail):
            del mail, groups  # a whole mailbox is not to be held in memory twice
            mail = self._read()
            groups = judging.join(mail.entries, self.setting.joining, self.store.words())
        self.sent = tuple(entry for entry in mail.entries if entry.reading.speaker is Speaker.ME)
        desk = self._look(mail)
        judged = self._fold(mail, groups, desk)
        if self._adopt(judged.opportunities, desk):
            desk = self._look(mail)
            judged = self._fold(mail, groups, desk)
        return judged, desk

    def _fold(self, mail: Mail, groups: Sequence[Group], desk: Desk) -> Judged:
        """Fold and decide, one opportunity after the other."""
        setting = self.setting
        scales = Scales(self._decider(), self._printer(), desk, self._has_own_draft, self.keeps)
        stands = self._what_stands(desk)
        folded = judging.opportunities(
            mail, groups, self._reader(), self.now, setting.joining, setting.workdays, self.store.words(), stands
        )
        return scales.weigh(mail, folded)

    def _what_stands(self, desk: Desk) -> Callable[[str, str], Stand | None]:
        """How a page that the last pass left stands, by its opportunity's id and the mark of its mail."""
        relies = self.reached is not None and self.until is None
        before = lasting.recall(self.store, lasting.basis(self.setting, self.store, desk), self.now) if relies else None
        return lambda name, mark: before.stand(name, mark, self.now) if before else None

    def _has_own_draft(self, opportunity: Opportunity, desk: Desk) -> bool:
        """Whether the user has begun a letter of their own; as the last pass saw it where no mailbox is looked at."""
        if self.reached is not None:
            return desk.has_own(opportunity)
        last = self.store.last_pass()
        known = last.get("own_drafts") if last else None
        return isinstance(known, list) and opportunity.id in known

    def _look(self, mail: Mail) -> Desk:
        desk = placing.look(self.reached or {}, self.store, mail.entries, self.now)
        for name, fault in desk.lost.items():
            self._park(name, fault)
        return desk

    def _adopt(self, opportunities: Sequence[Opportunity], desk: Desk) -> bool:
        """Recognise our own drafts where the record was lost. Whether there were any."""
        adopted, setting = False, self.setting
        strangers = {draft.message_id for draft in desk.own}
        ours = recognise(opportunities, desk.own, setting.joining, setting.workdays)
        for was, decision, at in sorted(ours, key=lambda found: found[2]):  # each letter knew those before it
            draft = self.compose(was, decision, at)
            if draft is not None and draft.message_id in strangers:
                placing.adopt(self.store, draft, was, min(at, self.now))
                adopted = True
        return adopted

    def _read(self) -> Mail:
        return self._reader().gather(self.until)

    def _reader(self) -> Reader:
        setting = self.setting
        return Reader(self.store, setting.rulebook, setting.reading, setting.digest, self.alive)

    def _fetch_known(self, known: Known, mail: Mail) -> bool:
        """Fetch what was passed over and is now seen to belong to somebody known (Trash among it)."""
        basis = f"{self.setting.version} {self.setting.digest}"
        if not syncing.want_known(self.store, self._sieve(), known, mail.read, basis):
            return False
        self._fetch()
        return True

    def _decider(self) -> Decider:
        setting = self.setting
        return Decider(
            setting.follow_up,
            setting.workdays,
            setting.rulebook,
            self.now,
            self.store.placements(),
            self.store.words(),
            self._has_fetched,
        )

    def _has_fetched(self, opportunity: Opportunity) -> bool:
        """Law 8. Where no mailbox is looked at, nothing will be placed, and what is stored is taken as it is."""
        return self.reached is None or set(opportunity.accounts) <= set(self.reached)

    # --- place ---

    def outlived(self, judged: Judged) -> Iterator[tuple[Placement, str]]:
        """The drafts whose time is over, each with the reason."""
        by_id = {name: o for o in judged.opportunities for name in (o.id, *o.aliases)}
        words = self.store.words()
        pause = pause_of(words, self.setting.zone)
        hired = pause is not None and pause.hired
        open_ = [placement for placement in self.store.placements() if placement.state in OPEN_STATES]
        for placement in open_:
            opportunity = by_id.get(placement.opportunity)
            if opportunity is None:
                why = FOUND_WORK if hired else DISOWNED if is_disowned(placement, words) else ""
            else:
                decision = judged.decisions[opportunity.id]
                why = why_withdraw(placement, opportunity, decision, self.now, self.setting.workdays, hired=hired)
                beside = [other for other in open_ if by_id.get(other.opportunity) is opportunity]
                if not why and placement.message_id in surplus(beside, decision):
                    why = ANOTHER_LIES
            if why:
                yield placement, why

    def _withdraw(self, judged: Judged, desk: Desk) -> None:
        for placement, why in list(self.outlived(judged)):
            if placement.account in (self.reached or {}):
                self._end(placement, desk, why)

    def _end(self, placement: Placement, desk: Desk, why: str) -> None:
        """Take back an untouched draft; one that the user has edited is left, and called out of date."""
        mailbox = (self.reached or {})[placement.account]
        if placement.state is PlacementState.EDITED:
            self.store.advance(placement.message_id, PlacementState.STALE, now=self.now, why=why)
        elif placement.state is PlacementState.PENDING:
            try:
                with self._parking(placement.account):
                    if placing.take_back(mailbox, self.store, placement, desk, why, self.now):
                        self.withdrawn.append(WithdrawnLine.of(placement, why))
            except DraftRefused as fault:
                self.notes.append(f"{placement.opportunity}: {fault}")

    def _place(self, judged: Judged) -> None:
        wanting = [o for o in judged.opportunities if judged.decisions[o.id].act and self._may_write(o)]
        for opportunity in sorted(wanting, key=lambda o: urgency(o, judged.decisions[o.id])):
            draft = self.compose(opportunity, judged.decisions[opportunity.id])
            mailbox = (self.reached or {}).get(draft.key.account) if draft else None
            if draft is None or mailbox is None or not self._has_fetched(opportunity) or self._still_lies(opportunity):
                continue
            try:
                with self._parking(draft.key.account):
                    if placing.put(mailbox, self.store, draft, opportunity, self.now):
                        self.drafted.append(DraftLine.of(draft))
                        placing.confirm(mailbox, self.store, draft.message_id, self.now)
            except DraftRefused as fault:
                self.notes.append(f"{opportunity.id}: {fault}")

    def _may_write(self, opportunity: Opportunity) -> bool:
        return self.writes is None or not self.writes.isdisjoint({opportunity.id, *opportunity.aliases})

    def _still_lies(self, opportunity: Opportunity) -> bool:
        """Whether an older draft of ours for it is still in Drafts: never two of them."""
        names = {opportunity.id, *opportunity.aliases}
        lying = {PlacementState.PLACED, PlacementState.PENDING, PlacementState.EDITED}
        return any(p.opportunity in names and p.state in lying for p in self.store.placements())

    def compose(self, opportunity: Opportunity, decision: Decision, at: datetime | None = None) -> Draft | None:
        """The letter for a decision as it stands `at` an instant, now where None; None where there is nothing to
        answer."""
        draft, note = write(opportunity, decision, self.setting, self.store, self.sent, at or self.now)
        if note:
            self.notes.append(note)
        return draft

    # --- views ---

    def _keep_views(self, judged: Judged, may_decide: bool, desk: Desk) -> None:
        decisions = dict(judged.decisions)
        if self.drafted or self.withdrawn:
            decisions |= self._decider().all(judged.opportunities)
        meta = {
            "judged_at": self.now.astimezone(self.setting.zone).isoformat(timespec="seconds"),
            "until": self.until.isoformat() if self.until else None,
            "digest": self.setting.digest,
            "decided": may_decide,
            "accounts": list(self.setting.accounts),
            "own_drafts": judged.own_drafts,
            "words": self.store.words_mark(),
        }
        concluded = replace(judged, decisions=decisions)
        concluded.print_with(self._printer())
        self.next_at = judged.pages.next_at
        self.store.put_views(meta, judged.pages.each(), self._lasting(judged, desk))
        if self._is_settled(concluded, may_decide):
            until = standing.horizon(self.now.astimezone(self.setting.zone), judged.pages.next_at)
            standing_ = Standing(self.rests_on, self.lying, self.now, until, len(judged.pages), _waiting(concluded))
            standing_.note(self.store)
        # All mail keeps its text for now; this drops that of letters made more than 30 days ago.
        if self.prunes:
            self.store.prune(self.now, judged.mail.read)

    def _lasting(self, judged: Judged, desk: Desk) -> Mapping[str, object] | None:
        """What the next pass may rely on; nothing where this one has not looked at mailboxes, or hides mail."""
        if self.reached is None or self.until is not None:
            return None
        return Lasting(lasting.basis(self.setting, self.store, desk), self.now, judged.stands).written()

    def _is_settled(self, judged: Judged, may_decide: bool) -> bool:
        """Whether the next pass would conclude the same from the same: nothing was left undone."""
        lost = any(report.error for report in self.reports.values())
        wanting = any(decision.act for decision in judged.decisions.values())
        return bool(self.rests_on) and may_decide and not (lost or wanting or self.notes)

    def _printer(self) -> Printer:
        return Printer(self.store.placements(), self.setting.rulebook, self.setting.zone)


def _waiting(judged: Judged) -> tuple[str, ...]:
    """The opportunities whose letter waits for the user's yes."""
    return tuple(o.id for o in judged.opportunities if any(r.clause == WAITS for r in judged.decisions[o.id].reasons))
