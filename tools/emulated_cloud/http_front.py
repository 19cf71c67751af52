"""The HTTP servers of the emulated cloud, each on a free port of this machine."""

import json
import re
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Generic, Self, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from tools.emulated_cloud.processes import HOST

F = TypeVar("F")

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class BrokenConnectionError(Exception):
    """Raised by what answers, to break the connection instead."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """`path` and `query` are as they came, still encoded; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def line(self) -> str:
        """The method and the decoded path and query, in which faults look for their patterns."""
        return f"{self.method} {unquote(self.target)}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def answer_json(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(
        status=status,
        headers={"content-type": "application/json; charset=UTF-8", **(headers or {})},
        body=json.dumps(content).encode(),
    )


class Faults(Generic[F]):
    """The faults that wait for their requests."""

    def __init__(self) -> None:
        self._planted: list[tuple[re.Pattern[str], F]] = []
        self._lock = Lock()

    def plant(self, pattern: str, fault: F, times: int) -> None:
        with self._lock:
            self._planted += [(re.compile(pattern), fault)] * times

    def clear(self) -> None:
        with self._lock:
            self._planted.clear()

    def take(self, request: Request) -> F | None:
        """Return the first fault whose pattern is found in the request's line, and forget it."""
        with self._lock:
            for number, (pattern, fault) in enumerate(self._planted):
                if pattern.search(request.line):
                    del self._planted[number]
                    return fault
        return None


class HTTPFront:
    """Passes each request to `answer`, which a thread of its own calls."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._server = _Server(answer)
        self.port = self._server.server_port
        self.url = f"http://{HOST}:{self.port}"

    @property
    def connections(self) -> int:
        """The number of connections that were made."""
        return self._server.connections

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        super().__init__((HOST, 0), _Handler)
        self.answer = answer
        self.connections = 0

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # As it is declared.
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # As it is declared.
        """Do not log clients that have disconnected."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            method=headers.get("x-http-method-override", self.command),
            path=parts.path,
            query=parts.query,
            headers=headers,
            body=self._body(headers),
        )
        try:
            answer = self.server.answer(request)
        except BrokenConnectionError:
            self._reset()
        else:
            self._send(answer)

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self._read(int(headers.get("content-length", 0)))
        chunks = []
        while size := self._chunk_size():
            chunks.append(self._read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _chunk_size(self) -> int:
        """Raise ConnectionError as `_read` does: only a size of 0 is the end of the chunks."""
        line = self.rfile.readline()
        if not line:
            raise ConnectionAbortedError
        return int(line.partition(b";")[0], 16)

    def _read(self, size: int) -> bytes:
        """Raise ConnectionError for a client that has ended in the middle of its request."""
        block = self.rfile.read(size)
        if len(block) < size:
            raise ConnectionAbortedError
        return block

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        length = {} if self.command == "HEAD" else {"content-length": str(len(answer.body))}
        for name, value in {**answer.headers, **length}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close_connection = True
        with suppress(OSError):
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its given name.
        """The servers keep logs of their own."""

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815
