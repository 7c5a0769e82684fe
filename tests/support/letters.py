"""Fixed facts for letters of every kind, attempt and register."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources

from watcher.draft.model import LetterSettings
from watcher.followup.model import Decision, Kind, Status
from watcher.knowledge.model import Pack
from watcher.message.model import Address, Body, Copy, Header, Message, Role
from watcher.opportunity.model import (
    Entry,
    Interview,
    InterviewStatus,
    Opportunity,
    Stage,
    Statement,
    WaitingOn,
)
from watcher.reading.model import Act, Person, Reading, Says, Speaker

NOW = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
ME = Address("Alex Morgan", "alex.morgan@example.net")
DANA = Address("Dana Reyes", "dana.reyes@acme.example")
SETTINGS = LetterSettings(
    name="Alex Morgan",
    addresses=("alex.morgan@example.net",),
    timezone="America/New_York",
    highlights=("payment systems under load", "mentoring junior engineers", "keeping old code alive"),
)
LETTERS = [
    (Kind.THANK_YOU, 1),
    *(
        (kind, attempt)
        for kind in Kind
        if kind not in {Kind.THANK_YOU, Kind.REPLY_OWED, Kind.NONE}
        for attempt in (1, 2)
    ),
]


def pack(language: str = "en") -> Pack:
    folder = resources.files("watcher.knowledge") / language
    letters = {f.name: f.read_text("utf-8") for f in (folder / "letters").iterdir() if f.name.endswith(".j2")}
    files = [f for f in folder.iterdir() if f.name in {"letter.toml", "points.toml"}]
    tables = {f.name.removesuffix(".toml"): tomllib.loads(f.read_text("utf-8")) for f in files}
    return Pack(language, (), tables, letters)


def message(
    sender: Address, to: Address, at: datetime, text: str, *, number: int = 1, subject: str = "Backend Engineer at Acme"
) -> Message:
    header = Header(f"<m{number}@acme.example>", at, at, sender, subject, to=(to,))
    return Message("personal", header, Body(new=text, plain=text), (Copy("INBOX", Role.INBOX, str(number)),))


def statement(mail: Message, says: Says, *acts: Act, greeting: str = "Dana") -> Statement:
    own = mail.header.sender == ME
    author = None if own else Person(mail.header.sender.name, mail.header.sender.address, greeting)
    reading = Reading(
        mail.id,
        Speaker.ME if own else Speaker.HUMAN,
        1.0,
        says,
        1.0,
        acts=frozenset(acts),
        author=author,
        contact=None if own else mail.header.sender,
    )
    entry = Entry("personal", mail.header, mail.roles, reading, mail.body.new if mail.body else "")
    return Statement(entry, says, 1.0)


FORMAL = "Dear Mr Morgan,\n\nThank you for your interest.\n\nYours sincerely,\nDana Reyes"
WARM = "Hi Alex,\n\nthanks for coming in!\n\nDana"


def case(
    kind: Kind, attempt: int, *, formal: bool = False, promised: bool = False
) -> tuple[Opportunity, Decision, Message]:
    theirs = message(DANA, ME, NOW - timedelta(days=12), FORMAL if formal else WARM)
    says = Says.ON_HOLD if kind is Kind.AFTER_HOLD else Says.UPDATE
    mine = message(ME, DANA, NOW - timedelta(days=11), "Dear Dana, here it is.\n\nAlex", number=2)
    start = NOW - timedelta(days=10)
    opportunity = Opportunity(
        id="acme-backend-engineer",
        accounts=("personal",),
        company="Acme",
        role="Backend Engineer",
        agency="",
        contact=Person("Dana Reyes", DANA.address, "Ms Reyes" if formal else "Dana"),
        stage=Stage.AWAITING_DECISION,
        waiting_on=WaitingOn.THEM,
        confidence=0.95,
        statements=(statement(theirs, says), statement(mine, Says.SENT, Act.APPLIED, Act.HANDED_IN, Act.GAVE_TIMES)),
        interviews=(
            Interview(
                "uid-1",
                start,
                start + timedelta(hours=1),
                people=("Dana Reyes", "Kofi Danquah"),
                status=InterviewStatus.HELD,
            ),
        ),
        promised_by=date(2026, 3, 20) if promised else None,
    )
    decision = Decision(kind, Status.DUE, attempt, NOW, act=True, anchor="uid-1")
    return opportunity, decision, theirs


def without_names(opportunity: Opportunity) -> Opportunity:
    """The same with neither role nor company nor a name to greet."""
    contact = replace(opportunity.contact, greeting="") if opportunity.contact else None
    return replace(opportunity, role=None, company=None, contact=contact)
