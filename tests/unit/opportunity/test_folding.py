"""Where an application stands: stage, whose move, silences, named days, the user's own words."""

from dataclasses import replace
from datetime import date

import pytest

from tests.support.hiring import DANA, at, folded, mine, stands, they
from watcher.message.model import Address, Role
from watcher.opportunity.model import InterviewStatus, Stage, WaitingOn, Word
from watcher.reading.model import Act, Ask, Claim, Evidence, NamedDay, Person, Says

INTERVIEW = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
FRIDAY = NamedDay(date(2026, 3, 20), Evidence("en.day", "by Friday"))


@pytest.mark.parametrize(
    ("entries", "stage", "waiting"),
    [
        ([mine("m1", "03-02 09:00", Act.APPLIED)], Stage.APPLIED, WaitingOn.THEM),
        ([they("m1", "03-02 09:00", Says.APPLICATION_RECEIVED)], Stage.APPLIED, WaitingOn.THEM),
        ([they("m1", "03-02 09:00", Says.OUTREACH)], Stage.LEAD, WaitingOn.YOU),
        ([they("m1", "03-02 09:00", Says.SCHEDULING)], Stage.SCHEDULING, WaitingOn.YOU),
        ([they("m1", "03-02 09:00", Says.ASSESSMENT)], Stage.ASSESSMENT, WaitingOn.YOU),
        ([they("m1", "03-02 09:00", Says.INFO_REQUEST)], Stage.IN_CONVERSATION, WaitingOn.YOU),
        ([they("m1", "03-02 09:00", Says.OFFER)], Stage.OFFER, WaitingOn.YOU),
        ([they("m1", "03-02 09:00", Says.ON_HOLD)], Stage.ON_HOLD, WaitingOn.THEM),
        ([they("m1", "03-02 09:00", Says.REJECTION)], Stage.REJECTED, WaitingOn.NOBODY),
        ([they("m1", "03-02 09:00", Says.UPDATE)], Stage.IN_CONVERSATION, WaitingOn.THEM),
        ([INTERVIEW], Stage.AWAITING_DECISION, WaitingOn.THEM),
    ],
)
def test_one_message_sets_the_stage(entries: list, stage: Stage, waiting: WaitingOn) -> None:
    result = folded(*entries, now="03-16 09:00")
    assert (result.stage, result.waiting_on) == (stage, waiting)


def test_the_silence_after_an_interview_begins_with_its_end() -> None:
    result = folded(INTERVIEW, now="03-16 09:00")
    assert result.silence is not None
    assert (result.silence.since, result.silence.anchor) == (at("03-12 11:00"), "<m1@acme.example>")


def test_a_thank_you_does_not_restart_the_silence() -> None:
    thanks = mine("m2", "03-12 18:00", Act.THANKED)
    result = folded(INTERVIEW, thanks, now="03-16 09:00")
    assert result.thanked
    assert result.silence is not None
    assert result.silence.since == at("03-12 11:00")


def test_a_nudge_is_counted_and_a_holding_answer_begins_anew() -> None:
    nudge = mine("m2", "03-19 18:00", Act.NUDGED)
    assert [each.thank_you for each in folded(INTERVIEW, nudge, now="03-20 09:00").nudges] == [False]
    later = folded(INTERVIEW, nudge, they("m3", "03-20 10:00", Says.UPDATE), now="03-23 09:00")
    assert later.nudges == ()
    assert later.silence is not None
    assert later.silence.since == at("03-20 10:00")


def test_an_empty_letter_long_into_a_silence_is_a_nudge() -> None:
    assert len(folded(INTERVIEW, mine("m2", "03-18 18:00", Act.ASKED), now="03-20 09:00").nudges) == 1


def test_an_automatic_answer_ends_no_silence_but_names_the_return() -> None:
    away = they("m3", "03-13 08:00", Says.AUTO_REPLY, back_on=date(2026, 3, 23))
    result = folded(INTERVIEW, away, now="03-16 09:00")
    assert result.silence is not None
    assert (result.silence.since, result.back_on) == (at("03-12 11:00"), date(2026, 3, 23))
    assert folded(INTERVIEW, away, now="03-23 09:00").back_on is None


