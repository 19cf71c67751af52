"""The example client of docs/examples, against the real server."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.launcher import ROOT, SharedServer, three_lines

SECONDS_TO_END = 90


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    path = tmp_path / "brief.json"
    write(path, prompts=["A lighthouse at dusk, slow crane up"], seconds=4)
    return path


@pytest.fixture
def faulty_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHETIC_FAULTS", "filtered")


def write(brief: Path, **parameters: object) -> None:
    brief.write_text(json.dumps({"campaign_id": "lighthouse", **parameters}), "utf-8")


def demo(brief: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "docs/examples/demo.py", str(brief), "--url", f"http://127.0.0.1:{port}"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_END,
    )


def test_the_demo_ends_with_a_playable_url(serving_port: int, brief: Path) -> None:
    ended = demo(brief, serving_port)

    assert (ended.returncode, ended.stderr) == (0, "")
    with urllib.request.urlopen(ended.stdout.split()[-1], timeout=30) as video:
        assert video.headers["Content-Type"] == "video/mp4"


@pytest.mark.usefixtures("faulty_generator")
def test_a_video_that_fails_fails_the_demo(
    launcher: subprocess.Popen[str], port: int, brief: Path
) -> None:
    three_lines(launcher)

    ended = demo(brief, port)

    assert ended.returncode == 1
    assert "[0] failed: " in ended.stdout


def test_a_brief_that_is_refused_says_why(shared_server: SharedServer, brief: Path) -> None:
    write(brief, prompts=["One", "Two", "Three", "Four", "Five"])

    refused = demo(brief, shared_server.port)

    assert refused.returncode == 1
    assert "answered 422" in refused.stderr


def test_without_a_server_the_error_says_how_to_start_one(port: int, brief: Path) -> None:
    refused = demo(brief, port)

    assert refused.returncode == 1
    assert "make run" in refused.stderr
