"""Decides on the opportunities one after the other, and keeps of most nothing but their page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from watcher.cycle.deciding import Decider
from watcher.cycle.judging import Folded, Mail
from watcher.cycle.lasting import Stand, is_settled
from watcher.cycle.pages import Pages, Printer
from watcher.cycle.placing import Desk
from watcher.cycle.standing import horizon
from watcher.draft.model import OPEN_STATES
from watcher.followup.model import Decision, Status
from watcher.opportunity.model import Opportunity


@dataclass(frozen=True, slots=True)
class Judged:
    """What all accounts together amount to at one instant: a page of each opportunity, and those about which something
    may be done. Of most, nothing but the page is kept, so that memory does not grow with the mailbox."""

    mail: Mail
    pages: Pages
    opportunities: tuple[Opportunity, ...]
    decisions: Mapping[str, Decision]
    folders: Mapping[str, str]  # in which their messages lie
    own_drafts: tuple[str, ...]  # where the user has begun a letter
    stands: dict[str, Stand]  # of pages that stand for a while

    def print_with(self, printer: Printer) -> None:
        """Make the pages of those that were kept."""
        for opportunity in self.opportunities:
            page = printer.page(opportunity, self.decisions[opportunity.id], self.folders)
            self.pages.put(opportunity.id, page)


@dataclass(frozen=True, slots=True)
class Scales:
    """What opportunities are weighed by: how to decide and to print, the drafts that lie there, whether the user has
    begun a letter to one, and which are to be `kept` in any case."""

    decider: Decider
    printer: Printer
    desk: Desk
    has_own: Callable[[Opportunity, Desk], bool]
    kept: Callable[[Opportunity], bool]

    def weigh(self, mail: Mail, folded: Iterable[tuple[str, Folded | Stand]]) -> Judged:
        """Decide on each. What is not due, and has no draft, comes to the same whatever this pass does about others."""
        live: list[Opportunity] = []
        where: dict[str, str] = {}
        own: list[str] = []
        stands: dict[str, Stand] = {}
        today = self.decider.now.astimezone(self.printer.zone)
        pages = Pages(self.decider.now)
        drafted = {placement.opportunity for placement in self.decider.placements if placement.state in OPEN_STATES}
        answered = {draft.in_reply_to for draft in self.desk.own}
        for name, found in folded:
            if isinstance(found, Stand):
                stands[name] = found
                pages.stay(name, found.next_at)
                continue
            mark, opportunity, folders = found
            if self.has_own(opportunity, self.desk):
                opportunity = replace(opportunity, own_draft=True)
                own.append(opportunity.id)
            decision = self.decider.one(opportunity)
            named = not drafted.isdisjoint({opportunity.id, *opportunity.aliases})
            if decision.status is Status.DUE or named or not answered.isdisjoint(folders) or self.kept(opportunity):
                live.append(opportunity)
                where |= folders
                pages.hold(opportunity.id)
            else:
                next_at = pages.put(opportunity.id, self.printer.page(opportunity, decision, folders))
                if is_settled(decision) and not opportunity.own_draft:
                    stands[name] = Stand(mark, horizon(today, next_at), next_at)
        return Judged(mail, pages, tuple(live), self.decider.all(live), where, tuple(own), stands)
