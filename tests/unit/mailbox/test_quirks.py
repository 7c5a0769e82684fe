"""What is known of servers is well written, and is acted on by host."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources

import pytest

from watcher.mailbox.quirks import distrusted


@pytest.mark.parametrize("host", ["imap.mail.me.com", "p42-IMAP.mail.me.com"])
def test_a_server_known_to_claim_too_much_is_not_relied_on(host: str) -> None:
    assert distrusted(host) == {"QRESYNC"}


@pytest.mark.parametrize("host", ["imap.example.net", "mail.me.com.example", "notmail.me.com.example.net", "127.0.0.1"])
def test_any_other_server_is_taken_at_its_word(host: str) -> None:
    assert distrusted(host) == frozenset()


def test_every_fact_about_a_server_has_its_source_and_date() -> None:
    text = resources.files("watcher.knowledge").joinpath("providers.toml").read_text(encoding="utf-8")
    for server in tomllib.loads(text)["server"]:
        assert server["hosts"]
        assert isinstance(server["checked"], date)
        for fact in server["facts"]:
            assert fact["says"].endswith(".")
            assert fact["source"].startswith("https://")
