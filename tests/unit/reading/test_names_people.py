"""Whom a letter would go to and how it would greet them; whether a message greets the user at all."""

from __future__ import annotations

import pytest

from tests.unit.reading.test_names import ATS, ME, RELAY, told
from watcher.knowledge.model import SenderRule
from watcher.message.model import Address, CalendarPart
from watcher.reading.model import ReadingSettings, Speaker

NAMELESS = ReadingSettings("", ("nadia@fonseca.example",), "Europe/London")


def settings(name: str, *addresses: str) -> ReadingSettings:
    return ReadingSettings(name, addresses or ("x@y.example",), "Europe/London")


# --- the writer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("display", "closing", "greeting"),
    [
        ("Tess Oduya", "Tess", "Tess"),
        ("Tess Oduya", "Kind regards,\nTess Oduya", "Tess"),
        ("Oduya, Tess", "Regards", "Tess"),
        ("tess oduya", "tess", "Tess"),
        ("TESS ODUYA", "", "Tess"),
        ("Dr. Meera Bhatt", "", "Dr. Bhatt"),
        ("Dr. Meera Bhatt", "Meera", "Meera"),
        ("Tess Oduya", "T.", "Tess"),
        ("Tess Oduya", "TO", "Tess"),
        ("Kristine Dela Paz", "Thanks!\nTin", "Tin"),
        ("Tess Oduya (she/her)", "", "Tess"),
        ("Tess Oduya, MBA", "", "Tess"),
        ("Tess Oduya via Network", "", "Tess"),
        ("Tess Oduya | Quarry Lane Foods", "", "Tess"),
        ("李雷", "", "李雷"),
        ("T. Oduya", "", ""),
    ],
)
def test_people_are_greeted_as_they_sign(display: str, closing: str, greeting: str) -> None:
    found = told(f"Hi Nadia,\n\nDoes Monday suit?\n\n{closing}", "tess@quarrylane.example", name=display)
    assert found.author is not None
    assert found.author.greeting == greeting


@pytest.mark.parametrize(
    ("text", "signs", "greeting"),
    [
        ("Hi Nadia. Got your CV, can you send us your pin? Thanks a mill, Breda", "Breda", "Breda"),
        ("Dear Nadia,\nplease come on Monday.\nWendy\nQuarry Lane Foods", "Wendy", "Wendy"),
        ("Dear Nadia,\nplease come on Monday.\n\nRosa Pires\nHR Quarry Lane Foods", "Rosa Pires", "Rosa"),
        ("Dear Nadia,\nplease come on Monday.\n\nTY\nMs. Che", "Ms. Che", "Ms. Che"),
        ("Dear Nadia,\nplease come on Monday.\n\nCiara Hennebry, HR Officer", "Ciara Hennebry", "Ciara"),
    ],
)
def test_a_desk_is_greeted_by_the_name_that_signs(text: str, signs: str, greeting: str) -> None:
    found = told(text, "office@quarrylane.example", name="Quarry Lane Foods")
    assert found.author is not None
    assert (found.author.signs, found.author.greeting) == (signs, greeting)


def test_a_desk_that_nobody_signs_for_has_no_author() -> None:
    assert (
        told("Dear Nadia, your form has arrived.", "office@quarrylane.example", name="Quarry Lane Foods").author is None
    )


def test_the_title_stands_in_the_signature() -> None:
    text = "Hi Nadia, see you Monday.\n\nTess Oduya\nHead of Pastry | Quarry Lane Foods\n020 7946 0000"
    found = told(text, "tess@quarrylane.example", name="Tess Oduya")
    assert found.author is not None
    assert found.author.title == "Head of Pastry"


# --- the address to answer ---------------------------------------------------------------------------------------


def test_reply_to_stands_above_from() -> None:
    desk = Address("Tess Oduya", "tess@quarrylane.example")
    found = told("Hi Nadia", "mailout@quarrylane.example", name="Tess Oduya", reply_to=(desk,))
    assert found.contact == desk


@pytest.mark.parametrize(
    "local", ["no-reply", "noreply", "donotreply", "notifications", "mailer-daemon", "acme+autoreply"]
)
def test_nobody_reads_a_robots_mail(local: str) -> None:
    assert (
        told("Hi Nadia", f"{local}@quarrylane.example", name="Quarry Lane Foods", speaker=Speaker.ROBOT).contact is None
    )


def test_a_desk_counts_unless_it_says_that_answers_are_not_read() -> None:
    assert told("Hi Nadia", "careers@quarrylane.example", name="Quarry Lane Foods").contact is not None
    unread = told(
        "Hi Nadia", "careers@quarrylane.example", name="Quarry Lane Foods", footer="Please do not reply to this mail."
    )
    assert unread.contact is None


