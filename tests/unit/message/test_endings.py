"""The ending of a mail: the closing name stays, signature and footer go."""

from __future__ import annotations

import pytest

from tests.unit.message.making import body

CONTACT = "Talent Partner, Acme\n+44 20 7946 0000\nwww.acme.example\n"


@pytest.mark.parametrize(
    "close",
    ["Best regards,", "Kind regards", "Many thanks,", "Thanks!", "Cheers", "Yours sincerely,", "Mit freundlichen Grüßen", "Warmly,", "Thanks & regards,"],
)  # fmt: skip
def test_the_sign_off_and_the_name_stay_and_the_contact_lines_go(close: str) -> None:
    content = body(f"Tuesday works.\n\n{close}\nDana\n{CONTACT}", sender="dana@acme.example")
    assert content.new == f"Tuesday works.\n\n{close}\nDana\n"
    assert content.signature == CONTACT


@pytest.mark.parametrize(
    "name", ["Dana", "Dana Reyes", "D. Reyes", "Dr. Dana Reyes", "O’Brien", "María-José", "Chidi N. Okafor", "An"]
)
def test_names_of_many_kinds_stay(name: str) -> None:
    content = body(f"Tuesday works.\n\nRegards,\n\n{name}\n\n{CONTACT}")
    assert content.new == f"Tuesday works.\n\nRegards,\n\n{name}\n"
    assert content.signature == CONTACT


def test_a_name_with_its_title_on_one_line_is_taken_apart() -> None:
    content = body("Tuesday works.\n\nBest,\nDana Reyes | Recruiter\nAcme Ltd\n")
    assert content.new == "Tuesday works.\n\nBest,\nDana Reyes\n"
    assert content.signature == "Dana Reyes | Recruiter\nAcme Ltd\n"


def test_sign_off_and_name_on_one_line() -> None:
    content = body(f"Tuesday works.\n\nThanks, Dana\n{CONTACT}")
    assert content.new == "Tuesday works.\n\nThanks, Dana\n"
    assert content.signature == CONTACT


def test_two_sign_offs_above_each_other() -> None:
    content = body(f"Tuesday works.\n\nMany thanks\n\nKind regards\n\nDana\n{CONTACT}")
    assert content.new == "Tuesday works.\n\nMany thanks\n\nKind regards\n\nDana\n"


def test_somebody_who_signs_for_another_keeps_the_name() -> None:
    content = body("Passt.\n\nMit freundlichen Grüßen\nIm Auftrag\nDana Reyes\nPersonalabteilung\n")
    assert content.new.endswith("Im Auftrag\nDana Reyes\n")
    assert content.signature == "Personalabteilung\n"


def test_a_greeting_that_is_also_a_sign_off_cuts_nothing() -> None:
    text = "Thanks Dana,\n\n10 works.\n\nAlex\n"
    assert body(text).new == text


def test_thanks_in_the_middle_cuts_nothing() -> None:
    text = "Hi Alex,\n\nThank you!\n\nMonday then. Bring your laptop.\n\nDana\n"
    assert body(text).new == text


@pytest.mark.parametrize(
    "close", ["Looking forward to it.", "Thanks for your patience with us.", "Best of all, the office is new."]
)
def test_a_sentence_is_no_sign_off(close: str) -> None:
    text = f"Hi Alex,\n\n{close}\nWe meet on Tuesday at 10.\nPlease bring your papers.\n"
    assert body(text).new == text


def test_the_delimiter_begins_the_signature() -> None:
    content = body("Tuesday works.\n-- \nDana Reyes\nAcme\n")
    assert content.new == "Tuesday works.\n"
    assert content.signature == "Dana Reyes\nAcme\n"


def test_a_rule_in_the_text_is_no_delimiter() -> None:
    text = "The day:\n\n----\n\n10:00 You meet the team and see the office.\n\n12:00 Lunch with us, and then a talk about pay.\n"
    assert body(text).new == text


