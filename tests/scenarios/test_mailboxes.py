"""Whole mailboxes through the real command line, and the scores that must not fall."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.scenarios import MEASURES, Tally, compare, play, scenarios

FOLDER = Path(__file__).parents[2] / "fixtures" / "mailboxes"
LEAST = {
    "found": 0.975,
    "nothing invented": 0.79,
    "grouping": 0.985,
    "says": 0.935,
    "company": 0.95,
    "role": 0.95,
    "contact": 0.985,
    "stage": 0.935,
    "waiting_on": 0.95,
    "interview_at": 0.97,
    "promised_by": 0.955,
    "follow_up": 0.935,
    "draft made": 0.85,
    "draft to": 1.0,
    "no needless draft": 0.975,
    "no stray draft": 0.975,
    "left as found": 1.0,
}


@pytest.fixture(scope="module")
def tally() -> Tally:
    result = Tally()
    for scenario in scenarios(FOLDER):
        compare(scenario, play(scenario), result)
    assert result.total["found"] > 100
    return result


@pytest.mark.parametrize("measure", MEASURES)
def test_a_score_does_not_fall(tally: Tally, measure: str) -> None:
    assert tally.share(measure) >= LEAST[measure], "\n".join(m for m in tally.misses if f": {measure}: " in m)
