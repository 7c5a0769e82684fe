"""Which mail is hiring mail, and which application it belongs to."""

from dataclasses import replace
from datetime import timedelta

from tests.support.hiring import DANA, SETTINGS, at, invitation, joined, mine, stands, they
from watcher.message.model import Address, Role
from watcher.opportunity import join
from watcher.opportunity.model import Entry, Word
from watcher.reading.model import Act, Evidence, Person, Says, Speaker

GLENN = Address("Glenn Ostrow", "glenn@tallpines.example")
ROBOT = Address("Acme Hiring", "no-reply@ats.example")
FRIEND = Address("Jo", "jo@homeline.example")


def test_an_answer_belongs_to_the_thread_it_answers() -> None:
    answer = mine("m2", "03-09 16:00", hiring=0.1, reply_to="<m1@acme.example>")
    assert joined(they("m1", "03-09 15:00", Says.OUTREACH), answer) == [{"m1", "m2"}]


def test_mail_that_is_no_hiring_mail_is_in_no_group() -> None:
    assert joined(they("m1", "03-09 15:00", Says.UPDATE, hiring=0.2)) == []


def test_a_thread_passed_on_to_a_friend_leaves_the_friend_out() -> None:
    first = they("m1", "03-09 15:00", Says.OUTREACH)
    passed_on = mine("m2", "03-09 16:00", hiring=0.6, to=FRIEND, reply_to="<m1@acme.example>")
    back = they("m3", "03-09 17:00", Says.UPDATE, sender=FRIEND, hiring=0.1, reply_to="<m2@example.net>", company="")
    assert joined(first, passed_on, back) == [{"m1"}]


def test_a_known_persons_new_thread_belongs_though_it_says_little() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
    lot = they("m2", "03-11 15:00", Says.UPDATE, hiring=0.2, subject="parking", company="", role="")
    assert joined(first, lot) == [{"m1", "m2"}]


def test_a_thank_you_under_a_new_subject_belongs_to_whom_it_thanks() -> None:
    first = they("m1", "03-09 15:00", Says.INTERVIEW_CONFIRMED, times=(stands("03-12 10:00"),))
    assert joined(first, mine("m2", "03-12 15:00", Act.THANKED, hiring=0.3, subject="Thank you")) == [{"m1", "m2"}]


def test_the_systems_mail_and_the_recruiters_thread_are_one() -> None:
    received = they("m1", "03-02 15:00", Says.APPLICATION_RECEIVED, sender=ROBOT, system="ats", subject="Thanks")
    talk = they("m2", "03-09 15:00", Says.SCHEDULING, subject="A chat?", role="")
    no = they("m3", "03-19 15:00", Says.REJECTION, sender=ROBOT, system="ats", subject="Acme")
    assert joined(received, talk, no) == [{"m1", "m2", "m3"}]


def test_two_roles_at_one_company_stay_two() -> None:
    one = they("m1", "03-02 15:00", Says.APPLICATION_RECEIVED, sender=ROBOT, system="ats", subject="1")
    other = they(
        "m2", "03-03 15:00", Says.APPLICATION_RECEIVED, sender=ROBOT, system="ats", subject="2", role="Office Manager"
    )
    no = they("m3", "03-09 15:00", Says.REJECTION, sender=ROBOT, system="ats", subject="3", role="Office Manager")
    assert joined(one, other, no) == [{"m1"}, {"m2", "m3"}]


def test_a_no_that_could_be_for_either_role_stays_apart_and_makes_both_doubtful() -> None:
    one = they("m1", "03-02 15:00", Says.APPLICATION_RECEIVED, sender=ROBOT, system="ats", subject="1")
    other = they(
        "m2", "03-03 15:00", Says.APPLICATION_RECEIVED, sender=ROBOT, system="ats", subject="2", role="Office Manager"
    )
    no = they("m3", "03-09 15:00", Says.REJECTION, sender=ROBOT, system="ats", subject="3", role="")
    groups = join((one, other, no), SETTINGS)
    assert [len(group.entries) for group in groups] == [1, 1, 1]
    assert all(group.unsure for group in groups)


