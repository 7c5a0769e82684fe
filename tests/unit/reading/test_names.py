"""Who a message is about: employer, job, people, the address to answer."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files

import pytest

from watcher.knowledge.model import Pack, Rulebook, SenderRule
from watcher.message.model import Address, Body, CalendarPart, Header, Message
from watcher.reading.model import ReadingSettings, Speaker
from watcher.reading.names import Who, who

ME = ReadingSettings("Nadia Fonseca", ("nadia@fonseca.example",), "Europe/London")
ATS = SenderRule(
    "ats", "ats", ("ats-mail.example",), company_from=("display_name", "subject", "local"), names=("Pipeline Hire",)
)
RELAY = SenderRule("relay", "relay", ("network.example",), answer="reply_to", names=("Network",))
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    folder = files("watcher.knowledge")
    english = {name: tomllib.loads((folder / "en" / f"{name}.toml").read_text("utf-8")) for name in ("names", "roles")}
    companies = tomllib.loads((folder / "companies.toml").read_text("utf-8"))
    return Rulebook({"en": Pack("en", tables=english)}, (RELAY,), {"companies": companies}, "test")


def told(
    text: str,
    sender: str = "",
    subject: str = "",
    *,
    name: str = "",
    signature: str = "",
    quoted: str = "",
    to: Address | None = None,
    cc: tuple[Address, ...] = (),
    reply_to: tuple[Address, ...] = (),
    speaker: Speaker = Speaker.HUMAN,
    system: SenderRule | None = None,
    footer: str = "",
    settings: ReadingSettings = ME,
    calendars: tuple[CalendarPart, ...] = (),
) -> Who:
    to = to or Address("Nadia Fonseca", "nadia@fonseca.example")
    header = Header("<1@x.example>", AT, AT, Address(name, sender), subject, (to,), cc, reply_to)
    body = Body(new=text, signature=signature, quoted=quoted, footer=footer, plain=text, calendars=calendars)
    return who(Message("a", header, body), rulebook(), settings, speaker=speaker, system=system)


def company(found: Who) -> str:
    return found.companies[0].name if found.companies else ""


def role(found: Who) -> str:
    return found.roles[0].name if found.roles else ""


# --- the employer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("display", "meant"),
    [
        ("Quarry Lane Foods", "Quarry Lane Foods"),
        ("Quarry Lane Foods Careers", "Quarry Lane Foods"),
        ("Quarry Lane Foods Hiring Team", "Quarry Lane Foods"),
        ("Quarry Lane Foods Talent Acquisition", "Quarry Lane Foods"),
        ("Quarry Lane Foods via Pipeline Hire", "Quarry Lane Foods"),
        ("Pipeline Hire on behalf of Quarry Lane Foods", "Quarry Lane Foods"),
        ("Human Resources, Quarry Lane Foods", "Quarry Lane Foods"),
    ],
)
def test_a_systems_display_name_shows_the_employer(display: str, meant: str) -> None:
    found = told("Your form has arrived.", "no-reply@ats-mail.example", name=display, system=ATS, speaker=Speaker.ROBOT)
    assert company(found) == meant


def test_the_system_itself_is_never_the_employer() -> None:
    found = told(
        "Hi Nadia,\nThank you for applying to Quarry Lane Foods.",
        "no-reply@ats-mail.example",
        name="Pipeline Hire",
        system=ATS,
        speaker=Speaker.ROBOT,
    )
    assert company(found) == "Quarry Lane Foods"
    assert "Pipeline Hire" not in [claim.name for claim in found.companies]


def test_a_domain_is_spelled_by_the_words_of_the_text() -> None:
    found = told(
        "Hi Nadia, see you Monday.\nTess\nDir. Data, Birch & Barrow Software",
        "tess@birchbarrow.example",
        name="Tess Oduya",
    )
    assert company(found) == "Birch & Barrow Software"


def test_a_domain_alone_is_the_last_resort() -> None:
    found = told("Hi Nadia, could you do Monday at 10?", "ines@lowland-press.example", name="Ines Brandt")
    assert company(found) == "Lowland Press"
    assert found.companies[0].weight < 0.5


def test_free_mail_names_no_employer() -> None:
    assert told("Hi Nadia, could you do Monday at 10?", "ines.brandt@gmail.com", name="Ines Brandt").companies == ()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your application to Quarry Lane Foods", "Thanks, we have it."),
        ("Interview with Quarry Lane Foods", "Does Monday suit?"),
        ("Pastry Chef @ Quarry Lane Foods", "Does Monday suit?"),
        ("Quarry Lane Foods: Pastry Chef", "Does Monday suit?"),
        ("Quarry Lane Foods - Your Candidacy", "Does Monday suit?"),
        ("Next step", "Thank you for your interest in Quarry Lane Foods."),
        ("Next step", "On behalf of Quarry Lane Foods I would like to invite you."),
        ("Next step", "Good morning. Greetings from Quarry Lane Foods."),
        ("Next step", "Does Monday suit?\n\nKind regards,\nThe Quarry Lane Foods Team"),
        ("Next step", "Does Monday suit?\n\nTess Oduya | Quarry Lane Foods"),
    ],
)
def test_the_words_name_the_employer(subject: str, text: str) -> None:
    assert company(told(text, "tess.oduya@gmail.com", subject, name="Tess Oduya")) == "Quarry Lane Foods"


@pytest.mark.parametrize(
    "text",
    [
        "Hi Nadia, our client Quarry Lane Foods is looking for a Pastry Chef.",
        "Hi Nadia, I recruit for Quarry Lane Foods. They need a Pastry Chef.",
        "Hi Nadia, client is Quarry Lane Foods, out at the docks.",
        "Hi Nadia, I am writing on behalf of our client Quarry Lane Foods.",
    ],
)
def test_a_named_client_stands_before_its_agency(text: str) -> None:
    found = told(f"{text}\n\nTess\nNorthgate Resourcing", "tess@northgateresourcing.example", name="Tess Oduya")
    assert company(found) == "Quarry Lane Foods"
    assert found.agency == "Northgate Resourcing"


def test_an_agency_is_the_company_where_no_client_is_named() -> None:
    found = told(
        "Hi Nadia, my client in Leeds needs a Pastry Chef.\n\nTess\nNorthgate Resourcing",
        "tess@northgateresourcing.example",
        name="Tess Oduya",
    )
    assert company(found) == "Northgate Resourcing"
    assert found.agency == "Northgate Resourcing"


def test_in_the_users_own_mail_the_employer_is_the_one_written_to() -> None:
    found = told(
        "Dear Ms Oduya, I would like to apply for Pastry Chef at Quarry Lane Foods.\nNadia",
        "nadia@fonseca.example",
        name="Nadia Fonseca",
        to=Address("Tess Oduya", "tess@quarrylane.example"),
        speaker=Speaker.ME,
    )
    assert company(found) == "Quarry Lane Foods"
    assert found.contact == Address("Tess Oduya", "tess@quarrylane.example")


# --- the job -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "Thank you for applying for the Site Reliability Engineer, Storage role.",
            "Site Reliability Engineer, Storage",
        ),
        ("You are lined up for Ward Sister - ICU, please send your papers.", "Ward Sister - ICU"),
        ("Your application for Laboratory Technician 80-100% has arrived.", "Laboratory Technician 80-100%"),
        ("For the Customs Broker seat I need a form.", "Customs Broker"),
        ("We would like to see you for the Lead Carpenter post.", "Lead Carpenter"),
        ("Position: Radiology Tech II", "Radiology Tech II"),
        ("We would be glad to have you join us as Head of Public Services.", "Head of Public Services"),
        ("It is about the Team Leader (Telco) vacancy.", "Team Leader (Telco)"),
        ("I am writing about the P4 post.", "P4"),
        ("Your application as UX/UI Designer (f/m/d) is here.", "UX/UI Designer (f/m/d)"),
        ("We need a Shop Foreman, can you start soon?", "Shop Foreman"),
    ],
)
def test_a_job_is_found_in_its_frame(text: str, meant: str) -> None:
    assert role(told(text, "tess@quarrylane.example", name="Tess Oduya")) == meant


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("Interview: Pastry Chef", "Pastry Chef"),
        ("Pastry Chef - Leeds - £29k", "Pastry Chef"),
        ("Re: practice manager", "practice manager"),
        ("[External] Fwd: Pastry Chef @ Quarry Lane Foods", "Pastry Chef"),
        ("Application for 2025-3318 Inventory Control Clerk", "Inventory Control Clerk"),
    ],
)
def test_a_job_is_found_in_the_subject(subject: str, meant: str) -> None:
    assert role(told("Hi Nadia, does Monday suit?", "tess@quarrylane.example", subject, name="Tess Oduya")) == meant


def test_the_writers_own_title_is_not_the_job() -> None:
    found = told(
        "Hi Nadia, for the Pastry Chef role, does Monday suit?\n\nTess Oduya\nSenior Recruiter, Quarry Lane Foods",
        "tess@quarrylane.example",
        name="Tess Oduya",
    )
    assert [claim.name for claim in found.roles] == ["Pastry Chef"]
    assert found.author is not None
    assert found.author.title == "Senior Recruiter"


def test_short_forms_in_the_subject_are_the_same_job() -> None:
    found = told(
        "Round 2 for Operations Analyst is fixed.",
        "tess@quarrylane.example",
        "Ops Analyst - round 2",
        name="Tess Oduya",
    )
    assert role(found) == "Operations Analyst"


def test_quoted_mail_fills_the_gap_where_the_new_words_name_no_job() -> None:
    found = told(
        "Does Monday suit?", "tess@quarrylane.example", name="Tess Oduya", quoted="> I apply for the Pastry Chef role."
    )
    assert role(found) == "Pastry Chef"


@pytest.mark.parametrize(
    ("subject", "text", "meant"),
    [
        ("Your application R-20931", "Thanks.", ("R-20931",)),
        ("Hello", "Requisition WELD003312 has been filled.", ("WELD003312",)),
        ("Hello", "Job ID: 90071", ("90071",)),
        ("Hello", "ref SCG-2241", ("SCG-2241",)),
        ("Hello", "Thank you for applying to req 20411.", ("20411",)),
        ("Hello", "Meeting ID: 850 5550 1234, see you on 12/03/2026.", ()),
    ],
)
def test_requisition_ids_are_found(subject: str, text: str, meant: tuple[str, ...]) -> None:
    assert told(text, "tess@quarrylane.example", subject, name="Tess Oduya").requisitions == meant


def test_a_requisition_id_is_no_part_of_the_job() -> None:
    found = told(
        "Hi Nadia, all well?", "t@quarrylane.example", "Your application - R0048812 Pastry Chef", name="Tess Oduya"
    )
    assert role(found) == "Pastry Chef"
    assert found.requisitions == ("R0048812",)


# --- robustness --------------------------------------------------------------------------------------------------


def test_a_message_without_a_body_still_tells_what_its_header_tells() -> None:
    header = Header("<1@x.example>", AT, AT, Address("Tess Oduya", "tess@quarrylane.example"), "Interview: Pastry Chef")
    found = who(Message("a", header), rulebook(), ME, speaker=Speaker.HUMAN)
    assert role(found) == "Pastry Chef"


@pytest.mark.parametrize(
    "piece", ["at At ", "A-", "Engineer ", "(", "a@", "Mr. ", ". X", "for the ", "Ünter ", "\n-\n", "R-1"]
)
def test_hostile_text_is_read_in_little_time(piece: str) -> None:
    text = piece * 20_000
    found = told(text, "tess@quarrylane.example", piece * 400, name=piece * 200, signature=text, quoted=text)
    assert isinstance(found, Who)


def test_a_robots_display_name_is_the_employer_though_no_word_tells_a_firm() -> None:
    found = told(
        "Hi Nadia, we have it.", "no-reply@ats-mail.example", name="Umbra Folio", system=ATS, speaker=Speaker.ROBOT
    )
    assert company(found) == "Umbra Folio"
    assert found.author is None


def test_a_desk_whose_name_spells_its_domain_is_a_firm() -> None:
    found = told("Hi Nadia, does Monday suit?", "hr@umbra-folio-leeds.example", name="Umbra Folio Paddock")
    assert company(found) == "Umbra Folio Paddock"
    assert found.author is None


def test_the_firm_stands_on_the_line_below_the_job() -> None:
    text = "Your application was submitted\n\nPastry Chef\nUmbra Folio - Leeds, UK\nTrack it any time."
    found = told(text, "jobs@network.example", name="Network", system=RELAY, speaker=Speaker.ROBOT)
    assert (company(found), role(found)) == ("Umbra Folio", "Pastry Chef")


def test_the_client_in_brackets_is_the_employer() -> None:
    text = "Hi Nadia, before you go forward to the client (Umbra Marine) I need your papers.\n\nTess\nNorthgate Consult"
    found = told(text, "tess@northgateconsult.example", "Resident Engineer", name="Tess Oduya")
    assert company(found) == "Umbra Marine"
    assert found.agency == "Northgate Consult"


def test_a_sector_of_a_pitch_is_no_client() -> None:
    text = "Hi Nadia, my client (Series C cyber, Leeds) needs a Pastry Chef.\n\nTess | Northgate Recruiting"
    assert company(told(text, "tess@northgaterecruit.example", name="Tess Oduya")) == "Northgate Recruiting"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("clearrivertrust", "Clear River Trust"),
        ("mossroadbakehouse", "Moss Road Bakehouse"),
        ("silverlakebpo", "Silver Lake BPO"),
        ("weldonroadbakehouse", "Weldon Road Bakehouse"),
        ("tarnleycouncil", "Tarnley Council"),
        ("redgate", "Redgate"),
        ("harwick", "Harwick"),
        ("oakmoor", "Oakmoor"),
    ],
)
def test_a_domain_is_parted_into_words_only_where_they_are_plain(label: str, name: str) -> None:
    assert company(told("See you at ten.", f"kim@{label}.example", name="Kim Weir")) == name


def test_small_letters_in_the_text_tell_how_a_domain_is_spelled() -> None:
    assert (
        company(told("come at four. kim, salt & thyme", "kim@saltandthyme.example", name="Kim Weir")) == "Salt & Thyme"
    )


@pytest.mark.parametrize(
    ("display", "name"),
    [
        ("Halden Rail Grad Program", "Halden Rail"),
        ("Verity Payments Recruiting", "Verity Payments"),
        ("Dunmore HR Services", "Dunmore"),
    ],
)
def test_a_display_name_is_taken_without_the_people_who_hire(display: str, name: str) -> None:
    found = told("We have your form.", "x@ats-mail.example", name=display, system=ATS, speaker=Speaker.ROBOT)
    assert company(found) == name


def test_a_firm_ends_before_the_job_that_follows_it() -> None:
    assert company(told("Your application to Orrin Labs as a Chemist is in.", "kim@gmail.com")) == "Orrin Labs"
    text = "This is about your application to Orrin Analytics for Java Engineer."
    assert company(told(text, "kim@orrinanalytics.example")) == "Orrin Analytics"


def test_a_title_that_ends_in_a_trade_is_no_firm() -> None:
    found = told(
        "For our client, the company Tolk Messtechnik.", "kim@gmail.com", "Category Manager Electronics, Norden"
    )
    assert company(found) == "Tolk Messtechnik"


def test_an_office_is_no_employer() -> None:
    found = told("Come on Tuesday.", "registry@lowick-college.example", name="Registrar's Office")
    assert company(found) == "Lowick College"


def test_a_shop_that_writes_through_a_relay_is_the_employer_and_no_person() -> None:
    found = told("Hi Nadia, Monday at three?", "oysterhut_a1@network.example", name="Oyster Hut Malin", system=RELAY)
    assert company(found) == "Oyster Hut Malin"
    assert found.author is None


def test_an_agency_is_left_for_the_client_that_is_after_somebody() -> None:
    text = "Fintan from Cask & Crew, we place brewers. Low Dock Brewing are after a Head Brewer."
    assert company(told(text, "fintan@caskandcrew.example", name="Fintan Lyle")) == "Low Dock Brewing"


def test_a_single_word_beside_the_job_is_no_firm() -> None:
    found = told("Your form is in.", "x@ats-mail.example", "Cook - EVENINGS", system=ATS, speaker=Speaker.ROBOT)
    assert company(found) == ""


def test_an_announcement_number_is_an_id_and_no_part_of_the_title() -> None:
    text = (
        "Your application for Forester (Soils), Announcement Number 26-R9-1234567-DP, with Tarn Ranger District is in."
    )
    found = told(text, "x@ats-mail.example", "Received: Forester (Soils), 26-R9-1234567-DP", system=ATS)
    assert company(found) == "Tarn Ranger District"
    assert role(found) == "Forester (Soils)"
    assert "26-R9-1234567-DP" in found.requisitions


def test_one_who_speaks_twice_of_another_firm_writes_for_it() -> None:
    text = "Your interview with Orrin Foods is on Tuesday at ten. Ask for Jim.\n\nTess\nLarch & Co"
    found = told(text, "tess@larchco.example", "Interview - Orrin Foods - Head Baker", name="Tess Hall")
    assert (company(found), found.agency, role(found)) == ("Orrin Foods", "Larch & Co", "Head Baker")


def test_the_place_to_ask_at_is_no_firm() -> None:
    assert company(told("Meet us at Reception.", "kay@gmail.com", name="Kay Burns")) == ""


def test_an_offer_from_another_firm_makes_no_agency_of_the_writer() -> None:
    text = "Congratulations on the offer from Orrin Foods. As the role at Orrin Foods suits you, we close your file.\n\nTess"
    found = told(text, "tess@tarnbakery.example", "Your application to Tarn Bakery", name="Tess Hall")
    assert (company(found), found.agency) == ("Tarn Bakery", "")
