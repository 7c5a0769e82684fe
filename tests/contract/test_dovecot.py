"""A real Dovecot keeps to the contract of a mailbox, in three ways of naming folders, and nothing is disturbed on it."""

from __future__ import annotations

import base64
import email
import email.policy
import imaplib
import itertools
import logging
import random
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.contract.mailbox_contract import NOON, MailboxContract, draft, mail, subject_of, sweep
from tests.support.dovecot import PASSWORD, Dovecot, DovecotHarness, running
from tests.support.faults import relay
from watcher.errors import CredentialsRejected, DraftRefused, MailboxUnavailable
from watcher.mailbox.base import Removal
from watcher.mailbox.connection import ImapSettings
from watcher.mailbox.imap import make_imap
from watcher.message.model import Account, Folder, Role

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


# --- what is IMAP's own ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standard() -> Iterator[Dovecot]:
    with running("standard") as dovecot:
        yield dovecot


@pytest.fixture
def home(standard: Dovecot) -> Iterator[DovecotHarness]:
    harness = DovecotHarness(standard, next(USERS))
    yield harness
    harness.close()


def invitation(attachment: bytes) -> bytes:
    """A message with text, a calendar, an attached message and a large attachment."""
    encoded = base64.encodebytes(attachment).replace(b"\n", b"\r\n")
    lines = [
        b"From: Dana Reyes <dana@acme.example>",
        b"Subject: Invitation",
        b"Message-ID: <invitation@acme.example>",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="outer"',
        b"",
        b"--outer",
        b'Content-Type: multipart/alternative; boundary="inner"',
        b"",
        b"--inner",
        b"Content-Type: text/plain; charset=utf-8",
        b"",
        "Grüße aus Köln".encode(),
        b"--inner",
        b"Content-Type: text/calendar; method=REQUEST",
        b"",
        b"BEGIN:VCALENDAR",
        b"END:VCALENDAR",
        b"--inner--",
        b"--outer",
        b"Content-Type: message/rfc822",
        b"",
        b"Subject: What went before",
        b"Content-Type: text/plain",
        b"",
        b"earlier words",
        b"--outer",
        b'Content-Type: application/pdf; name="plan.pdf"',
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename=plan.pdf",
        b"",
        encoded.rstrip(),
        b"--outer",
        b'Content-Type: application/octet-stream; name="invite.ics"',
        b"Content-Disposition: attachment",
        b"",
        b"BEGIN:VEVENT",
        b"--outer--",
        b"",
    ]
    return b"\r\n".join(lines)


def test_odd_folder_names_are_listed_as_a_person_reads_them_and_can_be_opened(home: DovecotHarness) -> None:
    home.other.imap.create('"say \\"hi\\""')
    home.other.imap.create('"back\\\\slash"')
    names = {folder.name: folder for folder in home.mailbox.folders()}
    assert {"Q&A", "Job applications", "2024", 'say "hi"', "back\\slash"} <= set(names)
    for name in ("Q&A", "Job applications", "2024", 'say "hi"', "back\\slash"):
        assert sweep(home.mailbox, names[name]).messages == []