def test_one_agency_recruiter_with_two_clients_has_two() -> None:
    first = they("m1", "03-02 15:00", Says.OUTREACH, sender=GLENN, subject="1", company="Orca", role="Paralegal")
    second = they("m2", "03-03 15:00", Says.OUTREACH, sender=GLENN, subject="2", company="Whitlow", role="Buyer")
    assert joined(first, second) == [{"m1"}, {"m2"}]


def test_an_automatic_answer_without_a_thread_goes_by_its_subject() -> None:
    first = they(
        "m1", "03-02 15:00", Says.OUTREACH, sender=GLENN, subject="Paralegal", company="Orca", role="Paralegal"
    )
    second = they("m2", "03-03 15:00", Says.OUTREACH, sender=GLENN, subject="Buyer", company="Whitlow", role="Buyer")
    away = they(
        "m3", "03-04 15:00", Says.AUTO_REPLY, sender=GLENN, subject="Automatic reply: Buyer", company="", role=""
    )
    assert joined(first, second, away) == [{"m1"}, {"m2", "m3"}]


def test_the_agency_and_then_the_client_itself_are_one() -> None:
    pitch = they("m1", "03-02 15:00", Says.OUTREACH, sender=GLENN, subject="1", agency="Tall Pines")
    client = they("m2", "03-09 15:00", Says.SCHEDULING, subject="2")
    assert joined(pitch, client) == [{"m1", "m2"}]


def test_a_colleague_at_the_same_employer_joins() -> None:
    lee = Address("Lee Quan", "lee.quan@acme.example")
    assert joined(
        they("m1", "03-02 15:00", Says.OUTREACH, subject="1"),
        they("m2", "03-09 15:00", Says.SCHEDULING, subject="2", sender=lee, company="", role=""),
    ) == [{"m1", "m2"}]


def test_strangers_at_a_mail_provider_have_no_employer_in_common() -> None:
    one, other = Address("A B", "a@example.net"), Address("C D", "c@example.net")
    assert joined(
        they("m1", "03-02 15:00", Says.OUTREACH, subject="1", sender=one, company="", role="", hiring=0.99),
        they("m2", "03-03 15:00", Says.OUTREACH, subject="2", sender=other, company="", role="", hiring=0.99),
    ) == [{"m1"}, {"m2"}]


def test_an_invitation_of_the_same_event_joins_whatever_its_sender() -> None:
    tool = Address("Tool", "no-reply@tool.example")
    event = invitation("u1", "03-12 10:00")
    assert joined(
        they("m1", "03-02 15:00", Says.INTERVIEW_CONFIRMED, subject="1", events=(event,)),
        they(
            "m2", "03-03 15:00", Says.UPDATE, subject="2", sender=tool, system="x", events=(event,), company="", role=""
        ),
    ) == [{"m1", "m2"}]


def test_a_booking_tool_that_names_the_employer_in_running_words_joins() -> None:
    tool = Address("Tool", "no-reply@tool.example")
    booked = they(
        "m2", "03-03 15:00", Says.INTERVIEW_CONFIRMED, sender=tool, system="x", subject="New event", company="", role="",
        text="Event type: 30 minutes (Backend Engineer, Acme)",
    )  # fmt: skip
    assert joined(they("m1", "03-02 15:00", Says.SCHEDULING, subject="1"), booked) == [{"m1", "m2"}]


def test_a_job_that_reopens_in_its_thread_stays_one() -> None:
    no = they("m1", "01-02 15:00", Says.REJECTION)
    again = they("m2", "05-09 15:00", Says.SCHEDULING, reply_to="<m1@acme.example>")
    assert joined(no, again) == [{"m1", "m2"}]


