"""Asks the name server where a domain keeps its mail (RFC 6186: the SRV record of `_imaps._tcp`)."""

from __future__ import annotations

import secrets
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SRV = 33
TIMEOUT = 2.0
RESOLVERS = Path("/etc/resolv.conf")


@dataclass(frozen=True, slots=True)
class Server:
    """A host that speaks IMAP over TLS, and its port."""

    host: str
    port: int


def imap_server(domain: str, resolvers: Sequence[tuple[str, int]] | None = None) -> Server | None:
    """The IMAP server of a domain, None where its owner does not say so or no name server answers.

    `resolvers` are name servers (address and port), by default this machine's.
    """
    try:
        query = _query(f"_imaps._tcp.{domain}")
    except (UnicodeError, ValueError):
        return None
    for at in _resolvers() if resolvers is None else resolvers:
        with suppress(OSError, ValueError, IndexError, struct.error):
            found = [answer for answer in _answers(_ask(query, at)) if answer[3] not in ("", ".")]
            if not found:
                return None
            _, _, port, host = min(found, key=lambda answer: (answer[0], -answer[1]))
            return Server(host, port)
    return None


def _resolvers() -> list[tuple[str, int]]:
    with suppress(OSError):
        lines = RESOLVERS.read_text(encoding="utf-8", errors="replace").splitlines()
        return [(line.split()[1], 53) for line in lines if line.startswith("nameserver ") and len(line.split()) > 1]
    return []


def _query(name: str) -> bytes:
    """A question about SRV records (RFC 1035 4.1), with a number that the answer must bear."""
    labels = [label.encode("idna") if not label.startswith("_") else label.encode("ascii") for label in name.split(".")]
    if any(not 0 < len(label) < 64 for label in labels):
        raise ValueError("not a domain")
    head = struct.pack(">HHHHHH", secrets.randbelow(65536), 0x0100, 1, 0, 0, 0)
    return head + b"".join(bytes([len(label)]) + label for label in labels) + b"\0" + struct.pack(">HH", SRV, 1)


def _ask(query: bytes, at: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(TIMEOUT)
        line.connect(at)
        line.sendall(query)
        answer = line.recv(4096)
    if answer[:2] != query[:2]:
        raise ValueError("an answer to another question")
    return answer


def _answers(packet: bytes) -> list[tuple[int, int, int, str]]:
    """Priority, weight, port and host of each SRV record in an answer."""
    questions, count = struct.unpack(">HH", packet[4:8])
    at = 12
    for _ in range(questions):
        at = _name(packet, at)[1] + 4
    found = []
    for _ in range(count):
        at = _name(packet, at)[1]
        kind, _, _, length = struct.unpack(">HHIH", packet[at : at + 10])
        at += 10
        if kind == SRV:
            priority, weight, port = struct.unpack(">HHH", packet[at : at + 6])
            found.append((priority, weight, port, _name(packet, at + 6)[0]))
        at += length
    return found


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """The name that begins at a place, and where what follows it begins (RFC 1035 4.1.4)."""
    labels: list[str] = []
    end, jumps = 0, 0
    while packet[at]:
        length = packet[at]
        if length >= 0xC0:
            end = end or at + 2
            at = (length & 0x3F) << 8 | packet[at + 1]
            jumps += 1
            if jumps > 20:
                raise ValueError("a name that goes round in circles")
            continue
        labels.append(packet[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels), end or at + 1
