"""A message's words at a glance: all of them, or none where a glance is not enough."""

from __future__ import annotations

import base64
import quopri

import pytest

from tests.unit.message.making import multipart
from watcher.message import skim

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def words(data: str) -> str | None:
    return skim(data.encode())


def test_a_plain_message_gives_its_words() -> None:
    assert words(f"From: a@shop.example\nSubject: Hello\n{PLAIN}Your parcel is on its way.\n") is not None
    assert "Your parcel" in str(words(f"From: a@shop.example\n{PLAIN}Your parcel is on its way.\n"))


def test_of_alternatives_both_are_looked_at() -> None:
    found = words(multipart("alternative", f"{PLAIN}See the other part.", "Content-Type: text/html\n\n<p>An interview"))
    assert found is not None
    assert "other part" in found
    assert "interview" in found


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("quoted-printable", quopri.encodestring("Vorstellungsgespräch".encode()).decode()),
        ("base64", base64.encodebytes("Vorstellungsgespräch".encode()).decode()),
        ("8bit", "Vorstellungsgespräch"),
    ],
)
def test_the_transfer_encoding_is_undone(encoding: str, content: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    assert "Vorstellungsgespräch" in str(words(f"From: a@shop.example\n{head}{content}"))


def test_of_html_the_words_stay_and_styles_links_and_tags_go() -> None:
    source = (
        "<style>.role{position:relative}</style><table role='presentation'><!-- career --><td>Your&nbsp;receipt"
        "<a href='https://shop.example/jobs'>Track it</a><script>var interview</script>"
    )
    found = str(words(f"From: a@shop.example\nContent-Type: text/html\n\n{source}"))
    assert found.split() == ["Your", "receipt", "Track", "it"]


@pytest.mark.parametrize(
    "part",
    [
        "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR",
        "Content-Type: message/rfc822\n\nSubject: Your interview\n\nHello",
        "Content-Type: message/delivery-status\n\nAction: failed",
        "Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a",
        "Content-Type: text/plain; charset=x-unheard-of\n\nHello",
        "Content-Type: text/plain; charset=utf-8\n\n\udce9",
    ],
)
def test_where_a_glance_is_not_enough_it_says_so(part: str) -> None:
    data = multipart("mixed", f"{PLAIN}Hello", part)
    assert skim(data.encode("utf-8", "surrogateescape")) is None
