"""Signing in to an IMAP server with a token, and at Microsoft's pages for one (both played here)."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.dovecot import make_certificates
from tests.support.gmail import FixedTokens
from tests.support.servers import program
from tests.unit.mailbox.test_oauth import Google
from watcher.cli import main
from watcher.errors import CredentialsRejected, MailboxUnavailable
from watcher.mailbox import device
from watcher.mailbox.connection import ImapSettings
from watcher.mailbox.device import SCOPES, begin, finish, microsoft
from watcher.mailbox.imap import ImapMailbox
from watcher.mailbox.oauth import Grant, GrantTokens, grant_of
from watcher.mailbox.signin import with_token
from watcher.message.model import Account, Role

FOLDERS = b'* LIST () "/" INBOX\r\n* LIST (\\Drafts) "/" Drafts\r\n'


@dataclass
class Server:
    """An IMAP server that lets in whoever bears the token, by the mechanisms it admits to."""

    certificates: Path
    token: str = "good"
    mechanisms: tuple[str, ...] = ("XOAUTH2",)
    refusal: str = "NO AUTHENTICATE failed."
    tried: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def serve(self, listener: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates / "server.pem", self.certificates / "server.key")
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
                self._talk(client)

    def _talk(self, client: ssl.SSLSocket) -> None:
        capabilities = "CAPABILITY IMAP4rev1 " + " ".join(f"AUTH={one}" for one in self.mechanisms)
        client.sendall(f"* OK [{capabilities}] ready\r\n".encode())
        with client.makefile("rb") as lines:
            while line := lines.readline():
                tag, name, *rest = line.decode().split()
                if name == "AUTHENTICATE":
                    client.sendall(b"+ \r\n")
                    said = base64.b64decode(lines.readline()).decode()
                    self.tried.append((rest[0], said))
                    if f"auth=Bearer {self.token}\1" not in said:
                        client.sendall(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")  # the reason, as RFC 7628 3.2.2 has it
                        lines.readline()
                        client.sendall(f"{tag} {self.refusal}\r\n".encode())
                        continue
                elif name == "CAPABILITY":
                    client.sendall(f"* {capabilities}\r\n".encode())
                elif name == "LIST":
                    client.sendall(FOLDERS)
                client.sendall(f"{tag} OK done\r\n".encode())


@pytest.fixture(scope="module")
def certificates() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tokens-"))
    make_certificates(folder, program("openssl", "openssl"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(certificates: Path) -> Iterator[Server]:
    made = Server(certificates)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.port = listener.getsockname()[1]
        threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
        yield made


def mailbox(server: Server, tokens: FixedTokens | GrantTokens) -> ImapMailbox:
    settings = ImapSettings(
        "127.0.0.1", server.port, "alex@example.net", ca=str(server.certificates / "ca.pem"), timeout=5
    )
    way = with_token("work", settings.host, settings.user, tokens)
    return ImapMailbox(Account("work"), settings, lambda: pytest.fail("no password is asked for"), way)


@pytest.mark.parametrize(
    ("mechanisms", "used", "said"),
    [
        (("XOAUTH2", "PLAIN"), "XOAUTH2", "user=alex@example.net\1auth=Bearer good\1\1"),
        (("PLAIN", "XOAUTH2", "OAUTHBEARER"), "OAUTHBEARER", "n,a=alex@example.net,\1auth=Bearer good\1\1"),
    ],
)
def test_the_newer_of_the_two_ways_is_taken_where_it_is_there(
    server: Server, mechanisms: tuple[str, ...], used: str, said: str
) -> None:
    server.mechanisms = mechanisms
    box = mailbox(server, FixedTokens("good"))
    box.open()
    assert {folder.role for folder in box.folders()} == {Role.INBOX, Role.DRAFTS}
    box.close()
    assert server.tried == [(used, said)]


def test_a_token_that_is_refused_is_renewed_once(server: Server) -> None:
    box = mailbox(server, FixedTokens("stale", "good"))
    box.open()
    box.close()
    assert len(server.tried) == 2


def test_two_refusals_tell_the_one_command_that_mends_it(server: Server) -> None:
    with pytest.raises(CredentialsRejected) as caught:
        mailbox(server, FixedTokens("stale-canary", "stale-canary-2")).open()
    assert "`watcher login work`" in caught.value.remedy
    assert "canary" not in f"{caught.value}{caught.value.__cause__}"
    assert len(server.tried) == 2


def test_a_server_that_is_busy_is_not_taken_for_a_refusal(server: Server) -> None:
    server.refusal = "NO [UNAVAILABLE] try again later"
    with pytest.raises(MailboxUnavailable):
        mailbox(server, FixedTokens("stale")).open()
    assert len(server.tried) == 1


# --- the pages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pages() -> Iterator[Google]:
    made = Google()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def authority(pages: Google) -> str:
    return f"http://127.0.0.1:{pages.server.server_port}"


CODE = {
    "device_code": "secret-code",
    "user_code": "BARLEY",
    "verification_uri": "https://login.example/device",
    "interval": 3,
}
YES = {"access_token": "good", "refresh_token": "r1", "expires_in": 3600}


def test_it_is_asked_until_the_user_has_said_yes_and_slower_where_that_is_wanted(pages: Google) -> None:
    pages.answers = [(200, CODE), (400, {"error": "authorization_pending"}), (400, {"error": "slow_down"}), (200, YES)]
    client = microsoft("an-id", "contoso.example", authority(pages))
    told = begin(client)
    assert (told.user_code, told.page) == ("BARLEY", "https://login.example/device")
    assert "secret-code" not in repr(told)
    waits: list[float] = []
    assert finish(client, told, waits.append) == Grant(client, "r1", SCOPES)
    assert waits == [3.0, 3.0, 8.0]
    assert pages.asked[0] == {"client_id": "an-id", "scope": " ".join(SCOPES)}
    assert pages.asked[1]["device_code"] == "secret-code"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((400, {"error": "authorization_declined"}), CredentialsRejected, "told no"),
        ((400, {"error": "expired_token"}), CredentialsRejected, "in time"),
        ((503, {}), MailboxUnavailable, "out of order"),
    ],
)
def test_a_no_and_a_code_that_ran_out_are_told(
    pages: Google, answer: tuple[int, dict[str, str]], error: type[Exception], words: str
) -> None:
    pages.answers = [(200, CODE), answer]
    client = microsoft("an-id", authority=authority(pages))
    with pytest.raises(error, match=words):
        finish(client, begin(client), lambda _: None)


def test_nobody_is_waited_for_longer_than_the_code_lasts(pages: Google) -> None:
    pages.answers = [(200, {**CODE, "expires_in": 6}), *[(400, {"error": "authorization_pending"})] * 2]
    client = microsoft("an-id", authority=authority(pages))
    with pytest.raises(CredentialsRejected, match="in time"):
        finish(client, begin(client), lambda _: None)


def test_a_refresh_token_that_changes_is_kept(pages: Google) -> None:
    client = microsoft("an-id", authority=authority(pages))
    pages.answers = [(200, {**YES, "refresh_token": "r2"}), (200, {**YES, "refresh_token": "r2"})]
    kept: list[Grant] = [Grant(client, "r1", SCOPES)]
    tokens = GrantTokens("work", lambda: kept[-1], keep=kept.append)
    tokens.access()
    tokens.renew()
    assert [grant.refresh_token for grant in kept] == ["r1", "r2"]
    assert [form["refresh_token"] for form in pages.asked] == ["r1", "r2"]


def test_login_shows_the_code_and_hands_on_the_grant(
    server: Server, pages: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(device, "MICROSOFT", authority(pages))
    pages.answers = [(200, {**CODE, "interval": 0}), (200, YES), (200, {**YES, "refresh_token": "r2"})]
    config = tmp_path / "config.toml"
    config.write_text(
        '[you]\nname = "Alex"\naddresses = ["alex@example.net"]\ntimezone = "UTC"\n[[accounts]]\nname = "work"\n'
        f'kind = "imap"\nhost = "127.0.0.1"\nport = {server.port}\nca = "{server.certificates}/ca.pem"\n'
        'sign_in = "microsoft"\nclient_id = "an-id"\n'
    )
    assert main(["--config", str(config), "login", "work", "--print"]) == 0
    said = capsys.readouterr()
    assert "BARLEY" in said.err
    assert grant_of(said.out, "work").refresh_token == "r1"
    assert json.loads(said.out)["client_id"] == "an-id"
    assert server.tried[0][0] == "XOAUTH2"


def test_a_config_for_microsoft_without_a_client_id_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[you]\nname = "Alex"\naddresses = ["alex@example.net"]\n[[accounts]]\nname = "work"\nkind = "imap"\n'
        'host = "outlook.office365.com"\nsign_in = "microsoft"\n'
    )
    assert main(["--config", str(config), "scan"]) == 2
    assert "docs/outlook.md" in capsys.readouterr().err
