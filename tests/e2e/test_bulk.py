"""`make bulk`: a file, its progress and its results, against the real server."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.launcher import ROOT, SharedServer

SECONDS_TO_END = 90


def command(file: Path, port: int, *options: str) -> list[str]:
    url = f"http://127.0.0.1:{port}"
    return [sys.executable, "-m", "tools.bulk", str(file), "--url", url, *options]


def bulk(file: Path, port: int, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(file, port, *options),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_END,
    )


def results(file: Path) -> list[dict[str, object]]:
    lines = file.with_name(f"{file.name}.results.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "night.csv"
    path.write_text(
        "campaign_id,prompt,seconds\nharbour,A lighthouse at dusk,4\nharbour,A ferry at dawn,4\n",
        "utf-8",
    )
    return path


def test_the_results_are_written_beside_the_file(serving_port: int, file: Path) -> None:
    ended = bulk(file, serving_port)
    again = bulk(file, serving_port)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == again.stdout.splitlines()[0]
    assert again.returncode == 0
    found = results(file)
    assert [line["line"] for line in found] == [2, 3]
    videos = [line["videos"][0]["video"] for line in found]  # type: ignore[index]
    assert {video["status"] for video in videos} == {"completed"}
    with urllib.request.urlopen(videos[0]["content_url"], timeout=30) as video:
        assert video.headers["Content-Type"] == "video/mp4"
    assert [path.name for path in file.parent.glob("*.part")] == []


def test_an_interrupted_run_is_continued_by_the_next(
    shared_server: SharedServer, file: Path
) -> None:
    port = shared_server.port
    file.write_text(file.read_text("utf-8").replace("harbour", "interrupted"), "utf-8")
    begun = subprocess.Popen(
        command(file, port),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert begun.stdout is not None
    first = begun.stdout.readline()
    begun.send_signal(signal.SIGINT)
    _, said = begun.communicate(timeout=SECONDS_TO_END)
    assert (begun.returncode, "run the command again" in said) == (130, True)

    ended = bulk(file, port)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[0] == first.strip()
    assert len(results(file)) == 2


def test_a_bad_line_is_named(shared_server: SharedServer, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"campaign_id": "a", "prompt": "A kite"}\n{"campaign_id": "b"}\n', "utf-8")

    refused = bulk(file, shared_server.port)

    assert refused.returncode == 1
    assert "line 2: Send either prompt or prompts." in refused.stderr
    assert list(tmp_path.glob("bad*")) == [file]


def test_the_cost_limit_holds(shared_server: SharedServer, file: Path) -> None:
    file.write_text("campaign_id,prompt\ndear,A lighthouse\n", "utf-8")

    refused = bulk(file, shared_server.port, "--max-cost-usd", "1")

    assert refused.returncode == 1
    assert "max_cost_usd" in refused.stderr


def test_a_missing_server_or_file_is_named(port: int, file: Path) -> None:
    assert f"127.0.0.1:{port}" in bulk(file, port).stderr
    assert "missing.csv" in bulk(file.with_name("missing.csv"), port).stderr
