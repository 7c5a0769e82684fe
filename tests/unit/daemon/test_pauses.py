"""After a failure the daemon waits by who acts next, longer each time."""

from __future__ import annotations

import pytest

from watcher.daemon.pauses import pause
from watcher.errors import CredentialsMissing, CredentialsRejected, MailboxUnavailable, StoreLocked, StoreUnwritable

LONGEST = [
    (MailboxUnavailable("away"), 900),
    (StoreUnwritable("full"), 900),
    (CredentialsMissing("locked"), 300),
    (StoreLocked("held"), 60),
    (KeyError("a fault of ours"), 900),
]


@pytest.mark.parametrize(("fault", "longest"), LONGEST, ids=lambda value: type(value).__name__)
def test_pauses_grow_and_come_to_a_longest(fault: Exception, longest: int) -> None:
    lengths = [pause(fault, tries, 0.5) or 0 for tries in range(1, 200)]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[1] < lengths[2]
    assert lengths[-1] == longest


def test_three_refused_sign_ins_wait_for_the_user() -> None:
    fault = CredentialsRejected("wrong password")
    assert [pause(fault, tries, 0.5) for tries in (1, 2, 3, 4)] == [60, 300, None, None]


def test_two_machines_do_not_try_at_the_same_moment() -> None:
    fault = MailboxUnavailable("away")
    assert pause(fault, 5, 0.0) == pytest.approx(80 * 0.8)
    assert pause(fault, 5, 1.0) == pytest.approx(80 * 1.2)


def test_a_server_that_names_a_time_is_not_asked_earlier_and_looked_for_within_an_hour_or_so() -> None:
    for chance in (0.0, 0.5, 1.0):
        assert 120 <= (pause(MailboxUnavailable("busy", after=120), 1, chance) or 0) <= 144
        assert (pause(MailboxUnavailable("busy", after=1e9), 1, chance) or 0) <= 3600 * 1.2
        assert (pause(MailboxUnavailable("busy", after=1), 50, chance) or 0) >= 720
