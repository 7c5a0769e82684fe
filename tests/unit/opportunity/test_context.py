"""What messages say once it is known what came before."""

from datetime import date, time, timedelta

from tests.support.hiring import at, folded, invitation, mine, offered, said, stands, they
from watcher.message.model import Address
from watcher.opportunity.model import InterviewStatus, Stage, WaitingOn
from watcher.reading.model import Act, Ask, Evidence, NamedDay, Says, Speaker, TimeMention, TimeUse

ASKS_TIMES = frozenset({Ask.TIMES})
OFFERS = (offered("03-12 09:00"), offered("03-12 14:30"), offered("03-13 11:00"))


def asked(**more: object) -> object:
    return they("m1", "03-09 15:00", Says.SCHEDULING, asks=ASKS_TIMES, times=OFFERS, **more)


def pick(**parts: object) -> TimeMention:
    return TimeMention(TimeUse.STANDS, "that one", **parts)  # type: ignore[arg-type]


def starts(opportunity: object) -> list[object]:
    return [each.start for each in opportunity.interviews if each.status is not InterviewStatus.CANCELLED]  # type: ignore[attr-defined]


def test_a_reply_that_picks_the_second_slot_makes_it_stand() -> None:
    answer = mine("m2", "03-09 16:00", Act.PICKED_TIME, reply_to="<m1@acme.example>", times=(pick(ordinal=2),))
    result = folded(asked(), answer, now="03-10 09:00")
    assert (result.stage, result.waiting_on) == (Stage.INTERVIEW_BOOKED, WaitingOn.NOBODY)
    assert starts(result) == [at("03-12 14:30")]


def test_a_bare_hour_picks_the_offer_at_that_hour_of_the_clock_face() -> None:
    answer = mine("m2", "03-09 16:00", Act.PICKED_TIME, times=(pick(clock=time(2, 30)),))
    assert starts(folded(asked(), answer, now="03-10 09:00")) == [at("03-12 14:30")]


def test_a_day_with_two_offers_picks_neither() -> None:
    answer = mine("m2", "03-09 16:00", Act.PICKED_TIME, times=(pick(day=date(2026, 3, 12)),))
    result = folded(asked(), answer, now="03-10 09:00")
    assert (result.stage, result.waiting_on, starts(result)) == (Stage.SCHEDULING, WaitingOn.THEM, [])


def test_several_times_of_the_users_own_are_a_choice_and_no_pick() -> None:
    times = (stands("03-17 10:00"), stands("03-18 10:00"))
    answer = mine("m2", "03-09 16:00", Act.PICKED_TIME, Act.GAVE_TIMES, times=times)
    result = folded(they("m1", "03-09 15:00", Says.SCHEDULING, asks=ASKS_TIMES), answer, now="03-10 09:00")
    assert (result.stage, result.waiting_on, starts(result)) == (Stage.SCHEDULING, WaitingOn.THEM, [])


def test_their_statement_after_a_pick_confirms_it() -> None:
    answer = mine("m2", "03-09 16:00", Act.PICKED_TIME, times=(pick(ordinal=2),))
    yes = they("m3", "03-09 17:00", Says.INTERVIEW_CONFIRMED, reply_to="<m2@example.net>")
    assert said(folded(asked(), answer, yes, now="03-10 09:00"))[-1] == "interview_confirmed"


def test_applause_after_a_pick_is_an_update() -> None:
    answer = mine("m2", "03-09 16:00", Act.PICKED_TIME, times=(pick(ordinal=2),))
    great = they("m3", "03-09 17:00", Says.UPDATE)
    result = folded(asked(), answer, great, now="03-10 09:00")
    assert said(result)[-1] == "update"
    assert starts(result) == [at("03-12 14:30")]


def test_a_reminder_that_repeats_the_hour_is_an_update() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 08:30"),))
    lot = they("m2", "03-11 16:00", Says.INTERVIEW_CONFIRMED, times=(pick(clock=time(8, 30)),), text="8:30 at the lot")
    result = folded(first, lot, now="03-11 18:00")
    assert said(result) == ["interview_confirmed", "update"]
    assert starts(result) == [at("03-12 08:30")]