def test_a_wrong_password_is_told_with_what_to_do(home: DovecotHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mailbox = home.make(password="open barley")
    with pytest.raises(CredentialsRejected) as caught:
        mailbox.open()
    assert caught.value.remedy
    assert caught.value.__cause__ is not None
    assert "open barley" not in f"{caught.value}{caught.value.__cause__}{caplog.text}"


@pytest.mark.parametrize("password", ["pässwörd", 'quo"te\\', "line\r\nbreak"])
def test_any_password_can_be_tried_without_breaking_the_conversation(home: DovecotHarness, password: str) -> None:
    with pytest.raises(CredentialsRejected):
        home.make(password=password).open()


def test_a_user_name_with_a_blank_signs_in(standard: Dovecot) -> None:
    harness = DovecotHarness.__new__(DovecotHarness)
    harness.server = standard
    mailbox = harness.make(standard.settings("alex morgan"), "wrong")
    with pytest.raises(CredentialsRejected):
        mailbox.open()


def test_neither_secrets_nor_mail_are_logged(home: DovecotHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    inbox = home.folder(Role.INBOX)
    home.deliver(inbox, mail("one", subject="Unspoken", body="unspoken words\r\n"), NOON)
    mailbox = home.reopen()
    list(mailbox.fetch([message.ref for message in sweep(mailbox, inbox).messages]))
    mailbox.place(draft("unspoken"), "<unspoken@example.net>")
    mailbox.close()
    assert PASSWORD not in caplog.text
    assert "nspoken" not in caplog.text


def test_a_certificate_nobody_vouches_for_is_refused(home: DovecotHarness) -> None:
    with pytest.raises(MailboxUnavailable, match="not to be trusted") as caught:
        home.make(home.server.settings(home.user, ca="")).open()
    assert "ca" in caught.value.remedy


def test_a_certificate_for_another_name_is_refused(home: DovecotHarness) -> None:
    with relay(home.server.host, home.server.imaps_port, listen="127.0.0.3") as line:
        settings = home.server.settings(home.user, host=line.host, port=line.port)
        with pytest.raises(MailboxUnavailable, match="not to be trusted"):
            home.make(settings).open()


def test_a_missing_certificate_file_is_told(home: DovecotHarness) -> None:
    with pytest.raises(MailboxUnavailable, match="cannot be read"):
        home.make(home.server.settings(home.user, ca="/nowhere/ca.pem")).open()


def test_a_server_that_wants_starttls_gets_it_before_the_password() -> None:
    with running("starttls_only") as server:
        harness = DovecotHarness(server, next(USERS))
        mailbox = harness.make(server.settings(harness.user, port=server.imap_port, tls="starttls"))
        mailbox.open()
        assert mailbox.folders()
        mailbox.close()
        harness.close()


def test_a_certificate_is_checked_after_starttls_too(home: DovecotHarness) -> None:
    settings = home.server.settings(home.user, port=home.server.imap_port, tls="starttls", ca="")
    with pytest.raises(MailboxUnavailable, match="not to be trusted"):
        home.make(settings).open()


def test_a_server_without_encryption_is_not_given_the_password() -> None:
    heard = b""

    def serve(listener: socket.socket) -> None:
        nonlocal heard
        client, _ = listener.accept()
        client.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
        while data := client.recv(4096):
            heard += data
            tag = data.split(b" ", 1)[0]
            client.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")
        client.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        settings = ImapSettings("127.0.0.1", listener.getsockname()[1], "alex", tls="starttls", timeout=5)
        with pytest.raises(MailboxUnavailable, match="no encryption"):
            make_imap(Account("personal"), settings, lambda: "sesame").open()
        thread.join(5)
    assert b"sesame" not in heard


def test_nobody_listening_is_told_as_unavailable(home: DovecotHarness) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(MailboxUnavailable):
        home.make(home.server.settings(home.user, port=port)).open()


def test_a_server_that_falls_silent_is_given_up_after_the_timeout(home: DovecotHarness) -> None:
    with relay(home.server.host, home.server.imaps_port) as line:
        line.after, line.how = 0, "silence"
        with pytest.raises(MailboxUnavailable, match="does not answer"):
            home.make(home.server.settings(home.user, port=line.port, timeout=0.3)).open()


def test_a_sweep_that_is_cut_off_goes_on_where_it_stopped(
    home: DovecotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.mailbox.sweep.CHUNK", 5)
    monkeypatch.setattr("watcher.mailbox.ahead.WINDOW", 1)
    inbox = home.folder(Role.INBOX)
    for number in range(20):
        home.deliver(inbox, mail(f"m{number:02d}"), NOON)
    with relay(home.server.host, home.server.imaps_port) as line:
        mailbox = home.make(home.server.settings(home.user, port=line.port))
        mailbox.open()
        batches = mailbox.sweep(inbox, None, None)
        got = [next(batches), next(batches)]
        assert (got[-1].done, got[-1].total) == (10, 20)
        line.after = 0  # so that no other connection comes about
        line.break_now()
        with pytest.raises(MailboxUnavailable):
            list(batches)
        line.after = None
        mailbox.open()  # on the same object, a new connection
        rest = sweep(mailbox, inbox, got[-1].cursor)
        mailbox.close()
    assert not rest.reset
    assert rest.vanished == set()
    assert [message.ref.key for batch in got for message in batch.messages] + [
        message.ref.key for message in rest.messages
    ] == [message.ref.key for message in sweep(home.mailbox, inbox).messages]
    assert sweep(home.mailbox, inbox, rest.cursor).messages == []


def test_a_first_sweep_that_is_cut_off_keeps_to_its_window(
    home: DovecotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.mailbox.sweep.CHUNK", 2)
    inbox = home.folder(Role.INBOX)
    for number in range(8):
        home.deliver(inbox, mail(f"m{number}"), NOON - timedelta(days=60 * (number % 2)))
    first = next(home.mailbox.sweep(inbox, None, NOON - timedelta(days=30)))
    assert sorted(subject_of(message.data) for message in first.messages) == ["m0", "m2"]
    assert sweep(home.mailbox, inbox, first.cursor).subjects == ["m4", "m6"]


def test_a_sweep_may_be_mixed_with_fetches_from_other_folders(
    home: DovecotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.mailbox.sweep.CHUNK", 1)
    inbox, sent = home.folder(Role.INBOX), home.folder(Role.SENT)
    for number in range(3):
        home.deliver(inbox, mail(f"in{number}"), NOON)
    home.deliver(sent, mail("out"), NOON)
    (out,) = sweep(home.mailbox, sent).messages
    subjects = []
    for batch in home.mailbox.sweep(inbox, None, None):
        subjects += [subject_of(message.data) for message in batch.messages]
        assert len(list(home.mailbox.fetch([out.ref]))) == 1
    assert subjects == ["in0", "in1", "in2"]


def test_a_folder_that_was_made_anew_is_told_as_a_reset_and_old_keys_as_gone(home: DovecotHarness) -> None:
    folder = Folder("Job applications", Role.OTHER)
    home.deliver(folder, mail("old"), NOON)
    first = sweep(home.mailbox, folder)
    sweep(home.mailbox, home.folder(Role.INBOX))
    home.other.make_anew(folder.name)
    home.deliver(folder, mail("new"), NOON)
    second = sweep(home.mailbox, folder, first.cursor)
    assert second.reset
    assert second.subjects == ["new"]
    assert list(home.mailbox.fetch([message.ref for message in first.messages])) == []
    assert len(list(home.mailbox.fetch([message.ref for message in second.messages]))) == 1


def test_nothing_new_costs_one_round_trip(home: DovecotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = home.folder(Role.INBOX)
    for number in range(3):
        home.deliver(inbox, mail(f"m{number}"), NOON)
    cursor = sweep(home.mailbox, inbox).cursor
    sent: list[str] = []
    command = imaplib.IMAP4._command
    monkeypatch.setattr(
        imaplib.IMAP4, "_command", lambda imap, name, *more: sent.append(name) or command(imap, name, *more)
    )
    sweep(home.mailbox, home.folder(Role.SENT), sweep(home.mailbox, home.folder(Role.SENT)).cursor)
    sent.clear()
    assert sweep(home.mailbox, inbox, cursor).messages == []
    assert sent == ["STATUS"]


def test_the_attachments_of_a_large_message_are_not_downloaded(home: DovecotHarness) -> None:
    inbox = home.folder(Role.INBOX)
    home.deliver(inbox, invitation(random.Random(1).randbytes(600_000)), NOON)
    before = home.snapshot()
    with relay(home.server.host, home.server.imaps_port) as line:
        mailbox = home.make(home.server.settings(home.user, port=line.port))
        mailbox.open()
        (found,) = sweep(mailbox, inbox).messages
        (message,) = mailbox.fetch([found.ref])
        mailbox.close()
        assert line.received < 40_000
    assert home.snapshot() == before
    read = email.message_from_bytes(message.data, policy=email.policy.default)
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/calendar",
        "message/rfc822",
        "text/plain",
        "application/pdf",
        "application/octet-stream",
    ]
    parts = {part.get_content_type(): part for part in read.walk() if not part.is_multipart()}
    assert read["Message-ID"] == "<invitation@acme.example>"
    assert "Grüße aus Köln" in message.data.decode()
    assert "BEGIN:VCALENDAR" in message.data.decode()
    assert "earlier words" in message.data.decode()
    assert b"Subject: What went before" in message.data
    assert parts["application/pdf"].get_filename() == "plan.pdf"
    assert parts["application/pdf"].get_payload(decode=True) == b""
    assert b"BEGIN:VEVENT" in parts["application/octet-stream"].get_payload(decode=True)


def test_a_large_plain_message_is_cut_at_a_whole_line(home: DovecotHarness) -> None:
    inbox = home.folder(Role.INBOX)
    home.deliver(inbox, mail("long", body="all work and no play\r\n" * 40_000), NOON)
    (found,) = sweep(home.mailbox, inbox).messages
    (message,) = home.mailbox.fetch([found.ref])
    assert 250_000 < len(message.data) < 270_000
    assert message.data.endswith(b"all work and no play\r\n")


def test_many_messages_of_different_size_are_fetched_once_each(home: DovecotHarness) -> None:
    inbox = home.folder(Role.INBOX)
    for number in range(30):
        home.deliver(inbox, mail(f"m{number:02d}", body="words and more\r\n" * (number * number * 10)), NOON)
    refs = [message.ref for message in sweep(home.mailbox, inbox).messages]
    got = list(home.mailbox.fetch([*refs, refs[0]]))
    assert sorted(message.ref.key for message in got) == sorted(ref.key for ref in refs)
    assert all(b"words and more" in message.data for message in got if subject_of(message.data) != "m00")


def test_withdrawing_leaves_alone_what_another_program_marked_as_deleted(home: DovecotHarness) -> None:
    drafts = home.folder(Role.DRAFTS)
    home.deliver(drafts, draft("own"), NOON)
    home.other.flag(drafts.name, "<own@example.net>", "\\Deleted")
    before = home.other.snapshot(drafts.name)
    ref = home.mailbox.place(draft("ours"), "<ours@example.net>")
    (ours,) = home.mailbox.drafts()  # the other one has been thrown away already
    assert home.mailbox.withdraw(ref, ours.data) is Removal.REMOVED
    assert home.other.snapshot(drafts.name) == before


def test_a_message_id_that_only_contains_the_one_sought_is_another(home: DovecotHarness) -> None:
    home.deliver(home.folder(Role.SENT), draft("ours"), NOON)
    assert home.mailbox.find("ours@example.net") == []
    assert home.mailbox.find("<rs@example.net>") == []
    assert len(home.mailbox.find("<ours@example.net>")) == 1


def test_without_uidplus_a_draft_is_moved_to_trash() -> None:
    with running("without_uidplus") as server:
        harness = DovecotHarness(server, next(USERS))
        harness.mailbox.place(draft("ours"), "<ours@example.net>")
        (ours,) = harness.mailbox.drafts()
        assert harness.mailbox.withdraw(ours.ref, ours.data) is Removal.TRASHED
        assert harness.mailbox.drafts() == []
        assert [folder.role for folder, _ in harness.mailbox.find("<ours@example.net>")] == [Role.TRASH]
        harness.close()


def test_a_server_without_a_safe_way_keeps_the_draft() -> None:
    with running("without_move") as server:
        harness = DovecotHarness(server, next(USERS))
        ref = harness.mailbox.place(draft("ours"), "<ours@example.net>")
        before = harness.snapshot()
        (ours,) = harness.mailbox.drafts()
        assert harness.mailbox.withdraw(ref, ours.data) is Removal.IMPOSSIBLE
        assert harness.snapshot() == before
        harness.close()


def test_a_draft_the_server_refuses_is_told_with_its_reason(home: DovecotHarness) -> None:
    assert home.mailbox.drafts() == []
    with home.server.full(home.user, "Drafts"), pytest.raises(DraftRefused, match="Drafts"):
        home.mailbox.place(draft("ours"), "<ours@example.net>")
    home.mailbox.place(draft("ours"), "<ours@example.net>")
    assert len(home.mailbox.drafts()) == 1
