"""Whatever an opportunity, the settings and the past look like: the policy keeps its promises, and always says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from tests.support.hiring import DANA, WORKDAYS, ZONE, folded, mine, stands, they
from watcher.followup import decide, policy, timing
from watcher.followup.model import (
    DEFAULT_THRESHOLDS,
    Decision,
    FollowUpSettings,
    Kind,
    Override,
    PastDraft,
    PolicyContext,
    Status,
    Threshold,
)
from watcher.opportunity.model import (
    Interview,
    InterviewStatus,
    Nudge,
    Opportunity,
    Silence,
    Stage,
    WaitingOn,
)
from watcher.reading.model import Act, Person, Says

BASE = folded(
    they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),)),
    mine("m2", "03-12 18:00", Act.THANKED),
    now="03-19 12:00",
)
START = datetime(2026, 3, 2, tzinfo=ZONE)
LETTERS = [kind for kind in Kind if kind not in {Kind.NONE, Kind.REPLY_OWED}]
STATES = ["placed", "pending", "edited", "sent", "discarded", "withdrawn", "stale"]

instants = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
days = st.integers(0, 60).map(lambda number: date(2026, 3, 2) + timedelta(days=number))
thresholds = st.one_of(
    st.just(Threshold()),
    st.integers(1, 30).map(lambda number: Threshold(working_days=number)),
    st.integers(1, 900).map(lambda hours: Threshold(span=timedelta(hours=hours))),
)


@st.composite
def interviews(draw: st.DrawFn) -> Interview:
    start = draw(st.none() | instants)
    end = start + timedelta(hours=draw(st.integers(1, 6))) if start and draw(st.booleans()) else None
    return Interview(draw(st.sampled_from(["<m1@acme.example>", "uid-1"])), start, end, status=draw(st.sampled_from(InterviewStatus)))  # fmt: skip


@st.composite
def opportunities(draw: st.DrawFn) -> Opportunity:
    found = draw(st.lists(interviews(), max_size=3))
    dated = sorted((each for each in found if each.start), key=lambda each: each.start or START)
    return replace(
        BASE,
        stage=draw(st.sampled_from(Stage)),
        waiting_on=draw(st.sampled_from(WaitingOn)),
        confidence=draw(st.sampled_from([0.3, 0.7, 1.0])),
        contact=draw(st.sampled_from([None, Person("Dana Reyes", DANA.address), Person("Dana", "")])),
        interviews=(*(each for each in found if not each.start), *dated),
        promised_by=draw(st.none() | days),
        silence=draw(st.none() | st.builds(Silence, instants, st.sampled_from(["<m1@acme.example>", "said:x"]))),
        nudges=tuple(draw(st.lists(st.builds(Nudge, instants, st.just("<n@example.net>"), st.booleans()), max_size=3))),
        thanked=draw(st.booleans()),
        back_on=draw(st.none() | days),
        owed_since=draw(st.none() | instants),
        handed_in_at=draw(st.none() | instants),
        suspicious=draw(st.sampled_from(["", "DMARC failed"])),
        misaddressed=draw(st.booleans()),
        unsure=draw(st.sampled_from(["", "two could be meant"])),
        own_draft=draw(st.booleans()),
        muted=draw(st.booleans()),
        snoozed_until=draw(st.none() | instants),
        language=draw(st.sampled_from(["en", "de", "fr"])),
    )


@st.composite
def wishes(draw: st.DrawFn) -> FollowUpSettings:
    own = draw(st.dictionaries(st.sampled_from(list(DEFAULT_THRESHOLDS)), thresholds))
    override = Override(draw(st.dictionaries(st.sampled_from(LETTERS), thresholds)))
    return FollowUpSettings(
        thresholds={**DEFAULT_THRESHOLDS, **own},
        attempts=draw(st.dictionaries(st.sampled_from(LETTERS), st.integers(0, 3))),
        spacing=draw(st.dictionaries(st.sampled_from(LETTERS), thresholds.filter(lambda each: not each.off))),
        not_before=draw(st.none() | instants),
        drafting=draw(st.sampled_from(["auto", "auto", "ask", "off"])),
        drafting_set=draw(st.booleans()),
        max_a_day=draw(st.integers(0, 5)),
        overrides={draw(st.sampled_from(["acme", "acme-backend-engineer", "other"])): override},
    )


pasts = st.builds(
    PastDraft,
    st.just(BASE.id),
    st.sampled_from(LETTERS),
    st.integers(1, 3),
    st.sampled_from(["<m1@acme.example>", "uid-1", "said:x"]),
    st.sampled_from(STATES),
    st.just(DANA.address),
    instants,
    st.sampled_from([(), ("<m1@acme.example>", "<m2@example.net>"), ("<m0@acme.example>",)]),
)
contexts = st.builds(
    PolicyContext,
    paused_until=st.none() | instants,
    made_today=st.integers(0, 6),
    to_same_person=st.none() | instants,
    languages=st.just(frozenset({"en", "de"})),
    fetched=st.booleans(),
    approvals=st.sets(st.tuples(st.sampled_from(LETTERS), st.integers(1, 2), st.just("<m1@acme.example>"))).map(
        frozenset
    ),
)
wild = st.tuples(opportunities(), instants, wishes(), st.lists(pasts, max_size=3), contexts)


@st.composite
def ripe(draw: st.DrawFn) -> tuple[Opportunity, datetime, FollowUpSettings, list[PastDraft], PolicyContext]:
    """A silence that may well call for a letter, with at most a little in its way."""
    day = START + timedelta(days=draw(st.integers(14, 55)), hours=draw(st.sampled_from([6, 7, 12, 15, 20, 21])))
    since = day - timedelta(days=draw(st.integers(3, 30)), hours=draw(st.integers(0, 9)))
    stage = draw(st.sampled_from([Stage.APPLIED, Stage.IN_CONVERSATION, Stage.SCHEDULING, Stage.AWAITING_DECISION,
                                  Stage.OFFER, Stage.ON_HOLD]))  # fmt: skip
    start = day - timedelta(hours=draw(st.integers(2, 60))) if draw(st.booleans()) else since - timedelta(hours=1)
    held = Interview("<m1@acme.example>", start, status=InterviewStatus.HELD)
    nudged = [Nudge(since + (day - since) / 3, "<n@example.net>")] * draw(st.sampled_from([0, 0, 0, 1, 2]))
    opportunity = replace(
        BASE,
        stage=stage,
        waiting_on=WaitingOn.THEM,
        confidence=1.0,
        interviews=(held,) if stage is Stage.AWAITING_DECISION and draw(st.booleans()) else (),
        silence=Silence(since, "<m1@acme.example>"),
        nudges=tuple(nudged),
        thanked=draw(st.booleans()),
        promised_by=draw(st.sampled_from([None, None, since.date() + timedelta(days=2)])),
        back_on=draw(st.sampled_from([None, None, None, day.date(), day.date() + timedelta(days=2)])),
        handed_in_at=None,
    )
    wish = draw(st.sampled_from([
        FollowUpSettings(), FollowUpSettings(), FollowUpSettings(drafting="ask"), FollowUpSettings(drafting="off"),
        FollowUpSettings(max_a_day=2), FollowUpSettings(not_before=day - timedelta(days=9)),
        FollowUpSettings(attempts={Kind.AFTER_REPLY: 1, Kind.THANK_YOU: 0}),
        FollowUpSettings(overrides={"acme": Override({Kind.AFTER_INTERVIEW: Threshold(working_days=2)})}),
    ]))  # fmt: skip
    context = PolicyContext(
        made_today=draw(st.sampled_from([0, 0, 0, 2, 5])),
        to_same_person=draw(st.sampled_from([None, None, day - timedelta(days=1), day - timedelta(days=9)])),
        paused_until=draw(st.sampled_from([None, None, None, day + timedelta(days=1), day - timedelta(days=1)])),
        approvals=frozenset(draw(st.sets(st.tuples(st.sampled_from(LETTERS), st.integers(1, 2), st.just("<m1@acme.example>"))))),
    )  # fmt: skip
    past = [replace(each, at=since) for each in draw(st.sampled_from([[], [], [], draw(st.lists(pasts, max_size=2))]))]
    return opportunity, day, wish, past, context


cases = st.one_of(ripe(), ripe(), wild)
CLAUSES = {name for module in (policy, timing) for name in vars(module)}


def decided(case: tuple[Opportunity, datetime, FollowUpSettings, list[PastDraft], PolicyContext]) -> Decision:
    opportunity, now, wish, past, context = case
    return decide(opportunity, now, wish, WORKDAYS, past, context)


def kindly(opportunity: Opportunity) -> Opportunity:
    """The same without anything that holds every letter back."""
    return replace(
        opportunity, contact=Person("Dana Reyes", DANA.address), muted=False, suspicious="", misaddressed=False,
        unsure="", own_draft=False, confidence=1.0, language="en", snoozed_until=None,
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(cases)
def test_every_decision_says_why_by_the_name_of_a_clause(case) -> None:  # type: ignore[no-untyped-def]
    found = decided(case)
    assert found.reason
    named = {reason.clause for reason in (*found.reasons, *found.passed_over)}
    assert named <= CLAUSES | {"the_kind_is_off", "it_has_lapsed", "they_named_a_day", "the_silence_has_its_length",
                               "you_have_nudged", "the_attempts_are_spent", "it_began_before_you_asked",
                               "you_have_written_since", "thank_yous_are_off", "the_thank_you_has_lapsed",
                               "nothing_is_to_be_done"}  # fmt: skip
    assert (found.kind is Kind.NONE) == (found.status is Status.NONE)
    assert found.act <= (found.status is Status.DUE)


@settings(max_examples=200, deadline=None)
@given(cases)
def test_a_letter_is_written_only_where_nothing_speaks_against_it(case) -> None:  # type: ignore[no-untyped-def]
    opportunity, now, wish, past, context = case
    opportunity = kindly(opportunity)
    found = decide(opportunity, now, wish, WORKDAYS, past, context)
    if not found.act:
        return
    letter = (found.kind, found.attempt, found.anchor)
    assert found.kind in LETTERS
    assert found.due_at is not None
    assert found.due_at <= now
    assert now - found.due_at <= wish.lapse
    assert WORKDAYS.is_working(now.date()) or letter in context.approvals
    assert 7 <= now.hour < 21 or letter in context.approvals
    assert context.fetched
    assert context.paused_until is None or context.paused_until <= now
    assert context.made_today < wish.max_a_day
    assert wish.drafting != "off"
    assert wish.drafting == "auto" or letter in context.approvals
    assert opportunity.back_on is None or opportunity.back_on <= now.date()
    assert context.to_same_person is None or WORKDAYS.after(context.to_same_person, 3) <= now
    assert letter not in {(each.kind, each.attempt, each.anchor) for each in past}
    assert not any(each.state == "edited" for each in past)
    assert not opportunity.over
    assert opportunity.waiting_on is not WaitingOn.YOU


@settings(max_examples=80, deadline=None)
@given(cases, st.sampled_from(["muted", "suspicious", "misaddressed", "own_draft", "unsure", "confidence", "language"]))
def test_each_ground_alone_holds_every_letter_back(case, ground: str) -> None:  # type: ignore[no-untyped-def]
    opportunity, now, wish, past, context = case
    value = {"suspicious": "DMARC failed", "unsure": "two could be meant", "confidence": 0.3, "language": "fr"}.get(ground, True)  # fmt: skip
    held = replace(kindly(opportunity), **{ground: value})
    assert not decide(held, now, wish, WORKDAYS, past, context).act


@settings(max_examples=80, deadline=None)
@given(cases)
def test_no_kind_is_followed_up_that_is_off_nor_more_often_than_asked(case) -> None:  # type: ignore[no-untyped-def]
    found = decided(case)
    opportunity, now, wish, past, _ = case
    known = timing.Case(opportunity, now, wish, WORKDAYS, past)
    if found.kind in LETTERS and found.kind is not Kind.THANK_YOU:
        assert not known.is_off(found.kind)
        assert found.attempt <= known.attempts(found.kind)
    if found.kind is Kind.THANK_YOU and found.due_at:
        assert not known.is_off(Kind.THANK_YOU)


@settings(max_examples=80, deadline=None)
@given(cases)
def test_what_is_put_off_is_put_off_into_working_hours_and_then_written(case) -> None:  # type: ignore[no-untyped-def]
    opportunity, now, wish, past, context = case
    opportunity = kindly(opportunity)
    found = decide(opportunity, now, wish, WORKDAYS, past, context)
    if found.status is not Status.DUE or found.not_before is None:
        return
    opening = found.not_before.astimezone(ZONE)
    assert opening > now
    assert WORKDAYS.is_working(opening.date())
    assert 7 <= opening.hour < 21
    later = decide(opportunity, opening, wish, WORKDAYS, past, replace(context, made_today=0))
    assert later.act or wish.max_a_day == 0 or (later.kind, later.attempt) != (found.kind, found.attempt)


@settings(max_examples=200, deadline=None)
@given(cases)
def test_once_written_it_is_not_written_again_whatever_becomes_of_it(case) -> None:  # type: ignore[no-untyped-def]
    opportunity, now, wish, past, context = case
    opportunity = kindly(opportunity)
    found = decide(opportunity, now, wish, WORKDAYS, past, context)
    if not found.act:
        return
    for state in STATES:
        made = PastDraft(opportunity.id, found.kind, found.attempt, found.anchor, state, DANA.address, now)
        for hours in (0, 5, 24, 24 * 8):
            again = decide(opportunity, now + timedelta(hours=hours), wish, WORKDAYS, [*past, made], context)
            assert not again.act or (again.kind, again.attempt, again.anchor) != (
                found.kind,
                found.attempt,
                found.anchor,
            )


@pytest.mark.parametrize("kind", LETTERS)
def test_the_cases_reach_letters_of_every_kind(kind: Kind) -> None:
    """Or the properties above would hold of nothing."""

    def is_written(case: tuple[Opportunity, datetime, FollowUpSettings, list[PastDraft], PolicyContext]) -> bool:
        found = decide(kindly(case[0]), *case[1:3], WORKDAYS, *case[3:])
        return found.act and found.kind is kind

    find(ripe(), is_written, settings=settings(max_examples=3000, deadline=None, database=None))
