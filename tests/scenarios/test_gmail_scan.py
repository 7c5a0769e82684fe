"""A whole scan of a Gmail account by Google's interface: only drafts change, and one silence never gets two."""

from __future__ import annotations

import base64
import email
import email.policy
import email.utils
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.support.gmail import Gmail, GmailHarness, running
from tests.support.passes import FIXTURES, lying
from tests.support.scenarios import build, lay_out, load
from watcher.cli import main
from watcher.mailbox.gmail import GmailMailbox
from watcher.message.model import Folder, Ref, Role

ROLE = {"Sent": Role.SENT, "Archive": Role.ARCHIVE, "Drafts": Role.DRAFTS, "Spam": Role.JUNK, "Trash": Role.TRASH}


@pytest.fixture(scope="module")
def server() -> Iterator[Gmail]:
    with running() as gmail:
        yield gmail


@dataclass
class Account:
    """A user with a scenario's mail at Gmail, a config for it, and their browser."""

    told: dict[str, Any]
    gmail: GmailHarness
    config: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str, now: str = "", status: int = 0) -> Any:
        given = [*words, "--json", *(["--now", now or self.told["now"]] if words[0] in ("scan", "status") else [])]
        self.capsys.readouterr()
        assert main(["--config", str(self.config), *given]) == status, self.capsys.readouterr()
        return json.loads(self.capsys.readouterr().out)

    def later(self, **much: float) -> str:
        return (datetime.fromisoformat(self.told["now"]) + timedelta(**much)).isoformat()

    def messages(self) -> list[dict[str, Any]]:
        return [
            self.gmail.outside(f"messages/{entry['id']}?format=raw")
            for entry in self.gmail.outside("messages?includeSpamTrash=true&maxResults=500")["messages"]
        ]

    def mail(self) -> set[tuple[str, ...]]:
        """Everything but drafts."""
        return {
            (told["id"], told["raw"], told["threadId"], *sorted(told["labelIds"]))
            for told in self.messages()
            if "DRAFT" not in told["labelIds"]
        }

    def lying(self) -> dict[str, dict[str, Any]]:
        """What lies in Drafts, by Message-ID."""
        drafts = [told for told in self.messages() if "DRAFT" in told["labelIds"]]
        found = {lying(data_of(told)): told for told in drafts}
        assert len(found) == len(drafts)
        return found

    def states(self) -> dict[str, str]:
        return {draft["message_id"]: draft["state"] for draft in self.run("drafts")}

    def answer(self, draft: bytes, at: str) -> None:
        """The person whom a draft is to writes by themselves."""
        parsed = email.message_from_bytes(draft, policy=email.policy.default)
        reply, when = EmailMessage(policy=email.policy.SMTP), datetime.fromisoformat(at)
        reply["From"], reply["To"], reply["Subject"] = (str(parsed[name]) for name in ("To", "From", "Subject"))
        reply["Date"], reply["Message-ID"] = email.utils.format_datetime(when), "<an-answer@hiring.example>"
        reply["In-Reply-To"] = reply["References"] = str(parsed["In-Reply-To"])
        reply.set_content("Hello,\n\nWe are still talking to others and will be in touch by the end of next week.\n")
        self.gmail.deliver(Folder("INBOX", Role.INBOX), reply.as_bytes(), when)


