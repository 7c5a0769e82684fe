"""Letters of several opportunities to one person: nobody reads the same sentence twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.passes import NOW, Player, memory, setting, two_accounts
from tests.unit.store.makings import readings
from watcher.cycle.onepass import Pass
from watcher.draft.repeats import Earlier, marks, repeated, sentences

DANA = "Dana Reyes <dana@pellmere-talent.example>"
ROLES = {"first": "Backend Engineer", "second": "Data Analyst", "third": "Site Manager"}


def one_recruiter() -> dict[str, Any]:
    """Three interviews of one day that one recruiter has arranged, each for another firm."""
    told = two_accounts()
    firms = {"first": "Larchmont Tools", "second": "Quillfeather", "third": "Brackenridge"}
    booked = [
        {
            "id": handle,
            "date": "2026-03-05T09:30:00-05:00",
            "from": DANA,
            "subject": f"Interview for {role} at {firms[handle]}",
            "body": f"Hi Alex,\n\nYour interview for the {role} position at {firms[handle]} is confirmed for "
            f"Tuesday, March 10, 2026 at {hour}:00 PM ET by video call.\n\nBest,\nDana Reyes\n",
        }
        for hour, (handle, role) in enumerate(ROLES.items(), start=1)
    ]
    return {**told, "messages": booked}


@pytest.fixture
def player(tmp_path: Path) -> Player:
    return Player(setting(one_recruiter(), tmp_path))


def test_letters_to_one_person_about_several_jobs_share_no_sentence_long_after(player: Player) -> None:
    box, at = memory(one_recruiter()), datetime.fromisoformat(NOW)
    seen: dict[str, str] = {}
    for days in (0, 5, 9):
        player.scan([box], at + timedelta(days=days))
        seen |= {placement.opportunity: placement.text for placement in player.store.placements() if placement.text}
        player.store.prune(at + timedelta(days=60), readings(player.store, player.setting.digest))
    assert len(seen) == 3
    assert not any(placement.text for placement in player.store.placements())
    said = [sentence for text in seen.values() for sentence in sentences(text)]
    assert len(said) == len(set(said))
    whole = [mark for placement in player.store.placements() for mark in placement.marks]
    assert len(whole) == len(set(whole)), "a wording came twice, about another job"


def test_a_letter_that_lies_in_drafts_is_composed_once_more_as_it_lies(player: Player) -> None:
    box, at = memory(one_recruiter()), datetime.fromisoformat(NOW)
    player.scan([box], at)
    (placement,) = player.store.placements()
    one = Pass(player.setting, player.store, at + timedelta(hours=1))
    judged, _ = one.judge_only()
    (opportunity,) = (each for each in judged.opportunities if each.id == placement.opportunity)
    draft = one.compose(opportunity, judged.decisions[opportunity.id])
    assert draft is not None
    assert draft.text == placement.text


def test_a_wording_is_known_again_about_another_job_and_tells_nothing_of_it() -> None:
    first = marks("Could you tell me how the Site Manager role stands?", {"the_role": "the Site Manager role"})
    second = {"the_role": "the Data Analyst role"}
    assert repeated("Could you tell me how the Data Analyst role stands?", second, (), first)
    assert not repeated("Is there any news on the Data Analyst role yet?", second, (), first)
    assert not any("manager" in mark for mark in first)
    assert Earlier().marks == frozenset()
