"""Lets the two readers check each other: phrase rules and linear model, weighed by how often each is right.

Where they agree the reading is certain, where they don't it is in doubt, and the doubt is honest: the weights are
learnt (`make model`) on messages that neither reader had seen. What structure tells stands above both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from watcher.knowledge.patterns import fold
from watcher.reading.examining import Examined
from watcher.reading.identity import Identity
from watcher.reading.model import Evidence, Says, Speaker, TimeUse
from watcher.reading.words import Opinion, softmax

RARE = 1e-6
FAR = 8.0  # log-probabilities and log-odds beyond this say no more
SURE = 0.93  # from here on a rule is certain
FEW = 4  # words of a text below which the model alone makes no hiring mail of it ("hello")
DOUBTED = 0.45  # the most that it can claim then
EVIDENCE = 3  # words of the model that are shown
MODEST = 0.4  # the confidence of a rule that only guesses
PLAIN = frozenset({Says.REJECTION, Says.APPLICATION_RECEIVED, Says.OFFER})  # what is hardly said of anything else
TIMED = frozenset({Says.INTERVIEW_CONFIRMED, Says.INTERVIEW_RESCHEDULED})  # what takes a time, or plain words
STATED = 0.75  # a phrase this strong states an interview without telling when
STANDS = frozenset({Says.REJECTION, Says.INTERVIEW_CANCELLED})  # what must not be overheard
STRONG = 0.85  # where a rule is this sure of one of these, it stands
HEARD = 0.05  # unless the model thinks it hardly possible
PLAIN_AT_MOST = 1.5  # the log-odds that the rules can claim by themselves where both readers hear one of these
_MODEL, _RULES = ({says: f"{reader} {says}" for says in Says} for reader in ("model", "rules"))
MINE, THEIRS = "mine", "theirs"  # the names of the weights that tell hiring mail, by who wrote it


@dataclass(frozen=True, slots=True)
class Judgement:
    """What both readers together make of a message. `words` are the model's where it speaks for that meaning."""

    says: Says
    confidence: float
    hiring: float
    words: tuple[Evidence, ...] = ()


def agree(seen: Examined) -> Judgement:
    """The meaning of a message, the confidence in it, and the probability that it is hiring mail of the user's own."""
    if seen.words is None or not seen.text.strip():  # of a message without words the model knows nothing
        return Judgement(seen.says, seen.confidence, _share(seen.hiring))
    mine = seen.sender.speaker is Speaker.ME
    opinion = seen.words.judge(seen.terms, seen.signs, mine=mine)
    weights = seen.words.agreement
    hiring = _share(_sum(weights.get(MINE if mine else THEIRS, {}), hiring_marks(seen, opinion)))
    if len(seen.text.split()) < FEW and seen.hiring <= 0.0:
        hiring = min(hiring, DOUBTED)
    if mine or stands_above(seen):
        return Judgement(seen.says, seen.confidence, hiring)
    marks = says_marks(seen, opinion)
    told = list(marks.values())
    columns = zip(*_rows(Identity(weights), tuple(opinion.says), marks), strict=True)
    totals = {
        says: sum(map(mul, column, told))
        for says, column in zip(opinion.says, columns, strict=True)
        if not _lacks_its_time(says, seen)
    }
    shares = softmax(totals)
    best = max(shares, key=shares.__getitem__)
    if seen.says in STANDS and seen.confidence >= STRONG and shares[seen.says] >= HEARD:
        best = seen.says
    if best is seen.says and best in PLAIN and shares[best] >= SURE and seen.confidence >= SURE:
        hiring = max(hiring, _share(min(seen.hiring, PLAIN_AT_MOST)))
    return Judgement(best, shares[best], hiring, _spoken(opinion, seen) if opinion.likeliest is best else ())


def _spoken(opinion: Opinion, seen: Examined) -> tuple[Evidence, ...]:
    """The model's words as they stand in the mail: a pair of them may have a comma between."""
    text = " ".join(seen.text.split())
    folded = fold(text)
    found: list[Evidence] = []
    for each in opinion.words:
        at = folded.find(each.words)
        if at >= 0:
            found.append(Evidence(each.rule, text[at : at + len(each.words)]))
            if len(found) == EVIDENCE:
                break
    return tuple(found)


