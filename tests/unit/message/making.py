"""Raw messages for the tests of this floor."""

from __future__ import annotations

from datetime import UTC, datetime

from watcher.message import parse
from watcher.message.model import Body, Message, RawMessage, Ref, Role

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def raw(data: bytes | str, *, whole: bool = True, received_at: datetime = NOON, role: Role = Role.INBOX) -> RawMessage:
    if isinstance(data, str):
        data = data.encode()
    return RawMessage("home", Ref("INBOX", "7"), role, received_at, data, whole, thread="t1")


def message(
    text: str, *, subject: str = "Interview", sender: str = "Dana Reyes <dana@acme.example>", extra: str = ""
) -> Message:
    head = f"From: {sender}\nTo: alex@example.net\nSubject: {subject}\nDate: Mon, 9 Mar 2026 12:00:00 +0000\n"
    return parse(raw(f"{head}Message-ID: <m1@acme.example>\n{extra}Content-Type: text/plain; charset=utf-8\n\n{text}"))


def body(text: str, **given: str) -> Body:
    content = message(text, **given).body
    assert content is not None
    return content


def reply(text: str, **given: str) -> Body:
    return body(text, subject="Re: Interview", extra="In-Reply-To: <m0@example.net>\n", **given)


def multipart(kind: str, *parts: str, head: str = "") -> str:
    pieces = "".join(f"--limit\n{part}\n" for part in parts)
    return (
        "From: Dana Reyes <dana@acme.example>\nSubject: Interview\nDate: Mon, 9 Mar 2026 12:00:00 +0000\n"
        f'Message-ID: <m1@acme.example>\n{head}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="limit"\n\n'
        f"{pieces}--limit--\n"
    )


def body_of(data: bytes | str) -> Body:
    content = parse(raw(data)).body
    assert content is not None
    return content
