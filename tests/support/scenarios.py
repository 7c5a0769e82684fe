"""A scenario is one job seeker's mailbox at one instant, with what a careful person would conclude from it.

`play` lays one out as a Maildir, runs the real command line on it and returns what watcher concluded; `marks` compares.
The files lie in fixtures/mailboxes; `fixtures/mailboxes/README.md` tells their form.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

import yaml

FOLDERS = ("Sent", "Archive", "Drafts", "Spam", "Trash")
LEGAL = frozenset({"inc", "ltd", "llc", "gmbh", "plc", "co", "corp", "limited", "the", "ag", "sa", "and", "of"})
MEASURES = (
    "found", "nothing invented", "grouping", "says", "company", "role", "contact", "stage", "waiting_on", "interview_at",
    "promised_by", "follow_up", "draft made", "draft to", "no needless draft", "no stray draft", "left as found",
)  # fmt: skip


class _Plain(yaml.SafeLoader):
    """YAML whose timestamps stay text, because PyYAML drops their offset."""


_Plain.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path) -> dict[str, Any]:
    scenario: dict[str, Any] = yaml.load(path.read_text("utf-8"), _Plain)
    return scenario


def ids(scenario: Mapping[str, Any]) -> dict[str, str]:
    """The Message-ID of each message by its handle."""
    found = {}
    for entry in scenario["messages"]:
        given = (entry.get("headers") or {}).get("Message-ID")
        if not given and "raw" in entry:
            given = email.message_from_string(entry["raw"])["Message-ID"]
        domain = parseaddr(entry.get("from", ""))[1].rpartition("@")[2] or "example.net"
        found[entry["id"]] = given or f"<{scenario['id']}.{entry['id']}@{domain}>"
    return found


def build(scenario: Mapping[str, Any], entry: Mapping[str, Any]) -> bytes:
    """One message of a scenario as it would travel."""
    if "raw" in entry:
        return str(entry["raw"]).encode()
    known = ids(scenario)
    message = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
    fields: dict[str, Any] = {
        "From": entry["from"],
        "To": ", ".join(entry.get("to") or scenario["you"]["addresses"][:1]),
        "Cc": ", ".join(entry.get("cc") or []),
        "Subject": entry.get("subject", ""),
        "Date": format_datetime(datetime.fromisoformat(entry["date"])),
        "Message-ID": known[entry["id"]],
    }
    parents, handle = [], entry.get("reply_to")
    by_handle = {other["id"]: other for other in scenario["messages"]}
    while handle and known[handle] not in parents:
        parents.insert(0, known[handle])
        handle = by_handle[handle].get("reply_to")
    if parents:
        fields |= {"In-Reply-To": parents[-1], "References": " ".join(parents)}
    fields |= entry.get("headers") or {}
    for name, value in fields.items():
        if value:
            message[name] = str(value)
    _fill(message, entry)
    return message.as_bytes()


def _fill(message: EmailMessage, entry: Mapping[str, Any]) -> None:
    body, html, ics = entry.get("body"), entry.get("html"), entry.get("ics")
    if body is not None:
        message.set_content(body)
        if html is not None:
            message.add_alternative(html, subtype="html")
    elif html is not None:
        message.set_content(html, subtype="html")
    elif ics is None:
        message.set_content("")
    if ics is None:
        return
    method = next((line[7:].strip() for line in ics.splitlines() if line.startswith("METHOD:")), "")
    text, params = "\r\n".join(ics.strip().splitlines()) + "\r\n", {"method": method} if method else {}
    if body is None and html is None:
        message.set_content(text, subtype="calendar", params=params)
    else:
        message.add_alternative(text, subtype="calendar", params=params)


def lay_out(scenario: Mapping[str, Any], root: Path) -> Path:
    """The Maildir and the config of a scenario; the config's path."""
    mail = root / "mail"
    for folder in (mail, *(mail / f".{name}" for name in FOLDERS)):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)
    for number, entry in enumerate(scenario["messages"]):
        name = entry.get("folder", "INBOX")
        place = mail if name == "INBOX" else mail / f".{name}"
        at = int(datetime.fromisoformat(entry["date"]).timestamp())
        file = place / "cur" / f"{at}.M{number:06d}P1.scenario:2,{'DS' if name == 'Drafts' else 'S'}"
        file.write_bytes(build(scenario, entry))
        os.utime(file, (at, at))
    you = scenario["you"]
    tables: dict[str, dict[str, Any]] = {
        "": {},
        "you": {key: you[key] for key in ("name", "addresses", "timezone")},
        "storage": {"path": str(root / "state.db")},
    }
    if scenario.get("holidays"):
        tables["calendar"] = {"holidays": scenario["holidays"]}
    for dotted, value in (scenario.get("config") or {}).items():
        table, _, key = dotted.rpartition(".")
        tables.setdefault(table, {})[key] = value
    lines = []
    for table, values in tables.items():
        lines += [f"[{table}]"] * bool(table) + [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    lines += ["[[accounts]]", 'name = "scenario"', 'kind = "maildir"', f"path = {json.dumps(str(mail))}", ""]
    config = root / "config.toml"
    config.write_text("\n".join(lines), "utf-8")
    return config


@dataclass(frozen=True, slots=True)
class Played:
    """What watcher made of a scenario."""

    opportunities: list[dict[str, Any]]
    drafts: list[EmailMessage]
    damage: list[str]


def play(scenario: Mapping[str, Any]) -> Played:
    """Scan once, ask for the status, and compare the mailbox before and after."""
    from watcher.cli import main

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        config = str(lay_out(scenario, root))
        before = _files(root)
        for words in (("scan",), ("status", "--all", "--json")):
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as wrong:
                status = main(["--config", config, *words, "--now", scenario["now"]])
            assert status == 0, (scenario["id"], words, status, wrong.getvalue())
        after = _files(root)
        added = {name: data for name, data in after.items() if name not in before}
        damage = [name for name in added if "/.Drafts/" not in name]
        damage += [name for name, data in before.items() if after.get(name) != data]
        drafts = [
            email.message_from_bytes(d, policy=email.policy.default) for n, d in added.items() if "/.Drafts/" in n
        ]
        return Played(json.loads(out.getvalue())["opportunities"], drafts, damage)


def _files(root: Path) -> dict[str, bytes]:
    return {str(f.relative_to(root)): f.read_bytes() for f in (root / "mail").rglob("*") if f.is_file()}


@dataclass
class Tally:
    """How often each measure was right, and the misses in words."""

    right: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def mark(self, scenario: str, measure: str, right: bool, detail: str = "") -> None:
        self.right[measure] = self.right.get(measure, 0) + bool(right)
        self.total[measure] = self.total.get(measure, 0) + 1
        if not right:
            self.misses.append(f"{scenario}: {measure}: {detail}")

    def share(self, measure: str) -> float:
        return self.right.get(measure, 0) / self.total[measure] if self.total.get(measure) else 1.0


def compare(scenario: Mapping[str, Any], played: Played, tally: Tally) -> None:
    """Mark one scenario."""
    name, known = scenario["id"], ids(scenario)
    owners = [{item["message_id"] for item in got["messages"]} for got in played.opportunities]
    said = {item["message_id"]: item["says"] for got in played.opportunities for item in got["messages"]}
    expected_ids = {known[handle] for expected in scenario["expect"] for handle in expected["messages"]}
    for entry in scenario["messages"]:
        meant = entry.get("says")
        got = said.get(
            known[entry["id"]], "sent" if meant == "sent" and known[entry["id"]] not in expected_ids else "not_hiring"
        )
        if meant and entry.get("folder") != "Drafts":
            tally.mark(name, "says", got == meant, f"{entry['id']} said {got}, meant {meant}")
    free = set(range(len(owners)))
    for expected in scenario["expect"]:
        wanted = {known[handle] for handle in expected["messages"]}
        best = max(free, key=lambda i: len(owners[i] & wanted), default=None)
        found = best is not None and bool(owners[best] & wanted)
        tally.mark(name, "found", found, expected["company"])
        if best is None or not found:
            continue
        free.discard(best)
        tally.mark(name, "grouping", owners[best] == wanted, f"{expected['company']}: {sorted(owners[best] ^ wanted)}")
        _compare_one(name, expected, played.opportunities[best], tally)
        mine = [d for d in played.drafts if str(d["In-Reply-To"] or "").strip() in owners[best] | wanted]
        if expected.get("draft"):
            tally.mark(name, "draft made", len(mine) == 1, f"{expected['company']}: {len(mine)} drafts")
            if len(mine) == 1:
                to = [str(v) for h in ("To", "Cc", "Bcc") for v in mine[0].get_all(h, [])]
                tally.mark(
                    name, "draft to", [parseaddr(a)[1].lower() for a in to] == [expected["draft_to"].lower()], str(to)
                )
        else:
            tally.mark(name, "no needless draft", not mine, f"{expected['company']}: {len(mine)} drafts")
    for index in sorted(free):
        tally.mark(name, "nothing invented", False, str(played.opportunities[index].get("company")))
    if not free:
        tally.mark(name, "nothing invented", True)
    stray = [d for d in played.drafts if str(d["In-Reply-To"] or "").strip() not in expected_ids]
    tally.mark(name, "no stray draft", not stray, str(len(stray)))
    tally.mark(name, "left as found", not played.damage, "; ".join(played.damage))


def _compare_one(name: str, expected: Mapping[str, Any], got: Mapping[str, Any], tally: Tally) -> None:
    company = expected["company"]
    starts = [i["start"] for i in got["interviews"] if i["status"] != "cancelled" and i["start"]]
    latest = max(map(datetime.fromisoformat, starts), default=None)
    meant = datetime.fromisoformat(expected["interview_at"]) if expected.get("interview_at") else None
    pairs = {
        "stage": (got["stage"], expected["stage"]),
        "waiting_on": (got["waiting_on"], expected["waiting_on"]),
        "contact": (((got["contact"] or {}).get("address") or "").lower(), (expected.get("contact") or "").lower()),
        "interview_at": (latest, meant),
        "promised_by": (got["promised_by"], str(expected["promised_by"]) if expected.get("promised_by") else None),
        "follow_up": (got["follow_up"]["kind"], expected.get("follow_up") or "none"),
    }
    for measure, (is_, should) in pairs.items():
        tally.mark(name, measure, is_ == should, f"{company}: {is_}, meant {should}")
    for measure in ("company", "role"):
        tally.mark(
            name,
            measure,
            alike(got[measure], expected.get(measure)),
            f"{got[measure]!r}, meant {expected.get(measure)!r}",
        )


def alike(answer: str | None, expected: str | None) -> bool:
    """Whether two names have the same words, or one has the other's and not twice as many."""
    got, want = (
        {w for w in "".join(c.lower() if c.isalnum() else " " for c in t or "").split() if w not in LEGAL}
        for t in (answer, expected)
    )
    short, long = sorted((got, want), key=len)
    return got == want if not short else short <= long and 2 * len(short) >= len(long)


def scenarios(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("**/*.yaml")):
        yield load(path)