def _lacks_its_time(says: Says, seen: Examined) -> bool:
    """Whether nothing but the model speaks for an interview: no time, no invitation, no phrase that states one ("your
    interview is confirmed, details attached")."""
    if says not in TIMED or seen.facts.timed or seen.facts.events:
        return False
    return not seen.facts.is_at_least(says, STATED)


def stands_above(seen: Examined) -> bool:
    """Whether the structure of a message tells what it says: its headers, a calendar part, or that it is a receipt."""
    return seen.facts.automatic or seen.facts.receipt or (seen.confidence >= SURE and bool(seen.facts.events))


def hiring_marks(seen: Examined, opinion: Opinion) -> dict[str, float]:
    """What speaks for hiring mail and against it: the log-odds of both readers, those of the rules in three ranges, and
    how surely a phrase says something that hiring mail says."""
    rules = max(-FAR, min(FAR, seen.hiring))
    frame = max(seen.facts.scores.values(), default=0.0)
    return {
        "bias": 1.0,
        "rules": rules,
        "rules high": max(0.0, rules - 2.0),
        "rules low": min(0.0, rules + 2.0),
        "model": max(-FAR, min(FAR, opinion.hiring)),
        "frame": frame,
        "role": max((role.weight for role in seen.names.roles), default=0.0),
        "certain frame": float(frame >= SURE),
        f"kind {seen.sender.kind}": 1.0,
        f"speaker {seen.sender.speaker}": 1.0,
    }


def says_marks(seen: Examined, opinion: Opinion) -> dict[str, float]:
    """What speaks for each meaning: the model's log-probabilities, the scores of the rules, and what these decided."""
    marks = {"bias": 1.0}
    for says, share in opinion.says.items():
        marks[_MODEL[says]] = max(math.log(share + RARE), -FAR)
    for says, score in seen.facts.scores.items():
        marks[_RULES[says]] = score
    marks[f"verdict {seen.says}"] = 1.0
    marks[f"trust {seen.says}"] = 2.0 * max(0.0, seen.confidence - MODEST)
    if seen.confidence >= SURE:
        marks[f"certain {seen.says}"] = 1.0
    for name, there in _facts(seen).items():
        if there:
            marks[name] = 1.0
    return marks


def _facts(seen: Examined) -> dict[str, bool]:
    """What structure tells of the meaning, short of deciding it."""
    facts, sender = seen.facts, seen.sender
    return {
        "a time stands": facts.standing,
        "times are offered": facts.offered,
        "a time is past": facts.has(TimeUse.PAST),
        "asks": facts.asks,
        "reply": facts.reply,
        "reminder": facts.reminder,
        "receipt": facts.receipt,
        "thanks for applying": facts.thanks_for_applying,
        "knows the application": facts.knows_application,
        "booking link": bool(seen.booking_links),
        "named day": seen.named_day is not None,
        f"speaker {sender.speaker}": True,
        f"kind {sender.kind}": bool(sender.kind),
    }


def _sum(weights: Mapping[str, float], marks: Mapping[str, float]) -> float:
    return sum([weights[mark] * value for mark, value in marks.items() if mark in weights])


def _rows(weights: Identity, meanings: tuple[Says, ...], marks: Iterable[str]) -> list[tuple[float, ...]]:
    """Of each mark, what it weighs for each of the meanings."""
    table = _weights_of_marks(weights, meanings)
    nothing = (0.0,) * len(meanings)
    return [table.get(mark, nothing) for mark in marks]


@lru_cache(maxsize=8)
def _weights_of_marks(weights: Identity, meanings: tuple[Says, ...]) -> Mapping[str, tuple[float, ...]]:
    """The weights of a language, turned round: of each mark, what it weighs for each of the meanings."""
    columns: list[Mapping[str, float]] = [weights.thing[says] for says in meanings]
    marks = dict.fromkeys(mark for column in columns for mark in column)
    return {mark: tuple([column.get(mark, 0.0) for column in columns]) for mark in marks}


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def forget() -> None:
    """Let go of the weights that were turned round."""
    _weights_of_marks.cache_clear()