def test_what_they_asked_after_the_interview_is_owed_until_it_is_supplied() -> None:
    asked = they("m2", "03-13 09:00", Says.INFO_REQUEST, asks=frozenset({Ask.REFERENCES}))
    owed = folded(INTERVIEW, asked, now="03-16 09:00")
    assert (owed.stage, owed.waiting_on, owed.owed) == (Stage.AWAITING_DECISION, WaitingOn.YOU, "references")
    supplied = folded(INTERVIEW, asked, mine("m3", "03-16 10:00", Act.ANSWERED), now="03-17 09:00")
    assert (supplied.stage, supplied.waiting_on) == (Stage.AWAITING_DECISION, WaitingOn.THEM)
    assert supplied.silence is not None
    assert supplied.silence.since == at("03-16 10:00")


def test_a_task_taken_note_of_is_still_owed() -> None:
    task = they("m1", "03-09 09:00", Says.ASSESSMENT, asks=frozenset({Ask.TASK}))
    noted = folded(task, mine("m2", "03-09 10:00", Act.WILL_HAND_IN), now="03-10 09:00")
    assert (noted.stage, noted.waiting_on) == (Stage.ASSESSMENT, WaitingOn.YOU)
    done = folded(task, mine("m2", "03-11 10:00", Act.HANDED_IN), now="03-12 09:00")
    assert (done.stage, done.handed_in_at) == (Stage.AWAITING_DECISION, at("03-11 10:00"))


def test_a_named_day_stays_until_they_answer_in_substance() -> None:
    promise = they("m2", "03-13 09:00", Says.UPDATE, named_day=FRIDAY)
    assert folded(INTERVIEW, promise, now="03-25 09:00").promised_by == FRIDAY.day
    held_up = they("m3", "03-24 09:00", Says.UPDATE)
    assert folded(INTERVIEW, promise, held_up, now="03-25 09:00").promised_by == FRIDAY.day
    times = they("m3", "03-24 09:00", Says.SCHEDULING)
    assert folded(INTERVIEW, promise, times, now="03-25 09:00").promised_by is None


def test_an_offer_questioned_waits_on_them() -> None:
    offer = they("m1", "03-09 09:00", Says.OFFER)
    result = folded(offer, mine("m2", "03-10 09:00", Act.ASKED), now="03-11 09:00")
    assert (result.stage, result.waiting_on) == (Stage.OFFER, WaitingOn.THEM)


def test_a_yes_is_an_acceptance_only_where_an_offer_was_made() -> None:
    yes = mine("m2", "03-10 09:00", Act.ACCEPTED)
    assert folded(they("m1", "03-09 09:00", Says.OFFER), yes, now="03-11 09:00").stage is Stage.ACCEPTED
    assert folded(they("m1", "03-09 09:00", Says.SCHEDULING), yes, now="03-11 09:00").stage is not Stage.ACCEPTED


def test_papers_asked_for_after_acceptance_are_no_debt() -> None:
    result = folded(
        they("m1", "03-09 09:00", Says.OFFER),
        mine("m2", "03-10 09:00", Act.ACCEPTED),
        they("m3", "03-11 09:00", Says.INFO_REQUEST),
        now="03-12 09:00",
    )
    assert (result.stage, result.waiting_on) == (Stage.ACCEPTED, WaitingOn.NOBODY)


def test_an_interview_ahead_of_the_end_is_cancelled_with_it() -> None:
    result = folded(INTERVIEW, they("m2", "03-10 09:00", Says.REJECTION), now="03-11 09:00")
    assert [each.status for each in result.interviews] == [InterviewStatus.CANCELLED]


def test_a_no_that_is_revived_takes_the_stage_of_the_newest_mail() -> None:
    result = folded(
        they("m1", "01-09 09:00", Says.REJECTION), they("m2", "03-09 09:00", Says.SCHEDULING), now="03-11 09:00"
    )
    assert (result.stage, result.reopened) == (Stage.SCHEDULING, True)


