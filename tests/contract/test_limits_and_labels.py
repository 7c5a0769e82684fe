"""A server that takes no long command, and one that shows a message in several folders: both are read once and whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.test_odd_servers import DATE, INBOX, certificates, closed, told
from tests.support.scripted import scripted
from watcher.cycle import Plan, syncing
from watcher.message.model import Copy, Ref, Role
from watcher.store import Store

__all__ = ["certificates"]
LONGEST = 8000  # octets of a command that a server must take (RFC 2683 section 3.2.1.5)
SCATTERED = range(4_000_000_000, 4_000_009_000, 3)  # long numbers, none beside another
WINDOW = datetime(2026, 3, 1, tzinfo=UTC)


def uids_of(command: str) -> Iterator[int]:
    for run in command.split()[2].split(","):
        first, _, last = run.partition(":")
        yield from range(int(first), int(last or first) + 1)


def answer(command: str) -> bytes:
    """What is asked about each message, its size and text included."""
    if len(command) > LONGEST:
        return b"@ BAD command line too long"
    items = {"RFC822.SIZE": " RFC822.SIZE 30", "BODY.PEEK[]": ""}
    said = "".join(more for item, more in items.items() if item in command)
    name = "BODY[]" if "BODY.PEEK[]" in command else "BODY[HEADER.FIELDS (X)]"
    lines = [told(uid, name).replace(" FLAGS", f"{said} FLAGS") for uid in uids_of(command) if uid in SCATTERED]
    return "".join(lines).encode() + b"@ OK done"


def test_no_command_is_longer_than_a_server_must_take(certificates: Path) -> None:
    answers: dict[str, Any] = {
        "STATUS": f"* STATUS INBOX (MESSAGES 3000 UIDNEXT {SCATTERED.stop} UIDVALIDITY 7)\r\n@ OK done",
        "EXAMINE": f"* 3000 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT {SCATTERED.stop}] .\r\n@ OK done",
        "UID_SEARCH": f"* SEARCH {' '.join(map(str, SCATTERED))}\r\n@ OK done",
        "UID_FETCH": answer,
    }
    with scripted(certificates, **answers) as server:
        mailbox = closed(certificates, server)
        mailbox.open()
        batches = list(mailbox.sweep(INBOX, None, WINDOW))
        found = list(mailbox.fetch([Ref("INBOX", f"7.{uid}") for uid in SCATTERED[:700]]))
        mailbox.close()
    assert [message.ref.key for batch in batches for message in batch.messages] == [f"7.{uid}" for uid in SCATTERED]
    assert len(found) == 700
    assert max(map(len, server.heard)) <= LONGEST


@pytest.mark.parametrize("message_id", ["Message-ID: <m4.acme.example>\r\n", ""])
def test_what_gmail_shows_under_two_labels_is_one_message(certificates: Path, message_id: str) -> None:
    header = f"Subject: Hello\r\nFrom: Dana Reyes\r\n{message_id}\r\n"
    seen = f"* 1 FETCH (X-GM-THRID 1278455344230334865 UID 4 FLAGS () INTERNALDATE {DATE} BODY[HEADER.FIELDS (X)] "
    answers: dict[str, Any] = {
        "LOGIN": "@ OK [CAPABILITY IMAP4rev1 X-GM-EXT-1] welcome",
        "LIST": '* LIST () "/" INBOX\r\n* LIST (\\All) "/" "[Gmail]/Alle Nachrichten"\r\n@ OK done',
        "UID_FETCH": f"{seen}{{{len(header)}}}\r\n{header})\r\n@ OK done",
    }
    store = Store.in_memory()
    with scripted(certificates, **answers) as server:
        mailbox = closed(certificates, server)
        syncing.sweep(mailbox, store, Plan(None))
        mailbox.close()
    (only,) = store.headers()
    assert int(only.header.thread, 16) == 1278455344230334865
    assert set(only.copies) == {
        Copy("INBOX", Role.INBOX, "7.4"),
        Copy("[Gmail]/Alle Nachrichten", Role.ALL, "7.4"),
    }


def test_a_draft_that_gmail_shows_in_all_mail_is_no_mail(certificates: Path) -> None:
    header = "Subject: Hello\r\nFrom: Dana Reyes\r\nMessage-ID: <m{}.acme.example>\r\n\r\n"
    seen = (
        "* {0} FETCH (X-GM-THRID 9 X-GM-LABELS ({1}) UID {0} FLAGS (\\Seen) INTERNALDATE {2} BODY[HEADER.FIELDS (X)] "
    )
    labels = {4: '"\\\\Draft"', 5: '"\\\\Important" Draft', 6: "\\Draft"}
    told = ""
    for uid, label in labels.items():
        block = header.format(uid)
        told += f"{seen.format(uid, label, DATE)}{{{len(block)}}}\r\n{block})\r\n"
    answers: dict[str, Any] = {
        "LOGIN": "@ OK [CAPABILITY IMAP4rev1 X-GM-EXT-1] welcome",
        "LIST": '* LIST (\\All) "/" "[Gmail]/All Mail"\r\n@ OK done',
        "STATUS": '* STATUS "[Gmail]/All Mail" (MESSAGES 3 UIDNEXT 7 UIDVALIDITY 7)\r\n@ OK done',
        "EXAMINE": "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 7] .\r\n@ OK done",
        "UID_SEARCH": "* SEARCH 4 5 6\r\n@ OK done",
        "UID_FETCH": f"{told}@ OK done",
    }
    store = Store.in_memory()
    with scripted(certificates, **answers) as server:
        mailbox = closed(certificates, server)
        swept = syncing.sweep(mailbox, store, Plan(None))
        mailbox.close()
        assert any("X-GM-LABELS" in command for command in server.heard)
    assert [found.header.message_id for found in store.headers()] == ["<m5.acme.example>"]
    assert not store.unreadable()
    assert swept.fresh == 1
