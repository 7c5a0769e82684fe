"""Which mail has its text kept: all that may be hiring mail, and what is found out later to be of somebody known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.passes import Player, memory, setting
from watcher.store.model import State

NOW = "2026-03-18T10:00:00-04:00"
RECEIPT = "Your order has shipped and will be with you on Tuesday. You can follow the parcel on its way to you."
PASS = "Show this code at the gate when you come in. It is good for one day and for you alone. You can print it too."


def scenario(*messages: dict[str, Any]) -> dict[str, Any]:
    numbered = [{"id": f"m{number}", **message} for number, message in enumerate(messages)]
    you = {"name": "Alex Morgan", "addresses": ["alex@example.net"], "timezone": "America/New_York"}
    return {"id": "glance", "now": NOW, "you": you, "messages": numbered}


def machine(sender: str, subject: str, body: str) -> dict[str, Any]:
    return {"from": sender, "date": "2026-03-16T09:00:00-04:00", "subject": subject, "body": body}


INVITATION = {
    "from": "Dana Reyes <dana.reyes@acme.example>",
    "date": "2026-03-15T11:00:00-04:00",
    "subject": "Interview for Backend Engineer",
    "body": "Hi Alex,\n\nYour interview for the Backend Engineer role at Acme is confirmed for Tuesday, March 17 at 2pm "
    "ET.\n\nBest,\nDana Reyes\nRecruiter, Acme",
}


def states(player: Player) -> dict[str, State]:
    return {swept.header.subject: swept.state for swept in player.store.headers()}


def test_a_receipt_from_a_machine_keeps_no_text_and_is_not_asked_for_again(tmp_path: Path) -> None:
    story = scenario(machine("Parcelbird <no-reply@parcelbird.example>", "On its way", RECEIPT), INVITATION)
    player, box = Player(setting(story, tmp_path)), memory(story)
    player.scan([box], NOW)
    assert states(player) == {"On its way": State.SWEPT, "Interview for Backend Engineer": State.FETCHED}
    assert player.scan([box], NOW).accounts[0].fetched == 0


def test_what_a_machine_of_a_known_employer_sends_is_read_all_the_same(tmp_path: Path) -> None:
    story = scenario(machine("Front desk <no-reply@acme.example>", "Your pass", PASS), INVITATION)
    player, box = Player(setting(story, tmp_path)), memory(story)
    player.scan([box], NOW)
    assert states(player)["Your pass"] is State.FETCHED


def test_a_shared_mail_provider_is_no_employer(tmp_path: Path) -> None:
    """Nor does everything from gmail.com belong to the recruiter who writes from there."""
    story = scenario(
        machine("Somebody <no-reply@gmail.com>", "Your pass", PASS),
        {**INVITATION, "from": "Dana Reyes <dana.reyes@gmail.com>"},
    )
    player, box = Player(setting(story, tmp_path)), memory(story)
    player.scan([box], NOW)
    assert states(player)["Your pass"] is State.SWEPT
