"""A receiver of webhooks on this machine, for tests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from typing import Any, NamedTuple


class Got(NamedTuple):
    """One request; the names of its headers are in lower case."""

    headers: dict[str, str]
    body: bytes
    at: float


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets; answers with `statuses`, then with `status`."""

    def __init__(self, answer: str = "thank you") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.statuses: list[int] = []
        self.status = 200
        self.got: list[Got] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}/hook"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:  # The name that the server calls.
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.got.append(Got(headers, body, time()))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if statuses else self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def listening(server: ThreadingHTTPServer) -> Iterator[None]:
    """Serve on a thread."""
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
