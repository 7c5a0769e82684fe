"""Who speaks: the writer now, somebody quoted, or mail passed on."""

from __future__ import annotations

import pytest

from tests.unit.message.making import body, message, reply

OLD = "When could we talk?\n\nDana\n"


def quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 9 Mar 2026 at 10:00, Dana Reyes <dana@acme.example> wrote:",
        "On Mon, Mar 9, 2026 at 10:00 AM Dana Reyes\n<dana@acme.example> wrote:",
        "On Monday, 9 March 2026,\nat 10:00 in the morning,\nDana Reyes <dana@acme.example>\nwrote:",
        "On 09/03/2026 10:00, Dana Reyes wrote:",
        "On Mar 9, 2026, at 10:00, Dana <dana@acme.example>\n wrote:",
        "On Mon, 9 Mar 2026 10:00:00 +0100 Dana Reyes <dana@acme.example> wrote",
        "---- On Mon, 9 Mar 2026 10:00:00 +0100 Dana Reyes <dana@acme.example> wrote ----",
        "Am 09.03.2026 um 10:00 schrieb Dana Reyes <dana@acme.example>:",
        "Am Mo., 9. März 2026 um 10:00 Uhr schrieb Dana Reyes <\ndana@acme.example>:",
        "Dana Reyes <dana@acme.example> schrieb am Mo., 9. März 2026, 10:00:",
        "Le lun. 9 mars 2026 à 10:00, Dana Reyes <dana@acme.example> a écrit :",
        "El lun, 9 mar 2026 a las 10:00, Dana Reyes (<dana@acme.example>) escribió:",
        "Op ma 9 mrt 2026 om 10:00 schreef Dana Reyes <dana@acme.example>:",
        "Il giorno lun 9 mar 2026 alle ore 10:00 Dana Reyes <dana@acme.example> ha scritto:",
        "Em seg., 9 de mar. de 2026 às 10:00, Dana Reyes <dana@acme.example> escreveu:",
        "Dana Reyes <dana@acme.example> wrote:",
        "2026-03-09 10:00 GMT+01:00 Dana Reyes <dana@acme.example>:",
        "Mon, 9 Mar 2026 at 10:00 Dana Reyes <dana@acme.example>:",
    ],
)
@pytest.mark.parametrize("old", [quoted(OLD), OLD], ids=["marked", "unmarked"])
def test_what_stands_below_an_attribution_is_quoted(attribution: str, old: str) -> None:
    content = reply(f"Tuesday at ten works.\n\n{attribution}\n\n{old}")
    assert content.new == "Tuesday at ten works.\n"
    assert "When could we talk?" in content.quoted
    assert content.quoted.startswith(attribution.partition("\n")[0])


@pytest.mark.parametrize(
    "text",
    [
        "On Monday we talked about the role.\n\nOn Tuesday I wrote:\nnothing at all.\n",
        "On the one hand I like it:\nthe team is small.\n",
        "Here is what I can do:\n\nMonday 10:00\nTuesday 11:00\n",
        "From: my side all is well.\nTo: be frank, it took long.\nBut the subject is closed.\n",
        "From: 10:00\nTo: 11:00\nDate: Tuesday\n",
        "Date: Tuesday, 10 March\nTime: 10:00\nLocation: Acme, 1 Main Street\n",
        "I was asked to say this in writing: yes.\n",
    ],
)
def test_what_only_looks_like_a_quotation_is_new(text: str) -> None:
    assert reply(text).new == text


def test_answers_between_quotations_are_new() -> None:
    content = reply("> Which day?\n\nTuesday.\n\n> And where?\n\nAt your office.\n")
    assert content.new == "Tuesday.\n\nAt your office.\n"
    assert content.quoted == "> Which day?\n> And where?\n"


def test_an_answer_below_the_quotation_is_new() -> None:
    content = reply("On 9 Mar 2026, Dana wrote:\n> Which day?\n\nTuesday.\n")
    assert content.new == "Tuesday.\n"


def test_the_stray_end_of_a_wrapped_quoted_line_is_quoted() -> None:
    long = "> We would be glad to welcome you in our office on the first day of"
    assert reply(f"Fine.\n\n{long}\nnext week\n> and show you round.\n").new == "Fine.\n"


def test_a_short_answer_right_between_quoted_lines_is_new() -> None:
    assert reply("> Does Tuesday suit you?\nyes\n> Do you need parking?\nno\n").new == "yes\n\nno\n"


