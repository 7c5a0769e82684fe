"""A Gmail of our own on loopback: an emulator of Google's interface, and a second mail program on it."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.servers import program
from watcher.mailbox.base import Mailbox
from watcher.mailbox.gmail import GmailMailbox
from watcher.mailbox.gmail_wire import Wire
from watcher.mailbox.memory import id_of
from watcher.message.model import Account, Folder, Role

HERE = Path(__file__).parent
SCOPE = "https://www.googleapis.com/auth/gmail."
BOTH = f"{SCOPE}readonly {SCOPE}compose"
READONLY = f"{SCOPE}readonly"
USERS = 200
LABELS = {Role.INBOX: "INBOX", Role.SENT: "SENT", Role.DRAFTS: "DRAFT", Role.TRASH: "TRASH", Role.JUNK: "SPAM"}


@dataclass
class Gmail:
    """A running emulator. Each test takes a user of its own."""

    endpoint: str
    users: Iterator[str]

    def control(self, path: str, body: Any = None, method: str = "") -> Any:
        """What is done to the emulator from behind: its log, faults, tokens."""
        return self._call(f"/_rig/{path}", body, method, {})

    def outside(self, email: str, path: str, body: Any = None, method: str = "") -> Any:
        """What the user's other mail program does; it is not in the log."""
        token = self.control("token", {"email": email})["token"]
        headers = {"authorization": f"Bearer {token}", "x-outside": "yes"}
        return self._call(f"/gmail/v1/users/me/{path}", body, method, headers)

    def token(self, email: str, scope: str = BOTH, ttl: int | None = None) -> dict[str, Any]:
        """New credentials; `ttl` is the life in seconds of this and all later access tokens."""
        return dict(self.control("token", {"email": email, "scope": scope, "ttl": ttl}))

    def log(self) -> list[dict[str, Any]]:
        """Every request that was made since the log was emptied."""
        return list(self.control("log"))

    def fault(self, match: str, **what: Any) -> None:
        """What goes wrong with requests whose "METHOD path" matches."""
        self.control("faults", {"match": match, **what})

    def calm(self) -> None:
        """No faults, an empty log, a history that reaches back to the beginning."""
        self.control("faults", method="DELETE")
        self.control("log", method="DELETE")
        self.control("history_floor", {"id": "0"})

    def _call(self, path: str, body: Any, method: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(
            self.endpoint + path,
            method=method or ("POST" if body is not None else "GET"),
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            data = answer.read()
        return json.loads(data) if data else {}


@contextmanager
def running() -> Iterator[Gmail]:
    """An emulator, stopped at the end. Its packages are installed once, beside the user's other caches."""
    node, npm = program("node", "nodejs"), program("npm", "npm")
    folder = _installed(npm)
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    names = [f"user{number}@example.net" for number in range(USERS)]
    with tempfile.TemporaryFile() as console:
        process = subprocess.Popen(
            [
                node,
                "--experimental-global-webcrypto",
                str(folder / "emulator.mjs"),
                "--port",
                str(port),
                "--users",
                ",".join(names),
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
        )
        try:
            server = Gmail(f"http://127.0.0.1:{port}", itertools.cycle(names))
            _wait_until_ready(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(10)
            shutil.rmtree(folder, ignore_errors=True)


def _installed(npm: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "watcher-tests" / "gmail"
    if not (folder / "installed").exists():
        made = Path(tempfile.mkdtemp(prefix="gmail-", dir=_ready(folder.parent)))
        shutil.copy(HERE / "package.json", made)
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--silent"],
            cwd=made, check=True, stdin=subprocess.DEVNULL, timeout=300,
        )  # fmt: skip
        (made / "installed").touch()
        try:
            made.rename(folder)
        except OSError:  # another test process was faster
            shutil.rmtree(made)
    script = Path(tempfile.mkdtemp(prefix="run-", dir=folder)) / "emulator.mjs"  # node finds the packages above it
    shutil.copy(HERE / "emulator.mjs", script)
    return script.parent


def _ready(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait_until_ready(server: Gmail, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(300):
        try:
            server.control("state")
        except OSError:
            if process.poll() is not None:
                break
            pause.wait(0.05)
        else:
            return
    raise RuntimeError("The emulator of Gmail does not answer.")


class FixedTokens:
    """Tokens that were there from the start; `more` are given when one is refused."""

    def __init__(self, token: str, *more: str) -> None:
        self._tokens = [token, *more]

    def access(self) -> str:
        return self._tokens[0]

    def renew(self) -> str:
        if len(self._tokens) > 1:
            del self._tokens[0]
        return self._tokens[0]


class GmailHarness:
    """See `tests.contract.mailbox_contract.Harness`."""

    def __init__(self, server: Gmail, user: str) -> None:
        self.server = server
        self.user = user
        self.waits: list[float] = []
        server.calm()
        self.inner = self.make()
        self.mailbox: Mailbox = self.inner
        self.mailbox.open()

    def make(
        self,
        scope: str = BOTH,
        *,
        drafting: bool = True,
        timeout: float = 10.0,
        wait: Callable[[float], bool] | None = None,
    ) -> GmailMailbox:
        tokens = FixedTokens(self.server.token(self.user, scope)["token"])
        wire = Wire(
            "personal", tokens, endpoint=self.server.endpoint, drafting=drafting, timeout=timeout,
            wait=wait or self._wait,
        )  # fmt: skip
        return GmailMailbox(Account("personal", (self.user,)), wire, drafting=drafting)

    def _wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return False

    def folder(self, role: Role) -> Folder:
        return next(folder for folder in self.mailbox.folders() if folder.role is role)

    def deliver(self, folder: Folder, data: bytes, received_at: datetime, thread: str | None = None) -> str:
        raw = base64.urlsafe_b64encode(data).decode()
        if folder.role is Role.DRAFTS:
            return str(self.outside("drafts", {"message": {"raw": raw}})["message"]["id"])
        labels = [LABELS[folder.role]] if folder.role in LABELS else []
        if folder.role is Role.INBOX:
            labels.append("UNREAD")
        one = {
            "email": self.user, "raw": raw, "internalDate": str(int(received_at.timestamp() * 1000)), "labelIds": labels,
        }  # fmt: skip
        return str(
            self.server.control("messages", {"messages": [one | ({"threadId": thread} if thread else {})]})["ids"][0]
        )

    def remove(self, folder: Folder, message_id: str) -> None:
        if folder.role is Role.DRAFTS:
            self.outside(f"drafts/{self._draft(message_id)}", method="DELETE")
        else:
            self.outside(f"messages/{self._message(message_id)}", method="DELETE")

    def mark_read(self, folder: Folder, message_id: str) -> None:
        self.label(message_id, removed="UNREAD")

    def label(self, message_id: str, *, added: str = "", removed: str = "") -> None:
        body = {"addLabelIds": [added] if added else [], "removeLabelIds": [removed] if removed else []}
        self.outside(f"messages/{self._message(message_id)}/modify", body)

    def edit_draft(self, message_id: str, data: bytes) -> None:
        body = {"message": {"raw": base64.urlsafe_b64encode(data).decode()}}
        self.outside(f"drafts/{self._draft(message_id)}", body, "PUT")

    def empty(self, folder: Folder) -> None:
        for key in [entry["id"] for entry in self._listed(f"labelIds={LABELS[folder.role]}")]:
            self.outside(f"messages/{key}", method="DELETE")

    def reopen(self) -> Mailbox:
        mailbox = self.make()
        mailbox.open()
        return mailbox

    def snapshot(self) -> Hashable:
        return frozenset(
            (told["raw"], told["internalDate"], told["threadId"], tuple(sorted(told["labelIds"])))
            for told in (self.outside(f"messages/{entry['id']}?format=raw") for entry in self._listed())
        )

    def outside(self, path: str, body: Any = None, method: str = "") -> Any:
        return self.server.outside(self.user, path, body, method)

    def close(self) -> None:
        self.mailbox.close()
        self.server.calm()

    def drafts(self) -> list[dict[str, Any]]:
        return list(self.outside("drafts").get("drafts", []))

    def _listed(self, query: str = "") -> list[dict[str, Any]]:
        return list(self.outside(f"messages?includeSpamTrash=true&maxResults=500&{query}").get("messages", []))

    def _message(self, message_id: str) -> str:
        for entry in self._listed():
            raw = self.outside(f"messages/{entry['id']}?format=raw")["raw"]
            if id_of(base64.urlsafe_b64decode(raw + "==")) == message_id:
                return str(entry["id"])
        raise AssertionError(message_id)

    def _draft(self, message_id: str) -> str:
        message = self._message(message_id)
        return str(next(entry["id"] for entry in self.drafts() if entry["message"]["id"] == message))
