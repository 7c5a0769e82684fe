"""Two names may mean one company: words added, left out or run together as in a domain."""

from __future__ import annotations

import pytest

from watcher.opportunity.names import same_company


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