def data_of(told: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64decode(told["raw"] + "==")


@pytest.fixture
def account(server: Gmail, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Account]:
    told = load(FIXTURES / "hamburg-purchasing-manager.yaml")
    gmail = GmailHarness(server, next(server.users))
    for entry in told["messages"]:
        role = ROLE.get(entry.get("folder", "INBOX"), Role.INBOX)
        gmail.deliver(Folder("", role), build(told, entry), datetime.fromisoformat(entry["date"]))
    config = lay_out(told, tmp_path)
    secret = tmp_path / "secret"
    secret.write_text(json.dumps(server.token(gmail.user)))
    config.write_text(
        f'{config.read_text().partition("[[accounts]]")[0]}[[accounts]]\nname = "remote"\nkind = "gmail"\n'
        f'endpoint = "{server.endpoint}"\npassword_command = {json.dumps(["cat", str(secret)])}\n'
    )
    server.calm()
    yield Account(told, gmail, config, capsys)
    gmail.close()


def test_only_drafts_has_changed_and_by_the_drafts_that_are_listed(account: Account) -> None:
    before, own = account.mail(), account.lying()
    account.run("scan", "--dry-run")
    assert account.lying() == own
    told = account.run("scan")
    assert account.mail() == before
    after = account.lying()
    made = account.states()
    assert len(made) >= 2
    assert set(after) - set(own) == set(made) == {line["message_id"] for line in told["drafted"]}
    assert set(made.values()) == {"pending"}


def test_nothing_but_reading_and_drafting_is_ever_asked(account: Account) -> None:
    account.run("scan")
    first = next(iter(account.states()))
    account.answer(data_of(account.lying()[first]), account.later(hours=1))
    account.run("scan", now=account.later(hours=2))
    assert account.states()[first] == "withdrawn"
    asked = {
        (entry["method"], entry["path"].split("/")[5] if "users" in entry["path"] else entry["path"])
        for entry in account.gmail.server.log()
    }
    assert asked == {
        ("POST", "/oauth2/token"), ("POST", "/batch"), ("GET", "profile"), ("GET", "labels"), ("GET", "messages"), ("GET", "history"),
        ("GET", "drafts"), ("POST", "drafts"), ("DELETE", "drafts"),
    }  # fmt: skip


def test_each_draft_lies_in_the_thread_that_it_answers(account: Account) -> None:
    account.run("scan")
    threads = {lying(data_of(told)): told["threadId"] for told in account.messages()}
    made = account.states()
    for name, told in account.lying().items():
        if name in made:
            parsed = email.message_from_bytes(data_of(told), policy=email.policy.default)
            assert told["threadId"] == threads[str(parsed["In-Reply-To"]).strip()]


def test_a_message_counts_once_whatever_number_of_labels_it_bears(account: Account) -> None:
    for name in ("Jobs", "Jobs/Applied"):
        account.gmail.outside("labels", {"name": name})
    labels = {one["name"]: one["id"] for one in account.gmail.outside("labels")["labels"]}
    for told in account.messages():
        if "DRAFT" not in told["labelIds"]:
            added = [labels["Jobs"], labels["Jobs/Applied"], "STARRED", "IMPORTANT"]
            account.gmail.outside(f"messages/{told['id']}/modify", {"addLabelIds": added, "removeLabelIds": []})
    account.config.write_text(account.config.read_text() + 'folders = ["Jobs", "Jobs/Applied"]\n')
    account.run("scan")
    told = account.run("status", "--all")["opportunities"]
    named = [message["message_id"] for one in told for message in one["messages"]]
    assert len(named) == len(set(named)) >= 5
    assert len(account.lying()) >= len(account.states()) >= 2  # `lying` finds no two alike


def test_a_second_scan_fetches_and_drafts_nothing(account: Account) -> None:
    account.run("scan")
    lying_before = account.lying()
    account.gmail.server.control("log", method="DELETE")
    told = account.run("scan", now=account.later(minutes=5))
    assert told["drafted"] == []
    assert account.lying() == lying_before
    batched = [entry["path"] for entry in account.gmail.server.log() if entry["batched"]]
    assert all("/drafts/" in path for path in batched)


def test_answers_that_are_lost_again_and_again_make_no_second_draft(account: Account) -> None:
    account.gmail.server.fault("POST .*/drafts$", drop="reset", after=True, times=-1)
    account.run("scan")
    account.run("scan", now=account.later(minutes=5))
    account.gmail.server.control("faults", method="DELETE")
    account.run("scan", now=account.later(minutes=10))
    made = account.states()
    assert set(made) <= set(account.lying())
    assert set(made.values()) == {"pending"}
    assert len(made) == len(set(made)) >= 2


def test_a_lost_answer_that_cannot_be_looked_into_is_healed_by_the_next_pass(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(mailbox: GmailMailbox, lost: Exception, *_: object) -> None:
        raise lost

    own = account.lying()
    account.gmail.server.fault("POST .*/drafts$", drop="reset", after=True)
    with monkeypatch.context() as patch:
        patch.setattr(GmailMailbox, "_found_after", give_up)
        account.run("scan", status=3)
    assert "intended" in account.states().values()
    account.run("scan", now=account.later(minutes=5))
    made = account.states()
    assert set(account.lying()) - set(own) == set(made)
    assert set(made.values()) == {"pending"}


def test_a_draft_that_gmail_has_rewritten_in_the_users_hands_is_left_alone(account: Account) -> None:
    account.run("scan")
    name = next(iter(account.states()))
    old = email.message_from_bytes(data_of(account.lying()[name]), policy=email.policy.default)
    new = EmailMessage(policy=email.policy.SMTP)
    for field in ("From", "To", "Subject", "In-Reply-To", "References"):
        new[field] = str(old[field])
    new["Message-ID"] = "<CAF-rewritten@mail.gmail.com>"
    new.set_content("Thank you, in my own words.\n")
    new.add_alternative('<div dir="ltr">Thank you, in my own words.</div>\n', subtype="html")
    account.gmail.edit_draft(name, new.as_bytes())
    before = account.lying()
    account.run("scan", now=account.later(minutes=5))
    assert account.states()[name] == "edited"
    account.answer(old.as_bytes(policy=email.policy.SMTP), account.later(hours=1))
    account.run("scan", now=account.later(hours=2))
    assert account.states()[name] == "stale"
    assert account.lying()["<CAF-rewritten@mail.gmail.com>"] == before["<CAF-rewritten@mail.gmail.com>"]


def test_a_draft_that_was_thrown_away_is_not_made_again(account: Account) -> None:
    account.run("scan")
    name = next(iter(account.states()))
    account.gmail.remove(Folder("", Role.DRAFTS), name)
    account.run("scan", now=account.later(minutes=5))
    account.run("scan", now=account.later(minutes=10))
    assert account.states()[name] == "discarded"
    assert name not in account.lying()


def test_a_draft_that_was_sent_is_seen_as_sent(account: Account) -> None:
    account.run("scan")
    name = next(iter(account.states()))
    data = data_of(account.lying()[name])
    account.gmail.remove(Folder("", Role.DRAFTS), name)
    account.gmail.deliver(Folder("", Role.SENT), data, datetime.fromisoformat(account.later(minutes=3)))
    account.run("scan", now=account.later(minutes=5))
    assert account.states()[name] == "sent"


def test_an_expired_history_is_read_anew_and_nothing_is_drafted_in_that_pass(account: Account) -> None:
    account.run("scan")
    made = account.states()
    account.gmail.server.control("history_floor", {"id": str(10**15)})
    assert account.run("scan", now=account.later(minutes=5))["drafted"] == []
    account.gmail.server.control("history_floor", {"id": "0"})
    account.run("scan", now=account.later(minutes=10))
    assert account.states() == made


@pytest.fixture
def rewriting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Gmail that gives every new draft a Message-ID of its own."""
    create = GmailMailbox._create

    def other_id(mailbox: GmailMailbox, message: bytes, thread: str) -> Ref:
        changed = re.sub(rb"(?im)^(Message-ID: <)(\w)", rb"\1CAF-\2", message, count=1)
        assert changed != message
        return create(mailbox, changed, thread)

    monkeypatch.setattr(GmailMailbox, "_create", other_id)


def test_no_second_draft_is_made_where_gmail_changes_message_ids(account: Account, rewriting: None) -> None:
    own = account.lying()
    account.run("scan")
    made = set(account.lying()) - set(own)
    for minutes in (5, 10, 24 * 60):
        account.run("scan", now=account.later(minutes=minutes))
        assert set(account.lying()) - set(own) >= made
    threads = [told["threadId"] for told in account.lying().values()]
    assert len(threads) == len(set(threads))


def test_a_lost_answer_makes_no_second_draft_where_gmail_changes_message_ids(account: Account, rewriting: None) -> None:
    account.gmail.server.fault("POST .*/drafts$", drop="reset", after=True, times=-1)
    account.run("scan")
    account.gmail.server.control("faults", method="DELETE")
    account.run("scan", now=account.later(minutes=5))
    assert set(account.states().values()) == {"pending"}
    threads = [told["threadId"] for told in account.lying().values()]
    assert len(threads) == len(set(threads)) >= 2
