"""A load client for machines without wrk: one thread, keep-alive connections, no pipelining."""

import re
import selectors
import socket
import time
from random import Random

from tests.bench.requests import Request

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_NO_CONTENT = b"HTTP/1.1 204 "
_GOOD = (b"HTTP/1.1 200 ", b"HTTP/1.1 206 ", _NO_CONTENT)
_BUFFER_BYTES = 1024 * 1024

_random = Random(1)  # noqa: S311  # Places in a file, not a secret.


class LoadError(Exception):
    """A wrong answer or a broken connection: what was measured is void."""


def answers_per_second(request: Request, port: int, *, connections: int, seconds: float) -> float:
    """Keep that many requests in flight. Raise LoadError if one gets no good answer."""
    answered, took = answers_within(request, port, connections=connections, seconds=seconds)
    return answered / took


def answers_within(
    request: Request, port: int, *, connections: int, seconds: float
) -> tuple[int, float]:
    """Return how many were answered, and in how many seconds."""
    answered = 0
    with selectors.DefaultSelector() as selector:
        open_ones = [_Connection(request, port) for _ in range(connections)]
        try:
            for connection in open_ones:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send()
            started = time.perf_counter()
            while time.perf_counter() - started < seconds:
                for key, _ in selector.select(timeout=seconds):
                    if key.data.receive():
                        answered += 1
                        key.data.send()
            return answered, time.perf_counter() - started
        finally:
            for connection in open_ones:
                connection.socket.close()


class _Connection:
    """One request in flight at a time."""

    def __init__(self, request: Request, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._buffer = bytearray(_BUFFER_BYTES)
        self._head = b""
        self._left: int | None = None

    def send(self) -> None:
        self._head, self._left = b"", None
        self.socket.sendall(_encoded(self._request))

    def receive(self) -> bool:
        """Take what has come, and return whether the answer is whole."""
        size = self.socket.recv_into(self._buffer)
        if not size:
            raise LoadError(f"{self._request.path}: the server closed the connection.")
        if self._left is not None:
            self._left -= size
        else:
            self._read_head(bytes(self._buffer[:size]))
        return self._left == 0

    def _read_head(self, received: bytes) -> None:
        self._head += received
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._head, 0, end + 2)
        is_empty = self._head.startswith(_NO_CONTENT)
        if not self._head.startswith(_GOOD) or not (length or is_empty):
            raise LoadError(f"{self._request.path}: {self._head[:200]!r}")
        self._left = (int(length[1]) if length else 0) - (len(self._head) - end - 4)


def _encoded(request: Request) -> bytes:
    body = (request.new_body() if request.new_body else request.body).encode()
    headers = {"Host": "127.0.0.1", **request.with_range(_random)}
    if body:
        headers["Content-Length"] = str(len(body))
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