def test_a_relay_is_answered_through_its_reply_to() -> None:
    relayed = Address("Tess Oduya", "77ab@reply.network.example")
    found = told(
        "Hi Nadia", "hit-reply@network.example", name="Tess Oduya via Network", reply_to=(relayed,), system=RELAY
    )
    assert found.contact == relayed
    assert found.author is not None
    assert found.author.address == "77ab@reply.network.example"


def test_a_system_that_is_never_read_has_no_contact() -> None:
    found = told("Hi Nadia", "jobs@ats-mail.example", name="Quarry Lane Foods", system=ATS, speaker=Speaker.ROBOT)
    assert found.contact is None


def test_a_person_behind_a_system_that_passes_answers_on_is_the_contact() -> None:
    passing = SenderRule("p", "relay", ("ats-mail.example",), answer="yes")
    found = told("Hi Nadia", "reply+9f@ats-mail.example", name="Tess Oduya (via Pipeline Hire)", system=passing)
    assert found.contact is not None
    assert found.contact.address == "reply+9f@ats-mail.example"
    assert found.author is not None
    assert found.author.name == "Tess Oduya"


@pytest.mark.parametrize(
    "text",
    [
        "Hi Nadia, please write to dana@quarrylane.example instead.",
        "Hi Nadia, my own address is dana@quarrylane.example, the system swallows mail.",
        "Hi Nadia, please reply to dana@quarrylane.example and not to this address.",
    ],
)
def test_an_address_named_for_answers_is_the_contact(text: str) -> None:
    found = told(text, "jobs@quarrylane.example", name="Dana Reed")
    assert found.contact is not None
    assert found.contact.address == "dana@quarrylane.example"


@pytest.mark.parametrize(
    "text",
    [
        "Hi Nadia, I am away until Monday. In urgent cases please write to dana@quarrylane.example.",
        "Hi Nadia, for adjustments please contact accommodations@quarrylane.example.",
        "Hi Nadia, see you Monday. Invoices: accounts@quarrylane.example",
    ],
)
def test_an_address_named_for_something_else_is_not(text: str) -> None:
    found = told(text, "tess@quarrylane.example", name="Tess Oduya")
    assert found.contact is not None
    assert found.contact.address == "tess@quarrylane.example"


# --- others ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("I am handing over to Bruno Lund (bruno@quarrylane.example).", "Bruno Lund", "bruno@quarrylane.example"),
        ("My colleague Bruno Lund will take over from here.", "Bruno Lund", "bruno@quarrylane.example"),
        ("From Monday Bruno Lund, in copy, will be your contact.", "Bruno Lund", "bruno@quarrylane.example"),
        ("I'm leaving you in the capable hands of Bruno.", "Bruno Lund", "bruno@quarrylane.example"),
    ],
)
def test_a_successor_becomes_the_contact(text: str, name: str, address: str) -> None:
    found = told(
        f"Hi Nadia,\n{text}\n\nTess",
        "tess@quarrylane.example",
        name="Tess Oduya",
        cc=(Address("Bruno Lund", "bruno@quarrylane.example"),),
    )
    assert found.successor is not None
    assert (found.successor.name, found.successor.address) == (name, address)
    assert found.contact is not None
    assert found.contact.address == address


def test_one_who_has_taken_over_is_the_successor() -> None:
    found = told("Hi Nadia, Bruno here, I have taken over from Tess.", "bruno@quarrylane.example", name="Bruno Lund")
    assert found.successor is not None
    assert found.successor.name == "Bruno Lund"


def test_a_colleague_for_urgent_cases_is_no_successor() -> None:
    found = told(
        "I am away. In urgent cases my colleague Bruno Lund will take care of it.",
        "t@quarrylane.example",
        name="Tess Oduya",
    )
    assert found.successor is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Your interview with Kofi Danquah is on Monday.", ["Kofi Danquah"]),
        ("You'll meet Bruno Lund, Ines Brandt and me.", ["Bruno Lund", "Ines Brandt"]),
        ("Panel: Bruno Lund (Pastry), Ines Brandt (People)", ["Bruno Lund", "Ines Brandt"]),
        ("You will be meeting Dr. Pham.", ["Dr. Pham"]),
        ("Your interview with Quarry Lane Foods is on Monday.", []),
        ("Your interview with Tuesday's panel stands.", []),
    ],
)
def test_interviewers_are_named(text: str, names: list[str]) -> None:
    found = told(f"Hi Nadia,\n{text}\n\nTess", "tess@quarrylane.example", name="Tess Oduya")
    assert [person.name for person in found.people] == names


