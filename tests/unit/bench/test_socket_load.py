"""The load client for machines without wrk."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.bench.requests import SEEK_BYTES, Request
from tests.bench.socket_load import LoadError, answers_per_second


class Peer(BaseHTTPRequestHandler):
    """Answers `/ok`, refuses `/refused`, hangs up on `/gone`; remembers what was sent."""

    protocol_version = "HTTP/1.1"
    received: list[tuple[str, str | None, bytes]]

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.received.append((self.command, self.headers.get("Range"), body))
        if self.path == "/gone":
            self.close_connection = True
            return
        self.send_response(200 if self.path == "/ok" else 503)
        self.send_header("Content-Length", "300000")
        self.end_headers()
        self.wfile.write(bytes(300_000))

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class PeerServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """A client that hangs up in the middle is no error: it does so when its time is over."""


@pytest.fixture
def peer() -> Iterator[PeerServer]:
    Peer.received = []
    with PeerServer(("127.0.0.1", 0), Peer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def load(request: Request, peer: PeerServer) -> float:
    return answers_per_second(request, peer.server_port, connections=2, seconds=0.1)


def test_whole_answers_are_counted(peer: PeerServer) -> None:
    rate = load(Request(path="/ok", method="POST", body="a body"), peer)

    assert 0 < rate
    assert {("POST", None, b"a body")} == set(Peer.received)


def test_seeks_ask_for_random_ranges_within_the_file(peer: PeerServer) -> None:
    size = 10 * SEEK_BYTES

    load(Request(path="/ok", seeks_in=size), peer)

    ranges = {header for _, header, _ in Peer.received}
    assert len(ranges) > 1
    for header in ranges:
        start, end = map(int, re.findall(r"[0-9]+", header or ""))
        assert (0 <= start, SEEK_BYTES, end < size) == (True, end - start + 1, True)


@pytest.mark.parametrize("path", ["/refused", "/gone"])
def test_a_wrong_answer_or_none_voids_what_was_measured(peer: PeerServer, path: str) -> None:
    with pytest.raises(LoadError, match=path):
        load(Request(path=path), peer)
