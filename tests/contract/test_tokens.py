"""Signing in to an IMAP server with a token, and at Microsoft's pages for one (both played here)."""

from __future__ import annotations

import base64
import contextlib
import shutil
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partialmethod
from pathlib import Path

import pytest

from tests.support.dovecot import make_certificates
from tests.support.gmail import FixedTokens
from tests.support.microsoft import CLIENT, Microsoft, running
from tests.support.servers import program
from watcher.cli import main
from watcher.errors import CredentialsRejected, MailboxUnavailable
from watcher.mailbox.connection import ImapSettings
from watcher.mailbox.imap import ImapMailbox
from watcher.mailbox.microsoft import Client
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


def mailbox(server: Server, tokens: FixedTokens) -> ImapMailbox:
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


# --- the sign-in that the tokens come from ---------------------------------------------------------------------------


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    with running() as made:
        monkeypatch.setattr(Client, "__init__", partialmethod(Client.__init__, server=made.server))
        yield made


@pytest.fixture
def config(server: Server, tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        '[you]\nname = "Alex"\naddresses = ["alex@example.net"]\ntimezone = "UTC"\n[[accounts]]\nname = "work"\n'
        f'kind = "imap"\nhost = "127.0.0.1"\nport = {server.port}\nca = "{server.certificates}/ca.pem"\n'
        f'sign_in = "microsoft"\nclient_id = "{CLIENT}"\n'
    )
    return file


def test_login_shows_the_code_and_hands_on_what_lasts(
    server: Server, pages: Microsoft, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.token = "canary-access-1"
    assert main(["--config", str(config), "login", "work", "--print"]) == 0
    said = capsys.readouterr()
    assert "BARLEY" in said.err
    assert "canary" not in said.err
    assert "canary-refresh-1" in said.out
    assert server.tried == [("XOAUTH2", "user=alex@example.net\1auth=Bearer canary-access-1\1\1")]
    assert pages.forms("refresh_token") == []  # its first token was good enough to try


def test_what_login_hands_on_opens_the_mailbox_until_it_is_taken_back(
    server: Server, pages: Microsoft, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.token = "canary-access-1"
    main(["--config", str(config), "login", "work", "--print"])
    secret = config.with_name("secret")
    secret.write_text(capsys.readouterr().out)
    config.write_text(f'{config.read_text()}password_command = ["cat", "{secret}"]\n')
    server.token = "canary-access-2"
    main(["--config", str(config), "doctor"])
    told = capsys.readouterr().out
    assert "ok      sign-in work" in told
    assert "ok      clock work: It agrees with the server's" in told  # Microsoft's, which gave the token
    pages.good.clear()
    assert main(["--config", str(config), "doctor"]) == 1
    said = capsys.readouterr()
    assert "`watcher login work`" in said.out
    assert "canary" not in said.out + said.err


def test_logout_tells_what_it_cannot_take_back(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text() + 'password_command = ["cat", "secret"]\n')
    assert main(["--config", str(config), "logout", "work"]) == 0
    told = capsys.readouterr().out
    assert "`password_command`" in told
    assert "https://account.live.com/consent/Manage" in told


def test_a_config_for_microsoft_without_a_client_id_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[you]\nname = "Alex"\naddresses = ["alex@example.net"]\n[[accounts]]\nname = "work"\nkind = "imap"\n'
        'host = "outlook.office365.com"\nsign_in = "microsoft"\n'
    )
    assert main(["--config", str(config), "scan"]) == 2
    assert "docs/outlook.md" in capsys.readouterr().err