def test_a_new_time_in_the_same_talk_moves_the_interview() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 08:30"),))
    other = they(
        "m2", "03-10 09:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-13 10:00"),), reply_to="<m1@acme.example>"
    )
    result = folded(first, other, now="03-11 18:00")
    assert said(result)[-1] == "interview_rescheduled"
    assert starts(result) == [at("03-13 10:00")]
    assert len(result.interviews) == 1


def test_the_same_time_next_week_keeps_the_hour_when_the_clocks_change() -> None:
    first = they("m1", "03-02 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-05 10:00"),))
    later = they("m2", "03-03 09:00", Says.INTERVIEW_RESCHEDULED, times=(pick(shift=timedelta(days=7)),))
    assert starts(folded(first, later, now="03-04 18:00")) == [at("03-12 10:00")]


def test_a_move_names_the_old_day_and_the_new_time() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 09:30"),))
    times = (pick(day=date(2026, 3, 12)), stands("03-16 15:00"))
    assert starts(
        folded(first, they("m2", "03-10 09:00", Says.INTERVIEW_RESCHEDULED, times=times), now="03-11 18:00")
    ) == [at("03-16 15:00")]


def test_a_missed_call_that_is_moved_did_not_take_place() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
    sorry = they("m2", "03-12 11:00", Says.INTERVIEW_RESCHEDULED, times=(stands("03-13 09:00"),))
    result = folded(first, sorry, now="03-12 12:00")
    assert (result.stage, starts(result)) == (Stage.INTERVIEW_BOOKED, [at("03-13 09:00")])


def test_a_cancellation_that_asks_for_times_is_the_users_move() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
    off = they("m2", "03-11 11:00", Says.INTERVIEW_CANCELLED, asks=ASKS_TIMES)
    result = folded(first, off, now="03-11 12:00")
    assert (result.stage, result.waiting_on) == (Stage.SCHEDULING, WaitingOn.YOU)
    assert [each.status for each in result.interviews] == [InterviewStatus.CANCELLED]


def test_a_cancellation_without_a_question_leaves_them_to_move() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
    result = folded(first, they("m2", "03-11 11:00", Says.INTERVIEW_CANCELLED), now="03-11 12:00")
    assert (result.stage, result.waiting_on) == (Stage.SCHEDULING, WaitingOn.THEM)


def test_the_highest_sequence_stands_whatever_the_order_of_arrival() -> None:
    moved = invitation("u1", "03-18 13:00", sequence=2)
    late = invitation("u1", "03-15 09:30", sequence=1)
    result = folded(
        they("m1", "03-09 09:00", Says.INTERVIEW_CONFIRMED, events=(invitation("u1", "03-13 09:30"),)),
        they("m3", "03-10 10:00", Says.INTERVIEW_RESCHEDULED, events=(moved,)),
        they("m2", "03-10 11:00", Says.INTERVIEW_RESCHEDULED, events=(late,)),
        now="03-11 12:00",
    )
    assert starts(result) == [at("03-18 13:00")]
    assert len(result.interviews) == 1


def test_a_strangers_cancellation_counts_for_nothing() -> None:
    stranger = Address("Sync", "sync@cleaner.example")
    off = invitation("u1", "03-13 09:30", sequence=9, method="CANCEL", organizer=stranger)
    result = folded(
        they("m1", "03-09 09:00", Says.INTERVIEW_CONFIRMED, events=(invitation("u1", "03-13 09:30"),)),
        they("m2", "03-10 10:00", Says.INTERVIEW_CANCELLED, events=(off,), sender=stranger),
        now="03-11 12:00",
    )
    assert (result.stage, starts(result)) == (Stage.INTERVIEW_BOOKED, [at("03-13 09:30")])


def test_four_invitations_of_one_day_are_one_interview() -> None:
    rounds = tuple(invitation(f"u{hour}", f"03-13 {hour}:00") for hour in (10, 11, 13, 15))
    entries = [they(f"m{i}", f"03-09 0{i}:00", Says.INTERVIEW_CONFIRMED, events=(r,)) for i, r in enumerate(rounds)]
    result = folded(*entries, now="03-11 12:00")
    assert [(each.start, each.end) for each in result.interviews] == [(at("03-13 10:00"), at("03-13 16:00"))]


def test_the_invitation_wins_over_the_words_of_the_same_day() -> None:
    words = they("m1", "03-09 09:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-13 14:30"),))
    invite = they("m2", "03-09 10:00", Says.INTERVIEW_CONFIRMED, events=(invitation("u1", "03-13 14:00"),))
    for order in ((words, invite), (invite, words)):
        assert starts(folded(*order, now="03-11 12:00")) == [at("03-13 14:00")]


