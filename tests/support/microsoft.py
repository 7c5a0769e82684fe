"""Microsoft's sign-in, played here: its description, the device code and the token endpoint, over HTTP.

After "OAuth 2.0 device authorization grant" and "Refresh tokens" of the Microsoft identity platform; not Microsoft itself.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from watcher.mailbox.microsoft import MICROSOFT

TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"  # of all personal accounts
CLIENT = "11111111-2222-3333-4444-555555555555"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


@dataclass
class Microsoft:
    """What it is to do next, and what it was asked. A refresh token in `good` is taken, and each use gives another."""

    server: str = ""
    polls: list[str] = field(default_factory=list)  # errors before the user says yes
    troubles: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    tenants: set[str] = field(default_factory=lambda: {"common", "contoso.example"})
    lifetime: int = 3600
    code_lifetime: int = 900
    count: int = 0
    scope: str = ""
    asked: list[Asked] = field(default_factory=list)

    def forms(self, grant: str = "") -> list[dict[str, str]]:
        """The forms that were sent in, of one grant type."""
        return [one.form for one in self.asked if one.form and grant in one.form.get("grant_type", "")]

    def answer(self, method: str, path: str, form: dict[str, str]) -> tuple[int, Any]:
        _, tenant, *rest = path.split("/")
        page = "/".join(rest)
        if tenant not in self.tenants:
            return 400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."}
        if (method, page) == ("GET", "v2.0/.well-known/openid-configuration"):
            at = f"{MICROSOFT}/{tenant}/oauth2/v2.0"
            return 200, {
                "issuer": f"{MICROSOFT}/{{tenantid}}/v2.0", "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token", "device_authorization_endpoint": f"{at}/devicecode",
            }  # fmt: skip
        if form.get("client_id") != CLIENT:
            return 400, {"error": "unauthorized_client", "error_description": "AADSTS700016: canary-in-a-sentence"}
        if (method, page) == ("POST", "oauth2/v2.0/devicecode"):
            self.scope = form["scope"]
            return 200, {
                "device_code": "canary-device", "user_code": "BARLEY", "verification_uri": "https://microsoft.example/device",
                "interval": 1, "expires_in": self.code_lifetime, "message": "Open the page.",
            }  # fmt: skip
        if (method, page) == ("POST", "oauth2/v2.0/token"):
            return self._token(form)
        return 404, {"error": "not_found"}

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        if form["grant_type"].endswith("device_code"):
            if self.polls:
                return 400, {"error": self.polls.pop(0), "error_description": "AADSTS70016: canary-in-a-sentence"}
        elif form.get("refresh_token") not in self.good:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS700082: canary-in-a-sentence"}
        self.count += 1
        refresh = f"canary-refresh-{self.count}"
        self.good.add(refresh)
        return 200, {
            "token_type": "Bearer", "scope": self.scope, "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime, "access_token": f"canary-access-{self.count}", "refresh_token": refresh,
            "id_token": ".".join(("e30", _coded({
                "aud": CLIENT, "iss": f"{MICROSOFT}/{TENANT}/v2.0", "sub": "sub", "oid": "oid", "tid": TENANT,
                "exp": int(time.time()) + 3600, "iat": int(time.time()),
            }), "sig")),
            "client_info": _coded({"uid": "uid", "utid": TENANT}),
        }  # fmt: skip


def _coded(table: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(table).encode()).decode().rstrip("=")


@contextmanager
def running() -> Iterator[Microsoft]:
    """A sign-in that runs, without TLS, on this machine."""
    made = Microsoft()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            self._serve({key: values[0] for key, values in form.items()})

        def _serve(self, form: dict[str, str]) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append(Asked(self.command, self.path, headers, form))
            status, told, more = made.troubles.pop(0) if made.troubles else (0, "", {})
            if not status:
                status, table = made.answer(self.command, self.path, form)
                told = json.dumps(table)
            self.send_response(status)
            for name, value in {**more, "content-length": str(len(told.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    made.server = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
