"""What a message says, standing alone."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.knowledge.loader import load
from watcher.message.model import Address, Body, CalendarPart, Copy, Header, Message, Role
from watcher.reading import read
from watcher.reading.model import Act, Ask, Reading, ReadingSettings, Says, Speaker

BOOK = load()
ME = ReadingSettings("Ann Lee", ("ann@example.net",), "Europe/London")
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)  # a Monday


def message(
    text: str,
    subject: str = "Night Baker",
    sender: str = "Jo Bell <jo@acorn.example>",
    *,
    calendars: tuple[CalendarPart, ...] = (),
    role: Role = Role.INBOX,
    **traits: str,
) -> Message:
    name, _, address = sender.rpartition(" ")
    fields = {key.replace("_", "-"): value for key, value in traits.items()}
    reply = "<q@x.example>" if subject.lower().startswith("re:") else ""
    head = Header(
        "<a@x.example>", AT, AT, Address(name, address.strip("<>")), subject, (Address("", "ann@example.net"),),
        in_reply_to=reply, traits=fields,
    )  # fmt: skip
    return Message("a", head, Body(new=text, plain=text, calendars=calendars), (Copy("x", role, "1"),))


def reading(
    text: str, subject: str = "Night Baker", sender: str = "Jo Bell <jo@acorn.example>", **more: str
) -> Reading:
    return read(message(text, subject, sender, **more), BOOK, ME)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Thank you for applying for the post of night baker. We will be in touch.", Says.APPLICATION_RECEIVED),
        ("We went with somebody who has run a bakery before, sorry.", Says.REJECTION),
        ("Thank you for applying. The position has been filled.", Says.REJECTION),
        ("The role is on hold until the budget is signed.", Says.ON_HOLD),
        ("We are delighted to offer you the job, 14 an hour, start on Monday.", Says.OFFER),
        ("Could you send me two references and a copy of your passport?", Says.INFO_REQUEST),
        ("Please complete the online test by Friday.", Says.ASSESSMENT),
        ("When are you free for a short phone call?", Says.SCHEDULING),
        ("Would Tuesday at 10 or Wednesday at 2 suit you for an interview?", Says.SCHEDULING),
        ("Your interview is confirmed for Tuesday 12 May at 10am.", Says.INTERVIEW_CONFIRMED),
        ("I have to move your interview to Thursday 14 May at 3pm, same place.", Says.INTERVIEW_RESCHEDULED),
        ("I'm afraid tomorrow's interview is cancelled. I'll send a new date.", Says.INTERVIEW_CANCELLED),
        ("My client in Leeds needs a night baker, 15 an hour. Would that interest you?", Says.OUTREACH),
        ("We are still deciding on your application, you'll hear from us by Friday.", Says.UPDATE),
    ],
)
def test_the_plain_cases(text: str, says: Says) -> None:
    found = reading(text)
    assert (found.says, found.verdict) == (says, says)
    assert found.confidence >= 0.5
    assert found.evidence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("If you are not shortlisted by Friday, assume that you were unsuccessful. Thank you for applying.", Says.APPLICATION_RECEIVED),
        ("Should we decide to go with another candidate, we will let you know. Your application has been received.", Says.APPLICATION_RECEIVED),
        ("Got your application, thanks. Quick question: are you okay with a 4am start?", Says.INFO_REQUEST),
        ("Thank you for completing the test.", Says.UPDATE),
        ("Great, see you then!", Says.UPDATE),
        ("The interview is off. What does next week look like?", Says.INTERVIEW_CANCELLED),
        ("Could you do Thursday at 3 instead?", Says.SCHEDULING),
    ],
)  # fmt: skip
def test_where_two_values_seem_to_fit(text: str, says: Says) -> None:
    assert reading(text).says is says


@pytest.mark.parametrize(
    ("subject", "text", "sender"),
    [
        ("14 new jobs for you", "Night Baker, Leeds. Apply now.", "Jobs <alerts@board.example>"),
        ("Your application for Flat 6", "We regret that the flat was let to another applicant.", "Homes <let@homes.example>"),
        ("Your loan application", "Your application has been received.", "Bank <info@bank.example>"),
        ("how was it", "how did the interview go? call me after x", "Mum <mum@home.example>"),
        ("Ace your next interview", "Our course is 40% off until Sunday.", "Course <hi@course.example>"),
        ("New application for Night Baker: Tom Hill", "You follow this job. Review application", "Greenhouse <no-reply@us.greenhouse-mail.io>"),
        ("Parent teacher interviews", "Your interview is confirmed for Tuesday at 4.", "School <office@school.example>"),
    ],
)  # fmt: skip
def test_other_mail_is_not_hiring_mail(subject: str, text: str, sender: str) -> None:
    assert reading(text, subject, sender).verdict is Says.NOT_HIRING


def test_mail_of_an_applicant_tracking_system_is_hiring_mail() -> None:
    found = reading("We have your application.", "Acorn", "Acorn <no-reply@ashbyhq.com>")
    assert (found.verdict, found.system, found.speaker) == (Says.APPLICATION_RECEIVED, "ashby", Speaker.ROBOT)
    assert not found.answerable


def invite(method: str, sequence: int = 0) -> tuple[CalendarPart, ...]:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{method}", "BEGIN:VEVENT", "UID:1@x.example",
        f"SEQUENCE:{sequence}", "DTSTAMP:20260504T080000Z", "DTSTART:20260512T090000Z", "DTEND:20260512T100000Z",
        "SUMMARY:Interview", "ORGANIZER:mailto:jo@acorn.example", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return (CalendarPart("\r\n".join(lines), method),)


@pytest.mark.parametrize(
    ("method", "sequence", "says"),
    [
        ("REQUEST", 0, Says.INTERVIEW_CONFIRMED),
        ("REQUEST", 2, Says.INTERVIEW_RESCHEDULED),
        ("CANCEL", 1, Says.INTERVIEW_CANCELLED),
    ],
)
def test_an_invitation_speaks_for_itself(method: str, sequence: int, says: Says) -> None:
    found = read(message("See attached.", "Interview", calendars=invite(method, sequence)), BOOK, ME)
    assert found.says is says
    assert found.events[0].start == datetime(2026, 5, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "traits", [{"auto_submitted": "auto-replied"}, {"precedence": "auto_reply"}, {"x_autoreply": "yes"}]
)
def test_an_absence_notice_is_an_automatic_reply(traits: dict[str, str]) -> None:
    found = reading("Back on Monday 11 May.", "Re: Night Baker", **traits)
    assert found.says is Says.AUTO_REPLY


def test_mail_of_a_machine_that_generates_it_is_no_automatic_reply() -> None:
    found = reading(
        "We have received your application.", "Acorn", "Acorn <no-reply@ashbyhq.com>", auto_submitted="auto-generated"
    )
    assert found.says is Says.APPLICATION_RECEIVED


def test_a_delivery_failure_is_an_automatic_reply() -> None:
    found = reading("Your message could not be delivered.", "Undeliverable: hi", "Mail <mailer-daemon@x.example>")
    assert found.says is Says.AUTO_REPLY


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I would like to apply for the post of night baker. My CV is attached.", Act.APPLIED),
        ("10 works, see you then.", Act.PICKED_TIME),
        ("I can do Monday after 1 or Thursday before noon.", Act.GAVE_TIMES),
        ("Could we do Friday instead?", Act.ASKED_TIMES),
        ("I'm afraid I can't make tomorrow.", Act.CANCELLED),
        ("Passport copy attached as requested.", Act.ANSWERED),
        ("The exercise is attached.", Act.HANDED_IN),
        ("I will complete the exercise over the weekend and send it back by Monday.", Act.WILL_HAND_IN),
        ("Thank you for your time this afternoon.", Act.THANKED),
        ("Is there any news about the post?", Act.NUDGED),
        ("Is there parking at the bakery?", Act.ASKED),
        ("I accept your offer with pleasure.", Act.ACCEPTED),
        ("I am withdrawing my application.", Act.DECLINED),
        ("Noted, thanks.", Act.ACKNOWLEDGED),
        ("Yes, I am interested.", Act.INTERESTED),
    ],
)
def test_what_the_user_does(text: str, act: Act) -> None:
    found = reading(text, "Re: Night Baker", "Ann Lee <ann@example.net>")
    assert found.says is Says.SENT
    assert act in found.acts


def test_mail_in_sent_is_mine_whatever_address_it_is_from() -> None:
    found = read(message("10 works.", "Re: Night Baker", "Ann <old@example.org>", role=Role.SENT), BOOK, ME)
    assert (found.says, found.speaker) == (Says.SENT, Speaker.ME)


def test_what_they_ask() -> None:
    assert Ask.REFERENCES in reading("Please send two references.").asks
    assert reading("When are you free for a call?").asks == {Ask.TIMES}
    assert Ask.TASK in reading("Please complete the online test by Friday.").asks


def test_a_reply_subject_does_not_speak() -> None:
    found = reading("Thanks, got that.", "Re: Interview confirmed for Tuesday 12 May at 10am")
    assert found.says in (Says.UPDATE, Says.APPLICATION_RECEIVED)
    assert found.times == ()


def test_links_and_numbers_are_found() -> None:
    found = reading("Pick a slot: https://calendly.com/acorn/intro. Or ring 020 7946 0112.")
    assert found.booking_links == ("https://calendly.com/acorn/intro",)
    assert found.phones == ("020 7946 0112",)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Pick a slot: HTTPS://Cal.com/Jo, please.", ("HTTPS://Cal.com/Jo",)),
        ("(https://acorn.example/schedule?x=1).", ("https://acorn.example/schedule?x=1",)),
        (
            "Via https://go.example/?to=https://doodle.com/p/9 please",
            ("https://go.example/?to=https://doodle.com/p/9",),
        ),
        ("Our shop: https://book.example/shelf and https://acorn.example/jobs", ()),
        ("See the schedule on https://acorn.example/team", ()),
    ],
)
def test_a_link_books_a_time_by_what_stands_in_it(text: str, links: tuple[str, ...]) -> None:
    assert reading(text).booking_links == links


def test_a_message_without_a_body_is_read_by_its_header() -> None:
    bare = message("x", "Your application for Night Baker was received", "Acorn <no-reply@ashbyhq.com>")
    found = read(Message("a", bare.header), BOOK, ME)
    assert found.verdict is Says.APPLICATION_RECEIVED


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=600), st.text(max_size=80))
def test_no_text_makes_it_fail(text: str, subject: str) -> None:
    found = reading(text, subject)
    assert 0 <= found.hiring <= 1
    assert 0 <= found.confidence <= 1
    assert found.says is not Says.NOT_HIRING


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("Hill Trust Grants <grants@hilltrust.example>", "Your application", "Thank you for your application. No."),
        ("Ann Ash <ann@letting.example>", "2 Mill Lane", "Sorry, the landlord has chosen another applicant."),
        ("Ann Ash <ann@ash.example>", "Panel", "You are on the appointing panel. Ten applications are in the folder."),
        ("Clinic <noreply@clinic.example>", "Assessment", "Your pre-operative assessment is moved to 6 May at 9am."),
    ],
)
def test_an_application_that_is_not_for_a_job_is_no_hiring_mail(sender: str, subject: str, text: str) -> None:
    assert reading(text, sender=sender, subject=subject).hiring < 0.5


def test_a_letter_of_an_applicant_to_the_user_is_no_hiring_mail_though_it_speaks_of_a_job() -> None:
    text = "I applied on Monday for the Night Baker position. I would welcome the chance to interview."
    assert reading(text, subject="Night Baker application").hiring < 0.5


def test_the_line_that_closes_a_letter_tells_the_desk_it_comes_from() -> None:
    text = "Wednesday at 9 it is, gate 3.\n\nAnn Ash\n"
    assert reading(text + "Hill Bakery Recruiting").hiring > reading(text + "Hill Bakery").hiring


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for applying for the role of shop volunteer. Could you come in on Friday at 2pm for a chat?",
        "We are pleased to invite you to an interview for the MSc in Soil Science on 4 May at 11am.",
        "Please book your mid-year conversation with your manager by Friday.",
        "Message our manager on Telegram and keep 8% of each payment.",
    ],
)
def test_an_honorary_office_a_course_house_mail_and_fraud_are_no_hiring_mail(text: str) -> None:
    assert reading(text, subject="Next steps").hiring < 0.5


def test_a_line_that_says_what_the_work_pays_speaks_for_hiring() -> None:
    assert reading("Need a baker from Monday, 15 an hour. Interested?", subject="Work").hiring >= 0.5


def test_a_meeting_with_no_job_behind_it_is_no_hiring_mail_but_one_named_by_a_job_is() -> None:
    text = "Could you come by for a chat on Thursday at 2?"
    assert reading(text, subject="Thursday").hiring < 0.5
    assert reading(text, subject="Junior Animator vacancy").hiring > 1.2 * reading(text, subject="Thursday").hiring
    assert reading(f"{text} We liked your application for the Junior Animator job.", subject="Thursday").hiring >= 0.5


@pytest.mark.parametrize("sign", ["( ", "[", "\t(", "(via ", " via ", ", ", " at "])
def test_no_name_of_a_sender_takes_long(sign: str) -> None:
    name = (sign * 16_000)[:15_800]  # about the longest that parsing lets through
    begun = process_time()
    reading("We will let you know by Friday.", sender=f"{name} <jo@acorn.example>")
    assert process_time() - begun < 1.0