def test_an_application_long_after_the_end_is_another() -> None:
    no = they("m1", "01-02 15:00", Says.REJECTION, subject="1")
    again = they("m2", "03-09 15:00", Says.APPLICATION_RECEIVED, subject="2")
    assert joined(no, again) == [{"m1"}, {"m2"}]


def test_the_bin_opens_nothing_but_a_decision_there_counts() -> None:
    binned = frozenset({Role.TRASH})
    no = they("m2", "03-09 15:00", Says.REJECTION, subject="2", roles=binned)
    assert joined(no) == []
    first = they("m1", "03-02 15:00", Says.SCHEDULING, subject="1")
    assert joined(first, no) == [{"m1", "m2"}]
    chat = they("m3", "03-09 15:00", Says.UPDATE, subject="3", roles=binned)
    assert joined(first, chat) == [{"m1"}]


def test_spam_belongs_to_nothing() -> None:
    assert joined(they("m1", "03-02 15:00", Says.OFFER, roles=frozenset({Role.JUNK}))) == []


def test_a_forged_approach_counts_only_once_it_is_answered() -> None:
    forged = they("m1", "03-02 15:00", Says.OUTREACH, suspicious="DMARC failed")
    assert joined(forged) == []
    assert joined(forged, mine("m2", "03-02 16:00", hiring=0.2, reply_to="<m1@acme.example>")) == [{"m1", "m2"}]


def test_a_forged_mail_in_a_real_thread_stays_out() -> None:
    impostor = Address("Dana Reyes", "dana@freemail.example")
    assert joined(
        they("m1", "03-02 15:00", Says.SCHEDULING),
        they("m2", "03-03 15:00", Says.OFFER, sender=impostor, suspicious="look-alike", reply_to="<m1@acme.example>"),
    ) == [{"m1"}]


def test_a_strangers_change_of_an_invitation_stays_out() -> None:
    stranger = Address("Sync", "sync@cleaner.example")
    off = invitation("u1", "03-12 10:00", sequence=9, method="CANCEL", organizer=stranger)
    assert joined(
        they("m1", "03-02 15:00", Says.INTERVIEW_CONFIRMED, events=(invitation("u1", "03-12 10:00"),)),
        they("m2", "03-03 15:00", Says.INTERVIEW_CANCELLED, sender=stranger, events=(off,)),
    ) == [{"m1"}]


def test_a_mass_mail_after_the_end_stays_out() -> None:
    first = they("m1", "03-02 15:00", Says.REJECTION)
    more = they("m2", "03-03 15:00", Says.UPDATE, bulk=True, hiring=0.4, reply_to="<m1@acme.example>")
    assert joined(first, more) == [{"m1"}]


def test_the_same_message_in_two_accounts_is_taken_once() -> None:
    first = they("m1", "03-02 15:00", Says.OUTREACH)
    assert [len(group.entries) for group in join((first, first), SETTINGS)] == [1]


def test_the_user_may_join_and_split() -> None:
    one = they("m1", "03-02 15:00", Says.OUTREACH, sender=GLENN, subject="1", company="Orca", role="Paralegal")
    two = they("m2", "03-03 15:00", Says.OUTREACH, subject="2", role="Buyer")
    put = Word("join", "", at("03-04 09:00"), ("<m1@acme.example>", "<m2@acme.example>"))
    assert joined(one, two, words=(put,)) == [{"m1", "m2"}]
    apart = Word("split", "", at("03-05 09:00"), ("<m2@acme.example>",))
    assert joined(one, two, words=(put, apart)) == [{"m1"}, {"m2"}]


def test_the_host_of_a_booked_call_is_known_by_name() -> None:
    tool = Address("Tool", "no-reply@tool.example")
    host = (Person("Dana Reyes"),)
    booked = they(
        "m2", "03-03 15:00", Says.INTERVIEW_CONFIRMED, sender=tool, system="x", subject="2", company="", role="",
        people=host, times=(stands("03-12 10:00"),),
    )  # fmt: skip
    assert joined(they("m1", "03-02 15:00", Says.SCHEDULING, subject="1", times=(stands("03-12 10:00"),)), booked) == [
        {"m1", "m2"}
    ]


