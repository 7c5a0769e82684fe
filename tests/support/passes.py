"""Passes over a mailbox in memory, and a small story of two accounts, for tests of the whole pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.scenarios import build, lay_out
from watcher.app import Watcher
from watcher.config import load as load_config
from watcher.cycle import Pass, Plan, ScanReport, Setting
from watcher.mailbox.base import Mailbox
from watcher.mailbox.memory import STANDARD, MemoryMailbox
from watcher.message.model import Account, Folder, Role
from watcher.store import Store

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mailboxes"
PLAN = Plan(None)
NOW = "2026-03-18T10:00:00-04:00"
HOME, WORK = "alex@example.net", "alex.morgan@example.org"


def setting(scenario: Mapping[str, Any], root: Path, accounts: Sequence[str] = ("scenario",)) -> Setting:
    """What a pass over a scenario goes by, as the real config of it says."""
    found = Watcher(load_config(lay_out(scenario, root), {"HOME": str(root)}))._setting()
    return replace(found, accounts=tuple(accounts))


def memory(scenario: Mapping[str, Any], account: str = "scenario") -> MemoryMailbox:
    """A scenario (those messages of it that say so, where they name an account) in memory."""
    at = datetime.fromisoformat(scenario["now"])
    box = MemoryMailbox(
        Account(account, tuple(scenario["you"]["addresses"])), (*STANDARD, Folder("Spam", Role.JUNK)), at
    )
    for entry in scenario["messages"]:
        if entry.get("account", account) == account:
            when = datetime.fromisoformat(entry["date"])
            box.deliver(entry.get("folder", "INBOX"), build(scenario, entry), when, ("\\Seen",))
    return box


@dataclass
class Player:
    """Runs passes over the same mailboxes and store, each at its own instant."""

    setting: Setting
    store: Store = field(default_factory=Store.in_memory)

    def scan(self, mailboxes: Iterable[Mailbox], now: datetime | str) -> ScanReport:
        at = datetime.fromisoformat(now) if isinstance(now, str) else now
        return Pass(self.setting, self.store, at).run(list(mailboxes), PLAN)

    def states(self) -> dict[str, str]:
        """The state of each placement by its Message-ID."""
        return {placement.message_id: placement.state.value for placement in self.store.placements()}


def drafts_of(box: MemoryMailbox) -> list[str]:
    """The Message-IDs in Drafts."""
    return [lying(raw.data) for raw in box.everything() if raw.role is Role.DRAFTS]


def lying(data: bytes) -> str:
    from email import message_from_bytes

    return str(message_from_bytes(data)["Message-ID"])


def _booked(handle: str, person: str, company: str, role: str, day: str, **more: Any) -> dict[str, Any]:
    domain = company.lower().replace(" ", "") + ".example"
    first = person.split()[0]
    return {
        "id": handle,
        "date": f"2026-03-0{day}T09:30:00-04:00",
        "from": f"{person} <{first.lower()}@{domain}>",
        "subject": f"Interview for {role} at {company}",
        "body": f"Hi Alex,\n\nThanks for applying for the {role} position at {company}. Your interview is confirmed for "
        f"Tuesday, March 10, 2026 at 2:00 PM ET by video call.\n\nBest,\n{person}\nTalent Partner, {company}\n",
        **more,
    }


def two_accounts() -> dict[str, Any]:
    """Three interviews that were held a week ago: one known to both accounts, and one to each alone."""
    both = _booked("both", "Dana Reyes", "Larchmont Tools", "Backend Engineer", "5", account="home", to=[HOME])
    answer = {
        "id": "answer",
        "reply_to": "both",
        "account": "work",
        "folder": "Sent",
        "date": "2026-03-05T11:00:00-04:00",
        "from": f"Alex Morgan <{WORK}>",
        "to": ["Dana Reyes <dana@larchmonttools.example>"],
        "subject": "Re: Interview for Backend Engineer at Larchmont Tools",
        "body": "Hi Dana,\n\nTuesday at 2 works well for me. See you then.\n\nAlex\n",
    }
    home = _booked("home", "Priya Nair", "Quillfeather", "Data Analyst", "4", account="home", to=[HOME])
    work = _booked("work", "Tom Okafor", "Brackenridge", "Site Manager", "4", account="work", to=[WORK])
    return {
        "id": "two-accounts",
        "now": NOW,
        "you": {"name": "Alex Morgan", "addresses": [HOME, WORK], "timezone": "America/New_York"},
        "holidays": "US",
        "messages": [home, work, both, answer],
        "expect": [],
    }
