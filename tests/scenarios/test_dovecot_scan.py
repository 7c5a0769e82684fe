"""A whole scan of a real IMAP account: only Drafts changes, and there only what the record of drafts tells."""

from __future__ import annotations

import email
import email.policy
import email.utils
import itertools
import json
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.support.dovecot import PASSWORD, Dovecot, OtherClient, running
from tests.support.passes import FIXTURES, lying
from tests.support.scenarios import build, lay_out, load
from watcher.cli import main
from watcher.message.model import Role

USERS = (f"seeker{number}" for number in itertools.count())
ROLE = {"Sent": Role.SENT, "Archive": Role.ARCHIVE, "Drafts": Role.DRAFTS, "Spam": Role.JUNK, "Trash": Role.TRASH}


@pytest.fixture(scope="module", params=["standard", "german", "without_uidplus"])
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    with running(request.param) as dovecot:
        yield dovecot


@dataclass
class Account:
    """A user with a scenario's mail on the server, a config for it, and their other mail program."""

    told: dict[str, Any]
    server: Dovecot
    user: str
    config: Path
    other: OtherClient
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str, now: str = "", status: int = 0) -> Any:
        given = [*words, "--json", *(["--now", now or self.told["now"]] if words[0] in ("scan", "status") else [])]
        self.capsys.readouterr()
        assert main(["--config", str(self.config), *given]) == status
        return json.loads(self.capsys.readouterr().out)

    def later(self, **much: float) -> str:
        return (datetime.fromisoformat(self.told["now"]) + timedelta(**much)).isoformat()

    @property
    def drafts(self) -> str:
        return self.server.path(Role.DRAFTS)

    def mail(self) -> dict[str, Hashable]:
        """Everything but Drafts, as an independent reader finds it."""
        from imapclient.imap_utf7 import encode

        drafts = encode(self.drafts).decode()
        return {name: self.other.snapshot(name) for name in self.other.folders() if name != drafts}

    def lying(self) -> dict[str, bytes]:
        """What lies in Drafts, by Message-ID."""
        from imapclient.imap_utf7 import encode

        found: Any = self.other.snapshot(encode(self.drafts).decode())
        return {lying(data): data for _, data in found[2]}

    def states(self) -> dict[str, str]:
        return {draft["message_id"]: draft["state"] for draft in self.run("drafts")}

    def number_anew(self, folder: str) -> None:
        """The folder gets another UIDVALIDITY, and its mail other UIDs, as after a server's move or repair."""
        from imapclient.imap_utf7 import encode

        before: Any = self.other.snapshot(encode(folder).decode())
        self.other.close()
        wire = encode(folder.removeprefix(self.server.flavour.prefix)).decode()
        inside = self.server.folder / "mail" / self.user / "Maildir" / ("" if folder == "INBOX" else f".{wire}")
        for file in (inside / "dovecot-uidlist", *inside.glob("dovecot.index*")):
            file.unlink()
        self.other = OtherClient(self.server, self.user)
        after: Any = self.other.snapshot(encode(folder).decode())
        assert before[1] != after[1]
        assert sorted(data for _, data in before[2]) == sorted(data for _, data in after[2])

    def answer(self, draft: bytes, at: str) -> None:
        """The person whom a draft is to writes by themselves."""
        parsed = email.message_from_bytes(draft, policy=email.policy.default)
        when = datetime.fromisoformat(at)
        reply = EmailMessage(policy=email.policy.SMTP)
        reply["From"], reply["To"] = str(parsed["To"]), str(parsed["From"])
        reply["Subject"] = str(parsed["Subject"])
        reply["Date"] = email.utils.format_datetime(when)
        reply["Message-ID"] = "<an-answer@hiring.example>"
        reply["In-Reply-To"] = reply["References"] = str(parsed["In-Reply-To"])
        reply.set_content(
            "Hello,\n\nThank you for your patience. We are still talking to others and will let you know by "
            "the end of next week.\n\nKind regards\n"
        )
        self.other.append("INBOX", reply.as_bytes(), when)


def config_of(folder: Path, server: Dovecot, user: str, password: str) -> str:
    (folder / "secret").write_text(password)
    return (
        f'[[accounts]]\nname = "remote"\nkind = "imap"\nhost = "{server.host}"\nport = {server.imaps_port}\n'
        f'user = "{user}"\nca = {json.dumps(server.ca)}\n'
        f"password_command = {json.dumps(['cat', str(folder / 'secret')])}\n"
    )


@pytest.fixture
def account(server: Dovecot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Account]:
    told = load(FIXTURES / "hamburg-purchasing-manager.yaml")
    user = next(USERS)
    other = OtherClient(server, user)
    for number, entry in enumerate(told["messages"]):
        name = entry.get("folder", "INBOX")
        folder = server.path(ROLE[name]) if name != "INBOX" else name
        flags = "(\\Draft)" if name == "Drafts" else ("(\\Seen \\Flagged)", "(\\Answered)", "")[number % 3]
        other.append(folder, build(told, entry), datetime.fromisoformat(entry["date"]), flags)
    config = lay_out(told, tmp_path)
    tables = config.read_text().partition("[[accounts]]")[0]
    config.write_text(tables + config_of(tmp_path, server, user, PASSWORD))
    account = Account(told, server, user, config, other, capsys)
    yield account
    account.other.close()


