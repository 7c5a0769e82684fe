"""Gmail by its own interface keeps to the contract of a mailbox, and what is Gmail's own."""

from __future__ import annotations

import gzip
import json
import logging
import re
import threading
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.mailbox_contract import NOON, MailboxContract, draft, mail, sweep
from tests.support.gmail import READONLY, FixedTokens, Gmail, GmailHarness, running
from watcher.daemon.pauses import pause
from watcher.errors import CredentialsRejected, DraftRefused, MailboxUnavailable
from watcher.mailbox.base import Removal, Waiting
from watcher.mailbox.gmail import GmailMailbox
from watcher.mailbox.gmail_refusals import LONGEST, LOST_TRIES, MOST, TRIES
from watcher.mailbox.gmail_wire import TIMEOUT, Wire, _unpacked
from watcher.message import parse_header
from watcher.message.model import Account, Role


@pytest.fixture(scope="module")
def server() -> Iterator[Gmail]:
    with running() as gmail:
        yield gmail


@pytest.fixture
def box(server: Gmail) -> Iterator[GmailHarness]:
    harness = GmailHarness(server, next(server.users))
    yield harness
    harness.close()


class TestGmail(MailboxContract):
    pass


# --- what is Gmail's own -----------------------------------------------------------------------------------------

FORBIDDEN = ("send", "modify", "trash", "untrash", "insert", "import", "batchModify", "batchDelete")
PERMITTED = {
    ("GET", "profile"), ("GET", "labels"), ("GET", "messages"), ("GET", "messages/ID"), ("GET", "history"),
    ("GET", "drafts"), ("GET", "drafts/ID"), ("POST", "drafts"), ("DELETE", "drafts/ID"), ("POST", "/batch"),
}  # fmt: skip


def asked(log: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """The requests of a log as method and kind of path."""
    shape = re.compile(r"/gmail/v1/users/me/(\w+)(/[\w-]+)?")
    found = set()
    for entry in log:
        match = shape.fullmatch(entry["path"])
        found.add((entry["method"], match[1] + ("/ID" if match[2] else "") if match else entry["path"]))
    return found


def test_no_request_of_a_whole_life_sends_or_changes_any_mail(box: GmailHarness) -> None:
    inbox, mailbox = box.folder(Role.INBOX), box.inner
    box.deliver(inbox, mail("one"), NOON)
    box.deliver(box.folder(Role.SENT), draft("letter"), NOON)
    cursors = {}
    for folder in mailbox.folders():
        seen = sweep(mailbox, folder)
        list(mailbox.fetch([message.ref for message in seen.messages]))
        cursors[folder] = seen.cursor
    first = mailbox.place(draft("first"), "<first@example.net>")
    second = mailbox.place(draft("second"), "<second@example.net>")
    mailbox.find("<first@example.net>")
    box.edit_draft("<second@example.net>", draft("second", body="My own words.\r\n"))
    lying = {message.ref: message.data for message in mailbox.drafts()}
    assert mailbox.withdraw(first, lying[first]) is Removal.REMOVED
    assert mailbox.withdraw(second, draft("second")) is Removal.CHANGED
    box.server.control("history_floor", {"id": str(10**15)})
    for folder, cursor in cursors.items():
        sweep(mailbox, folder, cursor)
    log = box.server.log()
    assert asked(log) == PERMITTED
    assert not [entry for entry in log if entry["path"].rpartition("/")[2] in FORBIDDEN]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "messages/send"), ("POST", "drafts/send"), ("POST", "messages"), ("POST", "messages/import"),
        ("POST", "messages/a1/modify"), ("POST", "messages/a1/trash"), ("DELETE", "messages/a1"), ("PUT", "drafts/r1"),
        ("POST", "messages/batchModify"), ("POST", "threads/a1/trash"), ("GET", "settings/forwardingAddresses"),
        ("POST", "labels"), ("POST", "watch"), ("DELETE", "threads/a1"),
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_never_leaves_the_machine(box: GmailHarness, method: str, path: str) -> None:
    box.server.control("log", method="DELETE")
    wire = Wire("personal", FixedTokens("any"), endpoint=box.server.endpoint)
    uri = f"{box.server.endpoint}/gmail/v1/users/me/{path}"
    with pytest.raises(MailboxUnavailable, match="does not ask"):
        wire.request(uri, method)
    inner = f"--b\r\nContent-Type: application/http\r\n\r\n{method} /gmail/v1/users/me/{path} HTTP/1.1\r\n\r\n--b--"
    with pytest.raises(MailboxUnavailable, match="does not ask"):
        wire.request(f"{box.server.endpoint}/batch", "POST", inner)
    assert box.server.log() == []


