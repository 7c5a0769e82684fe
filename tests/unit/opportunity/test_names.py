"""Two names may mean one company: words added, left out or run together as in a domain."""

from __future__ import annotations

import pytest

from watcher.opportunity.names import one_house, same_company


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saltandthyme", "Salt & Thyme"),
        ("Moss Road", "Mossroad Partners"),
        ("Silverlakebpo", "Silver Lake BPO"),
        ("Orrin Foods Ltd", "Orrin Foods"),
    ],
)
def test_spaces_and_what_follows_do_not_make_another_company(one: str, other: str) -> None:
    assert same_company(one, other)
    assert same_company(other, one)


@pytest.mark.parametrize(("one", "other"), [("Harbour", "Harbourside Homes"), ("Orrin Foods", "Larch & Co")])
def test_a_name_that_ends_inside_a_word_of_another_is_another_company(one: str, other: str) -> None:
    assert not same_company(one, other)


def test_an_office_for_hiring_is_its_house_s_and_not_another_firm_s() -> None:
    assert one_house("Relief Rails Recruitment", "Relief Rails International")
    assert one_house("Northern Seas plc", "Northern Seas Careers")
    assert not one_house("Coastal Recruitment", "Coastalrec")
    assert not one_house("Relief Rails Recruitment", "Relief Rails Recruitment Ltd")
    assert not one_house("Wheels Recruitment", "Harbour Wheels")
