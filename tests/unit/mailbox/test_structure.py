"""Which parts of a message are asked for, and how it is put together again."""

from __future__ import annotations

import email
import email.policy
from typing import Any

import pytest

from watcher.mailbox.structure import MAX_PART, MAX_TEXT, rebuild, sections, understand


def leaf(kind: bytes, subtype: bytes, size: int, name: bytes = b"", disposition: bytes = b"") -> tuple[Any, ...]:
    parameters = (b"name", name) if name else None
    extension = (None, (disposition, None) if disposition else None)
    lines = (10,) if kind.lower() == b"text" else ()
    return (kind, subtype, parameters, None, None, b"7BIT", size, *lines, *extension)


def multi(subtype: bytes, *parts: Any, boundary: bytes = b"mark") -> tuple[Any, ...]:
    return (list(parts), subtype, (b"BOUNDARY", boundary), None, None)


def attached_message(body: Any) -> tuple[Any, ...]:
    return (b"message", b"rfc822", None, None, None, b"7BIT", 5000, (None,) * 10, body, 90, None, None)


def test_a_plain_message_is_one_section() -> None:
    assert sections(understand(leaf(b"TEXT", b"PLAIN", 300))) == ["1"]


def test_text_and_calendars_are_asked_for_and_attachments_are_not() -> None:
    body = multi(b"alternative", leaf(b"text", b"plain", 10), leaf(b"text", b"html", 20), leaf(b"text", b"calendar", 9))
    root = understand(
        multi(
            b"mixed",
            body,
            leaf(b"application", b"pdf", 5_000_000, b"plan.pdf", b"attachment"),
            leaf(b"image", b"png", 70_000),
            leaf(b"application", b"octet-stream", 900, b"Invite.ICS", b"attachment"),
            leaf(b"text", b"plain", 800, b"letter.txt", b"attachment"),
        )
    )
    asked = sections(root)
    assert [name for name in asked if not name.endswith("MIME")] == ["1.1", "1.2", "1.3", "4"]
    assert [name for name in asked if name.endswith("MIME")] == [
        "1.MIME", "2.MIME", "3.MIME", "4.MIME", "5.MIME", "1.1.MIME", "1.2.MIME", "1.3.MIME"
    ]  # fmt: skip


def test_an_attached_message_gives_its_header_and_its_text() -> None:
    single = attached_message(leaf(b"text", b"plain", 40))
    several = attached_message(
        ((leaf(b"text", b"plain", 40)), (leaf(b"image", b"png", 40)), b"mixed", (b"boundary", b"x"))
    )
    asked = sections(understand(multi(b"mixed", leaf(b"text", b"plain", 5), single, several)))
    assert set(asked) == {
        "1", "2.HEADER", "2.1", "3.HEADER", "3.1", "1.MIME", "2.MIME", "3.MIME", "3.1.MIME", "3.2.MIME"
    }  # fmt: skip


def test_a_huge_text_is_asked_for_in_part_and_all_texts_together_have_a_limit() -> None:
    root = understand(multi(b"mixed", *[leaf(b"text", b"plain", 10 * MAX_PART) for _ in range(10)]))
    texts = [name for name in sections(root) if not name.endswith("MIME")]
    assert texts == [f"{number}<0.{MAX_PART}>" for number in range(1, MAX_TEXT // MAX_PART + 1)]


@pytest.mark.parametrize(
    "nonsense",
    [
        (),
        (b"text",),
        (None, None, None),
        ([leaf(b"text", b"plain", 1)], b"mixed", None),  # no boundary: it could not be put together
        multi(b"mixed", *[leaf(b"text", b"plain", 1) for _ in range(200)]),
        7,
    ],
)
def test_a_structure_without_sense_is_refused(nonsense: Any) -> None:
    with pytest.raises(ValueError):
        understand(nonsense)


def test_a_structure_nested_without_end_is_refused() -> None:
    body: Any = leaf(b"text", b"plain", 1)
    for _ in range(50):
        body = multi(b"mixed", body)
    with pytest.raises(ValueError, match="deep"):
        understand(body)


def test_a_message_is_put_together_with_empty_attachments() -> None:
    root = understand(multi(b"mixed", leaf(b"text", b"plain", 5), leaf(b"application", b"pdf", 900, b"plan.pdf")))
    header = b'Subject: Hello\r\nContent-Type: multipart/mixed; boundary="mark"\r\n\r\n'
    made = rebuild(
        root,
        header,
        {
            "1": b"words",
            "1.MIME": b"Content-Type: text/plain\r\n\r\n",
            "2.MIME": b'Content-Type: application/pdf; name="plan.pdf"\r\n\r\n',
        },
    )
    read = email.message_from_bytes(made, policy=email.policy.default)
    text, plan = read.iter_parts()
    assert not read.defects
    assert text.get_content() == "words"
    assert (plan.get_filename(), plan.get_payload()) == ("plan.pdf", "")


def test_a_part_without_a_header_of_its_own_stays_a_part() -> None:
    root = understand(multi(b"mixed", leaf(b"text", b"plain", 5)))
    made = rebuild(root, b'Content-Type: multipart/mixed; boundary="mark"', {"1": b"Not: a header", "1.MIME": b""})
    (part,) = email.message_from_bytes(made, policy=email.policy.default).iter_parts()
    assert part.get_content() == "Not: a header"


def test_a_text_that_was_cut_ends_with_a_whole_line() -> None:
    made = rebuild(understand(leaf(b"text", b"plain", 900)), b"Subject: Hello", {"1": b"one\r\ntwo\r\nthr"})
    assert made == b"Subject: Hello\r\n\r\none\r\ntwo\r\n"
