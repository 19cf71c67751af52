"""What `make run-emulated` starts: a cloud on this machine, its three lines, and its end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.e2e.console import run
from tests.e2e.launcher import (
    EMULATED,
    ROOT,
    descendants,
    is_alive,
    launch,
    three_lines,
)
from tests.e2e.shared_cloud import SECONDS_TO_END, SharedCloud
from tests.eventually import eventually

# Firestore, Pub/Sub, the bucket, and a master with its worker for each of six functions.
PROCESSES = 15

A_MASTER_AND_ITS_WORKER = 2
A_FUNCTION = """
import sys
from pathlib import Path
from tools.emulated_cloud.function_process import FunctionProcess
with FunctionProcess("serve_api", environment={}, home=Path(sys.argv[1])):
    input()
"""

Json = dict[str, Any]


@pytest.fixture
def cloud(emulators: None, port: int, log: Path) -> Iterator[subprocess.Popen[str]]:
    with launch(port, log=log, program=EMULATED) as process:
        yield process
        process.terminate()


def test_the_command_prints_its_url_and_starts_a_process_for_each_function(
    shared_cloud: SharedCloud,
) -> None:
    where, bucket, first_video, *_ = shared_cloud.lines

    assert f"http://localhost:{shared_cloud.port}" in where
    assert "gs://" in bucket
    assert f"curl http://localhost:{shared_cloud.port}/v1/" in first_video
    assert len(descendants(shared_cloud.process.pid)) >= PROCESSES


def test_the_printed_environment_reaches_the_emulated_cloud_from_another_shell(
    shared_cloud: SharedCloud, shell: subprocess.Popen[str]
) -> None:
    port, _, lines = shared_cloud
    typed = [line.strip() for line in lines if line.startswith("  ")]
    campaign = f"http://localhost:{port}/v1/campaigns/by-message"
    for command in typed:
        printed = run(shell, command)
    assert "messageIds" in printed

    ended = run(shell, f"until curl -s {campaign} | grep -q '\"current\":1'; do sleep 1; done")
    agreed = run(shell, f"cd {ROOT} && {sys.executable} -m tools.reconcile --campaign by-message")

    examined = run(shell, f"cd {ROOT} && {sys.executable} -m tools.doctor")

    assert ended == ""
    assert "the emulated cloud has no such service" in examined
    assert "Nothing is missing." in examined
    assert "1 campaign in gs://showreel-emulated-videos and Firestore" in agreed


def test_plays_are_counted_by_a_function_of_their_own(shared_cloud: SharedCloud) -> None:
    api = f"http://localhost:{shared_cloud.port}/v1/videos"
    video = asked(api, {"campaign_id": "watched", "prompt": "A kite", "seconds": 4})
    video = eventually(lambda: completed(f"{api}/{video['id']}"))
    embed = asked(video["embed_url"], None)
    state = {"v": 1, "view": embed["view"], "seq": 1, "token": embed["play_token"]}

    beacon = {**state, "played_ms": 1000, "bins": "00000001"}
    with urlopen(Request(embed["plays_url"], data=json.dumps(beacon).encode(), headers=TEXT)) as it:
        status = it.status

    assert status == 204
    assert urlsplit(embed["plays_url"]).port != shared_cloud.port
    (host,) = (line.partition("=")[2] for line in shared_cloud.lines if "FIRESTORE_EMU" in line)
    database = "projects/showreel-emulated/databases/showreel-plays"
    (counts,) = asked(f"http://{host.strip()}/v1/{database}/documents/play_counts")["documents"]
    assert video["id"] in counts["name"]
    assert counts["fields"]["plays"] == {"integerValue": "1"}


TEXT = {"Content-Type": "text/plain"}


def asked(url: str, *body: object) -> Json:
    """Get, or post a body; None is an empty one."""
    data = None if not body else b"" if body == (None,) else json.dumps(body[0]).encode()
    kind = {"Content-Type": "application/json"} if data else {}
    with urlopen(Request(url, data=data, headers=kind), timeout=30) as answer:
        return dict(json.load(answer))


def completed(url: str) -> Json | None:
    video = asked(url)
    return video if video["status"] == "completed" else None


def test_a_killed_command_leaves_no_function(tmp_path: Path) -> None:
    """Killed while it starts: its processes are there, and do not know of each other yet.

    Emulators have the same test beside them.
    """
    program = [sys.executable, "-c", A_FUNCTION, str(tmp_path)]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE) as command:
        eventually(lambda: len(descendants(command.pid)) >= A_MASTER_AND_ITS_WORKER)
        started = descendants(command.pid)
        command.kill()

    eventually(lambda: not any(map(is_alive, started)))


def test_a_dead_function_ends_the_command(cloud: subprocess.Popen[str], log: Path) -> None:
    three_lines(cloud)
    victim = next(pid for pid in descendants(cloud.pid) if serves(pid, "request_videos"))

    os.kill(victim, signal.SIGTERM)

    assert cloud.wait(SECONDS_TO_END) == 1
    assert "request_videos ended by itself." in log.read_text()


def serves(pid: int, target: str) -> bool:
    line, environment = (Path(f"/proc/{pid}/{each}").read_text() for each in ("cmdline", "environ"))
    return "functions-framework" in line and f"FUNCTION_TARGET={target}\0" in environment


@pytest.mark.parametrize("tool", ["gcloud", "java"])
def test_without_a_tool_the_error_says_what_to_install(
    port: int, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    others = tmp_path / "bin"
    others.mkdir()
    if tool == "java" and (gcloud := shutil.which("gcloud")):
        (others / "gcloud").symlink_to(gcloud)
    monkeypatch.setenv("PATH", str(others))

    with launch(port, log=log, program=EMULATED) as refused:
        refused.wait(SECONDS_TO_END)

    assert refused.returncode == 1
    assert "nstall" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_port_in_use_is_refused(log: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        with launch(port, log=log, program=EMULATED) as refused:
            refused.wait(SECONDS_TO_END)

    assert refused.returncode == 1
    assert log.read_text().startswith(f"Port {port} cannot be used: address already in use.")


def test_a_wrong_setting_is_named_before_the_start(
    port: int, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_HISTORICAL", "many")

    with launch(port, log=log, program=EMULATED) as refused:
        refused.wait(SECONDS_TO_END)

    assert refused.returncode == 1
    assert "KEEP_HISTORICAL='many'" in log.read_text()
