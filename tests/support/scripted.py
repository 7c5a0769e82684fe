"""An IMAP server that says what a test tells it to: for what a real server here would never say."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Answer = str | bytes | Callable[[str], bytes]

GREETING = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"
ORDINARY: Mapping[str, Answer] = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n@ OK done",
    "LOGIN": "@ OK [CAPABILITY IMAP4rev1] welcome",
    "LIST": '* LIST () "/" INBOX\r\n* LIST (\\Drafts) "/" Drafts\r\n* LIST (\\Trash) "/" Trash\r\n@ OK done',
    "EXAMINE": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 5] .\r\n@ OK [READ-ONLY] done",
    "SELECT": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 5] .\r\n@ OK [READ-WRITE] done",
    "STATUS": "* STATUS INBOX (MESSAGES 1 UIDNEXT 5 UIDVALIDITY 7)\r\n@ OK done",
    "UID SEARCH": "* SEARCH 4\r\n@ OK done",
    "LOGOUT": "* BYE\r\n@ OK done",
}


@dataclass
class Scripted:
    """Answers each command by its name; `@` at the start of a line stands for the tag. `heard` are the commands."""

    certificates: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    greeting: str = GREETING
    heard: list[str] = field(default_factory=list)
    port: int = 0

    def serve(self, listener: socket.socket) -> None:
        """Answer one client after the other until the listener is closed."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates / "server.pem", self.certificates / "server.key")
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
                self._talk(client)

    def _talk(self, client: ssl.SSLSocket) -> None:
        client.sendall(self.greeting.encode() + b"\r\n")
        with client.makefile("rb") as lines:
            while line := lines.readline():
                tag, _, command = line.decode().strip().partition(" ")
                self.heard.append(command)
                if literal := re.search(r"\{(\d+)\}$", command):
                    client.sendall(b"+ go on\r\n")
                    lines.read(int(literal[1]) + 2)
                client.sendall(self._answer(command).replace(b"@", tag.encode()))

    def _answer(self, command: str) -> bytes:
        words = command.upper().split()
        name = " ".join(words[:2]) if words[0] == "UID" else words[0]
        answer = {**ORDINARY, **self.answers}.get(name, "@ BAD what?")
        if callable(answer):
            answer = answer(command)
        return (answer.encode() if isinstance(answer, str) else answer) + b"\r\n"


@contextlib.contextmanager
def scripted(certificates: Path, greeting: str = GREETING, **answers: Answer) -> Iterator[Scripted]:
    """A server with the key pair in `certificates`; `UID_FETCH=...` answers UID FETCH."""
    script = Scripted(certificates, {name.replace("_", " "): answer for name, answer in answers.items()}, greeting)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        script.port = listener.getsockname()[1]
        thread = threading.Thread(target=script.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield script
        finally:
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
