"""How long Google wants us to wait is read from wherever it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from watcher.errors import MailboxUnavailable
from watcher.mailbox.gmail_refusals import Busy, Failing, meaning


class Answer(dict[str, str]):
    """What the library hands over as a response."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__({key.replace("_", "-"): value for key, value in headers.items()})
        self.status = status


def told(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "errors": [{"reason": "userRateLimitExceeded"}]}}).encode()


DATE = "Tue, 10 Mar 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry_after": "90"}, "", 90),
        ({"retry_after": "Tue, 10 Mar 2026 10:05:00 GMT", "date": DATE}, "", 300),
        ({"date": DATE}, "User-rate limit exceeded.  Retry after 2026-03-10T10:15:00.500Z (Mail sending)", 900.5),
        ({"date": DATE}, "User-rate limit exceeded.  Retry after 2026-03-10T09:00:00.000Z", 0),
        ({}, "User-rate limit exceeded.  Retry after 2026-03-10T10:15:00.500Z", 0),
        ({"retry_after": "soon", "date": DATE}, "Retry after 2026-99-10T10:15:00.500Z", 0),
        ({"retry_after": "٣", "date": "yesterday"}, "", 0),
    ],
)
def test_a_busy_google_is_waited_for_as_long_as_it_says(headers: dict[str, str], message: str, seconds: float) -> None:
    fault = meaning("personal", Answer(429, **headers), told(message))
    assert isinstance(fault, Busy)
    assert fault.after == seconds
    assert "limit exceeded" not in str(fault)


def test_a_google_that_is_out_of_order_may_name_a_time_too() -> None:
    fault: Any = meaning("personal", Answer(503, retry_after="40"), b"<html>")
    assert isinstance(fault, Failing | MailboxUnavailable)
    assert fault.after == 40