def test_the_senders_name_without_sign_off_ends_the_text() -> None:
    content = body(f"Tuesday works.\n\nDana Reyes\n{CONTACT}", sender="Dana Reyes <dana@acme.example>")
    assert content.new == "Tuesday works.\n\nDana Reyes\n"
    assert content.signature == CONTACT


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Get Outlook for iOS<https://x.example>", "Von meinem iPhone gesendet"]
)
def test_what_a_phone_adds_is_signature(line: str) -> None:
    content = body(f"Tuesday works.\n\n{line}\n")
    assert content.new == "Tuesday works.\n"
    assert content.signature == f"{line}\n"


@pytest.mark.parametrize(
    "below",
    [
        "P.S. Please bring a form of identification.",
        "Join Zoom Meeting\nhttps://zoom.example/j/123\nPasscode: 42",
        "Date: Tuesday, 10 March\nTime: 10:00\nLocation: 1 Main Street",
        "We will also send you a short form to fill in before we meet.",
    ],
)
def test_what_the_writer_adds_below_the_name_is_new(below: str) -> None:
    content = body(f"We meet on Tuesday.\n\nBest regards,\nDana\n\n{below}\n")
    assert content.new == f"We meet on Tuesday.\n\nBest regards,\nDana\n\n{below}\n"


LEGAL = [
    "This email and any attachments are confidential and intended solely for the addressee.",
    "CONFIDENTIALITY NOTICE: the contents are private.",
    "If you have received this email in error, please delete it.",
    "Acme Ltd. Registered in England No. 1. Registered office: 1 Main Street.",
    "Acme GmbH, Sitz der Gesellschaft: Berlin, Amtsgericht Charlottenburg",
]


@pytest.mark.parametrize("text", LEGAL)
def test_legal_text_is_footer(text: str) -> None:
    content = body(f"Tuesday works.\n\nBest regards,\nDana\n{CONTACT}\n{text}\n\nAnd more of the same kind.\n")
    assert content.new == "Tuesday works.\n\nBest regards,\nDana\n"
    assert content.signature == CONTACT
    assert content.footer == f"{text}\n\nAnd more of the same kind.\n"


@pytest.mark.parametrize(
    "text",
    [
        "This email is sent from an unattended mailbox.",
        "Please do not reply to this email.",
        "You are receiving this because you applied at Acme.\nUnsubscribe | Privacy policy",
        "© 2026 Acme Ltd. All rights reserved.",
        "Powered by Hireworks",
        "Acme is an equal opportunity employer.",
        "Diese E-Mail wurde automatisch erzeugt.",
    ],
)
def test_closing_lines_of_machines_are_footer(text: str) -> None:
    content = body(f"Thank you for applying at Acme.\n\nThe Acme team\n\n{text}\n")
    assert content.new == "Thank you for applying at Acme.\n\nThe Acme team\n"
    assert content.footer == f"{text}\n"


def test_a_closing_line_within_the_writers_last_paragraph_goes_alone() -> None:
    own = "We will look at your papers and come back to you by Friday of next week with news."
    content = body(f"Thank you for applying.\n\n{own} Please do not reply to this email.\n")
    assert content.new == f"Thank you for applying.\n\n{own}\n"
    assert content.footer == "Please do not reply to this email.\n"


def test_a_footer_is_all_there_is_and_stays() -> None:
    text = "Please do not reply to this email.\n"
    assert body(text).new == text


def test_the_banner_of_a_mail_gateway_is_footer() -> None:
    content = body("[EXTERNAL] This message originated from outside of Acme.\n\nTuesday works.\n")
    assert content.new == "Tuesday works.\n"
    assert content.footer.startswith("[EXTERNAL]")


def test_a_banner_right_above_the_text_goes_alone() -> None:
    assert body("CAUTION: External sender.\nTuesday works.\n").new == "Tuesday works.\n"


def test_an_employer_below_the_senders_name_is_signature() -> None:
    content = body("Tuesday works.\n\nDana Reyes\nAcme, Newcastle\n")
    assert content.new == "Tuesday works.\n\nDana Reyes\n"
    assert content.signature == "Acme, Newcastle\n"


def test_an_hour_below_the_senders_name_is_new() -> None:
    text = "These are the talks:\n\nDana Reyes\nTuesday 10:00\n"
    assert body(text).new == text