def test_the_token_is_given_to_no_other_server(box: GmailHarness) -> None:
    wire = Wire("personal", FixedTokens("any"))
    for uri in (
        "https://gmail.googleapis.com.example.net/gmail/v1/users/me/drafts",
        "http://gmail.googleapis.com/gmail/v1/users/me/drafts",
    ):
        with pytest.raises(MailboxUnavailable, match="does not ask"):
            wire.request(uri)


def test_each_message_lies_in_one_of_the_folders_that_are_swept(box: GmailHarness) -> None:
    box.deliver(box.folder(Role.INBOX), mail("in"), NOON)
    box.deliver(box.folder(Role.SENT), draft("out"), NOON)
    box.deliver(box.folder(Role.ARCHIVE), mail("kept"), NOON)
    box.deliver(box.folder(Role.TRASH), mail("binned"), NOON)
    box.deliver(box.folder(Role.JUNK), mail("spam"), NOON)
    box.mailbox.place(draft("ours"), "<ours@example.net>")
    swept = {
        role: sweep(box.mailbox, box.folder(role)).subjects
        for role in (Role.INBOX, Role.SENT, Role.ARCHIVE, Role.TRASH)
    }
    assert swept == {Role.INBOX: ["in"], Role.SENT: ["Re: out"], Role.ARCHIVE: ["kept"], Role.TRASH: ["binned"]}


def test_mail_that_is_archived_goes_from_the_inbox_to_the_archive(box: GmailHarness) -> None:
    inbox, archive = box.folder(Role.INBOX), box.folder(Role.ARCHIVE)
    key = box.deliver(inbox, mail("one"), NOON)
    there, here = sweep(box.mailbox, inbox), sweep(box.mailbox, archive)
    box.label("<one@acme.example>", removed="INBOX")
    assert sweep(box.mailbox, inbox, there.cursor).vanished == {key}
    assert sweep(box.mailbox, archive, here.cursor).subjects == ["one"]


def test_mail_from_before_the_window_is_not_lost_when_it_is_archived(box: GmailHarness) -> None:
    inbox, archive = box.folder(Role.INBOX), box.folder(Role.ARCHIVE)
    box.deliver(inbox, mail("one"), NOON - timedelta(days=90))
    since = NOON - timedelta(days=30)
    here = sweep(box.mailbox, archive, None, since)
    box.label("<one@acme.example>", removed="INBOX")
    assert sweep(box.mailbox, archive, here.cursor, since).subjects == ["one"]


def test_a_label_of_the_user_is_a_folder(box: GmailHarness) -> None:
    box.outside("labels", {"name": "Job hunt"})
    key = box.deliver(box.folder(Role.INBOX), mail("one"), NOON)
    folder = next(folder for folder in box.mailbox.folders() if folder.name == "Job hunt")
    before = sweep(box.mailbox, folder)
    label = next(one["id"] for one in box.outside("labels")["labels"] if one["name"] == "Job hunt")
    box.label("<one@acme.example>", added=label)
    assert [message.ref.key for message in sweep(box.mailbox, folder, before.cursor).messages] == [key]


def test_an_expired_history_leads_to_a_rescan_of_the_window_alone(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("old"), NOON - timedelta(days=90))
    box.deliver(inbox, mail("young"), NOON)
    first = sweep(box.mailbox, inbox)
    box.deliver(inbox, mail("new"), NOON)
    box.server.control("history_floor", {"id": str(10**15)})
    second = sweep(box.mailbox, inbox, first.cursor, NOON - timedelta(days=30))
    assert second.reset
    assert second.subjects == ["new", "young"]
    box.server.control("history_floor", {"id": "0"})
    assert not sweep(box.mailbox, inbox, second.cursor).reset


