"""A Dovecot for the tests of one module, and a line to it that can be made to fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.dovecot import Dovecot
from tests.support.dovecot import running as dovecot_running
from tests.support.faults import Relay, relay


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot_running("standard") as dovecot:
        yield dovecot


@pytest.fixture
def between(server: Dovecot) -> Iterator[Relay]:
    with relay(server.host, server.imaps_port) as made:
        yield made
