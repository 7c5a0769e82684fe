"""IMAP servers that say odd things: ours are the only errors that come out, and what can be read is read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.dovecot import make_certificates
from tests.support.scripted import Scripted, scripted
from tests.support.servers import program
from watcher.errors import CredentialsRejected, DraftRefused, MailboxUnavailable, WatcherError
from watcher.mailbox.base import Removal
from watcher.mailbox.imap import ImapMailbox, ImapSettings, make_imap
from watcher.message.model import Account, Folder, Ref, Role

INBOX = Folder("INBOX", Role.INBOX)
DATE = '"09-Mar-2026 12:00:00 +0000"'
HEADER = "Subject: Hello\r\n\r\n"


@pytest.fixture(scope="module")
def certificates() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="certificates-"))
    make_certificates(folder, program("openssl", "openssl"))
    yield folder
    shutil.rmtree(folder)


@contextmanager
def opened(certificates: Path, **answers: Any) -> Iterator[tuple[ImapMailbox, Scripted]]:
    with scripted(certificates, **answers) as server:
        mailbox = closed(certificates, server)
        mailbox.open()
        yield mailbox, server
        mailbox.close()


def closed(certificates: Path, server: Scripted) -> ImapMailbox:
    settings = ImapSettings("127.0.0.1", server.port, "alex", ca=str(certificates / "ca.pem"), timeout=2)
    return make_imap(Account("personal"), settings, lambda: "sesame")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("@ NO [AUTHENTICATIONFAILED] no", CredentialsRejected),
        ("@ NO no", CredentialsRejected),
        ("@ NO [UNAVAILABLE] later", MailboxUnavailable),
        ("* BYE too many connections\r\n@ NO x", MailboxUnavailable),
        ("garbage", MailboxUnavailable),
    ],
)
def test_a_login_that_fails_tells_the_secret_from_the_server(
    certificates: Path, answer: str, error: type[WatcherError]
) -> None:
    with scripted(certificates, LOGIN=answer) as server, pytest.raises(error) as caught:
        closed(certificates, server).open()
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("greeting", ["* BYE closed for today", "SSH-2.0-OpenSSH", ""])
def test_a_greeting_that_is_none_is_told_as_unavailable(certificates: Path, greeting: str) -> None:
    with scripted(certificates, greeting=greeting) as server, pytest.raises(MailboxUnavailable):
        closed(certificates, server).open()


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("STATUS", "* STATUS INBOX (MESSAGES x UIDNEXT)\r\n@ OK done"),
        ("STATUS", "@ NO [NONEXISTENT] no such folder"),
        ("STATUS", "* BYE idle for too long"),
        ("EXAMINE", "* many EXISTS\r\n* OK [UIDVALIDITY seven] .\r\n@ OK done"),
        ("UID_SEARCH", "* SEARCH four\r\n@ OK done"),
        ("UID_SEARCH", "@ BAD syntax"),
        ("UID_FETCH", "* 1 FETCH (UID 4 FLAGS (\r\n@ OK done"),
        ("UID_FETCH", "* 1 FETCH (UID four BODY[] {3}\r\nabc)\r\n@ OK done"),
        ("UID_FETCH", "* x FETCH nonsense\r\n@ OK done"),
        ("UID_FETCH", "(" * 5000 + "\r\n@ OK done"),
        ("UID_FETCH", "* 1 FETCH " + "(" * 5000 + "\r\n@ OK done"),
    ],
)
def test_nonsense_in_a_sweep_comes_out_as_unavailable(certificates: Path, command: str, answer: str) -> None:
    with opened(certificates, **{command: answer}) as (mailbox, _), pytest.raises(MailboxUnavailable):
        list(mailbox.sweep(INBOX, None, None))


def test_an_error_does_not_carry_the_words_of_a_message(certificates: Path) -> None:
    answer = "* 1 FETCH (UID 4 BODY[HEADER] unspoken words\r\n@ OK done"
    with opened(certificates, UID_FETCH=answer) as (mailbox, _), pytest.raises(MailboxUnavailable) as caught:
        list(mailbox.sweep(INBOX, None, None))
    assert "unspoken" not in str(caught.value)


def test_a_listing_with_a_name_that_cannot_be_is_read_without_it(certificates: Path) -> None:
    listing = '* LIST () "/" INBOX\r\n* LIST () NIL "Entw&APw-rfe"\r\n* LIST () "/" "Entwürfe"\r\n@ OK done'
    with opened(certificates, LIST=listing) as (mailbox, _):
        assert mailbox.folders() == [INBOX, Folder("Entwürfe", Role.DRAFTS)]


def test_folders_of_other_people_are_left_out(certificates: Path) -> None:
    offered = {"LOGIN": "@ OK [CAPABILITY IMAP4rev1 NAMESPACE] welcome"}
    offered["NAMESPACE"] = '* NAMESPACE (("" "/")) (("Other Users/" "/")) (("Shared/" "/"))\r\n@ OK done'
    offered["LIST"] = '* LIST () "/" INBOX\r\n* LIST (\\Drafts) "/" "Other Users/kim/Drafts"\r\n@ OK done'
    with opened(certificates, **offered) as (mailbox, _):
        assert mailbox.folders() == [INBOX]
        with pytest.raises(DraftRefused, match="no Drafts") as caught:
            mailbox.drafts()
        assert caught.value.remedy


def test_a_server_that_keeps_the_next_uid_to_itself_is_asked_again(certificates: Path) -> None:
    examined = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n@ OK [READ-ONLY] done"
    fetched = f"* 1 FETCH (UID 4 FLAGS () INTERNALDATE {DATE} BODY[HEADER.FIELDS (X)] {{{len(HEADER)}}}\r\n{HEADER})\r\n@ OK done"
    with opened(certificates, EXAMINE=examined, UID_FETCH=fetched) as (mailbox, _):
        (batch,) = mailbox.sweep(INBOX, None, None)
    assert [message.ref.key for message in batch.messages] == ["7.4"]


def test_a_structure_that_makes_no_sense_leads_to_the_beginning_of_the_message(certificates: Path) -> None:
    def fetch(command: str) -> bytes:
        if "RFC822.SIZE" in command:
            return f"* 1 FETCH (UID 4 RFC822.SIZE 900000 FLAGS () INTERNALDATE {DATE})\r\n@ OK done".encode()
        if "BODYSTRUCTURE" in command:
            return b'* 1 FETCH (UID 4 BODYSTRUCTURE ("text" NIL) BODY[HEADER] {2}\r\n\r\n)\r\n@ OK done'
        assert "BODY.PEEK[]<0." in command
        return b"* 1 FETCH (UID 4 BODY[]<0> {12}\r\nSubject: X\r\n)\r\n@ OK done"

    with opened(certificates, UID_FETCH=fetch) as (mailbox, _):
        (message,) = mailbox.fetch([Ref("INBOX", "7.4")])
    assert message.data == b"Subject: X\r\n"


def test_a_placed_draft_is_looked_for_where_the_server_does_not_tell_its_uid(certificates: Path) -> None:
    field = "Message-ID:\r\n <ours#example.net>\r\n\r\n"
    found = f"* 1 FETCH (UID 4 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{len(field)}}}\r\n{field})\r\n@ OK done"
    with opened(certificates, APPEND="@ OK done", UID_FETCH=found) as (mailbox, _):
        assert mailbox.place(b"Subject: X\r\n\r\nx", "<ours#example.net>") == Ref("Drafts", "7.4")
        with pytest.raises(DraftRefused, match="does not show"):
            mailbox.place(b"Subject: X\r\n\r\nx", "<other#example.net>")


def test_a_full_mailbox_is_told_in_the_servers_words(certificates: Path) -> None:
    with opened(certificates, APPEND="@ NO [OVERQUOTA] mailbox is full") as (mailbox, _):
        with pytest.raises(DraftRefused, match="mailbox is full"):
            mailbox.place(b"Subject: X\r\n\r\nx", "<ours#example.net>")
        assert mailbox.folders()  # the connection goes on


class TestGmail:
    WELCOME = "@ OK [CAPABILITY IMAP4rev1 UIDPLUS MOVE UNSELECT X-GM-EXT-1] welcome"
    BODY = "* 1 FETCH (UID 4 BODY[] {5}\r\nwords)\r\n@ OK done"

    def test_threads_are_told(self, certificates: Path) -> None:
        fetched = f"* 1 FETCH (UID 4 X-GM-THRID 255 FLAGS () INTERNALDATE {DATE} BODY[HEADER.FIELDS (X)] {{2}}\r\n\r\n)\r\n@ OK done"
        with opened(certificates, LOGIN=self.WELCOME, UID_FETCH=fetched) as (mailbox, server):
            (batch,) = mailbox.sweep(INBOX, None, None)
        assert [message.thread for message in batch.messages] == ["ff"]
        assert any("X-GM-THRID" in command for command in server.heard)

    def test_a_draft_goes_to_trash_because_expunged_it_would_live_on_in_all_mail(self, certificates: Path) -> None:
        answers = {"LOGIN": self.WELCOME, "UID_FETCH": self.BODY, "UID_MOVE": "@ OK done", "UNSELECT": "@ OK done"}
        with opened(certificates, **answers) as (mailbox, server):
            assert mailbox.withdraw(Ref("Drafts", "7.4"), b"words") is Removal.TRASHED
        assert [command for command in server.heard if "MOVE" in command] == ['UID MOVE 4 "Trash"']
        assert not [command for command in server.heard if "EXPUNGE" in command or "CLOSE" in command]


def test_a_removal_the_server_refuses_takes_its_mark_back(certificates: Path) -> None:
    answers = {
        "LOGIN": "@ OK [CAPABILITY IMAP4rev1 UIDPLUS] welcome",
        "UID_FETCH": TestGmail.BODY,
        "UID_STORE": "@ OK done",
        "UID_EXPUNGE": "@ NO not now",
    }
    with opened(certificates, **answers) as (mailbox, server), pytest.raises(DraftRefused, match="not now"):
        mailbox.withdraw(Ref("Drafts", "7.4"), b"words")
    written = [
        command for command in server.heard if command.startswith(("UID STORE", "UID EXPUNGE", "SELECT", "EXAM"))
    ]
    assert written == [
        'EXAMINE "Drafts"',
        'SELECT "Drafts"',
        "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 4",
        "UID STORE 4 -FLAGS.SILENT (\\Deleted)",
        'EXAMINE "INBOX"',
    ]


def told(uid: int, name: str = "BODY[HEADER.FIELDS (X)]") -> str:
    header = f"Subject: {uid}\r\n\r\n"
    return f"* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE {DATE} {name} {{{len(header)}}}\r\n{header})\r\n"


EIGHT = {
    "STATUS": "* STATUS INBOX (MESSAGES 8 UIDNEXT 9 UIDVALIDITY 7)\r\n@ OK done",
    "EXAMINE": "* 8 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 9] .\r\n@ OK [READ-ONLY] done",
    "UID_SEARCH": "* SEARCH 1 2 3 4 5 6 7 8\r\n@ OK done",
}


def uids_of(command: str) -> range:
    first, _, last = command.split()[2].partition(":")
    return range(int(first), int(last or first) + 1)


def test_one_message_the_server_cannot_tell_about_does_not_hide_the_others(certificates: Path) -> None:
    def fetch(command: str) -> bytes:
        if 5 in uids_of(command):
            return b"@ NO a message could not be read"
        return "".join(map(told, uids_of(command))).encode() + b"@ OK done"

    with opened(certificates, UID_FETCH=fetch, **EIGHT) as (mailbox, _):
        (batch,) = mailbox.sweep(INBOX, None, None)
    assert [message.ref.key for message in batch.messages] == [f"7.{uid}" for uid in (1, 2, 3, 4, 6, 7, 8)]
    assert batch.done == 8


def test_a_server_that_refuses_every_message_is_told_as_unavailable(certificates: Path) -> None:
    with opened(certificates, UID_FETCH="@ NO not today", **EIGHT) as (mailbox, server):
        with pytest.raises(MailboxUnavailable, match="not today"):
            list(mailbox.sweep(INBOX, None, None))
        assert len(server.heard) < 30
        assert mailbox.folders()  # the connection goes on


def test_news_of_other_things_in_the_middle_of_an_answer_is_passed_over(certificates: Path) -> None:
    def fetch(command: str) -> bytes:
        between = "* 9 EXISTS\r\n* 1 RECENT\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 77 FETCH (UID 77 FLAGS ())\r\n"
        between += "* OK [ALERT] soon\r\n* SEARCH\r\n* VANISHED 300\r\n* 2 EXPUNGE\r\n* X-NEWS of {5}\r\nabcde!\r\n"
        late = "* 4 FETCH (FLAGS (\\Answered) UID 4)\r\n"
        return (between.join(map(told, uids_of(command))) + late + "@ OK done").encode()

    with opened(certificates, UID_FETCH=fetch, **EIGHT) as (mailbox, _):
        (batch,) = mailbox.sweep(INBOX, None, None)
    assert [message.data for message in batch.messages] == [b"Subject: %d\r\n\r\n" % uid for uid in range(1, 9)]
    assert [message.ref.key for message in batch.messages if message.flags] == ["7.4"]


def test_an_answer_to_something_else_ends_the_trust_in_a_connection(certificates: Path) -> None:
    with opened(certificates, UID_FETCH="X99 OK done") as (mailbox, _), pytest.raises(MailboxUnavailable):
        list(mailbox.sweep(INBOX, None, None))


@pytest.mark.parametrize("answer", ["@ BAD no such modifier", "* VANISHED (EARLIER) 1:x\r\n@ OK", "@ OK nothing"])
def test_a_server_that_promises_qresync_and_does_not_keep_it_is_searched(certificates: Path, answer: str) -> None:
    def fetch(command: str) -> bytes:
        if "VANISHED" in command:
            return answer.encode()
        return "".join(map(told, uids_of(command))).encode() + b"@ OK done"

    modseq = "* OK [HIGHESTMODSEQ 12] .\r\n@ OK [READ-ONLY] done"
    answers: dict[str, Any] = EIGHT | {
        "LOGIN": "@ OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC] welcome",
        "ENABLE": "* ENABLED CONDSTORE QRESYNC\r\n@ OK done",
        "EXAMINE": EIGHT["EXAMINE"].replace("@ OK [READ-ONLY] done", modseq),
        "UID_FETCH": fetch,
    }
    with opened(certificates, **answers) as (mailbox, server):
        (first,) = mailbox.sweep(INBOX, None, None)
        server.answers["EXAMINE"] = answers["EXAMINE"].replace("8 EXISTS", "7 EXISTS")
        server.answers["UID SEARCH"] = "* SEARCH 1 2 3 4 6 7 8\r\n@ OK done"
        (second,) = mailbox.sweep(INBOX, first.cursor, None)
        assert any("CHANGEDSINCE 12 VANISHED" in command for command in server.heard)
    assert second.vanished == ("7.5",)


@pytest.mark.parametrize("answer", ["@ BAD what?", "@ NO no", "* ENABLED CONDSTORE\r\n@ OK done", "@ OK done"])
def test_a_server_that_will_not_enable_qresync_is_read_without(certificates: Path, answer: str) -> None:
    offered = {"LOGIN": "@ OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC] welcome", "ENABLE": answer}
    fetched = told(4) + "@ OK done"
    with opened(certificates, UID_FETCH=fetched, **offered) as (mailbox, server):
        (batch,) = mailbox.sweep(INBOX, None, None)
    assert [message.ref.key for message in batch.messages] == ["7.4"]
    assert "ENABLE QRESYNC" in server.heard


def test_a_server_that_limits_what_one_command_may_be_about_is_asked_in_pieces(certificates: Path) -> None:
    asked: list[range] = []

    def search(command: str) -> bytes:
        first, _, last = command.split()[3].partition(":")
        found = range(int(first), int(last or first) + 1)
        assert len(found) <= 3
        return b"* SEARCH " + " ".join(map(str, found)).encode() + b"\r\n@ OK done"

    def fetch(command: str) -> bytes:
        asked.append(uids_of(command))
        return "".join(map(told, uids_of(command))).encode() + b"@ OK done"

    limited = EIGHT | {"LOGIN": "@ OK [CAPABILITY IMAP4rev1 MESSAGELIMIT=3] welcome"}
    with opened(certificates, **limited | {"UID_SEARCH": search, "UID_FETCH": fetch}) as (mailbox, _):
        batches = list(mailbox.sweep(INBOX, None, None))
    assert [len(batch.messages) for batch in batches] == [3, 3, 2]
    assert asked == [range(1, 4), range(4, 7), range(7, 9)]
