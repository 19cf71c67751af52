"""What `make run` starts: the real server, its three lines, and its end."""

import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.launcher import SharedServer, descendants, launch, three_lines
from tools.serve import STOP_SECONDS

SECONDS_TO_END = 30
# Clients keep idle connections for up to 4 s, unless they know better: Node's fetch does.
IDLE_SECONDS = 5


def test_the_server_prints_its_url_its_data_folder_and_a_first_command(
    shared_server: SharedServer,
) -> None:
    where, data, first_video = shared_server.lines

    assert f"http://localhost:{shared_server.port}" in where
    assert str(shared_server.data_folder) in data
    assert f"curl http://localhost:{shared_server.port}/v1/" in first_video


def test_a_client_may_reuse_an_idle_connection_and_does_not_delay_the_stop(
    launcher: subprocess.Popen[str], port: int
) -> None:
    three_lines(launcher)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_END)) as client:
        client.request("GET", "/health")
        client.getresponse().read()

        time.sleep(IDLE_SECONDS)
        client.request("GET", "/health")

        assert client.getresponse().read()
        launcher.terminate()
        assert launcher.wait(STOP_SECONDS / 2) == 0


# By SIGTERM, it is stopped above.
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_stopping_the_command_stops_the_server(
    launcher: subprocess.Popen[str], port: int, number: signal.Signals
) -> None:
    three_lines(launcher)

    launcher.send_signal(number)

    assert launcher.wait(SECONDS_TO_END) == 0
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGTERM, 0, "was stopped"), (signal.SIGKILL, 1, "unexpectedly, with code -9")],
)
def test_the_command_says_how_its_server_was_stopped(
    launcher: subprocess.Popen[str], log: Path, number: signal.Signals, code: int, said: str
) -> None:
    three_lines(launcher)
    server, *_ = descendants(launcher.pid)

    os.kill(server, number)

    stdout, _ = launcher.communicate(timeout=SECONDS_TO_END)
    assert launcher.returncode == code
    assert said in stdout + log.read_text()


def test_a_port_in_use_is_refused(log: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        with launch(port, log=log) as refused:
            refused.wait(SECONDS_TO_END)

    assert refused.returncode == 1
    assert log.read_text().startswith(f"Port {port} cannot be used: address already in use.")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("KEEP_HISTORICAL=many", "KEEP_HISTORICAL='many' is not a whole number."),
        ("PUBLIC_URL=videos.example.com", "PUBLIC_URL must begin with http:// or https://"),
        ("STORAGE_URL=file:///proc/showreel", "/proc/showreel cannot be written"),
    ],
)
def test_a_wrong_setting_is_named_before_the_start(
    port: int,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    sentence: str,
) -> None:
    monkeypatch.setenv(*setting.split("="))

    with launch(port, log=log) as refused:
        refused.wait(SECONDS_TO_END)

    assert refused.returncode == 1
    assert log.read_text().startswith(sentence)


def test_a_misspelt_setting_is_named_and_the_server_starts(
    shared_server: SharedServer,
) -> None:
    assert shared_server.log.read_text().startswith(
        "MAX_VIDEO_PER_CAMPAIGN is not a setting of Showreel. Did you mean MAX_VIDEOS_PER_CAMPAIGN?"
    )
