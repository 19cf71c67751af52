"""The server is killed with SIGKILL in the middle of its work, and started again."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import pytest

from shared.domain.schedule import LAPTOP_LEASES
from tests.e2e.launcher import kill, launch, three_lines
from tests.eventually import eventually
from tools.emulated_cloud.processes import free_port

# The lease of a killed process delays its video by up to LAPTOP_LEASES.check, the tick by 5 s more.
SECONDS_TO_RECOVER = LAPTOP_LEASES.check.total_seconds() + 25
# After the second that a synthetic video is generating.
SECONDS_INTO_RENDERING = 1.2

Json = dict[str, Any]


@pytest.fixture
def environment(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_URL", data_folder.as_uri())
    monkeypatch.setenv("SYNTHETIC_SECONDS", "1")


@contextmanager
def served(port: int, log: Path) -> Iterator[subprocess.Popen[str]]:
    with launch(port, log=log) as process:
        try:
            three_lines(process)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def call(port: int, path: str, body: Json | None = None) -> Json:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        answered: Json = json.load(answer)
        return answered


def video(port: int, video_id: str) -> Json:
    return call(port, f"v1/videos/{video_id}")


def create(port: int) -> str:
    body = {"prompts": ["A kettle whistles, locked-off shot"], "seconds": 4}
    (created,) = call(port, "v1/campaigns/kitchen/videos", body)["data"]
    return str(created["id"])


def wait_for(port: int, video_id: str, **expected: str) -> Json:
    def found() -> Json | None:
        answer = video(port, video_id)
        return answer if expected.items() <= answer.items() else None

    return eventually(found, within_seconds=SECONDS_TO_RECOVER)


def frames(port: int, video_id: str) -> int:
    url = f"http://127.0.0.1:{port}/v1/videos/{video_id}/content"
    with av.open(url) as container:
        return sum(1 for _ in container.decode(video=0))


def files(data_folder: Path) -> list[str]:
    """Return the names of all files that are neither hidden nor a cursor of the tick."""
    found = (path.relative_to(data_folder) for path in data_folder.rglob("*") if path.is_file())
    names = map(str, found)
    return sorted(name for name in names if not name.startswith((".", "videos/maintenance/")))


def files_of(*, current: str, historical: str | None = None) -> list[str]:
    """Return the names of all files of a campaign with these videos."""
    names = ["cache/kitchen/campaign.json"]
    for video_id, prefix in ((current, "curr_"), (historical, "")):
        if video_id is not None:
            video_hash = video_id.rpartition(".")[2]
            names += [
                f"cache/kitchen/{prefix}{video_hash}.json",
                f"generated/kitchen/{prefix}{video_hash}_0.mp4",
                f"generated/kitchen/thumb_{video_hash}_0.jpg",
                f"generated/kitchen/sprite_{video_hash}_0.jpg",
                f"generated/kitchen/preview_{video_hash}_0.webp",
            ]
    return sorted(f"videos/{name}" for name in names)


@pytest.mark.usefixtures("environment")
def test_a_server_that_is_killed_before_it_renders_finishes_what_it_began(
    port: int, log: Path, data_folder: Path
) -> None:
    with served(port, log) as launcher:
        video_id = create(port)
        wait_for(port, video_id, phase="generating")
        kill(launcher)

    # Another process may have taken the first port meanwhile.
    port = free_port()
    with served(port, log):
        done = wait_for(port, video_id, status="completed")

        assert done["attempts"] == 1
        assert frames(port, video_id) == 4 * 24
        # The tick writes the JSON that the killed process has not written.
        eventually(lambda: files(data_folder) == files_of(current=video_id))


@pytest.mark.usefixtures("environment")
def test_the_current_video_plays_on_when_the_server_is_killed_while_it_renders_another(
    port: int, log: Path, data_folder: Path
) -> None:
    with served(port, log) as launcher:
        old = create(port)
        wait_for(port, old, status="completed")
        new = str(call(port, f"v1/videos/{old}/regenerate", {})["id"])
        wait_for(port, new, phase="generating")
        time.sleep(SECONDS_INTO_RENDERING)
        kill(launcher)

    # Another process may have taken the first port meanwhile.
    port = free_port()
    with served(port, log):
        assert video(port, old)["version_state"] == "current"
        assert frames(port, old) == 4 * 24

        done = wait_for(port, new, version_state="current")

        assert done["attempts"] == 1
        assert video(port, old)["version_state"] == "historical"
        assert frames(port, old) == frames(port, new) == 4 * 24
        eventually(lambda: files(data_folder) == files_of(current=new, historical=old))
