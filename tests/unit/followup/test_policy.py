"""When a follow-up is due, and what holds it back."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.support.hiring import DANA, WORKDAYS, at, folded, mine, stands, they
from watcher.followup import decide
from watcher.followup.model import (
    Decision,
    FollowUpSettings,
    Kind,
    Override,
    PastDraft,
    PolicyContext,
    Status,
    Threshold,
)
from watcher.opportunity.model import Opportunity
from watcher.reading.model import Act, Evidence, NamedDay, Says

# 2026-03-12 is a Thursday; the interview lasts from 10 to 11.
INTERVIEW = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
THANKS = mine("m2", "03-12 18:00", Act.THANKED)


def opportunity(*entries: object, now: str) -> Opportunity:
    return folded(*entries, now=now)  # type: ignore[arg-type]


def decision(*entries: object, now: str, settings: FollowUpSettings | None = None, **context: object) -> Decision:
    past = context.pop("past", ())
    found = opportunity(*entries, now=now)
    return decide(
        found, at(now), settings or FollowUpSettings(), WORKDAYS, past, PolicyContext(**context)  # type: ignore[arg-type]
    )  # fmt: skip


def past(kind: Kind, state: str, attempt: int = 1, anchor: str = "<m1@acme.example>", **more: object) -> PastDraft:
    known = {"at": at("03-12 14:00"), "answers": ("<m1@acme.example>",), **more}
    return PastDraft("acme-backend-engineer", kind, attempt, anchor, state, DANA.address, **known)  # type: ignore[arg-type]


# --- kinds and days ---------------------------------------------------------------------------------------------------


def test_a_thank_you_is_due_two_hours_after_the_end() -> None:
    early = decision(INTERVIEW, now="03-12 12:30")
    assert (early.kind, early.status, early.due_at) == (Kind.THANK_YOU, Status.SCHEDULED, at("03-12 13:00"))
    assert decision(INTERVIEW, now="03-12 13:00").act


def test_a_thank_you_comes_next_while_the_interview_lies_ahead() -> None:
    found = decision(INTERVIEW, now="03-11 12:00")
    assert (found.kind, found.status, found.due_at) == (Kind.THANK_YOU, Status.SCHEDULED, at("03-12 13:00"))


def test_a_thank_you_lapses_after_two_working_days_over_the_weekend() -> None:
    assert decision(INTERVIEW, now="03-16 10:59").kind is Kind.THANK_YOU
    later = decision(INTERVIEW, now="03-16 11:00")
    assert (later.kind, later.due_at) == (Kind.AFTER_INTERVIEW, at("03-19 11:00"))
    assert "the_thank_you_has_lapsed" in {reason.clause for reason in later.passed_over}


def test_thanks_that_were_written_lead_to_the_five_working_days() -> None:
    assert decision(INTERVIEW, THANKS, now="03-19 10:59").status is Status.SCHEDULED
    found = decision(INTERVIEW, THANKS, now="03-19 11:00")
    assert (found.kind, found.attempt, found.act) == (Kind.AFTER_INTERVIEW, 1, True)


@pytest.mark.parametrize(
    ("entries", "kind", "due"),
    [
        ([mine("m1", "03-02 09:00", Act.APPLIED)], Kind.AFTER_APPLICATION, "03-11 09:00"),
        ([they("m1", "03-02 09:00", Says.ON_HOLD)], Kind.AFTER_HOLD, "03-30 09:00"),
        ([they("m1", "03-02 09:00", Says.INTERVIEW_CANCELLED)], Kind.AFTER_SCHEDULING, "03-05 09:00"),
        (
            [they("m1", "03-02 09:00", Says.OUTREACH), mine("m2", "03-03 09:00", Act.INTERESTED)],
            Kind.AFTER_REPLY,
            "03-09 09:00",
        ),
        (
            [they("m1", "03-02 09:00", Says.ASSESSMENT), mine("m2", "03-03 09:00", Act.HANDED_IN)],
            Kind.AFTER_ASSESSMENT,
            "03-10 09:00",
        ),
        (
            [they("m1", "03-02 09:00", Says.OFFER), mine("m2", "03-03 09:00", Act.ASKED)],
            Kind.AFTER_REPLY,
            "03-09 09:00",
        ),
        ([they("m1", "03-02 09:00", Says.OUTREACH)], Kind.REPLY_OWED, "03-04 09:00"),
    ],
)
def test_each_kind_has_its_days(entries: list, kind: Kind, due: str) -> None:
    found = decision(*entries, now="03-04 08:00")
    assert (found.kind, found.due_at, found.status) == (kind, at(due), Status.SCHEDULED)


def test_the_end_is_followed_by_nothing() -> None:
    found = decision(they("m1", "03-02 09:00", Says.REJECTION), now="03-04 08:00")
    assert (found.kind, found.status, found.act) == (Kind.NONE, Status.NONE, False)
    assert found.reason


def test_machines_are_not_written_to() -> None:
    found = decision(they("m1", "03-02 09:00", Says.APPLICATION_RECEIVED, system="icims"), now="03-20 10:00")
    assert (found.kind, found.reasons[0].clause) == (Kind.NONE, "nobody_could_answer")


def test_what_the_user_owes_is_a_reminder_and_no_letter() -> None:
    found = decision(they("m1", "03-02 09:00", Says.SCHEDULING), now="03-05 10:00")
    assert (found.kind, found.status, found.act) == (Kind.REPLY_OWED, Status.REMINDER, False)


def test_a_named_day_stands_above_the_threshold() -> None:
    day = NamedDay(date(2026, 3, 27), Evidence("a.rule", "by the 27th"))
    promise = they("m3", "03-13 09:00", Says.UPDATE, named_day=day)
    found = decision(INTERVIEW, THANKS, promise, now="03-27 10:00")
    assert (found.status, found.due_at) == (Status.SCHEDULED, at("03-30 07:00"))
    assert found.reasons[0].clause == "they_named_a_day"
    assert [reason.clause for reason in found.passed_over] == ["you_have_written_since", "the_silence_has_its_length"]
    assert decision(INTERVIEW, THANKS, promise, now="03-30 07:00").act


def test_a_named_day_does_not_put_off_a_thank_you() -> None:
    day = NamedDay(date(2026, 3, 27), Evidence("a.rule", "by the 27th"))
    found = decision(INTERVIEW, they("m3", "03-12 12:00", Says.UPDATE, named_day=day), now="03-12 14:00")
    assert (found.kind, found.act) == (Kind.THANK_YOU, True)


def test_a_holding_answer_after_the_named_day_begins_a_plain_silence() -> None:
    day = NamedDay(date(2026, 3, 13), Evidence("a.rule", "tomorrow"))
    found = decision(
        INTERVIEW,
        THANKS,
        they("m3", "03-12 19:00", Says.UPDATE, named_day=day),
        they("m4", "03-16 09:00", Says.UPDATE),
        now="03-17 10:00",
    )
    assert found.due_at == at("03-23 09:00")


def test_the_second_attempt_comes_five_working_days_after_the_first_and_then_none() -> None:
    first = mine("m3", "03-19 12:00", Act.NUDGED)
    second = mine("m4", "03-26 12:30", Act.NUDGED)
    found = decision(INTERVIEW, THANKS, first, now="03-26 12:00")
    assert (found.attempt, found.due_at, found.act) == (2, at("03-26 12:00"), True)
    spent = decision(INTERVIEW, THANKS, first, second, now="04-20 12:00")
    assert (spent.kind, spent.reasons[0].clause) == (Kind.NONE, "the_attempts_are_spent")


def test_what_fell_due_more_than_thirty_days_ago_has_lapsed() -> None:
    assert decision(INTERVIEW, THANKS, now="04-17 12:00").kind is Kind.AFTER_INTERVIEW
    assert decision(INTERVIEW, THANKS, now="04-20 12:00").kind is Kind.NONE


def test_silences_older_than_the_day_asked_for_are_left_alone() -> None:
    settings = FollowUpSettings(not_before=at("03-15 00:00"))
    assert decision(INTERVIEW, THANKS, now="03-20 12:00", settings=settings).kind is Kind.NONE
    assert decision(INTERVIEW, now="03-12 14:00", settings=settings).kind is Kind.NONE


def test_a_kind_can_be_switched_off() -> None:
    thresholds = {**FollowUpSettings().thresholds, Kind.THANK_YOU: Threshold()}
    found = decision(INTERVIEW, now="03-12 14:00", settings=FollowUpSettings(thresholds=thresholds))
    assert found.kind is Kind.AFTER_INTERVIEW
    thresholds[Kind.AFTER_INTERVIEW] = Threshold()
    assert decision(INTERVIEW, now="03-12 14:00", settings=FollowUpSettings(thresholds=thresholds)).kind is Kind.NONE


@pytest.mark.parametrize("name", ["ACME", "acme-backend-engineer"])
def test_a_company_or_an_opportunity_may_have_its_own_days(name: str) -> None:
    override = Override({Kind.AFTER_INTERVIEW: Threshold(working_days=2)}, {Kind.AFTER_INTERVIEW: 1})
    settings = FollowUpSettings(overrides={name: override})
    assert decision(INTERVIEW, THANKS, now="03-16 11:00", settings=settings).act
    nudged = mine("m3", "03-16 12:00", Act.NUDGED)
    assert decision(INTERVIEW, THANKS, nudged, now="03-25 12:00", settings=settings).kind is Kind.NONE


def test_one_opportunity_goes_before_its_company_and_each_kind_by_itself() -> None:
    company = Override({Kind.AFTER_INTERVIEW: Threshold(working_days=2), Kind.THANK_YOU: Threshold()})
    own = Override({Kind.AFTER_INTERVIEW: Threshold(working_days=9)})
    settings = FollowUpSettings(overrides={"acme": company, "acme-backend-engineer": own})
    found = decision(INTERVIEW, now="03-12 14:00", settings=settings)
    assert (found.kind, found.due_at) == (Kind.AFTER_INTERVIEW, at("03-25 11:00"))


def test_a_kind_that_may_be_tried_no_times_is_off() -> None:
    settings = FollowUpSettings(attempts={Kind.THANK_YOU: 0})
    assert decision(INTERVIEW, now="03-12 14:00", settings=settings).kind is Kind.AFTER_INTERVIEW
    settings = FollowUpSettings(attempts={Kind.THANK_YOU: 0, Kind.AFTER_INTERVIEW: 0})
    found = decision(INTERVIEW, now="03-12 14:00", settings=settings)
    assert (found.kind, found.reasons[0].clause) == (Kind.NONE, "the_kind_is_off")


# --- what holds it back -----------------------------------------------------------------------------------------------

DUE = replace(opportunity(INTERVIEW, THANKS, now="03-19 12:00"))


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"muted": True}, "it_is_muted"),
        ({"suspicious": "DMARC failed"}, "it_looks_forged"),
        ({"misaddressed": True}, "it_is_meant_for_someone_else"),
        ({"own_draft": True}, "a_draft_of_your_own_is_there"),
        ({"unsure": "two could be meant"}, "the_reading_is_unsure"),
        ({"confidence": 0.4}, "the_reading_is_unsure"),
        ({"language": "fr"}, "the_language_is_not_read"),
        ({"snoozed_until": at("03-25 09:00")}, "it_is_snoozed"),
    ],
)
def test_the_kind_stays_but_nothing_is_drafted(change: dict, clause: str) -> None:
    found = decide(replace(DUE, **change), at("03-19 12:00"), FollowUpSettings(), WORKDAYS)
    assert (found.kind, found.status, found.act) == (Kind.AFTER_INTERVIEW, Status.BLOCKED, False)
    assert found.reasons[0].clause == clause


def test_without_any_of_that_it_is_drafted() -> None:
    assert decide(DUE, at("03-19 12:00"), FollowUpSettings(), WORKDAYS).act


def test_a_pause_and_an_account_that_was_not_fetched_block() -> None:
    paused = PolicyContext(paused_until=datetime.max.replace(tzinfo=at("03-19 12:00").tzinfo))
    for context in (paused, PolicyContext(fetched=False)):
        found = decide(DUE, at("03-19 12:00"), FollowUpSettings(), WORKDAYS, (), context)
        assert (found.status, found.act) == (Status.BLOCKED, False)


@pytest.mark.parametrize("drafting", ["ask", "off"])
def test_drafting_by_request_or_off_leaves_it_due(drafting: str) -> None:
    found = decide(DUE, at("03-19 12:00"), FollowUpSettings(drafting=drafting), WORKDAYS)
    assert (found.status, found.act) == (Status.DUE, False)
    approved = PolicyContext(approved=frozenset({DUE.id}))
    found = decide(DUE, at("03-19 12:00"), FollowUpSettings(drafting=drafting), WORKDAYS, (), approved)
    assert found.act is (drafting == "ask")


def test_letters_that_no_native_reader_has_checked_wait_unless_the_config_says_auto() -> None:
    german = replace(DUE, language="de")
    context = PolicyContext(languages=frozenset({"en", "de"}))
    assert not decide(german, at("03-19 12:00"), FollowUpSettings(), WORKDAYS, (), context).act
    settings = FollowUpSettings(drafting="auto", drafting_set=True)
    assert decide(german, at("03-19 12:00"), settings, WORKDAYS, (), context).act


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("03-19 21:00", "03-20 07:00"),
        ("03-20 06:59", "03-20 07:00"),
        ("03-21 12:00", "03-23 07:00"),
        ("03-20 23:00", "03-23 07:00"),
    ],
)
def test_it_waits_for_working_hours(now: str, opens: str) -> None:
    found = decide(DUE, at(now), FollowUpSettings(), WORKDAYS)
    assert (found.status, found.act, found.not_before) == (Status.DUE, False, at(opens))


def test_it_waits_over_a_holiday() -> None:
    held = replace(DUE, silence=replace(DUE.silence, since=at("05-15 09:00")))  # type: ignore[type-var]
    found = decide(held, at("05-25 10:00"), FollowUpSettings(), WORKDAYS)  # Memorial Day
    assert (found.act, found.not_before) == (False, at("05-26 07:00"))


def test_it_waits_for_their_return_the_day_and_the_person() -> None:
    away = replace(DUE, back_on=date(2026, 3, 24))
    assert decide(away, at("03-19 12:00"), FollowUpSettings(), WORKDAYS).not_before == at("03-24 07:00")
    full = PolicyContext(made_today=5)
    assert decide(DUE, at("03-19 12:00"), FollowUpSettings(), WORKDAYS, (), full).not_before == at("03-20 07:00")
    same = PolicyContext(to_same_person=at("03-18 15:00"))
    assert decide(DUE, at("03-19 12:00"), FollowUpSettings(), WORKDAYS, (), same).not_before == at("03-23 15:00")


# --- what was made before ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("pending", Status.DRAFTED),
        ("edited", Status.DRAFTED),
        ("intended", Status.DRAFTED),
        ("sent", Status.SENT),
        ("discarded", Status.DISCARDED),
        ("withdrawn", Status.WITHDRAWN),
    ],
)
def test_one_letter_for_one_silence_whatever_became_of_it(state: str, status: Status) -> None:
    found = decision(INTERVIEW, now="03-12 15:00", past=(past(Kind.THANK_YOU, state),))
    assert (found.status, found.act) == (status, False)


def test_a_letter_thrown_away_ends_its_kind_for_this_silence() -> None:
    gone = past(Kind.AFTER_INTERVIEW, "discarded", at=at("03-19 12:00"))
    nudged = mine("m3", "03-20 12:00", Act.NUDGED)
    found = decision(INTERVIEW, THANKS, nudged, now="03-30 12:00", past=(gone,))
    assert (found.attempt, found.status, found.act) == (2, Status.DISCARDED, False)


def test_a_letter_that_is_out_of_date_still_lies_there() -> None:
    found = decision(INTERVIEW, now="03-12 15:00", past=(past(Kind.THANK_YOU, "stale"),))
    assert (found.status, found.act) == (Status.DRAFTED, False)


def test_a_discarded_thank_you_does_not_stop_the_later_kind() -> None:
    assert decision(INTERVIEW, now="03-19 12:00", past=(past(Kind.THANK_YOU, "discarded"),)).act


def test_another_reading_of_the_same_mail_makes_no_second_letter() -> None:
    known = ("<m1@acme.example>", "<m2@example.net>")
    before = past(Kind.AFTER_REPLY, "discarded", anchor="<else@acme.example>", answers=known)
    assert not decision(INTERVIEW, THANKS, now="03-19 12:00", past=(before,)).act
    answer = they("m3", "03-13 09:00", Says.UPDATE)
    assert decision(INTERVIEW, THANKS, answer, now="03-20 12:00", past=(before,)).act


def test_an_edited_letter_blocks_the_next_kind() -> None:
    found = decision(INTERVIEW, now="03-19 12:00", past=(past(Kind.THANK_YOU, "edited"),))
    assert (found.kind, found.status) == (Kind.AFTER_INTERVIEW, Status.BLOCKED)


def test_a_sent_letter_counts_though_its_copy_was_not_read_as_one() -> None:
    sent = past(Kind.AFTER_INTERVIEW, "sent", at=at("03-19 12:00"))
    found = decision(INTERVIEW, THANKS, now="03-20 12:00", past=(sent,))
    assert (found.attempt, found.due_at) == (2, at("03-26 12:00"))


def test_deciding_is_monotone_in_time() -> None:
    order = [Status.SCHEDULED, Status.DUE]
    reached = [
        order.index(decide(DUE, at("03-12 12:00") + timedelta(hours=hours), FollowUpSettings(), WORKDAYS).status)
        for hours in range(0, 24 * 14, 5)
    ]
    assert reached == sorted(reached)
