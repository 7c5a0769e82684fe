"""Where a domain keeps its mail, as its name server tells."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from watcher.mailbox.discovery import Server, imap_server


def name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0" if text else b"\0"


def record(priority: int, weight: int, port: int, host: str) -> bytes:
    data = struct.pack(">HHH", priority, weight, port) + name(host)
    return b"\xc0\x0c" + struct.pack(">HHIH", 33, 1, 60, len(data)) + data  # the name is a pointer to the question's


@contextmanager
def name_server(answer: Callable[[bytes], bytes]) -> Iterator[tuple[str, int]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(5)

        def serve() -> None:
            query, back = line.recvfrom(4096)
            line.sendto(answer(query), back)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield line.getsockname()
        thread.join(5)


def reply(query: bytes, *records: bytes) -> bytes:
    return query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(records), 0, 0) + query[12:] + b"".join(records)


def test_the_server_of_the_lowest_priority_is_taken() -> None:
    asked: list[bytes] = []

    def answer(query: bytes) -> bytes:
        asked.append(query)
        return reply(query, record(20, 0, 143, "spare.example.net"), record(10, 1, 9993, "mail.example.net"))

    with name_server(answer) as at:
        assert imap_server("example.net", [at]) == Server("mail.example.net", 9993)
    assert name("_imaps._tcp.example.net") in asked[0]


@pytest.mark.parametrize(
    "answer",
    [
        lambda query: reply(query),
        lambda query: reply(query, record(0, 0, 0, "")),
        lambda query: b"\0\0" + reply(query, record(0, 0, 993, "evil.example"))[2:] if query[:2] != b"\0\0" else b"",
        lambda query: query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c",
        lambda query: query[:7],
        lambda query: b"",
    ],
)
def test_no_record_and_nonsense_are_no_server(answer: Callable[[bytes], bytes]) -> None:
    with name_server(answer) as at:
        assert imap_server("example.net", [at]) is None


@pytest.mark.parametrize("domain", ["", "a..b", "x" * 70 + ".example"])
def test_what_is_no_domain_is_not_asked_for(domain: str) -> None:
    assert imap_server(domain, [("127.0.0.1", 9)]) is None
