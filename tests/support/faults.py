"""A TCP relay that breaks connections on order: after so many bytes, by an end, a reset or silence; or that is far away."""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

How = Literal["close", "reset", "silence"]
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset


@dataclass
class Relay:
    """Passes bytes between clients and a server, `delay` seconds late each way. After `after` bytes from the server it
    does `how` to a connection; `after` None passes everything. `received` is what the clients got, over all connections, and `pieces` where each
    piece of it began. Where a client
    sends more than `upload` bytes in one piece (nothing but a draft is so large) it is stalled: half of the piece is passed and
    nothing more, or where it is to be stalled `unanswered` all of it, but no answer; `held` is set then.
    """

    host: str
    port: int
    target: tuple[str, int]
    after: int | None = None
    how: How = "close"
    delay: float = 0.0
    upload: int | None = None
    unanswered: bool = False
    held: threading.Event = field(default_factory=threading.Event)
    received: int = 0
    connections: int = 0
    sockets: list[socket.socket] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)

    def break_now(self) -> None:
        """End every connection there is."""
        for one in list(self.sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(self.target)
            self.sockets += [client, server]
            for source, sink, counted in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=(source, sink, counted), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            for data in self._late(source) if self.delay else iter(lambda: source.recv(65536), b""):
                if not counted and self.upload is not None and len(data) > self.upload:
                    self.upload = None
                    if not self.unanswered:
                        self.held.set()
                        sink.sendall(data[: len(data) // 2])
                        while source.recv(65536):
                            pass
                        break
                if counted and self.unanswered and self.upload is None:  # the answer to what was large
                    self.held.set()
                    return
                if counted and self.after is not None and passed + len(data) > self.after:
                    sink.sendall(data[: self.after - passed])
                    self.received += self.after - passed
                    if self.how == "silence":
                        return
                    if self.how == "reset":
                        sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        sink.shutdown(socket.SHUT_RD)  # the other direction lets go of it
                        sink.close()
                    break
                if counted:
                    self.pieces.append(passed)
                sink.sendall(data)
                passed += len(data)
                self.received += len(data) if counted else 0
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _late(self, source: socket.socket) -> Iterator[bytes]:
        """What comes from `source`, each piece `delay` seconds after it came, so that no byte rate is lost by it."""
        pieces: queue.Queue[tuple[float, bytes]] = queue.Queue(4096)

        def take_in() -> None:
            data = b"x"
            while data:
                try:
                    data = source.recv(65536)
                except OSError:
                    data = b""
                pieces.put((time.monotonic() + self.delay, data))

        threading.Thread(target=take_in, daemon=True).start()
        never = threading.Event()
        while True:
            due, data = pieces.get()
            never.wait(max(0.0, due - time.monotonic()))
            if not data:
                return
            yield data


@contextlib.contextmanager
def relay(host: str, port: int, listen: str = "127.0.0.1") -> Iterator[Relay]:
    """A relay to a server, on a port of its own of the address `listen`."""
    listener = socket.create_server((listen, 0))
    made = Relay(listen, listener.getsockname()[1], (host, port))
    thread = threading.Thread(target=made.serve, args=(listener,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        made.break_now()
        thread.join(5)
        for one in made.sockets:
            one.close()
