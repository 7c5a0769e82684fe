"""Sets of UIDs are what sets are, only shorter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from watcher.mailbox.uids import Uids

uids = st.sets(st.integers(1, 60))
bounds = st.integers(1, 70)


@given(uids, bounds)
def test_a_uid_is_in_it_or_not(some: set[int], uid: int) -> None:
    assert (uid in Uids.of(sorted(some))) == (uid in some)


@given(uids, bounds, bounds)
def test_those_between_two_ends_are_found(some: set[int], first: int, last: int) -> None:
    assert list(Uids.of(sorted(some)).between(first, last)) == sorted(uid for uid in some if first <= uid <= last)


@given(st.lists(st.tuples(bounds, bounds)), uids)
def test_runs_in_any_order_are_joined_to_a_set(runs: list[tuple[int, int]], some: set[int]) -> None:
    joined = Uids(runs).joined(Uids.of(sorted(some)))
    spelt = {uid for first, last in runs for uid in range(min(first, last), max(first, last) + 1)}
    assert list(joined) == sorted(spelt | some)
    assert joined.runs == Uids.of(sorted(spelt | some)).runs
