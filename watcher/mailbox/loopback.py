"""The page on this machine that the browser is sent back to after a sign-in (RFC 8252 7.3)."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType

from watcher.errors import CredentialsRejected

PAGE = """<!doctype html><meta charset="utf-8"><title>watcher</title>
<body style="font: 18px/1.5 sans-serif; margin: 4em auto; max-width: 30em">{}</body>"""
DONE = "Thank you. You may close this window and go back to the terminal."
OTHER = "This is not the page you are looking for."


class Loopback:
    """Listens on 127.0.0.1 for one answer, on a port that is free."""

    def __init__(self) -> None:
        self._answers: list[str] = []
        answers = self._answers

        class Answer(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                ours = "state=" in self.path
                page = PAGE.format(DONE if ours else OTHER).encode()
                self.send_response(200 if ours else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)
                if ours:
                    answers.append(self.path)

            def log_message(self, *_: object) -> None:
                """Say nothing: the address holds the code."""

        self._server = HTTPServer(("127.0.0.1", 0), Answer)

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.server_close()

    @property
    def redirect(self) -> str:
        """Where the browser is to be sent back to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def wait(self, seconds: float) -> str:
        """The address that the browser asked for. Raises CredentialsRejected where nothing came in time."""
        self._server.timeout = 1.0
        for _ in range(int(seconds)):
            self._server.handle_request()
            if self._answers:
                return self._answers.pop(0)
        raise CredentialsRejected("Nobody signed in.", "Start again; with --paste where the browser is elsewhere.")
