"""Paused players, half requests, large bodies and silent connections do not stop the API."""

import http.client
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.e2e.launcher import SharedServer, three_lines

HOST = "127.0.0.1"
CLIP = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
# Larger than what fits into the buffers of a connection.
CLIP_BYTES = 12_000_000
# Far more than an answer takes, and far less than any of these clients does.
PATIENCE_SECONDS = 5.0

PLAYER = f"GET /api/v1/content/{CLIP.replace('generated/', '')} HTTP/1.1\r\nHost: x\r\n\r\n"
HALF_HEADERS = "GET /healthz HTTP/1.1\r\nHost: x\r\n"
HALF_BODY = (
    "POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Content-Length: 100\r\n\r\n{"
)
SILENCE = ""


@pytest.fixture
def server(launcher: subprocess.Popen[str], port: int, data_folder: Path) -> int:
    three_lines(launcher)
    clip = data_folder / CLIP
    clip.parent.mkdir(parents=True)
    clip.write_bytes(os.urandom(CLIP_BYTES))
    return port


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect(port: int, begin: str, connections: ExitStack) -> socket.socket:
    connection = connections.enter_context(socket.create_connection((HOST, port)))
    connection.settimeout(PATIENCE_SECONDS)
    connection.sendall(begin.encode())
    return connection


def sip(players: list[socket.socket], stopped: Event) -> None:
    """Read 10 KB a second of each, until one gets nothing."""
    with suppress(TimeoutError):
        while not stopped.wait(0.5):
            for player in players:
                player.recv(5_000)


def test_the_api_answers_while_others_take_their_time(server: int, connections: ExitStack) -> None:
    players = [connect(server, PLAYER, connections) for _ in range(20)]
    for begin, number in ((PLAYER, 20), (HALF_HEADERS, 20), (HALF_BODY, 20), (SILENCE, 70)):
        for _ in range(number):
            connect(server, begin, connections)
    stopped = Event()
    reader = Thread(target=sip, args=(players, stopped))
    reader.start()
    connections.callback(reader.join)
    connections.callback(stopped.set)
    time.sleep(1)

    for _ in range(3):
        assert get(server, "/healthz") == {"status": "ok"}
    assert get(server, "/v1/videos/estimate", {"prompts": ["A kite"], "seconds": 4})
    assert get(server, "/v1/campaigns")["data"] == []


def get(port: int, path: str, body: object = None) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://{HOST}:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return dict(json.load(answer))


@pytest.mark.parametrize("size", [30_000_000, 60_000_000])
def test_a_client_that_sends_too_much_gets_its_answer(
    shared_server: SharedServer, size: int
) -> None:
    """It reads only when everything is sent."""
    port = shared_server.port
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("POST", "/v1/videos", b" " * size, {"Content-Type": "application/json"})
        answer = connection.getresponse()

        assert answer.status == 413
        assert "28,000,000 bytes" in json.load(answer)["detail"]