def test_the_host_of_a_booked_call_is_known_by_address() -> None:
    tool = Address("Tool", "no-reply@tool.example")
    event = replace(invitation("u1", "03-12 10:00"), organizer=DANA)
    booked = they(
        "m2", "03-03 15:00", Says.INTERVIEW_CONFIRMED, sender=tool, speaker=Speaker.ROBOT, subject="2", company="",
        role="", hiring=0.3, events=(event,),
    )  # fmt: skip
    approach = they("m1", "03-02 15:00", Says.OUTREACH, subject="1")
    assert joined(approach, booked) == [{"m1", "m2"}]
    assert joined(a_sure_thread("m1", "03-02 15:00"), booked) == [{"m1"}]


def a_sure_thread(number: str, date: str) -> Entry:
    orca = Address("Bo", "bo@orca.example")
    return they(number, date, Says.REJECTION, hiring=0.99, subject=number, company="Orca", sender=orca)


def test_the_users_answer_speaks_for_a_letter_that_says_little_of_a_job_where_they_are_on_the_hunt() -> None:
    letter = they("m1", "03-02 15:00", Says.INTERVIEW_CONFIRMED, hiring=0.45, times=(stands("03-12 10:00"),))
    answer = mine("m2", "03-02 16:00", hiring=0.1, reply_to="<m1@acme.example>")
    elsewhere = a_sure_thread("m3", "03-04 15:00")
    assert joined(letter, elsewhere) == [{"m3"}]
    assert joined(letter, answer) == []
    assert joined(letter, answer, elsewhere) == [{"m1", "m2"}, {"m3"}]


def test_doubtful_mail_counts_only_where_another_thread_surely_is_about_a_job() -> None:
    doubtful, elsewhere = they("m1", "03-02 15:00", Says.SCHEDULING, hiring=0.65), a_sure_thread("m2", "04-04 15:00")
    date = elsewhere.header.date - timedelta(days=200)
    long_ago = replace(elsewhere, header=replace(elsewhere.header, date=date))
    assert joined(doubtful) == []
    assert joined(doubtful, elsewhere) == [{"m1"}, {"m2"}]
    assert joined(doubtful, long_ago) == [{"m2"}]


def test_a_thread_in_which_others_speak_as_candidates_is_no_hunt_of_the_users() -> None:
    def speaking(entry: Entry, voice: float) -> Entry:
        return replace(entry, reading=replace(entry.reading, voice=voice))

    letter = they("m1", "03-02 15:00", Says.APPLICATION_RECEIVED, hiring=0.97)
    answer = mine("m2", "03-02 16:00", hiring=0.9, reply_to="<m1@acme.example>")
    assert joined(speaking(letter, -2.0), speaking(answer, 2.0)) == [{"m1", "m2"}]
    assert joined(speaking(letter, 2.5), speaking(answer, -1.5)) == []
    assert joined(speaking(letter, 2.5), speaking(answer, 2.0)) == [{"m1", "m2"}]


def test_the_receipt_for_a_known_employers_test_belongs() -> None:
    platform = Address("Tests", "no-reply@platform.example")
    receipt = they(
        "m2", "03-03 15:00", Says.UPDATE, sender=platform, hiring=0.1, subject="Submitted: Orca Bay, part 1", company="",
        role="", speaker=Speaker.ROBOT,
    )  # fmt: skip
    task = they("m1", "03-02 15:00", Says.ASSESSMENT, subject="1", company="Orca Bay")
    assert joined(task, receipt) == [{"m1"}]
    shown = (Evidence("en.update.receipt_of_a_test", "Submitted"),)
    receipt = replace(receipt, reading=replace(receipt.reading, evidence=shown))
    assert joined(task, receipt) == [{"m1", "m2"}]