def test_the_hour_of_an_all_day_event_stands_in_the_words() -> None:
    event = invitation("u1", "03-13 00:00", hours=24, all_day=True)
    entry = they("m1", "03-09 09:00", Says.INTERVIEW_CONFIRMED, events=(event,), times=(stands("03-13 08:30"),))
    assert starts(folded(entry, now="03-11 12:00")) == [at("03-13 08:30")]


def test_declining_an_invitation_calls_the_interview_off() -> None:
    answer = invitation("u1", "03-13 09:30", method="REPLY", partstat="DECLINED")
    result = folded(
        they("m1", "03-09 09:00", Says.INTERVIEW_CONFIRMED, events=(invitation("u1", "03-13 09:30"),)),
        mine("m2", "03-10 10:00", events=(answer,)),
        now="03-11 12:00",
    )
    assert (result.stage, starts(result)) == (Stage.SCHEDULING, [])


def test_a_talk_only_spoken_of_afterwards_took_place() -> None:
    result = folded(mine("m1", "03-10 10:00", Act.THANKED, Act.SPOKE), now="03-11 12:00")
    assert result.stage is Stage.AWAITING_DECISION
    assert [(each.start, each.basis) for each in result.interviews] == [(None, "mentioned")]


def test_a_platforms_receipt_means_that_the_test_was_handed_in() -> None:
    result = folded(
        they("m1", "03-09 09:00", Says.ASSESSMENT, asks=frozenset({Ask.TASK})),
        they("m2", "03-10 09:00", Says.UPDATE, system="hackerrank"),
        now="03-11 12:00",
    )
    assert (result.stage, result.waiting_on) == (Stage.AWAITING_DECISION, WaitingOn.THEM)


def test_a_pitch_after_an_application_is_a_question() -> None:
    result = folded(
        mine("m1", "03-09 09:00", Act.APPLIED),
        they("m2", "03-10 09:00", Says.OUTREACH, asks=frozenset({Ask.ANSWER})),
        now="03-11 12:00",
    )
    assert said(result)[-1] == "info_request"


def test_a_second_letter_to_one_who_has_not_answered_pitches_on() -> None:
    result = folded(they("m1", "03-09 09:00", Says.OUTREACH), they("m2", "03-11 09:00", Says.UPDATE), now="03-11 12:00")
    assert (said(result), result.stage) == (["outreach", "outreach"], Stage.LEAD)


def test_a_day_in_an_offer_or_a_pitch_is_no_promise() -> None:
    day = NamedDay(date(2026, 3, 20), Evidence("a.rule", "next week"))
    for says in (Says.OFFER, Says.OUTREACH):
        assert folded(they("m1", "03-09 09:00", says, named_day=day), now="03-11 12:00").promised_by is None


def test_times_that_name_no_time_are_no_times_where_none_were_asked_for() -> None:
    result = folded(
        they("m1", "03-09 09:00", Says.INFO_REQUEST, asks=frozenset({Ask.ANSWER})),
        mine("m2", "03-10 09:00", Act.ANSWERED, Act.GAVE_TIMES),
        now="03-11 12:00",
    )
    assert (result.stage, result.waiting_on) == (Stage.IN_CONVERSATION, WaitingOn.THEM)


def test_a_long_text_of_which_nothing_was_understood_stays_doubtful() -> None:
    first = they("m1", "03-09 09:00", Says.INFO_REQUEST)
    for words, sure in (("Lovely, thanks!", True), ("word " * 60, False)):
        newest = they("m2", "03-10 09:00", Says.UPDATE, confidence=0.45, text=words, reply_to="<m1@acme.example>")
        assert (folded(first, newest, now="03-11 12:00").confidence >= 0.6) is sure


def test_a_machine_that_asks_for_a_form_moves_nothing_on() -> None:
    result = folded(
        they("m1", "03-09 09:00", Says.APPLICATION_RECEIVED, system="greenhouse"),
        they("m2", "03-10 09:00", Says.INFO_REQUEST, system="greenhouse", speaker=Speaker.ROBOT),
        now="03-11 12:00",
    )
    assert (result.stage, result.waiting_on) == (Stage.APPLIED, WaitingOn.YOU)