def test_the_first_interview_held_leaves_the_second_ahead() -> None:
    second = they("m2", "03-11 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-19 10:00"),))
    result = folded(INTERVIEW, second, now="03-16 09:00")
    assert result.stage is Stage.INTERVIEW_BOOKED
    assert [each.status for each in result.interviews] == [InterviewStatus.HELD, InterviewStatus.BOOKED]


def test_a_booked_interview_without_a_time_is_doubtful() -> None:
    assert folded(they("m1", "03-09 09:00", Says.INTERVIEW_CONFIRMED), now="03-11 09:00").unsure


def test_the_contact_is_whoever_wrote_last_but_never_from_the_bin() -> None:
    lee = Address("Lee Quan", "lee.quan@acme.example")
    later = they("m2", "03-13 09:00", Says.UPDATE, sender=lee)
    contact = folded(INTERVIEW, later, now="03-16 09:00").contact
    assert contact is not None
    assert contact.address == lee.address
    binned = they("m2", "03-13 09:00", Says.REJECTION, sender=lee, roles=frozenset({Role.TRASH}))
    contact = folded(INTERVIEW, binned, now="03-16 09:00").contact
    assert contact is not None
    assert contact.address == DANA.address


def test_a_named_successor_takes_over() -> None:
    successor = Person("Lee Quan", "lee.quan@acme.example")
    contact = folded(they("m1", "03-09 09:00", Says.UPDATE, successor=successor), now="03-16 09:00").contact
    assert contact == successor


def test_nobody_is_written_to_where_only_machines_write() -> None:
    assert (
        folded(they("m1", "03-09 09:00", Says.APPLICATION_RECEIVED, system="icims"), now="03-16 09:00").contact is None
    )


def test_the_recipient_of_an_application_is_the_contact() -> None:
    contact = folded(mine("m1", "03-09 09:00", Act.APPLIED), now="03-16 09:00").contact
    assert contact is not None
    assert contact.address == DANA.address


def test_the_client_counts_above_the_agency() -> None:
    pitch = they("m1", "03-09 09:00", Says.OUTREACH, company="Tall Pines", agency="Tall Pines")
    named = they("m2", "03-10 09:00", Says.UPDATE, company="Orca Bay", agency="Tall Pines")
    assert folded(pitch, named, now="03-16 09:00").company == "Orca Bay"
    assert folded(pitch, now="03-16 09:00").company == "Tall Pines"


def test_the_users_own_stage_stands_until_newer_mail_moves_it() -> None:
    word = Word("stage", "on_hold", at("03-17 09:00"), ("<m1@acme.example>",))
    assert folded(INTERVIEW, now="03-18 09:00", words=(word,)).stage is Stage.ON_HOLD
    newer = they("m2", "03-18 09:00", Says.OFFER)
    assert folded(INTERVIEW, newer, now="03-19 09:00", words=(word,)).stage is Stage.OFFER


def test_hearing_by_phone_begins_a_new_silence_with_a_named_day() -> None:
    word = Word("heard", "2026-03-17", at("03-17 12:00"), ("<m1@acme.example>",), {"by": "2026-03-27"})
    result = folded(INTERVIEW, now="03-18 09:00", words=(word,))
    assert result.promised_by == date(2026, 3, 27)
    assert result.silence is not None
    assert result.silence.since == at("03-17 00:00")


def test_a_nudge_made_elsewhere_counts() -> None:
    word = Word("told", "", at("03-19 12:00"), ("<m1@acme.example>",))
    assert len(folded(INTERVIEW, now="03-20 09:00", words=(word,)).nudges) == 1


def test_the_users_word_about_an_interview_stands() -> None:
    off = Word("interview", "off", at("03-11 12:00"), ("<m1@acme.example>",))
    assert folded(INTERVIEW, now="03-16 09:00", words=(off,)).stage is Stage.SCHEDULING
    moved = Word("interview", "moved 2026-03-20T10:00", at("03-11 12:00"), ("<m1@acme.example>",))
    result = folded(INTERVIEW, now="03-16 09:00", words=(moved,))
    assert [(each.start, each.status) for each in result.interviews] == [(at("03-20 10:00"), InterviewStatus.BOOKED)]


