"""Signing in with Microsoft through msal, at a server that plays Microsoft's part over HTTP."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.microsoft import CLIENT, Microsoft, running
from watcher.errors import CredentialsMissing, CredentialsRejected, MailboxUnavailable
from watcher.mailbox.microsoft import Carrier, Client, MicrosoftTokens, begin, finish

# It is about the waiting that a test leaves out.
pytestmark = pytest.mark.filterwarnings("ignore:Attempted too soon")


@pytest.fixture
def microsoft() -> Iterator[Microsoft]:
    with running() as made:
        yield made


def client(microsoft: Microsoft, tenant: str = "common") -> Client:
    return Client(CLIENT, tenant, microsoft.server)


def sign_in(microsoft: Microsoft) -> str:
    """The secret of a sign-in that went well; what it took is forgotten."""
    told = finish(begin(client(microsoft)), lambda _: None)
    microsoft.asked.clear()
    return told.secret


class Kept:
    """A keyring with one secret."""

    def __init__(self, secret: str) -> None:
        self.secrets = [secret]

    def tokens(self, microsoft: Microsoft) -> MicrosoftTokens:
        return MicrosoftTokens("work", client(microsoft), lambda: self.secrets[-1], self.secrets.append)


def test_it_is_asked_until_the_user_has_said_yes_and_slower_where_that_is_wanted(microsoft: Microsoft) -> None:
    microsoft.polls = ["authorization_pending", "slow_down"]
    device = begin(client(microsoft, "contoso.example"))
    assert (device.user_code, device.page) == ("BARLEY", "https://microsoft.example/device")
    assert "canary" not in repr(device)
    waits: list[float] = []
    told = finish(device, waits.append)
    assert waits == [1, 1, 6]
    assert "canary" not in repr(told)
    assert {one.path.split("/")[1] for one in microsoft.asked} == {"contoso.example"}


def test_reading_mail_by_imap_is_asked_for_and_staying_signed_in_and_nothing_else(microsoft: Microsoft) -> None:
    finish(begin(client(microsoft)), lambda _: None)
    asked = [set(one.form["scope"].split()) for one in microsoft.asked if "scope" in one.form]
    assert asked
    assert all(
        scopes == {"https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access", "openid"} for scopes in asked
    )


def test_nothing_is_told_of_this_machine_or_of_how_msal_is_used(microsoft: Microsoft) -> None:
    kept = Kept(sign_in(microsoft))
    kept.tokens(microsoft).renew()
    for one in microsoft.asked:
        assert set(one.headers) <= {
            "host", "accept", "accept-encoding", "content-type", "content-length", "x-anchormailbox",
        }  # fmt: skip
        assert not [key for key in one.form if key.startswith("x-")]


def test_only_what_lasts_is_kept_and_in_no_file(
    microsoft: Microsoft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    told = finish(begin(client(microsoft)), lambda _: None)
    assert "canary-refresh" in told.secret
    assert "canary-access" not in told.secret
    assert "canary-access" in told.fresh
    assert len(told.secret.splitlines()) == 1
    assert len(told.secret) < 1500
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("word", "words"), [("authorization_declined", "told no"), ("expired_token", "in time"), ("bad_verification_code", "told no")]
)  # fmt: skip
def test_a_no_and_a_code_that_ran_out_are_told(microsoft: Microsoft, word: str, words: str) -> None:
    microsoft.polls = [word]
    device = begin(client(microsoft))
    with pytest.raises(CredentialsRejected, match=words) as caught:
        finish(device, lambda _: None)
    assert "canary" not in str(caught.value)


def test_nobody_is_waited_for_longer_than_the_code_lasts(microsoft: Microsoft) -> None:
    microsoft.code_lifetime, microsoft.polls = 3, ["authorization_pending"] * 100
    waits: list[float] = []
    device = begin(client(microsoft))
    with pytest.raises(CredentialsRejected, match="in time"):
        finish(device, waits.append)
    assert waits == [1, 1, 1]


def test_a_client_id_and_a_tenant_that_microsoft_does_not_know_are_told(microsoft: Microsoft) -> None:
    with pytest.raises(CredentialsRejected, match="unauthorized_client") as caught:
        begin(Client("another", "common", microsoft.server))
    assert "docs/outlook.md" in caught.value.remedy
    assert "canary" not in f"{caught.value}"
    with pytest.raises(CredentialsRejected, match="nowhere") as caught:
        begin(client(microsoft, "nowhere.example"))
    assert "`tenant`" in caught.value.remedy


# --- tokens ------------------------------------------------------------------------------------------------------


def test_a_token_is_used_until_five_minutes_before_its_end(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens, now = Kept(sign_in(microsoft)).tokens(microsoft), time.time()
    first = tokens.access()
    monkeypatch.setattr(time, "time", lambda: now + 3290)
    assert tokens.access() == first
    monkeypatch.setattr(time, "time", lambda: now + 3310)
    assert tokens.access() != first
    assert len(microsoft.forms("refresh_token")) == 2


def test_a_token_that_was_refused_is_renewed_at_once(microsoft: Microsoft) -> None:
    tokens = Kept(sign_in(microsoft)).tokens(microsoft)
    first = tokens.access()
    second = tokens.renew()
    assert first != second
    assert tokens.access() == second


def test_a_refresh_token_that_changes_is_kept_and_used(microsoft: Microsoft) -> None:
    kept = Kept(sign_in(microsoft))
    tokens = kept.tokens(microsoft)
    tokens.renew()
    tokens.access()
    tokens.renew()
    assert [form["refresh_token"] for form in microsoft.forms("refresh_token")] == [
        "canary-refresh-1",
        "canary-refresh-2",
    ]
    assert [f"canary-refresh-{number}" in secret for number, secret in enumerate(kept.secrets, 1)] == [True] * 3
    assert kept.tokens(microsoft).renew() == "canary-access-4"


def test_a_secret_that_cannot_be_kept_is_used_as_long_as_the_daemon_lives(microsoft: Microsoft) -> None:
    secret = sign_in(microsoft)
    tokens = MicrosoftTokens("work", client(microsoft), lambda: secret)
    assert [tokens.renew(), tokens.renew()] == ["canary-access-2", "canary-access-3"]


def test_a_refused_refresh_tells_the_one_command_and_a_new_sign_in_counts_at_once(microsoft: Microsoft) -> None:
    kept = Kept(sign_in(microsoft))
    tokens = kept.tokens(microsoft)
    tokens.access()
    microsoft.good.clear()
    with pytest.raises(CredentialsRejected, match="run out") as caught:
        tokens.renew()
    assert "`watcher login work`" in caught.value.remedy
    assert "canary" not in f"{caught.value}{caught.value.__cause__}"
    kept.secrets.append(sign_in(microsoft))
    assert tokens.renew()


@pytest.mark.parametrize(
    "trouble",
    [
        (500, "oops canary", {}), (503, "{}", {"retry-after": "90"}), (429, "{}", {"retry-after": "90"}),
        (200, "<html>canary", {}), (200, "[]", {}), (400, '{"error": "temporarily_unavailable"}', {}),
    ],
)  # fmt: skip
def test_a_sign_in_that_is_out_of_order_is_tried_again_later(
    microsoft: Microsoft, trouble: tuple[int, str, dict[str, str]]
) -> None:
    tokens = Kept(sign_in(microsoft)).tokens(microsoft)
    tokens.access()
    microsoft.troubles = [trouble]
    with pytest.raises(MailboxUnavailable) as caught:
        tokens.renew()
    assert "canary" not in f"{caught.value}{caught.value.__cause__}"
    assert caught.value.after == (90 if trouble[2] else 0)
    assert tokens.renew()


def test_a_sign_in_that_nobody_answers_is_tried_again_later() -> None:
    with pytest.raises(MailboxUnavailable, match="cannot be reached"):
        begin(Client(CLIENT, server="http://127.0.0.1:1"))


@pytest.mark.parametrize(
    "secret", ["an app password", "{}", "[1]", '{"refresh_token": "of Google\'s"}', '{"RefreshToken": {}}']
)
def test_what_is_no_sign_in_with_microsoft_is_told_as_such(microsoft: Microsoft, secret: str) -> None:
    with pytest.raises(CredentialsMissing) as caught:
        MicrosoftTokens("work", client(microsoft), lambda: secret).access()
    assert "`watcher login work`" in caught.value.remedy
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example/common/oauth2/v2.0/token", "http://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "https://login.microsoftonline.com/common/userrealm/a",
        "https://login.microsoftonline.com.evil.example/common/oauth2/v2.0/token",
    ],
)  # fmt: skip
def test_nobody_but_microsofts_sign_in_is_asked(microsoft: Microsoft, url: str) -> None:
    with pytest.raises(MailboxUnavailable, match="does not ask"):
        Carrier(microsoft.server).post(url, data={"refresh_token": "canary"})
    assert microsoft.asked == []


def test_nothing_of_it_is_logged(microsoft: Microsoft, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = Kept(sign_in(microsoft)).tokens(microsoft)
    tokens.access()
    microsoft.good.clear()
    with pytest.raises(CredentialsRejected):
        tokens.renew()
    assert caplog.text == ""