def test_only_drafts_has_changed_and_by_the_drafts_that_are_listed(account: Account) -> None:
    before, own = account.mail(), account.lying()
    account.run("scan", "--dry-run")
    assert account.mail() == before
    assert account.lying() == own
    told = account.run("scan")
    assert account.mail() == before
    after = account.lying()
    made = {draft["message_id"]: draft for draft in account.run("drafts")}
    assert len(made) >= 2
    assert set(after) - set(own) == set(made) == {line["message_id"] for line in told["drafted"]}
    assert {name: after[name] for name in own} == own
    assert {draft["state"] for draft in made.values()} == {"pending"}
    for name, draft in made.items():
        found = email.message_from_bytes(after[name], policy=email.policy.default)
        assert str(found["Subject"]) == draft["subject"]
        assert draft["to"] in str(found["To"])


def test_a_second_scan_makes_no_second_draft(account: Account) -> None:
    account.run("scan")
    drafts = account.lying()
    assert account.run("scan")["drafted"] == []
    assert account.lying() == drafts


def test_a_lost_database_makes_no_second_draft_and_its_drafts_are_known_again(account: Account) -> None:
    account.run("scan")
    drafts, states = account.lying(), account.states()
    for file in account.config.parent.glob("state.db*"):
        file.unlink()
    assert account.run("scan")["drafted"] == []
    assert account.lying() == drafts
    assert account.states() == states


def test_a_draft_that_the_user_deletes_is_not_made_again(account: Account) -> None:
    account.run("scan")
    name = next(iter(account.states()))
    account.other.expunge(account.drafts, name)
    rest = account.lying()
    for now in ("", account.later(hours=2), account.later(days=1)):
        assert account.run("scan", now=now)["drafted"] == []
        assert account.lying() == rest
    assert account.states()[name] == "discarded"


def test_a_draft_that_the_user_edits_is_never_touched(account: Account) -> None:
    account.run("scan")
    name = next(iter(account.states()))
    draft = account.lying()[name]
    edited = draft.replace(name.encode(), b"<edited@client.example>").replace(b"\r\n\r\n", b"\r\n\r\nDear me! ", 1)
    account.other.expunge(account.drafts, name)
    account.other.append(account.drafts, edited, flags="(\\Draft \\Seen)")
    account.run("scan", now=account.later(hours=1))
    assert account.states()[name] == "edited"
    account.answer(draft, account.later(hours=3))
    account.run("scan", now=account.later(hours=4))
    assert account.states()[name] == "stale"
    account.run("scan", now=account.later(days=40))
    assert account.lying()["<edited@client.example>"] == edited
    assert name not in account.lying()


def test_their_answer_takes_back_that_draft_alone_in_one_pass(account: Account) -> None:
    account.run("scan")
    drafts, name = account.lying(), next(iter(account.states()))
    account.answer(drafts[name], account.later(hours=3))
    before = account.mail()
    told = account.run("scan", now=account.later(hours=4))
    assert [line["why"] for line in told["withdrawn"]] == ["they wrote"]
    assert told["drafted"] == []
    assert account.states()[name] == "withdrawn"
    assert account.lying() == {key: data for key, data in drafts.items() if key != name}
    trash = next(box for box in before if box.endswith(("Trash", "Papierkorb")))
    after = account.mail()
    assert {box: mail for box, mail in after.items() if box != trash} == {
        box: mail for box, mail in before.items() if box != trash
    }
    if "UIDPLUS" not in account.server.flavour.hidden:
        assert after == before


def test_a_wrong_password_is_told_and_the_other_account_is_scanned(account: Account, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    told = load(FIXTURES / "hamburg-purchasing-manager.yaml")
    both = lay_out(told, beside).read_text() + config_of(tmp_path, account.server, account.user, "wrong")
    account.config.write_text(both)
    said = account.run("scan", status=3)
    remote = next(each for each in said["accounts"] if each["name"] == "remote")
    assert account.server.host in remote["error"]
    assert "password" in remote["error"]
    assert {line["account"] for line in said["drafted"]} == {"scenario"}
    assert len(list((beside / "mail" / ".Drafts" / "cur").iterdir())) >= 2
    shown = account.run("status")
    assert [bool(each["error"]) for each in shown["accounts"]] == [False, True]


def test_a_password_command_that_fails_is_told_like_that(account: Account) -> None:
    text = account.config.read_text()
    start = text.index("\npassword_command") + 1
    account.config.write_text(text[:start] + 'password_command = ["false"]\n')
    said = account.run("scan", status=3)
    assert "password_command" in said["accounts"][0]["error"]


@pytest.mark.parametrize("role", [Role.DRAFTS, Role.INBOX, Role.SENT])
def test_a_folder_that_is_numbered_anew_leads_to_no_second_draft(account: Account, role: Role) -> None:
    account.run("scan")
    drafts, states = account.lying(), account.states()
    account.number_anew(account.server.path(role))
    for hours in (0, 1, 2):
        assert account.run("scan", now=account.later(hours=hours))["drafted"] == []
        assert account.lying() == drafts
        assert account.states() == states
