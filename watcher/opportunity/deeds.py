"""What the user's mail does, once it is known what they were asked for: what is owed is likely what is done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from watcher.opportunity.model import Entry, Stage
from watcher.opportunity.situation import Situation
from watcher.reading.model import Act, Ask

# How much likelier an act is than elsewhere where it was asked for, in log-odds.
ASKED_FOR: Mapping[Ask, Mapping[Act, float]] = {
    Ask.TASK: {Act.HANDED_IN: 1.2},
    Ask.DECISION: {Act.DECLINED: 1.0, Act.ACCEPTED: 0.5},
    Ask.TIMES: {Act.PICKED_TIME: 1.0, Act.GAVE_TIMES: 0.7},
    Ask.REFERENCES: {Act.ANSWERED: 1.0},
    Ask.DOCUMENTS: {Act.ANSWERED: 1.0},
}
PITCHED = {Act.DECLINED: 0.7, Act.INTERESTED: 1.0}  # the same where they wrote first


def in_context(entry: Entry, situation: Situation) -> Entry:
    """The entry with what its mail likely does beside what it surely does."""
    entry = _rather_answers(entry, situation)
    reading = entry.reading
    if not reading.leanings:
        return entry
    likelier: dict[Act, float] = dict(PITCHED) if situation.stage is Stage.LEAD else {}
    for ask in situation.debts:
        likelier |= ASKED_FOR.get(ask, {})
    found = {act for act, more in likelier.items() if reading.leanings.get(act, -math.inf) + more > 0.0}
    if reading.acts & {Act.ASKED, Act.ASKED_TIMES}:
        found -= {Act.ACCEPTED, Act.PICKED_TIME}  # whoever asks has not yet said yes, unless in plain words
    return replace(entry, reading=replace(reading, acts=reading.acts | found)) if found else entry


def _rather_answers(entry: Entry, situation: Situation) -> Entry:
    """The entry without a no that no phrase says, where it answers what they asked for: "no, I don't need sponsorship"
    ends nothing. A doubt remains."""
    reading = entry.reading
    if not {Act.DECLINED, Act.ANSWERED} <= reading.acts or Ask.DECISION in situation.debts or not situation.debts:
        return entry
    if any(each.rule.endswith("act.declined") for each in reading.evidence):
        return entry
    leanings = dict(reading.leanings) | {Act.DECLINED: 0.0}
    return replace(entry, reading=replace(reading, acts=reading.acts - {Act.DECLINED}, leanings=leanings))


def sureness(entry: Entry) -> float:
    """The confidence that the user's mail does not end it, where nothing shows that it does."""
    doubt = entry.reading.leanings.get(Act.DECLINED, -math.inf)
    if doubt == -math.inf or Act.DECLINED in entry.reading.acts:
        return 1.0
    return round(1.0 - 1.0 / (1.0 + math.exp(-doubt)), 3)
