"""How a letter speaks to its reader: the register they write in, the greeting, the closing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.letters import DANA, ME, NOW, SETTINGS, case, message, pack, statement
from watcher.draft import compose
from watcher.draft.addressing import greetable, is_formal
from watcher.followup.model import Kind
from watcher.opportunity.model import Opportunity
from watcher.reading.model import Person, Says

PACK = pack()
WORDS = PACK.tables["letter"]


def writing(*texts: str) -> bool:
    """Whether somebody whose letters these are, oldest first, writes formally."""
    opportunity, _, _ = case(Kind.AFTER_REPLY, 1)
    mails = [message(DANA, ME, NOW, text, number=n) for n, text in enumerate(texts, 10)]
    statements = tuple(statement(mail, Says.UPDATE) for mail in mails)
    return is_formal(replace(opportunity, statements=statements), mails[-1], WORDS)


FORMAL = [
    "Dear Mr Morgan,\n\nWe have received it.\n\nYours sincerely,\nD. Reyes",
    "Dear Alex,\n\nWe have received your papers.\n\nKind regards,\nDana Reyes",
    "Dear Ms. Morgan:\n\nPlease furnish three references.",
    "Dear Applicant,\n\nWe will write to you.",
    "We have received it.\n\nRespectfully,\nDana Reyes",
]
WARM = [
    "Hi Alex,\n\nthat's great, see you then!\n\nDana",
    "Hey Alex! Sounds good 😊",
    "Dear Alex,\n\nit'd be lovely if you'd come, we're all curious, and don't worry about the dress code!\n\nCheers,\nDana",
    "Hi Alex,\n\nWe have received it.\n\nKind regards,\nDana",
    "thx, will check with my boss :)",
    "Noted, will get back to you.",
]


@pytest.mark.parametrize("text", FORMAL)
def test_who_writes_formally_gets_a_formal_letter(text: str) -> None:
    assert writing(text)


@pytest.mark.parametrize("text", WARM)
def test_who_writes_warmly_gets_a_warm_letter(text: str) -> None:
    assert not writing(text)


def test_the_letters_before_count_too() -> None:
    assert writing("Dear Mr Morgan,\n\nWe have received it.\n\nYours sincerely,\nD. Reyes", "We will write on Monday.")


def test_where_they_never_wrote_the_users_own_letter_shows_the_register() -> None:
    opportunity, _, _ = case(Kind.AFTER_APPLICATION, 1)
    for text, formal in (
        ("Dear Ms Reyes,\n\nhere it is.\n\nYours sincerely,\nAlex", True),
        ("Hi Dana, here's my CV!", False),
    ):
        own = statement(message(ME, DANA, NOW, text, number=5), Says.SENT)
        assert is_formal(replace(opportunity, statements=(own,)), message(ME, DANA, NOW, ""), WORDS) is formal


def test_a_formal_letter_has_no_contractions_and_a_warm_one_has() -> None:
    for kind in (Kind.THANK_YOU, Kind.AFTER_INTERVIEW, Kind.AFTER_REPLY):
        for formal in (True, False):
            opportunity, decision, answered = case(kind, 1, formal=formal)
            text = compose(opportunity, decision, answered, SETTINGS, PACK, NOW).text
            assert ("'" in text) is not formal


# --- the greeting ---


def greeted(name: str, greeting: str, *, theirs: str = "Dear Alex,\n\nWe have it.\n\nKind regards,\nDana") -> str:
    opportunity, decision, answered = case(Kind.THANK_YOU, 1)
    answered = message(DANA, ME, answered.header.date, theirs)
    opportunity = replace(
        opportunity, contact=Person(name, DANA.address, greeting), statements=(statement(answered, Says.UPDATE),)
    )
    return compose(opportunity, decision, answered, SETTINGS, PACK, NOW).text.split("\n")[0]


@pytest.mark.parametrize(
    ("name", "greeting", "line"),
    [
        ("Dana Reyes", "Dana", "Dear Dana,"),
        ("Dr. Asha Bhatt", "Dr. Bhatt", "Dear Dr. Bhatt,"),
        ("Dana Reyes", "Ms Reyes", "Dear Ms Reyes,"),
        ("dana reyes", "dana", "Dear Dana,"),
        ("DANA REYES", "DANA", "Dear Dana,"),
        ("Reyes, Dana", "Dana", "Dear Dana,"),
        ("Anne-Marie O'Neill", "Anne-Marie", "Dear Anne-Marie,"),
        ("Margaret S. Orlofsky", "Mso", "Dear Margaret,"),
        ("Jule Brandauer", "Greetings", "Dear Jule,"),
        ("王小明", "王小明", "Dear 王小明,"),
        ("Ольга Петрова", "Ольга", "Dear Ольга,"),
        ("Siân Ó Briain", "Siân", "Dear Siân,"),
        ("D. R.", "", "Hello,"),
        ("Dana Reyes", "D", "Hello,"),
        ("Enrolments Office", "Enrolments", "Hello,"),
        ("Talent Team", "Talent", "Hello,"),
        ("Hiring Manager", "Hiring", "Hello,"),
        ("dana99", "dana99", "Hello,"),
        ("dana@acme.example", "dana@acme.example", "Hello,"),
        ("", "", "Hello,"),
    ],
)
def test_people_are_greeted_by_a_name_that_is_sure(name: str, greeting: str, line: str) -> None:
    assert greeted(name, greeting) == line


def test_a_title_is_greeted_formally_even_in_a_warm_letter() -> None:
    warm = "Hi Alex,\n\nthat's great!\n\nAsha"
    assert greeted("Dr. Asha Bhatt", "Dr. Bhatt", theirs=warm) == "Dear Dr. Bhatt,"
    assert greeted("Asha Bhatt", "Asha", theirs=warm) == "Hi Asha,"


def test_who_calls_the_user_by_family_name_is_greeted_by_the_whole_name() -> None:
    theirs = "Dear Mr Morgan,\n\nWe have it.\n\nYours sincerely,\nDana Reyes"
    assert greeted("Dana Reyes", "Dana", theirs=theirs) == "Dear Dana Reyes,"
    assert greeted("Dana S. Reyes", "Dana", theirs=theirs) == "Dear Dana Reyes,"
    assert greeted("Reyes, Dana", "Dana", theirs=theirs) == "Dear Dana Reyes,"


def test_no_greeting_ever_holds_more_than_one_line() -> None:
    assert greetable(Person("Dana\nReyes", "", "Dana\r\nBcc: x"), WORDS) != "Dana\r\nBcc: x"


# --- the closing ---


def closed(signature: str = "", own: str = "Dear Dana,\n\nhere it is.\n\nAlex", *, formal: bool = False) -> str:
    opportunity, decision, answered = case(Kind.AFTER_REPLY, 1, formal=formal)
    theirs, mine = opportunity.statements
    mine = replace(mine, entry=replace(mine.entry, new_text=own))
    opportunity: Opportunity = replace(opportunity, statements=(theirs, mine))
    settings = replace(SETTINGS, signature=signature)
    return compose(opportunity, decision, answered, settings, PACK, NOW).text.split("\n\n", 3)[-1]


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("Here it is.\n\nAlex", "Alex"),
        ("Here it is.\n\nAlex Morgan", "Alex Morgan"),
        ("Here it is.\n\nBest,\nA. Morgan", "A. Morgan"),
        ("Here it is.\n\nAlex Morgan\n+1 555 0100\nexample.net", "Alex Morgan"),
        ("Here it is.", "Alex"),
        ("Here it is.\n\nSent from my phone", "Alex"),
    ],
)
def test_the_letter_closes_as_the_user_signs_to_them(own: str, name: str) -> None:
    parting, *rest = closed(own=own).split("\n")
    assert parting in WORDS["warm_closings"]
    assert rest == [name]


def test_a_signature_of_the_users_own_stands_alone() -> None:
    assert closed("Cheers,\nAlex") == "Cheers,\nAlex"
    assert closed("Many thanks\nAlex Morgan\n+1 555 0100") == "Many thanks\nAlex Morgan\n+1 555 0100"


def test_a_signature_that_is_only_a_name_gets_closing_words_and_no_second_name() -> None:
    parting, *rest = closed("Alex Morgan\n+1 555 0100").split("\n")
    assert parting in WORDS["warm_closings"]
    assert rest == ["Alex Morgan", "+1 555 0100"]


@pytest.mark.parametrize("signature", ["-- \nAlex Morgan\n+1 555 0100", "--\n\nAlex Morgan\n+1 555 0100"])
def test_the_mark_before_a_signature_is_no_part_of_the_close(signature: str) -> None:
    parting, *rest = closed(signature).split("\n")
    assert parting in WORDS["warm_closings"]
    assert rest == ["Alex Morgan", "+1 555 0100"]


def test_a_signature_without_the_name_stands_below_it() -> None:
    parting, *rest = closed("Joiner and restorer\nhttps://alex.example alex@example.net").split("\n")
    assert parting in WORDS["warm_closings"]
    assert rest == ["Alex", "Joiner and restorer", "https://alex.example alex@example.net"]
