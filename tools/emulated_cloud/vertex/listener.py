"""The HTTP connections of the stand-in for Vertex AI."""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tools.emulated_cloud.vertex.answers import Answer

_LONGEST_LOGGED = 10_000


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it arrived; long texts in its body, such as pictures, are cut."""

    method: str
    path: str
    headers: Message
    body: Any


Handle = Callable[[Request, Any], Answer | None]
"""Takes a request and its whole body. Without an answer, the connection is dropped."""


class Listener(ThreadingHTTPServer):
    """Passes requests to `handle`, on a free port of this machine."""

    request_queue_size = 128

    def __init__(self, handle: Handle) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.handle = handle


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Listener

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = None
        with suppress(ValueError):
            body = json.loads(content)
        request = Request(
            method=self.command, path=self.path, headers=self.headers, body=_shortened(body)
        )
        given = self.server.handle(request, body)
        if given is None:
            self._drop()
        else:
            self._send(given)

    do_GET = do_DELETE = do_POST  # noqa: N815  # Their given names.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its given name.
        """Log nothing: `requests` has every request."""

    def _send(self, given: Answer) -> None:
        # The caller has closed the connection.
        with suppress(ConnectionError):
            self.send_response(given.status)
            self.send_header("Content-Type", given.content_type)
            self.send_header("Content-Length", str(len(given.body)))
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.body)
            self.wfile.flush()

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _shortened(body: Any) -> Any:  # noqa: ANN401  # It is JSON.
    if isinstance(body, dict):
        return {key: _shortened(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_shortened(value) for value in body]
    if isinstance(body, str) and len(body) > _LONGEST_LOGGED:
        return f"{body[:_LONGEST_LOGGED]}… ({len(body)} characters)"
    return body
