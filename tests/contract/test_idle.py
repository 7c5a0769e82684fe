"""Waiting for new mail: nothing that is pushed is lost, however it is cut into pieces, and a dead server is noticed."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.dovecot import Dovecot, DovecotHarness, make_certificates, running
from tests.support.faults import relay
from tests.support.servers import program
from watcher.errors import MailboxUnavailable
from watcher.mailbox import idle
from watcher.mailbox.imap import ImapMailbox, ImapSettings, make_imap
from watcher.message.model import Account, Folder, Role

USERS = (f"waiter{number}" for number in itertools.count())
INBOX = Folder("INBOX", Role.INBOX)
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
MAIL = b"From: dana@acme.example\r\nSubject: Hello\r\nMessage-ID: <%d@acme.example>\r\n\r\nHello.\r\n"


class Bell:
    """What wakes a wait."""

    def __init__(self) -> None:
        self.ear, self._end = os.pipe()

    def ring(self) -> None:
        os.write(self._end, b"!")

    def close(self) -> None:
        os.close(self.ear)
        os.close(self._end)


@pytest.fixture
def bell() -> Iterator[Bell]:
    made = Bell()
    yield made
    made.close()


@contextmanager
def later(act: Callable[[], object], seconds: float = 0.3) -> Iterator[None]:
    """Do something in another thread while the block waits."""
    timer = threading.Timer(seconds, act)
    timer.start()
    try:
        yield
    finally:
        timer.join(10)


# --- on a real server -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running("standard") as dovecot:
        yield dovecot


@pytest.fixture
def user(server: Dovecot) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(server, next(USERS))
    harness.deliver(INBOX, MAIL % 1, NOW)
    harness.mailbox.wait(0, 0)  # the first wait always says: look
    yield harness
    harness.close()


def test_new_mail_ends_the_wait_and_what_a_sweep_has_seen_by_then_does_not_end_the_next(
    user: DovecotHarness, bell: Bell
) -> None:
    with later(lambda: user.deliver(INBOX, MAIL % 2, NOW)):
        assert user.mailbox.wait(bell.ear, 10)
    assert not user.mailbox.wait(bell.ear, 0.2)


def test_mail_that_comes_between_a_sweep_and_the_wait_is_not_missed(user: DovecotHarness, bell: Bell) -> None:
    assert not user.mailbox.wait(bell.ear, 0.1)
    user.deliver(INBOX, MAIL % 2, NOW)
    assert user.mailbox.wait(bell.ear, 10)


def test_the_wait_can_be_woken_and_ends_by_itself_in_time_to_be_renewed(user: DovecotHarness, bell: Bell) -> None:
    with later(bell.ring):
        assert not user.mailbox.wait(bell.ear, 20)
    os.read(bell.ear, 1)
    began = time.monotonic()
    assert not user.mailbox.wait(bell.ear, 0.3)
    assert 0.2 < time.monotonic() - began < 5


def test_reading_and_deleting_elsewhere_is_no_new_mail_and_leaves_the_connection_usable(
    user: DovecotHarness, bell: Bell
) -> None:
    with later(lambda: user.mark_read(INBOX, "<1@acme.example>")):
        assert not user.mailbox.wait(bell.ear, 1.5)
    assert [folder.role for folder in user.mailbox.folders() if folder.role is Role.INBOX]
    assert list(user.mailbox.sweep(INBOX, None, None))


def test_a_server_that_goes_away_ends_the_wait_at_once(server: Dovecot, user: DovecotHarness, bell: Bell) -> None:
    with relay(server.host, server.imaps_port) as between:
        mailbox = user.make(server.settings(user.user, port=between.port))
        mailbox.open()
        mailbox.wait(bell.ear, 0)
        with later(between.break_now), pytest.raises(MailboxUnavailable):
            mailbox.wait(bell.ear, 20)
        mailbox.open()  # a new connection
        mailbox.wait(bell.ear, 0)
        mailbox.close()


def test_the_wait_can_be_cut_off(user: DovecotHarness, bell: Bell) -> None:
    with later(user.mailbox.cut), pytest.raises(MailboxUnavailable):
        user.mailbox.wait(bell.ear, 20)


def test_silent_death_is_noticed_when_the_wait_is_renewed(
    server: Dovecot, user: DovecotHarness, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "PATIENCE", 0.5)
    with relay(server.host, server.imaps_port) as between:
        mailbox = user.make(server.settings(user.user, port=between.port))
        mailbox.open()
        mailbox.wait(bell.ear, 0)

        def fall_silent() -> None:
            between.after, between.how = 0, "silence"

        with later(fall_silent), pytest.raises(MailboxUnavailable, match="does not answer"):
            mailbox.wait(bell.ear, 1)
        mailbox.close()


# --- on a server that cuts its words as it likes ----------------------------------------------------------------------

Talk = Callable[[ssl.SSLSocket, bytes], None]


@pytest.fixture(scope="module")
def certificates() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="certificates-"))
    make_certificates(folder, program("openssl", "openssl"))
    yield folder
    shutil.rmtree(folder)


@contextmanager
def talking(certificates: Path, talk: Talk) -> Iterator[ImapMailbox]:
    """A mailbox whose server does `talk` (given the connection and the tag) once it hears IDLE."""

    def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with context.wrap_socket(plain, server_side=True) as client, client.makefile("rb") as lines:
                client.sendall(b"* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n")
                while line := lines.readline():
                    tag, _, command = line.strip().partition(b" ")
                    if command == b"IDLE":
                        talk(client, tag)
                    elif tag == b"DONE":
                        client.sendall(b"%s OK done\r\n" % idling[-1])
                    else:
                        told = b""
                        if command.startswith(b"EXAMINE"):
                            told = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 5] .\r\n"
                        elif command == b"CAPABILITY":
                            told = b"* CAPABILITY IMAP4rev1 IDLE\r\n"
                        client.sendall(told + tag + b" OK done\r\n")
                    if command == b"IDLE":
                        idling.append(tag)

    idling: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        settings = ImapSettings(
            "127.0.0.1", listener.getsockname()[1], "alex", ca=str(certificates / "ca.pem"), timeout=2
        )
        mailbox = make_imap(Account("personal"), settings, lambda: "sesame")
        mailbox.open()
        assert mailbox.can_wait()
        assert mailbox.wait(0, 0)
        yield mailbox
        mailbox.close()
        thread.join(5)


def in_pieces(*pieces: bytes) -> Talk:
    def talk(client: ssl.SSLSocket, tag: bytes) -> None:
        for piece in pieces:
            client.sendall(piece)
            threading.Event().wait(0.1)

    return talk


@pytest.mark.parametrize(
    "pieces",
    [
        (b"+ idling\r\n* 2 EXISTS\r\n",),
        (b"+ idl", b"ing\r\n* 2 EXI", b"STS\r\n"),
        (b"* 2 EXISTS\r\n+ idling\r\n",),
        (b"+ idling\r\n", b"* OK still here\r\n* 1 EXISTS\r\n", b"* 2 exists\r\n* 1 RECENT\r\n"),
        (b"+ idling\r\n", b"* 1 EXPUNGE\r\n* 1 EXISTS\r\n"),
    ],
)
def test_a_push_is_heard_however_it_is_cut(certificates: Path, bell: Bell, pieces: tuple[bytes, ...]) -> None:
    with talking(certificates, in_pieces(*pieces)) as mailbox:
        assert mailbox.wait(bell.ear, 5)


@pytest.mark.parametrize(
    "pieces", [(b"+ idling\r\n",), (b"+ idling\r\n", b"* 1 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")]
)
def test_what_is_no_new_mail_does_not_end_the_wait(certificates: Path, bell: Bell, pieces: tuple[bytes, ...]) -> None:
    with talking(certificates, in_pieces(*pieces)) as mailbox:
        began = time.monotonic()
        assert not mailbox.wait(bell.ear, 0.6)
        assert time.monotonic() - began >= 0.6


@pytest.mark.parametrize("word", [b"NO", b"BAD"])
def test_a_server_that_refuses_idle_is_polled_from_then_on(certificates: Path, bell: Bell, word: bytes) -> None:
    with talking(certificates, lambda client, tag: client.sendall(tag + b" " + word + b" not now\r\n")) as mailbox:
        assert not mailbox.wait(bell.ear, 5)
        assert not mailbox.can_wait()


@pytest.mark.parametrize("pieces", [(b"+ idling\r\n* BYE shutting down\r\n",), (b"+ idling\r\n" + b"x" * 70_000,)])
def test_goodbye_and_nonsense_end_the_wait_as_lost(certificates: Path, bell: Bell, pieces: tuple[bytes, ...]) -> None:
    with talking(certificates, in_pieces(*pieces)) as mailbox, pytest.raises(MailboxUnavailable):
        mailbox.wait(bell.ear, 5)
