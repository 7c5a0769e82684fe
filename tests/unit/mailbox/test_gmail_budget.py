"""A long first scan stays below what Google allows in a minute."""

from __future__ import annotations

from watcher.mailbox.gmail_wire import Budget, may_ask


def test_much_may_be_asked_at_once_and_then_no_more_than_comes_in() -> None:
    at = [0.0]
    budget = Budget(lambda: at[0])
    waits = []
    for _ in range(400):  # batches of fifty messages, each answered at once
        waits.append(budget.spend(250))
        at[0] += waits[-1]
    assert waits[:48] == [0.0] * 48
    assert all(1.0 < wait < 1.1 for wait in waits[49:])
    assert 15_000 * (at[0] / 60 + 1) >= 400 * 250


def test_a_pause_fills_it_again_and_never_over_the_brim() -> None:
    at = [0.0]
    budget = Budget(lambda: at[0])
    assert budget.spend(12_000) == 0.0
    at[0] = 3600.0
    assert budget.spend(12_000) == 0.0
    assert budget.spend(240) == 1.0


def test_without_drafting_only_reading_is_on_the_list() -> None:
    path = "/gmail/v1/users/me/drafts"
    assert may_ask("GET", path, drafting=False)
    assert may_ask("POST", path, drafting=True)
    assert not may_ask("POST", path, drafting=False)
    assert not may_ask("DELETE", f"{path}/r1", drafting=False)
    assert not may_ask("GET", "/gmail/v1/users/someone@example.net/messages", drafting=True)