def test_those_copied_and_those_who_attend_are_people() -> None:
    calendar = CalendarPart(
        "BEGIN:VEVENT\r\nORGANIZER;CN=Tess Oduya:mailto:tess@quarrylane.example\r\n"
        'ATTENDEE;ROLE=REQ-PARTICIPANT;CN="Bruno\r\n  Lund":mailto:bruno@quarrylane.example\r\n'
        "ATTENDEE;CN=Nadia Fonseca:mailto:nadia@fonseca.example\r\nEND:VEVENT\r\n"
    )
    found = told(
        "Hi Nadia",
        "tess@quarrylane.example",
        name="Tess Oduya",
        calendars=(calendar,),
        cc=(Address("Ines Brandt", "i@q.example"),),
    )
    assert [person.name for person in found.people] == ["Ines Brandt", "Bruno Lund"]


# --- the one addressed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name", "user"),
    [
        ("Hi Renata,", "Renata", "Renata Souza"),
        ("Dear Miss Kinnaird,", "Miss Kinnaird", "Moira Kinnaird"),
        ("Dear Mr. Rohan", "Mr. Rohan", "Rohan Pillai"),
        ("A Ghráinne, a chara", "Ghráinne", "Gráinne Power"),
        ("Ma'am Rowena,", "Ma'am Rowena", "Rowena Cruz"),
        ("Nathan! Good news.", "Nathan", "Nathan Wu"),
        ("Devon - great news", "Devon", "Devon Achebe"),
        ("Hiya Daz, not the news", "Daz", "Darren Oakes"),
        ("Dear Elizabeth,", "Elizabeth", "Liz Harper"),
        ("hi imran! loved it", "imran", "Imran Qureshi"),
        ("Good morning Mr Boateng", "Mr Boateng", "Kieran Boateng"),
        ("Hello hello Sipho, I have read it", "Sipho", "Sipho Ndlovu"),
        ("P - Sophie says hi", "P", "Philippa Grange"),
        ("Dear HECTOR VILLARREAL,", "HECTOR VILLARREAL", "Hector Villarreal"),
        ("Hi Wei Ling, as agreed", "Wei Ling", "Koh Wei Ling"),
        ("Dear Grainne,", "Grainne", "Gráinne Power"),
        ("Hi Katheryn,", "Katheryn", "Kathryn Bell"),
        ("Trav heard you might be looking", "Trav", "Travis Nakamura"),
        ("Hi Bruno and Nadia,", "Bruno and Nadia", "Nadia Fonseca"),
        ("Good evening Ms Nadia", "Ms Nadia", "Nadia Fonseca"),
    ],
)
def test_a_greeting_is_recognised_as_the_users_own(line: str, name: str, user: str) -> None:
    found = told(f"{line}\nDoes Monday suit?", "t@quarrylane.example", name="Tess Oduya", settings=settings(user))
    assert found.addressed_to == name
    assert found.addressed_to_me


@pytest.mark.parametrize(
    "line",
    [
        "Hi Bruno,",
        "Dear Mr. Lund,",
        "Dear Bruno Lund,",
        "Devon - great news",
        "Dear Nadia Lund,",
        "Hello Ms Brandt,",
        "Bruno,",
        "Hi Natasha,",
    ],
)
def test_a_greeting_of_somebody_else_is_told(line: str) -> None:
    found = told(f"{line}\nDoes Monday suit?", "t@quarrylane.example", name="Tess Oduya")
    assert found.addressed_to
    assert not found.addressed_to_me


@pytest.mark.parametrize(
    "line",
    [
        "Dear Candidate,",
        "Dear Applicant",
        "Hi all,",
        "Dear Sir/Madam,",
        "Hello there,",
        "Good morning,",
        "To whom it may concern,",
        "Thanks for your time.",
        "Perfect, see you then.",
        "Unfortunately, it is a no.",
        "Monday works.",
        "Great news! You are through.",
        "Hi,",
        "Dear Hiring Manager,",
        "Your interview is confirmed.",
        "Good news: it is yours.",
        "Hi again, a quick one.",
        "Good to meet you on Monday.",
    ],
)
def test_a_general_opening_may_be_meant_for_the_user(line: str) -> None:
    found = told(f"{line}\nDoes Monday suit?", "t@quarrylane.example", name="Tess Oduya")
    assert found.addressed_to == ""
    assert found.addressed_to_me


def test_where_the_users_name_is_unknown_every_greeting_may_be_theirs() -> None:
    assert told("Dear Bruno,\nDoes Monday suit?", "t@q.example", name="Tess Oduya", settings=NAMELESS).addressed_to_me


def test_the_users_address_tells_a_name_too() -> None:
    found = told("Hi Daz,", "t@q.example", name="Tess Oduya", settings=settings("D. Oakes", "daz.oakes@mid.example"))
    assert found.addressed_to_me


def test_the_writers_own_name_in_a_heading_is_no_greeting() -> None:
    text = "Tess Oduya\nSenior Recruiter at Quarry Lane Foods\nHi Nadia\nI came across your work."
    found = told(text, "hit-reply@network.example", name="Tess Oduya via Network", system=RELAY, settings=ME)
    assert found.addressed_to == "Nadia"
    assert found.companies[0].name == "Quarry Lane Foods"