@pytest.mark.parametrize(
    "block",
    [
        "From: Dana Reyes <dana@acme.example>\nSent: Monday, 9 March 2026 10:00\nTo: Alex Morgan\nSubject: Interview",
        "*From:* Dana Reyes\n*Sent:* Monday, 9 March 2026 10:00\n*To:* Alex Morgan\n*Subject:* Interview",
        "From: Dana Reyes <dana@acme.example>\nDate: Monday, 9 March 2026 at 10:00\nTo: Alex <alex@example.net>\nCc: Kit\nSubject: Re: x",
        "________________________________\nFrom: Dana Reyes\nSent: Monday, 9 March 2026 10:00\nTo: Alex Morgan\nSubject: x",
        "-----Original Message-----\nFrom: Dana Reyes\nSent: Monday\nTo: Alex\nSubject: x",
        "----- Original Message -----",
        "-----Ursprüngliche Nachricht-----\nVon: Dana\nGesendet: Montag\nAn: Alex\nBetreff: x",
        "Von: Dana Reyes <dana@acme.example>\nGesendet: Montag, 9. März 2026 10:00\nAn: Alex Morgan\nBetreff: Gespräch",
        "De : Dana Reyes <dana@acme.example>\nEnvoyé : lundi 9 mars 2026 10:00\nÀ : Alex Morgan\nObjet : Entretien",
        "From: Dana Reyes <dana@acme.example>\n\nSent: Monday, 9 March 2026 10:00\n\nTo: Alex Morgan\n\nSubject: Interview",
        "From: Dana Reyes\n<dana.reyes.with.a.long.address@acme.example>\nSent: Monday\nTo: Alex\nSubject: x",
        "From: Dana Reyes <dana@acme.example> Sent: Monday To: Alex Subject: Interview",
        "-------- Some Words Of Another Tongue --------\nFrom: Dana <dana@acme.example>\nTo: Alex\nSubject: x",
    ],
)
def test_what_stands_below_a_header_block_is_quoted(block: str) -> None:
    content = reply(f"Tuesday works.\n\n{block}\n\n{OLD}")
    assert content.new == "Tuesday works.\n"
    assert content.quoted.startswith(block.partition("\n")[0])
    assert "When could we talk?" in content.quoted


def test_a_layout_of_fields_at_the_top_of_a_first_mail_is_new() -> None:
    text = "From: Dana Reyes, Acme\nTo: Alex Morgan\nSubject: Interview\n\nWe would like to meet you.\n"
    assert body(text).new == text


FORWARDED = "From: Kit Shaw <kit@acme.example>\nDate: Mon, 9 Mar 2026\nSubject: A job\nTo: Dana\n\nKnow anyone?\n"


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Forwarded Message --------",
        "-------- Weitergeleitete Nachricht --------",
        "Anfang der weitergeleiteten Nachricht:",
    ],
)
def test_mail_passed_on_is_kept_apart(marker: str) -> None:
    content = body(f"Is this for you?\n\n{marker}\n{FORWARDED}", subject="Fwd: A job")
    assert content.new == "Is this for you?\n"
    assert "Know anyone?" in content.forwarded
    assert content.quoted == ""


def test_a_subject_that_says_forward_makes_a_header_block_mail_passed_on() -> None:
    content = body(f"FYI\n\n{FORWARDED}", subject="FW: A job")
    assert content.new == "FYI\n"
    assert "Know anyone?" in content.forwarded


def test_mail_passed_on_without_a_word_has_nothing_new() -> None:
    content = body(f"---------- Forwarded message ---------\n{FORWARDED}", subject="Fwd: A job")
    assert content.new == ""
    assert "Know anyone?" in content.forwarded


def test_apples_quoted_lines_below_a_forwarding_are_passed_on() -> None:
    content = body(f"See below\n\nBegin forwarded message:\n\n{quoted(FORWARDED)}", subject="Fwd: A job")
    assert content.new == "See below\n"
    assert "Know anyone?" in content.forwarded


def test_no_line_is_lost() -> None:
    text = f"Hi\n\nTuesday.\n\nBest regards,\nDana\nRecruiter, Acme\n\nOn 9 Mar 2026, Alex wrote:\n{quoted(OLD)}"
    content = message(text, subject="Re: x").body
    assert content is not None
    said = "".join((content.new, content.signature, content.quoted))
    assert [line for line in text.splitlines() if line.strip()] == [line for line in said.splitlines() if line.strip()]