def test_a_corrected_meaning_replaces_the_reading() -> None:
    word = Word("says", "rejection", at("03-17 12:00"), ("<m2@acme.example>",))
    result = folded(INTERVIEW, they("m2", "03-16 09:00", Says.UPDATE), now="03-18 09:00", words=(word,))
    assert result.stage is Stage.REJECTED
    assert result.confidence >= 0.9


def test_the_conclusion_names_the_message_it_rests_on() -> None:
    result = folded(INTERVIEW, they("m2", "03-16 09:00", Says.OFFER), now="03-18 09:00")
    assert result.stage_source == "<m2@acme.example>"
    assert result.stage_evidence[0].rule == "en.offer.a_rule"


def test_mail_to_someone_else_is_marked() -> None:
    entry = replace(INTERVIEW, reading=replace(INTERVIEW.reading, addressed_to_me=False))
    assert folded(entry, now="03-16 09:00").misaddressed


def test_a_name_repeated_by_every_answer_does_not_beat_a_surer_one() -> None:
    weak = Claim("X-ray tech", 0.5, Evidence("subject", "X-ray tech"))
    sure = Claim("Imaging Technologist", 0.75, Evidence("text", "Imaging Technologist"))
    entries = [they(f"m{i}", f"03-0{i} 09:00", Says.UPDATE, role="") for i in range(1, 6)]
    entries = [replace(each, reading=replace(each.reading, roles=(weak,))) for each in entries]
    entries[0] = replace(entries[0], reading=replace(entries[0].reading, roles=(sure, weak)))
    assert folded(*entries, now="03-16 09:00").role == "Imaging Technologist"


def test_thanks_for_an_interview_bear_out_that_there_was_one() -> None:
    doubtful = replace(INTERVIEW, reading=replace(INTERVIEW.reading, confidence=0.5))
    thanks = mine("m2", "03-12 18:00", Act.THANKED)
    assert folded(doubtful, now="03-16 09:00").confidence < 0.6
    assert folded(doubtful, thanks, now="03-16 09:00").confidence > 0.7
    before = mine("m2", "03-10 18:00", Act.THANKED)
    assert folded(doubtful, before, now="03-16 09:00").confidence < 0.6


def test_a_no_within_an_answer_to_their_question_ends_nothing_but_leaves_a_doubt() -> None:
    question = they("m1", "03-02 09:00", Says.INFO_REQUEST, asks=frozenset({Ask.ANSWER}))
    answer = mine("m2", "03-03 09:00", Act.ANSWERED, Act.DECLINED)
    result = folded(question, answer, now="03-04 09:00")
    assert (result.stage, result.waiting_on) == (Stage.IN_CONVERSATION, WaitingOn.THEM)
    assert result.confidence < 0.6
    said = (Evidence("en.act.declined", "I am withdrawing"),)
    plainly = replace(answer, reading=replace(answer.reading, evidence=said))
    assert folded(question, plainly, now="03-04 09:00").stage is Stage.WITHDRAWN


def test_interest_shown_again_in_a_silence_is_a_nudge() -> None:
    thanks = mine("m2", "03-12 18:00", Act.THANKED)
    again = mine("m3", "03-19 18:00", Act.ASKED, Act.INTERESTED)
    result = folded(INTERVIEW, thanks, again, now="03-20 09:00")
    assert [each.thank_you for each in result.nudges] == [True, False]


def test_who_asks_for_news_has_asked_for_no_time() -> None:
    nudge = mine("m2", "03-19 18:00", Act.NUDGED, Act.ASKED, Act.ASKED_TIMES)
    result = folded(INTERVIEW, nudge, now="03-20 09:00")
    assert (result.stage, len(result.nudges)) == (Stage.AWAITING_DECISION, 1)
