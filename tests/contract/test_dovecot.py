"""A real Dovecot keeps to the contract of a mailbox, in three ways of naming folders, and nothing is disturbed on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.contract.mailbox_contract import MailboxContract
from tests.support.dovecot import Dovecot, DovecotHarness, running

USERS = (f"user{number}" for number in itertools.count())


@pytest.fixture(scope="module", params=["standard", "nested", "german"])
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    with running(request.param) as dovecot:
        yield dovecot


@pytest.fixture
def box(server: Dovecot) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(server, next(USERS))
    yield harness
    harness.close()


class TestDovecot(MailboxContract):
    pass
