"""What is particular to Maildirs: layouts, names that change, the memory of what was seen."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import DraftRefused, MailboxUnavailable
from watcher.mailbox.base import Cursor, Removal
from watcher.mailbox.maildir import MaildirMailbox
from watcher.mailbox.maildir_folders import decode_name, find_places
from watcher.mailbox.maildir_names import Seen, list_entries
from watcher.message.model import Account, Folder, Ref, Role

MAIL = b"Subject: %s\nMessage-ID: <%s@acme.example>\n\ntext\n"
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC).timestamp()


def make(root: Path, *names: str) -> None:
    for name in names:
        for part in ("cur", "new", "tmp"):
            (root / name / part).mkdir(parents=True)


def put(path: Path, name: str = "one", at: float = NOON) -> Path:
    path.write_bytes(MAIL % (name.encode(), name.encode()))
    os.utime(path, (at, at))
    return path


def opened(root: Path, now: float = NOON) -> MaildirMailbox:
    mailbox = MaildirMailbox(Account("local"), root, clock=lambda: now)
    mailbox.open()
    return mailbox


def inbox(mailbox: MaildirMailbox) -> Folder:
    return next(folder for folder in mailbox.folders() if folder.role is Role.INBOX)


# --- folders ----------------------------------------------------------------------------------------------------------


def roles(root: Path) -> dict[str, Role]:
    return {place.folder.name: place.folder.role for place in find_places(root)}


def test_a_maildir_plus_plus_names_its_folders_with_dots(tmp_path: Path) -> None:
    make(tmp_path, ".", ".Sent", ".Drafts", ".Work.Applications")
    assert roles(tmp_path) == {
        "INBOX": Role.INBOX,
        "Drafts": Role.DRAFTS,
        "Sent": Role.SENT,
        "Work.Applications": Role.OTHER,
    }


def test_a_tree_names_its_folders_with_slashes(tmp_path: Path) -> None:
    make(tmp_path, "INBOX", "Sent", "Work/Applications", "[Gmail]/All Mail")
    assert roles(tmp_path) == {
        "INBOX": Role.INBOX,
        "Sent": Role.SENT,
        "Work/Applications": Role.OTHER,
        "[Gmail]/All Mail": Role.ALL,
    }


def test_a_root_beside_an_inbox_keeps_its_mail(tmp_path: Path) -> None:
    make(tmp_path, ".", "Inbox")
    assert set(roles(tmp_path)) == {"Inbox", "."}


def test_directories_that_are_no_maildir_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, ".")
    (tmp_path / ".notmuch" / "xapian").mkdir(parents=True)
    (tmp_path / "attic").mkdir()
    assert set(roles(tmp_path)) == {"INBOX"}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Entw&APw-rfe", "Entwürfe"),
        ("Entwürfe", "Entwürfe"),
        ("R&-D", "R&D"),
        ("A & B", "A & B"),
        ("&&&", "&&&"),
        ("Sent", "Sent"),
    ],
)
def test_names_of_folders_are_decoded(raw: str, name: str) -> None:
    assert decode_name(raw) == name


def test_no_maildir_is_an_unavailable_mailbox(tmp_path: Path) -> None:
    with pytest.raises(MailboxUnavailable, match="no Maildir"):
        opened(tmp_path)
    with pytest.raises(MailboxUnavailable):
        opened(tmp_path / "nowhere")


def test_a_folder_that_is_gone_is_an_unavailable_mailbox(tmp_path: Path) -> None:
    make(tmp_path, ".")
    with pytest.raises(MailboxUnavailable):
        list(opened(tmp_path).sweep(Folder("Gone", Role.OTHER), None, None))


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "1773057600.M1P2.host",
        "1773057600.M1P2.host:2,",
        "1773057600.M1P2.host:2,FRS",
        "1773057600.M1P2.host;2,S",
        "1773057600.M1P2.host!2,S",
        "1773057600.M1P2.host,S=512,W=530:2,S",
        "1773057600.M1P2.host,U=7:2,S",
        "1773057600.M1P2.host,U=7,FMD5=7e33429f656f1e6e9d79b29c3f82c57e:2,",
    ],
)
def test_a_key_outlives_flags_and_what_programs_add(tmp_path: Path, name: str) -> None:
    make(tmp_path, ".")
    put(tmp_path / "cur" / name)
    assert list(list_entries(tmp_path)) == ["1773057600.M1P2.host"]


def test_two_files_never_share_a_key(tmp_path: Path) -> None:
    make(tmp_path, ".")
    put(tmp_path / "cur" / "mail,U=1:2,S")
    put(tmp_path / "cur" / "mail,U=2:2,S")
    assert len(list_entries(tmp_path)) == 2


def test_hidden_files_and_directories_are_no_mail(tmp_path: Path) -> None:
    make(tmp_path, ".")
    (tmp_path / "cur" / ".uidvalidity").touch()
    (tmp_path / "new" / "folder").mkdir()
    assert list_entries(tmp_path) == {}


def test_a_message_that_is_moved_to_cur_is_still_found(tmp_path: Path) -> None:
    make(tmp_path, ".")
    path = put(tmp_path / "new" / "1.host")
    mailbox = opened(tmp_path)
    (batch,) = mailbox.sweep(inbox(mailbox), None, None)
    path.rename(tmp_path / "cur" / "1.host:2,S")
    (message,) = mailbox.fetch([batch.messages[0].ref])
    assert message.flags == {"\\Seen"}
    assert b"text" in message.data


# --- what was seen ----------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n"), min_size=1), max_size=5)))
def test_the_memory_keeps_every_key(adds: list[list[str]]) -> None:
    seen = Seen()
    for keys in adds:
        seen = seen.with_keys(keys)
    again = Seen.read(seen.written("now"))
    assert again is not None
    assert again.keys() == {key for keys in adds for key in keys}
    assert again.stamp == "now"


@given(st.text())
def test_a_state_of_somebody_else_makes_no_sense(state: str) -> None:
    assert Seen.read(state) is None


def test_many_small_additions_are_packed_anew() -> None:
    seen = Seen()
    for number in range(1_000):
        seen = seen.with_keys([f"key{number}"])
    assert len(seen.keys()) == 1_000
    assert len(seen.chunks) <= 101


def test_a_folder_that_did_not_change_is_not_listed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, ".")
    put(tmp_path / "new" / "1.host")
    later = (tmp_path / "new").stat().st_mtime + 60
    mailbox = opened(tmp_path, later)
    (first,) = mailbox.sweep(inbox(mailbox), None, None)
    monkeypatch.setattr("watcher.mailbox.maildir.list_entries", None)
    (second,) = mailbox.sweep(inbox(mailbox), first.cursor, None)
    assert second.messages == ()
    assert second.cursor == first.cursor


def test_a_folder_that_changed_a_moment_ago_is_listed_again(tmp_path: Path) -> None:
    make(tmp_path, ".")
    put(tmp_path / "new" / "1.host")
    stamp = (tmp_path / "new").stat()
    mailbox = opened(tmp_path, stamp.st_mtime + 1)
    (first,) = mailbox.sweep(inbox(mailbox), None, None)
    put(tmp_path / "new" / "2.host", "two")
    os.utime(tmp_path / "new", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # as a coarse clock would leave it
    (second,) = mailbox.sweep(inbox(mailbox), first.cursor, None)
    assert len(second.messages) == 1


def test_a_long_folder_comes_in_slices_oldest_first(tmp_path: Path) -> None:
    make(tmp_path, ".")
    for number in range(1_201):
        put(tmp_path / "cur" / f"{9999 - number}.host:2,S", f"m{number}", NOON + number)
    mailbox = opened(tmp_path)
    batches = list(mailbox.sweep(inbox(mailbox), None, None))
    assert [len(batch.messages) for batch in batches] == [500, 500, 201]
    assert [batch.done for batch in batches] == [500, 1_000, 1_201]
    assert {batch.total for batch in batches} == {1_201}
    times = [message.received_at for batch in batches for message in batch.messages]
    assert times == sorted(times)


def test_a_sweep_that_was_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    make(tmp_path, ".")
    for number in range(700):
        put(tmp_path / "cur" / f"{number}.host:2,S", f"m{number}")
    mailbox = opened(tmp_path)
    first = next(iter(mailbox.sweep(inbox(mailbox), None, None)))
    rest = [message for batch in mailbox.sweep(inbox(mailbox), first.cursor, None) for message in batch.messages]
    assert len(first.messages) + len(rest) == 700
    assert not {message.ref for message in first.messages} & {message.ref for message in rest}


def test_mail_from_before_the_window_stays_seen_when_the_folder_changes(tmp_path: Path) -> None:
    make(tmp_path, ".")
    put(tmp_path / "cur" / "1.host:2,S", "old", NOON - 1_000_000)
    since = datetime.fromtimestamp(NOON - 1_000, UTC)
    mailbox = opened(tmp_path)
    (first,) = mailbox.sweep(inbox(mailbox), None, since)
    put(tmp_path / "new" / "2.host", "young")
    (second,) = mailbox.sweep(inbox(mailbox), first.cursor, since)
    assert [message.ref.key for message in second.messages] == ["2.host"]


def test_only_as_much_of_a_file_is_read_as_its_header_takes(tmp_path: Path) -> None:
    make(tmp_path, ".")
    header = b"Subject: x\r\n" + b"X-Long: " + b"a" * 20_000 + b"\r\n\r\n"
    (tmp_path / "new" / "1.host").write_bytes(header + b"text " * 100_000)
    mailbox = opened(tmp_path)
    (batch,) = mailbox.sweep(inbox(mailbox), None, None)
    assert batch.messages[0].data == header


def test_attachments_are_left_out_of_a_fetch(tmp_path: Path) -> None:
    make(tmp_path, ".")
    part = b"--b\n\nHere.\n--b\nContent-Type: image/png\n\n" + b"x" * 500_000 + b"\n--b--\n"
    (tmp_path / "new" / "1.host").write_bytes(b"Content-Type: multipart/mixed; boundary=b\n\n" + part)
    (message,) = opened(tmp_path).fetch([Ref("INBOX", "1.host")])
    assert b"Here." in message.data
    assert len(message.data) < 1_000


# --- drafts -----------------------------------------------------------------------------------------------------------

LETTER = b"Subject: Re: x\nMessage-ID: <ours@example.net>\n\nDear Dana\n"


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    make(tmp_path, ".", ".Drafts", ".Sent")
    return tmp_path / ".Drafts"


def test_a_draft_is_written_to_cur_with_its_flags_and_for_the_user_alone(drafts: Path) -> None:
    opened(drafts.parent).place(LETTER, "<ours@example.net>")
    (path,) = (drafts / "cur").iterdir()
    assert path.name.endswith(":2,DS")
    assert path.read_bytes() == LETTER
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list((drafts / "tmp").iterdir())
    assert not list((drafts / "new").iterdir())


def test_a_draft_takes_the_delimiter_that_the_folder_uses(drafts: Path) -> None:
    put(drafts / "cur" / "1.host;2,D")
    mailbox = opened(drafts.parent)
    ref = mailbox.place(LETTER, "<ours@example.net>")
    assert (drafts / "cur" / f"{ref.key};2,DS").exists()


def test_a_file_system_without_links_takes_drafts_too(drafts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    mailbox = opened(drafts.parent)
    ref = mailbox.place(LETTER, "<ours@example.net>")
    assert [message.ref for message in mailbox.drafts()] == [ref]
    assert not list((drafts / "tmp").iterdir())


def test_a_full_disk_refuses_the_draft_and_leaves_nothing(drafts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    mailbox = opened(drafts.parent)
    with pytest.raises(DraftRefused, match="No space left"):
        mailbox.place(LETTER, "<ours@example.net>")
    monkeypatch.undo()
    assert [path for path in drafts.rglob("*") if path.is_file()] == []


def test_an_account_without_drafts_refuses(tmp_path: Path) -> None:
    make(tmp_path, ".")
    mailbox = opened(tmp_path)
    with pytest.raises(DraftRefused, match="no folder for drafts"):
        mailbox.place(LETTER, "<ours@example.net>")
    with pytest.raises(DraftRefused):
        mailbox.drafts()


def test_a_draft_that_was_pushed_by_mbsync_keeps_its_key(drafts: Path) -> None:
    mailbox = opened(drafts.parent)
    ref = mailbox.place(LETTER, "<ours@example.net>")
    path = drafts / "cur" / f"{ref.key}:2,DS"
    path.rename(drafts / "cur" / f"{ref.key},U=12:2,DS")
    assert [message.ref for message in mailbox.drafts()] == [ref]
    assert mailbox.withdraw(ref, LETTER) is Removal.REMOVED


def test_other_line_ends_are_no_change(drafts: Path) -> None:
    mailbox = opened(drafts.parent)
    ref = mailbox.place(LETTER, "<ours@example.net>")
    assert mailbox.withdraw(ref, LETTER.replace(b"\n", b"\r\n")) is Removal.REMOVED


def test_a_draft_marked_as_deleted_is_gone(drafts: Path) -> None:
    mailbox = opened(drafts.parent)
    ref = mailbox.place(LETTER, "<ours@example.net>")
    path = drafts / "cur" / f"{ref.key}:2,DS"
    path.rename(drafts / "cur" / f"{ref.key}:2,DST")
    assert mailbox.drafts() == []
    assert mailbox.find("<ours@example.net>") == []
    assert mailbox.withdraw(ref, LETTER) is Removal.GONE
    assert (drafts / "cur" / f"{ref.key}:2,DST").exists()


def test_a_cursor_from_another_backend_resets(drafts: Path) -> None:
    put(drafts.parent / "new" / "1.host")
    mailbox = opened(drafts.parent)
    (batch,) = mailbox.sweep(inbox(mailbox), Cursor("INBOX", "12:345"), None)
    assert batch.reset
    assert len(batch.messages) == 1
