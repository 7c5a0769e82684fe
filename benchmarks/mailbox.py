"""Makes a mailbox of the shape that a job seeker's has: 1 in 12 messages of hiring, the rest what fills a mailbox.

    python -m benchmarks.mailbox FOLDER [--messages 10000] [--days 1095] [--seed 7]

A Maildir++ (INBOX and Sent) that ends today. Of 100 messages 8 are of hiring, 37 newsletters and 18 job alerts of 20 to 60
kB, 19 receipts and notices, 8 of social networks, 10 personal letters; every hundredth has an attachment of 1 to 4 MB.
The same seed gives the same mailbox.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

ME = "Robin Okafor <robin.okafor@mailhost.example>"
PEOPLE = ("Ana Brandt", "Ben Castro", "Chloe Dube", "Femi Eriksen", "Grace Haas", "Hiro Jensen", "Kavya Kim")
FIRMS = ("Bluework", "Cedarsoft", "Emberlabs", "Gridbank", "Kitecloud", "Lumendata", "Pinehealth", "Quillworks")
JOBS = ("Backend Engineer", "Data Engineer", "Product Manager", "QA Engineer", "Security Analyst", "Staff Engineer")
SHOPS = ("parcelbird", "homegoods", "citypower", "ridely", "cinepass", "grocerly", "aerolane")
PAPERS = ("weekly-byte", "morning-ledger", "garden-notes", "deal-hound", "travel-pin", "sportline")
NOTICES = (
    "Your order has shipped and will be with you on Tuesday.",
    "Your receipt. Thank you for shopping with us.",
    "Your code is 448 120. Do not give it to anybody.",
    "Your statement is ready. Sign in to see it.",
    "We have received your application for a credit card.",
)
WORDS = [
    "garden",
    "river",
    "summer",
    "window",
    "kitchen",
    "morning",
    "children",
    "music",
    "weather",
    "holiday",
    "train",
    "market",
    "museum",
    "season",
    "evening",
    "bread",
    "mountain",
    "paper",
    "letter",
    "winter",
    "street",
    "coffee",
    "island",
    "football",
    "library",
    "picture",
    "holiday",
    "village",
    "birthday",
]
SAID = {  # who says it (the machine, the recruiter, the user), and in what words
    "received": ("ats", "Thank you for applying to the {job} role at {firm}. We have received your application."),
    "asks": ("them", "We liked your background for the {job} role at {firm}. Do you have 30 minutes on {day}?"),
    "answers": ("me", "Hi, {day} works for me, any time after 14:00. Looking forward to it."),
    "confirms": ("them", "Your interview for the {job} role with {firm} is confirmed for {day} at 14:00."),
    "thanks": ("me", "Thank you for the conversation about the {job} role; I enjoyed learning about {firm}."),
    "no": ("ats", "After careful consideration {firm} has decided to move forward with other candidates for {job}."),
}
STORIES = (
    ("received",),
    ("received", "no"),
    ("asks", "answers", "confirms", "thanks"),
    ("received", "asks", "answers"),
)


@dataclass
class Maker:
    """Writes messages one after the other."""

    folder: Path
    chance: random.Random
    number: int = 0
    page: str = ""
    attachment: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name in ("", ".Sent"):
            for part in ("cur", "new", "tmp"):
                (self.folder / name / part).mkdir(parents=True, exist_ok=True)
        rows = (f'<tr><td class="c{n}" style="padding:8px 24px"><p>{self.text(2)}</p></td></tr>\n' for n in range(600))
        self.page = "".join(rows)
        self.attachment = base64.encodebytes(self.chance.randbytes(3_000_000)).decode()

    def text(self, sentences: int) -> str:
        """Some sentences that mean nothing."""
        made = (" ".join(self.chance.choices(WORDS, k=self.chance.randint(6, 14))) for _ in range(sentences))
        return " ".join(f"The {sentence}." for sentence in made)

    def html(self, size: int) -> str:
        """A page of about so many characters."""
        start = self.chance.randrange(len(self.page) // 2)
        return f"<html><body><table>{(self.page + self.page)[start : start + size]}</table></body></html>"

    def put(self, sender: str, subject: str, at: datetime, text: str, *, html: str = "", extra: str = "") -> str:
        """Write one message; its Message-ID."""
        self.number += 1
        message_id = f"<{self.number:07}.{self.chance.getrandbits(64):016x}@{sender.rpartition('@')[2].strip('>')}>"
        sent = sender == ME
        head = (
            f"Received: from mx.mailhost.example by store.mailhost.example; {format_datetime(at)}\n"
            f"DKIM-Signature: v=1; a=rsa-sha256; b={self.chance.getrandbits(2048):0512x}\n"
            "Authentication-Results: mx.mailhost.example; dkim=pass; spf=pass; dmarc=pass\n"
            f"Date: {format_datetime(at)}\nFrom: {sender}\nTo: {'Ana Brandt <ana@firm.example>' if sent else ME}\n"
            f"Subject: {subject}\nMessage-ID: {message_id}\nMIME-Version: 1.0\n{extra}"
        )
        kind = "Content-Type: text/{}; charset=utf-8\n\n"
        parts = [kind.format("plain") + text] + ([kind.format("html") + html] if html else [])
        body = _together("alternative", f"a{self.number}", parts) if html else parts[0]
        if not sent and self.chance.random() < 0.01:
            length = self.chance.randint(1_000_000, len(self.attachment))
            file = "Content-Type: application/zip\nContent-Disposition: attachment; filename=photos.zip\n"
            file += f"Content-Transfer-Encoding: base64\n\n{self.attachment[:length]}"
            body = _together("mixed", f"m{self.number}", [body, file])
        path = self.folder / (".Sent" if sent else "") / "cur" / f"{int(at.timestamp())}.M{self.number:07}.bench:2,S"
        path.write_text(head + body, "utf-8")
        os.utime(path, (at.timestamp(), at.timestamp()))
        return message_id

    def noise(self, at: datetime) -> None:
        """What is not of hiring."""
        kind = self.chance.choices(("paper", "alert", "notice", "network", "friend"), (40, 20, 21, 9, 10))[0]
        bulk = "List-Unsubscribe: <https://lists.example/u>\nPrecedence: bulk\n"
        if kind == "paper":
            paper = self.chance.choice(PAPERS)
            html = self.html(self.chance.randint(20_000, 60_000))
            self.put(f"{paper} <news@{paper}.example>", self.text(1)[:60], at, self.text(30), html=html, extra=bulk)
        elif kind == "alert":
            html = self.html(self.chance.randint(12_000, 40_000))
            jobs = "\n".join(f"{self.chance.choice(JOBS)} at {self.chance.choice(FIRMS)}: apply now" for _ in range(12))
            self.put("Jobscan <alerts@jobscan.example>", "12 new jobs for you", at, jobs, html=html, extra=bulk)
        elif kind == "notice":
            shop, words = self.chance.choice(SHOPS), self.chance.choice(NOTICES)
            html = self.html(self.chance.randint(6_000, 16_000))
            text, extra = f"{words} {self.text(4)}", "Auto-Submitted: auto-generated\n"
            self.put(f"{shop} <no-reply@{shop}.example>", words.partition(".")[0], at, text, html=html, extra=extra)
        elif kind == "network":
            html = self.html(self.chance.randint(9_000, 20_000))
            sender = "Linkedup <notify@linkedup.example>"
            self.put(sender, "You appeared in 9 searches", at, self.text(4), html=html, extra=bulk)
        else:
            who = self.chance.choice(PEOPLE)
            sender = f"{who} <{who.split()[0].lower()}{self.chance.randint(1, 60)}@friends.example>"
            self.put(sender, self.text(1)[:50], at, f"{self.text(self.chance.randint(2, 12))}\n\n{who}\n")

    def story(self, at: datetime, steps: tuple[str, ...]) -> Iterator[datetime]:
        """One application, message by message; when each is to be written."""
        firm, job, who = (self.chance.choice(each) for each in (FIRMS, JOBS, PEOPLE))
        firm = f"{firm} {self.chance.randint(1, 400)}"
        domain = f"{firm.replace(' ', '').lower()}.example"
        senders = {
            "ats": f"{firm} Hiring Team <no-reply@mail.ashbyhq.com>", "me": ME,
            "them": f"{who} <{who.split()[0].lower()}@{domain}>",
        }  # fmt: skip
        thread: list[str] = []
        for step in steps:
            yield at
            speaker, words = SAID[step]
            text = words.format(firm=firm, job=job, day=f"{at + timedelta(days=3):%A %d %B}")
            answers = "" if speaker == "ats" or not thread else f"In-Reply-To: {thread[-1]}\nReferences: {thread[-1]}\n"
            html = self.html(8_000) if speaker == "ats" else ""
            closing = f"\n\n{self.text(2)}\n\nBest regards,\n{'Robin Okafor' if speaker == 'me' else who}\n"
            name = self.put(senders[speaker], f"{job} at {firm}", at, text + closing, html=html, extra=answers)
            thread += [] if speaker == "ats" else [name]
            at += timedelta(days=self.chance.uniform(1.0, 6.0))


def _together(kind: str, boundary: str, parts: list[str]) -> str:
    pieces = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{pieces}--{boundary}--\n'


def make(folder: Path, messages: int, days: int = 1095, seed: int = 7) -> None:
    """Write the mailbox, oldest message first."""
    maker = Maker(folder, random.Random(seed))
    end = datetime.fromtimestamp(time.time() // 86400 * 86400, UTC)
    step = timedelta(days=days) / messages
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number in range(messages):
        at = end - timedelta(days=days) + step * number
        if maker.chance.random() < 0.034 and maker.number < messages:
            story = maker.story(at, maker.chance.choice(STORIES))
            waiting.append((next(story), number, story))
        due = sorted(each for each in waiting if each[0] <= at)
        for each in due:
            waiting.remove(each)
            following = next(each[2], None)
            if following is not None:
                waiting.append((following, each[1], each[2]))
        if maker.number < messages and not due:
            maker.noise(at)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--days", type=int, default=1095)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    make(given.folder, given.messages, given.days, given.seed)
