"""A name server of our own on loopback, over UDP and TCP, that knows what it is told."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class Names:
    """`records` by name and kind, such as ("_imaps._tcp.example.net.", "SRV"); `asked` is what it was asked. With
    `truncates` an answer over UDP says to come again over TCP; with `nonsense` it says that instead of an answer."""

    folder: Path
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    truncates: bool = False
    nonsense: bytes | None = None
    port: int = 0

    @property
    def resolvers(self) -> Path:
        """A file in the place of /etc/resolv.conf."""
        file = self.folder / "resolv.conf"
        file.write_text("nameserver 127.0.0.1\n")
        return file

    def answer(self, data: bytes, *, udp: bool) -> bytes:
        if self.nonsense is not None:
            return data[:2] + self.nonsense
        query = dns.message.from_wire(data)
        (question,) = query.question
        name, kind = question.name.to_text(), question.rdtype.name
        self.asked.append((name, kind))
        told = dns.message.make_response(query)
        texts = self.records.get((name, kind), [])
        if not texts:
            told.set_rcode(dns.rcode.NXDOMAIN)
        elif udp and self.truncates:
            told.flags |= dns.flags.TC
        else:
            told.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *texts))
        return told.to_wire()


@contextmanager
def running(folder: Path, monkeypatch: Any) -> Iterator[Names]:
    """A name server, which this machine's resolver asks as long as it runs."""
    names = Names(folder)

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, line = self.request
            line.sendto(names.answer(data, udp=True), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack(">H", self.rfile.read(2))
            told = names.answer(self.rfile.read(length), udp=False)
            self.wfile.write(struct.pack(">H", len(told)) + told)

    with socketserver.TCPServer(("127.0.0.1", 0), Stream) as stream:
        names.port = stream.server_address[1]
        with socketserver.UDPServer(("127.0.0.1", names.port), Datagram) as datagram:
            threads = [
                threading.Thread(target=one.serve_forever, args=(0.02,), daemon=True) for one in (stream, datagram)
            ]
            for thread in threads:
                thread.start()
            monkeypatch.setattr("watcher.mailbox.discovery.RESOLVERS", names.resolvers)
            monkeypatch.setattr("watcher.mailbox.discovery.PORT", names.port)
            try:
                yield names
            finally:
                stream.shutdown()
                datagram.shutdown()