def test_a_listing_that_is_cut_off_goes_on_where_it_stopped(box: GmailHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.mailbox.gmail_sweep.CHUNK", 3)
    inbox = box.folder(Role.INBOX)
    for number in range(10):
        box.deliver(inbox, mail(f"m{number}"), NOON + timedelta(minutes=number))
    batches = box.mailbox.sweep(inbox, None, None)
    got = [next(batches), next(batches)]
    assert (got[-1].done, got[-1].total) == (6, 10)
    box.deliver(inbox, mail("meanwhile"), NOON + timedelta(hours=1))
    other = box.reopen()
    rest = sweep(other, inbox, got[-1].cursor)
    assert rest.subjects == ["m0", "m1", "m2", "m3"]
    assert sweep(other, inbox, rest.cursor).subjects == ["meanwhile"]
    other.close()


def test_nothing_new_costs_one_request(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one"), NOON)
    cursor = sweep(box.mailbox, inbox).cursor
    box.server.control("log", method="DELETE")
    assert sweep(box.mailbox, inbox, cursor).messages == []
    assert [entry["path"].rpartition("/")[2] for entry in box.server.log()] == ["history"]


def test_a_look_with_nothing_new_asks_for_history_once_for_all_folders(box: GmailHarness) -> None:
    folders = [folder for folder in box.mailbox.folders() if folder.role is not Role.DRAFTS]
    cursors = {}
    for folder in folders:  # so that the cursors of the first listings are not all the same
        box.deliver(box.folder(Role.INBOX), mail(folder.role.value), NOON)
        cursors[folder] = sweep(box.mailbox, folder).cursor
    for _ in range(2):
        box.server.control("log", method="DELETE")
        box.mailbox.folders()
        cursors = {folder: sweep(box.mailbox, folder, cursors[folder]).cursor for folder in folders}
        asked = [entry["path"].rpartition("/")[2] for entry in box.server.log()]
        assert asked.count("history") == 1
    assert asked == ["labels", "history"]


def test_what_history_told_for_one_folder_is_good_for_the_others_and_for_no_later_look(box: GmailHarness) -> None:
    inbox, sent = box.folder(Role.INBOX), box.folder(Role.SENT)
    first, second = (sweep(box.mailbox, folder).cursor for folder in (inbox, sent))
    box.deliver(inbox, mail("one"), NOON)
    box.deliver(sent, draft("letter"), NOON)
    box.mailbox.folders()
    box.server.control("log", method="DELETE")
    one, letter = sweep(box.mailbox, inbox, first), sweep(box.mailbox, sent, second)
    assert (one.subjects, letter.subjects) == (["one"], ["Re: letter"])
    assert len([entry for entry in box.server.log() if entry["path"].endswith("history")]) == 1
    box.deliver(inbox, mail("two"), NOON)  # while the pass goes on; no folder is looked into twice by what was heard
    assert sweep(box.mailbox, inbox, one.cursor).subjects == ["two"]
    assert sweep(box.mailbox, sent, letter.cursor).subjects == []


def test_only_header_fields_are_asked_for_in_a_sweep(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one", extra="X-Weather: fine\r\nList-Id: <jobs.example>\r\n"), NOON)
    (message,) = sweep(box.mailbox, inbox).messages
    assert b"List-Id: <jobs.example>" in message.data
    assert b"X-Weather" not in message.data
    gets = [entry["query"] for entry in box.server.log() if entry["batched"]]
    assert {(query["format"], "payload/headers" in query["fields"]) for query in gets} == {("metadata", True)}


def test_header_fields_count_however_their_names_are_written(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    shouted = mail("one").replace(b"Subject:", b"SUBJECT:").replace(b"Message-ID:", b"message-id:")
    box.deliver(inbox, shouted.replace(b"To:", b"CC:"), NOON)
    (message,) = sweep(box.mailbox, inbox).messages
    header = parse_header(message)
    assert (header.subject, header.message_id) == ("one", "<one@acme.example>")
    assert [address.address for address in header.cc] == ["alex@example.net"]
    queries = [entry["query"] for entry in box.server.log() if entry["batched"]]
    assert queries
    assert not any("metadataHeaders" in query for query in queries)


def test_a_draft_lies_in_the_thread_it_answers(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one"), NOON)
    (asked_by,) = sweep(box.mailbox, inbox).messages
    assert asked_by.thread
    box.mailbox.place(draft("ours"), "<ours@example.net>", asked_by.thread)
    (ours,) = box.mailbox.drafts()
    assert ours.thread == asked_by.thread


def test_an_edited_draft_keeps_its_key(box: GmailHarness) -> None:
    ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
    (before,) = box.drafts()
    assert box.mailbox.drafts()[0].data
    box.edit_draft("<ours@example.net>", draft("ours", body="<div>my words</div>\r\n"))
    (after,) = box.drafts()
    assert before["message"]["id"] != after["message"]["id"]
    (message,) = box.mailbox.drafts()
    assert message.ref == ref
    assert b"my words" in message.data


def test_drafts_that_have_not_changed_are_not_fetched_again(box: GmailHarness) -> None:
    box.mailbox.place(draft("ours"), "<ours@example.net>")
    assert len(box.mailbox.drafts()) == 1
    box.server.control("log", method="DELETE")
    assert len(box.mailbox.drafts()) == 1
    assert asked(box.server.log()) == {("GET", "drafts")}


@pytest.mark.parametrize("drop", ["reset", "cut"])
def test_a_lost_answer_to_a_draft_does_not_make_two(box: GmailHarness, drop: str) -> None:
    box.server.fault("POST .*/drafts$", drop=drop, after=True)
    ref = box.mailbox.place(draft("ours"), "<ours@example.net>")
    assert [message.ref for message in box.mailbox.drafts()] == [ref]


def test_a_request_for_a_draft_that_never_arrived_is_told_and_not_repeated(box: GmailHarness) -> None:
    box.server.control("log", method="DELETE")
    box.server.fault("POST .*/drafts$", drop="reset")
    with pytest.raises(MailboxUnavailable):
        box.mailbox.place(draft("ours"), "<ours@example.net>")
    assert box.drafts() == []
    assert sum(entry["method"] == "POST" and entry["path"].endswith("/drafts") for entry in box.server.log()) == 1


def test_a_draft_whose_answer_does_not_come_in_time_is_not_made_twice(box: GmailHarness) -> None:
    mailbox = box.make(timeout=0.5)
    mailbox.open()
    box.server.fault("POST .*/drafts$", drop="hang", after=True)
    mailbox.place(draft("ours"), "<ours@example.net>")
    mailbox.close()
    assert len(box.drafts()) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_fault_while_a_draft_is_made_is_never_answered_by_a_second(box: GmailHarness, status: int) -> None:
    box.server.fault("POST .*/drafts$", status=status, times=-1)
    with pytest.raises(MailboxUnavailable):
        box.mailbox.place(draft("ours"), "<ours@example.net>")
    assert sum(entry["method"] == "POST" and entry["path"].endswith("/drafts") for entry in box.server.log()) == 1


def test_a_draft_that_gmail_refuses_is_told_as_refused(box: GmailHarness) -> None:
    box.server.fault("POST .*/drafts$", status=400, reason="invalidArgument")
    with pytest.raises(DraftRefused, match="invalidArgument"):
        box.mailbox.place(draft("ours"), "<ours@example.net>")


def test_a_thread_that_is_gone_does_not_keep_the_draft_from_being_made(box: GmailHarness) -> None:
    box.server.fault("POST .*/drafts$", status=404, reason="notFound")
    box.mailbox.place(draft("ours"), "<ours@example.net>", "0123456789abcdef")
    assert len(box.drafts()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retryAfter": 7}, {"status": 403, "reason": "rateLimitExceeded"},
        {"status": 403, "reason": "userRateLimitExceeded"}, {"status": 500}, {"status": 503}, {"drop": "reset"},
        {"drop": "cut"},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("where", ["GET .*/labels$", "GET .*/messages/"], ids=["alone", "batched"])
def test_reading_waits_and_goes_on(box: GmailHarness, fault: dict[str, Any], where: str) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one"), NOON)
    if "drop" in fault and "messages" in where:
        where = "POST /batch"
    box.server.fault(where, **fault)
    box.mailbox.folders()
    assert sweep(box.mailbox, inbox).subjects == ["one"]
    assert box.waits == ([7.0] if "retryAfter" in fault else [1.0]) or where == "POST /batch"


def test_a_server_that_stays_busy_is_told_as_unavailable(box: GmailHarness) -> None:
    box.server.fault("GET .*/labels$", status=429, times=-1)
    with pytest.raises(MailboxUnavailable, match="less often"):
        box.mailbox.folders()
    assert box.waits == [1, 2, 4, 8, 16, 25]


@pytest.mark.parametrize("where", ["GET .*/labels$", "GET .*/messages/"], ids=["alone", "batched"])
@pytest.mark.parametrize("seconds", [60, 1800])
def test_google_is_never_asked_earlier_than_it_wants_and_what_takes_long_is_left_to_the_daemon(
    box: GmailHarness, where: str, seconds: int
) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one"), NOON)
    box.server.fault(where, status=429, retryAfter=seconds, times=-1)
    with pytest.raises(MailboxUnavailable, match="less often") as caught:
        box.mailbox.folders() if "labels" in where else sweep(box.mailbox, inbox)
    assert box.waits == ([60, 60] if seconds == 60 else [])
    assert (pause(caught.value, 1, 0.0) or 0) >= seconds


@pytest.mark.parametrize("where", ["GET .*/labels$", "POST /batch"])
def test_a_server_that_never_answers_is_given_up_before_a_watchdog_takes_notice(box: GmailHarness, where: str) -> None:
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one"), NOON)
    box.server.fault(where.replace("POST /batch", "GET .*/messages/"), status=500, times=-1)
    with pytest.raises(MailboxUnavailable, match="out of order"):
        box.mailbox.folders() if "labels" in where else sweep(box.mailbox, inbox)
    assert box.waits == [1, 2, 4]
    assert LOST_TRIES * TIMEOUT + sum(box.waits) < 180 > MOST
    assert TRIES * LONGEST < 180


def test_cutting_ends_what_another_thread_is_doing(box: GmailHarness) -> None:
    mailbox = box.make(timeout=30.0)
    mailbox.open()
    box.server.fault("GET .*/labels$", drop="hang")
    cutting = threading.Timer(0.2, mailbox.cut)
    cutting.start()
    with pytest.raises(MailboxUnavailable):
        mailbox.folders()
    cutting.join()
    mailbox.close()
    mailbox.open()
    assert mailbox.folders()
    mailbox.close()


def test_it_says_that_it_cannot_wait_for_mail(box: GmailHarness) -> None:
    assert isinstance(box.mailbox, Waiting)
    assert not box.mailbox.can_wait()


def test_answers_come_packed_and_one_that_is_cut_off_is_asked_for_again(box: GmailHarness) -> None:
    wire = Wire("personal", FixedTokens(box.server.token(box.user)["token"]), endpoint=box.server.endpoint)
    answer, content = wire.request(f"{box.server.endpoint}/gmail/v1/users/me/profile")
    assert json.loads(content)["emailAddress"] == box.user
    assert int(answer["content-length"]) != len(content)
    with pytest.raises(zlib.error):
        _unpacked(b"plain", "gzip")
    with pytest.raises(ValueError, match="cut off"):
        _unpacked(gzip.compress(b"words" * 1000)[:-9], "gzip")
    with pytest.raises(ValueError, match="not asked for"):
        _unpacked(b"any", "br")


def test_closing_ends_the_waiting(box: GmailHarness) -> None:
    mailbox = box.make(wait=lambda _: True)
    mailbox.open()
    box.server.fault("GET .*/labels$", status=429, times=-1)
    with pytest.raises(MailboxUnavailable):
        mailbox.folders()
    assert sum(entry["path"].endswith("/labels") for entry in box.server.log()) == 1


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("insufficientPermissions", "watcher login personal"),
        ("accessNotConfigured", "Turn on"),
        ("domainPolicy", "administrator"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(box: GmailHarness, reason: str, remedy: str) -> None:
    box.server.fault("GET .*/labels$", status=403, reason=reason)
    with pytest.raises(CredentialsRejected) as caught:
        box.mailbox.folders()
    assert remedy in caught.value.remedy


def test_an_expired_token_is_renewed_once_and_the_request_made_again(box: GmailHarness) -> None:
    box.server.control("log", method="DELETE")
    fresh = box.server.token(box.user)["token"]
    wire = Wire("personal", FixedTokens("ya29.expired", fresh), endpoint=box.server.endpoint)
    mailbox = GmailMailbox(Account("personal"), wire)
    mailbox.open()
    mailbox.place(draft("ours"), "<ours@example.net>")
    assert mailbox.address == box.user
    mailbox.close()
    assert len(box.drafts()) == 1


def test_a_token_that_expires_before_a_batch_is_renewed_and_what_it_asked_for_is_asked_again(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    for number in range(3):
        box.deliver(inbox, mail(f"m{number}"), NOON)
    first, second = (box.server.token(box.user)["token"] for _ in range(2))
    wire = Wire("personal", FixedTokens(first, second), endpoint=box.server.endpoint)
    mailbox = GmailMailbox(Account("personal", (box.user,)), wire)
    mailbox.open()
    refs = [message.ref for message in sweep(mailbox, inbox).messages]
    box.server.control("expire", {"token": first})
    assert len(list(mailbox.fetch(refs))) == 3
    box.server.control("expire", {"token": second})
    with pytest.raises(CredentialsRejected):
        list(mailbox.fetch(refs))
    mailbox.close()


def test_history_is_read_to_its_end_page_by_page(box: GmailHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.mailbox.gmail_sweep.PAGE", 2)
    inbox, sent = box.folder(Role.INBOX), box.folder(Role.SENT)
    first, second = (sweep(box.mailbox, folder).cursor for folder in (inbox, sent))
    for number in range(7):
        box.deliver(inbox, mail(f"m{number}"), NOON)
    box.deliver(sent, draft("letter"), NOON)
    box.mailbox.folders()
    seen = sweep(box.mailbox, inbox, first)
    assert sorted(seen.subjects) == [f"m{number}" for number in range(7)]
    assert sweep(box.mailbox, sent, second).subjects == ["Re: letter"]
    assert sweep(box.mailbox, inbox, seen.cursor).messages == []


def test_a_token_that_is_refused_again_is_told_as_rejected(box: GmailHarness) -> None:
    wire = Wire("personal", FixedTokens("ya29.one", "ya29.two"), endpoint=box.server.endpoint)
    with pytest.raises(CredentialsRejected, match="does not let personal in") as caught:
        GmailMailbox(Account("personal"), wire).open()
    assert "ya29" not in f"{caught.value}{caught.value.__cause__}"


def test_an_account_that_may_only_be_read_is_asked_for_nothing_else(box: GmailHarness) -> None:
    mailbox = box.make(READONLY, drafting=False)
    mailbox.open()
    box.deliver(box.folder(Role.INBOX), mail("one"), NOON)
    assert sweep(mailbox, box.folder(Role.INBOX)).subjects == ["one"]
    assert mailbox.drafts() == []
    with pytest.raises(DraftRefused, match="only read"):
        mailbox.place(draft("ours"), "<ours@example.net>")
    mailbox.close()
    assert not [entry for entry in box.server.log() if entry["method"] == "POST" and entry["path"] != "/batch"]


def test_neither_tokens_nor_mail_are_logged(box: GmailHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "watcher")
    caplog.set_level(logging.WARNING)
    inbox = box.folder(Role.INBOX)
    box.deliver(inbox, mail("one", subject="Unspoken"), NOON)
    box.server.fault("GET .*/labels$", status=403, reason="rateLimitExceeded")
    box.mailbox.folders()
    list(box.mailbox.fetch([message.ref for message in sweep(box.mailbox, inbox).messages]))
    box.mailbox.place(draft("unspoken"), "<unspoken@example.net>")
    assert "ya29" not in caplog.text
    assert "nspoken" not in caplog.text


def test_attachments_are_left_out_of_what_is_handed_on(box: GmailHarness) -> None:
    inbox = box.folder(Role.INBOX)
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nsee attached\r\n--b\r\nContent-Type: application/pdf; name=plan.pdf\r\n"
        "Content-Disposition: attachment; filename=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + "QUJD\r\n" * 40_000 + "--b--\r\n"
    )  # fmt: skip
    data = mail("big", body=body).replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b", 1)
    box.deliver(inbox, data, NOON)
    (message,) = box.mailbox.fetch([found.ref for found in sweep(box.mailbox, inbox).messages])
    assert b"see attached" in message.data
    assert b"plan.pdf" in message.data
    assert len(message.data) < 2_000
